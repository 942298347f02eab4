//! `records.geojson`: the records as features; the properties are the record without its geometry.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use serde_json::value::RawValue;

use crate::record::EligibilityRecord;
use crate::store::atomic::AtomicFile;
use crate::store::error::Error;
use crate::store::jsonl::json_line;

/// Writes the records as a GeoJSON FeatureCollection (RFC 7946), a feature a line, in input order.
///
/// A record without a usable outline has `"geometry":null`. Properties keep the order and the very
/// text of `records.jsonl`.
///
/// # Errors
/// [`Error::Io`] or [`Error::Json`]; the earlier file, or none, is at the path then.
pub fn write_geojson(path: &Path, records: &[EligibilityRecord]) -> Result<(), Error> {
    let mut file = AtomicFile::create(path)?;
    put_all(path, records, |text| file.write_all(text.as_bytes()).map_err(Error::io("write", path)))?;
    file.commit()
}

/// The same as text.
pub(super) fn collection_of(path: &Path, records: &[EligibilityRecord]) -> Result<String, Error> {
    let mut out = String::new();
    put_all(path, records, |text| {
        out.push_str(text);
        Ok(())
    })?;
    Ok(out)
}

fn put_all(
    path: &Path,
    records: &[EligibilityRecord],
    mut put: impl FnMut(&str) -> Result<(), Error>,
) -> Result<(), Error> {
    put("{\"type\":\"FeatureCollection\",\"features\":[")?;
    for (i, record) in records.iter().enumerate() {
        put(if i == 0 { "\n" } else { ",\n" })?;
        put(&feature(path, record)?)?;
    }
    put("\n]}\n")
}

fn feature(path: &Path, record: &EligibilityRecord) -> Result<String, Error> {
    let line = json_line(path, record)?;
    // Raw values keep nested members in their own order and numbers in their own digits.
    let members: BTreeMap<String, Box<RawValue>> =
        serde_json::from_str(&line).map_err(|source| Error::Json { path: path.to_owned(), source })?;
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
