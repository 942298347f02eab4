//! `erased.jsonl`: what was erased of a run, by hash only, so that its chain can still be checked.

use std::path::Path;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::store::atomic::write_whole;
use crate::store::error::Error;

/// Name of the list in an output folder.
pub const ERASED_FILE: &str = "erased.jsonl";

/// One record that was erased, or that lost its mentions of one that was. It names no plot and no reference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erased {
    /// Position in the run's input, from 0: the position of its link in the chain.
    pub position: usize,
    /// Hash in the chain, hex.
    pub record_sha256: String,
    /// Hash of the record as it is now, hex, where only mentions of another plot were taken out of it; `None` where the
    /// record is gone.
    pub replaced_by: Option<String>,
    /// The day it was done, UTC.
    pub erased_on: Date,
}

/// Reads the list; empty where nothing was erased.
///
/// # Errors
/// [`Error::Io`], or [`Error::Foreign`] for a line that is no such entry.
pub fn read_erased(dir: &Path) -> Result<Vec<Erased>, Error> {
    let path = dir.join(ERASED_FILE);
    if !path.exists() {
        return Ok(Vec::new());
    }
    let text = std::fs::read_to_string(&path).map_err(Error::io("read", &path))?;
    let line = |(n, line): (usize, &str)| {
        serde_json::from_str(line).map_err(|e| Error::foreign(&path, format!("line {}: {e}", n + 1)))
    };
    text.lines().enumerate().map(line).collect()
}

/// Writes the list, by position.
pub(super) fn write_erased(dir: &Path, list: &mut [Erased]) -> Result<(), Error> {
    let path = dir.join(ERASED_FILE);
    list.sort_by_key(|entry| entry.position);
    let mut text = String::new();
    for entry in list {
        let line =
            serde_json::to_string(entry).map_err(|source| Error::Json { path: path.clone(), source })?;
        text.push_str(&line);
        text.push('\n');
    }
    write_whole(&path, text.as_bytes())
}
