//! What lies between the ground and the satellite on one date: clouds, their shadows, haze, mist.
//!
//! Clouds are one wandering field of smooth noise cut at the cover of the day, so they hang together,
//! have soft rims that no mask finds, and throw shadows away from the sun. Both tiles see one sky.

use geo::Coord;

use super::dice::{Dice, ripple};

/// Kind of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weather {
    /// No cloud.
    Clear,
    /// Clouds and gaps.
    Broken,
    /// Nothing but cloud.
    Overcast,
    /// A thin veil of high cloud over clear land.
    Veiled,
}

/// Radius of the cloud that never leaves the clouded plot, metres.
const STANDING_CLOUD_M: f64 = 150.0;
/// Cloud opacity from which the scene classification finds it.
pub(super) const CLOUD_FOUND: f64 = 0.26;
/// Shadow depth from which the scene classification finds it.
pub(super) const SHADOW_FOUND: f64 = 0.28;

/// The sky of one date.
#[derive(Clone, Debug)]
pub(super) struct Sky {
    key: u64,
    pub(super) weather: Weather,
    /// Noise level above which there is cloud.
    threshold: f64,
    wind: (f64, f64),
    /// From a cloud to its shadow, metres.
    shadow: (f64, f64),
    veil: f64,
    /// Path brightness per band left by the aerosol correction, reflectance at 490 nm.
    pub(super) aerosol: f64,
    /// Centre of the standing cloud.
    standing: Option<Coord<f64>>,
}

/// Opacity of what lies above one point.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Above {
    /// Cloud opacity, 0 to 1.
    pub(super) cloud: f32,
    /// Depth of cloud shadow, 0 to 1.
    pub(super) shadow: f32,
    /// Opacity of the thin veil, 0 to 1.
    pub(super) veil: f32,
}

impl Sky {
    /// The sky of day number `ordinal`; `sun` is azimuth and zenith in degrees.
    pub(super) fn new(
        seed: u64,
        ordinal: u64,
        weather: Weather,
        sun: (f64, f64),
        standing: Option<Coord<f64>>,
    ) -> Sky {
        let mut dice = Dice::new(seed, &[0x5C, ordinal]);
        let cover: f64 = match weather {
            Weather::Clear | Weather::Veiled => 0.0,
            Weather::Broken => dice.between(0.12, 0.75),
            Weather::Overcast => 1.0,
        };
        let threshold = match weather {
            Weather::Clear | Weather::Veiled => 2.0,
            Weather::Overcast => -1.0,
            // the noise is nearly bell-shaped about 0.5: a logistic stands in for its quantiles
            Weather::Broken => 0.5 + 0.075 * ((1.0 - cover) / cover).ln(),
        };
        let height_m = dice.between(450.0, 1300.0);
        let (sin, cos) = sun.0.to_radians().sin_cos();
        let reach = height_m * sun.1.to_radians().tan();
        Sky {
            key: seed ^ (ordinal << 20) ^ 0x5C10,
            weather,
            threshold,
            wind: (dice.between(0.0, 5e5), dice.between(0.0, 5e5)),
            shadow: (-sin * reach, -cos * reach),
            veil: if weather == Weather::Veiled { dice.between(0.04, 0.14) } else { 0.0 },
            aerosol: dice.normal(0.001, 0.0035),
            standing,
        }
    }

    fn noise(&self, x: f64, y: f64) -> f64 {
        let (x, y) = (x + self.wind.0, y + self.wind.1);
        0.46 * ripple(self.key, x, y, 1300.0)
            + 0.28 * ripple(self.key ^ 1, x, y, 520.0)
            + 0.16 * ripple(self.key ^ 2, x, y, 230.0)
            + 0.10 * ripple(self.key ^ 3, x, y, 95.0)
    }

    fn drifting(&self, x: f64, y: f64) -> f64 {
        match self.weather {
            Weather::Clear | Weather::Veiled => 0.0,
            Weather::Overcast => 1.0,
            Weather::Broken => {
                let t = ((self.noise(x, y) - self.threshold) / 0.10).clamp(0.0, 1.0);
                t * t * (3.0 - 2.0 * t)
            }
        }
    }

    fn standing(&self, x: f64, y: f64) -> f64 {
        self.standing.map_or(0.0, |c| {
            let ragged = 60.0 * (ripple(self.key ^ 5, x, y, 120.0) - 0.5);
            let t = ((STANDING_CLOUD_M + ragged - (x - c.x).hypot(y - c.y)) / 45.0).clamp(0.0, 1.0);
            t * t * (3.0 - 2.0 * t)
        })
    }

    /// What lies above a point of the ground, UTM metres.
    pub(super) fn above(&self, x: f64, y: f64) -> Above {
        let cloud = self.drifting(x, y).max(self.standing(x, y));
        let shadow = match self.weather {
            Weather::Broken => self.drifting(x - self.shadow.0, y - self.shadow.1) * (1.0 - cloud),
            _ => 0.0,
        };
        let veil = self.veil * (0.4 + 1.2 * ripple(self.key ^ 6, x, y, 900.0));
        Above { cloud: cloud as f32, shadow: shadow as f32, veil: veil as f32 }
    }
}

/// Azimuth and zenith of the sun at 11 h solar time, degrees (declination after Cooper 1969).
pub(super) fn sun(doy: f64, lat_deg: f64) -> (f64, f64) {
    let declination = 23.45_f64.to_radians() * (std::f64::consts::TAU * (284.0 + doy) / 365.0).sin();
    let hour = (-15.0_f64).to_radians();
    let lat = lat_deg.to_radians();
    let zenith =
        (lat.sin() * declination.sin() + lat.cos() * declination.cos() * hour.cos()).clamp(-1.0, 1.0).acos();
    let azimuth = (declination.cos() * hour.sin())
        .atan2(declination.cos() * hour.cos() * lat.sin() - declination.sin() * lat.cos());
    (180.0 + azimuth.to_degrees(), zenith.to_degrees())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sun_stands_south_by_east_and_high_in_june() {
        let (azimuth, zenith) = sun(172.0, 47.0);
        assert!((130.0..175.0).contains(&azimuth) && (24.0..32.0).contains(&zenith), "{azimuth} {zenith}");
        assert!(sun(355.0, 47.0).1 > 68.0);
    }

    #[test]
    fn clear_is_clear_overcast_is_not_and_shadows_lie_beside_clouds() {
        let at = |weather, standing| {
            let sky = Sky::new(9, 3, weather, (160.0, 40.0), standing);
            (0..900)
                .map(|k| sky.above(f64::from(k % 30) * 80.0, f64::from(k / 30) * 80.0))
                .collect::<Vec<_>>()
        };
        assert!(at(Weather::Clear, None).iter().all(|a| a.cloud == 0.0 && a.shadow == 0.0));
        assert!(at(Weather::Overcast, None).iter().all(|a| a.cloud > 0.8));
        let broken = at(Weather::Broken, None);
        assert!(broken.iter().any(|a| a.cloud > 0.5) && broken.iter().any(|a| a.cloud < 0.02));
        assert!(broken.iter().any(|a| a.shadow > 0.5));
        let standing = Sky::new(9, 3, Weather::Clear, (160.0, 40.0), Some(Coord { x: 0.0, y: 0.0 }));
        assert!(standing.above(0.0, 0.0).cloud > 0.9 && standing.above(400.0, 0.0).cloud == 0.0);
    }
}
