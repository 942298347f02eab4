//! The sample's village with its archive behind a door of choice, and what must hold after every fault.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Child;

use serde_json::Value;

use crate::support::bucket::Bucket;
use crate::support::command::{Run, croplens, records};
use crate::support::stac::StacServer;

/// First day read, as-of day: seven months of the second harvest year, 86 scenes on two tiles.
const SEASON: (&str, &str) = ("2022-02-01", "2022-08-31");
/// The whole of it: 130 scenes, more than a page of the catalogue.
const YEAR: (&str, &str) = ("2022-01-01", "2022-11-13");

/// Days on which the eastern tile is clear: what a fault hits there matters.
pub(super) const CLEAR_EAST: [&str; 6] = [
    "S2A_31TDN_20220303_0_L2A",
    "S2A_31TDN_20220522_0_L2A",
    "S2B_31TDN_20220626_0_L2A",
    "S2B_31TDN_20220706_0_L2A",
    "S2B_31TDN_20220716_0_L2A",
    "S2B_31TDN_20220815_0_L2A",
];

/// How images are reached.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Door {
    /// `s3://` addresses from a STAC API, `--s3-endpoint`.
    S3,
    /// `http://` addresses from a STAC API.
    Http,
    /// A static catalog on disk.
    Disk,
}

/// The servers, and a folder to work in.
pub(super) struct Village {
    pub(super) folder: tempfile::TempDir,
    /// What the bucket serves, or the static catalog: the scenes of the period.
    pub(super) root: PathBuf,
    pub(super) bucket: Bucket,
    pub(super) stac: StacServer,
    door: Door,
    days: (&'static str, &'static str),
    papers: bool,
    unbroken: Unbroken,
    /// Records that the last run with a fault left to be made again.
    unfinished: Cell<Option<usize>>,
}

/// A run that nothing went wrong in.
#[derive(Default)]
struct Unbroken {
    files: BTreeMap<PathBuf, Vec<u8>>,
    records: Vec<Value>,
    asked: Asked,
}

/// What a run asked the archive for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Asked {
    pub(super) requests: u64,
    pub(super) blocks: u64,
}

/// What a run with a fault came to.
pub(super) struct Hurt {
    pub(super) manifest: Value,
    pub(super) records: Vec<Value>,
}

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_tiles")
}

/// Every file below a folder, as paths from it.
fn files(folder: &Path) -> BTreeSet<PathBuf> {
    let (mut found, mut open) = (BTreeSet::new(), vec![folder.to_path_buf()]);
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(&dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.insert(path.strip_prefix(folder).unwrap().to_owned());
            }
        }
    }
    found
}

impl Village {
    /// A season without papers.
    pub(super) fn new(door: Door) -> Village {
        Village::over(&sample(), door, SEASON, false)
    }

    /// A season with all papers.
    pub(super) fn with_papers(door: Door) -> Village {
        Village::over(&sample(), door, SEASON, true)
    }

    /// A season over rasters of several blocks, of which a plot needs one: what is spared shows in the requests.
    pub(super) fn of_blocks(door: Door) -> Village {
        let made = tempfile::tempdir().unwrap();
        croplens(&[
            "simulate", "--size", "256", "--years", "2022", "--from", SEASON.0, "--to", SEASON.1, "--out",
        ])
        .arg(made.path())
        .ok();
        Village::over(made.path(), door, SEASON, false)
    }

    /// A year without papers.
    pub(super) fn of_a_year(door: Door) -> Village {
        Village::over(&sample(), door, YEAR, false)
    }

    /// Starts everything and makes the run to compare with.
    fn over(source: &Path, door: Door, days: (&'static str, &'static str), papers: bool) -> Village {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("archive");
        for file in files(source) {
            // Scenes of other years are left out; the catalog files above them name what is left.
            let name = file.to_str().unwrap();
            let scene = name.contains("_L2A/");
            if scene && !name.contains("/2022/") {
                continue;
            }
            let target = root.join(&file);
            std::fs::create_dir_all(target.parent().unwrap()).unwrap();
            std::fs::copy(source.join(&file), target).unwrap();
        }
        let bucket = Bucket::serve(&root);
        let mut village = Village {
            bucket,
            root,
            stac: StacServer::start(Vec::new()),
            folder,
            door,
            days,
            papers,
            unbroken: Unbroken::default(),
            unfinished: Cell::new(None),
        };
        village.drop_dead_links();
        village.stac.list(village.items());
        village.run().ok();
        village.unbroken =
            Unbroken { files: village.results(), records: records(&village.out()), asked: village.asked() };
        std::fs::remove_dir_all(village.out()).unwrap();
        let statuses: BTreeSet<&str> = village.unbroken.records.iter().map(status).collect();
        assert!(statuses.contains("supports") && statuses.contains("refer"), "{statuses:?}");
        village
    }

