//! `tokens`: two lenders find land that both were offered without telling each other where it lies.

use serde_json::json;

use super::fraud::{plot, write};
use super::village::files;
use super::{stderr, stdout};
use crate::support::archive::{json, sample_tiles};
use crate::support::command::croplens;

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
    let met: Vec<String> = stdout(&compare("theirs.csv")).lines().skip(1).map(str::to_owned).collect();
    assert_eq!(met.len(), 1, "{met:?}");
    assert!(met[0].ends_with(",1.00"), "{met:?}");
    // Another season or another key is no "no overlap".
    for (key, season, out) in
        [("key", "2023 long rains", "year.csv"), ("other-key", "2022 long rains", "key.csv")]
    {
        assert!(make("theirs.geojson", key, season, out).status.success());
        let told = compare(out);
        assert_eq!((told.status.code(), stdout(&told).as_str()), (Some(2), ""));
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
        assert_eq!((told.status.code(), stdout(&told).as_str()), (Some(2), ""));
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
    assert_eq!(stdout(&told).lines().count(), 2);
}
