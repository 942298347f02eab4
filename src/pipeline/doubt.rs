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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::{Observation, SkyFractions};
    use crate::scene::SceneId;
    use crate::zonal::GuardCounts;

    /// A view of plot `part` that saw `land` pixels of land, `below` of them darker than any land.
    fn view(part: usize, land: u8, below: u8) -> PartView {
        let observation = Observation {
            scene: SceneId::new("S").unwrap(),
            joined: Vec::new(),
            datetime: "2024-05-01T10:00:00Z".parse().unwrap(),
            date: jiff::civil::date(2024, 5, 1),
            ndvi: None,
            bands: BTreeMap::new(),
            sky: SkyFractions::default(),
            valid_fraction: 1.0,
            pixel_count: 100.0,
            rejected: None,
        };
        let guard = GuardCounts::from_bytes(&[land, below]).map(Box::new);
        PartView {
            part,
            observation,
            pixels: None,
            chip: None,
            pixel_day: None,
            recalled: part.is_multiple_of(2),
            guard,
        }
    }

    #[test]
    fn the_verdict_is_that_of_the_company_and_of_nobody_else() {
        let parts: Vec<Part> =
            (0..10).map(|plot| Part { plot, geometry: geo::MultiPolygon(vec![]), whole: true }).collect();
        let rules = |split: bool| ScanRules {
            mask: crate::zonal::MaskRule::default(),
            statistics: crate::zonal::Statistics::All,
            bands: Vec::new(),
            chips: false,
            pixels: None,
            guard: true,
            companies: if split { (5..10).map(|plot| (plot, 1)).collect() } else { BTreeMap::new() },
        };
        // Each plot alone has too few pixels to say anything; five of the second kind have enough.
        let views = || -> Vec<PartView> {
            (0..10).map(|part| if part < 5 { view(part, 100, 0) } else { view(part, 100, 5) }).collect()
        };
        let refused = |views: &[PartView]| -> Vec<usize> {
            let out = |v: &&PartView| v.observation.rejected == Some(Reject::OffsetUnsettled);
            views.iter().filter(out).map(|v| v.part).collect()
        };
        let mut split = views();
        assert!(settle(&mut split, &parts, &rules(true)).is_some());
        assert_eq!(refused(&split), [5, 6, 7, 8, 9]);
        // Alone, as on another machine, the first company hears the same.
        let mut first: Vec<PartView> = views().into_iter().take(5).collect();
        assert_eq!(settle(&mut first, &parts, &rules(true)), None);
        assert!(refused(&first).is_empty());
        // All together 2.5 % of the land are below any: plausible.
        let mut all = views();
        assert_eq!(settle(&mut all, &parts, &rules(false)), None);
        assert!(refused(&all).is_empty());
    }
}
