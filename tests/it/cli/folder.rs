//! A folder that held another run before, a record that was taken out, and a plot named twice.

use std::path::Path;

use serde_json::{Value, json};

use super::village::{ERASED, Village, files, unzip};
use super::{stderr, stdout};
use crate::support::archive::json;
use crate::support::command::{croplens, records};

fn portfolio_and_signature(village: &Village) {
    croplens(&["portfolio", "--quiet"]).arg(village.at("out")).ok();
    if !village.at("key").exists() {
        croplens(&["sign", "--new-key"]).arg(village.at("key")).ok();
    }
    croplens(&["sign", "--quiet"]).arg(village.at("out")).arg("--key").arg(village.at("key")).ok();
}

#[test]
fn a_run_with_other_answers_leaves_nothing_of_the_one_before() {
    let village = Village::new();
    assert!(village.run("out", &["--quiet"]).status.success());
    portfolio_and_signature(&village);
    let notes = village.at("out/plots/KIT-OTHER/notes.txt");
    std::fs::write(&notes, "visited in May").unwrap();

    // The same run again changes nothing: papers, signature and portfolio are still those of its records.
    let before = files(&village.at("out"));
    assert!(village.run("out", &["--quiet"]).status.success());
    let mut after = files(&village.at("out"));
    // Only the manifest has clock times.
    after.insert("run.json".into(), before[Path::new("run.json")].clone());
    assert!(after == before);

    // With another policy every record is another.
    let other = ["--policy", "three-phases", "--papers", "none"];
    let said = stderr(&village.run("out", &other));
    assert!(
        said.contains("removed from the folder: the papers that an earlier run")
            && said.contains("of 3 plots"),
        "{said}"
    );
    assert!(said.contains("the signature, which was for other records"), "{said}");
    assert!(said.contains("the portfolio, which was of other records"), "{said}");
    let left: Vec<_> =
        files(&village.at("out")).into_keys().filter(|name| name.starts_with("plots")).collect();
    assert_eq!(left, [Path::new("plots/KIT-OTHER/notes.txt")], "what somebody else wrote stays");
    assert!(!village.at("out/signature.json").exists() && !village.at("out/portfolio").exists());

    // Its bundle has no papers; with papers of its own it has them, and all of them are of this record.
    let bundle = village.at("x.zip");
    let make = || {
        croplens(&["bundle", "KIT-OTHER", "--in"]).arg(village.at("out")).arg("--out").arg(&bundle).output()
    };
    assert!(make().status.success());
    assert!(!unzip(&std::fs::read(&bundle).unwrap()).contains_key("report.html"));
    std::fs::write(village.at("out/plots/KIT-OTHER/phase_full.png"), "of an earlier run").unwrap();
    let said = stderr(&make());
    assert!(
        said.contains("are not those of the record of plot KIT-OTHER")
            && said.contains("croplens papers KIT-OTHER"),
        "{said}"
    );
    croplens(&["papers", "KIT-OTHER", "--in"]).arg(village.at("out")).ok();
    assert!(make().status.success());
    let packed = unzip(&std::fs::read(&bundle).unwrap());
    assert!(packed.contains_key("report.html"));
    assert!(packed.get("phase_full.png").is_none_or(|bytes| bytes.starts_with(b"\x89PNG")));
    assert!(notes.exists());
    // A report of another record beside this one is refused too.
    std::fs::write(
        village.at("out/plots/KIT-OTHER/report.html"),
        &before[Path::new("plots/KIT-OTHER/report.html")],
    )
    .unwrap();
    assert_eq!(make().status.code(), Some(1));
}

#[test]
fn what_has_no_record_is_erased_too() {
    let village = Village::new();
    assert!(village.run("out", &["--quiet", "--papers", "none"]).status.success());
    for leftover in
        [".aside.7-0.partial/plots/GONE/report.html", "plots/GONE/report.html", "plots/GONE/visit.txt"]
    {
        let path = village.at("out").join(leftover);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "GONE").unwrap();
    }
    let output = village.erase("GONE");
    assert!(output.status.success() && stdout(&output).contains("removed "), "{}", stdout(&output));
    let held: Vec<_> = files(&village.at("out"))
        .into_keys()
        .filter(|name| name.to_string_lossy().contains("GONE"))
        .collect();
    assert!(held.is_empty(), "{held:?}");

    // Papers are refused for a record that lost the mention of an erased plot: the inputs still hold it.
    assert!(village.erase(ERASED).status.success());
    let output = croplens(&["papers", "KIT-STAYS", "--in"]).arg(village.at("out")).output();
    assert!(
        stderr(&output).contains("KIT-STAYS: no papers, because mentions of an erased plot"),
        "{}",
        stderr(&output)
    );
    assert!(!village.at("out/plots/KIT-STAYS").exists());
    let output = croplens(&["verify", "--id", "KIT-STAYS"]).arg(village.at("out")).ok();
    assert!(stdout(&output).ends_with("nothing could be compared\n"), "{}", stdout(&output));
    let output = croplens(&["verify", "--id", "KIT-STAYS", "--json"]).arg(village.at("out")).ok();
    let said: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!((&said["identical"], &said["compared"]), (&json!(false), &json!(0)));
    // The others can be, and nobody misses the plot that was erased.
    let output = croplens(&["verify"]).arg(village.at("out")).ok();
    assert!(stdout(&output).ends_with("identical\n"), "{}", stdout(&output));
}

