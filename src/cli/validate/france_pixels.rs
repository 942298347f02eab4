//! The pixels of western France: reading the Parquet file and its label codes.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type, TimestampNanosecondType, UInt16Type};
use arrow_array::{Array, RecordBatch};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::crop::ensemble::View;

use super::super::table::Error;
use super::france::{FROM, TO};

/// Blue reflectance from which a composite is taken for cloud, as in the prototype.
const CLOUD_BLUE: f64 = 0.16;
/// Middle of a ten-day composite after its date, days.
const MIDDLE: i32 = 5;

/// One pixel with the crop of its parcel.
pub(super) struct Pixel {
    pub label: &'static str,
    pub lat: f64,
    pub lon: f64,
    pub views: Vec<View>,
}

/// All pixels with a known label, by id.
///
/// # Errors
/// A file that cannot be read as Parquet, or has no ids.
pub(super) fn read(path: &Path) -> Result<Vec<Pixel>, Error> {
    let failed =
        |problem: String| Error::Open { path: path.to_owned(), source: std::io::Error::other(problem) };
    let file = File::open(path).map_err(|source| Error::Open { path: path.to_owned(), source })?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)
        .and_then(|b| b.build())
        .map_err(|e| failed(e.to_string()))?;
    let mut pixels: BTreeMap<String, Pixel> = BTreeMap::new();
    for batch in reader {
        let batch = batch.map_err(|e| failed(e.to_string()))?;
        let ids =
            arrow_cast_text(&batch, "sample_id").ok_or_else(|| failed("no column sample_id".to_owned()))?;
        for (k, id) in ids.into_iter().enumerate() {
            let Some((label, lat, lon, view)) = pixel_row(&batch, k) else { continue };
            let pixel = pixels.entry(id).or_insert(Pixel { label, lat, lon, views: Vec::new() });
            pixel.views.push(view);
        }
    }
    Ok(pixels.into_values().collect())
}

fn arrow_cast_text(batch: &RecordBatch, name: &str) -> Option<Vec<String>> {
    let column = batch.column_by_name(name)?;
    if let Some(c) = column.as_string_opt::<i32>() {
        return Some((0..c.len()).map(|k| c.value(k).to_owned()).collect());
    }
    let c = column.as_string_opt::<i64>()?;
    Some((0..c.len()).map(|k| c.value(k).to_owned()).collect())
}

fn pixel_row(batch: &RecordBatch, k: usize) -> Option<(&'static str, f64, f64, View)> {
    let band = |name: &str| -> Option<f64> {
        let column = batch.column_by_name(name)?.as_primitive_opt::<UInt16Type>()?;
        let value = column.value(k);
        (!column.is_null(k) && value < u16::MAX).then(|| f64::from(value) / 1e4)
    };
    let degrees = |name: &str| Some(batch.column_by_name(name)?.as_primitive_opt::<Float64Type>()?.value(k));
    let code = batch.column_by_name("ewoc_code")?.as_primitive_opt::<Int64Type>()?.value(k);
    let nanos = batch.column_by_name("timestamp")?.as_primitive_opt::<TimestampNanosecondType>()?.value(k);
    let start =
        jiff::Timestamp::from_nanosecond(i128::from(nanos)).ok()?.to_zoned(jiff::tz::TimeZone::UTC).date();
    let (b02, b03, b04) = (band("S2-L2A-B02")?, band("S2-L2A-B03")?, band("S2-L2A-B04")?);
    let (b08, b11) = (band("S2-L2A-B08")?, band("S2-L2A-B11")?);
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
    let usable = b02 < CLOUD_BLUE && view.ndvi.is_finite() && (FROM..=TO).contains(&view.date);
    usable.then_some((label(code)?, degrees("lat")?, degrees("lon")?, view))
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
