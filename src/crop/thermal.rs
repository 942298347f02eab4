//! Thermal time: with daily temperatures, the calendar's days become days that are as warm as usual.
//!
//! A spring that is warmer than usual brings the calendar's dates earlier, a colder one later, by the degree-days that
//! the crop needs. What the calendar takes as usual is the place's own normal temperature, so that a year of normal
//! temperatures gives the calendar's answer exactly, whatever cultivar is grown.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;

use crate::series::{days_between, plus_days};

use super::normal::{date, day};
use super::profiles::ProfileError;

mod departure;
pub use departure::Departure;

/// Name and version of this method.
pub const METHOD: &str = "thermal-time/1";

const BUILTIN: &str = include_str!("../../pipelines/thermal.toml");

/// Days of one crop cycle that are counted; a winter crop stands 320 at most.
const CYCLE_DAYS: i32 = 420;
/// Least development of a day, degree-days: development never runs backwards nor stops for good (design value).
const LEAST_RATE: f64 = 0.3;
/// Earlier years that make a normal where the file gives none (design value: sd of a monthly mean is about 2 °C).
const LEAST_YEARS: usize = 5;
/// Days either side of a day whose temperatures make its normal (design value).
const NORMAL_WINDOW: i32 = 10;
/// Obliquity of the ecliptic, degrees, and day of the year of the December solstice.
const OBLIQUITY_DEG: f64 = 23.44;
const SOLSTICE_DAY: f64 = 355.0;

/// Daily mean temperatures of one place, °C, with what is usual there where it is known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DailyMeans {
    mean: BTreeMap<Date, f64>,
    normal: BTreeMap<(i8, i8), f64>,
    /// Set where the days cannot be the place's; they are left out.
    strange: Option<Departure>,
}

impl DailyMeans {
    /// From daily means and, where the source gives them, long-term normals by date; values that are not finite are
    /// left out. Of two normals for a month and day the later date's is used.
    pub fn new(mean: BTreeMap<Date, f64>, normal: BTreeMap<Date, f64>) -> DailyMeans {
        let finite = |t: &f64| t.is_finite();
        DailyMeans {
            mean: mean.into_iter().filter(|(_, t)| finite(t)).collect(),
            normal: normal
                .into_iter()
                .filter(|(_, t)| finite(t))
                .map(|(d, t)| ((d.month(), d.day()), t))
                .collect(),
            strange: None,
        }
    }

    /// Whether there is a value for no day at all.
    pub fn is_empty(&self) -> bool {
        self.mean.is_empty()
    }

    /// What is usual on a day: the normal of the file, else the mean of the same time of earlier years.
    fn usual(&self, on: Date, before: Date) -> Option<f64> {
        // 29 February borrows from the day before where the normals have no leap day.
        let given = self
            .normal
            .get(&(on.month(), on.day()))
            .or_else(|| self.normal.get(&(2, 28)).filter(|_| on.month() == 2));
        if given.is_some() {
            return given.copied();
        }
        let (mut years, mut sum, mut days) = (0, 0.0, 0);
        for back in 1..=40_i16 {
            let Ok(then) = Date::new(on.year() - back, on.month(), on.day().min(28)) else { continue };
            let (from, to) = (plus_days(then, -NORMAL_WINDOW), plus_days(then, NORMAL_WINDOW));
            if to >= before {
                continue;
            }
            let (s, n) = self.mean.range(from..=to).fold((0.0, 0), |(s, n), (_, t)| (s + t, n + 1));
            if n > NORMAL_WINDOW {
                years += 1;
                sum += s;
                days += n;
            }
        }
        (years >= LEAST_YEARS).then(|| sum / f64::from(days))
    }
}

/// How one group of crops follows the temperature.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThermalRow {
    /// Crops it is for.
    pub crops: Vec<String>,
    /// Temperature from which there is development, °C.
    pub base_c: f64,
    /// Sowing to emergence, degree-days.
    pub to_emergence: f64,
    /// Emergence to flowering, least and most, degree-days.
    pub to_anthesis: [f64; 2],
    /// Flowering to maturity, least and most, degree-days.
    pub to_maturity: [f64; 2],
    /// Hours of daylight from which there is development, and from which it is at full speed.
    pub photoperiod_h: Option<[f64; 2]>,
    /// Where the numbers come from.
    pub source: String,
}

/// The rows of all crops.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThermalTable {
    version: String,
    crop: Vec<ThermalRow>,
}

impl ThermalTable {
    /// The table that ships with croplens.
    ///
    /// # Errors
    /// None in a build whose tests pass.
    pub fn builtin() -> Result<ThermalTable, ProfileError> {
        ThermalTable::parse(BUILTIN)
    }

