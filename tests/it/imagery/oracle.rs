//! Decoded pixels equal GDAL's, exactly.

use croplens::grid::Window;
use croplens::imagery::{Compression, Dtype, Imagery, Layout, Predictor, decode};

use super::tiffs::{Recipe, TRANSFORM, field, hollow, href, make, objects, same_as_gdal};

#[tokio::test]
async fn cogs_of_every_kind_equal_gdal() {
    let folder = tempfile::tempdir().unwrap();
    let base = Recipe::default();
    let compressed =
        ["COMPRESS=DEFLATE", "PREDICTOR=YES", "COMPRESS=DEFLATE", "PREDICTOR=NO", "COMPRESS=NONE"];
    let blocks = ["BLOCKSIZE=256", "BLOCKSIZE=512", "BLOCKSIZE=1024"];
    for (i, block) in blocks.into_iter().enumerate() {
        for (j, packed) in [&compressed[..2], &compressed[2..4], &compressed[4..]].into_iter().enumerate() {
            let options = [packed, &[block, "OVERVIEWS=AUTO"]].concat();
            let recipe = Recipe { options, ..base.clone() };
            let cog =
                same_as_gdal::<u16>(&make::<u16>(folder.path(), &format!("u16_{i}{j}.tif"), &recipe)).await;
            assert_eq!((cog.layout(), cog.dtype()), (Layout::Tiled, Dtype::U16));
            let expected = [
                (Compression::Deflate, Predictor::Horizontal),
                (Compression::Deflate, Predictor::None),
                (Compression::None, Predictor::None),
            ];
            assert_eq!((cog.compression(), cog.predictor()), expected[j]);
            let cog =
                same_as_gdal::<u8>(&make::<u8>(folder.path(), &format!("u8_{i}{j}.tif"), &recipe)).await;
            assert_eq!(cog.dtype(), Dtype::U8);
        }
    }
}

