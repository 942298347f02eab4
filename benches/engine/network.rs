//! `croplens observe` over a loopback S3 with a delay before every reply and one thin link for all bodies, beside the
//! time that the link needs for the bytes alone. On a wide link the delays of replies that follow one another count.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::FIRST;
use crate::support::archive::{addressed, public_https};
use crate::support::bucket::Bucket;
use crate::support::command::croplens;
use crate::support::stac::StacServer;

/// Delay before every reply.
const DELAY: Duration = Duration::from_millis(50);

/// Prints a row for each link, in bytes a second.
pub(super) fn run(root: &Path, plots: &Path, links: &[f64]) {
    let table = tempfile::tempdir().unwrap();
    println!("\n{} ms before every reply", DELAY.as_millis());
    println!("| link, MB/s | requests | MB | most at once | s | bytes over the link, s | times |");
    println!("|---|---|---|---|---|---|---|");
    let stac = StacServer::start(addressed(root, &public_https));
    for link in links {
        let bucket = Bucket::serve(root);
        bucket.delay(DELAY);
        bucket.bandwidth(*link);
        let begun = Instant::now();
        croplens(&["observe", "--quiet", "--statistics", "mean", "--scl-valid", "4,5", "--from"])
            .args([&FIRST.to_string(), "--as-of", "2022-12-31"])
            .arg(plots)
            .args(["--catalog", &stac.root(), "--s3-endpoint", &bucket.url(), "--out"])
            .arg(table.path().join("table.csv"))
            .ok();
        let took = begun.elapsed().as_secs_f64();
        let bytes: u64 = bucket.by_path().values().map(|(_, bytes)| bytes).sum();
        let floor = bytes as f64 / link;
        println!(
            "| {:.0} | {} | {:.1} | {} | {took:.2} | {floor:.2} | {:.2} |",
            link / 1e6,
            bucket.requests(),
            bytes as f64 / 1e6,
            bucket.peak(),
            took / floor
        );
    }
}