    /// Reads and checks a table.
    ///
    /// # Errors
    /// Syntax with line and key; rows without a source or with impossible numbers.
    pub fn parse(text: &str) -> Result<ThermalTable, ProfileError> {
        let table: ThermalTable = toml::from_str(text)?;
        for r in &table.crop {
            let wrong = |problem: &str| ProfileError::Row {
                row: format!("thermal time of {}", r.crops.join(", ")),
                problem: problem.to_owned(),
            };
            if r.source.trim().is_empty() {
                return Err(wrong("it has no source"));
            }
            let sums = [r.to_emergence, r.to_anthesis[0], r.to_maturity[0]];
            let ordered = r.to_anthesis[0] <= r.to_anthesis[1] && r.to_maturity[0] <= r.to_maturity[1];
            let hours = r.photoperiod_h.is_none_or(|[a, b]| 0.0 <= a && a < b && b <= 24.0);
            if !(sums.iter().all(|s| *s > 0.0 && s.is_finite())
                && ordered
                && hours
                && (-5.0..=20.0).contains(&r.base_c))
            {
                return Err(wrong("its numbers cannot be true"));
            }
        }
        Ok(table)
    }

    /// Version word of the table.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// All rows.
    pub fn rows(&self) -> &[ThermalRow] {
        &self.crop
    }

    /// The row of a crop.
    pub fn row(&self, crop: &str) -> Option<&ThermalRow> {
        self.crop.iter().find(|r| r.crops.iter().any(|c| c == crop))
    }
}

/// When something happens that usually happens on another day: one crop, one cycle, one place.
///
/// Days are days since 1970. Before the cycle's start, and where nothing is known, both days are the same.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Warp {
    start: f64,
    /// Degree-days up to the start of each day of the cycle, as usual and as they were.
    usual: Vec<f64>,
    actual: Vec<f64>,
    /// Days from the start to the as-of day, and those of them without a temperature.
    pub days: usize,
    pub missing: usize,
}

impl Warp {
    /// From the middle of sowing on. Days without a temperature, and those after `as_of`, count as usual ones. `None`
    /// when it is not known what is usual.
    pub(super) fn new(
        means: &DailyMeans,
        row: &ThermalRow,
        latitude: Option<f64>,
        sowing: f64,
        as_of: Date,
    ) -> Option<Warp> {
        let first = date(sowing);
        let (mut usual, mut actual) = (vec![0.0], vec![0.0]);
        let (mut sum_usual, mut sum_actual) = (0.0, 0.0);
        let (mut days, mut missing) = (0, 0);
        for k in 0..CYCLE_DAYS {
            let on = plus_days(first, k);
            let normal = means.usual(on, first)?;
            let light = latitude.zip(row.photoperiod_h).map_or(1.0, |(lat, [none, full])| {
                ((day_length_h(lat, on) - none) / (full - none)).clamp(0.0, 1.0)
            });
            let rate = |t: f64| ((t - row.base_c).max(0.0) * light).max(LEAST_RATE);
            let seen = means.mean.get(&on).filter(|_| on <= as_of);
            days += usize::from(on <= as_of);
            missing += usize::from(on <= as_of && seen.is_none());
            sum_usual += rate(normal);
            sum_actual += rate(seen.copied().unwrap_or(normal));
            usual.push(sum_usual);
            actual.push(sum_actual);
        }
        Some(Warp { start: day(first), usual, actual, days, missing })
    }

    /// Whether the temperature of any day was known; without one it moves nothing.
    pub(super) fn by_degree_days(&self) -> bool {
        self.days > self.missing
    }

    /// The day on which happens what usually happens on `usual_day`.
    pub(super) fn actual(&self, usual_day: f64) -> f64 {
        self.carried(usual_day, &self.usual, &self.actual)
    }

    /// The day on which what happens on `actual_day` usually happens.
    pub(super) fn usual(&self, actual_day: f64) -> f64 {
        self.carried(actual_day, &self.actual, &self.usual)
    }

    fn carried(&self, at: f64, from: &[f64], to: &[f64]) -> f64 {
        let x = at - self.start;
        if x <= 0.0 {
            return at;
        }
        let (whole, last) = (x.floor() as usize, from.len().saturating_sub(1));
        let sum = match (from.get(whole), from.get(whole + 1)) {
            (Some(a), Some(b)) => a + (b - a) * x.fract(),
            // Beyond the counted days both run alike.
            _ => {
                let end = self.start + last as f64 - 1e-6;
                return at + self.carried(end, from, to) - end;
            }
        };
        let k = to.partition_point(|s| *s <= sum);
        match (k.checked_sub(1).and_then(|i| to.get(i)), to.get(k)) {
            (Some(a), Some(b)) => self.start + (k - 1) as f64 + (sum - a) / (b - a).max(1e-9),
            _ => self.start + last as f64,
        }
    }
}

