//! Dates, stage and maturity from the weighted hypotheses of the crop that is assumed.

use super::super::normal::{date, day};
use super::super::profile::{AnchorFrom, Clock};
use super::super::profiles::Profiles;
use super::super::stage::read_off;
use super::super::{Candidate, CropRules, DateInterval, DeclaredCheck, Interval, Verdict};
use super::answer::{Class, Question};
use super::cycle::Hypothesis;
use super::judge::Declared;
use super::views::Seen;

/// Half-senescence to ripeness (BBCH 89) where the crop's clock does not say, days (science 7.1).
const RIPE_LAG: f64 = 8.0;
/// Share of the amplitude above which the latest date shows a green crop (science 7.2).
const GREEN_SHARE: f64 = 0.5;

/// When things happen, on the hypotheses' word.
#[derive(Clone, Debug, PartialEq)]
pub struct Development {
    /// Crops whose hypotheses were pooled.
    pub crops: Vec<String>,
    /// Emergence.
    pub emergence: DateInterval,
    /// 50 % green-up.
    pub greenup: DateInterval,
    /// 50 % senescence.
    pub senescence: DateInterval,
    /// Harvest; hypotheses that a green latest date excludes are left out.
    pub harvest: DateInterval,
    /// Mean and standard deviation of the harvest, days since 1970.
    pub(in crate::crop) harvest_law: (f64, f64),
    /// The same of maturity.
    pub(in crate::crop) maturity_law: (f64, f64),
    /// Share of the cycle from emergence to maturity that lies behind.
    pub maturity: Interval,
    /// BBCH code on the as-of day, 80 % interval widened as calibrated.
    pub bbch: Option<Interval>,
    /// Share of the weight whose harvest is on or before the as-of day.
    pub harvested_probability: f64,
}

/// A pooled hypothesis: its dates, its weight, the clock of its crop.
struct Pooled<'a> {
    h: Hypothesis,
    weight: f64,
    clock: Option<&'a Clock>,
}

