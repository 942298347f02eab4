//! What one plot looked like in one scene. A cloudy day is an observation too.
//!
//! Comes in: the zonal statistics of `zonal`. Goes out: [`Observation`]. Not here: how it was
//! computed, and what it means.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::band::Band;
use crate::scene::SceneId;

/// One plot in one scene.
#[derive(Clone, Debug, PartialEq)]
pub struct Observation {
    /// The scene.
    pub scene: SceneId,
    /// Further scenes of the same day whose pixels were joined to it, for a plot that lies in pieces on
    /// several rasters.
    pub joined: Vec<SceneId>,
    /// Sensing time.
    pub datetime: Timestamp,
    /// Solar day at the plot.
    pub date: Date,
    /// NDVI statistics over readable pixels; `None` when there is no such pixel.
    pub ndvi: Option<NdviStats>,
    /// Trimmed mean reflectance of each further band that was read.
    pub bands: BTreeMap<Band, f64>,
    /// What the plot's area was classified as.
    pub sky: SkyFractions,
    /// Covered area of readable pixels / covered area of all pixels of the plot, 0 to 1.
    pub valid_fraction: f64,
    /// Area of the plot in pixels of the red band (sum of coverage fractions).
    pub pixel_count: f64,
    /// Why the observation is not used in the series; `None` when it is used.
    pub rejected: Option<Reject>,
}

/// Coverage-weighted NDVI statistics of a plot, dimensionless.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NdviStats {
    /// Weighted mean.
    pub mean: f64,
    /// Weighted median.
    pub median: f64,
    /// Weighted standard deviation (population).
    pub std: f64,
    /// Weighted 10th percentile.
    pub p10: f64,
    /// Weighted 25th percentile.
    pub p25: f64,
    /// Weighted 75th percentile.
    pub p75: f64,
    /// Weighted 90th percentile.
    pub p90: f64,
}

/// Shares of the plot's covered area by what the scene classification says, 0 to 1 each.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SkyFractions {
    /// Land or water that is readable, outside dilated clouds.
    pub clear: f64,
    /// Cloud of any kind, dilation included.
    pub cloud: f64,
    /// Cloud shadow, dilation included.
    pub shadow: f64,
    /// Water, as classified.
    pub water: f64,
    /// Snow or ice.
    pub snow: f64,
    /// No data (swath edge, saturated, outside the raster).
    pub nodata: f64,
}

/// Why an observation or a scene is not used. Party is imagery or source, never the plot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reject {
    /// No pixel of the plot has data (swath edge or outside the raster).
    NoData,
    /// Too little of the plot is clear of cloud and shadow.
    Cloudy,
    /// Snow covers the plot.
    Snow,
    /// Fewer readable pixels than the rule asks for.
    TooFewPixels,
    /// Values no surface can have: the numbers are not to be believed.
    Implausible,
    /// The reflectance offset of the scene could not be settled.
    OffsetUnsettled,
    /// A needed file is missing from the item or the archive, or what lies there is of no use: of a kind
    /// that is not read, from an address that may not be read, or of another place.
    AssetMissing,
    /// A needed file could not be read after all retries.
    ReadFailed,
    /// The same overpass is better seen in another scene.
    Duplicate,
    /// An outlier of the series: undetected cloud or shadow.
    Spike,
}

impl Reject {
    /// Every reason, in declaration order.
    pub const ALL: [Reject; 10] = [
        Reject::NoData,
        Reject::Cloudy,
        Reject::Snow,
        Reject::TooFewPixels,
        Reject::Implausible,
        Reject::OffsetUnsettled,
        Reject::AssetMissing,
        Reject::ReadFailed,
        Reject::Duplicate,
        Reject::Spike,
    ];

    /// The reason with this word.
    pub fn parse(word: &str) -> Option<Reject> {
        Reject::ALL.into_iter().find(|reject| reject.word() == word)
    }

    /// Word used in outputs.
    pub fn word(self) -> &'static str {
        match self {
            Reject::NoData => "no_data",
            Reject::Cloudy => "cloudy",
            Reject::Snow => "snow",
            Reject::TooFewPixels => "too_few_pixels",
            Reject::Implausible => "implausible",
            Reject::OffsetUnsettled => "offset_unsettled",
            Reject::AssetMissing => "asset_missing",
            Reject::ReadFailed => "read_failed",
            Reject::Duplicate => "duplicate",
            Reject::Spike => "spike",
        }
    }

    /// Whether another run may read what this one could not.
    pub fn is_operational(self) -> bool {
        matches!(self, Reject::ReadFailed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_listed_and_its_word_round_trips() {
        for (i, reject) in Reject::ALL.into_iter().enumerate() {
            assert_eq!(reject as usize, i);
            assert_eq!(Reject::parse(reject.word()), Some(reject));
        }
        assert_eq!(Reject::parse("rain"), None);
    }
}
