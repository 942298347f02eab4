//! Covers that are cut and come again: permanent grassland and alfalfa.

use super::super::dice::Dice;
use super::climate::Day;
use super::field::{Farm, Life, State};
use super::tables::{Cover, Crop};

/// The life of a field of grass or alfalfa from the day of year `first_doy` on; `like` gives the leaves.
pub(super) fn last<'a>(
    cover: Cover,
    farm: &Farm<'_>,
    weather: &[Day],
    like: &'a Crop,
    mut dice: Dice,
) -> Life<'a> {
    let rich = dice.normal(1.0, 0.18).clamp(0.5, 1.5);
    let grazed = cover == Cover::Grass && dice.unit() < 0.4;
    let between = match cover {
        Cover::Grass => dice.between(45.0, 80.0),
        Cover::Alfalfa => dice.between(30.0, 42.0),
    };
    let (mut green, mut dead, mut snow, mut wet) = (1.4, 0.2, 0.0_f64, 0.3_f64);
    let (mut store, mut since, mut warm_days) = (0.6 * farm.store_mm, 0.0, 0.0);
    let days = weather
        .iter()
        .map(|w| {
            let warm = w.temp_c.max(0.0);
            let melts = w.temp_c >= 0.0 || w.rain_mm <= 0.0;
            snow =
                if melts { (snow - 0.02 - 0.13 * warm).max(0.0) } else { (snow + w.rain_mm / 6.0).min(0.95) };
            store = (store + w.rain_mm - 0.15 * warm).clamp(0.0, farm.store_mm);
            if farm.irrigated && store < 0.45 * farm.store_mm {
                store = 0.85 * farm.store_mm;
            }
            wet = if w.rain_mm > 1.0 { wet.max(1.0 - (-w.rain_mm / 4.0).exp()) } else { wet * 0.85 };
            let moist = ((store / farm.store_mm - 0.04) / 0.28).clamp(0.05, 1.0);
            let most = rich * (1.3 + 2.6 * ((w.light_h - 8.0) / 8.0).clamp(0.0, 1.0));
            let growth = 0.0075 * (w.temp_c - 3.0).clamp(0.0, 18.0) * green * (1.0 - green / most) * moist;
            green = (green + growth.max(-0.03 * green)).max(0.15);
            let dies = green * (0.02 * (0.4 - moist).max(0.0) + (0.008 * (-w.temp_c - 4.0)).clamp(0.0, 0.1));
            green = (green - dies).max(0.12);
            dead = dead * 0.985 + 0.5 * dies + 0.0015 * green;
            since += 1.0;
            warm_days = if w.temp_c > 8.0 { warm_days + 1.0 } else { warm_days * 0.97 };
            if !grazed && since > between && warm_days > 30.0 && green > 0.6 * most {
                green *= if cover == Cover::Alfalfa { 0.15 } else { 0.3 };
                since = 0.0;
            } else if grazed && warm_days > 30.0 {
                green *= 0.992;
            }
            State {
                crop: Some(like),
                green,
                dead,
                chlorophyll: 0.85,
                straw: 0.1,
                wet,
                snow,
                ..State::default()
            }
        })
        .collect();
    Life { days, cycles: Vec::new() }
}
