//! The same land offered twice: in one file, and against the register of earlier runs.

use std::path::Path;

use serde_json::{Value, json};

use super::stderr;
use super::village::files;
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

fn plot(feature: &Value, id: &str, application: &str, sown: &str) -> Value {
    let mut feature = feature.clone();
    feature["properties"] = json!({
        "id": id, "application_ref": application, "declared_sowing_date": sown, "borrower_ref": id
    });
    feature
}

fn write(path: &Path, features: &[Value]) {
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

#[test]
fn two_lenders_find_shared_land_by_tokens_that_name_no_place() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let sample = json(&sample_tiles().join("plots.geojson"));
    let features = sample["features"].as_array().unwrap();
    write(
        &at("ours.geojson"),
        &[plot(&features[0], "a", "A", "2022-04-10"), plot(&features[1], "b", "B", "2022-04-10")],
    );
    write(
        &at("theirs.geojson"),
        &[plot(&features[1], "x", "X", "2022-04-10"), plot(&features[2], "y", "Y", "2022-04-10")],
    );
    let key: Vec<u8> = (0u32..32).map(|n| (n * n * 37 + 11) as u8).collect();
    std::fs::write(at("key"), &key).unwrap();
    std::fs::write(at("other-key"), key.iter().map(|b| b ^ 90).collect::<Vec<_>>()).unwrap();
    std::fs::write(at("short"), &key[..31]).unwrap();
    std::fs::write(at("trivial"), [7u8; 32]).unwrap();
    let make = |plots: &str, key: &str, season: &str, out: &str| {
        croplens(&["tokens"])
            .arg(at(plots))
            .arg("--key")
            .arg(at(key))
            .args(["--season", season, "--out"])
            .arg(at(out))
            .output()
    };
    let compare = |b: &str| croplens(&["tokens", "--compare"]).arg(at("ours.csv")).arg(at(b)).output();
    assert!(make("ours.geojson", "key", "2022 Long rains", "ours.csv").status.success());
    // Capitals and spaces are nobody's reason to miss shared land.
    assert!(make("theirs.geojson", "key", " 2022  long rains", "theirs.csv").status.success());
    let met: Vec<String> = super::stdout(&compare("theirs.csv")).lines().skip(1).map(str::to_owned).collect();
    assert_eq!(met.len(), 1, "{met:?}");
    assert!(met[0].ends_with(",1.00"), "{met:?}");
    // Another season or another key is no "no overlap".
    for (key, season, out) in
        [("key", "2023 long rains", "year.csv"), ("other-key", "2022 long rains", "key.csv")]
    {
        assert!(make("theirs.geojson", key, season, out).status.success());
        let told = compare(out);
        assert_eq!((told.status.code(), super::stdout(&told).as_str()), (Some(2), ""));
        assert!(stderr(&told).contains("different keys or for different seasons"), "{}", stderr(&told));
    }
    // A file of before the check was there is refused too.
    let ours = std::fs::read_to_string(at("ours.csv")).unwrap();
    let bare: Vec<&str> = ours.lines().filter(|line| !line.starts_with("check,")).collect();
    std::fs::write(at("old.csv"), bare.join("\n")).unwrap();
    let told = compare("old.csv");
    assert_eq!(told.status.code(), Some(2));
    assert!(stderr(&told).contains("does not say which key and season"), "{}", stderr(&told));
    // Nor is a file that was cut.
    let cut: Vec<&str> = ours.lines().take(4).collect();
    for cut in [cut.join("\n"), ours.replace("plots,2", "plots,3")] {
        std::fs::write(at("cut.csv"), cut).unwrap();
        let told = compare("cut.csv");
        assert_eq!((told.status.code(), super::stdout(&told).as_str()), (Some(2), ""));
        assert!(stderr(&told).contains("it was cut or changed"), "{}", stderr(&told));
    }
    // No season and no key that anybody could guess.
    for (key, season) in [("short", "2022"), ("trivial", "2022"), ("key", ""), ("key", " ")] {
        assert_eq!(make("ours.geojson", key, season, "no.csv").status.code(), Some(2), "{key} {season:?}");
        assert!(!at("no.csv").exists());
    }
    // Nothing that is there is written over, by whatever path it is named; the same again is no harm.
    let before = files(folder.path());
    std::fs::create_dir(at("sub")).unwrap();
    for out in ["ours.geojson", "sub/../ours.geojson", "key", "theirs.csv"] {
        let told = make("ours.geojson", "key", "2022 long rains", out);
        assert_eq!(told.status.code(), Some(2), "{out}");
        assert!(stderr(&told).contains("name another"), "{}", stderr(&told));
    }
    assert!(make("ours.geojson", "key", "2022 long rains", "ours.csv").status.success());
    assert_eq!(files(folder.path()), before);
    let idle =
        croplens(&["tokens", "--compare", "--out"]).arg(at("x")).arg(at("ours.csv")).arg(at("theirs.csv"));
    assert_eq!(idle.output().status.code(), Some(2), "--compare writes no file");
    // Nothing in the file is a coordinate or an id.
    let text = std::fs::read_to_string(at("ours.csv")).unwrap();
    let mut lines = text.strip_prefix("plot,cell\n").unwrap().lines();
    let check = lines.next().unwrap();
    assert!(check.len() == "check,".len() + 32, "{check}");
    assert_eq!((lines.next(), lines.next()), (Some("plots,2"), Some("unused,0")));
    for line in lines {
        assert!(line.len() == 65 && line.bytes().all(|b| b.is_ascii_hexdigit() || b == b','), "{line}");
    }
}

