//! `observe`: only the zonal statistics per plot and date.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::civil::Date;

use crate::intake::{Entry, Intake};
use crate::observation::Reject;
use crate::plot::Plot;
use crate::scene::{Scene, SceneId};
use crate::store::{self, Columns, TimeseriesWriter};
use crate::zonal::{MaskRule, Statistics};

use super::archive::Archive;
use super::gather::Reader;
use super::progress::{Event, Watcher};
use super::run::{Doors, Error};
use super::scan::{ScanRules, Scanned};
use super::search::search;
use super::spec::Spec;
use super::survey::{Group, NothingKept, Pieces, Sink, survey_each};

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

/// The sink that writes rows as scenes are done.
struct Rows<'a> {
    writer: TimeseriesWriter,
    /// By position in the run's list; `None` where a feature was refused.
    plots: Vec<Option<&'a Plot>>,
    pieces: Pieces,
    rows: usize,
    unread_rows: usize,
    scenes_unread: Vec<(SceneId, String)>,
}

impl<'a> Rows<'a> {
    fn new(writer: TimeseriesWriter, plots: &[(usize, &'a Plot)]) -> Rows<'a> {
        let mut places = vec![None; plots.last().map_or(0, |(at, _)| at + 1)];
        for (at, plot) in plots {
            places[*at] = Some(*plot);
        }
        Rows {
            writer,
            plots: places,
            pieces: Pieces::default(),
            rows: 0,
            unread_rows: 0,
            scenes_unread: Vec::new(),
        }
    }
}

impl Sink for Rows<'_> {
    type Error = store::Error;

    async fn take(
        &mut self,
        group: &Group,
        scene: &Arc<Scene>,
        mut seen: Scanned,
    ) -> Result<(), store::Error> {
        self.scenes_unread.extend(seen.problem.map(|why| (scene.id.clone(), why)));
        // Views are large: they are looked at where they are.
        for view in &mut seen.views {
            let part = &group.bench.parts[view.part];
            if !part.whole {
                self.pieces.add(scene, part, view);
            } else if let Some(Some(plot)) = self.plots.get(part.plot) {
                self.writer.push(plot.id.as_str(), &view.observation)?;
                self.rows += 1;
                self.unread_rows += usize::from(view.observation.rejected == Some(Reject::ReadFailed));
            }
        }
        Ok(())
    }
}

/// Observes every plot in every scene.
///
/// Rows are written scene by scene (by tile, sensing time and id, plots in the order of the input), so that memory
/// does not grow with the number of dates; plots that lie whole on no raster follow at the end, plot by plot.
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
    let writer = TimeseriesWriter::create(&request.out, &columns)?;
    watch(&Event::Searching { plots: plots.len() });
    let collections = &request.spec.settings.catalog.collections;
    let catalogued = search(&doors.catalog, &plots, collections, request.from, request.to).await;
    let tiles: std::collections::BTreeSet<_> = catalogued.scenes.iter().map(|s| &s.tile).collect();
    watch(&Event::Found {
        scenes: catalogued.scenes.len(),
        skipped: catalogued.skipped.len(),
        tiles: tiles.len(),
    });
    let reader = Reader::new(doors, false);
    let rules = Arc::new(ScanRules {
        mask: request.mask,
        statistics: request.statistics,
        bands: if request.narrow { Vec::new() } else { request.spec.bands.clone() },
        chips: false,
        pixels: None,
        guard: !request.narrow,
        companies: BTreeMap::new(),
    });
    let mut rows = Rows::new(writer, &plots);
    match request.archive.as_deref().map(|folder| Archive::new(folder, doors, &reader, &rules)) {
        Some(kept) => survey_each(&reader, &plots, &catalogued, &rules, watch, &kept, &mut rows).await?,
        None => survey_each(&reader, &plots, &catalogued, &rules, watch, &NothingKept, &mut rows).await?,
    }
    let Rows { mut writer, pieces, mut rows, mut unread_rows, scenes_unread, .. } = rows;
    let ids: BTreeMap<usize, &Plot> = plots.iter().copied().collect();
    for (at, observation) in pieces.join(&plots, &rules) {
        let Some(plot) = ids.get(&at) else { continue };
        writer.push(plot.id.as_str(), &observation)?;
        rows += 1;
        unread_rows += usize::from(observation.rejected == Some(Reject::ReadFailed));
    }
    writer.finish()?;
    watch(&Event::Written { records: rows });
    Ok(ObserveOutcome {
        plots: plots.len(),
        refused,
        rows,
        unread_rows,
        scenes_unread,
        search_failed: catalogued
            .failed
            .iter()
            .filter_map(|(at, cause)| Some((ids.get(at)?.id.as_str().to_owned(), cause.clone())))
            .collect(),
    })
}
