//! Checks of what the applicant sent besides the outline: consent, sowing date.

use jiff::civil::Date;

use super::Findings;
use crate::lending::seen::day_after;
use crate::lending::{Evidence, Policy};
use crate::plot::References;
use crate::record::{Code, ParamValue};

pub(super) fn check(evidence: &Evidence<'_>, policy: &Policy, found: &mut Findings) {
    if let Some((code, values)) = consent_lacks(&evidence.plot.references, evidence.as_of(), policy) {
        found.add(code, values);
    }
    sowing_date(evidence, policy, found);
}

/// Why a plot may not be looked at; `None` when it may. A consent that has ended always stops it.
pub(in crate::lending) fn consent_lacks(
    references: &References,
    as_of: Date,
    policy: &Policy,
) -> Option<(Code, Vec<ParamValue>)> {
    if let Some(ended) = references.consent_expires_at.as_deref().and_then(day_of).filter(|d| *d < as_of) {
        return Some((Code::ConsentExpired, vec![ended.into(), as_of.into()]));
    }
    let rules = policy.consent.as_ref().filter(|c| c.required)?;
    if references.consent.is_none() {
        return Some((Code::ConsentMissing, vec!["no_consent_ref".into()]));
    }
    let accepted =
        |purpose: &str| rules.purposes.iter().any(|p| p.trim().eq_ignore_ascii_case(purpose.trim()));
    let fits = rules.purposes.is_empty() || references.consent_purpose.as_deref().is_some_and(accepted);
    (!fits).then(|| (Code::ConsentMissing, vec!["purpose_not_accepted".into()]))
}

/// The day of an ISO 8601 day or moment, as written.
fn day_of(text: &str) -> Option<Date> {
    text.get(..10)?.parse().ok()
}

fn sowing_date(evidence: &Evidence<'_>, policy: &Policy, found: &mut Findings) {
    let rule = &policy.rules.max_sowing_age_days;
    let Some(sown) = evidence.plot.declared.sowing_date else { return };
    let latest = evidence.as_of();
    if let (false, Some(earliest)) = (can_be_sown(sown, latest, policy), earliest_sowing(latest, policy)) {
        found.add_with(rule.code, rule.effect, [sown.into(), earliest.into(), latest.into()]);
    }
}

/// Whether a crop that is looked at on the as-of day can have been sown on a day, by the policy. A declared date that
/// cannot be is told, and nothing is reckoned with it.
pub fn can_be_sown(sown: Date, as_of: Date, policy: &Policy) -> bool {
    earliest_sowing(as_of, policy).is_none_or(|earliest| (earliest..=as_of).contains(&sown))
}

fn earliest_sowing(as_of: Date, policy: &Policy) -> Option<Date> {
    day_after(as_of, -i64::from(policy.rules.max_sowing_age_days.value))
}
