//! Checks of the outline and of what was declared about it.

use super::Findings;
use crate::lending::seen::area_interval_m2;
use crate::lending::{Evidence, Policy};
use crate::record::{Code, Grade};

/// Square metres in a hectare.
const M2_PER_HA: f64 = 10_000.0;

/// Times a phone's own accuracy that its position may be off. Source: design value, three sigma.
const GPS_SIGMAS: f64 = 3.0;

pub(super) fn check(evidence: &Evidence<'_>, policy: &Policy, found: &mut Findings) {
    pixels(evidence, policy, found);
    let rules = &policy.rules;
    let plot = evidence.plot;

    let area_ha = plot.area_m2() / M2_PER_HA;
    let min = &rules.min_area_ha;
    if area_ha < min.value {
        found.add_with(min.code, min.effect, [area_ha.into(), min.value.into()]);
    }

    let far = &rules.max_gps_distance_m;
    if let Some(gps) = plot.gps {
        let limit = gps.accuracy_m.filter(|a| a.is_finite()).map_or(0.0, |a| a * GPS_SIGMAS).max(far.value);
        if gps.distance_m > limit {
            found.add_with(far.code, far.effect, [gps.distance_m.into(), limit.into()]);
        }
    }

    declared_area(evidence, policy, found);

    if !plot.repairs.is_empty() {
        let words: Vec<String> = plot.repairs.iter().map(|r| r.word().to_owned()).collect();
        found.add(Code::GeomRepaired, [words.into()]);
    }
}

fn pixels(evidence: &Evidence<'_>, policy: &Policy, found: &mut Findings) {
    let Some(seen) = evidence.observability else {
        found.add(Code::PlotUnresolved, []);
        return;
    };
    let min = &policy.rules.min_full_pixels;
    if seen.grade == Grade::D {
        // No opinion, whatever the policy says.
        found.add(Code::PlotTooSmall, [seen.pixels_full.into(), min.value.into()]);
    } else if seen.pixels_full < min.value as usize {
        found.add_with(min.code, min.effect, [seen.pixels_full.into(), min.value.into()]);
    }
    let edge = &policy.rules.max_edge_pixels_frac;
    if seen.pixels_lost_buffer_frac > edge.value {
        found.add_with(edge.code, edge.effect, [seen.pixels_lost_buffer_frac.into(), edge.value.into()]);
    }
}

/// The measuring error is taken off first, in the applicant's favour.
fn declared_area(evidence: &Evidence<'_>, policy: &Policy, found: &mut Findings) {
    let plot = evidence.plot;
    let Some(declared_ha) = plot.declared.area_ha.filter(|a| a.is_finite() && *a > 0.0) else {
        let rule = &policy.rules.area_not_declared;
        found.add_with(rule.code, rule.effect, []);
        return;
    };
    let (lower_m2, upper_m2) = area_interval_m2(plot);
    let (lower_ha, upper_ha) = (lower_m2 / M2_PER_HA, upper_m2 / M2_PER_HA);
    let measured_ha = plot.area_m2() / M2_PER_HA;
    let rule = &policy.rules.max_area_shortfall_frac;
    let shortfall = (declared_ha - upper_ha) / declared_ha;
    let surplus = (lower_ha - declared_ha) / declared_ha;
    if shortfall > rule.value {
        found.add_with(
            rule.code,
            rule.effect,
            [measured_ha.into(), upper_ha.into(), declared_ha.into(), shortfall.into(), rule.value.into()],
        );
    } else if surplus > rule.value {
        found.add(Code::AreaOverDeclared, [measured_ha.into(), declared_ha.into(), surplus.into()]);
    } else {
        found.add(Code::AreaMatches, [measured_ha.into(), declared_ha.into(), rule.value.into()]);
    }
}
