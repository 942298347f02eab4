//! A plot that lies whole in no tile: read in pieces and joined, it is the same plot.

use std::collections::BTreeMap;
use std::path::Path;

use gdal::raster::{Buffer, GdalType, RasterCreationOptions};
use gdal::{Dataset, DriverManager};
use serde_json::{Value, json};

use crate::support::archive::{items, json as read_json, sample_tiles};
use crate::support::command::croplens;

/// Pixels of the western tile that lie west of the cut; the cut runs through fields on 10 and 20 m pixels alike.
const CUT_COLUMN: usize = 22;

/// Some columns of a raster as a raster of its own.
fn columns<T: GdalType + Copy>(from: &Path, to: &Path, first: usize, width: usize) {
    let source = Dataset::open(from).unwrap();
    let height = source.raster_size().1;
    let window = (first as isize, 0);
    let values = source.rasterband(1).unwrap().read_as::<T>(window, (width, height), (width, height), None);
    let memory = DriverManager::get_driver_by_name("MEM").unwrap();
    let mut image = memory.create_with_band_type::<T, _>("", width, height, 1).unwrap();
    let mut transform = source.geo_transform().unwrap();
    transform[0] += transform[1] * first as f64;
    image.set_geo_transform(&transform).unwrap();
    image.set_spatial_ref(&source.spatial_ref().unwrap()).unwrap();
    let mut band = image.rasterband(1).unwrap();
    band.set_no_data_value(Some(0.0)).unwrap();
    let values = values.unwrap().data().to_vec();
    band.write((0, 0), (width, height), &mut Buffer::new((width, height), values)).unwrap();
    let options = RasterCreationOptions::from_iter(["COMPRESS=DEFLATE", "BLOCKSIZE=128"]);
    image.create_copy(&DriverManager::get_driver_by_name("COG").unwrap(), to, &options).unwrap();
}

/// The western tile's scenes of a summer, each as it is, or in two halves that do not overlap.
fn write(to: &Path, halves: bool) {
    for (folder, item) in items(&sample_tiles()) {
        let day = &item["properties"]["datetime"].as_str().unwrap()[..7];
        if item["properties"]["grid:code"] != "MGRS-31TCN" || !("2022-05"..="2022-08").contains(&day) {
            continue;
        }
        if ["B04", "B08", "SCL"]
            .iter()
            .any(|b| !sample_tiles().join(&folder).join(format!("{b}.tif")).exists())
        {
            continue;
        }
        let parts: &[(&str, usize, usize)] = if halves {
            &[("31TCN", 0, CUT_COLUMN), ("31TCM", CUT_COLUMN, 128 - CUT_COLUMN)]
        } else {
            &[("31TCN", 0, 128)]
        };
        for (tile, first, width) in parts {
            let id = item["id"].as_str().unwrap().replace("31TCN", tile);
            let own = to.join(&id);
            std::fs::create_dir_all(&own).unwrap();
            let from = sample_tiles().join(&folder);
            for band in ["B04", "B08"] {
                let file = format!("{band}.tif");
                columns::<u16>(&from.join(&file), &own.join(&file), *first, *width);
            }
            columns::<u8>(&from.join("SCL.tif"), &own.join("SCL.tif"), first / 2, width / 2);
            let mut item = item.clone();
            item["id"] = Value::String(id.clone());
            item["properties"]["grid:code"] = Value::String(format!("MGRS-{tile}"));
            item["properties"]["mgrs:grid_square"] = Value::String(tile[3..].to_owned());
            for (asset, band) in [("red", "B04"), ("nir", "B08"), ("scl", "SCL")] {
                item["assets"][asset]["href"] = json!(format!("./{band}.tif"));
            }
            item["links"] = json!([]);
            std::fs::write(own.join(format!("{id}.json")), item.to_string()).unwrap();
        }
    }
}

