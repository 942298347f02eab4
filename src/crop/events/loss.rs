//! Sudden falls: loss, early cut, or harvest.

use jiff::civil::Date;

use crate::series::days_between;

use super::super::normal::{date, day};
use super::expect::Expectation;
use super::timing::Timing;
use super::{Event, EventKind, EventRules, Found, Glance};

/// Clear dates that make the level before a fall, at most, and how far back they may lie, days.
const LEVEL_DATES: usize = 3;
const LEVEL_DAYS: i32 = 60;
/// A fall is sudden when its depth is reached from a clear date at most this long before, days.
const SUDDEN_DAYS: i32 = 20;
/// Days after a fall over which its weight is taken.
const SEVERITY_DAYS: i32 = 30;
/// Probability of ripeness from which an odd crop may be ripening already (design value).
const MAY_RIPEN: f64 = 0.005;
/// Crops that are also cut green, and when after green-up, days, at which NDVI (science 7.3).
const CUT_GREEN: [&str; 4] = ["maize", "sorghum", "rye", "triticale"];
const CUT_GREEN_DAYS: (i32, i32) = (60, 110);
const CUT_GREEN_NDVI: f64 = 0.65;

/// What the search looks at.
#[derive(Clone, Copy)]
pub(super) struct Scene<'a> {
    pub clear: &'a [Glance],
    pub base: f64,
    pub noise: f64,
    pub timings: &'a dyn Fn(Date) -> Vec<Timing>,
    pub rules: &'a EventRules,
}

impl Scene<'_> {
    /// What a level on a day lets expect; `model_sd` is what that may be wrong by, NDVI.
    pub(super) fn expectation<'t>(
        &self,
        from: Date,
        level: f64,
        model_sd: f64,
        timing: &'t Timing,
    ) -> Expectation<'t> {
        let sd = self.noise.hypot(model_sd);
        Expectation { day: day(from), level, base: self.base, sd, timing }
    }
}

/// Every sudden fall, and those among them that are no harvest.
pub(super) fn find(scene: &Scene<'_>) -> Found {
    let mut found = Found::default();
    let mut at = 1;
    while at < scene.clear.len() {
        match fall_at(scene, at) {
            Some(fall) => {
                found.falls.push((fall.from, fall.to));
                // The next fall is another one only after this one's time.
                let until = fall.last;
                at = scene.clear.partition_point(|g| g.date <= until).max(at + 1);
                if let Some(event) = fall.event {
                    found.events.push(event);
                }
            }
            None => at += 1,
        }
    }
    found
}

struct Fall {
    from: Date,
    to: Date,
    last: Date,
    event: Option<Event>,
}

fn fall_at(scene: &Scene<'_>, at: usize) -> Option<Fall> {
    let rules = scene.rules;
    let low = scene.clear.get(at)?;
    let earlier = scene.clear.get(..at)?;
    let before = earlier.last()?;
    let longest = i32::try_from(rules.max_bracket_days).unwrap_or(i32::MAX);
    if days_between(before.date, low.date) > longest {
        return None;
    }
    // Clouds and haze lower NDVI and hardly raise it: a single date stands for a level, less its noise.
    let level = level_before(earlier, low.date)?.max(before.ndvi - scene.noise);
    let highest = earlier
        .iter()
        .rev()
        .take_while(|g| g.date == before.date || days_between(g.date, low.date) <= SUDDEN_DAYS)
        .map(|g| g.ndvi)
        .fold(f64::NEG_INFINITY, f64::max);
    if level - low.ndvi < rules.min_drop_ndvi || highest - low.ndvi < rules.min_drop_ndvi {
        return None;
    }
    // Never one date alone.
    let next = scene.clear.get(at + 1).filter(|g| days_between(low.date, g.date) <= longest)?;
    let timings = (scene.timings)(before.date);
    let timing = timings.first()?;
    let expected = scene.expectation(before.date, level, rules.model_sd_ndvi, timing);
    let (mean, _) = expected.on(low.date);
    let ripe = timings.iter().map(|t| t.ripe_by(low.date)).fold(0.0, f64::max);
    // A fall inside the expected harvest window is no early one, however the ripeness is guessed.
    let in_window = timings.iter().any(|t| low.date >= t.harvest.p10);
    let early_enough = ripe <= rules.harvest_min_ripe && !in_window;
    // A harvest is a fall too, though one that was expected by one of the crops; it is told to the neighbours.
    let unexpected = timings.iter().all(|t| {
        let expected = scene.expectation(before.date, level, rules.model_sd_ndvi, t);
        expected.on(low.date).0 - low.ndvi >= rules.min_drop_ndvi
            && expected.residual(low.date, low.ndvi) <= -rules.first_date_sd
            && expected.residual(next.date, next.ndvi) <= -rules.next_date_sd
    });
    let window = i32::try_from(rules.recovery_days).unwrap_or(i32::MAX);
    let after: Vec<&Glance> =
        scene.clear.get(at..)?.iter().take_while(|g| days_between(low.date, g.date) <= window).collect();
    let deepest = after.iter().map(|g| g.ndvi).fold(next.ndvi, f64::min);
    let recovered = after.iter().skip(1).chain([&next]).any(|g| {
        let past_deepest = g.ndvi > deepest;
        past_deepest && g.ndvi - deepest > 0.5 * (level - deepest)
    });
    if recovered {
        return None;
    }
    let last = after.last().map_or(low.date, |g| g.date).max(next.date);
    // What was green before the crop's own green-up, or while another crop than the declared one grew, was not its: a
    // cover crop that is ploughed in is no loss.
    let own = before.date >= timing.greenup.p10 && !timing.is_misfit();
    let sudden = level - low.ndvi >= rules.sudden_share * (level - deepest);
    let event =
        (early_enough && unexpected && own && sudden && !ripens(before, next, ripe, rules)).then(|| {
            let bare = next.ndvi <= scene.base + rules.bare_margin_ndvi;
            let asks = ripe >= rules.loss_max_ripe || may_be_cut_green(timing, before, level);
            // Where nobody said what was to grow, the dates are those of a guess: a cover crop that is ploughed in, a meadow
            // that is turned and silage look like a lost crop.
            let kind = match (timing.is_declared(), bare && asks) {
                (false, _) => EventKind::CoverGone,
                (true, true) => EventKind::EarlyHarvest,
                (true, false) => EventKind::Loss,
            };
            let mut evidence: Vec<Date> = after.iter().map(|g| g.date).chain([next.date]).collect();
            evidence.sort_unstable();
            evidence.dedup();
            Event {
                kind,
                from: before.date,
                to: low.date,
                last,
                drop: mean - low.ndvi,
                severity: severity(scene, &expected, at),
                area_fraction: area(low, next, level - rules.min_drop_ndvi),
                ripe_probability: ripe,
                harvest_from: Some(timing.harvest.p10),
                declared_before: timing.declared,
                evidence,
            }
        });
    Some(Fall { from: before.date, to: low.date, last, event })
}

