//! Checks of what befell the crop and how it stands among others.
//!
//! A disaster never speaks against the farmer: with a flood or a regional decline in the season nothing here does more
//! than refer. A failed crop speaks against only when the plot itself shows it on two clear dates, half of the
//! greenness is gone, the crop is known and could not be ripe, and the neighbours stand. Standing low among neighbours
//! is a rank, and somebody is always last: it asks for a person.

use super::Findings;
use crate::crop::events::{Event, EventKind, Planting};
use crate::crop::{Cropped, Verdict};
use crate::lending::{Evidence, Policy};
use crate::record::{Code, Effect};

/// Share of the greenness that must be gone before a loss can speak against (the loss that a lender asks about).
const HALF: f64 = 0.5;
/// Clear dates that must show a loss before it can speak against.
const LEAST_EVIDENCE: usize = 2;
/// Probability of a crop group from which the crop counts as known (science 9).
const KNOWN: f64 = 0.6;

pub(super) fn check(evidence: &Evidence<'_>, policy: &Policy, found: &mut Findings) {
    let flooded = flood(evidence, policy, found);
    let disaster = events(evidence, flooded, found) || flooded;
    planting(evidence, disaster, found);
    vigour(evidence, found);
    yields(evidence, found);
}

/// A flood that is told, with the share of the plot that it took and the limit that this share lies above.
pub(super) struct FloodTold<'e> {
    pub(super) event: &'e Event,
    share: f64,
    limit: f64,
}

/// Floods of more of the plot than the policy lets pass, and those that a fall of the curve is put down to: that fall is
/// told nowhere else.
pub(super) fn floods_told<'e>(
    evidence: &'e Evidence<'_>,
    policy: &Policy,
) -> impl Iterator<Item = FloodTold<'e>> + use<'e> {
    let limit = policy.rules.flood_water_frac.value;
    let least = limit.min(evidence.condition.rules.events.flood_area_fraction);
    let floods = evidence.condition.events.iter().filter(|e| e.kind == EventKind::Flood);
    floods.filter_map(move |event| {
        let (share, explains) = (event.area_fraction?, event.drop > 0.0);
        let limit = if explains { least } else { limit };
        (explains || share > limit).then_some(FloodTold { event, share, limit })
    })
}

fn flood(evidence: &Evidence<'_>, policy: &Policy, found: &mut Findings) -> bool {
    let rule = &policy.rules.flood_water_frac;
    let worst = floods_told(evidence, policy).reduce(|a, b| if b.share > a.share { b } else { a });
    if let Some(FloodTold { event, share, limit }) = &worst {
        // A policy may be mild, but a disaster always reaches a person.
        let effect = rule.effect.max(Effect::Refer);
        found.add_with(rule.code, effect, [(*share).into(), event.to.into(), (*limit).into()]);
    }
    worst.is_some()
}

/// Losses, declines and early harvests; tells whether one of them is regional.
fn events(evidence: &Evidence<'_>, flooded: bool, found: &mut Findings) -> bool {
    let c = evidence.condition;
    let regional = (0..c.events.len()).any(|k| c.is_regional(k));
    for (k, event) in c.events.iter().enumerate() {
        match event.kind {
            EventKind::Flood => {}
            EventKind::EarlyHarvest => {
                let expected = event.harvest_from.unwrap_or(event.last);
                found.add(Code::HarvestEarly, [event.from.into(), event.to.into(), expected.into()]);
            }
            EventKind::CoverGone => found.add(Code::CoverGone, [event.from.into(), event.to.into()]),
            EventKind::Decline => declined(evidence, k, event, found),
            EventKind::Loss => failed(evidence, k, event, regional || flooded, found),
        }
        if c.is_regional(k)
            && event.kind != EventKind::Decline
            && let Some(a) = c.alike(k)
        {
            let values = [event.from.into(), event.to.into(), a.share.into(), a.n.into()];
            found.add(Code::EventRegional, values);
        }
    }
    regional
}

