//! Tests of `lending` and of the published `record`.

mod amounts;
pub(crate) mod case;
pub(crate) mod chinese;
mod condition;
mod cropped_area;
mod docs;
mod draws;
mod forest;
mod golden;
mod laws;
mod limit_area;
mod more_evidence;
mod overlaps;
mod policy;
mod reader;
mod record;
mod sowing;
mod thresholds;
mod translation;
