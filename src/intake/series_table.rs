//! Tables of NDVI series that somebody else extracted: CSV, plain or gzipped.
//!
//! The header decides: `sample_id,date,ndvi` and, when present, `lat,lon,label,weight` and reflectances
//! `b02` to `b12`; case and order of columns do not matter, further columns are ignored. The tables that `observe` and
//! `appraise` write are read, too: `plot_id`, `ndvi_mean`, `valid_fraction` as weight, dates that are not `used` left out. Rows may repeat dates and
//! come in any order. A row that cannot be used is reported with its line and the others go on.

mod fields;
mod header;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufReader, Read};

use jiff::civil::Date;

use crate::band::Band;

use self::fields::{agree, date, number, text, yes};
use self::header::{Columns, columns};

/// Longest sample id, bytes.
pub const MAX_ID_LEN: usize = 200;

/// Most bad rows kept with their reason; further ones are only counted.
pub const MAX_REPORTED: usize = 1000;

/// Most bytes read from a table after decompression: 8 GiB. A small gzip file can claim any size.
pub const MAX_BYTES: u64 = 8 << 30;

/// Values a reflectance may have: bright cloud lies above 1, an offset too many below 0.
const REFLECTANCES: std::ops::RangeInclusive<f64> = -1.0..=3.0;

/// Places of one sample this near to each other are one, degrees: pixels of a field.
const SAME_PLACE_DEG: f64 = 0.01;

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
    /// Latitude, degrees, of all rows that have one in range; none where they name different places.
    pub lat: Option<f64>,
    /// Longitude, degrees.
    pub lon: Option<f64>,
    /// Label of all rows that have one; none where they differ.
    pub label: Option<String>,
    /// Value of the column asked for with [`Options::declared_column`]; none where rows differ.
    pub declared: Option<String>,
    /// Rows by date, then by their values: the order of the file changes nothing.
    pub rows: Vec<Row>,
    /// Columns in which the rows contradict each other.
    pub disputed: BTreeSet<&'static str>,
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
    /// Rows without a value, or of a date that is said not to be used: missing observations, not errors.
    pub empty_count: u64,
    /// What was left out of rows that were used all the same, in sentences, the first [`MAX_REPORTED`].
    pub notes: Vec<String>,
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

