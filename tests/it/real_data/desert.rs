//! A whole real scene over the Sahara, decimated: served as S3, as HTTP and from disk.

use std::collections::BTreeMap;
use std::path::Path;

use gdal::Dataset;
use gdal::spatial_ref::{AxisMappingStrategy, CoordTransform, SpatialRef};
use serde_json::{Value, json};

use super::data_set;
use crate::support::archive::{copy, json as read_json, public_https};
use crate::support::bucket::Bucket;
use crate::support::command::{croplens, records};
use crate::support::stac::StacServer;

const SCENE: &str = "sentinel-cogs/sentinel-s2-l2a-cogs/29/R/KH/2020/2/S2A_29RKH_20200219_0_L2A";

/// Squares of 600 m on a lattice over the tile, some of them under its few clouds.
fn plots(root: &Path) -> Value {
    let red = Dataset::open(root.join(SCENE).join("B04.tif")).unwrap();
    let [x0, dx, _, y0, _, dy] = red.geo_transform().unwrap();
    assert_eq!((dx, dy), (100.0, -100.0), "the file is decimated, whatever its item says");
    let mut lonlat = SpatialRef::from_epsg(4326).unwrap();
    lonlat.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
    let to_lonlat = CoordTransform::new(&red.spatial_ref().unwrap(), &lonlat).unwrap();
    let mut features = Vec::new();
    for row in 0..9 {
        for col in 0..9 {
            let (west, south) =
                (x0 + 9_050.0 + 11_000.0 * f64::from(col), y0 - 9_650.0 - 11_000.0 * f64::from(row));
            let mut xs = [west, west + 600.0, west + 600.0, west, west];
            let mut ys = [south, south, south + 600.0, south + 600.0, south];
            to_lonlat.transform_coords(&mut xs, &mut ys, &mut []).unwrap();
            let ring: Vec<[f64; 2]> = xs.iter().zip(&ys).map(|(x, y)| [*x, *y]).collect();
            features.push(json!({
                "type": "Feature",
                "properties": {"id": format!("sand-{row}{col}"), "declared_crop": if col % 2 == 0 { "millet" } else { "wheat" }},
                "geometry": {"type": "Polygon", "coordinates": [ring]}
            }));
        }
    }
    json!({"type": "FeatureCollection", "features": features})
}

/// Records without what says where they were read.
fn placeless(mut value: Value) -> Value {
    fn strip(value: &mut Value) {
        match value {
            Value::Object(members) => {
                members.retain(|key, _| !["href", "record_sha256"].contains(&key.as_str()));
                members.values_mut().for_each(strip);
            }
            Value::Array(list) => list.iter_mut().for_each(strip),
            _ => {}
        }
    }
    strip(&mut value);
    value
}

/// NDVI of the whole scene where it is classified as bare soil: 5th and 95th percentile, by GDAL alone.
fn desert(root: &Path) -> (f64, f64, f64, f64) {
    let read = |band: &str| {
        let dataset = Dataset::open(root.join(SCENE).join(format!("{band}.tif"))).unwrap();
        let size = dataset.raster_size();
        (size.0, dataset.rasterband(1).unwrap().read_band_as::<f64>().unwrap().data().to_vec())
    };
    let ((width, red), (_, nir), (half, scl)) = (read("B04"), read("B08"), read("SCL"));
    let (mut values, mut bare) = (Vec::new(), 0);
    for (at, (red, nir)) in red.iter().zip(&nir).enumerate() {
        let (row, col) = (at / width, at % width);
        if scl[(row / 2) * half + col / 2] == 5.0 && *red > 0.0 && *nir > 0.0 {
            bare += 1;
            values.push((nir - red) / (nir + red));
        }
    }
    values.sort_by(f64::total_cmp);
    let at = |share: f64| values[(values.len() as f64 * share) as usize];
    let inside = values.iter().filter(|v| (0.03..=0.12).contains(*v)).count();
    (at(0.05), at(0.95), inside as f64 / values.len() as f64, f64::from(bare) / red.len() as f64)
}

