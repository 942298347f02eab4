//! Scenes with a known truth: a small archive in the public layout, plots, and what is true of them.
//!
//! Comes in: a [`Spec`] (seed, size, years). Goes out: a folder that a local path, a loopback S3 server
//! and the public archive differ from by one endpoint only, with `plots.geojson` and `truth.json`.
//!
//! Fields grow by daily weather and leaf area, reflect by a canopy model, and are seen through
//! clouds, rims, shadows, haze, blur and noise. Not here, on purpose: anything of the rooms that
//! later estimate all this. The simulator shares no formula with them, so agreement means something.

mod acquisitions;
mod canopy;
mod cog;
mod dice;
mod error;
mod growth;
mod item;
mod landscape;
mod partly;
mod perennial;
mod place;
mod plots;
mod render;
mod sensor;
mod sky;
mod species;
pub mod trial;
mod truth;
mod truth_file;
mod village;
mod weather;
mod world;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use jiff::civil::{Date, date};
use serde_json::Value;

pub use self::error::Error;

use self::acquisitions::{Archive, SceneFile};
use self::item::Counts;
use self::place::{TILES, ToLonLat};
use self::world::World;
use crate::band::Band;

/// Plots of the village; more are taken from the surrounding land.
pub const VILLAGE_PLOTS: usize = 20;
/// Sides of a raster that can be made, in 10 m pixels: the village must fit, a tile is the most.
const SIZES: std::ops::RangeInclusive<usize> = 128..=10_980;

/// What to simulate. [`Spec::default`] makes the committed `sample_tiles`.
#[derive(Clone, Debug, PartialEq)]
pub struct Spec {
    /// The same seed gives the same pixels.
    pub seed: u64,
    /// Pixels of 10 m along each side of a raster: even, 128 to 10980.
    pub size_px: usize,
    /// First and last harvest year.
    pub years: (i16, i16),
    /// Number of plots; the first 20 are the village.
    pub plots: usize,
    /// Tiles: 1 or 2.
    pub tiles: usize,
    /// First overpass; by default 1 October before the first harvest.
    pub from: Option<Date>,
    /// Last overpass; by default 15 November of the last harvest year.
    pub to: Option<Date>,
    /// Bands to write.
    pub bands: Vec<Band>,
}

impl Default for Spec {
    fn default() -> Spec {
        Spec {
            seed: 19_776,
            size_px: 128,
            years: (2021, 2022),
            plots: VILLAGE_PLOTS,
            tiles: 2,
            from: None,
            to: None,
            bands: vec![Band::B04, Band::B08, Band::Scl],
        }
    }
}

/// What was made.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// STAC items, of which some have no readable file.
    pub items: usize,
    /// Days with at least one item.
    pub dates: usize,
    /// Plots.
    pub plots: usize,
    /// Date of the last overpass.
    pub as_of: Date,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} scenes on {} dates up to {}, {} plots", self.items, self.dates, self.as_of, self.plots)
    }
}

impl Spec {
    fn check(&self) -> Result<(), Error> {
        let refuse = |why: String| Err(Error::Spec(why));
        if !SIZES.contains(&self.size_px) || !self.size_px.is_multiple_of(2) {
            return refuse(format!(
                "a raster of {} pixels; the side must be even and 128 to 10980",
                self.size_px
            ));
        }
        if !(1..=TILES.len()).contains(&self.tiles) {
            return refuse(format!("{} tiles; there are two", self.tiles));
        }
        if !(2016..=2100).contains(&self.years.0)
            || self.years.1 < self.years.0
            || self.years.1 > self.years.0 + 9
        {
            return refuse(format!("the years {} to {}; at most ten, from 2016", self.years.0, self.years.1));
        }
        if !self.bands.contains(&Band::Scl) || self.bands.len() < 2 {
            return refuse("scenes without SCL and a reflectance band".to_owned());
        }
        Ok(())
    }

    fn span(&self) -> (Date, Date) {
        let first = date(self.years.0 - 1, 8, 1);
        let last = date(self.years.1, 12, 31);
        (
            self.from.unwrap_or(date(self.years.0 - 1, 10, 1)).clamp(first, last),
            self.to.unwrap_or(date(self.years.1, 11, 15)).clamp(first, last),
        )
    }
}

/// Makes the scenes, the plots and their truth under `out`.
///
/// # Errors
/// A spec that makes no sense, a folder that already holds scenes or cannot be written, a GDAL without
/// the COG driver (it came with 3.1).
pub fn make(spec: &Spec, out: &Path) -> Result<Summary, Error> {
    make_with(spec, 0, out)
}

/// As [`make`], with further plots whose outlines hold more than their field, and `land.json`, which says what lies
/// inside every outline: `count` are tried, and those that leave the raster are left out.
///
/// # Errors
/// As [`make`].
pub fn make_with_partly_cropped(spec: &Spec, count: usize, out: &Path) -> Result<Summary, Error> {
    make_with(spec, count, out)
}

