//! QGIS: layer styles (`.qml`: a layer file beside a style of the same name is shown with it when it is opened), and the
//! project of a bundle.

mod project;

use std::fmt::Write as _;

use crate::record::Status;
use crate::store::plain_words as words;

pub(super) use project::{PROJECT_FILE, project};

/// Name of the records' style in an output folder: for `records.geojson` and `records.parquet`.
pub const RECORDS_STYLE: &str = "records.qml";

const HEAD: &str = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n";

/// A status as QGIS draws it: the colour of the pages, and a brush of its own, so that grey print tells them apart.
fn look(status: Status) -> (&'static str, &'static str) {
    match status {
        Status::Supports => ("0,87,138,255", "solid"),
        Status::Refer => ("138,90,0,255", "b_diagonal"),
        Status::DoesNotSupport => ("156,51,0,255", "diagonal_x"),
        Status::NotAppraised => ("85,85,85,255", "no"),
    }
}

/// The style of records: coloured by status, named by plot.
pub fn records_style() -> String {
    records_as(true)
}

/// The same with the outlines only, so that what lies below is seen.
fn outlines_style() -> String {
    records_as(false)
}

fn records_as(filled: bool) -> String {
    let statuses = [Status::Supports, Status::Refer, Status::DoesNotSupport, Status::NotAppraised];
    let mut categories = String::new();
    let mut symbols = String::new();
    for (at, status) in statuses.into_iter().enumerate() {
        let (colour, brush) = look(status);
        let (brush, width, alpha) = if filled { (brush, "0.5", "0.75") } else { ("no", "1", "1") };
        let label = words::status(status).0;
        let _ = writeln!(
            categories,
            "   <category value=\"{}\" label=\"{label}\" symbol=\"{at}\" render=\"true\"/>",
            status.word()
        );
        let options: String = [
            ("color", colour),
            ("outline_color", colour),
            ("outline_width", width),
            ("outline_style", "solid"),
            ("style", brush),
        ]
        .iter()
        .map(|(name, value)| format!("<Option name=\"{name}\" type=\"QString\" value=\"{value}\"/>"))
        .collect();
        let _ = writeln!(
            symbols,
            "   <symbol name=\"{at}\" type=\"fill\" alpha=\"{alpha}\" clip_to_extent=\"1\" force_rhr=\"0\">\n    \
             <layer class=\"SimpleFill\" enabled=\"1\" pass=\"0\" locked=\"0\"><Option type=\"Map\">{options}</Option>\
             </layer>\n   </symbol>"
        );
    }
    format!(
        "{HEAD}<qgis version=\"3.22.0\" styleCategories=\"Symbology|Labeling\" labelsEnabled=\"1\">\n \
         <renderer-v2 type=\"categorizedSymbol\" attr=\"status\" symbollevels=\"0\" forceraster=\"0\" enableorderby=\"0\">\n  \
         <categories>\n{categories}  </categories>\n  <symbols>\n{symbols}  </symbols>\n </renderer-v2>\n \
         <labeling type=\"simple\">\n  <settings calloutType=\"simple\">\n   \
         <text-style fieldName=\"id\" fontSize=\"8\" fontSizeUnit=\"Point\" textColor=\"30,30,30,255\" isExpression=\"0\">\
         <text-buffer bufferDraw=\"1\" bufferSize=\"0.8\" bufferColor=\"255,255,255,255\"/></text-style>\n   \
         <placement placement=\"1\"/>\n  </settings>\n </labeling>\n</qgis>\n"
    )
}

/// The style of an NDVI raster: these colours at these values, evenly between them.
pub fn ndvi_style(stops: &[(f64, [u8; 3])]) -> String {
    let mut items = String::new();
    for (value, [r, g, b]) in stops {
        let _ = writeln!(
            items,
            "     <item value=\"{value}\" label=\"{value}\" color=\"#{r:02x}{g:02x}{b:02x}\" alpha=\"255\"/>"
        );
    }
    let least = stops.first().map_or(0.0, |s| s.0);
    let most = stops.last().map_or(1.0, |s| s.0);
    format!(
        "{HEAD}<qgis version=\"3.22.0\" styleCategories=\"Symbology\">\n <pipe>\n  \
         <rasterrenderer type=\"singlebandpseudocolor\" band=\"1\" opacity=\"1\" alphaBand=\"-1\" nodataColor=\"\" \
         classificationMin=\"{least}\" classificationMax=\"{most}\">\n   <rasterTransparency/>\n   <rastershader>\n    \
         <colorrampshader colorRampType=\"INTERPOLATED\" classificationMode=\"1\" clip=\"0\" minimumValue=\"{least}\" \
         maximumValue=\"{most}\" labelPrecision=\"2\">\n{items}    </colorrampshader>\n   </rastershader>\n  \
         </rasterrenderer>\n  <brightnesscontrast brightness=\"0\" contrast=\"0\" gamma=\"1\"/>\n  \
         <huesaturation saturation=\"0\" grayscaleMode=\"0\" colorizeOn=\"0\"/>\n  <rasterresampler maxOversampling=\"2\"/>\n \
         </pipe>\n <blendMode>0</blendMode>\n</qgis>\n"
    )
}
