//! The NDVI raster and its STAC item.

use std::fs;

use croplens::grid::{Epsg, Grid};
use croplens::store::{Chip, Error, NdviItem, NdviSource, write_ndvi_cog, write_ndvi_item, write_whole};
use gdal::Metadata;
use serde_json::{Value, json};

use super::sample;

pub(super) fn chip(width: usize, height: usize) -> Chip {
    let grid = Grid { epsg: Epsg(32632), x0: 466_000.0, y0: 5_252_000.0, dx: 10.0, dy: 10.0, width, height };
    let ndvi = (0..width * height)
        .map(|i| if i % 7 == 0 { f32::from_bits(0x7fc0_0001) } else { (i % 100) as f32 / 100.0 })
        .collect();
    Chip { grid, ndvi }
}

pub(super) fn item<'a>(chip: &'a Chip, plot_id: &'a str, sources: &'a [NdviSource<'a>]) -> NdviItem<'a> {
    NdviItem {
        plot_id,
        datetime: "2024-06-30T10:26:51.024Z".parse().unwrap(),
        chip,
        corners: [(8.5500, 47.4210), (8.5526, 47.4210), (8.5526, 47.4194), (8.5500, 47.4194)],
        valid_fraction: 0.95,
        platform: Some("sentinel-2a"),
        sources,
        software: ("croplens", "0.1.0"),
        mask_rule: "SCL classes weighted, cloud dilated by 100 m",
    }
}

#[test]
fn gdal_reads_back_every_pixel_place_and_no_data() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ndvi.tif");
    let chip = chip(20, 18);
    write_ndvi_cog(&path, &chip).unwrap();
    let read = gdal::Dataset::open(&path).unwrap();
    assert_eq!(read.raster_size(), (20, 18));
    assert_eq!(read.geo_transform().unwrap(), [466_000.0, 10.0, 0.0, 5_252_000.0, 0.0, -10.0]);
    assert_eq!(read.spatial_ref().unwrap().auth_code().unwrap(), 32632);
    assert_eq!(read.metadata_item("LAYOUT", "IMAGE_STRUCTURE").as_deref(), Some("COG"));
    assert_eq!(read.metadata_item("COMPRESSION", "IMAGE_STRUCTURE").as_deref(), Some("DEFLATE"));
    let band = read.rasterband(1).unwrap();
    assert!(band.no_data_value().unwrap().is_nan());
    let pixels = band.read_band_as::<f32>().unwrap();
    for (seen, given) in pixels.data().iter().zip(&chip.ndvi) {
        assert!(seen == given || (seen.is_nan() && given.is_nan()), "{seen} {given}");
    }
}

#[test]
fn equal_pixels_are_equal_bytes_whatever_the_nan() {
    let dir = tempfile::tempdir().unwrap();
    let (a, b) = (dir.path().join("a.tif"), dir.path().join("b.tif"));
    // 700 x 300 pixels: several blocks and an overview.
    let first = chip(700, 300);
    let mut second = first.clone();
    second.ndvi.iter_mut().filter(|v| v.is_nan()).for_each(|v| *v = f32::NAN);
    write_ndvi_cog(&a, &first).unwrap();
    write_ndvi_cog(&b, &second).unwrap();
    assert_eq!(fs::read(&a).unwrap(), fs::read(&b).unwrap());
    assert_eq!(gdal::Dataset::open(&a).unwrap().rasterband(1).unwrap().overview_count().unwrap(), 2);
}

#[test]
fn a_chip_whose_sizes_disagree_is_refused_and_writes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ndvi.tif");
    let mut short = chip(4, 4);
    short.ndvi.pop();
    for bad in [short, Chip { ndvi: vec![], ..chip(0, 0) }] {
        assert!(matches!(write_ndvi_cog(&path, &bad).unwrap_err(), Error::Raster { .. }));
    }
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn the_item_cites_its_sources_and_vouches_for_its_files() {
    let dir = tempfile::tempdir().unwrap();
    let chip = chip(20, 18);
    write_ndvi_cog(&dir.path().join("ndvi.tif"), &chip).unwrap();
    write_whole(&dir.path().join("ndvi.png"), b"abc").unwrap();
    let sources = [
        NdviSource { item_id: "S2A_32TNT_20240630_0_L2A", href: Some("https://example.org/a.json") },
        NdviSource { item_id: "S2A_32TMT_20240630_0_L2A", href: None },
    ];
    write_ndvi_item(dir.path(), &item(&chip, sample::HOSTILE, &sources)).unwrap();
    let text = fs::read(dir.path().join("ndvi.json")).unwrap();
    let item_json: Value = serde_json::from_slice(&text).unwrap();
    let properties = &item_json["properties"];
    assert_eq!(item_json["stac_version"], "1.1.0");
    assert_eq!(properties["datetime"], "2024-06-30T10:26:51.024Z");
    assert_eq!(properties["proj:code"], "EPSG:32632");
    assert_eq!(properties["proj:shape"], json!([18, 20]));
    assert_eq!(properties["proj:bbox"], json!([466_000.0, 5_251_820.0, 466_200.0, 5_252_000.0]));
    assert_eq!(item_json["bbox"], json!([8.55, 47.4194, 8.5526, 47.421]));
    let ring = &item_json["geometry"]["coordinates"][0];
    assert_eq!(ring[0], ring[4]);
    assert_eq!(ring[1], json!([8.5526, 47.4194]), "counter-clockwise");
    assert_eq!(item_json["links"].as_array().unwrap().len(), 1, "no link to an item of unknown place");
    assert_eq!(item_json["links"][0]["rel"], "derived_from");
    assert_eq!(properties["croplens:sources"].as_array().unwrap().len(), 2);
    assert_eq!(
        item_json["assets"]["picture"]["file:checksum"],
        "1220ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
    let statistics = &item_json["assets"]["ndvi"]["bands"][0]["statistics"];
    assert_eq!(statistics["count"], 360 - 52);
    write_ndvi_item(dir.path(), &item(&chip, sample::HOSTILE, &sources)).unwrap();
    assert_eq!(fs::read(dir.path().join("ndvi.json")).unwrap(), text);
}

#[test]
fn an_item_needs_its_raster() {
    let dir = tempfile::tempdir().unwrap();
    let chip = chip(2, 2);
    assert!(matches!(write_ndvi_item(dir.path(), &item(&chip, "a", &[])).unwrap_err(), Error::Io { .. }));
}
