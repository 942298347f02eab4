//! One run shared among processes: whatever is cut, killed or tampered with, the joined files are those of one process.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::support::archive::{addressed, copy, files, json, public_https, sample_tiles};
use crate::support::bucket::Bucket;
use crate::support::command::{Run, croplens};
use crate::support::stac::StacServer;

/// Companies of five, so that the twenty plots of the sample are several units.
const PIPELINE: &str = "name = \"small\"\n[catalog]\ncollections = [\"sentinel-2-l2a\", \"sentinel-2-c1-l2a\"]\n\
    [period]\nhistory_days = 800\nseason_days = 400\n[company]\nmost_plots = 5\n";

struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Place {
        let folder = tempfile::tempdir().unwrap();
        copy(&sample_tiles(), &folder.path().join("sample"));
        std::fs::write(folder.path().join("small.toml"), PIPELINE).unwrap();
        Place(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn appraise(&self, out: &str, extra: &[&str]) -> Run {
        croplens(&["appraise", "sample/plots.geojson", "--catalog", "sample", "--pipeline", "small.toml"])
            .args(["--from", "2022-03-01", "--as-of", "2022-07-20", "--quiet", "--out", out])
            .args(extra)
            .within(self.0.path())
    }

    fn shard(&self, out: &str, shard: &str) -> Run {
        self.appraise(out, &["--resume", "--shard", shard])
    }

    fn merge(&self, out: &str) -> Run {
        croplens(&["merge", out]).within(self.0.path())
    }

    /// Ids of the units whose reports lie in a folder.
    fn units(&self, out: &str) -> Vec<String> {
        let parts = self.path(out).join("parts");
        let name = |f: &PathBuf| f.to_str().and_then(|n| n.strip_suffix(".json")).map(str::to_owned);
        files(&parts).iter().filter_map(name).filter(|n| n.starts_with("unit-")).collect()
    }
}

fn same(a: &Path, b: &Path, what: &str) {
    let names = files(a);
    assert_eq!(names, files(b), "{what}");
    assert!(names.len() > 80, "{what}: with papers");
    for file in names.iter().filter(|n| !n.ends_with("run.json")) {
        let same = std::fs::read(a.join(file)).unwrap() == std::fs::read(b.join(file)).unwrap();
        assert!(same, "{what}: {} differs", file.display());
    }
    let (a, b) = (json(&a.join("run.json")), json(&b.join("run.json")));
    for member in ["plots", "scenes", "scenes_skipped", "inputs", "outputs", "config_sha256", "exit", "notes"]
    {
        assert_eq!(a[member], b[member], "{what}: {member}");
    }
}

#[test]
fn shards_joined_are_the_run_of_one_process_however_it_is_cut() {
    let place = Place::new();
    place.appraise("whole", &[]).ok();
    assert!(!place.path("whole/parts").exists(), "the parts of a joined run are removed");
    for of in [1, 3, 11] {
        let out = format!("cut{of}");
        // In no particular order.
        for shard in (1..=of).rev() {
            assert!(!place.path(&out).join("records.jsonl").exists());
            place.shard(&out, &format!("{shard}/{of}")).ok();
        }
        let units = place.units(&out);
        println!("{of} shards, {} units", units.len());
        assert!(units.len() >= 4 && (of < 11 || units.len() < of), "{units:?}");
        place.merge(&out).ok();
        same(&place.path("whole"), &place.path(&out), &format!("{of} shards"));
    }
}

#[test]
fn what_is_missing_is_named_and_only_that_is_done_again() {
    let place = Place::new();
    place.appraise("whole", &[]).ok();
    for shard in ["1/3", "2/3", "3/3"] {
        place.shard("cut", shard).ok();
    }
    let ids = place.units("cut");
    let part = |id: &str, ending: &str| place.path("cut/parts").join(format!("{id}.{ending}"));
    let told = |what: &str, id: &str| {
        let output = place.merge("cut").exits(1);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(id) && said.contains(what), "{said}");
        assert!(!place.path("cut/records.jsonl").exists());
        let (_, command) = said.rsplit_once("--shard ").unwrap();
        command.trim().to_owned()
    };
    let first = std::fs::read(part(&ids[0], "records.jsonl")).unwrap();
    // One digit of a number, a file cut short, a file that is gone.
    let mut changed = first.clone();
    let at = changed.iter().rposition(u8::is_ascii_digit).unwrap();
    changed[at] = if changed[at] == b'1' { b'2' } else { b'1' };
    std::fs::write(part(&ids[0], "records.jsonl"), &changed).unwrap();
    place.shard("cut", &told("damaged", &ids[0])).ok();
    assert_eq!(std::fs::read(part(&ids[0], "records.jsonl")).unwrap(), first);

    let series = std::fs::read(part(&ids[1], "series.parquet")).unwrap();
    std::fs::write(part(&ids[1], "series.parquet"), &series[..series.len() - 9]).unwrap();
    let untouched = std::fs::metadata(part(&ids[0], "json")).unwrap().modified().unwrap();
    place.shard("cut", &told("damaged", &ids[1])).ok();
    assert_eq!(std::fs::metadata(part(&ids[0], "json")).unwrap().modified().unwrap(), untouched);

    std::fs::remove_file(part(&ids[2], "json")).unwrap();
    place.shard("cut", &told("missing", &ids[2])).ok();
    place.merge("cut").ok();
    same(&place.path("whole"), &place.path("cut"), "mended");
}

