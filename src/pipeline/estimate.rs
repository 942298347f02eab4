//! What a run would cost, told from the catalogue and the headers of a few scenes.
//!
//! # Method
//! Of each tile the headers of a few scenes, spread over the period, say which blocks the plots need and how many bytes
//! those take. The classification is read of every scene; red and near infrared of a block only where a plot in it is not
//! wholly under cloud. How cloudy a scene is says its item; where the clouds are nobody knows before the classification is
//! read, so a block with `n` plots is taken to be needed with probability 1 - c^m, c the scene's cloud cover and m the
//! smaller of `n` and [`CLOUDS_OF_A_BLOCK`].

use std::collections::BTreeMap;
use std::sync::Arc;

use geo::BoundingRect;
use jiff::civil::Date;

use crate::band::Band;
use crate::crs;
use crate::imagery::{BlockIndex, Cog, Imagery};
use crate::intake::Intake;
use crate::objects::Href;
use crate::plot::Plot;
use crate::scene::{MgrsTile, Scene};

use super::run::Doors;
use super::search::search;
use super::spec::{PAIR, Spec};

/// Scenes of a tile whose headers are read.
const LOOKED_INTO: usize = 5;
/// Places of a block that are clouded independently of each other: a block is 10 km wide, and the sky over land is
/// alike over some 5 km (design value).
const CLOUDS_OF_A_BLOCK: usize = 4;
/// What costs CPU time and memory, fitted to runs of a release build (docs/scale.md, "Dry run").
/// Reading, inflating and gathering, compressed megabytes a second.
const MB_PER_CPU_S: f64 = 165.0;
/// One request, seconds.
const REQUEST_S: f64 = 0.5e-3;
/// Taking in one plot, and looking at it in one scene, seconds.
const PLOT_S: f64 = 30e-6;
const LOOK_S: f64 = 3e-6;
/// From observations to a record and its row in every table: for a plot, and for each of its scenes, seconds.
const RECORD_S: f64 = 1.6e-3;
const RECORD_LOOK_S: f64 = 0.17e-3;
/// Chart, picture, raster and reports of one plot, seconds.
const PAPERS_S: f64 = 0.05;
/// Memory of the program with blocks on their way; of a plot with its outline; of a pixel of a plot; of a pixel in one
/// scene where pixels are kept for the cropped area; of one look; of a record held for the tables; bytes.
const BASE_BYTES: u64 = 140_000_000;
const PLOT_BYTES: u64 = 1_500;
const PIXEL_BYTES: u64 = 12;
const KEPT_PIXEL_BYTES: u64 = 2;
const LOOK_BYTES: u64 = 600;
const RECORD_BYTES: u64 = 21_000;
/// Records held at a time while tables and the page are written.
const RECORDS_HELD: usize = 5_000;
/// Area of a pixel of red and near infrared, square metres.
const PIXEL_M2: f64 = 100.0;

/// What is to be done with what is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Job {
    /// The table of observations, nothing else.
    Observe,
    /// A record for each plot.
    Appraise {
        /// With chart, picture, raster and report for each.
        papers: bool,
    },
}

/// What a run would read and take.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Estimate {
    /// Plots that can be used.
    pub plots: usize,
    /// Tiles.
    pub tiles: usize,
    /// Scenes.
    pub scenes: usize,
    /// Items the catalogue lists that cannot be used.
    pub items_skipped: usize,
    /// Requests, by the cloud cover that the items tell.
    pub requests: u64,
    /// Bytes, likewise.
    pub bytes: u64,
    /// Requests if no scene is cloudy and no two blocks can share one; only failures cost more.
    pub requests_at_most: u64,
    /// Bytes if no scene is cloudy and no block is smaller than its pixels; only failures cost more.
    pub bytes_at_most: u64,
    /// CPU seconds of one core of the developers' machine.
    pub cpu_s: f64,
    /// Most memory at a time, bytes.
    pub memory_bytes: u64,
    /// Scenes of tiles whose headers could not be read; not counted in requests and bytes.
    pub headers_unread: usize,
    /// Plots whose catalogue search failed.
    pub search_failed: usize,
}

