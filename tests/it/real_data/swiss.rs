//! Three Swiss wheat fields of 2022 through the whole corridor: rasters to records.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use super::{data_set, swiss_archive};
use crate::support::command::{croplens, records};

/// The three outlines as plots declared as wheat.
fn plots(set: &Path, to: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(set.join("parcels.geojson")).unwrap();
    let mut parcels: Value = serde_json::from_str(&text).unwrap();
    let mut names = Vec::new();
    for feature in parcels["features"].as_array_mut().unwrap() {
        let name = feature["properties"]["parcel"].as_str().unwrap().to_owned();
        feature["properties"] = serde_json::json!({ "id": name, "declared_crop": "wheat" });
        names.push(name);
    }
    parcels.as_object_mut().unwrap().retain(|key, _| key == "type" || key == "features");
    std::fs::write(to, parcels.to_string()).unwrap();
    names
}

/// The set's own NDVI by field and date: pixel centres inside the outline, classes 4 and 5.
fn reference(set: &Path) -> BTreeMap<(String, String), Vec<(f64, f64)>> {
    let file = std::fs::File::open(set.join("series.csv.gz")).unwrap();
    let mut table = csv::Reader::from_reader(flate2::read::GzDecoder::new(file));
    let mut found: BTreeMap<(String, String), Vec<(f64, f64)>> = BTreeMap::new();
    for row in table.records() {
        let row = row.unwrap();
        let number = |i: usize| row[i].parse::<f64>().unwrap_or(f64::NAN);
        let clear = number(10) / number(8);
        found.entry((row[0].to_owned(), row[4].to_owned())).or_default().push((number(5), clear));
    }
    found
}

#[test]
fn ndvi_per_date_equals_the_sets_own_series() {
    let Some(set) = data_set("swiss_wheat_s2_bbch") else { return };
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("archive");
    assert_eq!(swiss_archive::write(&set, &archive), 96);
    let plots_file = folder.path().join("plots.geojson");
    plots(&set, &plots_file);
    let out = folder.path().join("observed.csv");
    croplens(&["observe"])
        .arg(&plots_file)
        .arg("--catalog")
        .arg(&archive)
        .args(["--from", "2022-01-01", "--as-of", "2022-12-31", "--scl-valid", "4,5", "--statistics", "mean"])
        .arg("--out")
        .arg(&out)
        .ok();

    // The set takes pixels whose centre lies inside, croplens weighs every pixel by its covered part, and the
    // set's reflectance is rounded to 1/10000 on the way: the two differ by what the rim of a field differs
    // from its inside, so the tolerance holds for fields of 100 pixels and more, and only where the field is
    // wholly clear in both (else different halves of it may be compared).
    let reference = reference(&set);
    let mut differences = Vec::new();
    let mut table = csv::Reader::from_path(&out).unwrap();
    for row in table.records() {
        let row = row.unwrap();
        let (id, date) = (row[0].to_owned(), row[1].to_owned());
        let (Ok(ndvi), Ok(valid)) = (row[2].parse::<f64>(), row[3].parse::<f64>()) else { continue };
        let Some(theirs) = reference.get(&(id.clone(), date.clone())) else { continue };
        let clear: Vec<f64> = theirs.iter().filter(|(_, c)| *c > 0.999).map(|(v, _)| *v).collect();
        if valid < 0.999 || clear.is_empty() {
            continue;
        }
        let nearest = clear.iter().map(|v| (v - ndvi).abs()).fold(f64::INFINITY, f64::min);
        differences.push((nearest, id, date));
    }
    differences.sort_by(|a, b| a.0.total_cmp(&b.0));
    let worst = differences.last().unwrap();
    let mean = differences.iter().map(|d| d.0).sum::<f64>() / differences.len() as f64;
    println!("{} wholly clear field dates: mean difference {mean:.4}, worst {worst:?}", differences.len());
    assert!(differences.len() > 60, "only {} dates compared", differences.len());
    assert!(mean < 0.003, "mean difference {mean}");
    assert!(worst.0 < 0.01, "worst {worst:?}");
}

#[test]
fn wheat_is_green_in_may_ripening_in_july_and_harvested_at_the_end() {
    let Some(set) = data_set("swiss_wheat_s2_bbch") else { return };
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("archive");
    swiss_archive::write(&set, &archive);
    let plots_file = folder.path().join("plots.geojson");
    let names = plots(&set, &plots_file);
    let stages = |as_of: &str| -> BTreeMap<String, Value> {
        let out = folder.path().join(as_of);
        croplens(&["appraise"])
            .arg(&plots_file)
            .arg("--catalog")
            .arg(&archive)
            .args(["--as-of", as_of, "--papers", "none", "--out"])
            .arg(&out)
            .ok();
        let records = records(&out);
        assert_eq!(records.len(), names.len());
        for record in &records {
            println!(
                "{as_of} {}: {} stage {} maturity {} harvest {} to {} harvested {} reasons {}",
                record["id"],
                record["status"],
                record["stage"],
                record["maturity_frac"],
                record["expected_harvest_from"],
                record["expected_harvest_to"],
                record["harvest_detected_date"],
                record["reasons_all"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|r| r["code"].as_str().unwrap())
                    .collect::<Vec<_>>()
                    .join(" "),
            );
        }
        records.into_iter().map(|r| (r["id"].as_str().unwrap().to_owned(), r["stage"].clone())).collect()
    };
    for (id, stage) in stages("2022-05-15") {
        assert!(!["mature", "harvested", "senescence"].contains(&stage.as_str().unwrap()), "{id} {stage}");
    }
    for (id, stage) in stages("2022-07-05") {
        assert!(["senescence", "mature"].contains(&stage.as_str().unwrap()), "{id} {stage}");
    }
    for (id, stage) in stages("2022-07-31") {
        assert!(["mature", "harvested"].contains(&stage.as_str().unwrap()), "{id} {stage}");
    }
}
