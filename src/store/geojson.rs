//! `records.geojson`: the records as features; the properties are the record without its geometry.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::value::RawValue;

use crate::record::EligibilityRecord;
use crate::store::atomic::AtomicFile;
use crate::store::error::Error;
use crate::store::jsonl::json_line;

const OPENING: &str = "{\"type\":\"FeatureCollection\",\"features\":[";
const CLOSING: &str = "\n]}\n";

/// `records.geojson` in the making: a feature a line, in the order they are pushed.
#[derive(Debug)]
pub(super) struct GeojsonFile {
    path: PathBuf,
    file: AtomicFile,
    features: usize,
}

impl GeojsonFile {
    pub(super) fn create(path: &Path) -> Result<GeojsonFile, Error> {
        let mut made = GeojsonFile { path: path.to_owned(), file: AtomicFile::create(path)?, features: 0 };
        made.put(OPENING)?;
        Ok(made)
    }

    fn put(&mut self, text: &str) -> Result<(), Error> {
        self.file.write_all(text.as_bytes()).map_err(Error::io("write", &self.path))
    }

    /// Adds a record by the line that stands for it in `records.jsonl`.
    pub(super) fn push(&mut self, line: &str) -> Result<(), Error> {
        self.put(if self.features == 0 { "\n" } else { ",\n" })?;
        self.features += 1;
        let feature = feature(&self.path, line)?;
        self.put(&feature)
    }

    pub(super) fn finish(mut self) -> Result<(), Error> {
        self.put(CLOSING)?;
        self.file.commit()
    }
}

/// Writes the records as a GeoJSON FeatureCollection (RFC 7946), a feature a line, in input order.
///
/// A record without a usable outline has `"geometry":null`. Properties keep the order and the very
/// text of `records.jsonl`.
///
/// # Errors
/// [`Error::Io`] or [`Error::Json`]; the earlier file, or none, is at the path then.
pub fn write_geojson(path: &Path, records: &[EligibilityRecord]) -> Result<(), Error> {
    let mut file = GeojsonFile::create(path)?;
    for record in records {
        file.push(&json_line(path, record)?)?;
    }
    file.finish()
}

/// The same as text.
pub(super) fn collection_of(path: &Path, records: &[EligibilityRecord]) -> Result<String, Error> {
    let mut out = OPENING.to_owned();
    for (i, record) in records.iter().enumerate() {
        out.push_str(if i == 0 { "\n" } else { ",\n" });
        out.push_str(&feature(path, &json_line(path, record)?)?);
    }
    out.push_str(CLOSING);
    Ok(out)
}

fn feature(path: &Path, line: &str) -> Result<String, Error> {
    // Raw values keep nested members in their own order and numbers in their own digits.
    let members: BTreeMap<String, Box<RawValue>> =
        serde_json::from_str(line).map_err(|source| Error::Json { path: path.to_owned(), source })?;
    let text = |name: &str| members.get(name).map_or("null", |value| value.get());
    let mut out = format!(
        "{{\"type\":\"Feature\",\"id\":{},\"geometry\":{},\"properties\":{{",
        text("id"),
        text("geometry")
    );
    let properties = EligibilityRecord::FIELDS.iter().filter(|field| field.name != "geometry");
    for (i, field) in properties.enumerate() {
        let comma = if i == 0 { "" } else { "," };
        // Field names come from our own table and need no escaping. Writing to a String cannot fail.
        let _ = write!(out, "{comma}\"{}\":{}", field.name, text(field.name));
    }
    out.push_str("}}");
    Ok(out)
}
