//! Checks against other applications: the same land twice in one season, and copied outlines.

use jiff::civil::Date;

use super::Findings;
use crate::lending::evidence::{Common, Overlap};
use crate::lending::seen::{BOUNDARY_ERROR_M, days_between};
use crate::lending::{Evidence, Policy, can_be_sown};
use crate::record::{Code, OverlapSeen, ParamValue, Rounded};

/// Part of the smaller outline up to which shared land is drawing. Source: design value, two edges drawn by hand.
const DRAWING_FRAC: f64 = 0.02;
/// Mean width above which a shared strip is no edge drawn twice. Source: twice the error of an outline (4 m).
const DRAWING_WIDTH_M: f64 = 2.0 * BOUNDARY_ERROR_M;
/// Overlap over union, and part of the smaller outline, above which two outlines are one field. Source: design values.
const SAME_FIELD_IOU: f64 = 0.6;
const SAME_FIELD_FRAC: f64 = 0.5;
/// Days between two declared sowings up to which they are one season's. Source: design value, half of the
/// shortest cycle of a listed crop and more.
const SAME_SOWING_DAYS: i64 = 75;
/// Days between two as-of days up to which the applications are about one season, where a sowing date lacks.
const SAME_AS_OF_DAYS: i64 = 180;

pub(super) fn check(evidence: &Evidence<'_>, policy: &Policy, found: &mut Findings) {
    if evidence.overlap_check.as_ref().is_some_and(|c| c.register.is_none()) {
        let rule = &policy.rules.overlap_not_checked;
        found.add_with(rule.code, rule.effect, []);
    }
    for overlap in &evidence.overlaps {
        let other = OverlapSeen::named(overlap.references.application.as_deref(), &overlap.id);
        match overlap.common {
            Common::Shape { distance_m } => {
                if same_season(evidence, policy, overlap) {
                    found.add(Code::OutlineCopied, [other.into(), distance_m.into()]);
                }
            }
            Common::Land { area_m2, frac_of_smaller, iou, width_m, .. } => {
                let shared = (area_m2, frac_of_smaller, iou, width_m);
                land(evidence, policy, overlap, shared, other.into(), found);
            }
        }
    }
}

fn land(
    evidence: &Evidence<'_>,
    policy: &Policy,
    overlap: &Overlap,
    (area_m2, frac, iou, width_m): (f64, f64, f64, f64),
    other: ParamValue,
    found: &mut Findings,
) {
    let rule = &policy.rules.max_overlap_frac;
    if frac <= DRAWING_FRAC {
        return;
    }
    if !same_season(evidence, policy, overlap) {
        found.add(Code::OverlapOtherSeason, [other, frac.into()]);
    } else if frac <= rule.value && (width_m <= DRAWING_WIDTH_M || same_borrower(evidence, overlap)) {
        found.add(Code::OverlapEdge, [other, frac.into(), rule.value.into()]);
    } else if frac <= rule.value {
        let values = [other, (area_m2 / 10_000.0).into(), width_m.into(), DRAWING_WIDTH_M.into()];
        found.add_with(Code::OverlapSliver, rule.effect, values);
    } else if same_borrower(evidence, overlap) {
        found.add(Code::OverlapSameBorrower, [other, frac.into()]);
    } else if iou > SAME_FIELD_IOU || frac > SAME_FIELD_FRAC {
        found.add_with(
            Code::OverlapSameField,
            rule.effect,
            [other, iou.into(), frac.into(), rule.value.into()],
        );
    } else {
        let area_ha = area_m2 / 10_000.0;
        found.add_with(rule.code, rule.effect, [other, frac.into(), area_ha.into(), rule.value.into()]);
    }
}

/// Whether both applications are about one season: by declared sowing where both dates can be of a season, else by as-of
/// day. A mistyped date must not make two pledges of one season another one's.
fn same_season(evidence: &Evidence<'_>, policy: &Policy, overlap: &Overlap) -> bool {
    let near = |a: Date, b: Date, most: i64| days_between(a, b).abs() <= most;
    let this = evidence.sown(policy);
    let other = overlap.sowing_date.filter(|sown| can_be_sown(*sown, overlap.as_of, policy));
    match (this, other) {
        (Some(this), Some(other)) => near(this, other, SAME_SOWING_DAYS),
        _ => near(evidence.as_of(), overlap.as_of, SAME_AS_OF_DAYS),
    }
}

/// Whether both name one borrower of one lender, in different applications: a renewal, not a second pledge.
fn same_borrower(evidence: &Evidence<'_>, overlap: &Overlap) -> bool {
    let (this, other) = (&evidence.plot.references, &overlap.references);
    this.borrower.is_some()
        && this.borrower == other.borrower
        && this.lender == other.lender
        && this.application.is_some()
        && other.application.is_some()
        && this.application != other.application
}

/// The overlaps as the record lists them.
pub(in crate::lending) fn listed(evidence: &Evidence<'_>, policy: &Policy) -> Vec<OverlapSeen> {
    evidence.overlaps.iter().map(|overlap| seen(evidence, policy, overlap)).collect()
}

fn seen(evidence: &Evidence<'_>, policy: &Policy, overlap: &Overlap) -> OverlapSeen {
    let mut seen = OverlapSeen {
        kind: "shared".to_owned(),
        other_id: overlap.id.clone(),
        other_lender_ref: overlap.references.lender.clone(),
        other_application_ref: overlap.references.application.clone(),
        other_record_id: overlap.record_id.clone(),
        same_season: same_season(evidence, policy, overlap),
        same_borrower: same_borrower(evidence, overlap),
        overlap_m2: None,
        frac_of_this: None,
        frac_of_smaller: None,
        iou: None,
        width_m: None,
        distance_m: None,
    };
    match overlap.common {
        Common::Shape { distance_m } => {
            seen.kind = "copied".to_owned();
            seen.distance_m = Rounded::new(distance_m);
        }
        Common::Land { area_m2, frac_of_this, frac_of_smaller, iou, width_m } => {
            seen.width_m = Rounded::new(width_m);
            seen.overlap_m2 = Rounded::new(area_m2);
            seen.frac_of_this = Rounded::new(frac_of_this);
            seen.frac_of_smaller = Rounded::new(frac_of_smaller);
            seen.iou = Rounded::new(iou);
        }
    }
    seen
}
