//! The same inputs give the same bytes: on a second run, with other threads, in another order.

use std::path::Path;

use serde_json::Value;

use super::by_id;
use crate::support::archive::{copy, files, json, sample_tiles};
use crate::support::command::{croplens, records};

/// Runs into `out` beside the sample, then moves the results away.
fn run(folder: &Path, plots: &str, extra: &[&str], to: &str) {
    croplens(&["appraise", plots, "--catalog", "sample", "--as-of", "2022-11-13", "--quiet"])
        .args(["--out", "out"])
        .args(extra)
        .within(folder)
        .ok();
    std::fs::rename(folder.join("out"), folder.join(to)).unwrap();
}

#[test]
fn every_file_has_the_same_bytes_on_a_second_run_and_with_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    copy(&sample_tiles(), &folder.path().join("sample"));
    run(folder.path(), "sample/plots.geojson", &[], "first");
    let first = folder.path().join("first");
    let names = files(&first);
    let papers = names.iter().filter(|n| n.starts_with("plots")).count();
    assert!(names.len() > 8 && papers >= 4 * 18, "{} files, {papers} papers", names.len());
    for threads in ["", "1", "2", "8"] {
        let extra: &[&str] = if threads.is_empty() { &[] } else { &["--threads", threads] };
        let name = format!("again{threads}");
        run(folder.path(), "sample/plots.geojson", extra, &name);
        let again = folder.path().join(&name);
        assert_eq!(files(&again), names);
        for file in names.iter().filter(|n| !n.ends_with("run.json")) {
            let same = std::fs::read(first.join(file)).unwrap() == std::fs::read(again.join(file)).unwrap();
            assert!(same, "{} differs with threads {threads:?}", file.display());
        }
    }
    println!("{} files, {papers} of them papers, five runs", names.len());
}

#[test]
fn the_order_of_the_plots_changes_no_record() {
    let folder = tempfile::tempdir().unwrap();
    copy(&sample_tiles(), &folder.path().join("sample"));
    let mut plots = json(&folder.path().join("sample/plots.geojson"));
    plots["features"].as_array_mut().unwrap().reverse();
    std::fs::write(folder.path().join("reversed.geojson"), plots.to_string()).unwrap();
    run(folder.path(), "sample/plots.geojson", &["--papers", "none"], "first");
    run(folder.path(), "reversed.geojson", &["--papers", "none"], "reversed");
    let read = |name: &str| by_id(records(&folder.path().join(name)));
    let (first, reversed) = (read("first"), read("reversed"));
    assert_eq!(first.len(), 20);
    // Which feature of the file it was; the hash covers it, and so does the id where nothing else names the land.
    let placeless = |record: &Value| {
        let mut record = record.clone();
        let unusable = record["status"] == "not_appraised";
        record.as_object_mut().unwrap().retain(|key, _| {
            let placed = ["input_position", "record_sha256"].contains(&key.as_str());
            !(placed || unusable && key == "record_id")
        });
        record
    };
    for (id, record) in &first {
        assert_ne!(record["input_position"], reversed[id]["input_position"]);
        assert_eq!(placeless(record), placeless(&reversed[id]), "{id}");
    }
}
