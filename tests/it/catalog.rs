//! Tests of `catalog`: items, radiometry, twins, paging against a loopback API, items on disk, cadence,
//! and the real items of the reserved data set.

use croplens::catalog::{Item, NEEDED_BANDS, Origin, Reading, SkipReason, parse_item};
use serde_json::Value;
use url::Url;

mod coverage;
mod items;
mod local;
mod paging;
mod radiometry;
mod real;
mod twins;

/// A fixture of our own making, in the shape of a public catalog's items.
fn fixture(name: &str) -> Value {
    let path = format!("{}/tests/data/catalog/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Reads an item as one of a web catalog.
fn remote(item: &Value) -> Result<Item, SkipReason> {
    remote_text(&item.to_string())
}

fn remote_text(text: &str) -> Result<Item, SkipReason> {
    let root = Url::parse("https://stac.example/v1").unwrap();
    parse_item(text, &Reading { origin: Origin::Remote { root: &root }, needed: NEEDED_BANDS, dialect: None })
}

/// An Earth Search item of tile 37MBT on this day, made from the fixture.
fn on_day(day: &str, satellite: char) -> Value {
    let mut item = fixture("earth_search_l2a");
    let digits = day.replace('-', "");
    item["id"] = format!("S2{}_37MBT_{digits}_0_L2A", satellite.to_ascii_uppercase()).into();
    let p = &mut item["properties"];
    p["datetime"] = format!("{day}T07:56:12.345000Z").into();
    p["platform"] = format!("sentinel-2{satellite}").into();
    p["s2:datatake_id"] = format!("GS2X_{digits}T074659_036612_N05.10").into();
    item
}
