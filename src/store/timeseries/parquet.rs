//! The time series as Parquet.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::builder::{
    BooleanBuilder, Date32Builder, Float64Builder, StringBuilder, TimestampMicrosecondBuilder,
};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};
use parquet::arrow::ArrowWriter;
use parquet::errors::ParquetError;

use crate::band::Band;
use crate::observation::Observation;
use crate::store::atomic::AtomicFile;
use crate::store::error::Error;
use crate::store::table::{days_since_epoch, finite, properties};

use super::{Columns, NARROW, WIDE, band_column};

/// Rows handed to the encoder at once.
const BATCH_ROWS: usize = 8_192;
/// Rows of a row group: a reader may skip groups, and the writer holds one encoded group in memory.
const GROUP_ROWS: usize = 131_072;

pub(super) struct ParquetFile {
    path: PathBuf,
    writer: ArrowWriter<AtomicFile>,
    schema: SchemaRef,
    /// `None` for a narrow file.
    bands: Option<Vec<Band>>,
    rows: Rows,
}

/// Rows not yet handed to the encoder, column by column.
#[derive(Default)]
struct Rows {
    count: usize,
    plot_id: StringBuilder,
    date: Date32Builder,
    narrow: [Float64Builder; NARROW.len()],
    item_id: StringBuilder,
    datetime: TimestampMicrosecondBuilder,
    wide: [Float64Builder; WIDE.len()],
    bands: Vec<Float64Builder>,
    used: BooleanBuilder,
    reject_reason: StringBuilder,
}

impl fmt::Debug for ParquetFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParquetFile").field("path", &self.path).finish_non_exhaustive()
    }
}

impl ParquetFile {
    pub(super) fn create(path: &Path, columns: &Columns) -> Result<ParquetFile, Error> {
        let bands = match columns {
            Columns::Narrow => None,
            Columns::Wide { bands } => Some(bands.clone()),
        };
        let schema = Arc::new(schema(bands.as_deref()));
        let file = AtomicFile::create(path)?;
        let writer = properties(GROUP_ROWS, None)
            .and_then(|properties| ArrowWriter::try_new(file, Arc::clone(&schema), Some(properties)))
            .map_err(Error::table("write", path))?;
        let rows = Rows {
            bands: bands.iter().flatten().map(|_| Float64Builder::new()).collect(),
            ..Rows::default()
        };
        Ok(ParquetFile { path: path.to_owned(), writer, schema, bands, rows })
    }

    pub(super) fn push(&mut self, plot_id: &str, observation: &Observation) -> Result<(), Error> {
        let rows = &mut self.rows;
        rows.plot_id.append_value(plot_id);
        rows.date.append_value(days_since_epoch(observation.date));
        for (builder, (_, value)) in rows.narrow.iter_mut().zip(NARROW) {
            builder.append_option(finite(value(observation)));
        }
        if let Some(bands) = &self.bands {
            rows.item_id.append_value(observation.scene.as_str());
            rows.datetime.append_value(observation.datetime.as_microsecond());
            for (builder, (_, value)) in rows.wide.iter_mut().zip(WIDE) {
                builder.append_option(finite(value(observation)));
            }
            for (builder, band) in rows.bands.iter_mut().zip(bands) {
                builder.append_option(finite(observation.bands.get(band).copied()));
            }
            rows.used.append_value(observation.rejected.is_none());
            rows.reject_reason.append_option(observation.rejected.map(|reject| reject.word()));
        }
        rows.count += 1;
        if rows.count >= BATCH_ROWS { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), Error> {
        let rows = &mut self.rows;
        if rows.count == 0 {
            return Ok(());
        }
        let mut columns: Vec<ArrayRef> = vec![Arc::new(rows.plot_id.finish()), Arc::new(rows.date.finish())];
        let floats = |b: &mut Float64Builder| -> ArrayRef { Arc::new(b.finish()) };
        columns.extend(rows.narrow.iter_mut().map(floats));
        if self.bands.is_some() {
            columns.push(Arc::new(rows.item_id.finish()));
            columns.push(Arc::new(rows.datetime.finish().with_timezone("UTC")));
            columns.extend(rows.wide.iter_mut().map(floats));
            columns.extend(rows.bands.iter_mut().map(floats));
            columns.push(Arc::new(rows.used.finish()));
            columns.push(Arc::new(rows.reject_reason.finish()));
        }
        rows.count = 0;
        RecordBatch::try_new(Arc::clone(&self.schema), columns)
            .map_err(ParquetError::from)
            .and_then(|batch| self.writer.write(&batch))
            .map_err(Error::table("write", &self.path))
    }

    pub(super) fn finish(mut self) -> Result<(), Error> {
        self.flush()?;
        self.writer.into_inner().map_err(Error::table("write", &self.path))?.commit()
    }
}

fn schema(bands: Option<&[Band]>) -> Schema {
    let floats = |numbers: &[super::Number]| -> Vec<Field> {
        numbers.iter().map(|(name, _)| Field::new(*name, DataType::Float64, true)).collect()
    };
    let mut fields =
        vec![Field::new("plot_id", DataType::Utf8, false), Field::new("date", DataType::Date32, false)];
    fields.extend(floats(&NARROW));
    if let Some(bands) = bands {
        fields.push(Field::new("item_id", DataType::Utf8, false));
        let utc = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
        fields.push(Field::new("datetime", utc, false));
        fields.extend(floats(&WIDE));
        fields.extend(bands.iter().map(|band| Field::new(band_column(*band), DataType::Float64, true)));
        fields.push(Field::new("used", DataType::Boolean, false));
        fields.push(Field::new("reject_reason", DataType::Utf8, true));
    }
    Schema::new(fields)
}
