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

pub use field::EventKind;
pub use files::write;

use jiff::civil::Date;
use rayon::prelude::*;

use self::climate::Day;
use self::cloud::Hidden;
use self::field::{Blow, Life, live};
use self::leaf::{Plates, Spectrum};
use self::look::Pass;
use self::plan::Draw;
use self::surface::{blend, surface};
use self::tables::{Ends, Region, Tables, month_day};
use super::Error;
use super::canopy::BANDS;
use super::dice::Dice;
use super::sky::sun;

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

/// One date on which a field was seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// Day of the overpass.
    pub date: Date,
    /// Surface reflectance B02, B03, B04, B05, B06, B07, B08, B8A, B11, B12, as delivered.
    pub bands: [f64; BANDS],
    /// Part of the field that was seen, above 0.5.
    pub weight: f64,
}

impl Look {
    /// (B08 - B04) / (B08 + B04).
    pub fn ndvi(&self) -> f64 {
        (self.bands[6] - self.bands[2]) / (self.bands[6] + self.bands[2])
    }
}

/// One crop as it truly was.
#[derive(Clone, Debug, PartialEq)]
pub struct CycleTruth {
    /// Crop in plain words.
    pub crop: String,
    /// Whether no calendar knows the crop.
    pub open_set: bool,
    /// Cut green by intent: silage, fibre.
    pub cut_green: bool,
    /// Whether the declaration is about this cycle.
    pub asked: bool,
    /// Sown or planted.
    pub sown: Date,
    /// Half of the seed is up.
    pub emerged: Option<Date>,
    /// Half of the greatest leaf area.
    pub greenup: Option<Date>,
    /// Flowering (heading).
    pub flowered: Option<Date>,
    /// Ripe.
    pub ripe: Option<Date>,
    /// Harvested; absent where the crop was lost or still stands at the end.
    pub harvested: Option<Date>,
    /// Greatest green leaf area index.
    pub peak_lai: f64,
    /// First and last days of standing water of a paddy.
    pub flooded: Vec<(Date, Date)>,
}

/// An event as it truly was.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EventTruth {
    /// Kind.
    pub kind: EventKind,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// Part of the leaf area lost over the month after it, against the same field without it; 0 to 1.
    pub loss: f64,
}

/// One field: what was seen and what is true.
#[derive(Clone, Debug, PartialEq)]
pub struct TrialField {
    /// Identity.
    pub id: String,
    /// Region.
    pub region: String,
    /// Degrees.
    pub lat: f64,
    /// Degrees.
    pub lon: f64,
    /// Hectares.
    pub area_ha: f64,
    /// Crop or cover as declared.
    pub label: String,
    /// The declaration is wrong.
    pub mislabelled: bool,
    /// The crop hardly came up.
    pub failed: bool,
    /// Outside what is usual in date, cultivar, vigour or soil.
    pub unusual: bool,
    /// Cover, where no annual crop grows.
    pub cover: Option<&'static str>,
    /// First and last day of the season asked about.
    pub window: (Date, Date),
    /// Overpasses within the window, hidden ones too.
    pub overpasses: usize,
    /// Looks, oldest first.
    pub looks: Vec<Look>,
    /// Crops, in order.
    pub cycles: Vec<CycleTruth>,
    /// Event.
    pub event: Option<EventTruth>,
}

