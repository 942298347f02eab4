//! The verb `validate`: what is absent or cannot be used is said, a made set with a known truth meets its target and
//! misses it when the truth is moved, and the years and places of a set are its own.

mod made;

use std::path::Path;

use serde_json::Value;

use super::{stderr, stdout};
use crate::support::command::croplens;

fn validate(data: &Path, only: &str) -> String {
    stdout(&croplens(&["validate", "--only", only, "--data"]).arg(data).ok())
}

fn tables(data: &Path, only: &str) -> Value {
    let text = stdout(&croplens(&["validate", "--json", "--only", only, "--data"]).arg(data).ok());
    serde_json::from_str(&text).unwrap()
}

/// The row of the table of targets whose words begin so.
fn row<'a>(text: &'a str, target: &str) -> &'a str {
    text.lines().find(|l| l.starts_with(&format!("| {target}"))).unwrap_or_else(|| panic!("{target}: {text}"))
}

#[test]
fn sets_that_are_absent_are_said_and_nothing_stops() {
    let folder = tempfile::tempdir().unwrap();
    let said = validate(folder.path(), "france,brazil,swiss,us,asia,gpp,jolanda,events");
    let absent = said.split("Not in the folder, so not measured:").nth(1).unwrap();
    assert_eq!(absent.lines().filter(|l| l.starts_with("- ")).count(), 8, "{said}");
    assert!(said.contains("0 missed, 0 met, 0 on too few cases to say, 35 not measured"), "{said}");
}

#[test]
fn a_name_that_is_no_set_or_a_folder_that_is_none_is_a_mistake() {
    let output = croplens(&["validate", "--data", ".", "--only", "mars"]).exits(2);
    assert!(stderr(&output).contains("mars") && stderr(&output).contains("jolanda"), "{}", stderr(&output));
    let output = croplens(&["validate", "--data", "no/such/folder"]).exits(2);
    assert!(stderr(&output).contains("no/such/folder"), "{}", stderr(&output));
}

#[test]
fn a_set_that_cannot_be_used_is_named_with_its_file_and_the_others_are_measured() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    made::jolanda(data, 12, 0, false);
    made::swiss(data, 2022, 1);
    // No gzip, other columns, no places, a file that is missing.
    std::fs::create_dir_all(data.join("cawa_central_asia")).unwrap();
    std::fs::write(data.join("cawa_central_asia/series.csv.gz"), "this is no gzip file at all").unwrap();
    made::gzip(&data.join("brazil_sits_mod13q1/series.csv.gz"), "id,day,ndvi\n1,2020-01-01,.3\n");
    let places = "sample_id,date,lat,lon,ndvi\na,2022-04-01,,,.5\n";
    made::gzip(&data.join("swiss_wheat_s2_bbch/series.csv.gz"), places);
    std::fs::create_dir_all(data.join("hrvpp_icos_cropsites")).unwrap();
    let output = croplens(&["validate", "--only", "swiss,asia,brazil,gpp,jolanda,events", "--data"])
        .arg(data)
        .exits(1);
    let (said, problems) = (stdout(&output), stderr(&output));
    for words in [
        "cawa_central_asia/series.csv.gz: ",
        "brazil_sits_mod13q1/series.csv.gz: no column sample_id, label, date, lat, lon; its first are: id, day, ndvi",
        "swiss_wheat_s2_bbch/series.csv.gz: none of its 1 rows can be used: 1 without a place",
        "hrvpp_icos_cropsites: there is no file series.csv.gz in it",
    ] {
        assert!(said.contains(words) && problems.contains(words), "{words}: {said}\n{problems}");
    }
    // Events rest on the same files and say so too.
    assert_eq!(problems.matches("\n  events: ").count(), 2, "{problems}");
    assert!(row(&said, "Jolanda, start of season").contains("| met |"), "{said}");
}

