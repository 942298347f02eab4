//! Three plots with references and a register, and a run's folder as files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::json;

use crate::support::archive::{json, sample_tiles};
use crate::support::command::croplens;

/// Plots of the sample under other names: two on one field, one by itself. The spring and early summer of 2022.
pub(super) struct Village {
    folder: tempfile::TempDir,
}

pub(super) const ERASED: &str = "KIT-ERASE-ME";

impl Village {
    pub(super) fn new() -> Village {
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

    pub(super) fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn run(&self, out: &str, extra: &[&str]) -> Output {
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

    pub(super) fn erase(&self, reference: &str) -> Output {
        croplens(&["erase", reference, "--in"])
            .arg(self.at("out"))
            .arg("--register")
            .arg(self.at("register"))
            .output()
    }

    pub(super) fn verify(&self) -> Output {
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

pub(super) fn holds(bytes: &[u8], mark: &str) -> bool {
    bytes.windows(mark.len()).any(|w| w == mark.as_bytes())
}

pub(super) fn copy(from: &Path, to: &Path) {
    for (name, bytes) in files(from) {
        let path = to.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}

/// Names and bytes of a ZIP whose files are stored as they are, read by its directory.
pub(super) fn unzip(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
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
