//! Cropped area: which part of an outline carries the crop, pixel by pixel.
//!
//! Comes in: NDVI of a plot's pixels on the clear dates of the season ([`PixelSeries`]), what is known of the plot as a
//! whole (see `crop`), its area and perimeter. Goes out: [`Cropland`]: the cropped share with an interval, what the rest
//! is, whether two crops stand in one outline, and a mark per pixel. Not here: reading pixels, clouds, money, policy.
//!
//! "Cannot tell" is an answer here too: without enough clear dates while the crop is green, or for a plot that pixels
//! do not resolve, there is no share, and never a share of 0.

mod features;
mod groups;
mod interval;
mod kinds;
mod measure;
mod mixture;
mod neighbours;
mod pixels;
mod rules;

pub use measure::{Question, measure};
pub use pixels::{Cell, NO_VALUE, PixelSeries, quantised};
pub use rules::CroplandRules;

use jiff::civil::Date;

use crate::crop::Interval;

/// Name and version of the method.
pub const METHOD: &str = "cropped-pixels/1";

/// Which part of an outline carries the crop.
#[derive(Clone, Debug, PartialEq)]
pub struct Cropland {
    /// Part of the outline's area that carries an annual crop, 0 to 1 (80 % interval); `None` with
    /// [`Cropland::not_told`].
    pub cropped: Option<Interval>,
    /// Why there is no share.
    pub not_told: Option<NotTold>,
    /// What the uncropped part is, as shares of the outline; all 0 without a share.
    pub uncropped: Uncropped,
    /// Land uses seen inside the outline: crops that differ in their dates, and uncropped land if there is any; 0 when
    /// it cannot be told.
    pub land_uses: usize,
    /// The crops, when more than one stands in the outline; else empty.
    pub crops: Vec<CropGroup>,
    /// Interquartile range of the pixels' NDVI at full green over its median.
    pub heterogeneity: Option<f64>,
    /// Whether that is above the rules' limit.
    pub uneven: bool,
    /// Clear dates used.
    pub dates: usize,
    /// Of these, dates while the crop was green.
    pub green_dates: usize,
    /// What each pixel is taken for; empty without a share.
    pub marks: Vec<Mark>,
    /// Distance of marked pixels: 1, or more where only some of a large plot's pixels were kept.
    pub step: usize,
}

/// Shares of the outline that carry no crop, by what the pixels show; 0 to 1 each.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Uncropped {
    /// Water for most of the year.
    pub water: f64,
    /// Green all year, as trees, hedges and permanent grass are.
    pub evergreen: f64,
    /// Built, or bare all year.
    pub bare: f64,
    /// Anything else: mown grass, weeds, a stand that failed.
    pub other: f64,
}

impl Uncropped {
    /// All of it.
    pub fn total(&self) -> f64 {
        self.water + self.evergreen + self.bare + self.other
    }
}

/// One of several crops inside an outline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CropGroup {
    /// Part of the outline's area, 0 to 1.
    pub share: f64,
    /// Day of half green-up, where it was seen.
    pub greenup: Option<Date>,
    /// Day of half senescence, where it was seen.
    pub senescence: Option<Date>,
}

/// Why no share can be given. Never about the farmer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotTold {
    /// The plot has too few full pixels.
    Unresolved,
    /// Too few clear dates in the season, or while the crop was green.
    TooFewDates {
        /// Clear dates seen.
        have: usize,
        /// Clear dates needed.
        need: usize,
    },
    /// The crop has not been green long enough.
    TooEarly,
    /// Whether there is a crop at all cannot be told.
    CropUnclear,
    /// Pixels were not kept: the pipeline does not ask for them, or none could be read.
    NotRead,
}

impl NotTold {
    /// Word used in records.
    pub fn word(self) -> &'static str {
        match self {
            NotTold::Unresolved => "too_few_pixels",
            NotTold::TooFewDates { .. } => "too_few_clear_dates",
            NotTold::TooEarly => "too_early",
            NotTold::CropUnclear => "crop_cannot_be_told",
            NotTold::NotRead => "pixels_not_read",
        }
    }
}

/// What a pixel is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cover {
    /// An annual crop.
    Crop,
    /// Water.
    Water,
    /// Green all year: trees, hedges, permanent grass.
    Evergreen,
    /// Built or bare.
    Bare,
    /// Something else without a crop.
    Other,
}

/// One pixel of the plot's raster grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Row of the grid.
    pub row: i64,
    /// Column of the grid.
    pub col: i64,
    /// What it is taken for.
    pub cover: Cover,
}

impl Cropland {
    /// No share, and why.
    pub fn not_told(why: NotTold) -> Cropland {
        Cropland {
            cropped: None,
            not_told: Some(why),
            uncropped: Uncropped::default(),
            land_uses: 0,
            crops: Vec::new(),
            heterogeneity: None,
            uneven: false,
            dates: 0,
            green_dates: 0,
            marks: Vec::new(),
            step: 1,
        }
    }
}
