//! The columns of the cropped area.

use super::count;
use crate::cropland::METHOD;
use crate::lending::Evidence;
use crate::record::{EligibilityRecord, Rounded};

/// Square metres in a hectare.
const M2_PER_HA: f64 = 10_000.0;

pub(super) fn columns(r: &mut EligibilityRecord, e: &Evidence<'_>) {
    let land = e.cropland;
    r.cropped_area_not_told = land.not_told.map(|why| why.word().to_owned());
    let Some(cropped) = land.cropped else { return };
    r.cropped_frac = Rounded::new(cropped.mid);
    r.cropped_frac_lower = Rounded::new(cropped.lower);
    r.cropped_frac_upper = Rounded::new(cropped.upper);
    let area_ha = e.plot.area_m2() / M2_PER_HA;
    r.cropped_area_ha = Rounded::new(cropped.mid * area_ha);
    r.cropped_area_lower_ha = Rounded::new(cropped.lower * area_ha);
    r.cropped_area_upper_ha = Rounded::new(cropped.upper * area_ha);
    let declared = e.plot.declared.area_ha.filter(|a| a.is_finite() && *a > 0.0);
    r.area_deviation_frac = declared.and_then(|d| Rounded::new((cropped.mid * area_ha - d) / d));
    r.cropped_area_method = Some(METHOD.to_owned());
    r.cropped_area_dates = Some(count(land.green_dates));
    r.uncropped_water_frac = Rounded::new(land.uncropped.water);
    r.uncropped_evergreen_frac = Rounded::new(land.uncropped.evergreen);
    r.uncropped_bare_frac = Rounded::new(land.uncropped.bare);
    r.uncropped_other_frac = Rounded::new(land.uncropped.other);
    r.n_clusters = Some(count(land.land_uses));
    r.heterogeneity_index = land.heterogeneity.and_then(Rounded::new);
    r.heterogeneity_flag = Some(land.land_uses > 1 || land.uneven);
}
