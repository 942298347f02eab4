//! Tables of daily temperatures: CSV, plain or gzipped.
//!
//! The header decides: `date` and either `tmean` or `tmin,tmax` (degrees Celsius); when present, `normal` (the long-term
//! mean of that day), and `id` (the plot or sample) or `lat,lon` (the station or grid cell). Case and order of columns
//! do not matter, further columns are ignored. Without `id` and `lat,lon` all rows are of one place that serves for
//! every plot. A row that cannot be used is reported with its line and the others go on.

use std::collections::BTreeMap;
use std::io::{BufReader, Read};

use jiff::civil::Date;

use super::series_table::{BadRow, MAX_BYTES, MAX_REPORTED};

/// Farthest place whose temperatures serve for a plot, degrees of latitude; a degree of longitude counts by its cosine.
pub const REACH_DEG: f64 = 0.5;

/// Temperatures that can be, °C.
const POSSIBLE_C: std::ops::RangeInclusive<f64> = -80.0..=65.0;

/// A table that cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The bytes cannot be read or decompressed, or are not CSV.
    #[error("the temperature table cannot be read as CSV: {0}")]
    Unreadable(#[from] csv::Error),
    /// The first bytes cannot be read.
    #[error("the temperature table cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// A needed column is absent.
    #[error(
        "the temperature table needs a column `date` and either `tmean` or `tmin` and `tmax`; its columns are: {0}"
    )]
    Columns(String),
}

/// Days of one place.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlaceDays {
    /// Latitude and longitude, degrees, where the table gives them.
    pub place: Option<(f64, f64)>,
    /// Daily mean temperature, °C.
    pub mean: BTreeMap<Date, f64>,
    /// Long-term mean of that day, °C.
    pub normal: BTreeMap<Date, f64>,
}

/// A whole table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TemperatureTable {
    /// Days by id; by `lat,lon` as written where there is no id; under the empty name where there is neither.
    pub places: BTreeMap<String, PlaceDays>,
    /// Whether the names of `places` are ids of plots.
    pub by_id: bool,
    /// The first bad rows.
    pub bad_rows: Vec<BadRow>,
    /// All bad rows.
    pub bad_count: u64,
}

impl TemperatureTable {
    /// The days that serve for a plot: in a table with ids those under its own, in one with places those of the nearest
    /// within [`REACH_DEG`], in one that names neither all of them.
    pub fn of(&self, id: &str, place: Option<(f64, f64)>) -> Option<&PlaceDays> {
        if self.by_id {
            return self.places.get(id);
        }
        let (lat, lon) = match (self.places.get(""), place) {
            (Some(all), _) => return Some(all),
            (None, Some(place)) => place,
            (None, None) => return None,
        };
        let away = |p: &PlaceDays| {
            p.place.map_or(f64::INFINITY, |(a, o)| (a - lat).hypot((o - lon) * lat.to_radians().cos()))
        };
        self.places.values().min_by(|a, b| away(a).total_cmp(&away(b))).filter(|p| away(p) <= REACH_DEG)
    }
}

/// What a row tells: name and place, day, its mean and the usual mean, °C.
type Told = (String, Option<(f64, f64)>, Date, Option<f64>, Option<f64>);

/// Reads a table; gzip is recognised by its first two bytes. Two rows of one place and day: the later one counts.
///
/// # Errors
/// Only when nothing can be done with the table: unreadable bytes, a broken gzip stream, a missing column.
pub fn read(reader: impl Read) -> Result<TemperatureTable, Error> {
    let mut reader = BufReader::new(reader);
    let zipped = std::io::BufRead::fill_buf(&mut reader)?.starts_with(&[0x1f, 0x8b]);
    let plain: Box<dyn Read + '_> =
        if zipped { Box::new(flate2::read::MultiGzDecoder::new(reader)) } else { Box::new(reader) };
    let mut csv =
        csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(plain.take(MAX_BYTES));
    let header: Vec<String> =
        csv.headers()?.iter().map(|h| h.trim_start_matches('\u{feff}').to_lowercase()).collect();
    let column = |name: &str| header.iter().position(|h| h == name);
    let (id, lat, lon) = (column("id").or_else(|| column("sample_id")), column("lat"), column("lon"));
    let (tmean, tmin, tmax, normal) = (column("tmean"), column("tmin"), column("tmax"), column("normal"));
    let Some(on) = column("date").filter(|_| tmean.is_some() || tmin.is_some() && tmax.is_some()) else {
        return Err(Error::Columns(header.join(", ")));
    };
    let mut table = TemperatureTable { by_id: id.is_some(), ..TemperatureTable::default() };
    let mut record = csv::StringRecord::new();
    while csv.read_record(&mut record)? {
        let line = record.position().map_or(0, csv::Position::line);
        let text = |c: Option<usize>| c.and_then(|c| record.get(c)).filter(|t| !t.is_empty());
        let degrees = |c: Option<usize>| -> Result<Option<f64>, String> {
            let Some(text) = text(c) else { return Ok(None) };
            match text.parse::<f64>() {
                Ok(t) if POSSIBLE_C.contains(&t) => Ok(Some(t)),
                _ => Err(format!("`{text}` is no temperature in degrees Celsius")),
            }
        };
        let row = || -> Result<Told, String> {
            let day = text(Some(on)).unwrap_or_default();
            let date: Date = day.parse().map_err(|_| format!("`{day}` is not a date YYYY-MM-DD"))?;
            let mean = match (degrees(tmean)?, degrees(tmin)?, degrees(tmax)?) {
                (Some(mean), ..) => Some(mean),
                (None, Some(low), Some(high)) if low > high => {
                    return Err(format!("tmin {low} is above tmax {high}"));
                }
                (None, Some(low), Some(high)) => Some(0.5 * (low + high)),
                _ => None,
            };
            let number = |c| text(c).and_then(|t: &str| t.parse::<f64>().ok()).filter(|v| v.is_finite());
            let place = number(lat).zip(number(lon));
            let name = match (id, place) {
                (Some(_), _) => text(id).ok_or("the row has no id")?.to_owned(),
                (None, Some((lat, lon))) => format!("{lat},{lon}"),
                (None, None) if lat.is_some() && lon.is_some() => {
                    return Err("the row has no place".to_owned());
                }
                (None, None) => String::new(),
            };
            Ok((name, place, date, mean, degrees(normal)?))
        };
        match row() {
            Ok((name, place, date, mean, normal)) => {
                let days = table.places.entry(name).or_default();
                days.place = days.place.or(place);
                days.mean.extend(mean.map(|t| (date, t)));
                days.normal.extend(normal.map(|t| (date, t)));
            }
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
