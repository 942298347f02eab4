//! Daily weather of a region and year: temperature, rain, day length.
//!
//! Temperature is the mean year plus a departure with memory (first-order autoregression) plus the year's own
//! departure; rain comes by chance with the season's probability, wet days calling wet days, in amounts of an
//! exponential law (Richardson 1981).

use super::super::dice::Dice;
use super::super::weather::day_length_h;
use super::tables::Region;

/// How much of a day's departure from the mean year is left on the next day.
const MEMORY: f64 = 0.75;
/// Standard deviation of the daily push, degC; with the memory, departures have 3.3 degC.
const PUSH_C: f64 = 2.2;
/// Standard deviation of a year's departure, degC.
const YEAR_C: f64 = 0.7;
/// How much likelier rain is after a wet day, and less likely after a dry one, at a chance of a half.
const WET_CALLS_WET: f64 = 0.30;

/// One day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Day {
    /// Mean air temperature, degC.
    pub temp_c: f64,
    /// Rain, mm.
    pub rain_mm: f64,
    /// Hours from sunrise to sunset.
    pub light_h: f64,
}

/// `count` days from the day of year `first_doy` on.
pub(super) fn days(region: &Region, seed: u64, year: u64, first_doy: f64, count: usize) -> Vec<Day> {
    let mut dice = Dice::new(seed, &[0xC11, year, region.lon.to_bits()]);
    let own = dice.normal(0.0, YEAR_C);
    let (mut departure, mut wet) = (0.0, false);
    (0..count)
        .map(|k| {
            let doy = (first_doy + k as f64 - 1.0).rem_euclid(365.25) + 1.0;
            let turn = |top: f64| (std::f64::consts::TAU * (doy - top) / 365.25).cos();
            departure = MEMORY * departure + dice.normal(0.0, PUSH_C);
            let temp_c = region.mean_c + own + region.amplitude_c * turn(region.warmest) + departure;
            let [mean, half, top] = region.wet;
            let chance = (mean + half * turn(top)).clamp(0.01, 0.95);
            // keeps the share of wet days: p = chance * P(wet|wet) + (1 - chance) * P(wet|dry)
            let pull = 4.0 * WET_CALLS_WET * chance * (1.0 - chance);
            let now = if wet { chance + pull * (1.0 - chance) } else { chance - pull * chance };
            wet = dice.unit() < now;
            let amount = -region.rain_mm * (1.0 - dice.unit()).ln();
            Day { temp_c, rain_mm: if wet { amount } else { 0.0 }, light_h: day_length_h(doy, region.lat) }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::trial::tables::Tables;

    #[test]
    fn weather_keeps_the_means_of_the_table() {
        let tables = Tables::read().unwrap();
        for region in &tables.regions {
            let (mut temp, mut wet, mut rain) = (0.0, 0.0, 0.0);
            for year in 0..40 {
                for d in days(region, 5, year, 1.0, 365) {
                    temp += d.temp_c / (40.0 * 365.0);
                    wet += f64::from(u8::from(d.rain_mm > 0.0)) / (40.0 * 365.0);
                    rain += d.rain_mm / 40.0;
                }
            }
            let clamped = (0..365).map(|d| {
                let t = (std::f64::consts::TAU * (f64::from(d) + 1.0 - region.wet[2]) / 365.25).cos();
                (region.wet[0] + region.wet[1] * t).clamp(0.01, 0.95)
            });
            let chance: f64 = clamped.sum::<f64>() / 365.0;
            assert!((temp - region.mean_c).abs() < 0.5, "{} {temp}", region.name);
            assert!((wet - chance).abs() < 0.015, "{} {wet} {chance}", region.name);
            assert!((rain / (365.0 * chance * region.rain_mm) - 1.0).abs() < 0.06, "{} {rain}", region.name);
        }
    }
}
