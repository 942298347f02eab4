//! What the pixels of one plot say: sums over them, gates, and reasons.

use crate::observation::{NdviStats, Reject, SkyFractions};
use crate::scene::Radiometry;
use crate::scl::SclGroup;

use super::footprint::{Footprint, FootprintView, covered};
use super::ndvi::ndvi;
use super::rule::{MaskRule, NdviOf};
use super::sky::Sky;
use super::stats::{self, Scratch};
use super::sums::{MaskTable, PixelReading, Sums};

/// Slices of one plot that do not belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a plot of {pixels} pixels was given {red} red, {nir} near-infrared and {sky} mask values")]
pub struct UnevenPixels {
    /// Pixels of the footprint.
    pub pixels: usize,
    /// Red values.
    pub red: usize,
    /// Near-infrared values.
    pub nir: usize,
    /// Verdicts.
    pub sky: usize,
}

/// The pixels of one plot in one scene, in the order of its [`Footprint`].
#[derive(Clone, Copy, Debug)]
pub struct PlotPixels<'a> {
    pub(super) coverage: &'a [f32],
    pub(super) red: &'a [u16],
    pub(super) nir: &'a [u16],
    pub(super) sky: &'a [Sky],
    /// Sum of the coverage, pixel by pixel.
    pub(super) covered: f64,
    pixel_count: f64,
    inside_fraction: f64,
}

impl<'a> PlotPixels<'a> {
    /// Values at the pixels of `footprint`, in its order: digital numbers of red and near infrared,
    /// and verdicts of the mask. 0 and [`Sky::NO_DATA`] where a raster does not reach. The numbers of pixels
    /// that the mask rules out mean nothing.
    ///
    /// # Errors
    /// [`UnevenPixels`] if a slice is not as long as the footprint.
    pub fn new(
        footprint: &'a Footprint,
        red: &'a [u16],
        nir: &'a [u16],
        sky: &'a [Sky],
    ) -> Result<PlotPixels<'a>, UnevenPixels> {
        PlotPixels::of(footprint.view(), red, nir, sky)
    }

    /// As [`PlotPixels::new`], of one of many footprints.
    ///
    /// # Errors
    /// [`UnevenPixels`] if a slice is not as long as the footprint.
    pub fn of(
        footprint: FootprintView<'a>,
        red: &'a [u16],
        nir: &'a [u16],
        sky: &'a [Sky],
    ) -> Result<PlotPixels<'a>, UnevenPixels> {
        let (count, inside) = (footprint.pixel_count(), footprint.inside_fraction());
        PlotPixels::summed((footprint.coverage(), footprint.covered()), red, nir, sky, count, inside)
    }

    /// The pixels of a plot that lies in pieces on several rasters, one piece after the other; no land in
    /// two pieces. `inside_fraction` is the part of the whole plot's area that the pieces hold.
    ///
    /// # Errors
    /// [`UnevenPixels`] if the slices are not equally long.
    pub fn joined(
        coverage: &'a [f32],
        red: &'a [u16],
        nir: &'a [u16],
        sky: &'a [Sky],
        pixel_count: f64,
        inside_fraction: f64,
    ) -> Result<PlotPixels<'a>, UnevenPixels> {
        PlotPixels::summed((coverage, covered(coverage)), red, nir, sky, pixel_count, inside_fraction)
    }

    fn summed(
        (coverage, covered): (&'a [f32], f64),
        red: &'a [u16],
        nir: &'a [u16],
        sky: &'a [Sky],
        pixel_count: f64,
        inside_fraction: f64,
    ) -> Result<PlotPixels<'a>, UnevenPixels> {
        let pixels = coverage.len();
        if [red.len(), nir.len(), sky.len()] != [pixels; 3] {
            return Err(UnevenPixels { pixels, red: red.len(), nir: nir.len(), sky: sky.len() });
        }
        Ok(PlotPixels { coverage, red, nir, sky, covered, pixel_count, inside_fraction })
    }

    /// `(coverage, red, nir, sky)` of each pixel.
    pub(super) fn each(&self) -> impl Iterator<Item = (f32, u16, u16, Sky)> + '_ {
        let bands = self.coverage.iter().zip(self.red).zip(self.nir).zip(self.sky);
        bands.map(|(((coverage, red), nir), sky)| (*coverage, *red, *nir, *sky))
    }
}

