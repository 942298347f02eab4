//! The real items of the reserved data set: every one read, or skipped for the right reason.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use croplens::catalog::{
    Area, BandDeclaration, Catalog, Facts, Item, Limits, NEEDED_BANDS, OffsetFamily, Origin, Reading, Search,
    SkipReason, parse_item, resolve_duplicates, settle,
};
use jiff::civil::date;
use serde_json::Value;
use url::Url;

/// The folder of a reserved data set, or `None` with one line that says so.
fn data(set: &str) -> Option<PathBuf> {
    let root = std::env::var_os("CROPLENS_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from);
    let folder = root.join(set);
    if !folder.is_dir() {
        println!("skipped: no reserved data at {}", folder.display());
        return None;
    }
    Some(folder)
}

fn read_all(folder: &Path) -> BTreeMap<(String, String), Result<Item, SkipReason>> {
    let root = Url::parse("https://stac.example/v1").unwrap();
    let reading = Reading { origin: Origin::Remote { root: &root }, needed: NEEDED_BANDS, dialect: None };
    let mut files = vec![folder.to_owned()];
    let mut items = BTreeMap::new();
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(path.read_dir().unwrap().map(|e| e.unwrap().path()));
            continue;
        }
        let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
        if !matches!(ending, "json" | "geojson") {
            continue;
        }
        let value: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let of_file = match value["features"].as_array() {
            Some(features) => features.clone(),
            None => vec![value],
        };
        for item in of_file.iter().filter(|i| i["type"] == "Feature") {
            let key = |k: &str| item[k].as_str().unwrap_or_default().to_owned();
            items.insert((key("collection"), key("id")), parse_item(&item.to_string(), &reading));
        }
    }
    items
}

#[test]
fn all_real_items_are_read_or_skipped_for_the_right_reason() {
    let Some(folder) = data("stac_items_sentinel2") else { return };
    let items = read_all(&folder);
    let mut families: BTreeMap<(&str, &str, i64), u32> = BTreeMap::new();
    let mut skipped: BTreeMap<(&str, &str), u32> = BTreeMap::new();
    for ((collection, id), item) in &items {
        match item {
            Ok(item) => {
                let r = &item.scene.radiometry;
                assert!(r.settled, "{id}: {}", r.evidence);
                assert!(item.scene.assets.len() == 11, "{id}");
                assert!(!item.scene.footprint.0.is_empty(), "{id}");
                assert!(item.scene.baseline.is_some(), "{id}");
                assert!(item.datatake.is_some() && item.relative_orbit.is_some(), "{id}");
                *families.entry((item.dialect, r.rule, (r.offset * 10.0).round() as i64)).or_default() += 1;
            }
            Err(reason) => *skipped.entry((collection, reason.code())).or_default() += 1,
        }
    }
    // Family, rule, offset still to be added (tenths of reflectance): number of real items.
    let expected = BTreeMap::from([
        // Flag true (and -0.1 declared all the same): nothing to add.
        (("earth-search-l2a", "already_applied", 0), 10),
        // Baseline 02.14, flag false, 0 declared: there never was an offset.
        (("earth-search-l2a", "before_baseline_0400", 0), 1),
        // Collection 1 leaves its pixels alone and declares -0.1: add it.
        (("earth-search-c1-l2a", "declared", -1), 16),
        // No flag and no baseline property; the product name says N0212 or N0214.
        (("earth-search-v0", "before_baseline_0400", 0), 3),
        // Nothing declared: 02.12 has no offset, 05.11 has it in the pixels.
        (("planetary-computer", "before_baseline_0400", 0), 22),
        (("planetary-computer", "by_baseline", -1), 2),
    ]);
    assert_eq!(families, expected);
    assert_eq!(skipped, BTreeMap::from([(("sentinel-2-l1c", "level_1c"), 5)]));
}

