//! Tables of NDVI series that somebody else extracted: CSV, plain or gzipped.
//!
//! The header decides: `sample_id,date,ndvi` and, when present, `lat,lon,label,weight` and reflectances
//! `b02` to `b12`; case and order of columns do not matter, further columns are ignored. Rows may repeat dates and
//! come in any order. A row that cannot be used is reported with its line and the others go on.

use std::collections::BTreeMap;
use std::io::{BufReader, Read};

use jiff::civil::Date;

use crate::band::Band;

/// Longest sample id, bytes.
pub const MAX_ID_LEN: usize = 200;

/// Most bad rows kept with their reason; further ones are only counted.
pub const MAX_REPORTED: usize = 1000;

/// Most bytes read from a table after decompression: 8 GiB. A small gzip file can claim any size.
pub const MAX_BYTES: u64 = 8 << 30;

/// A table that cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The bytes cannot be read or decompressed, or are not CSV.
    #[error("the series table cannot be read as CSV near line {line}: {source}")]
    Unreadable {
        /// Line in the (decompressed) file, 0 when unknown.
        line: u64,
        /// Cause.
        source: csv::Error,
    },
    /// The first bytes cannot be read.
    #[error("the series table cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// A needed column is absent.
    #[error("the series table has no column `{column}`; its columns are: {found}")]
    ColumnMissing {
        /// The column.
        column: String,
        /// Columns of the header.
        found: String,
    },
    /// A column stands twice in the header.
    #[error("the series table has two columns named `{column}`")]
    ColumnTwice {
        /// The column.
        column: String,
    },
}

/// One usable row.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Line of the file, from 1 (the header).
    pub line: u64,
    /// Date.
    pub date: Date,
    /// NDVI as given; it may lie outside -1 to 1, which is for `series` to judge.
    pub ndvi: f64,
    /// Weight; 1 when the table has none.
    pub weight: f64,
    /// Reflectances present in this row.
    pub bands: BTreeMap<Band, f64>,
}

/// All rows of one sample.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SampleRows {
    /// Latitude, degrees, from the first row that has one in range.
    pub lat: Option<f64>,
    /// Longitude, degrees.
    pub lon: Option<f64>,
    /// Label, from the first row that has one.
    pub label: Option<String>,
    /// Value of the column asked for with [`Options::declared_column`].
    pub declared: Option<String>,
    /// Rows in file order.
    pub rows: Vec<Row>,
}

/// A row that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRow {
    /// Line of the file, from 1 (the header).
    pub line: u64,
    /// What is wrong, in plain words.
    pub problem: String,
}

/// A whole table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SeriesTable {
    /// Samples by id, so the order of rows does not matter for the order of results.
    pub samples: BTreeMap<String, SampleRows>,
    /// The first [`MAX_REPORTED`] bad rows.
    pub bad_rows: Vec<BadRow>,
    /// All bad rows.
    pub bad_count: u64,
    /// Rows without a value: missing observations, not errors.
    pub empty_count: u64,
}

/// What to read beside the standard columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Column that holds the declared crop (case ignored).
    pub declared_column: Option<String>,
}

/// Reads a table; gzip is recognised by its first two bytes.
///
/// # Errors
/// Only when nothing can be done with the table: unreadable bytes, a broken gzip stream, a missing or doubled
/// column. Bad rows are reported in the result.
pub fn read(reader: impl Read, options: &Options) -> Result<SeriesTable, Error> {
    let mut reader = BufReader::with_capacity(1 << 16, reader);
    let gzip = std::io::BufRead::fill_buf(&mut reader)?.starts_with(&[0x1f, 0x8b]);
    if gzip {
        parse(flate2::bufread::MultiGzDecoder::new(reader).take(MAX_BYTES), options)
    } else {
        parse(reader.take(MAX_BYTES), options)
    }
}

/// Positions of the columns.
struct Columns {
    id: usize,
    date: usize,
    ndvi: usize,
    lat: Option<usize>,
    lon: Option<usize>,
    label: Option<usize>,
    weight: Option<usize>,
    declared: Option<usize>,
    bands: Vec<(Band, usize)>,
}

fn parse(reader: impl Read, options: &Options) -> Result<SeriesTable, Error> {
    let mut csv =
        csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).has_headers(true).from_reader(reader);
    let header = csv.byte_headers().map_err(unreadable)?.clone();
    let columns = columns(&header, options)?;
    let mut table = SeriesTable::default();
    let mut record = csv::ByteRecord::new();
    while csv.read_byte_record(&mut record).map_err(unreadable)? {
        let line = record.position().map_or(0, csv::Position::line);
        if record.iter().all(<[u8]>::is_empty) {
            continue;
        }
        match row(&record, line, &columns, &mut table) {
            Ok(true) => {}
            Ok(false) => table.empty_count += 1,
            Err(problem) => {
                table.bad_count += 1;
                if table.bad_rows.len() < MAX_REPORTED {
                    table.bad_rows.push(BadRow { line, problem });
                }
            }
        }
    }
    Ok(table)
}

