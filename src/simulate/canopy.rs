//! What a canopy over soil reflects in each band.
//!
//! A deep canopy has one reflectance, the soil another; in between the soil shows through a gap that
//! closes exponentially with leaf area (Beer's law; Baret and Guyot 1991 use the same form, with one
//! extinction per band, so red saturates long before the near infrared). Straw and moisture change
//! the soil, dead leaves change the canopy, water and snow cover both.

use super::growth::Canopy;

/// Bands with reflectance, in the order of `crate::band::Band`: B02 to B12.
pub(super) const BANDS: usize = 10;
/// Index of B04 among them.
pub(super) const RED: usize = 2;
/// Index of B08 among them.
pub(super) const NIR: usize = 6;

type Spectrum = [f64; BANDS];

//                              B02    B03    B04    B05    B06    B07    B08    B8A    B11    B12
const LEAF: Spectrum = [0.018, 0.050, 0.022, 0.085, 0.290, 0.410, 0.450, 0.460, 0.200, 0.085];
const DEAD: Spectrum = [0.080, 0.130, 0.185, 0.225, 0.255, 0.275, 0.300, 0.320, 0.370, 0.290];
const SOIL: Spectrum = [0.085, 0.125, 0.168, 0.195, 0.215, 0.232, 0.250, 0.268, 0.345, 0.300];
const STRAW: Spectrum = [0.110, 0.165, 0.220, 0.255, 0.280, 0.300, 0.325, 0.345, 0.400, 0.300];
const WATER: Spectrum = [0.060, 0.070, 0.055, 0.045, 0.035, 0.032, 0.030, 0.026, 0.012, 0.008];
const SNOW: Spectrum = [0.820, 0.830, 0.820, 0.810, 0.800, 0.790, 0.780, 0.760, 0.110, 0.080];
const FLOWER: Spectrum = [-0.004, 0.055, 0.050, 0.040, 0.020, 0.010, 0.010, 0.010, 0.0, 0.0];
/// Extinction of the soil's share per unit of leaf area.
const EXTINCTION: Spectrum = [0.95, 0.85, 0.92, 0.80, 0.66, 0.62, 0.62, 0.62, 0.78, 0.85];

/// The ground of one field on one day.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ground {
    /// Brightness of this field's soil, about 1.
    pub(super) brightness: f64,
    /// Wetness, 0 to 1.
    pub(super) wet: f64,
    /// Part under snow, 0 to 1.
    pub(super) snow: f64,
}

/// Bidirectional effects left out: surface reflectance 0 to 1 in every band.
pub(super) fn reflectance(canopy: &Canopy, ground: &Ground) -> [f32; BANDS] {
    let green = f64::from(canopy.green);
    let dead = f64::from(canopy.dead);
    let area = green + dead;
    let living = if area > 0.0 { green / area } else { 0.0 };
    let straw = f64::from(canopy.straw);
    let water = canopy.open_water();
    let mut out = [0.0_f32; BANDS];
    for (b, value) in out.iter_mut().enumerate() {
        let soil = SOIL[b] * ground.brightness * (1.0 - 0.42 * ground.wet) * (1.0 - straw)
            + STRAW[b] * (1.0 - 0.25 * ground.wet) * straw;
        // the red edge and the infrared follow the plant's own near infrared
        let own = if b >= 4 { f64::from(canopy.nir) / LEAF[NIR] } else { 1.0 };
        let leaf = LEAF[b] * if b <= 7 { own } else { 1.0 } + FLOWER[b] * f64::from(canopy.flower);
        let deep = living * leaf + (1.0 - living) * DEAD[b];
        let gap = (-EXTINCTION[b] * area).exp();
        let mut rho = deep + (soil - deep) * gap;
        rho = rho * (1.0 - water) + WATER[b] * water;
        let white = ground.snow * (-0.15 * area).exp();
        *value = (rho * (1.0 - white) + SNOW[b] * white) as f32;
    }
    out
}

/// NDVI of a spectrum.
pub(super) fn ndvi(rho: &[f32; BANDS]) -> f64 {
    let (red, nir) = (f64::from(rho[RED]), f64::from(rho[NIR]));
    (nir - red) / (nir + red)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DRY: Ground = Ground { brightness: 1.0, wet: 0.0, snow: 0.0 };

    #[test]
    fn index_rises_with_leaf_area_and_saturates() {
        let at = |lai: f32| ndvi(&reflectance(&Canopy { green: lai, nir: 0.45, ..Canopy::default() }, &DRY));
        let steps: Vec<f64> = [0.0, 0.5, 1.0, 2.0, 4.0, 6.0].map(at).to_vec();
        assert!(steps.windows(2).all(|w| w[1] > w[0]), "{steps:?}");
        assert!((0.15..0.25).contains(&steps[0]) && (0.85..0.93).contains(&steps[4]), "{steps:?}");
        assert!(steps[5] - steps[4] < 0.03);
    }

    #[test]
    fn water_snow_and_straw_are_not_green() {
        let bare = Canopy { nir: 0.45, ..Canopy::default() };
        assert!(ndvi(&reflectance(&Canopy { water: 1.0, ..bare }, &DRY)) < 0.0);
        assert!(ndvi(&reflectance(&bare, &Ground { snow: 0.95, ..DRY })).abs() < 0.05);
        let ripe = Canopy { dead: 2.5, ..bare };
        assert!((0.15..0.28).contains(&ndvi(&reflectance(&ripe, &DRY))));
    }
}