#[expect(clippy::too_many_arguments, reason = "one call; every argument is another kind of fact")]
pub(super) fn develop(
    question: &Question<'_>,
    profiles: &Profiles,
    rules: &CropRules,
    seen: &Seen,
    classes: &[Class<'_>],
    probability: &[f64],
    declared: &Declared<'_>,
    check: Option<&DeclaredCheck>,
    groups: &[Candidate],
) -> Option<Development> {
    let trusted = check.is_some_and(|c| matches!(c.verdict, Verdict::Consistent | Verdict::Undetermined));
    let is_crop = |group: &str| classes.iter().any(|c| c.row.is_some() && c.group == group);
    let top = groups.iter().find(|g| is_crop(&g.crop)).map(|g| g.crop.as_str());
    let by_declaration = trusted && classes.iter().any(|c| declared.is(c));
    let assumed = |c: &Class<'_>| {
        c.weighed.is_some() && if by_declaration { declared.is(c) } else { Some(c.group.as_str()) == top }
    };
    let at = day(question.as_of);
    let mut pool: Vec<Pooled<'_>> = Vec::new();
    let mut crops: Vec<String> = Vec::new();
    let mut green = false;
    for (class, p) in classes.iter().zip(probability).filter(|(c, _)| assumed(c)) {
        let Some(weighed) = &class.weighed else { continue };
        let clock = class.row.and_then(|r| profiles.clock(&r.crop, &r.zone));
        if !crops.contains(&class.name) {
            crops.push(class.name.clone());
        }
        if let (Some(cycle), Some(Some(last))) = (&class.cycle, seen.value[0].last()) {
            let [_, _, _, [peak, _], [ripe, _], ..] = cycle.levels[0];
            green |= *last > ripe + GREEN_SHARE * (peak - ripe);
        }
        for (h, w) in weighed.hypotheses.iter().zip(&weighed.weights) {
            pool.push(Pooled { h: *h, weight: p.max(1e-12) * w, clock });
        }
    }
    let last = seen.day.last().copied()?;
    if green {
        // The field stands green on the latest date: it was not harvested before.
        let left: f64 = pool.iter().filter(|p| p.h.harvest > last).map(|p| p.weight).sum();
        if left > 0.0 {
            pool.retain(|p| p.h.harvest > last);
        }
    }
    let total: f64 = pool.iter().map(|p| p.weight).sum();
    if pool.is_empty() || total <= 0.0 {
        return None;
    }
    let weights: Vec<f64> = pool.iter().map(|p| p.weight / total).collect();
    let of = |value: &dyn Fn(&Pooled<'_>) -> f64| -> Vec<f64> { pool.iter().map(value).collect() };
    let ripe_lag = |p: &Pooled<'_>| {
        let anchor = p.clock.and_then(|c| c.anchors.iter().find(|a| a.bbch >= 89.0));
        anchor.filter(|a| a.from == AnchorFrom::Senescence).map_or(RIPE_LAG, |a| a.days)
    };
    let harvest = of(&|p| p.h.harvest);
    let maturity_day = of(&|p| p.h.senescence + ripe_lag(p));
    let share = of(&|p| {
        let ripe = p.h.senescence + ripe_lag(p);
        ((at - p.h.emergence) / (ripe - p.h.emergence).max(1.0)).clamp(0.0, 1.0)
    });
    let dates = |values: &[f64]| {
        let [a, b, c] = quantiles(values, &weights);
        DateInterval { p10: date(a), p50: date(b), p90: date(c) }
    };
    let [low, mid, high] = quantiles(&share, &weights);
    let codes: Vec<f64> = pool.iter().filter_map(|p| Some(code(p.clock?, &p.h, at))).collect();
    let bbch = (codes.len() == pool.len()).then(|| {
        let [a, b, c] = quantiles(&codes, &weights);
        let wide = |x: f64| (b + rules.bbch_widening * (x - b)).clamp(0.0, 99.0);
        Interval { lower: wide(a), mid: b, upper: wide(c) }
    });
    let harvested = harvest.iter().zip(&weights).filter(|(h, _)| **h <= at).map(|(_, w)| w).sum();
    Some(Development {
        crops,
        emergence: dates(&of(&|p| p.h.emergence)),
        greenup: dates(&of(&|p| p.h.greenup)),
        senescence: dates(&of(&|p| p.h.senescence)),
        harvest: dates(&harvest),
        harvest_law: moments(&harvest, &weights),
        maturity_law: moments(&maturity_day, &weights),
        maturity: Interval { lower: low, mid, upper: high },
        bbch,
        harvested_probability: harvested,
    })
}

/// BBCH code of one hypothesis on a day. Stages never run backwards, whatever its three dates say.
fn code(clock: &Clock, h: &Hypothesis, at: f64) -> f64 {
    let mut latest = f64::MIN;
    let points: Vec<(f64, f64)> = (clock.anchors.iter())
        .map(|a| {
            let from = match a.from {
                AnchorFrom::Emergence => h.emergence,
                AnchorFrom::Greenup => h.greenup,
                AnchorFrom::Senescence => h.senescence,
            };
            latest = latest.max(from + a.days);
            (latest, a.bbch)
        })
        .collect();
    read_off(&points, at)
}

/// Weighted 10th, 50th and 90th percentile; weights sum to 1.
fn quantiles(values: &[f64], weights: &[f64]) -> [f64; 3] {
    let mut order: Vec<(f64, f64)> = values.iter().copied().zip(weights.iter().copied()).collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0));
    [0.1, 0.5, 0.9].map(|q| {
        let mut sum = 0.0;
        let mut before: Option<(f64, f64)> = None;
        for (value, weight) in &order {
            sum += weight;
            if sum >= q {
                return match before {
                    Some((x, s)) if sum > s => x + (value - x) * (q - s) / (sum - s),
                    _ => *value,
                };
            }
            before = Some((*value, sum));
        }
        order.last().map_or(f64::NAN, |o| o.0)
    })
}

fn moments(values: &[f64], weights: &[f64]) -> (f64, f64) {
    let mean: f64 = values.iter().zip(weights).map(|(v, w)| v * w).sum();
    let variance: f64 = values.iter().zip(weights).map(|(v, w)| w * (v - mean).powi(2)).sum();
    (mean, variance.max(0.0).sqrt())
}
