//! Tests on real data that is not part of the repository; each says so and returns where it is absent.

mod desert;
mod fiboa;
mod swiss;
pub(crate) mod swiss_archive;

use std::path::PathBuf;

/// The folder of a data set, or `None` (said in one line) when it is not on this machine.
pub(crate) fn data_set(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("CROPLENS_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from);
    let folder = root.join(name);
    if folder.is_dir() {
        Some(folder)
    } else {
        println!("skipped: {name} is not here (set CROPLENS_DATA to the folder of the data sets)");
        None
    }
}
