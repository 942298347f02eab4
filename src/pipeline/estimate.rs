//! What a run would read, told from the catalogue and one header per raster grid.

use std::collections::BTreeMap;

use geo::BoundingRect;
use jiff::civil::Date;

use crate::band::Band;
use crate::crs;
use crate::imagery::{BlockIndex, Cog, Cost, Imagery};
use crate::intake::Intake;
use crate::objects::Href;
use crate::plot::Plot;
use crate::scene::{MgrsTile, Scene};

use super::run::Doors;
use super::search::search;
use super::spec::Spec;

/// What a run would read if no scene were cloudy: about so much, and never more than that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Estimate {
    /// Plots that can be used.
    pub plots: usize,
    /// Tiles.
    pub tiles: usize,
    /// Scenes.
    pub scenes: usize,
    /// Items the catalogue lists that cannot be used.
    pub items_skipped: usize,
    /// Requests, as if every scene were compressed like the first of its tile.
    pub requests: u64,
    /// Bytes, likewise.
    pub bytes: u64,
    /// Requests if no two blocks can share one; only failures cost more.
    pub requests_at_most: u64,
    /// Bytes if no block is smaller than its pixels; only failures cost more.
    pub bytes_at_most: u64,
    /// Scenes of tiles whose header could not be read; not counted in requests and bytes.
    pub headers_unread: usize,
    /// Plots whose catalogue search failed.
    pub search_failed: usize,
}

/// Estimates a run over these days, both included.
pub async fn estimate(intake: &Intake, spec: &Spec, days: (Date, Date), doors: &Doors) -> Estimate {
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
    let imagery = Imagery::new(std::sync::Arc::clone(&doors.objects));
    let mut bands = vec![Band::Scl, Band::B04, Band::B08];
    bands.extend(&spec.bands);
    let margin_m = spec.settings.mask.margin_m();
    for scenes in by_tile.values() {
        let Some(first) = scenes.first() else { continue };
        let mut of_scene = Vec::new();
        for band in &bands {
            let Some(cog) = header(&imagery, first, *band).await else { break };
            let margin = if *band == Band::Scl { margin_m } else { 0.0 };
            of_scene.push(imagery.cost(&cog, &needed(&cog, &plots, margin)));
        }
        if of_scene.len() < bands.len() {
            estimate.headers_unread += scenes.len();
            continue;
        }
        let of_all = |part: fn(&Cost) -> u64| of_scene.iter().map(part).sum::<u64>() * scenes.len() as u64;
        estimate.requests += of_all(|c| c.requests);
        estimate.bytes += of_all(|c| c.bytes);
        estimate.requests_at_most += of_all(|c| c.requests_at_most);
        estimate.bytes_at_most += of_all(|c| c.bytes_at_most);
    }
    estimate
}

async fn header(imagery: &Imagery, scene: &Scene, band: Band) -> Option<std::sync::Arc<Cog>> {
    let href = Href::parse(&scene.assets.get(&band)?.href).ok()?;
    imagery.open(&href).await.ok()
}

/// Blocks that the plots' bounding boxes touch.
fn needed(cog: &Cog, plots: &[(usize, &Plot)], margin_m: f64) -> Vec<BlockIndex> {
    let mut blocks = std::collections::BTreeSet::new();
    for (_, plot) in plots {
        let Ok(metres) = crs::project(&plot.geometry, cog.grid().epsg) else { continue };
        let Some(b) = metres.bounding_rect() else { continue };
        let bounds = (b.min().x, b.min().y, b.max().x, b.max().y);
        if let Some(window) = cog.grid().window_of(bounds, margin_m) {
            blocks.extend(cog.blocks_of(&window));
        }
    }
    blocks.into_iter().collect()
}
