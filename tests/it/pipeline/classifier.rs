//! A classifier of the lender's in a whole run: its word in the odds, its name in the record, silence where it saw too
//! little, and the same bytes however made.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_json::Value;

use super::by_id;
use crate::support::command::{Run, croplens, records};

const BANDS: &str = "B02,B03,B04,B05,B06,B07,B08,B8A,B11,B12,SCL";
const PIPELINE: &str = "name = \"with-a-model\"\n[catalog]\ncollections = [\"sentinel-2-l2a\", \"sentinel-2-c1-l2a\"]\n\
    [period]\nhistory_days = 800\nseason_days = 400\n\
    [bands]\nextra = [\"B02\", \"B03\", \"B05\", \"B06\", \"B07\", \"B8A\", \"B11\", \"B12\"]\n";

/// Columns that hold dates of the crop and what follows from them.
const TIMED: [&str; 5] =
    ["expected_harvest_date", "expected_harvest_from", "expected_harvest_to", "stage", "maturity_frac"];

/// A made archive of one season in all bands: made once, it takes some seconds.
fn made() -> &'static Path {
    static MADE: OnceLock<tempfile::TempDir> = OnceLock::new();
    let folder = MADE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        croplens(&[
            "simulate", "--out", ".", "--seed", "9", "--years", "2022", "--size", "128", "--tiles", "1",
        ])
        .args(["--plots", "20", "--from", "2021-10-01", "--to", "2022-08-15", "--bands", BANDS])
        .within(folder.path())
        .ok();
        folder
    });
    folder.path()
}

/// Pipelines without and with a model, and what is made with them.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Place {
        let place = Place(tempfile::tempdir().unwrap());
        std::fs::write(place.path("without.toml"), PIPELINE).unwrap();
        place.model("with", |card| card);
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The tiny model under this name with a changed card, and a pipeline that names it.
    fn model(&self, name: &str, change: impl Fn(String) -> String) {
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/classifier");
        let card = std::fs::read_to_string(data.join("tiny.toml")).unwrap();
        std::fs::create_dir_all(self.path(name)).unwrap();
        std::fs::copy(data.join("tiny.onnx"), self.path(name).join("m.onnx")).unwrap();
        std::fs::write(self.path(name).join("m.toml"), change(card)).unwrap();
        let pipeline = format!("{PIPELINE}[crop]\nclassifier = \"{name}/m.onnx\"\n");
        std::fs::write(self.path(&format!("{name}.toml")), pipeline).unwrap();
    }

    fn appraise(&self, pipeline: &str, out: &str, as_of: &str, extra: &[&str]) -> Run {
        croplens(&["appraise", "--papers", "none", "--quiet"])
            .arg(made().join("plots.geojson"))
            .arg("--catalog")
            .arg(made())
            .args(["--pipeline", &format!("{pipeline}.toml"), "--as-of", as_of, "--out", out])
            .args(extra)
            .within(self.0.path())
    }

    fn found(&self, out: &str) -> BTreeMap<String, Value> {
        by_id(records(&self.path(out)))
    }
}

/// The entry of the classifier in a record.
fn classifier(record: &Value) -> Option<&Value> {
    record["models"].as_array()?.iter().find(|m| m["id"].as_str().unwrap().starts_with("classifier "))
}

/// A record without what tells with which settings and models it was made.
fn bare(record: &Value) -> Value {
    let mut bare = record.clone();
    bare["models"].as_array_mut().unwrap().retain(|m| !m["id"].as_str().unwrap().starts_with("classifier "));
    bare["record_id"] = Value::Null;
    bare["record_sha256"] = Value::Null;
    bare["config_sha256"] = Value::Null;
    bare
}

