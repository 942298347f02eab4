//! The verb `validate`: what is absent is said, a made set with a known truth meets its target, and misses it when the
//! truth is moved.

use std::path::Path;

use croplens::series::plus_days;
use jiff::civil::date;

use super::{stderr, stdout};
use crate::support::command::croplens;

fn validate(data: &Path, only: &str) -> String {
    stdout(&croplens(&["validate", "--only", only, "--data"]).arg(data).ok())
}

/// A set of one field that is half green on day 120 and half brown on day 220, with a reference so many days later.
fn jolanda(folder: &Path, later: i32) {
    let set = folder.join("italy_jolanda_sen2rts");
    std::fs::create_dir_all(&set).unwrap();
    let day = |n: i32| plus_days(date(2023, 1, 1), n);
    let step = |x: f64| 1.0 / (1.0 + (-x).exp());
    let mut series = "id,date,value,qa\n".to_owned();
    for n in (0..360).step_by(5) {
        let ndvi = 0.2 + 0.6 * step((f64::from(n) - 120.0) / 8.0) * step((220.0 - f64::from(n)) / 8.0);
        series.push_str(&format!("1,{},{ndvi:.4},1\n", day(n)));
    }
    std::fs::write(set.join("reference_ts_raw.csv"), series).unwrap();
    let cycle = format!("id,sos,eos\n1,{},{}\n", day(120 + later), day(220 + later));
    std::fs::write(set.join("reference_pheno.csv"), cycle).unwrap();
}

#[test]
fn sets_that_are_absent_are_said_and_nothing_stops() {
    let folder = tempfile::tempdir().unwrap();
    let said = validate(folder.path(), "france,brazil,swiss,us,asia,gpp,jolanda,events");
    let absent = said.split("Not in the folder, so not measured:").nth(1).unwrap();
    assert_eq!(absent.lines().filter(|l| l.starts_with("- ")).count(), 8, "{said}");
    assert!(said.contains("0 missed, 0 met, 33 not measured"), "{said}");
}

#[test]
fn a_name_that_is_no_set_is_a_mistake_and_the_known_ones_are_told() {
    let output = croplens(&["validate", "--data", ".", "--only", "mars"]).exits(2);
    assert!(stderr(&output).contains("mars") && stderr(&output).contains("jolanda"), "{}", stderr(&output));
}

#[test]
fn a_known_truth_is_met_and_a_moved_one_is_missed() {
    let folder = tempfile::tempdir().unwrap();
    jolanda(folder.path(), 0);
    let said = validate(folder.path(), "jolanda");
    assert!(said.contains("0 missed, 2 met, 31 not measured"), "{said}");
    assert_eq!(said, validate(folder.path(), "jolanda"));
    jolanda(folder.path(), 20);
    let said = validate(folder.path(), "jolanda");
    assert!(said.contains("2 missed, 0 met, 31 not measured"), "{said}");
    let first = said.lines().find(|l| l.contains("Jolanda, start of season")).unwrap();
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
