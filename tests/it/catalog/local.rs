//! Catalogs on disk.

use std::path::Path;

use croplens::band::Band;
use croplens::catalog::{Area, Catalog, Error, Found, Limits, Search};
use jiff::civil::date;
use serde_json::{Value, json};

use super::{fixture, on_day};

fn search() -> Search {
    Search::new(Area::Bbox(36.4, -0.6, 36.6, -0.4), date(2024, 3, 1), date(2024, 3, 31))
}

async fn find(path: &Path, search: &Search) -> Result<Found, Error> {
    Catalog::open(path.to_str().unwrap(), Limits::default())?.search(search).await
}

fn write(folder: &Path, name: &str, value: &Value) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, value.to_string()).unwrap();
}

fn relative(day: &str, href: &str) -> Value {
    let mut item = on_day(day, 'a');
    for (_, asset) in item["assets"].as_object_mut().unwrap() {
        asset["href"] = json!(href);
    }
    item
}

#[tokio::test]
async fn a_collection_file_a_folder_and_a_static_catalog_say_the_same() {
    let days = ["2024-03-05", "2024-03-10", "2024-03-15"];
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    let items: Vec<Value> = days.iter().map(|d| relative(d, "./B.tif")).collect();
    write(&root, "one/all.json", &json!({ "type": "FeatureCollection", "features": items }));
    for (item, name) in items.iter().zip(["c/3", "a/b/1", "a/2"]) {
        write(&root, &format!("many/{name}.json"), item);
        write(&root, &format!("tree/items/{name}.json"), item);
    }
    write(&root, "many/truth.json", &json!({ "plots": 12 }));
    write(&root, "many/plots.geojson", &json!({ "type": "Feature", "geometry": null, "properties": {} }));
    let link = |rel: &str, href: &str| json!({ "rel": rel, "href": href });
    write(
        &root,
        "tree/catalog.json",
        &json!({ "type": "Catalog", "links":
        [link("self", "https://stac.example/x"), link("child", "./a/collection.json"), link("item", "items/c/3.json")] }),
    );
    write(
        &root,
        "tree/a/collection.json",
        &json!({ "type": "Collection", "links":
        [link("root", "../catalog.json"), link("child", "../catalog.json"), link("item", "../items/a/b/1.json"),
         link("item", "../items/a/2.json")] }),
    );

    let mut answers = Vec::new();
    for place in ["one/all.json", "many", "tree", "tree/catalog.json"] {
        let found = find(&root.join(place), &search()).await.unwrap();
        assert_eq!(
            found.scenes.iter().map(|s| s.datetime.to_string()[..10].to_owned()).collect::<Vec<_>>(),
            days,
            "{place}"
        );
        assert!(found.skipped.is_empty(), "{place}: {:?}", found.skipped);
        for scene in &found.scenes {
            let href = Path::new(&scene.assets[&Band::B04].href);
            assert!(href.is_absolute() && href.starts_with(&root), "{href:?}");
            // An item is cited by its path inside the catalogue's folder, so that a record does not change
            // when the folder is moved.
            let folder = root.join(place);
            let folder = if folder.is_dir() { folder } else { folder.parent().unwrap().to_owned() };
            let item = Path::new(scene.item_href.as_deref().unwrap());
            assert!(item.is_relative(), "{item:?}");
            assert_eq!(href.parent(), folder.join(item).parent());
        }
        assert_eq!((found.requests, found.retries), (0, 0));
        answers.push(found.coverage);
        assert_eq!(found.warnings.len(), usize::from(place == "many"), "{:?}", found.warnings);
    }
    assert!(answers.iter().all(|a| a.expected == Some(6)), "{answers:?}");
}

