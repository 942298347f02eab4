//! What the pipeline hands over about one plot.

use jiff::civil::Date;

use crate::crop::{Assessment, Condition};
use crate::cropland::Cropland;
use crate::lending::{Figures, Policy, can_be_sown};
use crate::observation::{Observation, Reject};
use crate::plot::{Plot, References};
use crate::record::{Grade, Link, ModelUsed, SeasonSource, Software};
use crate::scene::{Scene, SceneId};

/// The season asked about, on real dates; it may cross New Year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeasonWindow {
    /// First day.
    pub start: Date,
    /// Last day.
    pub end: Date,
    /// Where the two dates come from.
    pub source: SeasonSource,
}

/// How well 10 m pixels resolve the plot, as `zonal` measured it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observability {
    /// Pixels wholly inside the outline after the inner buffer.
    pub pixels_full: usize,
    /// Sum of coverage fractions, pixels.
    pub pixels_effective: f64,
    /// Part of the pixels lost to the inner buffer, 0 to 1.
    pub pixels_lost_buffer_frac: f64,
    /// The grade.
    pub grade: Grade,
}

/// A scene over the plot that gave no observation at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkippedScene {
    /// The scene.
    pub scene: SceneId,
    /// Solar day at the plot.
    pub date: Date,
    /// Why; [`Reject::is_operational`] ones are tried again by another run.
    pub why: Reject,
    /// Times it was tried.
    pub tries: u32,
}

/// Everything known of one plot.
#[derive(Clone, Debug)]
pub struct Evidence<'a> {
    /// The plot.
    pub plot: &'a Plot,
    /// The season asked about.
    pub window: SeasonWindow,
    /// How well pixels resolve the plot; `None` when no scene told its grid.
    pub observability: Option<Observability>,
    /// Overpasses the orbit plan lets expect in the period read, where known.
    pub scenes_expected: Option<usize>,
    /// Scenes the catalogue listed for the plot in the period read.
    pub scenes_found: usize,
    /// Whether the catalogue could not be searched, so that nothing is known of its scenes.
    pub search_failed: bool,
    /// Scenes that were read for the plot.
    pub scenes: Vec<&'a Scene>,
    /// Scenes that were listed and not read, failed reads among them.
    pub skipped: Vec<SkippedScene>,
    /// What the plot looked like in each scene read, unused ones too.
    pub observations: &'a [Observation],
    /// What it means. Its `as_of` is the record's.
    pub assessment: &'a Assessment,
    /// The lender's dated figures.
    pub figures: &'a Figures,
    /// Other applications with the same land or the same shape, by the other's name.
    pub overlaps: Vec<Overlap>,
    /// What the plot was compared with; `None` where it was not.
    pub overlap_check: Option<OverlapCheck>,
    /// What befell the crop and how it stands among others.
    pub condition: &'a Condition,
    /// Which part of the outline carries the crop.
    pub cropland: &'a Cropland,
    /// Files that will lie beside the record.
    pub links: Vec<Link>,
}

impl Evidence<'_> {
    /// The declared sowing date, where something is reckoned with it: it can be true, and its crop is sown then.
    pub(super) fn sown(&self, policy: &Policy) -> Option<Date> {
        let used = self.plot.declared.sowing_date.filter(|_| self.assessment.sowing_not_used.is_none());
        used.filter(|sown| can_be_sown(*sown, self.assessment.as_of, policy))
    }
}

/// What a plot has in common with another application.
#[derive(Clone, Debug, PartialEq)]
pub struct Overlap {
    /// Plot of the other.
    pub id: String,
    /// References of the other.
    pub references: References,
    /// Record of the other, where it is known.
    pub record_id: Option<String>,
    /// As-of day of the other.
    pub as_of: Date,
    /// Declared sowing date of the other, unless it is known that nothing was reckoned with it.
    pub sowing_date: Option<Date>,
    /// What it is.
    pub common: Common,
}

/// Land or shape in common.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Common {
    /// Land in both outlines.
    Land {
        /// Square metres.
        area_m2: f64,
        /// Part of this plot, 0 to 1.
        frac_of_this: f64,
        /// Part of the smaller of the two, 0 to 1.
        frac_of_smaller: f64,
        /// Shared land over the land of both together, 0 to 1.
        iou: f64,
        /// Mean width of the widest shared piece, metres.
        width_m: f64,
    },
    /// The same shape elsewhere.
    Shape {
        /// From one middle to the other, metres.
        distance_m: f64,
    },
}

/// What a plot was compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverlapCheck {
    /// Plots.
    pub against: usize,
    /// Hash of the register's plots, hex; `None` without a register.
    pub register: Option<String>,
}

/// What made the record; the same for every plot of a run. Holds no time, host or thread count.
#[derive(Clone, Debug, PartialEq)]
pub struct Provenance {
    /// The program.
    pub software: Software,
    /// Name of the pipeline file.
    pub pipeline: String,
    /// Hash of the resolved pipeline settings, hex.
    pub config_sha256: String,
    /// How pixels were judged clear, in words with numbers.
    pub mask_rule: String,
    /// Inward buffer of the outline, metres.
    pub inner_buffer_m: f64,
    /// The rule of the observability grade, in words with numbers.
    pub observability_rule: String,
    /// Models and methods that took part.
    pub models: Vec<ModelUsed>,
}
