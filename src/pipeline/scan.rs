//! One scene, all its plots: classes first, then red and near infrared only where something is clear.
//!
//! A cloudy plot is an observation too. A read that fails makes `read_failed` observations for the
//! plots it concerns, and nothing else.

use std::collections::BTreeMap;
use std::sync::Arc;

use geo::Centroid;
use rayon::ThreadPool;
use rayon::prelude::*;

use crate::band::Band;
use crate::grid::{Grid, Raster, Window};
use crate::imagery::{self, Cog, Imagery};
use crate::objects::{Href, HrefError};
use crate::observation::{Observation, Reject, SkyFractions};
use crate::scene::{Scene, solar_date};
use crate::zonal::{self, MaskRule, PlotPixels, Statistics};

use super::bridge::ComputeLost;
use super::bridge::compute;
use super::gather::{gather, mosaic};
use super::layout::{Layout, Seat};
use super::search::words;
use super::tiles::Part;

/// What every scene of a tile shares.
#[derive(Debug)]
pub(super) struct TileBench {
    pub(super) parts: Vec<Part>,
    layouts: std::sync::Mutex<BTreeMap<GridKey, Arc<Layout>>>,
}

/// A grid as a map key: equal grids have equal bits.
type GridKey = (u32, [u64; 4], usize, usize);

fn key(grid: &Grid) -> GridKey {
    (grid.epsg.0, [grid.x0, grid.y0, grid.dx, grid.dy].map(f64::to_bits), grid.width, grid.height)
}

impl TileBench {
    pub(super) fn new(parts: Vec<Part>) -> TileBench {
        TileBench { parts, layouts: std::sync::Mutex::default() }
    }

    /// The parts laid over this grid; made once per grid.
    fn layout(&self, grid: &Grid) -> Result<Arc<Layout>, crate::crs::Error> {
        let mut cache = match self.layouts.lock() {
            Ok(guard) => guard,
            Err(poisoned) => poisoned.into_inner(),
        };
        if let Some(layout) = cache.get(&key(grid)) {
            return Ok(Arc::clone(layout));
        }
        let layout = Arc::new(Layout::new(&self.parts, grid)?);
        cache.insert(key(grid), Arc::clone(&layout));
        Ok(layout)
    }
}

/// How scenes are read.
#[derive(Clone, Debug)]
pub(super) struct ScanRules {
    pub(super) mask: MaskRule,
    pub(super) statistics: Statistics,
    pub(super) bands: Vec<Band>,
    /// Whether pixels are kept for pictures.
    pub(super) chips: bool,
}

/// The pixels of one plot part in one scene, for pictures and for joining divided plots.
#[derive(Clone, Debug)]
pub(super) struct PartPixels {
    pub(super) grid: Grid,
    pub(super) window: Window,
    pub(super) cells: Vec<u32>,
    pub(super) coverage: Vec<f32>,
    pub(super) red: Vec<u16>,
    pub(super) nir: Vec<u16>,
    pub(super) sky: Vec<zonal::Sky>,
    pub(super) inside_fraction: f64,
}

/// One plot part in one scene.
#[derive(Clone, Debug)]
pub(super) struct PartView {
    /// Position of the part in the tile's list.
    pub(super) part: usize,
    pub(super) observation: Observation,
    pub(super) pixels: Option<PartPixels>,
}

/// A scene read for all plots of its tile.
#[derive(Debug)]
pub(super) struct Scanned {
    pub(super) views: Vec<PartView>,
    /// What went wrong, in words, when something did.
    pub(super) problem: Option<String>,
    /// Whether another run may succeed.
    pub(super) again: bool,
}

/// Why a whole scene could not be read.
enum Unread {
    Reject(Reject, String),
    Lost(ComputeLost),
}

impl From<ComputeLost> for Unread {
    fn from(lost: ComputeLost) -> Unread {
        Unread::Lost(lost)
    }
}

impl From<HrefError> for Unread {
    fn from(error: HrefError) -> Unread {
        Unread::Reject(Reject::AssetMissing, words(&error))
    }
}

impl From<imagery::Error> for Unread {
    fn from(error: imagery::Error) -> Unread {
        let reject = if error.is_missing() { Reject::AssetMissing } else { Reject::ReadFailed };
        Unread::Reject(reject, words(&error))
    }
}

impl From<zonal::DifferentCrs> for Unread {
    fn from(error: zonal::DifferentCrs) -> Unread {
        Unread::Reject(Reject::Implausible, error.to_string())
    }
}

