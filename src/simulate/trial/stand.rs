//! A crop between sowing and harvest: development by degree-days, day length and cold; leaves by degree-days.
//!
//! Leaves grow in proportion to themselves while they stand free and at a steady pace once they shade each other
//! (expolinear growth: Goudriaan and Monteith 1990), towards the leaf area the stand can feed, slower when the soil
//! is dry; they die as the seed draws on them. There is no curve of an index anywhere.

use super::climate::Day;
use super::tables::{Crop, Ends};

/// Leaf area index at emergence.
const SEEDLING_LAI: f64 = 0.035;
/// Leaf area of planted seedlings.
const PLANTED_LAI: f64 = 0.12;
/// Part of a dying leaf's area that stays standing.
const STAYS_STANDING: f64 = 0.55;
/// Leaf area lost a day for each degree below -6 degC.
const FROST_LOSS: f64 = 0.010;
/// Leaves below this much leaf area get too little light and die, 4 % a day of what is below.
const SHADED_LAI: f64 = 4.8;
/// Part of ripe leaves lost a day.
const DRYING: f64 = 0.10;
/// Days between defoliation and picking.
const PICKED_AFTER: f64 = 19.0;

/// What makes one stand differ from the next of its crop.
#[derive(Clone, Copy, Debug)]
pub(super) struct Nature {
    /// Factors on the degree-day sums before and after flowering.
    pub cultivar: [f64; 2],
    /// Factor on the leaf area that the stand can feed, about 1.
    pub vigour: f64,
    /// Part of the seed that came up, about 1.
    pub emergence: f64,
    /// Planted as seedlings.
    pub planted: bool,
    /// Days from ripe to harvest, when no other day is forced.
    pub lag: f64,
}

/// What happened to the stand when (indices into the weather).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Dates {
    pub sown: usize,
    pub emerged: Option<usize>,
    pub flowered: Option<usize>,
    pub ripe: Option<usize>,
    pub harvested: Option<usize>,
}

/// A stand on a day.
#[derive(Clone, Debug)]
pub(super) struct Stand<'a> {
    pub crop: &'a Crop,
    pub nature: Nature,
    pub dates: Dates,
    /// -1 sown, 0 emerged, 1 flowering, 2 ripe.
    pub stage: f64,
    cold: f64,
    pub green: f64,
    pub dead: f64,
    pub due: Option<usize>,
    /// Leaves were dropped by a chemical.
    dropped: bool,
}

