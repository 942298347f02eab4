//! The manifest, and what a second run may take over.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use croplens::store::{
    CatalogUsed, DeferredPlot, Error, Exit, InputFile, MANIFEST_VERSION, OutputFile, PlotCounts,
    RECORDS_FILE, RunManifest, SceneCounts, SettingsUsed, SoftwareUsed, Traffic, deferring_reason, finished,
    read_manifest, write_jsonl, write_manifest,
};
use jiff::civil::date;

use super::sample;

pub(super) fn manifest(dir: &Path) -> RunManifest {
    let settings = SettingsUsed { name: "wheat-winter".into(), path: None, sha256: sample::CONFIG.into() };
    RunManifest {
        manifest_version: MANIFEST_VERSION.into(),
        software: SoftwareUsed {
            name: "croplens".into(),
            version: "0.1.0".into(),
            git_commit: None,
            libraries: BTreeMap::from([("gdal".to_owned(), "3.6.2".to_owned())]),
        },
        command: vec!["croplens".into(), "appraise".into(), "plots.geojson".into()],
        from: jiff::civil::date(2023, 1, 1),
        to: jiff::civil::date(2024, 1, 1),
        as_of: date(2024, 7, 5),
        started_at: "2024-07-05T06:00:00Z".parse().unwrap(),
        finished_at: "2024-07-05T06:01:30Z".parse().unwrap(),
        exit: Exit::Deferred,
        inputs: vec![InputFile {
            path: "plots.geojson".into(),
            sha256: sample::CONFIG.into(),
            bytes: 10,
            features: 4,
            personal_properties: 0,
            personal_properties_ignored: false,
        }],
        pipeline: settings.clone(),
        policy: Some(settings),
        figures: Vec::new(),
        register: None,
        config_sha256: sample::CONFIG.into(),
        catalog: CatalogUsed { location: "https://example.org/v1".into(), ..CatalogUsed::default() },
        scenes: SceneCounts { found: 61, used: 14, ..SceneCounts::default() },
        scenes_skipped: vec![],
        traffic: Traffic { requests: 300, retries: 4, ..Traffic::default() },
        plots: PlotCounts { total: 4, ..PlotCounts::default() },
        deferred: vec![],
        timings_s: BTreeMap::from([("total".to_owned(), 90.0)]),
        threads: 2,
        outputs: vec![OutputFile::of(dir, RECORDS_FILE).unwrap()],
        notes: vec![],
    }
}

fn folder() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    write_jsonl(&dir.path().join(RECORDS_FILE), &sample::all()).unwrap();
    write_manifest(dir.path(), &manifest(dir.path())).unwrap();
    dir
}

#[test]
fn the_manifest_reads_back_and_exit_states_have_their_codes() {
    let dir = folder();
    assert_eq!(read_manifest(dir.path()).unwrap(), Some(manifest(dir.path())));
    assert_eq!([Exit::Done.code(), Exit::Failed.code(), Exit::Deferred.code()], [0, 1, 3]);
    assert_eq!(read_manifest(&dir.path().join("none")).unwrap(), None);
}

#[test]
fn only_finished_records_of_the_same_settings_are_taken_over() {
    let dir = folder();
    let kept = finished(dir.path(), sample::CONFIG).unwrap();
    // Not the one with unreadable scenes, not the one that could not be used.
    assert_eq!(kept.keys().collect::<Vec<_>>(), ["KIT-0417", "fallow 3"]);
    let text = fs::read_to_string(dir.path().join(RECORDS_FILE)).unwrap();
    assert_eq!(kept["KIT-0417"].line, text.lines().next().unwrap());
    assert_eq!(kept["KIT-0417"].record, sample::supports());
    assert_eq!(deferring_reason(&sample::refer()), Some("SRC_READ_FAILED"));
    assert!(finished(dir.path(), "another hash").unwrap().is_empty());
}

#[test]
fn plots_the_manifest_calls_deferred_are_made_anew() {
    let dir = folder();
    let mut manifest = manifest(dir.path());
    manifest.deferred =
        vec![DeferredPlot { id: "fallow 3".into(), why: "catalogue page 2 unreadable".into() }];
    write_manifest(dir.path(), &manifest).unwrap();
    assert_eq!(finished(dir.path(), sample::CONFIG).unwrap().len(), 1);
}

#[test]
fn a_run_that_was_cut_off_counts_for_nothing() {
    let dir = folder();
    fs::remove_file(dir.path().join("run.json")).unwrap();
    assert!(finished(dir.path(), sample::CONFIG).unwrap().is_empty());
    let dir = folder();
    // Records of a later run that died before its manifest.
    write_jsonl(&dir.path().join(RECORDS_FILE), &[sample::supports()]).unwrap();
    assert!(finished(dir.path(), sample::CONFIG).unwrap().is_empty());
    let dir = folder();
    fs::remove_file(dir.path().join(RECORDS_FILE)).unwrap();
    assert!(finished(dir.path(), sample::CONFIG).unwrap().is_empty());
}

#[test]
fn an_id_that_occurs_twice_is_not_taken_over() {
    let dir = tempfile::tempdir().unwrap();
    write_jsonl(&dir.path().join(RECORDS_FILE), &[sample::supports(), sample::supports(), sample::against()])
        .unwrap();
    write_manifest(dir.path(), &manifest(dir.path())).unwrap();
    assert_eq!(finished(dir.path(), sample::CONFIG).unwrap().keys().collect::<Vec<_>>(), ["fallow 3"]);
}

#[test]
fn a_changed_record_or_a_foreign_manifest_is_refused_by_line() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(RECORDS_FILE);
    write_jsonl(&path, &sample::all()).unwrap();
    let text = fs::read_to_string(&path)
        .unwrap()
        .replace("\"status\":\"does_not_support\"", "\"status\":\"supports\"");
    fs::write(&path, text).unwrap();
    write_manifest(dir.path(), &manifest(dir.path())).unwrap();
    let error = finished(dir.path(), sample::CONFIG).unwrap_err();
    assert!(error.to_string().contains("line 3"), "{error}");
    assert!(error.to_string().contains("changed after it was sealed"), "{error}");
    fs::write(dir.path().join("run.json"), "{}").unwrap();
    assert!(matches!(finished(dir.path(), sample::CONFIG).unwrap_err(), Error::Foreign { .. }));
}
