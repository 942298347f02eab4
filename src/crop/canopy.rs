//! Dates of a crop against the canopy that stands: what was green before a crop comes up is another one.

use jiff::civil::Date;

use crate::series::{Smooth, plus_days};

use super::normal::Z90;
use super::stage::MOST_BARE_NDVI;
use super::{Assessment, CannotTell, Cropped, OutOfDomain, Stage};

/// BBCH code below which a crop has not come up.
const COMES_UP: f64 = 10.0;
/// Share of the amplitude at which a season starts (`phenology`).
const STARTED: f64 = 0.25;
/// Interval of a start beyond which nothing can be held against it, days.
const MOST_SPREAD_DAYS: f64 = 3660.0;

impl Assessment {
    /// The assessment without stage and dates, where the canopy shows that they are none of the crop that stands: they
    /// are a crop's that nobody sowed, or is still to sow. `is_open` says that no crop was confirmed or named.
    pub(super) fn held_against_canopy(mut self, smooth: &Smooth, is_open: bool) -> Assessment {
        let stands =
            self.stands_too_early(smooth).or_else(|| self.started_too_early(smooth).filter(|_| is_open));
        if let Some((on, ndvi, emergence)) = stands.filter(|_| self.cropped == Cropped::Yes) {
            (self.emergence, self.harvest, self.harvested) = (None, None, None);
            (self.stage, self.bbch, self.maturity) = (Stage::Unknown, None, None);
            let what = OutOfDomain::AnotherCanopy { on, ndvi, emergence };
            self.cannot_tell.push(CannotTell::OutOfDomain(what));
        }
        self
    }

    /// The canopy of the latest clear date, where the crop that is dated has not come up.
    fn stands_too_early(&self, smooth: &Smooth) -> Option<(Date, f64, Date)> {
        let is_up = self.bbch.map_or(self.stage != Stage::Bare, |b| b.mid >= COMES_UP);
        let (last, emergence) = (self.last_clear?, self.emergence?);
        let ndvi = smooth.at(last).filter(|ndvi| !is_up && *ndvi >= MOST_BARE_NDVI)?;
        Some((last, ndvi, emergence.p50))
    }

    /// The canopy in which the crop that is dated comes up, where its emergence lies after the start of the season that
    /// is seen by more than the two intervals, and that season's canopy stands.
    fn started_too_early(&self, smooth: &Smooth) -> Option<(Date, f64, Date)> {
        let season = self.seasons.get(self.current?)?;
        let (emergence, last) = (self.emergence?, self.last_clear?);
        let sd = season.sos_sd_days.filter(|sd| sd.is_finite())?;
        let latest_start = plus_days(season.sos?, (Z90 * sd).ceil().min(MOST_SPREAD_DAYS) as i32);
        let is_later = emergence.p10 > latest_start && season.eos.is_none_or(|eos| emergence.p50 < eos);
        let on = emergence.p50.min(last);
        let ndvi =
            smooth.at(on).filter(|ndvi| is_later && *ndvi >= season.base + STARTED * season.amplitude)?;
        Some((on, ndvi, emergence.p50))
    }
}
