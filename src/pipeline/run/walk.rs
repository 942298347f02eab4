//! The walk over the units of a run: read some together (`reading`), judge each, publish each.

mod reading;

use std::collections::{BTreeMap, BTreeSet};

use crate::intake::Entry;
use crate::lending::Provenance;
use crate::objects;
use crate::plot::Plot;
use crate::record::EligibilityRecord;
use crate::scene::{Scene, SceneId};
use crate::store::{self, DeferredPlot, Parts, PlanFile, Traffic, UnitReport};

use crate::pipeline::earlier::Earlier;
use crate::pipeline::gather::Reader;
use crate::pipeline::judge::Bench;
use crate::pipeline::neighbours::Look;
use crate::pipeline::overlaps::Overlaps;
use crate::pipeline::progress::{Event, Watcher};
use crate::pipeline::survey::Survey;
use crate::pipeline::timings::Timings;

use super::plan::{Plan, Unit};
use super::publish::{catalogue_seen, deferred, unread};
use super::unit::{Court, Made};
use super::{Doors, Error, Outcome, RunRequest, UnitCounts, catalogue, season_coverage};

/// A run under way.
pub(super) struct Walk<'a> {
    request: &'a RunRequest,
    doors: &'a Doors,
    watch: &'a Watcher,
    plan: &'a Plan<'a>,
    earlier: &'a Earlier,
    parts: Parts,
    file: Option<PlanFile>,
    /// Units of this process, by number.
    own: Vec<usize>,
    /// Published, by number.
    reports: BTreeMap<usize, UnitReport>,
    before: usize,
    /// Made without being written.
    records: Vec<EligibilityRecord>,
    reader: Reader,
    timings: Timings,
    /// What the manifest does not yet tell of.
    told: objects::Counters,
    blocks: u64,
}