fn make_with(spec: &Spec, partly: usize, out: &Path) -> Result<Summary, Error> {
    spec.check()?;
    refuse_mixing(out)?;
    let to = ToLonLat::new()?;
    let (fields, mut applications) = village::build(spec.seed, spec.plots);
    let mut world = World::new(spec.seed, spec.years, fields);
    let grids: Vec<_> = TILES.iter().take(spec.tiles).map(|t| t.grid(spec.size_px)).collect();
    if let (Some(grid), true) = (grids.first(), spec.plots > applications.len()) {
        let more = spec.plots - applications.len();
        applications.extend(plots::scattered(&world, grid, more));
    }
    if let Some(grid) = grids.first().filter(|_| partly > 0) {
        applications.extend(partly::partly_cropped(&world, grid, partly));
    }
    let standing = applications.iter().find(|a| a.always_cloudy).map(|a| a.inside);
    let (from, until) = spec.span();
    let overpasses = acquisitions::overpasses(spec.seed, world.first_day, from, until, standing);
    let mut bands = spec.bands.clone();
    bands.sort_unstable();
    bands.dedup();

    let mut listed: BTreeMap<&'static str, (Archive, Vec<String>, [f64; 4])> = BTreeMap::new();
    let mut made: Vec<(usize, SceneFile, Counts)> = Vec::new();
    for (n, scene) in acquisitions::scenes(&overpasses, spec.years, spec.tiles) {
        let overpass = &overpasses[n];
        let grid = &grids[scene.tile];
        let inside = scene.folder(overpass);
        let folder = out.join(scene.archive.folder()).join(&inside);
        if item::item(&scene, overpass, grid, &bands, &Counts::default(), &to)?.is_none() {
            continue;
        }
        create(&folder)?;
        let counts = render::render(&mut world, &scene, overpass, grid, &bands, &folder)?;
        let Some(item) = item::item(&scene, overpass, grid, &bands, &counts, &to)? else { continue };
        write_json(&folder.join(format!("{}.json", scene.id)), &item)?;
        let entry = listed.entry(scene.archive.folder()).or_insert_with(|| {
            (scene.archive, Vec::new(), [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY])
        });
        entry.1.push(format!("./{inside}/{}.json", scene.id));
        grow_bbox(&mut entry.2, &item);
        made.push((n, scene, counts));
    }

    create(out)?;
    let span = [format!("{from}T00:00:00Z"), format!("{until}T23:59:59Z")];
    for (archive, items, bbox) in listed.values() {
        let path = out.join(archive.folder()).join("collection.json");
        write_pretty(&path, &item::collection(*archive, items, *bbox, span.clone()))?;
    }
    let archives: Vec<Archive> = listed.values().map(|l| l.0).collect();
    write_pretty(&out.join("catalog.json"), &item::root(&archives))?;

    let features = applications
        .iter()
        .enumerate()
        .map(|(n, a)| plots::feature(a, &mut world, n, &to))
        .collect::<Result<Vec<_>, _>>()?;
    write_lines(&out.join("plots.geojson"), "{\"type\":\"FeatureCollection\",\"features\":", &features)?;
    let dates: std::collections::BTreeSet<Date> = made.iter().map(|m| overpasses[m.0].date).collect();
    let as_of = dates.last().copied().unwrap_or(until);
    truth_file::write(&out.join("truth.json"), &mut world, &applications, &overpasses, &made, &grids, as_of)?;
    if partly > 0 {
        partly::write(&out.join("land.json"), &world, &applications)?;
    }
    Ok(Summary { items: made.len(), dates: dates.len(), plots: applications.len(), as_of })
}

fn grow_bbox(bbox: &mut [f64; 4], item: &Value) {
    for (k, b) in bbox.iter_mut().enumerate() {
        let v = item["bbox"][k].as_f64().unwrap_or(*b);
        *b = if k < 2 { b.min(v) } else { b.max(v) };
    }
}

/// Old scenes among new ones would be a truth that is not true.
fn refuse_mixing(out: &Path) -> Result<(), Error> {
    match [Archive::L2a, Archive::Collection1].iter().map(|a| out.join(a.folder())).find(|f| f.exists()) {
        Some(folder) => Err(Error::Spec(format!(
            "{} already holds scenes; choose a new folder, or remove that one first",
            folder.display()
        ))),
        None => Ok(()),
    }
}

fn create(folder: &Path) -> Result<(), Error> {
    std::fs::create_dir_all(folder).map_err(|source| Error::Write { path: folder.to_path_buf(), source })
}

fn write_text(path: &Path, text: &str) -> Result<(), Error> {
    std::fs::write(path, text).map_err(|source| Error::Write { path: path.to_path_buf(), source })
}

fn json_error(path: &Path) -> impl Fn(serde_json::Error) -> Error + '_ {
    |source| Error::Json { path: path.to_path_buf(), source }
}

fn write_json(path: &Path, value: &Value) -> Result<(), Error> {
    write_text(path, &(serde_json::to_string(value).map_err(json_error(path))? + "\n"))
}

fn write_pretty(path: &Path, value: &Value) -> Result<(), Error> {
    write_text(path, &(serde_json::to_string_pretty(value).map_err(json_error(path))? + "\n"))
}

/// A JSON object that ends in a list, one entry a line: `head` is everything before the list.
fn write_lines(path: &Path, head: &str, rows: &[Value]) -> Result<(), Error> {
    let lines =
        rows.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>().map_err(json_error(path))?;
    write_text(path, &format!("{head}[\n{}\n]}}\n", lines.join(",\n")))
}
