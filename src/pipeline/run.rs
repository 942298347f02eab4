//! `appraise`: plots in, one record per plot out, and everything a person needs to check them.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;

use jiff::civil::Date;
use rayon::ThreadPool;
use rayon::prelude::*;

use crate::catalog::{self, Catalog};
use crate::crop::vigour::Peers;
use crate::crop::yields::YieldTable;
use crate::intake::{Entry, Intake, Rejection};
use crate::lending::{self, Figures, Policy, Refused};
use crate::objects::Objects;
use crate::observation::Observation;
use crate::plot::Plot;
use crate::record::EligibilityRecord;
use crate::scene::{Scene, SceneId};
use crate::store::{self, FinishedRecord};
use crate::zonal::Statistics;

use super::bridge::words_of;
use super::earlier::{Earlier, SERIES_FILE};
use super::gather::Reader;
use super::judge::{Bench, observability, season_start};
use super::neighbours::Look;
use super::overlaps::overlaps;
use super::papers::{Papers, choose, links};
use super::pixel_days::KeepPixels;
use super::progress::{Event, Watcher};
use super::provenance::provenance;
use super::scan::ScanRules;
use super::search::{Catalogued, search};
use super::spec::Spec;
use super::survey::{PlotSurvey, Survey, survey};
use super::timings::Timings;

/// Plots up to which each gets its papers without being asked: beyond, a run would be a folder per plot.
pub const PAPERS_BY_DEFAULT: usize = 2000;

/// A user's file of regional yields.
#[derive(Clone, Debug)]
pub struct YieldFile {
    /// Its rows.
    pub table: YieldTable,
    /// SHA-256 of its bytes, hex.
    pub sha256: String,
}

/// What to do.
#[derive(Clone, Debug)]
pub struct RunRequest {
    /// The plots.
    pub intake: Intake,
    /// What to compute.
    pub spec: Spec,
    /// The lender's rules.
    pub policy: Policy,
    /// The lender's dated figures.
    pub figures: Figures,
    /// Plots of earlier runs, where a register is kept.
    pub register: Option<Vec<store::Pledge>>,
    /// Regional yields that the user brought.
    pub yields: Option<YieldFile>,
    /// The day the answer is for.
    pub as_of: Date,
    /// First day to read.
    pub from: Date,
    /// Last day to read.
    pub to: Date,
    /// Where the results go.
    pub out: PathBuf,
    /// Whether each plot gets chart, picture, raster and report; by number of plots when absent.
    pub papers: Option<bool>,
    /// Whether finished records of an earlier run in the same folder are taken over.
    pub resume: bool,
    /// Whether anything is written; without it the records are only made.
    pub write: bool,
    /// Name of the input, for headings.
    pub title: String,
    /// The command that does the same again, for the page.
    pub command: String,
    /// Where the catalogue was, as the user named it.
    pub catalog_location: String,
}

impl RunRequest {
    /// Whether each plot gets papers.
    pub(super) fn papers(&self) -> bool {
        self.papers.unwrap_or(self.intake.entries.len() <= PAPERS_BY_DEFAULT)
    }
}

/// The doors a run goes through.
#[derive(Debug)]
pub struct Doors {
    /// The catalogue.
    pub catalog: Catalog,
    /// Bytes.
    pub objects: Arc<Objects>,
    /// Compute threads.
    pub pool: Arc<ThreadPool>,
}

/// What a run came to, besides its files.
#[derive(Debug)]
pub struct Outcome {
    /// One per feature of the input, in input order.
    pub records: Vec<EligibilityRecord>,
    /// Plots that another run may finish, with the cause.
    pub deferred: BTreeMap<String, String>,
    /// Records taken over from an earlier run.
    pub reused: usize,
    /// Scenes listed, and items that cannot be used.
    pub scenes_found: usize,
    /// Items the catalogue listed that cannot be used, by reason.
    pub items_skipped: BTreeMap<String, u64>,
    /// The same, one by one: id, word of the reason, what happened.
    pub items_unusable: Vec<(String, String, String)>,
    /// Scenes that were not read, or not whole, with the cause.
    pub scenes_unread: Vec<(SceneId, String)>,
    /// What the catalogue had to say.
    pub searched: Searched,
    /// Blocks of rasters decoded.
    pub blocks: u64,
    /// Acquisitions the orbits let expect, where they could be inferred.
    pub expected: Option<u32>,
    /// Things a person should know.
    pub notes: Vec<String>,
    /// Seconds by stage.
    pub timings_s: BTreeMap<String, f64>,
    /// Whether papers were written.
    pub papers: bool,
}