#[test]
fn a_real_desert_scene_is_the_same_by_s3_http_and_from_disk_and_shows_no_crop() {
    let Some(root) = data_set("earthsearch_scene_29RKH_decimated") else { return };
    let folder = tempfile::tempdir().unwrap();
    let plots_file = folder.path().join("plots.geojson");
    std::fs::write(&plots_file, plots(&root).to_string()).unwrap();

    let bucket = Bucket::serve(&root);
    let as_s3 = StacServer::start(item_at(&root, &public_https));
    let as_http = StacServer::start(item_at(&root, &|b, k| format!("{}/{b}/{k}", bucket.url())));
    let disk = folder.path().join("disk");
    copy(&root.join(SCENE), &disk.join(SCENE));
    let item = item_at(&root, &|_, key| format!("./{}", key.rsplit('/').next().unwrap()));
    let name = format!("{}.json", SCENE.rsplit('/').next().unwrap());
    std::fs::write(disk.join(SCENE).join(name), item[0].to_string()).unwrap();

    let run = |name: &str, catalog: &str, extra: &[&str]| {
        let out = folder.path().join(name);
        croplens(&["appraise"])
            .arg(&plots_file)
            .args(["--catalog", catalog, "--as-of", "2020-03-01", "--papers", "none", "--quiet"])
            .args(extra)
            .arg("--out")
            .arg(&out)
            .ok();
        let rows = std::fs::read(out.join("timeseries.csv")).unwrap();
        (records(&out), rows)
    };
    let (by_s3, rows) = run("s3", &as_s3.root(), &["--s3-endpoint", &bucket.url()]);
    let through_bucket = bucket.requests();
    assert!(
        through_bucket >= 5,
        "{through_bucket} requests: red, near infrared and classes, header and what it does not hold"
    );
    let (by_http, http_rows) = run("http", &as_http.root(), &[]);
    assert!(bucket.requests() > through_bucket);
    let served = bucket.requests();
    let (from_disk, disk_rows) = run("disk-out", disk.to_str().unwrap(), &[]);
    assert_eq!(bucket.requests(), served, "a run from disk asks nobody");

    assert!(rows == http_rows && rows == disk_rows, "the observations differ");
    for (a, (b, c)) in by_s3.iter().zip(by_http.iter().zip(&from_disk)) {
        assert_eq!(placeless(a.clone()), placeless(b.clone()), "{} by S3 and HTTP", a["id"]);
        assert_eq!(placeless(a.clone()), placeless(c.clone()), "{} by S3 and from disk", a["id"]);
    }

    let (p5, p95, inside, bare) = desert(&root);
    println!(
        "bare soil on {bare:.3} of the scene, its pixels: 5 % {p5:.4}, 95 % {p95:.4}, {inside:.4} in 0.03 to 0.12"
    );
    let mut table = csv::Reader::from_reader(rows.as_slice());
    let heads = table.headers().unwrap().clone();
    let column = |name: &str| heads.iter().position(|h| h == name).unwrap();
    let (ndvi, used) = (column("ndvi_mean"), column("used"));
    let mut seen = Vec::new();
    for row in table.records() {
        let row = row.unwrap();
        if &row[used] == "true" {
            seen.push(row[ndvi].parse::<f64>().unwrap());
        }
    }
    let within = seen.iter().filter(|v| (0.03..=0.12).contains(*v)).count();
    seen.sort_by(f64::total_cmp);
    println!(
        "{} plots seen of {}: NDVI {:?} to {:?}, {within} in 0.03 to 0.12",
        seen.len(),
        by_s3.len(),
        seen[0],
        seen.last()
    );
    assert_eq!(by_s3.len(), 81);
    assert!(seen.len() > 55, "{} plots seen", seen.len());
    assert_eq!(within, seen.len());
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for record in &by_s3 {
        *counts.entry(format!("{} cropped {}", record["status"], record["cropped"])).or_default() += 1;
        assert_ne!(record["cropped"], "yes", "{record}");
        // One image in a year is a lack of images, which never counts against anybody.
        assert_eq!(record["status"], "refer", "{record}");
        assert!(record["expected_harvest_date"].is_null() && record["maturity_frac"].is_null());
        assert!(record["sources"].as_array().unwrap().iter().all(|s| s["offset_used"] == 0.0), "{record}");
    }
    println!("{counts:?}");
}

/// The scene's item with the addresses that `address` makes of the bucket and key it really has.
fn item_at(root: &Path, address: &dyn Fn(&str, &str) -> String) -> Vec<Value> {
    let name = format!("{}.json", SCENE.rsplit('/').next().unwrap());
    let mut item = read_json(&root.join(SCENE).join(name));
    for asset in item["assets"].as_object_mut().unwrap().values_mut() {
        let href = asset["href"].as_str().unwrap().to_owned();
        if let Some((_, key)) = href.split_once("https://sentinel-cogs.s3.us-west-2.amazonaws.com/") {
            asset["href"] = Value::String(address("sentinel-cogs", key));
        }
    }
    vec![item]
}
