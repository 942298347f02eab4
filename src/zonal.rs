//! Zonal statistics: what one plot looked like in one scene.
//!
//! Comes in: a plot's outline in the metres of a scene's grid, the digital numbers of the pixels under
//! it, the scene classification, the settled radiometry, and a [`MaskRule`]. Goes out: a
//! [`Footprint`] (once per plot and grid), a [`Measured`] (per plot and scene), an NDVI map and its
//! picture. Not here: files and blocks (see `imagery`), which scenes to read (see `pipeline`), dates
//! and curves (see `series`), what it means for the plot (see `lending`).
//!
//! The steps, each its own file: [`Footprint`] and [`observability`](fn@observability) (geometry),
//! [`sky()`] (cloud mask on the 20 m grid), [`Nearest`] (20 m under 10 m), [`observe_sky`] (need the
//! bands be read?), [`observe()`] (statistics), [`OffsetGuard`] (is the scene's offset believable?),
//! [`quicklook`] (the picture).

mod footprint;
mod ndvi;
mod nearest;
mod observability;
mod observe;
mod offset_guard;
pub mod quicklook;
mod reflectance;
mod rule;
mod sky;
mod stats;
mod sums;

pub use footprint::{Footprint, FootprintError, FootprintView, Footprints, Span};
pub use ndvi::{LOWEST_MEAN_REFLECTANCE, MAX_IMPLAUSIBLE_FRACTION, PLAUSIBLE_REFLECTANCE, ndvi_map};
pub use nearest::{DifferentCrs, Nearest};
pub use observability::{
    FEWEST_INNER_PIXELS, GOOD_INNER_PIXELS, Grade, INNER_BUFFER_M, MAX_LOST_FRACTION, MIN_INNER_PIXELS,
    Observability, observability,
};
pub use observe::{Measured, PlotPixels, Statistics, UnevenPixels, observe, observe_sky, pixel_ndvi};
pub use offset_guard::{GuardCounts, GuardReading, OffsetFinding, OffsetGuard, OffsetVerdict};
pub use reflectance::{BandPixels, band_mean};
pub use rule::{MaskRule, NdviOf, PerClass};
pub use sky::{Sky, sky, sky_of, sky_window};
pub use stats::Scratch;
pub use sums::{MaskTable, PixelReading};
