//! The land through time: what grows on a parcel, how it fares, what it reflects on a day.

use std::collections::BTreeMap;
use std::rc::Rc;

use jiff::civil::{Date, date};

use super::canopy::{BANDS, Ground, ndvi, reflectance};
use super::dice::Dice;
use super::growth::{Canopy, Flood, Life, Plan, grow};
use super::landscape::{Labels, Landscape, ParcelId};
use super::perennial::{Land, live};
use super::place::LAT_DEG;
use super::sensor::Surface;
use super::species::{BARLEY, MAIZE, RAPESEED, SUNFLOWER, Species, WHEAT};
use super::village::{Cover, Field};
use super::weather::{self, Day};

/// Lives kept at a time; a strip of a whole tile shows fewer.
const KEPT: usize = 4096;
/// Strips of up to this many cells are kept.
const KEPT_CELLS: usize = 60_000;
/// First day (month, day) of the flood of the last year, and its length.
const FLOOD: (i8, i8, usize) = (7, 3, 21);

/// The simulated land of one seed and span of years.
pub(super) struct World {
    pub(super) seed: u64,
    pub(super) years: (i16, i16),
    pub(super) first_day: Date,
    pub(super) weather: Vec<Day>,
    pub(super) land: Landscape,
    lives: BTreeMap<ParcelId, Life>,
    labels: BTreeMap<(i64, i64, usize), Rc<Labels>>,
}

impl World {
    /// Land for the harvest years `years.0` to `years.1`, from August of the year before.
    pub(super) fn new(seed: u64, years: (i16, i16), fields: Vec<Field>) -> World {
        let first_day = date(years.0 - 1, 8, 1);
        let count = day_index(first_day, date(years.1, 12, 31)) + 1;
        World {
            seed,
            years,
            first_day,
            weather: weather::make(seed, first_day, count, LAT_DEG),
            land: Landscape::new(seed, fields),
            lives: BTreeMap::new(),
            labels: BTreeMap::new(),
        }
    }

    /// What a parcel carries.
    pub(super) fn cover(&self, id: ParcelId) -> Cover {
        if let ParcelId::Village(n) = id {
            return self.land.field(n).map_or(Cover::Lasting(Land::Verge), |f| f.cover.clone());
        }
        if id == ParcelId::Verge {
            return Cover::Lasting(Land::Verge);
        }
        let mut dice = Dice::new(self.seed ^ 0xC0, &id.words());
        let lasting = match dice.unit() {
            d if d < 0.11 => Some(Land::Grass),
            d if d < 0.17 => Some(Land::Wood),
            d if d < 0.20 => Some(Land::Fallow),
            d if d < 0.21 => Some(Land::Pond),
            d if d < 0.22 => Some(Land::Built),
            _ => None,
        };
        match lasting {
            Some(land) => Cover::Lasting(land),
            None => Cover::Rotation(
                (self.years.0..=self.years.1)
                    .map(|_| match dice.unit() {
                        d if d < 0.36 => &WHEAT,
                        d if d < 0.62 => &MAIZE,
                        d if d < 0.77 => &RAPESEED,
                        d if d < 0.90 => &SUNFLOWER,
                        _ => &BARLEY,
                    })
                    .collect::<Vec<&'static Species>>(),
            ),
        }
    }

