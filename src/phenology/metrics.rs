//! Dates, levels and quality of one season whose place on the curve is known.

use crate::series::{Series, Smooth};

use super::crests::Crest;
use super::{Quality, Season, SeasonRules};

/// Most days a threshold date may be uncertain by: beyond this the date says nothing.
const MOST_SD_DAYS: f64 = 60.0;

/// The season of a crest; `None` when its amplitude is not above zero.
pub(super) fn measure(
    series: &Series,
    smooth: &Smooth,
    c: &Crest,
    last: bool,
    rules: &SeasonRules,
) -> Option<Season> {
    let z = &smooth.values;
    let peak = z[c.top];
    let (z_left, z_right) = (z[c.left], z[c.right]);

    // Was the record already inside the season when it began?
    let low = z_right.min(rules.soil_level_ndvi);
    let start_unseen = c.left == 0 && z_left - low > rules.start_share * (peak - low);
    // A peak on the first day may lie before it.
    let rise = peak - z_left;

    let agree = |day: usize| smooth.clear_between(day + 1, z.len() - 1) >= rules.agreeing_dates;
    let fall = peak - z[c.right.max(c.top)];
    let peaked = !last || peak_is_past(series, smooth, c, rules);

    let eos_day = last_at(z, c.top, c.right, z_right + rules.end_share * (peak - z_right));
    let closed = peaked && (!last || end_is_settled(smooth, c, eos_day, fall, rise, agree(eos_day), rules));

    // While it still falls, the level to which it will fall is taken to be the left minimum, or bare soil when the
    // record begins so late that the left minimum may not have been seen.
    let floor = if closed {
        z_right
    } else if c.left == 0 {
        low
    } else {
        z_left.min(z_right)
    };
    let senescence_day = last_at(z, c.top, c.right, floor + 0.5 * (peak - floor));
    let half_fallen = peaked && z[c.right] < floor + 0.5 * (peak - floor);

    let base = match (closed, start_unseen) {
        (true, false) => f64::midpoint(z_left, z_right),
        (true, true) => z_right,
        (false, _) => z_left,
    };
    let amplitude = peak - base;
    if amplitude <= 0.0 {
        return None;
    }

    let rise_from = if c.first == c.top { c.left } else { c.dip };
    let rise_base = if start_unseen && closed { z_left.min(z_right) } else { z[rise_from] };
    let sos_day = first_at(z, c.left, c.top, z_left + rules.start_share * rise);
    let greenup_day = first_at(z, rise_from, c.top, rise_base + 0.5 * (peak - rise_base));
    let risen = agree(greenup_day) && (peaked || rise_is_slowing(z, c));
    let greenup_seen = z[rise_from] < rise_base + 0.5 * (peak - rise_base) && risen;
    let sos_seen = !start_unseen && rise > 0.0 && risen;

    let end = if closed { c.right } else { z.len() - 1 };
    let up90 = first_at(z, c.left, c.top, z_left + 0.9 * rise);
    let down90 = last_at(z, c.top, end, floor + 0.9 * (peak - floor));
    let clear_by_phase = [
        smooth.clear_between(c.left, up90.saturating_sub(1)),
        smooth.clear_between(up90, down90),
        smooth.clear_between(down90 + 1, end),
    ];
    Some(Season {
        sos: sos_seen.then(|| smooth.date(sos_day)),
        pos: peaked.then(|| smooth.date(c.top)),
        eos: closed.then(|| smooth.date(eos_day)),
        greenup50: greenup_seen.then(|| smooth.date(greenup_day)),
        senescence50: half_fallen.then(|| smooth.date(senescence_day)),
        base,
        peak,
        amplitude,
        integral: (closed && sos_seen).then(|| integral(z, c, sos_day, eos_day)),
        clear_obs: smooth.clear_between(c.left, end),
        clear_by_phase,
        max_gap_days: longest_gap(&smooth.days, c.left, end),
        sos_sd_days: sos_seen.then(|| date_sd(smooth, sos_day)),
        eos_sd_days: closed.then(|| date_sd(smooth, eos_day)),
        quality: quality(clear_by_phase),
    })
}

