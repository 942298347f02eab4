//! Rows as Parquet bytes and back.

use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::{
    BinaryBuilder, Date32Builder, FixedSizeBinaryBuilder, Float64Builder, StringBuilder, UInt32Builder,
};
use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Float64Type, UInt32Type};
use arrow_array::{
    Array, ArrayRef, BinaryArray, FixedSizeBinaryArray, Float64Array, RecordBatch, StringArray,
};
use arrow_schema::{DataType, Field, Schema};
use bytes::Bytes;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;

use crate::band::Band;
use crate::observation::Reject;
use crate::record::sha256_hex;
use crate::store::error::Error;
use crate::store::table::{date_of, days_since_epoch};

use super::columns::{ALWAYS, NDVI, of_ndvi, of_sky, to_ndvi, to_sky};
use super::{KeptRow, PartHash, Sheet};

/// Notes of the file: its [`Sheet`] and the hash of that text.
pub(super) const SHEET: &str = "croplens.sheet";
pub(super) const SHEET_HASH: &str = "croplens.sheet_sha256";

/// Rows encoded or decoded at once.
const BATCH_ROWS: usize = 8_192;

fn schema(bands: &[Band]) -> Schema {
    let number = |name: &str, nullable| Field::new(name, DataType::Float64, nullable);
    let mut fields = vec![
        Field::new("part", DataType::FixedSizeBinary(32), false),
        Field::new("date", DataType::Date32, false),
    ];
    fields.extend(NDVI.iter().map(|name| number(name, true)));
    fields.extend(ALWAYS.iter().map(|name| number(name, false)));
    fields.extend(bands.iter().map(|band| number(band.name(), true)));
    fields.push(Field::new("reject_reason", DataType::Utf8, true));
    fields.push(Field::new("guard", DataType::Binary, true));
    fields.push(Field::new("step", DataType::UInt32, true));
    fields.push(Field::new("pixels", DataType::Binary, true));
    fields.push(Field::new("piece", DataType::Binary, true));
    Schema::new(fields)
}

/// A file of these rows. `folder` is named where something goes wrong.
pub(super) fn encode(
    folder: &Path,
    sheet: &Sheet,
    bands: &[Band],
    rows: &[KeptRow],
) -> Result<Vec<u8>, Error> {
    let text =
        serde_json::to_string(sheet).map_err(|source| Error::Json { path: folder.to_owned(), source })?;
    let hash = sha256_hex(text.as_bytes());
    let notes = vec![KeyValue::new(SHEET.to_owned(), text), KeyValue::new(SHEET_HASH.to_owned(), hash)];
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_key_value_metadata(Some(notes))
        // Hashes and measured numbers repeat too seldom for a dictionary.
        .set_dictionary_enabled(false)
        .build();
    let schema = Arc::new(schema(bands));
    let write = || -> Result<Vec<u8>, ParquetError> {
        let mut writer = ArrowWriter::try_new(Vec::new(), Arc::clone(&schema), Some(properties))?;
        for chunk in rows.chunks(BATCH_ROWS) {
            writer.write(&RecordBatch::try_new(Arc::clone(&schema), arrays(bands, chunk)?)?)?;
        }
        writer.into_inner()
    };
    write().map_err(Error::table("write", folder))
}

fn arrays(bands: &[Band], rows: &[KeptRow]) -> Result<Vec<ArrayRef>, ParquetError> {
    let mut part = FixedSizeBinaryBuilder::with_capacity(rows.len(), 32);
    let mut date = Date32Builder::new();
    let mut ndvi: [Float64Builder; NDVI.len()] = Default::default();
    let mut always: [Float64Builder; ALWAYS.len()] = Default::default();
    let mut means: Vec<Float64Builder> = bands.iter().map(|_| Float64Builder::new()).collect();
    let (mut reject, mut step) = (StringBuilder::new(), UInt32Builder::new());
    let (mut guard, mut pixels, mut piece) =
        (BinaryBuilder::new(), BinaryBuilder::new(), BinaryBuilder::new());
    for row in rows {
        part.append_value(row.part)?;
        date.append_value(days_since_epoch(row.date));
        let numbers = row.ndvi.as_ref().map(of_ndvi);
        for (k, builder) in ndvi.iter_mut().enumerate() {
            builder.append_option(numbers.and_then(|n| n.get(k).copied()));
        }
        let numbers = of_sky(&row.sky).into_iter().chain([row.valid_fraction, row.pixel_count]);
        for (builder, number) in always.iter_mut().zip(numbers) {
            builder.append_value(number);
        }
        for (k, builder) in means.iter_mut().enumerate() {
            builder.append_option(row.bands.get(k).copied().flatten());
        }
        reject.append_option(row.rejected.map(Reject::word));
        guard.append_option(row.guard.as_deref());
        step.append_option(row.pixels.as_ref().map(|p| p.0));
        let bytes = row.pixels.as_ref().map(|p| p.1.iter().map(|v| v.cast_unsigned()).collect::<Vec<u8>>());
        pixels.append_option(bytes);
        piece.append_option(row.piece.as_deref());
    }
    let floats = |b: &mut Float64Builder| -> ArrayRef { Arc::new(b.finish()) };
    let mut columns: Vec<ArrayRef> = vec![Arc::new(part.finish()), Arc::new(date.finish())];
    columns.extend(ndvi.iter_mut().map(floats));
    columns.extend(always.iter_mut().map(floats));
    columns.extend(means.iter_mut().map(floats));
    columns.push(Arc::new(reject.finish()));
    columns.push(Arc::new(guard.finish()));
    columns.push(Arc::new(step.finish()));
    columns.push(Arc::new(pixels.finish()));
    columns.push(Arc::new(piece.finish()));
    Ok(columns)
}

