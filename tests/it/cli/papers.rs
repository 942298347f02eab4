//! A run's folder afterwards: erased from, read as a portfolio, bundled.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::{Value, json};

use super::{stderr, stdout};
use crate::support::archive::{json, sample_tiles};
use crate::support::command::{croplens, records};

/// Plots of the sample under other names: two on one field, one by itself.
struct Village {
    folder: tempfile::TempDir,
}

const ERASED: &str = "KIT-ERASE-ME";

impl Village {
    fn new() -> Village {
        let village = Village { folder: tempfile::tempdir().unwrap() };
        let sample = json(&sample_tiles().join("plots.geojson"));
        let plot = |at: usize, id: &str, application: &str| {
            let mut feature = sample["features"][at].clone();
            feature["properties"] = json!({
                "id": id, "application_ref": application, "declared_crop": "maize", "declared_area_ha": 1.0,
                "declared_sowing_date": "2022-04-10", "requested_amount": "1000.50", "currency": "KES",
                "borrower_ref": format!("B-{application}"),
            });
            feature
        };
        let features =
            [plot(0, "KIT-STAYS", "APP-1001"), plot(0, ERASED, "APP-2002"), plot(1, "KIT-OTHER", "APP-3003")];
        let whole = json!({ "type": "FeatureCollection", "features": features });
        std::fs::write(village.at("plots.geojson"), whole.to_string()).unwrap();
        village
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, out: &str, extra: &[&str]) -> Output {
        croplens(&["appraise"])
            .arg(self.at("plots.geojson"))
            .arg("--catalog")
            .arg(sample_tiles())
            .args(["--from", "2022-04-01", "--as-of", "2022-07-31", "--register"])
            .arg(self.at("register"))
            .arg("--out")
            .arg(self.at(out))
            .args(extra)
            .output()
    }

    fn erase(&self, reference: &str) -> Output {
        croplens(&["erase", reference, "--in"])
            .arg(self.at("out"))
            .arg("--register")
            .arg(self.at("register"))
            .output()
    }

    fn verify(&self) -> Output {
        croplens(&["verify", "--hashes-only"]).arg(self.at("out")).output()
    }
}

pub(super) fn files(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(path.strip_prefix(dir).unwrap().to_owned(), std::fs::read(&path).unwrap());
            }
        }
    }
    found
}

fn holds(bytes: &[u8], mark: &str) -> bool {
    bytes.windows(mark.len()).any(|w| w == mark.as_bytes())
}

