//! What a crop is expected to show on a day: the level it had, more the growth and less the ripening that its dates let
//! expect.

use super::super::normal::day;
use super::timing::Timing;
use jiff::civil::Date;

/// Least share of green at the anchor: a level that is nearly gone says nothing about what was there.
const LEAST_GREEN: f64 = 0.05;
/// Least share of the rise at the anchor that growth is counted from, and the NDVI that a grown crop reaches by itself: a
/// crop that stopped at less must have been seen to stop (design values).
const LEAST_RISEN: f64 = 0.25;
const GROWN_NDVI: f64 = 0.85;
/// What flowers may hide, NDVI (design value; the ensemble's table has 0.1 to 0.15 for rapeseed).
const FLOWER_NDVI: f64 = 0.15;

/// An expectation held from a date with a known level.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expectation<'a> {
    /// Day of the level.
    pub day: f64,
    /// NDVI then.
    pub level: f64,
    /// NDVI without a crop.
    pub base: f64,
    /// Standard deviation of one clear date and of the expectation itself, NDVI.
    pub sd: f64,
    /// The crop's dates as known then.
    pub timing: &'a Timing,
}

impl Expectation<'_> {
    /// Mean and standard deviation on a day.
    pub(super) fn on(&self, date: Date) -> (f64, f64) {
        let height = self.level - self.base;
        let then = self.timing.fallen(self.day);
        let now = self.timing.fallen(day(date));
        let left = then
            .iter()
            .zip(&now)
            .map(|(a, b)| ((1.0 - b) / (1.0 - a).max(LEAST_GREEN)).clamp(0.0, 1.0))
            .collect::<Vec<f64>>();
        let most = ((GROWN_NDVI.max(self.level) - self.base) / height.max(1e-6)).max(1.0);
        let grown = (self.timing.risen(self.day).iter().zip(&self.timing.risen(day(date))))
            .map(|(a, b)| (b / a.max(LEAST_RISEN)).clamp(1.0, most))
            .collect::<Vec<f64>>();
        let ((left, left_variance), (grown, grown_variance)) = (moments(&left), moments(&grown));
        let hidden = if self.timing.in_flower(date) { FLOWER_NDVI } else { 0.0 };
        let variance = left_variance * grown * grown + grown_variance * left * left;
        (self.base + height * left * grown - hidden, self.sd.hypot(height * variance.sqrt()))
    }

    /// Distance of a value from what is expected, in standard deviations.
    pub(super) fn residual(&self, date: Date, ndvi: f64) -> f64 {
        let (mean, sd) = self.on(date);
        (ndvi - mean) / sd
    }
}

/// Mean and variance.
fn moments(values: &[f64]) -> (f64, f64) {
    let n = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / n;
    (mean, values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n)
}
