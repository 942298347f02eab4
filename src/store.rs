//! Results on disk: written whole or not at all, and read back by the next run.
//!
//! Comes in: records, observations, plain structs of numbers for charts and pictures.
//! Goes out: the files of an output folder, the same bytes for the same content (clock times and
//! durations are in `run.json` only). Not here: any judgement, any science, the network.

mod atomic;
mod error;
mod folder;
mod spreadsheet;
mod table;
mod timeseries;

pub use atomic::{AtomicFile, write_whole};
pub use error::Error;
pub use folder::{plot_folder, sha256_hex};
pub use spreadsheet::text_cell;
pub use timeseries::{Columns, TimeseriesWriter, read_observations};
