//! Many fields over a season, each a series with its truth: what accuracy is measured on beside real data.
//!
//! Comes in: a [`TrialSpec`]. Goes out: a [`Trial`] in memory, or a folder with `series.csv` (the table that
//! `croplens season` and `croplens crop` read) and `truth.csv`.
//!
//! Fields grow by weather, degree-days and leaf area; leaves reflect by what they contain, canopies by four-stream
//! scattering over wet or dry soil, straw and water; the satellite looks through clouds that hang together, haze,
//! shadow, wrong aerosol and mixed edges. Not here, on purpose: anything that the estimator knows. No calendar, no
//! level and no index curve of `crop` or of `pipelines/` was used; sources stand in the two tables beside this file.

mod climate;
mod cloud;
mod field;
mod files;
mod ground;
mod lasting;
mod leaf;
mod look;
mod paddy;
mod plan;
mod sail;
mod stand;
mod surface;
mod tables;
mod told;

pub use field::EventKind;
pub use files::write;
pub use told::{CycleTruth, EventTruth, Look, TrialField};

use jiff::civil::Date;
use rayon::prelude::*;

use self::climate::Day;
use self::field::{Blow, Life, live};
use self::leaf::Plates;
use self::plan::Draw;
use self::tables::{Region, Tables, month_day};
use super::Error;
use super::dice::Dice;

/// Days that grow before the season asked about begins, and after it ends.
const MARGIN: (i64, usize) = (75, 45);
/// Parts of a field and their share of its area.
const PARTS: [f64; 3] = [0.5, 0.3, 0.2];
/// Days after an event over which its loss is counted.
const LOSS_DAYS: usize = 30;

/// What to grow.
#[derive(Clone, Debug, PartialEq)]
pub struct TrialSpec {
    /// The same seed gives the same bytes.
    pub seed: u64,
    /// Number of fields.
    pub fields: usize,
    /// First and last harvest year; fields take them in turn.
    pub years: (i16, i16),
    /// Share of looks that clouds hide, 0 to 0.95; each region's own when absent.
    pub cloud: Option<f64>,
    /// Regions by name; all when empty.
    pub regions: Vec<String>,
    /// Share of fields that an event befalls, 0 to 1.
    pub events: f64,
}

impl Default for TrialSpec {
    fn default() -> TrialSpec {
        TrialSpec {
            seed: 12_403,
            fields: 400,
            years: (2021, 2023),
            cloud: None,
            regions: Vec::new(),
            events: 0.12,
        }
    }
}

/// All fields.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// Fields, by number.
    pub fields: Vec<TrialField>,
}

/// A region in one year.
struct Season<'a> {
    region: &'a Region,
    number: u64,
    year: i16,
    first: Date,
    window: (Date, Date),
    weather: Vec<Day>,
}

/// A field after growing, before it is seen.
struct Grown<'a> {
    season: usize,
    draw: Draw<'a>,
    parts: Vec<Life<'a>>,
    blow: Option<Blow>,
    loss: f64,
}

impl TrialSpec {
    fn check(&self, tables: &Tables) -> Result<(), Error> {
        let refuse = |why: String| Err(Error::Spec(why));
        if !(1..=200_000).contains(&self.fields) {
            return refuse(format!("{} fields; a trial has 1 to 200000", self.fields));
        }
        if self.cloud.is_some_and(|c| !(0.0..=0.95).contains(&c)) {
            return refuse(format!("a cloud share of {}; it is 0 to 0.95", self.cloud.unwrap_or_default()));
        }
        if !(0.0..=1.0).contains(&self.events) {
            return refuse(format!("a share of events of {}; it is 0 to 1", self.events));
        }
        if !(2016..=2100).contains(&self.years.0) || self.years.1 < self.years.0 || self.years.1 > 2100 {
            return refuse(format!("the years {} to {}", self.years.0, self.years.1));
        }
        let known = |name: &String| tables.regions.iter().any(|r| r.name == *name);
        if let Some(name) = self.regions.iter().find(|name| !known(name)) {
            let names: Vec<&str> = tables.regions.iter().map(|r| r.name.as_str()).collect();
            return refuse(format!("the region {name}; known are {}", names.join(", ")));
        }
        Ok(())
    }
}

/// Grows a trial and looks at it.
///
/// # Errors
/// A spec that makes no sense.
pub fn grow(spec: &TrialSpec) -> Result<Trial, Error> {
    let tables = Tables::read()?;
    spec.check(&tables)?;
    let chosen = |r: &&Region| spec.regions.is_empty() || spec.regions.contains(&r.name);
    let regions: Vec<&Region> = tables.regions.iter().filter(chosen).collect();
    let mut seasons = Vec::new();
    for year in spec.years.0..=spec.years.1 {
        for (number, region) in regions.iter().enumerate() {
            seasons.push(season(region, number as u64, year, spec.seed)?);
        }
    }
    let plates = Plates::new();
    let grown: Vec<Grown<'_>> = (0..spec.fields)
        .into_par_iter()
        .map(|n| one(spec, &tables, &seasons, n))
        .collect::<Result<_, _>>()?;
    let fields = (0..spec.fields)
        .into_par_iter()
        .filter_map(|n| {
            let field = grown.get(n)?;
            // the next field of the same region and year lies beside it
            let beside = grown.get(n + seasons.len()).or_else(|| grown.get(n % seasons.len()))?;
            let season = seasons.get(field.season)?;
            Some(told::told(n, spec, season, field, beside, &plates))
        })
        .collect();
    Ok(Trial { fields })
}