#[test]
fn a_model_moves_odds_and_no_date_and_one_of_weight_0_moves_nothing() {
    let place = Place::new();
    place.model("weightless", |card| card.replace("weight = 0.7", "weight = 0.0"));
    for pipeline in ["without", "with", "weightless"] {
        place.appraise(pipeline, pipeline, "2022-08-15", &[]).ok();
    }
    let (without, with, weightless) =
        (place.found("without"), place.found("with"), place.found("weightless"));
    let (mut asked, mut moved) = (0, 0);
    for (id, record) in &without {
        assert!(classifier(record).is_none(), "{id}: a run without a model names none");
        let Some(entry) = classifier(&with[id]) else {
            assert!(record["models"].as_array().is_none_or(Vec::is_empty), "{id} was appraised");
            continue;
        };
        assert_eq!(bare(&weightless[id]), bare(record), "{id}");
        assert_eq!(entry["version"], "1", "{id}");
        assert_eq!(entry["card_href"], "m.toml", "{id}");
        let hash = croplens::record::sha256_hex(&std::fs::read(place.path("with/m.onnx")).unwrap());
        assert_eq!(entry["sha256"].as_str().unwrap(), hash, "{id}");
        if entry["id"] == "classifier tiny" {
            asked += 1;
            let moves = |column: &str| with[id][column] != record[column];
            moved += usize::from(moves("crop_candidates"));
            // Dates and stage are the profiles'.
            assert!(!TIMED.iter().any(|column| moves(column)), "{id}");
        } else {
            assert_eq!(bare(&with[id]), bare(record), "{id}: a model that was not asked moved something");
        }
    }
    println!("{asked} plots asked about, of {moved} of them the crops were weighed otherwise");
    assert!(asked >= 5 && moved >= 3, "{asked} {moved}");
}

#[test]
fn a_plot_of_which_too_little_was_seen_is_read_as_without_the_model_and_says_so() {
    let place = Place::new();
    for pipeline in ["without", "with"] {
        place.appraise(pipeline, pipeline, "2021-11-20", &[]).ok();
    }
    let (without, with) = (place.found("without"), place.found("with"));
    let (mut silent, mut some) = (0, 0);
    for (id, record) in &without {
        let Some(entry) = classifier(&with[id]) else { continue };
        let said = entry["id"].as_str().unwrap();
        let few = said.strip_prefix("classifier tiny, not used: ").unwrap_or_else(|| panic!("{id}: {said}"));
        let seen: usize = few.split(' ').next().unwrap().parse().unwrap();
        assert_eq!(few, format!("{seen} ten-day periods of at least 8 seen in all its bands"), "{id}");
        // From 1 October to 20 November there are five thirds of months.
        assert!(seen <= 5, "{id}: {said}");
        some += usize::from(seen > 0);
        assert_eq!(bare(&with[id]), bare(record), "{id}");
        silent += 1;
    }
    assert!(silent >= 10 && some >= 3, "{silent} {some}");
}

#[test]
fn threads_and_verify_know_the_model_and_another_calibration_is_told() {
    let place = Place::new();
    let as_of = "2022-08-15";
    place.appraise("with", "one", as_of, &["--threads", "1"]).ok();
    place.appraise("with", "three", as_of, &["--threads", "3"]).ok();
    let bytes = |out: &str| std::fs::read(place.path(out).join("records.jsonl")).unwrap();
    assert_eq!(bytes("one"), bytes("three"));
    let verify = || croplens(&["verify", "one"]).within(place.0.path()).output();
    let said = |output: &std::process::Output| {
        [&output.stdout, &output.stderr].map(|b| String::from_utf8_lossy(b).into_owned()).join("\n")
    };
    let same = verify();
    assert!(same.status.success(), "{}", said(&same));
    place.model("with", |card| card.replace("weight = 0.7", "weight = 0.6"));
    let other = verify();
    assert_eq!(other.status.code(), Some(1), "{}", said(&other));
    assert!(said(&other).contains("pipeline settings: not those of the run"), "{}", said(&other));
}

#[test]
fn a_pipeline_whose_model_cannot_be_used_says_what_to_do() {
    let place = Place::new();
    let refused = |pipeline: &str, words: &[&str]| {
        let output = place.appraise(pipeline, "none", "2022-08-15", &[]).exits(2);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(words.iter().all(|w| said.contains(w)), "{said}");
        assert!(!place.path("none").join("records.jsonl").exists());
    };
    let few = std::fs::read_to_string(place.path("with.toml"))
        .unwrap()
        .replace("\"B05\", ", "")
        .replace(", \"B12\"", "");
    std::fs::write(place.path("few.toml"), few).unwrap();
    refused("few", &["crop.classifier", "name in bands.extra, too: B05, B12"]);
    place.model("strange", |card| card.replace("\"grass\"", "\"moon_rock\""));
    refused("strange", &["strange/m.onnx", "`moon_rock` is no crop, group or cover"]);
    place.model("bare", |card| card);
    std::fs::remove_file(place.path("bare/m.toml")).unwrap();
    refused("bare", &["bare/m.onnx", "has no card"]);
}
