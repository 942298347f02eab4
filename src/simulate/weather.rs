//! Daily weather of the place: temperature, soil wetness, snow, day length.
//!
//! One climate for all fields: seasonal mean and amplitude, day-to-day memory (AR(1)), rain as a
//! chance with drying. Values are those of western central France in round figures; nothing hangs
//! on their being exact, only on fields growing by weather instead of by a curve.

use jiff::civil::Date;

use super::dice::Dice;

/// Annual mean temperature, degC.
const MEAN_C: f64 = 11.6;
/// Half the range between the warmest and coldest day of the mean year, degC.
const AMPLITUDE_C: f64 = 7.9;
/// Day of year of the warmest day.
const WARMEST_DOY: f64 = 204.0;
/// How much of a day's departure from the mean year is left on the next day.
const MEMORY: f64 = 0.75;
/// Standard deviation of the daily push, degC.
const PUSH_C: f64 = 2.1;
/// Chance of rain on a day.
const RAIN_CHANCE: f64 = 0.29;
/// Part of the wetness left after a dry day.
const DRYING: f64 = 0.78;
/// Days (month, day, length) of a cold spell in the first winter, with snow.
const COLD_SPELL: (i8, i8, usize) = (2, 7, 8);

/// One day of weather.
#[derive(Clone, Copy, Debug)]
pub(super) struct Day {
    /// Mean air temperature, degC.
    pub(super) temp_c: f64,
    /// Wetness of bare soil, 0 dry to 1 just rained on.
    pub(super) wet: f64,
    /// Part of the ground under snow, 0 to 1.
    pub(super) snow: f64,
    /// Hours from sunrise to sunset.
    pub(super) day_length_h: f64,
}

/// Day length, hours (sunrise equation, solar declination after Cooper 1969).
pub(super) fn day_length_h(doy: f64, lat_deg: f64) -> f64 {
    let declination = 23.45_f64.to_radians() * (std::f64::consts::TAU * (284.0 + doy) / 365.0).sin();
    let x = -lat_deg.to_radians().tan() * declination.tan();
    24.0 / std::f64::consts::PI * x.clamp(-1.0, 1.0).acos()
}

/// `count` days of weather from `start` at latitude `lat_deg`.
pub(super) fn make(seed: u64, start: Date, count: usize, lat_deg: f64) -> Vec<Day> {
    let mut dice = Dice::new(seed, &[0x57]);
    let (mut departure, mut wet, mut snow) = (0.0, 0.3, 0.0_f64);
    let mut date = start;
    let mut cold_left = 0;
    (0..count)
        .map(|_| {
            let doy = f64::from(date.day_of_year());
            departure = MEMORY * departure + dice.normal(0.0, PUSH_C);
            let mut temp_c = MEAN_C
                + AMPLITUDE_C * (std::f64::consts::TAU * (doy - WARMEST_DOY) / 365.25).cos()
                + departure;
            let rains = dice.unit() < RAIN_CHANCE;
            if (date.month(), date.day()) == (COLD_SPELL.0, COLD_SPELL.1)
                && date.year() == start.year().saturating_add(1)
            {
                cold_left = COLD_SPELL.2;
            }
            let mut falls_as_snow = rains && temp_c < 0.0;
            if cold_left > 0 {
                temp_c = temp_c.min(-3.5);
                falls_as_snow |= cold_left + 1 >= COLD_SPELL.2;
                cold_left -= 1;
            }
            snow = if falls_as_snow { 0.95 } else { (snow - 0.03 - 0.12 * temp_c.max(0.0)).max(0.0) };
            wet = if rains || falls_as_snow { 1.0 } else { wet * DRYING };
            let day = Day { temp_c, wet, snow, day_length_h: day_length_h(doy, lat_deg) };
            date = date.tomorrow().unwrap_or(date);
            day
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn day_length_is_twelve_hours_at_the_equinox_and_long_in_june() {
        assert!((day_length_h(81.0, 47.0) - 12.0).abs() < 0.1);
        assert!((day_length_h(172.0, 47.0) - 15.8).abs() < 0.3);
        assert!((day_length_h(172.0, -47.0) - 8.2).abs() < 0.3);
    }

    #[test]
    fn years_have_seasons_and_one_cold_spell_with_snow() {
        let days = make(3, jiff::civil::date(2020, 8, 1), 800, 47.0);
        let mean = |r: std::ops::Range<usize>| {
            days[r.clone()].iter().map(|d| d.temp_c).sum::<f64>() / r.len() as f64
        };
        assert!(mean(0..31) > 15.0 && mean(153..184) < 8.0);
        assert!(days.iter().any(|d| d.snow > 0.5));
    }
}
