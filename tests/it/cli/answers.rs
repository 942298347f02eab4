//! What a run says, and where it says it.

use serde_json::Value;

use super::{sample_run, stderr, stdout};
use crate::support::archive::{addressed, public_https, sample_tiles};
use crate::support::bucket::{Bucket, Fault};
use crate::support::command::{croplens, records};
use crate::support::stac::StacServer;

#[test]
fn every_verb_has_help() {
    for verb in [
        "", "appraise", "observe", "season", "crop", "simulate", "check", "verify", "sign", "explain",
        "tokens", "merge",
    ] {
        let verbs: Vec<&str> = Some(verb).filter(|v| !v.is_empty()).into_iter().collect();
        let output = croplens(&verbs).arg("--help").ok();
        let text = stdout(&output);
        assert!(text.contains(&format!("Usage: croplens {verb}").trim_end().to_owned()), "{verb}: {text}");
        assert!(text.lines().next().unwrap().len() > 20, "{verb} says what it does: {text}");
        assert!(stderr(&output).is_empty(), "{verb}");
        if verb.is_empty() {
            for named in [
                "appraise", "observe", "season", "crop", "simulate", "check", "verify", "sign", "explain",
                "tokens",
            ] {
                assert!(text.contains(named), "{named} is not in {text}");
            }
        }
    }
    let version = stdout(&croplens(&["--version"]).ok());
    assert_eq!(version.trim(), format!("croplens {}", env!("CARGO_PKG_VERSION")));
}

/// The one line of JSON that is all of standard output.
fn one_line(text: &str) -> Value {
    assert_eq!(text.lines().count(), 1, "{text}");
    serde_json::from_str(text).unwrap()
}

#[test]
fn json_is_one_line_on_standard_output_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let summary = one_line(&stdout(
        &sample_run("appraise").args(["--papers", "none", "--json", "--out"]).arg(&out).ok(),
    ));
    assert_eq!(summary["records"], 20);
    assert_eq!(summary["exit"], "done");
    let by_status = summary["by_status"].as_object().unwrap();
    assert_eq!(by_status.values().map(|n| n.as_u64().unwrap()).sum::<u64>(), 20);

    let table = folder.path().join("table.csv");
    let summary = one_line(&stdout(&sample_run("observe").args(["--json", "--out"]).arg(&table).ok()));
    assert_eq!(summary["plots"], 19);
    assert_eq!(summary["refused"].as_array().unwrap().len(), 1);

    let summary =
        one_line(&stdout(&sample_run("observe").args(["--json", "--dry-run", "--out"]).arg(&table).ok()));
    assert!(summary["scenes"].as_u64().unwrap() > 20);

    let series = folder.path().join("series.csv");
    std::fs::write(&series, "sample_id,date,ndvi\na,2022-04-01,0.3\na,2022-04-11,0.5\n").unwrap();
    for verb in ["season", "crop"] {
        let output =
            croplens(&[verb]).arg(&series).args(["--json", "--out"]).arg(folder.path().join("t.csv")).ok();
        assert_eq!(one_line(&stdout(&output))["samples"], 1, "{verb}");
    }
}

#[test]
fn season_writes_the_same_bytes_in_the_order_of_the_ids_whatever_the_threads() {
    let folder = tempfile::tempdir().unwrap();
    let series = folder.path().join("series.csv");
    let mut text = "sample_id,date,ndvi\n".to_owned();
    for sample in (0..40).rev() {
        for n in 0..60 {
            let day = f64::from(6 * n + sample % 7);
            let step = |x: f64| 1.0 / (1.0 + (-x).exp());
            let ndvi = 0.2 + 0.6 * step((day - 120.0) / 8.0) * step((220.0 - day) / 8.0);
            let date = croplens::series::plus_days(jiff::civil::date(2022, 1, 1), 6 * n + sample % 7);
            text.push_str(&format!("s{sample:02},{date},{ndvi:.4}\n"));
        }
    }
    std::fs::write(&series, text).unwrap();
    let with = |threads: &str| {
        let out = folder.path().join(format!("seasons{threads}.csv"));
        croplens(&["season"]).arg(&series).args(["--threads", threads, "--out"]).arg(&out).ok();
        std::fs::read_to_string(out).unwrap()
    };
    let one = with("1");
    assert_eq!(one, with("5"));
    let ids: Vec<&str> = one.lines().skip(1).filter_map(|l| l.split(',').next()).collect();
    let wanted: Vec<String> = (0..40).map(|s| format!("s{s:02}")).collect();
    assert_eq!(ids, wanted, "{one}");
    croplens(&["season"])
        .arg(&series)
        .args(["--threads", "many", "--out"])
        .arg(folder.path().join("x"))
        .exits(2);
}

#[test]
fn season_makes_no_season_of_values_too_few_or_too_far_apart() {
    let folder = tempfile::tempdir().unwrap();
    let (series, out) = (folder.path().join("series.csv"), folder.path().join("seasons.csv"));
    let told = |rows: &str| {
        std::fs::write(&series, format!("sample_id,date,ndvi\n{rows}")).unwrap();
        let output = croplens(&["season"]).arg(&series).arg("--out").arg(&out).ok();
        (std::fs::read_to_string(&out).unwrap().lines().count() - 1, stderr(&output))
    };
    let (rows, said) = told("a,1970-01-01,0.2\na,2100-12-31,0.8\n");
    assert_eq!(rows, 0, "{said}");
    assert!(said.contains("a: a season is not written: it has 1 of the 4 values"), "{said}");
    // A season that is seen, but for most of a year.
    let apart = "a,2021-01-01,0.2\na,2021-01-20,0.2\na,2021-08-10,0.8\na,2021-08-20,0.7\na,2021-09-05,0.3\na,2021-09-15,0.2\na,2021-09-25,0.2\n";
    let (rows, said) = told(apart);
    assert_eq!(rows, 0, "{said}");
    assert!(said.contains("it has 202 days without a value"), "{said}");
    // The same with three values between.
    let (rows, said) = told(&format!("{apart}a,2021-03-20,0.2\na,2021-05-20,0.3\na,2021-07-05,0.6\n"));
    assert_eq!(rows, 1, "{said}");
    assert!(!said.contains("not written"), "{said}");
}

