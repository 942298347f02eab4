//! Tests of `objects`: one suite, S3 and plain HTTP, against a loopback server that misbehaves.

mod faults;
mod files;
mod hostile;
mod requests;

use std::path::Path;
use std::time::Duration;

use croplens::objects::{Allow, Href, Objects, ObjectsConfig, Retry, S3Config, Timeouts};

use crate::support::bucket::Bucket;

/// Length of the object that the tests read.
const LEN: usize = 300_000;

/// Its bytes: no two places look alike.
fn content() -> Vec<u8> {
    (0..LEN as u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
}

/// A bucket `scenes` with one object `a/b.tif`.
fn bucket() -> (tempfile::TempDir, Bucket) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("scenes/a")).unwrap();
    std::fs::write(folder.path().join("scenes/a/b.tif"), content()).unwrap();
    let bucket = Bucket::serve(folder.path());
    (folder, bucket)
}

/// Settings of which a test needs only milliseconds.
fn quick(bucket: &Bucket) -> ObjectsConfig {
    ObjectsConfig {
        allow: Allow { buckets: vec!["scenes".to_owned()], loopback: true, ..Allow::default() },
        s3: S3Config { endpoint: Some(bucket.url()), path_style: true, ..S3Config::default() },
        timeouts: Timeouts {
            connect: Duration::from_secs(2),
            read: Duration::from_secs(2),
            total: Duration::from_secs(20),
        },
        retry: Retry {
            attempts: 4,
            first_backoff: Duration::from_millis(1),
            max_backoff: Duration::from_millis(4),
            retry_after_cap: Duration::from_millis(20),
            budget: 1000,
        },
        ..ObjectsConfig::default()
    }
}

/// As [`quick`], where silence of 150 ms is too long.
fn impatient(bucket: &Bucket) -> ObjectsConfig {
    let mut config = quick(bucket);
    config.timeouts.read = Duration::from_millis(150);
    config.timeouts.connect = Duration::from_millis(150);
    config
}

fn objects(config: ObjectsConfig) -> Objects {
    Objects::new(config).unwrap()
}

fn href(text: &str) -> Href {
    Href::parse(text).unwrap()
}

/// The object by both doors.
fn both(bucket: &Bucket) -> [Href; 2] {
    [href("s3://scenes/a/b.tif"), href(&format!("{}/scenes/a/b.tif", bucket.url()))]
}

fn local(folder: &Path) -> Objects {
    let allow = Allow { roots: vec![folder.to_owned()], ..Allow::default() };
    objects(ObjectsConfig { allow, ..ObjectsConfig::default() })
}
