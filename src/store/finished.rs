//! What an earlier run in the same folder finished, so that this one does only what is missing.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use crate::record::{Code, EligibilityRecord, Status, verify};
use crate::store::error::Error;
use crate::store::run_manifest::{RunManifest, hash_file, read_manifest};

/// Name of the records' file in an output folder.
pub const RECORDS_FILE: &str = "records.jsonl";

/// A record of an earlier run that may be taken over as it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct FinishedRecord {
    /// Its line in `records.jsonl`, without the line end.
    pub line: String,
    /// The line, read. Compare `record_id` (made of all inputs and settings), `geometry_sha256` or
    /// `as_of` before taking it over.
    pub record: EligibilityRecord,
}

/// Records of an earlier run with the same settings that need no second look, by plot id.
///
/// Left out, so that they are made anew: records made with other settings, records that could not be
/// finished for operational reasons ([`deferring_reason`], or named in the manifest's `deferred`), records
/// that stand although a scene was not read (it may be there now, and the record would say so), records of entries that could not be used (checking them again costs nothing), and plot ids that
/// occur twice. A folder without a manifest, or whose `records.jsonl` is not the one the manifest
/// vouches for, has nothing finished: a run that was cut off never counts.
///
/// # Errors
/// [`Error::Io`] when a file cannot be read, [`Error::Foreign`] when the folder holds something that
/// croplens did not write, or a record that was changed after it was sealed.
pub fn finished(dir: &Path, config_sha256: &str) -> Result<BTreeMap<String, FinishedRecord>, Error> {
    let Some(manifest) = read_manifest(dir)? else { return Ok(BTreeMap::new()) };
    if manifest.config_sha256 != config_sha256 || !vouched_for(dir, &manifest, RECORDS_FILE)? {
        return Ok(BTreeMap::new());
    }
    let deferred: BTreeSet<&str> = manifest.deferred.iter().map(|plot| plot.id.as_str()).collect();
    let mut kept: BTreeMap<String, FinishedRecord> = BTreeMap::new();
    let mut twice: BTreeSet<String> = BTreeSet::new();
    each_line(dir, |path, number, line| {
        let record = read_line(path, number, &line)?;
        let usable = record.config_sha256 == config_sha256
            && record.status != Status::NotAppraised
            && deferring_reason(&record).is_none()
            && !says(&record, &UNREAD)
            && !deferred.contains(record.id.as_str());
        if usable {
            let id = record.id.clone();
            if kept.insert(id.clone(), FinishedRecord { line, record }).is_some() {
                twice.insert(id);
            }
        }
        Ok(())
    })?;
    kept.retain(|id, _| !twice.contains(id));
    Ok(kept)
}

/// All records of an output folder, in order.
///
/// # Errors
/// [`Error::Io`] when the file cannot be read, [`Error::Foreign`] for a line that is no record of this
/// schema or was changed after it was sealed.
pub fn read_records(dir: &Path) -> Result<Vec<EligibilityRecord>, Error> {
    let mut records = Vec::new();
    each_record(dir, |record| records.push(record))?;
    Ok(records)
}

/// Hands over the records of an output folder one by one, in order.
pub(super) fn each_record(dir: &Path, mut take: impl FnMut(EligibilityRecord)) -> Result<(), Error> {
    each_line(dir, |path, number, line| {
        take(read_line(path, number, &line)?);
        Ok(())
    })
}

/// The code of the reason for which another run may say more; `None` for a finished record.
pub fn deferring_reason(record: &EligibilityRecord) -> Option<&'static str> {
    record.deferring_code()
}

/// Whether one of the reasons has one of these codes.
fn says(record: &EligibilityRecord, codes: &[Code]) -> bool {
    let mut reasons = record.reasons_all.iter().chain(&record.reasons);
    reasons.any(|reason| codes.iter().any(|code| code.facts().code == reason.code()))
}

/// Codes of scenes that were not read and did not hinder the record.
const UNREAD: [Code; 2] = [Code::SrcReadFailedHarmless, Code::SrcAssetMissing];

/// Whether a file of an output folder is the one that its manifest was written for.
///
/// # Errors
/// [`Error::Io`] when it cannot be read.
pub fn vouched_for(dir: &Path, manifest: &RunManifest, file: &str) -> Result<bool, Error> {
    let Some(stated) = manifest.outputs.iter().find(|output| output.path == file) else {
        return Ok(false);
    };
    let path = dir.join(file);
    if !path.exists() {
        return Ok(false);
    }
    let (sha256, bytes) = hash_file(&path)?;
    Ok(sha256 == stated.sha256 && bytes == stated.bytes)
}

/// The records' file, open.
pub(super) fn open_records(dir: &Path) -> Result<File, Error> {
    let path = dir.join(RECORDS_FILE);
    File::open(&path).map_err(|e| match e.kind() {
        io::ErrorKind::NotFound => Error::NoRun { dir: dir.to_owned() },
        _ => Error::io("read", &path)(e),
    })
}

fn each_line(
    dir: &Path,
    mut visit: impl FnMut(&Path, usize, String) -> Result<(), Error>,
) -> Result<(), Error> {
    let path = dir.join(RECORDS_FILE);
    for (i, line) in BufReader::new(open_records(dir)?).lines().enumerate() {
        visit(&path, i + 1, line.map_err(Error::io("read", &path))?)?;
    }
    Ok(())
}

fn read_line(path: &Path, number: usize, line: &str) -> Result<EligibilityRecord, Error> {
    let refused = |what: String| Error::foreign(path, format!("line {number}: {what}"));
    let record: EligibilityRecord = serde_json::from_str(line).map_err(|e| refused(e.to_string()))?;
    verify(line).map_err(|e| refused(e.to_string()))?;
    Ok(record)
}
