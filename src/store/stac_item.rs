//! `ndvi.json`: the STAC item of a plot's NDVI raster.
//!
//! STAC 1.1.0 with the projection 2.0, raster 2.0, processing 1.2 and file 2.1 extensions. No `created`
//! or `updated`: the item says what was seen, and a re-run gives the same bytes.

use std::path::Path;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::store::atomic::write_whole;
use crate::store::error::Error;
use crate::store::folder::plot_folder;
use crate::store::ndvi_cog::Chip;
use crate::store::run_manifest::hash_file;

const STAC_VERSION: &str = "1.1.0";
const EXTENSIONS: [&str; 4] = [
    "https://stac-extensions.github.io/projection/v2.0.0/schema.json",
    "https://stac-extensions.github.io/raster/v2.0.0/schema.json",
    "https://stac-extensions.github.io/processing/v1.2.0/schema.json",
    "https://stac-extensions.github.io/file/v2.1.0/schema.json",
];
/// First bytes of a multihash: SHA-256, 32 bytes.
const MULTIHASH_SHA256: &str = "1220";
/// Decimals of a degree that are kept: 1 cm.
const DEGREE_DECIMALS: f64 = 1e7;

/// What the item says.
#[derive(Clone, Copy, Debug)]
pub struct NdviItem<'a> {
    /// The plot.
    pub plot_id: &'a str,
    /// Sensing time of the scene.
    pub datetime: Timestamp,
    /// The raster as written to `ndvi.tif`.
    pub chip: &'a Chip,
    /// Corners of the raster in lon/lat degrees: upper left, upper right, lower right, lower left.
    pub corners: [(f64, f64); 4],
    /// Readable share of the plot, 0 to 1.
    pub valid_fraction: f64,
    /// Satellite, `sentinel-2a`, when known.
    pub platform: Option<&'a str>,
    /// Scenes the raster was made from.
    pub sources: &'a [NdviSource<'a>],
    /// Program and version.
    pub software: (&'a str, &'a str),
    /// How the pixels were judged clear, in words.
    pub mask_rule: &'a str,
}

/// A scene the raster was made from.
#[derive(Clone, Copy, Debug)]
pub struct NdviSource<'a> {
    /// Item id.
    pub item_id: &'a str,
    /// Where the item was read from, when known.
    pub href: Option<&'a str>,
}

/// Writes `ndvi.json` into a plot's folder, with size and hash of `ndvi.tif` and, when there is one, of
/// `ndvi.png`; write those first.
///
/// # Errors
/// [`Error::Io`] when `ndvi.tif` cannot be read or the item cannot be written.
pub fn write_ndvi_item(folder: &Path, item: &NdviItem<'_>) -> Result<(), Error> {
    let mut raster =
        asset(folder, "ndvi.tif", "image/tiff; application=geotiff; profile=cloud-optimized", "data")?;
    raster.insert("title".into(), json!("NDVI of the plot"));
    raster.insert("bands".into(), json!([band(item.chip)]));
    raster.insert("raster:sampling".into(), json!("area"));
    raster.insert("raster:spatial_resolution".into(), json!(item.chip.grid.dx));
    let mut assets = Map::new();
    assets.insert("ndvi".into(), Value::Object(raster));
    if folder.join("ndvi.png").exists() {
        let mut picture = asset(folder, "ndvi.png", "image/png", "overview")?;
        picture.insert("title".into(), json!("NDVI of the plot as a picture with a legend"));
        assets.insert("picture".into(), Value::Object(picture));
    }
    let mut text = format!("{:#}", document(item, assets));
    text.push('\n');
    write_whole(&folder.join("ndvi.json"), text.as_bytes())
}

