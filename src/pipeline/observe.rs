//! `observe`: only the zonal statistics per plot and date.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::civil::Date;

use crate::intake::{Entry, Intake};
use crate::observation::Reject;
use crate::plot::Plot;
use crate::scene::SceneId;
use crate::store::{Columns, TimeseriesWriter};
use crate::zonal::{MaskRule, Statistics};

use super::archive::Archive;
use super::gather::Reader;
use super::progress::{Event, Watcher};
use super::run::{Doors, Error};
use super::scan::ScanRules;
use super::search::search;
use super::spec::Spec;
use super::survey::survey;

/// What to observe.
#[derive(Clone, Debug)]
pub struct ObserveRequest {
    /// The plots.
    pub intake: Intake,
    /// Which scenes, bands and, unless `mask` says otherwise, which pixels.
    pub spec: Spec,
    /// Which pixels are believed.
    pub mask: MaskRule,
    /// How much is computed.
    pub statistics: Statistics,
    /// First day to read.
    pub from: Date,
    /// Last day to read.
    pub to: Date,
    /// The table, CSV or Parquet by ending.
    pub out: PathBuf,
    /// Where what was read is kept for other runs, if anywhere.
    pub archive: Option<PathBuf>,
    /// Whether only the five columns of a plain zonal-statistics job are written.
    pub narrow: bool,
}

/// What observing came to.
#[derive(Debug)]
pub struct ObserveOutcome {
    /// Plots observed.
    pub plots: usize,
    /// Features that could not be used, with the reasons.
    pub refused: Vec<(String, String)>,
    /// Rows written.
    pub rows: usize,
    /// Rows of scenes that could not be read now.
    pub unread_rows: usize,
    /// Scenes that were not read, or not whole, with the cause.
    pub scenes_unread: Vec<(SceneId, String)>,
    /// Plots whose catalogue search failed, with the cause.
    pub search_failed: BTreeMap<String, String>,
}

/// Observes every plot in every scene.
///
/// # Errors
/// Only when the table cannot be written.
pub async fn observe(
    request: &ObserveRequest,
    doors: &Doors,
    watch: &Watcher,
) -> Result<ObserveOutcome, Error> {
    let mut plots: Vec<(usize, &Plot)> = Vec::new();
    let mut refused = Vec::new();
    for (at, entry) in request.intake.entries.iter().enumerate() {
        match entry {
            Entry::Plot(plot) => plots.push((at, plot)),
            Entry::Rejected(rejection) => {
                let why: Vec<&str> = rejection.reasons.iter().map(|r| r.text.as_str()).collect();
                refused.push((rejection.id.as_str().to_owned(), why.join("; ")));
            }
        }
    }
    // Opened first: an hour of reading must not end at a table that cannot be written.
    let columns = match request.narrow {
        true => Columns::Narrow,
        false => Columns::Wide { bands: request.spec.bands.clone() },
    };
    let mut writer = TimeseriesWriter::create(&request.out, &columns)?;
    watch(&Event::Searching { plots: plots.len() });
    let collections = &request.spec.settings.catalog.collections;
    let catalogued = search(&doors.catalog, &plots, collections, request.from, request.to).await;
    let tiles: std::collections::BTreeSet<_> = catalogued.scenes.iter().map(|s| &s.tile).collect();
    watch(&Event::Found {
        scenes: catalogued.scenes.len(),
        skipped: catalogued.skipped.len(),
        tiles: tiles.len(),
    });
    let reader = Reader::new(doors);
    let rules = Arc::new(ScanRules {
        mask: request.mask,
        statistics: request.statistics,
        bands: if request.narrow { Vec::new() } else { request.spec.bands.clone() },
        chips: false,
        pixels: None,
        guard: !request.narrow,
        companies: BTreeMap::new(),
    });
    let archive = request.archive.as_deref().map(|folder| Archive::new(folder, doors, &reader, &rules));
    let seen = survey(&reader, &plots, &catalogued, &rules, archive.as_ref(), watch).await;
    let (mut rows, mut unread_rows) = (0, 0);
    for (at, plot) in &plots {
        for observation in seen.plots.get(at).map(|s| s.observations.as_slice()).unwrap_or_default() {
            writer.push(plot.id.as_str(), observation)?;
            rows += 1;
            unread_rows += usize::from(observation.rejected == Some(Reject::ReadFailed));
        }
    }
    writer.finish()?;
    watch(&Event::Written { records: rows });
    let ids: BTreeMap<usize, &Plot> = plots.iter().copied().collect();
    Ok(ObserveOutcome {
        plots: plots.len(),
        refused,
        rows,
        unread_rows,
        scenes_unread: seen
            .scenes
            .iter()
            .filter_map(|s| Some((s.scene.id.clone(), s.problem.clone()?)))
            .collect(),
        search_failed: catalogued
            .failed
            .iter()
            .filter_map(|(at, cause)| Some((ids.get(at)?.id.as_str().to_owned(), cause.clone())))
            .collect(),
    })
}
