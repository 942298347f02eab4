//! Settings of the series room, with units in the keys and a source for every default.

use serde::{Deserialize, Serialize};

/// What makes a sample a spike or a hazy one. How much of the plot must be seen on a date is not here: it is
/// `MaskRule`'s (`min_valid_fraction`, `min_valid_pixels`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SeriesRules {
    /// Neighbours farther apart than this say nothing about the sample between them, days. Default 30: from one
    /// crop's harvest to the next one's closed canopy takes longer (HLS-MSLSP allows 45, which removes the only
    /// date between two crops in 16-day data).
    pub spike_max_span_days: u32,
    /// Least depth of a spike, NDVI. Default 0.10 (HLS-MSLSP minResid).
    pub spike_min_residual_ndvi: f64,
    /// A spike is deeper than this times the step between its neighbours. Default 2 (HLS-MSLSP spikeThresh).
    pub spike_step_factor: f64,
    /// Upward spikes need this times the downward tolerance. Default 2: haze and shadow only lower NDVI.
    pub spike_upward_factor: f64,
    /// A dip that recovers within this time is cloud, days. Default 12 (design value).
    pub recovery_days: u32,
    /// Share of the loss that must come back, 0 to 1. Default 0.7 (design value).
    pub recovery_fraction: f64,
    /// Most spikes removed from one series. Default 50 (HLS-MSLSP).
    pub max_spikes: u32,
    /// Blue reflectance from which haze is suspected. Default 0.06 (measured on 495 series of western France).
    pub haze_blue_start: f64,
    /// Blue reflectance above the start that quarters the weight. Default 0.04 (measured on 495 series of western France).
    pub haze_blue_scale: f64,
}

impl Default for SeriesRules {
    fn default() -> Self {
        SeriesRules {
            spike_max_span_days: 30,
            spike_min_residual_ndvi: 0.10,
            spike_step_factor: 2.0,
            spike_upward_factor: 2.0,
            recovery_days: 12,
            recovery_fraction: 0.7,
            max_spikes: 50,
            haze_blue_start: 0.06,
            haze_blue_scale: 0.04,
        }
    }
}

impl SeriesRules {
    /// Weight of a sample under haze: `1 / (1 + max(0, (B02 - start) / scale))^2`, 0 to 1.
    pub fn haze_weight(&self, blue: f64) -> f64 {
        let excess = ((blue - self.haze_blue_start) / self.haze_blue_scale.max(1e-6)).max(0.0);
        1.0 / ((1.0 + excess) * (1.0 + excess))
    }
}

/// The Whittaker smoother's settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Smoothing {
    /// Weight of the squared second difference on the daily grid, days^4. Default 300: least leave-one-out
    /// error on 495 real series lies between 100 and 1000 (western France). Larger is smoother.
    pub lambda_days4: f64,
    /// Reweighting passes after the first fit. Default 3 (design value).
    pub robust_passes: u32,
    /// How much more an upward residual is tolerated than a downward one. Default 2: clouds only lower NDVI.
    pub upper_lean: f64,
    /// Tukey's bisquare constant. Default 4.685 (95 % efficiency under a normal law).
    pub bisquare_constant: f64,
    /// Least scale of the residuals, NDVI. Default 0.02, the noise of a clear Sentinel-2 field mean.
    pub min_scale_ndvi: f64,
    /// A date whose neighbours lie farther apart than this is isolated, days. Default 30, as for spikes.
    pub isolated_span_days: u32,
    /// Share of its weight that an isolated date keeps whatever its residual, 0 to 1. Default 0.25: it may be
    /// the only date between two crops.
    pub isolated_least_share: f64,
}

impl Default for Smoothing {
    fn default() -> Self {
        Smoothing {
            lambda_days4: 300.0,
            robust_passes: 3,
            upper_lean: 2.0,
            bisquare_constant: 4.685,
            min_scale_ndvi: 0.02,
            isolated_span_days: 30,
            isolated_least_share: 0.25,
        }
    }
}
