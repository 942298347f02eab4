//! Until when and what next: repayment, parts of the loan, phases seen, the next overpasses.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};

use crate::lending::limit::Limit;
use crate::lending::policy::{Event, Tranche};
use crate::lending::seen::{day_after, days_between};
use crate::lending::{Evidence, Money, Policy};
use crate::observation::Observation;
use crate::record::{Met, Phase, PhaseEvidence, Rounded, Status, TranchePlan};

/// Clear dates before "it did not show" may be said, and days before the deadline in which the last of them lies.
/// Source: design values; two overpasses of the pair.
const LEAST_CLEAR_DATES: usize = 3;
const LAST_CLEAR_WITHIN_DAYS: i64 = 10;

/// Days after which one Sentinel-2 satellite sees the same ground from the same orbit. Source: ESA.
const REPEAT_DAYS: i64 = 10;
/// Days looked back for the orbits that are flown now.
const LOOK_BACK_DAYS: i64 = 60;
/// Overpasses of one orbit in that time from which it counts as flown.
const LEAST_PASSES: usize = 2;
/// Overpasses that are told.
const PASSES_TOLD: usize = 4;

/// The day on which the loan is due: the late end of the harvest window and the policy's days.
pub(super) fn repay_by(evidence: &Evidence<'_>, policy: &Policy) -> Option<Date> {
    let rule = policy.repayment.as_ref()?;
    let harvest = evidence.assessment.harvested.or(evidence.assessment.harvest)?;
    day_after(harvest.p90, i64::from(rule.days_after_harvest))
}

/// The parts of the loan, with what the plot has shown by the as-of day.
pub(super) fn disbursement(
    evidence: &Evidence<'_>,
    policy: &Policy,
    status: Status,
    limit: Option<&Limit>,
) -> Vec<TranchePlan> {
    let Some(rule) = &policy.disbursement else { return Vec::new() };
    let lent: Option<Money> = limit.and_then(|l| l.by_policy).filter(|_| status == Status::Supports);
    let sown = sowing(evidence, policy);
    rule.tranches.iter().map(|t| tranche(t, evidence, sown, lent)).collect()
}

/// The declared sowing date, where it dates the crop, else what the curve tells of emergence.
fn sowing(evidence: &Evidence<'_>, policy: &Policy) -> Option<Date> {
    evidence.sown(policy).or_else(|| evidence.assessment.emergence.map(|e| e.p50))
}

fn tranche(t: &Tranche, e: &Evidence<'_>, sown: Option<Date>, lent: Option<Money>) -> TranchePlan {
    let day = |n: i32| sown.and_then(|s| day_after(s, i64::from(n)));
    let (from, deadline) = (day(t.from_days_after_sowing), day(t.to_days_after_sowing));
    let threshold = t.ndvi.and_then(Rounded::new);
    let (event, at_most, at_least) = match t.event {
        Event::Signing => ("signing", None, None),
        Event::LandPreparation => ("land_preparation", threshold, None),
        Event::Emergence => ("emergence", None, threshold),
        Event::ClosedCanopy => ("closed_canopy", None, threshold),
    };
    let (met, met_on) = match (t.event, t.ndvi, from, deadline) {
        (Event::Signing, ..) => (Met::Yes, None),
        (event, Some(ndvi), Some(from), Some(deadline)) => {
            let shows = |mean: f64| match event {
                Event::LandPreparation => mean <= ndvi,
                _ => mean >= ndvi,
            };
            shown(e, from, deadline, shows)
        }
        _ => (Met::CannotTell, None),
    };
    TranchePlan {
        name: t.name.clone(),
        share_frac: Rounded::new(t.share_frac).unwrap_or_default(),
        amount: lent.map(|amount| amount.share(t.share_frac).hundredths().to_string()),
        event: event.to_owned(),
        measure: "ndvi_mean".to_owned(),
        at_most,
        at_least,
        from: from.filter(|_| t.event != Event::Signing),
        deadline: deadline.filter(|_| t.event != Event::Signing),
        met,
        met_on,
    }
}

