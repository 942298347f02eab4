//! The observation archive: a second run reads what is new and nothing else, and says what a first one would.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::archive::{addressed, copy, files, json, public_https, sample_tiles};
use crate::support::bucket::{Bucket, Fault};
use crate::support::command::croplens;
use crate::support::stac::StacServer;

/// A copy of the sample behind a loopback bucket and catalogue, and a folder for what is kept.
struct Place {
    folder: tempfile::TempDir,
    bucket: Bucket,
    stac: StacServer,
}

const FROM: &str = "2022-04-01";
const AS_OF: &str = "2022-07-20";

impl Place {
    fn new() -> Place {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("tiles");
        copy(&sample_tiles(), &root);
        let bucket = Bucket::serve(&root);
        let stac = StacServer::start(addressed(&root, &public_https));
        Place { folder, bucket, stac }
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("tiles")
    }

    fn kept(&self) -> PathBuf {
        self.folder.path().join("kept")
    }

    /// Runs to this day into this folder; with the archive or without. The requests are those of this run only.
    fn run(&self, plots: &Path, to: &str, out: &str, archive: bool, extra: &[&str], code: i32) -> Made {
        self.bucket.forget();
        let out = self.folder.path().join(out);
        let mut run = croplens(&["appraise"])
            .arg(plots)
            .args(["--catalog", &self.stac.root(), "--s3-endpoint", &self.bucket.url(), "--quiet"])
            .args(["--from", FROM, "--as-of", AS_OF, "--to", to, "--attempts", "2"])
            .args(extra)
            .arg("--out")
            .arg(&out);
        if archive {
            run = run.arg("--archive").arg(self.kept());
        }
        run.exits(code);
        let by_path = self.bucket.by_path();
        let blocks = json(&out.join("run.json"))["traffic"]["blocks"].as_u64().unwrap();
        Made { out, by_path, blocks }
    }

    fn plots(&self) -> PathBuf {
        self.root().join("plots.geojson")
    }
}

struct Made {
    out: PathBuf,
    /// Requests and bytes by path.
    by_path: BTreeMap<String, (u64, u64)>,
    blocks: u64,
}

impl Made {
    /// Paths of which more was read than the byte that asks whether the file is still the same.
    fn read(&self) -> Vec<&String> {
        self.by_path.iter().filter(|(_, (requests, bytes))| bytes > requests).map(|(path, _)| path).collect()
    }

    fn bytes(&self) -> u64 {
        self.by_path.values().map(|(_, bytes)| bytes).sum()
    }
}

/// Every file but `run.json`, with its clock times, has the same bytes.
fn same_files(a: &Path, b: &Path, what: &str) {
    let names = files(a);
    assert_eq!(names, files(b), "{what}");
    assert!(names.len() >= 7, "{what}: {names:?}");
    for file in names.iter().filter(|n| !n.ends_with("run.json")) {
        let same = std::fs::read(a.join(file)).unwrap() == std::fs::read(b.join(file)).unwrap();
        assert!(same, "{what}: {} differs", file.display());
    }
}

const NONE: [&str; 2] = ["--papers", "none"];

#[test]
fn a_second_run_reads_only_the_new_scene_and_says_what_a_cold_one_says() {
    let place = Place::new();
    let plots = place.plots();
    let cold = place.run(&plots, AS_OF, "cold", false, &NONE, 0);
    let first = place.run(&plots, "2022-07-14", "first", true, &NONE, 0);
    let second = place.run(&plots, AS_OF, "second", true, &NONE, 0);
    same_files(&cold.out, &second.out, "archive and new scenes");
    let new: Vec<&String> = second.read();
    println!("cold {} bytes, first {}, second {}: {new:?}", cold.bytes(), first.bytes(), second.bytes());
    assert!(!new.is_empty() && new.iter().all(|path| !first.by_path.contains_key(*path)), "{new:?}");
    assert!(first.blocks + second.blocks == cold.blocks && second.blocks > 0);

    let third = place.run(&plots, AS_OF, "third", true, &NONE, 0);
    same_files(&cold.out, &third.out, "archive alone");
    assert_eq!((third.read(), third.blocks), (Vec::new(), 0));
    // A byte of each file, and nothing of what could not be had.
    assert!(third.bytes() <= cold.by_path.len() as u64);
}