/// Hours from sunrise to sunset, the sun as a point on a flat horizon.
///
/// # Sources
/// Spherical astronomy: cos of half the day's arc = - tan(latitude) tan(declination); declination by a cosine of the
/// year (error below 0.1 h outside the polar circles).
fn day_length_h(latitude_deg: f64, on: Date) -> f64 {
    let since = f64::from(days_between(date(day(Date::new(on.year(), 1, 1).unwrap_or(on))), on)) + 1.0;
    let turn = 2.0 * std::f64::consts::PI * (since - SOLSTICE_DAY) / 365.25;
    let declination = -OBLIQUITY_DEG.to_radians() * turn.cos();
    let arc = -(latitude_deg.to_radians().tan() * declination.tan());
    24.0 / std::f64::consts::PI * arc.clamp(-1.0, 1.0).acos()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    /// A year's course in Central Europe, °C, plus something.
    fn course(more: impl Fn(Date) -> f64) -> BTreeMap<Date, f64> {
        let first = date(2021, 9, 1);
        (0..500)
            .map(|k| plus_days(first, k))
            .map(|d| {
                let turn = 2.0 * std::f64::consts::PI * (f64::from(d.day_of_year()) - 200.0) / 365.25;
                (d, 9.5 + 9.5 * turn.cos() + more(d))
            })
            .collect()
    }

    fn warp(more: impl Fn(Date) -> f64) -> Warp {
        let table = ThermalTable::builtin().unwrap();
        let means = DailyMeans::new(course(more), course(|_| 0.0));
        let row = table.row("winter_wheat").unwrap();
        Warp::new(&means, row, Some(48.0), day(date(2021, 10, 5)), date(2022, 8, 1)).unwrap()
    }

    #[test]
    fn usual_temperatures_are_the_calendar() {
        let w = warp(|_| 0.0);
        for k in 0..480 {
            let at = day(date(2021, 9, 20)) + f64::from(k) + 0.3;
            assert!((w.actual(at) - at).abs() < 1e-6 && (w.usual(at) - at).abs() < 1e-6, "{k}");
        }
    }

    #[test]
    fn a_warm_spring_is_early_a_cold_one_late_and_there_is_a_way_back() {
        let heading = day(date(2022, 5, 30));
        let in_spring = |d: Date| d.year() == 2022 && (3..=5).contains(&d.month());
        let early = warp(|d| if in_spring(d) { 2.0 } else { 0.0 });
        let late = warp(|d| if in_spring(d) { -2.0 } else { 0.0 });
        let (a, b) = (early.actual(heading), late.actual(heading));
        assert!((4.0..16.0).contains(&(heading - a)), "{} days early", heading - a);
        assert!((4.0..20.0).contains(&(b - heading)), "{} days late", b - heading);
        for k in 0..300 {
            let at = day(date(2021, 10, 1)) + f64::from(k);
            assert!((early.usual(early.actual(at)) - at).abs() < 1e-6);
            assert!(early.actual(at) <= at + 1e-9 && late.actual(at) >= at - 1e-9);
        }
    }

    #[test]
    fn days_without_a_temperature_are_usual_days() {
        let table = ThermalTable::builtin().unwrap();
        let row = table.row("winter_wheat").unwrap();
        let sown = day(date(2021, 10, 5));
        let none = DailyMeans::new(BTreeMap::new(), course(|_| 0.0));
        let w = Warp::new(&none, row, Some(48.0), sown, date(2022, 8, 1)).unwrap();
        assert_eq!(w.days, w.missing);
        assert!((w.actual(sown + 240.0) - sown - 240.0).abs() < 1e-6);
        // Nothing is known of what is usual: no warp at all.
        let bare = DailyMeans::new(course(|_| 0.0), BTreeMap::new());
        assert!(Warp::new(&bare, row, Some(48.0), sown, date(2022, 8, 1)).is_none());
    }

    #[test]
    fn the_day_is_as_long_as_the_almanac_says() {
        // Sunrise to sunset by the almanac, refraction (about 0.15 h) not counted.
        for (lat, on, hours) in [
            (0.0, date(2022, 6, 21), 12.0),
            (47.5, date(2022, 6, 21), 15.75),
            (47.5, date(2022, 12, 21), 8.25),
            (-33.0, date(2022, 6, 21), 9.8),
            (50.0, date(2022, 3, 21), 12.0),
        ] {
            let found = day_length_h(lat, on);
            assert!((found - hours).abs() < 0.25, "{lat} {on}: {found}");
        }
    }
}
