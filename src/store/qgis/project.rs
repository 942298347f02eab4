//! `evidence.qgs`: a QGIS project of a bundle, so that outline, raster and series open together and styled.
//!
//! Files are named relative to the project; the raster's style is that of the `.qml` file beside it, and the plot is an
//! outline in the colour of its status, so that the raster shows below it.

use std::fmt::Write as _;

use geo::BoundingRect;

use crate::record::EligibilityRecord;

use super::{HEAD, outlines_style};

/// Name of the project in a bundle.
pub(in crate::store) const PROJECT_FILE: &str = "evidence.qgs";

/// Longitude and latitude on WGS 84: of the outline.
const LONLAT: &str = "EPSG:4326";
/// The map's projection: shapes are true, whatever the zone.
const MAP: &str = "EPSG:3857";
/// Radius of that projection's sphere, metres.
const RADIUS_M: f64 = 6_378_137.0;
/// Room around the outline, of its longer side.
const ROOM: f64 = 0.3;

/// A layer of the project, the upper ones first. QGIS keeps an id only if it is longer than ten letters.
struct Layer<'a> {
    id: &'static str,
    title: String,
    file: &'static str,
    /// `vector` or `raster`, and the provider that reads it.
    kind: (&'static str, &'static str),
    crs: &'a str,
    style: &'a str,
}

/// The project of a record with an outline; `ndvi` is the raster's coordinate system and style, where there is one.
pub(in crate::store) fn project(record: &EligibilityRecord, ndvi: Option<(&str, &str)>) -> Option<String> {
    let canvas = canvas(record)?;
    let name = text(&record.id);
    let outlines = outlines_style();
    let mut layers = vec![Layer {
        id: "croplens_record",
        title: format!("Plot {name}"),
        file: "record.geojson",
        kind: ("vector", "ogr"),
        crs: LONLAT,
        style: inner(&outlines),
    }];
    if let Some((crs, style)) = ndvi {
        layers.push(Layer {
            id: "croplens_ndvi",
            title: "NDVI near the peak".to_owned(),
            file: "ndvi.tif",
            kind: ("raster", "gdal"),
            crs,
            style: inner(style),
        });
    }
    layers.push(Layer {
        id: "croplens_series",
        title: "What every image showed".to_owned(),
        file: "series.csv",
        kind: ("vector", "ogr"),
        crs: "",
        style: "",
    });
    let tree: String = layers.iter().map(in_tree).collect();
    let maps: String = layers.iter().map(as_layer).collect();
    let order: String = layers.iter().map(|l| format!("  <layer id=\"{}\"/>\n", l.id)).collect();
    Some(format!(
        "{HEAD}<qgis projectname=\"Evidence for plot {name}\" version=\"3.22.0\">\n <homePath path=\"\"/>\n \
         <title>Evidence for plot {name}</title>\n <projectCrs>{map}</projectCrs>\n <layer-tree-group>\n{tree} </layer-tree-group>\n \
         {canvas} <projectlayers>\n{maps} </projectlayers>\n <layerorder>\n{order} </layerorder>\n <properties>\n  \
         <SpatialRefSys><ProjectionsEnabled type=\"int\">1</ProjectionsEnabled></SpatialRefSys>\n  \
         <Paths><Absolute type=\"bool\">false</Absolute></Paths>\n </properties>\n</qgis>\n",
        map = srs(MAP),
    ))
}

fn in_tree(layer: &Layer<'_>) -> String {
    let Layer { id, title, file, kind: (_, provider), .. } = layer;
    format!(
        "  <layer-tree-layer id=\"{id}\" name=\"{title}\" source=\"./{file}\" providerKey=\"{provider}\" \
         checked=\"Qt::Checked\" expanded=\"1\"/>\n"
    )
}

fn as_layer(layer: &Layer<'_>) -> String {
    let Layer { id, title, file, kind: (kind, provider), crs, style } = layer;
    let mut out = format!(
        "  <maplayer type=\"{kind}\" styleCategories=\"AllStyleCategories\"{labels}>\n   <id>{id}</id>\n   \
         <datasource>./{file}</datasource>\n   <layername>{title}</layername>\n",
        labels = if style.contains("<labeling") { " labelsEnabled=\"1\"" } else { "" },
    );
    if !crs.is_empty() {
        let _ = writeln!(out, "   <srs>{}</srs>", srs(crs));
    }
    let _ = writeln!(out, "   <provider encoding=\"UTF-8\">{provider}</provider>");
    out.push_str(style.trim_matches('\n'));
    out.push_str("\n  </maplayer>\n");
    out
}

/// A coordinate system by its authority's name. QGIS looks at the name only beside a number of its own table; which number
/// does not matter.
fn srs(authority: &str) -> String {
    format!(
        "<spatialrefsys nativeFormat=\"Wkt\"><srsid>1</srsid><authid>{}</authid></spatialrefsys>",
        text(authority)
    )
}

/// What stands inside the root of a style file.
fn inner(style: &str) -> &str {
    let body =
        style.split_once("<qgis").and_then(|(_, rest)| rest.split_once('>')).map_or("", |(_, body)| body);
    body.rsplit_once("</qgis>").map_or(body, |(body, _)| body)
}

/// The outline with some room, in metres of the map; `None` without an outline.
fn canvas(record: &EligibilityRecord) -> Option<String> {
    let rect = record.geometry.as_ref()?.0.bounding_rect()?;
    let x = |lon: f64| lon.to_radians() * RADIUS_M;
    let y = |lat: f64| (std::f64::consts::FRAC_PI_4 + lat.to_radians() / 2.0).tan().ln() * RADIUS_M;
    let (x0, x1) = (x(rect.min().x), x(rect.max().x));
    let (y0, y1) = (y(rect.min().y), y(rect.max().y));
    let room = ROOM * (x1 - x0).max(y1 - y0);
    Some(format!(
        "<mapcanvas name=\"theMapCanvas\" annotationsVisible=\"1\">\n  <units>meters</units>\n  <extent><xmin>{:.1}</xmin>\
         <ymin>{:.1}</ymin><xmax>{:.1}</xmax><ymax>{:.1}</ymax></extent>\n  <rotation>0</rotation>\n  \
         <destinationsrs>{}</destinationsrs>\n </mapcanvas>\n",
        x0 - room,
        y0 - room,
        x1 + room,
        y1 + room,
        srs(MAP),
    ))
}

/// Text of an applicant as XML: nothing in it is markup, and no control character is left.
fn text(raw: &str) -> String {
    let plain: String = raw.chars().filter(|c| !c.is_control()).collect();
    maud::html! { (plain) }.into_string()
}
