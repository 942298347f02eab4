//! A catalogue that misbehaves.

use std::time::Duration;

use serde_json::{Value, json};

use super::village::{CLEAR_EAST, Door, Village};
use crate::support::stac::Fault;

fn status(page: u32, status: u16, times: u32) -> Fault {
    Fault::Status { page, status, times, retry_after: None }
}

#[test]
fn passing_faults_of_the_catalogue_leave_no_trace() {
    let village = Village::of_a_year(Door::S3);
    let faults = [
        status(1, 503, 2),
        status(2, 429, 1),
        Fault::Stall { page: 1, times: 1, wait: Duration::from_millis(1500) },
        Fault::BrokenBody { page: 2, times: 1 },
        Fault::HalfJson { page: 1, times: 1 },
        Fault::RepeatedItem { page: 1 },
        Fault::Redirect { to: "{self}/moved/search".to_owned(), times: 1 },
    ];
    for fault in faults {
        let name = format!("{fault:?}");
        village.stac.fail(fault);
        village.hurt(&name, 0);
        village.as_unbroken(&name);
        village.stac.heal();
        village.clear();
    }
}

#[test]
fn a_search_without_its_whole_answer_defers_every_plot_and_decides_none() {
    let village = Village::of_a_year(Door::S3);
    let ever = u32::MAX;
    let faults = [
        (status(1, 503, ever), "503"),
        (status(2, 503, ever), "page 2"),
        (status(1, 404, ever), "404"),
        (Fault::Stall { page: 1, times: 9, wait: Duration::from_secs(5) }, "no complete answer"),
        (Fault::BrokenBody { page: 2, times: ever }, "page 2"),
        (Fault::HalfJson { page: 2, times: ever }, "page 2"),
        (Fault::NotJson { page: 1 }, "not a STAC item collection"),
        (Fault::SameLink, "circles"),
        (Fault::SameItems, "circles"),
        (Fault::EmptyForever, "circles"),
        (Fault::NextTo("http://169.254.169.254/latest".to_owned()), "another place"),
        (Fault::LongToken(50_000), "too long"),
        (Fault::Redirect { to: "http://169.254.169.254/".to_owned(), times: ever }, "another place"),
    ];
    for (fault, cause) in faults {
        let name = format!("{fault:?}").chars().take(60).collect::<String>();
        village.stac.fail(fault);
        let hurt = village.hurt(&name, 3);
        let plots = hurt.records.iter().filter(|r| r["status"] != "not_appraised").count();
        assert_eq!(hurt.with_reason("SRC_SEARCH_FAILED"), plots, "{name}");
        assert_eq!(hurt.manifest["deferred"].as_array().unwrap().len(), plots, "{name}");
        let notes = hurt.manifest["notes"].to_string();
        assert!(notes.contains(cause), "{name}: {notes}");
        village.stac.heal();
        village.finish(&name, false);
        village.clear();
    }
}

/// The items with another address of one file of one scene each.
fn with_addresses(items: &[Value], changes: &[(&str, &str, String)]) -> Vec<Value> {
    let mut items = items.to_vec();
    for (scene, asset, href) in changes {
        let item = items.iter_mut().find(|i| i["id"] == *scene).unwrap();
        item["assets"][*asset]["href"] = json!(href);
    }
    items
}

#[test]
fn hostile_addresses_are_never_asked_and_cost_only_their_scenes() {
    let village = Village::new(Door::S3);
    let items = village.items();
    let outside = village.folder.path().join("secret.tif");
    std::fs::copy(village.file(CLEAR_EAST[1], "B04.tif"), &outside).unwrap();
    let [a, b, c, d, e, f] = CLEAR_EAST;
    let changes = [
        (a, "red", format!("file://{}", outside.display())),
        (b, "nir", "http://169.254.169.254/latest/meta-data/B08.tif".to_owned()),
        (c, "red", "https://169.254.169.254/B04.tif".to_owned()),
        (d, "scl", "../../../../secret.tif".to_owned()),
        (e, "red", "https://images.example/B04.tif".to_owned()),
        (f, "red", "s3://somebody-elses-bucket/B04.tif".to_owned()),
    ];
    village.stac.list(with_addresses(&items, &changes));
    village.bucket.forget();
    let hurt = village.hurt("hostile addresses", 0);
    for (scene, asset, href) in &changes {
        assert!(!hurt.cause(scene).is_empty(), "{scene} {asset} {href}");
    }
    let asked = village.bucket.seen();
    let strange =
        |path: &str| path.contains("secret") || path.contains("somebody") || path.contains("latest");
    assert!(!asked.is_empty() && !asked.iter().any(|seen| strange(&seen.path)));
    // What was finished without those scenes stays; a fresh run sees them again.
    village.stac.list(items);
    village.run().args(["--fresh"]).ok();
}

#[test]
fn an_item_that_lies_about_its_rasters_changes_nothing() {
    let village = Village::new(Door::S3);
    let mut items = village.items();
    for item in items.iter_mut().filter(|i| CLEAR_EAST.contains(&i["id"].as_str().unwrap())) {
        for asset in item["assets"].as_object_mut().unwrap().values_mut() {
            asset["proj:shape"] = json!([100_000_000, 7]);
            asset["proj:transform"] = json!([10.0, 0, 0.0, 0, -10.0, 0.0]);
            asset["file:size"] = json!(3);
        }
        item["properties"]["proj:epsg"] = json!(4326);
    }
    village.stac.list(items);
    village.hurt("lying item", 0);
    village.as_unbroken("lying item");
}
