//! Dates, stage and maturity from the weighted hypotheses of the crop that is assumed.

use super::super::normal::{date, day};
use super::super::profile::{AnchorFrom, Clock};
use super::super::profiles::Profiles;
use super::super::stage::read_off;
use super::super::thermal::Warp;
use super::super::{Candidate, DateInterval, DeclaredCheck, Interval, Verdict};
use super::classes::Class;
use super::cut::{self, Standing, Timing};
use super::cycle::Hypothesis;
use super::dating;
use super::judge::{self, Declared};
use super::points::DIMENSIONS;
use super::question::{Beside, Question};
use super::table::EnsembleTable;
use super::views::{Seen, View};

/// Outputs whose 80 % interval has a factor of its own in the table.
pub(super) const OUTPUTS: [&str; 8] =
    ["bbch", "maturity", "emergence", "emergence_sown", "greenup", "senescence", "harvest", "harvest_dated"];

/// Half-senescence to ripeness (BBCH 89) where the crop's clock does not say, days (science 7.1).
const RIPE_LAG: f64 = 8.0;
/// Share of the amplitude above which the latest date shows a green crop (science 7.2).
const GREEN_SHARE: f64 = 0.5;
/// Share of a shift of green-up that ripeness keeps (science 5.1), and how long before its usual day a crop may be ripe
/// at the earliest: 90th percentile of a spread of 10 days.
const GREENUP_TO_RIPE: f64 = 0.3;
const EARLY_RIPE_DAYS: f64 = 12.8;
/// Weight below which the hypotheses have no say after the latest clear date: the calendar ended before the crop.
const LEAST_LEFT: f64 = 0.02;
/// Days within which a crop that outlived its calendar is expected to be cut: 10th, 50th, 90th percentile (design value:
/// the usual gap between clear dates, three weeks at most).
const OVERDUE_DAYS: [f64; 3] = [2.0, 8.0, 21.0];

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
    /// Harvest: the two clear dates around it where it was seen ([`Standing::Cut`]), after the latest clear date where
    /// the crop stands, else what the calendar and the curve say.
    pub harvest: DateInterval,
    /// Whether the crop still stands.
    pub standing: Standing,
    /// Mean and standard deviation of the harvest, days since 1970.
    pub(in crate::crop) harvest_law: (f64, f64),
    /// The same of maturity.
    pub(in crate::crop) maturity_law: (f64, f64),
    /// Share of the cycle from emergence to maturity that lies behind.
    pub maturity: Interval,
    /// BBCH code on the as-of day, calibrated 80 % interval.
    pub bbch: Option<Interval>,
    /// Probability that it was harvested on or before the as-of day.
    pub harvested_probability: f64,
    /// How time was counted, in words: by calendar days or degree-days, and why.
    pub time: String,
    /// Whether these dates may be told as the plot's: events are looked for by them all the same.
    pub is_told: bool,
}

/// A pooled hypothesis: its dates, its weight, the clock of its crop.
struct Pooled<'a> {
    h: Hypothesis,
    weight: f64,
    clock: Option<&'a Clock>,
    warp: Option<&'a Warp>,
    ripe: f64,
}

impl Pooled<'_> {
    /// The day that lies `days` usual days after another one.
    fn later(&self, from: f64, days: f64) -> f64 {
        later(self.warp, from, days)
    }
}

fn later(warp: Option<&Warp>, from: f64, days: f64) -> f64 {
    warp.map_or(from + days, |w| w.actual(w.usual(from) + days))
}

/// Half-senescence to ripeness by the clock, days.
fn ripe_lag(clock: Option<&Clock>) -> f64 {
    let anchor = clock.and_then(|c| c.anchors.iter().find(|a| a.bbch >= 89.0));
    anchor.filter(|a| a.from == AnchorFrom::Senescence).map_or(RIPE_LAG, |a| a.days)
}

