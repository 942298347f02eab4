//! Whether the declared crop has come up by the last day that its calendar allows.

use jiff::civil::Date;

use super::super::CropRules;
use super::super::calendar::{self, Dates};
use super::super::normal::{Z95, date, day};
use super::super::profile::Profile;
use super::super::profiles::{Meaning, Profiles};
use super::super::season_reading::Reading;
use super::EventRules;

/// Greenness of bare soil, NDVI (science 5.1).
const SOIL_NDVI: f64 = 0.20;
/// Days before the expected green-up from which the plot must have been looked at.
const LEAD_DAYS: f64 = 15.0;
/// Clear dates that must lie after the last day allowed.
const LATE_DATES: usize = 2;

/// What can be said about planting.
#[derive(Clone, Debug, PartialEq)]
pub enum Planting {
    /// Something grows, or nobody declared a crop with a calendar, or it was not seen well enough.
    NotAsked,
    /// The calendar allows more time.
    TooEarly {
        /// When a missing green-up begins to tell something.
        visible_by: Date,
    },
    /// Nothing has come up, and the calendar's time is over.
    NotPlanted {
        /// Last day of sowing by the calendar (95th percentile).
        sowing_until: Date,
        /// Last day of green-up by the calendar (95th percentile).
        greenup_until: Date,
        /// Greenest clear date since the expected green-up, NDVI.
        highest_ndvi: f64,
        /// NDVI up to which nothing has come up.
        limit_ndvi: f64,
        /// Clear dates since the expected green-up.
        evidence: Vec<Date>,
    },
}

/// Reads whether the declared crop was planted in time.
///
/// Every calendar row that the declared word can mean must be past its last day (95th percentile of green-up) and not
/// yet near its end; the plot must have been seen on enough clear dates since, two of them after that day, with no gap
/// in which a crop could hide; and no clear date may show more than bare soil and weeds. Anything else is not asked.
pub fn planting(
    reading: &Reading<'_>,
    profiles: &Profiles,
    crop: &CropRules,
    rules: &EventRules,
) -> Planting {
    let series = reading.series;
    let as_of = series.as_of();
    let zones = reading.zones(profiles);
    let latitude = reading.place.map(|p| p.0);
    let Some(Meaning::Rows(rows)) = reading.declared_crop.map(|word| profiles.meaning(word, &zones)) else {
        return Planting::NotAsked;
    };
    let cycle = |row: &&Profile| -> Option<Dates> {
        let planned = calendar::cycle_sown(row, as_of, latitude, crop)?;
        let sown = reading.declared_sowing.filter(|s| (day(*s) - planned.sowing.mean).abs() < 60.0)?;
        calendar::expected(row, date(planned.sowing.mean).year(), latitude, Some(sown), crop)
            .filter(|d| (d.sowing.mean - planned.sowing.mean).abs() < 60.0)
            .map(|d| if d.greenup.mean > planned.greenup.mean { d } else { planned })
            .or(Some(planned))
    };
    let fallback = |row: &&Profile| cycle(row).or_else(|| calendar::cycle_sown(row, as_of, latitude, crop));
    let cycles: Vec<Dates> = rows.iter().filter_map(fallback).collect();
    // A word with several cycles a year, one of which is not due: nothing is late.
    let Some(latest) =
        cycles.iter().copied().reduce(|a, b| if b.greenup.mean > a.greenup.mean { b } else { a })
    else {
        return Planting::NotAsked;
    };
    let Some(end) = latest.senescence.filter(|_| cycles.len() == rows.len()) else {
        return Planting::NotAsked;
    };
    let visible_by = calendar::visible_by(&latest);
    if day(as_of) < visible_by {
        return Planting::TooEarly { visible_by: date(visible_by) };
    }
    if day(as_of) > end.mean {
        return Planting::NotAsked;
    }
    let greenup_until = date(latest.greenup.mean + Z95 * latest.greenup.sd);
    let first = cycles.iter().map(|c| c.greenup.mean).fold(f64::INFINITY, f64::min);
    let from = date(first - LEAD_DAYS);
    let seen: Vec<_> = series.samples().iter().filter(|s| s.date >= from).collect();
    let late = seen.iter().filter(|s| s.date > greenup_until).count();
    let gap = series.longest_gap(from, as_of).map_or(u32::MAX, |g| g.2);
    let highest = seen.iter().map(|s| s.ndvi).fold(f64::NEG_INFINITY, f64::max);
    let limit = SOIL_NDVI + rules.bare_margin_ndvi;
    let enough = seen.len() >= rules.not_planted_dates && late >= LATE_DATES && gap <= crop.max_gap_days;
    if !enough || highest > limit {
        return Planting::NotAsked;
    }
    Planting::NotPlanted {
        sowing_until: date(latest.sowing.mean + Z95 * latest.sowing.sd),
        greenup_until,
        highest_ndvi: highest,
        limit_ndvi: limit,
        evidence: seen.iter().map(|s| s.date).collect(),
    }
}
