//! A thousand plots on one tile-date: every byte is asked for once.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

use serde_json::Value;

use crate::support::archive::{addressed, json, public_https};
use crate::support::bucket::{Bucket, Seen};
use crate::support::command::{croplens, records};
use crate::support::stac::StacServer;

/// A tile of 27 x 27 km with a thousand plots on one clear date, made once.
fn archive() -> &'static Path {
    static MADE: OnceLock<tempfile::TempDir> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        croplens(&["simulate", "--tiles", "1", "--size", "2744", "--plots", "1000"])
            .args(["--from", DAY, "--to", DAY, "--out"])
            .arg(folder.path())
            .ok();
        folder
    });
    made.path()
}

/// A truly clear overpass of the simulated weather.
const DAY: &str = "2022-06-11";

/// First and last byte of a request.
fn range(seen: &Seen) -> (u64, u64) {
    let text = seen.range.as_deref().unwrap_or_else(|| panic!("{} was asked for whole", seen.path));
    let (from, to) = text.strip_prefix("bytes=").unwrap().split_once('-').unwrap();
    (from.parse().unwrap(), to.parse().unwrap())
}

#[test]
fn a_thousand_plots_on_one_date_fetch_and_decode_every_block_once() {
    let root = archive();
    let bucket = Bucket::serve(root);
    let stac = StacServer::start(addressed(root, &public_https));
    let out = tempfile::tempdir().unwrap();
    let run = |extra: &[&str]| {
        croplens(&["appraise"])
            .arg(root.join("plots.geojson"))
            .args(["--catalog", &stac.root(), "--s3-endpoint", &bucket.url()])
            .args(["--as-of", "2022-11-13", "--papers", "none", "--quiet", "--json"])
            .args(extra)
            .arg("--out")
            .arg(out.path())
            .ok()
    };
    let bound: Value = serde_json::from_slice(&run(&["--dry-run"]).stdout).unwrap();
    bucket.forget();
    let summary: Value = serde_json::from_slice(&run(&[]).stdout).unwrap();

    // Every plot has its row, and was seen.
    let records = records(out.path());
    assert_eq!(records.len(), 1000);
    let seen_once = records.iter().filter(|r| r["scenes_usable"] == 1).count();
    println!("{seen_once} plots seen, {}", summary["by_status"]);
    assert!(seen_once > 950, "{seen_once} plots were seen");

    let mut by_path: BTreeMap<String, Vec<(u64, u64)>> = BTreeMap::new();
    let requests = bucket.seen();
    for one in &requests {
        assert_eq!(one.status, 206, "{one:?}");
        by_path.entry(one.path.clone()).or_default().push(range(one));
    }
    let scenes = records[0]["scenes_found"].as_u64().unwrap();
    assert_eq!(by_path.len() as u64, 3 * scenes, "red, near infrared and classes: {:?}", by_path.keys());
    let mut fetched = 0;
    for (path, ranges) in &mut by_path {
        let heads = ranges.iter().filter(|r| r.0 == 0).count();
        assert_eq!(heads, 1, "{path}: {heads} requests for its header");
        ranges.retain(|r| r.0 != 0);
        ranges.sort_unstable();
        for pair in ranges.windows(2) {
            assert!(pair[0].1 < pair[1].0, "{path}: {pair:?} overlap");
        }
        let bytes: u64 = ranges.iter().map(|(from, to)| to - from + 1).sum();
        let size = std::fs::metadata(root.join(path.trim_start_matches('/'))).unwrap().len();
        println!("{path}: 1 header, {} further requests, {bytes} of {size} bytes", ranges.len());
        assert!(ranges.len() as u64 <= 2 + size / (8 << 20), "{path}: {} requests", ranges.len());
        assert!(bytes <= size);
        fetched += bytes;
    }
    // What was promised holds, and is what the blocks take.
    let (most_requests, most_bytes) =
        (bound["requests_at_most"].as_u64().unwrap(), bound["bytes_at_most"].as_u64().unwrap());
    println!(
        "{} requests (at most {most_requests}), {fetched} bytes of blocks (at most {most_bytes})",
        requests.len()
    );
    assert!(requests.len() as u64 <= most_requests);
    assert!(fetched <= most_bytes);
    let (about_requests, about_bytes) =
        (bound["requests"].as_u64().unwrap(), bound["bytes"].as_u64().unwrap());
    println!("expected: {about_requests} requests, {about_bytes} bytes with headers");
    let ratio = fetched as f64 / about_bytes as f64;
    assert!((0.8..=1.25).contains(&ratio), "{fetched} of {about_bytes}");

    let blocks = json(&out.path().join("run.json"))["traffic"]["blocks"].as_u64().unwrap();
    let most = blocks_of(root);
    println!("{blocks} blocks decoded of {most} in the files");
    assert!(blocks <= most && blocks > most / 2);
}

/// Blocks of full resolution in all rasters, as GDAL counts them.
fn blocks_of(root: &Path) -> u64 {
    let rasters = crate::support::archive::files(root);
    let tifs = rasters.iter().filter(|f| f.extension().is_some_and(|e| e == "tif"));
    tifs.map(|file| {
        let dataset = gdal::Dataset::open(root.join(file)).unwrap();
        let (width, height) = dataset.rasterband(1).unwrap().block_size();
        let (across, down) = dataset.raster_size();
        (across.div_ceil(width) * down.div_ceil(height)) as u64
    })
    .sum()
}
