//! The file's `geo` note (GeoParquet 1.1.0) and bounding boxes.

use std::collections::BTreeSet;

use geo::BoundingRect;
use serde_json::{Value, json};

use crate::record::Outline;

/// Version of the GeoParquet specification.
const GEOPARQUET_VERSION: &str = "1.1.0";

/// Kinds and extent of the outlines of a file.
#[derive(Debug, Default)]
pub(super) struct Extent {
    types: BTreeSet<&'static str>,
    extent: Option<[f64; 4]>,
}

impl Extent {
    pub(super) fn add(&mut self, outline: &Outline) {
        self.types.insert(if outline.0.0.len() == 1 { "Polygon" } else { "MultiPolygon" });
        if let Some(b) = bounds(outline) {
            let e = self.extent.unwrap_or(b);
            self.extent = Some([e[0].min(b[0]), e[1].min(b[1]), e[2].max(b[2]), e[3].max(b[3])]);
        }
    }

    /// The `geo` note: WKB, lon/lat on WGS 84, counter-clockwise outer rings, covering by `bbox`.
    pub(super) fn note(&self) -> String {
        geo(&self.types, self.extent)
    }
}

fn geo(types: &BTreeSet<&str>, extent: Option<[f64; 4]>) -> String {
    let edge = |name: &str| json!(["bbox", name]);
    let mut column = json!({
        "encoding": "WKB",
        "geometry_types": types,
        "crs": crs84(),
        "edges": "planar",
        "orientation": "counterclockwise",
        "covering": { "bbox": {
            "xmin": edge("xmin"), "ymin": edge("ymin"), "xmax": edge("xmax"), "ymax": edge("ymax"),
        } },
    });
    if let (Some(extent), Some(members)) = (extent, column.as_object_mut()) {
        members.insert("bbox".to_owned(), json!(extent));
    }
    json!({
        "version": GEOPARQUET_VERSION,
        "primary_column": super::GEOMETRY,
        "columns": { super::GEOMETRY: column },
    })
    .to_string()
}

/// West, south, east, north in degrees; `None` for an outline without a point.
pub(super) fn bounds(outline: &Outline) -> Option<[f64; 4]> {
    let rect = outline.0.bounding_rect()?;
    Some([rect.min().x, rect.min().y, rect.max().x, rect.max().y])
}

/// OGC:CRS84 as PROJJSON 0.7: WGS 84 with longitude first, the order the coordinates are in.
fn crs84() -> Value {
    let axis = |name: &str, abbreviation: &str, direction: &str| json!({ "name": name, "abbreviation": abbreviation, "direction": direction, "unit": "degree" });
    json!({
        "$schema": "https://proj.org/schemas/v0.7/projjson.schema.json",
        "type": "GeographicCRS",
        "name": "WGS 84 (CRS84)",
        "datum_ensemble": {
            "name": "World Geodetic System 1984 ensemble",
            "members": [
                { "name": "World Geodetic System 1984 (Transit)" },
                { "name": "World Geodetic System 1984 (G730)" },
                { "name": "World Geodetic System 1984 (G873)" },
                { "name": "World Geodetic System 1984 (G1150)" },
                { "name": "World Geodetic System 1984 (G1674)" },
                { "name": "World Geodetic System 1984 (G1762)" },
                { "name": "World Geodetic System 1984 (G2139)" },
            ],
            "ellipsoid": {
                "name": "WGS 84", "semi_major_axis": 6_378_137, "inverse_flattening": 298.257_223_563,
            },
            "accuracy": "2.0",
            "id": { "authority": "EPSG", "code": 6326 },
        },
        "coordinate_system": {
            "subtype": "ellipsoidal",
            "axis": [axis("Geodetic longitude", "Lon", "east"), axis("Geodetic latitude", "Lat", "north")],
        },
        "scope": "Not known.",
        "area": "World.",
        "bbox": { "south_latitude": -90, "west_longitude": -180, "north_latitude": 90, "east_longitude": 180 },
        "id": { "authority": "OGC", "code": "CRS84" },
    })
}