fn parse(reader: impl Read, options: &Options) -> Result<SeriesTable, Error> {
    // The reader's own trimming makes a new record of every row.
    let mut csv = csv::ReaderBuilder::new().flexible(true).has_headers(true).from_reader(reader);
    let header = csv.byte_headers().map_err(unreadable)?.clone();
    let columns = columns(&header, options)?;
    let mut table = SeriesTable::default();
    let mut record = csv::ByteRecord::new();
    while csv.read_byte_record(&mut record).map_err(unreadable)? {
        let line = record.position().map_or(0, csv::Position::line);
        if record.iter().all(|field| field.trim_ascii().is_empty()) {
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
    for (id, sample) in &mut table.samples {
        sample.rows.sort_by(by_content);
        for column in &sample.disputed {
            note(&mut table.notes, || format!("sample {id}: its rows differ in `{column}`, so none is used"));
        }
    }
    Ok(table)
}

fn note(notes: &mut Vec<String>, text: impl FnOnce() -> String) {
    if notes.len() < MAX_REPORTED {
        notes.push(text());
    }
}

/// By date, then by everything else that a row says, but for its line.
fn by_content(a: &Row, b: &Row) -> std::cmp::Ordering {
    let bands = |row: &Row| row.bands.iter().map(|(band, v)| (*band, v.to_bits())).collect::<Vec<_>>();
    (a.date.cmp(&b.date))
        .then_with(|| a.ndvi.total_cmp(&b.ndvi))
        .then_with(|| a.weight.total_cmp(&b.weight))
        .then_with(|| bands(a).cmp(&bands(b)))
}

fn unreadable(source: csv::Error) -> Error {
    let line = source.position().map_or(0, csv::Position::line);
    Error::Unreadable { line, source }
}

/// Adds one row to the table; `Ok(false)` for a missing observation.
fn row(record: &csv::ByteRecord, line: u64, at: &Columns, table: &mut SeriesTable) -> Result<bool, String> {
    let id = text(record, at.id)?;
    if id.is_empty() || id.len() > MAX_ID_LEN || id.chars().any(char::is_control) {
        return Err(format!("sample_id must have 1 to {MAX_ID_LEN} bytes and no control characters"));
    }
    let date = date(text(record, at.date)?)?;
    let mut on_earth = |place, name, most: f64| -> Result<Option<f64>, String> {
        let value = number(record, place, name)?;
        if let Some(v) = value.filter(|v| v.abs() > most) {
            note(&mut table.notes, || {
                format!("line {line}: {name} {v} lies outside ±{most} and is not used")
            });
        }
        Ok(value.filter(|v| v.abs() <= most))
    };
    let (lat, lon) = (on_earth(at.lat, "lat", 90.0)?, on_earth(at.lon, "lon", 180.0)?);
    let words = |place: Option<usize>| -> Result<Option<String>, String> {
        let value = place.map(|i| text(record, i)).transpose()?.unwrap_or("");
        Ok((!value.is_empty()).then(|| value.to_owned()))
    };
    let (label, declared) = (words(at.label)?, words(at.declared)?);
    if !at.used.map_or(Ok(true), |place| yes(record, place, "used"))? {
        // A plot of which no date is used is a sample all the same.
        table.samples.entry(id.to_owned()).or_default();
        return Ok(false);
    }
    let ndvi = number(record, Some(at.ndvi), "ndvi")?;
    let weight = number(record, at.weight, "weight")?.unwrap_or(1.0);
    if weight < 0.0 {
        return Err(format!("weight {weight} is negative"));
    }
    let mut bands = BTreeMap::new();
    for (band, place) in &at.bands {
        if let Some(value) = number(record, Some(*place), band.name())? {
            if !REFLECTANCES.contains(&value) {
                return Err(format!(
                    "{} {value} is no reflectance between 0 and 1: is it a digital number?",
                    band.name()
                ));
            }
            bands.insert(*band, value);
        }
    }
    let sample = table.samples.entry(id.to_owned()).or_default();
    let SampleRows { disputed, .. } = sample;
    let near = |a: &f64, b: &f64| (a - b).abs() <= SAME_PLACE_DEG;
    agree(&mut sample.lat, lat, "lat", near, disputed);
    agree(&mut sample.lon, lon, "lon", near, disputed);
    agree(&mut sample.label, label, "label", PartialEq::eq, disputed);
    agree(&mut sample.declared, declared, "declared crop", PartialEq::eq, disputed);
    let Some(ndvi) = ndvi else { return Ok(false) };
    sample.rows.push(Row { line, date, ndvi, weight, bands });
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn parse_text(text: &str) -> Result<SeriesTable, Error> {
        read(text.as_bytes(), &Options { declared_column: Some("Crop".into()) })
    }
    #[test]
    fn the_header_decides_and_case_does_not_matter() {
        let text = "\u{feff}NDVI,Date, Sample_ID ,B08,crop,extra,Lat,LON,weight\n\
                    0.5,2022-03-05,b,0.3,Maize,x,1.5,36,0.5\n\
                    0.4,2022-03-01T10:00:00Z,b,,,,99,36,\n\
                    ,2022-03-02,b,,,,,,\n\
                    NaN,2022-03-03,a,,,,,,\n\
                    0.6,2022-03-05,a,,,,,,\n";
        let table = parse_text(text).unwrap();
        assert_eq!(table.samples.keys().collect::<Vec<_>>(), ["a", "b"]);
        let b = &table.samples["b"];
        assert_eq!((b.lat, b.lon, b.declared.as_deref()), (Some(1.5), Some(36.0), Some("Maize")));
        assert_eq!(b.rows.len(), 2);
        assert_eq!((b.rows[0].weight, b.rows[1].weight), (1.0, 0.5), "by date");
        assert_eq!(b.rows[1].bands, [(Band::B08, 0.3)].into());
        assert_eq!((table.empty_count, table.bad_count), (2, 0));
        assert_eq!(table.notes, ["line 3: lat 99 lies outside ±90 and is not used"]);
    }

    #[test]
    fn the_order_of_rows_changes_nothing_and_what_contradicts_itself_is_not_used() {
        let rows = [
            "a,2022-03-05,0.5,0.31,36,1.5,maize",
            "a,2022-03-05,0.5,0.30,36,1.5,wheat",
            "a,2022-03-01,0.4,0.2,36.000001,1.5,",
            "b,2022-03-01,0.4,0.2,36,1.5,maize",
            "b,2022-03-02,0.4,0.2,36,-12,maize",
            "b,2022-03-03,0.4,2300,36,1.5,maize",
        ];
        let table = |order: &[usize]| {
            let lines: Vec<&str> = order.iter().filter_map(|k| rows.get(*k).copied()).collect();
            let text = format!("sample_id,date,ndvi,b04,lon,lat,crop\n{}\n", lines.join("\n"));
            let mut table = parse_text(&text).unwrap();
            table.samples.values_mut().flat_map(|s| &mut s.rows).for_each(|r| r.line = 0);
            table
        };
        let given = table(&[0, 1, 2, 3, 4, 5]);
        for order in [[5, 4, 3, 2, 1, 0], [1, 0, 2, 4, 3, 5], [2, 5, 1, 3, 0, 4]] {
            assert_eq!(table(&order).samples, given.samples, "{order:?}");
        }
        let (a, b) = (&given.samples["a"], &given.samples["b"]);
        assert_eq!((a.declared.as_deref(), a.lat, a.lon), (None, Some(1.5), Some(36.0)));
        assert_eq!((b.declared.as_deref(), b.lat, b.lon), (Some("maize"), None, Some(36.0)));
        assert_eq!(given.notes.len(), 2, "{:?}", given.notes);
        assert!(given.bad_rows[0].problem.contains("B04 2300 is no reflectance"), "{:?}", given.bad_rows);
    }

    #[test]
    fn bad_rows_are_reported_by_line_and_the_others_go_on() {
        let text = "sample_id,date,ndvi,weight,crop\n\
                    a,2022-03-05,0.5,1,\n\
                    a,05.03.2022,0.5,1,\n\
                    a,2022-03-05,high,1,\n\
                    ,2022-03-05,0.5,1,\n\
                    a,2022-02-30,0.5,1,\n\
                    a,2022-03-05,inf,1,\n\
                    a,2022-03-05,0.5,-1,\n\
                    a\n\
                    a,2202-03-06,0.6,1,\n\
                    a,2022-03-06,0.6,1,,,,too,many\n\
                    \n";
        let table = parse_text(text).unwrap();
        assert_eq!(table.samples["a"].rows.iter().map(|r| r.line).collect::<Vec<_>>(), [2, 11]);
        let lines: Vec<u64> = table.bad_rows.iter().map(|b| b.line).collect();
        assert_eq!((lines.as_slice(), table.bad_count), ([3, 4, 5, 6, 7, 8, 9, 10].as_slice(), 8));
        assert!(table.bad_rows[0].problem.contains("05.03.2022"), "{:?}", table.bad_rows[0]);
    }

    #[test]
    fn a_table_without_its_columns_is_refused_by_name() {
        let error = parse_text("id,date,ndvi,crop\n").unwrap_err().to_string();
        assert!(error.contains("sample_id") && error.contains("id, date, ndvi"), "{error}");
        assert!(parse_text("sample_id,date,ndvi\n").unwrap_err().to_string().contains("crop"));
        let twice = parse_text("sample_id,date,ndvi,NDVI,crop\n").unwrap_err();
        assert!(matches!(twice, Error::ColumnTwice { .. }), "{twice}");
        assert!(parse_text("").is_err());
    }

    #[test]
    fn gzip_is_seen_by_its_bytes_and_a_broken_stream_is_an_error() {
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        writeln!(gz, "sample_id,date,ndvi").unwrap();
        (0..5000).for_each(|k| writeln!(gz, "s{},2022-03-05,0.{k}", k % 7).unwrap());
        let bytes = gz.finish().unwrap();
        let table = read(bytes.as_slice(), &Options::default()).unwrap();
        assert_eq!(table.samples.values().map(|s| s.rows.len()).sum::<usize>(), 5000);
        let cut = read(&bytes[..bytes.len() / 2], &Options::default());
        assert!(matches!(cut, Err(Error::Unreadable { .. })), "{cut:?}");
    }
}
