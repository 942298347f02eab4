//! Checks of the money: the crop financed, the limit, the request, the phases that a rule book asks for.

use super::Findings;
use crate::lending::figures::same_crop;
use crate::lending::limit::Limit;
use crate::lending::plan::{images_of, phases_past};
use crate::lending::{Evidence, Policy};
use crate::record::{Code, Effect};

pub(super) fn check(evidence: &Evidence<'_>, policy: &Policy, limit: Option<&Limit>, found: &mut Findings) {
    let financed = financed(evidence, policy, found);
    phases(evidence, policy, found);
    // What is not financed has no limit to be looked for.
    if let (Some(limit), true) = (limit, financed) {
        amounts(evidence, policy, limit, found);
    }
}

fn financed(evidence: &Evidence<'_>, policy: &Policy, found: &mut Findings) -> bool {
    let (Some(list), Some(declared)) = (&policy.crops, &evidence.plot.declared.crop) else { return true };
    let known = evidence.assessment.declared.as_ref().map(|d| d.crop.as_str());
    let on_list = |name: &str| list.financed.iter().any(|crop| same_crop(crop, name));
    let financed = on_list(declared) || known.is_some_and(on_list);
    if !financed {
        let rule = &list.otherwise;
        found.add_with(rule.code, rule.effect, [declared.as_str().into(), list.financed.clone().into()]);
    }
    financed
}

/// A phase that is still to come asks for nothing.
fn phases(evidence: &Evidence<'_>, policy: &Policy, found: &mut Findings) {
    let Some(rule) = &policy.phases else { return };
    let past = phases_past(evidence);
    let mut all = !past.is_empty();
    for (phase, from, to) in &past {
        let images = images_of(evidence, *from, *to, rule.max_cloud_frac);
        if images < rule.min_images as usize {
            all = false;
            let values =
                [phase.word().into(), images.into(), rule.min_images.into(), rule.max_cloud_frac.into()];
            found.add_with(rule.otherwise.code, rule.otherwise.effect, values);
        }
    }
    if all {
        let words: Vec<String> = past.iter().map(|(phase, ..)| phase.word().to_owned()).collect();
        found.add(Code::PhasesSeen, [words.into(), rule.min_images.into(), rule.max_cloud_frac.into()]);
    }
}

fn amounts(evidence: &Evidence<'_>, policy: &Policy, limit: &Limit, found: &mut Findings) {
    let Some(rules) = &policy.limit else { return };
    if let Some(why) = limit.area_instead {
        let ha = limit.area_ha.map_or(0.0, |a| a.get());
        found.add(Code::LimitAreaDrawn, [ha.into(), limit.area_basis.into(), why.into()]);
    }
    for what in &limit.missing {
        let rule = &rules.not_computed;
        found.add_with(rule.code, rule.effect, [(*what).into()]);
    }
    let amount = |text: &str| format!("{text} {}", limit.currency);
    for cap in &limit.caps {
        found.add(
            Code::LimitCapped,
            [cap.name.as_str().into(), amount(&cap.before).into(), amount(&cap.after).into()],
        );
    }
    let declared = &evidence.plot.declared;
    match (&declared.requested_amount, &declared.currency) {
        (None, _) => {
            found.add(Code::AmountNotRequested, []);
            return;
        }
        (Some(_), Some(currency)) if *currency != limit.currency => {
            found.add(Code::CurrencyDiffers, [currency.as_str().into(), limit.currency.as_str().into()]);
            return;
        }
        (Some(_), _) => {}
    }
    let Some((requested, by_policy)) = limit.requested.zip(limit.by_policy) else { return };
    let said =
        [amount(&requested.to_string()).into(), amount(&by_policy.to_string()).into(), limit.basis.into()];
    // Within the measuring error of the cropped area, or from thin images, nothing is held against anybody.
    let most = limit.at_most.unwrap_or((Some(by_policy), limit.ltv));
    let sure = limit.at_most.is_none() || super::cropland::is_sure(evidence, policy);
    let at_most = |effect: Effect, beyond_doubt: bool| match sure && beyond_doubt {
        true => effect,
        false => effect.min(Effect::Refer),
    };
    if requested > by_policy {
        let rule = &rules.request_above_limit;
        let beyond = most.0.is_some_and(|most| requested > most);
        found.add_with(rule.code, at_most(rule.effect, beyond), said);
    } else {
        found.add(Code::RequestWithinLimit, said);
    }
    if let (Some(rule), Some(ltv), Some(value)) = (&rules.max_ltv_frac, limit.ltv, limit.production_value)
        && ltv > rule.value
    {
        let values = [ltv.into(), rule.value.into(), amount(&value.to_string()).into()];
        let beyond = most.1.is_some_and(|least_ltv| least_ltv > rule.value);
        found.add_with(rule.code, at_most(rule.effect, beyond), values);
    }
}