#[tokio::test]
async fn the_same_filters_as_an_api() {
    let folder = tempfile::tempdir().unwrap();
    let mut elsewhere = on_day("2024-03-06", 'a');
    elsewhere["geometry"]["coordinates"] = json!([[[10, 40], [11, 40], [11, 41], [10, 40]]]);
    let mut unplaced = on_day("2024-03-07", 'a');
    unplaced["geometry"] = Value::Null;
    unplaced["bbox"] = Value::Null;
    for (name, item) in [
        ("in.json", on_day("2024-03-05", 'a')),
        ("first_day.json", on_day("2024-03-01", 'b')),
        ("last_day.json", on_day("2024-03-31", 'b')),
        ("before.json", on_day("2024-02-29", 'a')),
        ("after.json", on_day("2024-04-01", 'a')),
        ("elsewhere.json", elsewhere),
        ("no_footprint.json", unplaced),
        ("c1.json", fixture("earth_search_c1_l2a")),
    ] {
        write(folder.path(), name, &item);
    }
    let found = find(folder.path(), &search()).await.unwrap();
    assert_eq!((found.scenes.len(), found.outside), (5, 3));
    let only = Search { collections: vec!["sentinel-2-c1-l2a".to_owned()], ..search() };
    assert_eq!(find(folder.path(), &only).await.unwrap().scenes.len(), 1);
}

#[tokio::test]
async fn the_antimeridian_is_searched_on_both_sides() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "fiji.json", &fixture("antimeridian"));
    let at = |w, e| Search::new(Area::Bbox(w, -17.9, e, -17.2), date(2023, 8, 1), date(2023, 8, 31));
    for (west, east, found) in [
        (179.5, 179.6, 1),
        (-179.95, -179.85, 1),
        (179.5, -179.85, 1),
        (-179.0, -178.0, 0),
        (178.0, 179.0, 0),
        (0.0, 1.0, 0),
    ] {
        let scenes = find(folder.path(), &at(west, east)).await.unwrap().scenes;
        assert_eq!(scenes.len(), found, "{west} to {east}");
    }
}

#[tokio::test]
async fn nothing_outside_the_folder_is_opened() {
    let outside = tempfile::tempdir().unwrap();
    write(outside.path(), "secret.json", &on_day("2024-03-05", 'a'));
    let folder = tempfile::tempdir().unwrap();
    let up = format!("../{}/secret.json", outside.path().file_name().unwrap().to_str().unwrap());
    let links = json!([
        { "rel": "item", "href": up },
        { "rel": "item", "href": outside.path().join("secret.json").to_str().unwrap() },
        { "rel": "item", "href": "https://stac.example/item.json" },
        { "rel": "item", "href": "file:///etc/hostname" },
        { "rel": "item", "href": "gone.json" },
        { "rel": "item", "href": "linked.json" },
    ]);
    write(folder.path(), "catalog.json", &json!({ "type": "Catalog", "links": links }));
    std::os::unix::fs::symlink(outside.path().join("secret.json"), folder.path().join("linked.json"))
        .unwrap();
    std::os::unix::fs::symlink(outside.path(), folder.path().join("elsewhere")).unwrap();
    let found = find(folder.path(), &search()).await.unwrap();
    assert_eq!((found.scenes.len(), found.skipped.len()), (0, 6), "{:?}", found.skipped);
    assert!(found.skipped.iter().all(|s| s.reason.code() == "unreadable"));

    std::fs::remove_file(folder.path().join("catalog.json")).unwrap();
    write(folder.path(), "hostile.json", &relative("2024-03-05", "../../../etc/passwd.tif"));
    let found = find(folder.path(), &search()).await.unwrap();
    let codes: Vec<_> = found.skipped.iter().map(|s| s.reason.code()).collect();
    assert_eq!((found.scenes.len(), codes), (0, vec!["hostile_href", "unreadable"]));
}

#[tokio::test]
async fn what_is_no_catalog_is_an_error_and_a_bad_file_among_good_ones_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    assert!(matches!(find(&root.join("none"), &search()).await, Err(Error::Read { .. })));
    for (name, text) in
        [("a.json", "{"), ("b.json", "{}"), ("c.json", "[1]"), ("d.json", "{\"type\":\"Topology\"}")]
    {
        std::fs::write(root.join(name), text).unwrap();
        assert!(matches!(find(&root.join(name), &search()).await, Err(Error::NotStac { .. })), "{text}");
    }
    write(root, "good.json", &on_day("2024-03-05", 'a'));
    std::fs::write(root.join("latin1.json"), [b'"', 0xE4, b'"']).unwrap();
    let found = find(root, &search()).await.unwrap();
    assert_eq!(found.scenes.len(), 1);
    let names: Vec<_> = found.skipped.iter().map(|s| s.item_id.as_str()).collect();
    assert_eq!(names, ["a.json", "c.json", "latin1.json"]);
    assert!(found.warnings[0].starts_with("2 JSON files"), "{:?}", found.warnings);
}
