//! The simulator: the committed `sample_tiles` are what it makes, and its truth is in its pixels.

mod archive;
mod trial;
mod truth;

use std::path::{Path, PathBuf};

use gdal::Dataset;
use serde_json::Value;

/// The committed folder.
fn committed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_tiles")
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display())))
        .unwrap()
}

/// Every file below a folder, as paths from it, in order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(&dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path)
            } else {
                out.push(path.strip_prefix(folder).unwrap().to_owned())
            }
        }
    }
    out.sort();
    out
}

/// Grid and pixels of a raster, decoded by GDAL.
struct Pixels {
    transform: [f64; 6],
    width: usize,
    data: Vec<u16>,
}

fn pixels(path: &Path) -> Pixels {
    let dataset = Dataset::open(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let band = dataset.rasterband(1).unwrap();
    let buffer = band.read_band_as::<u16>().unwrap();
    Pixels { transform: dataset.geo_transform().unwrap(), width: band.x_size(), data: buffer.data().to_vec() }
}

impl Pixels {
    /// Column and row of a point, if it lies at least `margin` pixels inside.
    fn cell(&self, x: f64, y: f64, margin: i64) -> Option<(usize, usize)> {
        let [x0, dx, _, y0, _, dy] = self.transform;
        let (c, r) = (((x - x0) / dx).floor() as i64, ((y - y0) / dy).floor() as i64);
        let (w, h) = (self.width as i64, (self.data.len() / self.width) as i64);
        (c >= margin && r >= margin && c < w - margin && r < h - margin).then_some((c as usize, r as usize))
    }

    fn at(&self, c: usize, r: usize) -> u16 {
        self.data[r * self.width + c]
    }

    /// Mean of the 3 x 3 pixels around a cell.
    fn mean3(&self, c: usize, r: usize) -> f64 {
        (r - 1..=r + 1)
            .flat_map(|r| (c - 1..=c + 1).map(move |c| (c, r)))
            .map(|(c, r)| f64::from(self.at(c, r)))
            .sum::<f64>()
            / 9.0
    }
}

/// Folder of a scene of `truth.json`.
fn folder_of(root: &Path, scene: &Value) -> PathBuf {
    let archive = match scene["collection"].as_str().unwrap() {
        "sentinel-2-l2a" => "sentinel-cogs/sentinel-s2-l2a-cogs",
        _ => "e84-earth-search-sentinel-data/sentinel-2-c1-l2a",
    };
    let (tile, date) = (scene["tile"].as_str().unwrap(), scene["date"].as_str().unwrap());
    let (year, month) = (&date[..4], date[5..7].trim_start_matches('0'));
    root.join(archive).join(format!(
        "{}/{}/{}/{year}/{month}/{}",
        &tile[..2],
        &tile[2..3],
        &tile[3..],
        scene["id"].as_str().unwrap()
    ))
}
