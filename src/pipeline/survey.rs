//! All scenes over all plots, scene by scene: what is known of a scene already is recalled, the rest is read,
//! and each scene is handed on in a fixed order.

mod group;
mod pieces;

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::sync::Arc;

use futures::StreamExt;

use crate::crs;
use crate::grid::Grid;
use crate::observation::Observation;
use crate::plot::Plot;
use crate::scene::{MgrsTile, Scene};

use super::archive::Archive;
use super::chips::{Chip, Sight};
use super::doubt::settle;
use super::gather::Reader;
use super::pixel_days::Lattice;
use super::progress::{Event, Watcher};
use super::scan::{Listed, PartView, ScanRules, Scanned, scan};
use super::search::Catalogued;
use super::tiles::Part;

use self::group::grouped;

pub(super) use self::group::Group;
pub(super) use self::pieces::Pieces;

/// Scenes of one tile read ahead while one is computed.
const SCENES_AHEAD: usize = 3;

/// What was seen of one plot.
#[derive(Debug, Default)]
pub(super) struct PlotSurvey {
    /// One per scene (joined per day for divided plots), by sensing time and scene id.
    pub(super) observations: Vec<Observation>,
    /// Dates with readable pixels, of which a picture can be made.
    pub(super) sights: Vec<Sight>,
    /// The pictures that are at hand.
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

/// What is known of a scene without reading it: kept by an earlier run.
pub(super) trait Recall {
    /// Grid of the scene's red band, so that its header need not be read to know which plots lie on it.
    async fn grid(&self, scene: &Scene) -> Option<Grid>;

    /// Views of the parts of the group's bench that are known (each [`PartView::recalled`]), in any order;
    /// parts that are not among them are read. Empty: the whole scene is read.
    async fn views(&self, group: &Group, scene: &Arc<Scene>) -> Vec<PartView>;

    /// Takes what was read of a scene, before anything is decided over the whole scene.
    async fn keep(&self, group: &Group, scene: &Arc<Scene>, seen: &Scanned);
}

/// Nothing is known: every scene is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct NothingKept;

impl Recall for NothingKept {
    async fn grid(&self, _: &Scene) -> Option<Grid> {
        None
    }

    async fn views(&self, _: &Group, _: &Arc<Scene>) -> Vec<PartView> {
        Vec::new()
    }

    async fn keep(&self, _: &Group, _: &Arc<Scene>, _: &Scanned) {}
}

/// Takes the scenes as they are done.
pub(super) trait Sink {
    /// What stops the walk.
    type Error;