impl From<crate::crs::Error> for Unread {
    fn from(error: crate::crs::Error) -> Unread {
        Unread::Reject(Reject::ReadFailed, words(&error))
    }
}

/// Reads one scene for all parts of its tile. Never fails: what could not be read is said in the views.
pub(super) async fn scan(
    imagery: &Imagery,
    pool: &Arc<ThreadPool>,
    bench: &Arc<TileBench>,
    scene: &Arc<Scene>,
    rules: &Arc<ScanRules>,
) -> Scanned {
    let read = if scene.radiometry.settled {
        read(imagery, pool, bench, scene, rules).await
    } else {
        Err(Unread::Reject(Reject::OffsetUnsettled, scene.radiometry.evidence.clone()))
    };
    match read {
        Ok(scanned) => scanned,
        Err(unread) => {
            let (reject, problem) = match unread {
                Unread::Reject(reject, problem) => (reject, problem),
                Unread::Lost(lost) => (Reject::ReadFailed, lost.to_string()),
            };
            tracing::warn!(scene = %scene.id, %problem, "scene not read");
            let views = (0..bench.parts.len())
                .map(|part| PartView {
                    part,
                    observation: unseen(scene, &bench.parts[part], reject),
                    pixels: None,
                })
                .collect();
            Scanned { views, problem: Some(problem), again: reject.is_operational() }
        }
    }
}

/// The observation of a plot in a scene of which nothing could be read.
fn unseen(scene: &Scene, part: &Part, reject: Reject) -> Observation {
    Observation {
        scene: scene.id.clone(),
        datetime: scene.datetime,
        date: solar_date(scene.datetime, longitude(part)),
        ndvi: None,
        bands: BTreeMap::new(),
        sky: SkyFractions::default(),
        valid_fraction: 0.0,
        pixel_count: 0.0,
        rejected: Some(reject),
    }
}

fn longitude(part: &Part) -> f64 {
    part.geometry.centroid().map_or(0.0, |c| c.x())
}

async fn open(imagery: &Imagery, scene: &Scene, band: Band) -> Result<Arc<Cog>, Unread> {
    let Some(asset) = scene.assets.get(&band) else {
        return Err(Unread::Reject(Reject::AssetMissing, format!("scene {} has no {band}", scene.id)));
    };
    Ok(imagery.open(&Href::parse(&asset.href)?).await?)
}

