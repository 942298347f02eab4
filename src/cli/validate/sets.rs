//! Finding the files of a set, and reading plain CSV of it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::super::table::Error;

/// A file of a set, when it is there.
pub(super) fn file(data: &Path, name: &str) -> Option<PathBuf> {
    let path = data.join(name);
    path.is_file().then_some(path)
}

/// Rows of a CSV file, plain or gzipped, as column name to field.
pub(super) fn rows(path: &Path) -> Result<Vec<BTreeMap<String, String>>, Error> {
    let failed = |source: std::io::Error| Error::Open { path: path.to_owned(), source };
    let file = File::open(path).map_err(failed)?;
    let reader: Box<dyn Read> = match path.extension() {
        Some(e) if e == "gz" => Box::new(flate2::read::MultiGzDecoder::new(file)),
        _ => Box::new(file),
    };
    let mut csv = csv::Reader::from_reader(reader);
    csv.deserialize().collect::<Result<_, csv::Error>>().map_err(|e| failed(e.into()))
}

/// A number of a row.
pub(super) fn number(row: &BTreeMap<String, String>, column: &str) -> Option<f64> {
    row.get(column)?.parse().ok().filter(|v: &f64| v.is_finite())
}
