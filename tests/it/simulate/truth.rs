//! The truth: what `truth.json` says is what the pixels show, read by GDAL and nothing of croplens.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::Value;

use super::{Pixels, committed, folder_of, json, pixels};

/// Red, near infrared and classes of one readable scene.
struct Scene {
    date: String,
    dn_offset: f64,
    red: Pixels,
    nir: Pixels,
    scl: Pixels,
}

fn scenes() -> Vec<Scene> {
    let truth = json(&committed().join("truth.json"));
    truth["scenes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|s| s["files"] == "whole")
        .map(|s| {
            let folder = folder_of(&committed(), s);
            Scene {
                date: s["date"].as_str().unwrap().to_owned(),
                dn_offset: s["dn_offset"].as_f64().unwrap(),
                red: pixels(&folder.join("B04.tif")),
                nir: pixels(&folder.join("B08.tif")),
                scl: pixels(&folder.join("SCL.tif")),
            }
        })
        .collect()
}

fn inside(plot: &Value) -> (f64, f64) {
    (plot["inside_utm"][0].as_f64().unwrap(), plot["inside_utm"][1].as_f64().unwrap())
}

/// NDVI of the 3 x 3 pixels around a point, with `offset` taken off the numbers.
fn ndvi(scene: &Scene, x: f64, y: f64, offset: f64) -> Option<f64> {
    let (c, r) = scene.red.cell(x, y, 1)?;
    if scene.red.at(c, r) == 0 {
        return None;
    }
    let (red, nir) = (scene.red.mean3(c, r) - offset, scene.nir.mean3(c, r) - offset);
    Some((nir - red) / (nir + red))
}

fn class(scene: &Scene, x: f64, y: f64) -> Option<u16> {
    scene.scl.cell(x, y, 0).map(|(c, r)| scene.scl.at(c, r))
}

#[test]
fn ndvi_read_by_gdal_on_clear_dates_is_the_true_one() {
    let truth = json(&committed().join("truth.json"));
    let scenes = scenes();
    let (mut count, mut sum, mut squares, mut worst) = (0.0, 0.0, 0.0, 0.0_f64);
    let mut forgotten = Vec::new();
    for plot in truth["plots"].as_array().unwrap() {
        // 20 m wide: its pixels are mixed with the neighbours', which is why it cannot be appraised
        if plot["area_ha"].as_f64().is_some_and(|a| a < 0.1) {
            continue;
        }
        let (x, y) = inside(plot);
        for pair in plot["clear"].as_array().unwrap() {
            let (date, expected) = (pair[0].as_str().unwrap(), pair[1].as_f64().unwrap());
            for scene in scenes.iter().filter(|s| s.date == date) {
                let Some(seen) = ndvi(scene, x, y, scene.dn_offset) else { continue };
                let error = seen - expected;
                count += 1.0;
                sum += error;
                squares += error * error;
                worst = worst.max(error.abs());
                assert!(
                    matches!(class(scene, x, y), Some(2 | 4 | 5 | 6 | 7)),
                    "{} {date}: a clear sky over class {:?}",
                    plot["id"],
                    class(scene, x, y)
                );
                if scene.dn_offset > 0.0 && expected > 0.7 {
                    forgotten.push(ndvi(scene, x, y, 0.0).unwrap() - expected);
                }
            }
        }
    }
    let (bias, rms) = (sum / count, (squares / count).sqrt());
    println!("{count} looks, bias {bias:.4}, rms {rms:.4}, worst {worst:.4}");
    assert!(count > 900.0, "{count} looks");
    assert!(bias.abs() < 0.01 && rms < 0.02 && worst < 0.09, "bias {bias} rms {rms} worst {worst}");
    // the test can fail: an offset left in is far outside of all that
    assert!(forgotten.len() > 20 && forgotten.iter().all(|e| *e < -0.1), "{forgotten:?}");
}

#[test]
fn cloud_left_in_would_be_seen() {
    let truth = json(&committed().join("truth.json"));
    let plot = &truth["plots"][1];
    let clear: Vec<&str> = plot["clear"].as_array().unwrap().iter().map(|p| p[0].as_str().unwrap()).collect();
    let (x, y) = inside(plot);
    let cloudy: Vec<f64> = scenes()
        .iter()
        .filter(|s| !clear.contains(&s.date.as_str()) && class(s, x, y) == Some(9))
        .filter_map(|s| ndvi(s, x, y, s.dn_offset))
        .collect();
    assert!(cloudy.len() > 40 && cloudy.iter().all(|v| v.abs() < 0.2), "{cloudy:?}");
}

#[test]
fn each_plot_is_there_for_its_reason() {
    let truth = json(&committed().join("truth.json"));
    let plots: BTreeMap<&str, &Value> =
        truth["plots"].as_array().unwrap().iter().map(|p| (p["id"].as_str().unwrap(), p)).collect();
    assert_eq!(plots.len(), 20);
    let scenes = scenes();
    let classes = |id: &str, from: &str, to: &str| -> Vec<u16> {
        let (x, y) = inside(plots[id]);
        scenes
            .iter()
            .filter(|s| s.date.as_str() >= from && s.date.as_str() <= to)
            .filter_map(|s| class(s, x, y))
            .filter(|c| *c != 0)
            .collect()
    };
    // under cloud on every date; no clear look; nobody may decide about it
    let clouded = classes("DEMO-10", "2020-01-01", "2023-01-01");
    assert!(clouded.len() > 140 && clouded.iter().all(|c| matches!(c, 8 | 9)), "{clouded:?}");
    assert!(plots["DEMO-10"]["clear"].as_array().unwrap().is_empty());
    // under water in mid season and not otherwise
    let flood = &plots["DEMO-07"]["flood"];
    let (from, to) = (flood["from"].as_str().unwrap(), flood["to"].as_str().unwrap());
    assert!(classes("DEMO-07", from, to).iter().filter(|c| **c == 6).count() >= 2);
    assert!(!classes("DEMO-07", "2020-01-01", "2022-07-01").contains(&6));
    // what is declared is what grows, except where it is not
    for (id, p) in &plots {
        let same = p["declared_crop"].is_null() || p["declared_crop"] == p["grows"];
        assert_eq!(!same, matches!(*id, "DEMO-06" | "DEMO-13" | "DEMO-17"), "{id}");
        let statuses: Vec<&str> =
            p["status_in"].as_array().unwrap().iter().map(|s| s.as_str().unwrap()).collect();
        assert!(same || !statuses.contains(&"supports"), "{id}");
        assert!(!same || !statuses.contains(&"does_not_support"), "{id}");
        // fallow and grass carry no crop cycle, every other plot one a year
        let cropped = p["seasons"].as_array().unwrap().iter().filter(|s| s["cropped"] == true).count();
        assert_eq!(cropped, if matches!(*id, "DEMO-06" | "DEMO-17") { 0 } else { 2 }, "{id}");
    }
}

#[test]
fn seasons_run_in_order_and_can_be_seen() {
    let truth = json(&committed().join("truth.json"));
    let date = |v: &Value| v.as_str().map(|s| s.parse::<Date>().unwrap());
    for plot in truth["plots"].as_array().unwrap() {
        let id = &plot["id"];
        for s in plot["seasons"].as_array().unwrap().iter().filter(|s| s["cropped"] == true) {
            let order: Vec<Date> = [
                &s["sowing"],
                &s["emergence"],
                &s["sos"]["date"],
                &s["greenup50"]["date"],
                &s["pos"]["date"],
                &s["senescence50"]["date"],
                &s["eos"]["date"],
            ]
            .into_iter()
            .filter_map(date)
            .collect();
            assert!(order.len() >= 4 && order.windows(2).all(|w| w[0] < w[1]), "{id} {order:?}");
            let (flowering, ripe, harvest) = (date(&s["flowering"]), date(&s["ripe"]), date(&s["harvest"]));
            assert!(flowering < ripe && ripe < harvest && harvest.is_some(), "{id}");
            assert!((0.7..0.95).contains(&s["peak_ndvi"].as_f64().unwrap()), "{id}");
            if let Some(tolerance) = s["pos"]["tolerance_days"].as_u64() {
                assert!((10..=30).contains(&tolerance));
            }
        }
        if plot["can_be_told"] == true {
            for year in ["2021", "2022"] {
                let clear = plot["clear"].as_array().unwrap();
                let looks = clear.iter().filter(|p| p[0].as_str().unwrap().starts_with(year)).count();
                assert!(looks >= 15, "{id} {year}: {looks} clear looks");
            }
        }
    }
}
