//! What land without a crop is, from a pixel's own year.

use super::features::Features;
use super::pixels::PixelSeries;
use super::{Cover, Uncropped};

/// Part of the dates with an NDVI below 0 from which a pixel is water (design value, science 8).
const WATER_DATES: f64 = 0.6;
/// Lowest NDVI of land that is green all year (10th percentile of the year). Mato Grosso forest: 5th percentile 0.53 to 0.75.
const EVERGREEN_LOW: f64 = 0.50;
/// Greatest range of the same over the year (10th to 90th percentile).
const EVERGREEN_RANGE: f64 = 0.30;
/// Highest NDVI of built or bare land (90th percentile of the year).
const BARE_HIGH: f64 = 0.30;

/// The kind of a pixel that carries no crop.
pub(super) fn kind(f: &Features) -> Cover {
    let (low, high) = f.range;
    if f.below_zero >= WATER_DATES {
        Cover::Water
    } else if low >= EVERGREEN_LOW && high - low <= EVERGREEN_RANGE {
        Cover::Evergreen
    } else if high < BARE_HIGH {
        Cover::Bare
    } else {
        Cover::Other
    }
}

/// Shares of the outline by kind, together `uncropped`.
pub(super) fn shares(pixels: &PixelSeries, covers: &[Option<Cover>], uncropped: f64) -> Uncropped {
    let area = |wanted: Cover| -> f64 {
        let of = pixels.cells.iter().zip(covers).filter(|(_, c)| **c == Some(wanted));
        of.map(|(c, _)| f64::from(c.coverage)).sum::<f64>().max(0.0)
    };
    let [water, evergreen, bare, other] =
        [Cover::Water, Cover::Evergreen, Cover::Bare, Cover::Other].map(area);
    let total = water + evergreen + bare + other;
    if total <= 0.0 || uncropped <= 0.0 {
        return Uncropped::default();
    }
    let share = |a: f64| uncropped * a / total;
    Uncropped { water: share(water), evergreen: share(evergreen), bare: share(bare), other: share(other) }
}
