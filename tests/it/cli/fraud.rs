//! The same land offered twice: in one file, and against the register of earlier runs.

use std::path::Path;

use serde_json::{Value, json};

use super::stderr;
use crate::support::archive::{json, sample_tiles};
use crate::support::command::{croplens, records};

fn run(plots: &Path, out: &Path, extra: &[&str]) -> std::process::Output {
    croplens(&["appraise"])
        .arg(plots)
        .arg("--catalog")
        .arg(sample_tiles())
        .args(["--from", "2022-04-01", "--papers", "none", "--quiet", "--out"])
        .arg(out)
        .args(extra)
        .output()
}

pub(super) fn plot(feature: &Value, id: &str, application: &str, sown: &str) -> Value {
    let mut feature = feature.clone();
    feature["properties"] = json!({
        "id": id, "application_ref": application, "declared_sowing_date": sown, "borrower_ref": id
    });
    feature
}

pub(super) fn write(path: &Path, features: &[Value]) {
    let whole = json!({ "type": "FeatureCollection", "features": features });
    std::fs::write(path, whole.to_string()).unwrap();
}

fn codes(record: &Value) -> Vec<&str> {
    record["reasons_all"].as_array().unwrap().iter().map(|r| r["code"].as_str().unwrap()).collect()
}

#[test]
fn land_offered_twice_is_referred_once_in_the_file_and_once_by_the_register() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let sample = json(&sample_tiles().join("plots.geojson"));
    let features = sample["features"].as_array().unwrap();
    let register = at("register").display().to_string();
    let with = ["--as-of", "2022-05-31", "--register", &register];

    // Twice in one file, under two names.
    let twice = at("twice.geojson");
    write(
        &twice,
        &[
            plot(&features[0], "a", "A-1", "2022-04-10"),
            plot(&features[0], "b", "B-1", "2022-04-12"),
            plot(&features[1], "c", "C-1", "2022-04-12"),
        ],
    );
    let out = at("one");
    let output = run(&twice, &out, &with);
    assert!(output.status.success(), "{}", stderr(&output));
    let first = records(&out);
    assert_eq!(codes(&first[0])[0], "OVERLAP_SAME_FIELD");
    assert_eq!(first[0]["overlaps"][0]["other_application_ref"], "B-1");
    assert_eq!(first[0]["overlaps"][0]["iou"], 1.0);
    assert_eq!(first[1]["overlaps"][0]["other_id"], "a");
    assert_eq!(first[2]["overlaps"], json!([]), "{}", first[2]["overlaps"]);
    assert_eq!(first[2]["overlap_checked_against"], 2);
    assert_eq!(first[0]["status"], "refer", "who holds the land is for a person to find out");

    // The same run again is not its own rival: the same bytes.
    let again = at("again");
    run(&twice, &again, &with);
    assert_eq!(
        std::fs::read_to_string(out.join("records.jsonl")).unwrap(),
        std::fs::read_to_string(again.join("records.jsonl")).unwrap()
    );

    // A later application for the same land, in the same season and in the next.
    let later = at("later.geojson");
    write(
        &later,
        &[plot(&features[1], "d", "D-1", "2022-05-01"), plot(&features[2], "e", "E-1", "2022-05-01")],
    );
    let out = at("two");
    run(&later, &out, &with);
    let second = records(&out);
    assert_eq!(second[0]["overlaps"][0]["other_application_ref"], "C-1");
    assert_eq!(second[0]["overlaps"][0]["other_record_id"], first[2]["record_id"]);
    assert!(codes(&second[0]).contains(&"OVERLAP_SAME_FIELD"));
    assert_eq!(second[1]["overlaps"], json!([]));
    assert_eq!(second[0]["overlap_checked_against"], 4);

    let next = at("next.geojson");
    write(&next, &[plot(&features[1], "f", "F-1", "2022-10-01")]);
    let out = at("three");
    let of_next = ["--as-of", "2022-11-13", "--register", &register];
    run(&next, &out, &of_next);
    let third = records(&out);
    assert!(codes(&third[0]).contains(&"OVERLAP_OTHER_SEASON"), "{:?}", codes(&third[0]));
    assert!(!codes(&third[0]).contains(&"OVERLAP_SAME_FIELD"), "two crops in two seasons are legal");

    // A register that was changed, if only by a line less, is told; so is one that cannot be read.
    let entries: Vec<_> = std::fs::read_dir(&register).unwrap().map(|e| e.unwrap().path()).collect();
    for (at_line, change) in [(0usize, ""), (0, "\"area_m2\":1e-300")] {
        for file in &entries {
            let whole = std::fs::read_to_string(file).unwrap();
            let mut lines: Vec<String> = whole.lines().map(str::to_owned).collect();
            if change.is_empty() {
                lines.remove(at_line);
            } else {
                let line = &lines[at_line];
                let from = line.find("\"area_m2\":").unwrap();
                let to = from + line[from..].find(',').unwrap();
                lines[at_line] = format!("{}{change}{}", &line[..from], &line[to..]);
            }
            std::fs::write(file, lines.join("\n") + "\n").unwrap();
            let output = run(&later, &at("changed"), &with);
            assert_eq!(output.status.code(), Some(2), "{}", file.display());
            assert!(stderr(&output).contains("changed or cut off"), "{}", stderr(&output));
            assert!(stderr(&output).contains("Bring the file back from a copy"), "{}", stderr(&output));
            std::fs::write(file, whole).unwrap();
        }
    }
    std::fs::write(Path::new(&register).join("x.pledges.jsonl"), "{}\n").unwrap();
    let output = run(&later, &at("four"), &with);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("x.pledges.jsonl"), "{}", stderr(&output));
}