async fn read(
    imagery: &Imagery,
    pool: &Arc<ThreadPool>,
    bench: &Arc<TileBench>,
    scene: &Arc<Scene>,
    rules: &Arc<ScanRules>,
) -> Result<Scanned, Unread> {
    let (scl, red, nir) = futures::join!(
        open(imagery, scene, Band::Scl),
        open(imagery, scene, Band::B04),
        open(imagery, scene, Band::B08)
    );
    let (scl, red, nir) = (scl?, red?, nir?);
    if key(red.grid()) != key(nir.grid()) {
        let what = format!("scene {}: red and near infrared lie on different grids", scene.id);
        return Err(Unread::Reject(Reject::Implausible, what));
    }
    let layout = {
        let (bench, grid) = (Arc::clone(bench), *red.grid());
        compute(pool, format!("footprints on {}", scene.tile), move || bench.layout(&grid)).await??
    };

    // 1. The scene classification around every plot, dilation margin included.
    let windows: Vec<Option<Window>> = layout
        .seats
        .iter()
        .map(|seat| zonal::sky_window(&layout.grid, seat.window, scl.grid(), &rules.mask))
        .collect();
    let nearest = zonal::Nearest::new(&layout.grid, scl.grid())?;
    let wanted: Vec<Window> = windows.iter().flatten().copied().collect();
    let classes = mosaic(imagery, pool, &scl, &wanted).await?;
    let mut problem = classes.error.as_ref().map(|e| words(e));
    let scl_failed: Vec<bool> = windows
        .iter()
        .map(|w| w.is_some_and(|w| classes.failed.iter().any(|bad| bad.intersection(&w).is_some())))
        .collect();

    // 2. What the sky is over every plot pixel.
    let sky = {
        let (layout, rules, scl) = (Arc::clone(&layout), Arc::clone(rules), Arc::clone(&scl));
        compute(pool, format!("cloud mask of {}", scene.id), move || {
            let each: Vec<Vec<zonal::Sky>> = layout
                .seats
                .par_iter()
                .zip(windows.par_iter())
                .map(|(seat, window)| {
                    sky_of_seat(&layout, seat, &classes.raster, scl.grid(), *window, &nearest, &rules.mask)
                })
                .collect();
            each.concat()
        })
        .await?
    };

    // 3. Red and near infrared where a plot has at least one readable pixel.
    let wanted: Vec<bool> = layout
        .seats
        .iter()
        .zip(&scl_failed)
        .map(|(seat, failed)| !failed && sky[seat.start..seat.end].iter().any(|s| s.weight(&rules.mask) > 0.0))
        .collect();
    let (red_values, nir_values) = futures::join!(
        gather(imagery, pool, &red, &layout, &wanted),
        gather(imagery, pool, &nir, &layout, &wanted)
    );
    let (red_values, nir_values) = (red_values?, nir_values?);
    for error in [&red_values.error, &nir_values.error].into_iter().flatten() {
        problem.get_or_insert_with(|| words(error));
    }
    let failed: Vec<bool> = (0..layout.seats.len())
        .map(|i| scl_failed[i] || (wanted[i] && (red_values.failed[i] || nir_values.failed[i])))
        .collect();

    // 4. Statistics, plot by plot.
    let again = failed.iter().any(|f| *f);
    let views = {
        let (bench, layout, rules, scene) =
            (Arc::clone(bench), Arc::clone(&layout), Arc::clone(rules), Arc::clone(scene));
        let failed = failed.clone();
        compute(pool, format!("statistics of {}", scene.id), move || {
            layout
                .seats
                .par_iter()
                .enumerate()
                .map(|(i, seat)| {
                    let part = &bench.parts[seat.part];
                    if failed[i] {
                        let observation = unseen(&scene, part, Reject::ReadFailed);
                        return PartView { part: seat.part, observation, pixels: None };
                    }
                    let range = seat.start..seat.end;
                    let pixels = PlotPixels {
                        coverage: &layout.coverage[range.clone()],
                        red: &red_values.values[range.clone()],
                        nir: &nir_values.values[range.clone()],
                        sky: &sky[range.clone()],
                        total_coverage: seat.total_coverage,
                        inside_fraction: seat.inside_fraction,
                    };
                    let observation = observed(&scene, part, &pixels, &rules);
                    let keep = !part.whole || (rules.chips && observation.ndvi.is_some());
                    let kept = keep.then(|| PartPixels {
                        grid: layout.grid,
                        window: seat.window,
                        cells: layout.cells[range.clone()].to_vec(),
                        coverage: pixels.coverage.to_vec(),
                        red: pixels.red.to_vec(),
                        nir: pixels.nir.to_vec(),
                        sky: pixels.sky.to_vec(),
                        inside_fraction: seat.inside_fraction,
                    });
                    PartView { part: seat.part, observation, pixels: kept }
                })
                .collect()
        })
        .await?
    };
    Ok(Scanned { views, problem, again })
}

/// The statistics of one plot part as an observation.
pub(super) fn observed(scene: &Scene, part: &Part, pixels: &PlotPixels<'_>, rules: &ScanRules) -> Observation {
    let measured = zonal::observe(pixels, &scene.radiometry, &rules.mask, rules.statistics);
    Observation {
        scene: scene.id.clone(),
        datetime: scene.datetime,
        date: solar_date(scene.datetime, longitude(part)),
        ndvi: measured.ndvi,
        bands: BTreeMap::new(),
        sky: measured.sky,
        valid_fraction: measured.valid_fraction,
        pixel_count: measured.pixel_count,
        rejected: measured.rejected,
    }
}

/// The verdict over every pixel of a seat; no data where the classification does not reach.
fn sky_of_seat(
    layout: &Layout,
    seat: &Seat,
    classes: &Raster<u8>,
    classes_grid: &Grid,
    window: Option<Window>,
    nearest: &zonal::Nearest,
    rule: &MaskRule,
) -> Vec<zonal::Sky> {
    let Some(window) = window.and_then(|w| w.intersection(&classes.window)) else {
        return vec![zonal::Sky::NO_DATA; seat.end - seat.start];
    };
    let (top, left) = (window.row - classes.window.row, window.col - classes.window.col);
    let cut = classes.data.slice(ndarray::s![top..top + window.height, left..left + window.width]);
    let sky = zonal::sky(&Raster { window, data: cut.to_owned() }, classes_grid, rule);
    (seat.start..seat.end)
        .map(|at| {
            let (col, row) = layout.col_row(at);
            let found = nearest.col(col).zip(nearest.row(row)).and_then(|(col, row)| {
                let (row, col) = (row.checked_sub(window.row)?, col.checked_sub(window.col)?);
                sky.data.get((row, col)).copied()
            });
            found.unwrap_or(zonal::Sky::NO_DATA)
        })
        .collect()
}
