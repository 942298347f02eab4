//! Whether the same land is offered twice: every pair of outlines that share land, and copies that were moved.
//!
//! Comes in: [`Claim`]s, the plots of a run and those of earlier ones. Goes out: [`Shared`] land by pair, and
//! [`Copied`] outlines. Not here: files, seasons and judgement: two crops in two seasons on one plot are
//! legal, and whether a pair matters is the policy's to say (`lending`).

mod cells;
mod copies;
mod metres;
mod pairs;

use geo::MultiPolygon;

pub use cells::{CELL_DEG, cells};
pub use copies::{Copied, LEAST_CORNERS, copies};
pub use pairs::{LEAST_SHARED_FRAC, Shared, shared};

/// One outline with the numbers that were measured of it.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// Outline in lon/lat degrees, valid.
    pub outline: &'a MultiPolygon<f64>,
    /// Its geodesic area, square metres.
    pub area_m2: f64,
    /// Whether it belongs to this run: pairs of two earlier claims are not asked about.
    pub fresh: bool,
}