fn copy(from: &Path, to: &Path) {
    for (name, bytes) in files(from) {
        let path = to.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}

#[test]
fn an_erased_plot_is_nowhere_and_the_chain_still_holds() {
    let village = Village::new();
    assert!(village.run("out", &["--quiet"]).status.success());
    let before = records(&village.at("out"));
    let id = before[1]["record_id"].as_str().unwrap().to_owned();
    assert_eq!(before[0]["overlaps"][0]["other_id"], ERASED);
    croplens(&["portfolio"]).arg(village.at("out")).ok();
    croplens(&["bundle", ERASED, "--in"])
        .arg(village.at("out"))
        .arg("--out")
        .arg(village.at("out/its.zip"))
        .ok();
    copy(&village.at("out"), &village.at("whole"));

    let output = village.erase("APP-2002");
    assert!(output.status.success(), "{}", stderr(&output));
    let said = stdout(&output);
    assert!(
        said.contains("1 records erased, 1 other records no longer mention them, 1 register entries"),
        "{said}"
    );
    assert!(said.contains("its.zip") && said.contains("portfolio"), "{said}");
    for (dir, mut found) in [("out", files(&village.at("out"))), ("register", files(&village.at("register")))]
    {
        // Its words stand in the run's command only if the plot's name was typed there.
        found.remove(Path::new("chain.jsonl"));
        for (name, bytes) in &found {
            for mark in [ERASED, "APP-2002", &id] {
                assert!(!holds(bytes, mark), "{dir}/{} still holds {mark}", name.display());
            }
        }
    }
    let after = records(&village.at("out"));
    assert_eq!(after.len(), 2);
    assert_eq!(after[0]["overlaps"][0]["other_id"], "[erased]");
    assert_eq!(after[1], before[2], "a record that names nobody else stays as it is");
    let reason =
        after[0]["reasons"].as_array().unwrap().iter().find(|r| r["code"] == "OVERLAP_SAME_FIELD").unwrap();
    assert!(reason["text_en"].as_str().unwrap().contains("as [erased], offered"), "{reason}");
    assert!(!village.at("out/plots").join(ERASED).exists());

    let said = stdout(&village.verify());
    assert_eq!(village.verify().status.code(), Some(0), "{}", stderr(&village.verify()));
    assert!(said.contains("record 2 of the run: erased on "), "{said}");
    assert!(
        said.contains("KIT-STAYS: changed on ") && said.contains("the chain of 3 records is whole"),
        "{said}"
    );

    // What lost a mention can still be bundled, and says so when it is checked.
    let bundle = village.at("after.zip");
    croplens(&["bundle", "KIT-STAYS", "--in"]).arg(village.at("out")).arg("--out").arg(&bundle).ok();
    assert!(unzip(&std::fs::read(&bundle).unwrap()).contains_key("erased.jsonl"));

    // Again: nothing changes. By another reference: nothing is there.
    let end = files(&village.at("out"));
    for reference in ["APP-2002", ERASED, "B-APP-2002"] {
        let output = village.erase(reference);
        assert!(stderr(&output).contains("nothing here is named so; 1 records were erased before"));
        assert!(files(&village.at("out")) == end, "{reference} changed something");
    }
    // Cut off after the list was written, or after any of the tables: the check says so, and doing it again ends it.
    for written in [vec!["erased.jsonl"], vec!["erased.jsonl", "records.geojson", "timeseries.csv"]] {
        std::fs::remove_dir_all(village.at("out")).unwrap();
        copy(&village.at("whole"), &village.at("out"));
        for name in written {
            std::fs::write(village.at("out").join(name), &end[Path::new(name)]).unwrap();
        }
        let said = stderr(&village.verify());
        assert!(said.contains(&format!("{ERASED}: its erasure was cut off")), "{said}");
        assert!(village.erase("APP-2002").status.success());
        assert!(files(&village.at("out")) == end);
    }
    // A new run would lose the proof; without the list, a missing record is one.
    assert_eq!(village.run("out", &["--quiet"]).status.code(), Some(2));
    std::fs::remove_file(village.at("out/erased.jsonl")).unwrap();
    let said = stderr(&village.verify());
    assert!(said.contains("record 2 of the run is missing, and is not among the erased"), "{said}");
}

#[test]
fn what_is_said_while_it_runs_never_holds_a_place() {
    let village = Village::new();
    let mut plots = json(&village.at("plots.geojson"));
    // One outline that crosses itself, whose record says where.
    let ring = plots["features"][2]["geometry"]["coordinates"][0].as_array_mut().unwrap();
    ring.swap(1, 2);
    std::fs::write(village.at("plots.geojson"), plots.to_string()).unwrap();
    let mut numbers = Vec::new();
    for feature in plots["features"].as_array().unwrap() {
        for position in feature["geometry"]["coordinates"][0].as_array().unwrap() {
            // Four decimals are ten metres: enough to find a field.
            numbers.extend(position.as_array().unwrap().iter().map(|v| {
                let text = v.to_string();
                text[..text.find('.').unwrap() + 5].to_owned()
            }));
        }
    }
    assert!(numbers.len() > 20);
    let loud = village.run("out", &["-vv"]);
    let dry = village.run("dry", &["-vv", "--dry-run"]);
    for output in [loud, dry] {
        let said = format!("{}{}", stderr(&output), stdout(&output));
        assert!(said.len() > 40, "{said}");
        for number in &numbers {
            assert!(!said.contains(number.as_str()), "{number} in {said}");
        }
    }
}

/// Names and bytes of a ZIP whose files are stored as they are, read by its directory.
fn unzip(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let u16_at = |at: usize| usize::from(u16::from_le_bytes(bytes[at..at + 2].try_into().unwrap()));
    let u32_at = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    let end = bytes.len() - 22;
    assert_eq!(u32_at(end), 0x0605_4b50);
    let mut at = u32_at(end + 16);
    let mut found = BTreeMap::new();
    for _ in 0..u16_at(end + 10) {
        assert_eq!((u32_at(at), u16_at(at + 10)), (0x0201_4b50, 0), "a directory entry of a stored file");
        let (size, name, extra) = (u32_at(at + 24), u16_at(at + 28), u16_at(at + 30) + u16_at(at + 32));
        let text = String::from_utf8(bytes[at + 46..at + 46 + name].to_vec()).unwrap();
        let local = u32_at(at + 42);
        let start = local + 30 + u16_at(local + 26) + u16_at(local + 28);
        found.insert(text, bytes[start..start + size].to_vec());
        at += 46 + name + extra;
    }
    found
}

#[test]
fn a_bundle_stands_by_itself() {
    let village = Village::new();
    assert!(village.run("out", &["--quiet"]).status.success());
    let make = |name: &str| {
        croplens(&["bundle", "KIT-OTHER", "--in"])
            .arg(village.at("out"))
            .arg("--out")
            .arg(village.at(name))
            .ok();
        std::fs::read(village.at(name)).unwrap()
    };
    let bytes = make("a.zip");
    assert!(bytes == make("b.zip"), "the same folder, the same bytes");
    let files = unzip(&bytes);
    for name in [
        "index.html",
        "record.json",
        "record.geojson",
        "record.qml",
        "evidence.qgs",
        "report.html",
        "report.zh.html",
        "series.svg",
        "series.csv",
        "ndvi.tif",
        "ndvi.qml",
        "ndvi.json",
        "ndvi.png",
        "chain.jsonl",
        "policy.toml",
        "model-card.md",
        "methods.md",
        "record.md",
        "SHA256SUMS",
    ] {
        assert!(files.contains_key(name), "{name} is missing: {:?}", files.keys());
    }
    // Every file but the sums is in the sums, with its hash.
    let sums = String::from_utf8(files["SHA256SUMS"].clone()).unwrap();
    assert_eq!(sums.lines().count(), files.len() - 1);
    for line in sums.lines() {
        let (hash, name) = line.split_once("  ").unwrap();
        assert_eq!(hash, croplens::record::sha256_hex(&files[name]), "{name}");
    }
    // The page leads to files that are there, and nowhere else.
    let page = String::from_utf8(files["index.html"].clone()).unwrap();
    for link in
        page.split("href=\"").chain(page.split("src=\"")).skip(1).map(|t| t.split('"').next().unwrap())
    {
        assert!(files.contains_key(link) || link.starts_with("<!DOCTYPE"), "{link}");
    }
    assert!(!page.contains("<script") && !page.contains("http://") && !page.contains("https://"));
    let csv = String::from_utf8(files["series.csv"].clone()).unwrap();
    assert!(csv.lines().count() > 3 && csv.lines().skip(1).all(|line| line.starts_with("KIT-OTHER,")));
    for name in ["record.qml", "ndvi.qml", "evidence.qgs"] {
        let text = String::from_utf8(files[name].clone()).unwrap();
        let options = roxmltree::ParsingOptions { allow_dtd: true, ..roxmltree::ParsingOptions::default() };
        let document = roxmltree::Document::parse_with_options(&text, options).unwrap();
        assert_eq!(document.root_element().tag_name().name(), "qgis");
    }
    // Unpacked, its chain can be checked without the run.
    let unpacked = village.at("unpacked");
    std::fs::create_dir(&unpacked).unwrap();
    for (name, bytes) in &files {
        std::fs::write(unpacked.join(name), bytes).unwrap();
    }
    let said =
        stdout(&croplens(&["verify", "record.json", "--run", ".", "--hashes-only"]).within(&unpacked).ok());
    assert!(
        said.contains("1 records have the hash") && said.contains("the chain of 3 records is whole"),
        "{said}"
    );
    let output =
        croplens(&["bundle", "KIT-NOBODY", "--in"]).arg(village.at("out")).args(["--out", "x.zip"]).output();
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
}

#[test]
fn a_portfolio_is_a_page_and_the_same_tables_as_files() {
    let village = Village::new();
    assert!(village.run("out", &["--quiet", "--papers", "none"]).status.success());
    let said = stdout(&croplens(&["portfolio", "--json"]).arg(village.at("out")).ok());
    let folder = village.at("out/portfolio");
    let written = std::fs::read_to_string(folder.join("portfolio.json")).unwrap();
    assert_eq!(said, written);
    let tables: Value = serde_json::from_str(&written).unwrap();
    let statuses = tables["tables"]["statuses"].as_array().unwrap();
    let plots: u64 = statuses.iter().map(|row| row["plots"].as_u64().unwrap()).sum();
    assert_eq!((plots, tables["plots"].as_u64()), (3, Some(3)));
    let exposure = tables["tables"]["exposure"].as_array().unwrap();
    assert_eq!(exposure[0]["currency"], "KES");
    let page = std::fs::read_to_string(folder.join("portfolio.html")).unwrap();
    assert!(!page.contains("<script") && !page.contains("http://") && !page.contains("https://"));
    for name in tables["tables"].as_object().unwrap().keys() {
        let csv = std::fs::read_to_string(folder.join(format!("portfolio.{name}.csv"))).unwrap();
        let rows = tables["tables"][name].as_array().unwrap().len();
        assert_eq!(csv.lines().count(), rows + 1, "{name}");
        assert!(page.contains(&format!("portfolio.{name}.csv")));
    }
}

#[test]
fn personal_properties_stop_a_plot_unless_told_and_are_counted() {
    let village = Village::new();
    let mut plots = json(&village.at("plots.geojson"));
    plots["features"][2]["properties"]["farmer_name"] = json!("Wanjiku");
    std::fs::write(village.at("plots.geojson"), plots.to_string()).unwrap();
    let quick = ["--papers", "none", "--quiet"];
    assert!(village.run("out", &quick).status.success());
    let refused = &records(&village.at("out"))[2];
    assert_eq!(
        (refused["status"].as_str(), refused["reasons"][0]["code"].as_str()),
        (Some("not_appraised"), Some("PERSONAL_DATA"))
    );
    assert!(refused["geometry"].is_null());
    let told = [&quick[..], &["--ignore-personal-properties"]].concat();
    assert!(village.run("told", &told).status.success());
    assert_ne!(records(&village.at("told"))[2]["status"], "not_appraised");
    let run = json(&village.at("told/run.json"));
    assert_eq!(run["inputs"][0]["personal_properties"], 1);
    for dir in ["out", "told"] {
        assert!(files(&village.at(dir)).values().all(|bytes| !holds(bytes, "Wanjiku")), "{dir}");
    }
    // Made again, it is told the same.
    let said = stdout(&croplens(&["verify"]).arg(village.at("told")).ok());
    assert!(said.ends_with("identical\n"), "{said}");
}