/// How much is computed of the NDVI distribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statistics {
    /// The mean only: [`Measured::ndvi`] stays empty.
    Mean,
    /// Mean, standard deviation and quantiles.
    All,
}

/// What one plot looked like in one scene, without the scene's name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// Mean NDVI over readable pixels, weighted by coverage and class weight; `None` when there is no
    /// such pixel, the scene's offset is unsettled, or the numbers are implausible.
    pub ndvi_mean: Option<f64>,
    /// The same with standard deviation and quantiles, where [`Statistics::All`] was asked for.
    pub ndvi: Option<NdviStats>,
    /// What the plot's area was classified as; a pixel without a measurement is no data.
    pub sky: SkyFractions,
    /// Area of readable pixels with an NDVI / area of the plot, 0 to 1.
    pub valid_fraction: f64,
    /// Area of readable pixels with an NDVI, pixels.
    pub valid_pixels: f64,
    /// Mean class weight over the plot's area, 0 to 1 (unreadable area counts 0): how much the
    /// observation is worth.
    pub clear_weight: f64,
    /// Area of the plot on the grid, pixels.
    pub pixel_count: f64,
    /// Share of the readable area whose reflectance no surface has, 0 to 1.
    pub implausible_fraction: f64,
    /// Share of the valid area whose reflectance was clipped before the ratio, 0 to 1.
    pub clipped_fraction: f64,
    /// Why the date should not be used in a series, by the rule's limits; `None` if it should.
    pub rejected: Option<Reject>,
}

/// Zonal statistics of one plot in one scene.
///
/// # Units
/// NDVI dimensionless; fractions 0 to 1; areas in pixels of the red band.
/// # Method
/// Reflectance is `DN * scale + offset`. A pixel is readable if both digital numbers are measurements
/// and its verdict has a weight `w`; its NDVI is defined in `docs/methods.md`, "NDVI". With coverage
/// fraction `c`: mean = sum(c w ndvi) / sum(c w); valid fraction = sum of `c` over pixels with an NDVI /
/// sum of `c`. Fractions refer to the whole plot: what lies outside the raster is no data, unless the
/// rule leaves it out. Sums run in f64 in the order of the pixels.
/// # Sources
/// Tucker 1979 (NDVI); exactextract (coverage-weighted statistics).
pub fn observe(
    pixels: &PlotPixels<'_>,
    radiometry: &Radiometry,
    rule: &MaskRule,
    statistics: Statistics,
) -> Measured {
    PixelReading::new(rule, radiometry).observe(pixels, statistics, &mut Scratch::default())
}

impl PixelReading {
    /// As [`observe`], for many plots of one scene.
    pub fn observe(
        &self,
        pixels: &PlotPixels<'_>,
        statistics: Statistics,
        scratch: &mut Scratch,
    ) -> Measured {
        let rule = &self.rule;
        scratch.values.clear();
        let values = (statistics == Statistics::All).then_some(&mut scratch.values);
        let sum = Sums::over(pixels, self, values);
        let implausible = rule.ndvi_of == NdviOf::ClippedReflectance && sum.is_implausible();
        let believed = sum.weight > 0.0 && self.settled && !implausible;
        let mut measured = fractions(&sum, pixels, rule);
        measured.ndvi_mean = believed.then(|| sum.ndvi / sum.weight);
        if statistics == Statistics::All {
            measured.ndvi = measured.ndvi_mean.and_then(|mean| stats::all(scratch, mean));
        }
        measured.rejected = reject(&measured, self.settled, implausible, rule);
        measured
    }
}

