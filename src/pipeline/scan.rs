//! One scene, all its plots: classes first, then red and near infrared only where something is clear.
//!
//! A cloudy plot is an observation too. A read that fails makes `read_failed` observations for the
//! plots it concerns, and nothing else.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use geo::Centroid;
use jiff::civil::Date;
use ndarray::Array2;
use rayon::prelude::*;
use tokio::sync::OnceCell;

use crate::band::Band;
use crate::grid::{Grid, Raster, Window};
use crate::imagery::{self, Cog, Imagery};
use crate::objects::{Href, Refusal};
use crate::observation::{NdviStats, Observation, Reject, SkyFractions};
use crate::scene::{Scene, solar_date};
use crate::zonal::{self, BandPixels, MaskRule, OffsetGuard, PlotPixels, Sky, Statistics};

use super::bridge::{ComputeLost, compute};
use super::chips::Chip;
use super::gather::Reader;
use super::layout::{Layout, Seat};
use super::search::words;
use super::tiles::Part;

/// Coverage from which a pixel of a further band counts: its neighbours must not (20 m bands mix more).
const LEAST_BAND_COVERAGE: f32 = 0.75;

/// Digital number of pixels under cloud that no plot wanted to see: a measurement under any rule, so that the
/// classification alone says what they are, and of weight 0 because of it.
const NOT_LOOKED_AT: u16 = u16::MAX;

/// What every scene of a tile shares.
#[derive(Debug)]
pub(super) struct TileBench {
    pub(super) parts: Vec<Part>,
    layouts: Mutex<BTreeMap<GridKey, LayoutCell>>,
}

/// A layout, made by the first scene that asks while the others wait without holding a thread.
type LayoutCell = Arc<OnceCell<Arc<Layout>>>;

/// A grid as a map key: equal grids have equal bits.
type GridKey = (u32, [u64; 4], usize, usize);

fn key(grid: &Grid) -> GridKey {
    (grid.epsg.0, [grid.x0, grid.y0, grid.dx, grid.dy].map(f64::to_bits), grid.width, grid.height)
}

impl TileBench {
    pub(super) fn new(parts: Vec<Part>) -> TileBench {
        TileBench { parts, layouts: Mutex::default() }
    }

