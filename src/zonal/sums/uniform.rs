//! Sums over a plot under one verdict, as most plots are on most dates.
//!
//! # Method
//! Every area of such a plot is one sum, the coverage pixel by pixel, which is the same on every date: it is known, and
//! only NDVI is summed. The numbers are those of the sums over stretches, added in the same order, so that both
//! ways give the same bits.

use crate::scl::SclGroup;
use crate::zonal::observe::PlotPixels;
use crate::zonal::rule::NdviOf;
use crate::zonal::sky::Sky;
use crate::zonal::stats::Weighted;

use super::{MaskTable, PixelReading, STRETCH, Stretch, Sums, plain_ratios};

impl Sums {
    /// The sums of a plot whose pixels have one verdict, and lie where no limit of the rule can matter if they are
    /// read; `None` for any other, of which `values` may then hold a beginning.
    pub(super) fn uniform(
        pixels: &PlotPixels<'_>,
        reading: &PixelReading,
        mut values: Option<&mut Vec<Weighted>>,
    ) -> Option<Sums> {
        let (group, weight) = one_verdict(pixels.sky, &reading.table)?;
        let covered = pixels.covered;
        let mut sum = Sums { covered, ..Sums::default() };
        sum.area[group as usize] = covered;
        if weight <= 0.0 {
            return Some(sum);
        }
        let asks_land = group != SclGroup::Water && reading.rule.ndvi_of == NdviOf::ClippedReflectance;
        let mut ratio = [0.0; STRETCH];
        let (mut weighted, mut ndvi) = (0.0, 0.0);
        let bands = pixels.red.chunks(STRETCH).zip(pixels.nir.chunks(STRETCH));
        for (coverage, (red, nir)) in pixels.coverage.chunks(STRETCH).zip(bands) {
            let own = Stretch { coverage, red, nir, group, weight };
            if !plain_ratios(&own, reading, &mut ratio) {
                return None;
            }
            for (c, value) in coverage.iter().zip(&ratio) {
                let w = f64::from(*c) * weight;
                weighted += w;
                ndvi += w * value;
            }
            if asks_land {
                for ((c, red), nir) in coverage.iter().zip(red).zip(nir) {
                    sum.land(f64::from(*c), reading.reflectance(*red), reading.reflectance(*nir));
                }
            }
            if let Some(values) = values.as_deref_mut() {
                values.extend(own.weighted(&ratio));
            }
        }
        (sum.readable, sum.valid, sum.weight, sum.ndvi) = (covered, covered, weighted, ndvi);
        Some(sum)
    }
}

/// Group and weight of all pixels, if they are the same.
fn one_verdict(sky: &[Sky], table: &MaskTable) -> Option<(SclGroup, f64)> {
    let first = sky.first()?;
    // Without a way out, so that many are compared at a time.
    let alike = sky.iter().fold(true, |alike, sky| alike & (sky == first));
    let kind = table.kind(*first);
    (alike || sky.iter().all(|sky| table.kind(*sky) == kind)).then(|| table.of(*first))
}
