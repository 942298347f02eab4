//! One acquisition, one scene.

use croplens::catalog::{Item, resolve_duplicates};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{fixture, on_day, remote};

fn items(values: &[Value]) -> Vec<Item> {
    values.iter().map(|v| remote(v).unwrap()).collect()
}

fn ids(items: &[Item]) -> Vec<&str> {
    items.iter().map(|i| i.scene.id.as_str()).collect()
}

/// Keeps one of two and says which rule did it, whatever their order.
fn one_of(a: &Value, b: &Value) -> (String, String, &'static str) {
    let (kept, dropped) = resolve_duplicates(items(&[a.clone(), b.clone()]));
    let (again, _) = resolve_duplicates(items(&[b.clone(), a.clone()]));
    assert_eq!(kept, again, "the order of the input does not matter");
    assert_eq!((kept.len(), dropped.len()), (1, 1));
    assert_eq!(dropped[0].kept, kept[0].scene.id);
    (dropped[0].kept.to_string(), dropped[0].dropped.to_string(), dropped[0].rule.word())
}

fn changed(item: &Value, id: &str, change: impl Fn(&mut Value)) -> Value {
    let mut item = item.clone();
    item["id"] = json!(id);
    change(&mut item["properties"]);
    item
}

#[test]
fn reprocessed_twins_by_baseline_then_time_then_number() {
    let first = fixture("earth_search_l2a");
    let id = "S2B_37MBT_20240310_1_L2A";
    let newer = changed(&first, id, |p| p["s2:processing_baseline"] = json!("05.11"));
    let newer = changed(&newer, id, |p| {
        p["s2:product_uri"] = json!("S2B_MSIL2A_20240310T074659_N0511_R135_T37MBT_20240901T111500.SAFE");
        p["s2:datatake_id"] = json!("GS2B_20240310T074659_036612_N05.11");
    });
    assert_eq!(one_of(&first, &newer).2, "newer_baseline");
    assert_eq!(one_of(&first, &newer).0, id);

    let later = changed(&first, id, |p| p["s2:generation_time"] = json!("2024-03-11T00:00:00Z"));
    assert_eq!(
        one_of(&first, &later),
        (id.to_owned(), first["id"].as_str().unwrap().to_owned(), "newer_processing")
    );
    let created = |at: &str, id: &str| {
        changed(&first, id, |p| {
            p.as_object_mut().unwrap().remove("s2:generation_time");
            p["created"] = json!(at);
        })
    };
    let old = created("2024-03-10T00:00:00Z", "S2B_37MBT_20240310_0_L2A");
    assert_eq!(one_of(&old, &created("2024-05-01T00:00:00Z", id)).0, id);

    let numbered = changed(&first, id, |p| p["s2:sequence"] = json!("1"));
    assert_eq!(one_of(&first, &numbered).2, "higher_sequence");
    assert_eq!(one_of(&first, &numbered).0, id);
    let same = changed(&first, "S2B_37MBT_20240310_0_L2B", |_| {});
    assert_eq!(one_of(&first, &same).2, "smaller_id");
}

#[test]
fn both_collections_of_one_scene() {
    let (l2a, c1) = (fixture("earth_search_l2a"), fixture("earth_search_c1_l2a"));
    let id = |v: &Value| v["id"].as_str().unwrap().to_owned();
    assert_eq!(
        one_of(&l2a, &c1),
        (id(&l2a), id(&c1), "surer_offset_rule"),
        "settled both: the longer archive"
    );
    let lying = changed(&l2a, &id(&l2a), |p| p["earthsearch:boa_offset_applied"] = json!(false));
    assert_eq!(one_of(&lying, &c1), (id(&c1), id(&l2a), "surer_offset_rule"), "a flag known to lie loses");
    let unsettled = changed(&l2a, &id(&l2a), |p| {
        p.as_object_mut().unwrap().remove("earthsearch:boa_offset_applied");
        p["s2:processing_baseline"] = json!("05.11");
    });
    assert_eq!(
        one_of(&unsettled, &c1),
        (id(&c1), id(&l2a), "settled_radiometry"),
        "settled comes before newer"
    );
}

