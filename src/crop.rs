//! What grows, how ripe: the reading of a plot's curve as crop, stage and harvest window.
//!
//! Comes in: seasons and the curve (see `phenology`, `series`), crop profiles, an as-of date.
//! Goes out: [`Assessment`]. Not here: money, policy, pixels.
//! "Cannot tell" is a value of every answer and always carries its cause.
//!
//! A method turns a [`Reading`] into an [`Assessment`]: the season-based reading of [`assess`] tells from one curve
//! whether there is a crop; [`ensemble`] tells which, how ripe and when; [`read()`] is both.

mod appraisal;
mod asked;
mod calendar;
mod canopy;
mod check;
mod condition;
mod cropped;
mod declared;
pub mod dekads;
pub mod ensemble;
pub mod events;
mod harvest;
mod normal;
mod phases;
mod profile;
mod profiles;
mod rules;
pub mod scores;
mod season_reading;
mod sowing;
mod stage;
mod thermal;
mod timing;
pub mod vigour;
pub mod yields;

pub use appraisal::{Models, read, read_beside, sowing_not_used};
pub use condition::{Befallen, Condition, ConditionRules, befallen, timings};
pub use phases::Phases;
pub use profile::{Anchor, AnchorFrom, Clock, Crop, LatShift, MonthDay, Profile, Zone};
pub use profiles::{Meaning, ProfileError, Profiles};
pub use rules::CropRules;
pub use season_reading::{METHOD, Reading, assess};
pub use thermal::{DailyMeans, Departure, METHOD as THERMAL_METHOD, ThermalRow, ThermalTable};
pub use timing::Unseen;

use jiff::civil::Date;

use crate::phenology::Season;

/// An estimate with an interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Lower end (10th percentile).
    pub lower: f64,
    /// Middle (50th percentile).
    pub mid: f64,
    /// Upper end (90th percentile).
    pub upper: f64,
}

/// A date with an interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateInterval {
    /// 10th percentile.
    pub p10: Date,
    /// Median.
    pub p50: Date,
    /// 90th percentile.
    pub p90: Date,
}

/// Whether a crop cycle is seen in the season asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cropped {
    /// A crop cycle is seen.
    Yes,
    /// The plot was seen well enough, and no crop cycle shows.
    No,
    /// Not seen well enough, or too early.
    CannotTell,
}

/// Growth stage in plain words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Bare soil or not sown.
    Bare,
    /// Emergence (BBCH 10-29).
    Emergence,
    /// Vegetative growth (BBCH 30-49).
    Vegetative,
    /// Around the peak: heading and flowering (BBCH 50-69).
    Peak,
    /// Grain filling and senescence (BBCH 70-86).
    Senescence,
    /// Ripe and standing (BBCH 87 and over).
    Mature,
    /// Harvested.
    Harvested,
    /// Cannot be told.
    Unknown,
}

impl Stage {
    /// Word used in records.
    pub fn word(self) -> &'static str {
        match self {
            Stage::Bare => "bare",
            Stage::Emergence => "emergence",
            Stage::Vegetative => "vegetative",
            Stage::Peak => "peak",
            Stage::Senescence => "senescence",
            Stage::Mature => "mature",
            Stage::Harvested => "harvested",
            Stage::Unknown => "unknown",
        }
    }
}

/// A crop the plot may carry.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Crop name of the profile table, `winter_wheat`.
    pub crop: String,
    /// Probability, 0 to 1.
    pub probability: f64,
}

/// How the declared crop fits what is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The curve fits the declared crop.
    Consistent,
    /// The curve cannot tell.
    Undetermined,
    /// The curve fits badly.
    Inconsistent,
    /// The curve contradicts the declaration; a better crop is named.
    Contradicted,
    /// The declared word is not in the profile table.
    UnknownCrop,
}

impl Verdict {
    /// Word used in records.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Consistent => "consistent",
            Verdict::Undetermined => "undetermined",
            Verdict::Inconsistent => "inconsistent",
            Verdict::Contradicted => "contradicted",
            Verdict::UnknownCrop => "unknown_crop",
        }
    }
}

/// The declared crop against the curve.
#[derive(Clone, Debug, PartialEq)]
pub struct DeclaredCheck {
    /// The declared crop, as profile name where one was found, else as declared.
    pub crop: String,
    /// The verdict.
    pub verdict: Verdict,
    /// Log Bayes factor of the declared crop against the rest, where the method gives one.
    pub log_odds: Option<f64>,
    /// The crop that fits better, with a reason in words.
    pub better: Option<String>,
    /// What the verdict rests on, in plain words with numbers.
    pub basis: String,
}

