//! Settings of the cropped area, with units in the keys and a source for every default.

use serde::{Deserialize, Serialize};

/// How pixels are read as cropped or not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CroplandRules {
    /// Whether pixels are kept and the cropped area is measured at all. Default true.
    pub measure: bool,
    /// Pixels kept of one plot, one byte each and clear date of the season; of a larger plot every second, third, ...
    /// row and column is kept. Default 4096 (41 ha): the sampling error of a share is then under 1 % (design value).
    pub max_pixels: usize,
    /// Clear dates needed in the season. Default 8: reject limit of the crop method.
    pub min_clear_dates: usize,
    /// Clear dates needed while the crop is green. Default 3 (HR-VPP: more than two make a phase well seen).
    pub min_green_dates: usize,
    /// Days after half green-up and before half senescence that do not count as green. Default 10 (design value).
    pub green_margin_days: u32,
    /// Least rise of a cropped pixel, NDVI. Default 0.25 (design value).
    pub min_rise_ndvi: f64,
    /// Least rise of a poor part of the crop, as part of the rise of the rest. Default 0.5: less is no stand (design
    /// value).
    pub min_rise_frac: f64,
    /// Least correlation of a cropped pixel with the crop's curve. Default 0.6 (design value).
    pub min_correlation: f64,
    /// Highest NDVI of the soil between crops. Default 0.40: above it the land is green all year (grass, trees).
    pub max_soil_ndvi: f64,
    /// How much higher than under the rest of the crop the soil of a poor part may be, NDVI. Default 0.10: land that
    /// starts greener is no poor part of the crop, but grass (design value).
    pub max_soil_difference_ndvi: f64,
    /// Gain in the Bayesian information criterion from which two kinds of pixel are seen. Default 10 (Raftery 1995:
    /// very strong).
    pub min_bic_gain: f64,
    /// Least distance of the two, NDVI. Default 0.15 (design value).
    pub min_separation_ndvi: f64,
    /// Least distance of the two, pooled standard deviations. Default 1.5 (design value).
    pub min_separation_sd: f64,
    /// Pixels that a second crop needs. Default 8 (JRC: fewest full pixels that say anything of a field).
    pub min_crop_pixels: usize,
    /// Days by which green-up or senescence of two crops differ. Default 12 (design value).
    pub min_date_shift_days: u32,
    /// Mean distance of the two curves, NDVI. Default 0.10: less is one crop, better and worse (design value).
    pub min_curve_distance_ndvi: f64,
    /// Heterogeneity from which a plot is flagged. Default 0.25 (design value).
    pub max_heterogeneity: f64,
    /// Doubt about where an edge lies: geolocation and mixed pixels, metres. Default 2: fitted so that 80 % intervals
    /// hold the truth of 80 % of partly cropped simulated outlines (`docs/validation.md`); 4 held 95 %.
    pub edge_error_m: f64,
    /// Smallest standard deviation of the cropped share. Default 0.015 (fitted with the edge error).
    pub min_sd_frac: f64,
}

impl Default for CroplandRules {
    fn default() -> Self {
        CroplandRules {
            measure: true,
            max_pixels: 4096,
            min_clear_dates: 8,
            min_green_dates: 3,
            green_margin_days: 10,
            min_rise_ndvi: 0.25,
            min_rise_frac: 0.5,
            min_correlation: 0.6,
            max_soil_ndvi: 0.40,
            max_soil_difference_ndvi: 0.10,
            min_bic_gain: 10.0,
            min_separation_ndvi: 0.15,
            min_separation_sd: 1.5,
            min_crop_pixels: 8,
            min_date_shift_days: 12,
            min_curve_distance_ndvi: 0.10,
            max_heterogeneity: 0.25,
            edge_error_m: 2.0,
            min_sd_frac: 0.015,
        }
    }
}
