//! When a profile expects its dates in one year, and what a season's curve makes of that.
//!
//! A small Gaussian chain: sowing moves green-up by half, green-up moves senescence by a third, harvest follows
//! senescence. Dates that were seen pull on it by their precision; a field that is still green has its senescence
//! still to come.

use jiff::civil::Date;

use crate::phenology::Season;

use super::CropRules;
use super::normal::{Normal, Z95, date, day};
use super::profile::Profile;
use super::sowing::{SowingWindow, shifted};

/// Trust in a declared sowing date, days.
const DECLARED_SOWING_SD: f64 = 5.0;
/// A cycle sown farther from the declared sowing date than this is another one, days.
const MOST_SOWING_ERROR: f64 = 60.0;
/// What the definition of a threshold date adds to its uncertainty, days.
const GREENUP_EXTRA_SD: f64 = 6.0;
const SENESCENCE_EXTRA_SD: f64 = 4.0;
/// Half-senescence comes this share of GS after the maximum (wheat: 38 of 100 days; US and Swiss field scores).
const PEAK_TO_SENESCENCE: f64 = 0.38;
/// Its standard deviation, days.
const PEAK_TO_SENESCENCE_SD: f64 = 12.0;
/// Days from a clear date without any fall to half-senescence, at least: a logistic fall of width 6 days takes 18 from
/// 5 % to 50 % (design value: widths run from 5 to 16). Set from 10 to 18 after a look at the Swiss fields.
const GREEN_TO_SENESCENCE: f64 = 18.0;

/// Least time from emergence to the calendar's green-up of a crop that stands over the winter, days.
const LEAST_WINTER_DAYS: f64 = 90.0;

/// The dates of one cycle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Dates {
    pub sowing: Normal,
    pub emergence: Normal,
    pub greenup: Normal,
    /// Maximum, loosely.
    pub peak: Option<Normal>,
    /// 50 % senescence; absent for crops without a natural end.
    pub senescence: Option<Normal>,
    pub harvest: Option<Normal>,
}

/// What the profile expects for the cycle sown in the window that begins in `year`.
pub(super) fn expected(
    p: &Profile,
    year: i16,
    latitude: Option<f64>,
    sown: Option<Date>,
    rules: &CropRules,
) -> Option<Dates> {
    let window = SowingWindow::of(p, year, latitude)?;
    let middle = window.law.mean;
    let sowing = match sown.filter(|s| window.takes(*s)) {
        Some(seen) => Normal::new(day(seen), DECLARED_SOWING_SD),
        None => window.law,
    };
    let planned = window.middle + p.sg_days + shifted(p, latitude, |s| s.greenup);
    let slack = rules.calendar_slack_days;
    let greenup = Normal::new(
        planned + 0.5 * (sowing.mean - middle),
        (0.5 * sowing.sd).hypot(p.sg_sd_days).hypot(slack),
    );
    let senescence = p.gs_days.map(|gs| {
        let planned_end = window.middle + p.sg_days + gs + shifted(p, latitude, |s| s.senescence);
        Normal::new(
            planned_end + 0.3 * (greenup.mean - planned),
            (0.3 * greenup.sd).hypot(p.gs_sd_days).hypot(slack),
        )
    });
    Some(chain(p, sowing, greenup, senescence))
}

fn chain(p: &Profile, sowing: Normal, greenup: Normal, senescence: Option<Normal>) -> Dates {
    let lag = match (p.transplanted, p.sg_days >= 100.0) {
        (true, _) => 5.0,
        (false, true) => 14.0,
        (false, false) => 8.0,
    };
    let peak =
        senescence.zip(p.gs_days).map(|(s, gs)| s.plus(-PEAK_TO_SENESCENCE * gs, PEAK_TO_SENESCENCE_SD));
    let harvest = senescence.zip(p.sh_days).map(|(s, sh)| s.plus(sh, p.sh_sd_days));
    Dates { sowing, emergence: sowing.plus(lag, 4.0), greenup, peak, senescence, harvest }
}

