//! The time series as CSV.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use crate::band::Band;
use crate::observation::Observation;
use crate::store::atomic::AtomicFile;
use crate::store::error::Error;
use crate::store::spreadsheet::text_cell;

use super::decimals::six_decimals;
use super::{Columns, NARROW, WIDE, band_column};

pub(super) struct CsvFile {
    path: PathBuf,
    writer: csv::Writer<AtomicFile>,
    /// `None` for a narrow file.
    bands: Option<Vec<Band>>,
    /// The day of the row before, as text: scenes come day by day.
    day: (Date, String),
    /// A number being written.
    cell: Vec<u8>,
}

impl fmt::Debug for CsvFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CsvFile")
            .field("path", &self.path)
            .field("bands", &self.bands)
            .finish_non_exhaustive()
    }
}

impl CsvFile {
    pub(super) fn create(path: &Path, columns: &Columns) -> Result<CsvFile, Error> {
        let bands = match columns {
            Columns::Narrow => None,
            Columns::Wide { bands } => Some(bands.clone()),
        };
        let mut header: Vec<String> = vec!["plot_id".into(), "date".into()];
        header.extend(NARROW.iter().map(|(name, _)| (*name).to_owned()));
        if let Some(bands) = &bands {
            header.extend(["item_id".to_owned(), "datetime".to_owned()]);
            header.extend(WIDE.iter().map(|(name, _)| (*name).to_owned()));
            header.extend(bands.iter().map(|band| band_column(*band)));
            header.extend(["used".to_owned(), "reject_reason".to_owned()]);
        }
        let mut writer = csv::Writer::from_writer(AtomicFile::create(path)?);
        writer.write_record(&header).map_err(|e| csv_error(path, e))?;
        let day = (Date::ZERO, Date::ZERO.to_string());
        Ok(CsvFile { path: path.to_owned(), writer, bands, day, cell: Vec::new() })
    }

    pub(super) fn push(&mut self, plot_id: &str, observation: &Observation) -> Result<(), Error> {
        self.row(plot_id, observation).map_err(|e| csv_error(&self.path, e))
    }

    fn row(&mut self, plot_id: &str, observation: &Observation) -> Result<(), csv::Error> {
        let CsvFile { writer, bands, day, cell, .. } = self;
        let mut number = |writer: &mut csv::Writer<AtomicFile>, value: Option<f64>| {
            cell.clear();
            six_decimals(value, cell);
            writer.write_field(cell.as_slice())
        };
        writer.write_field(text_cell(plot_id).as_bytes())?;
        if day.0 != observation.date {
            *day = (observation.date, observation.date.to_string());
        }
        writer.write_field(&day.1)?;
        for (_, value) in NARROW {
            number(writer, value(observation))?;
        }
        if let Some(bands) = bands {
            writer.write_field(text_cell(observation.scene.as_str()).as_bytes())?;
            writer.write_field(observation.datetime.to_string())?;
            for (_, value) in WIDE {
                number(writer, value(observation))?;
            }
            for band in bands {
                number(writer, observation.bands.get(band).copied())?;
            }
            writer.write_field(if observation.rejected.is_none() { "true" } else { "false" })?;
            writer.write_field(observation.rejected.map_or("", |reject| reject.word()))?;
        }
        writer.write_record(None::<&[u8]>)
    }

    pub(super) fn finish(self) -> Result<(), Error> {
        let path = self.path;
        let file = self.writer.into_inner().map_err(|e| Error::io("write", &path)(e.into_error()))?;
        file.commit()
    }
}

fn csv_error(path: &Path, error: csv::Error) -> Error {
    let io = match error.into_kind() {
        csv::ErrorKind::Io(io) => io,
        other => io::Error::other(format!("{other:?}")),
    };
    Error::io("write", path)(io)
}
