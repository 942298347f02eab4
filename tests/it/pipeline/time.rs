//! The sample as of earlier days: nothing later is used, and nothing is claimed before its time.

use jiff::civil::Date;
use serde_json::Value;

use super::truth::season_at;
use super::{appraised, codes, date, days, truth};
use crate::support::archive::{copy, cut_after, sample_tiles};
use crate::support::command::{croplens, records};

/// Before a sowing, green wheat, harvest time, green maize, and the last day; latest first.
const DAYS: [&str; 5] = ["2022-11-13", "2022-09-01", "2022-07-15", "2022-05-15", "2021-11-15"];

#[test]
fn a_catalogue_that_ends_on_the_day_gives_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    copy(&sample_tiles(), &at("sample"));
    copy(&sample_tiles(), &at("cut"));
    let run = |as_of: &str, out: &str| {
        croplens(&["appraise", "sample/plots.geojson", "--catalog", "sample", "--as-of", as_of])
            .args(["--papers", "none", "--quiet", "--out", out])
            .within(folder.path())
            .ok();
    };
    for as_of in &DAYS[1..] {
        let gone = cut_after(&at("cut"), as_of);
        assert!(gone > 10, "{gone} items lie after {as_of}");
        let (whole, cut) = (format!("whole-{as_of}"), format!("cut-{as_of}"));
        run(as_of, &whole);
        // Records name the place of their items: both catalogues stand at the same one in turn.
        std::fs::rename(at("sample"), at("later")).unwrap();
        std::fs::rename(at("cut"), at("sample")).unwrap();
        run(as_of, &cut);
        std::fs::rename(at("sample"), at("cut")).unwrap();
        std::fs::rename(at("later"), at("sample")).unwrap();
        for file in ["records.jsonl", "records.parquet", "timeseries.csv", "timeseries.parquet"] {
            let read = |out: &str| std::fs::read(at(out).join(file)).unwrap();
            assert!(read(&whole) == read(&cut), "{file} as of {as_of} knows what came later");
        }
        for record in records(&at(&whole)) {
            for source in record["sources"].as_array().unwrap() {
                assert!(source["datetime"].as_str().unwrap()[..10] <= **as_of, "{source}");
            }
        }
    }
}

/// Whether a crop stood on the plot on a day of the year before `as_of` and could be seen to.
fn grew(plot: &Value, as_of: Date) -> bool {
    plot["seasons"].as_array().unwrap().iter().any(|season| {
        let Some(from) = date(&season["sos"]["date"]).or(date(&season["emergence"])) else { return false };
        let peak = date(&season["pos"]["date"]).unwrap_or(from);
        // at least a month into its growth, with its maximum in the year looked at or to come
        days(from, as_of) > 30 && days(peak, as_of) < 365
    })
}

#[test]
fn nothing_is_claimed_before_its_time() {
    let (mut wrong, mut cuts) = (Vec::new(), Vec::new());
    for as_of in DAYS {
        let folder = tempfile::tempdir().unwrap();
        let found = appraised(&sample_tiles(), as_of, folder.path());
        let day: Date = as_of.parse().unwrap();
        for plot in &truth() {
            let id = plot["id"].as_str().unwrap();
            let record = &found[id];
            println!(
                "{as_of} {id} grows {} declared {}: {} cropped {} stage {} peak {} maturity {} harvest {} harvested {} {:?}",
                plot["grows"],
                plot["declared_crop"],
                record["status"],
                record["cropped"],
                record["stage"],
                record["peak_date"],
                record["maturity_frac"],
                record["expected_harvest_date"],
                record["harvest_detected_date"],
                codes(record)
            );
            let mut blame = |what: String| wrong.push(format!("{as_of} {id} ({}): {what}", plot["grows"]));
            let status = record["status"].as_str().unwrap();
            let may = plot["status_in"].as_array().unwrap();
            if status == "does_not_support" && !may.iter().any(|s| s == status) {
                blame(format!("{status}: {:?}", codes(record)));
            }
            if record["cropped"] == "no" && grew(plot, day) {
                blame("no crop seen where one grows".to_owned());
            }
            if record["cropped"] == "yes" && plot["cropped"] == false {
                blame("a crop seen where none grows".to_owned());
            }
            let stage = record["stage"].as_str().unwrap_or("unknown");
            if !plot["flood"].is_null() {
                // Drowned maize falls as if it were cut: whatever the stage says, a person must look.
                assert_eq!(status, "refer", "{id}");
                continue;
            }
            let of = date(&record["peak_date"]).and_then(|peak| season_at(plot, peak));
            if ["mature", "harvested"].contains(&stage) {
                match of {
                    None => {
                        blame(format!("{stage}, and no true season has its peak on {}", record["peak_date"]))
                    }
                    Some(season) => {
                        let ripe = date(&season["ripe"]).unwrap();
                        if days(day, ripe) > 10 {
                            blame(format!("{stage}, but ripe only on {ripe}"));
                        }
                    }
                }
            }
            if let (Some(seen), Some(season)) = (date(&record["harvest_detected_date"]), of) {
                let harvest = date(&season["harvest"]).unwrap();
                cuts.push(days(harvest, seen));
                if days(day, harvest) > 7 {
                    blame(format!("harvested on {seen}, but cut only on {harvest}"));
                }
            }
            for source in record["sources"].as_array().unwrap() {
                assert!(source["datetime"].as_str().unwrap()[..10] <= *as_of);
            }
        }
    }
    // NDVI does not see a dry crop being cut; how far off the dates are is told, not judged.
    cuts.sort_unstable();
    println!("{} harvests seen, days from the true one: {cuts:?}", cuts.len());
    assert!(wrong.is_empty(), "{} claims:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn land_without_a_seen_crop_has_no_ripeness_to_misread() {
    for as_of in DAYS {
        let folder = tempfile::tempdir().unwrap();
        for (id, record) in appraised(&sample_tiles(), as_of, folder.path()) {
            if record["cropped"] == "yes" || record["cropped"].is_null() {
                continue;
            }
            let stage = record["stage"].as_str().unwrap();
            // A rise that has just begun may be said while the question is open.
            let open = record["cropped"] == "cannot_tell";
            let may = stage == "bare" || stage == "unknown" || open && stage == "emergence";
            assert!(may, "{as_of} {id}: stage {stage}, cropped {}", record["cropped"]);
            for column in ["maturity_frac", "stage_bbch", "expected_harvest_date", "harvest_detected_date"] {
                assert!(record[column].is_null(), "{as_of} {id}: {column} {}", record[column]);
            }
        }
    }
}
