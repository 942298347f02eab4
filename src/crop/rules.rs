//! Settings of the crop room, with units in the keys and a source for every default.

use serde::{Deserialize, Serialize};

/// When a statement about a crop may be made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CropRules {
    /// Least amplitude of a crop cycle, NDVI. Default 0.45: accuracy 0.959 on Mato Grosso series.
    pub min_amplitude_ndvi: f64,
    /// The same in zones of dry or mixed smallholder farming. Default 0.30 (design value).
    pub min_amplitude_low_vigour_ndvi: f64,
    /// Least maximum of a crop cycle, NDVI. Default 0.50 (design value).
    pub min_peak_ndvi: f64,
    /// Highest level from which a crop cycle starts or to which it returns, NDVI. Default 0.35 (design value).
    pub max_base_ndvi: f64,
    /// The same while one side of the season is not seen to its end, so that the true base may be lower. Default
    /// 0.45.
    pub max_base_unseen_ndvi: f64,
    /// Days of the window that must have been seen for the year's range to count instead of the season's. Default
    /// 180.
    pub year_view_days: u32,
    /// Clear dates in the window needed to say that no crop was grown. Default 8 (design value).
    pub min_clear_dates: usize,
    /// Longest time without a clear date in the growing time for the same, days. Default 35: shorter than the
    /// shortest time from half-rise to half-senescence of any profile (46 days), so no crop hides in it.
    pub max_gap_days: u32,
    /// Greatest range of the curve, p95 - p5, for the same, NDVI. Default 0.20 (bare, built or evergreen).
    pub max_idle_range_ndvi: f64,
    /// Greatest range for evergreen cover (5th percentile at or above [`CropRules::evergreen_low_ndvi`]). Default
    /// 0.30 (design value, forest).
    pub max_evergreen_range_ndvi: f64,
    /// 5th percentile of evergreen cover, NDVI. Default 0.50 (design value).
    pub evergreen_low_ndvi: f64,
    /// Length of the window when none is asked, days before the as-of date. Default 365.
    pub default_window_days: u32,
    /// Days since the last clear date beyond which nothing is said about the stage today. Default 20: beyond,
    /// the curve would be extrapolation (design value).
    pub max_stale_days: u32,
    /// Rise since the last minimum that counts as emergence, NDVI. Default 0.08.
    pub emergence_rise_ndvi: f64,
    /// Days by which a zone's calendar may be off for one plot (zones are coarse boxes). Default 10.
    pub calendar_slack_days: f64,
    /// Largest deviation from the calendar, in standard deviations, that still fits. Default 2.
    pub consistent_z: f64,
    /// Deviation from which the declared crop fits badly. Default 3.
    pub inconsistent_z: f64,
    /// Deviation from which it is contradicted, if another crop of the zone fits. Default 4.
    pub contradicted_z: f64,
    /// Largest deviation of that better crop. Default 1.5.
    pub better_z: f64,
    /// Probability from which a field is called harvested. Default 0.85 (design value).
    pub harvested_probability: f64,
    /// Factor on the width of BBCH intervals. Default 1.3: 80 % intervals of a
    /// prototype covered 66 % of Swiss visits; those of this reading are now too wide (`docs/validation.md`).
    pub bbch_widening: f64,
}

impl Default for CropRules {
    fn default() -> Self {
        CropRules {
            min_amplitude_ndvi: 0.45,
            min_amplitude_low_vigour_ndvi: 0.30,
            min_peak_ndvi: 0.50,
            max_base_ndvi: 0.35,
            max_base_unseen_ndvi: 0.45,
            year_view_days: 180,
            min_clear_dates: 8,
            max_gap_days: 35,
            max_idle_range_ndvi: 0.20,
            max_evergreen_range_ndvi: 0.30,
            evergreen_low_ndvi: 0.50,
            default_window_days: 365,
            max_stale_days: 20,
            emergence_rise_ndvi: 0.08,
            calendar_slack_days: 10.0,
            consistent_z: 2.0,
            inconsistent_z: 3.0,
            contradicted_z: 4.0,
            better_z: 1.5,
            harvested_probability: 0.85,
            bbch_widening: 1.3,
        }
    }
}
