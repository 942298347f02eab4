//! Observations read back from a wide Parquet time series, so that a re-run keeps the rows of plots
//! it does not appraise again.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Float64Type, TimestampMicrosecondType};
use arrow_array::{Array, RecordBatch};
use jiff::Timestamp;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::errors::ParquetError;

use crate::band::{BANDS, Band};
use crate::observation::{NdviStats, Observation, Reject, SkyFractions};
use crate::scene::SceneId;
use crate::store::error::Error;
use crate::store::table::date_of;

use super::band_column;

/// The observations of the plots that `keep` names, in file order.
///
/// # Errors
/// As [`each_observation`].
pub fn read_observations(
    path: &Path,
    keep: impl Fn(&str) -> bool,
) -> Result<BTreeMap<String, Vec<Observation>>, Error> {
    let mut found: BTreeMap<String, Vec<Observation>> = BTreeMap::new();
    each_row(path, keep, |id, observation| {
        found.entry(id.to_owned()).or_default().push(observation);
        Ok(())
    })?;
    Ok(found)
}

/// Hands over the observations of a wide Parquet time series one by one, in file order.
///
/// # Errors
/// [`Error::Io`] or [`Error::Table`] when the file cannot be read, [`Error::Foreign`] when it is not a
/// wide time series of croplens; those of `take`.
pub fn each_observation(
    path: &Path,
    take: impl FnMut(&str, Observation) -> Result<(), Error>,
) -> Result<(), Error> {
    each_row(path, |_| true, take)
}

fn each_row(
    path: &Path,
    keep: impl Fn(&str) -> bool,
    mut take: impl FnMut(&str, Observation) -> Result<(), Error>,
) -> Result<(), Error> {
    let file = File::open(path).map_err(Error::io("read", path))?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)
        .and_then(|builder| builder.build())
        .map_err(Error::table("read", path))?;
    for batch in reader {
        let batch = batch.map_err(ParquetError::from).map_err(Error::table("read", path))?;
        let ids = text(&batch, "plot_id").ok_or_else(|| Error::foreign(path, "no text column plot_id"))?;
        for row in 0..batch.num_rows() {
            let id = ids.value(row);
            if keep(id) {
                let observation = observation(&batch, row)
                    .map_err(|column| Error::foreign(path, format!("plot {id}: no usable {column}")))?;
                take(id, observation)?;
            }
        }
    }
    Ok(())
}

/// The further bands that a time series has columns of, in table order.
///
/// # Errors
/// [`Error::Io`] or [`Error::Table`] when the file cannot be read.
pub(in crate::store) fn bands_of(path: &Path) -> Result<Vec<Band>, Error> {
    let file = File::open(path).map_err(Error::io("read", path))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(Error::table("read", path))?;
    let has = |band: Band| builder.schema().field_with_name(&band_column(band)).is_ok();
    Ok(BANDS.iter().map(|facts| facts.band).filter(|band| has(*band)).collect())
}

/// One row as an observation, or the column that is missing or unreadable.
fn observation(batch: &RecordBatch, row: usize) -> Result<Observation, &'static str> {
    let need = |name: &'static str| number(batch, name, row).ok_or(name);
    let date = batch
        .column_by_name("date")
        .and_then(|c| c.as_primitive_opt::<Date32Type>())
        .and_then(|c| date_of(c.value(row)))
        .ok_or("date")?;
    let datetime = batch
        .column_by_name("datetime")
        .and_then(|c| c.as_primitive_opt::<TimestampMicrosecondType>())
        .and_then(|c| Timestamp::from_microsecond(c.value(row)).ok())
        .ok_or("datetime")?;
    let scene = text(batch, "item_id").and_then(|c| SceneId::new(c.value(row))).ok_or("item_id")?;
    let ndvi = match number(batch, "ndvi_mean", row) {
        None => None,
        Some(mean) => Some(NdviStats {
            mean,
            median: need("ndvi_median")?,
            std: need("ndvi_std")?,
            p10: need("ndvi_p10")?,
            p25: need("ndvi_p25")?,
            p75: need("ndvi_p75")?,
            p90: need("ndvi_p90")?,
        }),
    };
    let bands: BTreeMap<Band, f64> = BANDS
        .iter()
        .filter_map(|facts| Some((facts.band, number(batch, &band_column(facts.band), row)?)))
        .collect();
    let sky = SkyFractions {
        clear: need("clear_fraction")?,
        cloud: need("cloud_fraction")?,
        shadow: need("shadow_fraction")?,
        water: need("water_fraction")?,
        snow: need("snow_fraction")?,
        nodata: need("nodata_fraction")?,
    };
    let reasons = text(batch, "reject_reason").ok_or("reject_reason")?;
    let rejected = if reasons.is_null(row) {
        None
    } else {
        Some(Reject::parse(reasons.value(row)).ok_or("reject_reason")?)
    };
    Ok(Observation {
        scene,
        joined: Vec::new(),
        datetime,
        date,
        ndvi,
        bands,
        sky,
        valid_fraction: need("valid_fraction")?,
        pixel_count: need("pixel_count")?,
        rejected,
    })
}

fn text<'a>(batch: &'a RecordBatch, name: &str) -> Option<&'a arrow_array::StringArray> {
    batch.column_by_name(name)?.as_string_opt::<i32>()
}

fn number(batch: &RecordBatch, name: &str, row: usize) -> Option<f64> {
    let column = batch.column_by_name(name)?.as_primitive_opt::<Float64Type>()?;
    (!column.is_null(row)).then(|| column.value(row))
}