/// A slip of the pen in one of two sowing dates must not hide that one land is offered twice.
#[test]
fn a_mistyped_sowing_date_of_the_other_plot_makes_no_other_season() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let sample = json(&sample_tiles().join("plots.geojson"));
    let field = |id: &str, crop: Option<&str>, sown: &str| {
        let mut feature = plot(&sample["features"][0], id, id, sown);
        feature["properties"]["declared_crop"] = json!(crop);
        feature
    };
    let has = |record: &Value, code: &str| codes(record).contains(&code);
    let overlap = |record: &Value, other: &str| -> bool {
        let all = record["overlaps"].as_array().unwrap();
        all.iter().find(|o| o["other_id"] == other).unwrap()["same_season"].as_bool().unwrap()
    };
    // Maize of spring: one date is the calendar's, one lies in January, one in another year.
    let (true_date, january, year) = ("2022-05-02", "2022-01-02", "2019-05-02");
    write(&at("first.geojson"), &[field("slip", Some("maize"), january), field("year", None, year)]);
    let whole = [
        field("slip", Some("maize"), january),
        field("year", None, year),
        field("a", Some("maize"), true_date),
    ];
    write(&at("whole.geojson"), &whole);
    write(&at("last.geojson"), &whole[2..]);
    let as_of = ["--as-of", "2022-05-31"];
    // In one file.
    assert!(run(&at("whole.geojson"), &at("one"), &as_of).status.success());
    let of_one = records(&at("one"));
    // Against the register, which the first two entered before.
    let register = at("register").display().to_string();
    let with = ["--as-of", "2022-05-31", "--register", &register];
    for (plots, out) in [("first.geojson", "two"), ("last.geojson", "three")] {
        assert!(run(&at(plots), &at(out), &with).status.success());
    }
    for honest in [&of_one[2], &records(&at("three"))[0]] {
        assert_eq!(honest["id"], "a");
        assert!(has(honest, "OVERLAP_SAME_FIELD"), "{:?}", codes(honest));
        assert!(!has(honest, "OVERLAP_OTHER_SEASON"), "{:?}", codes(honest));
        assert!(overlap(honest, "slip") && overlap(honest, "year"), "{}", honest["overlaps"]);
    }
    assert!(has(&of_one[0], "SOWING_DATE_NOT_USED"), "{:?}", codes(&of_one[0]));
    assert!(overlap(&of_one[0], "a") && overlap(&of_one[1], "a"));
}

