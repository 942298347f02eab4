//! What simpler methods reach on the same rows: thresholds on the calendar, and time-weighted dynamic time warping.
//!
//! They are here to be beaten, not to be used: none has a probability, a reject option, or a date with an interval.

use jiff::civil::Date;

use crate::crop::Profile;
use crate::crop::ensemble::View;
use crate::series::days_between;

/// Steepness and midpoint of the time weight (Maus et al. 2016), 1/day and days.
const ALPHA: f64 = -0.1;
const BETA: f64 = 50.0;
/// Bare and ripe level, widths of rise and fall of the pattern, days between its points.
const BASE: f64 = 0.22;
const RISE: f64 = 9.0;
const STEP: i32 = 10;

/// Largest NDVI between two days; `None` when nothing was seen.
pub(super) fn highest(views: &[View], from: Date, to: Date) -> Option<f64> {
    inside(views, from, to).reduce(f64::max)
}

/// Smallest NDVI between two days.
pub(super) fn lowest(views: &[View], from: Date, to: Date) -> Option<f64> {
    inside(views, from, to).reduce(f64::min)
}

fn inside(views: &[View], from: Date, to: Date) -> impl Iterator<Item = f64> {
    views.iter().filter(move |v| v.date >= from && v.date <= to).map(|v| v.ndvi)
}

/// A pattern of NDVI: day and value.
pub(super) type Pattern = Vec<(Date, f64)>;

/// The calendar's expected curve of a crop over a window, for the cycle whose sowing begins in `year`.
pub(super) fn pattern(row: &Profile, year: i16, window: (Date, Date)) -> Option<Pattern> {
    let from = Date::new(year, row.sow_from.month, row.sow_from.day).ok()?;
    let to_year = if row.sow_to < row.sow_from { year + 1 } else { year };
    let width = days_between(from, Date::new(to_year, row.sow_to.month, row.sow_to.day).ok()?);
    let sown = f64::from(width) / 2.0;
    let greenup = sown + row.sg_days;
    let senescence = greenup + row.gs_days?;
    let at = |day: f64| {
        let s = |x: f64| 1.0 / (1.0 + (-x).exp());
        let stand = row.plateau_ndvi.unwrap_or(BASE);
        let plateau = BASE + (stand - BASE) * s((day - sown - 35.0) / RISE);
        let risen = plateau + (row.peak_ndvi - plateau) * s((day - greenup) / RISE);
        risen + (BASE - risen) * s((day - senescence) / RISE)
    };
    Some(flat(window, |d| at(f64::from(days_between(from, d)))))
}

/// A pattern by a function of the day.
pub(super) fn flat(window: (Date, Date), at: impl Fn(Date) -> f64) -> Pattern {
    let days = days_between(window.0, window.1);
    (0..=days / STEP).map(|k| crate::series::plus_days(window.0, k * STEP)).map(|d| (d, at(d))).collect()
}

/// Time-weighted dynamic time warping of a series to a pattern over the same window, per point of the pattern.
///
/// # Sources
/// Maus et al. 2016, logistic time weight.
pub(super) fn twdtw(views: &[View], pattern: &Pattern, window: (Date, Date)) -> Option<f64> {
    let mut series: Vec<(Date, f64)> =
        views.iter().filter(|v| v.date >= window.0 && v.date <= window.1).map(|v| (v.date, v.ndvi)).collect();
    series.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let cost = |a: &(Date, f64), b: &(Date, f64)| {
        let apart = f64::from(days_between(a.0, b.0).abs());
        (a.1 - b.1).abs() + 1.0 / (1.0 + (ALPHA * (apart - BETA)).exp())
    };
    let mut before: Vec<f64> = Vec::new();
    for seen in &series {
        let mut row: Vec<f64> = Vec::with_capacity(pattern.len());
        for (j, expected) in pattern.iter().enumerate() {
            let left = j.checked_sub(1).and_then(|j| row.get(j).copied());
            let up = before.get(j).copied();
            let corner = j.checked_sub(1).and_then(|j| before.get(j).copied());
            let best = [left, up, corner].into_iter().flatten().fold(f64::INFINITY, f64::min);
            row.push(cost(seen, expected) + if best.is_finite() { best } else { 0.0 });
        }
        before = row;
    }
    Some(before.last()? / pattern.len().max(1) as f64)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_series_is_nearest_to_its_own_pattern() {
        let window = (date(2023, 1, 1), date(2023, 12, 31));
        let bump = |peak: Date| {
            flat(window, move |d| 0.2 + 0.6 * (-(f64::from(days_between(peak, d)) / 40.0).powi(2)).exp())
        };
        let own = bump(date(2023, 7, 15));
        let views: Vec<View> = (own.iter())
            .map(|(date, ndvi)| View {
                date: *date,
                ndvi: *ndvi,
                lswi: None,
                ndyi: None,
                nir: None,
                red_edge: None,
                blue: None,
            })
            .collect();
        let same = twdtw(&views, &own, window).unwrap();
        let other = twdtw(&views, &bump(date(2023, 4, 15)), window).unwrap();
        // Each point costs the least time weight, 1 / (1 + e^5), and nothing else.
        assert!(same < 0.01 && other > 3.0 * same, "{same} {other}");
        assert_eq!(twdtw(&[], &own, window), None);
    }
}
