//! What is true of each plot, and what an appraisal must therefore answer.
//!
//! Dates follow the HR-VPP definitions on the noise-free daily curve: start at 25 % of the rise, peak,
//! end at 15 % of the fall; written here from the definitions, not shared with the rooms that
//! estimate them.

use jiff::civil::Date;
use serde_json::{Value, json};

use super::growth::Cycle;
use super::perennial::Land;
use super::village::{Cover, Expect};
use super::world::World;

/// Days before sowing and after harvest in which a season's minima may lie.
const MINIMA_DAYS: (usize, usize) = (25, 50);
/// Error of a smoothed curve that a date must survive, NDVI.
const CURVE_ERROR: f64 = 0.05;
/// Tolerance of a date is never under or over this, days.
const TOLERANCE_DAYS: (f64, f64) = (10.0, 30.0);

/// Season dates as day numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Season {
    pub(super) sos: usize,
    pub(super) greenup50: usize,
    pub(super) pos: usize,
    pub(super) senescence50: Option<usize>,
    pub(super) eos: Option<usize>,
    pub(super) base: f64,
    pub(super) peak: f64,
    /// First and last day within 0.03 of the peak.
    pub(super) top: (usize, usize),
}

fn lowest(curve: &[f64], from: usize, to: usize) -> Option<(usize, f64)> {
    (from..to.min(curve.len())).map(|d| (d, curve[d])).min_by(|a, b| a.1.total_cmp(&b.1))
}

/// The season of one crop cycle on the true curve; `None` if the crop never came up.
pub(super) fn season(curve: &[f64], cycle: &Cycle, last_day: usize) -> Option<Season> {
    let end = cycle.harvested.unwrap_or(last_day).min(last_day);
    let from = cycle.emerged?;
    let (pos, peak) =
        (from..=end).map(|d| (d, curve[d])).fold(None, |best: Option<(usize, f64)>, now| match best {
            Some(b) if b.1 >= now.1 => Some(b),
            _ => Some(now),
        })?;
    let (left_day, left) = lowest(curve, cycle.sown.saturating_sub(MINIMA_DAYS.0), pos + 1)?;
    let (right_day, right) = lowest(curve, pos, (end + MINIMA_DAYS.1).min(last_day) + 1)?;
    let rise = |part: f64| (left_day..=pos).find(|d| curve[*d] >= left + part * (peak - left));
    let fall = |part: f64| {
        let level = right + part * (peak - right);
        (right_day > pos && right < peak - 0.5 * (peak - left))
            .then(|| (pos..=right_day).rev().find(|d| curve[*d] >= level))
            .flatten()
    };
    let near: Vec<usize> = (left_day..=right_day).filter(|d| curve[*d] >= peak - 0.03).collect();
    Some(Season {
        sos: rise(0.25)?,
        greenup50: rise(0.5)?,
        pos,
        senescence50: fall(0.5),
        eos: fall(0.15),
        base: f64::midpoint(left, right),
        peak,
        top: (near.first().copied()?, near.last().copied()?),
    })
}

/// How far an honest estimate may be from `day`: half the gap between clear looks around it, and the
/// days in which the curve moves by its own error.
fn tolerance(curve: &[f64], day: usize, clear: &[usize]) -> u32 {
    let before = clear.iter().rev().find(|d| **d <= day).copied().unwrap_or(day.saturating_sub(30));
    let after = clear.iter().find(|d| **d >= day).copied().unwrap_or(day + 30);
    let (a, b) = (day.saturating_sub(5), (day + 5).min(curve.len().saturating_sub(1)));
    let slope = (curve[b] - curve[a]).abs() / (b - a).max(1) as f64;
    let days = 6.0 + (after - before) as f64 / 2.0 + CURVE_ERROR / slope.max(0.004);
    days.clamp(TOLERANCE_DAYS.0, TOLERANCE_DAYS.1).round() as u32
}

impl Expect {
    /// Statuses an appraisal may give.
    pub(super) fn statuses(self) -> &'static [&'static str] {
        match self {
            Expect::Supports => &["supports"],
            Expect::SupportsOrRefer => &["supports", "refer"],
            Expect::Refer => &["refer"],
            Expect::ReferOrNotAppraised => &["refer", "not_appraised"],
            Expect::NotSupports => &["does_not_support", "refer"],
            Expect::NotAppraised => &["not_appraised"],
        }
    }
}