/// What the scenes of a tile cost each, on the mean of those looked into.
#[derive(Clone, Debug, Default)]
struct TileCost {
    /// Headers and classification: requests, bytes.
    always: (f64, f64),
    /// The other bands, cloudless: requests, bytes.
    clear: (f64, f64),
    at_most: (u64, u64),
    /// Plots by block of the red band.
    plots: Vec<usize>,
}

impl TileCost {
    /// Share of blocks that is needed under this cloud cover, 0 to 1, and the probability that one is.
    fn needed(&self, cloud: f64) -> (f64, f64) {
        let free = |plots: &usize| 1.0 - cloud.powi((*plots).min(CLOUDS_OF_A_BLOCK) as i32);
        let share = self.plots.iter().map(free).sum::<f64>() / self.plots.len().max(1) as f64;
        let none: f64 = self.plots.iter().map(|n| 1.0 - free(n)).product();
        (share, 1.0 - none)
    }
}

/// Estimates a run over these days, both included.
pub async fn estimate(intake: &Intake, spec: &Spec, job: Job, days: (Date, Date), doors: &Doors) -> Estimate {
    let plots: Vec<(usize, &Plot)> = intake.plots().enumerate().collect();
    let collections = &spec.settings.catalog.collections;
    let found = search(&doors.catalog, &plots, collections, days.0, days.1).await;
    let mut by_tile: BTreeMap<&MgrsTile, Vec<&Scene>> = BTreeMap::new();
    for scene in &found.scenes {
        by_tile.entry(&scene.tile).or_default().push(scene);
    }
    let mut estimate = Estimate {
        plots: plots.len(),
        tiles: by_tile.len(),
        scenes: found.scenes.len(),
        items_skipped: found.skipped.len(),
        search_failed: found.failed.len(),
        ..Estimate::default()
    };
    let imagery = Imagery::new(Arc::clone(&doors.objects));
    let told: Vec<f64> = found.scenes.iter().filter_map(|s| s.cloud_cover_percent).collect();
    let usual = if told.is_empty() { 0.0 } else { told.iter().sum::<f64>() / told.len() as f64 };
    let (mut requests, mut bytes, mut observations) = (0.0, 0.0, 0u64);
    for scenes in by_tile.values() {
        let Some(cost) = tile_cost(&imagery, scenes, &plots, spec).await else {
            estimate.headers_unread += scenes.len();
            continue;
        };
        for scene in scenes {
            let cloud = (scene.cloud_cover_percent.unwrap_or(usual) / 100.0).clamp(0.0, 1.0);
            let (share, any) = cost.needed(cloud);
            requests += cost.always.0 + any * cost.clear.0;
            bytes += cost.always.1 + share * cost.clear.1;
            estimate.requests_at_most += cost.at_most.0;
            estimate.bytes_at_most += cost.at_most.1;
            observations += cost.plots.iter().sum::<usize>() as u64;
        }
    }
    estimate.requests = requests.round() as u64;
    estimate.bytes = bytes.round() as u64;
    let pixels: f64 = plots.iter().map(|(_, plot)| plot.area_m2() / PIXEL_M2).sum();
    let work = Work { plots: plots.len() as u64, looks: observations, pixels: pixels as u64 };
    estimate.cpu_s = work.cpu_s(job, requests, bytes);
    estimate.memory_bytes = work.memory_bytes(job, spec.settings.company.most_plots as u64);
    estimate
}

/// What there is to do, whatever the images weigh.
#[derive(Clone, Copy, Debug)]
struct Work {
    plots: u64,
    /// Plots times their scenes.
    looks: u64,
    pixels: u64,
}

impl Work {
    fn cpu_s(self, job: Job, requests: f64, bytes: f64) -> f64 {
        let (plots, looks) = (self.plots as f64, self.looks as f64);
        let read = requests * REQUEST_S + bytes / 1e6 / MB_PER_CPU_S;
        let seen = read + plots * PLOT_S + looks * LOOK_S;
        match job {
            Job::Observe => seen,
            Job::Appraise { papers } => {
                let drawn = if papers { plots * PAPERS_S } else { 0.0 };
                seen + plots * RECORD_S + looks * RECORD_LOOK_S + drawn
            }
        }
    }