/// The conversation with the catalogue, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Searched {
    /// Searches answered.
    pub searches: u64,
    /// Pages read.
    pub pages: u64,
    /// Requests made.
    pub requests: u64,
    /// Requests repeated.
    pub retries: u64,
    /// Bytes of answers.
    pub bytes: u64,
}

/// What stops a run. No plot's or scene's trouble is among it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An output cannot be written, or an earlier one cannot be read.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// Work was lost on the compute pool.
    #[error(transparent)]
    Lost(#[from] super::bridge::ComputeLost),
}

/// Runs the main job.
///
/// # Errors
/// Only when results cannot be written (or earlier ones not be read). A plot or scene that makes trouble
/// gets its record all the same.
pub async fn appraise(request: &RunRequest, doors: &Doors, watch: &Watcher) -> Result<Outcome, Error> {
    let mut timings = Timings::start();
    if request.write {
        store::remove_partials(&request.out)?;
    }
    let overlaps = overlaps(request);
    let earlier = Earlier::of(request, overlaps.register())?;
    let papers = request.papers();
    let usable = request.intake.entries.iter().enumerate().filter_map(|(at, entry)| match entry {
        Entry::Plot(plot) => Some((at, plot)),
        Entry::Rejected(_) => None,
    });
    let provenance = provenance(&request.spec);
    // Without a valid consent nothing is asked, read or judged.
    let allowed = |(_, plot): &(usize, &Plot)| {
        lending::without_consent(plot, request.as_of, &request.policy, &provenance).is_none()
    };
    let all: Vec<(usize, &Plot)> = usable.filter(allowed).collect();
    let missing = |(_, plot): &(usize, &Plot)| !earlier.finished.contains_key(plot.id.as_str());
    let plots: Vec<(usize, &Plot)> = all.iter().copied().filter(missing).collect();
    // The catalogue is asked about all plots while one is missing: how many overpasses a tile had must not
    // depend on which plots an earlier run has finished.
    let catalogued = catalogue(request, doors, if plots.is_empty() { &[] } else { &all }, watch).await;
    timings.lap("catalog");

    let reader = Reader::new(doors);
    let rules = Arc::new(ScanRules {
        mask: request.spec.settings.mask,
        statistics: Statistics::All,
        bands: request.spec.bands.clone(),
        chips: papers,
        pixels: KeepPixels::asked(&request.spec, request.as_of),
        guard: true,
    });
    let seen = survey(&reader, &plots, &catalogued, &rules, watch).await;
    timings.lap("read");

    watch(&Event::Appraising { plots: plots.len() });
    let coverage = season_coverage(request, &catalogued);
    let scenes: BTreeMap<SceneId, &Scene> = catalogued.scenes.iter().map(|s| (s.id.clone(), s)).collect();
    let bench = Bench {
        overlaps: &overlaps,
        spec: &request.spec,
        policy: &request.policy,
        figures: &request.figures,
        provenance: &provenance,
        scenes: &scenes,
        coverage: &coverage,
        as_of: request.as_of,
        tries: doors.objects.attempts(),
        yields: request.yields.as_ref(),
    };
    let made = doors.pool.install(|| judge_all(request, &bench, &catalogued, &seen, &earlier, papers))?;
    timings.lap("science");

    let records: Vec<EligibilityRecord> = made.iter().map(|m| m.record.clone()).collect();
    let deferred = deferred(&records);
    if request.write {
        write_tables(request, &made, &records)?;
    }
    timings.lap("write");
    watch(&Event::Written { records: records.len() });
    Ok(Outcome {
        deferred,
        reused: earlier.finished.len(),
        scenes_found: catalogued.scenes.len(),
        items_skipped: counted(&catalogued),
        items_unusable: catalogued
            .skipped
            .iter()
            .map(|s| (s.item_id.clone(), s.reason.code().to_owned(), s.words.clone()))
            .collect(),
        scenes_unread: seen
            .scenes
            .iter()
            .filter_map(|s| Some((s.scene.id.clone(), s.problem.clone()?)))
            .collect(),
        searched: Searched {
            searches: catalogued.searches,
            pages: catalogued.pages,
            requests: catalogued.requests,
            retries: catalogued.retries,
            bytes: catalogued.bytes,
        },
        blocks: reader.decoded(),
        expected: catalog::expected_acquisitions(&catalogued.scenes, request.from, request.to).expected,
        notes: notes(request, &catalogued),
        timings_s: timings.finish(),
        records,
        papers,
    })
}

