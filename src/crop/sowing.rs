//! When a calendar row is sown in one year, and whether a declared sowing date can be of that time.

use jiff::civil::Date;

use crate::series::days_between;

use super::SowingNotUsed;
use super::normal::{Normal, date, day};
use super::profile::{LatShift, Profile};

/// Standard deviation that a 5 to 95 % window has under a normal law, as share of its width (science 6).
const WINDOW_TO_SD: f64 = 1.0 / 3.3;
/// Least standard deviation of sowing, days (design value).
const LEAST_SOWING_SD: f64 = 7.0;
/// Standard deviations by which a declared date may lie off the middle and still date the crop (design value).
const MOST_SD: f64 = 3.0;

/// The time in which a calendar row is sown in one year.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct SowingWindow {
    /// Sowing at the plot's latitude.
    pub law: Normal,
    /// Half of the calendar's window, days.
    half: f64,
    /// Middle of the window as the calendar has it, days since 1970.
    pub middle: f64,
}

impl SowingWindow {
    /// The window that begins in `year`; `None` where the calendar has no such day.
    pub(super) fn of(p: &Profile, year: i16, latitude: Option<f64>) -> Option<SowingWindow> {
        let from = Date::new(year, p.sow_from.month, p.sow_from.day).ok()?;
        let to_year = if p.sow_to < p.sow_from { year + 1 } else { year };
        let width = f64::from(days_between(from, Date::new(to_year, p.sow_to.month, p.sow_to.day).ok()?));
        let middle = day(from) + width / 2.0;
        let at_plot = middle + shifted(p, latitude, |s| s.sow);
        let law = Normal::new(at_plot, (width * WINDOW_TO_SD).max(LEAST_SOWING_SD));
        Some(SowingWindow { law, half: width / 2.0, middle })
    }

    /// Whether a declared date dates this crop. One far off moves nothing: it may be mistyped, of another crop or another
    /// season, or the zone's calendar may not hold for the plot.
    pub(super) fn takes(&self, sown: Date) -> bool {
        (day(sown) - self.law.mean).abs() <= MOST_SD * self.law.sd
    }

    fn refuses(&self, sown: Date, crop: &str) -> SowingNotUsed {
        let (from, to) = (date(self.law.mean - self.half), date(self.law.mean + self.half));
        // Counted between the days that are told, on the side on which the date lies: the first or last day that is
        // taken there lies nearer than the date.
        let most = MOST_SD * self.law.sd;
        let (days, most) = if day(sown) < self.law.mean {
            (day(from) - day(sown), day(from) - (self.law.mean - most).ceil())
        } else {
            (day(sown) - day(to), (self.law.mean + most).floor() - day(to))
        };
        SowingNotUsed { crop: crop.to_owned(), sown, from, to, days: days as u32, most: most as u32 }
    }
}

/// What the latitude adds to a date of the calendar, days.
pub(super) fn shifted(p: &Profile, latitude: Option<f64>, per_degree: fn(&LatShift) -> f64) -> f64 {
    match (p.lat_shift, latitude) {
        (Some(s), Some(lat)) => per_degree(&s) * (lat.abs() - s.reference_lat_deg),
        _ => 0.0,
    }
}

/// What a declared sowing date misses, where none of these windows takes it: the nearest one.
pub(super) fn not_used<'a>(
    windows: impl IntoIterator<Item = (&'a str, SowingWindow)>,
    sown: Date,
) -> Option<SowingNotUsed> {
    let mut missed: Option<SowingNotUsed> = None;
    for (crop, window) in windows {
        if window.takes(sown) {
            return None;
        }
        let this = window.refuses(sown, crop);
        if missed.as_ref().is_none_or(|m| this.days < m.days) {
            missed = Some(this);
        }
    }
    missed
}
