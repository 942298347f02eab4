//! Checks of how well the plot was seen and how the archive answered. All of them can only refer.

use super::Findings;
use crate::crop::Cropped;
use crate::lending::seen::age_days;
use crate::lending::{Evidence, Policy};
use crate::observation::Reject;
use crate::record::{Code, Effect};

pub(super) fn check(evidence: &Evidence<'_>, policy: &Policy, found: &mut Findings) {
    archive(evidence, policy, found);
    let rules = &policy.rules;

    let clear = evidence.clear_looked_at();
    let few = &rules.min_clear_dates;
    if clear < few.value {
        let (from, to) = evidence.looked_at();
        let values = [clear.into(), "season".into(), from.into(), to.into(), few.value.into()];
        found.add_with(few.code, few.effect, values);
    }

    let stale = &rules.max_stale_days;
    if let Some(last) = evidence.assessment.last_clear {
        let days = age_days(last, evidence.horizon());
        if days > stale.value {
            found.add_with(stale.code, stale.effect, [days.into(), stale.value.into()]);
        }
    }

    let unsettled = evidence.skipped_for(Reject::OffsetUnsettled);
    if unsettled > 0 {
        let enough = evidence.assessment.cropped == Cropped::Yes && clear >= few.value;
        let effect = if enough { Effect::Info } else { Effect::Refer };
        found.add_with(Code::SrcOffsetUnresolved, effect, [unsettled.into()]);
    }
}

fn archive(evidence: &Evidence<'_>, policy: &Policy, found: &mut Findings) {
    let (matter, harmless): (Vec<_>, Vec<_>) =
        evidence.unread().into_iter().partition(|u| evidence.could_matter(u));
    if !matter.is_empty() {
        let tries = matter.iter().map(|u| u.tries).max().unwrap_or(1);
        found.add(Code::SrcReadFailed, [matter.len().into(), tries.into()]);
    }
    if !harmless.is_empty() {
        found.add(Code::SrcReadFailedHarmless, [harmless.len().into()]);
    }

    if evidence.search_failed {
        found.add(Code::SrcSearchFailed, []);
        return;
    }
    if evidence.scenes_found == 0 {
        found.add(Code::SrcNoScenes, [evidence.window.start.into(), evidence.horizon().into()]);
    }
    let gap = &policy.rules.min_catalogue_frac;
    match evidence.scenes_expected {
        Some(expected) if expected > 0 => {
            if (evidence.scenes_found as f64) < gap.value * expected as f64 {
                found.add_with(
                    gap.code,
                    gap.effect,
                    [evidence.scenes_found.into(), expected.into(), gap.value.into()],
                );
            }
        }
        Some(_) => {}
        None => found.add(Code::SrcExpectedUnknown, []),
    }
    let missing = evidence.skipped_for(Reject::AssetMissing);
    if missing > 0 {
        found.add(Code::SrcAssetMissing, [missing.into()]);
    }
}
