//! What the guard counts of one plot in one scene: small, so that it can be kept and pooled again later.

use crate::scene::Radiometry;
use crate::scl::Scl;
use crate::zonal::observe::PlotPixels;
use crate::zonal::sky::Sky;
use crate::zonal::sums::MaskTable;

use super::{BELOW_ANY_LAND, BINS, CANOPY_NIR, bin_of};

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
    /// Counts one plot's pixels, read with the radiometry that is in question.
    ///
    /// Only pixels that the mask lets through, that lie at least half in the plot and hold a measurement are
    /// counted.
    pub fn of(pixels: &PlotPixels<'_>, radiometry: &Radiometry, mask: &MaskTable) -> GuardCounts {
        let reflectance = |dn: u16| f64::from(dn) * radiometry.scale + radiometry.offset;
        let mut counts = GuardCounts::default();
        let mut seen: Vec<(u16, bool)> = Vec::new();
        for (coverage, red, nir, sky) in pixels.each() {
            if coverage >= 0.5 && mask.weight(sky) > 0.0 && red >= 2 && nir >= 2 {
                seen.extend(counts.count(reflectance(red), reflectance(nir), sky));
            }
        }
        seen.sort_unstable();
        for (bin, canopy) in seen {
            match counts.bins.last_mut().filter(|last| last.0 == bin) {
                Some(last) => {
                    last.1 += 1;
                    last.2 += u32::from(canopy);
                }
                None => counts.bins.push((bin, 1, u32::from(canopy))),
            }
        }
        counts
    }

    /// Bin of a pixel that counts, and whether it is dense canopy.
    fn count(&mut self, red: f64, nir: f64, sky: Sky) -> Option<(u16, bool)> {
        let class = sky.class();
        match class {
            Some(Scl::Vegetation | Scl::Bare) => {
                self.land += 1;
                self.below += u32::from(red < BELOW_ANY_LAND);
            }
            Some(Scl::Dark | Scl::Water | Scl::Unclassified) => {}
            _ => return None,
        }
        let bin = u16::try_from(bin_of(red)).ok()?;
        Some((bin, class == Some(Scl::Vegetation) && nir >= CANOPY_NIR))
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
}