impl<'a> Walk<'a> {
    /// Prepares the folder, and finds what is finished.
    pub(super) fn new(
        request: &'a RunRequest,
        doors: &'a Doors,
        watch: &'a Watcher,
        plan: &'a Plan<'a>,
        earlier: &'a Earlier,
    ) -> Result<Walk<'a>, Error> {
        let parts = Parts::of(&request.out);
        let file = request.write.as_ref().map(|manifest| plan.file(request, manifest));
        let mut walk = Walk {
            reader: Reader::new(doors, true),
            timings: Timings::start(),
            told: doors.objects.counters(),
            own: own(request, plan),
            request,
            doors,
            watch,
            plan,
            earlier,
            parts,
            file,
            reports: BTreeMap::new(),
            before: 0,
            records: Vec::new(),
            blocks: 0,
        };
        walk.prepare()?;
        Ok(walk)
    }

    fn prepare(&mut self) -> Result<(), Error> {
        let Some(file) = &self.file else { return Ok(()) };
        let out = &self.request.out;
        // An unreadable plan is as good as none.
        let there = self.parts.plan().ok().flatten();
        let other = there.as_ref().filter(|p| p.run != file.run);
        match (self.request.shard, other) {
            (Some(_), Some(other)) => {
                let names: BTreeSet<&String> = file.settings.keys().chain(other.settings.keys()).collect();
                let differing: Vec<&str> = (names.into_iter())
                    .filter(|name| file.settings.get(*name) != other.settings.get(*name))
                    .map(String::as_str)
                    .collect();
                return Err(Error::OtherRun { folder: out.clone(), differing: differing.join(", ") });
            }
            // Others may be writing into the folder just now.
            (Some(_), None) => {}
            (None, other) => {
                store::remove_partials(out)?;
                if other.is_some() || !self.request.resume {
                    self.parts.remove()?;
                }
            }
        }
        self.parts.write_plan(file)?;
        if self.request.resume {
            for number in &self.own {
                let Some(unit) = self.plan.units.get(*number) else { continue };
                if let Ok(report) = self.parts.unit(&unit.id, &self.plan.run)
                    && report.deferred.is_empty()
                {
                    self.reports.insert(*number, report);
                }
            }
        }
        self.before = self.reports.len();
        Ok(())
    }

    /// Reads, judges and publishes every unit that is not finished.
    pub(super) async fn all_units(
        &mut self,
        overlaps: &Overlaps,
        provenance: &Provenance,
    ) -> Result<(), Error> {
        let todo: Vec<usize> = self.own.iter().copied().filter(|n| !self.reports.contains_key(n)).collect();
        let missing = |at: &usize| match &self.request.intake.entries[*at] {
            Entry::Plot(plot) => !self.earlier.finished.contains_key(plot.id.as_str()),
            Entry::Rejected(_) => false,
        };
        let looked_at: BTreeMap<usize, &Plot> = self.plan.plots.iter().copied().collect();
        let to_read = |unit: &Unit| -> Vec<(usize, &Plot)> {
            let missing = unit.positions.iter().filter(|at| missing(at));
            missing.filter_map(|at| Some((*at, *looked_at.get(at)?))).collect()
        };
        let plan = self.plan;
        let units = plan.units.as_slice();
        let any = todo.iter().filter_map(|n| units.get(*n)).any(|unit| !to_read(unit).is_empty());
        // The catalogue is asked about all plots while one is missing: how many overpasses a tile had must not
        // depend on which plots an earlier run has finished, or on the shard.
        let asked = if any { self.plan.plots.as_slice() } else { &[] };
        let catalogued = catalogue(self.request, self.doors, asked, self.watch).await;
        self.timings.lap("catalog");
        let coverage = season_coverage(self.request, &catalogued);
        let scenes: BTreeMap<SceneId, &Scene> = catalogued.scenes.iter().map(|s| (s.id.clone(), s)).collect();
        let bench = Bench {
            overlaps,
            spec: &self.request.spec,
            policy: &self.request.policy,
            figures: &self.request.figures,
            provenance,
            scenes: &scenes,
            coverage: &coverage,
            as_of: self.request.as_of,
            tries: self.doors.objects.attempts(),
            yields: self.request.yields.as_ref(),
            temperature: self.request.temperature.as_ref(),
        };
        let court =
            Court { request: self.request, bench: &bench, catalogued: &catalogued, earlier: self.earlier };
        let answer = match &self.file {
            Some(_) => self.parts.write_catalogue(&catalogue_seen(self.request, &catalogued, any))?,
            None => String::new(),
        };
        let to_read: BTreeMap<usize, Vec<(usize, &Plot)>> = (todo.iter())
            .filter_map(|n| Some((*n, units.get(*n)?)))
            .map(|(n, unit)| (n, to_read(unit)))
            .collect();
        let mut searched = Some((catalogued.searches, catalogued.pages));
        for batch in self.batches(&todo) {
            self.batch(batch, &to_read, &court, &answer, &mut searched).await?;
        }
        Ok(())
    }

    /// Reads some units together, then judges and publishes each.
    async fn batch(
        &mut self,
        batch: Vec<usize>,
        to_read: &BTreeMap<usize, Vec<(usize, &Plot)>>,
        court: &Court<'_>,
        answer: &str,
        searched: &mut Option<(u64, u64)>,
    ) -> Result<(), Error> {
        let of_batch = batch.iter().filter_map(|n| to_read.get(n));
        let mut plots: Vec<(usize, &Plot)> = of_batch.flatten().copied().collect();
        plots.sort_by_key(|(at, _)| *at);
        let mut seen = self.read(&plots, &batch, court.catalogued).await;
        self.timings.lap("read");
        (self.watch)(&Event::Appraising { plots: plots.len() });
        let plan = self.plan;
        for number in batch {
            let Some(unit) = plan.units.get(number) else { continue };
            let looks = self.doors.pool.install(|| court.look_all(&unit.positions, &seen));
            let lacking = court.lacking(&unit.positions, &looks, &seen);
            self.pictures(lacking, court.catalogued, &mut seen).await;
            self.unit(number, unit, court, (&looks, &seen), answer, searched.take())?;
        }
        Ok(())
    }

    /// Units in a row that are read together: as many plots as one company may have.
    fn batches(&self, todo: &[usize]) -> Vec<Vec<usize>> {
        let most = self.request.spec.settings.company.most_plots;
        let mut batches: Vec<Vec<usize>> = Vec::new();
        let mut held = 0;
        for number in todo {
            let size = self.plan.units.get(*number).map_or(0, |u| u.positions.len());
            match batches.last_mut().filter(|_| held + size <= most) {
                Some(batch) => batch.push(*number),
                None => {
                    batches.push(vec![*number]);
                    held = 0;
                }
            }
            held += size;
        }
        batches
    }

    fn unit(
        &mut self,
        number: usize,
        unit: &Unit,
        court: &Court<'_>,
        (looks, seen): (&[Option<Look>], &Survey),
        answer: &str,
        searched: Option<(u64, u64)>,
    ) -> Result<(), Error> {
        let pool = &self.doors.pool;
        if self.file.is_none() {
            let records = &mut self.records;
            let keep = |made: Made| -> Result<(), store::Error> {
                records.push(made.record);
                Ok(())
            };
            return pool.install(|| court.judge(&unit.positions, looks, seen, keep));
        }
        let columns = store::Columns::Wide { bands: self.request.spec.appraised_bands() };
        let series = self.parts.series_path(&unit.id);
        let mut writer = store::TimeseriesWriter::create(&series, &columns)?;
        let mut lines = self.parts.records(&unit.id)?;
        let (mut late, mut reused): (Vec<DeferredPlot>, u64) = (Vec::new(), 0);
        pool.install(|| {
            court.judge(&unit.positions, looks, seen, |made| {
                for observation in &made.observations {
                    writer.push(&made.record.id, observation)?;
                }
                reused += u64::from(self.earlier.finished.contains_key(&made.record.id));
                late.extend(deferred(&made.record));
                lines.push(&made.record)
            })
        })?;
        self.timings.lap("science");
        writer.finish()?;
        let (records, positions) = lines.finish()?;
        let mut traffic = self.traffic();
        if searched.is_some() {
            traffic.requests += court.catalogued.requests;
            traffic.retries += court.catalogued.retries;
            traffic.bytes += court.catalogued.bytes;
        }
        let report = UnitReport {
            id: unit.id.clone(),
            run: self.plan.run.clone(),
            positions,
            records: self.parts.written(&records)?,
            series: self.parts.written(&series)?,
            catalogue: answer.to_owned(),
            deferred: late,
            reused,
            unread: unread(&unit.positions, seen),
            traffic,
            searched: searched.unwrap_or_default(),
            timings_s: self.timings.take(),
            threads: pool.current_num_threads(),
            shard: self.request.shard.map(|s| s.to_string()).unwrap_or_default(),
        };
        self.parts.publish(&report)?;
        self.reports.insert(number, report);
        Ok(())
    }

    /// What was fetched since this was asked before.
    fn traffic(&mut self) -> Traffic {
        let now = self.doors.objects.counters();
        let blocks = self.reader.decoded();
        let traffic = Traffic {
            requests: now.requests - self.told.requests,
            retries: now.retries - self.told.retries,
            bytes: now.bytes - self.told.bytes,
            blocks: blocks - self.blocks,
        };
        (self.told, self.blocks) = (now, blocks);
        traffic
    }

    /// Joins the units of a whole run; a shard leaves that to `merge`.
    pub(super) fn finish(mut self) -> Result<Outcome, Error> {
        let deferred: Vec<DeferredPlot> =
            self.reports.values().flat_map(|r| r.deferred.iter().cloned()).collect();
        let units = UnitCounts {
            planned: self.plan.units.len(),
            own: self.own.len(),
            before: self.before,
            keep: self.plan.companies > 1 && !deferred.is_empty(),
        };
        self.records.sort_by_key(|record| record.input_position);
        let mut outcome = Outcome { records: self.records, manifest: None, deferred, units };
        if let (Some(file), None) = (&self.file, self.request.shard) {
            let reports: Vec<UnitReport> = self.reports.into_values().collect();
            let mut manifest = store::join(&self.request.out, file, &reports)?.manifest;
            self.timings.lap("write");
            for (stage, seconds) in self.timings.take() {
                *manifest.timings_s.entry(stage).or_default() += seconds;
            }
            (self.watch)(&Event::Written { records: file.features });
            outcome.manifest = Some(manifest);
        }
        Ok(outcome)
    }
}

/// Numbers of the units that this process does.
fn own(request: &RunRequest, plan: &Plan<'_>) -> Vec<usize> {
    let all = 0..plan.units.len();
    if let Some(again) = &request.again {
        return plan.holding(&again.positions);
    }
    let Some(shard) = request.shard else { return all.collect() };
    let sizes: Vec<usize> = plan.units.iter().map(|u| u.positions.len()).collect();
    let shares = store::shares(&sizes, shard.of);
    all.filter(|n| shares.get(*n) == Some(&shard.number)).collect::<BTreeSet<_>>().into_iter().collect()
}
