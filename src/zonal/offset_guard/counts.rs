//! What the guard counts of one plot in one scene: small, so that it can be kept and pooled again later.

use crate::zonal::observe::PlotPixels;
use crate::zonal::stats::Scratch;

use super::BINS;
use super::reading::GuardReading;

/// Counts of one plot's pixels by red reflectance; [`super::OffsetGuard::take`] pools them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GuardCounts {
    /// Bin, pixels of land, water and dark ground in it, and those of dense canopy; by bin, no empty one.
    pub(super) bins: Vec<(u16, u32, u32)>,
    /// Vegetated and bare pixels, and those of them below any land.
    pub(super) land: u32,
    pub(super) below: u32,
}

impl GuardCounts {
    /// Counts one plot's pixels.
    ///
    /// Only pixels that the mask lets through, that lie at least half in the plot and hold a measurement are
    /// counted.
    pub fn of(pixels: &PlotPixels<'_>, reading: &GuardReading, scratch: &mut Scratch) -> GuardCounts {
        let mut counts = GuardCounts::default();
        let bins = &mut scratch.guard;
        bins.resize(BINS, (0, 0));
        let (mut first, mut last) = (BINS, 0);
        for (coverage, red, nir, sky) in pixels.each() {
            let kind = reading.kind(sky);
            if kind.counts && coverage >= 0.5 && red >= 2 && nir >= 2 {
                let red = reading.number(red);
                counts.land += u32::from(kind.land);
                counts.below += u32::from(kind.land && red.is_below_any_land());
                if let Some(bin) = bins.get_mut(red.bin()) {
                    bin.0 += 1;
                    bin.1 += u32::from(kind.vegetation && reading.number(nir).is_bright());
                }
                (first, last) = (first.min(red.bin()), last.max(red.bin()));
            }
        }
        // The bins are left empty for the next plot.
        let touched = bins.get_mut(first..=last).unwrap_or_default();
        counts.bins.reserve_exact(touched.iter().filter(|bin| bin.0 > 0).count());
        for (bin, count) in (first..).zip(touched) {
            let (red, canopy) = std::mem::take(count);
            if red > 0 {
                counts.bins.push((bin as u16, red, canopy));
            }
        }
        counts
    }

    /// The counts in a few bytes: numbers of seven bits a byte, low bits first, bins as differences.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(2 + 4 * self.bins.len());
        put(&mut bytes, self.land);
        put(&mut bytes, self.below);
        let mut before = 0;
        for (bin, red, canopy) in &self.bins {
            put(&mut bytes, u32::from(*bin - before));
            put(&mut bytes, *red);
            put(&mut bytes, *canopy);
            before = *bin;
        }
        bytes
    }

    /// The counts back; `None` for bytes that [`GuardCounts::to_bytes`] does not make.
    pub fn from_bytes(bytes: &[u8]) -> Option<GuardCounts> {
        let mut rest = bytes;
        let mut counts =
            GuardCounts { land: get(&mut rest)?, below: get(&mut rest)?, ..GuardCounts::default() };
        let mut before = 0u32;
        while !rest.is_empty() {
            before = before.checked_add(get(&mut rest)?)?;
            let bin = u16::try_from(before).ok().filter(|bin| usize::from(*bin) < BINS)?;
            counts.bins.push((bin, get(&mut rest)?, get(&mut rest)?));
        }
        Some(counts)
    }
}

fn put(bytes: &mut Vec<u8>, mut number: u32) {
    while number > 0x7f {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn get(rest: &mut &[u8]) -> Option<u32> {
    let mut number = 0u32;
    for shift in (0..32).step_by(7) {
        let (byte, after) = rest.split_first()?;
        *rest = after;
        number |= u32::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::Radiometry;
    use crate::scl::Scl;
    use crate::zonal::offset_guard::{BELOW_ANY_LAND, CANOPY_NIR, bin_of};
    use crate::zonal::rule::MaskRule;
    use crate::zonal::sky::Sky;
    use crate::zonal::sums::MaskTable;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    /// Digital numbers as they come: dark and ordinary ones, those at the limits, and any.
    fn number() -> impl Strategy<Value = u16> {
        prop_oneof![4 => 200..5000u16, 1 => 0..3u16, 1 => 690..710u16, 1 => 3990..5010u16, 1 => any::<u16>()]
    }

    #[test]
    fn counts_come_back_and_cut_bytes_do_not() {
        let counts = GuardCounts {
            bins: vec![(0, 1, 0), (7, 300, 200), (399, u32::MAX, 1)],
            land: 70_000,
            below: 128,
        };
        let bytes = counts.to_bytes();
        assert_eq!(GuardCounts::from_bytes(&bytes), Some(counts));
        assert_eq!(GuardCounts::from_bytes(&bytes[..bytes.len() - 1]), None);
        assert_eq!(GuardCounts::from_bytes(&[]), None);
        assert_eq!(GuardCounts::from_bytes(&GuardCounts::default().to_bytes()), Some(GuardCounts::default()));
    }

    proptest! {
        /// Counted pixel by pixel from reflectances; one plot after the other, so that nothing of one is left for the next.
        #[test]
        fn looked_up_counts_are_those_of_the_reflectances(
            plots in prop::collection::vec(
                prop::collection::vec((0.0..=1.0f32, number(), number(), 0..Sky::COUNT), 0..80), 1..4),
            offset in prop_oneof![Just(-0.1), Just(0.0)],
        ) {
            let radiometry = Radiometry {
                scale: 0.0001, offset, offset_declared: None, rule: "test", evidence: String::new(), settled: true,
            };
            let mask = MaskTable::new(&MaskRule::default());
            let reading = GuardReading::new(&radiometry, &mask);
            let mut scratch = Scratch::default();
            for plot in plots {
                let coverage: Vec<f32> = plot.iter().map(|p| p.0).collect();
                let (red, nir): (Vec<u16>, Vec<u16>) = plot.iter().map(|p| (p.1, p.2)).unzip();
                let sky: Vec<Sky> = plot.iter().map(|p| Sky::from_index(p.3)).collect();
                let mut expected = GuardCounts::default();
                let mut bins: BTreeMap<u16, (u32, u32)> = BTreeMap::new();
                for (c, red, nir, sky) in plot.iter().map(|p| (p.0, p.1, p.2, Sky::from_index(p.3))) {
                    let [r, n] = [red, nir].map(|dn| f64::from(dn) * 0.0001 + offset);
                    let Some(class) = sky.class().filter(|_| mask.weight(sky) > 0.0) else { continue };
                    let land = matches!(class, Scl::Vegetation | Scl::Bare);
                    let other = matches!(class, Scl::Dark | Scl::Water | Scl::Unclassified);
                    if c < 0.5 || red < 2 || nir < 2 || !(land || other) {
                        continue;
                    }
                    expected.land += u32::from(land);
                    expected.below += u32::from(land && r < BELOW_ANY_LAND);
                    let bin = bins.entry(bin_of(r) as u16).or_default();
                    bin.0 += 1;
                    bin.1 += u32::from(class == Scl::Vegetation && n >= CANOPY_NIR);
                }
                expected.bins = bins.into_iter().map(|(bin, (red, canopy))| (bin, red, canopy)).collect();
                let pixels = PlotPixels::joined(&coverage, &red, &nir, &sky, 1.0, 1.0).unwrap();
                prop_assert_eq!(GuardCounts::of(&pixels, &reading, &mut scratch), expected);
            }
        }
    }
}