impl<'a> Stand<'a> {
    pub(super) fn sown(crop: &'a Crop, nature: Nature, day: usize) -> Stand<'a> {
        Stand {
            crop,
            nature,
            dates: Dates { sown: day, ..Dates::default() },
            stage: -1.0,
            cold: 0.0,
            green: 0.0,
            dead: 0.0,
            due: None,
            dropped: false,
        }
    }

    /// One day: development, then leaves. `drought` is 1 in moist soil and falls to 0 as the roots find no water.
    pub(super) fn day(&mut self, day: usize, w: &Day, drought: f64) {
        self.develop(day, w);
        self.leaf(day, w, drought);
    }

    fn develop(&mut self, day: usize, w: &Day) {
        let crop = self.crop;
        let warmth = warmth(crop, w);
        if (0.0..10.0).contains(&w.temp_c) {
            self.cold += 1.0;
        }
        if self.stage < 0.0 {
            self.stage = (self.stage + warmth / crop.sums[0]).min(0.0);
            if self.stage >= 0.0 {
                self.dates.emerged = Some(day);
            }
        } else if self.stage < 1.0 {
            let light = crop
                .light_h
                .map_or(1.0, |[none, full]| ((w.light_h - none) / (full - none)).clamp(0.05, 1.0));
            let cold = if crop.cold_days > 0.0 { (self.cold / crop.cold_days).clamp(0.1, 1.0) } else { 1.0 };
            self.stage += warmth * light * cold / (crop.sums[1] * self.nature.cultivar[0]);
            if self.stage >= 1.0 {
                self.dates.flowered = Some(day);
            }
        } else if self.stage < 2.0 {
            self.stage += warmth / (crop.sums[2] * self.nature.cultivar[1]);
            if self.stage >= 2.0 {
                self.dates.ripe = Some(day);
            }
        }
        let ends = crop.cut.unwrap_or(2.0);
        if self.due.is_none() && self.stage >= ends {
            let wait = if crop.ends == Ends::Defoliated {
                self.dropped = true;
                PICKED_AFTER + self.nature.lag
            } else {
                self.nature.lag
            };
            self.due = Some(day + wait.round().max(1.0) as usize);
        }
    }

    fn leaf(&mut self, day: usize, w: &Day, drought: f64) {
        let crop = self.crop;
        if self.dates.emerged == Some(day) {
            let start = if self.nature.planted { PLANTED_LAI } else { SEEDLING_LAI };
            self.green = start * self.nature.emergence;
        }
        if self.stage < 0.0 || self.green <= 0.0 {
            return;
        }
        let warmth = warmth(crop, w);
        let most = crop.lai[0] * self.nature.vigour * self.nature.emergence.sqrt();
        let stretched = ((self.stage - crop.stretch) / 0.15).clamp(0.0, 1.0);
        let ceiling = crop.rosette.map_or(most, |r| {
            let rosette = (r * self.nature.vigour).min(most);
            rosette + (most - rosette) * stretched
        });
        let free = crop.growth * warmth * self.green;
        let shaded = crop.pace * warmth * self.nature.vigour * self.nature.emergence;
        let room = (1.0 - (self.green / ceiling.max(0.01)).powi(2)).max(0.0);
        let leafy = ((crop.leafs - self.stage) / 0.25).clamp(0.0, 1.0);
        self.green += free.min(shaded) * room * leafy * drought;
        let mut dying = 0.04 * (self.green - SHADED_LAI).max(0.0);
        let [begin, half] = crop.fade;
        if self.stage > begin && self.stage < 2.0 {
            // the hazard rises with the square of the way: half are dead at `half`
            let rate = 3.0 * std::f64::consts::LN_2 / (half - begin).powi(3);
            let step = warmth / (crop.sums[2] * self.nature.cultivar[1]);
            dying += self.green * (rate * (self.stage - begin).powi(2) * step).min(0.3);
        }
        if self.stage >= 2.0 {
            dying += DRYING * self.green;
        }
        if self.dropped {
            dying += 0.16 * self.green;
        }
        dying += self.green * (FROST_LOSS * (-w.temp_c - 6.0)).clamp(0.0, 0.20);
        dying += self.green * 0.03 * (0.35 - drought).max(0.0);
        let dying = dying.min(0.6 * self.green);
        self.green -= dying;
        let stays = if self.dropped { 0.1 } else { STAYS_STANDING };
        self.dead = self.dead * 0.994 + stays * dying;
    }

    /// Chlorophyll of a leaf relative to a well-fed one: young leaves are pale, old ones hand theirs to the seed.
    pub(super) fn chlorophyll(&self) -> f64 {
        let young = 0.62 + 0.38 * (self.stage / 0.35).clamp(0.0, 1.0);
        let [begin, half] = self.crop.fade;
        let old = ((self.stage - 0.5 * (begin + half)) / (half - begin)).clamp(0.0, 1.0);
        young * (1.0 - 0.78 * old)
    }

    /// Part of the view that is petals.
    pub(super) fn petals(&self, day: usize) -> f64 {
        let Some(first) = self.dates.flowered else { return 0.0 };
        let since = day as f64 - first as f64;
        // flowering lasts about four weeks, brightest in the second
        let bloom = (-0.5 * ((since - 10.0) / 7.5).powi(2)).exp();
        self.crop.yellow * bloom * (self.green / 2.5).min(1.0)
    }
}

/// Degree-days of a day.
pub(super) fn warmth(crop: &Crop, w: &Day) -> f64 {
    (w.temp_c - crop.base_c).clamp(0.0, crop.cap_c - crop.base_c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::trial::tables::Tables;

    const PLAIN: Nature =
        Nature { cultivar: [1.0, 1.0], vigour: 1.0, emergence: 1.0, planted: false, lag: 9.0 };

    fn life<'a>(crop: &'a Crop, temp_c: f64, light_h: f64, drought: f64) -> Stand<'a> {
        let mut stand = Stand::sown(crop, PLAIN, 0);
        for day in 0..900 {
            stand.day(day, &Day { temp_c, rain_mm: 0.0, light_h }, drought);
            if stand.due.is_some_and(|d| day >= d) {
                break;
            }
        }
        stand
    }

