//! From findings to a status.

use jiff::civil::Date;

use crate::crop::CannotTell;
use crate::lending::limit::{Limit, limit};
use crate::lending::seen::day_after;
use crate::lending::{Evidence, Policy, changes, confidence, plan, rules};
use crate::record::{
    Change, Code, Confidence, Effect, OverlapSeen, Party, PhaseEvidence, Reason, Status, TranchePlan,
};

/// Most principal reasons. Source: custom with adverse-action notices in the United States (Regulation B).
const MAX_PRINCIPAL: usize = 4;

/// The policy applied to one plot's evidence. Becomes a record by [`seal`](fn@crate::lending::seal).
#[derive(Clone, Debug, PartialEq)]
pub struct Appraisal {
    /// The recommendation.
    pub status: Status,
    /// How much evidence stands behind it.
    pub confidence: Confidence,
    /// The parts of the evidence with the level of each.
    pub confidence_basis: Vec<String>,
    /// Every reason, most important first.
    pub reasons_all: Vec<Reason>,
    /// What would change the outcome.
    pub what_would_change: Vec<Change>,
    /// Last day on which the record may be read as fresh.
    pub valid_until: Option<Date>,
    /// When to look again.
    pub next_review_date: Option<Date>,
    /// How much, where the policy sets amounts.
    pub(super) limit: Option<Limit>,
    /// Repayment date.
    pub repay_by: Option<Date>,
    /// Parts of the loan.
    pub disbursement: Vec<TranchePlan>,
    /// Other applications with the same land or the same shape.
    pub(super) overlaps: Vec<OverlapSeen>,
    /// Images of the phases.
    pub phase_evidence: Vec<PhaseEvidence>,
    /// Next days on which a satellite passes.
    pub next_overpasses: Vec<Date>,
    /// Hash of the lender's figures, hex.
    pub figures_sha256: Option<String>,
    /// Policy applied.
    pub policy_id: String,
    /// Hash of the policy's resolved form, hex.
    pub policy_sha256: String,
}

/// Applies a policy to the evidence of one plot. Total and pure: the same evidence gives the same
/// appraisal, and there is no evidence it cannot take.
///
/// # Method
/// 1. Every check adds reasons, each with party and effect.
/// 2. Any reason that refers makes it *refer*, whatever speaks for or against.
/// 3. Else any reason against makes it *does_not_support*.
/// 4. Else a crop that was seen makes it *supports*; without one it is *refer*.
pub fn appraise(evidence: &Evidence<'_>, policy: &Policy) -> Appraisal {
    let limit = limit(evidence, policy);
    let mut found = rules::findings(evidence, policy, limit.as_ref());
    let crop_seen = found.0.iter().any(|(code, _)| *code == Code::LandCropped);
    let status = if found.any(Effect::Block) {
        Status::NotAppraised
    } else if found.any(Effect::Refer) {
        Status::Refer
    } else if found.any(Effect::Against) {
        Status::DoesNotSupport
    } else if crop_seen {
        Status::Supports
    } else {
        Status::Refer
    };
    found.0.sort_by_key(|(code, reason)| (rank(reason.effect()), reason.party() == Party::Model, *code));
    let reasons_all: Vec<Reason> = found.0.iter().map(|(_, reason)| reason.clone()).collect();
    let (confidence, confidence_basis) = confidence::confidence(evidence, policy);
    Appraisal {
        status,
        confidence,
        confidence_basis,
        what_would_change: changes::changes(&found.0, evidence, policy),
        valid_until: day_after(evidence.as_of(), i64::from(policy.validity.record_valid_days)),
        repay_by: plan::repay_by(evidence, policy),
        disbursement: plan::disbursement(evidence, policy, status, limit.as_ref()),
        overlaps: rules::overlaps_listed(evidence, policy),
        phase_evidence: plan::phase_evidence(evidence),
        next_overpasses: plan::next_overpasses(evidence),
        figures_sha256: evidence.figures.sha256(),
        limit,
        next_review_date: next_review(status, evidence, policy),
        reasons_all,
        policy_id: policy.id.clone(),
        policy_sha256: policy.sha256(),
    }
}

/// Grave first, and of one gravity what was seen before what the method cannot tell. Nothing carries *against* and
/// *refer* in the wrong order, because one that refers decides the status.
fn rank(effect: Effect) -> u8 {
    match effect {
        Effect::Block => 0,
        Effect::Refer => 1,
        Effect::Against => 2,
        Effect::For => 3,
        Effect::Info => 4,
    }
}

/// The reasons that made the status, at most four, most important first.
pub(super) fn principal(status: Status, reasons_all: &[Reason]) -> Vec<Reason> {
    let made_it = |effect: Effect| match status {
        Status::NotAppraised => effect == Effect::Block,
        Status::Refer => matches!(effect, Effect::Refer | Effect::Against),
        Status::DoesNotSupport => effect == Effect::Against,
        Status::Supports => effect == Effect::For,
    };
    // What is already harvested cannot secure a loan on a standing crop, so it is always said.
    let always = reasons_all.iter().filter(|r| r.code() == Code::HarvestDone.facts().code);
    let always: Vec<&Reason> = always.filter(|_| status != Status::NotAppraised).collect();
    let room = MAX_PRINCIPAL.saturating_sub(always.len());
    reasons_all.iter().filter(|r| made_it(r.effect())).take(room).chain(always).cloned().collect()
}

/// A referred plot is looked at again soon, or when the calendar expects to tell, if that is later.
fn next_review(status: Status, evidence: &Evidence<'_>, policy: &Policy) -> Option<Date> {
    let days = match status {
        Status::Refer => policy.validity.review_referred_after_days,
        Status::Supports | Status::DoesNotSupport => policy.validity.review_after_days,
        Status::NotAppraised => return None,
    };
    let due = day_after(evidence.as_of(), i64::from(days))?;
    let expected = evidence.assessment.cannot_tell.iter().find_map(|cause| match cause {
        CannotTell::TooEarly { expected_from } => *expected_from,
        _ => None,
    });
    match (status, expected) {
        (Status::Refer, Some(from)) => Some(due.max(from)),
        _ => Some(due),
    }
}