    /// Takes one scene. Scenes come by tile, then sensing time and id; views by their part's position.
    async fn take(&mut self, group: &Group, scene: &Arc<Scene>, seen: Scanned) -> Result<(), Self::Error>;
}

/// Walks all scenes of all tiles, and hands each to the sink: one after the other, in a fixed order,
/// while the next ones are being read. Nothing of a scene is kept here once it is handed on.
///
/// # Errors
/// Those of the sink.
pub(super) async fn survey_each<S: Sink>(
    reader: &Reader,
    plots: &[(usize, &Plot)],
    catalogued: &Catalogued,
    rules: &Arc<ScanRules>,
    watch: &Watcher,
    recall: &impl Recall,
    sink: &mut S,
) -> Result<(), S::Error> {
    let groups = grouped(&reader.imagery, recall, plots, &catalogued.scenes).await;
    let total: usize = groups.iter().map(|g| g.scenes.len()).sum();
    let mut done = 0;
    for group in groups {
        let group = &group;
        let mut scanned = futures::stream::iter(group.scenes.iter().map(|listed| async move {
            (Arc::clone(&listed.scene), see(reader, group, listed, rules, recall).await)
        }))
        .buffered(SCENES_AHEAD);
        while let Some((scene, mut seen)) = scanned.next().await {
            recall.keep(group, &scene, &seen).await;
            let doubt = settle(&mut seen.views, &group.bench.parts, rules);
            seen.problem = seen.problem.or(doubt);
            done += 1;
            let recalled = seen.views.iter().filter(|view| view.recalled).count();
            tracing::debug!(scene = %scene.id, plots = seen.views.len(), recalled, "scene done");
            watch(&Event::SceneDone {
                tile: group.tile.to_string(),
                scene: scene.id.to_string(),
                done,
                total,
            });
            sink.take(group, &scene, seen).await?;
        }
    }
    Ok(())
}

/// One scene: what is known of it, and the rest read.
async fn see(
    reader: &Reader,
    group: &Group,
    listed: &Listed,
    rules: &Arc<ScanRules>,
    recall: &impl Recall,
) -> Scanned {
    let mut known = recall.views(group, &listed.scene).await;
    let mut asked = vec![true; group.bench.parts.len()];
    for view in &known {
        if let Some(asked) = asked.get_mut(view.part) {
            *asked = false;
        }
    }
    if !known.is_empty() && !asked.contains(&true) {
        known.sort_by_key(|view| view.part);
        return Scanned { views: known, problem: None, replaced: false };
    }
    let mut seen = scan(reader, &group.bench, listed, rules, &asked.into()).await;
    seen.views.append(&mut known);
    seen.views.sort_by_key(|view| view.part);
    seen
}

/// Reads what is not known of every scene for every plot on it, and keeps everything by plot.
pub(super) async fn survey(
    reader: &Reader,
    plots: &[(usize, &Plot)],
    catalogued: &Catalogued,
    rules: &Arc<ScanRules>,
    archive: Option<&Archive>,
    watch: &Watcher,
) -> Survey {
    let mut by_plot = ByPlot::default();
    for (position, _) in plots {
        by_plot.survey.plots.insert(*position, PlotSurvey::default());
    }
    let Ok(()) = match archive {
        Some(archive) => survey_each(reader, plots, catalogued, rules, watch, archive, &mut by_plot).await,
        None => survey_each(reader, plots, catalogued, rules, watch, &NothingKept, &mut by_plot).await,
    };
    by_plot.finish(plots, rules)
}

/// The sink that keeps everything by plot.
#[derive(Debug, Default)]
pub(super) struct ByPlot {
    survey: Survey,
    divided: Pieces,
}

impl Sink for ByPlot {
    type Error = Infallible;

    async fn take(&mut self, group: &Group, scene: &Arc<Scene>, seen: Scanned) -> Result<(), Infallible> {
        let Scanned { views, problem, .. } = seen;
        self.survey.scenes.push(SceneAccount { scene: Arc::clone(scene), problem });
        for mut view in views {
            let part = &group.bench.parts[view.part];
            let plot = self.survey.plots.entry(part.plot).or_default();
            plot.tiles.insert(group.tile.clone());
            plot.grid = plot.grid.or(group.grid);
            if let (Some(day), Some(grid)) = (view.pixel_day.take(), group.grid) {
                lattice_of(plot, &group.tile, grid, part).days.push(*day);
            }
            if part.whole {
                if view.observation.ndvi.is_some() {
                    plot.sights.push(Sight::of(&view.observation));
                }
                plot.chips.extend(view.chip.map(|c| *c));
                plot.observations.push(view.observation);
            } else {
                self.divided.add(scene, part, &mut view);
            }
        }
        Ok(())
    }
}

impl ByPlot {
    /// Everything in its order, divided plots joined.
    pub(super) fn finish(self, plots: &[(usize, &Plot)], rules: &ScanRules) -> Survey {
        let ByPlot { survey: mut out, divided } = self;
        for (position, observation) in divided.join(plots, rules) {
            if let Some(plot) = out.plots.get_mut(&position) {
                plot.observations.push(observation);
            }
        }
        for plot in out.plots.values_mut() {
            plot.observations.sort_by(|a, b| (a.datetime, &a.scene).cmp(&(b.datetime, &b.scene)));
            plot.chips.sort_by(|a, b| (a.date, &a.scene).cmp(&(b.date, &b.scene)));
            plot.sights.sort_by(|a, b| (a.date, &a.scene).cmp(&(b.date, &b.scene)));
        }
        out.scenes.sort_by(|a, b| {
            let key = |s: &SceneAccount| (s.scene.tile.clone(), s.scene.datetime, s.scene.id.clone());
            key(a).cmp(&key(b))
        });
        out
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

/// The plot's outline on the grid it was seen on.
pub(super) fn on_grid(plot: &Plot, grid: &Grid) -> Result<geo::MultiPolygon<f64>, crs::Error> {
    crs::project(&plot.geometry, grid.epsg)
}
