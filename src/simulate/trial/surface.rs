//! What a field reflects on a day in all bands: leaves over ground under sun and sky.

use super::super::canopy::BANDS;
use super::field::State;
use super::ground::{Soil, flowering, sky_light};
use super::leaf::{Content, LeafOptics, Plates, Spectrum};
use super::sail::{Angles, Directions};
use super::tables::LeafTraits;

/// Leaves of weeds and cover crops.
const WEED: LeafTraits =
    LeafTraits { n: 1.5, chlorophyll: 40.0, water: 0.016, dry: 0.005, angle: 45.0, clumping: 0.95 };

/// What leaves of a field are like beyond their species.
#[derive(Clone, Copy, Debug)]
pub(super) struct Habit {
    /// Factor on chlorophyll: nitrogen, variety.
    pub chlorophyll: f64,
    /// Degrees added to the mean leaf angle.
    pub angle: f64,
    /// Factor on leaf structure.
    pub structure: f64,
    /// Factor on leaf water.
    pub water: f64,
    /// Part of the field without plants: wheel tracks, headlands, gaps.
    pub gaps: f64,
}

/// Reflectance of a state of a field.
pub(super) fn surface(
    plates: &Plates,
    state: &State<'_>,
    habit: &Habit,
    soil: &Soil,
    angles: Angles,
) -> Spectrum {
    let traits = state.crop.map_or(WEED, |c| c.leaf);
    let own = LeafTraits {
        n: 1.0 + (traits.n - 1.0) * habit.structure,
        water: traits.water * habit.water,
        ..traits
    };
    let living = plates
        .leaf(&Content::living(&own, traits.chlorophyll * habit.chlorophyll * state.chlorophyll.max(0.05)));
    let weed = plates.leaf(&Content::living(&WEED, WEED.chlorophyll));
    let dead = plates.leaf(&Content::dead(&own));
    let total = state.green + state.dead + state.weed;
    let optics = mix(&living, &weed, &dead, state, total.max(1e-9));
    let ground = soil.ground(state.wet, state.straw.clamp(0.0, 1.0), state.water, state.snow);
    let diffuse = sky_light(angles.sun_zenith);
    let angle = if state.green >= state.weed { traits.angle } else { WEED.angle };
    let directions = Directions::new(angles, (angle + habit.angle).clamp(12.0, 80.0));
    let acts = traits.clumping * (state.green + state.dead) + WEED.clumping * state.weed;
    let canopy: Spectrum = std::array::from_fn(|b| {
        directions.reflectance(acts, optics.reflectance[b], optics.transmittance[b], ground[b], diffuse[b])
    });
    let closed = flowering(&canopy, state.petals.clamp(0.0, 0.6));
    // in a gap leaves of the sides hang over about half of the ground
    let bloom = blend(&[(1.0 - habit.gaps, closed), (0.5 * habit.gaps, canopy), (0.5 * habit.gaps, ground)]);
    let white = soil.ground(0.0, 0.0, 0.0, 1.0);
    let buried = state.snow * (-0.35 * acts).exp();
    std::array::from_fn(|b| (bloom[b] * (1.0 - buried) + white[b] * buried).clamp(0.0, 1.0))
}

fn mix(living: &LeafOptics, weed: &LeafOptics, dead: &LeafOptics, s: &State<'_>, total: f64) -> LeafOptics {
    let green = (s.green + s.weed).max(1e-9);
    living.mixed(weed, s.weed / green).mixed(dead, s.dead / total)
}

/// Sum of spectra by weight.
pub(super) fn blend(parts: &[(f64, Spectrum)]) -> Spectrum {
    let total: f64 = parts.iter().map(|p| p.0).sum();
    std::array::from_fn(|b| parts.iter().map(|(w, s)| w * s[b]).sum::<f64>() / total.max(1e-9))
}

const _: () = assert!(BANDS == 10);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::trial::tables::Tables;

    const LOOK: Angles = Angles { sun_zenith: 38.0, view_zenith: 6.0, azimuth: 110.0 };
    const PLAIN: Habit = Habit { chlorophyll: 1.0, angle: 0.0, structure: 1.0, water: 1.0, gaps: 0.04 };

    fn ndvi(s: &Spectrum) -> f64 {
        (s[6] - s[2]) / (s[6] + s[2])
    }

    #[test]
    fn every_state_of_every_crop_reflects_between_nothing_and_everything() {
        let (tables, plates) = (Tables::read().unwrap(), Plates::new());
        let soil = Soil::new(0.8, 1.0, 0.0);
        for crop in &tables.crops {
            let mut before = -1.0;
            for green in [0.0, 0.3, 1.0, 2.0, 4.0, 6.0] {
                let state = State { crop: Some(crop), green, chlorophyll: 1.0, wet: 0.2, ..State::default() };
                let s = surface(&plates, &state, &PLAIN, &soil, LOOK);
                assert!(s.iter().all(|r| (0.0..=1.0).contains(r)), "{s:?}");
                let now = ndvi(&s);
                assert!(now > before - 0.01, "{} {green}: {now} after {before}", crop.name);
                before = now;
            }
            assert!((0.78..0.95).contains(&before), "{} {before}", crop.name);
            let ripe = State { crop: Some(crop), dead: 2.5, chlorophyll: 0.1, ..State::default() };
            let s = surface(&plates, &ripe, &PLAIN, &soil, LOOK);
            assert!((0.10..0.35).contains(&ndvi(&s)), "{} {}", crop.name, ndvi(&s));
        }
    }

    #[test]
    fn a_flooded_field_is_wetter_than_it_is_green_until_the_rice_closes() {
        let (tables, plates) = (Tables::read().unwrap(), Plates::new());
        let soil = Soil::new(1.0, 1.0, 0.0);
        let rice = tables.crop("rice").unwrap();
        let at = |green: f64, water: f64, wet: f64| {
            let state = State { crop: Some(rice), green, chlorophyll: 0.9, water, wet, ..State::default() };
            surface(&plates, &state, &PLAIN, &soil, LOOK)
        };
        let lswi = |s: &Spectrum| (s[7] - s[8]) / (s[7] + s[8]);
        let evi = |s: &Spectrum| 2.5 * (s[6] - s[2]) / (s[6] + 6.0 * s[2] - 7.5 * s[0] + 1.0);
        let young = at(0.4, 0.93, 0.9);
        assert!(lswi(&young) + 0.05 > evi(&young), "{} {}", lswi(&young), evi(&young));
        let dry = at(0.4, 0.0, 0.1);
        assert!(lswi(&dry) + 0.05 < evi(&dry), "{} {}", lswi(&dry), evi(&dry));
    }
}