    fn layout_cell(&self, grid: &Grid) -> LayoutCell {
        let mut cells = self.layouts.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(cells.entry(key(grid)).or_default())
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
    /// Whether a scene whose numbers contradict its offset is refused.
    pub(super) guard: bool,
}

/// The pixels of one part of a divided plot in one scene.
#[derive(Clone, Debug)]
pub(super) struct PartPixels {
    pub(super) coverage: Vec<f32>,
    pub(super) red: Vec<u16>,
    pub(super) nir: Vec<u16>,
    pub(super) sky: Vec<Sky>,
    pub(super) pixel_count: f64,
    pub(super) inside_fraction: f64,
}

/// One plot part in one scene.
#[derive(Clone, Debug)]
pub(super) struct PartView {
    /// Position of the part in the tile's list.
    pub(super) part: usize,
    pub(super) observation: Observation,
    /// Kept for divided plots only.
    pub(super) pixels: Option<PartPixels>,
    pub(super) chip: Option<Chip>,
}

/// A scene read for all plots of its tile.
#[derive(Debug)]
pub(super) struct Scanned {
    pub(super) views: Vec<PartView>,
    /// What went wrong, in words, when something did.
    pub(super) problem: Option<String>,
}

/// Why a whole scene could not be read.
#[derive(Clone, Debug)]
pub(super) struct Unread {
    pub(super) reject: Reject,
    /// What happened, in words.
    pub(super) problem: String,
}

impl Unread {
    /// The scene has no file that could be used, today or by another run.
    pub(super) fn useless(problem: String) -> Unread {
        Unread { reject: Reject::AssetMissing, problem }
    }
}

impl From<ComputeLost> for Unread {
    fn from(lost: ComputeLost) -> Unread {
        Unread { reject: Reject::ReadFailed, problem: lost.to_string() }
    }
}

impl From<Refusal> for Unread {
    fn from(error: Refusal) -> Unread {
        Unread::useless(words(&error))
    }
}

impl From<imagery::Error> for Unread {
    fn from(error: imagery::Error) -> Unread {
        let reject = if error.is_of_no_use() { Reject::AssetMissing } else { Reject::ReadFailed };
        Unread { reject, problem: words(&error) }
    }
}

impl From<zonal::DifferentCrs> for Unread {
    fn from(error: zonal::DifferentCrs) -> Unread {
        Unread::useless(error.to_string())
    }
}

impl From<crate::crs::Error> for Unread {
    fn from(error: crate::crs::Error) -> Unread {
        Unread::useless(words(&error))
    }
}

/// A scene to be read, or what is already known to stand in the way.
#[derive(Clone, Debug)]
pub(super) struct Listed {
    pub(super) scene: Arc<Scene>,
    pub(super) unread: Option<Unread>,
}

/// Reads one scene for all parts of its tile. Never fails: what could not be read is said in the views.
pub(super) async fn scan(
    reader: &Reader,
    bench: &Arc<TileBench>,
    listed: &Listed,
    rules: &Arc<ScanRules>,
) -> Scanned {
    let scene = &listed.scene;
    let read = if !scene.radiometry.settled {
        let problem = scene.radiometry.evidence.clone();
        Err(Unread { reject: Reject::OffsetUnsettled, problem })
    } else if let Some(unread) = &listed.unread {
        Err(unread.clone())
    } else {
        read(reader, bench, scene, rules).await
    };
    match read {
        Ok(scanned) => scanned,
        Err(Unread { reject, problem }) => {
            tracing::warn!(scene = %scene.id, %problem, "scene not read");
            let views = (0..bench.parts.len())
                .map(|part| PartView {
                    part,
                    observation: unseen(scene, &bench.parts[part], reject),
                    pixels: None,
                    chip: None,
                })
                .collect();
            Scanned { views, problem: Some(problem) }
        }
    }
}

/// The observation of a plot in a scene of which nothing could be read.
fn unseen(scene: &Scene, part: &Part, reject: Reject) -> Observation {
    Observation {
        scene: scene.id.clone(),
        joined: Vec::new(),
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

/// The header of a scene's file; one that was damaged, perhaps on its way, gets one fresh start.
pub(super) async fn open(imagery: &Imagery, scene: &Scene, band: Band) -> Result<Arc<Cog>, Unread> {
    let Some(asset) = scene.assets.get(&band) else {
        return Err(Unread::useless(format!("scene {} has no {band}", scene.id)));
    };
    let href = Href::parse(&asset.href)?;
    match imagery.open(&href).await {
        Err(error) if error.is_worth_a_restart() => Ok(imagery.open(&href).await?),
        opened => Ok(opened?),
    }
}

/// The parts laid over a raster's grid; made once per grid.
async fn layout_on(reader: &Reader, bench: &Arc<TileBench>, grid: &Grid) -> Result<Arc<Layout>, Unread> {
    let make = || async {
        let (bench, grid) = (Arc::clone(bench), *grid);
        let made = compute(&reader.pool, "footprints", move || Layout::new(&bench.parts, &grid)).await??;
        Ok::<_, Unread>(Arc::new(made))
    };
    bench.layout_cell(grid).get_or_try_init(make).await.cloned()
}

async fn read(
    reader: &Reader,
    bench: &Arc<TileBench>,
    scene: &Arc<Scene>,
    rules: &Arc<ScanRules>,
) -> Result<Scanned, Unread> {
    let (scl, red, nir) = futures::join!(
        open(&reader.imagery, scene, Band::Scl),
        open(&reader.imagery, scene, Band::B04),
        open(&reader.imagery, scene, Band::B08)
    );
    let (scl, red, nir) = (scl?, red?, nir?);
    if key(red.grid()) != key(nir.grid()) {
        let what = format!("scene {}: red and near infrared lie on different grids", scene.id);
        return Err(Unread::useless(what));
    }
    let layout = layout_on(reader, bench, red.grid()).await?;

    // The scene classification around every plot, dilation margin included; then its verdict per pixel.
    let windows: Vec<Option<Window>> = layout
        .seats
        .iter()
        .map(|seat| zonal::sky_window(&layout.grid, seat.footprint.window(), scl.grid(), &rules.mask))
        .collect();
    let around: Vec<Window> = windows.iter().flatten().copied().collect();
    let classes = reader.mosaic(&scl, &around).await?;
    let mut problem = classes.error.as_ref().map(|e| words(e));
    let mut failed: Vec<bool> = windows
        .iter()
        .map(|w| w.is_some_and(|w| classes.failed.iter().any(|bad| bad.intersection(&w).is_some())))
        .collect();
    let nearest = zonal::Nearest::new(&layout.grid, scl.grid())?;
    let verdicts = Verdicts { classes: classes.raster, grid: *scl.grid(), windows };
    let verdicts = Arc::new(verdicts);
    let sky = Arc::new(verdicts.over(reader, &layout, nearest, rules).await?);

    // Red and near infrared where a plot has at least one readable pixel.
    let wanted: Vec<bool> = layout
        .seats
        .iter()
        .zip(&failed)
        .map(|(seat, failed)| {
            !failed && sky[seat.start..seat.end].iter().any(|s| s.weight(&rules.mask) > 0.0)
        })
        .collect();
    let (red_values, nir_values) =
        futures::join!(reader.gather(&red, &layout, &wanted), reader.gather(&nir, &layout, &wanted));
    let (mut red_values, mut nir_values) = (red_values?, nir_values?);
    // Blocks that other plots needed may hold these pixels or not: only the classification speaks of them.
    for (seat, _) in layout.seats.iter().zip(&wanted).filter(|(_, wanted)| !**wanted) {
        red_values.values[seat.start..seat.end].fill(NOT_LOOKED_AT);
        nir_values.values[seat.start..seat.end].fill(NOT_LOOKED_AT);
    }
    for gathered in [&red_values, &nir_values] {
        if let Some(error) = &gathered.error {
            problem.get_or_insert_with(|| words(error));
        }
        for (failed, bad) in failed.iter_mut().zip(&gathered.failed) {
            *failed |= bad;
        }
    }
    let bands = further_bands(reader, bench, scene, rules, &verdicts, &layout, &wanted).await;

    // Statistics, plot by plot.
    let work = Work {
        bench: Arc::clone(bench),
        layout,
        scene: Arc::clone(scene),
        rules: Arc::clone(rules),
        sky,
        red: red_values.values,
        nir: nir_values.values,
        failed,
        wanted,
        bands,
    };
    let (views, doubt) =
        compute(&reader.pool, format!("statistics of {}", scene.id), move || work.views()).await?;
    Ok(Scanned { views, problem: problem.or(doubt) })
}

/// The scene classification around the seats of a tile.
struct Verdicts {
    classes: Raster<u8>,
    grid: Grid,
    /// For each seat of the red band's layout, the window to judge.
    windows: Vec<Option<Window>>,
}

impl Verdicts {
    /// The verdict over every pixel of a layout whose seats are those of the red band's.
    async fn over(
        self: &Arc<Self>,
        reader: &Reader,
        layout: &Arc<Layout>,
        nearest: zonal::Nearest,
        rules: &Arc<ScanRules>,
    ) -> Result<Vec<Sky>, ComputeLost> {
        let (me, layout, rules) = (Arc::clone(self), Arc::clone(layout), Arc::clone(rules));
        compute(&reader.pool, "cloud mask", move || {
            let seats = layout.seats.par_iter().zip(me.windows.par_iter());
            let each: Vec<Vec<Sky>> = seats
                .map(|(seat, window)| me.of_seat(&layout, seat, *window, &nearest, &rules.mask))
                .collect();
            each.concat()
        })
        .await
    }

    /// The verdict over every pixel of a seat; no data where the classification does not reach.
    fn of_seat(
        &self,
        layout: &Layout,
        seat: &Seat,
        window: Option<Window>,
        nearest: &zonal::Nearest,
        rule: &MaskRule,
    ) -> Vec<Sky> {
        let Some(window) = window.and_then(|w| w.intersection(&self.classes.window)) else {
            return vec![Sky::NO_DATA; seat.end - seat.start];
        };
        let (top, left) = (window.row - self.classes.window.row, window.col - self.classes.window.col);
        let cut = Array2::from_shape_fn((window.height, window.width), |(row, col)| {
            self.classes.data[(top + row, left + col)]
        });
        let sky = zonal::sky(&Raster { window, data: cut }, &self.grid, rule);
        (seat.start..seat.end)
            .map(|at| {
                let (col, row) = layout.col_row(at);
                let found = nearest.col(col).zip(nearest.row(row)).and_then(|(col, row)| {
                    let (row, col) = (row.checked_sub(window.row)?, col.checked_sub(window.col)?);
                    sky.data.get((row, col)).copied()
                });
                found.unwrap_or(Sky::NO_DATA)
            })
            .collect()
    }
}

/// Trimmed mean reflectance of the pipeline's further bands, by part and band.
///
/// A band that cannot be read is left out of the observation: NDVI does not depend on it.
async fn further_bands(
    reader: &Reader,
    bench: &Arc<TileBench>,
    scene: &Arc<Scene>,
    rules: &Arc<ScanRules>,
    verdicts: &Arc<Verdicts>,
    red: &Arc<Layout>,
    wanted: &[bool],
) -> BTreeMap<usize, BTreeMap<Band, f64>> {
    let mut means: BTreeMap<usize, BTreeMap<Band, f64>> = BTreeMap::new();
    let by_part: BTreeMap<usize, (bool, Option<Window>)> = red
        .seats
        .iter()
        .zip(wanted)
        .zip(&verdicts.windows)
        .map(|((seat, wanted), window)| (seat.part, (*wanted, *window)))
        .collect();
    for band in &rules.bands {
        let one = async {
            let cog = open(&reader.imagery, scene, *band).await?;
            let layout = layout_on(reader, bench, cog.grid()).await?;
            let nearest = zonal::Nearest::new(&layout.grid, &verdicts.grid)?;
            let of = |seat: &Seat| by_part.get(&seat.part).copied().unwrap_or((false, None));
            let wanted: Vec<bool> = layout.seats.iter().map(|s| of(s).0).collect();
            let own = Arc::new(Verdicts {
                classes: verdicts.classes.clone(),
                grid: verdicts.grid,
                windows: layout.seats.iter().map(|s| of(s).1).collect(),
            });
            let sky = own.over(reader, &layout, nearest, rules).await?;
            let gathered = reader.gather(&cog, &layout, &wanted).await?;
            if let Some(error) = &gathered.error {
                tracing::warn!(scene = %scene.id, %band, cause = %words(error), "band not read for every plot");
            }
            let mut values = Vec::new();
            for (i, seat) in
                layout.seats.iter().enumerate().filter(|(i, _)| wanted[*i] && !gathered.failed[*i])
            {
                let range = seat.start..seat.end;
                let pixels = BandPixels {
                    coverage: seat.footprint.coverage(),
                    dn: &gathered.values[range.clone()],
                    sky: &sky[range],
                };
                let mean = zonal::band_mean(pixels, &scene.radiometry, &rules.mask, LEAST_BAND_COVERAGE);
                values.extend(mean.map(|mean| (layout.seats[i].part, mean)));
            }
            Ok::<_, Unread>(values)
        };
        match one.await {
            Ok(values) => {
                for (part, mean) in values {
                    means.entry(part).or_default().insert(*band, mean);
                }
            }
            Err(Unread { problem: cause, .. }) => {
                tracing::warn!(scene = %scene.id, %band, %cause, "band not read")
            }
        }
    }
    means
}

/// Everything the statistics of one scene need, owned, for the compute pool.
struct Work {
    bench: Arc<TileBench>,
    layout: Arc<Layout>,
    scene: Arc<Scene>,
    rules: Arc<ScanRules>,
    sky: Arc<Vec<Sky>>,
    red: Vec<u16>,
    nir: Vec<u16>,
    failed: Vec<bool>,
    wanted: Vec<bool>,
    bands: BTreeMap<usize, BTreeMap<Band, f64>>,
}

impl Work {
    /// The views of all seats, and what speaks against the whole scene, if anything does.
    fn views(&self) -> (Vec<PartView>, Option<String>) {
        let seats = self.layout.seats.par_iter().enumerate();
        let mut views: Vec<PartView> = seats.map(|(i, seat)| self.view(i, seat)).collect();
        let doubt = self.rules.guard.then(|| self.doubt()).flatten();
        if doubt.is_some() {
            for view in &mut views {
                view.chip = None;
                view.pixels = None;
                view.observation.ndvi = None;
                view.observation.bands.clear();
                view.observation.rejected = Some(Reject::OffsetUnsettled);
            }
        }
        (views, doubt)
    }

    fn pixels<'a>(&'a self, seat: &'a Seat) -> Option<PlotPixels<'a>> {
        let range = seat.start..seat.end;
        let (red, nir) = (&self.red[range.clone()], &self.nir[range.clone()]);
        PlotPixels::new(&seat.footprint, red, nir, &self.sky[range]).ok()
    }

    fn view(&self, i: usize, seat: &Seat) -> PartView {
        let part = &self.bench.parts[seat.part];
        let blank = |reject| PartView {
            part: seat.part,
            observation: unseen(&self.scene, part, reject),
            pixels: None,
            chip: None,
        };
        if self.failed[i] {
            return blank(Reject::ReadFailed);
        }
        let Some(pixels) = self.pixels(seat) else { return blank(Reject::NoData) };
        let date = solar_date(self.scene.datetime, longitude(part));
        let mut observation = observed(&self.scene, date, &pixels, &self.rules);
        observation.bands = self.bands.get(&seat.part).cloned().unwrap_or_default();
        let chip = (self.rules.chips && part.whole && observation.ndvi.is_some())
            .then(|| self.chip(seat, &pixels, &observation));
        let range = seat.start..seat.end;
        let kept = (!part.whole).then(|| PartPixels {
            coverage: seat.footprint.coverage().to_vec(),
            red: self.red[range.clone()].to_vec(),
            nir: self.nir[range.clone()].to_vec(),
            sky: self.sky[range].to_vec(),
            pixel_count: seat.footprint.pixel_count(),
            inside_fraction: seat.footprint.inside_fraction(),
        });
        PartView { part: seat.part, observation, pixels: kept, chip }
    }

    fn chip(&self, seat: &Seat, pixels: &PlotPixels<'_>, observation: &Observation) -> Chip {
        let window = seat.footprint.window();
        let mut data = Array2::from_elem((window.height, window.width), f32::NAN);
        let ndvi = zonal::pixel_ndvi(pixels, &self.scene.radiometry, &self.rules.mask);
        for ((row, col, _), value) in seat.footprint.cells().zip(ndvi) {
            if let Some(to) = data.get_mut((row - window.row, col - window.col)) {
                *to = value;
            }
        }
        let (scene, date) = (observation.scene.clone(), observation.date);
        Chip::new(scene, date, self.layout.grid, observation.valid_fraction, &Raster { window, data })
    }

    /// Asks the pixels of all plots whether the scene's offset can be right.
    fn doubt(&self) -> Option<String> {
        let mut guard = OffsetGuard::default();
        for (i, seat) in self.layout.seats.iter().enumerate() {
            if self.wanted[i]
                && !self.failed[i]
                && let Some(pixels) = self.pixels(seat)
            {
                guard.add(&pixels, &self.scene.radiometry);
            }
        }
        let verdict = guard.verdict();
        (!verdict.is_plausible()).then(|| {
            format!(
                "the reflectance offset contradicts the pixels ({:?}): {}",
                verdict.finding, verdict.evidence
            )
        })
    }
}

/// The statistics of one plot (or its joined pieces) as an observation.
pub(super) fn observed(scene: &Scene, date: Date, pixels: &PlotPixels<'_>, rules: &ScanRules) -> Observation {
    let measured = zonal::observe(pixels, &scene.radiometry, &rules.mask, rules.statistics);
    let mean_only = |mean: f64| NdviStats {
        mean,
        median: f64::NAN,
        std: f64::NAN,
        p10: f64::NAN,
        p25: f64::NAN,
        p75: f64::NAN,
        p90: f64::NAN,
    };
    Observation {
        scene: scene.id.clone(),
        joined: Vec::new(),
        datetime: scene.datetime,
        date,
        ndvi: measured.ndvi.or(measured.ndvi_mean.map(mean_only)),
        bands: BTreeMap::new(),
        sky: measured.sky,
        valid_fraction: measured.valid_fraction,
        pixel_count: measured.pixel_count,
        rejected: measured.rejected,
    }
}
