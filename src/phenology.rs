//! Seasons on a smoothed curve: start, peak and end by thresholds on the amplitude.
//!
//! Comes in: a smoothed daily curve (see `series`). Goes out: [`Season`]s. Not here: crops, calendars.

use jiff::civil::Date;

/// One growing season as the curve shows it (HR-VPP definitions).
///
/// # Units
/// Dates; NDVI dimensionless; `integral` in NDVI days above the base line.
#[derive(Clone, Debug, PartialEq)]
pub struct Season {
    /// Start of season: first day at 25 % of the rise; absent while it cannot be told.
    pub sos: Option<Date>,
    /// Day of the maximum; absent while the field has not yet peaked.
    pub pos: Option<Date>,
    /// End of season: last day at 15 % of the fall; absent while it has not been reached.
    pub eos: Option<Date>,
    /// Day of 50 % green-up.
    pub greenup50: Option<Date>,
    /// Day of 50 % senescence.
    pub senescence50: Option<Date>,
    /// Mean of the minima on both sides (left one only while the season is open).
    pub base: f64,
    /// Maximum so far.
    pub peak: f64,
    /// `peak - base`.
    pub amplitude: f64,
    /// Area between curve and base line from SOS to EOS, NDVI days; absent while open.
    pub integral: Option<f64>,
    /// Used observations between the two minima.
    pub clear_obs: usize,
    /// Used observations in green-up, around the peak, in green-down.
    pub clear_by_phase: [usize; 3],
    /// Longest time without a used observation inside the season, days.
    pub max_gap_days: u32,
    /// Standard deviation of SOS and EOS in days: curve noise over slope, and the gap around the date.
    pub sos_sd_days: Option<f64>,
    /// As [`Season::sos_sd_days`].
    pub eos_sd_days: Option<f64>,
    /// How well the three phases were seen.
    pub quality: Quality,
}

/// HR-VPP quality logic: more than two clear observations in each of three phases, in two, or less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quality {
    /// Fewer than two phases well seen.
    Low,
    /// Two phases well seen.
    Medium,
    /// All three phases well seen.
    High,
}

impl Quality {
    /// Word used in outputs.
    pub fn word(self) -> &'static str {
        match self {
            Quality::Low => "low",
            Quality::Medium => "medium",
            Quality::High => "high",
        }
    }
}