impl TrialField {
    /// The crop that the declaration is about.
    pub fn asked(&self) -> Option<&CycleTruth> {
        self.cycles.iter().find(|c| c.asked)
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
            Some(told(n, spec, season, field, beside, &plates))
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

fn told(
    n: usize,
    spec: &TrialSpec,
    season: &Season<'_>,
    field: &Grown<'_>,
    beside: &Grown<'_>,
    plates: &Plates,
) -> TrialField {
    let (draw, region) = (&field.draw, season.region);
    let mut dice = Dice::new(spec.seed, &[0x100C, n as u64]);
    let (x, y) = draw.place;
    let ranks = cloud::ranks(
        spec.seed,
        season.number * 4096 + u64::from(season.year.unsigned_abs()),
        x,
        y,
        season.weather.len(),
    );
    let gains: Spectrum = std::array::from_fn(|_| dice.normal(1.0, 0.012));
    let reflect = |grown: &Grown<'_>, pass: &Pass, zenith: f64| -> Spectrum {
        let parts: Vec<(f64, Spectrum)> = (grown.parts.iter().zip(PARTS))
            .filter_map(|(life, share)| {
                let state = life.days.get(pass.day)?;
                let d = &grown.draw;
                Some((share, surface(plates, state, &d.habit, &d.soil, pass.angles(zenith))))
            })
            .collect();
        blend(&parts)
    };
    let date_of = |day: usize| plus(season.first, day);
    let (mut looks, mut overpasses) = (Vec::new(), 0);
    for pass in look::passes(season.weather.len(), season.number as usize * 2 + 1, &draw.shape, &mut dice) {
        let date = date_of(pass.day);
        if date < season.window.0 || date > season.window.1 {
            continue;
        }
        overpasses += 1;
        let doy = f64::from(date.day_of_year());
        let [mean, half, top] = region.cloud;
        let usual = mean + half * (std::f64::consts::TAU * (doy - top) / 365.25).cos();
        let rank = ranks.get(pass.day).copied().unwrap_or(0.0);
        let sky = Hidden { rank, cover: spec.cloud.unwrap_or(usual.clamp(0.0, 0.95)) };
        let mut luck = Dice::new(spec.seed, &[0x1007, n as u64, pass.day as u64]);
        if sky.whole() {
            continue;
        }
        let zenith = sun(doy, region.lat).1;
        let own = reflect(field, &pass, zenith);
        let around = reflect(beside, &pass, zenith);
        let snow = field.parts.first().and_then(|l| l.days.get(pass.day)).map_or(0.0, |s| s.snow);
        if let Some((bands, weight)) = look::deliver(&own, &around, &draw.shape, &gains, sky, snow, &mut luck)
        {
            looks.push(Look { date, bands, weight });
        }
    }
    let metres = 111_320.0;
    TrialField {
        id: format!("T{n:05}"),
        region: region.name.clone(),
        lat: round(region.lat + (y - 12_000.0) / metres, 5),
        lon: round(region.lon + (x - 12_000.0) / (metres * region.lat.to_radians().cos()), 5),
        area_ha: round(draw.shape.area_m2 / 1e4, 2),
        label: draw.label.clone(),
        mislabelled: draw.mislabelled,
        failed: draw.failed,
        unusual: draw.unusual,
        cover: draw.cover.map(tables::Cover::word),
        window: season.window,
        overpasses,
        looks,
        cycles: cycles(field, date_of),
        event: field.blow.map(|b| EventTruth {
            kind: b.kind,
            from: date_of(b.day),
            to: date_of(b.day + b.days - 1),
            loss: field.loss,
        }),
    }
}

fn cycles(field: &Grown<'_>, date_of: impl Fn(usize) -> Date) -> Vec<CycleTruth> {
    let Some(main) = field.parts.first() else { return Vec::new() };
    (main.cycles.iter().enumerate())
        .map(|(k, c)| {
            let before = if k == 0 { 0 } else { main.cycles[k - 1].dates.harvested.unwrap_or(0) };
            let from = c.dates.sown.saturating_sub(20).max(before);
            let to = c.dates.harvested.unwrap_or(main.days.len());
            CycleTruth {
                crop: c.crop.word().to_owned(),
                cut_green: c.crop.ends == Ends::Green,
                open_set: c.crop.open_set,
                asked: k == field.draw.asked,
                sown: date_of(c.dates.sown),
                emerged: c.dates.emerged.map(&date_of),
                greenup: c.greenup.map(&date_of),
                flowered: c.dates.flowered.map(&date_of),
                ripe: c.dates.ripe.map(&date_of),
                harvested: c.dates.harvested.map(&date_of),
                peak_lai: c.peak_lai,
                flooded: runs(main, from, to).map(|(a, b)| (date_of(a), date_of(b))).collect(),
            }
        })
        .collect()
}

/// First and last days of a paddy's water.
fn runs<'l>(life: &'l Life<'_>, from: usize, to: usize) -> impl Iterator<Item = (usize, usize)> + use<'l> {
    let wet = |day: usize| life.days.get(day).is_some_and(|s| s.paddy);
    let flooded: Vec<usize> = (from..to).filter(|d| wet(*d)).collect();
    let starts: Vec<usize> =
        flooded.iter().copied().filter(|d| *d == 0 || !wet(d - 1) || *d == from).collect();
    let ends: Vec<usize> = flooded.iter().copied().filter(|d| !wet(d + 1) || d + 1 == to).collect();
    starts.into_iter().zip(ends)
}

fn plus(first: Date, days: usize) -> Date {
    first.checked_add(jiff::Span::new().days(days as i64)).unwrap_or(first)
}

fn round(value: f64, decimals: i32) -> f64 {
    let scale = 10_f64.powi(decimals);
    (value * scale).round() / scale
}
