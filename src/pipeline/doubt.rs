//! What speaks against a whole scene, asked of the plots of one company together.
//!
//! Each plot's view carries what it adds to the offset guard, kept or just read, so that the verdict is the one over all
//! plots of the company in this run, whichever of them were read today. Plots of another company neither hear nor
//! change it: a shard finds what the whole run finds.

use std::collections::BTreeMap;

use crate::observation::Reject;
use crate::zonal::OffsetGuard;

use super::scan::{PartView, ScanRules};
use super::tiles::Part;

/// Refuses the scene for every company whose pixels contradict its offset; says what was found.
pub(super) fn settle(views: &mut [PartView], parts: &[Part], rules: &ScanRules) -> Option<String> {
    if !rules.guard {
        return None;
    }
    let company = |part: usize| {
        let plot = parts.get(part).map_or(usize::MAX, |p| p.plot);
        rules.companies.get(&plot).copied().unwrap_or_default()
    };
    let mut guards: BTreeMap<usize, OffsetGuard> = BTreeMap::new();
    for view in views.iter() {
        if let Some(counts) = &view.guard {
            guards.entry(company(view.part)).or_default().take(counts);
        }
    }
    let doubts: BTreeMap<usize, String> = (guards.iter())
        .map(|(company, guard)| (*company, guard.verdict()))
        .filter(|(_, verdict)| !verdict.is_plausible())
        .map(|(company, verdict)| {
            let words = format!(
                "the reflectance offset contradicts the pixels ({:?}): {}",
                verdict.finding, verdict.evidence
            );
            (company, words)
        })
        .collect();
    for view in views.iter_mut().filter(|view| doubts.contains_key(&company(view.part))) {
        view.chip = None;
        view.pixel_day = None;
        view.pixels = None;
        view.observation.ndvi = None;
        view.observation.bands.clear();
        view.observation.rejected = Some(Reject::OffsetUnsettled);
    }
    doubts.into_values().next()
}
