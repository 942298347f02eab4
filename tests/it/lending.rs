//! Tests of `lending` and of the published `record`.

mod amounts;
pub(crate) mod case;
mod chinese;
mod condition;
mod cropped_area;
mod docs;
mod draws;
pub(crate) mod english_words;
mod forest;
mod golden;
mod laws;
mod limit_area;
mod more_evidence;
mod no_crop_seen;
mod overlaps;
mod policy;
mod reader;
mod record;
mod sowing;
mod thresholds;
mod translation;