/// The cycle of a profile that a season can be: the one whose expected dates are nearest. A season without any date
/// yet is rising on the day `seen_to`, so the cycle is taken whose green-up is nearest to that.
pub(super) fn cycle_of(
    p: &Profile,
    season: &Season,
    seen_to: Date,
    latitude: Option<f64>,
    sown: Option<Date>,
    rules: &CropRules,
) -> Option<Dates> {
    let anchors = [season.greenup50, season.pos, season.senescence50];
    let rising = anchors.iter().all(Option::is_none);
    let year = anchors.iter().flatten().next().copied().unwrap_or(seen_to).year();
    let distance = |d: &Dates| {
        if rising {
            return (day(seen_to) - d.greenup.mean).abs();
        }
        let pairs =
            [(season.greenup50, Some(d.greenup)), (season.pos, d.peak), (season.senescence50, d.senescence)];
        pairs.iter().filter_map(|(seen, law)| Some((day((*seen)?) - (*law)?.mean).abs())).fold(0.0, f64::max)
    };
    (year - 2..=year + 1)
        .filter_map(|y| expected(p, y, latitude, sown, rules))
        .reduce(|a, b| if distance(&b) < distance(&a) { b } else { a })
}

/// The latest cycle of a profile whose sowing is due by a day.
pub(super) fn cycle_sown(
    p: &Profile,
    as_of: Date,
    latitude: Option<f64>,
    rules: &CropRules,
) -> Option<Dates> {
    (as_of.year() - 2..=as_of.year())
        .filter_map(|year| expected(p, year, latitude, None, rules))
        .filter(|d| d.sowing.mean <= day(as_of))
        .reduce(|a, b| if b.sowing.mean > a.sowing.mean { b } else { a })
}

/// The cycle of a profile that belongs to a window when no season was seen: the latest one whose green-up is expected
/// inside, or else the one that is sown inside.
pub(super) fn cycle_in(
    p: &Profile,
    from: Date,
    to: Date,
    latitude: Option<f64>,
    sown: Option<Date>,
    rules: &CropRules,
) -> Option<Dates> {
    let (from_day, to_day) = (day(from), day(to));
    let cycles: Vec<Dates> = (from.year() - 2..=to.year() + 1)
        .filter_map(|y| expected(p, y, latitude, sown, rules))
        .filter(|d| sown.is_none_or(|s| (d.sowing.mean - day(s)).abs() <= MOST_SOWING_ERROR))
        .collect();
    let rising = |d: &&Dates| (from_day..=to_day).contains(&d.greenup.mean);
    let sowing = |d: &&Dates| (from_day..=to_day).contains(&d.sowing.mean);
    cycles.iter().rfind(rising).or_else(|| cycles.iter().rfind(sowing)).copied()
}

/// When a crop that may be in the ground without showing yet must be visible: the day after which a missing green-up
/// tells something. `None` when no cycle of the profile is between sowing and green-up on that day.
pub(super) fn pending(
    p: &Profile,
    on: Date,
    latitude: Option<f64>,
    sown: Option<Date>,
    rules: &CropRules,
) -> Option<Date> {
    (on.year() - 1..=on.year())
        .filter_map(|y| expected(p, y, latitude, sown, rules))
        .map(|d| (d.sowing.mean - Z95 * d.sowing.sd, visible_by(&d)))
        .find(|(from, until)| *from <= day(on) && day(on) < *until)
        .map(|(_, until)| date(until))
}

/// Day number from which a green-up that has not come is late: its 95th percentile and two weeks.
pub(super) fn visible_by(d: &Dates) -> f64 {
    d.greenup.mean + Z95 * d.greenup.sd + 15.0
}

