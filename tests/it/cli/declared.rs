//! What is declared against what is seen, on the sample: no record tells of a plot what its own curve denies.

use std::path::Path;

use serde_json::{Value, json};

use super::fraud::write;
use crate::support::archive::{json, sample_tiles};
use crate::support::command::{croplens, records};

/// The records of sample plots on a day, each plot with other properties.
fn appraised(at: &Path, as_of: &str, pick: &[usize], change: impl Fn(&mut Value)) -> Vec<Value> {
    let sample = json(&sample_tiles().join("plots.geojson"));
    let features: Vec<Value> = pick
        .iter()
        .map(|n| {
            let mut feature = sample["features"][n].clone();
            change(&mut feature["properties"]);
            feature
        })
        .collect();
    let (plots, out) = (at.join("plots.geojson"), at.join("out"));
    write(&plots, &features);
    croplens(&["appraise"])
        .arg(&plots)
        .arg("--catalog")
        .arg(sample_tiles())
        .args(["--as-of", as_of, "--papers", "none", "--quiet"])
        .args(["--fresh", "--out"])
        .arg(&out)
        .ok();
    records(&out)
}

fn maize_without_date(properties: &mut Value) {
    properties["declared_crop"] = json!("maize");
    properties["declared_sowing_date"] = json!(null);
}

/// What a record tells of the crop whose dates were reckoned.
const DEVELOPMENT: [&str; 7] = [
    "emergence_date",
    "stage_bbch",
    "maturity_frac",
    "expected_harvest_date",
    "expected_harvest_from",
    "expected_harvest_to",
    "harvest_detected_date",
];

/// The reason that says what was green before the crop comes up.
fn said(record: &Value) -> Option<&Value> {
    let is_it = |r: &&Value| {
        let text = r["text_en"].as_str().unwrap();
        r["code"] == "CROP_OUT_OF_DOMAIN"
            && text.contains("before the crop whose dates were reckoned comes up")
    };
    record["reasons_all"].as_array().unwrap().iter().find(is_it)
}

/// Wheat and rapeseed at their greenest, declared as the maize that is sown in these weeks.
#[test]
fn a_canopy_that_stands_is_never_told_as_bare_soil() {
    let folder = tempfile::tempdir().unwrap();
    let all = appraised(folder.path(), "2022-05-15", &[0, 1, 2, 10, 12, 14, 15, 18], maize_without_date);
    let mut green = 0;
    for r in &all {
        let ndvi = r["ndvi_latest"].as_f64().unwrap();
        if ndvi < 0.5 {
            assert_eq!(r["stage"], "bare", "{} is bare: {ndvi}", r["id"]);
            continue;
        }
        green += 1;
        assert_eq!((&r["cropped"], &r["stage"]), (&json!("yes"), &json!("unknown")), "{}", r["id"]);
        for key in DEVELOPMENT {
            assert_eq!(r[key], json!(null), "{}: {key}", r["id"]);
        }
        let said = said(r).unwrap();
        assert_eq!((&said["effect"], &r["status"]), (&json!("refer"), &json!("refer")));
        let text = said["text_en"].as_str().unwrap();
        let at = text.split("the land was green (NDVI ").nth(1).unwrap();
        assert!((at[..4].parse::<f64>().unwrap() - ndvi).abs() < 0.02, "{ndvi}: {text}");
        assert!(text.contains("on 2022-04-27) before the crop"), "{text}");
    }
    assert_eq!((green, all.len()), (7, 8));
}

/// A crop comes up before its season starts on the curve: dates that say otherwise are another crop's.
#[test]
fn nothing_comes_up_under_a_canopy_that_stands() {
    let folder = tempfile::tempdir().unwrap();
    let mut told = 0;
    for as_of in ["2022-03-15", "2022-07-15"] {
        let all = appraised(folder.path(), as_of, &[0, 1, 2, 3, 4, 10, 12, 14], maize_without_date);
        for r in all.iter().filter(|r| r["declared_verdict"] == "undetermined") {
            let (up, start) = (&r["emergence_date_lower"], &r["sos_date_upper"]);
            if let (Some(up), Some(start)) = (up.as_str(), start.as_str()) {
                assert!(up <= start, "{} on {as_of}: up on {up}, start on {start}", r["id"]);
            }
            if said(r).is_some() {
                told += 1;
                assert_eq!((&r["stage"], &r["status"]), (&json!("unknown"), &json!("refer")), "{}", r["id"]);
                for key in DEVELOPMENT {
                    assert_eq!(r[key], json!(null), "{}: {key}", r["id"]);
                }
            }
        }
    }
    assert!(told >= 4, "{told}");
}

/// Spring barley, with a sowing date of another century, of last year's spring, of a day to come, and without one.
#[test]
fn a_sowing_date_that_cannot_be_is_as_if_none_had_been_given() {
    let folder = tempfile::tempdir().unwrap();
    let of_record = ["record_id", "record_sha256", "prev_record_sha256", "declared_sowing_date"];
    let of_verdict = ["status", "reasons", "reasons_all", "what_would_change", "next_review_date"];
    for as_of in ["2022-03-15", "2022-05-15", "2022-11-13"] {
        let with = |sown: Option<&str>| {
            let all = appraised(folder.path(), as_of, &[4], |p| p["declared_sowing_date"] = json!(sown));
            all.into_iter().next().unwrap()
        };
        let without = with(None);
        for sown in ["1922-03-07", "2020-03-07", "2022-12-01"] {
            let record = with(Some(sown));
            assert_eq!(record["declared_sowing_date"], sown);
            let (mut a, mut b) = (record.clone(), without.clone());
            for key in of_record.iter().chain(&of_verdict) {
                a[*key] = json!(null);
                b[*key] = json!(null);
            }
            assert_eq!(a, b, "{as_of}: {sown}");
            // The date is told, and is all that is told beside the answer without it.
            let reasons = |r: &Value| r["reasons_all"].as_array().unwrap().clone();
            let told: Vec<Value> =
                reasons(&record).into_iter().filter(|r| !reasons(&without).contains(r)).collect();
            assert_eq!(told.len(), 1, "{told:?}");
            assert_eq!(told[0]["code"], "SOWING_DATE_IMPLAUSIBLE");
            assert!(reasons(&without).iter().all(|r| reasons(&record).contains(r)));
            assert_eq!(record["status"], "refer");
        }
    }
}
