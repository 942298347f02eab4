//! One item in, one scene or one reason out.

use croplens::band::Band;
use croplens::catalog::{Dialect, NEEDED_BANDS, Origin, Reading, parse_item};
use geo::{Area, BoundingRect};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::path::Path;

use super::{fixture, remote, remote_text};

#[test]
fn every_dialect_gives_the_same_scene_fields() {
    for (name, dialect, collection, baseline, datatake, orbit, declared, offset) in [
        (
            "earth_search_l2a",
            "earth-search-l2a",
            "sentinel-2-l2a",
            "05.10",
            "20240310T074659",
            135,
            Some(-0.1),
            0.0,
        ),
        (
            "earth_search_c1_l2a",
            "earth-search-c1-l2a",
            "sentinel-2-c1-l2a",
            "05.10",
            "20240310T074659",
            135,
            Some(-0.1),
            -0.1,
        ),
        (
            "earth_search_v0",
            "earth-search-v0",
            "sentinel-s2-l2a-cogs",
            "02.14",
            "20200720T074621",
            135,
            None,
            0.0,
        ),
        (
            "planetary_computer",
            "planetary-computer",
            "sentinel-2-l2a",
            "05.10",
            "20240305T074901",
            135,
            None,
            -0.1,
        ),
    ] {
        let item = remote(&fixture(name)).unwrap();
        let scene = &item.scene;
        assert_eq!(item.dialect, dialect);
        assert_eq!(scene.collection, collection);
        assert_eq!(scene.tile.as_str(), "37MBT", "{name}");
        assert_eq!(scene.baseline.as_deref(), Some(baseline), "{name}");
        assert_eq!(item.datatake.as_deref(), Some(datatake), "{name}");
        assert_eq!(item.relative_orbit, Some(orbit), "{name}");
        assert_eq!(scene.assets.len(), 11, "{name}");
        assert!(scene.assets[&Band::B04].href.contains("B04"), "{name}");
        assert!(scene.assets[&Band::B8A].href.contains("B8A"), "{name}");
        assert!(scene.assets[&Band::Scl].href.contains("SCL"), "{name}");
        assert!(scene.platform.as_deref().is_some_and(|p| p.starts_with("sentinel-2")), "{name}");
        assert!(scene.cloud_cover_percent.is_some(), "{name}");
        assert_eq!(scene.footprint.unsigned_area(), 1.0, "{name}");
        assert_eq!(scene.radiometry.offset_declared, declared, "{name}");
        assert_eq!(scene.radiometry.offset, offset, "{name}");
        assert_eq!(scene.radiometry.scale, 1e-4, "{name}");
        assert!(scene.radiometry.settled, "{name}: {}", scene.radiometry.evidence);
        assert!(scene.item_href.as_deref().is_some_and(|h| h.starts_with("https://")), "{name}");
    }
}

