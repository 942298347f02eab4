//! All scenes over all plots: every plot's observations, and an account of every scene.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::StreamExt;
use geo::{Area, Intersects};
use jiff::civil::Date;

use crate::band::Band;
use crate::crs;
use crate::grid::Grid;
use crate::imagery::Imagery;
use crate::observation::{Observation, Reject};
use crate::plot::Plot;
use crate::scene::{MgrsTile, Scene};
use crate::zonal::PlotPixels;

use super::chips::Chip;
use super::gather::Reader;
use super::pixel_days::Lattice;
use super::progress::{Event, Watcher};
use super::scan::{Listed, PartPixels, ScanRules, Scanned, TileBench, Unread, observed, open, scan};
use super::search::{Catalogued, words};
use super::tiles::{Part, TileExtent, assign, astray};

/// Scenes of one tile read ahead while one is computed.
const SCENES_AHEAD: usize = 3;

/// Headers asked for at the same time.
const HEADERS_AHEAD: usize = 8;

/// What was seen of one plot.
#[derive(Debug, Default)]
pub(super) struct PlotSurvey {
    /// One per scene (joined per day for divided plots), by sensing time and scene id.
    pub(super) observations: Vec<Observation>,
    /// Pictures of the dates with readable pixels.
    pub(super) chips: Vec<Chip>,
    /// Its pixels through the season, by the grid (and piece) they lie on; empty unless they were asked for.
    pub(super) lattices: Vec<Lattice>,
    /// Tiles the plot lies on.
    pub(super) tiles: BTreeSet<MgrsTile>,
    /// The grid of its red band, the finest it was seen on.
    pub(super) grid: Option<Grid>,
}

/// What became of one scene.
#[derive(Clone, Debug)]
pub(super) struct SceneAccount {
    pub(super) scene: Arc<Scene>,
    /// What went wrong, in words.
    pub(super) problem: Option<String>,
}

/// What was seen of all plots.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// By position in the run's list.
    pub(super) plots: BTreeMap<usize, PlotSurvey>,
    /// By tile, sensing time and id.
    pub(super) scenes: Vec<SceneAccount>,
}

/// Scenes that share a tile and a grid, with the plots on it.
struct Group {
    tile: MgrsTile,
    grid: Option<Grid>,
    scenes: Vec<Listed>,
    bench: Arc<TileBench>,
}

/// Reads every scene for every plot on it.
pub(super) async fn survey(
    reader: &Reader,
    plots: &[(usize, &Plot)],
    catalogued: &Catalogued,
    rules: &Arc<ScanRules>,
    watch: &Watcher,
) -> Survey {
    let groups = grouped(&reader.imagery, plots, &catalogued.scenes).await;
    let total: usize = groups.iter().map(|g| g.scenes.len()).sum();
    let mut out = Survey::default();
    for (position, _) in plots {
        out.plots.insert(*position, PlotSurvey::default());
    }
    let mut divided: BTreeMap<(usize, Date), Vec<Piece>> = BTreeMap::new();
    let mut done = 0;
    for group in &groups {
        let mut scanned = futures::stream::iter(group.scenes.iter().map(|listed| async move {
            (Arc::clone(&listed.scene), scan(reader, &group.bench, listed, rules).await)
        }))
        .buffered(SCENES_AHEAD);
        while let Some((scene, seen)) = scanned.next().await {
            done += 1;
            watch(&Event::SceneDone {
                tile: group.tile.to_string(),
                scene: scene.id.to_string(),
                done,
                total,
            });
            keep(&mut out, &mut divided, group, &scene, seen);
        }
    }
    join_divided(&mut out, divided, plots, rules);
    for plot in out.plots.values_mut() {
        plot.observations.sort_by(|a, b| (a.datetime, &a.scene).cmp(&(b.datetime, &b.scene)));
        plot.chips.sort_by(|a, b| (a.date, &a.scene).cmp(&(b.date, &b.scene)));
    }
    out.scenes.sort_by(|a, b| {
        let key = |s: &SceneAccount| (s.scene.tile.clone(), s.scene.datetime, s.scene.id.clone());
        key(a).cmp(&key(b))
    });
    out
}

/// A divided plot's piece in one scene.
struct Piece {
    scene: Arc<Scene>,
    part: Part,
    observation: Observation,
    pixels: Option<PartPixels>,
}

