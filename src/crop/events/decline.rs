//! A slow decline: greenness below what the season lets expect for weeks, without a step; growth that stops counts, too.

use crate::series::days_between;

use super::loss::{Scene, level_before};
use super::timing::Timing;
use super::{Event, EventKind, EventRules, Found, Glance};

/// Level below which nothing has grown that could decline, NDVI above bare soil.
const LEAST_HEIGHT: f64 = 0.25;
/// How far back from the last clear date the greenest one may lie, days: an older one is another season's.
const SEASON_DAYS: i32 = 200;
/// How long a level says what is to be expected, days (design value).
const HELD_DAYS: i32 = 75;
/// What the expectation may be wrong by over that time, NDVI (design value).
const MODEL_SD: f64 = 0.06;
/// A level that is worth asking the ensemble about: as many next dates lie below it by this, NDVI, the last level asked
/// about lies this far back, days, and by the dates known at full green the crop may still be unripe.
const NEXT_DATES: usize = 3;
const BELOW_NDVI: f64 = 0.05;
const APART_DAYS: i32 = 8;
const UNRIPE: f64 = 0.3;

/// The first decline of the last season in sight; `None` where a sudden fall explains it.
pub(super) fn find(scene: &Scene<'_>, found: &Found) -> Option<Event> {
    let end = scene.clear.last()?.date;
    let recent = scene.clear.partition_point(|g| days_between(g.date, end) > SEASON_DAYS);
    let top = scene.clear.get(recent..)?.iter().reduce(|a, b| if b.ndvi > a.ndvi { b } else { a })?;
    let mut of_top: Option<Vec<Timing>> = None;
    let mut asked = None;
    for (at, anchor) in scene.clear.iter().enumerate().skip(recent) {
        let later: Vec<&Glance> = (scene.clear.get(at + 1..)?.iter())
            .take_while(|g| days_between(anchor.date, g.date) <= HELD_DAYS)
            .collect();
        // Clouds and haze lower NDVI and hardly raise it: a single date stands for a level, less its noise.
        let level = level_before(scene.clear.get(..=at)?, anchor.date)?.max(anchor.ndvi - scene.noise);
        let falls =
            later.len() >= NEXT_DATES && later.iter().take(NEXT_DATES).all(|g| g.ndvi <= level - BELOW_NDVI);
        let near = asked.is_some_and(|on| days_between(on, anchor.date) < APART_DAYS);
        if level - scene.base < LEAST_HEIGHT || !falls || near {
            continue;
        }
        let of_top = of_top.get_or_insert_with(|| (scene.timings)(top.date));
        // Without a declaration the dates are those of a guess, and late or early is not known.
        if !of_top.first().is_some_and(Timing::is_declared) {
            return None;
        }
        let unripe = |t: &Timing| later.iter().filter(|g| t.ripe_by(g.date) < UNRIPE).count() >= NEXT_DATES;
        if !of_top.first().is_some_and(unripe) {
            continue;
        }
        asked = Some(anchor.date);
        let timings = (scene.timings)(anchor.date);
        if let Some(event) = held_from(scene, found, anchor, level, &later, &timings) {
            return Some(event);
        }
    }
    None
}

/// The decline against a level held from one date.
fn held_from(
    scene: &Scene<'_>,
    found: &Found,
    anchor: &Glance,
    level: f64,
    later: &[&Glance],
    timings: &[Timing],
) -> Option<Event> {
    let rules = scene.rules;
    let timing = timings.first().filter(|t| !t.is_misfit() && anchor.date >= t.greenup.p10)?;
    let all: Vec<_> = timings.iter().map(|t| scene.expectation(anchor.date, level, MODEL_SD, t)).collect();
    let ripe = |g: &Glance| timings.iter().map(|t| t.ripe_by(g.date)).fold(0.0, f64::max);
    let low = |g: &Glance| {
        all.iter().all(|e| {
            e.residual(g.date, g.ndvi) <= -rules.decline_sd && e.on(g.date).0 - g.ndvi >= rules.min_drop_ndvi
        })
    };
    let (mut run, mut from): (Vec<&Glance>, _) = (Vec::new(), anchor.date);
    for g in later.iter().copied().take_while(|g| ripe(g) < rules.loss_max_ripe) {
        if low(g) {
            run.push(g);
        } else if long_enough(&run, rules) {
            break;
        } else {
            run.clear();
            from = g.date;
        }
    }
    let (first, last) = (run.first()?, run.last()?);
    let sudden = found.events.iter().any(|e| e.to >= anchor.date && e.from <= last.date);
    if sudden || !long_enough(&run, rules) {
        return None;
    }
    let expected = all.first()?;
    let missing = |g: &&Glance| {
        let (mean, _) = expected.on(g.date);
        1.0 - ((g.ndvi - scene.base) / (mean - scene.base).max(0.05)).clamp(0.0, 1.0)
    };
    let worst = run.iter().map(|g| expected.on(g.date).0 - g.ndvi).fold(f64::NEG_INFINITY, f64::max);
    Some(Event {
        kind: EventKind::Decline,
        from,
        to: first.date,
        last: last.date,
        drop: worst,
        severity: Some(run.iter().map(missing).sum::<f64>() / run.len() as f64),
        area_fraction: None,
        ripe_probability: ripe(last),
        harvest_from: Some(timing.harvest.p10),
        declared_before: timing.declared,
        evidence: run.iter().map(|g| g.date).collect(),
    })
}

fn long_enough(run: &[&Glance], rules: &EventRules) -> bool {
    let (Some(first), Some(last)) = (run.first(), run.last()) else { return false };
    run.len() >= rules.decline_dates
        && days_between(first.date, last.date) >= i32::try_from(rules.decline_days).unwrap_or(i32::MAX)
}
