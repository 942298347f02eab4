//! The lender's register of pledged plots: a folder of JSON lines, one file per run, never changed.
//!
//! It stays with the lender: it holds outlines with references. What may be shown to others are the tokens of
//! `croplens tokens`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::record::{Code, EligibilityRecord, Outline, Status, sha256_hex};
use crate::store::atomic::write_whole;
use crate::store::error::Error;
use crate::store::finished::each_record;

/// Ending of the register's files.
const ENDING: &str = "pledges.jsonl";

/// One plot that was offered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pledge {
    /// Plot, as the lender named it.
    pub plot_id: String,
    /// Lender.
    pub lender_ref: Option<String>,
    /// Application.
    pub application_ref: Option<String>,
    /// Borrower's pseudonym.
    pub borrower_ref: Option<String>,
    /// Day of the appraisal.
    pub as_of: Date,
    /// Declared sowing date; none where its record says that it was not used, or cannot be. Entries of before have it
    /// all the same, and no crop to judge it by.
    pub sowing_date: Option<Date>,
    /// Record.
    pub record_id: String,
    /// Geodesic area, square metres.
    pub area_m2: f64,
    /// Hash of the outline, hex.
    pub geometry_sha256: String,
    /// Outline.
    pub geometry: Outline,
}

impl Pledge {
    /// Of a record; `None` of one without an outline, or that was not appraised.
    pub fn of(record: &EligibilityRecord) -> Option<Pledge> {
        if record.status == Status::NotAppraised {
            return None;
        }
        let doubts = [Code::SowingDateNotUsed, Code::SowingDateImplausible].map(|code| code.facts().code);
        let doubted = record.reasons_all.iter().any(|reason| doubts.contains(&reason.code()));
        Some(Pledge {
            plot_id: record.id.clone(),
            lender_ref: record.lender_ref.clone(),
            application_ref: record.application_ref.clone(),
            borrower_ref: record.borrower_ref.clone(),
            as_of: record.as_of,
            sowing_date: record.declared_sowing_date.filter(|_| !doubted),
            record_id: record.record_id.clone(),
            area_m2: record.metrics_area?.get(),
            geometry_sha256: record.geometry_sha256.clone()?,
            geometry: record.geometry.clone()?,
        })
    }
}

/// All plots of a register; none where the folder does not exist yet.
///
/// # Errors
/// A file that cannot be read, or a line that is no pledge: an unreadable register must not look like an empty one. A
/// folder that is none.
pub fn read_register(folder: &Path) -> Result<Vec<Pledge>, Error> {
    let mut all: BTreeMap<String, Pledge> = BTreeMap::new();
    for file in files(folder)? {
        for pledge in read_file(&file)? {
            all.insert(format!("{} {}", pledge.record_id, pledge.plot_id), pledge);
        }
    }
    Ok(all.into_values().collect())
}

/// The register's files by name; none where the folder does not exist yet.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    if !folder.is_dir() {
        return Err(Error::NoFolder { path: folder.to_owned() });
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(Error::io("read", folder))? {
        let path = entry.map_err(Error::io("read", folder))?.path();
        if path.file_name().is_some_and(|n| n.to_string_lossy().ends_with(ENDING)) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn read_file(file: &Path) -> Result<Vec<Pledge>, Error> {
    let damaged = |what: String| Error::Register { path: file.to_owned(), what };
    let bytes = std::fs::read(file).map_err(Error::io("read", file))?;
    let text = String::from_utf8(bytes).map_err(|e| damaged(e.to_string()))?;
    // A line that somebody took out would be land that nobody finds again.
    let name = file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    if !name.ends_with(&ending_of(&text)) {
        return Err(damaged(
            "its content is not what its name was made from: it was changed or cut off".into(),
        ));
    }
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let pledge = |(n, line): (usize, &str)| {
        serde_json::from_str(line).map_err(|e| damaged(format!("line {}: {e}", n + 1)))
    };
    lines.map(pledge).collect()
}

/// Takes entries out of the register; tells how many. A file that loses some is written under the name of its new content
/// before the old one goes, so that nothing but the entries is ever missing.
///
/// # Errors
/// As [`read_register`], or where a file cannot be written or removed.
pub(super) fn erase_pledges(folder: &Path, is_gone: impl Fn(&Pledge) -> bool) -> Result<usize, Error> {
    let mut erased = 0;
    for file in files(folder)? {
        let (gone, kept): (Vec<_>, Vec<_>) = read_file(&file)?.into_iter().partition(&is_gone);
        if gone.is_empty() {
            continue;
        }
        erased += gone.len();
        let named = enter(folder, &kept)?;
        if named.as_ref() != Some(&file) {
            std::fs::remove_file(&file).map_err(Error::io("remove", &file))?;
        }
    }
    Ok(erased)
}

/// By what a plot of a run is known again in a register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlotKey {
    /// Plot, as the lender named it.
    pub id: String,
    /// Lender.
    pub lender: Option<String>,
    /// Application.
    pub application: Option<String>,
    /// Hash of the outline, hex.
    pub outline: Option<String>,
}

/// The plots of a run, as they were compared with a register.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entered {
    /// Every plot.
    pub plots: Vec<PlotKey>,
    /// Day of the appraisal.
    pub as_of: Date,
    /// Hash of the entries they were compared with; `None` without a register.
    pub compared_with: Option<String>,
}

/// Enters the plots of the run in `run`. The file is named by its content, so the same run enters the same file.
///
/// # Errors
/// The records cannot be read, or the file cannot be written.
pub fn enter_register(folder: &Path, run: &Path) -> Result<Entered, Error> {
    let mut pledges: Vec<Pledge> = Vec::new();
    let mut entered = Entered::default();
    each_record(run, |r| {
        pledges.extend(Pledge::of(&r));
        let (lender, application, outline) = (r.lender_ref, r.application_ref, r.geometry_sha256);
        entered.plots.push(PlotKey { id: r.id, lender, application, outline });
        entered.as_of = r.as_of;
        entered.compared_with = r.overlap_register_version.or(entered.compared_with.take());
    })?;
    // Also where nothing is entered: a folder that is not there would look mistyped the next time.
    std::fs::create_dir_all(folder).map_err(Error::io("create the folder", folder))?;
    enter(folder, &pledges)?;
    Ok(entered)
}

/// What the name of a file of the register ends with: part of the hash of its content.
fn ending_of(text: &str) -> String {
    let hash = sha256_hex(text.as_bytes());
    format!("{}.{ENDING}", hash.get(..16).unwrap_or(&hash))
}

/// Writes pledges into a file that is named by its content; `None` where there is nothing to write.
fn enter(folder: &Path, pledges: &[Pledge]) -> Result<Option<PathBuf>, Error> {
    if pledges.is_empty() {
        return Ok(None);
    }
    let mut text = String::new();
    for pledge in pledges {
        let line = serde_json::to_string(pledge)
            .map_err(|source| Error::Json { path: folder.to_owned(), source })?;
        text.push_str(&line);
        text.push('\n');
    }
    let day = pledges.iter().map(|p| p.as_of).max().unwrap_or_default();
    let path = folder.join(format!("{day}-{}", ending_of(&text)));
    write_whole(&path, text.as_bytes())?;
    Ok(Some(path))
}
