//! Daily temperatures in a whole run: dates by degree-days, the file named in every record, the same bytes however made.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::by_id;
use crate::support::archive::{json, sample_tiles};
use crate::support::command::{Run, croplens, records};

/// Companies of five, so that the twenty plots are several units.
const PIPELINE: &str = "name = \"small\"\n[catalog]\ncollections = [\"sentinel-2-l2a\", \"sentinel-2-c1-l2a\"]\n\
    [period]\nhistory_days = 800\nseason_days = 400\n[company]\nmost_plots = 5\n";

/// Columns that hold dates of the crop and what follows from them.
const TIMED: [&str; 6] = [
    "expected_harvest_date",
    "expected_harvest_from",
    "expected_harvest_to",
    "stage",
    "maturity_frac",
    "declared_verdict",
];

struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Place {
        let place = Place(tempfile::tempdir().unwrap());
        std::fs::write(place.path("small.toml"), PIPELINE).unwrap();
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A table of two years for these plots: warmer than usual by so much.
    fn days(&self, name: &str, ids: &[&str], warmer: f64) {
        let mut text = "id,date,tmean,normal\n".to_owned();
        for id in ids {
            for k in 0..730 {
                let on = croplens::series::plus_days(jiff::civil::date(2021, 1, 1), k);
                let year = f64::from(k) / 365.25 * std::f64::consts::TAU;
                let usual = 11.5 - 8.5 * (year - 0.35).cos();
                text.push_str(&format!("{id},{on},{:.2},{usual:.2}\n", usual + warmer));
            }
        }
        std::fs::write(self.path(name), text).unwrap();
    }

    fn appraise(&self, out: &str, extra: &[&str]) -> Run {
        croplens(&["appraise"])
            .arg(sample_tiles().join("plots.geojson"))
            .arg("--catalog")
            .arg(sample_tiles())
            .args(["--pipeline", "small.toml", "--from", "2021-09-01", "--as-of", "2022-06-10", "--quiet"])
            .args(["--papers", "none", "--out", out])
            .args(extra)
            .within(self.0.path())
    }

    fn found(&self, out: &str) -> BTreeMap<String, Value> {
        by_id(records(&self.path(out)))
    }
}

/// The entry of the thermal method in a record.
fn thermal(record: &Value) -> Option<&Value> {
    record["models"].as_array()?.iter().find(|m| m["id"].as_str().unwrap().starts_with("thermal-time/1"))
}

/// A record as it would be had the run not had the file, if the file changed nothing: without the entry that names it,
/// and with the other's hash.
fn bare(record: &Value, other: &Value) -> Value {
    let mut bare = record.clone();
    if thermal(record).is_some() {
        bare["models"].as_array_mut().unwrap().pop();
    }
    bare["record_sha256"] = other["record_sha256"].clone();
    bare
}

fn bytes(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap()
}

#[test]
fn usual_days_change_no_date_warm_ones_bring_the_harvest_forward_and_unknown_ones_nothing() {
    let place = Place::new();
    place.appraise("without", &[]).ok();
    let without = place.found("without");
    assert!(without.values().all(|r| thermal(r).is_none()), "a run without the file names none");
    let ids: Vec<&str> = without.keys().map(String::as_str).collect();
    place.days("usual.csv", &ids, 0.0);
    place.days("warm.csv", &ids, 3.5);
    place.days("elsewhere.csv", &["no plot of this run"], 3.5);
    for name in ["usual", "warm", "elsewhere"] {
        place.appraise(name, &["--temperature", &format!("{name}.csv")]).ok();
    }
    let (mut by_days, mut earlier) = (0, 0);
    let (usual, warm, elsewhere) = (place.found("usual"), place.found("warm"), place.found("elsewhere"));
    for (id, record) in &without {
        let sealed = record["models"].as_array().is_some_and(|m| !m.is_empty());
        for found in [&usual[id], &warm[id], &elsewhere[id]] {
            assert_eq!(thermal(found).is_some(), sealed, "{id}");
        }
        for column in TIMED {
            assert_eq!(record[column], usual[id][column], "{id} {column}: a usual year is the calendar's");
        }
        // Without its days a plot is read as without the file, and its record says so.
        if let Some(entry) = thermal(&elsewhere[id]) {
            assert_eq!(entry["id"], "thermal-time/1, not used: calendar days", "{id}");
            let hash = croplens::record::sha256_hex(&bytes(&place.path("elsewhere.csv")));
            assert_eq!(entry["sha256"].as_str().unwrap(), hash, "{id}");
        }
        assert_eq!(&bare(&elsewhere[id], record), record, "{id}");
        let used = thermal(&warm[id]).is_some_and(|m| m["id"] == "thermal-time/1");
        by_days += usize::from(used);
        let day = |r: &Value| r["expected_harvest_date"].as_str().map(str::to_owned);
        if let (true, Some(a), Some(b)) = (used, day(record), day(&warm[id])) {
            println!("{id} {}: {a} -> {b}", record["declared_crop"]);
            earlier += usize::from(b < a);
        }
    }
    println!("{by_days} plots by degree-days, {earlier} with an earlier harvest");
    assert!(by_days >= 5 && earlier >= 5, "{by_days} {earlier}");
}

