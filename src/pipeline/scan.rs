//! One scene, all its plots: classes first, then red and near infrared only where something is clear.
//!
//! A cloudy plot is an observation too. A read that fails makes `read_failed` observations for the
//! plots it concerns, and nothing else.

mod further_bands;
mod pair;
mod statistics;
mod unread;
mod verdicts;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use geo::Centroid;
use jiff::civil::Date;
use tokio::sync::OnceCell;

use crate::band::Band;
use crate::grid::Grid;
use crate::imagery::{Cog, Imagery};
use crate::objects::Href;
use crate::observation::{Observation, Reject, SkyFractions};
use crate::scene::{Scene, solar_date};
use crate::zonal::{GuardCounts, MaskRule, MaskTable, Sky, Statistics};

pub(super) use self::statistics::observed;
pub(super) use self::unread::Unread;
pub(super) use self::verdicts::SkyOver;

use self::further_bands::further_bands;
use self::pair::pair;
use self::statistics::Views;
use self::verdicts::SceneSky;
use super::bridge::compute;
use super::chips::Chip;
use super::gather::Reader;
use super::layout::Layout;
use super::pass::Measure;
use super::pixel_days::{KeepPixels, PixelDay};
use super::search::words;
use super::tiles::Part;

/// What every scene of a tile shares.
#[derive(Debug)]
pub(super) struct TileBench {
    pub(super) parts: Vec<Part>,
    /// Longitude of each part's centroid, degrees.
    longitudes: Vec<f64>,
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
        let longitudes = parts.iter().map(longitude).collect();
        TileBench { parts, longitudes, layouts: Mutex::default() }
    }

    /// The solar day of a scene over a part.
    fn solar_date(&self, scene: &Scene, part: usize) -> Date {
        solar_date(scene.datetime, self.longitudes.get(part).copied().unwrap_or(0.0))
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
    /// Which pixels are kept for the cropped area, if any.
    pub(super) pixels: Option<KeepPixels>,
    /// Whether a scene whose numbers contradict its offset is refused.
    pub(super) guard: bool,
    /// The company of each plot, by position, that is not of company 0: each asks the guard for itself.
    pub(super) companies: BTreeMap<usize, usize>,
}

/// The pixels of one part of a divided plot in one scene.
#[derive(Clone, Debug, Default)]
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
    pub(super) pixels: Option<Box<PartPixels>>,
    pub(super) chip: Option<Box<Chip>>,
    /// Kept where the cropped area is asked for.
    pub(super) pixel_day: Option<Box<PixelDay>>,
    /// Known from an earlier run, not read by this one.
    pub(super) recalled: bool,
    /// What it adds to the scene's offset guard, where that is asked for and pixels were read.
    pub(super) guard: Option<Box<GuardCounts>>,
}

/// A scene read for all plots of its tile.
#[derive(Debug)]
pub(super) struct Scanned {
    pub(super) views: Vec<PartView>,
    /// What went wrong, in words, when something did.
    pub(super) problem: Option<String>,
    /// Whether one of its files was replaced while it was read: what was read is of a file that is no more.
    pub(super) replaced: bool,
}

/// For each part of a tile, whether it is to be read.
pub(super) type Asked = Arc<[bool]>;

/// A scene to be read, or what is already known to stand in the way.
#[derive(Clone, Debug)]
pub(super) struct Listed {
    pub(super) scene: Arc<Scene>,
    pub(super) unread: Option<Unread>,
}

/// Reads one scene for the parts of its tile that are asked for. Never fails: what could not be read is said in the views.
pub(super) async fn scan(
    reader: &Reader,
    bench: &Arc<TileBench>,
    listed: &Listed,
    rules: &Arc<ScanRules>,
    asked: &Asked,
) -> Scanned {
    let scene = &listed.scene;
    let read = if !scene.radiometry.settled {
        let problem = scene.radiometry.evidence.clone();
        Err(Unread { reject: Reject::OffsetUnsettled, problem })
    } else if let Some(unread) = &listed.unread {
        Err(unread.clone())
    } else {
        match read(reader, bench, scene, rules, asked).await {
            // A file was replaced while it was read: the scene once more, from the headers on.
            Ok(Scanned { replaced: true, .. }) => read(reader, bench, scene, rules, asked).await,
            read => read,
        }
    };
    match read {
        Ok(scanned) => scanned,
        Err(Unread { reject, problem }) => {
            tracing::warn!(scene = %scene.id, %problem, "scene not read");
            let views = (0..bench.parts.len())
                .filter(|part| asked[*part])
                .map(|part| PartView {
                    part,
                    observation: unseen(scene, bench.solar_date(scene, part), reject),
                    pixels: None,
                    chip: None,
                    pixel_day: None,
                    recalled: false,
                    guard: None,
                })
                .collect();
            Scanned { views, problem: Some(problem), replaced: false }
        }
    }
}

/// The observation of a plot in a scene of which nothing could be read.
fn unseen(scene: &Scene, date: Date, reject: Reject) -> Observation {
    Observation {
        scene: scene.id.clone(),
        joined: Vec::new(),
        datetime: scene.datetime,
        date,
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
    asked: &Asked,
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
    let wanted: Vec<bool> = (0..layout.seats()).map(|seat| asked[layout.part(seat)]).collect();

    // The scene classification around every plot, dilation margin included; then its verdict per pixel.
    let view = SceneSky::read(reader, &scl, &layout, &wanted, &rules.mask).await?;
    let mut bands = further_bands(reader, bench, scene, rules, &view, asked).await;

    // Red and near infrared where a plot has a readable pixel, and the statistics of every plot.
    let readable: Vec<bool> = wanted
        .iter()
        .enumerate()
        .map(|(seat, wanted)| *wanted && !view.is_lost(&layout, seat, &rules.mask))
        .collect();
    let lost: Vec<usize> = (0..layout.seats()).filter(|seat| wanted[*seat] && !readable[*seat]).collect();
    let measure = Views::new(bench, &layout, scene, rules);
    // The offset guard asks for the class itself.
    let like = (!rules.guard).then(|| MaskTable::new(&rules.mask));
    let over = Arc::new(view.over(&layout.grid, like)?);
    let unread = lost.into_iter().map(|seat| measure.unread(seat)).collect::<Vec<_>>();
    let passed = pair(reader, (red, nir), &layout, over, readable, measure).await?;
    #[expect(
        clippy::filter_map_identity,
        reason = "views are large: they stay where they are; `flatten` was seen to fill a new list"
    )]
    let mut views: Vec<PartView> = passed.seats.into_iter().filter_map(|view| view).collect();
    views.extend(unread);
    views.sort_by_key(|view| view.part);
    if !bands.is_empty() {
        for view in &mut views {
            if view.observation.rejected != Some(Reject::ReadFailed) {
                view.observation.bands.extend(bands.remove(&view.part).unwrap_or_default());
            }
        }
    }
    let is_changed = |e: &crate::imagery::Error| e.is_changed();
    let replaced =
        view.error.as_ref().is_some_and(is_changed) || passed.error.as_ref().is_some_and(is_changed);
    let problem = view.error.as_ref().or(passed.error.as_ref()).map(|e| words(e));
    Ok(Scanned { views, problem, replaced })
}