/// Median of the last clear dates before a day.
pub(super) fn level_before(earlier: &[Glance], on: Date) -> Option<f64> {
    let mut last: Vec<f64> = earlier
        .iter()
        .rev()
        .take(LEVEL_DATES)
        .take_while(|g| days_between(g.date, on) <= LEVEL_DAYS)
        .map(|g| g.ndvi)
        .collect();
    last.sort_by(f64::total_cmp);
    match (last.get(last.len().saturating_sub(1) / 2), last.get(last.len() / 2)) {
        (Some(a), Some(b)) => Some(0.5 * (a + b)),
        _ => None,
    }
}

/// Whether the crop may be turning yellow by itself: dry leaves keep the near infrared that lost ones take away.
fn ripens(before: &Glance, next: &Glance, ripe: f64, rules: &EventRules) -> bool {
    let kept = before.nir.zip(next.nir).filter(|(a, _)| *a > 0.0).map(|(a, b)| b / a);
    ripe >= MAY_RIPEN && kept.is_some_and(|kept| kept > 1.0 - rules.least_nir_fall)
}

/// Whether a farmer may have cut the crop green on purpose.
fn may_be_cut_green(timing: &Timing, before: &Glance, level: f64) -> bool {
    let since = days_between(timing.greenup.p50, before.date);
    timing.crops.iter().any(|c| CUT_GREEN.iter().any(|g| c.contains(g)))
        && (CUT_GREEN_DAYS.0 - 15..=CUT_GREEN_DAYS.1).contains(&since)
        && level >= CUT_GREEN_NDVI
}

/// Share of the expected greenness over the days after the fall that is missing.
fn severity(scene: &Scene<'_>, expected: &Expectation<'_>, at: usize) -> Option<f64> {
    let seen = scene.clear.get(at..)?;
    let first = seen.first()?;
    let (mut have, mut should) = (0.0, 0.0);
    for step in 0..=SEVERITY_DAYS {
        let on = date(day(first.date) + f64::from(step));
        let Some(value) = between(seen, on) else { break };
        have += (value - scene.base).max(0.0);
        should += (expected.on(on).0 - scene.base).max(0.0);
    }
    (should > 0.0).then(|| (1.0 - have / should).clamp(0.0, 1.0))
}

/// NDVI on a day between two clear dates.
fn between(seen: &[Glance], on: Date) -> Option<f64> {
    let after = seen.partition_point(|g| g.date < on);
    let right = seen.get(after)?;
    let Some(left) = after.checked_sub(1).and_then(|k| seen.get(k)) else { return Some(right.ndvi) };
    let width = f64::from(days_between(left.date, right.date).max(1));
    let share = f64::from(days_between(left.date, on)) / width;
    Some(left.ndvi + share * (right.ndvi - left.ndvi))
}

/// Share of the plot's pixels below a level on both dates: the smaller one, so that one bad date cannot enlarge it.
fn area(low: &Glance, next: &Glance, level: f64) -> Option<f64> {
    Some(below(&low.spread?, level).min(below(&next.spread?, level)))
}

/// Share of pixels below a level, from percentiles.
fn below(spread: &[f64; 5], level: f64) -> f64 {
    const AT: [f64; 5] = [0.10, 0.25, 0.50, 0.75, 0.90];
    let [first, .., last] = *spread;
    if level <= first {
        return 0.0;
    }
    if level >= last {
        return 1.0;
    }
    for k in 0..4 {
        let (Some(a), Some(b)) = (spread.get(k), spread.get(k + 1)) else { break };
        if level <= *b {
            let share = if b > a { (level - a) / (b - a) } else { 1.0 };
            return AT[k] + share * (AT[k + 1] - AT[k]);
        }
    }
    1.0
}
