//! The overpasses and what the archive made of them: which scenes exist, under which collection,
//! baseline and offset convention, and which of them are odd in the ways real archives are.

use geo::Coord;
use jiff::civil::Date;

use crate::band::Band;

use super::dice::Dice;
use super::place::{LAT_DEG, TILES};
use super::sky::{Sky, Weather, sun};

/// Days between overpasses of the main orbit (two satellites).
const REVISIT_DAYS: i64 = 5;
/// Relative orbit that covers both tiles, and the one whose swath ends here.
const ORBITS: [u16; 2] = [51, 94];
/// Every how many main overpasses the neighbouring orbit is in the archive, too.
const EDGE_EVERY: usize = 28;

/// Archive folder and collection a scene is served from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Archive {
    /// `sentinel-2-l2a`: from baseline 04.00 on the offset has been taken out of the numbers.
    L2a,
    /// `sentinel-2-c1-l2a`: the offset is in the numbers.
    Collection1,
}

/// What is wrong with a scene's files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Files {
    /// Nothing.
    Whole,
    /// Listed as JPEG 2000 in a paying bucket only; no file here.
    Jp2Only,
    /// This band is neither listed nor there.
    Without(Band),
}

/// One overpass.
#[derive(Clone, Debug)]
pub(super) struct Overpass {
    pub(super) date: Date,
    /// Days since the first day of the weather.
    pub(super) day: usize,
    /// `a` or `b`.
    pub(super) satellite: char,
    pub(super) orbit: u16,
    pub(super) sky: Sky,
    /// Everything east of this line is outside the swath: x + 0.21 y >= limit, metres from the centre.
    pub(super) swath_limit: Option<f64>,
    /// Whole 5 m steps by which this overpass is misplaced.
    pub(super) misplaced: (i64, i64),
}

/// One scene of one tile as the archive holds it.
#[derive(Clone, Debug)]
pub(super) struct SceneFile {
    pub(super) id: String,
    pub(super) tile: usize,
    pub(super) archive: Archive,
    pub(super) baseline: &'static str,
    pub(super) sequence: u8,
    pub(super) files: Files,
}

impl SceneFile {
    /// What has to be added to a reflectance of 0, in digital numbers.
    pub(super) fn dn_offset(&self) -> i32 {
        if self.archive == Archive::Collection1 { 1000 } else { 0 }
    }

    /// The offset the item declares for its bands.
    pub(super) fn declared_offset(&self) -> f64 {
        if self.baseline < "04.00" { 0.0 } else { -0.1 }
    }

    /// `earthsearch:boa_offset_applied`, which Collection 1 items do not have.
    pub(super) fn boa_offset_applied(&self) -> Option<bool> {
        (self.archive == Archive::L2a).then_some(self.baseline >= "04.00")
    }
}

/// Chance of clear, broken and overcast in a month (the rest is veiled): cloudier in winter.
fn chances(month: i8) -> [f64; 3] {
    match month {
        11..=12 | 1 => [0.13, 0.14, 0.69],
        2 | 3 | 10 => [0.22, 0.20, 0.54],
        _ => [0.30, 0.22, 0.43],
    }
}

/// All overpasses from `from` to `to`, both included.
pub(super) fn overpasses(
    seed: u64,
    first_day: Date,
    from: Date,
    to: Date,
    standing_cloud: Option<Coord<f64>>,
) -> Vec<Overpass> {
    let epoch = jiff::civil::date(2020, 1, 3);
    let days_to = |date: Date| date.since(epoch).map_or(0, |span| i64::from(span.get_days()));
    let mut out = Vec::new();
    let mut date = from;
    while date <= to {
        let since = days_to(date);
        let number = since.div_euclid(REVISIT_DAYS);
        let main = since.rem_euclid(REVISIT_DAYS) == 0;
        let edge = since.rem_euclid(REVISIT_DAYS) == 3 && number.rem_euclid(EDGE_EVERY as i64) == 7;
        if main || edge {
            let mut dice = Dice::new(seed, &[0xA0, since as u64]);
            let draw = dice.unit();
            let [clear, broken, overcast] = chances(date.month());
            let weather = match draw {
                d if d < clear || edge => Weather::Clear,
                d if d < clear + broken => Weather::Broken,
                d if d < clear + broken + overcast => Weather::Overcast,
                _ => Weather::Veiled,
            };
            let sun = sun(f64::from(date.day_of_year()), LAT_DEG);
            let mut step = || match dice.unit() {
                u if u < 0.18 => -1,
                u if u > 0.82 => 1,
                _ => 0,
            };
            out.push(Overpass {
                date,
                day: date.since(first_day).map_or(0, |s| s.get_days().max(0) as usize),
                satellite: if number.rem_euclid(2) == 0 { 'a' } else { 'b' },
                orbit: ORBITS[usize::from(edge)],
                sky: Sky::new(seed, since as u64, weather, sun, standing_cloud),
                misplaced: (step(), step()),
                swath_limit: edge.then(|| -350.0 + 900.0 * (dice.unit() - 0.5)),
            });
        }
        date = match date.tomorrow() {
            Ok(next) => next,
            Err(_) => break,
        };
    }
    out
}

