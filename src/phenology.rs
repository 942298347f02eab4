//! Seasons on a smoothed curve: start, peak and end by thresholds on the amplitude.
//!
//! Comes in: a smoothed daily curve (see `series`). Goes out: [`Season`]s. Not here: crops, calendars.
//!
//! Seasons lie on the line of dates, so they may cross New Year; nothing here knows a calendar year. The only
//! use of the latitude is to know where winter falls.

mod crests;
mod metrics;
mod rules;

pub use rules::SeasonRules;

use jiff::civil::Date;

use crate::series::{Series, Smooth};

/// Every growing season of a curve, oldest first.
///
/// # Method
/// Maxima of the curve with prominence of at least `max(min_prominence, 0.30 (p95 - p5))` and height of at least
/// 0.40, at least 45 days apart; maxima on both sides of a winter dip belong to one season (see [`SeasonRules`]).
/// Start, end, half-rise and half-fall by thresholds on the amplitude of either side (HR-VPP: 25 % and 15 %).
/// The last season may be open: its peak is stated only once the curve has fallen by 5 % of the amplitude and two
/// later clear dates agree; its end only once two clear dates and some days lie behind it. A season that was
/// already under way when the record begins has no start.
///
/// `smooth` must be the curve of `series`. `latitude` in degrees, north positive; without it nothing is
/// merged over a winter dip.
///
/// # Sources
/// CLMS HR-VPP / MR-VPP ATBD; MCD12Q2 and HLS-MSLSP parameters; `docs/methods.md`.
pub fn seasons(series: &Series, smooth: &Smooth, latitude: Option<f64>, rules: &SeasonRules) -> Vec<Season> {
    let crests = crests::find(series, smooth, latitude, rules);
    let last = crests.len().saturating_sub(1);
    (crests.iter().enumerate())
        .filter_map(|(k, crest)| metrics::measure(series, smooth, crest, k == last, rules))
        .collect()
}

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
    /// How well the three phases were seen, as the curve dates them. It describes this season and is no grade of the
    /// evidence: one more date moves the season's dates, and this word with them.
    pub quality: Quality,
}

/// Least used observations of a season: one for each minimum, one for the rise, one for the fall (design value).
const LEAST_DATES: usize = 4;
/// Longest time without a used observation in a season, days: in half a year a whole crop may come and go (design value).
const LONGEST_GAP_DAYS: u32 = 180;

impl Season {
    /// Why the dates behind it are too few or too far apart for a season, in words; `None` where they are not.
    pub fn too_thin(&self) -> Option<String> {
        if self.clear_obs < LEAST_DATES {
            return Some(format!("it has {} of the {LEAST_DATES} values that one needs", self.clear_obs));
        }
        (self.max_gap_days > LONGEST_GAP_DAYS).then(|| {
            format!(
                "it has {} days without a value, a whole crop may come and go in more than {LONGEST_GAP_DAYS}",
                self.max_gap_days
            )
        })
    }
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