#[expect(clippy::too_many_arguments, reason = "one call; every argument is another kind of fact")]
pub(super) fn develop(
    question: &Question<'_>,
    beside: &Beside<'_>,
    profiles: &Profiles,
    table: &EnsembleTable,
    seen: &Seen,
    classes: &[Class<'_>],
    probability: &[f64],
    declared: &Declared<'_>,
    check: Option<&DeclaredCheck>,
    groups: &[Candidate],
) -> Option<Development> {
    let trusted = check.is_some_and(|c| matches!(c.verdict, Verdict::Consistent | Verdict::Undetermined));
    // Where the declared crop cannot be assumed, its sowing date still names the season: a crop that nobody sows then
    // would answer with the dates of another season.
    let of_season = |c: &Class<'_>| {
        let sown_then = |sown| c.cycle.as_ref().is_some_and(|cycle| (cycle.sowing() - day(sown)).abs() < 1.0);
        question.declared_sowing.is_none_or(sown_then)
    };
    let is_crop = |group: &str| classes.iter().any(|c| c.row.is_some() && c.group == group && of_season(c));
    let by_declaration = trusted && classes.iter().any(|c| declared.is(c));
    // Another crop's dates may be those of another season. Of a declared crop that cannot be assumed they say nothing,
    // unless the other one is named; of one without a calendar nothing at all: it is not among those that were weighed.
    let named = |g: &Candidate| match declared {
        Declared::Nothing => true,
        Declared::NoCalendar(_) => false,
        _ => g.probability >= judge::NAMED,
    };
    let likeliest = groups.iter().find(|g| is_crop(&g.crop));
    let is_told = by_declaration || likeliest.is_some_and(named);
    let top = likeliest.map(|g| g.crop.as_str());
    let assumed = |c: &Class<'_>| {
        c.weighed.is_some()
            && if by_declaration { declared.is(c) } else { Some(c.group.as_str()) == top && of_season(c) }
    };
    let at = day(question.as_of);
    // Without a view the calendar alone speaks.
    let last = seen.day.last().copied().unwrap_or(f64::NEG_INFINITY);
    let mut pool: Vec<Pooled<'_>> = Vec::new();
    let mut crops: Vec<String> = Vec::new();
    let mut green = false;
    let mut best: Option<(&Class<'_>, f64)> = None;
    for (class, p) in classes.iter().zip(probability).filter(|(c, _)| assumed(c)) {
        let Some(weighed) = &class.weighed else { continue };
        let clock = class.row.and_then(|r| profiles.clock(&r.crop, &r.zone));
        if !crops.contains(&class.name) {
            crops.push(class.name.clone());
        }
        if best.is_none_or(|(_, q)| *p > q) {
            best = Some((class, *p));
        }
        if let (Some(cycle), Some(Some(value))) = (&class.cycle, seen.value[0].last()) {
            let [_, _, _, [peak, _], [ripe, _], ..] = cycle.levels[0];
            green |= *value > ripe + GREEN_SHARE * (peak - ripe);
        }
        let warp = class.warp.as_ref();
        for (h, w) in weighed.hypotheses.iter().zip(&weighed.weights) {
            let emergence = later(warp, h.sow, h.emergence - h.sow);
            let ripe = later(warp, h.senescence, ripe_lag(clock));
            let mut h = *h;
            h.emergence = emergence;
            pool.push(Pooled { h, weight: p.max(1e-12) * w, clock, warp, ripe });
        }
    }
    let total: f64 = pool.iter().map(|p| p.weight).sum();
    let (best, _) = best?;
    let takes = |sown: jiff::civil::Date| best.cycle.as_ref().is_some_and(|cycle| cycle.window.takes(sown));
    let sown_as_declared = question.declared_sowing.is_some_and(takes);
    if pool.is_empty() || !(total > 0.0 && total.is_finite()) {
        return None;
    }
    pool.iter_mut().for_each(|p| p.weight /= total);
    let weights: Vec<f64> = pool.iter().map(|p| p.weight).collect();
    let of = |value: &dyn Fn(&Pooled<'_>) -> f64| -> Vec<f64> { pool.iter().map(value).collect() };
    let [_, greenup, _] = quantiles(&of(&|p| p.h.greenup), &weights);

    let share_by = |value: &dyn Fn(&Pooled<'_>) -> f64, t: f64| -> f64 {
        pool.iter().filter(|p| value(p) <= t).map(|p| p.weight).sum()
    };
    let seen_views: Vec<View> = question.views.iter().filter(|v| v.date <= question.as_of).copied().collect();
    let cut::Judged { standing, odds, another_crop } = cut::judge(
        &seen_views,
        beside.nbr2,
        &Timing {
            harvested: &|t| share_by(&|p| p.h.harvest, t),
            ripe: &|t| share_by(&|p| p.ripe, t),
            earliest_ripe: earliest_ripe(best, profiles, greenup),
            greenup,
        },
    );
    // What outgrew the stubble is no standing crop; else a green latest date says that nothing was cut before it.
    let stands = green && !another_crop && standing == Standing::Unclear;
    let standing = if stands { Standing::Yes } else { standing };
    let harvest = of(&|p| p.h.harvest);
    let past = matches!(standing, Standing::Cut { .. } | Standing::CutByCalendar | Standing::Unclear);
    let dated = Some(&seen_views)
        .filter(|_| past)
        .and_then(|views| dating::dated(views, beside.nbr2, greenup, &harvest, &weights))
        .filter(|d| standing != Standing::Unclear || d.past >= 0.5);
    // Where the near infrared was read it dates the cut; a harvest that cannot be told from ripeness stays unclear.
    let standing = match (standing, dated.and_then(|d| d.between)) {
        (Standing::Cut { .. } | Standing::CutByCalendar, Some((from, to))) => Standing::Cut { from, to },
        (Standing::Cut { .. }, None) if dated.is_some() => Standing::CutByCalendar,
        (other, _) => other,
    };
    let [low, mid, high] = match (standing, dated) {
        (Standing::Cut { from, to }, _) => cut::between(from, to),
        (_, Some(d)) => widened(d.percentiles, table, "harvest_dated"),
        _ => widened(standing_harvest(standing, &harvest, &weights, last, odds), table, "harvest"),
    };
    // A crop that stands on the latest clear date is not cut before it.
    let floor = if standing == Standing::Yes { last } else { f64::NEG_INFINITY };
    let harvest = [low, mid, high].map(|d| d.max(floor));

    let maturity_day = of(&|p| p.ripe);
    let share = of(&|p| ((at - p.h.emergence) / (p.ripe - p.h.emergence).max(1.0)).clamp(0.0, 1.0));
    let dates = |values: &[f64], output: &str| interval(widened(quantiles(values, &weights), table, output));
    let [lower, mid_share, upper] =
        widened(quantiles(&share, &weights), table, "maturity").map(|x| x.clamp(0.0, 1.0));
    let codes: Vec<f64> = pool.iter().filter_map(|p| Some(code(p, p.clock?, at))).collect();
    let bbch = (codes.len() == pool.len()).then(|| {
        let [lower, mid, upper] =
            widened(quantiles(&codes, &weights), table, "bbch").map(|x| x.clamp(0.0, 99.0));
        Interval { lower, mid, upper }
    });
    let harvested_probability = match standing {
        Standing::Cut { .. } => 1.0,
        _ => share_by(&|p| p.h.harvest.max(floor + 0.5), at),
    };
    let [p10, p50, p90] = harvest;
    Some(Development {
        crops,
        emergence: dates(
            &of(&|p| p.h.emergence),
            if sown_as_declared { "emergence_sown" } else { "emergence" },
        ),
        greenup: dates(&of(&|p| p.h.greenup), "greenup"),
        senescence: dates(&of(&|p| p.h.senescence), "senescence"),
        harvest: interval(harvest),
        standing,
        harvest_law: (p50, (p90 - p10) / 2.563),
        maturity_law: moments(&maturity_day, &weights),
        maturity: Interval { lower, mid: mid_share, upper },
        bbch,
        harvested_probability,
        time: time_in_words(beside, best),
        is_told,
    })
}

/// First day on which the calendar lets the crop be ripe, moved by the green-up that was seen.
fn earliest_ripe(class: &Class<'_>, profiles: &Profiles, greenup: f64) -> f64 {
    let Some(cycle) = &class.cycle else { return f64::NEG_INFINITY };
    let usual = cycle.hypothesis(&[0.0; DIMENSIONS]);
    let clock = class.row.and_then(|r| profiles.clock(&r.crop, &r.zone));
    let ripe = later(class.warp.as_ref(), usual.senescence, ripe_lag(clock));
    ripe + GREENUP_TO_RIPE * (greenup - usual.greenup) - EARLY_RIPE_DAYS
}

/// Percentiles of the harvest once it is known whether the crop stands on the latest clear date.
fn standing_harvest(standing: Standing, harvest: &[f64], weights: &[f64], last: f64, odds: f64) -> [f64; 3] {
    // The evidence speaks of the latest clear date: it weighs the hypotheses cut by then against the others.
    let factor = |h: f64| match standing {
        Standing::Yes if h <= last => 0.0,
        Standing::Unclear | Standing::CutByCalendar if h <= last => odds.exp(),
        _ => 1.0,
    };
    let weighed: Vec<f64> = harvest.iter().zip(weights).map(|(h, w)| factor(*h) * w).collect();
    let total: f64 = weighed.iter().sum();
    if total < LEAST_LEFT {
        return OVERDUE_DAYS.map(|d| last + d);
    }
    quantiles(harvest, &weighed.iter().map(|w| w / total).collect::<Vec<_>>())
}

fn time_in_words(beside: &Beside<'_>, class: &Class<'_>) -> String {
    match (beside.temperature, &class.warp) {
        (None, _) => "calendar days".to_owned(),
        (Some(_), Some(w)) if w.missing == 0 => format!("degree-days over {} days", w.days),
        (Some(_), Some(w)) => {
            format!(
                "degree-days over {} days; {} without a temperature count as usual ones",
                w.days, w.missing
            )
        }
        (Some((means, _)), None) => means.strange().map_or_else(
            || {
                format!(
                    "calendar days: it is not known what temperatures are usual here, or how {} follows them",
                    class.name
                )
            },
            |departure| format!("calendar days: {departure}"),
        ),
    }
}

fn interval([low, mid, high]: [f64; 3]) -> DateInterval {
    DateInterval { p10: date(low), p50: date(mid), p90: date(high) }
}

/// The 80 % interval as calibrated.
fn widened([low, mid, high]: [f64; 3], table: &EnsembleTable, output: &str) -> [f64; 3] {
    let factor = table.interval(output).map_or(1.0, |(f, _)| f);
    [mid + factor * (low - mid), mid, mid + factor * (high - mid)]
}

/// BBCH code of one hypothesis on a day. Stages never run backwards, whatever its three dates say.
fn code(p: &Pooled<'_>, clock: &Clock, at: f64) -> f64 {
    let mut latest = f64::MIN;
    let points: Vec<(f64, f64)> = (clock.anchors.iter())
        .map(|a| {
            let from = match a.from {
                AnchorFrom::Emergence => p.h.emergence,
                AnchorFrom::Greenup => p.h.greenup,
                AnchorFrom::Senescence => p.h.senescence,
            };
            latest = latest.max(p.later(from, a.days));
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
