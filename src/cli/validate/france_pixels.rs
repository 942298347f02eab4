//! The pixels of western France: reading the Parquet file and its label codes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::Path;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type, TimestampNanosecondType, UInt16Type};
use arrow_array::{Array, RecordBatch};
use jiff::civil::{Date, date};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::crop::ensemble::View;

use super::super::table::Error;
use super::sets::Tally;
use super::sites::sites;

/// Blue reflectance from which a composite is taken for cloud, as in the prototype.
const CLOUD_BLUE: f64 = 0.16;
/// Middle of a ten-day composite after its date, days.
const MIDDLE: i32 = 5;

/// First and last day of the season before and in the harvest year, as in the prototype: month, day.
const FROM: (i8, i8) = (9, 18);
pub(super) const TO: (i8, i8) = (11, 22);

/// One pixel with the crop of its parcel.
#[derive(Clone)]
pub(super) struct Pixel {
    pub label: &'static str,
    pub lat: f64,
    pub lon: f64,
    /// What the pixel's site is called.
    pub site: String,
    /// The year whose season holds most of its dates.
    pub harvest_year: i16,
    /// Its dates of that season.
    pub views: Vec<View>,
}

impl Pixel {
    /// First and last day of its season.
    pub(super) fn window(&self) -> (Date, Date) {
        season(self.harvest_year)
    }

    /// A day of its harvest year.
    pub(super) fn on(&self, (month, day): (i8, i8)) -> Date {
        date(self.harvest_year, month, day)
    }
}

/// First and last day of the season of a harvest year.
fn season(year: i16) -> (Date, Date) {
    (date(year - 1, FROM.0, FROM.1), date(year, TO.0, TO.1))
}

/// All pixels with a known label, by id, and which rows were used.
///
/// # Errors
/// A file that cannot be read as Parquet, lacks a column, or holds no row that can be used.
pub(super) fn read(path: &Path) -> Result<(Vec<Pixel>, Vec<String>), Error> {
    let failed = |problem: String| Error::Set { path: path.to_owned(), problem };
    let file = File::open(path).map_err(|source| Error::Open { path: path.to_owned(), source })?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)
        .and_then(|b| b.build())
        .map_err(|e| failed(e.to_string()))?;
    let mut tally = Tally::of(path);
    let mut pixels: BTreeMap<String, Pixel> = BTreeMap::new();
    for batch in reader {
        let batch = batch.map_err(|e| failed(e.to_string()))?;
        let absent: Vec<&str> = COLUMNS.into_iter().filter(|c| batch.column_by_name(c).is_none()).collect();
        if !absent.is_empty() {
            return Err(failed(format!("no column {}", absent.join(", "))));
        }
        let ids = arrow_cast_text(&batch, "sample_id")
            .ok_or_else(|| failed("the column sample_id is no text".to_owned()))?;
        for (k, id) in ids.into_iter().enumerate() {
            let Some((label, lat, lon, view)) = tally.take(pixel_row(&batch, k)) else { continue };
            let new = || Pixel { label, lat, lon, site: String::new(), harvest_year: 0, views: Vec::new() };
            pixels.entry(id).or_insert_with(new).views.push(view);
        }
    }
    let mut intake = vec![tally.told()?];
    let mut pixels: Vec<Pixel> = pixels.into_values().collect();
    let places: Vec<(f64, f64)> = pixels.iter().map(|p| (p.lat, p.lon)).collect();
    for (p, site) in pixels.iter_mut().zip(sites(&places)) {
        p.site = site;
        p.harvest_year = fullest_season(&p.views);
        let (from, to) = p.window();
        p.views.retain(|v| (from..=to).contains(&v.date));
    }
    intake.push(told(&pixels));
    Ok((pixels, intake))
}

/// The year whose season holds most of the dates, the first of them.
fn fullest_season(views: &[View]) -> i16 {
    let years: BTreeSet<i16> = views.iter().flat_map(|v| [v.date.year(), v.date.year() + 1]).collect();
    let held = |year: i16| {
        let (from, to) = season(year);
        views.iter().filter(|v| (from..=to).contains(&v.date)).count()
    };
    years.into_iter().rev().max_by_key(|y| held(*y)).unwrap_or_default()
}

/// How many pixels of which years and sites there are.
fn told(pixels: &[Pixel]) -> String {
    let years: BTreeSet<i16> = pixels.iter().map(|p| p.harvest_year).collect();
    let years: Vec<String> = years.into_iter().map(|y| y.to_string()).collect();
    let mut sites: BTreeMap<&str, usize> = BTreeMap::new();
    pixels.iter().for_each(|p| *sites.entry(&p.site).or_default() += 1);
    let sites: Vec<String> = sites.into_iter().map(|(site, n)| format!("{site}: {n}")).collect();
    format!("{} pixels, harvest year {}; {}", pixels.len(), years.join(", "), sites.join("; "))
}

