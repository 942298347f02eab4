//! Checks of the cropped area: how much of the outline carries the crop, and whether it is one crop.

use super::Findings;
use crate::crop::Cropped;
use crate::lending::seen::area_interval_m2;
use crate::lending::{Evidence, Policy};
use crate::record::{Code, Effect, Grade};

/// Square metres in a hectare.
const M2_PER_HA: f64 = 10_000.0;

pub(super) fn check(evidence: &Evidence<'_>, policy: &Policy, found: &mut Findings) {
    let land = evidence.cropland;
    let rules = &policy.rules;
    let Some(cropped) = land.cropped else {
        if let Some(why) = land.not_told {
            let rule = &rules.cropped_area_not_told;
            found.add_with(rule.code, rule.effect, [why.word().into()]);
        }
        return;
    };
    let is_seen = evidence.assessment.cropped == Cropped::Yes;
    if land.crops.len() > 1 || !is_seen && cropped.mid > 0.0 {
        let largest = land.crops.first().map_or(cropped.mid, |c| c.share);
        let rule = &rules.plot_mixed;
        found.add_with(rule.code, rule.effect, [land.land_uses.into(), largest.into()]);
    }
    // Land without any crop has a rule of its own, with more conditions.
    if !is_seen {
        return;
    }
    let plot = evidence.plot;
    let ha = |share: f64| (share * plot.area_m2() / M2_PER_HA).into();
    let values = [ha(1.0), ha(cropped.mid), ha(cropped.lower), ha(cropped.upper)];
    found.add(Code::CroppedArea, values);

    let short = &rules.max_cropped_shortfall_frac;
    let declared_ha = plot.declared.area_ha.filter(|a| a.is_finite() && *a > 0.0);
    let Some(declared_ha) = declared_ha else {
        uncropped(evidence, policy, found);
        return;
    };
    // In the applicant's favour: the largest share, of the largest outline.
    let upper_ha = cropped.upper * area_interval_m2(plot).1 / M2_PER_HA;
    let shortfall = (declared_ha - upper_ha) / declared_ha;
    let outline_short = found.has(Code::AreaUnderDeclared, None, Effect::Info);
    if shortfall > short.value && !outline_short {
        let effect = if is_sure(evidence, policy) { short.effect } else { short.effect.min(Effect::Refer) };
        let cropped_ha = cropped.mid * plot.area_m2() / M2_PER_HA;
        let values =
            [cropped_ha.into(), upper_ha.into(), declared_ha.into(), shortfall.into(), short.value.into()];
        found.add_with(short.code, effect, values);
    }
}

/// Whether the images were good enough for the share to speak against anybody.
pub(super) fn is_sure(evidence: &Evidence<'_>, policy: &Policy) -> bool {
    let resolved = evidence.observability.is_some_and(|o| o.grade <= Grade::B);
    let peaked = evidence.season().is_some_and(|s| s.pos.is_some());
    resolved && peaked && evidence.clear_looked_at() >= policy.rules.min_clear_dates_uncropped.value
}

/// Without a declared area: land inside the outline that surely carries no crop.
fn uncropped(evidence: &Evidence<'_>, policy: &Policy, found: &mut Findings) {
    let rule = &policy.rules.max_uncropped_frac;
    let Some(cropped) = evidence.cropland.cropped else { return };
    let least = 1.0 - cropped.upper;
    if least > rule.value {
        found.add_with(rule.code, rule.effect, [(1.0 - cropped.mid).into(), least.into(), rule.value.into()]);
    }
}