#[test]
fn what_is_another_acquisition_stays() {
    let item = fixture("earth_search_l2a");
    let stay = |what: &str, other: Value| {
        let (kept, dropped) = resolve_duplicates(items(&[item.clone(), other]));
        assert_eq!((kept.len(), dropped.len()), (2, 0), "{what}");
    };
    stay("another day", on_day("2024-03-15", 'a'));
    stay("another tile of the day", changed(&item, "n", |p| p["grid:code"] = json!("MGRS-37MBS")));
    stay(
        "a satellite flying 30 s behind",
        changed(&item, "n", |p| {
            p["platform"] = json!("sentinel-2c");
            p["datetime"] = json!("2024-03-10T07:56:42Z");
        }),
    );
    stay(
        "the next orbit",
        changed(&item, "n", |p| {
            p["datetime"] = json!("2024-03-10T09:36:12Z");
            p["s2:datatake_id"] = json!("GS2B_20240310T092659_036613_N05.10");
        }),
    );
    let mut half = changed(&item, "n", |p| p["s2:processing_baseline"] = json!("05.09"));
    half["geometry"]["coordinates"] =
        json!([[[36.5, -1.0], [37.5, -1.0], [37.5, 0.0], [36.5, 0.0], [36.5, -1.0]]]);
    stay("a twin with other ground in it", half);
}

#[test]
fn what_is_the_same_acquisition_goes() {
    let item = fixture("earth_search_l2a");
    let goes = |what: &str, other: Value| {
        let (kept, dropped) = resolve_duplicates(items(&[item.clone(), other]));
        assert_eq!((kept.len(), dropped.len()), (1, 1), "{what}");
    };
    goes("a few seconds apart", changed(&item, "n", |p| p["datetime"] = json!("2024-03-10T07:56:20Z")));
    goes("no platform named", changed(&item, "n", |p| p["platform"] = Value::Null));
    goes(
        "the time of the datatake instead of the tile's",
        changed(&item, "n", |p| p["datetime"] = json!("2024-03-10T07:46:59Z")),
    );
    let mut inside = changed(&item, "n", |p| p["s2:processing_baseline"] = json!("05.09"));
    inside["geometry"]["coordinates"] = json!([[[36.2, -0.8], [36.7, -0.8], [36.7, 0.0], [36.2, -0.8]]]);
    goes("an older part of the same ground", inside);
    let mut nowhere = changed(&item, "n", |p| p["s2:processing_baseline"] = json!("05.09"));
    nowhere["geometry"] = Value::Null;
    nowhere["bbox"] = Value::Null;
    goes("no footprint", nowhere);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Nothing is lost or made up, order does not matter, and a second pass changes nothing.
    #[test]
    fn laws_of_the_twins(
        parts in prop::collection::vec((1_u8..28, 0_u8..3, 0_u8..2, any::<bool>(), 0_u8..100), 1..24)
    ) {
        let values: Vec<Value> = parts.iter().enumerate().map(|(n, (day, satellite, tile, flag, second))| {
            let mut item = on_day(&format!("2024-03-{day:02}"), ['a', 'b', 'c'][usize::from(*satellite)]);
            item["id"] = json!(format!("item-{n}"));
            item["properties"]["grid:code"] = json!(["MGRS-37MBT", "MGRS-37MBS"][usize::from(*tile)]);
            item["properties"]["earthsearch:boa_offset_applied"] = json!(flag);
            item["properties"]["datetime"] = json!(format!("2024-03-{day:02}T07:5{}:{:02}Z", second / 60, second % 60));
            item
        }).collect();
        let all = items(&values);
        let (kept, dropped) = resolve_duplicates(all.clone());
        prop_assert_eq!(kept.len() + dropped.len(), all.len());
        let mut backwards = all.clone();
        backwards.reverse();
        let (again, _) = resolve_duplicates(backwards);
        prop_assert_eq!(ids(&kept), ids(&again));
        let (twice, none) = resolve_duplicates(kept.clone());
        prop_assert_eq!(ids(&twice), ids(&kept));
        prop_assert!(none.is_empty());
        for d in &dropped {
            prop_assert!(kept.iter().any(|i| i.scene.id == d.kept));
            prop_assert!(kept.iter().all(|i| i.scene.id != d.dropped));
        }
    }
}
