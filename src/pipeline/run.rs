//! `appraise`: plots in, one record per plot out, and everything a person needs to check them.
//!
//! Unit by unit (`plan`, `walk`): what was not finished before is read, judged (`unit`) and published as a part; the
//! parts of a whole run are joined to its files. A shard does its own units and leaves the joining to `merge`.

mod plan;
mod publish;
mod unit;
mod walk;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;
use rayon::ThreadPool;
use rayon::prelude::*;

use crate::catalog::{self, Catalog};
use crate::crop::ThermalTable;
use crate::crop::yields::YieldTable;
use crate::intake::temperature_table::TemperatureTable;
use crate::intake::{Entry, Intake};
use crate::lending::{Figures, Policy};
use crate::objects::Objects;
use crate::plot::Plot;
use crate::record::EligibilityRecord;
use crate::store::{self, DeferredPlot, RunManifest};

use super::earlier::Earlier;
use super::judge::season_start;
use super::overlaps::overlaps;
use super::progress::{Event, Watcher};
use super::provenance::provenance;
use super::search::{Catalogued, search};
use super::spec::Spec;

use self::plan::Plan;
use self::walk::Walk;

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

/// A user's table of daily temperatures, and how crops follow them.
#[derive(Clone, Debug)]
pub struct TemperatureFile {
    /// Its days, by plot or place.
    pub table: TemperatureTable,
    /// Degree-days of the crops.
    pub thermal: ThermalTable,
    /// SHA-256 of its bytes, hex.
    pub sha256: String,
}

/// A few features of a run, asked about again: only the units that hold them are read and judged.
#[derive(Clone, Debug)]
pub struct Again {
    /// Their positions in the input, from 0. Two features may have one id.
    pub positions: BTreeSet<usize>,
    /// Folder below which their papers are written, where they are asked for.
    pub papers: Option<PathBuf>,
}

/// Whether each plot gets papers, as asked, or by their number.
pub fn draws_papers(asked: Option<bool>, intake: &Intake) -> bool {
    asked.unwrap_or(intake.entries.len() <= PAPERS_BY_DEFAULT)
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
    /// Daily temperatures that the user brought.
    pub temperature: Option<TemperatureFile>,
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
    /// Where what was read is kept for other runs, if anywhere.
    pub archive: Option<PathBuf>,
    /// The part of the run that is done here; all of it when absent.
    pub shard: Option<Shard>,
    /// The features asked about, of a run that was made before; all of it when absent.
    pub again: Option<Again>,
    /// Hash of the input.
    pub input_sha256: String,
    /// The manifest as far as it is known before the run. Without it nothing is written, the records are only made.
    pub write: Option<RunManifest>,
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
        draws_papers(self.papers, &self.intake)
    }

    /// Folder below which the papers of this plot are written; `None` where it gets none.
    pub(super) fn papers_of(&self, position: usize) -> Option<&Path> {
        match &self.again {
            Some(again) => again.papers.as_deref().filter(|_| again.positions.contains(&position)),
            None => (self.papers() && self.write.is_some()).then_some(self.out.as_path()),
        }
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

/// One part of a run that several processes share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Its number, from 1.
    pub number: u32,
    /// Number of shards.
    pub of: u32,
}

impl std::fmt::Display for Shard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

/// What a run came to.
#[derive(Debug)]
pub struct Outcome {
    /// One per feature of the input, in input order, if nothing was to be written.
    pub records: Vec<EligibilityRecord>,
    /// The manifest of the joined run, but for its end; `None` for a shard, and if nothing was to be written.
    pub manifest: Option<RunManifest>,
    /// Plots that another run may finish, with the cause.
    pub deferred: Vec<DeferredPlot>,
    /// Units done here and before, of those that were to be done.
    pub units: UnitCounts,
}

/// Units of a run, or of a shard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UnitCounts {
    /// In the whole run.
    pub planned: usize,
    /// Of this process.
    pub own: usize,
    /// Of these, finished by an earlier run.
    pub before: usize,
    /// Whether another run may still need their parts.
    pub keep: bool,
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
    /// The folder holds parts of another run.
    #[error(
        "{folder} holds parts of a run with other {differing}: a shard of this run cannot be added to them. Choose \
         another folder, or remove that one's `parts`"
    )]
    OtherRun {
        /// The output folder.
        folder: PathBuf,
        /// What differs.
        differing: String,
    },
}

/// Runs the main job, or a shard of it.
///
/// # Errors
/// Only when results cannot be written (or earlier ones not be read). A plot or scene that makes trouble
/// gets its record all the same.
pub async fn appraise(request: &RunRequest, doors: &Doors, watch: &Watcher) -> Result<Outcome, Error> {
    // From here on everybody asks for sizes, plot by plot: they are measured side by side.
    doors.pool.install(|| {
        request.intake.entries.par_iter().for_each(|entry| {
            if let Entry::Plot(plot) = entry {
                plot.area_m2();
            }
        });
    });
    let overlaps = overlaps(request);
    let provenance = provenance(&request.spec);
    let plan = Plan::of(request, &provenance, overlaps.register());
    // Record by record only a small run is taken up: a large one is by its parts.
    let small = request.shard.is_none() && plan.companies <= 1;
    let earlier = if small { Earlier::of(request, overlaps.register())? } else { Earlier::default() };
    let mut walk = Walk::new(request, doors, watch, &plan, &earlier)?;
    walk.all_units(&overlaps, &provenance).await?;
    walk.finish()
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
pub(super) fn season_coverage(request: &RunRequest, catalogued: &Catalogued) -> catalog::Coverage {
    let mut from = request.from.max(season_start(&request.spec, request.as_of));
    if from < LEVEL_2A_EVERYWHERE {
        let whole = catalogued.scenes.iter().map(|s| s.datetime.to_zoned(jiff::tz::TimeZone::UTC).date());
        from = whole.min().map_or(from, |first| from.max(first.min(LEVEL_2A_EVERYWHERE)));
    }
    catalog::expected_acquisitions(&catalogued.scenes, from, request.to)
}