/// Processing baseline in use on a date (the archive was not reprocessed). Source: ESA, Sentinel-2
/// processing baseline history.
fn baseline(date: Date) -> &'static str {
    use jiff::civil::date as on;
    match date {
        d if d < on(2021, 3, 30) => "02.14",
        d if d < on(2021, 7, 1) => "03.00",
        d if d < on(2022, 1, 25) => "03.01",
        d if d < on(2022, 12, 6) => "04.00",
        d if d < on(2023, 12, 13) => "05.09",
        _ => "05.10",
    }
}

/// The scenes the archive holds of each overpass, oddities included.
///
/// In the first of several years the eastern tile is served from Collection 1 in April and May, and
/// from both collections in June. Of the clear overpasses from July on: in the first year the second
/// is JPEG 2000 only on the western tile; in the last year the first is reprocessed (listed twice,
/// `_0_` and `_1_`) on the eastern tile and the fourth lacks the near infrared on the western.
pub(super) fn scenes(overpasses: &[Overpass], years: (i16, i16), tiles: usize) -> Vec<(usize, SceneFile)> {
    let clear = |year: i16, which: usize| {
        (0..overpasses.len())
            .filter(|n| {
                let o = &overpasses[*n];
                o.sky.weather == Weather::Clear
                    && o.orbit == ORBITS[0]
                    && o.date.year() == year
                    && o.date.month() >= 7
            })
            .nth(which)
    };
    let several = years.0 != years.1;
    let jp2_only = clear(years.0, 1).filter(|_| several);
    let reprocessed = clear(years.1, 0).filter(|_| several);
    let incomplete = clear(years.1, 3).filter(|_| several);
    let mut out = Vec::new();
    for (n, o) in overpasses.iter().enumerate() {
        let letter = o.satellite.to_ascii_uppercase();
        let ymd = o.date.strftime("%Y%m%d").to_string();
        for (tile, facts) in TILES.iter().enumerate().take(tiles) {
            let code = facts.code();
            let scene = |sequence: u8, baseline, files| SceneFile {
                id: format!("S2{letter}_{code}_{ymd}_{sequence}_L2A"),
                tile,
                archive: Archive::L2a,
                baseline,
                sequence,
                files,
            };
            let second = tile == 1;
            let spring = o.date.year() == years.0 && several && second;
            if !(spring && matches!(o.date.month(), 4 | 5)) {
                let files = match Some(n) {
                    n if n == jp2_only && !second => Files::Jp2Only,
                    n if n == incomplete && !second => Files::Without(Band::B08),
                    _ => Files::Whole,
                };
                out.push((n, scene(0, baseline(o.date), files)));
                if Some(n) == reprocessed && second {
                    out.push((n, scene(1, "05.10", Files::Whole)));
                }
            }
            if spring && matches!(o.date.month(), 4..=6) {
                let taken = o.datetime_text().replace([':', '-'], "");
                let taken = taken.split('.').next().unwrap_or(&taken).trim_end_matches('Z').to_owned();
                out.push((
                    n,
                    SceneFile {
                        id: format!("S2{letter}_T{code}_{taken}_L2A"),
                        archive: Archive::Collection1,
                        baseline: "05.00",
                        ..scene(0, "05.00", Files::Whole)
                    },
                ));
            }
        }
    }
    out
}

impl Overpass {
    /// Sensing time, RFC 3339: the sun-synchronous orbits pass here shortly before 11 h UTC.
    pub(super) fn datetime_text(&self) -> String {
        let minute = if self.orbit == ORBITS[0] { 56 } else { 46 };
        format!("{}T10:{minute}:21.024Z", self.date)
    }

    /// Whether a point (UTM metres) is inside the swath.
    pub(super) fn sees(&self, x: f64, y: f64) -> bool {
        let centre = super::place::CENTRE;
        self.swath_limit.is_none_or(|limit| (x - centre.0) + 0.21 * (y - centre.1) < limit)
    }
}
