//! Where other records, papers and bundles name a plot that is to be erased.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::record::{EligibilityRecord, OverlapSeen, digest};
use crate::store::atomic::write_whole;
use crate::store::error::Error;
use crate::store::plot_papers::papers_folder;

/// What stands where a plot was named.
const ERASED: &str = "[erased]";
/// Deepest folder that is looked into.
const MAX_DEPTH: usize = 6;

/// The plots that must not be named any more.
pub(super) struct Mention<'a> {
    reference: &'a str,
    gone: &'a [EligibilityRecord],
}

impl<'a> Mention<'a> {
    pub(super) fn of(reference: &'a str, gone: &'a [EligibilityRecord]) -> Mention<'a> {
        Mention { reference, gone }
    }

    fn names(&self, seen: &OverlapSeen) -> bool {
        let of_gone = |r: &EligibilityRecord| {
            seen.other_record_id.as_deref() == Some(r.record_id.as_str())
                || seen.other_id == r.id && seen.other_application_ref == r.application_ref
        };
        seen.other_id == self.reference
            || seen.other_application_ref.as_deref() == Some(self.reference)
            || self.gone.iter().any(of_gone)
    }

    /// The record without its mentions, sealed anew; `None` where it has none.
    pub(super) fn taken_out(&self, record: &EligibilityRecord) -> Option<EligibilityRecord> {
        let named: Vec<String> =
            record.overlaps.iter().filter(|o| self.names(o)).map(OverlapSeen::other_named).collect();
        if named.is_empty() {
            return None;
        }
        let mut value = serde_json::to_value(record).ok()?;
        for list in ["reasons", "reasons_all", "what_would_change"] {
            let items = value.get_mut(list).and_then(Value::as_array_mut);
            items.into_iter().flatten().for_each(|item| unname(item, &named));
        }
        let mut record: EligibilityRecord = serde_json::from_value(value).ok()?;
        for seen in record.overlaps.iter_mut().filter(|o| named.contains(&o.other_named())) {
            seen.other_id = ERASED.to_owned();
            seen.other_lender_ref = None;
            seen.other_application_ref = None;
            seen.other_record_id = None;
        }
        record.record_sha256 = digest(&record);
        Some(record)
    }

    /// The papers of a changed record without the mentions, and with its new hash.
    pub(super) fn in_papers(
        &self,
        dir: &Path,
        before: &EligibilityRecord,
        after: &EligibilityRecord,
    ) -> Result<(), Error> {
        let folder = papers_folder(dir, &before.id);
        let named = before.overlaps.iter().filter(|o| self.names(o)).map(OverlapSeen::other_named);
        let named: Vec<String> = named.map(|n| maud::html! { (n) }.into_string()).collect();
        for file in ["report.html", "report.zh.html"] {
            let path = folder.join(file);
            if !path.exists() {
                continue;
            }
            let mut text = std::fs::read_to_string(&path).map_err(Error::io("read", &path))?;
            named.iter().for_each(|n| text = text.replace(n.as_str(), ERASED));
            write_whole(&path, text.replace(&before.record_sha256, &after.record_sha256).as_bytes())?;
        }
        Ok(())
    }

    /// What a file that is about the plots, or mentions them, contains.
    pub(super) fn marks(
        &self,
        gone: &[EligibilityRecord],
        changed: &[(EligibilityRecord, EligibilityRecord)],
    ) -> Vec<String> {
        let of_gone = gone.iter().map(|r| r.record_id.clone());
        // A bundle of a record that mentioned them holds the old record.
        let old = changed.iter().map(|(before, _)| before.record_sha256.clone());
        of_gone.chain(old).collect()
    }
}

fn unname(item: &mut Value, named: &[String]) {
    let other = item.pointer("/params/other").and_then(Value::as_str).map(str::to_owned);
    let Some(other) = other.filter(|o| named.contains(o)) else { return };
    if let Some(param) = item.pointer_mut("/params/other") {
        *param = Value::from(ERASED);
    }
    for text in ["text_en", "text_zh"] {
        if let Some(sentence) = item.get_mut(text) {
            *sentence = Value::from(sentence.as_str().unwrap_or_default().replace(&other, ERASED));
        }
    }
}

/// Bundles in the folder that hold one of the marks. A bundle stores its files as they are, so they show.
pub(super) fn bundles(dir: &Path, marks: &[String]) -> Result<Vec<PathBuf>, Error> {
    holding(dir, marks, |path| path.extension().is_some_and(|e| e.eq_ignore_ascii_case("zip")))
}

/// How a record says that it is about a plot or a person of this reference.
pub(super) fn own_marks(reference: &str) -> Vec<String> {
    let said = Value::from(reference).to_string();
    ["id", "application_ref", "borrower_ref", "consent_ref"]
        .map(|column| format!("\"{column}\":{said}"))
        .to_vec()
}

/// Files of the folder that hold one of the marks. The chain and the list of the erased hold hashes by design.
pub(super) fn left(dir: &Path, marks: &[String]) -> Result<Vec<PathBuf>, Error> {
    let keeps = [crate::store::CHAIN_FILE, crate::store::ERASED_FILE];
    holding(dir, marks, |path| !path.file_name().is_some_and(|n| keeps.iter().any(|k| n == *k)))
}

/// Files of the folder that are asked about and hold one of the marks.
fn holding(dir: &Path, marks: &[String], asked: impl Fn(&Path) -> bool) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    walk(dir, 0, &mut |path| {
        if !asked(path) {
            return Ok(());
        }
        let bytes = std::fs::read(path).map_err(Error::io("read", path))?;
        if marks.iter().any(|mark| holds(&bytes, mark.as_bytes())) {
            found.push(path.to_owned());
        }
        Ok(())
    })?;
    Ok(found)
}

fn holds(bytes: &[u8], mark: &[u8]) -> bool {
    let first = mark.first().copied();
    bytes.windows(mark.len().max(1)).any(|window| window.first().copied() == first && window == mark)
}

fn walk(dir: &Path, depth: usize, visit: &mut impl FnMut(&Path) -> Result<(), Error>) -> Result<(), Error> {
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(Error::io("list", dir))? {
        entries.push(entry.map_err(Error::io("list", dir))?.path());
    }
    entries.sort();
    for path in entries {
        // Links lead out of the folder and are not followed.
        if path.is_symlink() {
            continue;
        }
        if path.is_dir() {
            if depth < MAX_DEPTH {
                walk(&path, depth + 1, visit)?;
            }
        } else {
            visit(&path)?;
        }
    }
    Ok(())
}
