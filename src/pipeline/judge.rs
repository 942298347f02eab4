//! One plot, from what was seen of it to its record. Pure; panics are caught by the caller.

use std::collections::{BTreeMap, BTreeSet};

use geo::Centroid;
use jiff::civil::Date;

use crate::catalog::Coverage;
use crate::crop::ensemble::{Beside, Unit, View, nbr2};
use crate::crop::vigour::Peers;
use crate::crop::{self, Assessment, ConditionRules, DailyMeans, Models, Reading};
use crate::cropland::{self, Cropland, NotTold};
use crate::grid::Epsg;
use crate::lending::{self, Evidence, Figures, Policy, Provenance, SeasonWindow, SkippedScene};
use crate::observation::{Observation, Reject};
use crate::phenology::{self, Season};
use crate::plot::Plot;
use crate::record::{EligibilityRecord, Grade, Link, SeasonSource};
use crate::scene::{Scene, SceneId};
use crate::series::{self, Sample, Series, Smooth};
use crate::zonal;

use super::classify::{Silent, classified};
use super::neighbours::{Look, glances};
use super::overlaps::Overlaps;
use super::pixel_days::pixel_series;
use super::provenance::{DaysUsed, of_plot};
use super::run::{TemperatureFile, YieldFile};
use super::spec::Spec;
use super::survey::{PlotSurvey, on_grid};

/// What judging every plot of a run shares.
#[derive(Debug)]
pub(super) struct Bench<'a> {
    pub(super) spec: &'a Spec,
    pub(super) policy: &'a Policy,
    pub(super) figures: &'a Figures,
    pub(super) overlaps: &'a Overlaps,
    pub(super) provenance: &'a Provenance,
    pub(super) scenes: &'a BTreeMap<SceneId, &'a Scene>,
    pub(super) coverage: &'a Coverage,
    pub(super) as_of: Date,
    /// Tries made for a read before it is given up, for the record.
    pub(super) tries: u32,
    /// Regional yields that the user brought.
    pub(super) yields: Option<&'a YieldFile>,
    /// Daily temperatures that the user brought.
    pub(super) temperature: Option<&'a TemperatureFile>,
}

/// A plot's record and what its papers are drawn from.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) record: EligibilityRecord,
    /// With the reasons the series added.
    pub(super) observations: Vec<Observation>,
    pub(super) curve: Smooth,
    pub(super) assessment: Assessment,
    pub(super) cropland: Cropland,
    /// Projection that the places of `cropland` are counted in.
    pub(super) places_in: Option<Epsg>,
}

