//! Records made again from the same request, without writing anything: for `croplens verify`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use crate::intake::Entry;
use crate::lending;
use crate::plot::Plot;
use crate::record::EligibilityRecord;
use crate::scene::{Scene, SceneId};
use crate::zonal::Statistics;

use super::gather::Reader;
use super::judge::Bench;
use super::overlaps::overlaps;
use super::papers::{choose, links};
use super::progress::Watcher;
use super::provenance::provenance;
use super::run::{Doors, RunRequest, catalogue, refused, season_coverage};
use super::scan::ScanRules;
use super::survey::{PlotSurvey, survey};

/// The records of the plots and entries with these ids, by id, as [`appraise`](super::appraise) would make them now.
/// The catalogue is asked about all plots, because how many overpasses a tile had must not depend on which plots
/// are made again; images are read for these only. A plot on which the program fails has no record here.
pub async fn recompute(
    request: &RunRequest,
    doors: &Doors,
    only: &BTreeSet<String>,
    watch: &Watcher,
) -> BTreeMap<String, EligibilityRecord> {
    let provenance = provenance(&request.spec);
    let mut made = BTreeMap::new();
    let mut all: Vec<(usize, &Plot)> = Vec::new();
    for (at, entry) in request.intake.entries.iter().enumerate() {
        match entry {
            Entry::Rejected(rejection) => {
                let record =
                    lending::not_appraised(&refused(rejection), request.as_of, &request.policy, &provenance);
                made.insert(record.id.clone(), record);
            }
            Entry::Plot(plot) => {
                match lending::without_consent(plot, request.as_of, &request.policy, &provenance) {
                    Some(record) => {
                        made.insert(record.id.clone(), record);
                    }
                    None => all.push((at, plot)),
                }
            }
        }
    }
    made.retain(|id, _| only.contains(id));
    let plots: Vec<(usize, &Plot)> =
        all.iter().copied().filter(|(_, p)| only.contains(p.id.as_str())).collect();
    let catalogued = catalogue(request, doors, if plots.is_empty() { &[] } else { &all }, watch).await;
    let papers = request.papers();
    let rules = Arc::new(ScanRules {
        mask: request.spec.settings.mask,
        statistics: Statistics::All,
        bands: request.spec.bands.clone(),
        chips: papers,
        guard: true,
    });
    let reader = Reader::new(doors);
    let seen = survey(&reader, &plots, &catalogued, &rules, watch).await;
    let coverage = season_coverage(request, &catalogued);
    let scenes: BTreeMap<SceneId, &Scene> = catalogued.scenes.iter().map(|s| (s.id.clone(), s)).collect();
    let overlaps = overlaps(request);
    let bench = Bench {
        overlaps: &overlaps,
        spec: &request.spec,
        policy: &request.policy,
        figures: &request.figures,
        provenance: &provenance,
        scenes: &scenes,
        coverage: &coverage,
        as_of: request.as_of,
        tries: doors.objects.attempts(),
    };
    let unseen = PlotSurvey::default();
    let judged: Vec<EligibilityRecord> = doors.pool.install(|| {
        plots
            .par_iter()
            .map(|(at, plot)| {
                let seen = seen.plots.get(at).unwrap_or(&unseen);
                let failed = catalogued.failed.get(at).map(String::as_str);
                let papers = papers && failed.is_none();
                let links = if papers { links(plot, choose(seen, None).is_some()) } else { Vec::new() };
                bench.judge(plot, seen, failed, links).record
            })
            .collect()
    });
    made.extend(judged.into_iter().map(|r| (r.id.clone(), r)));
    made
}