#[test]
fn rows_that_are_left_out_are_counted_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    made::swiss(folder.path(), 2022, 6);
    let said = validate(folder.path(), "swiss");
    let words = "swiss_wheat_s2_bbch/series.csv.gz: 156 of 168 rows used, 12 left out (6 of dates not clear enough, 6 without a date)";
    assert!(said.contains(words), "{said}");
    assert!(said.contains("bbch_insitu_2022.csv: all 24 rows used"), "{said}");
}

#[test]
fn a_known_truth_is_met_and_a_moved_one_is_missed() {
    let folder = tempfile::tempdir().unwrap();
    made::jolanda(folder.path(), 12, 0, false);
    let said = validate(folder.path(), "jolanda");
    assert!(said.contains("0 missed, 4 met, 0 on too few cases to say, 33 not measured"), "{said}");
    assert_eq!(said, validate(folder.path(), "jolanda"));
    made::jolanda(folder.path(), 12, 20, false);
    let said = validate(folder.path(), "jolanda");
    assert!(said.contains("4 missed, 0 met, 0 on too few cases to say, 33 not measured"), "{said}");
    let first = row(&said, "Jolanda, start of season");
    assert!(first.contains("| at most 7.0 | **missed by 1"), "{first}");
    // Tables and figures go where they are asked to.
    let out = folder.path().join("out");
    croplens(&["validate", "--only", "jolanda", "--data"]).arg(folder.path()).arg("--out").arg(&out).ok();
    assert_eq!(std::fs::read_to_string(out.join("validation.md")).unwrap().trim_end(), said.trim_end());
    assert!(
        std::fs::read_to_string(out.join("validation.csv"))
            .unwrap()
            .starts_with("set,what,n,reached,target\njolanda,")
    );
}

#[test]
fn seasons_that_are_not_found_are_failures_in_a_row_beside() {
    let folder = tempfile::tempdir().unwrap();
    // As many cycles that cannot be found as are found: the middle of all is infinitely far.
    made::jolanda(folder.path(), 12, 0, true);
    let said = validate(folder.path(), "jolanda");
    assert!(row(&said, "Jolanda, start of season").contains("| 12 | "), "{said}");
    assert!(
        row(&said, "Jolanda, half-rise against").contains("| 24 | inf | at most 7.0 | **missed by inf**"),
        "{said}"
    );
    for (unseen, counted) in
        [(0, "| 10 | 1.00 | at least 0.80 | met |"), (4, "| 10 | 0.60 | at least 0.80 | **missed by 0.20**")]
    {
        made::towers(folder.path(), unseen);
        let said = validate(folder.path(), "gpp");
        let all = row(&said, "end of season against measured GPP: within 15 days, of all");
        assert!(all.contains(counted), "{all}");
        let matched =
            row(&said, "end of season against measured GPP: within 15 days, of the seasons matched");
        assert!(matched.contains(&format!("| {} | 1.00 |", 10 - unseen)), "{matched}");
    }
}

#[test]
fn two_cases_are_no_proof_of_anything() {
    let folder = tempfile::tempdir().unwrap();
    made::jolanda(folder.path(), 2, 0, false);
    let said = validate(folder.path(), "jolanda");
    assert!(said.contains("0 missed, 0 met, 4 on too few cases to say"), "{said}");
    assert!(row(&said, "Jolanda, start of season").contains("n = 2, says little: met"), "{said}");
}

#[test]
fn constants_of_the_tables_are_held_against_the_rows_and_can_miss() {
    let folder = tempfile::tempdir().unwrap();
    made::us(folder.path(), 0);
    let said = validate(folder.path(), "us");
    let peak = |said: &str| row(said, "US wheat: days from the peak of NDVI to maturity").to_owned();
    assert!(peak(&said).contains("| 12 | 0 | -5 to 5 | met |"), "{said}");
    assert!(said.contains("12 of 13 rows used, 1 left out (1 without a scouted stage)"), "{said}");
    made::us(folder.path(), 20);
    let said = validate(folder.path(), "us");
    assert!(peak(&said).contains("| -20 | -5 to 5 | **missed by 15**"), "{said}");
    let lags = row(&said, "US wheat: days from heading to each stage");
    assert!(lags.contains("| 20 | at most 5 | **missed by 15**"), "{lags}");
}