    #[test]
    fn dates_come_when_the_degree_days_are_full() {
        let tables = Tables::read().unwrap();
        let maize = tables.crop("maize").unwrap();
        for temp_c in [14.0, 18.0, 24.0] {
            let d = life(maize, temp_c, 15.0, 1.0).dates;
            let per_day = temp_c - maize.base_c;
            let whole = |sum: f64| (sum / per_day).ceil();
            let emerged = d.emerged.unwrap() as f64 + 1.0;
            let flowered = d.flowered.unwrap() as f64 - d.emerged.unwrap() as f64;
            let ripe = d.ripe.unwrap() as f64 - d.flowered.unwrap() as f64;
            assert!((emerged - whole(maize.sums[0])).abs() <= 1.0, "{temp_c}");
            assert!((flowered - whole(maize.sums[1])).abs() <= 1.0, "{temp_c}");
            assert!((ripe - whole(maize.sums[2])).abs() <= 1.0, "{temp_c}");
        }
    }

    #[test]
    fn short_days_hold_wheat_back_and_drive_hemp_on() {
        let tables = Tables::read().unwrap();
        let flowers = |crop, light| life(tables.crop(crop).unwrap(), 9.0, light, 1.0).dates.flowered.unwrap();
        assert!(flowers("winter wheat", 10.0) > flowers("winter wheat", 16.0) + 60);
        assert!(flowers("hemp", 14.0) < flowers("hemp", 16.5));
    }

    #[test]
    fn leaves_close_the_stand_die_by_half_when_the_table_says_and_want_water() {
        let tables = Tables::read().unwrap();
        for crop in &tables.crops {
            let mut stand = Stand::sown(crop, PLAIN, 0);
            let full = crop.light_h.map_or(14.0, |l| l[1]);
            let (mut most, mut at_half, mut total) = (0.0_f64, None, 0.0_f64);
            for day in 0..900 {
                let winter = crop.cold_days > 0.0 && day < 120;
                let temp_c = if winter { 6.0 } else { crop.base_c + 14.0 };
                let light_h = if winter { 8.0 } else { full };
                stand.day(day, &Day { temp_c, rain_mm: 0.0, light_h }, 1.0);
                most = most.max(stand.green);
                total = total.max(stand.green + stand.dead);
                if at_half.is_none() && stand.stage >= crop.fade[1] {
                    at_half = Some(stand.green);
                }
                assert!(stand.green >= 0.0 && stand.dead >= 0.0);
                if stand.due.is_some() {
                    break;
                }
            }
            assert!((0.7..1.05).contains(&(most / crop.lai[0])), "{} {most}", crop.name);
            // dead leaves come from living ones: together never more than was grown
            assert!(total <= crop.lai[0] * 1.35, "{} {total}", crop.name);
            if let Some(half) = at_half {
                assert!((0.35..0.62).contains(&(half / most)), "{} {half} of {most}", crop.name);
            }
            let dry = life(crop, crop.base_c + 14.0, full, 0.2);
            assert!(dry.green + dry.dead < most, "{}", crop.name);
        }
    }
}
