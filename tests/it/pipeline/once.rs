//! A thousand plots on one tile-date: every byte is asked for once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, OnceLock};

use croplens::imagery::Imagery;
use croplens::intake::{self, Limits};
use croplens::objects::{Allow, Href, Objects, ObjectsConfig};
use croplens::zonal::Footprint;
use serde_json::Value;

use crate::support::archive::{addressed, json, public_https};
use crate::support::bucket::{Bucket, Seen};
use crate::support::command::{croplens, records};
use crate::support::stac::StacServer;

/// A tile of 27 x 27 km with a thousand plots on one clear date, made once.
pub(super) fn archive() -> &'static Path {
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
pub(super) const DAY: &str = "2022-06-11";

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
            // Neighbours within 256 KiB share a request, up to 8 MiB: one request for each merged run.
            let could_share = pair[1].0 - pair[0].1 <= 256 << 10 && pair[1].1 - pair[0].0 < 8 << 20;
            assert!(!could_share, "{path}: {pair:?} could have been one request");
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

/// Pixels of a raster's first band, its columns and its block's side.
fn pixels(path: &Path) -> (Vec<u8>, usize, usize) {
    let dataset = gdal::Dataset::open(path).unwrap();
    let band = dataset.rasterband(1).unwrap();
    let (width, height) = dataset.raster_size();
    let data = band.read_as::<u8>((0, 0), (width, height), (width, height), None).unwrap();
    (data.data().to_vec(), width, band.block_size().0)
}

#[test]
fn a_village_fetches_the_blocks_with_a_readable_pixel_and_no_byte_more() {
    let root = archive();
    let bucket = Bucket::serve(root);
    bucket.delay(std::time::Duration::from_millis(50));
    village(root, &bucket);

    let objects = Objects::new(ObjectsConfig {
        allow: Allow { roots: vec![root.to_owned()], ..Allow::default() },
        ..ObjectsConfig::default()
    });
    let imagery = Imagery::new(Arc::new(objects.unwrap()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let plots = intake::read(few(root).to_string().as_bytes(), &Limits::default()).unwrap();
    let (mut files, mut skipped) = (0, 0);
    for (path, (requests, bytes)) in bucket.by_path() {
        let file = root.join(path.trim_start_matches('/'));
        let cog = runtime.block_on(imagery.open(&Href::parse(file.to_str().unwrap()).unwrap())).unwrap();
        let is_scl = path.ends_with("SCL.tif");
        let (classes, across, _) = pixels(&file.with_file_name("SCL.tif"));
        let side = cog.block_size().0;
        let mut needed = BTreeSet::new();
        for plot in plots.plots() {
            let metres = croplens::crs::project(&plot.geometry, cog.grid().epsg).unwrap();
            let ratio = if is_scl { 1 } else { 2 };
            for (row, col, _) in Footprint::new(&metres, cog.grid()).unwrap().cells() {
                let class = classes[row / ratio * across + col / ratio];
                if is_scl || [4, 5].contains(&class) {
                    needed.insert(row / side * cog.grid().width.div_ceil(side) + col / side);
                }
            }
        }
        let blocks: Vec<_> = needed.iter().filter_map(|number| cog.block(*number)).collect();
        let cost = imagery.cost(&cog, &blocks);
        println!("{path}: {} blocks needed, {requests} requests, {bytes} bytes", blocks.len());
        assert_eq!((requests, bytes), (cost.requests, cost.bytes), "{path}");
        files += 1;
        skipped += usize::from(cost.requests == 1 && !is_scl);
    }
    println!(
        "{files} files, {skipped} of them opened for nothing, at most {} requests at once",
        bucket.peak()
    );
    assert!(files >= 3);
}

/// Twenty plots of the archive.
fn few(root: &Path) -> Value {
    let mut plots = json(&root.join("plots.geojson"));
    plots["features"].as_array_mut().unwrap().truncate(20);
    plots
}

/// Twenty plots observed through this bucket: the table, and what was asked for.
fn village(root: &Path, bucket: &Bucket) -> (Vec<u8>, Vec<(String, u64, u64)>) {
    let stac = StacServer::start(addressed(root, &public_https));
    let folder = tempfile::tempdir().unwrap();
    let (plots, table) = (folder.path().join("plots.json"), folder.path().join("table.csv"));
    std::fs::write(&plots, few(root).to_string()).unwrap();
    croplens(&["observe", "--quiet", "--statistics", "mean", "--scl-valid", "4,5"])
        .args(["--from", DAY, "--as-of", DAY])
        .arg(&plots)
        .args(["--catalog", &stac.root(), "--s3-endpoint", &bucket.url(), "--out"])
        .arg(&table)
        .ok();
    let asked = bucket.seen().into_iter().map(|seen| {
        let (from, to) = range(&seen);
        (seen.path, from, to)
    });
    let mut asked: Vec<_> = asked.collect();
    asked.sort();
    (std::fs::read(table).unwrap(), asked)
}

#[test]
fn a_thin_link_costs_time_and_nothing_else() {
    let root = archive();
    let (wide, thin) = (Bucket::serve(root), Bucket::serve(root));
    thin.delay(std::time::Duration::from_millis(50));
    thin.bandwidth(1e6);
    let (table, asked) = village(root, &wide);
    let begun = std::time::Instant::now();
    let (table_thin, asked_thin) = village(root, &thin);
    let bytes: u64 = asked_thin.iter().map(|(_, from, to)| to - from + 1).sum();
    println!(
        "{} requests, {bytes} bytes, {:.1} s, at most {} at once",
        asked_thin.len(),
        begun.elapsed().as_secs_f64(),
        thin.peak()
    );
    assert!(table == table_thin, "the link changed the table");
    // Nothing is given up, asked for twice, or asked for in other pieces.
    assert_eq!(asked, asked_thin);
    let table = String::from_utf8(table).unwrap();
    let seen = table.lines().skip(1).filter(|row| row.split(',').nth(2).is_some_and(|v| !v.is_empty()));
    // Nine of the twenty lie on another raster or have no outline.
    assert_eq!(seen.count(), 11);
    // Pipelined, and yet a server never meets a crowd.
    assert!(thin.peak() > 1, "one request after the other");
    assert!(thin.peak() <= 24, "{} requests at once", thin.peak());
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
