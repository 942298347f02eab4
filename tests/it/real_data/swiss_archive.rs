//! Turns the Swiss wheat set's float rasters into COGs and STAC items in a temporary folder.
//!
//! The set has no B08: its near infrared is B8A, which is written as the `nir` asset here, so that the
//! product's NDVI and the set's own series use the same two bands. Reflectance becomes DN by
//! rounding to 1/10000; the offset is already removed in the set, and the items say so.

use std::fs;
use std::path::{Path, PathBuf};

use gdal::raster::{Buffer, RasterCreationOptions};
use gdal::spatial_ref::SpatialRef;
use gdal::{Dataset, DriverManager, Metadata};
use serde_json::json;

/// Writes every raster of the set as a scene below `to`; returns how many.
pub(crate) fn write(set: &Path, to: &Path) -> usize {
    let mut rasters: Vec<PathBuf> = Vec::new();
    for site in fs::read_dir(set.join("SRF")).unwrap() {
        for file in fs::read_dir(site.unwrap().path()).unwrap() {
            let file = file.unwrap().path();
            rasters.extend(Some(file).filter(|f| f.extension().is_some_and(|e| e == "tiff")));
        }
    }
    rasters.sort();
    for raster in &rasters {
        write_scene(raster, to);
    }
    rasters.len()
}

/// `S2A_MSIL2A_20220421T101601_N0400_R065_T32TMT_20220421T134744.SAFE.tiff` in its parts.
fn write_scene(path: &Path, to: &Path) {
    let name = path.file_name().unwrap().to_str().unwrap();
    let site = path.parent().unwrap().file_name().unwrap().to_str().unwrap();
    let words: Vec<&str> = name.split('_').collect();
    let (platform, sensed, baseline, tile) = (words[0], words[2], &words[3][1..], &words[5][1..]);
    let generated = words[6].split('.').next().unwrap();
    let stamp = |t: &str| {
        format!("{}-{}-{}T{}:{}:{}Z", &t[0..4], &t[4..6], &t[6..8], &t[9..11], &t[11..13], &t[13..15])
    };
    let id = format!("{platform}_{tile}_{}_{baseline}_{site}_{}_L2A", &sensed[0..8], &generated[2..8]);
    let folder = to.join(&id);
    fs::create_dir_all(&folder).unwrap();

    let source = Dataset::open(path).unwrap();
    let band = |wanted: &str| {
        (1..=source.raster_count())
            .map(|i| source.rasterband(i).unwrap())
            .find(|b| b.description().unwrap() == wanted)
            .unwrap()
    };
    for (asset, wanted) in [("B04", "B04"), ("B08", "B8A")] {
        let values = band(wanted).read_band_as::<f32>().unwrap();
        let dn: Vec<u16> = values
            .data()
            .iter()
            .map(|v| if v.is_finite() { (v * 10_000.0).round() as u16 } else { 0 })
            .collect();
        write_cog(&source, &folder.join(format!("{asset}.tif")), dn);
    }
    let classes = band("SCL").read_band_as::<f32>().unwrap();
    let scl: Vec<u8> = classes.data().iter().map(|v| if v.is_finite() { *v as u8 } else { 0 }).collect();
    write_cog(&source, &folder.join("SCL.tif"), scl);

    let transform = source.geo_transform().unwrap();
    let (w, h) = source.raster_size();
    let (x0, y0) = (transform[0], transform[3]);
    let (x1, y1) = (x0 + transform[1] * w as f64, y0 + transform[5] * h as f64);
    let mut lonlat = SpatialRef::from_epsg(4326).unwrap();
    lonlat.set_axis_mapping_strategy(gdal::spatial_ref::AxisMappingStrategy::TraditionalGisOrder);
    let to_lonlat = gdal::spatial_ref::CoordTransform::new(&source.spatial_ref().unwrap(), &lonlat).unwrap();
    let (mut xs, mut ys) = (vec![x0, x1, x1, x0, x0], vec![y0, y0, y1, y1, y0]);
    to_lonlat.transform_coords(&mut xs, &mut ys, &mut []).unwrap();
    let ring: Vec<[f64; 2]> = xs.iter().zip(&ys).map(|(x, y)| [*x, *y]).collect();
    let low = |v: &[f64]| v.iter().copied().fold(f64::INFINITY, f64::min);
    let high = |v: &[f64]| v.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let asset = |file: &str| {
        json!({
            "href": format!("{id}/{file}"),
            "type": "image/tiff; application=geotiff; profile=cloud-optimized",
            "roles": ["data"],
            "raster:bands": [{"nodata": 0, "scale": 0.0001, "offset": 0.0}]
        })
    };
    let item = json!({
        "type": "Feature", "stac_version": "1.0.0", "id": id, "collection": "sentinel-2-l2a",
        "bbox": [low(&xs), low(&ys), high(&xs), high(&ys)],
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {
            "datetime": stamp(sensed), "created": stamp(generated), "updated": stamp(generated),
            "platform": platform.replace("S2", "sentinel-2").to_lowercase(),
            "proj:epsg": 32632, "grid:code": format!("MGRS-{tile}"),
            "s2:processing_baseline": format!("{}.{}", &baseline[0..2], &baseline[2..4]),
            "earthsearch:boa_offset_applied": true
        },
        "assets": {"red": asset("B04.tif"), "nir": asset("B08.tif"), "scl": asset("SCL.tif")},
        "links": []
    });
    fs::write(to.join(format!("{id}.json")), serde_json::to_vec_pretty(&item).unwrap()).unwrap();
}

fn write_cog<T: gdal::raster::GdalType + Copy>(source: &Dataset, path: &Path, values: Vec<T>) {
    let (w, h) = source.raster_size();
    let memory = DriverManager::get_driver_by_name("MEM").unwrap();
    let mut image = memory.create_with_band_type::<T, _>("", w, h, 1).unwrap();
    image.set_geo_transform(&source.geo_transform().unwrap()).unwrap();
    image.set_spatial_ref(&source.spatial_ref().unwrap()).unwrap();
    let mut band = image.rasterband(1).unwrap();
    band.set_no_data_value(Some(0.0)).unwrap();
    band.write((0, 0), (w, h), &mut Buffer::new((w, h), values)).unwrap();
    let options = RasterCreationOptions::from_iter(["COMPRESS=DEFLATE", "PREDICTOR=YES", "BLOCKSIZE=128"]);
    image.create_copy(&DriverManager::get_driver_by_name("COG").unwrap(), path, &options).unwrap();
}