/// "No overlap" is said only of what was screened.
#[test]
fn tokens_tell_what_was_not_screened_and_why() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let sample = json(&sample_tiles().join("plots.geojson"));
    let features = sample["features"].as_array().unwrap();
    let clean = plot(&features[0], "a", "A", "2022-04-10");
    let mut named = plot(&features[1], "b", "B", "2022-04-10");
    named["properties"]["farmer_name"] = json!("Wanjiku");
    write(&at("named.geojson"), std::slice::from_ref(&named));
    write(&at("none.geojson"), &[]);
    write(&at("both.geojson"), &[clean, named]);
    let key: Vec<u8> = (0u32..32).map(|n| (n * n * 37 + 11) as u8).collect();
    std::fs::write(at("key"), key).unwrap();
    let make = |plots: &str, out: &str, more: &[&str]| {
        let verb = croplens(&["tokens"]).arg(at(plots)).arg("--key").arg(at("key"));
        verb.args(["--season", "2022", "--out"]).arg(at(out)).args(more).output()
    };
    for (plots, why) in [("named.geojson", "1 PERSONAL_DATA"), ("none.geojson", "none of 0 entries")] {
        let told = make(plots, "no.csv", &[]);
        assert_eq!(told.status.code(), Some(2), "{plots}");
        assert!(
            stderr(&told).contains(why) && stderr(&told).contains("no file is written"),
            "{}",
            stderr(&told)
        );
        assert!(!at("no.csv").exists(), "{plots}");
    }
    let told = make("both.geojson", "part.csv", &[]);
    assert!(told.status.success());
    let said = stderr(&told);
    assert!(
        said.contains("feature 2 of the file is not screened: ") && said.contains("farmer_name;"),
        "{said}"
    );
    assert!(
        said.contains("of 1 plots") && said.contains("1 entries could not be used (1 PERSONAL_DATA)"),
        "{said}"
    );
    assert!(!said.contains("Wanjiku"), "{said}");
    let whole = make("both.geojson", "whole.csv", &["--ignore-personal-properties"]);
    assert!(whole.status.success() && !stderr(&whole).contains("PERSONAL_DATA"), "{}", stderr(&whole));
    // Whoever compares is told what a file does not stand for, however quiet.
    let told = croplens(&["tokens", "--compare", "--quiet"]).arg(at("part.csv")).arg(at("whole.csv")).ok();
    assert!(stderr(&told).contains("stands for 1 plots; 1 entries of its source were not screened"));
    assert_eq!(super::stdout(&told).lines().count(), 2);
}