/// No neighbours: what is told of a plot is its own, so that a plot whose days were not used is left as it was.
#[test]
fn a_record_says_of_each_plot_whether_the_days_moved_anything() {
    let place = Place::new();
    let alone = PIPELINE.replace("most_plots = 5", "most_plots = 1");
    std::fs::write(place.path("small.toml"), &alone).unwrap();
    place.appraise("without", &[]).ok();
    let without = place.found("without");
    let sealed: Vec<&str> = (without.iter())
        .filter(|(_, r)| r["models"].as_array().is_some_and(|m| !m.is_empty()))
        .map(|(id, _)| id.as_str())
        .collect();
    let with_days: Vec<&str> = sealed.iter().copied().step_by(2).collect();
    let all: Vec<&str> = without.keys().map(String::as_str).collect();
    place.days("half.csv", &with_days, 3.5);
    // Days of another place or in another unit: every day 6 °C from what is usual.
    place.days("strange.csv", &all, 6.0);
    for name in ["half", "strange"] {
        place.appraise(name, &["--temperature", &format!("{name}.csv")]).ok();
    }
    let (half, strange) = (place.found("half"), place.found("strange"));
    let (mut used, mut moved, mut unused) = (0, 0, 0);
    for id in &sealed {
        let record = &without[*id];
        let entry = thermal(&half[*id]).unwrap()["id"].as_str().unwrap();
        let same = bare(&half[*id], record) == *record;
        if entry == "thermal-time/1" {
            assert!(with_days.contains(id), "{id} has no days");
            used += 1;
            moved += usize::from(!same);
        } else {
            assert_eq!(entry, "thermal-time/1, not used: calendar days", "{id}");
            assert_eq!(&bare(&half[*id], record), record, "{id}: days that were not used moved something");
            unused += 1;
        }
        let entry = thermal(&strange[*id]).unwrap()["id"].as_str().unwrap();
        assert!(
            entry.starts_with(
                "thermal-time/1, not used: the days lie +6.0 °C from what is usual there over 420 days"
            ),
            "{id}: {entry}"
        );
        assert_eq!(&bare(&strange[*id], record), record, "{id}");
    }
    println!("{used} by degree-days, {moved} of them moved; {unused} by calendar days");
    assert!(used >= 3 && moved >= 3 && unused >= 3, "{used} {moved} {unused}");
}

#[test]
fn shards_a_second_run_and_verify_know_the_temperatures() {
    let place = Place::new();
    let ids: Vec<String> = (1..=20).map(|k| format!("DEMO-{k:02}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    place.days("warm.csv", &ids, 3.5);
    place.days("other.csv", &ids, -3.0);
    let warm = ["--temperature", "warm.csv"];
    place.appraise("whole", &warm).ok();
    for shard in ["2/2", "1/2"] {
        place.appraise("cut", &[&warm[..], &["--shard", shard]].concat()).ok();
    }
    // A shard of the same run with other days, or with none, is not part of it.
    for other in [&["--temperature", "other.csv", "--shard", "1/2"][..], &["--shard", "1/2"]] {
        let told = place.appraise("cut", other).exits(2);
        assert!(String::from_utf8_lossy(&told.stderr).contains("daily temperatures"), "{told:?}");
    }
    croplens(&["merge", "cut"]).within(place.0.path()).ok();
    for file in ["records.jsonl", "chain.jsonl"] {
        assert_eq!(bytes(&place.path("whole").join(file)), bytes(&place.path("cut").join(file)), "{file}");
    }
    let used = &json(&place.path("whole/run.json"))["figures"];
    let hash = croplens::record::sha256_hex(&bytes(&place.path("warm.csv")));
    let named = used.as_array().unwrap().iter().find(|f| f["name"] == "daily_temperatures").unwrap();
    assert_eq!((named["sha256"].as_str(), named["path"].as_str()), (Some(hash.as_str()), Some("warm.csv")));

    let verify = |extra: &[&str]| {
        croplens(&["verify", "whole", "--id", "DEMO-01"]).args(extra).within(place.0.path()).output()
    };
    let said = verify(&[]);
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    assert!(String::from_utf8_lossy(&said.stdout).contains("DEMO-01: identical"));
    let said = verify(&["--temperature", "other.csv"]);
    let told = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(
        !said.status.success() && told.contains("the daily temperatures: not those of the run"),
        "{told}"
    );
    std::fs::rename(place.path("warm.csv"), place.path("moved.csv")).unwrap();
    let said = verify(&[]);
    let told = String::from_utf8_lossy(&said.stderr).into_owned();
    let named = format!(
        "warm.csv, which is not here: put it back, or name the same file with --temperature (SHA-256 {hash})"
    );
    assert!(!said.status.success() && told.contains(&named), "{told}");
    assert!(verify(&["--temperature", "moved.csv"]).status.success());

    // The same folder again with other days: nothing made with the first ones is taken over.
    place.appraise("whole", &["--temperature", "other.csv"]).ok();
    place.appraise("fresh", &["--temperature", "other.csv"]).ok();
    assert_eq!(bytes(&place.path("whole/records.jsonl")), bytes(&place.path("fresh/records.jsonl")));
    place.appraise("whole", &[]).ok();
    assert!(place.found("whole").values().all(|r| thermal(r).is_none()));
}

#[test]
fn a_file_that_cannot_be_used_is_refused_before_anything_is_read() {
    let place = Place::new();
    std::fs::write(place.path("columns.csv"), "day,warmth\n2022-01-01,5\n").unwrap();
    std::fs::write(place.path("rows.csv"), "date,tmean\n2022-01-01,5\n2022-01-02,warm\n").unwrap();
    for (file, words) in [
        ("nowhere.csv", &["nowhere.csv"][..]),
        ("columns.csv", &["columns.csv", "tmean"]),
        ("rows.csv", &["--temperature", "rows.csv", "line 3", "`warm`"]),
    ] {
        let told = place.appraise("out", &["--temperature", file]).exits(2);
        let told = String::from_utf8_lossy(&told.stderr).into_owned();
        assert!(words.iter().all(|w| told.contains(w)), "{told}");
        assert!(!place.path("out").exists());
    }
}
