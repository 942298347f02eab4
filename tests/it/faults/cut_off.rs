//! Runs that are killed: nothing half-written stays, and the next run ends as if nothing had been.

use std::time::Duration;

use super::village::{CLEAR_EAST, Door, Village};
use crate::support::bucket::Fault;
use crate::support::command::records;

/// Waits for something that another process does.
fn wait_for(what: &str, mut happened: impl FnMut() -> bool) {
    for _ in 0..20_000 {
        if happened() {
            return;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    panic!("waited in vain for {what}");
}

#[test]
fn a_run_killed_while_it_reads_leaves_nothing_and_is_made_up_for() {
    let village = Village::with_papers(Door::S3);
    village.bucket.forget();
    village.bucket.delay(Duration::from_millis(5));
    let mut child = village.start();
    wait_for("200 requests", || village.bucket.requests() > 200);
    child.kill().unwrap();
    child.wait().unwrap();
    village.bucket.delay(Duration::ZERO);
    assert!(!village.out().join("records.jsonl").exists() && !village.out().join("run.json").exists());
    village.finish("killed while reading", false);
}

#[test]
fn a_run_killed_while_it_writes_leaves_only_whole_files_and_is_made_up_for() {
    let village = Village::with_papers(Door::S3);
    let files = ["plots/DEMO-01/series.svg", "timeseries.csv", "records.jsonl", "index.html"];
    for file in files {
        let mut child = village.start();
        wait_for(file, || village.out().join(file).exists());
        child.kill().unwrap();
        child.wait().unwrap();
        if village.out().join("records.jsonl").exists() {
            assert_eq!(records(&village.out()).len(), 20, "{file}");
        }
        village.run().ok();
        village.as_unbroken(file);
        village.clear();
    }
}

#[test]
fn a_second_run_that_is_killed_loses_nothing_of_the_first() {
    let village = Village::with_papers(Door::S3);
    village.bucket.fail(&format!("{}/B04.tif", CLEAR_EAST[1]), Fault::Reset, usize::MAX);
    village.hurt("first run", 3);
    village.bucket.heal();
    let before = std::fs::read(village.out().join("records.jsonl")).unwrap();
    village.bucket.forget();
    village.bucket.delay(Duration::from_millis(5));
    let mut child = village.start();
    wait_for("50 requests", || village.bucket.requests() > 50);
    child.kill().unwrap();
    child.wait().unwrap();
    village.bucket.delay(Duration::ZERO);
    assert!(std::fs::read(village.out().join("records.jsonl")).unwrap() == before);
    village.finish("second run killed", true);
}

#[test]
fn results_that_were_touched_are_made_anew() {
    let village = Village::with_papers(Door::S3);
    let damages: [(&str, &[u8]); 3] =
        [("timeseries.parquet", b"PAR1"), ("records.jsonl", b"{}\n"), ("run.json", b"")];
    for (file, bytes) in damages {
        village.run().ok();
        let path = village.out().join(file);
        if bytes.is_empty() {
            std::fs::remove_file(&path).unwrap();
        } else {
            std::fs::write(&path, bytes).unwrap();
        }
        village.run().ok();
        village.as_unbroken(file);
        assert_eq!(village.manifest()["plots"]["reused"], 0, "{file}");
        village.clear();
    }
    // Untouched, everything is taken over and nothing is asked for.
    village.run().ok();
    village.run().ok();
    assert_eq!(village.manifest()["plots"]["reused"], 19);
    assert_eq!(village.manifest()["traffic"]["requests"], 0);
    village.as_unbroken("untouched");
}
