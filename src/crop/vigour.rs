//! How strong a crop stands: against its own plot's other years, and against the same crop next door.
//!
//! Comes in: [`PeerFacts`] of every plot of a run, small enough to keep for all of them. Goes out: [`Vigour`] of one
//! plot, with the number of peers and how far they lie, and how many of them shared an event. Not here: whose plots
//! they are beyond telling them apart, pixels, money.
//!
//! # Method
//! Greenness is the mean of NDVI above soil since 50 % green-up, so plots are compared at the same stage, not on the
//! same day; each peer is compared at the latest stage that both have reached. Both views are always given: a plot
//! weak among normal peers has a problem of its own, a plot normal among peers that are all weaker than in other years
//! shares a regional one. See `docs/methods.md`.

mod greenness;
mod history;
mod nearest;
mod rank;
mod rules;

pub use greenness::greenness;
pub use history::{OwnHistory, own_history};
pub use nearest::Peers;
pub use rules::VigourRules;

use jiff::civil::Date;

use super::events::Alike;

/// What is kept of a plot so that others can be compared with it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PeerFacts {
    /// Identity, unique in the run.
    pub id: String,
    /// Latitude and longitude of the middle, degrees.
    pub place: (f64, f64),
    /// The borrower's pseudonym: plots of one borrower are not compared with each other.
    pub borrower: Option<String>,
    /// Group of crops that look alike, when it is known well enough.
    pub group: Option<String>,
    /// Zone of the crop calendar.
    pub zone: Option<String>,
    /// Whether pixels resolve the plot well (grade A or B).
    pub well_resolved: bool,
    /// 50 % green-up.
    pub greenup: Option<Date>,
    /// [`greenness()`] by stage.
    pub greenness: Vec<f32>,
    /// Vegetation condition against the plot's own other years, 0 to 100, where four of them are known.
    pub vci: Option<f64>,
    /// Sudden falls of the curve, harvests too: the clear dates around each.
    pub falls: Vec<(Date, Date)>,
    /// Slow declines: first and last day.
    pub declines: Vec<(Date, Date)>,
    /// Clear dates of the season.
    pub clear: Vec<Date>,
}

/// In words, by the deviation from the peers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VigourClass {
    /// More than two deviations below.
    VeryWeak,
    /// One to two below.
    Weak,
    /// Within one.
    Normal,
    /// More than one above.
    Strong,
}

impl VigourClass {
    /// The class of a deviation (science 9).
    pub fn of(z: f64) -> VigourClass {
        match z {
            z if z > 1.0 => VigourClass::Strong,
            z if z >= -1.0 => VigourClass::Normal,
            z if z >= -2.0 => VigourClass::Weak,
            _ => VigourClass::VeryWeak,
        }
    }

    /// Word used in records.
    pub fn word(self) -> &'static str {
        match self {
            VigourClass::VeryWeak => "very_weak",
            VigourClass::Weak => "weak",
            VigourClass::Normal => "normal",
            VigourClass::Strong => "strong",
        }
    }
}

/// A plot among its peers.
#[derive(Clone, Debug, PartialEq)]
pub struct AmongPeers {
    /// Peers compared with.
    pub n: usize,
    /// Distance of the farthest of them, metres.
    pub radius_m: f64,
    /// Deviation from their median in robust standard deviations, shrunk by n / (n + 5).
    pub z: f64,
    /// Share of them that are less green at the same stage, 0 to 1.
    pub percentile: f64,
    /// Its 10th percentile.
    pub percentile_lower: f64,
    /// Its 90th percentile.
    pub percentile_upper: f64,
    /// Logarithm of the plot's greenness over the peers' median at the same stage.
    pub log_ratio: f64,
    /// Median of the peers' vegetation condition against their own other years, 0 to 100, where enough have one.
    pub vci: Option<f64>,
    /// Ids of the peers in order of distance.
    pub ids: Vec<String>,
}

impl AmongPeers {
    /// The deviation in words.
    pub fn class(&self) -> VigourClass {
        VigourClass::of(self.z)
    }
}

/// How strong a plot stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Vigour {
    /// Days since 50 % green-up that the comparison reaches.
    pub stage_days: Option<u32>,
    /// Against its own other years.
    pub own: Option<OwnHistory>,
    /// Against its peers; `None` when there are too few.
    pub peers: Option<AmongPeers>,
    /// Days that it greened up after the median of the same crop around it, and the number of those plots.
    pub days_behind: Option<(i32, usize)>,
    /// How many neighbours shared each event, in the order of the plot's events.
    pub alike: Vec<Option<Alike>>,
}
