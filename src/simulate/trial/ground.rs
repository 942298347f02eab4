//! What lies under the leaves: soil dry or wet, straw, standing water, snow; and how it is lit.
//!
//! Soil spectra are round figures of field spectrometers' libraries (bright loess, brown loam, dark clay); moisture
//! darkens a soil towards its wet spectrum (Lobell and Asner 2002: exponential, the short-wave infrared most).

use super::super::canopy::BANDS;
use super::leaf::Spectrum;

//                             B02    B03    B04    B05    B06    B07    B08    B8A    B11    B12
const LOESS: Spectrum = [0.135, 0.185, 0.240, 0.265, 0.285, 0.300, 0.320, 0.335, 0.425, 0.385];
const LOAM: Spectrum = [0.080, 0.112, 0.150, 0.173, 0.192, 0.208, 0.226, 0.243, 0.335, 0.300];
const CLAY: Spectrum = [0.055, 0.075, 0.098, 0.112, 0.124, 0.135, 0.147, 0.158, 0.215, 0.190];
const LATERITE: Spectrum = [0.042, 0.068, 0.135, 0.165, 0.190, 0.208, 0.222, 0.238, 0.305, 0.262];
const STRAW: Spectrum = [0.115, 0.165, 0.220, 0.250, 0.275, 0.298, 0.322, 0.342, 0.410, 0.305];
const MUDDY: Spectrum = [0.072, 0.088, 0.082, 0.072, 0.056, 0.052, 0.046, 0.040, 0.014, 0.009];
const SNOW: Spectrum = [0.80, 0.82, 0.81, 0.80, 0.79, 0.78, 0.77, 0.75, 0.11, 0.08];
/// Yellow petals.
const PETAL: Spectrum = [0.055, 0.360, 0.400, 0.430, 0.470, 0.490, 0.500, 0.500, 0.240, 0.120];
/// Part of the dry reflectance that is left when the soil is soaked.
const SOAKED: Spectrum = [0.52, 0.51, 0.51, 0.51, 0.51, 0.51, 0.52, 0.52, 0.44, 0.36];

/// The soil of one field.
#[derive(Clone, Copy, Debug)]
pub(super) struct Soil {
    dry: Spectrum,
}

impl Soil {
    /// A mixture of soils: `kind` 0 bright, 1 middle, 2 dark, anything between; `red` part of laterite.
    pub(super) fn new(kind: f64, brightness: f64, red: f64) -> Soil {
        let kind = kind.clamp(0.0, 2.0);
        let between = |a: f64, b: f64, t: f64| a + (b - a) * t;
        let dry = std::array::from_fn(|b| {
            let plain = if kind < 1.0 {
                between(LOESS[b], LOAM[b], kind)
            } else {
                between(LOAM[b], CLAY[b], kind - 1.0)
            };
            brightness * between(plain, LATERITE[b], red)
        });
        Soil { dry }
    }

    /// The ground under the leaves: wetness, straw cover, water cover, snow cover, each 0 to 1.
    pub(super) fn ground(&self, wet: f64, straw: f64, water: f64, snow: f64) -> Spectrum {
        std::array::from_fn(|b| {
            let soil = self.dry[b] * SOAKED[b].powf(wet);
            let litter = STRAW[b] * (1.0 - 0.28 * wet);
            let land = soil * (1.0 - straw) + litter * straw;
            let moist = land * (1.0 - water) + MUDDY[b] * water;
            moist * (1.0 - snow) + SNOW[b] * snow
        })
    }
}

/// Petals over a canopy: `cover` of the view.
pub(super) fn flowering(canopy: &Spectrum, cover: f64) -> Spectrum {
    std::array::from_fn(|b| canopy[b] * (1.0 - cover) + PETAL[b] * cover)
}

/// Share of light that comes from the sky, by band and sun: clear air (after Francois et al. 2002, rounded).
pub(super) fn sky_light(sun_zenith: f64) -> Spectrum {
    const NADIR: Spectrum = [0.24, 0.17, 0.12, 0.11, 0.10, 0.09, 0.08, 0.08, 0.03, 0.02];
    let air = 1.0 / sun_zenith.to_radians().cos().max(0.25);
    NADIR.map(|s| 1.0 - (1.0 - s).powf(air))
}

const _: () = assert!(BANDS == 10);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wet_is_darker_most_of_all_in_the_short_wave_infrared() {
        let soil = Soil::new(0.7, 1.0, 0.0);
        let (dry, wet) = (soil.ground(0.0, 0.0, 0.0, 0.0), soil.ground(1.0, 0.0, 0.0, 0.0));
        let left: Vec<f64> = (0..BANDS).map(|b| wet[b] / dry[b]).collect();
        assert!(left.iter().all(|l| *l < 0.6) && left[9] < left[3], "{left:?}");
        let flooded = soil.ground(1.0, 0.0, 1.0, 0.0);
        assert!(flooded[8] < 0.02 && flooded[1] > flooded[8]);
    }
}