    /// Observing holds the pixels of all plots, appraising those of one company, scene by scene.
    fn memory_bytes(self, job: Job, company: u64) -> u64 {
        let held = BASE_BYTES + self.plots * PLOT_BYTES;
        match job {
            Job::Observe => held + self.pixels * PIXEL_BYTES,
            Job::Appraise { .. } => {
                let of_company = |whole: u64| whole * company.min(self.plots) / self.plots.max(1);
                let pixels = of_company(self.pixels);
                let scenes = self.looks / self.plots.max(1);
                let reading =
                    pixels * (PIXEL_BYTES + scenes * KEPT_PIXEL_BYTES) + of_company(self.looks) * LOOK_BYTES;
                let writing = self.plots.min(RECORDS_HELD as u64) * RECORD_BYTES;
                held + reading.max(writing)
            }
        }
    }
}

/// The cost of a tile's scenes; `None` where no scene could be looked into.
async fn tile_cost(
    imagery: &Imagery,
    scenes: &[&Scene],
    plots: &[(usize, &Plot)],
    spec: &Spec,
) -> Option<TileCost> {
    let mut bands = vec![Band::Scl, Band::B04, Band::B08];
    bands.extend(spec.bands.iter().filter(|band| !PAIR.contains(band)));
    let looked = scenes.len().min(LOOKED_INTO);
    let mut cost = TileCost::default();
    let mut seen = 0.0;
    for k in 0..looked {
        let Some(scene) = scenes.get((2 * k + 1) * scenes.len() / (2 * looked)) else { continue };
        let mut of_scene = Vec::new();
        for band in &bands {
            let Some(cog) = header(imagery, scene, *band).await else { break };
            let margin = if *band == Band::Scl { spec.settings.mask.margin_m() } else { 0.0 };
            let blocks = needed(&cog, plots, margin);
            let indices: Vec<BlockIndex> = blocks.keys().copied().collect();
            of_scene.push((*band, imagery.cost(&cog, &indices), imagery.cost(&cog, &[]), blocks));
        }
        if of_scene.len() < bands.len() {
            continue;
        }
        seen += 1.0;
        let mut at_most = (0, 0);
        for (band, all, head, blocks) in of_scene {
            at_most.0 += all.requests_at_most;
            at_most.1 += all.bytes_at_most;
            let first = if band == Band::Scl { all } else { head };
            cost.always.0 += first.requests as f64;
            cost.always.1 += first.bytes as f64;
            cost.clear.0 += (all.requests - first.requests) as f64;
            cost.clear.1 += (all.bytes - first.bytes) as f64;
            if band == Band::B04 {
                cost.plots = blocks.into_values().collect();
            }
        }
        cost.at_most = (cost.at_most.0.max(at_most.0), cost.at_most.1.max(at_most.1));
    }
    for sum in [&mut cost.always.0, &mut cost.always.1, &mut cost.clear.0, &mut cost.clear.1] {
        *sum /= f64::max(seen, 1.0);
    }
    (seen > 0.0).then_some(cost)
}

async fn header(imagery: &Imagery, scene: &Scene, band: Band) -> Option<Arc<Cog>> {
    let href = Href::parse(&scene.assets.get(&band)?.href).ok()?;
    imagery.open(&href).await.ok()
}

/// Blocks that the plots' bounding boxes touch, with the number of plots that touch each.
fn needed(cog: &Cog, plots: &[(usize, &Plot)], margin_m: f64) -> BTreeMap<BlockIndex, usize> {
    let mut blocks = BTreeMap::new();
    for (_, plot) in plots {
        let Ok(metres) = crs::project(&plot.geometry, cog.grid().epsg) else { continue };
        let Some(b) = metres.bounding_rect() else { continue };
        let bounds = (b.min().x, b.min().y, b.max().x, b.max().y);
        if let Some(window) = cog.grid().window_of(bounds, margin_m) {
            for block in cog.blocks_of(&window) {
                *blocks.entry(block).or_default() += 1;
            }
        }
    }
    blocks
}
