//! Papers of a few plots of a run that made none: those that the run would have made.

use std::path::Path;

use super::{stderr, stdout};
use crate::support::archive::{copy, files, sample_tiles};
use crate::support::command::{Run, croplens, records};

/// Companies of five, so that a plot's company is a part of the sample.
const PIPELINE: &str = "name = \"small\"\n[catalog]\ncollections = [\"sentinel-2-l2a\", \"sentinel-2-c1-l2a\"]\n\
    [period]\nhistory_days = 800\nseason_days = 400\n[company]\nmost_plots = 5\n";

fn appraise(place: &Path, out: &str, papers: &str) {
    croplens(&["appraise", "sample/plots.geojson", "--catalog", "sample", "--pipeline", "small.toml"])
        .args(["--from", "2022-03-01", "--as-of", "2022-07-20", "--quiet", "--papers", papers, "--out", out])
        .within(place)
        .ok();
}

fn papers(place: &Path, ids: &[&str]) -> Run {
    croplens(&["papers"]).args(ids).args(["--in", "bare"]).within(place)
}

#[test]
fn papers_made_later_are_those_that_the_run_would_have_made() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    copy(&sample_tiles(), &place.join("sample"));
    std::fs::write(place.join("small.toml"), PIPELINE).unwrap();
    appraise(place, "full", "all");
    appraise(place, "bare", "none");
    assert!(!place.join("bare/plots").exists());
    let before = std::fs::read(place.join("bare/records.jsonl")).unwrap();
    let all = records(&place.join("bare"));
    let drawn = |r: &&serde_json::Value| r["phase_evidence"].as_array().is_some_and(|p| p.len() > 1);
    let id = all.iter().find(drawn).expect("a plot that was seen in two phases")["id"].as_str().unwrap();

    let output = papers(place, &[id]).output();
    assert!(output.status.success(), "{}", stderr(&output));
    let (full, bare) = (place.join("full/plots").join(id), place.join("bare/plots").join(id));
    assert_eq!(files(&full), files(&bare));
    for file in files(&full) {
        // A report shows the hash of its record, and the record of a run with papers links to them.
        let shows_hash = file.extension().is_some_and(|e| e == "html");
        let same = std::fs::read(full.join(&file)).unwrap() == std::fs::read(bare.join(&file)).unwrap();
        assert!(same || shows_hash, "{} differs", file.display());
    }
    assert_eq!(files(&place.join("bare/plots")).len(), files(&bare).len(), "papers of this plot alone");
    assert_eq!(std::fs::read(place.join("bare/records.jsonl")).unwrap(), before);
    let left = std::fs::read_dir(place.join("bare")).unwrap().flatten();
    assert!(left.into_iter().all(|e| !e.file_name().to_string_lossy().ends_with(".partial")));
    croplens(&["bundle", id, "--in", "bare", "--out", "one.zip"]).within(place).ok();
    croplens(&["verify", "bare", "--id", id]).within(place).ok();
    assert!(stdout(&papers(place, &[id]).ok()).is_empty(), "again, over the old ones");

    let output = papers(place, &[id, "nobody"]).output();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("holds no record of plot nobody"), "{}", stderr(&output));
}

#[test]
fn no_papers_are_made_that_tell_another_story_than_the_record() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    copy(&sample_tiles(), &place.join("sample"));
    std::fs::write(place.join("small.toml"), PIPELINE).unwrap();
    appraise(place, "bare", "none");
    let id = records(&place.join("bare"))[0]["id"].as_str().unwrap().to_owned();
    // A scene of the season that the record was made from is there no more.
    let rasters = files(&place.join("sample"));
    let gone = rasters.iter().filter(|f| f.to_string_lossy().contains("202206") && f.ends_with("SCL.tif"));
    assert!(gone.map(|f| std::fs::remove_file(place.join("sample").join(f)).unwrap()).count() > 0);
    let output = papers(place, &[&id]).output();
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("the record comes out otherwise now"), "{}", stderr(&output));
    assert!(!place.join("bare/plots").exists());
}