#[test]
fn what_cannot_be_read_is_skipped_with_the_right_reason() {
    let l2a = || fixture("earth_search_l2a");
    let with = |change: fn(&mut Value)| {
        let mut item = l2a();
        change(&mut item);
        item
    };
    for (what, item, code) in [
        ("level 1C", fixture("level_1c"), "level_1c"),
        ("JPEG 2000 archive", fixture("copernicus_data_space"), "jpeg2000_only"),
        ("relative links in a web catalog", fixture("antimeridian"), "hostile_href"),
        (
            "JP2 only",
            with(|i| {
                for k in ["red", "nir", "scl"] {
                    i["assets"].as_object_mut().unwrap().remove(k);
                }
            }),
            "jpeg2000_only",
        ),
        (
            "no SCL at all",
            with(|i| {
                for k in ["scl", "scl-jp2"] {
                    i["assets"].as_object_mut().unwrap().remove(k);
                }
            }),
            "missing_assets",
        ),
        ("no assets", with(|i| i["assets"] = json!({})), "missing_assets"),
        (
            "an asset without a link",
            with(|i| i["assets"]["nir"] = json!({ "type": "image/tiff" })),
            "missing_assets",
        ),
        (
            "a JPEG",
            with(|i| i["assets"]["red"] = json!({ "href": "https://h/x.jpg", "type": "image/jpeg" })),
            "not_geotiff",
        ),
        (
            "a JP2 called TIFF",
            with(|i| i["assets"]["red"]["href"] = json!("https://h/x.JP2?a=b.tif")),
            "jpeg2000_only",
        ),
        ("file link", with(|i| i["assets"]["red"]["href"] = json!("file:///etc/passwd.tif")), "hostile_href"),
        ("path", with(|i| i["assets"]["red"]["href"] = json!("/etc/passwd.tif")), "hostile_href"),
        (
            "a hostile link on a band not even needed",
            with(|i| i["assets"]["blue"]["href"] = json!("../x.tif")),
            "hostile_href",
        ),
        (
            "metadata service",
            with(|i| i["assets"]["red"]["href"] = json!("http://169.254.169.254/x.tif")),
            "hostile_href",
        ),
        ("no time", with(|i| i["properties"]["datetime"] = Value::Null), "no_datetime"),
        ("time in words", with(|i| i["properties"]["datetime"] = json!("yesterday")), "no_datetime"),
        ("id with a slash", with(|i| i["id"] = json!("../../x")), "bad_id"),
        ("id is a number", with(|i| i["id"] = json!(7)), "bad_id"),
        ("another collection", with(|i| i["collection"] = json!("landsat-c2-l2")), "unknown_collection"),
        (
            "no properties",
            with(|i| {
                i.as_object_mut().unwrap().remove("properties");
            }),
            "not_an_item",
        ),
        (
            "no tile",
            with(|i| {
                i["id"] = json!("scene-1");
                for key in ["grid:code", "mgrs:utm_zone"] {
                    i["properties"].as_object_mut().unwrap().remove(key);
                }
            }),
            "no_tile",
        ),
    ] {
        let reason = remote(&item).expect_err(what);
        assert_eq!(reason.code(), code, "{what}: {reason}");
        assert!(!reason.to_string().contains("passwd"), "a hostile link is not repeated: {reason}");
    }
    for text in ["", "{", "[]", "null", "7", "\"x\"", "{\"id\":\"a\"}"] {
        assert_eq!(remote_text(text).unwrap_err().code(), "not_an_item", "{text}");
    }
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(remote_text(&deep).unwrap_err().code(), "not_an_item");
}

#[test]
fn the_tile_is_found_wherever_it_stands() {
    for (id, properties, tile) in [
        ("x", json!({ "grid:code": "MGRS-37MBT" }), "37MBT"),
        ("x", json!({ "grid:code": "MGRS-6WVC" }), "06WVC"),
        ("x", json!({ "s2:mgrs_tile": "06VVN" }), "06VVN"),
        ("x", json!({ "mgrs:utm_zone": 1, "mgrs:latitude_band": "K", "mgrs:grid_square": "AB" }), "01KAB"),
        (
            "x",
            json!({ "sentinel:utm_zone": 28, "sentinel:latitude_band": "Q", "sentinel:grid_square": "CH" }),
            "28QCH",
        ),
        ("S2A_28QCH_20200714_0_L2A", json!({ "sentinel:latitude_band": "Q" }), "28QCH"),
        ("S2B_T24MUV_20250731T130245_L2A", json!({}), "24MUV"),
        ("S2B_MSIL2A_20200606T080609_R078_T35LNK_20201027T072717", json!({}), "35LNK"),
    ] {
        let mut item = fixture("earth_search_l2a");
        item["id"] = json!(id);
        item["properties"] = properties;
        item["properties"]["datetime"] = json!("2020-01-01T00:00:00Z");
        assert_eq!(remote(&item).unwrap().scene.tile.as_str(), tile, "{id}");
    }
}

#[test]
fn declared_offsets_are_read_in_all_spellings() {
    for spelling in [
        json!({ "raster:bands": [{ "scale": 0.0001, "offset": -0.1 }] }),
        json!({ "bands": [{ "name": "B04", "raster:scale": 0.0001, "raster:offset": -0.1 }] }),
        json!({ "raster:scale": 0.0001, "raster:offset": -0.1 }),
    ] {
        let mut item = fixture("earth_search_c1_l2a");
        for (_, asset) in item["assets"].as_object_mut().unwrap().iter_mut() {
            let asset = asset.as_object_mut().unwrap();
            asset.remove("raster:bands");
            asset.extend(spelling.as_object().unwrap().clone());
        }
        let radiometry = remote(&item).unwrap().scene.radiometry;
        assert_eq!((radiometry.rule, radiometry.offset), ("declared", -0.1), "{spelling}");
    }
}

