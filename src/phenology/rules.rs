//! Settings of season finding, with units in the keys and a source for every default.

use serde::{Deserialize, Serialize};

/// What counts as a season.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SeasonRules {
    /// Least prominence of a maximum, NDVI. Default 0.12 (MCD12Q2: 0.08 EVI2; HLS-MSLSP: 0.1).
    pub min_prominence_ndvi: f64,
    /// Least prominence as share of the curve's own range p95 - p5. Default 0.30 (MCD12Q2, HLS-MSLSP: 0.35 of the
    /// annual amplitude; 0.30 measured on Mato Grosso series).
    pub min_prominence_share: f64,
    /// Least height of a maximum, NDVI. Default 0.40 (design value).
    pub min_peak_ndvi: f64,
    /// Least distance of two maxima, days. Default 45 (phenofit).
    pub min_distance_days: u32,
    /// Shortest rise from minimum to maximum, days. Default 20 (design value).
    pub min_rise_days: u32,
    /// Shortest fall from maximum to minimum, days. Default 15 (design value).
    pub min_fall_days: u32,
    /// How far from a maximum its minima are looked for, days. Default 270: winter rapeseed rises from September to
    /// its maximum in May; with the 185 of HLS-MSLSP its start falls into the winter.
    pub max_side_days: u32,
    /// Start of season: share of the rise. Default 0.25 (HR-VPP).
    pub start_share: f64,
    /// End of season: share of the fall that is left. Default 0.15 (HR-VPP).
    pub end_share: f64,
    /// Fall after which a maximum may be called the peak, share of the amplitude. Default 0.05 (design value).
    pub peak_fall_share: f64,
    /// Clear dates that must agree before a peak, a start or an end is stated. Default 2 (design value).
    pub agreeing_dates: usize,
    /// Days that must have passed after the end of an unfinished season before it is stated. Default 10.
    pub end_settled_days: u32,
    /// Share of the rise that must have been lost before an end is stated. Default 0.5: a cut or a cloud is not an
    /// end of season.
    pub end_min_fall_share: f64,
    /// Two maxima are one season when the valley between them stays above this share of the lower one, and the
    /// valley lies in the cold half of the year. Default 0.65 (design value).
    pub winter_dip_share: f64,
    /// Latitude beyond which there is a frost season, degrees. Default 35 (design value).
    pub frost_latitude_deg: f64,
    /// A clear date below this NDVI shows bare soil: no merging over it. Default 0.25 (without short-wave
    /// infrared 0.30 would take frosted wheat for soil).
    pub bare_soil_ndvi: f64,
    /// NDVI of bare soil where no minimum was seen. Default 0.21 (design value). Only used to judge
    /// whether the record began inside a season.
    pub soil_level_ndvi: f64,
}

impl Default for SeasonRules {
    fn default() -> Self {
        SeasonRules {
            min_prominence_ndvi: 0.12,
            min_prominence_share: 0.30,
            min_peak_ndvi: 0.40,
            min_distance_days: 45,
            min_rise_days: 20,
            min_fall_days: 15,
            max_side_days: 270,
            start_share: 0.25,
            end_share: 0.15,
            peak_fall_share: 0.05,
            agreeing_dates: 2,
            end_settled_days: 10,
            end_min_fall_share: 0.5,
            winter_dip_share: 0.65,
            frost_latitude_deg: 35.0,
            bare_soil_ndvi: 0.25,
            soil_level_ndvi: 0.21,
        }
    }
}
