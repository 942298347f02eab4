//! The old `crs` member (GeoJSON 2008): only WGS 84 longitude, latitude is taken.

use super::defect::{Defect, Kind, said};
use serde_json::Value;

/// Names that mean longitude, latitude on WGS 84. RFC 7946 and every writer of the `crs` member put
/// longitude first also under EPSG:4326.
const LONLAT: [&str; 6] = [
    "urn:ogc:def:crs:ogc:1.3:crs84",
    "urn:ogc:def:crs:ogc::crs84",
    "ogc:crs84",
    "crs84",
    "epsg:4326",
    "urn:ogc:def:crs:epsg::4326",
];

/// Refuses a `crs` member that names another system. `null` says nothing and passes.
pub(super) fn check(text: &str) -> Result<(), Defect> {
    let value: Value = serde_json::from_str(text).unwrap_or_default();
    if text == "null" {
        return Ok(());
    }
    let name = value.pointer("/properties/name").and_then(Value::as_str).unwrap_or_default();
    let folded = name.trim().to_ascii_lowercase();
    if value.get("type").and_then(Value::as_str) == Some("name") && LONLAT.contains(&folded.as_str()) {
        return Ok(());
    }
    let shown = name.len() <= 60
        && !name.is_empty()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || ":._-/".contains(c));
    let (named, named_zh) = match shown {
        true => (format!(" ({name})"), format!("（{name}）")),
        false => Default::default(),
    };
    Err(Defect::new(
        Kind::CrsUnsupported,
        said!(
            "The coordinates are in another reference system{named}; expected WGS 84 longitude, latitude \
             (convert with ogr2ogr -t_srs EPSG:4326 -lco RFC7946=YES)",
            "坐标采用其他坐标系{named_zh}，应为WGS 84经度、纬度（可用ogr2ogr -t_srs EPSG:4326 -lco RFC7946=YES转换）"
        ),
    ))
}
