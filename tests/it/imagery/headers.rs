//! Headers that are unusual, wrong or hostile.

use croplens::grid::Epsg;
use croplens::imagery::{Cog, Dtype, Error, Imagery, Settings};
use proptest::prelude::*;

use super::tiffs::{Handmade, Recipe, href, make, objects, pixels_of};

/// Opens the bytes as a file; first requests of 64 bytes, so that headers come in pieces.
async fn open(bytes: &[u8]) -> Result<(Imagery, std::sync::Arc<Cog>, tempfile::TempDir), Error> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    std::fs::write(&path, bytes).unwrap();
    let settings = Settings { first_bytes: 64, more_bytes: 16, ..Settings::default() };
    let imagery = Imagery::with_settings(objects(folder.path()), settings);
    let cog = imagery.open(&href(&path)).await?;
    Ok((imagery, cog, folder))
}

async fn refusal(file: &Handmade) -> String {
    match open(&file.bytes()).await {
        Ok(_) => panic!("{file:?} was accepted"),
        Err(e) => {
            assert!(!e.is_transient() && !e.is_missing() && e.to_string().contains("a.tif"), "{e}");
            e.to_string()
        }
    }
}

#[tokio::test]
async fn handmade_files_in_every_dialect_are_read() {
    for (big_endian, big_tiff, directory_at) in
        [(false, false, 0), (true, false, 0), (false, true, 0), (true, true, 0), (false, false, 90_000)]
    {
        let file = Handmade { big_endian, big_tiff, directory_at, ..Handmade::default() };
        let (imagery, cog, _folder) = open(&file.bytes()).await.unwrap();
        let grid = cog.grid();
        assert_eq!((grid.epsg, grid.x0, grid.y0), (Epsg(32736), 500_000.0, 100_000.0));
        assert_eq!((grid.dx, grid.dy, grid.width, grid.height), (10.0, 10.0, 4, 3));
        assert_eq!(cog.dtype(), Dtype::U8);
        assert_eq!(pixels_of::<u8>(&imagery, &cog).await, [0, 1, 2, 3, 16, 17, 18, 19, 32, 33, 34, 35]);
    }
}

#[tokio::test]
async fn a_transformation_without_rotation_is_a_georeference_too() {
    let matrix =
        |row: f64, dy: f64| [10., row, 0., 500_000., 0., dy, 0., 100_000., 0., 0., 0., 0., 0., 0., 0., 1.];
    let plain = Handmade::default().without(33550).without(33922);
    let (_, cog, _folder) = open(&plain.clone().set(34264, 12, &matrix(0.0, -20.0)).bytes()).await.unwrap();
    assert_eq!((cog.grid().x0, cog.grid().y0, cog.grid().dy), (500_000.0, 100_000.0, 20.0));
    assert!(refusal(&plain.clone().set(34264, 12, &matrix(0.1, -20.0))).await.contains("rotated"));
    assert!(refusal(&plain.clone().set(34264, 12, &matrix(0.0, 20.0))).await.contains("pixels of"));
    assert!(refusal(&plain).await.contains("where it lies"));
    // The tie point need not be the first pixel, and may be a pixel's centre.
    let tie = [2.0, 1.0, 0.0, 500_020.0, 99_990.0, 0.0];
    let (_, cog, _folder) = open(&Handmade::default().set(33922, 12, &tie).bytes()).await.unwrap();
    assert_eq!((cog.grid().x0, cog.grid().y0), (500_000.0, 100_000.0));
    let point = [1., 1., 0., 3., 1024., 0., 1., 1., 1025., 0., 1., 2., 3072., 0., 1., 32736.];
    let (_, cog, _folder) = open(&Handmade::default().set(34735, 3, &point).bytes()).await.unwrap();
    assert_eq!((cog.grid().x0, cog.grid().y0), (499_995.0, 100_005.0));
}