/// The expected dates after everything the season shows.
pub(super) fn updated(p: &Profile, planned: Dates, season: &Season, last_clear: Date) -> Dates {
    let mut greenup = planned.greenup;
    let mut sowing = planned.sowing;
    if let Some(seen) = season.greenup50.filter(|seen| !before_winter(&planned, *seen)) {
        let sd = season.sos_sd_days.unwrap_or(12.0).hypot(GREENUP_EXTRA_SD);
        greenup = greenup.update(day(seen), sd);
        // Sowing and green-up share half of the sowing date's spread.
        let share = 0.5 * sowing.sd * sowing.sd / (planned.greenup.sd * planned.greenup.sd);
        let left = 1.0 - 0.5 * share * (1.0 - (greenup.sd / planned.greenup.sd).powi(2));
        sowing = Normal::new(
            sowing.mean + share * (greenup.mean - planned.greenup.mean),
            sowing.sd * left.max(0.1).sqrt(),
        );
    }
    let senescence = planned.senescence.zip(p.gs_days).map(|(law, gs)| {
        let mut law = Normal::new(law.mean + 0.3 * (greenup.mean - planned.greenup.mean), law.sd);
        if let Some(pos) = season.pos {
            law = law.update(day(pos) + PEAK_TO_SENESCENCE * gs, PEAK_TO_SENESCENCE_SD);
        }
        match season.senescence50 {
            Some(seen) => {
                law.update(day(seen), season.eos_sd_days.unwrap_or(4.0).min(15.0).hypot(SENESCENCE_EXTRA_SD))
            }
            None if season.pos.is_none() => law.after(day(last_clear) + GREEN_TO_SENESCENCE),
            None => law.after(day(last_clear)),
        }
    });
    chain(p, sowing, greenup, senescence)
}

/// One date of a season against the calendar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Deviation {
    /// `50 % green-up`, `maximum`, `50 % senescence`.
    pub what: &'static str,
    pub seen: Date,
    pub law: Normal,
    /// Days seen after expected, in standard deviations.
    pub z: f64,
}

/// Whether a green-up is the one before the winter of a crop whose calendar means the one after it: rapeseed of August
/// covers the ground in September. Such a date neither speaks against the crop nor moves its calendar.
fn before_winter(planned: &Dates, seen: Date) -> bool {
    let (emergence, greenup) = (planned.emergence, planned.greenup);
    let at = day(seen);
    greenup.mean - emergence.mean > LEAST_WINTER_DAYS
        && at >= emergence.mean - emergence.sd
        && at < greenup.mean - 0.5 * LEAST_WINTER_DAYS
}

/// Every date that was seen and is expected.
pub(super) fn deviations(planned: &Dates, season: &Season) -> Vec<Deviation> {
    let sos_sd = season.sos_sd_days.unwrap_or(12.0).min(20.0).hypot(GREENUP_EXTRA_SD);
    // Neither base is known: the half-rise is that of the part that was seen, and too late.
    let greenup = season
        .greenup50
        .filter(|_| season.sos.is_some() || season.eos.is_some())
        .filter(|seen| !before_winter(planned, *seen));
    let eos_sd = season.eos_sd_days.unwrap_or(8.0).min(20.0).hypot(SENESCENCE_EXTRA_SD);
    [
        ("50 % green-up", greenup, Some(planned.greenup), sos_sd),
        ("maximum", season.pos, planned.peak, 8.0),
        ("50 % senescence", season.senescence50, planned.senescence, eos_sd),
    ]
    .into_iter()
    .filter_map(|(what, seen, law, sd)| {
        let (seen, law) = (seen?, law?);
        Some(Deviation { what, seen, law, z: (day(seen) - law.mean) / law.sd.hypot(sd) })
    })
    .collect()
}

/// The largest deviation in standard deviations; `None` when nothing can be compared.
pub(super) fn worst(deviations: &[Deviation]) -> Option<f64> {
    deviations.iter().map(|d| d.z.abs()).reduce(f64::max)
}
