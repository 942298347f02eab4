//! The observation archive: what was read of scenes, so that no run reads it again.
//!
//! Comes in: [`KeptRow`]s of one scene of a tile, with the key of everything that decided them. Goes out: the same
//! rows, or nothing. Not here: which rows may still be believed (`pipeline`), and any judgement.
//!
//! # Layout
//! `DIR/v1/<tile>/<scene>/<key>-<hash>.parquet`: one file per reading of a scene, written whole and never changed. `key`
//! (16 digits) stands for everything that decides a row but the plot, `hash` (32 digits) is that of the file's bytes: a
//! file that is cut, changed or half there is not what its name says, and counts for nothing. Small files of the same
//! key are taken into the next one that is written, so that a scene has one file, or a few.

mod columns;
mod rows;

use std::fs;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use jiff::Timestamp;
use jiff::civil::Date;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde::{Deserialize, Serialize};

use crate::band::Band;
use crate::grid::{Epsg, Grid};
use crate::observation::{NdviStats, Reject, SkyFractions};
use crate::record::sha256_hex;
use crate::scene::{MgrsTile, SceneId};
use crate::store::atomic::write_whole;
use crate::store::error::Error;

/// Version of the layout and of the columns: another one lies in another folder.
const LAYOUT: &str = "v1";
/// Rows up to which a file is taken into the next one of its key.
const SMALL_ROWS: u64 = 4_096;
/// Digits of the key and of the hash in a file's name.
const KEY_DIGITS: usize = 16;
const HASH_DIGITS: usize = 32;

/// A scene as one way of reading it sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchiveKey {
    /// Tile.
    pub tile: MgrsTile,
    /// Scene.
    pub scene: SceneId,
    /// Sensing time.
    pub datetime: Timestamp,
    /// SHA-256 (hex) over everything that decides a row but the plot and the state of the files.
    pub key: String,
}

/// One file of a scene as it was when it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssetSeen {
    /// Its band.
    pub band: String,
    /// Entity tag or time of modification, when the server says.
    pub version: Option<String>,
    /// Length, when the server says.
    pub bytes: Option<u64>,
}

/// What the rows of a file have in common.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sheet {
    /// [`ArchiveKey::key`].
    pub key: String,
    /// Files of the scene.
    pub assets: Vec<AssetSeen>,
    /// Bands with a column, in table order.
    pub bands: Vec<String>,
    /// The red band's grid: code of its projection, x, y, pixel width and height as bits, columns, rows.
    grid: (u32, [u64; 4], usize, usize),
}

impl Sheet {
    /// Of a reading.
    pub fn new(key: &ArchiveKey, assets: Vec<AssetSeen>, bands: &[Band], grid: &Grid) -> Sheet {
        let g = [grid.x0, grid.y0, grid.dx, grid.dy].map(f64::to_bits);
        Sheet {
            key: key.key.clone(),
            assets,
            bands: bands.iter().map(|b| b.name().to_owned()).collect(),
            grid: (grid.epsg.0, g, grid.width, grid.height),
        }
    }

    /// The red band's grid.
    pub fn grid(&self) -> Grid {
        let (epsg, bits, width, height) = self.grid;
        let [x0, y0, dx, dy] = bits.map(f64::from_bits);
        Grid { epsg: Epsg(epsg), x0, y0, dx, dy, width, height }
    }

    fn bands(&self) -> Option<Vec<Band>> {
        self.bands.iter().map(|name| Band::parse(name)).collect()
    }
}

/// Identity of a plot's outline, position by position: the same only if the same pixels come out, to the last bit.
pub type PartHash = [u8; 32];

/// One plot (or piece of one) in one scene, before anything is decided over the whole scene.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptRow {
    /// The outline.
    pub part: PartHash,
    /// Solar day.
    pub date: Date,
    /// NDVI statistics.
    pub ndvi: Option<NdviStats>,
    /// Reflectance by band, in the order of the sheet's bands.
    pub bands: Vec<Option<f64>>,
    /// What the sky was.
    pub sky: SkyFractions,
    /// Share of readable area.
    pub valid_fraction: f64,
    /// Area, pixels.
    pub pixel_count: f64,
    /// Why it is not used.
    pub rejected: Option<Reject>,
    /// What it adds to the scene's offset guard (`zonal::GuardCounts`), where that was counted.
    pub guard: Option<Vec<u8>>,
    /// Distance of kept pixels and NDVI of each, where they were kept.
    pub pixels: Option<(u32, Vec<i8>)>,
    /// All pixels of a piece of a divided plot, in the pipeline's own words.
    pub piece: Option<Vec<u8>>,
}

