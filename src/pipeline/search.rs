//! From plots to the scenes over them: one catalogue search per neighbourhood.

use std::collections::{BTreeMap, BTreeSet};

use geo::BoundingRect;
use jiff::civil::Date;

use crate::catalog::{self, Area, Catalog, Found, Search};
use crate::plot::Plot;
use crate::scene::{Scene, SceneId};

/// Side of a neighbourhood, degrees: about a tile, so that a search returns few scenes in vain.
const NEIGHBOURHOOD_DEG: f64 = 1.0;

/// Searches in a row without an answer after which the others are not made: each waits for minutes.
const SILENT_SEARCHES: u32 = 3;

/// What the catalogue said, over all neighbourhoods.
#[derive(Debug, Default)]
pub(super) struct Catalogued {
    /// Scenes, sorted by tile, sensing time and id, each once.
    pub(super) scenes: Vec<Scene>,
    /// Items that cannot be used, and why.
    pub(super) skipped: Vec<catalog::Skipped>,
    /// Scenes dropped because another one shows the same overpass.
    pub(super) duplicates: Vec<catalog::Duplicate>,
    /// Plots (positions in the run's list) whose search failed, with the cause.
    pub(super) failed: BTreeMap<usize, String>,
    /// Things worth telling.
    pub(super) warnings: Vec<String>,
    /// Searches answered.
    pub(super) searches: u64,
    /// Pages read.
    pub(super) pages: u64,
    /// Bytes of answers.
    pub(super) bytes: u64,
    /// Requests made.
    pub(super) requests: u64,
    /// Requests repeated.
    pub(super) retries: u64,
}

/// Neighbourhoods of plots: cell to positions, in order.
fn neighbourhoods(plots: &[(usize, &Plot)]) -> BTreeMap<(i32, i32), Vec<usize>> {
    let mut cells: BTreeMap<(i32, i32), Vec<usize>> = BTreeMap::new();
    for (at, (_, plot)) in plots.iter().enumerate() {
        if let Some(bounds) = plot.geometry.bounding_rect() {
            let centre = bounds.center();
            let cell = |v: f64| (v / NEIGHBOURHOOD_DEG).floor() as i32;
            cells.entry((cell(centre.y), cell(centre.x))).or_default().push(at);
        }
    }
    cells
}

/// Searches the catalogue for every neighbourhood; one failed search costs only its own plots.
pub(super) async fn search(
    catalog: &Catalog,
    plots: &[(usize, &Plot)],
    collections: &[String],
    from: Date,
    to: Date,
) -> Catalogued {
    let mut all = Catalogued::default();
    let mut silence: Option<(u32, String)> = None;
    let mut scenes: BTreeMap<(String, SceneId), Scene> = BTreeMap::new();
    let mut skipped_seen = BTreeSet::new();
    for members in neighbourhoods(plots).into_values() {
        let mut bounds: Option<(f64, f64, f64, f64)> = None;
        for at in &members {
            if let Some(b) = plots[*at].1.geometry.bounding_rect() {
                let (x0, y0, x1, y1) = bounds.unwrap_or((b.min().x, b.min().y, b.max().x, b.max().y));
                bounds = Some((x0.min(b.min().x), y0.min(b.min().y), x1.max(b.max().x), y1.max(b.max().y)));
            }
        }
        let Some((west, south, east, north)) = bounds else { continue };
        let mut question = Search::new(Area::Bbox(west, south, east, north), from, to);
        question.collections = collections.to_vec();
        if let Some(cause) = silence.as_ref().filter(|(times, _)| *times >= SILENT_SEARCHES) {
            let cause = format!("not asked after {SILENT_SEARCHES} searches without an answer; {}", cause.1);
            all.failed.extend(members.iter().map(|at| (plots[*at].0, cause.clone())));
            continue;
        }
        match catalog.search(&question).await {
            Ok(found) => {
                silence = None;
                let Found { scenes: listed, skipped, duplicates, warnings, requests, retries, .. } = found;
                all.pages += u64::from(found.pages);
                all.bytes += found.bytes;
                all.searches += 1;
                if !found.complete {
                    // What came is kept, but nobody knows what is missing: no answer to build a record on.
                    let cause = "its paging ran in circles, so that scenes may be missing";
                    all.failed.extend(members.iter().map(|at| (plots[*at].0, cause.to_owned())));
                }
                all.duplicates.extend(duplicates);
                for scene in listed {
                    scenes.entry((scene.collection.clone(), scene.id.clone())).or_insert(scene);
                }
                for item in skipped {
                    if skipped_seen.insert(item.item_id.clone()) {
                        all.skipped.push(item);
                    }
                }
                all.warnings.extend(warnings);
                all.requests += u64::from(requests);
                all.retries += u64::from(retries);
            }
            Err(error) => {
                let cause = words(&error);
                tracing::warn!(plots = members.len(), %cause, "catalogue search failed");
                let times = silence.map_or(0, |(times, _)| times);
                silence = error.is_transient().then(|| (times + 1, cause.clone()));
                all.failed.extend(members.iter().map(|at| (plots[*at].0, cause.clone())));
            }
        }
    }
    // A twin that one search dropped stays dropped where another search did not list its better half.
    let dropped: BTreeSet<(&str, &SceneId)> =
        all.duplicates.iter().map(|d| (d.dropped_collection.as_str(), &d.dropped)).collect();
    all.scenes = scenes
        .into_iter()
        .filter(|((collection, id), _)| !dropped.contains(&(collection.as_str(), id)))
        .map(|(_, scene)| scene)
        .collect();
    all.duplicates.sort_by(|a, b| (&a.dropped, &a.kept).cmp(&(&b.dropped, &b.kept)));
    all.duplicates.dedup();
    all.scenes.sort_by(|a, b| (&a.tile, a.datetime, &a.id).cmp(&(&b.tile, b.datetime, &b.id)));
    all.skipped.sort_by(|a, b| a.item_id.cmp(&b.item_id));
    all.warnings.sort();
    all.warnings.dedup();
    all
}

/// An error with its causes, in one line.
pub(super) fn words(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let more = cause.to_string();
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        source = cause.source();
    }
    text
}
