//! Which season a reading is about: the window, the cycle that the declaration names in it, and the season seen then.

use jiff::civil::Date;

use crate::phenology::Season;
use crate::series::plus_days;

use super::calendar;
use super::cropped::{Look, Window};
use super::declared::Fit;
use super::normal;
use super::profile::Profile;
use super::profiles::{Meaning, Profiles};
use super::season_reading::Reading;
use super::sowing::{self, SowingWindow};
use super::{CropRules, SowingNotUsed};

/// Days before sowing that still belong to a cycle: the soil it rises from, and sowing earlier than expected.
const SOIL_BEFORE_SOWING_DAYS: i32 = 45;

/// First and last day of the cycle that the reading is about: see [`asked`].
pub(super) fn asked_window(reading: &Reading<'_>, profiles: &Profiles, rules: &CropRules) -> (Date, Date) {
    let declared = declared_rows(reading, profiles);
    let latitude = reading.place.map(|p| p.0);
    let as_of = reading.series.as_of();
    let window = asked(window(reading, rules), &declared, as_of, latitude, reading.declared_sowing, rules);
    (window.from, window.to)
}

/// The window asked for, or the default one.
pub(super) fn window(reading: &Reading<'_>, rules: &CropRules) -> Window {
    let as_of = reading.series.as_of();
    match reading.window {
        Some((from, to)) => Window { from: from.min(to), to: to.max(from) },
        None => Window { from: plus_days(as_of, -(rules.default_window_days as i32)), to: as_of },
    }
}

/// The part of the window that belongs to the cycle asked about: of two crops within it, last year's must not answer
/// for this year's.
///
/// A declared sowing date names the cycle, where the calendar of the declared crop takes it: a mistyped one must not
/// hide the crop that stands. Without one it is the latest cycle of the declared crop's calendar that is
/// usually sown by the as-of day: once the next one should be in the ground, the last one is no answer any more.
pub(super) fn asked(
    window: Window,
    rows: &[&Profile],
    as_of: Date,
    latitude: Option<f64>,
    sown: Option<Date>,
    rules: &CropRules,
) -> Window {
    let names_a_cycle = |sown: Date| sown <= as_of && not_used(rows, Some(sown), latitude).is_none();
    let sowing = match sown.filter(|s| !rows.is_empty() && names_a_cycle(*s)) {
        Some(sown) => Some(sown),
        None => rows
            .iter()
            .filter_map(|row| calendar::cycle_sown(row, as_of, latitude, rules))
            .map(|cycle| normal::date(cycle.sowing.mean))
            .min(),
    };
    match sowing.map(|s| plus_days(s, -SOIL_BEFORE_SOWING_DAYS)) {
        Some(from) if from > window.from && from < window.to => Window { from, ..window },
        _ => window,
    }
}

/// Whether a season is one of the window's: by its maximum, or by still being open.
pub(super) fn belongs(season: &Season, window: Window, as_of: Date) -> bool {
    match season.pos {
        Some(pos) => pos >= window.from && pos <= window.to,
        None => as_of >= window.from && season.sos.or(season.greenup50).is_none_or(|d| d <= window.to),
    }
}

/// The season of the appraisal: of those that look like a crop (else of all), the one that fits the declared
/// crop's calendar best, the later of equal ones; without a declaration the last.
pub(super) fn choose<'a>(
    seasons: &[Season],
    in_window: &[usize],
    look: &Look,
    fit_of: &dyn Fn(&Season) -> Option<Fit<'a>>,
) -> Option<usize> {
    let crops: Vec<usize> = in_window.iter().copied().filter(|k| look.is_crop(&seasons[*k])).collect();
    let among = if crops.is_empty() { in_window } else { &crops };
    let distance = |k: usize| fit_of(&seasons[k]).map_or(f64::INFINITY, |f| f.worst());
    among.iter().copied().reduce(|a, b| if distance(b) <= distance(a) { b } else { a })
}

/// The calendar's rows of the declared crop; none where the word is unknown here.
pub(super) fn declared_rows<'p>(reading: &Reading<'_>, profiles: &'p Profiles) -> Vec<&'p Profile> {
    let zones = reading.zones(profiles);
    match reading.declared_crop.map(|word| profiles.meaning(word, &zones)) {
        Some(Meaning::Rows(rows)) => rows,
        _ => Vec::new(),
    }
}

/// What a declared sowing date misses that is of no year's cycle of the declared crop.
pub(super) fn sown_in_no_year(reading: &Reading<'_>, profiles: &Profiles) -> Option<SowingNotUsed> {
    let rows = declared_rows(reading, profiles);
    not_used(&rows, reading.declared_sowing, reading.place.map(|p| p.0))
}

pub(super) fn not_used(
    rows: &[&Profile],
    sown: Option<Date>,
    latitude: Option<f64>,
) -> Option<SowingNotUsed> {
    let sown = sown?;
    let windows = rows.iter().flat_map(|row| {
        (sown.year() - 1..=sown.year() + 1)
            .filter_map(|year| Some((row.crop.as_str(), SowingWindow::of(row, year, latitude)?)))
    });
    sowing::not_used(windows, sown)
}