/// What a land cover is called.
pub(super) fn land_word(land: Land) -> &'static str {
    match land {
        Land::Grass => "grassland",
        Land::Fallow => "fallow",
        Land::Wood => "trees",
        Land::Pond => "water",
        Land::Verge => "verge",
        Land::Built => "built",
    }
}

/// Every season of a parcel, one object per crop cycle; `seen` is the first and the last day with an
/// overpass, and what lies before the first is `null`, because nobody could have seen it.
pub(super) fn seasons(
    world: &World,
    cover: &Cover,
    cycles: &[Cycle],
    curve: &[f64],
    clear: &[usize],
    seen: (usize, usize),
) -> Vec<Value> {
    let (first_day, last_day) = seen;
    let date = |day: usize| world.date_of(day).to_string();
    let maybe = |day: Option<usize>| day.filter(|d| *d <= last_day).map(date);
    let near = |day: usize| json!({ "date": date(day), "tolerance_days": tolerance(curve, day, clear) });
    if let Cover::Lasting(land) = cover {
        return (world.years.0..=world.years.1)
            .map(|year| json!({ "year": year, "cropped": false, "land": land_word(*land) }))
            .collect();
    }
    cycles
        .iter()
        .filter(|c| c.sown <= last_day)
        .map(|c| {
            let mut out = json!({
                "year": c.year,
                "cropped": true,
                "crop": c.species.name,
                "sowing": date(c.sown),
                "emergence": maybe(c.emerged),
                "flowering": maybe(c.flowered),
                "ripe": maybe(c.ripe),
                "harvest": maybe(c.harvested),
                "peak_lai": (f64::from(c.peak_lai) * 100.0).round() / 100.0,
            });
            if let Some(s) = season(curve, c, last_day) {
                let mut pos = near(s.pos);
                pos["from"] = json!(date(s.top.0));
                pos["to"] = json!(date(s.top.1));
                let seen_to_rise = s.sos > first_day + 10;
                out["sos"] = if seen_to_rise { near(s.sos) } else { Value::Null };
                out["greenup50"] = if seen_to_rise { near(s.greenup50) } else { Value::Null };
                out["pos"] = pos;
                out["senescence50"] = s.senescence50.map_or(Value::Null, near);
                out["eos"] = s.eos.map_or(Value::Null, near);
                out["base_ndvi"] = json!((s.base * 1000.0).round() / 1000.0);
                out["peak_ndvi"] = json!((s.peak * 1000.0).round() / 1000.0);
            }
            out
        })
        .collect()
}

/// `[date, NDVI]` pairs.
pub(super) fn pairs(world: &World, curve: &[f64], days: impl Iterator<Item = usize>) -> Vec<(Date, f64)> {
    days.filter_map(|d| curve.get(d).map(|v| (world.date_of(d), (v * 1000.0).round() / 1000.0))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::species::MAIZE;

    #[test]
    fn a_tent_has_the_dates_that_geometry_gives() {
        // 0.2 until day 40, up to 0.8 on day 101, down to 0.2 on day 162
        let curve: Vec<f64> =
            (0..220).map(|d| 0.2 + 0.6 * (1.0 - (f64::from(d) - 101.0).abs() / 61.0).max(0.0)).collect();
        let cycle = Cycle {
            species: &MAIZE,
            year: 2022,
            sown: 35,
            emerged: Some(45),
            flowered: None,
            ripe: None,
            harvested: Some(150),
            peak_lai: 4.0,
        };
        let s = season(&curve, &cycle, 219).unwrap();
        // 25 % and 50 % of the way up; 50 % of the way down; 15 % above the ground
        assert_eq!((s.sos, s.greenup50, s.pos), (56, 71, 101));
        assert_eq!((s.senescence50, s.eos), (Some(131), Some(152)));
        assert!((s.base - 0.2).abs() < 1e-9 && (s.peak - 0.8).abs() < 1e-9);
        // still falling: the end has not been seen
        let open = season(&curve, &Cycle { harvested: None, ..cycle }, 110).unwrap();
        assert_eq!((open.senescence50, open.eos), (None, None));
    }
}
