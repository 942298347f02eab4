//! Standing water at transplanting: what it says for rice.
//!
//! A field that was seen flooded is probably paddy. A field that was seen dry on several dates of the time is less so.
//! A field that nobody saw at that time says nothing: "not seen" never counts against rice.

use super::super::normal::day;
use super::cycle::Cycle;
use super::views::View;

/// Days before and after transplanting in which water stands, beyond the spread of the date (science 5.3).
const WINDOW: (f64, f64) = (12.0, 45.0);
/// LSWI + this >= EVI: water under an open canopy (Xiao et al. 2005).
const XIAO: f64 = 0.05;
/// A field greener than that does not show its water.
const MOST_NDVI: f64 = 0.45;
/// Water: MNDWI above, SWIR reflectance below (science 5.3).
const LEAST_MNDWI: f64 = -0.15;
const MOST_SWIR: f64 = 0.16;
/// Nats for rice and against the rest when water was seen; against rice when it was not on enough dates.
const SEEN: (f64, f64) = (4.0, -2.0);
const SEEN_DRY: f64 = -1.5;
const DRY_DATES: usize = 3;

/// Whether standing water was seen in the time of one crop's flood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flood {
    /// At least one date with water.
    Seen,
    /// Enough dates that could have shown water, and none did.
    Dry,
    /// Too few dates to tell.
    NotSeen,
}

impl Flood {
    /// What the crop's views say; later ones than `to` (a day number) are left out.
    pub(super) fn of(cycle: &Cycle, views: &[View], to: f64) -> Flood {
        let [mean, sd] = cycle.sowing_law();
        let (first, last) = (mean - sd - WINDOW.0, (mean + sd + WINDOW.1).min(to));
        let mut dry = 0;
        for v in views.iter().filter(|v| (first..=last).contains(&day(v.date))) {
            match water(v) {
                Some(true) => return Flood::Seen,
                Some(false) => dry += 1,
                None => {}
            }
        }
        if dry >= DRY_DATES { Flood::Dry } else { Flood::NotSeen }
    }

    /// Nats for the crop itself.
    pub(super) fn for_rice(self) -> f64 {
        match self {
            Flood::Seen => SEEN.0,
            Flood::Dry => SEEN_DRY,
            Flood::NotSeen => 0.0,
        }
    }

    /// Nats for crops and covers that do not stand in water.
    pub(super) fn for_the_rest(self) -> f64 {
        if self == Flood::Seen { SEEN.1 } else { 0.0 }
    }
}

/// Whether a date shows standing water; `None` when it cannot tell: a band is missing, or the canopy hides it.
fn water(v: &View) -> Option<bool> {
    let (lswi, ndyi, nir, blue) = (v.lswi?, v.ndyi?, v.nir?, v.blue?);
    if v.ndvi >= MOST_NDVI {
        return None;
    }
    // The other bands from the indices and the two reflectances that were kept.
    let red = nir * (1.0 - v.ndvi) / (1.0 + v.ndvi);
    let swir = nir * (1.0 - lswi) / (1.0 + lswi);
    let green = blue * (1.0 + ndyi) / (1.0 - ndyi);
    let evi = 2.5 * (nir - red) / (nir + 6.0 * red - 7.5 * blue + 1.0);
    let mndwi = (green - swir) / (green + swir);
    let told = [red, swir, green, evi, mndwi].iter().all(|x| x.is_finite());
    told.then_some(lswi + XIAO >= evi && mndwi > LEAST_MNDWI && swir < MOST_SWIR)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn view(red: f64, green: f64, blue: f64, nir: f64, swir: f64) -> View {
        View {
            date: date(2023, 6, 1),
            ndvi: (nir - red) / (nir + red),
            lswi: Some((nir - swir) / (nir + swir)),
            ndyi: Some((green - blue) / (green + blue)),
            nir: Some(nir),
            red_edge: None,
            blue: Some(blue),
        }
    }

    #[test]
    fn water_is_told_from_soil_and_hidden_by_a_canopy() {
        // Shallow turbid water with young rice; dry loam; closed canopy: reflectances of textbooks.
        assert_eq!(water(&view(0.07, 0.09, 0.07, 0.12, 0.06)), Some(true));
        assert_eq!(water(&view(0.18, 0.14, 0.10, 0.24, 0.32)), Some(false));
        assert_eq!(water(&view(0.03, 0.06, 0.03, 0.45, 0.18)), None);
        let unread = View { lswi: None, ..view(0.07, 0.09, 0.07, 0.12, 0.06) };
        assert_eq!(water(&unread), None);
    }

    #[test]
    fn what_was_not_seen_says_nothing() {
        assert_eq!((Flood::NotSeen.for_rice(), Flood::NotSeen.for_the_rest()), (0.0, 0.0));
        assert!(Flood::Seen.for_rice() > 0.0 && Flood::Seen.for_the_rest() < 0.0);
        assert!(Flood::Dry.for_rice() < 0.0 && Flood::Dry.for_the_rest() == 0.0);
    }
}
