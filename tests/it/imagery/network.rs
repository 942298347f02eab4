//! Blocks over the network: how many requests, and what each fault ends in.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use croplens::grid::Window;
use croplens::imagery::{Cog, Error, Imagery, Settings, decode};
use croplens::objects::{Allow, Href, Objects, ObjectsConfig, Retry, S3Config};

use super::tiffs::{Recipe, field, make, pixels_of};
use crate::support::bucket::{Bucket, Fault};

/// A bucket `scenes` with one COG of 700 x 530 pixels in 6 blocks, and a reader of it.
fn served(recipe: &Recipe) -> (tempfile::TempDir, Bucket) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("scenes")).unwrap();
    make::<u16>(&folder.path().join("scenes"), "b.tif", recipe);
    let bucket = Bucket::serve(folder.path());
    (folder, bucket)
}

fn config(bucket: &Bucket) -> ObjectsConfig {
    ObjectsConfig {
        allow: Allow { buckets: vec!["scenes".to_owned()], loopback: true, ..Allow::default() },
        s3: S3Config { endpoint: Some(bucket.url()), path_style: true, ..S3Config::default() },
        retry: Retry {
            attempts: 4,
            first_backoff: Duration::from_millis(1),
            max_backoff: Duration::from_millis(4),
            ..Retry::default()
        },
        ..ObjectsConfig::default()
    }
}

fn imagery(bucket: &Bucket) -> Imagery {
    Imagery::new(Arc::new(Objects::new(config(bucket)).unwrap()))
}

fn doors(bucket: &Bucket) -> [Href; 2] {
    ["s3://scenes/b.tif".to_owned(), format!("{}/scenes/b.tif", bucket.url())]
        .map(|t| Href::parse(&t).unwrap())
}

fn expected() -> Vec<u16> {
    (0..530).flat_map(|row| (0..700).map(move |col| field(row, col) as u16)).collect()
}

#[tokio::test]
async fn one_request_opens_a_file_and_one_fetches_each_merged_run() {
    let (_folder, bucket) = served(&Recipe::default());
    for door in doors(&bucket) {
        bucket.forget();
        let imagery = imagery(&bucket);
        // However many open it at once.
        let opened = futures::future::join_all((0..8).map(|_| imagery.open(&door))).await;
        let cog = opened.into_iter().next().unwrap().unwrap();
        assert_eq!(bucket.requests(), 1, "{door}");
        assert!(pixels_of::<u16>(&imagery, &cog).await == expected());
        assert_eq!(bucket.requests(), 2, "all blocks lie within the gap of each other");
        imagery.open(&door).await.unwrap();
        assert_eq!(bucket.requests(), 2);
        let one = cog.blocks_of(&Window { col: 300, row: 300, width: 20, height: 20 });
        assert_eq!(imagery.fetch(&cog, &one).await.unwrap().len(), 1);
        assert_eq!(bucket.requests(), 3);
    }
}

#[tokio::test]
async fn the_header_of_a_whole_sentinel_2_band_takes_one_request() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("scenes")).unwrap();
    let options = vec!["COMPRESS=DEFLATE", "PREDICTOR=YES", "BLOCKSIZE=1024", "SPARSE_OK=TRUE"];
    // Nearly all of it empty, so that it is quick to make; the header is as long as if it were full.
    let recipe = Recipe {
        size: (10_980, 10_980),
        options,
        value: |row, col| if row < 5 && col < 5 { 1 } else { 0 },
        ..Recipe::default()
    };
    make::<u8>(&folder.path().join("scenes"), "b.tif", &recipe);
    let bucket = Bucket::serve(folder.path());
    let cog = imagery(&bucket).open(&doors(&bucket)[0]).await.unwrap();
    assert_eq!(cog.blocks_of(&cog.grid().window()).len(), 121);
    assert_eq!(bucket.by_path()["/scenes/b.tif"].0, 1);
}