#[tokio::test]
async fn other_geotiffs_equal_gdal() {
    let folder = tempfile::tempdir().unwrap();
    let tiled = vec!["TILED=YES", "BLOCKXSIZE=128", "BLOCKYSIZE=64", "COMPRESS=DEFLATE", "PREDICTOR=2"];
    let with = |more: &[&'static str]| [tiled.as_slice(), more].concat();
    let cases: [(&str, Vec<&'static str>); 7] = [
        ("bigtiff", with(&["BIGTIFF=YES"])),
        ("big-endian", with(&["ENDIANNESS=BIG"])),
        ("big-endian-bigtiff", with(&["ENDIANNESS=BIG", "BIGTIFF=YES"])),
        ("strips", vec!["COMPRESS=DEFLATE", "PREDICTOR=2", "BLOCKYSIZE=7"]),
        ("plain-strips", vec!["COMPRESS=NONE", "BLOCKYSIZE=100"]),
        ("big-endian-plain", vec!["COMPRESS=NONE", "ENDIANNESS=BIG"]),
        ("one-strip", vec!["COMPRESS=DEFLATE", "BLOCKYSIZE=530"]),
    ];
    for (name, options) in cases {
        let recipe = Recipe { driver: "GTiff", options, ..Recipe::default() };
        let cog = same_as_gdal::<u16>(&make::<u16>(folder.path(), &format!("{name}.tif"), &recipe)).await;
        let layout =
            if name.contains("strip") || name.contains("plain") { Layout::Stripped } else { Layout::Tiled };
        assert_eq!(cog.layout(), layout, "{name}");
    }
    // The COG driver can write BigTIFF too.
    let options = vec!["COMPRESS=DEFLATE", "PREDICTOR=YES", "BLOCKSIZE=256", "BIGTIFF=YES"];
    same_as_gdal::<u16>(&make::<u16>(folder.path(), "cog.tif", &Recipe { options, ..Recipe::default() }))
        .await;
}

#[tokio::test]
async fn sparse_blocks_are_nodata() {
    let folder = tempfile::tempdir().unwrap();
    for (name, nodata) in [("zero", Some(0.0)), ("none", None)] {
        let options = vec!["COMPRESS=DEFLATE", "BLOCKSIZE=128", "SPARSE_OK=TRUE", "OVERVIEWS=NONE"];
        let recipe = Recipe { options, nodata, value: hollow, ..Recipe::default() };
        let path = make::<u16>(folder.path(), &format!("{name}.tif"), &recipe);
        let cog = same_as_gdal::<u16>(&path).await;
        let middle = cog.blocks_of(&Window { col: 300, row: 100, width: 10, height: 10 });
        let blocks = Imagery::new(objects(folder.path())).fetch(&cog, &middle).await.unwrap();
        assert_eq!(
            blocks.iter().map(|b| b.stored_bytes()).collect::<Vec<_>>(),
            [0],
            "the case must be sparse"
        );
        let mut out: Vec<u16> = Vec::new();
        decode(&cog, &blocks[0], &mut out).unwrap();
        assert!(out.iter().all(|v| *v == 0));
    }
}

#[tokio::test]
async fn pixel_is_point_moves_the_corner_by_half_a_pixel() {
    let folder = tempfile::tempdir().unwrap();
    let recipe = Recipe { point: true, ..Recipe::default() };
    let path = make::<u8>(folder.path(), "point.tif", &recipe);
    let cog = same_as_gdal::<u8>(&path).await;
    assert_eq!((cog.grid().x0, cog.grid().y0), (TRANSFORM[0], TRANSFORM[3]));
    // GDAL writes the tie point at the centre of the pixel: the test is one only if it did.
    let raw = std::fs::read(&path).unwrap();
    let centre = (TRANSFORM[0] + 5.0).to_le_bytes();
    assert!(raw.windows(8).any(|w| w == centre));
}

#[tokio::test]
async fn the_edges_of_images_smaller_than_a_block_equal_gdal() {
    let folder = tempfile::tempdir().unwrap();
    for (i, size) in [(1, 1), (255, 3), (257, 256), (256, 512), (512, 513)].into_iter().enumerate() {
        let recipe = Recipe { size, ..Recipe::default() };
        same_as_gdal::<u16>(&make::<u16>(folder.path(), &format!("{i}.tif"), &recipe)).await;
    }
}

#[tokio::test]
async fn blocks_cover_every_window_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = make::<u16>(folder.path(), "a.tif", &Recipe::default());
    let imagery = Imagery::new(objects(folder.path()));
    let cog = imagery.open(&href(&path)).await.unwrap();
    let window = |col, row, width, height| Window { col, row, width, height };
    let mut out: Vec<u16> = Vec::new();
    for w in
        [window(0, 0, 1, 1), window(250, 250, 20, 20), window(690, 520, 500, 500), window(255, 0, 1, 530)]
    {
        let blocks = cog.blocks_of(&w);
        let inside = w.intersection(&cog.grid().window()).unwrap();
        let mut covered = 0;
        for block in imagery.fetch(&cog, &blocks).await.unwrap() {
            let here = cog.window_of_block(block.index());
            let common = here.intersection(&inside).expect("a block outside the window was asked for");
            covered += common.len();
            decode(&cog, &block, &mut out).unwrap();
            let (row, col) = (common.row, common.col);
            assert_eq!(u32::from(out[(row - here.row) * here.width + col - here.col]), field(row, col));
        }
        assert_eq!(covered, inside.len());
    }
    assert!(cog.blocks_of(&window(700, 0, 5, 5)).is_empty());
    assert!(cog.blocks_of(&window(0, 0, 0, 5)).is_empty());
}

#[tokio::test]
async fn the_real_scene_equals_gdal() {
    let data = std::env::var("CROPLENS_DATA").map_or_else(
        |_| std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"),
        std::path::PathBuf::from,
    );
    let scene = data.join(
        "earthsearch_scene_29RKH_decimated/sentinel-cogs/sentinel-s2-l2a-cogs/29/R/KH/2020/2/S2A_29RKH_20200219_0_L2A",
    );
    if !scene.is_dir() {
        println!("skipped: the reserved real scene is not here");
        return;
    }
    for band in ["B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B11", "B12"] {
        let cog = same_as_gdal::<u16>(&scene.join(format!("{band}.tif"))).await;
        assert_eq!(cog.nodata(), Some(0), "{band}");
        assert_eq!(cog.grid().epsg.0, 32629);
    }
    let scl = same_as_gdal::<u8>(&scene.join("SCL.tif")).await;
    assert_eq!(scl.grid().dx, 200.0, "the file is the truth, not its item");
}

#[tokio::test]
async fn a_file_written_to_after_it_was_opened_is_worth_a_fresh_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = make::<u16>(folder.path(), "a.tif", &Recipe::default());
    let imagery = Imagery::new(objects(folder.path()));
    let cog = imagery.open(&href(&path)).await.unwrap();
    let blocks = imagery.locate(&cog, &cog.blocks_of(&cog.grid().window())).await.unwrap();
    let mut out: Vec<u16> = Vec::new();
    let last = blocks.last().unwrap();
    assert!(last.stored_bytes() > 0, "the case must need bytes");
    decode(&cog, last, &mut out).unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    bytes.push(0);
    std::fs::write(&path, bytes).unwrap();
    let error = decode(&cog, last, &mut out).unwrap_err();
    assert!(error.is_worth_a_restart() && !error.is_transient(), "{error}");
    // The fresh start sees the file as it is now.
    let again = imagery.reopen(&cog).await.unwrap();
    let blocks = imagery.locate(&again, &again.blocks_of(&again.grid().window())).await.unwrap();
    decode(&again, blocks.last().unwrap(), &mut out).unwrap();
}
