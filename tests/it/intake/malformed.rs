//! Malformed and hostile input, by name: what each comes to, and that the good plots beside it go on.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::lending::english_words::english_in;

use super::{collection, feature, plot, polygon_feature, read, rejection, square};

/// What a feature must come to.
enum Want {
    /// A rejection with this code, whose sentence contains these words.
    Code(&'static str, &'static str),
    /// A plot with these repairs.
    Repaired(&'static [&'static str]),
}
use Want::{Code, Repaired};

/// A polygon feature from outer ring and holes given as `x y` offsets in steps of 0.0001 degrees (11 m).
fn drawn(rings: &[&str]) -> String {
    polygon_feature("x", &coordinates(rings))
}

fn coordinates(rings: &[&str]) -> String {
    let rings: Vec<String> = rings
        .iter()
        .map(|ring| {
            let positions: Vec<String> = ring
                .split(',')
                .map(|pair| {
                    let at: Vec<f64> = pair.split_whitespace().map(|n| n.parse().unwrap()).collect();
                    format!("[{:.9},{:.9}]", 36.0 + at[0] * 1e-4, 1.0 + at[1] * 1e-4)
                })
                .collect();
            format!("[{}]", positions.join(","))
        })
        .collect();
    format!("[{}]", rings.join(","))
}

