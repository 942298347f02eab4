//! The records as JSON lines, GeoJSON and GeoParquet say the same.

use std::fs;
use std::path::Path;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Float64Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{Array, RecordBatch};
use croplens::record::{EligibilityRecord, Kind};
use croplens::store::{read_records, write_geojson, write_geoparquet, write_jsonl};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value;

use super::sample;

/// Writes all three into `dir`.
pub(super) fn write_all(dir: &Path, records: &[EligibilityRecord]) {
    write_jsonl(&dir.join("records.jsonl"), records).unwrap();
    write_geojson(&dir.join("records.geojson"), records).unwrap();
    write_geoparquet(&dir.join("records.parquet"), records).unwrap();
}

#[test]
fn one_line_a_record_in_order_and_it_reads_back_equal() {
    let dir = tempfile::tempdir().unwrap();
    let records = sample::all();
    write_all(dir.path(), &records);
    assert_eq!(read_records(dir.path()).unwrap(), records);
    let text = fs::read_to_string(dir.path().join("records.jsonl")).unwrap();
    assert_eq!(text.lines().count(), records.len());
    assert!(text.starts_with("{\"schema_version\":"), "members stand in the schema's order");
}

#[test]
fn two_writes_are_byte_identical() {
    let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write_all(a.path(), &sample::all());
    write_all(b.path(), &sample::all());
    for name in ["records.jsonl", "records.geojson", "records.parquet"] {
        assert_eq!(fs::read(a.path().join(name)).unwrap(), fs::read(b.path().join(name)).unwrap(), "{name}");
    }
}

#[test]
fn a_feature_is_the_record_with_its_geometry_moved_out() {
    let dir = tempfile::tempdir().unwrap();
    let records = sample::all();
    write_all(dir.path(), &records);
    let text = fs::read_to_string(dir.path().join("records.geojson")).unwrap();
    // An independent reader accepts it.
    let parsed: geojson::FeatureCollection = text.parse().unwrap();
    assert_eq!(parsed.features.len(), records.len());
    assert!(parsed.features[3].geometry.is_none());
    let collection: Value = serde_json::from_str(&text).unwrap();
    for (feature, record) in collection["features"].as_array().unwrap().iter().zip(&records) {
        let mut line = serde_json::to_value(record).unwrap();
        let geometry = line.as_object_mut().unwrap().remove("geometry").unwrap();
        assert_eq!(feature["geometry"], geometry);
        assert_eq!(feature["id"], line["id"]);
        assert_eq!(feature["properties"], line);
    }
    let empty = dir.path().join("empty.geojson");
    write_geojson(&empty, &[]).unwrap();
    assert!(fs::read_to_string(&empty).unwrap().parse::<geojson::FeatureCollection>().is_ok());
}

fn read(path: &Path) -> (RecordBatch, Value) {
    let builder = ParquetRecordBatchReaderBuilder::try_new(fs::File::open(path).unwrap()).unwrap();
    let notes = builder.metadata().file_metadata().key_value_metadata().unwrap().clone();
    let geo = notes.iter().find(|note| note.key == "geo").unwrap().value.clone().unwrap();
    let batches: Vec<RecordBatch> = builder.build().unwrap().map(Result::unwrap).collect();
    (batches.into_iter().next().unwrap(), serde_json::from_str(&geo).unwrap())
}

/// The cell as the JSON line has it.
fn cell(kind: &Kind, array: &dyn Array, row: usize) -> Value {
    if array.is_null(row) {
        return Value::Null;
    }
    match kind {
        Kind::Text | Kind::Word(_) => array.as_string::<i32>().value(row).into(),
        Kind::Params | Kind::Geometry => serde_json::from_str(array.as_string::<i32>().value(row)).unwrap(),
        Kind::Integer => array.as_primitive::<Int64Type>().value(row).into(),
        Kind::Number { .. } => array.as_primitive::<Float64Type>().value(row).into(),
        Kind::Bool => array.as_boolean().value(row).into(),
        Kind::Date => {
            let days = array.as_primitive::<Date32Type>().value(row);
            let day = jiff::civil::date(1970, 1, 1).saturating_add(jiff::Span::new().days(days));
            day.to_string().into()
        }
        Kind::Instant => {
            let micros = array.as_primitive::<TimestampMicrosecondType>().value(row);
            jiff::Timestamp::from_microsecond(micros).unwrap().to_string().into()
        }
        Kind::Object(members) => {
            let array = array.as_struct();
            let member =
                |f: &croplens::record::Field| cell(&f.kind, array.column_by_name(f.name).unwrap(), row);
            Value::Object(members.iter().map(|f| (f.name.to_owned(), member(f))).collect())
        }
        Kind::List(item) => {
            let items = array.as_list::<i32>().value(row);
            (0..items.len()).map(|i| cell(item, &items, i)).collect()
        }
    }
}