#[test]
fn papers_are_drawn_from_the_chosen_dates_only_and_are_the_same() {
    let place = Place::new();
    let plots = place.plots();
    let cold = place.run(&plots, AS_OF, "cold", false, &["--papers", "all"], 0);
    place.run(&plots, AS_OF, "first", true, &NONE, 0);
    let second = place.run(&plots, AS_OF, "second", true, &["--papers", "all"], 0);
    same_files(&cold.out, &second.out, "papers");
    let pictures = files(&cold.out).iter().filter(|f| f.ends_with("ndvi.tif")).count();
    println!("{pictures} pictures, {} of {} blocks read again", second.blocks, cold.blocks);
    assert!(pictures > 5 && second.blocks > 0 && 2 * second.blocks < cold.blocks);
}

#[test]
fn a_changed_outline_is_read_anew_and_no_other() {
    let place = Place::new();
    let mut file = json(&place.plots());
    place.run(&place.plots(), AS_OF, "first", true, &NONE, 0);
    // The same corners from another start are another outline to the last bit of a sum; and one corner moved.
    let ring = &mut file["features"][0]["geometry"]["coordinates"][0];
    let corner = ring[1][0].as_f64().unwrap() + 1e-5;
    ring[1][0] = Value::from(corner);
    let changed = place.folder.path().join("changed.geojson");
    std::fs::write(&changed, file.to_string()).unwrap();
    let cold = place.run(&changed, AS_OF, "cold", false, &NONE, 0);
    let second = place.run(&changed, AS_OF, "second", true, &NONE, 0);
    same_files(&cold.out, &second.out, "a changed plot");
    assert!(second.blocks > 0);
    let third = place.run(&changed, AS_OF, "third", true, &NONE, 0);
    same_files(&cold.out, &third.out, "a changed plot, kept");
    assert_eq!(third.blocks, 0);
    // And the old ones are still there.
    assert_eq!(place.run(&place.plots(), AS_OF, "back", true, &NONE, 0).blocks, 0);
}

#[test]
fn what_could_not_be_read_is_not_kept() {
    let place = Place::new();
    let plots = place.plots();
    let cold = place.run(&plots, AS_OF, "cold", false, &NONE, 0);
    let path = cold.read().into_iter().find(|p| p.ends_with("B04.tif")).unwrap().clone();
    place.bucket.fail(&path, Fault::Status(503, "SlowDown"), usize::MAX);
    place.run(&plots, AS_OF, "hurt", true, &NONE, 3);
    place.bucket.heal();
    let healed = place.run(&plots, AS_OF, "healed", true, &NONE, 0);
    same_files(&cold.out, &healed.out, "healed");
    assert!(healed.read().contains(&&path), "{:?}", healed.read());
}

