//! Files that cannot be read at all: what the message says.

use super::{collection, polygon_feature, square};

/// Files that are unusable as a whole: (name, bytes, words of the message).
#[rustfmt::skip]
fn files() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let good = collection(&[polygon_feature("a", &square(0))]);
    let utf16: Vec<u8> = good.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let bytes = |text: &str| text.as_bytes().to_vec();
    vec![
        ("nothing", vec![], "empty"),
        ("white space", bytes(" \n\t "), "empty"),
        ("byte order mark only", b"\xef\xbb\xbf".to_vec(), "empty"),
        ("web page", bytes("<!DOCTYPE html><html><body>404</body></html>"), "HTML"),
        ("KML", bytes("<?xml version=\"1.0\"?><kml/>"), "ogr2ogr"),
        ("gzip", b"\x1f\x8b\x08\x00abc".to_vec(), "unpack"),
        ("zip", b"PK\x03\x04abc".to_vec(), "ZIP"),
        ("GeoPackage", b"SQLite format 3\x00abc".to_vec(), "GeoPackage"),
        ("Parquet", b"PAR1abc".to_vec(), "Parquet"),
        ("UTF-16 with mark", [b"\xff\xfe".to_vec(), utf16.clone()].concat(), "UTF-16"),
        ("UTF-16 without mark", utf16, "UTF-16"),
        ("Latin-1", good.replace("\"a\"", "\"Mu\u{f1}oz\"").chars().map(|c| c as u8).collect(), "UTF-8"),
        ("cut short", bytes(&good[..good.len() - 5]), "cut short"),
        ("cut inside a string", bytes(&good[..20]), "cut short"),
        ("cut inside a letter", [good.as_bytes(), b"\xc3"].concat(), "cut short"),
        ("two documents", bytes(&format!("{good}{good}")), "several documents"),
        ("a document per line", bytes(&format!("{good}\n{good}\n")), "several documents"),
        ("text behind the end", bytes(&format!("{good} x")), "after the end"),
        ("brackets that do not match", bytes(&good.replace("]]]", "]}]")), "line 1"),
        ("a comma missing", bytes(&collection(&[format!("{} {}", polygon_feature("a", &square(0)), polygon_feature("b", &square(1)))])), "comma"),
        ("no JSON at all", bytes("plot,lon,lat\n1,35,0.5\n"), "not JSON"),
        ("a list", bytes("[1,2,3]"), "not an object"),
        ("a number", bytes("12"), "not an object"),
        ("null", bytes("null"), "not an object"),
        ("100,000 brackets", bytes(&"[".repeat(100_000)), "cut short"),
        ("TopoJSON", bytes(r#"{"type":"Topology","objects":{}}"#), "TopoJSON"),
        ("Esri JSON", bytes(r#"{"geometryType":"esriGeometryPolygon","features":[]}"#), "Esri"),
        ("no features", bytes(r#"{"type":"FeatureCollection"}"#), "no \"features\""),
        ("features is an object", bytes(r#"{"type":"FeatureCollection","features":{}}"#), "not a list"),
        ("features twice", bytes(r#"{"type":"FeatureCollection","features":[],"features":[]}"#), "twice"),
        ("another type", bytes(r#"{"type":"Catalog"}"#), "expected"),
        ("NaN beside the features", bytes(r#"{"type":"FeatureCollection","a":NaN,"features":[]}"#), "not JSON"),
    ]
}

#[test]
fn files_unusable_as_a_whole_say_what_to_do() {
    let mut wrong = Vec::new();
    for (name, bytes, words) in files() {
        match croplens::intake::read(&bytes, &croplens::intake::Limits::default()) {
            Err(cause) if cause.to_string().contains(words) => {}
            other => wrong.push(format!("{name}: {other:.300?}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