#[tokio::test]
async fn a_header_at_the_end_of_the_file_is_found() {
    let recipe =
        Recipe { driver: "GTiff", options: vec!["COMPRESS=DEFLATE", "BLOCKYSIZE=8"], ..Recipe::default() };
    let (folder, bucket) = served(&recipe);
    // GDAL rewrites a directory that has grown at the end of the file.
    let options =
        gdal::DatasetOptions { open_flags: gdal::GdalOpenFlags::GDAL_OF_UPDATE, ..Default::default() };
    let mut file = gdal::Dataset::open_ex(folder.path().join("scenes/b.tif"), options).unwrap();
    gdal::Metadata::set_metadata_item(&mut file, "NOTE", &"long ".repeat(2000), "").unwrap();
    drop(file);
    for door in doors(&bucket) {
        bucket.forget();
        let objects = Arc::new(Objects::new(config(&bucket)).unwrap());
        let settings = Settings { first_bytes: 1024, more_bytes: 1024, ..Settings::default() };
        let imagery = Imagery::with_settings(objects, settings);
        let cog = imagery.open(&door).await.unwrap();
        assert!((2..=5).contains(&bucket.requests()), "{} requests", bucket.requests());
        assert!(pixels_of::<u16>(&imagery, &cog).await == expected());
    }
    let objects = Arc::new(Objects::new(config(&bucket)).unwrap());
    let settings = Settings { first_bytes: 1024, max_header_bytes: 1500, ..Settings::default() };
    let error = Imagery::with_settings(objects, settings).open(&doors(&bucket)[0]).await.unwrap_err();
    assert!(matches!(error, Error::TooLarge { .. }), "{error}");
}

#[tokio::test]
async fn passing_faults_leave_the_same_pixels() {
    let (_folder, bucket) = served(&Recipe::default());
    let objects = Arc::new(Objects::new(config(&bucket)).unwrap());
    for door in doors(&bucket) {
        for fault in [
            Fault::Status(503, "SlowDown"),
            Fault::RetryAfter("0"),
            Fault::Reset,
            Fault::CutBody(1000),
            Fault::ContentLength(-7),
            Fault::ContentRange(3),
            Fault::IgnoreRange,
            Fault::IgnoreRangeChunked,
        ] {
            let imagery = Imagery::new(Arc::clone(&objects));
            bucket.fail("b.tif", fault.clone(), 2);
            let cog = imagery.open(&door).await.unwrap_or_else(|e| panic!("{fault:?}: {e}"));
            bucket.heal();
            bucket.fail("b.tif", fault.clone(), 2);
            assert!(pixels_of::<u16>(&imagery, &cog).await == expected(), "{door} {fault:?}");
            bucket.heal();
        }
    }
}

#[tokio::test]
async fn a_failure_to_open_is_not_remembered() {
    let (_folder, bucket) = served(&Recipe::default());
    let [door, _] = doors(&bucket);
    let imagery = imagery(&bucket);
    bucket.fail("b.tif", Fault::Status(404, "NoSuchKey"), 1);
    assert!(imagery.open(&door).await.unwrap_err().is_missing());
    bucket.fail("b.tif", Fault::Status(503, "SlowDown"), 4);
    assert!(imagery.open(&door).await.unwrap_err().is_transient());
    assert!(imagery.open(&door).await.is_ok());
}

/// Fetches and decodes all blocks.
async fn read(imagery: &Imagery, cog: &Cog) -> Result<Vec<u16>, Error> {
    let blocks = imagery.fetch(cog, &cog.blocks_of(&cog.grid().window())).await?;
    let (mut all, mut out) = (Vec::new(), Vec::new());
    for block in &blocks {
        decode(cog, block, &mut out)?;
        all.append(&mut out);
    }
    Ok(all)
}

