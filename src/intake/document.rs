//! The file as a whole: what kind of text it is, and the text of each feature in it.

use serde::de::IgnoredAny;

use super::error::Error;
use super::limits::Limits;
use super::split::{self, Stop};

/// The features of a file, still as text.
#[derive(Debug)]
pub(super) struct Document<'a> {
    /// Text of each feature, in input order.
    pub features: Vec<&'a str>,
    /// The `crs` member of the FeatureCollection, as written.
    pub crs: Option<&'a str>,
}

/// RFC 8142 record separator.
const RECORD_SEPARATOR: char = '\u{1e}';
/// Types of RFC 7946 that stand for one feature at the top of a document (a bare geometry is one too).
const ONE_FEATURE: [&str; 8] = [
    "Feature",
    "Polygon",
    "MultiPolygon",
    "LineString",
    "MultiLineString",
    "Point",
    "MultiPoint",
    "GeometryCollection",
];

/// Finds the features of a file: FeatureCollection, Feature, bare geometry, a feature per line, or
/// features behind RFC 8142 record separators.
pub(super) fn open<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Document<'a>, Error> {
    if bytes.len() > limits.max_bytes {
        return Err(Error::TooManyBytes { bytes: bytes.len(), limit: limits.max_bytes });
    }
    let text = text_of(bytes)?;
    if text.trim_start().starts_with(RECORD_SEPARATOR) {
        return records(text.split(RECORD_SEPARATOR), limits);
    }
    let start = split::skip_space(text, 0);
    let end = split::value_end(text, start);
    match end {
        Ok(end) if split::skip_space(text, end) == text.len() => {
            single(text.get(start..end).unwrap_or_default(), limits, |stop| at_stop(text, start, stop))
        }
        _ if is_line_delimited(text) => records(text.lines(), limits),
        Ok(end) if text.get(end..).is_some_and(|rest| rest.trim_start().starts_with(['{', '['])) => {
            Err(Error::SeveralDocuments)
        }
        Ok(end) => Err(not_json(text, end, "text after the end of the JSON value")),
        Err(stop) => Err(at_stop(text, 0, stop)),
    }
}

/// The input as text, without byte order mark; or what else it is.
fn text_of(bytes: &[u8]) -> Result<&str, Error> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let signatures: [(&[u8], &str, &str); 9] = [
        (b"\x1f\x8b", "gzip-compressed", "unpack it first (gunzip)"),
        (b"\x28\xb5\x2f\xfd", "zstd-compressed", "unpack it first (unzstd)"),
        (b"PK\x03\x04", "a ZIP archive", "unpack it first, and convert a Shapefile or KMZ with ogr2ogr"),
        (b"7z\xbc\xaf", "a 7-Zip archive", "unpack it first"),
        (b"SQLite format 3", "a GeoPackage or SQLite file", "convert it with ogr2ogr -t_srs EPSG:4326"),
        (b"PAR1", "a Parquet file", "convert it with ogr2ogr -t_srs EPSG:4326"),
        (b"\x00\x00\x27\x0a", "a Shapefile", "convert it with ogr2ogr -t_srs EPSG:4326"),
        (b"\xff\xfe", "UTF-16 text", "save it again with the encoding UTF-8"),
        (b"\xfe\xff", "UTF-16 text", "save it again with the encoding UTF-8"),
    ];
    for (signature, kind, advice) in signatures {
        if bytes.starts_with(signature) {
            return Err(Error::OtherFormat { kind, advice });
        }
    }
    if matches!(bytes, [0, _, ..] | [_, 0, ..]) {
        return Err(Error::OtherFormat {
            kind: "UTF-16 text or binary",
            advice: "save it as text with the encoding UTF-8",
        });
    }
    let text = std::str::from_utf8(bytes).map_err(|cause| match cause.error_len() {
        None => Error::Truncated { bytes: bytes.len() },
        Some(_) => Error::NotUtf8 { offset: cause.valid_up_to() },
    })?;
    let head = text.trim_start();
    if head.is_empty() {
        return Err(Error::Empty);
    }
    if head.starts_with('<') {
        return Err(Error::OtherFormat {
            kind: "HTML or XML (a web page, KML or GPX)",
            advice: "an HTML page is often an error message saved in place of the data; KML and GPX convert with ogr2ogr",
        });
    }
    Ok(text)
}

/// Whether most lines are JSON objects of their own.
fn is_line_delimited(text: &str) -> bool {
    let (mut lines, mut whole) = (0usize, 0usize);
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        lines += 1;
        whole += usize::from(line.starts_with('{') && split::value_end(line, 0) == Ok(line.len()));
    }
    lines >= 2 && whole * 2 >= lines
}

