//! `run.json`: what one run was given, did and wrote. The only file with clock times in it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::store::atomic::write_whole;
use crate::store::error::Error;

/// Version of this manifest: the first number changes when a member is renamed or changes its meaning.
pub const MANIFEST_VERSION: &str = "1.0.0";
/// Name of the manifest in an output folder.
pub const MANIFEST_FILE: &str = "run.json";

/// The manifest of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunManifest {
    /// [`MANIFEST_VERSION`].
    pub manifest_version: String,
    /// Program, as in the records.
    pub software: SoftwareUsed,
    /// The command, word by word, as typed.
    pub command: Vec<String>,
    /// Nothing sensed after this day was used.
    pub as_of: Date,
    /// First day read.
    pub from: Date,
    /// Last day read.
    pub to: Date,
    /// When the run began.
    pub started_at: Timestamp,
    /// When the run ended.
    pub finished_at: Timestamp,
    /// How it ended.
    pub exit: Exit,
    /// Files that were read as input.
    pub inputs: Vec<InputFile>,
    /// Pipeline settings.
    pub pipeline: SettingsUsed,
    /// Lender's policy, when there was one.
    pub policy: Option<SettingsUsed>,
    /// The lender's figures.
    #[serde(default)]
    pub figures: Vec<SettingsUsed>,
    /// Folder of the register of pledged plots, when there was one.
    #[serde(default)]
    pub register: Option<String>,
    /// Hash over all settings, as in the records.
    pub config_sha256: String,
    /// The catalogue.
    pub catalog: CatalogUsed,
    /// Scenes, over the whole run.
    pub scenes: SceneCounts,
    /// Scenes that no plot could use, and why.
    pub scenes_skipped: Vec<SkippedScene>,
    /// What went over the wire or off the disk.
    pub traffic: Traffic,
    /// Plots.
    pub plots: PlotCounts,
    /// Plots that another run may finish.
    pub deferred: Vec<DeferredPlot>,
    /// Seconds by stage: `intake`, `catalog`, `read`, `science`, `write`, `total`.
    pub timings_s: BTreeMap<String, f64>,
    /// Compute threads.
    pub threads: usize,
    /// Files written, with their hashes; `run.json` itself is not among them.
    pub outputs: Vec<OutputFile>,
    /// Anything a person should know, in sentences.
    pub notes: Vec<String>,
}

/// The program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SoftwareUsed {
    /// Name.
    pub name: String,
    /// Version.
    pub version: String,
    /// Source commit, when the build knows it.
    pub git_commit: Option<String>,
    /// Versions of libraries that can change an answer: GDAL, PROJ.
    pub libraries: BTreeMap<String, String>,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exit {
    /// Every plot is finished (exit code 0).
    Done,
    /// Every plot has a record, some were deferred for operational reasons (exit code 3).
    Deferred,
    /// The run could not be carried out (exit code 1).
    Failed,
}

impl Exit {
    /// Exit code of the process.
    pub fn code(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Deferred => 3,
        }
    }
}

/// A file that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputFile {
    /// Path as given, `-` for standard input.
    pub path: String,
    /// Hash.
    pub sha256: String,
    /// Size.
    pub bytes: u64,
    /// Features in it.
    pub features: usize,
    /// Properties in it that look like data of a person; none of them is in any output.
    #[serde(default)]
    pub personal_properties: u64,
    /// Whether plots with such properties went on without them.
    #[serde(default)]
    pub personal_properties_ignored: bool,
}

/// A settings file in its resolved form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsUsed {
    /// Its name.
    pub name: String,
    /// Where it was read from; `None` when built in.
    pub path: Option<String>,
    /// Hash of the resolved form.
    pub sha256: String,
}

/// The catalogue as it was asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogUsed {
    /// URL or path.
    pub location: String,
    /// Dialect.
    pub dialect: Option<String>,
    /// Collections asked for.
    pub collections: Vec<String>,
    /// Searches made.
    pub searches: u64,
    /// Pages read.
    pub pages: u64,
    /// Items read.
    pub items: u64,
}

/// Scenes of a run, each counted once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SceneCounts {
    /// Overpasses the orbit plan lets expect, where known.
    pub expected: Option<u64>,
    /// Listed by the catalogue.
    pub found: u64,
    /// Read for at least one plot.
    pub used: u64,
    /// Not used, by reason.
    pub skipped: BTreeMap<String, u64>,
}

/// A scene that no plot could use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkippedScene {
    /// Item id.
    pub item_id: String,
    /// Word of the reason.
    pub reason: String,
    /// What happened, in a sentence.
    pub detail: String,
}

/// Requests and bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Traffic {
    /// Requests sent, retries included.
    pub requests: u64,
    /// Requests that were sent again.
    pub retries: u64,
    /// Bytes received.
    pub bytes: u64,
    /// Blocks of rasters decoded, each once.
    #[serde(default)]
    pub blocks: u64,
}

/// Plots of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlotCounts {
    /// Features in the input: as many as records.
    pub total: u64,
    /// Records by status.
    pub by_status: BTreeMap<String, u64>,
    /// Records taken over from an earlier run in the same folder.
    pub reused: u64,
    /// Records erased from the folder since; the other counts are those of the run.
    #[serde(default)]
    pub erased: u64,
}

/// A plot that another run may finish.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeferredPlot {
    /// Plot id.
    pub id: String,
    /// What is missing and why, in a sentence.
    pub why: String,
}

/// A file that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputFile {
    /// Path inside the output folder, `/` between parts.
    pub path: String,
    /// Hash.
    pub sha256: String,
    /// Size.
    pub bytes: u64,
}

impl OutputFile {
    /// Hashes a written file.
    ///
    /// # Errors
    /// [`Error::Io`] when it cannot be read.
    pub fn of(dir: &Path, path: &str) -> Result<OutputFile, Error> {
        let (sha256, bytes) = hash_file(&dir.join(path))?;
        Ok(OutputFile { path: path.to_owned(), sha256, bytes })
    }
}

/// Writes `run.json`. Write it last: it vouches for the other files.
///
/// # Errors
/// [`Error::Io`] or [`Error::Json`].
pub fn write_manifest(dir: &Path, manifest: &RunManifest) -> Result<(), Error> {
    let path = dir.join(MANIFEST_FILE);
    let mut text = serde_json::to_string_pretty(manifest)
        .map_err(|source| Error::Json { path: path.clone(), source })?;
    text.push('\n');
    write_whole(&path, text.as_bytes())
}

/// Reads `run.json`; `None` when there is none.
///
/// # Errors
/// [`Error::Io`] when it cannot be read, [`Error::Foreign`] when it is not such a manifest.
pub fn read_manifest(dir: &Path) -> Result<Option<RunManifest>, Error> {
    let path = dir.join(MANIFEST_FILE);
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(Error::io("read", &path)(e)),
    };
    serde_json::from_slice(&bytes).map(Some).map_err(|e| Error::foreign(&path, e.to_string()))
}

/// SHA-256 (hex) and size of a file, read in pieces.
pub(super) fn hash_file(path: &Path) -> Result<(String, u64), Error> {
    let mut file = File::open(path).map_err(Error::io("read", path))?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0_u8; 1 << 16];
    let mut bytes = 0;
    loop {
        let n = file.read(&mut buffer).map_err(Error::io("read", path))?;
        let Some(piece) = buffer.get(..n).filter(|piece| !piece.is_empty()) else { break };
        hasher.update(piece);
        bytes += n as u64;
    }
    Ok((hasher.finalize().iter().map(|b| format!("{b:02x}")).collect(), bytes))
}