    /// A static catalog must not name items that are not there.
    fn drop_dead_links(&self) {
        for file in files(&self.root).iter().filter(|f| f.ends_with("collection.json")) {
            let path = self.root.join(file);
            let mut collection: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            let links = collection["links"].as_array_mut().unwrap();
            let beside = path.parent().unwrap();
            links.retain(|l| l["rel"] != "item" || beside.join(l["href"].as_str().unwrap()).exists());
            std::fs::write(&path, collection.to_string()).unwrap();
        }
    }

    /// The items, as a STAC API gives them.
    pub(super) fn items(&self) -> Vec<Value> {
        let is_item =
            |f: &&PathBuf| f.to_str().unwrap().contains("_L2A/") && f.extension().unwrap() == "json";
        files(&self.root)
            .iter()
            .filter(is_item)
            .map(|file| {
                let mut item: Value =
                    serde_json::from_slice(&std::fs::read(self.root.join(file)).unwrap()).unwrap();
                let key = file.parent().unwrap().to_str().unwrap();
                for asset in item["assets"].as_object_mut().unwrap().values_mut() {
                    let name = asset["href"].as_str().unwrap().trim_start_matches("./");
                    asset["href"] = match self.door {
                        Door::Http => format!("{}/{key}/{name}", self.bucket.url()).into(),
                        _ => format!("s3://{key}/{name}").into(),
                    };
                }
                item["links"] = Value::Array(Vec::new());
                item
            })
            .collect()
    }

    /// A file of a scene in the archive.
    pub(super) fn file(&self, scene: &str, name: &str) -> PathBuf {
        let end = Path::new(scene).join(name);
        self.root.join(files(&self.root).into_iter().find(|f| f.ends_with(&end)).unwrap())
    }

    /// The command, always the same.
    pub(super) fn run(&self) -> Run {
        let run = croplens(&["appraise", "archive/plots.geojson", "--out", "out", "--quiet"])
            .args(["--from", self.days.0, "--as-of", self.days.1, "--attempts", "3", "--read-timeout-s", "1"])
            .args(["--papers", if self.papers { "all" } else { "none" }])
            .within(self.folder.path());
        match self.door {
            Door::Disk => run.args(["--catalog", "archive"]),
            Door::Http => run.args(["--catalog", &self.stac.root()]),
            Door::S3 => run.args(["--catalog", &self.stac.root(), "--s3-endpoint", &self.bucket.url()]),
        }
    }

    pub(super) fn start(&self) -> Child {
        self.run().start()
    }

    pub(super) fn out(&self) -> PathBuf {
        self.folder.path().join("out")
    }

    pub(super) fn manifest(&self) -> Value {
        serde_json::from_slice(&std::fs::read(self.out().join("run.json")).unwrap()).unwrap()
    }

    pub(super) fn asked(&self) -> Asked {
        let traffic = &self.manifest()["traffic"];
        let count = |name: &str| traffic[name].as_u64().unwrap();
        Asked { requests: count("requests"), blocks: count("blocks") }
    }

    /// The eastern scene that most plots were judged by which lie on no other tile.
    pub(super) fn an_eastern_scene(&self) -> String {
        let mut plots: BTreeMap<&str, usize> = BTreeMap::new();
        for record in &self.unbroken.records {
            let used = record["sources"].as_array().unwrap().iter().filter(|s| s["used"] == true);
            let used: Vec<&str> = used.map(|s| s["item_id"].as_str().unwrap()).collect();
            if used.iter().all(|id| id.contains("_31TDN_")) {
                used.into_iter().for_each(|id| *plots.entry(id).or_default() += 1);
            }
        }
        plots.into_iter().max_by_key(|(id, n)| (*n, *id)).unwrap().0.to_owned()
    }

    /// Every file of the results but `run.json`, the only one with times in it.
    fn results(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let names = files(&self.out()).into_iter().filter(|f| !f.ends_with("run.json"));
        names.map(|f| (f.clone(), std::fs::read(self.out().join(&f)).unwrap())).collect()
    }

