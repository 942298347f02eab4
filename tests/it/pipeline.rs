//! The whole corridor, against the truth of the sample, against itself, and against a counting server.

mod classifier;
mod determinism;
mod divided;
mod engine;
mod kept;
mod neighbours;
mod once;
mod pair;
mod room;
mod shards;
mod temperature;
mod time;
mod truth;

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::Date;
use serde_json::Value;

use crate::support::archive::{json, sample_tiles};
use crate::support::command::{croplens, records};

/// The plots of the committed truth.
fn truth() -> Vec<Value> {
    json(&sample_tiles().join("truth.json"))["plots"].as_array().unwrap().clone()
}

fn date(value: &Value) -> Option<Date> {
    value.as_str().map(|text| text.parse().unwrap())
}

fn days(from: Date, to: Date) -> i32 {
    from.until(to).unwrap().get_days()
}

/// Appraises the committed plots on a catalogue, without papers.
fn appraised(catalog: &Path, as_of: &str, out: &Path) -> BTreeMap<String, Value> {
    croplens(&["appraise"])
        .arg(sample_tiles().join("plots.geojson"))
        .arg("--catalog")
        .arg(catalog)
        .args(["--as-of", as_of, "--papers", "none", "--quiet", "--out"])
        .arg(out)
        .ok();
    by_id(records(out))
}

fn by_id(records: Vec<Value>) -> BTreeMap<String, Value> {
    let count = records.len();
    let by: BTreeMap<String, Value> =
        records.into_iter().map(|r| (r["id"].as_str().unwrap().to_owned(), r)).collect();
    assert_eq!(by.len(), count, "every record has its own id");
    by
}

/// The codes of a record's reasons.
fn codes(record: &Value) -> Vec<&str> {
    record["reasons_all"].as_array().unwrap().iter().map(|r| r["code"].as_str().unwrap()).collect()
}