/// Plots are often numbered from one, and small lenders give no application's reference.
#[test]
fn a_plot_with_the_same_number_in_another_file_is_no_stranger_to_the_register() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let sample = json(&sample_tiles().join("plots.geojson"));
    let bare = |feature: &Value, id: &str| {
        let mut feature = feature.clone();
        feature["properties"] = json!({ "id": id, "declared_sowing_date": "2022-04-12" });
        feature
    };
    let register = at("register").display().to_string();
    let with = ["--as-of", "2022-05-31", "--register", &register];
    write(&at("first.geojson"), &[bare(&sample["features"][0], "1"), bare(&sample["features"][1], "2")]);
    write(&at("second.geojson"), &[bare(&sample["features"][2], "1"), bare(&sample["features"][0], "2")]);
    run(&at("first.geojson"), &at("one"), &with);
    run(&at("second.geojson"), &at("two"), &with);
    let second = records(&at("two"));
    assert_eq!(second[0]["overlaps"], json!([]));
    assert_eq!(codes(&second[1])[0], "OVERLAP_SAME_FIELD", "{:?}", codes(&second[1]));
    assert_eq!(second[1]["overlaps"][0]["other_id"], "1");
    // The same file again is still not its own rival.
    run(
        &at("first.geojson"),
        &at("again"),
        &["--as-of", "2022-05-31", "--register", &at("empty").display().to_string()],
    );
    run(
        &at("first.geojson"),
        &at("once more"),
        &["--as-of", "2022-05-31", "--register", &at("empty").display().to_string()],
    );
    assert!(records(&at("once more")).iter().all(|r| r["overlaps"] == json!([])));
}

/// Of two runs at the same time, at least one is told that the other entered its plots.
#[test]
fn two_runs_at_once_do_not_pass_each_other_unseen() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let sample = json(&sample_tiles().join("plots.geojson"));
    for (file, application) in [("a", "A-1"), ("b", "B-1")] {
        write(
            &at(&format!("{file}.geojson")),
            &[plot(&sample["features"][0], file, application, "2022-04-10")],
        );
    }
    let start = |file: &str| {
        croplens(&["appraise"])
            .arg(at(&format!("{file}.geojson")))
            .arg("--catalog")
            .arg(sample_tiles())
            .args([
                "--from",
                "2022-04-01",
                "--as-of",
                "2022-05-31",
                "--papers",
                "none",
                "--quiet",
                "--register",
            ])
            .arg(at("register"))
            .arg("--out")
            .arg(at(file))
    };
    let mut runs = [start("a").start(), start("b").start()];
    for run in &mut runs {
        assert!(run.wait().unwrap().success());
    }
    let knows = |file: &str| {
        let run = json(&at(file).join("run.json"));
        let told = run["notes"]
            .as_array()
            .unwrap()
            .iter()
            .any(|n| n.as_str().unwrap().contains("the register changed"));
        told || records(&at(file))[0]["overlaps"] != json!([])
    };
    assert!(knows("a") || knows("b"));
    // Whoever was told runs again, and then knows.
    for file in ["a", "b"] {
        start(file).ok();
        assert_eq!(codes(&records(&at(file))[0])[0], "OVERLAP_SAME_FIELD", "{file}");
        let notes = json(&at(file).join("run.json"))["notes"].to_string();
        assert!(!notes.contains("the register changed"), "{notes}");
    }
}

#[test]
fn a_day_to_come_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let plots = sample_tiles().join("plots.geojson");
    let output = run(&plots, folder.path(), &["--as-of", "2099-01-01"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("lies after today"), "{}", stderr(&output));
}
