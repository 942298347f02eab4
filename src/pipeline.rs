//! The pipeline: where what we know and the doors meet.
//!
//! Comes in: plots, settings, a policy, an as-of day, and the doors. Goes out: records and files. Not
//! here: arguments and terminals (`cli`), any judgement (`lending`), any formula (`zonal` to `crop`).
//! The only place of the house where async meets the compute pool (`bridge`), and where work is parallel:
//! over blocks and plots, gathered in order, so that threads never change an answer. (The command line reads the
//! features of a plots file side by side, before there is anything to do here.)

mod archive;
mod bridge;
mod chips;
mod classify;
mod company;
mod doubt;
mod earlier;
mod estimate;
mod gather;
mod judge;
mod layout;
mod neighbours;
mod observe;
mod overlaps;
mod papers;
mod pass;
mod pixel_days;
mod progress;
mod provenance;
mod run;
mod scan;
mod search;
mod spec;
mod survey;
mod tiles;
mod timings;

use std::sync::Arc;

pub use bridge::ComputeLost;
pub use classify::{ClassifierRefused, Silent, classified, load_classifier};
pub use estimate::{Estimate, Job, estimate};
pub use observe::{ObserveOutcome, ObserveRequest, observe};
pub use overlaps::register_moved;
pub use progress::{Event, Watcher, nobody};
pub use provenance::software;
pub use run::{
    Again, Doors, Error, Outcome, PAPERS_BY_DEFAULT, RunRequest, Shard, TemperatureFile, UnitCounts,
    YieldFile, appraise, draws_papers,
};
pub use spec::{Bands, CatalogSettings, CompanySettings, CropSettings, Period, Settings, Spec, SpecError};

/// A compute pool; 0 threads: one per processor.
///
/// # Errors
/// When the threads cannot be started.
pub fn pool(threads: usize) -> Result<Arc<rayon::ThreadPool>, rayon::ThreadPoolBuildError> {
    let builder = rayon::ThreadPoolBuilder::new().num_threads(threads);
    builder.thread_name(|i| format!("compute-{i}")).build().map(Arc::new)
}
