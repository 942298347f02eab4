//! Plots beside each other in one run: alerts with their evidence, peers, yields by the user's statistics.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::Date;
use serde_json::Value;

use super::{appraised, by_id, codes, date, truth};
use crate::support::archive::sample_tiles;
use crate::support::command::{croplens, records};

/// Made-up statistics, for the made-up village of the sample only.
const YIELDS: &str = "crop,zone,region,year,kg_ha,source\n\
    maize,europe-continental,demo,2021,9000,made up for this test\n\
    winter_wheat,europe-continental,demo,2021,7000,made up for this test\n\
    maize,europe,demo,2021,9000,made up for this test\n\
    winter_wheat,europe,demo,2021,7000,made up for this test\n";

fn among_few(folder: &Path, plots: &Path, out: &str) -> BTreeMap<String, Value> {
    let pipeline = folder.join("few.toml");
    let text = "name = \"few\"\n[catalog]\ncollections = [\"sentinel-2-l2a\"]\n[period]\nhistory_days = 800\nseason_days = 400\n[crop.vigour]\nmin_peers = 3\n";
    std::fs::write(&pipeline, text).unwrap();
    std::fs::write(folder.join("yields.csv"), YIELDS).unwrap();
    let out = folder.join(out);
    croplens(&["appraise"])
        .arg(plots)
        .arg("--catalog")
        .arg(sample_tiles())
        .arg("--pipeline")
        .arg(&pipeline)
        .arg("--yields")
        .arg(folder.join("yields.csv"))
        .args(["--as-of", "2022-07-01", "--papers", "none", "--quiet", "--out"])
        .arg(&out)
        .ok();
    by_id(records(&out))
}

#[test]
fn the_flood_of_the_sample_is_an_alert_and_no_other_plot_is_accused() {
    let folder = tempfile::tempdir().unwrap();
    let found = appraised(&sample_tiles(), "2022-11-13", folder.path());
    for plot in truth() {
        let id = plot["id"].as_str().unwrap();
        let record = &found[id];
        let alerts = record["alerts"].as_array().unwrap();
        println!("{id} {}: {alerts:?}", plot["grows"]);
        let floods: Vec<&Value> = alerts.iter().filter(|a| a["code"] == "flood").collect();
        if plot["flood"].is_null() {
            assert!(floods.is_empty(), "{id}: {floods:?}");
        } else {
            let (from, to) = (date(&plot["flood"]["from"]).unwrap(), date(&plot["flood"]["to"]).unwrap());
            let flood = floods.first().unwrap_or_else(|| panic!("{id}: no flood in {alerts:?}"));
            let day = |name: &str| -> Date { date(&flood[name]).unwrap() };
            assert!(day("from") < from && day("to") >= from && day("last") <= to, "{id}: {flood}");
            assert!(flood["area_frac"].as_f64().unwrap() >= 0.3);
            assert!(!flood["evidence_item_ids"].as_array().unwrap().is_empty());
            assert!(codes(record).contains(&"EVENT_FLOOD") && record["status"] == "refer", "{id}");
        }
        // The sample holds no lost crop and no plot that was cut early.
        for code in ["CROP_FAILED", "HARVEST_EARLY", "EVENT_DROUGHT", "CROP_DECLINING"] {
            if plot["can_be_told"] == true {
                assert!(!codes(record).contains(&code), "{id}: {code} {alerts:?}");
            }
        }
    }
}

#[test]
fn peers_stand_beside_each_other_and_yields_follow_the_users_statistics() {
    let folder = tempfile::tempdir().unwrap();
    let plots = sample_tiles().join("plots.geojson");
    let found = among_few(folder.path(), &plots, "out");
    let mut compared = 0;
    let mut estimated = 0;
    for (id, record) in &found {
        if let Some(n) = record["peer_n"].as_u64() {
            compared += 1;
            assert!(n >= 3 && record["peer_radius_m"].as_u64().unwrap() <= 20_000, "{id}");
            let p = |name: &str| record[name].as_f64().unwrap();
            assert!(
                p("peer_percentile_lower") <= p("peer_percentile")
                    && p("peer_percentile") <= p("peer_percentile_upper")
            );
            assert_eq!(record["peers_sha256"].as_str().unwrap().len(), 64);
        }
        assert!(record["yield_file_sha256"].is_string() || record["status"] == "not_appraised", "{id}");
        if let Some(kg) = record["yield_kg_ha"].as_f64() {
            estimated += 1;
            let n = |name: &str| record[name].as_f64().unwrap();
            assert!(n("yield_lower_kg_ha") <= n("yield_p20_kg_ha") && n("yield_p20_kg_ha") <= kg);
            assert!(
                kg <= n("yield_upper_kg_ha") && n("yield_upper_kg_ha") <= 1.2 * n("yield_reference_kg_ha")
            );
            assert_eq!(record["yield_source"], "made up for this test");
            let method = if record["peer_n"].is_null() { "reference_stat" } else { "scaled_reference" };
            assert_eq!(record["yield_method"], method, "{id}");
        } else if record["cropped"] == "yes" {
            assert!(codes(record).contains(&"YIELD_NOT_ESTIMATED"), "{id}");
        }
    }
    println!("{compared} plots compared with peers, {estimated} yields");
    assert!(compared >= 4 && estimated >= 4, "{compared} {estimated}");
}

#[test]
fn the_company_is_the_same_in_any_order_and_without_a_neighbour_it_is_another_record() {
    let folder = tempfile::tempdir().unwrap();
    let plots = sample_tiles().join("plots.geojson");
    let all = among_few(folder.path(), &plots, "all");
    let mut file = crate::support::archive::json(&plots);
    file["features"].as_array_mut().unwrap().reverse();
    let turned = folder.path().join("turned.geojson");
    std::fs::write(&turned, file.to_string()).unwrap();
    let reversed = among_few(folder.path(), &turned, "reversed");
    for (id, record) in &all {
        for column in
            ["peer_n", "peer_z", "peer_percentile", "peers_sha256", "alerts", "yield_kg_ha", "record_id"]
        {
            if record["status"] != "not_appraised" {
                assert_eq!(record[column], reversed[id][column], "{id} {column}");
            }
        }
    }
    // One plot alone has no peers, and says so by its id too.
    let (id, _) = all.iter().find(|(_, r)| !r["peer_n"].is_null()).expect("somebody has peers");
    file["features"]
        .as_array_mut()
        .unwrap()
        .retain(|f| f["id"] == id.as_str() || f["properties"]["id"] == id.as_str());
    assert_eq!(file["features"].as_array().unwrap().len(), 1);
    let lonely = folder.path().join("lonely.geojson");
    std::fs::write(&lonely, file.to_string()).unwrap();
    let alone = among_few(folder.path(), &lonely, "alone");
    assert!(alone[id]["peer_n"].is_null());
    assert_ne!(alone[id]["record_id"], all[id]["record_id"]);
}
