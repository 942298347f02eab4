//! A slow decline: greenness below what the season lets expect for weeks, without a step.

use crate::series::days_between;

use super::loss::Scene;
use super::{Event, EventKind, Found, Glance};

/// Clear dates at full green that make the level, and how far from the greenest they may lie, days.
const TOP_DATES: usize = 3;
const TOP_DAYS: i32 = 30;
/// Level below which nothing has grown that could decline, NDVI above bare soil.
const LEAST_HEIGHT: f64 = 0.25;
/// How far back from the last clear date the greenest one may lie, days: an older one is another season's.
const SEASON_DAYS: i32 = 200;

/// The decline of the last season in sight; `None` where a sudden fall explains it.
pub(super) fn find(scene: &Scene<'_>, found: &Found) -> Option<Event> {
    let rules = scene.rules;
    let end = scene.clear.last()?.date;
    let recent: Vec<&Glance> =
        scene.clear.iter().filter(|g| days_between(g.date, end) <= SEASON_DAYS).collect();
    let top = recent.iter().copied().reduce(|a, b| if b.ndvi > a.ndvi { b } else { a })?;
    let around = recent.iter().filter(|g| days_between(g.date, top.date).abs() <= TOP_DAYS);
    let mut high: Vec<f64> = around.map(|g| g.ndvi).collect();
    high.sort_by(|a, b| b.total_cmp(a));
    // The median of the greenest dates: one bright date makes no level.
    let level = *high.get(high.len().min(TOP_DATES).checked_sub(1)? / 2)?;
    if high.len() < 2 || level - scene.base < LEAST_HEIGHT {
        return None;
    }
    let later: Vec<&Glance> = recent.into_iter().filter(|g| g.date > top.date).collect();
    if later.iter().all(|g| level - g.ndvi < rules.min_drop_ndvi) {
        return None;
    }
    let timings = (scene.timings)(top.date);
    let timing = timings.first().filter(|t| !t.is_misfit())?;
    let expected = scene.expectation(top.date, level, timing);
    let ripe = |g: &Glance| timings.iter().map(|t| t.ripe_by(g.date)).fold(0.0, f64::max);
    let growing = later.iter().take_while(|g| ripe(g) < rules.loss_max_ripe);
    let mut run: Vec<&Glance> = Vec::new();
    let mut from = top.date;
    for g in growing {
        if expected.residual(g.date, g.ndvi) <= -rules.decline_sd {
            run.push(g);
        } else if long_enough(&run, rules) {
            break;
        } else {
            run.clear();
            from = g.date;
        }
    }
    let (first, last) = (run.first()?, run.last()?);
    let sudden = found.falls.iter().any(|(a, b)| *b >= from && *a <= last.date);
    if sudden || !long_enough(&run, rules) {
        return None;
    }
    let worst = run.iter().map(|g| expected.on(g.date).0 - g.ndvi).fold(f64::NEG_INFINITY, f64::max);
    if worst < rules.min_drop_ndvi {
        return None;
    }
    let missing = |g: &&Glance| {
        let (mean, _) = expected.on(g.date);
        1.0 - ((g.ndvi - scene.base) / (mean - scene.base).max(0.05)).clamp(0.0, 1.0)
    };
    let severity = run.iter().map(missing).sum::<f64>() / run.len() as f64;
    Some(Event {
        kind: EventKind::Decline,
        from,
        to: first.date,
        last: last.date,
        drop: worst,
        severity: Some(severity),
        area_fraction: None,
        ripe_probability: ripe(last),
        harvest_from: Some(timing.harvest.p10),
        declared_before: timing.declared,
        evidence: run.iter().map(|g| g.date).collect(),
    })
}

fn long_enough(run: &[&Glance], rules: &super::EventRules) -> bool {
    let (Some(first), Some(last)) = (run.first(), run.last()) else { return false };
    run.len() >= rules.decline_dates
        && days_between(first.date, last.date) >= i32::try_from(rules.decline_days).unwrap_or(i32::MAX)
}
