//! Does a scene look as if its reflectance offset was forgotten, or applied twice?
//!
//! The offset is settled in `catalog` from the item; archives have items that contradict their own
//! pixels (Element84/earth-search issues 66 and 71). A wrong offset of 0.1 turns NDVI 0.80 into 0.57
//! or 1.33, so the pixels themselves are asked, over all plots of a scene at once. The guard only
//! ever speaks against a scene when no natural surface explains the numbers: deserts, dark forests
//! and water pass.

mod counts;
mod reading;

use crate::scene::Radiometry;

use super::observe::PlotPixels;
use super::stats::Scratch;
use super::sums::MaskTable;

pub use self::counts::GuardCounts;
pub use self::reading::GuardReading;

/// Pixels of a kind that are needed before it is judged.
const ENOUGH: u64 = 300;
/// Red reflectance above which nothing may be missing: if every land, water and dark pixel of the
/// scene's plots (all but 1 %) is brighter, 0.1 may have been left in.
const NOTHING_DARK: f64 = 0.09;
/// A closed canopy is bright in the near infrared ...
const CANOPY_NIR: f64 = 0.40;
/// ... and dark in red: 0.02 to 0.06, rapeseed in flower 0.09. At 0.11 in the middle, 0.1 was left in.
const CANOPY_RED: f64 = 0.11;
/// Red reflectance of land that no surface has, rounding and correction errors included ...
const BELOW_ANY_LAND: f64 = -0.03;
/// ... if more than this share of vegetated and bare land is below it, 0.1 was taken off twice.
const TOO_MANY_BELOW: f64 = 0.03;

/// Reflectance step, first edge and number of the guard's bins.
const STEP: f64 = 0.005;
const FIRST: f64 = -0.30;
const BINS: usize = 400;

/// What the guard found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OffsetFinding {
    /// Nothing speaks against the offset used.
    Plausible,
    /// Too few readable pixels to say; nothing speaks against it either.
    TooFewPixels,
    /// The numbers look as if an offset of -0.1 is still missing.
    OffsetMissing,
    /// The numbers look as if an offset of -0.1 was applied twice.
    AppliedTwice,
}

/// A finding with what it rests on.
#[derive(Clone, Debug, PartialEq)]
pub struct OffsetVerdict {
    /// The finding.
    pub finding: OffsetFinding,
    /// The numbers, in plain words, for provenance.
    pub evidence: String,
}

impl OffsetVerdict {
    /// Whether the scene may be used.
    pub fn is_plausible(&self) -> bool {
        matches!(self.finding, OffsetFinding::Plausible | OffsetFinding::TooFewPixels)
    }
}

/// Counts of reflectances over all plots of one scene.
///
/// Whole-number counts only: plots may be added in any order, and guards merged, with one result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OffsetGuard {
    /// Red, pixels of land, water and dark ground.
    red: Vec<u64>,
    /// Red, vegetation with a bright near infrared.
    canopy: Vec<u64>,
    /// Vegetated and bare pixels, and those of them below any land.
    land: u64,
    below: u64,
}

impl Default for OffsetGuard {
    fn default() -> Self {
        OffsetGuard { red: vec![0; BINS], canopy: vec![0; BINS], land: 0, below: 0 }
    }
}

impl OffsetGuard {
    /// Counts one plot's pixels, read with the radiometry that is in question.
    ///
    /// Only pixels that the mask lets through, that lie at least half in the plot and hold a measurement are
    /// counted.
    pub fn add(&mut self, pixels: &PlotPixels<'_>, radiometry: &Radiometry, mask: &MaskTable) {
        let reading = GuardReading::new(radiometry, mask);
        self.take(&GuardCounts::of(pixels, &reading, &mut Scratch::default()));
    }

    /// Adds what was counted of one plot.
    pub fn take(&mut self, counts: &GuardCounts) {
        for (bin, red, canopy) in &counts.bins {
            let bin = usize::from(*bin);
            if let Some(n) = self.red.get_mut(bin) {
                *n += u64::from(*red);
            }
            if let Some(n) = self.canopy.get_mut(bin) {
                *n += u64::from(*canopy);
            }
        }
        self.land += u64::from(counts.land);
        self.below += u64::from(counts.below);
    }

    /// Adds another guard's counts of the same scene.
    pub fn merge(&mut self, other: &OffsetGuard) {
        let pairs = self.red.iter_mut().zip(&other.red);
        for (a, b) in pairs.chain(self.canopy.iter_mut().zip(&other.canopy)) {
            *a += b;
        }
        self.land += other.land;
        self.below += other.below;
    }

    /// The finding over everything counted.
    pub fn verdict(&self) -> OffsetVerdict {
        let pixels: u64 = self.red.iter().sum();
        let canopy: u64 = self.canopy.iter().sum();
        let darkest = percentile(&self.red, 0.01);
        let middle = percentile(&self.canopy, 0.50);
        let below = self.below as f64 / self.land.max(1) as f64;
        let finding = if self.land >= ENOUGH && below > TOO_MANY_BELOW {
            OffsetFinding::AppliedTwice
        } else if canopy >= ENOUGH && darkest > NOTHING_DARK && middle > CANOPY_RED {
            OffsetFinding::OffsetMissing
        } else if pixels < ENOUGH {
            OffsetFinding::TooFewPixels
        } else {
            OffsetFinding::Plausible
        };
        let mut evidence = format!("{pixels} readable pixels");
        if pixels > 0 {
            evidence += &format!(", 1st percentile of red reflectance {darkest:.3}");
        }
        if canopy > 0 {
            evidence += &format!(", median red {middle:.3} over {canopy} pixels of dense canopy");
        }
        if self.land > 0 {
            evidence += &format!(", {:.1} % of land below {BELOW_ANY_LAND}", 100.0 * below);
        }
        OffsetVerdict { finding, evidence }
    }
}

fn bin_of(reflectance: f64) -> usize {
    (((reflectance - FIRST) / STEP).floor().max(0.0) as usize).min(BINS - 1)
}

/// Lower edge of the bin that holds the given share of the counts.
fn percentile(counts: &[u64], share: f64) -> f64 {
    let total: u64 = counts.iter().sum();
    let wanted = (share * total as f64).floor() as u64;
    let mut seen = 0;
    let bin = counts.iter().position(|n| {
        seen += n;
        seen > wanted
    });
    FIRST + STEP * bin.unwrap_or(0) as f64
}
