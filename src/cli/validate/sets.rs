//! Finding the files of a set, reading plain CSV of it, and counting which rows could be used and why others could not.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::super::table::Error;

/// A row of a table: column name to field.
pub(super) type Row = BTreeMap<String, String>;

/// The folder of a set that is there.
pub(super) struct Set(PathBuf);

/// The folder of a set; `None` when it is not in the data folder.
pub(super) fn set(data: &Path, name: &str) -> Option<Set> {
    let path = data.join(name);
    path.is_dir().then_some(Set(path))
}

impl Set {
    /// A file that the set must hold.
    pub(super) fn file(&self, name: &str) -> Result<PathBuf, Error> {
        let path = self.0.join(name);
        if path.is_file() { Ok(path) } else { Err(self.cannot(format!("there is no file {name} in it"))) }
    }

    /// The files whose names begin and end so, by name; at least one.
    pub(super) fn files(&self, begin: &str, end: &str) -> Result<Vec<PathBuf>, Error> {
        let failed = |source| Error::Open { path: self.0.clone(), source };
        let mut found = Vec::new();
        for entry in std::fs::read_dir(&self.0).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
            if name.starts_with(begin) && name.ends_with(end) && path.is_file() {
                found.push(path);
            }
        }
        found.sort();
        if found.is_empty() {
            return Err(self.cannot(format!("there is no file {begin}*{end} in it")));
        }
        Ok(found)
    }

    /// The set as a whole cannot be measured.
    pub(super) fn cannot(&self, problem: impl Into<String>) -> Error {
        Error::Set { path: self.0.clone(), problem: problem.into() }
    }
}

/// Rows of a CSV file, plain or gzipped. `needed`: columns that must be there, `a|b` where either will do.
pub(super) fn rows(path: &Path, needed: &[&str]) -> Result<Vec<Row>, Error> {
    let cannot = |problem: String| Error::Set { path: path.to_owned(), problem };
    let file = File::open(path).map_err(|source| Error::Open { path: path.to_owned(), source })?;
    let reader: Box<dyn Read> = match path.extension() {
        Some(e) if e == "gz" => Box::new(flate2::read::MultiGzDecoder::new(file)),
        _ => Box::new(file),
    };
    let mut csv = csv::Reader::from_reader(reader);
    let columns = csv.headers().map_err(|e| cannot(e.to_string()))?.clone();
    let absent: Vec<String> = (needed.iter())
        .filter(|n| n.split('|').all(|name| columns.iter().all(|c| c != name)))
        .map(|n| n.replace('|', " or "))
        .collect();
    if !absent.is_empty() {
        let there: Vec<&str> = columns.iter().take(12).collect();
        return Err(cannot(format!("no column {}; its first are: {}", absent.join(", "), there.join(", "))));
    }
    csv.deserialize().collect::<Result<_, csv::Error>>().map_err(|e| cannot(e.to_string()))
}

/// A field that is not empty.
pub(super) fn text<'a>(row: &'a Row, column: &str) -> Option<&'a str> {
    row.get(column).map(|t| t.trim()).filter(|t| !t.is_empty())
}

/// A number of a row.
pub(super) fn number(row: &Row, column: &str) -> Option<f64> {
    text(row, column)?.parse().ok().filter(|v: &f64| v.is_finite())
}

/// A day of a row.
pub(super) fn day(row: &Row, column: &str) -> Option<Date> {
    text(row, column)?.parse().ok()
}

/// What became of the rows of a file.
pub(super) struct Tally {
    path: PathBuf,
    used: usize,
    left_out: BTreeMap<&'static str, usize>,
}

impl Tally {
    pub(super) fn of(path: &Path) -> Tally {
        Tally { path: path.to_owned(), used: 0, left_out: BTreeMap::new() }
    }

    /// Counts a row that was read, or the reason why it cannot be used.
    pub(super) fn take<T>(&mut self, row: Result<T, &'static str>) -> Option<T> {
        match row {
            Ok(read) => {
                self.used += 1;
                Some(read)
            }
            Err(why) => {
                *self.left_out.entry(why).or_default() += 1;
                None
            }
        }
    }

    /// The counts in words.
    ///
    /// # Errors
    /// None of the rows can be used.
    pub(super) fn told(self) -> Result<String, Error> {
        let left: usize = self.left_out.values().sum();
        let reasons: Vec<String> = self.left_out.iter().map(|(why, n)| format!("{n} {why}")).collect();
        if self.used == 0 {
            let problem = match left {
                0 => "it has no rows".to_owned(),
                _ => format!("none of its {left} rows can be used: {}", reasons.join(", ")),
            };
            return Err(Error::Set { path: self.path, problem });
        }
        let names: Vec<&str> = (self.path.iter().rev().take(2)).filter_map(|part| part.to_str()).collect();
        let name = names.into_iter().rev().collect::<Vec<_>>().join("/");
        let all = self.used + left;
        Ok(match left {
            0 => format!("{name}: all {all} rows used"),
            _ => {
                format!("{name}: {} of {all} rows used, {left} left out ({})", self.used, reasons.join(", "))
            }
        })
    }
}