#[test]
fn a_private_mirror_is_read_by_the_dialect_it_is_given() {
    let mut item = fixture("earth_search_l2a");
    item["collection"] = json!("mirror");
    let text = item.to_string();
    let origin = Origin::Local { file: Path::new("/c/i.json"), folder: Path::new("/c") };
    let read = |name: &str| {
        let dialect = Dialect::by_name(name);
        parse_item(&text, &Reading { origin, needed: NEEDED_BANDS, dialect })
    };
    assert_eq!(read("none").unwrap_err().code(), "unknown_collection");
    let item = read("earth-search-l2a").unwrap();
    assert_eq!((item.scene.collection.as_str(), item.scene.radiometry.rule), ("mirror", "already_applied"));
    assert_eq!(item.scene.item_href.as_deref(), Some("i.json"));
    assert_eq!(read("planetary-computer").unwrap_err().code(), "missing_assets");
}

#[test]
fn an_item_across_180_keeps_its_two_sides() {
    let text = fixture("antimeridian").to_string();
    let origin = Origin::Local { file: Path::new("/c/a/i.json"), folder: Path::new("/c") };
    let item = parse_item(&text, &Reading { origin, needed: NEEDED_BANDS, dialect: None }).unwrap();
    assert_eq!(item.scene.footprint.0.len(), 2);
    assert!((item.scene.footprint.unsigned_area() - 1.0).abs() < 1e-9);
    assert_eq!((item.scene.tile.as_str(), item.dialect), ("01KAB", "stactools"));
    assert_eq!(item.scene.collection, "sentinel2-l2a");
    assert_eq!(item.scene.assets[&Band::B04].href, "/c/a/R10m/B04.tif");

    // The same tile written as one polygon that belts the globe, and as a box only.
    for (geometry, bbox) in [
        (
            json!({ "type": "Polygon", "coordinates":
            [[[179.2, -18.1], [-179.8, -18.1], [-179.8, -17.1], [179.2, -17.1], [179.2, -18.1]]] }),
            Value::Null,
        ),
        (Value::Null, json!([179.2, -18.1, -179.8, -17.1])),
    ] {
        let mut value = fixture("antimeridian");
        value["geometry"] = geometry;
        value["bbox"] = bbox;
        let reading = Reading { origin, needed: NEEDED_BANDS, dialect: None };
        let footprint = parse_item(&value.to_string(), &reading).unwrap().scene.footprint;
        assert_eq!(footprint.0.len(), 2);
        assert!((footprint.unsigned_area() - 1.0).abs() < 1e-9);
        let widest = footprint.iter().map(|p| p.bounding_rect().unwrap().width()).fold(0.0, f64::max);
        assert!(widest < 1.0);
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[ -~]{0,12}".prop_map(Value::from),
        Just(json!("file:///etc/x.tif")),
        Just(json!("/etc/x.tif")),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z:]{1,6}", inner, 0..4).prop_map(|m| json!(m)),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever stands in an item, it is a scene with links into the web or a reason; never a panic.
    #[test]
    fn no_item_panics_or_reaches_a_path(place in any::<prop::sample::Index>(), value in any_json()) {
        let mut item = fixture("earth_search_l2a");
        let mut pointers = Vec::new();
        list(&item, String::new(), &mut pointers);
        *item.pointer_mut(&pointers[place.index(pointers.len())]).unwrap() = value;
        if let Ok(item) = remote(&item) {
            for asset in item.scene.assets.values() {
                prop_assert!(asset.href.starts_with("https://") || asset.href.starts_with("s3://"));
            }
            prop_assert!(item.scene.footprint.iter().all(|p| p.exterior().coords().all(|c| c.x.abs() <= 180.0)));
        }
    }
}

fn list(value: &Value, at: String, out: &mut Vec<String>) {
    match value {
        Value::Object(m) => {
            m.iter().for_each(|(k, v)| list(v, format!("{at}/{}", k.replace('/', "~1")), out))
        }
        Value::Array(a) => a.iter().enumerate().for_each(|(i, v)| list(v, format!("{at}/{i}"), out)),
        _ => {}
    }
    out.push(at);
}