fn document(item: &NdviItem<'_>, assets: Map<String, Value>) -> Value {
    let corners = item.corners.map(|(lon, lat)| [degrees(lon), degrees(lat)]);
    let [upper_left, upper_right, lower_right, lower_left] = corners;
    let edge = |axis: usize, pick: fn(f64, f64) -> f64, start: f64| {
        corners.iter().filter_map(|c| c.get(axis)).fold(start, |a, b| pick(a, *b))
    };
    let bbox = [
        edge(0, f64::min, f64::INFINITY),
        edge(1, f64::min, f64::INFINITY),
        edge(0, f64::max, f64::NEG_INFINITY),
        edge(1, f64::max, f64::NEG_INFINITY),
    ];
    let day = item.datetime.strftime("%Y%m%d");
    let links: Vec<Value> = item
        .sources
        .iter()
        .filter_map(|source| {
            let href = source.href?;
            Some(json!({ "rel": "derived_from", "href": href, "type": "application/geo+json", "title": source.item_id }))
        })
        .collect();
    json!({
        "type": "Feature",
        "stac_version": STAC_VERSION,
        "stac_extensions": EXTENSIONS,
        "id": format!("{}-ndvi-{day}", plot_folder(item.plot_id)),
        "geometry": {
            "type": "Polygon",
            "coordinates": [[lower_left, lower_right, upper_right, upper_left, lower_left]],
        },
        "bbox": bbox,
        "properties": properties(item),
        "links": links,
        "assets": assets,
    })
}

fn properties(item: &NdviItem<'_>) -> Value {
    let grid = &item.chip.grid;
    let sources: Vec<&str> = item.sources.iter().map(|source| source.item_id).collect();
    let (name, version) = item.software;
    let mut properties = json!({
        "datetime": item.datetime.to_string(),
        "title": format!("NDVI of plot {}", item.plot_id),
        "constellation": "sentinel-2",
        "instruments": ["msi"],
        "gsd": grid.dx,
        "proj:code": grid.epsg.to_string(),
        "proj:shape": [grid.height, grid.width],
        "proj:transform": [grid.dx, 0.0, grid.x0, 0.0, -grid.dy, grid.y0, 0.0, 0.0, 1.0],
        "proj:bbox": [grid.x0, grid.y1(), grid.x1(), grid.y0],
        "processing:software": { name: version },
        "processing:expression": {
            "format": "text",
            "expression": "(nir - red) / (nir + red) on surface reflectance",
        },
        "processing:lineage": format!("NDVI of Sentinel-2 L2A bands B04 and B08; clear pixels only: {}", item.mask_rule),
        "croplens:plot_id": item.plot_id,
        "croplens:valid_fraction": item.valid_fraction,
        "croplens:sources": sources,
    });
    if let (Some(platform), Some(members)) = (item.platform, properties.as_object_mut()) {
        members.insert("platform".into(), json!(platform));
    }
    properties
}

fn band(chip: &Chip) -> Value {
    let values: Vec<f64> = chip.ndvi.iter().filter(|v| v.is_finite()).map(|v| f64::from(*v)).collect();
    let mut band = json!({
        "name": "NDVI",
        "description": "Normalised difference vegetation index",
        "data_type": "float32",
        "nodata": "nan",
    });
    if let (false, Some(members)) = (values.is_empty(), band.as_object_mut()) {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let variance = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n;
        let six = |v: f64| (v * 1e6).round() / 1e6;
        members.insert(
            "statistics".into(),
            json!({
                "minimum": six(values.iter().copied().fold(f64::INFINITY, f64::min)),
                "maximum": six(values.iter().copied().fold(f64::NEG_INFINITY, f64::max)),
                "mean": six(mean),
                "stddev": six(variance.sqrt()),
                "count": values.len(),
                "valid_percent": six(100.0 * n / chip.ndvi.len() as f64),
            }),
        );
    }
    band
}

fn asset(folder: &Path, file: &str, media_type: &str, role: &str) -> Result<Map<String, Value>, Error> {
    let (sha256, bytes) = hash_file(&folder.join(file))?;
    let mut asset = Map::new();
    asset.insert("href".into(), json!(format!("./{file}")));
    asset.insert("type".into(), json!(media_type));
    asset.insert("roles".into(), json!([role]));
    asset.insert("file:size".into(), json!(bytes));
    asset.insert("file:checksum".into(), json!(format!("{MULTIHASH_SHA256}{sha256}")));
    Ok(asset)
}

fn degrees(value: f64) -> f64 {
    (value * DEGREE_DECIMALS).round() / DEGREE_DECIMALS
}