fn keep(
    out: &mut Survey,
    divided: &mut BTreeMap<(usize, Date), Vec<Piece>>,
    group: &Group,
    scene: &Arc<Scene>,
    seen: Scanned,
) {
    let Scanned { views, problem } = seen;
    out.scenes.push(SceneAccount { scene: Arc::clone(scene), problem });
    for view in views {
        let part = &group.bench.parts[view.part];
        let plot = out.plots.entry(part.plot).or_default();
        plot.tiles.insert(group.tile.clone());
        plot.grid = plot.grid.or(group.grid);
        if let (Some(day), Some(grid)) = (view.pixel_day, group.grid) {
            lattice_of(plot, &group.tile, grid, part).days.push(day);
        }
        if part.whole {
            plot.chips.extend(view.chip);
            plot.observations.push(view.observation);
        } else {
            divided.entry((part.plot, view.observation.date)).or_default().push(Piece {
                scene: Arc::clone(scene),
                part: part.clone(),
                observation: view.observation,
                pixels: view.pixels,
            });
        }
    }
}

/// Where the pixels of a plot (or of its piece) on this grid are kept.
fn lattice_of<'a>(plot: &'a mut PlotSurvey, tile: &MgrsTile, grid: Grid, part: &Part) -> &'a mut Lattice {
    let piece = (!part.whole).then_some(&part.geometry);
    let same = |l: &Lattice| l.tile == *tile && l.grid == grid && l.piece.as_ref() == piece;
    let at = plot.lattices.iter().position(same).unwrap_or(plot.lattices.len());
    if at == plot.lattices.len() {
        let tile = tile.clone();
        plot.lattices.push(Lattice { tile, grid, piece: piece.cloned(), days: Vec::new() });
    }
    &mut plot.lattices[at]
}

/// Joins the pieces of divided plots, day by day, into one observation each.
fn join_divided(
    out: &mut Survey,
    divided: BTreeMap<(usize, Date), Vec<Piece>>,
    plots: &[(usize, &Plot)],
    rules: &ScanRules,
) {
    let outlines: BTreeMap<usize, &Plot> = plots.iter().copied().collect();
    for ((position, _), mut pieces) in divided {
        let (Some(plot), Some(seen)) = (outlines.get(&position), out.plots.get_mut(&position)) else {
            continue;
        };
        pieces.sort_by(|a, b| a.scene.id.cmp(&b.scene.id));
        seen.observations.push(joined(plot, &pieces, rules));
    }
}

/// One observation from the pieces of a day. Every piece of land is in one piece only.
fn joined(plot: &Plot, pieces: &[Piece], rules: &ScanRules) -> Observation {
    let unread = |why| pieces.iter().find(move |p| p.observation.rejected == Some(why));
    let failed =
        [Reject::ReadFailed, Reject::AssetMissing, Reject::OffsetUnsettled].into_iter().find_map(unread);
    let with_pixels: Vec<(&Piece, &PartPixels)> =
        pieces.iter().filter_map(|p| Some((p, p.pixels.as_ref()?))).collect();
    let main = with_pixels.iter().max_by(|a, b| {
        let weight = |p: &PartPixels| p.coverage.iter().map(|c| f64::from(*c)).sum::<f64>();
        weight(a.1).total_cmp(&weight(b.1)).then_with(|| b.0.scene.id.cmp(&a.0.scene.id))
    });
    let (Some((main, _)), None) = (main, failed) else {
        // Nothing to join, or a piece was not read: the day says so.
        let shown = failed.unwrap_or(&pieces[0]);
        return shown.observation.clone();
    };
    let area = plot.geometry.unsigned_area();
    let (mut coverage, mut red, mut nir, mut sky) = (vec![], vec![], vec![], vec![]);
    let (mut pixel_count, mut inside_fraction) = (0.0, 0.0);
    let same = |p: &Piece| {
        let (a, b) = (&p.scene.radiometry, &main.scene.radiometry);
        a.scale == b.scale && a.offset == b.offset
    };
    let mut joined_scenes = Vec::new();
    for (piece, pixels) in with_pixels.iter().filter(|(p, _)| same(p)) {
        coverage.extend_from_slice(&pixels.coverage);
        red.extend_from_slice(&pixels.red);
        nir.extend_from_slice(&pixels.nir);
        sky.extend_from_slice(&pixels.sky);
        pixel_count += pixels.pixel_count;
        inside_fraction += pixels.inside_fraction * piece.part.geometry.unsigned_area() / area;
        if piece.scene.id != main.scene.id {
            joined_scenes.push(piece.scene.id.clone());
        }
    }
    let pixels = PlotPixels::joined(&coverage, &red, &nir, &sky, pixel_count, inside_fraction.min(1.0));
    let Ok(pixels) = pixels else { return main.observation.clone() };
    let mut observation = observed(&main.scene, main.observation.date, &pixels, rules);
    observation.joined = joined_scenes;
    observation
}