#[test]
fn files_of_the_archive_that_are_damaged_are_read_again_and_never_believed() {
    let place = Place::new();
    let plots = place.plots();
    let cold = place.run(&plots, AS_OF, "cold", false, &NONE, 0);
    place.run(&plots, AS_OF, "first", true, &NONE, 0);
    let kept = files(&place.kept());
    assert!(kept.len() > 10, "{kept:?}");
    for (n, file) in kept.iter().enumerate() {
        let path = place.kept().join(file);
        let mut bytes = std::fs::read(&path).unwrap();
        match n % 6 {
            0 => bytes.truncate(bytes.len() / 2),
            1 => {
                let at = bytes.len() / 3;
                bytes[at] ^= 1;
            }
            // In the description at the end.
            2 => {
                let at = bytes.len() - 200;
                bytes[at] ^= 1;
            }
            3 => bytes.clear(),
            4 => bytes = b"no table at all".repeat(9),
            _ => {}
        }
        std::fs::write(&path, bytes).unwrap();
    }
    let second = place.run(&plots, AS_OF, "second", true, &NONE, 0);
    same_files(&cold.out, &second.out, "damaged");
    println!("{} files, {} of {} blocks read again", kept.len(), second.blocks, cold.blocks);
    assert!(second.blocks > cold.blocks / 2 && second.blocks < cold.blocks);
    let third = place.run(&plots, AS_OF, "third", true, &NONE, 0);
    same_files(&cold.out, &third.out, "mended");
    assert_eq!(third.blocks, 0);
}

#[test]
fn a_file_that_was_replaced_is_read_again() {
    let place = Place::new();
    let plots = place.plots();
    let first = place.run(&plots, AS_OF, "first", true, &NONE, 0);
    // The pixels of one date under the address of another.
    let red: Vec<&String> = first.read().into_iter().filter(|p| p.ends_with("B04.tif")).collect();
    let file = |path: &str| place.root().join(path.trim_start_matches('/'));
    let (from, to) = (file(red[0]), file(red[2]));
    assert_ne!(std::fs::read(&from).unwrap(), std::fs::read(&to).unwrap());
    std::fs::copy(from, to).unwrap();
    let cold = place.run(&plots, AS_OF, "cold", false, &NONE, 0);
    let second = place.run(&plots, AS_OF, "second", true, &NONE, 0);
    same_files(&cold.out, &second.out, "replaced");
    assert!(second.read().contains(&red[2]) && second.read().len() <= 3, "{:?}", second.read());
}

#[test]
fn other_settings_use_other_rows() {
    let place = Place::new();
    let plots = place.plots();
    place.run(&plots, AS_OF, "first", true, &NONE, 0);
    let pipeline = place.folder.path().join("mask.toml");
    let text = "name = \"mask\"\n[catalog]\ncollections = [\"sentinel-2-l2a\"]\n[period]\nhistory_days = 800\n\
        season_days = 400\n[mask.dilate_m]\ncirrus = 400.0\n";
    std::fs::write(&pipeline, text).unwrap();
    let own = ["--papers", "none", "--pipeline", pipeline.to_str().unwrap()];
    let cold = place.run(&plots, AS_OF, "cold", false, &own, 0);
    let second = place.run(&plots, AS_OF, "second", true, &own, 0);
    same_files(&cold.out, &second.out, "another mask");
    assert_eq!(second.blocks, cold.blocks);
}

#[test]
fn observe_keeps_and_recalls_the_same_rows() {
    let place = Place::new();
    let run = |out: &str, archive: bool, extra: &[&str]| {
        place.bucket.forget();
        let path = place.folder.path().join(out);
        let mut run = croplens(&["observe"])
            .arg(place.plots())
            .args(["--catalog", &place.stac.root(), "--s3-endpoint", &place.bucket.url(), "--quiet"])
            .args(["--from", FROM, "--as-of", AS_OF])
            .args(extra)
            .arg("--out")
            .arg(&path);
        if archive {
            run = run.arg("--archive").arg(place.kept());
        }
        run.ok();
        let bytes: u64 = place.bucket.by_path().values().map(|(_, bytes)| bytes).sum();
        (std::fs::read(path).unwrap(), bytes)
    };
    for extra in [&[][..], &["--statistics", "mean", "--scl-valid", "4,5"][..]] {
        let (cold, _) = run("cold.csv", false, extra);
        let (first, read) = run("first.csv", true, extra);
        let (second, again) = run("second.csv", true, extra);
        println!("{read} bytes, then {again}");
        assert!(cold == first && cold == second);
        assert!(again * 1000 < read);
    }
}