impl Bench<'_> {
    /// What one plot shows by itself: the first pass, whose facts its neighbours need.
    pub(super) fn look(&self, plot: &Plot, observations: &[Observation], grade: Option<Grade>) -> Look {
        let settings = &self.spec.settings;
        let mut observations = observations.to_vec();
        let (clear, curve) = self.series(&mut observations);
        let centre = plot.geometry.centroid();
        let seasons = phenology::seasons(&clear, &curve, centre.map(|c| c.y()), &settings.season);
        let sown = can_be(plot, self.as_of, self.policy);
        let reading = reading(self.spec, self.as_of, plot, sown, &clear, &curve, &seasons);
        let models = models(self.spec);
        let views = views(&observations, &clear);
        let rules = &settings.crop.rules;
        let days = self.temperature.map(|file| {
            // Without the place's days the calendar's are used: what is not known speaks against nobody.
            let days = file.table.of(plot.id.as_str(), reading.place).cloned().unwrap_or_default();
            (DailyMeans::new(days.mean, days.normal).believed(self.as_of), &file.thermal)
        });
        let dates: Vec<_> = seen(&observations, &clear)
            .filter_map(|(_, o)| o.map(|o| (o.date, |band| o.bands.get(&band).copied())))
            .collect();
        let word = self.spec.classifier.as_deref().map(|c| classified(c, &dates, self.as_of));
        let (learned, silent) = match word.transpose() {
            Ok(learned) => (learned, None),
            Err(why) => {
                if let Silent::Failed(cause) = &why {
                    tracing::warn!(plot = plot.id.as_str(), %cause, "the classifier is not used for this plot");
                }
                (None, Some(why.to_string()))
            }
        };
        let nbr2: Vec<(Date, f64)> = seen(&observations, &clear)
            .filter_map(|(s, o)| {
                let o = o?;
                Some((s.date, nbr2(|band| o.bands.get(&band).copied())?))
            })
            .collect();
        let beside = Beside {
            nbr2: &nbr2,
            temperature: days.as_ref().map(|(days, table)| (days, *table)),
            learned: learned.as_ref(),
            ..Beside::default()
        };
        let (assessment, answer) = crop::read_beside(&reading, &views, &beside, &models, rules);
        let glances = glances(&observations, &clear);
        let mut befallen = crop::befallen(
            &reading,
            &views,
            &beside,
            &glances,
            &answer,
            &assessment,
            &models,
            rules,
            &self.rules(),
        );
        let zones = reading.zones(&self.spec.profiles);
        befallen.facts.id = plot.id.as_str().to_owned();
        befallen.facts.place = centre.map_or((f64::NAN, f64::NAN), |c| (c.y(), c.x()));
        befallen.facts.borrower = plot.references.borrower.clone();
        befallen.facts.zone = zones.first().map(|z| z.name.clone());
        befallen.facts.well_resolved = grade.is_some_and(|g| g <= Grade::B);
        let strange = days.as_ref().and_then(|(days, _)| days.strange());
        let days = DaysUsed::of(befallen.by_degree_days, strange);
        Look { assessment, befallen, days, silent }
    }

    /// The record of one plot, among the others.
    pub(super) fn judge(
        &self,
        plot: &Plot,
        seen: &PlotSurvey,
        look: &Look,
        peers: &Peers,
        search_failed: Option<&str>,
        links: Vec<Link>,
    ) -> Judged {
        let mut observations = seen.observations.clone();
        let (_, curve) = self.series(&mut observations);
        let condition = self.condition(look, peers);
        let assessment = look.assessment.clone().struck(&condition);
        let observability = observability(plot, seen);
        let (cropland, places_in) = self.cropland(plot, seen, &observations, observability, &assessment);
        let (scenes, skipped) = self.scenes_of(&observations);
        let (scenes_expected, scenes_found) = self.expected(seen);
        let (overlaps, overlap_check) = self.overlaps.of(plot.position);
        let evidence = Evidence {
            overlaps,
            overlap_check,
            plot,
            window: self.window(),
            observability,
            scenes_expected,
            scenes_found,
            search_failed: search_failed.is_some(),
            scenes,
            skipped,
            observations: &observations,
            assessment: &assessment,
            figures: self.figures,
            condition: &condition,
            cropland: &cropland,
            links,
        };
        let of_plot = of_plot(self.provenance, self.spec, self.temperature, look);
        let appraisal = lending::appraise(&evidence, self.policy);
        let record = lending::seal(&appraisal, &evidence, &of_plot);
        Judged { record, observations, curve, assessment, cropland, places_in }
    }

    /// Which part of the outline carries the crop.
    fn cropland(
        &self,
        plot: &Plot,
        seen: &PlotSurvey,
        observations: &[Observation],
        observability: Option<lending::Observability>,
        assessment: &Assessment,
    ) -> (Cropland, Option<Epsg>) {
        let settings = &self.spec.settings;
        let kept = pixel_series(plot, &seen.lattices, observations);
        let Some(kept) = kept.filter(|_| settings.cropland.measure) else {
            return (Cropland::not_told(NotTold::NotRead), None);
        };
        let question = cropland::Question {
            pixels: &kept.series,
            perimeter_m: plot.perimeter_m(),
            resolved: observability.is_some_and(|o| o.grade <= Grade::C),
            assessment,
            series: &settings.series,
            smoothing: &settings.smoothing,
            season: &settings.season,
            crop: &settings.crop.rules,
            rules: &settings.cropland,
        };
        (cropland::measure(&question), Some(kept.epsg))
    }

    /// The clear dates and their curve; observations that the series sets aside are marked.
    fn series(&self, observations: &mut [Observation]) -> (Series, Smooth) {
        let settings = &self.spec.settings;
        let (clear, rejected) = series::assemble(observations, self.as_of, &settings.series);
        for (at, why) in rejected {
            observations[at].rejected = Some(why);
        }
        let curve = series::smooth(&clear, &settings.smoothing);
        (clear, curve)
    }

    pub(super) fn rules(&self) -> ConditionRules {
        let crop = &self.spec.settings.crop;
        ConditionRules { events: crop.events.clone(), vigour: crop.vigour.clone() }
    }

    /// The season asked about.
    fn window(&self) -> SeasonWindow {
        SeasonWindow {
            start: season_start(self.spec, self.as_of),
            end: self.as_of,
            source: SeasonSource::Settings,
        }
    }

    /// Scenes read for the plot, and scenes listed and not read.
    fn scenes_of(&self, observations: &[Observation]) -> (Vec<&Scene>, Vec<SkippedScene>) {
        let mut read: BTreeSet<&SceneId> = BTreeSet::new();
        let mut skipped = Vec::new();
        for observation in observations {
            match observation.rejected {
                Some(why @ (Reject::AssetMissing | Reject::ReadFailed | Reject::OffsetUnsettled)) => {
                    let tries = if why == Reject::ReadFailed { self.tries } else { 1 };
                    skipped.push(SkippedScene {
                        scene: observation.scene.clone(),
                        date: observation.date,
                        why,
                        tries,
                    });
                }
                _ => read.extend(std::iter::once(&observation.scene).chain(&observation.joined)),
            }
        }
        (read.into_iter().filter_map(|id| self.scenes.get(id).copied()).collect(), skipped)
    }

    /// Acquisitions expected over the plot's tiles, where every one of them tells, and found.
    fn expected(&self, seen: &PlotSurvey) -> (Option<usize>, usize) {
        let tiles = || self.coverage.tiles.iter().filter(|t| seen.tiles.contains(&t.tile));
        let expected: Option<u32> = tiles().map(|t| t.expected).sum();
        let found: u32 = tiles().map(|t| t.found).sum();
        (expected.map(|n| n as usize).filter(|_| tiles().next().is_some()), found as usize)
    }
}

