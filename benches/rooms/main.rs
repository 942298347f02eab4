//! Benchmarks of the hot rooms: `cargo bench --bench rooms [name]`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, missing_docs)]

mod ensemble;
mod footprint;
mod overlap;
mod season;

fn main() {
    divan::main();
}
