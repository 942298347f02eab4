//! What `season` and `crop` share: reading a series table, writing a result table whole.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use crate::band::Band;
use crate::intake::series_table::{self, Options, SampleRows, SeriesTable};
use crate::series::Sight;

/// A table that could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The input cannot be opened.
    #[error("{} cannot be opened: {source}", path.display())]
    Open {
        /// Input.
        path: PathBuf,
        /// Cause.
        source: io::Error,
    },
    /// The input is not a series table.
    #[error("{}: {source}", path.display())]
    Table {
        /// Input.
        path: PathBuf,
        /// Cause.
        source: series_table::Error,
    },
    /// The output cannot be written; an older file of that name is unchanged.
    #[error("{} cannot be written, nothing was changed: {source}", path.display())]
    Write {
        /// Output.
        path: PathBuf,
        /// Cause.
        source: io::Error,
    },
    /// A flag's value cannot be used.
    #[error("{flag} {value}: {problem}")]
    Flag {
        /// Flag.
        flag: &'static str,
        /// Value as given.
        value: String,
        /// What is wrong, and what would be right.
        problem: String,
    },
    /// A table of the ensemble or a file of area shares cannot be used.
    #[error("{}: {source}", path.display())]
    Ensemble {
        /// File.
        path: PathBuf,
        /// Cause.
        source: crate::crop::ensemble::EnsembleError,
    },
    /// A file of crop sequences cannot be used.
    #[error("{}: {source}", path.display())]
    Sequences {
        /// File.
        path: PathBuf,
        /// Cause.
        source: crate::crop::ensemble::SequenceError,
    },
    /// A classifier cannot be used.
    #[error(transparent)]
    Classifier(#[from] crate::pipeline::ClassifierRefused),
    /// The temperatures cannot be used.
    #[error("{}: {source}", path.display())]
    Temperature {
        /// File.
        path: PathBuf,
        /// Cause.
        source: crate::intake::temperature_table::Error,
    },
    /// A set of `validate` that is there and cannot be measured.
    #[error("{}: {problem}", path.display())]
    Set {
        /// File or folder of the set.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The crop calendar cannot be used.
    #[error(transparent)]
    Profiles(#[from] crate::crop::ProfileError),
}

impl Error {
    /// Whether the input or the command line is at fault (exit code 2) rather than the run (exit code 1).
    pub fn is_usage(&self) -> bool {
        !matches!(self, Error::Write { .. })
    }
}

/// What a run did, for people and for `--json`.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Summary {
    /// Samples in the table.
    pub samples: usize,
    /// Rows written.
    pub rows_written: usize,
    /// Rows with a value.
    pub observations: usize,
    /// Rows without a value.
    pub empty_rows: u64,
    /// Rows that could not be used.
    pub bad_rows: u64,
    /// The first of them, `line 7: date ...`.
    pub problems: Vec<String>,
    /// What was left out of rows that were used.
    pub notes: Vec<String>,
}

impl Summary {
    /// The counts of a table that was read.
    pub(super) fn of(table: &SeriesTable) -> Summary {
        Summary {
            samples: table.samples.len(),
            rows_written: 0,
            observations: table.samples.values().map(|s| s.rows.len()).sum(),
            empty_rows: table.empty_count,
            bad_rows: table.bad_count,
            problems: (table.bad_rows.iter().take(20))
                .map(|b| format!("line {}: {}", b.line, b.problem))
                .collect(),
            notes: table.notes.iter().take(20).cloned().collect(),
        }
    }
}

impl std::fmt::Display for Summary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} samples with {} observations read, {} rows written",
            self.samples, self.observations, self.rows_written
        )?;
        if self.empty_rows > 0 {
            write!(f, "; {} rows without a value", self.empty_rows)?;
        }
        if self.bad_rows > 0 {
            write!(f, "; {} rows could not be used:", self.bad_rows)?;
            for problem in &self.problems {
                write!(f, "\n  {problem}")?;
            }
            if self.bad_rows > self.problems.len() as u64 {
                write!(f, "\n  ... and {} more", self.bad_rows - self.problems.len() as u64)?;
            }
        }
        for note in &self.notes {
            write!(f, "\nnote: {note}")?;
        }
        Ok(())
    }
}

/// Reads a table from a file, or from standard input for `-`.
pub(super) fn read(path: &Path, options: &Options) -> Result<SeriesTable, Error> {
    let table = if path.as_os_str() == "-" {
        series_table::read(io::stdin().lock(), options)
    } else {
        let file = File::open(path).map_err(|source| Error::Open { path: path.to_owned(), source })?;
        series_table::read(file, options)
    };
    table.map_err(|source| Error::Table { path: path.to_owned(), source })
}

/// The values of one sample, for `series`.
pub(super) fn sights(sample: &SampleRows) -> Vec<Sight> {
    (sample.rows.iter())
        .map(|r| Sight {
            date: r.date,
            ndvi: r.ndvi,
            weight: r.weight,
            blue: r.bands.get(&Band::B02).copied(),
        })
        .collect()
}

/// The as-of date of a sample: the one asked for, else its own last date. No clock is read.
pub(super) fn as_of(asked: Option<Date>, sample: &SampleRows) -> Option<Date> {
    asked.or_else(|| sample.rows.iter().map(|r| r.date).max())
}

/// Writes a CSV file whole: under a temporary name beside it, then renamed over it.
pub(super) fn write(path: &Path, header: &[&str], rows: &[Vec<String>]) -> Result<(), Error> {
    let failed = |source: io::Error| Error::Write { path: path.to_owned(), source };
    let mut bytes = Vec::new();
    {
        let mut csv = csv::Writer::from_writer(&mut bytes);
        csv.write_record(header).map_err(|e| failed(e.into()))?;
        for row in rows {
            csv.write_record(row).map_err(|e| failed(e.into()))?;
        }
        csv.flush().map_err(failed)?;
    }
    let name = path.file_name().ok_or_else(|| failed(io::Error::other("the path names no file")))?;
    let mut partial = std::ffi::OsString::from(".");
    partial.push(name);
    partial.push(format!(".{}.part", std::process::id()));
    let partial = path.with_file_name(partial);
    let written = File::create(&partial).and_then(|mut file| {
        file.write_all(&bytes)?;
        file.sync_all()?;
        fs::rename(&partial, path)
    });
    written.map_err(|source| {
        // The partial file is of no use; that it cannot be removed changes nothing of the failure.
        let _ = fs::remove_file(&partial);
        failed(source)
    })
}

/// A number with three decimals, or nothing.
pub(super) fn number(value: Option<f64>) -> String {
    value.map(|v| format!("{v:.3}")).unwrap_or_default()
}

/// Anything that prints itself, or nothing.
pub(super) fn word<T: ToString>(value: Option<T>) -> String {
    value.map(|v| v.to_string()).unwrap_or_default()
}
