//! Nothing in the tables goes without saying where it comes from: each row is tried with its word taken away.

use croplens::crop::ensemble::EnsembleTable;
use croplens::crop::{Profiles, ThermalTable};

/// The text once for every line that begins with `key`, that line's value blank.
fn each_blank<'a>(text: &'a str, key: &'a str) -> impl Iterator<Item = (usize, String)> + 'a {
    let line = format!("{key} = \"");
    let at: Vec<usize> =
        text.lines().enumerate().filter(|(_, l)| l.starts_with(&line)).map(|(n, _)| n).collect();
    at.into_iter().map(move |n| {
        let blank = format!("{key} = \" \"");
        let lines: Vec<&str> =
            text.lines().enumerate().map(|(k, l)| if k == n { blank.as_str() } else { l }).collect();
        (n + 1, lines.join("\n"))
    })
}

#[test]
fn no_row_of_any_table_goes_without_its_source_and_no_calibration_without_its_set() {
    let (table, calendar) =
        (include_str!("../../../pipelines/ensemble.toml"), include_str!("../../../pipelines/crops.toml"));
    let thermal = include_str!("../../../pipelines/thermal.toml");
    let mut rows = [0; 4];
    for (n, text) in each_blank(table, "source") {
        assert!(EnsembleTable::parse(&text).is_err(), "ensemble.toml line {n}");
        rows[0] += 1;
    }
    for (n, text) in each_blank(table, "fitted_on") {
        assert!(EnsembleTable::parse(&text).is_err(), "ensemble.toml line {n}");
        rows[1] += 1;
    }
    for (n, text) in each_blank(calendar, "source") {
        assert!(Profiles::parse(&text).is_err(), "crops.toml line {n}");
        rows[2] += 1;
    }
    for (n, text) in each_blank(thermal, "source") {
        assert!(ThermalTable::parse(&text).is_err(), "thermal.toml line {n}");
        rows[3] += 1;
    }
    // Three units and seven intervals are calibrated; every profile, clock and zone has a row.
    assert!(rows[0] >= 30 && rows[1] >= 10 && rows[2] >= 69 && rows[3] >= 10, "{rows:?}");
}
