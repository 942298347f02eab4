//! The time series table: one row per plot, date and scene, the unused ones too, with the reason.
//!
//! Comes in: observations, in any order. Goes out: a CSV or Parquet file, and observations read back.
//! Not here: what the numbers mean (see `observation`).

mod csv;
mod decimals;
mod parquet;
mod read;

use std::path::Path;

use crate::band::Band;
use crate::observation::{NdviStats, Observation};
use crate::store::error::Error;

pub(super) use self::read::bands_of;
pub use self::read::{each_observation, read_observations};

/// Which columns a time series file has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Columns {
    /// `plot_id,date,ndvi_mean,valid_fraction,pixel_count` only.
    Narrow,
    /// All columns, with the trimmed mean reflectance of these further bands (`b02`, `b11`, …).
    Wide {
        /// Bands to write, in this order; an observation without one leaves the cell empty.
        bands: Vec<Band>,
    },
}

/// A number column: its name and where the number comes from.
type Number = (&'static str, fn(&Observation) -> Option<f64>);

/// Columns of numbers every file has, after `plot_id` and `date`.
const NARROW: [Number; 3] = [
    ("ndvi_mean", |o| o.ndvi.map(|n: NdviStats| n.mean)),
    ("valid_fraction", |o| Some(o.valid_fraction)),
    ("pixel_count", |o| Some(o.pixel_count)),
];

/// Columns of numbers of a wide file, after `item_id` and `datetime`.
const WIDE: [Number; 12] = [
    ("ndvi_median", |o| o.ndvi.map(|n| n.median)),
    ("ndvi_std", |o| o.ndvi.map(|n| n.std)),
    ("ndvi_p10", |o| o.ndvi.map(|n| n.p10)),
    ("ndvi_p25", |o| o.ndvi.map(|n| n.p25)),
    ("ndvi_p75", |o| o.ndvi.map(|n| n.p75)),
    ("ndvi_p90", |o| o.ndvi.map(|n| n.p90)),
    ("clear_fraction", |o| Some(o.sky.clear)),
    ("cloud_fraction", |o| Some(o.sky.cloud)),
    ("shadow_fraction", |o| Some(o.sky.shadow)),
    ("water_fraction", |o| Some(o.sky.water)),
    ("snow_fraction", |o| Some(o.sky.snow)),
    ("nodata_fraction", |o| Some(o.sky.nodata)),
];

/// Name of a band's column: `b8a`.
fn band_column(band: Band) -> String {
    band.name().to_lowercase()
}

/// Writes a time series file row by row; the file appears with [`TimeseriesWriter::finish`].
///
/// Rows keep the order in which they are pushed. Memory does not grow with the number of plots.
/// Floats that are NaN or infinite are written as missing.
#[derive(Debug)]
pub struct TimeseriesWriter(Inner);

#[derive(Debug)]
enum Inner {
    Csv(Box<csv::CsvFile>),
    Parquet(Box<parquet::ParquetFile>),
}

impl TimeseriesWriter {
    /// Starts a file whose format the ending tells: `.csv` or `.parquet`.
    ///
    /// CSV: UTF-8, header line, comma, `\n`; six decimals; a missing value is an empty field; text that
    /// a spreadsheet would run as a formula gets a leading apostrophe (`text_cell`).
    /// Parquet: zstd, dates as DATE, times as TIMESTAMP UTC in microseconds, full double precision.
    ///
    /// # Errors
    /// [`Error::UnknownFormat`] for another ending, [`Error::Io`] or [`Error::Table`] when the file
    /// cannot be started.
    pub fn create(path: &Path, columns: &Columns) -> Result<TimeseriesWriter, Error> {
        let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase());
        let inner = match ending.as_deref() {
            Some("csv") => Inner::Csv(Box::new(csv::CsvFile::create(path, columns)?)),
            Some("parquet") => Inner::Parquet(Box::new(parquet::ParquetFile::create(path, columns)?)),
            _ => return Err(Error::UnknownFormat { path: path.to_owned() }),
        };
        Ok(TimeseriesWriter(inner))
    }

    /// Adds a row.
    ///
    /// # Errors
    /// [`Error::Io`] or [`Error::Table`]; the file is then not to be finished.
    pub fn push(&mut self, plot_id: &str, observation: &Observation) -> Result<(), Error> {
        match &mut self.0 {
            Inner::Csv(file) => file.push(plot_id, observation),
            Inner::Parquet(file) => file.push(plot_id, observation),
        }
    }

    /// Puts the file in place.
    ///
    /// # Errors
    /// [`Error::Io`] or [`Error::Table`]; no file, or the earlier one, is at the path then.
    pub fn finish(self) -> Result<(), Error> {
        match self.0 {
            Inner::Csv(file) => file.finish(),
            Inner::Parquet(file) => file.finish(),
        }
    }
}
