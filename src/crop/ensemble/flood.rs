//! Standing water at transplanting: what it says for rice.
//!
//! A field that was seen flooded is probably paddy. Water that was not seen says nothing: clouds hid it, the canopy
//! closed over it, or the field was drilled and flooded later. So what is here can only speak for rice, whatever dates
//! there are and whichever are missing.

use super::super::normal::day;
use super::cycle::Cycle;
use super::views::View;

/// Days before and after transplanting in which water stands, beyond the spread of the date (science 5.3).
const WINDOW: (f64, f64) = (12.0, 45.0);
/// LSWI + this >= EVI: water under an open canopy (Xiao et al. 2005).
const XIAO: f64 = 0.05;
/// Water that the canopy leaves open up to some NDVI: MNDWI above, SWIR reflectance below (science 5.3).
const OPEN: Surface = Surface { most_ndvi: 0.45, least_mndwi: -0.15, most_swir: 0.16 };
/// Water between the rows of a canopy that is half closed: darker than any moist soil (chosen on simulated fields of the
/// seeds 101 to 103, where crops that do not stand in water stay above).
const BETWEEN_ROWS: Surface = Surface { most_ndvi: 0.65, least_mndwi: -0.25, most_swir: 0.12 };

/// Nats for rice whose water was seen.
pub(super) const FOR_RICE: f64 = 4.0;
/// Nats for crops and covers that do not stand in water, where some was seen.
pub(super) const FOR_THE_REST: f64 = -2.0;

/// What is taken for water at most.
struct Surface {
    most_ndvi: f64,
    least_mndwi: f64,
    most_swir: f64,
}

/// Whether standing water was seen in the time of one crop's flood; views later than `to` (a day number) are left out.
pub(super) fn seen(cycle: &Cycle, views: &[View], to: f64) -> bool {
    let [mean, sd] = cycle.sowing_law();
    let time = mean - sd - WINDOW.0..=(mean + sd + WINDOW.1).min(to);
    views.iter().any(|v| time.contains(&day(v.date)) && water(v))
}

/// Whether a date shows standing water; not where a band is missing or the canopy hides it.
fn water(v: &View) -> bool {
    let (Some(lswi), Some(ndyi), Some(nir), Some(blue)) = (v.lswi, v.ndyi, v.nir, v.blue) else {
        return false;
    };
    // The other bands from the indices and the two reflectances that were kept.
    let red = nir * (1.0 - v.ndvi) / (1.0 + v.ndvi);
    let swir = nir * (1.0 - lswi) / (1.0 + lswi);
    let green = blue * (1.0 + ndyi) / (1.0 - ndyi);
    let evi = 2.5 * (nir - red) / (nir + 6.0 * red - 7.5 * blue + 1.0);
    let mndwi = (green - swir) / (green + swir);
    let told = [red, swir, green, evi, mndwi].iter().all(|x| x.is_finite());
    let is = |s: &Surface| v.ndvi < s.most_ndvi && mndwi > s.least_mndwi && swir < s.most_swir;
    told && lswi + XIAO >= evi && (is(&OPEN) || is(&BETWEEN_ROWS))
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
        assert!(water(&view(0.07, 0.09, 0.07, 0.12, 0.06)));
        assert!(!water(&view(0.18, 0.14, 0.10, 0.24, 0.32)));
        assert!(!water(&view(0.03, 0.06, 0.03, 0.45, 0.18)));
        // Half closed, over water and over moist soil.
        assert!(water(&view(0.045, 0.07, 0.05, 0.16, 0.08)));
        assert!(!water(&view(0.06, 0.08, 0.05, 0.22, 0.19)));
        let unread = View { lswi: None, ..view(0.07, 0.09, 0.07, 0.12, 0.06) };
        assert!(!water(&unread));
    }
}
