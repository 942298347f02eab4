//! Mean reflectance of one band over a plot, on the band's own grid.

use crate::scene::Radiometry;

use super::rule::MaskRule;
use super::sky::Sky;
use super::stats::{Weighted, trimmed_mean};

/// Share of the weight left out at each end. Source: `docs/methods.md`; robust against undetected
/// cloud and against the plot's rim.
const TRIM: f64 = 0.10;

/// The pixels of a plot in one band, on that band's grid: parallel slices.
#[derive(Clone, Copy, Debug)]
pub struct BandPixels<'a> {
    /// Covered fraction of each pixel.
    pub coverage: &'a [f32],
    /// Digital numbers.
    pub dn: &'a [u16],
    /// Verdicts.
    pub sky: &'a [Sky],
}

/// Trimmed mean reflectance of a band over the plot's readable pixels; `None` if there are none.
///
/// # Units
/// Reflectance, signed: small negatives over dark ground stay, so that means are not biased up.
/// # Method
/// Pixels of coverage at least `min_coverage` (20 m bands: 0.75, so that the neighbours do not
/// count), weighted by coverage and class weight, without the lowest and highest tenth of the weight.
/// An unsettled scene has no reflectance.
pub fn band_mean(
    pixels: BandPixels<'_>,
    radiometry: &Radiometry,
    rule: &MaskRule,
    min_coverage: f32,
) -> Option<f64> {
    if !radiometry.settled {
        return None;
    }
    let each = pixels.coverage.iter().zip(pixels.dn).zip(pixels.sky);
    let mut values: Vec<Weighted> = each
        .filter(|((c, dn), _)| **c >= min_coverage && **dn >= rule.min_digital_number)
        .map(|((c, dn), sky)| Weighted { value: f64::from(*dn), weight: f64::from(*c) * sky.weight(rule) })
        .filter(|v| v.weight > 0.0)
        .collect();
    trimmed_mean(&mut values, TRIM).map(|dn| dn * radiometry.scale + radiometry.offset)
}
