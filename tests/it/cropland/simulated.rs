//! Outlines of the simulator that hold more than one field, through the whole corridor.

use std::collections::BTreeMap;

use croplens::simulate::{Spec, make_with_partly_cropped};
use serde_json::Value;

use crate::support::archive::json;
use crate::support::command::{croplens, records};

const CROPS: [&str; 5] = ["winter wheat", "maize", "rapeseed", "sunflower", "spring barley"];

/// Truth and answer of one outline.
struct Outline {
    crop: f64,
    told: Option<(f64, f64, f64)>,
    land_uses: u64,
}

fn outlines(seed: u64, size_px: usize, count: usize) -> BTreeMap<String, Outline> {
    let folder = tempfile::tempdir().unwrap();
    let spec = Spec { seed, size_px, years: (2022, 2022), tiles: 1, ..Spec::default() };
    make_with_partly_cropped(&spec, count, folder.path()).unwrap();
    let out = folder.path().join("out");
    croplens(&["appraise"])
        .arg(folder.path().join("plots.geojson"))
        .arg("--catalog")
        .arg(folder.path())
        .args(["--as-of", "2022-11-13", "--papers", "none", "--quiet", "--out"])
        .arg(&out)
        .ok();
    let truth = json(&folder.path().join("land.json"));
    let found: BTreeMap<String, Value> =
        records(&out).into_iter().map(|r| (r["id"].as_str().unwrap().to_owned(), r)).collect();
    let mut all = BTreeMap::new();
    for plot in truth["plots"].as_array().unwrap() {
        let id = plot["id"].as_str().unwrap();
        if !id.starts_with("PART") || plot["area_ha"].as_f64().unwrap() < 1.0 {
            continue;
        }
        let land = plot["land"].as_object().unwrap();
        let crop = CROPS.iter().filter_map(|c| land.get(*c)?.as_f64()).sum();
        let record = &found[id];
        let number = |name: &str| record[name].as_f64();
        let told = number("cropped_frac")
            .map(|f| (number("cropped_frac_lower").unwrap(), f, number("cropped_frac_upper").unwrap()));
        assert_eq!(told.is_none(), record["cropped_area_not_told"].is_string(), "{id}");
        let land_uses = record["n_clusters"].as_u64().unwrap_or(0);
        all.insert(id.to_owned(), Outline { crop, told, land_uses });
    }
    all
}

#[test]
fn the_cropped_share_of_simulated_outlines_is_the_true_one_within_the_target() {
    let seeds: Vec<u64> = match std::env::var("CROPLENS_SEEDS") {
        Ok(text) => text.split(',').map(|s| s.parse().unwrap()).collect(),
        Err(_) => vec![21],
    };
    let mut all = Vec::new();
    for seed in seeds {
        all.extend(outlines(seed, 256, 90).into_values());
    }
    let print = |name: &str, part: &[&Outline]| -> (f64, f64, f64) {
        let told: Vec<(f64, (f64, f64, f64))> = part.iter().filter_map(|o| Some((o.crop, o.told?))).collect();
        let n = told.len();
        let mut errors: Vec<f64> =
            told.iter().map(|(truth, t)| (t.1 - truth).abs() / truth.max(0.05)).collect();
        errors.sort_by(f64::total_cmp);
        let at = |share: f64| errors[((n as f64 * share) as usize).min(n - 1)];
        let bias = told.iter().map(|(truth, t)| t.1 - truth).sum::<f64>() / n as f64;
        let held = told.iter().filter(|(truth, t)| t.0 - 1e-3 <= *truth && *truth <= t.2 + 1e-3).count();
        let held = held as f64 / n as f64;
        println!(
            "{name}: {n} of {} told, bias {bias:+.3}, median error {:.3}, P90 {:.3}, worst {:.3}, interval holds {held:.2}",
            part.len(),
            at(0.5),
            at(0.9),
            errors[n - 1]
        );
        (at(0.5), at(0.9), held)
    };
    let everything: Vec<&Outline> = all.iter().collect();
    let partly: Vec<&Outline> = all.iter().filter(|o| o.crop < 0.97).collect();
    let (median, p90, _) = print("outlines of 1 ha and more", &everything);
    let (_, _, held) = print("  of these with less than 97 % crop", &partly);
    let pure: Vec<&&Outline> = everything.iter().filter(|o| o.crop > 0.999 && o.told.is_some()).collect();
    let single = pure.iter().filter(|o| o.land_uses == 1).count();
    println!("  of {} that are all crop, {single} show one land use", pure.len());
    assert!(everything.len() >= 40);
    assert!(median <= 0.03 && p90 <= 0.10, "median {median}, P90 {p90}");
    assert!(held >= 0.6, "the interval holds {held}");
}
