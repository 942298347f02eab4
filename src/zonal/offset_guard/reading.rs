//! What the guard makes of every class and every digital number of a scene, looked up instead of computed.

use crate::scene::Radiometry;
use crate::scl::Scl;
use crate::zonal::sky::Sky;
use crate::zonal::sums::MaskTable;

use super::{BELOW_ANY_LAND, BINS, CANOPY_NIR, bin_of};

/// How the guard reads the pixels of one scene: made once for many plots.
#[derive(Clone, Debug)]
pub struct GuardReading {
    kinds: [Kind; Sky::COUNT],
    /// By digital number: its bin, and the two marks.
    numbers: Vec<u16>,
}

/// What a verdict of the mask counts as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Kind {
    /// Let through by the mask, and of a class that the guard asks.
    pub(super) counts: bool,
    /// Vegetated or bare.
    pub(super) land: bool,
    /// Vegetated.
    pub(super) vegetation: bool,
}

/// Mark of a reflectance below any land.
const BELOW: u16 = 1 << 14;
/// Mark of a reflectance as a canopy has it in the near infrared.
const BRIGHT: u16 = 1 << 15;

/// A digital number as the guard sees it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Number(u16);

impl Number {
    pub(super) fn bin(self) -> usize {
        usize::from(self.0 & !(BELOW | BRIGHT))
    }

    pub(super) fn is_below_any_land(self) -> bool {
        self.0 & BELOW != 0
    }

    pub(super) fn is_bright(self) -> bool {
        self.0 & BRIGHT != 0
    }
}

impl GuardReading {
    /// How the guard reads a scene with the radiometry that is in question.
    pub fn new(radiometry: &Radiometry, mask: &MaskTable) -> GuardReading {
        let kind = |sky: Sky| {
            let class = sky.class().filter(|_| mask.weight(sky) > 0.0);
            let land = matches!(class, Some(Scl::Vegetation | Scl::Bare));
            let other = matches!(class, Some(Scl::Dark | Scl::Water | Scl::Unclassified));
            Kind { counts: land || other, land, vegetation: class == Some(Scl::Vegetation) }
        };
        let number = |dn: u16| {
            let reflectance = f64::from(dn) * radiometry.scale + radiometry.offset;
            let below = if reflectance < BELOW_ANY_LAND { BELOW } else { 0 };
            let bright = if reflectance >= CANOPY_NIR { BRIGHT } else { 0 };
            // There are fewer bins than the marks leave room for.
            bin_of(reflectance).min(BINS - 1) as u16 | below | bright
        };
        GuardReading {
            kinds: std::array::from_fn(|i| kind(Sky::from_index(i))),
            numbers: (0..=u16::MAX).map(number).collect(),
        }
    }

    pub(super) fn kind(&self, sky: Sky) -> Kind {
        self.kinds.get(sky.index()).copied().unwrap_or_default()
    }

    pub(super) fn number(&self, dn: u16) -> Number {
        Number(self.numbers.get(usize::from(dn)).copied().unwrap_or_default())
    }
}
