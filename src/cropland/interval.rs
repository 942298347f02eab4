//! How far the cropped share may be off.

use crate::crop::Interval;

use super::pixels::PixelSeries;
use super::rules::CroplandRules;

/// Standard deviations from the middle to the 10th or 90th percentile of a normal distribution.
const P90_SD: f64 = 1.281_551_565_544_6;
/// Clear green dates at which the doubt about a pixel has halved.
const DATES: f64 = 4.0;
/// A staircase of pixels is longer than the edge it follows, on average over all directions.
const STAIRCASE: f64 = std::f64::consts::FRAC_PI_4;

/// What makes the share uncertain.
#[derive(Clone, Copy, Debug)]
pub(super) struct Doubt {
    pub(super) share: f64,
    /// Length of the edge between cropped and uncropped pixels, metres along the lattice.
    pub(super) interface_m: f64,
    pub(super) perimeter_m: f64,
    /// Part of the area whose pixels do not speak for themselves, 0 to 1.
    pub(super) unseen: f64,
    /// Clear dates while the crop was green.
    pub(super) green_dates: usize,
}

/// The 80 % interval of the share.
///
/// # Method
/// Standard deviations, added in squares: half the edge error along the inner edge and along the outline; half a pixel's
/// own doubt for each pixel that is only partly inside; the part of the outline that only neighbours speak for; at
/// least `min_sd_frac`. All grow by `sqrt(1 + 4 / n)` with `n` clear green dates, so that fewer dates never narrow it.
pub(super) fn interval(pixels: &PixelSeries, doubt: &Doubt, rules: &CroplandRules) -> Interval {
    let side = pixels.pixel_m * pixels.step as f64;
    let area_m2 = pixels.covered() * side * side;
    let edge = |length: f64| 0.5 * length * rules.edge_error_m / area_m2;
    let inner = edge(doubt.interface_m * STAIRCASE);
    let outer = edge(doubt.perimeter_m);
    let partly =
        pixels.cells.iter().map(|c| f64::from(c.coverage * (1.0 - c.coverage)) / 4.0).sum::<f64>().sqrt();
    let partly = partly / pixels.covered();
    // Shares of unseen land are as uncertain as a coin that falls like the seen land.
    let unseen = doubt.unseen * (doubt.share * (1.0 - doubt.share)).sqrt();
    // Of a subsample, what lies between its pixels.
    let sampled = match pixels.step {
        1 => 0.0,
        _ => (doubt.share * (1.0 - doubt.share) / pixels.covered()).sqrt(),
    };
    let sum = inner * inner + outer * outer + partly * partly + unseen * unseen + sampled * sampled;
    let dates = (1.0 + DATES / doubt.green_dates.max(1) as f64).sqrt();
    let half = P90_SD * dates * sum.sqrt().max(rules.min_sd_frac);
    Interval {
        lower: (doubt.share - half).clamp(0.0, 1.0),
        mid: doubt.share.clamp(0.0, 1.0),
        upper: (doubt.share + half).clamp(0.0, 1.0),
    }
}
