//! The time series as CSV.

use std::io::Write;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;

use crate::band::Band;
use crate::observation::Observation;
use crate::store::atomic::AtomicFile;
use crate::store::error::Error;
use crate::store::spreadsheet::text_cell;

use super::decimals::six_decimals;
use super::{Columns, NARROW, WIDE, band_column};

/// Bytes that are gathered before they are written.
const CHUNK: usize = 64 << 10;

#[derive(Debug)]
pub(super) struct CsvFile {
    path: PathBuf,
    file: AtomicFile,
    /// `None` for a narrow file.
    bands: Option<Vec<Band>>,
    /// Day and time of the row before, as text: scenes come one by one.
    day: (Date, String),
    time: (Timestamp, String),
    /// Rows that are not yet written.
    rows: Vec<u8>,
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
        let mut rows = header.join(",").into_bytes();
        rows.push(b'\n');
        let day = (Date::ZERO, Date::ZERO.to_string());
        let time = (Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH.to_string());
        Ok(CsvFile { path: path.to_owned(), file: AtomicFile::create(path)?, bands, day, time, rows })
    }

    pub(super) fn push(&mut self, plot_id: &str, observation: &Observation) -> Result<(), Error> {
        self.row(plot_id, observation);
        if self.rows.len() >= CHUNK {
            self.write_out()?;
        }
        Ok(())
    }

    fn row(&mut self, plot_id: &str, observation: &Observation) {
        let CsvFile { rows, bands, day, time, .. } = self;
        if day.0 != observation.date {
            *day = (observation.date, observation.date.to_string());
        }
        text(plot_id, rows);
        rows.push(b',');
        rows.extend_from_slice(day.1.as_bytes());
        let number = |value: Option<f64>, rows: &mut Vec<u8>| {
            rows.push(b',');
            six_decimals(value, rows);
        };
        NARROW.iter().for_each(|(_, value)| number(value(observation), rows));
        if let Some(bands) = bands {
            if time.0 != observation.datetime {
                *time = (observation.datetime, observation.datetime.to_string());
            }
            rows.push(b',');
            text(observation.scene.as_str(), rows);
            rows.push(b',');
            rows.extend_from_slice(time.1.as_bytes());
            WIDE.iter().for_each(|(_, value)| number(value(observation), rows));
            bands.iter().for_each(|band| number(observation.bands.get(band).copied(), rows));
            let used: &[u8] = if observation.rejected.is_none() { b",true," } else { b",false," };
            rows.extend_from_slice(used);
            rows.extend_from_slice(observation.rejected.map_or("", |reject| reject.word()).as_bytes());
        }
        rows.push(b'\n');
    }

    fn write_out(&mut self) -> Result<(), Error> {
        self.file.write_all(&self.rows).map_err(Error::io("write", &self.path))?;
        self.rows.clear();
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<(), Error> {
        self.write_out()?;
        self.file.commit()
    }
}

/// Appends a text, in quotes where it needs them (RFC 4180).
fn text(text: &str, rows: &mut Vec<u8>) {
    let cell = text_cell(text);
    if !cell.bytes().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r')) {
        rows.extend_from_slice(cell.as_bytes());
        return;
    }
    rows.push(b'"');
    for byte in cell.bytes() {
        if byte == b'"' {
            rows.push(b'"');
        }
        rows.push(byte);
    }
    rows.push(b'"');
}
