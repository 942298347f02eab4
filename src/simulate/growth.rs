//! How an annual crop grows, day by day, out of the weather.
//!
//! Comes in: weather, the crops planned for a field. Goes out: the canopy of every day and the true
//! dates. Development is thermal time with day length and cold requirement; leaves grow in
//! proportion to themselves until the stand closes, and die in proportion to themselves as grain
//! fills. There is no curve of an index anywhere.

use super::dice::Dice;
use super::species::Species;
use super::weather::Day;

/// What covers the ground of a field on one day.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Canopy {
    /// Green leaf area index.
    pub(super) green: f32,
    /// Dead standing leaf and ear area index.
    pub(super) dead: f32,
    /// Part of the soil under straw, 0 to 1.
    pub(super) straw: f32,
    /// Part of the ground under standing water, 0 to 1.
    pub(super) water: f32,
    /// Flowers, 0 to 1.
    pub(super) flower: f32,
    /// Near-infrared reflectance of an endlessly deep canopy of this plant.
    pub(super) nir: f32,
}

impl Canopy {
    /// Part of the view that is open water: a little of a tall canopy stands out of a flood.
    pub(super) fn open_water(&self) -> f64 {
        f64::from(self.water) * (-0.02 * f64::from(self.green + self.dead)).exp()
    }
}

/// A crop to be grown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    /// The crop.
    pub(super) species: &'static Species,
    /// Year of harvest.
    pub(super) year: i16,
    /// Day (index into the weather) it is meant to be sown.
    pub(super) sow: usize,
}

/// Standing water that comes over a field.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flood {
    /// First day (index into the weather).
    pub(super) day: usize,
    /// Days of standing water.
    pub(super) days: usize,
}

/// One crop cycle as it truly happened (indices into the weather).
#[derive(Clone, Copy, Debug)]
pub(super) struct Cycle {
    pub(super) species: &'static Species,
    pub(super) year: i16,
    pub(super) sown: usize,
    pub(super) emerged: Option<usize>,
    pub(super) flowered: Option<usize>,
    pub(super) ripe: Option<usize>,
    pub(super) harvested: Option<usize>,
    pub(super) peak_lai: f32,
}

/// The life of one parcel over the whole time.
#[derive(Clone, Debug)]
pub(super) struct Life {
    pub(super) days: Vec<Canopy>,
    pub(super) cycles: Vec<Cycle>,
}

/// Leaf area at emergence.
const SEEDLING_LAI: f64 = 0.035;
/// Part of the dying leaf area that stays standing.
const STAYS_STANDING: f64 = 0.6;
/// Leaf area of weeds and volunteers cannot pass this on an untended field, times the field's own factor.
const WEED_LAI: f64 = 0.55;

/// A crop on its way.
struct Stand {
    cycle: Cycle,
    /// -1 sown, 0 emerged, 1 flowering, 2 ripe.
    stage: f64,
    cold: f64,
    vigour: f64,
    pace: [f64; 2],
    harvest_due: Option<usize>,
}

impl Stand {
    fn new(plan: &Plan, day: usize, vigour: f64, dice: &mut Dice) -> Stand {
        let cycle = Cycle {
            species: plan.species,
            year: plan.year,
            sown: day,
            emerged: None,
            flowered: None,
            ripe: None,
            harvested: None,
            peak_lai: 0.0,
        };
        let pace = [dice.normal(1.0, 0.05), dice.normal(1.0, 0.05)];
        Stand { cycle, stage: -1.0, cold: 0.0, vigour, pace, harvest_due: None }
    }

    /// Development of one day.
    fn develop(&mut self, day: usize, weather: &Day, dice: &mut Dice) {
        let species = self.cycle.species;
        let warmth = (weather.temp_c - species.base_c).clamp(0.0, 26.0);
        if (0.0..10.0).contains(&weather.temp_c) {
            self.cold += 1.0;
        }
        if self.stage < 0.0 {
            self.stage = (self.stage + warmth / species.sums[0]).min(0.0);
            if self.stage >= 0.0 {
                self.cycle.emerged = Some(day);
            }
        } else if self.stage < 1.0 {
            let light = species
                .photoperiod_h
                .map_or(1.0, |(none, full)| ((weather.day_length_h - none) / (full - none)).clamp(0.04, 1.0));
            let cold =
                if species.cold_days > 0.0 { (self.cold / species.cold_days).clamp(0.1, 1.0) } else { 1.0 };
            self.stage += warmth * light * cold / (species.sums[1] * self.pace[0]);
            if self.stage >= 1.0 {
                self.cycle.flowered = Some(day);
            }
        } else if self.stage < 2.0 {
            self.stage += warmth / (species.sums[2] * self.pace[1]);
            if self.stage >= 2.0 {
                self.cycle.ripe = Some(day);
                let wait = dice.normal(species.standing_days.0, species.standing_days.1).clamp(2.0, 30.0);
                self.harvest_due = Some(day + wait.round() as usize);
            }
        }
    }

