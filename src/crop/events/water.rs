//! Water on a growing crop.

use jiff::civil::Date;

use crate::series::days_between;

use super::timing::Timing;
use super::{Event, EventKind, EventRules, Glance};

/// Share of the plot that a wet plot mean stands for: the mean is water's when about half of it is.
const WET_MEAN: f64 = 0.5;
/// Green reflectance up to which a surface can be water: turbid water stays below, snow and cloud are brighter (design
/// value; MNDWI is above 0 over snow, too).
const MOST_GREEN: f64 = 0.20;
/// Wet dates farther apart than this are two floods, days.
const ONE_FLOOD_DAYS: i32 = 20;

/// Floods by date.
pub(super) fn find(all: &[Glance], timings: &dyn Fn(Date) -> Vec<Timing>, rules: &EventRules) -> Vec<Event> {
    let mut floods: Vec<Event> = Vec::new();
    for (k, g) in all.iter().enumerate() {
        let share = wet_share(g, rules);
        if share < rules.flood_area_fraction {
            continue;
        }
        // The date before: what water does to the curve must not tell when the crop grows.
        let before = k.checked_sub(1).and_then(|i| all.get(i)).map_or(g.date, |b| b.date);
        let open = floods.last().is_some_and(|f| days_between(f.last, g.date) <= ONE_FLOOD_DAYS);
        let known = if open { floods.last().map(|f| f.from) } else { None };
        let Some(timing) = timings(known.unwrap_or(before)).into_iter().next() else { continue };
        if g.date < timing.emergence.p10 || g.date > timing.ripe.p90 {
            continue;
        }
        if timing.flooded && g.date < timing.headed_from() {
            continue;
        }
        match floods.last_mut().filter(|_| open) {
            Some(flood) => {
                flood.last = g.date;
                flood.area_fraction = flood.area_fraction.map(|a| a.max(share));
                flood.evidence.push(g.date);
            }
            None => floods.push(Event {
                kind: EventKind::Flood,
                from: before,
                to: g.date,
                last: g.date,
                drop: 0.0,
                severity: None,
                area_fraction: Some(share),
                ripe_probability: timing.ripe_by(g.date),
                harvest_from: Some(timing.harvest.p10),
                declared_before: timing.declared,
                evidence: vec![g.date],
            }),
        }
    }
    floods
}

/// Share of the plot under water: as classified, or as the plot's mean of the bands that were read says.
fn wet_share(g: &Glance, rules: &EventRules) -> f64 {
    let positive = |index: Option<f64>| index.is_some_and(|x| x > 0.0);
    let dark_and_wet = match (g.lswi, g.swir) {
        (Some(lswi), Some(swir)) => lswi >= g.ndvi && swir < rules.flood_max_swir,
        _ => false,
    };
    let green = g.mndwi.zip(g.swir).map(|(m, swir)| swir * (1.0 + m) / (1.0 - m).max(1e-6));
    let dark =
        g.swir.is_none_or(|s| s < rules.flood_max_swir) && green.is_none_or(|green| green < MOST_GREEN);
    let open = dark && (positive(g.mndwi) || positive(g.ndwi));
    if open || dark_and_wet { g.water.max(WET_MEAN) } else { g.water }
}