/// Per plot and date: mean NDVI, valid fraction, pixel count.
fn observed(catalog: &Path, out: &Path, mask: &[&str]) -> BTreeMap<(String, String), [Option<f64>; 3]> {
    croplens(&["observe"])
        .arg(sample_tiles().join("plots.geojson"))
        .arg("--catalog")
        .arg(catalog)
        .args(["--from", "2022-05-01", "--as-of", "2022-08-31", "--statistics", "mean", "--quiet"])
        .args(mask)
        .arg("--out")
        .arg(out)
        .ok();
    let mut table = csv::Reader::from_path(out).unwrap();
    let mut found = BTreeMap::new();
    for row in table.records() {
        let row = row.unwrap();
        let key = (row[0].to_owned(), row[1].to_owned());
        let values = [row[2].parse().ok(), row[3].parse().ok(), row[4].parse().ok()];
        assert!(found.insert(key.clone(), values).is_none(), "{key:?} twice");
    }
    found
}

#[test]
fn a_divided_plot_measures_as_the_undivided_one() {
    let folder = tempfile::tempdir().unwrap();
    let (whole, halves) = (folder.path().join("whole"), folder.path().join("halves"));
    write(&whole, false);
    write(&halves, true);
    let table = folder.path().join("table.csv");
    // Plain classes: nothing looks beyond the cut. (A dilated cloud does, and the other half cannot see it.)
    let mask = ["--scl-valid", "4,5"];
    let one = observed(&whole, &table, &mask);
    let two = observed(&halves, &table, &mask);

    let edge = 403_720.0 + 10.0 * CUT_COLUMN as f64;
    let cut: Vec<String> = divided_at(edge);
    println!("the cut at {edge} m E goes through {cut:?}");
    assert!(cut.len() >= 3, "{cut:?}");
    let (mut compared, mut worst) = (0, [0.0_f64; 3]);
    for ((id, day), expected) in one.iter().filter(|((id, _), _)| cut.contains(id)) {
        let found = &two[&(id.clone(), day.clone())];
        for (k, (found, expected)) in found.iter().zip(expected).enumerate() {
            assert_eq!(found.is_some(), expected.is_some(), "{id} {day} column {k}");
            let (Some(found), Some(expected)) = (found, expected) else { continue };
            let relative = if k == 2 { (found - expected) / expected } else { found - expected };
            worst[k] = worst[k].max(relative.abs());
            // The table keeps six decimals: equal values may differ by one unit of the last.
            assert!(relative.abs() < 1.001e-6, "{id} {day} column {k}: {found} divided, {expected} whole");
        }
        compared += usize::from(expected[0].is_some());
    }
    println!("{compared} dates of divided plots with a mean; worst differences {worst:?}");
    assert!(compared >= 30, "{compared} dates compared");
}

/// Ids of plots with land on both sides of an easting, and inside the western tile.
fn divided_at(edge: f64) -> Vec<String> {
    use gdal::spatial_ref::{AxisMappingStrategy, CoordTransform, SpatialRef};
    let mut lonlat = SpatialRef::from_epsg(4326).unwrap();
    lonlat.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
    let to_metres = CoordTransform::new(&lonlat, &SpatialRef::from_epsg(32631).unwrap()).unwrap();
    let plots = read_json(&sample_tiles().join("plots.geojson"));
    let mut found = Vec::new();
    for feature in plots["features"].as_array().unwrap() {
        let (mut xs, mut ys) = (Vec::new(), Vec::new());
        positions(&feature["geometry"]["coordinates"], &mut xs, &mut ys);
        to_metres.transform_coords(&mut xs, &mut ys, &mut []).unwrap();
        let low = xs.iter().copied().fold(f64::INFINITY, f64::min);
        let high = xs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let id = ["id", "plot_id"].iter().find_map(|k| feature["properties"][k].as_str());
        let id = id.or(feature["id"].as_str()).unwrap();
        if low < edge && edge < high && high < 405_000.0 && id != "DEMO-09" {
            found.push(id.to_owned());
        }
    }
    found
}

fn positions(value: &Value, xs: &mut Vec<f64>, ys: &mut Vec<f64>) {
    let Some(list) = value.as_array() else { return };
    match (list.first().and_then(Value::as_f64), list.get(1).and_then(Value::as_f64)) {
        (Some(x), Some(y)) => {
            xs.push(x);
            ys.push(y);
        }
        _ => list.iter().for_each(|v| positions(v, xs, ys)),
    }
}