#[test]
fn the_decision_for_every_row_of_the_real_index() {
    let Some(folder) = data("stac_items_sentinel2") else { return };
    let mut table = csv::Reader::from_path(folder.join("index.csv")).unwrap();
    let mut decided: BTreeMap<(String, &str), u32> = BTreeMap::new();
    let mut rows = 0;
    for row in table.deserialize::<BTreeMap<String, String>>() {
        let row = row.unwrap();
        let number = |key: &str| row[key].parse::<f64>().ok();
        let host = if row["red_href"].contains("windows.net") { "planetary-computer" } else { "" };
        let family = match (row["collection"].as_str(), host) {
            (_, "planetary-computer") => OffsetFamily::Baseline,
            ("sentinel-2-l2a" | "sentinel-s2-l2a-cogs", _) => OffsetFamily::Flagged,
            _ => OffsetFamily::Declared,
        };
        let red = croplens::band::Band::B04;
        let sensed: jiff::Timestamp = row["datetime"].parse().unwrap();
        let facts = Facts {
            family,
            flag: row["boa_offset_applied"].to_lowercase().parse().ok(),
            bands: vec![BandDeclaration {
                band: red,
                scale: number("red_raster_scale"),
                offset: number("red_raster_offset"),
            }],
            baselines: number("baseline").map(|b| (b * 100.0).round() as u16).into_iter().collect(),
            sensed: sensed.to_zoned(jiff::tz::TimeZone::UTC).date(),
        };
        let settled = settle(&facts);
        rows += 1;
        *decided.entry((row["collection"].clone(), settled.rule)).or_default() += 1;
    }
    assert_eq!(rows, 74);
    let expected = [
        (("", "before_baseline_0400"), 4),
        (("", "before_2022_01_25"), 1),
        (("", "declared"), 9),
        // S2A_T34LBQ_20220401 declares -0.7: odd, so not read.
        (("", "offset_unusual"), 1),
        (("sentinel-2-c1-l2a", "declared"), 16),
        (("sentinel-2-l1c", "declared"), 5),
        (("sentinel-2-l2a", "already_applied"), 10),
        (("sentinel-2-l2a", "before_baseline_0400"), 24),
        (("sentinel-2-l2a", "by_baseline"), 2),
        (("sentinel-s2-l2a-cogs", "before_2022_01_25"), 2),
    ];
    let expected: BTreeMap<_, _> = expected.into_iter().map(|((c, r), n)| ((c.to_owned(), r), n)).collect();
    assert_eq!(decided, expected);
}

#[test]
fn six_scenes_held_by_both_collections_are_read_once() {
    let Some(folder) = data("stac_items_sentinel2") else { return };
    let items: Vec<Item> =
        read_all(&folder.join("earthsearch_v1")).into_values().filter_map(Result::ok).collect();
    assert_eq!(items.len(), 27);
    let (kept, dropped) = resolve_duplicates(items);
    assert_eq!((kept.len(), dropped.len()), (21, 6));
    for d in &dropped {
        assert_eq!(
            (d.kept_collection.as_str(), d.dropped_collection.as_str()),
            ("sentinel-2-l2a", "sentinel-2-c1-l2a")
        );
        assert_eq!(d.rule.word(), "surer_offset_rule");
        assert_eq!(d.kept.as_str()[4..9], d.dropped.as_str()[5..10], "one tile");
    }
}

#[test]
fn the_cadence_of_a_real_tile_is_found() {
    let Some(folder) = data("stac_items_sentinel2") else { return };
    let scenes: Vec<_> = read_all(&folder.join("planetary_computer"))
        .into_values()
        .filter_map(|i| i.ok().map(|i| i.scene))
        .filter(|s| s.tile.as_str() == "35MNM")
        .collect();
    let coverage = croplens::catalog::expected_acquisitions(&scenes, date(2020, 6, 1), date(2020, 7, 31));
    assert_eq!((coverage.expected, coverage.found), (Some(13), 13));
    assert_eq!(coverage.tiles[0].cadences_days, [5]);
    let c1: Vec<_> = read_all(&folder.join("earthsearch_v1/sentinel-2-c1-l2a"))
        .into_values()
        .filter_map(|i| i.ok().map(|i| i.scene))
        .filter(|s| s.tile.as_str() == "13TDE")
        .collect();
    // Two orbits, 98 and 141, both with two satellites; 13TDE was imaged ten times in 23 days.
    let coverage = croplens::catalog::expected_acquisitions(&c1, date(2024, 3, 31), date(2024, 4, 22));
    assert_eq!((coverage.expected, coverage.found), (Some(10), 10), "{coverage:?}");
    assert_eq!(coverage.tiles[0].cadences_days, [5, 5]);
}

#[tokio::test]
async fn the_real_scene_folder_is_a_catalog() {
    let Some(folder) = data("earthsearch_scene_29RKH_decimated") else { return };
    let catalog = Catalog::open(folder.to_str().unwrap(), Limits::default()).unwrap();
    let found = catalog
        .search(&Search::new(Area::Bbox(-11.5, 24.8, -11.4, 24.9), date(2020, 2, 1), date(2020, 2, 29)))
        .await
        .unwrap();
    assert_eq!(found.scenes.len(), 1);
    let scene = &found.scenes[0];
    assert_eq!((scene.id.as_str(), scene.radiometry.offset), ("S2A_29RKH_20200219_0_L2A", 0.0));
    assert_eq!(found.outside, 1, "the item of 31NBJ lies elsewhere");
}
