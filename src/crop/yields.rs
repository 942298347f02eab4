//! A yield that a lender's own regional statistics let expect, scaled by how green the plot is among its peers.
//!
//! Comes in: a [`YieldTable`] that the user brings, with a source on every row, and how the plot stands. Goes out: a
//! [`YieldEstimate`] with its interval, or why there is none. Not here: prices, limits, and any yield that was measured
//! on a field: without local yields nothing better than a scaled reference is honest.

mod estimate;
mod table;

pub use estimate::{YieldEstimate, YieldMethod, YieldQuestion, estimate};
pub use table::{YieldError, YieldRow, YieldTable};
