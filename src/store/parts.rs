//! A run in parts: the plan, and for each unit of it a file of records, one of observations, and a report that vouches
//! for both. Joined, they are the run's files.
//!
//! | file of `parts/` | content |
//! |---|---|
//! | `plan.json` | what is run and in which units; every process that works on the run writes the same |
//! | `<unit>.records.jsonl` | the unit's records, in input order |
//! | `<unit>.series.parquet` | the unit's observations |
//! | `<unit>.json`, last | the unit's report |
//! | `catalogue-<hash>.json` | what the catalogue answered |

mod index;
mod join;
mod merge;
mod stale;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::record::{EligibilityRecord, sha256_hex};
use crate::store::atomic::{AtomicFile, write_whole};
use crate::store::error::Error;
use crate::store::jsonl::json_line;
use crate::store::run_manifest::{DeferredPlot, OutputFile, RunManifest, SkippedScene, Traffic, hash_file};

pub use self::join::{Joined, join};
pub use self::merge::{Merge, merge};

/// Folder of the parts in an output folder.
pub const PARTS_FOLDER: &str = "parts";
/// Name of the plan.
const PLAN_FILE: &str = "plan.json";

/// A unit as planned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedUnit {
    /// Made of what the unit is: its number, and a hash over the run and its features.
    pub id: String,
    /// Features in it.
    pub features: usize,
}

/// What is run, and in which units.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlanFile {
    /// Hash over `settings`: two plans are of one run if it is the same.
    pub run: String,
    /// Everything that decides an answer, by name.
    pub settings: BTreeMap<String, String>,
    /// Features of the input.
    pub features: usize,
    /// The units, in order.
    pub units: Vec<PlannedUnit>,
    /// Further bands of the observations.
    pub bands: Vec<String>,
    /// Heading of the page.
    pub title: String,
    /// The command that does the same again.
    pub command: String,
    /// The manifest as far as it is known before the run.
    pub manifest: RunManifest,
}

/// What the catalogue answered, the same for all units that were read with one answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogueSeen {
    /// Whether it was asked at all: nobody asks for units of which nothing is to be read.
    pub asked: bool,
    /// Hash over the scenes with their files and radiometry.
    pub scenes_sha256: String,
    /// Scenes found.
    pub found: u64,
    /// Overpasses the orbits let expect.
    pub expected: Option<u64>,
    /// Items that cannot be used, by reason.
    pub skipped: BTreeMap<String, u64>,
    /// The same, one by one.
    pub unusable: Vec<SkippedScene>,
    /// Things a person should know.
    pub notes: Vec<String>,
}

/// A finished unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UnitReport {
    /// [`PlannedUnit::id`].
    pub id: String,
    /// [`PlanFile::run`].
    pub run: String,
    /// Position in the input of each line of the records.
    pub positions: Vec<usize>,
    /// The records.
    pub records: OutputFile,
    /// The observations.
    pub series: OutputFile,
    /// Name of the catalogue's answer.
    pub catalogue: String,
    /// Plots that another run may finish.
    pub deferred: Vec<DeferredPlot>,
    /// Records taken over from an earlier run.
    pub reused: u64,
    /// Scenes that were not read, or not whole.
    pub unread: Vec<SkippedScene>,
    /// What was fetched for this unit and those read together with it, told once.
    pub traffic: Traffic,
    /// Searches and pages of the catalogue, told once.
    pub searched: (u64, u64),
    /// Seconds by stage, likewise.
    pub timings_s: BTreeMap<String, f64>,
    /// Compute threads.
    pub threads: usize,
    /// The shard that did it, as it was asked: `2/3`.
    pub shard: String,
}

/// The folder of a run's parts.
#[derive(Clone, Debug)]
pub struct Parts {
    folder: PathBuf,
}

/// For each unit the shard that does it, from 1: neighbours together, shards as even as whole units allow.
///
/// A unit belongs to the shard in whose part of all features its middle lies, so a shard may have none.
pub fn shares(sizes: &[usize], of: u32) -> Vec<u32> {
    let total: u128 = sizes.iter().map(|n| *n as u128).sum();
    let mut before = 0u128;
    let share = |size: &usize| {
        let middle = 2 * before + *size as u128;
        before += *size as u128;
        let place = (middle * u128::from(of)) / (2 * total).max(1);
        u32::try_from(place).unwrap_or(u32::MAX).min(of.saturating_sub(1)) + 1
    };
    sizes.iter().map(share).collect()
}

/// What is wrong with a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack {
    /// It was not done, or its report is not whole.
    Missing,
    /// A file is not the one its report vouches for.
    Damaged,
    /// It belongs to a run with other settings or other plots.
    Foreign,
}

impl Parts {
    /// The parts in this output folder.
    pub fn of(out: &Path) -> Parts {
        Parts { folder: out.join(PARTS_FOLDER) }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The plan; `None` where there is none.
    ///
    /// # Errors
    /// It cannot be read, or is no plan of this version.
    pub fn plan(&self) -> Result<Option<PlanFile>, Error> {
        self.read(PLAN_FILE)
    }

    /// Writes the plan, unless the same lies there.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write_plan(&self, plan: &PlanFile) -> Result<(), Error> {
        if self.plan().ok().flatten().is_some_and(|known| known.run == plan.run) {
            return Ok(());
        }
        self.write(PLAN_FILE, plan)
    }

