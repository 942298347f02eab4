//! The sample as of its last day: every plot right, every date within its tolerance, every number in the noise.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{appraised, codes, date, days, truth};
use crate::support::archive::sample_tiles;

/// The true season that a day lies in: from emergence to a fortnight after the harvest.
pub(super) fn season_at(plot: &Value, day: jiff::civil::Date) -> Option<&Value> {
    plot["seasons"].as_array().unwrap().iter().filter(|s| s["cropped"] == true).find(|s| {
        let (from, to) = (date(&s["emergence"]).unwrap(), date(&s["harvest"]).unwrap());
        from <= day && days(to, day) <= 14
    })
}

/// How far a date lies from the true one, and how far it may; `None` where either does not say.
fn off(found: &Value, expected: &Value) -> Option<(i32, i32)> {
    let found = date(found)?;
    let tolerance = i32::try_from(expected["tolerance_days"].as_i64()?).unwrap();
    Some((days(date(&expected["date"])?, found), tolerance))
}

#[test]
fn every_plot_is_judged_as_its_truth_allows() {
    let folder = tempfile::tempdir().unwrap();
    let found = appraised(&sample_tiles(), "2022-11-13", folder.path());
    let truth = truth();
    assert_eq!(found.len(), truth.len());
    let mut wrong = Vec::new();
    for plot in &truth {
        let id = plot["id"].as_str().unwrap();
        let record = &found[id];
        println!(
            "{id} grows {} declared {}: {} cropped {} stage {} maturity {} harvest {} harvested {} {:?}",
            plot["grows"],
            plot["declared_crop"],
            record["status"],
            record["cropped"],
            record["stage"],
            record["maturity_frac"],
            record["expected_harvest_date"],
            record["harvest_detected_date"],
            codes(record)
        );
        if !plot["status_in"].as_array().unwrap().contains(&record["status"]) {
            wrong.push(format!("{id}: status {} is not in {}", record["status"], plot["status_in"]));
        }
        let seen = record["cropped"].as_str();
        let is_wrong = match plot["cropped"].as_bool().unwrap() {
            true => seen == Some("no"),
            false => seen == Some("yes"),
        };
        if is_wrong {
            wrong.push(format!("{id}: cropped {seen:?} where {} grows", plot["grows"]));
        }
        // Water that flattened a crop is no harvest.
        if !plot["flood"].is_null()
            && codes(record).iter().any(|c| c.starts_with("HARVEST_BY") || *c == "HARVEST_DONE")
        {
            wrong.push(format!("{id}: a flood is told as a harvest"));
        }
        // What can be told is told.
        if plot["can_be_told"] == true && seen != Some(if plot["cropped"] == true { "yes" } else { "no" }) {
            let cover = plot["grows"].as_str().unwrap();
            println!("  {id}: {cover} could be told, the answer is {seen:?}");
            if plot["cropped"] == true {
                wrong.push(format!("{id}: {cover} was not seen: {seen:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn season_dates_are_the_true_ones_within_their_tolerance() {
    let folder = tempfile::tempdir().unwrap();
    let found = appraised(&sample_tiles(), "2022-11-13", folder.path());
    let (mut compared, mut wrong) = (BTreeMap::<&str, Vec<i32>>::new(), Vec::new());
    for plot in truth().iter().filter(|p| p["can_be_told"] == true && p["cropped"] == true) {
        let id = plot["id"].as_str().unwrap();
        let record = &found[id];
        let expected = plot["seasons"].as_array().unwrap().last().unwrap();
        for (name, column, truth) in
            [("sos", "sos_date", "sos"), ("peak", "peak_date", "pos"), ("eos", "eos_date", "eos")]
        {
            match off(&record[column], &expected[truth]) {
                Some((by, tolerance)) => {
                    println!("{id} {} {name}: {by:+} days of {tolerance}", expected["crop"]);
                    compared.entry(name).or_default().push(by);
                    if by.abs() > tolerance {
                        wrong.push(format!("{id} {name} {}: {by:+} days of {tolerance}", record[column]));
                    }
                }
                None if expected[truth].is_object() => {
                    wrong.push(format!("{id} {name}: {} not found", expected[truth]));
                }
                None => {}
            }
        }
        // The year before, where the sample shows all of it.
        for season in record["history"].as_array().unwrap() {
            let Some(peak) = date(&season["peak_date"]) else { continue };
            // What grows on idle land between two crops is a season of green, and not an annual crop's.
            if season["amplitude_ndvi"].as_f64().unwrap() < 0.45 {
                continue;
            }
            if season_at(plot, peak).is_none() {
                wrong.push(format!("{id}: a season with its peak on {peak} that never was"));
            }
        }
    }
    for (name, by) in &compared {
        let mean = by.iter().map(|d| f64::from(d.abs())).sum::<f64>() / by.len() as f64;
        let worst = by.iter().map(|d| d.abs()).max().unwrap();
        println!("{name}: {} dates, mean error {mean:.1} days, worst {worst}", by.len());
    }
    assert!(compared.values().map(Vec::len).sum::<usize>() >= 36, "{compared:?}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn ndvi_of_used_dates_is_the_true_one_within_the_noise() {
    let folder = tempfile::tempdir().unwrap();
    appraised(&sample_tiles(), "2022-11-13", folder.path());
    let truth = truth();
    let plots: BTreeMap<&str, &Value> = truth.iter().map(|p| (p["id"].as_str().unwrap(), p)).collect();
    let mut table = csv::Reader::from_path(folder.path().join("timeseries.csv")).unwrap();
    let heads = table.headers().unwrap().clone();
    let column =
        |name: &str| heads.iter().position(|h| h == name).unwrap_or_else(|| panic!("{name}: {heads:?}"));
    let (id, day, ndvi) = (column("plot_id"), column("date"), column("ndvi_mean"));
    let is_used = column("used");
    let (mut errors, mut unclear, mut used) = (Vec::new(), 0, 0);
    for row in table.records() {
        let row = row.unwrap();
        if &row[is_used] != "true" {
            continue;
        }
        used += 1;
        let plot = plots[&row[id]];
        let clear = plot["clear"].as_array().unwrap();
        let value: f64 = row[ndvi].parse().unwrap();
        // 0.03 ha: all its pixels are its neighbours' too; and a pond or a flood is not in the daily curve
        if plot["area_ha"].as_f64().is_some_and(|a| a < 0.1) || !plot["flood"].is_null() {
            continue;
        }
        match clear.iter().find(|pair| pair[0] == row[day]) {
            Some(pair) => {
                errors.push((value - pair[1].as_f64().unwrap(), row[id].to_owned(), row[day].to_owned()))
            }
            None => unclear += 1,
        }
    }
    errors.sort_by(|a, b| a.0.abs().total_cmp(&b.0.abs()));
    let n = errors.len() as f64;
    let bias = errors.iter().map(|e| e.0).sum::<f64>() / n;
    let rmse = (errors.iter().map(|e| e.0 * e.0).sum::<f64>() / n).sqrt();
    let p95 = errors[(0.95 * n) as usize].0.abs();
    println!(
        "{used} observations used; {n} on truly clear dates: bias {bias:+.4}, RMSE {rmse:.4}, 95 % below {p95:.4}, worst {:?}; {unclear} on dates that were not wholly clear",
        errors.last().unwrap()
    );
    assert!(n > 500.0);
    assert!(bias.abs() < 0.01 && rmse < 0.025 && p95 < 0.05);
}