/// One feature per record; blank records are nothing.
fn records<'a>(pieces: impl Iterator<Item = &'a str>, limits: &Limits) -> Result<Document<'a>, Error> {
    let mut features = Vec::new();
    for piece in pieces.map(str::trim).filter(|piece| !piece.is_empty()) {
        if features.len() == limits.max_features {
            return Err(Error::TooManyFeatures { limit: limits.max_features });
        }
        if split::members(piece)
            .is_ok_and(|members| type_of(&members).as_deref() == Some("FeatureCollection"))
        {
            return Err(Error::SeveralDocuments);
        }
        features.push(piece);
    }
    if features.is_empty() { Err(Error::Empty) } else { Ok(Document { features, crs: None }) }
}

/// The only document of the file.
fn single<'a>(
    text: &'a str,
    limits: &Limits,
    stopped: impl Fn(Stop) -> Error,
) -> Result<Document<'a>, Error> {
    if !text.starts_with('{') {
        strictly(text, text)?;
        return Err(Error::NotGeoJson {
            what: "the outer value is not an object; expected a FeatureCollection",
        });
    }
    let members = split::members(text).map_err(&stopped)?;
    let kind = type_of(&members);
    if kind.as_deref().is_some_and(|kind| ONE_FEATURE.contains(&kind)) {
        return Ok(Document { features: vec![text], crs: None });
    }
    let mut seen = std::collections::BTreeSet::new();
    let mut document = Document { features: Vec::new(), crs: None };
    let mut listed = None;
    for (key, value) in &members {
        strictly(text, key)?;
        let name: String = serde_json::from_str(key).unwrap_or_default();
        match name.as_str() {
            "features" => listed = Some(*value),
            "crs" => document.crs = Some(*value),
            _ => {}
        }
        if name != "features" {
            strictly(text, value)?;
        }
        if seen.contains(&name) {
            let known = ["type", "features", "crs", "bbox"].into_iter().find(|known| *known == name);
            return Err(Error::DuplicateMember { name: known.unwrap_or("a foreign member") });
        }
        seen.insert(name);
    }
    let what = match (kind.as_deref(), listed) {
        (Some("FeatureCollection"), Some(list)) if list.starts_with('[') => {
            document.features = split::elements(list, limits.max_features).map_err(|stop| match stop {
                Stop::At(at) => {
                    not_json(text, offset_of(text, list) + at, "expected a comma or the end of the list")
                }
                stop => stopped(stop),
            })?;
            if document.features.len() > limits.max_features {
                return Err(Error::TooManyFeatures { limit: limits.max_features });
            }
            return Ok(document);
        }
        (Some("FeatureCollection"), Some(_)) => "\"features\" is not a list",
        (Some("FeatureCollection"), None) => "the FeatureCollection has no \"features\"",
        (Some("Topology"), _) => "it is TopoJSON; convert it to GeoJSON (topo2geo or ogr2ogr)",
        (None, Some(_)) => {
            "it has \"features\" but no \"type\":\"FeatureCollection\" (Esri JSON? convert it with ogr2ogr)"
        }
        _ => "expected \"type\":\"FeatureCollection\", a Feature, or a Polygon or MultiPolygon",
    };
    Err(Error::NotGeoJson { what })
}

/// The `type` member, when it is one string.
fn type_of(members: &[(&str, &str)]) -> Option<String> {
    let (_, value) = members.iter().find(|(key, _)| *key == "\"type\"")?;
    serde_json::from_str(value).ok()
}

/// Refuses a piece of `text` that is not strict JSON.
fn strictly(text: &str, piece: &str) -> Result<(), Error> {
    serde_json::from_str::<IgnoredAny>(piece).map(drop).map_err(|cause| {
        let what = cause.to_string();
        let what = what.split(" at line ").next().unwrap_or_default().to_owned();
        not_json(text, offset_of(text, piece), &what)
    })
}

/// Byte offset of a slice of `text` in it.
fn offset_of(text: &str, piece: &str) -> usize {
    (piece.as_ptr() as usize).saturating_sub(text.as_ptr() as usize)
}

fn at_stop(text: &str, start: usize, stop: Stop) -> Error {
    match stop {
        Stop::End => Error::Truncated { bytes: text.len() },
        Stop::At(at) => {
            not_json(text, start + at, "expected something else here (a bracket, comma or quote)")
        }
        Stop::TooManyMembers => Error::NotGeoJson { what: "its outer object has more than 10,000 members" },
    }
}

fn not_json(text: &str, at: usize, what: &str) -> Error {
    let before = text.as_bytes().get(..at).unwrap_or(text.as_bytes());
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let column = before.iter().rev().take_while(|byte| **byte != b'\n').count() + 1;
    Error::NotJson { line, column, what: what.to_owned() }
}
