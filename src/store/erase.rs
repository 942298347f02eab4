//! Erasing a plot or an applicant from an output folder: the link between a reference and land goes, the hash stays.
//!
//! Comes in: a reference. Goes out: the folder without the records, rows, papers and bundles of the plots that carry
//! it, and without mentions of them in other records. Not here: the input file, copies elsewhere, and backups: they
//! are the lender's.
//!
//! The order makes it safe to be cut off anywhere: what will go is written down first (`erased.jsonl`), and
//! `records.jsonl`, by which the plots are found again, is rewritten after everything else but the manifest.

mod mentions;
mod tables;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use crate::record::EligibilityRecord;
use crate::store::atomic::remove_partials;
use crate::store::erased::{Erased, read_erased, write_erased};
use crate::store::error::Error;
use crate::store::finished::{RECORDS_FILE, read_records};
use crate::store::guard::Hold;
use crate::store::parts::PARTS_FOLDER;
use crate::store::plot_papers::papers_folder;
use crate::store::register::erase_pledges;

use mentions::Mention;

/// Folder of the portfolio's tables inside an output folder.
pub const PORTFOLIO_FOLDER: &str = "portfolio";

/// What to erase.
#[derive(Clone, Copy, Debug)]
pub struct Erasure<'a> {
    /// Output folder of a run.
    pub dir: &'a Path,
    /// Register of pledged plots, where one is kept.
    pub register: Option<&'a Path>,
    /// A plot's id, or a reference of application, borrower or consent.
    pub reference: &'a str,
    /// Today, UTC.
    pub day: Date,
    /// Heading of the run's page.
    pub title: &'a str,
    /// The command that makes the run again, for the page.
    pub rerun: &'a str,
}

/// What was erased.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErasedNow {
    /// Records taken out.
    pub records: usize,
    /// Other records that lost mentions of them.
    pub mentions: usize,
    /// Entries taken out of the register.
    pub pledges: usize,
    /// Files and folders that were removed.
    pub removed: Vec<PathBuf>,
    /// Files of the folder that still name a plot; croplens did not write them.
    pub left: Vec<PathBuf>,
    /// Records erased from this folder by now, earlier ones too.
    pub erased_before: usize,
}

/// Erases a reference. Doing it twice is doing it once.
///
/// # Errors
/// [`Error`] where a file cannot be read or written; then do it again, nothing is lost by that.
pub fn erase(erasure: &Erasure<'_>) -> Result<ErasedNow, Error> {
    let dir = erasure.dir;
    let mut now = ErasedNow::default();
    // Papers that are being made just now are put in place before, or not at all.
    let _hold = Hold::on(dir)?;
    // What was cut off, and the papers of a plot that is in the run no longer, have no record to be found by.
    remove_partials(dir)?;
    remove_folder(&papers_folder(dir, erasure.reference), &mut now.removed)?;
    remove_bundles(dir, &mentions::own_marks(erasure.reference), &mut now.removed)?;
    let all = read_records(dir)?;
    let (gone, kept): (Vec<_>, Vec<_>) = all.into_iter().partition(|r| carries(r, erasure.reference));
    if let Some(register) = erasure.register {
        let ids: BTreeSet<&str> = gone.iter().map(|r| r.record_id.as_str()).collect();
        now.pledges = erase_pledges(register, |p| {
            let named =
                [&p.application_ref, &p.borrower_ref].into_iter().flatten().any(|r| r == erasure.reference);
            p.plot_id == erasure.reference || named || ids.contains(p.record_id.as_str())
        })?;
    }
    let mention = Mention::of(erasure.reference, &gone);
    let mut changed = Vec::new();
    let kept: Vec<EligibilityRecord> = kept
        .into_iter()
        .map(|record| {
            let without = mention.taken_out(&record);
            without.inspect(|w| changed.push((record.clone(), w.clone()))).unwrap_or(record)
        })
        .collect();
    now.records = gone.len();
    now.mentions = changed.len();

    let mut list = read_erased(dir)?;
    enter(&mut list, &gone, &changed, erasure.day);
    now.erased_before = list.iter().filter(|e| e.replaced_by.is_none()).count();
    if list.is_empty() {
        return Ok(now);
    }
    write_erased(dir, &mut list)?;
    if !(gone.is_empty() && changed.is_empty()) {
        for record in &gone {
            remove_folder(&papers_folder(dir, &record.id), &mut now.removed)?;
        }
        // Nothing can be added to a run that plots were erased from, so its parts are of no use.
        remove_folder(&dir.join(PARTS_FOLDER), &mut now.removed)?;
        if remove_portfolio(dir)? {
            now.removed.push(dir.join(PORTFOLIO_FOLDER));
        }
        for (before, after) in &changed {
            mention.in_papers(dir, before, after)?;
        }
        let marks = mention.marks(&gone, &changed);
        remove_bundles(dir, &marks, &mut now.removed)?;
        tables::without(dir, &gone, &kept, erasure)?;
        now.left = mentions::left(dir, &marks)?;
        now.left.retain(|path| path != &dir.join(RECORDS_FILE));
        crate::store::jsonl::write_jsonl(&dir.join(RECORDS_FILE), &kept)?;
    }
    tables::manifest(dir, &kept, &list)?;
    Ok(now)
}

