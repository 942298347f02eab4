//! The number columns of a row: each written and read by one line.

use crate::observation::{NdviStats, SkyFractions};

/// Columns of [`NdviStats`].
pub(super) const NDVI: [&str; 7] =
    ["ndvi_mean", "ndvi_median", "ndvi_std", "ndvi_p10", "ndvi_p25", "ndvi_p75", "ndvi_p90"];
/// Columns of the sky, then share of readable area and area.
pub(super) const ALWAYS: [&str; 8] = [
    "clear_fraction",
    "cloud_fraction",
    "shadow_fraction",
    "water_fraction",
    "snow_fraction",
    "nodata_fraction",
    "valid_fraction",
    "pixel_count",
];

pub(super) fn of_ndvi(n: &NdviStats) -> [f64; 7] {
    [n.mean, n.median, n.std, n.p10, n.p25, n.p75, n.p90]
}

pub(super) fn to_ndvi([mean, median, std, p10, p25, p75, p90]: [f64; 7]) -> NdviStats {
    NdviStats { mean, median, std, p10, p25, p75, p90 }
}

pub(super) fn of_sky(s: &SkyFractions) -> [f64; 6] {
    [s.clear, s.cloud, s.shadow, s.water, s.snow, s.nodata]
}

pub(super) fn to_sky([clear, cloud, shadow, water, snow, nodata]: [f64; 6]) -> SkyFractions {
    SkyFractions { clear, cloud, shadow, water, snow, nodata }
}