/// What the mask alone says of a plot, before any band is read.
///
/// NDVI is `None`; the valid area is what the mask lets through, an upper bound of what [`observe`]
/// will find. `rejected` tells why the date cannot be used whatever the bands hold; `None` means that
/// the bands have to be read.
///
/// # Errors
/// [`UnevenPixels`] if `sky` is not as long as the footprint.
pub fn observe_sky(footprint: &Footprint, sky: &[Sky], rule: &MaskRule) -> Result<Measured, UnevenPixels> {
    // the largest number is a measurement under any rule
    let any = vec![u16::MAX; footprint.len()];
    let pixels = PlotPixels::new(footprint, &any, &any, sky)?;
    let verdicts = MaskTable::new(rule);
    let mut sum = Sums::default();
    for (coverage, _, _, sky) in pixels.each() {
        let c = f64::from(coverage);
        let (group, weight) = verdicts.of(sky);
        sum.covered += c;
        sum.area[group as usize] += c;
        sum.weight += c * weight;
        sum.valid += if weight > 0.0 { c } else { 0.0 };
    }
    let mut measured = fractions(&sum, &pixels, rule);
    measured.rejected = reject(&measured, true, false, rule);
    Ok(measured)
}

/// NDVI of each pixel of a plot, in its order; NaN where it is masked or has none.
///
/// # Units
/// Dimensionless, -1 to 1; the definition of a pixel that [`observe`] uses.
pub fn pixel_ndvi(pixels: &PlotPixels<'_>, radiometry: &Radiometry, rule: &MaskRule) -> Vec<f32> {
    let verdicts = MaskTable::new(rule);
    let reflectance = |dn: u16| f64::from(dn) * radiometry.scale + radiometry.offset;
    let of = |(_, red, nir, sky): (f32, u16, u16, Sky)| {
        let (group, weight) = verdicts.of(sky);
        if red.min(nir) < rule.min_digital_number || weight <= 0.0 || !radiometry.settled {
            return None;
        }
        ndvi(reflectance(red), reflectance(nir), group == SclGroup::Water, rule)
    };
    pixels.each().map(|pixel| of(pixel).map_or(f32::NAN, |v| v as f32)).collect()
}

fn fractions(sum: &Sums, pixels: &PlotPixels<'_>, rule: &MaskRule) -> Measured {
    let inside = pixels.inside_fraction;
    let total = match rule.count_outside_as_no_data {
        true if inside < 1.0 && inside > 0.0 => sum.covered / inside,
        _ => sum.covered,
    };
    let share = |area: f64| if total > 0.0 { (area / total).clamp(0.0, 1.0) } else { 0.0 };
    let group = |g: SclGroup| share(sum.area[g as usize]);
    let outside = if total > 0.0 { share(total - sum.covered) } else { 1.0 };
    Measured {
        ndvi_mean: None,
        ndvi: None,
        sky: SkyFractions {
            clear: share(sum.area[SclGroup::Land as usize] + sum.area[SclGroup::Water as usize]),
            cloud: group(SclGroup::Cloud),
            shadow: group(SclGroup::Shadow),
            water: group(SclGroup::Water),
            snow: group(SclGroup::Snow),
            nodata: (group(SclGroup::NoData) + outside).min(1.0),
        },
        valid_fraction: share(sum.valid),
        valid_pixels: sum.valid,
        clear_weight: share(sum.weight),
        pixel_count: pixels.pixel_count,
        implausible_fraction: sum.implausible_fraction(),
        clipped_fraction: sum.clipped_fraction(),
        rejected: None,
    }
}

/// Why the date should not be used: what is missing altogether first, then what hides most.
fn reject(measured: &Measured, settled: bool, implausible: bool, rule: &MaskRule) -> Option<Reject> {
    let sky = &measured.sky;
    if sky.nodata >= 1.0 - 1e-9 {
        return Some(Reject::NoData);
    }
    if !settled {
        return Some(Reject::OffsetUnsettled);
    }
    if implausible {
        return Some(Reject::Implausible);
    }
    if measured.valid_fraction < rule.min_valid_fraction {
        let hidden = [
            (sky.cloud + sky.shadow, Reject::Cloudy),
            (sky.snow, Reject::Snow),
            (sky.nodata, Reject::NoData),
        ];
        let most = hidden.into_iter().rev().max_by(|a, b| a.0.total_cmp(&b.0));
        return most.filter(|(share, _)| *share > 0.0).map_or(Some(Reject::TooFewPixels), |m| Some(m.1));
    }
    (measured.valid_pixels < rule.min_valid_pixels || measured.valid_pixels == 0.0)
        .then_some(Reject::TooFewPixels)
}