/// The rows of a file that are asked for; `None` if it does not hold what it should.
pub(super) fn decode(
    file: Bytes,
    bands: &[Band],
    wanted: impl Fn(&PartHash) -> bool,
) -> Option<Vec<KeptRow>> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).ok()?.with_batch_size(BATCH_ROWS);
    let mut rows = Vec::new();
    for batch in reader.build().ok()? {
        let columns = Columns::of(batch.ok()?, bands)?;
        for at in 0..columns.part.len() {
            let part: PartHash = columns.part.value(at).try_into().ok()?;
            if wanted(&part) {
                rows.push(columns.row(at, part)?);
            }
        }
    }
    Some(rows)
}

struct Columns {
    part: FixedSizeBinaryArray,
    date: arrow_array::Date32Array,
    ndvi: [Float64Array; NDVI.len()],
    always: [Float64Array; ALWAYS.len()],
    bands: Vec<Float64Array>,
    reject: StringArray,
    guard: BinaryArray,
    step: arrow_array::UInt32Array,
    pixels: BinaryArray,
    piece: BinaryArray,
}

impl Columns {
    fn of(batch: RecordBatch, bands: &[Band]) -> Option<Columns> {
        let column = |name: &str| batch.column_by_name(name);
        let number = |name: &str| column(name).and_then(|c| c.as_primitive_opt::<Float64Type>()).cloned();
        let bytes = |name: &str| column(name).and_then(|c| c.as_binary_opt::<i32>()).cloned();
        Some(Columns {
            part: column("part")?.as_fixed_size_binary_opt()?.clone(),
            date: column("date")?.as_primitive_opt::<Date32Type>()?.clone(),
            ndvi: NDVI.iter().map(|n| number(n)).collect::<Option<Vec<_>>>()?.try_into().ok()?,
            always: ALWAYS.iter().map(|n| number(n)).collect::<Option<Vec<_>>>()?.try_into().ok()?,
            bands: bands.iter().map(|band| number(band.name())).collect::<Option<_>>()?,
            reject: column("reject_reason")?.as_string_opt::<i32>()?.clone(),
            guard: bytes("guard")?,
            step: column("step")?.as_primitive_opt::<UInt32Type>()?.clone(),
            pixels: bytes("pixels")?,
            piece: bytes("piece")?,
        })
    }

    fn row(&self, at: usize, part: PartHash) -> Option<KeptRow> {
        let option = |c: &Float64Array| c.is_valid(at).then(|| c.value(at));
        let bytes = |c: &BinaryArray| c.is_valid(at).then(|| c.value(at).to_vec());
        let ndvi = self.ndvi.each_ref().map(option);
        let ndvi = ndvi.iter().all(Option::is_some).then(|| ndvi.map(Option::unwrap_or_default));
        let [clear, cloud, shadow, water, snow, nodata, valid_fraction, pixel_count] =
            self.always.each_ref().map(|c| c.value(at));
        let rejected = match self.reject.is_valid(at) {
            true => Some(Reject::parse(self.reject.value(at))?),
            false => None,
        };
        let pixels = bytes(&self.pixels).map(|b| b.into_iter().map(u8::cast_signed).collect::<Vec<i8>>());
        let step = self.step.is_valid(at).then(|| self.step.value(at));
        Some(KeptRow {
            part,
            date: date_of(self.date.value(at))?,
            ndvi: ndvi.map(to_ndvi),
            bands: self.bands.iter().map(option).collect(),
            sky: to_sky([clear, cloud, shadow, water, snow, nodata]),
            valid_fraction,
            pixel_count,
            rejected,
            guard: bytes(&self.guard),
            pixels: step.zip(pixels),
            piece: bytes(&self.piece),
        })
    }
}
