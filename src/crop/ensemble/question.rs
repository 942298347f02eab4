//! The question put to the ensemble.

use jiff::civil::Date;

use crate::series::plus_days;

use super::super::profile::Zone;
use super::super::thermal::{DailyMeans, ThermalTable};
use super::super::timing::Unseen;
use super::area_shares::AreaShares;
use super::learned::Learned;
use super::unit::Unit;
use super::views::View;

/// Default window around the as-of date, days: what is looked at, and where the middle of the green time may lie.
const WINDOW: (i32, i32) = (-330, 95);

/// Everything the ensemble may look at for one plot and one season.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    /// What was seen, in any order; later than `as_of` is left out.
    pub views: &'a [View],
    /// Nothing after this day is used.
    pub as_of: Date,
    /// Latitude, degrees: shifts dates, tells the hemisphere.
    pub latitude: Option<f64>,
    /// Zones whose calendars apply, best first.
    pub zones: &'a [&'a Zone],
    /// First and last day of the season asked about; about a year up to the as-of date when absent.
    pub window: Option<(Date, Date)>,
    /// Crop as declared, in anybody's words.
    pub declared_crop: Option<&'a str>,
    /// Sowing date as declared.
    pub declared_sowing: Option<Date>,
    /// What the series stands for.
    pub unit: Unit,
    /// Prior by area; every group alike without.
    pub shares: Option<&'a AreaShares>,
    /// Crops or groups to consider; empty: all of the place. Covers and the open set always stay.
    pub crops: &'a [String],
}

/// What may be known beside the question, where the user or the archive gives it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Beside<'a> {
    /// Daily temperatures of the place, and how crops follow them: dates and stages then run by degree-days.
    pub temperature: Option<(&'a DailyMeans, &'a ThermalTable)>,
    /// Days and (SWIR1 - SWIR2) / (SWIR1 + SWIR2) on them: straw and tillage date a harvest.
    pub nbr2: &'a [(Date, f64)],
    /// What a trained classifier says of the plot; it is pooled into the weighing of crops, dates stay the profiles'.
    pub learned: Option<&'a Learned>,
    /// Why the declared crop cannot be seen yet, where that is so.
    pub unseen: Option<Unseen>,
}

impl Question<'_> {
    /// First and last day that is looked at.
    pub(super) fn window(&self) -> (Date, Date) {
        self.window.unwrap_or_else(|| (plus_days(self.as_of, WINDOW.0), plus_days(self.as_of, WINDOW.1)))
    }
}
