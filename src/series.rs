//! One plot's NDVI through time: one clear sample per solar day, spikes out, smoothed to a daily curve.
//!
//! Comes in: [`Observation`]s of one plot (or [`Sight`]s of a table somebody else made), the as-of date.
//! Goes out: [`Series`] with the reason of everything left out, and its [`Smooth`] daily curve.
//! Not here: pixels and masks (`zonal`), seasons (`phenology`), any statement about a crop.
//!
//! The as-of date is part of a [`Series`]: what is later never enters, so nothing that is computed
//! from it can have looked into the future.

mod assemble;
mod days;
mod despike;
mod knots;
mod rules;
mod smooth;
mod whittaker;

pub use assemble::{assemble, from_sights};
pub use days::{days_between, plus_days};
pub use rules::{SeriesRules, Smoothing};
pub use smooth::{Smooth, smooth};
pub use whittaker::{inverse_diagonal, whittaker};

use jiff::civil::Date;

// Named by the documentation above.
#[cfg(doc)]
use crate::observation::Observation;

/// One value of a table that somebody else extracted: what [`from_sights`] starts from.
///
/// # Units
/// NDVI dimensionless; `blue` reflectance 0 to 1; `weight` above 0, usually up to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sight {
    /// Solar day (or the table's date).
    pub date: Date,
    /// NDVI of the plot.
    pub ndvi: f64,
    /// How much the value counts; 1 when the table says nothing.
    pub weight: f64,
    /// Reflectance of band B02, for the haze weight, when known.
    pub blue: Option<f64>,
}

/// One clear sample of a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// Solar day.
    pub date: Date,
    /// NDVI, -1 to 1.
    pub ndvi: f64,
    /// Weight in the smoother, above 0: clear share times haze weight.
    pub weight: f64,
    /// Haze weight alone, 0 to 1; absent when blue was not read.
    pub haze: Option<f64>,
}

/// Clear samples of one plot, strictly increasing in date, none later than [`Series::as_of`].
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    as_of: Date,
    samples: Vec<Sample>,
}

impl Series {
    /// The day up to which the series may know anything.
    pub fn as_of(&self) -> Date {
        self.as_of
    }

    /// The samples, oldest first.
    pub fn samples(&self) -> &[Sample] {
        &self.samples
    }

    /// Number of clear dates.
    pub fn len(&self) -> usize {
        self.samples.len()
    }

    /// Whether there is no clear date at all.
    pub fn is_empty(&self) -> bool {
        self.samples.is_empty()
    }

    /// First clear date.
    pub fn first(&self) -> Option<Date> {
        self.samples.first().map(|s| s.date)
    }

    /// Last clear date.
    pub fn last(&self) -> Option<Date> {
        self.samples.last().map(|s| s.date)
    }

    /// Clear dates from `from` to `to`, both included.
    pub fn clear_between(&self, from: Date, to: Date) -> usize {
        self.samples.iter().filter(|s| s.date >= from && s.date <= to).count()
    }

    /// Longest time without a clear date between `from` and `to`: first blind day, last blind day, and
    /// the distance in days between the clear dates (or window ends) around it.
    ///
    /// The ends of the window count as if they were seen, so a window without any clear date is one gap
    /// as long as the window. `None` when `to` is before `from`.
    pub fn longest_gap(&self, from: Date, to: Date) -> Option<(Date, Date, u32)> {
        if to < from {
            return None;
        }
        let inside = self.samples.iter().map(|s| s.date).filter(|d| *d >= from && *d <= to);
        let mut before = from;
        let mut longest = (from, from, 0_u32);
        for date in inside.chain([to]) {
            let days = days_between(before, date).max(0) as u32;
            if days > longest.2 {
                longest = (before, date, days);
            }
            before = date;
        }
        Some(longest)
    }
}
