//! From the schema's table to Arrow: a field's type, and its values as an array.

use std::sync::Arc;

use arrow_array::builder::{
    BooleanBuilder, Date32Builder, Float64Builder, Int64Builder, StringBuilder, TimestampMicrosecondBuilder,
};
use arrow_array::{ArrayRef, ListArray, StructArray};
use arrow_buffer::{NullBuffer, OffsetBuffer};
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Fields, TimeUnit};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

use crate::record::{self, Kind};
use crate::store::table::days_since_epoch;

/// fiboa types this column as an instant. The record carries it as given; here a text that is no
/// ISO 8601 date or instant is null.
const FIBOA_INSTANT: &str = "determination:datetime";

/// The Arrow field of a column of the schema.
pub(super) fn field(field: &record::Field) -> Field {
    Field::new(field.name, data_type(&kind_of(field)), field.nullable)
}

/// The values of a column, one a row; a missing value is null.
pub(super) fn array<'a>(
    field: &record::Field,
    values: impl Iterator<Item = Option<&'a Value>>,
) -> Result<ArrayRef, ArrowError> {
    build(&kind_of(field), &values.collect::<Vec<_>>())
}

fn kind_of(field: &record::Field) -> Kind {
    if field.name == FIBOA_INSTANT { Kind::Instant } else { field.kind }
}

fn data_type(kind: &Kind) -> DataType {
    match kind {
        Kind::Text | Kind::Word(_) | Kind::Params | Kind::Geometry => DataType::Utf8,
        Kind::Integer => DataType::Int64,
        Kind::Number { .. } => DataType::Float64,
        Kind::Bool => DataType::Boolean,
        Kind::Date => DataType::Date32,
        Kind::Instant => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        Kind::Object(members) => DataType::Struct(struct_fields(members)),
        Kind::List(item) => DataType::List(item_field(item)),
    }
}

fn struct_fields(members: &[record::Field]) -> Fields {
    members.iter().map(field).collect()
}

fn item_field(item: &Kind) -> FieldRef {
    // Parquet's own name for the element of a list.
    Arc::new(Field::new("element", data_type(item), false))
}

/// One array of this kind; `None` and JSON null are null.
fn build(kind: &Kind, values: &[Option<&Value>]) -> Result<ArrayRef, ArrowError> {
    macro_rules! fill {
        ($builder:expr, $read:expr) => {{
            let mut builder = $builder;
            for value in values {
                builder.append_option(value.and_then($read));
            }
            builder.finish()
        }};
    }
    Ok(match kind {
        Kind::Text | Kind::Word(_) => Arc::new(fill!(StringBuilder::new(), Value::as_str)),
        Kind::Params | Kind::Geometry => {
            Arc::new(fill!(StringBuilder::new(), |v: &Value| (!v.is_null()).then(|| v.to_string())))
        }
        Kind::Integer => Arc::new(fill!(Int64Builder::new(), Value::as_i64)),
        Kind::Number { .. } => Arc::new(fill!(Float64Builder::new(), Value::as_f64)),
        Kind::Bool => Arc::new(fill!(BooleanBuilder::new(), Value::as_bool)),
        Kind::Date => Arc::new(fill!(Date32Builder::new(), day)),
        Kind::Instant => {
            Arc::new(fill!(TimestampMicrosecondBuilder::new(), microsecond).with_timezone("UTC"))
        }
        Kind::Object(members) => Arc::new(objects(members, values)?),
        Kind::List(item) => Arc::new(lists(item, values)?),
    })
}

fn objects(members: &[record::Field], values: &[Option<&Value>]) -> Result<StructArray, ArrowError> {
    let arrays = members
        .iter()
        .map(|member| array(member, values.iter().map(|value| value.and_then(|v| v.get(member.name)))))
        .collect::<Result<Vec<ArrayRef>, _>>()?;
    StructArray::try_new(struct_fields(members), arrays, nulls(values))
}

fn lists(item: &Kind, values: &[Option<&Value>]) -> Result<ListArray, ArrowError> {
    let items = |value: &Option<&'_ Value>| value.and_then(Value::as_array).map_or(0, Vec::len);
    let offsets = OffsetBuffer::from_lengths(values.iter().map(items));
    let flat: Vec<Option<&Value>> =
        values.iter().filter_map(|value| value.and_then(Value::as_array)).flatten().map(Some).collect();
    ListArray::try_new(item_field(item), offsets, build(item, &flat)?, nulls(values))
}

fn nulls(values: &[Option<&Value>]) -> Option<NullBuffer> {
    let present: Vec<bool> = values.iter().map(|value| value.is_some_and(|v| !v.is_null())).collect();
    present.contains(&false).then(|| present.into())
}

fn day(value: &Value) -> Option<i32> {
    value.as_str()?.parse::<Date>().ok().map(days_since_epoch)
}

/// An instant, or midnight UTC of a date.
fn microsecond(value: &Value) -> Option<i64> {
    let text = value.as_str()?;
    let midnight = || text.parse::<Date>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok();
    let instant = text.parse::<Timestamp>().ok().or_else(|| midnight().map(|zoned| zoned.timestamp()))?;
    Some(instant.as_microsecond())
}
