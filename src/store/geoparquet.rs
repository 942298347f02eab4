//! `records.parquet`: the records as GeoParquet 1.1, one row each, columns as the schema's table says.
//!
//! Choices, so that DuckDB, GeoPandas, QGIS and a spreadsheet's Parquet import open it without help:
//! flat columns have real types (DATE, TIMESTAMP UTC, DOUBLE, BIGINT, BOOLEAN, text); what a lender
//! would expand (reasons, sources, candidates) is a list of structs, so `UNNEST(reasons_all)` works as
//! it stands and no JSON has to be parsed; only a reason's `params`, whose members differ from code to
//! code, are JSON text. Geometry is WKB with a `bbox` column for filters, and null where the input had
//! no usable outline.

mod columns;
mod metadata;
mod wkb;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::builder::{BinaryBuilder, Float64Builder};
use arrow_array::{ArrayRef, RecordBatch, StructArray};
use arrow_schema::{ArrowError, DataType, Field, Fields, Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use serde_json::Value;

use crate::record::{EligibilityRecord, Outline};
use crate::store::atomic::AtomicFile;
use crate::store::error::Error;
use crate::store::table::properties;

/// Records turned into columns at once: each is some tens of kilobytes while it is turned.
const BATCH_ROWS: usize = 256;
/// Rows of a row group, the unit a reader can skip by `bbox`.
const GROUP_ROWS: usize = 16_384;
/// Name of the geometry column, and of the schema's column it stands for.
const GEOMETRY: &str = "geometry";
/// Edges of the covering box, in GeoParquet's order.
const BBOX: [&str; 4] = ["xmin", "ymin", "xmax", "ymax"];

/// `records.parquet` in the making, row by row.
pub(super) struct GeoparquetFile {
    path: PathBuf,
    schema: SchemaRef,
    writer: ArrowWriter<AtomicFile>,
    rows: Vec<EligibilityRecord>,
    extent: metadata::Extent,
}

impl std::fmt::Debug for GeoparquetFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GeoparquetFile").field("path", &self.path).finish_non_exhaustive()
    }
}

impl GeoparquetFile {
    pub(super) fn create(path: &Path) -> Result<GeoparquetFile, Error> {
        let schema = Arc::new(schema());
        let file = AtomicFile::create(path)?;
        let writer = properties(GROUP_ROWS, None)
            .and_then(|properties| ArrowWriter::try_new(file, Arc::clone(&schema), Some(properties)))
            .map_err(Error::table("write", path))?;
        let extent = metadata::Extent::default();
        Ok(GeoparquetFile { path: path.to_owned(), schema, writer, rows: Vec::new(), extent })
    }

    pub(super) fn push(&mut self, record: EligibilityRecord) -> Result<(), Error> {
        if let Some(outline) = &record.geometry {
            self.extent.add(outline);
        }
        self.rows.push(record);
        if self.rows.len() >= BATCH_ROWS { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), Error> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let rows = std::mem::take(&mut self.rows);
        let values = rows
            .iter()
            .map(serde_json::to_value)
            .collect::<Result<Vec<Value>, _>>()
            .map_err(|source| Error::Json { path: self.path.clone(), source })?;
        batch(&self.schema, &rows, &values)
            .map_err(ParquetError::from)
            .and_then(|batch| self.writer.write(&batch))
            .map_err(Error::table("write", &self.path))
    }

    pub(super) fn finish(mut self) -> Result<(), Error> {
        self.flush()?;
        self.writer.append_key_value_metadata(KeyValue::new("geo".to_owned(), self.extent.note()));
        self.writer.into_inner().map_err(Error::table("write", &self.path))?.commit()
    }
}

/// Writes the records as GeoParquet 1.1 (WKB, OGC:CRS84, `bbox` covering, zstd), in input order.
///
/// # Errors
/// [`Error::Io`], [`Error::Json`] or [`Error::Table`]; the earlier file, or none, is at the path then.
pub fn write_geoparquet(path: &Path, records: &[EligibilityRecord]) -> Result<(), Error> {
    let mut file = GeoparquetFile::create(path)?;
    for record in records {
        file.push(record.clone())?;
    }
    file.finish()
}

/// Columns: the schema's, geometry as WKB in its place, then `bbox`.
fn schema() -> Schema {
    let mut fields: Vec<Field> = EligibilityRecord::FIELDS
        .iter()
        .map(|field| match field.name {
            GEOMETRY => Field::new(GEOMETRY, DataType::Binary, true),
            _ => columns::field(field),
        })
        .collect();
    fields.push(Field::new("bbox", DataType::Struct(bbox_fields()), true));
    Schema::new(fields)
}

fn batch(
    schema: &SchemaRef,
    records: &[EligibilityRecord],
    values: &[Value],
) -> Result<RecordBatch, ArrowError> {
    let outlines: Vec<Option<&Outline>> = records.iter().map(|record| record.geometry.as_ref()).collect();
    let mut arrays: Vec<ArrayRef> = Vec::with_capacity(schema.fields().len());
    for field in EligibilityRecord::FIELDS {
        arrays.push(match field.name {
            GEOMETRY => geometries(&outlines),
            _ => columns::array(field, values.iter().map(|value| value.get(field.name)))?,
        });
    }
    arrays.push(boxes(&outlines)?);
    RecordBatch::try_new(Arc::clone(schema), arrays)
}

fn geometries(outlines: &[Option<&Outline>]) -> ArrayRef {
    let mut builder = BinaryBuilder::new();
    for outline in outlines {
        builder.append_option(outline.map(|outline| wkb::encode(&outline.0)));
    }
    Arc::new(builder.finish())
}

fn bbox_fields() -> Fields {
    BBOX.iter().map(|name| Field::new(*name, DataType::Float64, true)).collect()
}

fn boxes(outlines: &[Option<&Outline>]) -> Result<ArrayRef, ArrowError> {
    let boxes: Vec<Option<[f64; 4]>> =
        outlines.iter().map(|outline| outline.and_then(metadata::bounds)).collect();
    let edges = (0..BBOX.len())
        .map(|edge| -> ArrayRef {
            let mut builder = Float64Builder::new();
            for bounds in &boxes {
                builder.append_option(bounds.and_then(|b| b.get(edge).copied()));
            }
            Arc::new(builder.finish())
        })
        .collect();
    let present = boxes.iter().map(Option::is_some).collect::<Vec<bool>>();
    Ok(Arc::new(StructArray::try_new(bbox_fields(), edges, Some(present.into()))?))
}