fn unreadable(source: csv::Error) -> Error {
    let line = source.position().map_or(0, csv::Position::line);
    Error::Unreadable { line, source }
}

fn columns(header: &csv::ByteRecord, options: &Options) -> Result<Columns, Error> {
    let names: Vec<String> = header
        .iter()
        .map(|n| String::from_utf8_lossy(n).trim_start_matches('\u{feff}').trim().to_lowercase())
        .collect();
    let optional = |name: &str| -> Result<Option<usize>, Error> {
        let mut places = names.iter().enumerate().filter(|(_, n)| n.as_str() == name).map(|(i, _)| i);
        match (places.next(), places.next()) {
            (Some(_), Some(_)) => Err(Error::ColumnTwice { column: name.to_owned() }),
            (place, _) => Ok(place),
        }
    };
    let needed = |name: &str| {
        optional(name)?
            .ok_or_else(|| Error::ColumnMissing { column: name.to_owned(), found: names.join(", ") })
    };
    let mut bands = Vec::new();
    for facts in crate::band::BANDS.iter().filter(|f| f.band != Band::Scl) {
        if let Some(place) = optional(&facts.name.to_lowercase())? {
            bands.push((facts.band, place));
        }
    }
    Ok(Columns {
        id: needed("sample_id")?,
        date: needed("date")?,
        ndvi: needed("ndvi")?,
        lat: optional("lat")?,
        lon: optional("lon")?,
        label: optional("label")?,
        weight: optional("weight")?,
        declared: options.declared_column.as_deref().map(|n| needed(&n.trim().to_lowercase())).transpose()?,
        bands,
    })
}

/// Adds one row to the table; `Ok(false)` for a missing observation.
fn row(record: &csv::ByteRecord, line: u64, at: &Columns, table: &mut SeriesTable) -> Result<bool, String> {
    let id = text(record, at.id)?;
    if id.is_empty() || id.len() > MAX_ID_LEN || id.chars().any(char::is_control) {
        return Err(format!("sample_id must have 1 to {MAX_ID_LEN} bytes and no control characters"));
    }
    let date = date(text(record, at.date)?)?;
    let lat = number(record, at.lat, "lat")?.filter(|v| (-90.0..=90.0).contains(v));
    let lon = number(record, at.lon, "lon")?.filter(|v| (-180.0..=180.0).contains(v));
    let words = |place: Option<usize>| -> Result<Option<String>, String> {
        let value = place.map(|i| text(record, i)).transpose()?.unwrap_or("");
        Ok((!value.is_empty()).then(|| value.to_owned()))
    };
    let (label, declared) = (words(at.label)?, words(at.declared)?);
    let ndvi = number(record, Some(at.ndvi), "ndvi")?;
    let weight = number(record, at.weight, "weight")?.unwrap_or(1.0);
    if weight < 0.0 {
        return Err(format!("weight {weight} is negative"));
    }
    let mut bands = BTreeMap::new();
    for (band, place) in &at.bands {
        if let Some(value) = number(record, Some(*place), band.name())? {
            bands.insert(*band, value);
        }
    }
    let sample = table.samples.entry(id.to_owned()).or_default();
    sample.lat = sample.lat.or(lat);
    sample.lon = sample.lon.or(lon);
    if sample.label.is_none() {
        sample.label = label;
    }
    if sample.declared.is_none() {
        sample.declared = declared;
    }
    let Some(ndvi) = ndvi else { return Ok(false) };
    sample.rows.push(Row { line, date, ndvi, weight, bands });
    Ok(true)
}

fn text(record: &csv::ByteRecord, place: usize) -> Result<&str, String> {
    let field = record.get(place).unwrap_or_default();
    std::str::from_utf8(field).map_err(|_| format!("column {} is not UTF-8", place + 1))
}

/// A finite number; `None` for an empty field and for the usual words for missing.
fn number(record: &csv::ByteRecord, place: Option<usize>, name: &str) -> Result<Option<f64>, String> {
    let Some(place) = place else { return Ok(None) };
    let field = text(record, place)?;
    if field.is_empty() || ["na", "nan", "null", "none"].iter().any(|w| field.eq_ignore_ascii_case(w)) {
        return Ok(None);
    }
    let value: f64 = field.parse().map_err(|_| format!("{name} `{}` is not a number", shorten(field)))?;
    if value.is_finite() { Ok(Some(value)) } else { Err(format!("{name} is not finite")) }
}

/// `2022-03-05`, also with a time after it.
fn date(field: &str) -> Result<Date, String> {
    let day = field.get(..10).filter(|_| matches!(field.as_bytes().get(10), None | Some(b'T' | b' ')));
    day.and_then(|d| d.parse().ok())
        .ok_or_else(|| format!("date `{}` is not of the form YYYY-MM-DD", shorten(field)))
}

fn shorten(field: &str) -> String {
    field.chars().take(40).collect()
}