/// Scenes by tile and grid, each group with the plots that are read on it.
async fn grouped(imagery: &Imagery, plots: &[(usize, &Plot)], scenes: &[Scene]) -> Vec<Group> {
    let scenes: Vec<Arc<Scene>> = scenes.iter().cloned().map(Arc::new).collect();
    let extents: Vec<Result<TileExtent, Unread>> =
        futures::stream::iter(scenes.iter().map(|scene| extent(imagery, scene)))
            .buffered(HEADERS_AHEAD)
            .collect()
            .await;
    let mut by_grid: Vec<(TileExtent, Vec<Listed>)> = Vec::new();
    let mut homeless: Vec<Listed> = Vec::new();
    for (scene, extent) in scenes.iter().zip(extents) {
        let scene = Arc::clone(scene);
        match extent {
            Err(unread) => homeless.push(Listed { scene, unread: Some(unread) }),
            Ok(extent) => {
                let listed = Listed { scene, unread: None };
                match by_grid.iter_mut().find(|(e, _)| e.tile == extent.tile && e.grid == extent.grid) {
                    Some((_, members)) => members.push(listed),
                    None => by_grid.push((extent, vec![listed])),
                }
            }
        }
    }
    // A scene whose header could not be read stands with its tile: its plots are told that it was not read.
    let mut orphans: BTreeMap<MgrsTile, Vec<Listed>> = BTreeMap::new();
    for listed in homeless {
        match by_grid.iter_mut().find(|(extent, _)| extent.tile == listed.scene.tile) {
            Some((_, members)) => members.push(listed),
            None => orphans.entry(listed.scene.tile.clone()).or_default().push(listed),
        }
    }
    let (extents, members): (Vec<TileExtent>, Vec<Vec<Listed>>) = by_grid.into_iter().unzip();
    let parts = assign(plots, &extents);
    let mut groups: Vec<Group> = extents
        .into_iter()
        .zip(members)
        .zip(parts)
        .filter(|(_, parts)| !parts.is_empty())
        .map(|((extent, mut scenes), parts)| {
            scenes.sort_by(|a, b| (a.scene.datetime, &a.scene.id).cmp(&(b.scene.datetime, &b.scene.id)));
            let bench = Arc::new(TileBench::new(parts));
            Group { tile: extent.tile, grid: Some(extent.grid), scenes, bench }
        })
        .collect();
    for (tile, scenes) in orphans {
        let under: Vec<Part> = plots
            .iter()
            .filter(|(_, plot)| scenes.iter().any(|s| s.scene.footprint.intersects(&plot.geometry)))
            .map(|(position, plot)| Part { plot: *position, geometry: plot.geometry.clone(), whole: true })
            .collect();
        if !under.is_empty() {
            groups.push(Group { tile, grid: None, scenes, bench: Arc::new(TileBench::new(under)) });
        }
    }
    groups.sort_by(|a, b| a.tile.cmp(&b.tile));
    groups
}

/// Where a scene's red band lies. The file's word counts, as far as it fits the tile that the item names.
async fn extent(imagery: &Imagery, scene: &Scene) -> Result<TileExtent, Unread> {
    let red = open(imagery, scene, Band::B04).await?;
    if let Some(where_to) = astray(&scene.tile, red.grid()) {
        return Err(Unread::useless(format!("{}: {where_to}", red.href())));
    }
    TileExtent::new(scene.tile.clone(), *red.grid())
        .map_err(|error| Unread::useless(format!("{}: {}", red.href(), words(&error))))
}

/// The plot's outline on the grid it was seen on.
pub(super) fn on_grid(plot: &Plot, grid: &Grid) -> Result<geo::MultiPolygon<f64>, crs::Error> {
    crs::project(&plot.geometry, grid.epsg)
}