/// Why something cannot be told. Party is imagery, source or model: it can only lead to *refer*.
#[derive(Clone, Debug, PartialEq)]
pub enum CannotTell {
    /// Fewer clear dates than needed, in a phase or in the whole window.
    TooFewClear {
        /// `season`, `green-up`, `peak`, `green-down`.
        phase: String,
        /// Clear dates seen.
        have: usize,
        /// Clear dates needed.
        need: usize,
        /// First and last day on which they were counted.
        of: (Date, Date),
    },
    /// No clear date for too long.
    GapTooLong {
        /// Days without a clear date.
        days: u32,
        /// Most days allowed.
        limit: u32,
        /// First blind day.
        from: Date,
        /// Last blind day.
        to: Date,
        /// First and last day that had to be seen.
        of: (Date, Date),
    },
    /// The last clear date is too old for a statement about today.
    Stale {
        /// Days since the last clear date.
        days: u32,
        /// Most days allowed.
        limit: u32,
    },
    /// Too early in the season to tell.
    TooEarly {
        /// When the calendar expects to tell, if known.
        expected_from: Option<Date>,
    },
    /// A green crop vanished before it could be ripe: cut early on purpose, or lost.
    Vanished {
        /// Last clear date with the crop.
        from: Date,
        /// First clear date without.
        to: Date,
    },
    /// The method was not made for this case.
    OutOfDomain(OutOfDomain),
    /// No crop is probable enough.
    Ambiguous {
        /// Best candidate.
        crop: String,
        /// Its probability.
        probability: f64,
        /// Probability needed.
        need: f64,
    },
}

/// A case for which the method was not made.
#[derive(Clone, Debug, PartialEq)]
pub enum OutOfDomain {
    /// The declared word is no crop of the calendar.
    UnknownWord {
        /// The word.
        word: String,
    },
    /// The calendar has no row of these crops for the place.
    NoCalendar {
        /// What the declared word may mean.
        crops: Vec<String>,
    },
    /// A ripe crop that stands looks like one that was cut.
    RipeOrCut,
    /// The land was green before the crop whose dates were reckoned comes up: another one stands.
    AnotherCanopy {
        /// The clear day, or the day of emergence, on which it was.
        on: Date,
        /// NDVI of the curve then.
        ndvi: f64,
        /// Emergence as it was reckoned.
        emergence: Date,
    },
    /// A rise of NDVI that is less than an annual crop's: grass, weeds or a poor crop.
    WeakRise {
        /// The strongest rise that was seen.
        rise: f64,
        /// The least of an annual crop.
        least: f64,
    },
    /// NDVI moved without the shape of a crop cycle.
    Shapeless {
        /// 5th percentile.
        low: f64,
        /// 95th percentile.
        high: f64,
    },
}

/// A declared sowing date that no date of the declared crop was reckoned with: mistyped, of another crop or season, or the
/// zone's calendar does not hold for the plot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SowingNotUsed {
    /// The declared crop, by the calendar's name.
    pub crop: String,
    /// The date as declared.
    pub sown: Date,
    /// First day on which the calendar has the crop sown here.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// Days by which the date lies outside.
    pub days: u32,
    /// Days outside up to which a date is used.
    pub most: u32,
}

/// What is known of one plot on one day.
#[derive(Clone, Debug, PartialEq)]
pub struct Assessment {
    /// Nothing after this day was used.
    pub as_of: Date,
    /// Whether a crop cycle is seen in the season asked about.
    pub cropped: Cropped,
    /// All seasons found, oldest first.
    pub seasons: Vec<Season>,
    /// The season that the appraisal is about: position in `seasons`.
    pub current: Option<usize>,
    /// Growth stage on the as-of day.
    pub stage: Stage,
    /// BBCH range, where it can be told.
    pub bbch: Option<Interval>,
    /// Fraction of the cycle from emergence to maturity, 0 to 1.
    pub maturity: Option<Interval>,
    /// Expected harvest: not yet harvested, or harvested by the calendar without anybody having seen it.
    pub harvest: Option<DateInterval>,
    /// Harvest seen: the two clear dates around it (`p10`, `p90`) and the middle.
    pub harvested: Option<DateInterval>,
    /// Emergence.
    pub emergence: Option<DateInterval>,
    /// At most three, best first; empty where the method gives no probabilities.
    pub candidates: Vec<Candidate>,
    /// Declared crop, when one was declared.
    pub declared: Option<DeclaredCheck>,
    /// A declared sowing date that dated nothing, for it lies outside the calendar of the declared crop.
    pub sowing_not_used: Option<SowingNotUsed>,
    /// Everything that could not be told, most important first.
    pub cannot_tell: Vec<CannotTell>,
    /// First and last day looked at for the crop: the cycle asked about, up to the as-of day.
    pub looked_at: (Date, Date),
    /// Clear dates on these days.
    pub clear_obs: usize,
    /// Longest time without a clear date on them, days.
    pub max_gap_days: u32,
    /// Last clear date.
    pub last_clear: Option<Date>,
    /// Green-up, peak and ripening of the cycle asked about, by the calendar of the declared crop, else thirds of the
    /// days asked about: never by the curve, which every further date moves.
    pub phases: Phases,
    /// Name and version of the method.
    pub method: &'static str,
}