#[test]
fn every_bound_of_the_tables_stands_in_the_first_one() {
    let folder = tempfile::tempdir().unwrap();
    made::us(folder.path(), 0);
    made::swiss(folder.path(), 2022, 1);
    made::jolanda(folder.path(), 12, 0, false);
    let told = tables(folder.path(), "us,swiss,jolanda");
    let bounded = |v: &&Value| !v["at_least"].is_null() || !v["at_most"].is_null();
    let lines: Vec<&Value> = (told["sets"].as_array().unwrap().iter())
        .flat_map(|s| s["lines"].as_array().unwrap())
        .filter(bounded)
        .collect();
    let measured: Vec<&Value> =
        (told["targets"].as_array().unwrap().iter()).filter(|t| t["verdict"] != "not measured").collect();
    assert!(lines.len() > 12 && lines.len() == measured.len(), "{} {}", lines.len(), measured.len());
    for line in lines {
        let same = |t: &&&Value| {
            t["reached"] == line["value"] && t["n"] == line["n"] && t["at_most"] == line["at_most"]
        };
        assert!(measured.iter().any(|t| same(&t)), "{line}");
    }
    // The text counts the same rows.
    let text = validate(folder.path(), "us,swiss,jolanda");
    let count = |verdict: &str| {
        measured.iter().filter(|t| t["verdict"] == verdict && t["too_few_cases"] == false).count()
    };
    let few = measured.iter().filter(|t| t["too_few_cases"] == true).count();
    let words = format!("{} missed, {} met, {few} on too few cases to say", count("missed"), count("met"));
    assert!(text.contains(&words), "{words}: {text}");
}

#[test]
fn threads_change_no_figure() {
    let folder = tempfile::tempdir().unwrap();
    made::swiss(folder.path(), 2022, 3);
    made::us(folder.path(), 0);
    let with = |threads: &str| {
        let words = ["validate", "--json", "--only", "swiss,us", "--threads", threads, "--data"];
        stdout(&croplens(&words).arg(folder.path()).ok())
    };
    assert_eq!(with("1"), with("3"));
}

#[test]
fn wheat_of_another_year_is_told_alike() {
    let folder = tempfile::tempdir().unwrap();
    let told = |year: i16| {
        let data = folder.path().join(year.to_string());
        made::swiss(&data, year, 1);
        validate(&data, "swiss,events").replace(&year.to_string(), "YEAR")
    };
    // Neither these years nor the ones before them are leap years.
    let (first, other) = (told(2022), told(2030));
    assert!(first.contains("4 of 4 visits told, harvest year YEAR"), "{first}");
    assert!(
        first.contains("| Switzerland, winter wheat, declared: seasons with a false sudden loss | 1 |"),
        "{first}"
    );
    assert_eq!(first, other);
}

#[test]
fn pixels_of_another_year_and_other_places_are_told_alike() {
    let folder = tempfile::tempdir().unwrap();
    let told = |year: i16| {
        let data = folder.path().join(year.to_string());
        made::france(&data, year);
        validate(&data, "france").replace(&year.to_string(), "YEAR")
    };
    let (first, other) = (told(2022), told(2030));
    let words = "2 pixels, harvest year YEAR; site at 43.8 N, 0.4 W: 1; site at 48.4 N, 0.6 E: 1";
    assert!(first.contains(words), "{first}");
    assert!(first.contains("| accuracy on YEAR-11-22 | 2 |"), "{first}");
    assert!(first.contains("| site at 43.8 N, 0.4 W: accuracy, accepted right, referred | 1 |"), "{first}");
    assert_eq!(first, other);
}