/// A file of the archive and what its rows have in common.
#[derive(Clone, Debug, PartialEq)]
pub struct Leaf {
    path: PathBuf,
    /// What the rows have in common.
    pub sheet: Sheet,
    /// Number of rows.
    pub rows: u64,
}

/// A folder of kept observations.
#[derive(Clone, Debug)]
pub struct Archive {
    root: PathBuf,
}

impl Archive {
    /// The archive in this folder, made on the first write.
    pub fn new(folder: &Path) -> Archive {
        Archive { root: folder.join(LAYOUT) }
    }

    fn folder(&self, key: &ArchiveKey) -> PathBuf {
        self.root.join(key.tile.as_str()).join(key.scene.as_str())
    }

    /// The files of a scene with this key whose description is whole. What cannot be read is not there.
    pub fn leaves(&self, key: &ArchiveKey) -> Vec<Leaf> {
        let Ok(entries) = fs::read_dir(self.folder(key)) else { return Vec::new() };
        let begins = format!("{}-", short(&key.key, KEY_DIGITS));
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.retain(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with(&begins) && name.ends_with(".parquet")
        });
        paths.sort();
        paths.into_iter().filter_map(|path| leaf(path, &key.key)).collect()
    }

    /// The rows of a file whose outline is asked for; `None` if the file is not, byte by byte, what was written.
    pub fn rows(&self, leaf: &Leaf, wanted: impl Fn(&PartHash) -> bool) -> Option<Vec<KeptRow>> {
        let bytes = fs::read(&leaf.path).ok()?;
        if !leaf.path.to_string_lossy().ends_with(&ending(&bytes)) {
            tracing::warn!(file = %leaf.path.display(), "kept observations are damaged: they are read again");
            return None;
        }
        rows::decode(Bytes::from(bytes), &leaf.sheet.bands()?, wanted)
    }

    /// Keeps rows. Small files of the same key and state are taken in; those of another state are removed, because no
    /// run can believe them again.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn put(&self, key: &ArchiveKey, sheet: &Sheet, mut rows: Vec<KeptRow>) -> Result<(), Error> {
        let mut replaced = Vec::new();
        for leaf in self.leaves(key) {
            if leaf.sheet != *sheet {
                replaced.push(leaf.path);
            } else if leaf.rows <= SMALL_ROWS {
                let known: std::collections::BTreeSet<PartHash> = rows.iter().map(|r| r.part).collect();
                rows.extend(self.rows(&leaf, |part| !known.contains(part)).unwrap_or_default());
                replaced.push(leaf.path);
            }
        }
        rows.sort_by_key(|row| row.part);
        let folder = self.folder(key);
        let Some(bands) = sheet.bands() else { return Ok(()) };
        let bytes = rows::encode(&folder, sheet, &bands, &rows)?;
        let path = folder.join(format!("{}-{}", short(&key.key, KEY_DIGITS), ending(&bytes)));
        write_whole(&path, &bytes)?;
        // Whoever reads one of them meanwhile finds nothing there, and reads the scene.
        for old in replaced.iter().filter(|old| **old != path) {
            if let Err(cause) = fs::remove_file(old) {
                tracing::warn!(file = %old.display(), %cause, "an old file of the archive stays");
            }
        }
        Ok(())
    }
}

fn short(text: &str, digits: usize) -> &str {
    text.get(..digits).unwrap_or(text)
}

/// How the name of a file with these bytes ends.
fn ending(bytes: &[u8]) -> String {
    format!("{}.parquet", short(&sha256_hex(bytes), HASH_DIGITS))
}

fn leaf(path: PathBuf, key: &str) -> Option<Leaf> {
    let file = fs::File::open(&path).ok()?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).ok()?;
    let facts = builder.metadata().file_metadata();
    let notes = facts.key_value_metadata()?;
    let note = |name: &str| notes.iter().find(|n| n.key == name)?.value.as_deref();
    let text = note(rows::SHEET)?;
    // The description is read without the rest of the file, so it has a hash of its own.
    if note(rows::SHEET_HASH)? != sha256_hex(text.as_bytes()) {
        return None;
    }
    let sheet: Sheet = serde_json::from_str(text).ok()?;
    let rows = u64::try_from(facts.num_rows()).ok()?;
    (sheet.key == key).then_some(Leaf { path, sheet, rows })
}