    /// Runs while something is wrong, and checks what must hold whatever it is.
    pub(super) fn hurt(&self, name: &str, exit: i32) -> Hurt {
        let output = self.run().output();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(exit), "{name}: {said}");
        let records = records(&self.out());
        assert_eq!(records.len(), self.unbroken.records.len(), "{name}");
        for (before, after) in self.unbroken.records.iter().zip(&records) {
            assert_eq!(before["id"], after["id"], "{name}: one record per plot, in order");
            let stayed = before["status"] == after["status"];
            assert!(
                stayed || after["status"] == "refer",
                "{name}: {} became {}",
                before["id"],
                after["status"]
            );
        }
        let manifest = self.manifest();
        let deferred = manifest["deferred"].as_array().unwrap();
        assert_eq!(deferred.is_empty(), exit == 0, "{name}: {deferred:?}");
        for plot in deferred {
            let record = records.iter().find(|r| r["id"] == plot["id"]).unwrap();
            assert_eq!(record["status"], "refer", "{name}");
            assert!(!plot["why"].as_str().unwrap().is_empty(), "{name}");
        }
        // A record is made again if a scene was missing for it, or if its entry could not be used.
        let missing =
            ["SRC_READ_FAILED", "SRC_READ_FAILED_HARMLESS", "SRC_ASSET_MISSING", "SRC_SEARCH_FAILED"];
        let says =
            |r: &Value, code: &str| r["reasons_all"].as_array().unwrap().iter().any(|x| x["code"] == code);
        let again = |r: &&Value| status(r) == "not_appraised" || missing.iter().any(|code| says(r, code));
        self.unfinished.set(Some(records.iter().filter(again).count()));
        Hurt { manifest, records }
    }

    /// Runs again with nothing wrong: the same bytes as the unbroken run, and no record made twice that was finished.
    pub(super) fn finish(&self, name: &str, some_finished: bool) {
        self.run().ok();
        self.as_unbroken(name);
        let manifest = self.manifest();
        let reused = manifest["plots"]["reused"].as_u64().unwrap();
        assert_eq!(reused > 0, some_finished, "{name}: {reused} records taken over");
        if let Some(unfinished) = self.unfinished.take() {
            let finished = self.unbroken.records.len() - unfinished;
            assert_eq!(reused, finished as u64, "{name}: finished records are taken over, and no others");
        }
        // The sample's rasters are of one block, which comes whole with the header: what is spared of them shows in the
        // blocks that are decoded. `of_blocks` is the village in which it shows in the requests too.
        let (asked, fresh) = (self.asked(), self.unbroken.asked);
        assert!(asked.requests <= fresh.requests, "{name}: {asked:?}, {fresh:?}");
        assert!(!some_finished || asked.blocks < fresh.blocks, "{name}: {asked:?}, {fresh:?}");
        println!("{name}: {reused} reused, {asked:?}, fresh {fresh:?}");
    }

    /// Runs again, and asks the archive for less than the unbroken run did.
    pub(super) fn finish_with_less(&self, name: &str) {
        self.finish(name, true);
        let (asked, fresh) = (self.asked(), self.unbroken.asked);
        assert!(
            asked.requests < fresh.requests && asked.blocks < fresh.blocks,
            "{name}: {asked:?}, {fresh:?}"
        );
    }

    /// The results are those of the unbroken run; they are removed then.
    pub(super) fn as_unbroken(&self, name: &str) {
        let results = self.results();
        let names = |files: &BTreeMap<PathBuf, Vec<u8>>| files.keys().cloned().collect::<BTreeSet<_>>();
        assert_eq!(names(&results), names(&self.unbroken.files), "{name}");
        for (file, bytes) in &self.unbroken.files {
            assert!(&results[file] == bytes, "{name}: {} differs", file.display());
        }
    }

    /// Forgets the results.
    pub(super) fn clear(&self) {
        let _ = std::fs::remove_dir_all(self.out());
    }
}

impl Hurt {
    /// What `run.json` says of a scene that was not read.
    pub(super) fn cause(&self, scene: &str) -> &str {
        let skipped = self.manifest["scenes_skipped"].as_array().unwrap();
        let found = skipped.iter().find(|s| s["item_id"] == scene);
        found.unwrap_or_else(|| panic!("{scene} is not among {skipped:?}"))["detail"].as_str().unwrap()
    }

    /// Plots with this among all their reasons.
    pub(super) fn with_reason(&self, code: &str) -> usize {
        let says =
            |r: &&Value| r["reasons_all"].as_array().is_some_and(|all| all.iter().any(|x| x["code"] == code));
        self.records.iter().filter(says).count()
    }
}

pub(super) fn status(record: &Value) -> &str {
    record["status"].as_str().unwrap()
}
