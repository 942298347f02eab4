//! Growth stage: from a crop's stage clock where its dates are known, else from the shape of the curve.

use jiff::civil::Date;

use crate::phenology::Season;
use crate::series::Smooth;

use super::calendar::Dates;
use super::normal::{Z90, day};
use super::profile::{AnchorFrom, Clock};
use super::{CropRules, Interval, Stage};

/// NDVI of the curve below which land is called bare.
pub(super) const MOST_BARE_NDVI: f64 = 0.30;

/// BBCH code on a day by the clock, with an 80 % interval.
pub(super) fn bbch(clock: &Clock, dates: &Dates, at: Date, rules: &CropRules) -> Option<Interval> {
    let senescence = dates.senescence?;
    let reach = |z: f64| -> f64 {
        let mut latest = f64::MIN;
        let points: Vec<(f64, f64)> = (clock.anchors.iter())
            .map(|a| {
                let law = match a.from {
                    AnchorFrom::Emergence => dates.emergence,
                    AnchorFrom::Greenup => dates.greenup,
                    AnchorFrom::Senescence => senescence,
                };
                // Stages never run backwards, whatever the laws of the three dates say.
                latest = latest.max(law.mean + z * law.sd + a.days);
                (latest, a.bbch)
            })
            .collect();
        read_off(&points, day(at))
    };
    let wide = Z90 * rules.bbch_widening;
    Some(Interval { lower: reach(wide), mid: reach(0.0), upper: reach(-wide) })
}

/// Linear between points, level outside; 0 before the first.
pub(super) fn read_off(points: &[(f64, f64)], at: f64) -> f64 {
    let after = points.partition_point(|p| p.0 <= at);
    match (after.checked_sub(1).and_then(|i| points.get(i)), points.get(after)) {
        (Some(a), Some(b)) => a.1 + (b.1 - a.1) * (at - a.0) / (b.0 - a.0).max(1e-9),
        (Some(a), None) => a.1,
        (None, _) => 0.0,
    }
}

/// The stage that a BBCH code belongs to.
pub(super) fn of_bbch(bbch: f64) -> Stage {
    match bbch {
        b if b < 10.0 => Stage::Bare,
        b if b < 30.0 => Stage::Emergence,
        b if b < 50.0 => Stage::Vegetative,
        b if b < 70.0 => Stage::Peak,
        b if b < 87.0 => Stage::Senescence,
        _ => Stage::Mature,
    }
}

/// The stage by the shape of a season's curve alone.
///
/// # Method
/// Before the maximum is past: level share of the way from soil to a full stand, and whether the curve still rises.
/// After it: share of the amplitude that is lost, peak below 8 %, senescence below 85 %, mature from there.
pub(super) fn of_curve(season: &Season, smooth: &Smooth) -> Stage {
    let Some(now) = smooth.values.last().copied() else { return Stage::Unknown };
    if season.pos.is_none() {
        let before = smooth.values.len().checked_sub(15).and_then(|i| smooth.values.get(i)).copied();
        let level_top = before.is_some_and(|b| (now - b).abs() < 0.04);
        return match now {
            z if z < 0.45 => Stage::Emergence,
            z if z >= 0.60 && level_top => Stage::Peak,
            _ => Stage::Vegetative,
        };
    }
    if season.eos.is_some() {
        return Stage::Mature;
    }
    let lost = (season.peak - now) / season.amplitude.max(1e-6);
    match lost {
        l if l < 0.08 => Stage::Peak,
        l if l < 0.85 => Stage::Senescence,
        _ => Stage::Mature,
    }
}

/// The stage of a plot without a season: bare, emerging, or not to be told.
pub(super) fn without_season(smooth: &Smooth, rules: &CropRules) -> Stage {
    let Some(now) = smooth.values.last().copied() else { return Stage::Unknown };
    if rise_since_low(smooth) >= rules.emergence_rise_ndvi && now < 0.60 {
        Stage::Emergence
    } else if now < MOST_BARE_NDVI {
        Stage::Bare
    } else {
        Stage::Unknown
    }
}

/// Rise of the curve's last value above its minimum in the last 90 days, NDVI.
pub(super) fn rise_since_low(smooth: &Smooth) -> f64 {
    let recent = &smooth.values[smooth.values.len().saturating_sub(90)..];
    let low = recent.iter().copied().fold(f64::INFINITY, f64::min);
    recent.last().map_or(0.0, |now| now - low)
}