fn multi(parts: &[&[&str]]) -> String {
    let parts: Vec<String> = parts.iter().map(|rings| coordinates(rings)).collect();
    feature("x", &format!(r#"{{"type":"MultiPolygon","coordinates":[{}]}}"#, parts.join(",")))
}

fn geometry(kind: &str, coordinates: &str) -> String {
    feature("x", &format!(r#"{{"type":"{kind}","coordinates":{coordinates}}}"#))
}

fn with(properties: &str) -> String {
    format!(
        r#"{{"type":"Feature","properties":{{{properties}}},"geometry":{{"type":"Polygon","coordinates":{}}}}}"#,
        square(1)
    )
}

fn regular(vertices: usize, degrees: f64) -> String {
    let mut text = String::from("[[");
    for index in 0..=vertices {
        let angle = (index % vertices) as f64 / vertices as f64 * std::f64::consts::TAU;
        let comma = if index == 0 { "" } else { "," };
        write!(text, "{comma}[{:.9},{:.9}]", 36.0 + degrees * angle.cos(), 1.0 + degrees * angle.sin())
            .unwrap();
    }
    text + "]]"
}

const BOX: &str = "0 0,20 0,20 20,0 20,0 0";

/// Cases inside a feature: (name, the feature, what it must come to).
#[rustfmt::skip]
fn features() -> Vec<(&'static str, String, Want)> {
    let position = |text: &str| geometry("Polygon", &format!("[[[36,1],{text},[36.002,1.002],[36,1]]]"));
    vec![
        // not a feature
        ("feature is null", "null".into(), Code("FEATURE_INVALID", "not a JSON object")),
        ("feature is a number", "17".into(), Code("FEATURE_INVALID", "not a JSON object")),
        ("feature is a list", "[1,2]".into(), Code("FEATURE_INVALID", "not a JSON object")),
        ("feature is a string", r#""}{""#.into(), Code("FEATURE_INVALID", "not a JSON object")),
        ("feature is empty", "{}".into(), Code("FEATURE_INVALID", "no \"type\"")),
        ("type is a number", r#"{"type":7,"geometry":null}"#.into(), Code("FEATURE_INVALID", "no \"type\"")),
        ("type in small letters", drawn(&[BOX]).replace("Feature", "feature"), Code("FEATURE_INVALID", "not \"Feature\"")),
        ("collection in a collection", collection(&[drawn(&[BOX])]), Code("FEATURE_INVALID", "inside a list")),
        ("member twice", drawn(&[BOX]).replacen('{', r#"{"type":"Feature","#, 1), Code("FEATURE_INVALID", "gives type twice")),
        ("member twice, escaped", drawn(&[BOX]).replacen('{', r#"{"\u0074ype":"Feature","#, 1), Code("FEATURE_INVALID", "gives type twice")),
        ("property twice", with(r#""id":"x","id":"y""#), Code("FEATURE_INVALID", "gives id twice")),
        ("unread property twice", with(r#""id":"x","Jane":1,"Jane":2"#), Code("FEATURE_INVALID", "gives a member twice")),
        ("coordinates twice", drawn(&[BOX]).replace(r#""coordinates""#, r#""coordinates":[],"coordinates""#), Code("FEATURE_INVALID", "coordinates twice")),
        ("properties is a list", drawn(&[BOX]).replace(r#"{"id":"x"}"#, "[1]"), Code("FEATURE_INVALID", "properties is not")),
        ("nested 200 deep", with(&format!(r#""id":"x","a":{}1{}"#, "[".repeat(200), "]".repeat(200))), Code("FEATURE_INVALID", "the limit is 64")),
        ("nested 100,000 deep", with(&format!(r#""id":"x","a":{}1{}"#, "[".repeat(100_000), "]".repeat(100_000))), Code("FEATURE_INVALID", "the limit is 64")),
        ("coordinates nested 60 deep", geometry("Polygon", &format!("{}1{}", "[".repeat(60), "]".repeat(60))), Code("GEOM_MALFORMED", "wrongly nested")),
        ("20,000 properties", with(&(0..20_000).map(|n| format!(r#""p{n}":1"#)).collect::<Vec<_>>().join(",")), Code("FEATURE_INVALID", "more than 10000 members")),
        ("comment in the JSON", drawn(&[BOX]).replace("[36.", "/* here */[36."), Code("FEATURE_INVALID", "not valid JSON")),
        ("trailing comma", with(r#""id":"x","a":[1,],"b":1"#), Code("FEATURE_INVALID", "not valid JSON")),
        ("lone surrogate in a name", with(r#""id":"x","\ud800":1"#), Code("FEATURE_INVALID", "not valid")),
        // numbers
        ("NaN", position("[NaN,1]"), Code("FEATURE_INVALID", "NaN")),
        ("Infinity", position("[-Infinity,1]"), Code("FEATURE_INVALID", "Infinity")),
        ("hexadecimal", position("[0x24,1]"), Code("FEATURE_INVALID", "not valid JSON")),
        ("1e400", position("[1e400,1]"), Code("GEOM_MALFORMED", "too large")),
        ("1e308", position("[1e308,1]"), Code("GEOM_OUT_OF_RANGE", "metres")),
        ("denormal", position("[5e-324,1]"), Code("GEOM_TOO_LARGE", "stretches")),
        ("number of 5,000 digits", position(&format!("[36.002{},1]", "0".repeat(5000))), Repaired(&[])),
        ("text as number", position(r#"["36.002","1"]"#), Code("GEOM_MALFORMED", "not a number")),
        ("boolean as number", position("[true,1]"), Code("GEOM_MALFORMED", "not a number")),
        ("null as number", position("[36.002,null]"), Code("GEOM_MALFORMED", "not a number")),
        ("position of one number", position("[36.002]"), Code("GEOM_MALFORMED", "one number")),
        ("empty position", position("[]"), Code("GEOM_MALFORMED", "empty")),
        ("position of six numbers", position("[36.002,1,2,3,4,5]"), Code("GEOM_MALFORMED", "more than four")),
        ("position of a million numbers", position(&format!("[{}1]", "1,".repeat(1_000_000))), Code("GEOM_TOO_COMPLEX", "10000 vertices")),
        ("position is an object", position(r#"{"lon":36,"lat":1}"#), Code("GEOM_MALFORMED", "wrongly nested")),
        ("height is text", position(r#"[36.002,1,"high"]"#), Code("GEOM_MALFORMED", "height")),
        // shape of the geometry
        ("geometry missing", r#"{"type":"Feature","properties":{"id":"x"}}"#.into(), Code("GEOM_EMPTY", "no geometry")),
        ("geometry null", feature("x", "null"), Code("GEOM_EMPTY", "no geometry")),
        ("geometry is text", feature("x", r#""POLYGON((0 0))""#), Code("FEATURE_INVALID", "geometry is not")),
        ("geometry without type", feature("x", r#"{"coordinates":[]}"#), Code("GEOM_TYPE_UNSUPPORTED", "no type")),
        ("geometry of unknown type", geometry("Circle", "[36,1]"), Code("GEOM_TYPE_UNSUPPORTED", "unknown")),
        ("point", geometry("Point", "[36,1]"), Code("GEOM_TYPE_UNSUPPORTED", "Point")),
        ("multi point", geometry("MultiPoint", "[[36,1]]"), Code("GEOM_TYPE_UNSUPPORTED", "Point")),
        ("multi line string", geometry("MultiLineString", "[[[36,1],[36,2]]]"), Code("GEOM_TYPE_UNSUPPORTED", "MultiLineString")),
        ("collection with a point", feature("x", r#"{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[36,1]}]}"#), Code("GEOM_TYPE_UNSUPPORTED", "only Polygon")),
        ("collection of nothing", feature("x", r#"{"type":"GeometryCollection","geometries":[]}"#), Code("GEOM_EMPTY", "no positions")),
        ("collection in a collection of geometries", feature("x", r#"{"type":"GeometryCollection","geometries":[{"type":"GeometryCollection","geometries":[]}]}"#), Code("GEOM_TYPE_UNSUPPORTED", "only Polygon")),
        ("coordinates missing", feature("x", r#"{"type":"Polygon"}"#), Code("GEOM_MALFORMED", "no \"coordinates\"")),
        ("coordinates null", geometry("Polygon", "null"), Code("GEOM_MALFORMED", "wrongly nested")),
        ("coordinates is text", geometry("Polygon", r#""36,1 36,2""#), Code("GEOM_MALFORMED", "wrongly nested")),
        ("a bracket too few", geometry("Polygon", "[[36,1],[36.002,1],[36.002,1.002],[36,1]]"), Code("GEOM_MALFORMED", "")),
        ("a bracket too many", geometry("Polygon", &format!("[{}]", square(1))), Code("GEOM_MALFORMED", "")),
        ("empty polygon", geometry("Polygon", "[]"), Code("GEOM_EMPTY", "no positions")),
        ("empty ring", geometry("Polygon", "[[]]"), Code("GEOM_EMPTY", "no positions")),
        ("empty multi polygon", geometry("MultiPolygon", "[]"), Code("GEOM_EMPTY", "no positions")),
        ("empty part", geometry("MultiPolygon", &format!("[{},[]]", square(1))), Code("GEOM_EMPTY", "no positions")),
        ("empty hole", geometry("Polygon", &square(1).replace("]]]", "]],[]]")), Code("GEOM_EMPTY", "no positions")),
        // reference systems and axes
        ("crs of web Mercator", feature("x", &format!(r#"{{"type":"Polygon","coordinates":{},"crs":{{"type":"name","properties":{{"name":"EPSG:3857"}}}}}}"#, square(1))), Code("GEOM_CRS_UNSUPPORTED", "EPSG:3857")),
        ("linked crs", drawn(&[BOX]).replacen('{', r#"{"crs":{"type":"link","properties":{"href":"http://x/y"}},"#, 1), Code("GEOM_CRS_UNSUPPORTED", "reference system")),
        ("crs84 is fine", drawn(&[BOX]).replacen('{', r#"{"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}},"#, 1), Repaired(&[])),
        ("metres of UTM", geometry("Polygon", "[[[722576,55302],[722798,55302],[722798,55523],[722576,55302]]]"), Code("GEOM_OUT_OF_RANGE", "look like metres")),
        ("latitude first, out of range", geometry("Polygon", "[[[45,120],[45,120.002],[45.002,120.002],[45,120]]]"), Code("GEOM_AXIS_SWAPPED_SUSPECT", "latitude,longitude")),
        ("latitude first, told by the phone", with(r#""id":"x","gps_lon":0.501,"gps_lat":35.004"#), Code("GEOM_AXIS_SWAPPED_SUSPECT", "GPS position")),
        ("latitude 91", geometry("Polygon", "[[[136,90.5],[136.002,90.5],[136.002,91],[136,90.5]]]"), Code("GEOM_OUT_OF_RANGE", "not on Earth")),
        ("longitude 200", geometry("Polygon", "[[[200,1],[200.002,1],[200.002,1.002],[200,1]]]"), Code("GEOM_OUT_OF_RANGE", "-180 to 180")),
        ("over the antimeridian, beyond 180", geometry("Polygon", "[[[179.999,1],[180.001,1],[180.001,1.002],[179.999,1]]]"), Code("GEOM_ANTIMERIDIAN", "split")),
        ("over the antimeridian, unsplit", geometry("Polygon", "[[[179.999,1],[-179.999,1],[-179.999,1.002],[179.999,1.002],[179.999,1]]]"), Code("GEOM_ANTIMERIDIAN", "split")),
        ("over the antimeridian, split", geometry("MultiPolygon", "[[[[179.999,1],[180,1],[180,1.002],[179.999,1.002],[179.999,1]]],[[[-180,1],[-179.999,1],[-179.999,1.002],[-180,1.002],[-180,1]]]]"), Repaired(&[])),
        ("null island", geometry("Polygon", "[[[0,0],[0.002,0],[0.002,0.002],[0,0]]]"), Code("GEOM_NOT_ON_LAND", "no fix")),
        ("the pole", geometry("Polygon", "[[[0,89.9],[90,89.8],[180,89.9],[-90,89.8],[0,89.9]]]"), Code("GEOM_OUT_OF_COVERAGE", "84° north")),
        ("Antarctica", geometry("Polygon", "[[[10,-80.5],[10.002,-80.5],[10.002,-80.502],[10,-80.5]]]"), Code("GEOM_OUT_OF_COVERAGE", "80° south")),
        // rings
        ("bow-tie", drawn(&["0 0,20 20,20 0,0 20,0 0"]), Code("GEOM_INVALID", "crosses itself near 36.001000,1.001000")),
        ("figure eight", drawn(&["0 0,10 10,20 0,20 20,10 10,0 20,0 0"]), Code("GEOM_INVALID", "touches itself")),
        ("vertex on an edge", drawn(&["0 0,20 0,20 20,10 0,0 20,0 0"]), Code("GEOM_INVALID", "touches itself")),
        ("spike outwards", drawn(&["0 0,20 0,40 0,20 0,20 20,0 20,0 0"]), Code("GEOM_INVALID", "spike")),
        ("spike inwards", drawn(&["0 0,20 0,20 10,5 10,20 10,20 20,0 20,0 0"]), Code("GEOM_INVALID", "spike")),
        ("ring walked twice", drawn(&["0 0,20 0,20 20,0 20,0 0,20 0,20 20,0 20,0 0"]), Code("GEOM_INVALID", "runs over itself")),
        ("two positions", drawn(&["0 0,20 0,0 0"]), Code("GEOM_EMPTY", "fewer than three")),
        ("one place many times", drawn(&["0 0,0 0,0 0,0 0,0 0"]), Code("GEOM_EMPTY", "fewer than three")),
        ("all on one line", geometry("Polygon", "[[[36,1],[36.5,1.5],[36.25,1.25],[36,1]]]"), Code("GEOM_EMPTY", "one line")),
        ("hole outside", drawn(&[BOX, "30 30,34 30,34 34,30 30"]), Code("GEOM_INVALID", "lies outside")),
        ("hole around", drawn(&["5 5,8 5,8 8,5 5", BOX]), Code("GEOM_INVALID", "lies outside")),
        ("hole crossing", drawn(&[BOX, "10 5,30 5,30 10,10 5"]), Code("GEOM_INVALID", "crosses the outline")),
        ("hole outside through a vertex", drawn(&["0 0,20 0,20 20,10 10,0 20,0 0", "5 5,15 5,10 18,5 5"]), Code("GEOM_INVALID", "")),
        ("hole equal to the outline", drawn(&[BOX, BOX]), Code("GEOM_INVALID", "shares a line")),
        ("hole twice", drawn(&[BOX, "5 5,8 5,8 8,5 5", "5 5,8 5,8 8,5 5"]), Code("GEOM_INVALID", "share a line")),
        ("hole in a hole", drawn(&[BOX, "2 2,18 2,18 18,2 2", "12 6,14 6,14 8,12 6"]), Code("GEOM_INVALID", "in another hole")),
        ("holes crossing", drawn(&[BOX, "2 2,12 2,12 12,2 2", "10 2.5,18 2.5,18 8,10 2.5"]), Code("GEOM_INVALID", "holes of the plot cross")),
        ("hole of no land", drawn(&[BOX, "2 2,8 8,2 2"]), Code("GEOM_EMPTY", "hole")),
        ("parts overlapping", multi(&[&[BOX], &["10 10,30 10,30 30,10 10"]]), Code("GEOM_INVALID", "overlap")),
        ("part inside a part", multi(&[&[BOX], &["5 5,8 5,8 8,5 5"]]), Code("GEOM_INVALID", "overlap")),
        ("part twice", multi(&[&[BOX], &[BOX]]), Code("GEOM_INVALID", "share a line")),
        ("parts sharing an edge", multi(&[&[BOX], &["20 0,40 0,40 20,20 20,20 0"]]), Code("GEOM_INVALID", "share a line")),
        // size
        ("whole world", geometry("Polygon", "[[[-180,-90],[180,-90],[180,90],[-180,90],[-180,-90]]]"), Code("GEOM_OUT_OF_COVERAGE", "")),
        ("five degrees", geometry("Polygon", "[[[36,1],[41,1],[41,6],[36,1]]]"), Code("GEOM_TOO_LARGE", "stretches over")),
        ("parts 780 km apart", geometry("MultiPolygon", &format!("[{},{}]", square(0), square(2333))), Code("GEOM_TOO_LARGE", "779 km")),
        ("20,000 ha", geometry("Polygon", "[[[36,1],[36.127,1],[36.127,1.127],[36,1.127],[36,1]]]"), Code("GEOM_TOO_LARGE", "10000 ha limit")),
        ("one square metre", drawn(&["0 0,0.09 0,0.09 0.09,0 0.09,0 0"]), Code("GEOM_TOO_SMALL", "10 m pixel")),
        ("strip of half a metre", drawn(&["0 0,2000 0,2000 0.04,0 0.04,0 0"]), Code("GEOM_SLIVER", "wide on average")),
        ("20,000 vertices", geometry("Polygon", &regular(20_000, 0.01)), Code("GEOM_TOO_COMPLEX", "10000 vertices")),
        ("300,000 vertices", geometry("Polygon", &regular(300_000, 0.01)), Code("GEOM_TOO_COMPLEX", "10000 vertices")),
        ("101 parts", geometry("MultiPolygon", &format!("[{}]", (0..101).map(square).collect::<Vec<_>>().join(","))), Code("GEOM_TOO_COMPLEX", "100 parts")),
        ("10,000 holes", geometry("Polygon", &format!("[{}]", vec!["[[36,1],[36,2],[37,1],[36,1]]"; 10_000].join(","))), Code("GEOM_TOO_COMPLEX", "")),
        ("200 holes", geometry("Polygon", &format!("[{}]", vec!["[[36,1],[36,2],[37,1],[36,1]]"; 201].join(","))), Code("GEOM_TOO_COMPLEX", "200 rings")),
        ("star of 9,999 crossings", geometry("Polygon", &star(9_999)), Code("GEOM_INVALID", "crosses itself")),
        ("spool of 9,900 lines", geometry("Polygon", &spool(4_950)), Code("GEOM_TOO_COMPLEX", "close together")),
        // tracks
        ("open track", geometry("LineString", "[[36,1],[36.002,1],[36.002,1.002],[36,1.002]]"), Code("GEOM_TRACK_OPEN", "221.1 m apart")),
        ("track of two positions", geometry("LineString", "[[36,1],[36.002,1],[36,1]]"), Code("GEOM_EMPTY", "fewer than three")),
        ("empty track", geometry("LineString", "[]"), Code("GEOM_EMPTY", "no positions")),
        ("track that crosses its start", geometry("LineString", "[[36,1],[36.002,1],[36.002,1.002],[36.0001,1.002],[36.0001,0.9999],[36.00005,0.9999]]"), Code("GEOM_INVALID", "crosses itself")),
        ("closed track", geometry("LineString", "[[36,1],[36.002,1],[36.002,1.002],[36,1.002],[36,1.0001]]"), Repaired(&["closed_ring", "track_to_polygon"])),
        // repairs
        ("unclosed ring", drawn(&["0 0,20 0,20 20,0 20"]), Repaired(&["closed_ring"])),
        ("nearly closed ring", drawn(&["0 0,20 0,20 20,0 20,0.0005 0"]), Repaired(&["closed_ring"])),
        ("positions repeated", drawn(&["0 0,20 0,20 0,20 20,20 20,20 20,0 20,0 0,0 0"]), Repaired(&["removed_duplicate_vertices"])),
        ("clockwise", drawn(&["0 0,0 20,20 20,20 0,0 0"]), Repaired(&["reoriented"])),
        ("heights", position("[36.002,1,1843.2]"), Repaired(&["dropped_heights"])),
        ("heights and measures, null height", position("[36.002,1,null,7]"), Repaired(&["dropped_heights"])),
        ("collection of polygons", feature("x", &format!(r#"{{"type":"GeometryCollection","geometries":[{{"type":"Polygon","coordinates":{}}},{{"type":"Polygon","coordinates":{}}}]}}"#, square(1), square(2))), Repaired(&["collection_to_multipolygon"])),
        // ids and properties
        ("id is a list", with(r#""id":[1]"#), Code("ID_INVALID", "text or a whole number")),
        ("id is true", with(r#""id":true"#), Code("ID_INVALID", "text or a whole number")),
        ("id is 1.5", with(r#""id":1.5"#), Code("ID_INVALID", "text or a whole number")),
        ("id with NUL", with(r#""id":"a\u0000b""#), Code("ID_INVALID", "control")),
        ("id with escape codes", with(r#""id":"\u001b[31mred""#), Code("ID_INVALID", "control")),
        ("id that turns direction", with(r#""id":"a\u202eb""#), Code("ID_INVALID", "direction")),
        ("id of 100 kB", with(&format!(r#""id":"{}""#, "x".repeat(100_000))), Code("ID_INVALID", "200 bytes")),
        ("30 February", with(r#""id":"x","declared_sowing_date":"2024-02-30""#), Code("PROPERTY_INVALID", "declared_sowing_date")),
        ("date the other way round", with(r#""id":"x","declared_sowing_date":"03/05/2024""#), Code("PROPERTY_INVALID", "YYYY-MM-DD")),
        ("negative amount", with(r#""id":"x","requested_amount":-5"#), Code("PROPERTY_INVALID", "requested_amount")),
        ("amount with separator", with(r#""id":"x","requested_amount":"1,000""#), Code("PROPERTY_INVALID", "requested_amount")),
        ("amount 1e9", with(r#""id":"x","requested_amount":1e9"#), Code("PROPERTY_INVALID", "requested_amount")),
        ("currency of two letters", with(r#""id":"x","currency":"US""#), Code("PROPERTY_INVALID", "currency")),
        ("area of zero", with(r#""id":"x","declared_area_ha":0"#), Code("PROPERTY_INVALID", "declared_area_ha")),
        ("crop is a list", with(r#""id":"x","declared_crop":["maize"]"#), Code("PROPERTY_INVALID", "declared_crop")),
        ("reference is an object", with(r#""id":"x","lender_ref":{"a":1}"#), Code("PROPERTY_INVALID", "lender_ref")),
        ("reference with a line break", with(r#""id":"x","lender_ref":"a\nb""#), Code("PROPERTY_INVALID", "lender_ref")),
        ("consent ends never", with(r#""id":"x","consent_expires_at":"never""#), Code("PROPERTY_INVALID", "consent_expires_at")),
        ("half a position", with(r#""id":"x","gps_lon":35.004"#), Code("PROPERTY_INVALID", "gps_lat")),
        ("position out of range", with(r#""id":"x","gps_lon":35.004,"gps_lat":95"#), Code("PROPERTY_INVALID", "gps_lat")),
        ("ids as attacks are only text", with(r#""id":"'; DROP TABLE x;--<script>../..=cmd()""#), Repaired(&[])),
        ("outcome and tenant are ignored", with(r#""id":"x","status":"supports","tenant":"other","confidence":1"#), Repaired(&[])),
    ]
}

/// A star polygon: every edge crosses nearly every other.
fn star(points: usize) -> String {
    let mut text = String::from("[[");
    for index in 0..=points {
        let angle = ((index * (points / 2)) % points) as f64 / points as f64 * std::f64::consts::TAU;
        let comma = if index == 0 { "" } else { "," };
        write!(text, "{comma}[{:.9},{:.9}]", 36.0 + 0.01 * angle.cos(), 1.0 + 0.01 * angle.sin()).unwrap();
    }
    text + "]]"
}

/// Thin teeth along a diagonal: every edge's box meets every other's, and no two edges cross.
fn spool(teeth: usize) -> String {
    let mut text = String::from("[[[36,0.99],");
    for tooth in 0..teeth {
        let shift = tooth as f64 * 1e-6;
        write!(text, "[{:.9},{:.9}],", 36.0 + shift, 1.0).unwrap();
        write!(text, "[{:.9},{:.9}],", 36.05 + shift + 5e-7, 1.05).unwrap();
    }
    text + "[36.06,0.99],[36,0.99]]]"
}

#[test]
fn every_bad_feature_is_refused_by_itself_with_a_reason() {
    let cases = features();
    let names: BTreeSet<_> = cases.iter().map(|(name, ..)| *name).collect();
    assert_eq!(names.len(), cases.len(), "names differ");
    assert!(cases.len() >= 60);
    let good = [polygon_feature("good-1", &square(0)), polygon_feature("good-2", &square(9))];
    let mut wrong = Vec::new();
    for (name, case, want) in &cases {
        let found = read(&collection(&[good[0].clone(), case.clone(), good[1].clone()]))
            .unwrap_or_else(|cause| panic!("{name}: {cause}"));
        assert_eq!(found.entries.len(), 3, "{name}");
        assert_eq!(plot(&found.entries[0]).id.as_str(), "good-1", "{name}");
        assert_eq!(plot(&found.entries[2]).id.as_str(), "good-2", "{name}");
        match (want, &found.entries[1]) {
            (Repaired(words), entry @ croplens::intake::Entry::Plot(_)) => {
                let found: Vec<_> = plot(entry).repairs.iter().map(|repair| repair.word()).collect();
                if found != *words {
                    wrong.push(format!("{name}: repairs {found:?}"));
                }
            }
            (Code(code, words), entry @ croplens::intake::Entry::Rejected(_)) => {
                let rejected = rejection(entry);
                assert_eq!(rejected.position, 1, "{name}");
                let all: Vec<_> = rejected.reasons.iter().map(|r| (r.kind.code(), r.text.as_str())).collect();
                if !all.iter().any(|(found, text)| found == code && text.contains(words)) {
                    wrong.push(format!("{name}: {all:?}"));
                }
                for (_, text) in all {
                    assert!(text.len() < 400 && !text.chars().any(char::is_control), "{name}: {text}");
                }
                for reason in &rejected.reasons {
                    let english = english_in(&reason.text_zh, &[]);
                    assert!(english.is_empty(), "{name}: {english:?} in {}", reason.text_zh);
                }
            }
            (_, entry) => wrong.push(format!("{name}: {entry:.200?}")),
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    println!(
        "{} malformed or hostile features, each with its outcome; the plots beside them went on",
        cases.len()
    );
}

#[test]
fn all_bad_features_in_one_file_leave_the_good_ones_untouched() {
    let cases = features();
    let mut mixed = Vec::new();
    for (index, (_, case, _)) in cases.iter().enumerate() {
        mixed.push(polygon_feature(&format!("good-{index}"), &square(index)));
        mixed.push(case.clone());
    }
    let alone = read(&collection(&mixed.iter().step_by(2).cloned().collect::<Vec<_>>())).unwrap();
    let found = read(&collection(&mixed)).unwrap();
    assert_eq!(found.entries.len(), mixed.len());
    for (entry, lonely) in found.entries.iter().step_by(2).zip(&alone.entries) {
        let (one, two) = (plot(entry), plot(lonely));
        assert_eq!((&one.id, &one.geometry, one.area_m2()), (&two.id, &two.geometry, two.area_m2()));
    }
}
