//! A real scene over desert: decimated tenfold, so pixels of 100 m and 200 m.

use std::path::{Path, PathBuf};

use croplens::grid::{Epsg, Grid, Raster};
use croplens::zonal::{
    Footprint, MaskRule, MaskTable, Nearest, OffsetFinding, OffsetGuard, PlotPixels, Sky, Statistics,
    observe, sky,
};
use geo::{LineString, Polygon};
use ndarray::Array2;

use super::observe::radiometry;

const SCENE: &str = "earthsearch_scene_29RKH_decimated/sentinel-cogs/sentinel-s2-l2a-cogs/29/R/KH/2020/2/S2A_29RKH_20200219_0_L2A";

fn data_folder() -> PathBuf {
    std::env::var_os("CROPLENS_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from)
}

fn read<T: gdal::raster::GdalType + Copy>(path: &Path) -> (Grid, Raster<T>) {
    let file = gdal::Dataset::open(path).unwrap();
    let [x0, dx, _, y0, _, dy] = file.geo_transform().unwrap();
    let (width, height) = file.raster_size();
    let grid = Grid { epsg: Epsg(32629), x0, y0, dx, dy: -dy, width, height };
    let values =
        file.rasterband(1).unwrap().read_as::<T>((0, 0), (width, height), (width, height), None).unwrap();
    let data = Array2::from_shape_vec((height, width), values.data().to_vec()).unwrap();
    (grid, Raster { window: grid.window(), data })
}

#[test]
fn a_desert_is_bare_and_its_offset_is_believed() {
    let folder = data_folder().join(SCENE);
    if !folder.is_dir() {
        println!("skipped: no {SCENE} in the reserved data");
        return;
    }
    let (grid, red) = read::<u16>(&folder.join("B04.tif"));
    let (_, nir) = read::<u16>(&folder.join("B08.tif"));
    let (classes_grid, classes) = read::<u8>(&folder.join("SCL.tif"));
    assert_eq!((grid.dx, classes_grid.dx), (100.0, 200.0));
    let rule = MaskRule::default();
    let verdicts = sky(&classes, &classes_grid, &rule);
    let near = Nearest::new(&grid, &classes_grid).unwrap();
    let radiometry = radiometry(0.0);
    let mut guard = OffsetGuard::default();
    let (mut used, mut cut) = (0, 0);
    for i in 0..400 {
        let (col, row) = (f64::from(i % 20), f64::from(i / 20));
        let (x, y) = (grid.x0 + 2700.0 + col * 5200.0, grid.y0 - 2600.0 - row * 5300.0);
        let ring = [(0.0, 0.0), (1310.0, 180.0), (1490.0, 1240.0), (520.0, 1630.0)];
        let ring: Vec<(f64, f64)> = ring.iter().map(|(a, b)| (x + a, y + b)).collect();
        let plot = Polygon::new(LineString::from(ring), Vec::new());
        let footprint = Footprint::new(&plot.into(), &grid).unwrap();
        let (r, n) = (footprint.gather(&red, 0), footprint.gather(&nir, 0));
        let s = near.gather(&footprint, &verdicts, Sky::NO_DATA);
        let pixels = PlotPixels::new(&footprint, &r, &n, &s).unwrap();
        guard.add(&pixels, &radiometry, &MaskTable::new(&rule));
        let m = observe(&pixels, &radiometry, &rule, Statistics::All);
        match m.rejected {
            None => {
                used += 1;
                let v = m.ndvi.unwrap();
                assert!((0.02..0.20).contains(&v.mean) && v.std < 0.1, "{i}: {v:?}");
            }
            Some(_) => cut += 1,
        }
    }
    assert!(used > 150, "{used} plots used, {cut} not");
    let verdict = guard.verdict();
    assert_eq!(verdict.finding, OffsetFinding::Plausible, "{}", verdict.evidence);
}