#[test]
fn a_record_taken_out_is_missed_whatever_was_cut_with_it() {
    let village = Village::new();
    assert!(village.run("out", &["--quiet", "--papers", "none"]).status.success());
    let out = village.at("out");
    // The last record and its link, with everything that can be reckoned.
    for name in ["records.jsonl", "chain.jsonl"] {
        let text = std::fs::read_to_string(out.join(name)).unwrap();
        let kept: Vec<&str> = text.lines().take(2).collect();
        std::fs::write(out.join(name), kept.join("\n") + "\n").unwrap();
    }
    let said = stderr(&village.verify());
    assert!(said.contains("run.json tells of 3 records, the chain has 2"), "{said}");
    let mut manifest = json(&out.join("run.json"));
    manifest["plots"]["total"] = json!(2);
    std::fs::write(out.join("run.json"), manifest.to_string()).unwrap();
    assert!(village.verify().status.success(), "without the inputs nobody can tell");
    let output = croplens(&["verify"]).arg(&out).output();
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said.contains("KIT-OTHER: the plots hold it as number 3, but the run has no record of it"),
        "{said}"
    );
}

#[test]
fn a_line_cut_out_is_missed_however_the_run_is_named() {
    let village = Village::new();
    assert!(village.run("out", &["--quiet", "--papers", "none"]).status.success());
    let out = village.at("out");
    let file = out.join("records.jsonl");
    let whole = std::fs::read_to_string(&file).unwrap();
    let verify = |path: &Path, ids: &[&str], more: &[&str]| {
        let ids = ids.iter().flat_map(|id| ["--id", *id]);
        croplens(&["verify"]).arg(path).args(ids).args(more).output()
    };
    assert!(verify(&file, &[], &[]).status.success());
    assert!(verify(&out, &["KIT-OTHER"], &[]).status.success());
    let kept: Vec<&str> = whole.lines().enumerate().filter(|(n, _)| *n != 1).map(|(_, line)| line).collect();
    std::fs::write(&file, kept.join("\n") + "\n").unwrap();
    let missing = "record 2 of the run is missing";
    for (path, ids) in [(&file, &[][..]), (&out, &[]), (&out, &["KIT-STAYS"])] {
        for more in [&["--hashes-only"][..], &[]] {
            let output = verify(path, ids, more);
            assert_eq!(output.status.code(), Some(1), "{path:?} {ids:?} {more:?}");
            assert!(stderr(&output).contains(missing), "{path:?} {ids:?} {more:?}: {}", stderr(&output));
        }
    }
    let output = verify(&out, &["KIT-STAYS", ERASED], &["--hashes-only"]);
    assert!(stderr(&output).contains(&format!("holds no record of plot {ERASED}")), "{}", stderr(&output));
}

#[test]
fn files_of_others_hinder_no_run_and_are_not_lost() {
    let village = Village::new();
    assert!(village.run("out", &["--quiet"]).status.success());
    portfolio_and_signature(&village);
    let out = village.at("out");
    for name in ["plots/.DS_Store", "portfolio/minutes.txt"] {
        std::fs::write(out.join(name), "somebody's").unwrap();
    }
    let output = village.run("out", &["--policy", "three-phases", "--papers", "none"]);
    assert!(output.status.success(), "{}", stderr(&output));
    for name in ["plots/.DS_Store", "portfolio/minutes.txt"] {
        assert!(out.join(name).exists(), "{name}");
    }
    assert!(!out.join("portfolio/portfolio.html").exists() && !out.join("plots/KIT-OTHER").exists());
    let records_before = std::fs::read(out.join("records.jsonl")).unwrap();
    let output = croplens(&["bundle", "KIT-OTHER", "--in"])
        .arg(&out)
        .arg("--out")
        .arg(out.join("records.jsonl"))
        .output();
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert_eq!(std::fs::read(out.join("records.jsonl")).unwrap(), records_before);
}

