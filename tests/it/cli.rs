//! The command as a user meets it: help, exit codes, what is said where, and what a mistake is answered with.

mod answers;
mod checks;
mod declared;
mod folder;
mod fraud;
mod mistakes;
mod on_demand;
mod papers;
mod tokens;
mod validate;
mod verify;
mod village;

use std::process::Output;

use crate::support::archive::sample_tiles;
use crate::support::command::{Run, croplens};

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A short run over the sample: two months of spring.
fn sample_run(verb: &str) -> Run {
    croplens(&[verb]).arg(sample_tiles().join("plots.geojson")).arg("--catalog").arg(sample_tiles()).args([
        "--from",
        "2022-04-01",
        "--as-of",
        "2022-05-31",
    ])
}