/// Asks the catalogue about the plots.
pub(super) async fn catalogue(
    request: &RunRequest,
    doors: &Doors,
    plots: &[(usize, &Plot)],
    watch: &Watcher,
) -> Catalogued {
    watch(&Event::Searching { plots: plots.len() });
    let collections = &request.spec.settings.catalog.collections;
    let catalogued = search(&doors.catalog, plots, collections, request.from, request.to).await;
    let tiles: std::collections::BTreeSet<_> = catalogued.scenes.iter().map(|s| &s.tile).collect();
    watch(&Event::Found {
        scenes: catalogued.scenes.len(),
        skipped: catalogued.skipped.len(),
        tiles: tiles.len(),
    });
    catalogued
}

/// Day from which Level-2A is made of the whole world. Source: ESA, Copernicus Sentinel-2 (13 December 2018).
const LEVEL_2A_EVERYWHERE: Date = jiff::civil::date(2018, 12, 13);

/// Acquisitions of the season asked about: what the catalogue lacks of earlier years leaves its question open to
/// nobody. Before Level-2A was made everywhere, an archive begins with its first scene.
fn season_coverage(request: &RunRequest, catalogued: &Catalogued) -> catalog::Coverage {
    let mut from = request.from.max(season_start(&request.spec, request.as_of));
    if from < LEVEL_2A_EVERYWHERE {
        let whole = catalogued.scenes.iter().map(|s| s.datetime.to_zoned(jiff::tz::TimeZone::UTC).date());
        from = whole.min().map_or(from, |first| from.max(first.min(LEVEL_2A_EVERYWHERE)));
    }
    catalog::expected_acquisitions(&catalogued.scenes, from, request.to)
}

/// A record with the observations behind it.
struct Made {
    record: EligibilityRecord,
    observations: Vec<Observation>,
}

fn judge_all(
    request: &RunRequest,
    bench: &Bench<'_>,
    catalogued: &Catalogued,
    seen: &Survey,
    earlier: &Earlier,
    papers: bool,
) -> Result<Vec<Made>, store::Error> {
    let unseen = PlotSurvey::default();
    let looks = look_all(request, bench, seen, earlier);
    let facts = looks.iter().flatten().map(|l| l.befallen.facts.clone()).collect();
    let peers = Peers::new(facts);
    request
        .intake
        .entries
        .par_iter()
        .enumerate()
        .map(|(at, entry)| match entry {
            Entry::Rejected(rejection) => {
                let refused = refused(rejection);
                let record =
                    lending::not_appraised(&refused, request.as_of, &request.policy, bench.provenance);
                Ok(Made { record, observations: Vec::new() })
            }
            Entry::Plot(plot) => {
                let barred = lending::without_consent(plot, request.as_of, &request.policy, bench.provenance);
                if let Some(record) = barred {
                    return Ok(Made { record, observations: Vec::new() });
                }
                if let Some(FinishedRecord { record, .. }) = earlier.finished.get(plot.id.as_str()) {
                    let observations = earlier.observations.get(plot.id.as_str()).cloned();
                    return Ok(Made {
                        record: record.clone(),
                        observations: observations.unwrap_or_default(),
                    });
                }
                let failed = catalogued.failed.get(&at).map(String::as_str);
                let seen = seen.plots.get(&at).unwrap_or(&unseen);
                let look = looks.get(at).and_then(Option::as_ref);
                one_plot(request, bench, plot, seen, look.map(|l| (l, &peers)), failed, papers)
            }
        })
        .collect()
}

/// An entry that could not be used, as `lending` takes it.
fn refused(rejection: &Rejection) -> Refused {
    let defect = |d: &crate::intake::Defect| lending::Defect {
        code: d.kind.code().to_owned(),
        detail: d.text.clone(),
    };
    Refused {
        id: Some(rejection.id.as_str().to_owned()),
        position: rejection.position,
        references: rejection.references.clone(),
        declared: rejection.declared.clone(),
        defects: rejection.reasons.iter().map(defect).collect(),
    }
}