/// Columns that must be there.
const COLUMNS: [&str; 10] = [
    "sample_id",
    "timestamp",
    "lat",
    "lon",
    "ewoc_code",
    "S2-L2A-B02",
    "S2-L2A-B03",
    "S2-L2A-B04",
    "S2-L2A-B08",
    "S2-L2A-B11",
];

fn arrow_cast_text(batch: &RecordBatch, name: &str) -> Option<Vec<String>> {
    let column = batch.column_by_name(name)?;
    if let Some(c) = column.as_string_opt::<i32>() {
        return Some((0..c.len()).map(|k| c.value(k).to_owned()).collect());
    }
    let c = column.as_string_opt::<i64>()?;
    Some((0..c.len()).map(|k| c.value(k).to_owned()).collect())
}

fn pixel_row(batch: &RecordBatch, k: usize) -> Result<(&'static str, f64, f64, View), &'static str> {
    let band = |name: &str| -> Option<f64> {
        let column = batch.column_by_name(name)?.as_primitive_opt::<UInt16Type>()?;
        let value = column.value(k);
        (!column.is_null(k) && value < u16::MAX).then(|| f64::from(value) / 1e4)
    };
    let degrees = |name: &str| Some(batch.column_by_name(name)?.as_primitive_opt::<Float64Type>()?.value(k));
    let code = || Some(batch.column_by_name("ewoc_code")?.as_primitive_opt::<Int64Type>()?.value(k));
    let nanos =
        || Some(batch.column_by_name("timestamp")?.as_primitive_opt::<TimestampNanosecondType>()?.value(k));
    let start = nanos()
        .and_then(|n| jiff::Timestamp::from_nanosecond(i128::from(n)).ok())
        .ok_or("without a date")?
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date();
    let label = code().and_then(label).ok_or("with a label outside the ten groups")?;
    let (lat, lon) = degrees("lat").zip(degrees("lon")).ok_or("without a place")?;
    let bands = || {
        let (b02, b03, b04) = (band("S2-L2A-B02")?, band("S2-L2A-B03")?, band("S2-L2A-B04")?);
        Some((b02, b03, b04, band("S2-L2A-B08")?, band("S2-L2A-B11")?))
    };
    let (b02, b03, b04, b08, b11) = bands().ok_or("without reflectances")?;
    let share = |a: f64, b: f64| (a - b) / (a + b);
    let view = View {
        date: crate::series::plus_days(start, MIDDLE),
        ndvi: share(b08, b04),
        lswi: Some(share(b08, b11)),
        ndyi: Some(share(b03, b02)),
        nir: Some(b08),
        red_edge: band("S2-L2A-B07").zip(band("S2-L2A-B06")).map(|(a, b)| share(a, b)),
        blue: Some(b02),
    };
    match (b02 < CLOUD_BLUE, view.ndvi.is_finite()) {
        (true, true) => Ok((label, lat, lon, view)),
        (false, _) => Err("taken for cloud (blue)"),
        _ => Err("without NDVI"),
    }
}

/// Label of a register code, in the groups of the set's own description.
fn label(code: i64) -> Option<&'static str> {
    Some(match code {
        1_101_060_000 | 1_101_060_001 => "maize",
        1_101_010_011 | 1_101_020_011 | 1_101_010_040 | 1_101_010_021 | 1_101_050_001 | 1_101_030_011
        | 1_101_040_011 => "wcereal",
        1_101_020_012 | 1_101_010_012 | 1_101_040_012 | 1_101_010_022 | 1_101_050_002 => "scereal",
        1_106_000_010 => "sunflower",
        1_106_000_031 | 1_106_000_032 => "rapeseed",
        1_106_000_020 => "soybean",
        1_105_010_032 | 1_105_010_022 | 1_105_000_030 => "pulses",
        1_107_000_010 => "potato",
        2_001_020_022 | 2_001_020_021 | 2_000_000_000 | 1_111_040_000 | 1_111_020_010 | 1_111_020_030
        | 1_115_000_000 | 2_501_000_000 => "grass",
        1_201_000_010 | 1_201_000_000 | 1_201_040_000 | 1_201_010_110 | 1_206_000_000 | 1_207_000_000 => {
            "perennial"
        }
        _ => return None,
    })
}