/// Whether a record is about a plot or person of this reference.
fn carries(record: &EligibilityRecord, reference: &str) -> bool {
    let refs = [&record.application_ref, &record.borrower_ref, &record.consent_ref];
    record.id == reference || refs.into_iter().flatten().any(|r| r == reference)
}

/// Enters what will go, keeping the hash that stands in the chain.
fn enter(
    list: &mut Vec<Erased>,
    gone: &[EligibilityRecord],
    changed: &[(EligibilityRecord, EligibilityRecord)],
    day: Date,
) {
    let gone = gone.iter().map(|r| (r, None));
    let changed = changed.iter().map(|(before, after)| (before, Some(after.record_sha256.clone())));
    for (record, replaced_by) in gone.chain(changed) {
        let position = record.input_position as usize;
        match list.iter_mut().find(|entry| entry.position == position) {
            Some(entry) => entry.replaced_by = replaced_by,
            None => list.push(Erased {
                position,
                record_sha256: record.record_sha256.clone(),
                replaced_by,
                erased_on: day,
            }),
        }
    }
}

/// Removes the portfolio's page and tables; what somebody else put beside them stays. Tells whether there were any.
pub(super) fn remove_portfolio(dir: &Path) -> Result<bool, Error> {
    let folder = dir.join(PORTFOLIO_FOLDER);
    let mut some = false;
    for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let ending = name.strip_prefix("portfolio.");
        if ending.is_some_and(|e| matches!(e, "html" | "json") || e.ends_with(".csv")) {
            std::fs::remove_file(entry.path()).map_err(Error::io("remove", &entry.path()))?;
            some = true;
        }
    }
    // A folder that is not empty is not removed, as it should be.
    let _ = std::fs::remove_dir(&folder);
    Ok(some)
}

/// Removes the bundles that hold one of the marks.
fn remove_bundles(dir: &Path, marks: &[String], removed: &mut Vec<PathBuf>) -> Result<(), Error> {
    for path in mentions::bundles(dir, marks)? {
        std::fs::remove_file(&path).map_err(Error::io("remove", &path))?;
        removed.push(path);
    }
    Ok(())
}

fn remove_folder(path: &Path, removed: &mut Vec<PathBuf>) -> Result<(), Error> {
    if !path.is_dir() {
        return Ok(());
    }
    match std::fs::remove_dir_all(path) {
        Ok(()) => {
            removed.push(path.to_owned());
            Ok(())
        }
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(e) => Err(Error::io("remove", path)(e)),
    }
}