fn season<'a>(region: &'a Region, number: u64, year: i16, seed: u64) -> Result<Season<'a>, Error> {
    let wrong = || Error::Spec(format!("a table of the trial: the window of {}", region.name));
    let at = |k: usize| region.window.get(k).and_then(|t| month_day(t)).ok_or_else(wrong);
    let (a, b) = (at(0)?, at(1)?);
    let crosses = a >= b || (b.0 - a.0) < 6 && region.lat < 0.0;
    let from = Date::new(if crosses || a.0 >= 8 { year - 1 } else { year }, a.0, a.1).map_err(|_| wrong())?;
    let to = Date::new(year, b.0, b.1).map_err(|_| wrong())?;
    let first = from.checked_sub(jiff::Span::new().days(MARGIN.0)).map_err(|_| wrong())?;
    let count = super::world::day_index(first, to) + 1 + MARGIN.1;
    let weather =
        climate::days(region, seed, year.unsigned_abs().into(), f64::from(first.day_of_year()), count);
    Ok(Season { region, number, year, first, window: (from, to), weather })
}

fn one<'a>(
    spec: &TrialSpec,
    tables: &'a Tables,
    seasons: &[Season<'a>],
    n: usize,
) -> Result<Grown<'a>, Error> {
    let at = n % seasons.len();
    let season = seasons.get(at).ok_or_else(|| Error::Spec("no region".to_owned()))?;
    let mut dice = Dice::new(spec.seed, &[0x7F1, n as u64]);
    let day_of = |(month, day): (i8, i8)| {
        let year = season.first.year();
        let this = Date::new(year, month, day).ok().filter(|d| *d >= season.first);
        let then = this.or_else(|| Date::new(year + 1, month, day).ok())?;
        Some(super::world::day_index(season.first, then))
    };
    let draw = plan::draw(tables, season.region, &mut dice, &day_of)?;
    // each field has its own air: valley, slope, sea
    let own = dice.normal(0.0, 0.5);
    let weather: Vec<Day> = season.weather.iter().map(|d| Day { temp_c: d.temp_c + own, ..*d }).collect();
    let others: Vec<_> = PARTS.iter().skip(1).map(|_| plan::part(&draw.farm, &mut dice)).collect();
    if let Some(cover) = draw.cover {
        let like = tables.crop(if cover == tables::Cover::Grass { "winter barley" } else { "soybean" })?;
        let life = lasting::last(cover, &draw.farm, &weather, like, Dice::new(spec.seed, &[0x6A5, n as u64]));
        return Ok(Grown { season: at, draw, parts: vec![life], blow: None, loss: 0.0 });
    }
    let quiet = grow_parts(&draw, &others, &weather, None);
    let wants = dice.unit() < spec.events && !draw.failed;
    let blow = quiet.first().filter(|_| wants).and_then(|life| plan::blow(&draw, life, &mut dice));
    let Some(blow) = blow else { return Ok(Grown { season: at, draw, parts: quiet, blow: None, loss: 0.0 }) };
    let parts = grow_parts(&draw, &others, &weather, Some(blow));
    let loss = loss(&quiet, &parts, blow, draw.asked);
    Ok(Grown { season: at, draw, parts, blow: Some(blow), loss })
}

fn grow_parts<'a>(
    draw: &Draw<'a>,
    others: &[field::Farm<'a>],
    weather: &[Day],
    blow: Option<Blow>,
) -> Vec<Life<'a>> {
    let main = live(&draw.farm, weather, blow, None);
    let mut parts = Vec::with_capacity(PARTS.len());
    for (k, other) in others.iter().enumerate() {
        // an event does not fall evenly on a field
        let weaker = blow.map(|b| Blow { severity: b.severity * if k == 0 { 0.92 } else { 0.75 }, ..b });
        parts.push(live(other, weather, weaker, Some(&main)));
    }
    parts.insert(0, main);
    parts
}

/// Part of the leaf area that an event cost in the month after it, while the crop would have been green.
fn loss(quiet: &[Life<'_>], hit: &[Life<'_>], blow: Blow, asked: usize) -> f64 {
    let from = blow.day + blow.days;
    let ripe = quiet.first().and_then(|l| l.cycles.get(asked)).and_then(|c| c.dates.ripe);
    let until = ripe.map_or(from + LOSS_DAYS, |r| r.clamp(from + 8, from + LOSS_DAYS));
    let area = |lives: &[Life<'_>]| -> f64 {
        (lives.iter().zip(PARTS))
            .map(|(l, p)| p * l.days.iter().take(until).skip(from).map(|s| s.green).sum::<f64>())
            .sum()
    };
    let whole = area(quiet);
    if whole > 0.0 { (1.0 - area(hit) / whole).clamp(0.0, 1.0) } else { 0.0 }
}