    /// Keeps the catalogue's answer and gives its name.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write_catalogue(&self, seen: &CatalogueSeen) -> Result<String, Error> {
        let path = self.path("catalogue");
        let text = serde_json::to_string_pretty(seen).map_err(|source| Error::Json { path, source })?;
        let hash = sha256_hex(text.as_bytes());
        let name = format!("catalogue-{}.json", hash.get(..16).unwrap_or(&hash));
        write_whole(&self.path(&name), text.as_bytes())?;
        Ok(name)
    }

    /// The catalogue's answer of this name.
    ///
    /// # Errors
    /// It cannot be read, or is none.
    pub fn catalogue(&self, name: &str) -> Result<Option<CatalogueSeen>, Error> {
        self.read(name)
    }

    /// The report of a unit whose files are, byte by byte, what it says.
    pub fn unit(&self, id: &str, run: &str) -> Result<UnitReport, Lack> {
        let report: UnitReport = match self.read(&format!("{id}.json")) {
            Ok(Some(report)) => report,
            _ => return Err(Lack::Missing),
        };
        if report.run != run || report.id != id {
            return Err(Lack::Foreign);
        }
        let whole = |file: &OutputFile| {
            hash_file(&self.path(&file.path))
                .is_ok_and(|(sha256, bytes)| sha256 == file.sha256 && bytes == file.bytes)
        };
        if whole(&report.records) && whole(&report.series) { Ok(report) } else { Err(Lack::Damaged) }
    }

    /// Reports that no unit of the plan has, by file name.
    ///
    /// # Errors
    /// The folder cannot be listed.
    pub fn strangers(&self, plan: &PlanFile) -> Result<Vec<String>, Error> {
        let known: std::collections::BTreeSet<&str> = plan.units.iter().map(|u| u.id.as_str()).collect();
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(Error::io("list", &self.folder))? {
            let entry = entry.map_err(Error::io("list", &self.folder))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let unit = name.strip_suffix(".json").filter(|n| n.starts_with("unit-"));
            found.extend(unit.filter(|id| !known.contains(id)).map(str::to_owned));
        }
        found.sort();
        Ok(found)
    }

    /// Where a unit's observations go.
    pub fn series_path(&self, id: &str) -> PathBuf {
        self.path(&format!("{id}.series.parquet"))
    }

    /// Starts a unit's records.
    ///
    /// # Errors
    /// The file cannot be started.
    pub fn records(&self, id: &str) -> Result<PartRecords, Error> {
        let name = format!("{id}.records.jsonl");
        let path = self.path(&name);
        Ok(PartRecords { file: AtomicFile::create(&path)?, path, positions: Vec::new() })
    }

    /// What a written file of a unit is, for its report.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn written(&self, path: &Path) -> Result<OutputFile, Error> {
        OutputFile::of(&self.folder, &path.file_name().unwrap_or_default().to_string_lossy())
    }

    /// Publishes a unit: from here on it is done.
    ///
    /// # Errors
    /// The report cannot be written.
    pub fn publish(&self, report: &UnitReport) -> Result<(), Error> {
        self.write(&format!("{}.json", report.id), report)
    }

    /// Removes all parts.
    ///
    /// # Errors
    /// The folder cannot be removed.
    pub fn remove(&self) -> Result<(), Error> {
        match fs::remove_dir_all(&self.folder) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(Error::io("remove", &self.folder)(e)),
            _ => Ok(()),
        }
    }

    fn read<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, Error> {
        let path = self.path(name);
        match fs::read(&path) {
            Ok(bytes) => {
                serde_json::from_slice(&bytes).map(Some).map_err(|e| Error::foreign(&path, e.to_string()))
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(Error::io("read", &path)(e)),
        }
    }

    fn write<T: Serialize>(&self, name: &str, value: &T) -> Result<(), Error> {
        let path = self.path(name);
        let text =
            serde_json::to_string(value).map_err(|source| Error::Json { path: path.clone(), source })?;
        write_whole(&path, text.as_bytes())
    }
}

/// A unit's records in the making.
#[derive(Debug)]
pub struct PartRecords {
    path: PathBuf,
    file: AtomicFile,
    positions: Vec<usize>,
}

impl PartRecords {
    /// Adds a record.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn push(&mut self, record: &EligibilityRecord) -> Result<(), Error> {
        use std::io::Write as _;
        let line = json_line(&self.path, record)?;
        self.positions.push(record.input_position as usize);
        self.file
            .write_all(line.as_bytes())
            .and_then(|()| self.file.write_all(b"\n"))
            .map_err(Error::io("write", &self.path))
    }

    /// Puts the file in place: its path and the records' positions in the input.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn finish(self) -> Result<(PathBuf, Vec<usize>), Error> {
        self.file.commit()?;
        Ok((self.path, self.positions))
    }
}