/// Whether a used date between two days shows it. What clouds hide is never called missing.
fn shown(e: &Evidence<'_>, from: Date, deadline: Date, shows: impl Fn(f64) -> bool) -> (Met, Option<Date>) {
    let mut seen: Vec<(Date, f64)> = e
        .used()
        .filter(|o| (from..=deadline).contains(&o.date))
        .filter_map(|o| o.ndvi.as_ref().map(|n| (o.date, n.mean)))
        .collect();
    seen.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    if let Some((date, _)) = seen.iter().find(|(_, mean)| shows(*mean)) {
        return (Met::Yes, Some(*date));
    }
    if e.as_of() <= deadline {
        return (Met::NotYet, None);
    }
    let late = seen.last().is_some_and(|(last, _)| days_between(*last, deadline) <= LAST_CLEAR_WITHIN_DAYS);
    (if seen.len() >= LEAST_CLEAR_DATES && late { Met::No } else { Met::CannotTell }, None)
}

/// The phases that the season has been through by the as-of day, each with its first and last day.
pub(super) fn phases_past(e: &Evidence<'_>) -> Vec<(Phase, Date, Date)> {
    let Some(season) = e.season() else { return Vec::new() };
    let now = e.horizon();
    let mut past = Vec::new();
    if let (Some(sos), Some(half)) = (season.sos, season.greenup50) {
        past.push((Phase::Early, sos, half));
    }
    if let (Some(half), Some(fall)) = (season.greenup50, season.senescence50.or(season.eos)) {
        past.push((Phase::Full, half, fall));
    }
    if let (Some(fall), Some(eos)) = (season.senescence50, season.eos) {
        past.push((Phase::Ripening, fall, eos));
    }
    past.retain(|(_, from, to)| from <= to && *to <= now);
    past
}

/// Images of a phase that show the plot with little cloud.
pub(super) fn images_of(e: &Evidence<'_>, from: Date, to: Date, max_cloud: f64) -> usize {
    let days: std::collections::BTreeSet<Date> = e
        .used()
        .filter(|o| (from..=to).contains(&o.date) && covered(o) <= max_cloud)
        .map(|o| o.date)
        .collect();
    days.len()
}

/// The clearest image of each phase; of equally clear ones the middle of the phase decides, then the id.
pub(super) fn phase_evidence(e: &Evidence<'_>) -> Vec<PhaseEvidence> {
    let best = |(phase, from, to): (Phase, Date, Date)| {
        let middle = day_after(from, days_between(from, to) / 2).unwrap_or(from);
        let clearest = e.used().filter(|o| (from..=to).contains(&o.date)).min_by(|a, b| {
            let off = |o: &Observation| days_between(middle, o.date).abs();
            covered(a).total_cmp(&covered(b)).then(off(a).cmp(&off(b))).then(a.scene.cmp(&b.scene))
        })?;
        Some(PhaseEvidence {
            phase,
            item_id: clearest.scene.as_str().to_owned(),
            date: clearest.date,
            plot_cloud_frac: Rounded::new(covered(clearest))?,
            ndvi_mean: clearest.ndvi.as_ref().and_then(|n| Rounded::new(n.mean)),
        })
    };
    phases_past(e).into_iter().filter_map(best).collect()
}

/// Cloud and shadow over the plot, 0 to 1.
fn covered(o: &Observation) -> f64 {
    let covered = o.sky.cloud + o.sky.shadow;
    if covered.is_finite() { covered.clamp(0.0, 1.0) } else { 1.0 }
}

/// The next days on which a satellite passes, if the orbits of the last weeks go on.
pub(super) fn next_overpasses(e: &Evidence<'_>) -> Vec<Date> {
    let as_of = e.as_of();
    let number = |d: Date| days_between(date(2015, 1, 1), d);
    let mut orbits: BTreeMap<i64, std::collections::BTreeSet<Date>> = BTreeMap::new();
    for o in e.observations.iter().filter(|o| o.date <= as_of) {
        if days_between(o.date, as_of) < LOOK_BACK_DAYS {
            orbits.entry(number(o.date).rem_euclid(REPEAT_DAYS)).or_default().insert(o.date);
        }
    }
    let mut next: Vec<Date> = (1..=2 * REPEAT_DAYS)
        .filter_map(|n| day_after(as_of, n))
        .filter(|d| orbits.get(&number(*d).rem_euclid(REPEAT_DAYS)).is_some_and(|p| p.len() >= LEAST_PASSES))
        .collect();
    next.truncate(PASSES_TOLD);
    next
}
