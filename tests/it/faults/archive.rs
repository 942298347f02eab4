//! A bucket that misbehaves, by S3 and by plain HTTP.

use std::time::Duration;

use super::village::{CLEAR_EAST, Door, Village, status};
use crate::support::bucket::Fault;

/// Faults that one more request overcomes.
fn passing() -> Vec<(Fault, usize)> {
    vec![
        (Fault::Status(503, "ServiceUnavailable"), 2),
        (Fault::Status(503, "SlowDown"), 2),
        (Fault::Status(500, "InternalError"), 1),
        (Fault::RetryAfter("0"), 1),
        (Fault::Reset, 2),
        (Fault::StallHeaders, 1),
        (Fault::StallBody(200), 1),
        (Fault::CutBody(200), 2),
        (Fault::ContentLength(9), 1),
        (Fault::ContentRange(5), 1),
        (Fault::NoContentRange, 1),
        (Fault::IgnoreRange, 1),
        (Fault::IgnoreRangeChunked, 1),
        (Fault::Corrupt(0), 1),
    ]
}

fn passing_faults_leave_no_trace(door: Door) {
    let village = Village::with_papers(door);
    let files = CLEAR_EAST.iter().flat_map(|scene| ["B04", "B08", "SCL"].map(|b| format!("{scene}/{b}.tif")));
    let faults = passing();
    for (file, (fault, times)) in files.zip(&faults) {
        village.bucket.fail(&file, fault.clone(), *times);
    }
    // A block's bytes are turned once, in the reply that holds the header and the block; the file is asked for anew.
    let last = format!("{}/SCL.tif", CLEAR_EAST[5]);
    let length = std::fs::metadata(village.file(CLEAR_EAST[5], "SCL.tif")).unwrap().len();
    village.bucket.fail(&last, Fault::Corrupt(length - 20), 1);
    let hurt = village.hurt("passing", 0);
    village.as_unbroken("passing");
    let retries = hurt.manifest["traffic"]["retries"].as_u64().unwrap();
    assert!(retries >= 14, "{retries} retries");
    println!("{} passing faults by {door:?}: {retries} retries", faults.len() + 1);
}

#[test]
fn passing_faults_leave_no_trace_by_s3() {
    passing_faults_leave_no_trace(Door::S3);
}

#[test]
fn passing_faults_leave_no_trace_by_http() {
    passing_faults_leave_no_trace(Door::Http);
}

fn lasting_faults_defer_the_plots_they_concern(door: Door) {
    let village = Village::new(door);
    let scene = CLEAR_EAST[1];
    let length = |name: &str| std::fs::metadata(village.file(scene, name)).unwrap().len();
    let middle = length("B04.tif") - 40;
    let cases = [
        ("503", "B04.tif", Fault::Status(503, "ServiceUnavailable"), "503"),
        ("SlowDown", "SCL.tif", Fault::Status(503, "SlowDown"), "503"),
        ("403", "B08.tif", Fault::Status(403, "AccessDenied"), "denied"),
        ("reset", "SCL.tif", Fault::Reset, "connection"),
        ("stall before headers", "B04.tif", Fault::StallHeaders, "timed out"),
        ("stall in the body", "B08.tif", Fault::StallBody(40), "timed out"),
        ("body cut", "B04.tif", Fault::CutBody(40), ""),
        ("wrong length", "SCL.tif", Fault::ContentLength(9), ""),
        ("wrong range", "B08.tif", Fault::ContentRange(3), "wrong"),
        ("header damaged", "B04.tif", Fault::Corrupt(0), "header"),
        ("block damaged", "B04.tif", Fault::Corrupt(middle), "corrupt"),
        ("redirect", "SCL.tif", Fault::Redirect("http://169.254.169.254/".to_owned()), "redirect"),
    ];
    for (name, file, fault, cause) in cases {
        let name = format!("{name} by {door:?}");
        village.bucket.fail(&format!("{scene}/{file}"), fault, usize::MAX);
        let hurt = village.hurt(&name, 3);
        let said = hurt.cause(scene);
        assert!(said.contains(cause) && said.contains(file), "{name}: {said}");
        assert!(hurt.with_reason("SRC_READ_FAILED") > 0, "{name}");
        village.bucket.heal();
        village.finish(&name, true);
        village.clear();
    }
}

#[test]
fn lasting_faults_defer_the_plots_they_concern_by_s3() {
    lasting_faults_defer_the_plots_they_concern(Door::S3);
}

#[test]
fn lasting_faults_defer_the_plots_they_concern_by_http() {
    lasting_faults_defer_the_plots_they_concern(Door::Http);
}

#[test]
fn a_missing_file_is_as_a_cloudy_day_and_is_asked_for_again() {
    for door in [Door::S3, Door::Http] {
        let village = Village::with_papers(door);
        for (scene, file) in [(CLEAR_EAST[1], "B08.tif"), (CLEAR_EAST[4], "SCL.tif")] {
            village.bucket.fail(&format!("{scene}/{file}"), Fault::Status(404, "NoSuchKey"), usize::MAX);
        }
        let hurt = village.hurt("missing", 0);
        for scene in [CLEAR_EAST[1], CLEAR_EAST[4]] {
            assert!(hurt.cause(scene).contains("no such object"), "{}", hurt.cause(scene));
        }
        assert!(hurt.with_reason("SRC_ASSET_MISSING") > 0);
        village.bucket.heal();
        village.finish(&format!("missing by {door:?}"), true);
    }
}

#[test]
fn an_archive_that_is_down_defers_every_plot() {
    for (door, fault) in [(Door::S3, Fault::Status(503, "ServiceUnavailable")), (Door::Http, Fault::Reset)] {
        let village = Village::with_papers(door);
        village.bucket.fail("", fault, usize::MAX);
        let hurt = village.hurt("down", 3);
        let deferred = hurt.manifest["deferred"].as_array().unwrap().len();
        let refused = hurt.records.iter().filter(|r| status(r) == "not_appraised").count();
        assert_eq!(deferred + refused, hurt.records.len());
        // Each scene's red band is asked for, and nothing of a scene again that did not answer.
        let scenes = hurt.manifest["scenes"]["found"].as_u64().unwrap();
        let requests = hurt.manifest["traffic"]["requests"].as_u64().unwrap();
        assert!(requests <= 3 * scenes + 10, "{requests} requests for {scenes} scenes");
        village.bucket.heal();
        village.finish(&format!("down by {door:?}"), false);
    }
}

#[test]
fn a_slow_archive_is_only_slow() {
    let village = Village::new(Door::S3);
    village.bucket.fail(&format!("{}/SCL.tif", CLEAR_EAST[1]), Fault::Drip(Duration::from_micros(200)), 1);
    village.hurt("drip", 0);
    village.as_unbroken("drip");
}

#[test]
fn what_is_missing_is_asked_for_and_no_more() {
    let village = Village::of_blocks(Door::S3);
    let scene = village.an_eastern_scene();
    village.bucket.fail(&format!("{scene}/B04.tif"), Fault::Status(503, "ServiceUnavailable"), usize::MAX);
    let hurt = village.hurt("one scene down", 3);
    let deferred = hurt.with_reason("SRC_READ_FAILED");
    assert!(deferred > 0 && deferred < hurt.records.len() / 2, "{deferred} deferred: not some, but not most");
    village.bucket.heal();
    village.finish_with_less("one scene down");
}
