//! The record as JSON Schema, made from the table of columns.

use serde_json::{Map, Value, json};

use crate::record::{EligibilityRecord, Field, Kind, SCHEMA_VERSION};

/// JSON Schema (2020-12) of one record, as in a line of `records.jsonl`.
pub fn json_schema() -> Value {
    let mut schema = members(EligibilityRecord::FIELDS);
    schema.insert("$schema".into(), json!("https://json-schema.org/draft/2020-12/schema"));
    schema.insert("title".into(), json!(format!("croplens eligibility record {SCHEMA_VERSION}")));
    Value::Object(schema)
}

fn members(fields: &[Field]) -> Map<String, Value> {
    let properties: Map<String, Value> = fields.iter().map(|f| (f.name.to_owned(), member(f))).collect();
    let required: Vec<&str> = fields.iter().map(|f| f.name).collect();
    let mut schema = Map::new();
    schema.insert("type".into(), json!("object"));
    schema.insert("properties".into(), Value::Object(properties));
    schema.insert("required".into(), json!(required));
    schema.insert("additionalProperties".into(), json!(false));
    schema
}

fn member(field: &Field) -> Value {
    let mut schema = kind(&field.kind);
    if field.nullable {
        schema = json!({ "anyOf": [schema, { "type": "null" }] });
    }
    if let Some(object) = schema.as_object_mut() {
        object.insert("description".into(), json!(format!("{} ({})", field.doc, field.unit)));
    }
    schema
}

fn kind(kind: &Kind) -> Value {
    match kind {
        Kind::Text => json!({ "type": "string" }),
        Kind::Word(words) => json!({ "type": "string", "enum": words }),
        Kind::Integer => json!({ "type": "integer", "minimum": 0 }),
        Kind::Number { .. } => json!({ "type": "number" }),
        Kind::Bool => json!({ "type": "boolean" }),
        Kind::Date => json!({ "type": "string", "format": "date" }),
        Kind::Instant => json!({ "type": "string", "format": "date-time" }),
        Kind::Geometry => json!({
            "type": "object",
            "properties": {
                "type": { "enum": ["Polygon", "MultiPolygon"] },
                "coordinates": { "type": "array" }
            },
            "required": ["type", "coordinates"]
        }),
        Kind::Params => json!({
            "type": "object",
            "additionalProperties": {
                "anyOf": [
                    { "type": ["number", "string"] },
                    { "type": "array", "items": { "type": "string" } }
                ]
            }
        }),
        Kind::Object(fields) => Value::Object(members(fields)),
        Kind::List(item) => json!({ "type": "array", "items": self::kind(item) }),
    }
}