#[tokio::test]
async fn what_is_not_supported_is_named() {
    let base = Handmade::default;
    let keys =
        |model, unit, epsg| [1., 1., 0., 3., 1024., 0., 1., model, 3076., 0., 1., unit, 3072., 0., 1., epsg];
    let cases = [
        (base().set(259, 3, &[5.0]), "LZW compression is not supported"),
        (base().set(259, 3, &[50_000.0]), "ZSTD"),
        (base().set(259, 3, &[7.0]), "JPEG"),
        (base().set(259, 3, &[999.0]), "compression 999"),
        (base().set(258, 3, &[32.0]).set(339, 3, &[3.0]), "32-bit floating-point"),
        (base().set(258, 3, &[16.0]).set(339, 3, &[2.0]), "16-bit signed"),
        (base().set(258, 3, &[12.0]), "12-bit unsigned"),
        (base().set(277, 3, &[3.0]), "3 bands"),
        (base().set(259, 3, &[8.0]).set(317, 3, &[3.0]), "predictor 3"),
        (base().set(266, 3, &[2.0]), "bit order"),
        (base().set(254, 4, &[1.0]), "overview"),
        (base().set(34735, 3, &keys(2., 9001., 4326.)), "degrees"),
        (base().set(34735, 3, &keys(1., 9002., 32736.)), "EPSG:9002"),
        (base().set(34735, 3, &keys(1., 9001., 32767.)), "without an EPSG code"),
        (base().set(33922, 12, &[0.0; 12]), "several tie points"),
    ];
    for (file, what) in cases {
        let text = refusal(&file).await;
        assert!(text.contains(what) && text.contains("not supported"), "{text}");
    }
    let jp2 = b"\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x14ftypjp2 ";
    let Err(error) = open(jp2).await else { panic!() };
    assert!(matches!(&error, Error::Unsupported { what, .. } if what == "JPEG 2000"), "{error}");
}

#[tokio::test]
async fn gdal_files_of_other_kinds_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let with = |options| Recipe { driver: "GTiff", options, ..Recipe::default() };
    let imagery = Imagery::new(objects(folder.path()));
    let lzw = make::<u16>(folder.path(), "lzw.tif", &with(vec!["COMPRESS=LZW"]));
    let wide = make::<u32>(folder.path(), "wide.tif", &with(vec![]));
    for (path, what) in [(lzw, "LZW"), (wide, "32-bit unsigned")] {
        let error = imagery.open(&href(&path)).await.unwrap_err();
        assert!(matches!(&error, Error::Unsupported { what: w, .. } if w.contains(what)), "{error}");
    }
}

#[tokio::test]
async fn headers_that_lie_are_refused_before_anything_is_sized_by_them() {
    let base = Handmade::default;
    let cases = [
        (base().set(256, 4, &[4e9]), "at most 65536 a side"),
        (base().set(257, 4, &[65_537.0]), "at most 65536 a side"),
        (base().set(256, 3, &[0.0]), "no pixels"),
        (base().set(322, 4, &[4e9]).set(323, 4, &[4e9]), "blocks of"),
        (base().set(322, 4, &[65_536.0]).set(323, 4, &[65_536.0]), "blocks of"),
        (base().set(322, 3, &[0.0]), "blocks have no pixels"),
        (
            base().set(256, 4, &[65_536.0]).set(257, 4, &[65_536.0]).set(322, 3, &[1.0]).set(323, 3, &[1.0]),
            "blocks",
        ),
        (base().set(256, 3, &[17.0]), "places for 2 blocks"),
        (base().set(324, 4, &[8.0, 8.0, 8.0]), "tag 324 has 3 values, at most 1"),
        (base().set(325, 4, &[4e9]), "a block of 4000000000 bytes"),
        (base().set(324, 4, &[2.0]), "inside the header"),
        (base().without(256), "tag 256 is missing"),
        (base().set(256, 12, &[4.0]), "tag 256 does not hold whole numbers"),
        (base().set(33550, 12, &[0.0, 10.0, 0.0]), "pixels of 0 by 10"),
        (base().set(33550, 12, &[f64::NAN, 10.0, 0.0]), "pixels of NaN"),
        (base().set(33550, 12, &[10.0, f64::INFINITY, 0.0]), "inf"),
        (base().set(33550, 12, &[-10.0, 10.0, 0.0]), "pixels of -10"),
        (base().set(33922, 12, &[0., 0., 0., f64::NAN, 0., 0.]), "edge of any map"),
        (base().set(33922, 12, &[0., 0., 0., 1e300, 0., 0.]), "edge of any map"),
        (base().without(34735), "coordinate reference system"),
        (base().set(34735, 3, &[1., 1., 0., 0.]), "no projected coordinate reference system"),
        (base().set(34735, 3, &vec![0.0; 5000]), "at most 1024"),
    ];
    for (file, what) in cases {
        let text = refusal(&file).await;
        assert!(text.contains(what), "{what:?} in {text:?}");
    }
    for bytes in
        [&b""[..], b"II", b"II*\0", b"II*\0\0\0\0\0", b"II*\0\xff\xff\xff\x7f", b"<html><body>404</body>"]
    {
        assert!(open(bytes).await.is_err(), "{bytes:?}");
    }
    // A directory that ends with the file.
    let whole = base().bytes();
    for n in 0..whole.len() - 4 {
        assert!(open(&whole[..n]).await.is_err(), "{n} of {} bytes", whole.len());
    }
}

