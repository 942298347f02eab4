//! Scenes by tile and raster grid, each group with the plots that are read on it.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::StreamExt;
use geo::Intersects;

use crate::band::Band;
use crate::grid::Grid;
use crate::imagery::Imagery;
use crate::pipeline::scan::{Listed, TileBench, Unread, open};
use crate::pipeline::search::words;
use crate::pipeline::tiles::{Part, TileExtent, assign, astray};
use crate::plot::Plot;
use crate::scene::{MgrsTile, Scene};

use super::Recall;

/// Headers asked for at the same time.
const HEADERS_AHEAD: usize = 8;

/// Scenes that share a tile and a grid, with the plots on it.
#[derive(Debug)]
pub(in crate::pipeline) struct Group {
    pub(in crate::pipeline) tile: MgrsTile,
    /// Grid of the red band; `None` where no scene of the tile could be opened.
    pub(in crate::pipeline) grid: Option<Grid>,
    /// By sensing time and id.
    pub(in crate::pipeline) scenes: Vec<Listed>,
    pub(in crate::pipeline) bench: Arc<TileBench>,
}

/// Scenes by tile and grid, each group with the plots that are read on it.
pub(super) async fn grouped(
    imagery: &Imagery,
    recall: &impl Recall,
    plots: &[(usize, &Plot)],
    scenes: &[Scene],
) -> Vec<Group> {
    let scenes: Vec<Arc<Scene>> = scenes.iter().cloned().map(Arc::new).collect();
    let extents: Vec<Result<TileExtent, Unread>> =
        futures::stream::iter(scenes.iter().map(|scene| extent(imagery, recall, scene)))
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
async fn extent(imagery: &Imagery, recall: &impl Recall, scene: &Scene) -> Result<TileExtent, Unread> {
    if let Some(grid) = recall.grid(scene).await {
        return TileExtent::new(scene.tile.clone(), grid).map_err(|error| Unread::useless(words(&error)));
    }
    let red = open(imagery, scene, Band::B04).await?;
    if let Some(where_to) = astray(&scene.tile, red.grid()) {
        return Err(Unread::useless(format!("{}: {where_to}", red.href())));
    }
    TileExtent::new(scene.tile.clone(), *red.grid())
        .map_err(|error| Unread::useless(format!("{}: {}", red.href(), words(&error))))
}
