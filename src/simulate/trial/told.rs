//! A grown field as it is seen through a season, and what is true of it.

use jiff::civil::Date;

use super::super::canopy::BANDS;
use super::super::dice::Dice;
use super::super::sky::sun;
use super::cloud::{self, Hidden};
use super::field::{EventKind, Life};
use super::leaf::{Plates, Spectrum};
use super::look::{self, Pass};
use super::surface::{blend, surface};
use super::tables::{Cover, Ends};
use super::{Grown, PARTS, Season, TrialSpec};

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

/// Looks at a field through its season, and writes down what is true.
pub(super) fn told(
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
        cover: draw.cover.map(Cover::word),
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