#[tokio::test]
async fn nodata_is_what_a_pixel_can_have() {
    for (text, expected) in [
        ("0", Some(0)),
        ("255 ", Some(255)),
        ("7.0", Some(7)),
        ("256", None),
        ("-9999", None),
        ("nan", None),
        ("1.5", None),
        ("", None),
        ("x", None),
    ] {
        let values: Vec<f64> = text.bytes().chain([0]).map(f64::from).collect();
        let (_, cog, _folder) = open(&Handmade::default().set(42113, 2, &values).bytes()).await.unwrap();
        assert_eq!(cog.nodata(), expected, "{text:?}");
    }
}

/// Opens and reads all of a file whatever it says; see also [`hostile_headers_take_little_memory`].
fn survives(bytes: &[u8]) -> Option<usize> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        let (imagery, cog, _folder) = open(bytes).await.ok()?;
        let blocks = cog.blocks_of(&cog.grid().window());
        let few = &blocks[..blocks.len().min(64)];
        let read = imagery.fetch(&cog, few).await.ok()?;
        let decoded = read.iter().filter(|b| match cog.dtype() {
            Dtype::U8 => croplens::imagery::decode::<u8>(&cog, b, &mut Vec::new()).is_ok(),
            Dtype::U16 => croplens::imagery::decode::<u16>(&cog, b, &mut Vec::new()).is_ok(),
        });
        Some(decoded.count())
    })
}

fn small_cog() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let options = vec!["COMPRESS=DEFLATE", "PREDICTOR=YES", "BLOCKSIZE=128", "OVERVIEWS=NONE"];
    let recipe = Recipe { size: (150, 140), options, ..Recipe::default() };
    std::fs::read(make::<u16>(folder.path(), "a.tif", &recipe)).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn random_bytes_never_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..600), kind in 0..4) {
        let magic: &[u8] = [&b""[..], b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08", b"II+\0\x08\0\0\0\x10\0\0\0\0\0\0\0"][kind as usize];
        bytes.splice(..magic.len().min(bytes.len()), magic.iter().copied());
        survives(&bytes);
    }

    #[test]
    fn mutated_headers_never_panic(changes in prop::collection::vec((0usize..1000, any::<u8>()), 1..6)) {
        thread_local!(static COG: Vec<u8> = small_cog());
        let mut bytes = COG.with(Clone::clone);
        for (at, value) in changes {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = value;
            }
        }
        survives(&bytes);
    }

    #[test]
    fn mutated_handmade_headers_never_panic(
        changes in prop::collection::vec((256usize..900, any::<u8>()), 1..4), big_tiff: bool, big_endian: bool
    ) {
        let mut bytes = Handmade { big_tiff, big_endian, ..Handmade::default() }.bytes();
        for (at, value) in changes {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = value;
            }
        }
        survives(&bytes);
    }
}

/// Runs the tests of hostile headers again in a process that may not have much memory.
#[test]
fn hostile_headers_take_little_memory() {
    // The process alone, with all its libraries, needs about half of it.
    const MAX_VIRTUAL_KIB: u32 = 400_000;
    let limited = format!("ulimit -v {MAX_VIRTUAL_KIB} && exec \"$0\" --test-threads=1 --exact \"$@\"");
    let tests = [
        "random_bytes_never_panic",
        "mutated_headers_never_panic",
        "mutated_handmade_headers_never_panic",
        "headers_that_lie_are_refused_before_anything_is_sized_by_them",
    ];
    let ran = std::process::Command::new("sh")
        .args(["-c", &limited])
        .arg(std::env::current_exe().unwrap())
        .args(tests.map(|t| format!("{}::{t}", module_path!().split_once("::").unwrap().1)))
        // One heap for all threads: what is measured is what is asked for.
        .env("MALLOC_ARENA_MAX", "1")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success(), "{text}\n{}", String::from_utf8_lossy(&ran.stderr));
    assert!(text.contains("4 passed"), "{text}");
}

#[test]
fn the_unchanged_file_survives_too() {
    assert_eq!(survives(&small_cog()), Some(4));
    assert_eq!(survives(&Handmade::default().bytes()), Some(1));
}
