//! `records.jsonl`: one record a line, in input order.

use std::io::Write;
use std::path::Path;

use crate::record::EligibilityRecord;
use crate::store::atomic::AtomicFile;
use crate::store::error::Error;

/// Writes the records, one JSON object a line, members in the order of the schema.
///
/// # Errors
/// [`Error::Io`] or [`Error::Json`]; the earlier file, or none, is at the path then.
pub fn write_jsonl(path: &Path, records: &[EligibilityRecord]) -> Result<(), Error> {
    let mut file = AtomicFile::create(path)?;
    for record in records {
        let mut line = json_line(path, record)?;
        line.push('\n');
        file.write_all(line.as_bytes()).map_err(Error::io("write", path))?;
    }
    file.commit()
}

/// A record as the line that stands for it in every file.
pub(super) fn json_line(path: &Path, record: &EligibilityRecord) -> Result<String, Error> {
    serde_json::to_string(record).map_err(|source| Error::Json { path: path.to_owned(), source })
}