fn declined(evidence: &Evidence<'_>, k: usize, event: &Event, found: &mut Findings) {
    let c = evidence.condition;
    match c.alike(k).filter(|_| c.is_regional(k)) {
        Some(a) => {
            let values = [event.from.into(), event.last.into(), a.share.into(), a.n.into()];
            found.add(Code::EventDrought, values);
        }
        None => {
            let least = c.rules.events.min_drop_ndvi;
            let seen = event.evidence.len();
            let values = [event.from.into(), event.last.into(), event.drop.into(), least.into(), seen.into()];
            found.add(Code::CropDeclining, values);
        }
    }
}

fn failed(evidence: &Evidence<'_>, k: usize, event: &Event, disaster: bool, found: &mut Findings) {
    // A fall is told from ripening by the crop's dates: where the declared crop did not fit before the fall, there were
    // none to tell by, and the misfit itself refers. What the fall made of the curve is no misfit of the declaration.
    let misfit = |v: Verdict| matches!(v, Verdict::Inconsistent | Verdict::Contradicted);
    let now = evidence.assessment.declared.as_ref().map(|d| d.verdict);
    if event.declared_before.or(now).is_some_and(misfit) {
        return;
    }
    let c = evidence.condition;
    let rules = &c.rules.events;
    let neighbours = match c.alike(k) {
        None => "neighbours_unknown",
        Some(_) if c.is_regional(k) => "neighbours_alike",
        Some(_) => "neighbours_normal",
    };
    let plain = neighbours == "neighbours_normal"
        && !disaster
        && event.evidence.len() >= LEAST_EVIDENCE
        && event.ripe_probability < rules.loss_max_ripe
        && event.severity.is_some_and(|s| s >= HALF)
        && crop_is_known(evidence)
        && evidence.assessment.cropped == Cropped::Yes;
    let effect = if plain { Effect::Against } else { Effect::Refer };
    let values = [
        event.from.into(),
        event.to.into(),
        event.drop.into(),
        rules.min_drop_ndvi.into(),
        event.evidence.len().into(),
        neighbours.into(),
    ];
    found.add_with(Code::CropFailed, effect, values);
}

fn crop_is_known(evidence: &Evidence<'_>) -> bool {
    let a = evidence.assessment;
    let consistent = a.declared.as_ref().is_some_and(|d| d.verdict == Verdict::Consistent);
    consistent || a.candidates.first().is_some_and(|c| c.probability >= KNOWN)
}

fn planting(evidence: &Evidence<'_>, disaster: bool, found: &mut Findings) {
    let Some(Planting::NotPlanted { sowing_until, greenup_until, highest_ndvi, limit_ndvi, evidence: seen }) =
        &evidence.condition.planting
    else {
        return;
    };
    if evidence.assessment.cropped == Cropped::Yes {
        return;
    }
    let last = seen.last().copied().unwrap_or(evidence.as_of());
    let effect = if disaster { Effect::Refer } else { Effect::Against };
    let values = [
        last.into(),
        (*greenup_until).into(),
        (*sowing_until).into(),
        seen.len().into(),
        (*highest_ndvi).into(),
        (*limit_ndvi).into(),
    ];
    found.add_with(Code::NotPlantedByDeadline, effect, values);
}

fn vigour(evidence: &Evidence<'_>, found: &mut Findings) {
    let c = evidence.condition;
    if evidence.assessment.cropped != Cropped::Yes {
        return;
    }
    let rules = &c.rules.vigour;
    if let Some(p) = &c.vigour.peers {
        let radius = (p.radius_m / 100.0).ceil() * 100.0;
        if p.z <= rules.weak_z {
            let values = [p.percentile.into(), p.n.into(), radius.into(), p.z.into(), rules.weak_z.into()];
            found.add_with(Code::VigourBelowPeers, Effect::Refer, values);
        } else if p.z >= rules.strong_z {
            let values = [p.percentile.into(), p.n.into(), radius.into(), p.z.into()];
            found.add(Code::VigourAbovePeers, values);
        }
    }
    if let Some((days, n)) = c.vigour.days_behind.filter(|(days, _)| *days >= rules.late_days) {
        found.add(Code::MaturityLate, [u32::try_from(days).unwrap_or(0).into(), n.into()]);
    }
}

fn yields(evidence: &Evidence<'_>, found: &mut Findings) {
    if let (Cropped::Yes, Some(why)) = (evidence.assessment.cropped, evidence.condition.no_yield) {
        found.add(Code::YieldNotEstimated, [why.into()]);
    }
}
