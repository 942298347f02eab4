//! From digital numbers to NDVI, one pixel at a time.
//!
//! # Negative reflectance, and NDVI that no surface has
//! Atmospheric correction leaves small negative reflectances over dark ground; a ratio of them leaves
//! -1..1 (NDVI -4.8 has been seen), while an offset applied twice does the same over every green
//! field. Clamping the ratio would hide both. So:
//! * the *reflectances* are clipped to 0.001..1.2 before the ratio, which bounds NDVI by itself, and
//!   the share of clipped pixels is reported;
//! * a pixel darker than 0.03 in red + near infrared says nothing about plants and is dropped, unless
//!   it is classified as water;
//! * an observation whose *unclipped* numbers no surface can have is refused, not clamped: more than
//!   1 % of its readable area outside -0.2..1.6, or a mean reflectance of land below -0.01, where the
//!   unclipped ratio leaves -1..1 by more than the product's uncertainty.
//!
//! With [`NdviOf::SignedReflectance`] none of this applies: that is the benchmark's plain definition.

use std::ops::RangeInclusive;

use ndarray::Array2;

use crate::grid::Raster;
use crate::scene::Radiometry;
use crate::scl::SclGroup;

use super::nearest::Nearest;
use super::rule::{MaskRule, NdviOf};
use super::sky::Sky;

/// Reflectance that a surface, haze and rounding included, can have. Source: design value, made after a
/// published scene held digital numbers of 64,500 for days.
pub const PLAUSIBLE_REFLECTANCE: RangeInclusive<f64> = -0.2..=1.6;
/// Share of the readable area that may lie outside it before an observation is refused.
pub const MAX_IMPLAUSIBLE_FRACTION: f64 = 0.01;
/// Mean reflectance of a plot's land below which it is refused: twice the constant part of the L2A
/// uncertainty requirement, 0.05 rho + 0.005 (ESA, Sentinel-2 L2A data quality report).
pub const LOWEST_MEAN_REFLECTANCE: f64 = -0.01;

/// NDVI from red and near-infrared reflectance, by the rule; `None` where the pixel has none.
pub(super) fn ndvi(red: f64, nir: f64, water: bool, rule: &MaskRule) -> Option<f64> {
    let (red, nir) = match rule.ndvi_of {
        NdviOf::SignedReflectance => (red, nir),
        NdviOf::ClippedReflectance => {
            let dark = red + nir < rule.dark_reflectance_sum;
            if (dark && !water) || !red.is_finite() || !nir.is_finite() {
                return None;
            }
            let clip = |r: f64| r.clamp(rule.min_reflectance, rule.max_reflectance);
            (clip(red), clip(nir))
        }
    };
    let sum = nir + red;
    (sum > 0.0).then(|| (nir - red) / sum)
}

/// Whether the rule changes a reflectance before the ratio.
pub(super) fn is_clipped(reflectance: f64, rule: &MaskRule) -> bool {
    rule.ndvi_of == NdviOf::ClippedReflectance
        && !(rule.min_reflectance..=rule.max_reflectance).contains(&reflectance)
}

/// NDVI of every pixel of a window, for maps; NaN where the pixel is masked or has no NDVI.
///
/// # Units
/// Dimensionless, -1 to 1, on the grid of the red band.
/// # Method
/// The same definition of a pixel as [`super::observe()`] uses. `red` and `nir` cover the same window;
/// where `nir` or `sky` do not reach, there is no value.
pub fn ndvi_map(
    red: &Raster<u16>,
    nir: &Raster<u16>,
    sky: &Raster<Sky>,
    to_sky: &Nearest,
    radiometry: &Radiometry,
    rule: &MaskRule,
) -> Raster<f32> {
    let w = red.window;
    let verdict = |row: usize, col: usize| {
        let r = to_sky.row(row)?.checked_sub(sky.window.row)?;
        let c = to_sky.col(col)?.checked_sub(sky.window.col)?;
        sky.data.get((r, c)).copied()
    };
    let value = |r: usize, c: usize| {
        let (row, col) = (w.row + r, w.col + c);
        let red = *red.data.get((r, c))?;
        let nir_at = (row.checked_sub(nir.window.row)?, col.checked_sub(nir.window.col)?);
        let nir = *nir.data.get(nir_at)?;
        let sky = verdict(row, col)?;
        if red.min(nir) < rule.min_digital_number || sky.weight(rule) <= 0.0 || !radiometry.settled {
            return None;
        }
        let reflectance = |dn: u16| f64::from(dn) * radiometry.scale + radiometry.offset;
        ndvi(reflectance(red), reflectance(nir), sky.group() == SclGroup::Water, rule)
    };
    let data =
        Array2::from_shape_fn((w.height, w.width), |(r, c)| value(r, c).map_or(f32::NAN, |v| v as f32));
    Raster { window: w, data }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn negatives_are_clipped_in_reflectance_and_never_in_the_ratio() {
        let rule = MaskRule::default();
        let v = ndvi(-0.01, 0.30, false, &rule).unwrap();
        assert!((v - 0.299 / 0.301).abs() < 1e-12);
        assert_eq!(ndvi(0.01, 0.015, false, &rule), None, "too dark to say");
        assert!(ndvi(0.02, 0.005, true, &rule).unwrap() < -0.5, "water may be dark");
        assert_eq!(ndvi(f64::NAN, 0.3, true, &rule), None);
        let plain = MaskRule::peers(&[]);
        assert!((ndvi(-0.01, 0.30, false, &plain).unwrap() - 0.31 / 0.29).abs() < 1e-12);
        assert_eq!(ndvi(-0.3, 0.3, false, &plain), None);
        assert_eq!(ndvi(0.0, 0.0, false, &plain), None);
    }
}
