//! What a run tells besides its records: the catalogue's answer, scenes that were not read, plots to be finished.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog;
use crate::record::{EXAMPLE_MARK, EligibilityRecord, canonical_json, sha256_hex};
use crate::scene::MgrsTile;
use crate::store::{self, CatalogueSeen, DeferredPlot, SkippedScene};

use crate::pipeline::search::Catalogued;
use crate::pipeline::survey::Survey;

use super::RunRequest;

/// The catalogue's answer, as the manifest tells it.
pub(super) fn catalogue_seen(request: &RunRequest, catalogued: &Catalogued, asked: bool) -> CatalogueSeen {
    let scenes: Vec<_> = (catalogued.scenes.iter())
        .map(|s| {
            let hrefs: BTreeMap<&str, &str> =
                s.assets.iter().map(|(band, asset)| (band.name(), asset.href.as_str())).collect();
            serde_json::json!({ "id": s.id.as_str(), "collection": s.collection, "files": hrefs,
                "scale": s.radiometry.scale, "offset": s.radiometry.offset, "settled": s.radiometry.settled })
        })
        .collect();
    let unusable = |s: &catalog::Skipped| SkippedScene {
        item_id: s.item_id.clone(),
        reason: s.reason.code().to_owned(),
        detail: s.words.clone(),
    };
    CatalogueSeen {
        asked,
        scenes_sha256: sha256_hex(canonical_json(&serde_json::json!(scenes)).as_bytes()),
        found: catalogued.scenes.len() as u64,
        expected: catalog::expected_acquisitions(&catalogued.scenes, request.from, request.to)
            .expected
            .map(u64::from),
        skipped: counted(catalogued),
        unusable: catalogued.skipped.iter().map(unusable).collect(),
        notes: notes(request, catalogued),
    }
}

fn counted(catalogued: &Catalogued) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for item in &catalogued.skipped {
        *counts.entry(item.reason.code().to_owned()).or_default() += 1;
    }
    for _ in &catalogued.duplicates {
        *counts.entry("duplicate".to_owned()).or_default() += 1;
    }
    counts
}

fn notes(request: &RunRequest, catalogued: &Catalogued) -> Vec<String> {
    let mut notes = request.intake.warnings.clone();
    notes.extend(catalogued.warnings.iter().cloned());
    notes.extend(catalogued.skipped.iter().map(|s| format!("item {} is not used: {}", s.item_id, s.words)));
    let causes: BTreeSet<&String> = catalogued.failed.values().collect();
    notes.extend(causes.iter().map(|cause| format!("the catalogue could not be searched: {cause}")));
    let yields = request.yields.iter().flat_map(|file| file.table.rows()).map(|row| row.source.as_str());
    let examples = request.figures.sources().chain(yields).filter(|s| s.contains(EXAMPLE_MARK)).count();
    if examples > 0 {
        notes.push(format!(
            "{examples} of the figures given are examples by their own source ({EXAMPLE_MARK}), not the lender's: do not lend on what rests on them"
        ));
    }
    notes
}

/// Scenes over the tiles of these features that were not read, or not whole, with the cause.
pub(super) fn unread(positions: &[usize], seen: &Survey) -> Vec<SkippedScene> {
    let tiles: BTreeSet<&MgrsTile> =
        positions.iter().filter_map(|at| seen.plots.get(at)).flat_map(|plot| &plot.tiles).collect();
    let of = |s: &crate::pipeline::survey::SceneAccount| {
        Some(SkippedScene {
            item_id: s.scene.id.to_string(),
            reason: "unread".to_owned(),
            detail: s.problem.clone().filter(|_| tiles.contains(&s.scene.tile))?,
        })
    };
    seen.scenes.iter().filter_map(of).collect()
}

/// Why another run may say more of this plot, where one may.
pub(super) fn deferred(record: &EligibilityRecord) -> Option<DeferredPlot> {
    let code = store::deferring_reason(record)?;
    let reason = record.reasons_all.iter().find(|reason| reason.code() == code)?;
    Some(DeferredPlot { id: record.id.clone(), why: reason.text_en().to_owned() })
}
