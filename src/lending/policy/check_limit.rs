//! What the amounts, phases and dates of a policy may not say.

use super::Policy;
use super::check::{Checks, MOST_DAYS};
use super::limit::{Cap, CostBased, Disbursement, Event, LimitRules, ValueBased};
use crate::record::Code;

/// Most years for which limits are told.
const MOST_YEARS: u32 = 10;

/// How far the shares of a disbursement may be from one, for decimals that are cut off.
const SHARES_SLACK: f64 = 1e-6;

pub(super) fn check(policy: &Policy, found: &mut Checks<'_>) {
    if let Some(c) = &policy.consent {
        found.words("consent.source", &c.source);
    }
    if let Some(c) = &policy.crops {
        if c.financed.is_empty() {
            found.add("crops.financed", "names no crop; leave the table out to finance any".into());
        }
        found.switch("crops.otherwise", &c.otherwise, Code::PolicyCropNotFinanced);
    }
    if let Some(p) = &policy.phases {
        if !(1..=20).contains(&p.min_images) {
            found.add("phases.min_images", format!("is {}; it must lie from 1 to 20", p.min_images));
        }
        found.within("phases.max_cloud_frac", p.max_cloud_frac, 0.0..=1.0);
        found.switch("phases.otherwise", &p.otherwise, Code::ImgPhaseNotSeen);
    }
    if let Some(limit) = &policy.limit {
        amounts(limit, found);
    }
    if let Some(r) = &policy.repayment {
        found.words("repayment.source", &r.source);
        days("repayment.days_after_harvest", r.days_after_harvest, found);
    }
    if let Some(d) = &policy.disbursement {
        found.words("disbursement.source", &d.source);
        parts(d, found);
    }
}

fn days(path: &str, days: u32, found: &mut Checks<'_>) {
    if days > MOST_DAYS {
        found.add(path, format!("is {days}; at most {MOST_DAYS} days are allowed"));
    }
}

fn amounts(limit: &LimitRules, found: &mut Checks<'_>) {
    if limit.currency.len() != 3 || !limit.currency.bytes().all(|b| b.is_ascii_uppercase()) {
        found
            .add("limit.currency", format!("is \"{}\"; an ISO 4217 code has three capitals", limit.currency));
    }
    found.words("limit.source", &limit.source);
    found.switch("limit.request_above_limit", &limit.request_above_limit, Code::RequestAboveLimit);
    found.switch("limit.not_computed", &limit.not_computed, Code::LimitNotComputed);
    if limit.cost_based.is_none() && limit.value_based.is_none() {
        found.add("limit", "needs [limit.cost_based], [limit.value_based] or both".into());
    }
    if let Some(rule) = &limit.max_ltv_frac {
        found.codes("limit.max_ltv_frac", rule.code, Code::LtvTooHigh, rule.effect);
        found.within("limit.max_ltv_frac.value", rule.value, 0.0..=10.0);
        if limit.value_based.is_none() {
            found.add("limit.max_ltv_frac", "needs [limit.value_based]: without it there is no value".into());
        }
    }
    if let Some(cost) = &limit.cost_based {
        cost_based(cost, found);
    }
    if let Some(value) = &limit.value_based {
        value_based(value, found);
    }
    for cap in &limit.caps {
        one_bound(cap, limit, found);
    }
}

fn cost_based(cost: &CostBased, found: &mut Checks<'_>) {
    found.words("limit.cost_based.source", &cost.source);
    found.within("limit.cost_based.yearly_increase_frac", cost.yearly_increase_frac, 0.0..=1.0);
    if !(1..=MOST_YEARS).contains(&cost.years) {
        found.add("limit.cost_based.years", format!("is {}; it must lie from 1 to {MOST_YEARS}", cost.years));
    }
    for add_on in &cost.add_ons {
        found.words("limit.cost_based.add_ons", &add_on.name);
        found.within("limit.cost_based.add_ons", add_on.frac, 0.0..=1.0);
    }
}

fn value_based(value: &ValueBased, found: &mut Checks<'_>) {
    found.words("limit.value_based.source", &value.source);
    found.within("limit.value_based.advance_rate", value.advance_rate, 0.0..=1.0);
    days("limit.value_based.max_price_age_days", value.max_price_age_days, found);
    days("limit.value_based.max_yield_age_days", value.max_yield_age_days, found);
}

fn one_bound(cap: &Cap, limit: &LimitRules, found: &mut Checks<'_>) {
    let bounds = [cap.amount.is_some(), cap.per_ha.is_some(), cap.frac_of_production_value.is_some()];
    let given = bounds.iter().filter(|b| **b).count();
    if given != 1 {
        let wanted = "exactly one of amount, per_ha and frac_of_production_value";
        found.add("limit.caps", format!("the cap \"{}\" has {given} bounds; it needs {wanted}", cap.name));
    }
    if let Some(frac) = cap.frac_of_production_value {
        found.within("limit.caps", frac, 0.0..=1.0);
        if limit.value_based.is_none() {
            let problem =
                format!("the cap \"{}\" needs [limit.value_based]: without it there is no value", cap.name);
            found.add("limit.caps", problem);
        }
    }
}

fn parts(d: &Disbursement, found: &mut Checks<'_>) {
    let path = "disbursement.tranches";
    let sum: f64 = d.tranches.iter().map(|t| t.share_frac).sum();
    if (sum - 1.0).abs() > SHARES_SLACK {
        found.add(path, format!("the shares sum to {sum}; they must sum to 1"));
    }
    for t in &d.tranches {
        found.within(path, t.share_frac, 0.0..=1.0);
        if t.from_days_after_sowing > t.to_days_after_sowing {
            found.add(path, format!("\"{}\" ends before it begins", t.name));
        }
        let far = |days: i32| days.unsigned_abs() > MOST_DAYS;
        if far(t.from_days_after_sowing) || far(t.to_days_after_sowing) {
            found.add(path, format!("\"{}\" is more than {MOST_DAYS} days from sowing", t.name));
        }
        match (t.event, t.ndvi) {
            (Event::Signing, _) => {}
            (_, None) => {
                found.add(path, format!("\"{}\" needs ndvi, the greenness that shows the event", t.name))
            }
            (_, Some(ndvi)) => found.within(path, ndvi, -1.0..=1.0),
        }
    }
}
