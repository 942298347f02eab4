//! Land that carries no annual crop: grass, fallow, trees, water, tracks, buildings.

use super::dice::Dice;
use super::growth::{Canopy, Life};
use super::weather::Day;

/// Kinds of land without an annual crop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Land {
    /// Permanent grassland, cut two to four times a year.
    Grass,
    /// Arable land left without a crop and kept open by tillage.
    Fallow,
    /// Broad-leaved trees.
    Wood,
    /// A pond, water all year.
    Pond,
    /// Field edges and tracks: sparse grass.
    Verge,
    /// Yards and roofs.
    Built,
}

/// The canopy of every day.
pub(super) fn live(weather: &[Day], land: Land, first_doy: usize, mut dice: Dice) -> Life {
    let rich = dice.between(0.8, 1.2);
    let shift = dice.between(-8.0, 8.0);
    let cuts: Vec<usize> =
        [146.0, 192.0, 244.0].iter().map(|c| (c + dice.normal(0.0, 9.0)) as usize).collect();
    let passes: Vec<usize> =
        [75.0, 118.0, 152.0, 190.0, 228.0, 268.0].iter().map(|c| (c + shift) as usize).collect();
    let mut green: f64 = match land {
        Land::Grass => 2.0,
        Land::Wood => 4.0,
        Land::Verge => 1.0,
        _ => 0.02,
    };
    let days = weather
        .iter()
        .enumerate()
        .map(|(day, w)| {
            let doy = (first_doy + day) % 365;
            let warmth = (w.temp_c - 3.0).clamp(0.0, 20.0);
            let mut now = Canopy { nir: 0.44, ..Canopy::default() };
            match land {
                Land::Grass => {
                    let ceiling = rich * (1.6 + 2.2 * (w.day_length_h - 8.0) / 8.0);
                    green += 0.006 * warmth * green * (1.0 - green / ceiling);
                    if cuts.contains(&doy) {
                        green *= 0.35;
                    }
                    now.dead = 0.15;
                }
                Land::Fallow => {
                    green += 0.006 * warmth * green.max(0.01) * (1.0 - green / (0.16 * rich));
                    if passes.contains(&doy) {
                        green = 0.01;
                    }
                    now.straw = 0.08;
                }
                Land::Wood => {
                    let leafy = ((w.day_length_h - 11.3) / 2.2).clamp(0.0, 1.0);
                    green += (0.9 + 4.0 * leafy * rich - green) * 0.05;
                    now.dead = 0.5;
                    now.nir = 0.40;
                }
                Land::Pond => {
                    green = 0.0;
                    now.water = 1.0;
                }
                Land::Verge => {
                    green = rich * (0.7 + 0.5 * (w.day_length_h - 8.0) / 8.0);
                    now.dead = 0.2;
                }
                Land::Built => {
                    green = 0.1;
                    now.straw = 0.5;
                }
            }
            now.green = green.max(0.0) as f32;
            now
        })
        .collect();
    Life { days, cycles: Vec::new() }
}
