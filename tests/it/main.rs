//! All integration tests, one binary: a module per room.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    missing_docs
)]

mod catalog;
mod classifier;
mod cli;
mod crop;
mod cropland;
mod docs;
mod faults;
mod floors;
mod imagery;
mod intake;
mod lending;
mod objects;
mod overlap;
mod phenology;
mod pipeline;
mod portfolio;
mod real_data;
mod series;
mod simulate;
mod store;
mod support;
mod zonal;
