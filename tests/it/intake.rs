//! Tests of `intake`.

mod formats;
mod geodesic;
mod laws;
mod malformed;
mod oracle;
mod personal;
mod temperatures;
mod unusable;

use croplens::intake::{self, Entry, Intake, Limits, Rejection};
use croplens::plot::Plot;

/// Reads text with the default limits.
fn read(text: &str) -> Result<Intake, intake::Error> {
    intake::read(text.as_bytes(), &Limits::default())
}

/// A square of about 220 m (4.9 ha), `step` squares east of a first one in western Kenya.
fn square(step: usize) -> String {
    let west = 35.0 + 0.003 * step as f64;
    let east = west + 0.002;
    format!("[[[{west},0.5],[{east},0.5],[{east},0.502],[{west},0.502],[{west},0.5]]]")
}

/// A feature with the given polygon coordinates.
fn polygon_feature(id: &str, coordinates: &str) -> String {
    feature(id, &format!(r#"{{"type":"Polygon","coordinates":{coordinates}}}"#))
}

/// A feature with the given geometry.
fn feature(id: &str, geometry: &str) -> String {
    format!(r#"{{"type":"Feature","properties":{{"id":"{id}"}},"geometry":{geometry}}}"#)
}

fn collection(features: &[String]) -> String {
    format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","))
}

fn plot(entry: &Entry) -> &Plot {
    match entry {
        Entry::Plot(plot) => plot,
        Entry::Rejected(rejection) => panic!("rejected: {:?}", rejection.reasons),
    }
}

fn rejection(entry: &Entry) -> &Rejection {
    match entry {
        Entry::Rejected(rejection) => rejection,
        Entry::Plot(plot) => panic!("taken as plot {}", plot.id),
    }
}

/// The only entry of a text that has one feature.
fn only(text: &str) -> Entry {
    let found = read(text).unwrap();
    assert_eq!(found.entries.len(), 1);
    found.entries.into_iter().next().unwrap()
}