/// Numbers compare as numbers: JSON writes 81 where Parquet has 81.0.
fn plain(value: &Value) -> Value {
    match value {
        Value::Number(n) => n.as_f64().unwrap().into(),
        Value::Array(items) => items.iter().map(plain).collect(),
        Value::Object(members) => Value::Object(members.iter().map(|(k, v)| (k.clone(), plain(v))).collect()),
        other => other.clone(),
    }
}

#[test]
fn every_parquet_cell_equals_the_json_line() {
    let dir = tempfile::tempdir().unwrap();
    let records = sample::all();
    write_all(dir.path(), &records);
    let (batch, _) = read(&dir.path().join("records.parquet"));
    assert_eq!(batch.num_rows(), records.len());
    assert_eq!(batch.num_columns(), EligibilityRecord::FIELDS.len() + 1);
    let mut compared = 0;
    for (row, record) in records.iter().enumerate() {
        let line = serde_json::to_value(record).unwrap();
        for field in EligibilityRecord::FIELDS {
            if matches!(field.name, "geometry" | "determination:datetime") {
                continue;
            }
            let seen = cell(&field.kind, batch.column_by_name(field.name).unwrap(), row);
            assert_eq!(plain(&seen), plain(&line[field.name]), "{} of {}", field.name, record.id);
            compared += 1;
        }
    }
    assert_eq!(compared, records.len() * (EligibilityRecord::FIELDS.len() - 2));
    // fiboa's instant: read where it is one, null where the given text is none.
    let made =
        batch.column_by_name("determination:datetime").unwrap().as_primitive::<TimestampMicrosecondType>();
    assert_eq!(made.value(0), "2024-03-02T09:30:00Z".parse::<jiff::Timestamp>().unwrap().as_microsecond());
    assert!(made.is_null(1) && made.is_null(3));
}

#[test]
fn geometry_is_wkb_with_a_covering_box_and_null_where_there_is_none() {
    let dir = tempfile::tempdir().unwrap();
    let records = sample::all();
    write_all(dir.path(), &records);
    let (batch, geo) = read(&dir.path().join("records.parquet"));
    assert_eq!(geo["version"], "1.1.0");
    assert_eq!(geo["primary_column"], "geometry");
    let column = &geo["columns"]["geometry"];
    assert_eq!(column["encoding"], "WKB");
    assert_eq!(column["geometry_types"], serde_json::json!(["Polygon"]));
    assert_eq!(column["crs"]["id"], serde_json::json!({ "authority": "OGC", "code": "CRS84" }));
    assert_eq!(column["bbox"], serde_json::json!([8.51, 47.41, 8.532, 47.432]));
    let wkb = batch.column_by_name("geometry").unwrap().as_binary::<i32>();
    let boxes = batch.column_by_name("bbox").unwrap().as_struct();
    for (row, record) in records.iter().enumerate() {
        assert_eq!(wkb.is_null(row), record.geometry.is_none());
        assert_eq!(boxes.is_null(row), record.geometry.is_none());
        if record.geometry.is_some() {
            // GDAL reads the bytes as the polygon that was written.
            let read = gdal::vector::Geometry::from_wkb(wkb.value(row)).unwrap();
            let envelope = read.envelope();
            let edge =
                |name: &str| boxes.column_by_name(name).unwrap().as_primitive::<Float64Type>().value(row);
            assert_eq!(edge("xmin"), envelope.MinX);
            assert_eq!(edge("ymin"), envelope.MinY);
            assert_eq!(edge("xmax"), envelope.MaxX);
            assert_eq!(edge("ymax"), envelope.MaxY);
            assert!((read.area() - 4e-6).abs() < 1e-12);
        }
    }
}

#[test]
fn a_table_of_nothing_is_still_a_geoparquet_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("records.parquet");
    write_geoparquet(&path, &[]).unwrap();
    let builder = ParquetRecordBatchReaderBuilder::try_new(fs::File::open(&path).unwrap()).unwrap();
    assert_eq!(builder.metadata().file_metadata().num_rows(), 0);
    assert_eq!(builder.schema().fields().len(), EligibilityRecord::FIELDS.len() + 1);
}