/// The curve has fallen by a share of the amplitude and enough later clear dates lie that low too.
fn peak_is_past(series: &Series, smooth: &Smooth, c: &Crest, rules: &SeasonRules) -> bool {
    let z = &smooth.values;
    let peak = z[c.top];
    let later = series.samples().iter().zip(&smooth.days).filter(|(_, day)| **day > c.top);
    let amplitude = peak - z[c.left].min(rules.soil_level_ndvi.max(z[c.right]));
    let level = peak - rules.peak_fall_share * amplitude;
    let low = later.filter(|(s, _)| s.ndvi <= level).count();
    z[z.len() - 1] <= level && low >= rules.agreeing_dates
}

/// Whether the steepest part of the rise is behind: before that, half of the rise so far says nothing about half of
/// the rise to come.
fn rise_is_slowing(z: &[f64], c: &Crest) -> bool {
    const STEP: usize = 5;
    let steepest = (c.left..c.top.saturating_sub(STEP)).map(|i| z[i + STEP] - z[i]).fold(0.0, f64::max);
    let end = z.len() - 1;
    end >= STEP && z[end] - z[end - STEP] <= 0.5 * steepest
}

/// An unfinished season's end stands when days and clear dates lie behind it and most of the rise is lost.
fn end_is_settled(
    smooth: &Smooth,
    c: &Crest,
    eos: usize,
    fall: f64,
    rise: f64,
    agree: bool,
    rules: &SeasonRules,
) -> bool {
    let passed = smooth.values.len() - 1 - eos;
    let unseen_rise = c.left == 0;
    let lost =
        fall >= rules.end_min_fall_share * rise || unseen_rise && fall >= rules.end_min_fall_share * 0.5;
    agree && lost && c.right > c.top && passed >= rules.end_settled_days as usize
}

/// First day from `a` to `b` at or above `level`; `b` when there is none.
fn first_at(z: &[f64], a: usize, b: usize, level: f64) -> usize {
    (a..=b).find(|i| z[*i] >= level).unwrap_or(b)
}

/// Last day from `a` to `b` at or above `level`; `a` when there is none.
fn last_at(z: &[f64], a: usize, b: usize, level: f64) -> usize {
    (a..=b).rev().find(|i| z[*i] >= level).unwrap_or(a)
}

/// Area between the curve and the line joining both minima, from start to end, NDVI days.
fn integral(z: &[f64], c: &Crest, sos: usize, eos: usize) -> f64 {
    let width = (c.right - c.left).max(1) as f64;
    let line = |i: usize| z[c.left] + (z[c.right] - z[c.left]) * (i - c.left) as f64 / width;
    (sos..=eos).map(|i| z[i] - line(i)).sum()
}

/// Standard deviation of a threshold date, days: noise of the curve over its slope, and the time without a clear
/// date around it.
///
/// # Sources
/// CLMS MR-VPP ATBD (sigma_z / |dz/dt|); a uniform law over the gap for the sampling.
fn date_sd(smooth: &Smooth, day: usize) -> f64 {
    let z = &smooth.values;
    let (a, b) = (day.saturating_sub(1), (day + 1).min(z.len() - 1));
    let slope = ((z[b] - z[a]) / (b - a).max(1) as f64).abs().max(1e-4);
    let by_noise = smooth.sd.get(day).copied().unwrap_or(0.0) / slope;
    let gap = gap_around(&smooth.days, day);
    (by_noise * by_noise + gap * gap / 12.0).sqrt().min(MOST_SD_DAYS)
}

/// Days between the clear dates on both sides of a day.
fn gap_around(clear: &[usize], day: usize) -> f64 {
    let after = clear.partition_point(|d| *d < day);
    let right = clear.get(after).or(clear.last());
    let left = after.checked_sub(1).and_then(|i| clear.get(i)).or(clear.first());
    match (left, right) {
        (Some(l), Some(r)) => r.saturating_sub(*l) as f64,
        _ => 0.0,
    }
}

/// Longest time without a clear date from `from` to `to`, days; both ends count as seen.
fn longest_gap(clear: &[usize], from: usize, to: usize) -> u32 {
    let mut before = from;
    let mut longest = 0;
    for day in clear.iter().copied().filter(|d| (from..=to).contains(d)).chain([to]) {
        longest = longest.max(day - before);
        before = day;
    }
    u32::try_from(longest).unwrap_or(u32::MAX)
}

/// HR-VPP quality: more than two clear dates in three phases, in two, or in fewer.
fn quality(clear_by_phase: [usize; 3]) -> Quality {
    match clear_by_phase.iter().filter(|n| **n > 2).count() {
        3 => Quality::High,
        2 => Quality::Medium,
        _ => Quality::Low,
    }
}