    fn plans(&self, crops: &[&'static Species], dice: &mut Dice) -> Vec<Plan> {
        let years = self.years.1 - self.years.0 + 1;
        (0..years)
            .filter_map(|k| {
                let back = (years - 1 - k) as usize % crops.len().max(1);
                let species = *crops.get(crops.len().checked_sub(1 + back)?)?;
                let year = self.years.0 + k;
                let (month, day, sd) = species.sowing;
                let usual = date(if species.autumn { year - 1 } else { year }, month, day);
                let shift = dice.normal(0.0, sd).clamp(-2.0 * sd, 2.0 * sd).round();
                let sow = (day_index(self.first_day, usual) as f64 + shift).max(0.0) as usize;
                Some(Plan { species, year, sow })
            })
            .collect()
    }

    fn make_life(&self, id: ParcelId) -> Life {
        let mut dice = Dice::new(self.seed ^ 0x1F, &id.words());
        match self.cover(id) {
            Cover::Lasting(land) => live(&self.weather, land, self.first_day.day_of_year() as usize, dice),
            Cover::Rotation(crops) => {
                let plans = self.plans(&crops, &mut dice);
                let field = match id {
                    ParcelId::Village(n) => self.land.field(n),
                    _ => None,
                };
                let vigour = field.map_or_else(|| dice.normal(0.95, 0.12).clamp(0.6, 1.2), |f| f.vigour);
                let flood = field.filter(|f| f.flooded).map(|_| self.flood());
                grow(&self.weather, &plans, vigour, flood, dice)
            }
        }
    }

    /// When the flooded field stands under water.
    pub(super) fn flood(&self) -> Flood {
        let day = day_index(self.first_day, date(self.years.1, FLOOD.0, FLOOD.1));
        Flood { day, days: FLOOD.2 }
    }

    /// The life of a parcel, made when first asked for.
    pub(super) fn life(&mut self, id: ParcelId) -> &Life {
        if !self.lives.contains_key(&id) {
            if self.lives.len() >= KEPT {
                self.lives.clear();
            }
            let life = self.make_life(id);
            self.lives.insert(id, life);
        }
        // just inserted when it was absent
        self.lives.entry(id).or_insert_with(|| Life { days: Vec::new(), cycles: Vec::new() })
    }

    fn brightness(&self, id: ParcelId) -> f64 {
        Dice::new(self.seed ^ 0xB7, &id.words()).normal(1.0, 0.10).clamp(0.75, 1.3)
    }

    /// [`Landscape::labels`]; small rasters are looked at on many dates and keep theirs.
    pub(super) fn labels(&mut self, x0: f64, y0: f64, cols: usize, rows: usize) -> Rc<Labels> {
        let key = (x0 as i64, y0 as i64, rows);
        if cols * rows > KEPT_CELLS {
            return Rc::new(self.land.labels(x0, y0, cols, rows));
        }
        if let Some(known) = self.labels.get(&key) {
            return Rc::clone(known);
        }
        let labels = Rc::new(self.land.labels(x0, y0, cols, rows));
        self.labels.insert(key, Rc::clone(&labels));
        labels
    }

    /// What a parcel reflects on a day.
    pub(super) fn surface(&mut self, id: ParcelId, day: usize) -> Surface {
        let Day { wet, snow, .. } = self.weather.get(day).copied().unwrap_or(Day {
            temp_c: 10.0,
            wet: 0.3,
            snow: 0.0,
            day_length_h: 12.0,
        });
        let ground = Ground { brightness: self.brightness(id), wet, snow };
        let canopy = self.life(id).days.get(day).copied().unwrap_or_default();
        let rho = reflectance(&canopy, &ground);
        let denser = Canopy { green: canopy.green * 1.2, dead: canopy.dead * 1.2, ..canopy };
        let more = reflectance(&denser, &ground);
        let mut slope = [0.0; BANDS];
        for ((s, m), r) in slope.iter_mut().zip(more).zip(rho) {
            // bare land differs in brightness, too
            *s = (m - r) / 0.2 + 0.10 * r * (-canopy.green).exp();
        }
        let snow = snow as f32 * (-0.15 * (canopy.green + canopy.dead)).exp();
        Surface { rho, slope, ndvi: ndvi(&rho) as f32, water: canopy.open_water() as f32, snow }
    }

    /// NDVI of every day in the middle of a parcel, without snow, sky, blur and noise.
    pub(super) fn true_ndvi(&mut self, id: ParcelId) -> Vec<f64> {
        let brightness = self.brightness(id);
        let days = self.life(id).days.clone();
        days.iter()
            .zip(&self.weather)
            .map(|(canopy, w)| ndvi(&reflectance(canopy, &Ground { brightness, wet: w.wet, snow: 0.0 })))
            .collect()
    }

    /// The date of a day number.
    pub(super) fn date_of(&self, day: usize) -> Date {
        self.first_day.checked_add(jiff::Span::new().days(day as i64)).unwrap_or(self.first_day)
    }
}

/// Days from `first` to `then`, 0 when earlier.
pub(super) fn day_index(first: Date, then: Date) -> usize {
    then.since(first).map_or(0, |s| s.get_days().max(0) as usize)
}