/// The first pass, one for each feature; none where the program failed on a plot, or nothing needs to be judged.
fn look_all(request: &RunRequest, bench: &Bench<'_>, seen: &Survey, earlier: &Earlier) -> Vec<Option<Look>> {
    let missing = |plot: &Plot| !earlier.finished.contains_key(plot.id.as_str());
    if !request.intake.plots().any(missing) {
        return Vec::new();
    }
    let unseen = PlotSurvey::default();
    let look = |(at, entry): (usize, &Entry)| -> Option<Look> {
        let Entry::Plot(plot) = entry else { return None };
        let looked = catch_unwind(AssertUnwindSafe(|| match earlier.finished.get(plot.id.as_str()) {
            // Finished before: it only takes part as a neighbour.
            Some(done) => {
                let observations = earlier.observations.get(plot.id.as_str());
                bench.look(plot, observations.map_or(&[], Vec::as_slice), done.record.observability_grade)
            }
            None => {
                let seen = seen.plots.get(&at).unwrap_or(&unseen);
                bench.look(plot, &seen.observations, observability(plot, seen).map(|o| o.grade))
            }
        }));
        looked
            .inspect_err(|panic| {
                let cause = words_of(panic.as_ref());
                tracing::error!(plot = %plot.id, %cause, "internal error while reading");
            })
            .ok()
    };
    request.intake.entries.par_iter().enumerate().map(look).collect()
}

/// One plot's record and papers. A panic costs this plot its appraisal, and nobody else's.
fn one_plot(
    request: &RunRequest,
    bench: &Bench<'_>,
    plot: &Plot,
    seen: &PlotSurvey,
    look: Option<(&Look, &Peers)>,
    search_failed: Option<&str>,
    papers: bool,
) -> Result<Made, store::Error> {
    let judged = look.map(|(look, peers)| {
        catch_unwind(AssertUnwindSafe(|| {
            let with_papers = papers && search_failed.is_none();
            let links = if with_papers { links(plot, choose(seen, None).is_some()) } else { Vec::new() };
            (bench.judge(plot, seen, look, peers, search_failed, links), with_papers)
        }))
    });
    let (judged, with_papers) = match judged {
        Some(Ok(judged)) => judged,
        failed => {
            if let Some(Err(panic)) = failed {
                let cause = words_of(panic.as_ref());
                tracing::error!(plot = %plot.id, %cause, "internal error while appraising");
            }
            let record = lending::internal_error(plot, request.as_of, &request.policy, bench.provenance);
            return Ok(Made { record, observations: seen.observations.clone() });
        }
    };
    if with_papers && request.write {
        let assessment = &judged.assessment;
        let peak = assessment.current.and_then(|k| assessment.seasons.get(k)).and_then(|s| s.pos);
        let chip = choose(seen, peak);
        Papers { bench, plot, judged: &judged }.write(&request.out, chip, &seen.chips)?;
    }
    Ok(Made { record: judged.record, observations: judged.observations })
}

fn write_tables(
    request: &RunRequest,
    made: &[Made],
    records: &[EligibilityRecord],
) -> Result<(), store::Error> {
    let out = &request.out;
    let columns = store::Columns::Wide { bands: request.spec.bands.clone() };
    for file in [SERIES_FILE, "timeseries.csv"] {
        let mut writer = store::TimeseriesWriter::create(&out.join(file), &columns)?;
        for one in made {
            for observation in &one.observations {
                writer.push(&one.record.id, observation)?;
            }
        }
        writer.finish()?;
    }
    store::write_jsonl(&out.join(store::RECORDS_FILE), records)?;
    store::write_chain(out, records)?;
    store::write_geojson(&out.join("records.geojson"), records)?;
    store::write_geoparquet(&out.join("records.parquet"), records)?;
    let page = store::IndexPage { title: &request.title, records, rerun: &request.command };
    store::write_whole(&out.join("index.html"), store::index_html(&page).as_bytes())
}

/// Plots that another run may finish, with what is missing.
fn deferred(records: &[EligibilityRecord]) -> BTreeMap<String, String> {
    let why = |r: &EligibilityRecord| {
        let code = store::deferring_reason(r)?;
        let reason = r.reasons_all.iter().find(|reason| reason.code() == code)?;
        Some((r.id.clone(), reason.text_en().to_owned()))
    };
    records.iter().filter_map(why).collect()
}

fn counted(catalogued: &Catalogued) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for item in &catalogued.skipped {
        *counts.entry(item.reason.code().to_owned()).or_default() += 1;
    }
    for _ in &catalogued.duplicates {
        *counts.entry("duplicate".to_owned()).or_default() += 1;
    }
    counts
}

fn notes(request: &RunRequest, catalogued: &Catalogued) -> Vec<String> {
    let mut notes = request.intake.warnings.clone();
    notes.extend(catalogued.warnings.iter().cloned());
    notes.extend(catalogued.skipped.iter().map(|s| format!("item {} is not used: {}", s.item_id, s.words)));
    if !catalogued.failed.is_empty() {
        let causes: std::collections::BTreeSet<&String> = catalogued.failed.values().collect();
        for cause in causes {
            notes.push(format!("the catalogue could not be searched: {cause}"));
        }
    }
    notes
}