/// What is asked about a plot, beside its curve.
fn reading<'a>(
    spec: &Spec,
    as_of: Date,
    plot: &'a Plot,
    sown: Option<Date>,
    series: &'a Series,
    smooth: &'a Smooth,
    seasons: &'a [Season],
) -> Reading<'a> {
    Reading {
        series,
        smooth,
        seasons,
        place: plot.geometry.centroid().map(|c| (c.y(), c.x())),
        zone: None,
        declared_crop: plot.declared.crop.as_deref(),
        declared_sowing: sown,
        window: Some((season_start(spec, as_of), as_of)),
        whole_season: false,
    }
}

fn models(spec: &Spec) -> Models<'_> {
    Models {
        profiles: &spec.profiles,
        ensemble: &spec.ensemble,
        shares: spec.shares.as_ref(),
        unit: Unit::Field,
        crops: &[],
    }
}

/// The declared sowing date of a plot, unless it cannot be true: such a date is as if none had been given.
fn can_be(plot: &Plot, as_of: Date, policy: &Policy) -> Option<Date> {
    plot.declared.sowing_date.filter(|sown| lending::can_be_sown(*sown, as_of, policy))
}

/// The declared sowing date of a plot, unless its record will say that it was not used: that rests on the declaration, the
/// policy and the calendar, so nothing needs to be seen of the plot.
pub(super) fn sowing_used(spec: &Spec, policy: &Policy, as_of: Date, plot: &Plot) -> Option<Date> {
    let sown = can_be(plot, as_of, policy)?;
    let settings = &spec.settings;
    let (unseen, _) = series::assemble(&[], as_of, &settings.series);
    let curve = series::smooth(&unseen, &settings.smoothing);
    let reading = reading(spec, as_of, plot, Some(sown), &unseen, &curve, &[]);
    let not_used = crop::sowing_not_used(&reading, &models(spec), &settings.crop.rules);
    not_used.is_none().then_some(sown)
}

/// First day of the season asked about.
pub(super) fn season_start(spec: &Spec, as_of: Date) -> Date {
    let back = i32::try_from(spec.settings.period.season_days).unwrap_or(365) - 1;
    series::plus_days(as_of, -back)
}

/// The clear dates of a series, each with the observation that it was made from.
fn seen<'a>(
    observations: &'a [Observation],
    series: &'a Series,
) -> impl Iterator<Item = (&'a Sample, Option<&'a Observation>)> {
    series.samples().iter().map(|sample| {
        let is_it = |o: &&Observation| {
            o.rejected.is_none() && o.date == sample.date && o.ndvi.is_some_and(|n| n.mean == sample.ndvi)
        };
        (sample, observations.iter().find(is_it))
    })
}

/// The clear dates of a series with the indices that the bands read allow.
fn views(observations: &[Observation], series: &Series) -> Vec<View> {
    seen(observations, series)
        .map(|(sample, o)| {
            View::of(sample.date, sample.ndvi, |band| o.and_then(|o| o.bands.get(&band)).copied())
        })
        .collect()
}

/// How well pixels resolve the plot, on the grid it was seen on.
pub(super) fn observability(plot: &Plot, seen: &PlotSurvey) -> Option<lending::Observability> {
    let grid = seen.grid?;
    let metres = on_grid(plot, &grid).ok()?;
    let measured = zonal::observability(&metres, &grid).ok()?;
    Some(lending::Observability {
        pixels_full: measured.pixels_full,
        pixels_effective: measured.pixels_effective,
        pixels_lost_buffer_frac: measured.pixels_lost_buffer_frac,
        grade: match measured.grade {
            zonal::Grade::A => Grade::A,
            zonal::Grade::B => Grade::B,
            zonal::Grade::C => Grade::C,
            zonal::Grade::D => Grade::D,
        },
    })
}