#[test]
fn parts_of_another_run_are_not_taken() {
    let place = Place::new();
    place.shard("cut", "1/2").ok();
    // Another policy is another run.
    let output = place.appraise("cut", &["--shard", "2/2", "--papers", "none"]).exits(2);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("papers"), "{said}");
    place.shard("cut", "2/2").ok();
    // A unit that belongs to another run lies among them.
    let id = &place.units("cut")[0];
    let parts = place.path("cut/parts");
    std::fs::copy(parts.join(format!("{id}.json")), parts.join("unit-00001-0123456789ab.json")).unwrap();
    let output = place.merge("cut").exits(1);
    assert!(String::from_utf8(output.stderr).unwrap().contains("unit-00001-0123456789ab"));
    assert!(!place.path("cut/records.jsonl").exists());
    place.merge("sample").exits(2);
}

#[test]
fn a_shard_that_is_killed_is_made_up_for() {
    let place = Place::new();
    let root = place.path("sample");
    let bucket = Bucket::serve(&root);
    let stac = StacServer::start(addressed(&root, &public_https));
    let run = |out: &str, extra: &[&str]| {
        croplens(&["appraise", "sample/plots.geojson", "--pipeline", "small.toml", "--quiet", "--out", out])
            .args(["--catalog", &stac.root(), "--s3-endpoint", &bucket.url()])
            .args(["--from", "2022-03-01", "--as-of", "2022-07-20"])
            .args(extra)
            .within(place.0.path())
    };
    run("whole", &[]).ok();
    run("cut", &["--shard", "1/2"]).ok();
    let before = place.units("cut");
    bucket.delay(Duration::from_millis(3));
    let mut child = run("cut", &["--shard", "2/2"]).start();
    for _ in 0..20_000 {
        if place.units("cut").len() > before.len() {
            break;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    bucket.delay(Duration::ZERO);
    let after = place.units("cut");
    println!("{} units of the first shard, {} after the kill", before.len(), after.len());
    assert!(after.len() > before.len(), "the killed shard had published something");
    run("cut", &["--shard", "2/2", "--resume"]).ok();
    place.merge("cut").ok();
    same(&place.path("whole"), &place.path("cut"), "killed");
}

#[test]
fn a_whole_run_that_is_cut_off_goes_on_where_it_was() {
    let place = Place::new();
    place.appraise("whole", &[]).ok();
    // Two of three shards are what a killed run leaves.
    place.shard("left", "1/3").ok();
    place.shard("left", "2/3").ok();
    let kept = place.units("left").len();
    let output = place.appraise("left", &["--json"]).ok();
    let summary: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    println!("{kept} units were there; {} blocks", summary["traffic"]["blocks"]);
    same(&place.path("whole"), &place.path("left"), "taken up");
}
