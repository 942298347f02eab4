//! `croplens crop` on a table.

use std::fs;

use croplens::cli::crop::{COLUMNS, CropArgs, UnitWord, run};
use croplens::pipeline::Spec;

use crate::phenology::verb::two_fields;

pub(super) fn args(dir: &std::path::Path) -> CropArgs {
    CropArgs {
        json: false,
        series: dir.join("s.csv"),
        out: dir.join("crop.csv"),
        as_of: None,
        zone: "auto".into(),
        declared: Some("crop".into()),
        season_year: None,
        shares: None,
        crops: Vec::new(),
        model: None,
        unit: UnitWord::Field,
        pixel: false,
        sequences: None,
        temperature: None,
        pipeline: None,
        threads: None,
    }
}

#[test]
fn writes_a_row_a_sample() {
    let dir = tempfile::tempdir().unwrap();
    let mut text = two_fields();
    text.push_str("unseen,2023-05-01,,0.5,35.0,maize\n");
    fs::write(dir.path().join("s.csv"), text).unwrap();
    let args = args(dir.path());
    let summary = run(&args, &Spec::built_in().unwrap()).unwrap();
    assert_eq!((summary.samples, summary.rows_written, summary.empty_rows), (3, 3, 1));
    let text = fs::read_to_string(&args.out).unwrap();
    let mut csv = csv::Reader::from_reader(text.as_bytes());
    assert_eq!(csv.headers().unwrap().iter().collect::<Vec<_>>(), COLUMNS);
    let rows: Vec<Vec<String>> =
        csv.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect();
    let cell =
        |row: usize, column: &str| rows[row][COLUMNS.iter().position(|c| *c == column).unwrap()].as_str();
    assert_eq!(
        [cell(0, "sample_id"), cell(1, "sample_id"), cell(2, "sample_id")],
        ["field", "idle", "unseen"]
    );
    assert_eq!(cell(0, "zone"), "kenya-west");
    assert_eq!((cell(0, "declared"), cell(0, "declared_verdict")), ("maize", "consistent"));
    assert_eq!((cell(0, "seasons"), cell(0, "stage")), ("1", "harvested"));
    // A slow fall shows no cut: the window is the calendar's, and no harvest is called detected.
    assert!(cell(0, "harvest_p50").starts_with("2023-0"), "{}", cell(0, "harvest_p50"));
    assert_eq!(cell(0, "harvested_date"), "");
    assert_eq!((cell(1, "seasons"), cell(1, "stage")), ("0", "bare"));
    assert_eq!((cell(0, "crop1"), cell(1, "crop1")), ("maize", "bare_built"));
    assert!(cell(1, "decision") == "bare_built" || !cell(1, "refer_reason").is_empty());
    assert_eq!((cell(2, "decision"), cell(2, "stage")), ("refer", "unknown"));
    assert!(rows.iter().all(|r| r.len() == COLUMNS.len()));
}

#[test]
fn an_unknown_zone_is_refused_with_the_known_ones() {
    let dir = tempfile::tempdir().unwrap();
    let args = CropArgs { zone: "atlantis".into(), ..args(dir.path()) };
    let error = run(&args, &Spec::built_in().unwrap()).unwrap_err();
    assert!(error.is_usage() && error.to_string().contains("kenya-west"), "{error}");
}

/// The bytes that the verb writes for a table, with so many threads.
fn bytes(table: &str, threads: usize) -> Vec<u8> {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("s.csv"), table).unwrap();
    let args = args(dir.path());
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| run(&args, &Spec::built_in().unwrap())).unwrap();
    fs::read(&args.out).unwrap()
}

#[test]
fn neither_the_order_of_rows_nor_the_number_of_threads_changes_a_byte() {
    let text = two_fields();
    let (head, rows) = text.split_once('\n').unwrap();
    let mut rows: Vec<&str> = rows.lines().collect();
    let as_given = bytes(&text, 1);
    assert!(as_given.len() > 200);
    assert_eq!(bytes(&text, 3), as_given, "threads");
    rows.reverse();
    assert_eq!(bytes(&format!("{head}\n{}\n", rows.join("\n")), 2), as_given, "rows");
}
