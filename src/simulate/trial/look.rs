//! What the satellite makes of a field: overpasses of two orbits, clouds found and not found, air, edges, noise.

use super::super::canopy::BANDS;
use super::super::dice::Dice;
use super::cloud::Hidden;
use super::leaf::Spectrum;
use super::sail::Angles;
use super::surface::blend;

/// Share of looks under haze that no mask finds, away from clouds and beside them.
const HAZE: (f64, f64) = (0.022, 0.16);
/// Share of looks in a cloud's shadow that no mask finds, away from clouds and beside them.
const SHADOW: (f64, f64) = (0.010, 0.07);
/// Share of clear looks that the mask takes for cloud: over plants, over bright ground.
const FALSE_CLOUD: (f64, f64) = (0.03, 0.09);
/// Share of looks at snow that the mask does not find.
const SNOW_MISSED: f64 = 0.04;
/// Snow cover from which the mask can find it.
const SNOW_SEEN: f64 = 0.2;
/// Blur of the 10 m and the 20 m bands, and the width over which an edge mixes, metres.
const BLUR_M: (f64, f64) = (3.0, 8.0);
/// How much of a wrong aerosol each band sees (Rayleigh and small particles: blue first).
const AEROSOL: Spectrum = [1.6, 1.1, 0.9, 0.8, 0.6, 0.5, 0.4, 0.4, 0.1, 0.05];
const HAZE_LIGHT: Spectrum = [0.56, 0.54, 0.53, 0.53, 0.53, 0.53, 0.53, 0.53, 0.38, 0.30];
/// Bands of 20 m pixels.
const COARSE: [bool; BANDS] = [false, false, false, true, true, true, false, true, true, true];

/// The shape of a plot, as far as its edges matter.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    pub area_m2: f64,
    /// How far the outline lies off, metres.
    pub error_m: f64,
    /// Whether a second orbit sees it, too.
    pub two_orbits: bool,
}

impl Shape {
    /// Part of the plot's mean that is its neighbours', for 10 m and 20 m bands.
    pub(super) fn edges(&self) -> (f64, f64) {
        let per_metre = 4.4 / self.area_m2.sqrt();
        let part = |blur: f64| (0.5 * (0.5 * self.error_m + blur) * per_metre).min(0.5);
        (part(BLUR_M.0), part(BLUR_M.1))
    }
}

/// One overpass of a field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pass {
    pub day: usize,
    pub view_zenith: f64,
    /// Azimuth between sun and view, degrees.
    pub azimuth: f64,
}

/// Overpasses within `count` days: every five days, and five more where two orbits overlap.
pub(super) fn passes(count: usize, offset: usize, shape: &Shape, dice: &mut Dice) -> Vec<Pass> {
    let near = dice.between(3.0, 8.0);
    let side = if dice.unit() < 0.5 { 60.0 } else { 120.0 };
    (0..count)
        .filter_map(|day| {
            let phase = (day + 5 - offset % 5) % 5;
            match phase {
                0 => Some(Pass { day, view_zenith: near, azimuth: side }),
                3 if shape.two_orbits => Some(Pass { day, view_zenith: 9.8, azimuth: 180.0 - side }),
                _ => None,
            }
        })
        .collect()
}

impl Pass {
    /// Sun and view over the field.
    pub(super) fn angles(&self, sun_zenith: f64) -> Angles {
        Angles { sun_zenith: sun_zenith.min(76.0), view_zenith: self.view_zenith, azimuth: self.azimuth }
    }
}

/// What is delivered of a look that clouds do not hide: reflectances and the part of the plot that was seen; nothing
/// where the mask finds snow, or wrongly cloud.
pub(super) fn deliver(
    own: &Spectrum,
    around: &Spectrum,
    shape: &Shape,
    gains: &Spectrum,
    sky: Hidden,
    snow: f64,
    dice: &mut Dice,
) -> Option<(Spectrum, f64)> {
    let (fine, coarse) = shape.edges();
    let shift = dice.between(0.7, 1.3);
    let mut seen: Spectrum = std::array::from_fn(|b| {
        let part = (shift * if COARSE[b] { coarse } else { fine }).min(0.6);
        blend(&[(1.0 - part, *own), (part, *around)])[b]
    });
    if snow > SNOW_SEEN && dice.unit() > SNOW_MISSED {
        return None;
    }
    let bright = seen[2] > 0.2;
    if dice.unit() < if bright { FALSE_CLOUD.1 } else { FALSE_CLOUD.0 } {
        return None;
    }
    let level = dice.normal(1.0, 0.018);
    let aerosol = dice.normal(0.0015, 0.0055);
    for (b, value) in seen.iter_mut().enumerate() {
        *value = *value * gains[b] * level * dice.normal(1.0, 0.010) + aerosol * AEROSOL[b];
    }
    let by_rim = |pair: (f64, f64)| if sky.rim() { pair.1 } else { pair.0 };
    if dice.unit() < by_rim(HAZE) {
        // mostly thin, now and then the cloud itself
        let veil = if dice.unit() < 0.85 { dice.between(0.04, 0.22) } else { dice.between(0.22, 0.6) };
        for (b, value) in seen.iter_mut().enumerate() {
            *value = *value * (1.0 - veil) + HAZE_LIGHT[b] * veil;
        }
    } else if dice.unit() < by_rim(SHADOW) {
        // what is left is sky light, and that is blue
        let dark = dice.between(0.35, 0.75);
        for (b, value) in seen.iter_mut().enumerate() {
            *value *= dark + (1.0 - dark) * 0.25 * AEROSOL[b] / 1.6;
        }
    }
    Some((seen.map(|v| v.clamp(0.0005, 1.2)), sky.seen()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_plots_and_coarse_bands_mix_most() {
        let shape = |area_m2| Shape { area_m2, error_m: 2.0, two_orbits: false };
        let (large, small) = (shape(1e5).edges(), shape(2e3).edges());
        assert!(large.0 < large.1 && large.0 < small.0 && large.0 < 0.05 && small.1 <= 0.5);
    }

    #[test]
    fn passes_come_every_five_days_or_twice_as_often() {
        let mut dice = Dice::new(1, &[]);
        let one = Shape { area_m2: 1e4, error_m: 0.0, two_orbits: false };
        let days: Vec<usize> = passes(100, 2, &one, &mut dice).iter().map(|p| p.day).collect();
        assert!(days.len() == 20 && days.windows(2).all(|d| d[1] - d[0] == 5) && days[0] == 2);
        let two = Shape { two_orbits: true, ..one };
        assert_eq!(passes(100, 2, &two, &mut dice).len(), 40);
    }
}