    /// Leaf growth and death of one day.
    fn leaf(&mut self, day: usize, weather: &Day, now: &mut Canopy) {
        let species = self.cycle.species;
        let warmth = (weather.temp_c - species.base_c).clamp(0.0, 24.0);
        let mut green = f64::from(now.green);
        if self.cycle.emerged == Some(day) {
            green = SEEDLING_LAI * self.vigour;
        }
        if self.stage >= 0.0 && green > 0.0 {
            let stretched = ((self.stage - species.stretches) / 0.12).clamp(0.0, 1.0);
            let ceiling =
                self.vigour * (species.lai_rosette + (species.lai_max - species.lai_rosette) * stretched);
            let leafy = ((1.1 - self.stage) / 0.25).clamp(0.0, 1.0);
            green += species.growth * warmth * green * (1.0 - green / ceiling) * leafy;
            // frost burns leaves
            green *= 1.0 - (0.012 * (-weather.temp_c - 1.0)).clamp(0.0, 0.25);
            let ageing = (self.stage - 1.12).max(0.0);
            let dying = (green * warmth * 34.0 / species.sums[2] * ageing.powi(3)).min(0.35 * green);
            green -= dying;
            now.dead = (f64::from(now.dead) * 0.997 + STAYS_STANDING * dying) as f32;
        }
        now.green = green.max(0.0) as f32;
        now.flower = self.cycle.flowered.map_or(0.0, |f| {
            let since = day as f64 - f as f64 - 13.0;
            (species.yellow * (-0.5 * (since / 7.0).powi(2)).exp()) as f32
        });
        now.nir = species.nir as f32;
        self.cycle.peak_lai = self.cycle.peak_lai.max(now.green);
    }
}

/// Grows the planned crops one after another, with straw, weeds and tillage between them.
pub(super) fn grow(
    weather: &[Day],
    plans: &[Plan],
    vigour: f64,
    flood: Option<Flood>,
    mut dice: Dice,
) -> Life {
    let weediness = dice.between(0.3, 1.1);
    let mut now = Canopy { straw: 0.45, nir: 0.42, ..Canopy::default() };
    let mut life = Life { days: Vec::with_capacity(weather.len()), cycles: Vec::new() };
    let mut waiting = plans.iter();
    let mut next = waiting.next();
    let mut stand: Option<Stand> = None;
    let mut till_at = Some(dice.between(18.0, 40.0) as usize);
    let mut free_from = 0;
    for (day, w) in weather.iter().enumerate() {
        if let (None, Some(plan)) = (&stand, next)
            && day >= plan.sow
            && day >= free_from
        {
            let own = vigour * dice.normal(1.0, 0.05);
            stand = Some(Stand::new(plan, day, own, &mut dice));
            next = waiting.next();
            now = Canopy { straw: 0.06, ..Canopy::default() };
        }
        match &mut stand {
            Some(s) => {
                s.develop(day, w, &mut dice);
                s.leaf(day, w, &mut now);
                if s.harvest_due.is_some_and(|due| day >= due) {
                    s.cycle.harvested = Some(day);
                    life.cycles.push(s.cycle);
                    stand = None;
                    now = Canopy { straw: 0.6, nir: 0.42, ..Canopy::default() };
                    free_from = day + 8;
                    till_at = Some(day + dice.between(16.0, 45.0) as usize);
                }
            }
            None => {
                now.straw *= 0.985;
                let warmth = (w.temp_c - 4.0).max(0.0) * (0.35 + 0.65 * w.wet);
                let weeds = f64::from(now.green).max(0.008);
                now.green = (weeds + 0.007 * warmth * weeds * (1.0 - weeds / (WEED_LAI * weediness))) as f32;
                let seedbed = next.is_some_and(|p| day + 12 == p.sow);
                if seedbed || till_at.is_some_and(|t| day >= t) {
                    till_at = None;
                    now = Canopy { straw: now.straw * 0.3, nir: now.nir, ..Canopy::default() };
                }
            }
        }
        now.water = 0.0;
        if let Some(f) = flood {
            if (f.day..f.day + f.days).contains(&day) {
                now.water = 0.97;
                now.green *= 0.9;
            }
            if day == f.day + f.days {
                // what stood is silted over; the survivors are few and the crop is given up
                now.green *= 0.25;
                now.dead *= 0.3;
                if let Some(s) = &mut stand {
                    s.vigour *= 0.12;
                }
            }
        }
        life.days.push(now);
    }
    if let Some(s) = stand {
        life.cycles.push(s.cycle);
    }
    life
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::species::MAIZE;

    fn constant(temp_c: f64) -> Vec<Day> {
        vec![Day { temp_c, wet: 0.4, snow: 0.0, day_length_h: 15.0 }; 260]
    }

    #[test]
    fn emergence_comes_when_the_degree_days_are_full() {
        let plan = [Plan { species: &MAIZE, year: 2022, sow: 20 }];
        for temp_c in [12.0, 16.0, 22.0] {
            let life = grow(&constant(temp_c), &plan, 1.0, None, Dice::new(1, &[]));
            let days = (MAIZE.sums[0] / (temp_c - MAIZE.base_c)).ceil() as usize;
            assert_eq!(life.cycles[0].emerged, Some(20 + days - 1), "{temp_c}");
        }
    }

    #[test]
    fn warmth_hastens_and_a_flood_ends_a_crop() {
        let plan = [Plan { species: &MAIZE, year: 2022, sow: 20 }];
        let ripe = |t: f64| grow(&constant(t), &plan, 1.0, None, Dice::new(1, &[])).cycles[0].ripe.unwrap();
        assert!(ripe(24.0) + 15 < ripe(19.0));
        let flood = Flood { day: 100, days: 20 };
        let dry = grow(&constant(20.0), &plan, 1.0, None, Dice::new(1, &[]));
        let wet = grow(&constant(20.0), &plan, 1.0, Some(flood), Dice::new(1, &[]));
        assert_eq!(dry.days[99].green, wet.days[99].green);
        assert!(wet.days[105].water > 0.9 && wet.days[121].green < 0.3 * dry.days[121].green);
    }
}
