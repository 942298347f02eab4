//! Fields by formula: NDVI that rises and falls by two logistic curves, seen every fifth day, where crops are known.

use croplens::series::{Sight, plus_days};
use jiff::civil::Date;

/// Atlantic Europe, between Tours and Châteauroux: latitude, longitude.
pub(super) const PLACE: (f64, f64) = (47.1, 1.75);

/// Days that a maize canopy takes to rise and to fall, as widths of its two curves.
const MAIZE_WIDTHS: (f64, f64) = (7.0, 8.0);

/// The share of its greenness that a crop has on a day: half at each of the two days given.
pub(super) fn green(day: f64, (up, rise): (f64, f64), (down, fall): (f64, f64)) -> f64 {
    let s = |x: f64| 1.0 / (1.0 + (-x).exp());
    s((day - up) / rise) - s((day - down) / fall)
}

/// The same of maize, by the days of its half-rise and half-fall.
pub(super) fn maize(day: f64, up: f64, down: f64) -> f64 {
    green(day, (up, MAIZE_WIDTHS.0), (down, MAIZE_WIDTHS.1))
}

/// Every fifth day from the first on, with its NDVI by number of the day.
pub(super) fn every_fifth_day(first: Date, days: i32, ndvi: impl Fn(i32) -> f64) -> Vec<Sight> {
    let sight = |d: i32| Sight { date: plus_days(first, d), ndvi: ndvi(d), weight: 1.0, blue: None };
    (0..days).step_by(5).map(sight).collect()
}