#[test]
fn a_bundle_of_a_plot_that_left_the_run_is_erased() {
    let village = Village::new();
    let quick = ["--quiet", "--papers", "none"];
    assert!(village.run("out", &quick).status.success());
    for id in [ERASED, "KIT-OTHER"] {
        let zip = village.at("out").join(format!("{id}.zip"));
        croplens(&["bundle", id, "--in"]).arg(village.at("out")).arg("--out").arg(zip).ok();
    }
    let mut plots = json(&village.at("plots.geojson"));
    plots["features"].as_array_mut().unwrap().remove(1);
    std::fs::write(village.at("plots.geojson"), plots.to_string()).unwrap();
    assert!(village.run("out", &quick).status.success());
    let output = village.erase("B-APP-2002");
    assert!(stdout(&output).contains(&format!("{ERASED}.zip")), "{}", stdout(&output));
    assert!(!village.at("out").join(format!("{ERASED}.zip")).exists());
    assert!(village.at("out/KIT-OTHER.zip").exists());
}

#[test]
fn a_plot_number_that_stands_twice_is_verified_drawn_and_bundled() {
    let village = Village::new();
    let mut plots = json(&village.at("plots.geojson"));
    plots["features"][1]["properties"]["id"] = json!("KIT-STAYS");
    std::fs::write(village.at("plots.geojson"), plots.to_string()).unwrap();
    assert!(village.run("out", &["--quiet"]).status.success());
    let all = records(&village.at("out"));
    let twice: Vec<&Value> = all.iter().filter(|r| r["id"] == "KIT-STAYS").collect();
    assert_eq!(twice.len(), 2);
    let seen = twice.iter().find(|r| r["status"] != "not_appraised");
    let said = stdout(&croplens(&["verify"]).arg(village.at("out")).ok());
    assert!(said.ends_with("identical\n"), "{said}");
    let bundle = village.at("x.zip");
    let output =
        croplens(&["bundle", "KIT-STAYS", "--in"]).arg(village.at("out")).arg("--out").arg(&bundle).ok();
    assert!(stderr(&output).contains("2 features of the input are named KIT-STAYS"), "{}", stderr(&output));
    let packed: Value =
        serde_json::from_slice(&unzip(&std::fs::read(&bundle).unwrap())["record.json"]).unwrap();
    assert_eq!(&packed["record_sha256"], &seen.unwrap_or(&twice[0])["record_sha256"]);
    croplens(&["papers", "KIT-OTHER", "--in"]).arg(village.at("out")).ok();
}

#[test]
fn a_register_that_is_not_there_is_told() {
    let village = Village::new();
    let quick = ["--papers", "none"];
    let said = stderr(&village.run("out", &quick));
    assert!(said.contains("was not there and is begun with this run"), "{said}");
    let run = std::fs::read_to_string(village.at("out/run.json")).unwrap();
    assert!(run.contains("was not there and is begun"));
    let said = stderr(&village.run("next", &quick));
    assert!(!said.contains("was not there") && !said.contains("holds no plot"), "{said}");
    // A folder that is there and empty is what a disk that is not mounted looks like.
    std::fs::rename(village.at("register"), village.at("away")).unwrap();
    std::fs::create_dir(village.at("register")).unwrap();
    let said = stderr(&village.run("empty", &quick));
    assert!(said.contains("holds no plot and is begun with this run"), "{said}");
    std::fs::remove_dir_all(village.at("register")).unwrap();
    std::fs::rename(village.at("away"), village.at("register")).unwrap();

    // A record that was compared with a register cannot be made again without it.
    let missing = village.at("mistyped");
    let verify = || croplens(&["verify"]).arg(village.at("next")).arg("--register").arg(&missing).output();
    let output = verify();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("which is not here: name it with --register"), "{}", stderr(&output));
    let erase = croplens(&["erase", "KIT-OTHER", "--in"])
        .arg(village.at("next"))
        .arg("--register")
        .arg(&missing)
        .output();
    assert_eq!(erase.status.code(), Some(2), "{}", stderr(&erase));
    assert_eq!(records(&village.at("next")).len(), 3);
    std::fs::write(&missing, "").unwrap();
    assert!(stderr(&verify()).contains("is not a folder"), "{}", stderr(&verify()));
    let output = croplens(&["papers", "KIT-OTHER", "--in", "nothing"]).within(&village.at(".")).output();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("nothing is not the output folder of a run"), "{}", stderr(&output));
}