#[test]
fn quiet_is_quiet_and_a_plain_run_leaves_standard_output_alone() {
    let folder = tempfile::tempdir().unwrap();
    let run = |flag: &str, name: &str| {
        sample_run("appraise").args(["--papers", "none", flag, "--out"]).arg(folder.path().join(name)).ok()
    };
    let quiet = run("--quiet", "quiet");
    assert_eq!((stdout(&quiet), stderr(&quiet)), (String::new(), String::new()));
    let plain = run("--fresh", "plain");
    assert_eq!(stdout(&plain), "");
    let said = stderr(&plain);
    assert!(said.contains("20 plots:") && said.contains("index.html"), "{said}");
    assert!(said.lines().count() < 40, "{said}");
    assert!(!said.contains('\u{1b}'), "no colours and bars away from a terminal: {said}");
}

#[test]
fn observe_mean_has_exactly_the_five_columns_of_a_plain_job() {
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("table.csv");
    sample_run("observe").args(["--scl-valid", "4,5", "--statistics", "mean", "--out"]).arg(&table).ok();
    let text = std::fs::read_to_string(&table).unwrap();
    assert_eq!(text.lines().next(), Some("plot_id,date,ndvi_mean,valid_fraction,pixel_count"));
    assert!(text.lines().all(|line| line.split(',').count() == 5));
    assert!(text.lines().count() > 19 * 5, "{} rows", text.lines().count());
}

#[test]
fn plots_come_from_standard_input_too() {
    let folder = tempfile::tempdir().unwrap();
    let plots = std::fs::read(sample_tiles().join("plots.geojson")).unwrap();
    let output = croplens(&["appraise", "-", "--catalog"])
        .arg(sample_tiles())
        .args(["--from", "2022-05-01", "--as-of", "2022-05-31", "--papers", "none", "--out"])
        .arg(folder.path())
        .fed(&plots);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(records(folder.path()).len(), 20);
}

#[test]
fn a_dry_run_reads_metadata_only_and_its_bound_holds() {
    let bucket = Bucket::serve(&sample_tiles());
    let stac = StacServer::start(addressed(&sample_tiles(), &public_https));
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let run = |extra: &[&str]| {
        croplens(&["appraise"])
            .arg(sample_tiles().join("plots.geojson"))
            .args(["--catalog", &stac.root(), "--s3-endpoint", &bucket.url(), "--as-of", "2022-07-20"])
            .args(["--from", "2022-05-01", "--papers", "none", "--json", "--out"])
            .arg(&out)
            .args(extra)
            .ok()
    };
    let told = one_line(&stdout(&run(&["--dry-run"])));
    assert!(!out.exists(), "a dry run writes nothing");
    let looked = bucket.seen();
    assert!(!looked.is_empty() && looked.len() <= 5 * 2 * 3, "headers of five scenes a tile: {looked:?}");
    assert!(looked.iter().all(|s| s.range.as_deref().unwrap().starts_with("bytes=0-")), "{looked:?}");

    bucket.forget();
    run(&[]);
    let (requests, bytes) = bucket.by_path().values().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    println!("dry run: {told}; the run: {requests} requests, {bytes} bytes");
    let most = |key: &str| told[key].as_u64().unwrap();
    assert!(requests <= most("requests_at_most") && bytes <= most("bytes_at_most"));
    // Half the looks are cloudy here: red and near infrared of those are not fetched.
    for (what, came, told) in [("requests", requests, most("requests")), ("bytes", bytes, most("bytes"))] {
        let ratio = came as f64 / told as f64;
        println!("{what}: {came}, told {told}, ratio {ratio:.2}");
        assert!((0.8..=1.25).contains(&ratio), "{what}: {ratio}");
    }
    assert!(told["cpu_s"].as_f64().unwrap() > 0.0 && most("memory_bytes") > 0);
}

#[test]
fn deferred_plots_end_in_exit_code_3_and_nothing_is_held_against_them() {
    let bucket = Bucket::serve(&sample_tiles());
    let stac = StacServer::start(addressed(&sample_tiles(), &public_https));
    bucket.fail("B04.tif", Fault::Status(403, "AccessDenied"), usize::MAX);
    let folder = tempfile::tempdir().unwrap();
    let output = croplens(&["appraise"])
        .arg(sample_tiles().join("plots.geojson"))
        .args(["--catalog", &stac.root(), "--s3-endpoint", &bucket.url(), "--as-of", "2022-07-20"])
        .args(["--from", "2022-06-15", "--papers", "none", "--out"])
        .arg(folder.path())
        .exits(3);
    assert!(stderr(&output).contains("run the same command again"), "{}", stderr(&output));
    for record in records(folder.path()) {
        assert_ne!(record["status"], "does_not_support", "{}", record["id"]);
    }
}
