//! Whether the declared crop of the cycle asked about can be seen yet, by its calendar and by how far the plot was seen.
//!
//! A crop that is in the ground and does not show, or is not sown yet, was not grown wrong and not grown right: land
//! that lay bare last year, or carried another crop, says nothing of it.

use jiff::civil::Date;

use crate::series::days_between;

use super::CropRules;
use super::calendar::{self, Dates};
use super::normal::{Z95, date, day};
use super::profile::Profile;
use super::profiles::{Meaning, Profiles};
use super::season_reading::Reading;

/// Days after the late end of its harvest from which a declaration without a date is about what comes next.
const AFTERMATH_DAYS: f64 = 90.0;
/// A declared sowing date this far from a cycle's own means another cycle, days.
const MOST_SOWING_ERROR: i32 = 60;

/// Why nothing can be held for or against a declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unseen {
    /// The day by which the crop must show; `None` between two cycles, where nothing is in the ground.
    pub shows_by: Option<Date>,
    /// Whether something has risen since the crop may have been sown: it may be the crop.
    pub risen: bool,
    /// Whether that day is past and the plot was not seen since.
    pub overdue: bool,
}

impl Unseen {
    /// In words, as it goes on after a number.
    pub fn words(&self) -> String {
        match self.shows_by {
            Some(by) if self.overdue => format!("the crop must have shown by {by}, and the plot was not seen since"),
            Some(by) => format!("the crop may be in the ground without showing until {by}"),
            None => "its last season is long over and the next is not sown: a sowing date would say which is meant"
                .to_owned(),
        }
    }
}

/// What keeps the declared crop from being judged; `None` where nothing does. Of a word with several rows one that may
/// still come is enough.
pub(super) fn unseen(reading: &Reading<'_>, profiles: &Profiles, rules: &CropRules) -> Option<Unseen> {
    let zones = reading.zones(profiles);
    let Meaning::Rows(rows) = profiles.meaning(reading.declared_crop?, &zones) else { return None };
    let of_rows: Vec<Unseen> = rows.iter().filter_map(|row| of_row(row, reading, rules)).collect();
    let shows_by = of_rows.iter().filter_map(|u| u.shows_by).max();
    // A row that can be seen may be the one that speaks for the declaration.
    let risen = of_rows.len() < rows.len() || of_rows.iter().any(|u| u.risen);
    let overdue = of_rows.iter().all(|u| u.overdue);
    (!of_rows.is_empty()).then_some(Unseen { shows_by, risen, overdue })
}

fn of_row(row: &Profile, reading: &Reading<'_>, rules: &CropRules) -> Option<Unseen> {
    let as_of = reading.series.as_of();
    // A season that was asked for by itself is over on its own last day.
    let on = reading.window.map_or(as_of, |(_, to)| to.min(as_of));
    let cycle = cycle_meant(row, reading, on, rules)?;
    let Some(cycle) = cycle else { return Some(Unseen { shows_by: None, risen: false, overdue: false }) };
    let seen_to = reading.series.last().map_or(f64::NEG_INFINITY, day);
    let shows_by = calendar::visible_by(&cycle);
    let sown = cycle.sowing.mean - Z95 * cycle.sowing.sd;
    (seen_to < shows_by).then(|| Unseen {
        shows_by: Some(date(shows_by)),
        risen: rise(reading, sown) >= rules.emergence_rise_ndvi,
        overdue: shows_by <= day(on),
    })
}

/// The cycle that a declaration means; `Some(None)` between two cycles, `None` where the calendar has none.
fn cycle_meant(row: &Profile, reading: &Reading<'_>, on: Date, rules: &CropRules) -> Option<Option<Dates>> {
    let latitude = reading.place.map(|p| p.0);
    let sown = reading.declared_sowing;
    let cycles: Vec<Dates> = (on.year() - 2..=on.year() + 1)
        .filter_map(|year| calendar::expected(row, year, latitude, sown, rules))
        .collect();
    if let Some(sown) = sown {
        let off = |d: &&Dates| days_between(sown, date(d.sowing.mean)).abs();
        return cycles.iter().min_by_key(off).filter(|d| off(d) <= MOST_SOWING_ERROR).copied().map(Some);
    }
    if let Some((from, _)) = reading.season_asked() {
        return cycles.iter().find(|d| d.greenup.mean >= day(from)).copied().map(Some);
    }
    let begun = |d: &&Dates| d.sowing.mean <= day(on);
    let last = cycles.iter().rfind(begun)?;
    let over = last.harvest.is_some_and(|h| h.mean + Z95 * h.sd + AFTERMATH_DAYS < day(on));
    if !over {
        return Some(Some(*last));
    }
    let may_be_sown =
        |d: &&Dates| d.sowing.mean - Z95 * d.sowing.sd <= day(on) && d.sowing.mean > last.sowing.mean;
    Some(cycles.iter().find(may_be_sown).copied())
}

/// How far the curve has risen by the last clear date, from its lowest since a day.
fn rise(reading: &Reading<'_>, since: f64) -> f64 {
    let Some(last) = reading.series.last() else { return 0.0 };
    let Some(now) = reading.smooth.at(last) else { return 0.0 };
    now - reading.smooth.between(date(since), last).iter().copied().fold(now, f64::min)
}