#[tokio::test]
async fn a_damaged_block_is_told_and_a_fresh_start_helps() {
    let (folder, bucket) = served(&Recipe::default());
    let len = std::fs::metadata(folder.path().join("scenes/b.tif")).unwrap().len();
    let imagery = imagery(&bucket);
    let cog = imagery.open(&doors(&bucket)[0]).await.unwrap();
    let good = read(&imagery, &cog).await.unwrap();
    // The last bytes of a COG belong to its last full-resolution block (and 4 bytes of GDAL's trailer).
    bucket.fail("b.tif", Fault::Corrupt(len - 2000), 1);
    let error = read(&imagery, &cog).await.unwrap_err();
    assert!(matches!(error, Error::Corrupt { .. }), "{error}");
    assert!(error.is_worth_a_restart() && !error.is_transient());
    assert_eq!(read(&imagery, &cog).await.unwrap(), good);
}

#[tokio::test]
async fn a_truncated_file_loses_only_the_blocks_that_are_cut_off() {
    let (folder, bucket) = served(&Recipe::default());
    let path = folder.path().join("scenes/b.tif");
    let len = std::fs::metadata(&path).unwrap().len();
    std::fs::File::options().write(true).open(&path).unwrap().set_len(len - 5000).unwrap();
    let imagery = imagery(&bucket);
    let cog = imagery.open(&doors(&bucket)[0]).await.unwrap();
    let all = cog.blocks_of(&cog.grid().window());
    let (last, others) = all.split_last().unwrap();
    let error = imagery.fetch(&cog, &[*last]).await.unwrap_err();
    assert!(matches!(error, Error::Truncated { .. }) && !error.is_transient(), "{error}");
    let mut out: Vec<u16> = Vec::new();
    for block in imagery.fetch(&cog, &others[..3]).await.unwrap() {
        decode(&cog, &block, &mut out).unwrap();
    }
}

#[tokio::test]
async fn a_file_replaced_between_header_and_blocks_starts_afresh() {
    let (folder, bucket) = served(&Recipe::default());
    let path = folder.path().join("scenes");
    for door in doors(&bucket).into_iter().chain([Href::File(path.join("b.tif"))]) {
        make::<u16>(&path, "b.tif", &Recipe::default());
        let mut config = config(&bucket);
        config.allow.roots = vec![folder.path().to_owned()];
        let imagery = Imagery::new(Arc::new(Objects::new(config).unwrap()));
        let old = imagery.open(&door).await.unwrap();
        replace(&path);
        let error = read(&imagery, &old).await.unwrap_err();
        assert!(error.is_worth_a_restart(), "{door}: {error}");
        assert!(error.to_string().contains("replaced"), "{error}");
        let new = imagery.open(&door).await.unwrap();
        assert_eq!((new.grid().width, new.grid().height), (300, 200));
        assert_eq!(read(&imagery, &new).await.unwrap().len(), 300 * 200);
    }
}

fn replace(folder: &Path) {
    make::<u16>(folder, "new.tif", &Recipe { size: (300, 200), ..Recipe::default() });
    std::fs::rename(folder.join("new.tif"), folder.join("b.tif")).unwrap();
}

#[tokio::test]
async fn remembered_headers_are_bounded() {
    let (folder, bucket) = served(&Recipe::default());
    let objects = Arc::new(Objects::new(config(&bucket)).unwrap());
    let imagery = Imagery::with_settings(objects, Settings { headers: 2, ..Settings::default() });
    for name in ["c.tif", "d.tif"] {
        std::fs::copy(folder.path().join("scenes/b.tif"), folder.path().join("scenes").join(name)).unwrap();
    }
    let open =
        async |name: &str| imagery.open(&Href::parse(&format!("s3://scenes/{name}")).unwrap()).await.unwrap();
    for name in ["b.tif", "c.tif", "b.tif", "d.tif", "b.tif"] {
        open(name).await;
    }
    assert_eq!(bucket.requests(), 3, "b.tif was used last and stays");
    open("c.tif").await;
    assert_eq!(bucket.requests(), 4);
}
