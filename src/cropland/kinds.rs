//! What land without a crop is, from a pixel's own year.

use super::features::Features;
use super::pixels::PixelSeries;
use super::{Cover, Uncropped};

/// Part of the dates with an NDVI below 0 from which a pixel is water (design value, science 8).
const WATER_DATES: f64 = 0.6;
/// Lowest NDVI of trees (10th percentile of the year). Mato Grosso forest: 5th percentile 0.53 to 0.75.
const TREES_LOW: f64 = 0.50;
/// Greatest range of trees over the year (10th to 90th percentile).
const TREES_RANGE: f64 = 0.30;
/// Highest NDVI of built or bare land (90th percentile of the year).
const BARE_HIGH: f64 = 0.30;

/// The kind of a pixel that carries no crop.
pub(super) fn kind(f: &Features) -> Cover {
    let (low, high) = f.range;
    if f.below_zero >= WATER_DATES {
        Cover::Water
    } else if low >= TREES_LOW && high - low <= TREES_RANGE {
        Cover::Trees
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
        of.map(|(c, _)| f64::from(c.coverage)).sum()
    };
    let [water, trees, bare, other] = [Cover::Water, Cover::Trees, Cover::Bare, Cover::Other].map(area);
    let total = water + trees + bare + other;
    if total <= 0.0 || uncropped <= 0.0 {
        return Uncropped::default();
    }
    let share = |a: f64| uncropped * a / total;
    Uncropped { water: share(water), trees: share(trees), bare: share(bare), other: share(other) }
}
