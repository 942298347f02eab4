//! One plot, from what was seen of it to its record. Pure; panics are caught by the caller.

use std::collections::{BTreeMap, BTreeSet};

use geo::Centroid;
use jiff::civil::Date;

use crate::catalog::Coverage;
use crate::crop::ensemble::{Unit, View};
use crate::crop::{self, Assessment, Models, Reading};
use crate::lending::{self, Evidence, Policy, Provenance, SeasonWindow, SkippedScene};
use crate::observation::{Observation, Reject};
use crate::phenology;
use crate::plot::Plot;
use crate::record::{EligibilityRecord, Grade, Link, SeasonSource};
use crate::scene::{Scene, SceneId};
use crate::series::{self, Series, Smooth};
use crate::zonal;

use super::spec::Spec;
use super::survey::{PlotSurvey, on_grid};

/// What judging every plot of a run shares.
#[derive(Debug)]
pub(super) struct Bench<'a> {
    pub(super) spec: &'a Spec,
    pub(super) policy: &'a Policy,
    pub(super) provenance: &'a Provenance,
    pub(super) scenes: &'a BTreeMap<SceneId, &'a Scene>,
    pub(super) coverage: &'a Coverage,
    pub(super) as_of: Date,
    /// Tries made for a read before it is given up, for the record.
    pub(super) tries: u32,
}

/// A plot's record and what its papers are drawn from.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) record: EligibilityRecord,
    /// With the reasons the series added.
    pub(super) observations: Vec<Observation>,
    pub(super) curve: Smooth,
    pub(super) assessment: Assessment,
}

impl Bench<'_> {
    /// The record of one plot.
    pub(super) fn judge(
        &self,
        plot: &Plot,
        seen: &PlotSurvey,
        search_failed: Option<&str>,
        links: Vec<Link>,
    ) -> Judged {
        let settings = &self.spec.settings;
        let mut observations = seen.observations.clone();
        let (clear, rejected) = series::assemble(&observations, self.as_of, &settings.series);
        for (at, why) in rejected {
            observations[at].rejected = Some(why);
        }
        let curve = series::smooth(&clear, &settings.smoothing);
        let centre = plot.geometry.centroid();
        let latitude = centre.map(|c| c.y());
        let seasons = phenology::seasons(&clear, &curve, latitude, &settings.season);
        let window = self.window();
        let reading = Reading {
            series: &clear,
            smooth: &curve,
            seasons: &seasons,
            place: centre.map(|c| (c.y(), c.x())),
            zone: None,
            declared_crop: plot.declared.crop.as_deref(),
            declared_sowing: plot.declared.sowing_date,
            window: Some((window.start, window.end)),
        };
        let models = Models {
            profiles: &self.spec.profiles,
            ensemble: &self.spec.ensemble,
            shares: self.spec.shares.as_ref(),
            unit: Unit::Field,
            crops: &[],
        };
        let views = views(&observations, &clear);
        let (assessment, _) = crop::read(&reading, &views, &models, &settings.crop.rules);
        let (scenes, skipped) = self.scenes_of(&observations);
        let (scenes_expected, scenes_found) = self.expected(seen);
        let evidence = Evidence {
            plot,
            window,
            observability: observability(plot, seen),
            scenes_expected,
            scenes_found,
            search_failed: search_failed.is_some(),
            scenes,
            skipped,
            observations: &observations,
            assessment: &assessment,
            links,
        };
        let appraisal = lending::appraise(&evidence, self.policy);
        let record = lending::seal(&appraisal, &evidence, self.provenance);
        Judged { record, observations, curve, assessment }
    }

    /// The season asked about.
    fn window(&self) -> SeasonWindow {
        let back = i32::try_from(self.spec.settings.period.season_days).unwrap_or(365) - 1;
        SeasonWindow {
            start: series::plus_days(self.as_of, -back),
            end: self.as_of,
            source: SeasonSource::Lender,
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

/// The clear dates of a series with the indices that the bands read allow.
fn views(observations: &[Observation], series: &Series) -> Vec<View> {
    (series.samples().iter())
        .map(|sample| {
            let seen = observations.iter().find(|o| {
                o.rejected.is_none() && o.date == sample.date && o.ndvi.is_some_and(|n| n.mean == sample.ndvi)
            });
            View::of(sample.date, sample.ndvi, |band| seen.and_then(|o| o.bands.get(&band)).copied())
        })
        .collect()
}

/// How well pixels resolve the plot, on the grid it was seen on.
fn observability(plot: &Plot, seen: &PlotSurvey) -> Option<lending::Observability> {
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
