//! What the engine says of every plot is what its pixels say, read whole and one plot at a time.

use std::collections::BTreeMap;
use std::path::Path;

use croplens::crs;
use croplens::grid::{Epsg, Grid};
use croplens::intake::{self, Limits};
use croplens::scene::Radiometry;
use croplens::scl::Scl;
use croplens::zonal::{Footprint, MaskRule, PlotPixels, Sky, Statistics, observe};
use gdal::raster::GdalType;
use serde_json::Value;

use super::once::{DAY, archive};
use crate::support::archive::{files, json};
use crate::support::command::croplens;

/// All pixels of a raster, as GDAL reads them, and its grid.
fn whole<T: GdalType + Copy>(path: &Path) -> (Grid, Vec<T>) {
    let dataset = gdal::Dataset::open(path).unwrap();
    let (width, height) = dataset.raster_size();
    let [x0, dx, _, y0, _, dy] = dataset.geo_transform().unwrap();
    let epsg = Epsg(dataset.spatial_ref().unwrap().auth_code().unwrap() as u32);
    let data = dataset
        .rasterband(1)
        .unwrap()
        .read_as::<T>((0, 0), (width, height), (width, height), None)
        .unwrap()
        .data()
        .to_vec();
    (Grid { epsg, x0, y0, dx, dy: -dy, width, height }, data)
}

/// The scale and offset that still have to be applied, by the item's own words.
fn radiometry(item: &Value) -> Radiometry {
    let band = &item["assets"]["red"]["raster:bands"][0];
    let is_applied = item["properties"]["earthsearch:boa_offset_applied"] == true;
    Radiometry {
        scale: band["scale"].as_f64().unwrap(),
        offset: if is_applied { 0.0 } else { band["offset"].as_f64().unwrap_or(0.0) },
        offset_declared: None,
        rule: "test",
        evidence: String::new(),
        settled: true,
    }
}

/// A plot, and its mean, valid fraction and pixel count as text.
type Row = (String, [String; 3]);

/// Rows of the table: plot to mean, valid fraction and pixel count, as text, in file order.
fn rows(table: &Path) -> Vec<Row> {
    let mut reader = csv::Reader::from_path(table).unwrap();
    let rows = reader.records().map(|row| {
        let row = row.unwrap();
        assert_eq!(&row[1], DAY);
        (row[0].to_owned(), [2, 3, 4].map(|i| row[i].to_owned()))
    });
    rows.collect()
}

fn observed(threads: &str, out: &Path) -> Vec<u8> {
    croplens(&["observe", "--quiet", "--statistics", "mean", "--scl-valid", "4,5", "--threads", threads])
        .arg(archive().join("plots.geojson"))
        .args(["--from", DAY, "--as-of", DAY, "--catalog"])
        .arg(archive())
        .arg("--out")
        .arg(out)
        .ok();
    std::fs::read(out).unwrap()
}

#[test]
fn every_plot_measures_as_its_pixels_read_whole_and_with_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("table.csv");
    let bytes = observed("1", &table);
    let found = rows(&table);
    for threads in ["2", "8"] {
        assert!(observed(threads, &folder.path().join("again.csv")) == bytes, "{threads} threads");
    }
    let plots = intake::read(&std::fs::read(archive().join("plots.geojson")).unwrap(), &Limits::default());
    let plots = plots.unwrap();
    let rule = MaskRule::peers(&[Scl::Vegetation, Scl::Bare]);
    let rasters = files(archive());
    let of = |name: &str| -> Vec<&Path> {
        rasters.iter().map(|p| p.as_path()).filter(|p| p.ends_with(name)).collect()
    };
    let mut expected: BTreeMap<(usize, usize), Row> = BTreeMap::new();
    let mut on_edges = 0;
    for (scene, red) in of("B04.tif").into_iter().enumerate() {
        let scene_folder = archive().join(red.parent().unwrap());
        let items = std::fs::read_dir(&scene_folder).unwrap().map(|e| e.unwrap().path());
        let item =
            items.filter(|p| p.extension().is_some_and(|e| e == "json")).map(|p| json(&p)).next().unwrap();
        let (grid, red) = whole::<u16>(&scene_folder.join("B04.tif"));
        let (_, nir) = whole::<u16>(&scene_folder.join("B08.tif"));
        let (_, scl) = whole::<u8>(&scene_folder.join("SCL.tif"));
        for (at, plot) in plots.plots().enumerate() {
            let metres = crs::project(&plot.geometry, grid.epsg).unwrap();
            let print = Footprint::new(&metres, &grid).unwrap();
            if print.is_empty() {
                continue;
            }
            let pick = |row: usize, col: usize| row * grid.width + col;
            let cells = || print.cells().map(|(row, col, _)| (row, col));
            let red: Vec<u16> = cells().map(|(r, c)| red[pick(r, c)]).collect();
            let nir: Vec<u16> = cells().map(|(r, c)| nir[pick(r, c)]).collect();
            let class = |r: usize, c: usize| Scl::from_value(scl[r / 2 * (grid.width / 2) + c / 2]);
            let sky: Vec<Sky> = cells().map(|(r, c)| Sky::of(class(r, c))).collect();
            let pixels = PlotPixels::new(&print, &red, &nir, &sky).unwrap();
            let m = observe(&pixels, &radiometry(&item), &rule, Statistics::Mean);
            let mean = m.ndvi_mean.map_or(String::new(), |v| format!("{v:.6}"));
            let row = [mean, format!("{:.6}", m.valid_fraction), format!("{:.6}", m.pixel_count)];
            expected.insert((scene, at), (plot.id.as_str().to_owned(), row));
            let w = print.window();
            on_edges += usize::from(
                w.col / 1024 != (w.col_end() - 1) / 1024 || w.row / 1024 != (w.row_end() - 1) / 1024,
            );
        }
    }
    let expected: Vec<_> = expected.into_values().collect();
    let seen = expected.iter().filter(|(_, row)| !row[0].is_empty()).count();
    println!("{} rows, {seen} with a mean, {on_edges} plots on the edge of a block", expected.len());
    assert!(seen > 900 && on_edges > 10);
    // Scene by scene, plots in the order of the input; those that lie whole on no raster come at the end.
    let (mut found, mut expected) = (found, expected);
    found.sort();
    expected.sort();
    // The outline of a divided plot is cut along the raster's edge and put together again: its area may differ in the last
    // digits.
    let alike = |a: &str, b: &str| match (a.parse::<f64>(), b.parse::<f64>()) {
        (Ok(a), Ok(b)) => (a - b).abs() <= 1e-6 * b.abs(),
        _ => a == b,
    };
    let same = |a: &Row, b: &Row| a.0 == b.0 && a.1[..2] == b.1[..2] && alike(&a.1[2], &b.1[2]);
    let differing = found.iter().zip(&expected).find(|(a, b)| !same(a, b));
    assert!(found.len() == expected.len() && differing.is_none(), "{} rows: {differing:?}", found.len());
}
