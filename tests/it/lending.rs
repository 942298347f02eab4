//! Tests of `lending` and of the published `record`.

mod case;
mod condition;
mod cropped_area;
mod docs;
mod golden;
mod laws;
mod policy;
mod record;
mod thresholds;
