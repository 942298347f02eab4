//! Files for the tests of `imagery`: by GDAL, and by hand where GDAL would not write them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use croplens::imagery::{Cog, EncodedBlock, Imagery, Sample, decode};
use croplens::objects::{Allow, Href, Objects, ObjectsConfig};
use gdal::raster::{Buffer, GdalType, RasterCreationOptions};
use gdal::spatial_ref::SpatialRef;
use gdal::{Dataset, DriverManager, Metadata};

/// A raster to be made by GDAL.
#[derive(Clone, Debug)]
pub(super) struct Recipe {
    pub(super) driver: &'static str,
    pub(super) options: Vec<&'static str>,
    pub(super) size: (usize, usize),
    pub(super) point: bool,
    pub(super) nodata: Option<f64>,
    /// Value of every pixel, before the cast to the pixel type; 0 where nothing is written.
    pub(super) value: fn(usize, usize) -> u32,
}

impl Default for Recipe {
    fn default() -> Self {
        Recipe {
            driver: "COG",
            options: vec!["COMPRESS=DEFLATE", "PREDICTOR=YES", "BLOCKSIZE=256", "OVERVIEWS=AUTO"],
            size: (700, 530),
            point: false,
            nodata: Some(0.0),
            value: field,
        }
    }
}

/// Smooth fields with noise, never 0.
pub(super) fn field(row: usize, col: usize) -> u32 {
    let noise = (row * 7919 + col * 104_729) % 61;
    (800 + 40 * (row / 37) + 25 * (col / 53) + noise) as u32
}

/// As [`field`], with nothing in a wide middle.
pub(super) fn hollow(row: usize, col: usize) -> u32 {
    if (200..620).contains(&col) && row < 300 { 0 } else { field(row, col) }
}

pub(super) const TRANSFORM: [f64; 6] = [600_000.0, 10.0, 0.0, 5_200_020.0, 0.0, -20.0];

/// Makes the file and returns its path.
pub(super) fn make<T: GdalType + Copy + TryFrom<u32>>(folder: &Path, name: &str, recipe: &Recipe) -> PathBuf {
    let path = folder.join(name);
    let (width, height) = recipe.size;
    let memory = DriverManager::get_driver_by_name("MEM").unwrap();
    let mut made = memory.create_with_band_type::<T, _>("", width, height, 1).unwrap();
    made.set_spatial_ref(&SpatialRef::from_epsg(32633).unwrap()).unwrap();
    made.set_geo_transform(&TRANSFORM).unwrap();
    if recipe.point {
        made.set_metadata_item("AREA_OR_POINT", "Point", "").unwrap();
    }
    let mask = if std::mem::size_of::<T>() == 1 { 0xff } else { 0xffff };
    let pixels: Vec<T> = (0..width * height)
        .map(|i| T::try_from((recipe.value)(i / width, i % width) & mask).ok().unwrap())
        .collect();
    let mut band = made.rasterband(1).unwrap();
    band.set_no_data_value(recipe.nodata).unwrap();
    band.write((0, 0), (width, height), &mut Buffer::new((width, height), pixels)).unwrap();
    let driver = DriverManager::get_driver_by_name(recipe.driver).unwrap();
    let options = RasterCreationOptions::from_iter(recipe.options.iter().copied());
    drop(made.create_copy(&driver, &path, &options).unwrap());
    path
}

/// Objects that may read the folder and loopback.
pub(super) fn objects(folder: &Path) -> Arc<Objects> {
    let allow = Allow { roots: vec![folder.to_owned()], loopback: true, ..Allow::default() };
    Arc::new(Objects::new(ObjectsConfig { allow, ..ObjectsConfig::default() }).unwrap())
}

pub(super) fn href(path: &Path) -> Href {
    Href::parse(path.to_str().unwrap()).unwrap()
}

/// Every pixel of a raster, put together from its blocks.
pub(super) async fn pixels_of<T: Sample>(imagery: &Imagery, cog: &Cog) -> Vec<T> {
    let blocks = cog.blocks_of(&cog.grid().window());
    joined(cog, &imagery.fetch(cog, &blocks).await.unwrap())
}

fn joined<T: Sample>(cog: &Cog, blocks: &[EncodedBlock]) -> Vec<T> {
    let grid = *cog.grid();
    let mut whole = vec![T::default(); grid.width * grid.height];
    let mut out = Vec::new();
    for block in blocks {
        decode(cog, block, &mut out).unwrap();
        let window = cog.window_of_block(block.index());
        assert_eq!(out.len(), window.len());
        for (i, line) in out.chunks_exact(window.width).enumerate() {
            let at = (window.row + i) * grid.width + window.col;
            whole[at..at + window.width].copy_from_slice(line);
        }
    }
    whole
}

/// Opens the file and compares grid, nodata and every pixel with what GDAL says.
pub(super) async fn same_as_gdal<T: Sample + GdalType + PartialEq + std::fmt::Debug>(
    path: &Path,
) -> Arc<Cog> {
    let imagery = Imagery::new(objects(path.parent().unwrap()));
    let cog = imagery.open(&href(path)).await.unwrap();
    let oracle = Dataset::open(path).unwrap();
    let band = oracle.rasterband(1).unwrap();
    let t = oracle.geo_transform().unwrap();
    let grid = cog.grid();
    assert_eq!((grid.x0, grid.dx, 0.0, grid.y0, 0.0, -grid.dy), (t[0], t[1], t[2], t[3], t[4], t[5]));
    let srs = oracle.spatial_ref().unwrap();
    assert_eq!(grid.epsg.0 as i32, srs.auth_code().unwrap());
    assert_eq!((grid.width, grid.height), oracle.raster_size());
    assert_eq!(cog.nodata().map(f64::from), band.no_data_value());
    assert_eq!(cog.block_size(), band.block_size());
    let (w, h) = oracle.raster_size();
    let expected = band.read_as::<T>((0, 0), (w, h), (w, h), None).unwrap();
    let found: Vec<T> = pixels_of(&imagery, &cog).await;
    if let Some(i) = (0..w * h).find(|i| found[*i] != expected.data()[*i]) {
        panic!("row {} column {}: {:?}, GDAL {:?}", i / w, i % w, found[i], expected.data()[i]);
    }
    let blocks = imagery.locate(&cog, &cog.blocks_of(&cog.grid().window())).await.unwrap();
    assert!(joined::<T>(&cog, &blocks) == found, "blocks that were left in the file");
    cog
}

/// A TIFF written by hand: tags of the one directory, then whatever the tags point to.
#[derive(Clone, Debug)]
pub(super) struct Handmade {
    pub(super) big_endian: bool,
    pub(super) big_tiff: bool,
    /// Tag, field type, values.
    pub(super) tags: Vec<(u16, u16, Vec<f64>)>,
    pub(super) blocks: Vec<Vec<u8>>,
    /// Where the directory lies, at least.
    pub(super) directory_at: usize,
}

impl Default for Handmade {
    /// 4 x 3 pixels of 8 bit in one uncompressed tile of 16 x 16.
    fn default() -> Self {
        Handmade {
            big_endian: false,
            big_tiff: false,
            tags: vec![
                (256, 3, vec![4.0]),
                (257, 3, vec![3.0]),
                (258, 3, vec![8.0]),
                (259, 3, vec![1.0]),
                (277, 3, vec![1.0]),
                (322, 3, vec![16.0]),
                (323, 3, vec![16.0]),
                (339, 3, vec![1.0]),
                (33550, 12, vec![10.0, 10.0, 0.0]),
                (33922, 12, vec![0.0, 0.0, 0.0, 500_000.0, 100_000.0, 0.0]),
                (34735, 3, vec![1., 1., 0., 3., 1024., 0., 1., 1., 1025., 0., 1., 1., 3072., 0., 1., 32736.]),
            ],
            blocks: vec![(0..=255).collect()],
            directory_at: 0,
        }
    }
}

impl Handmade {
    pub(super) fn set(mut self, tag: u16, kind: u16, values: &[f64]) -> Self {
        self.tags.retain(|(t, _, _)| *t != tag);
        self.tags.push((tag, kind, values.to_vec()));
        self
    }

    pub(super) fn without(mut self, tag: u16) -> Self {
        self.tags.retain(|(t, _, _)| *t != tag);
        self
    }

    fn number(&self, value: u64, size: usize) -> Vec<u8> {
        let bytes = value.to_le_bytes()[..size].to_vec();
        if self.big_endian { bytes.into_iter().rev().collect() } else { bytes }
    }

    fn values(&self, kind: u16, values: &[f64]) -> Vec<u8> {
        let size = match kind {
            1 | 2 => 1,
            3 => 2,
            4 => 4,
            _ => 8,
        };
        let one = |v: &f64| self.number(if kind == 12 { v.to_bits() } else { *v as u64 }, size);
        values.iter().flat_map(one).collect()
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        let word = if self.big_tiff { 8 } else { 4 };
        let mut file = if self.big_endian { b"MM".to_vec() } else { b"II".to_vec() };
        if self.big_tiff {
            file.extend([self.number(43, 2), self.number(8, 2), self.number(0, 2)].concat());
        } else {
            file.extend(self.number(42, 2));
        }
        let pointer = file.len();
        file.extend(vec![0; word]);
        let (mut offsets, mut counts) = (Vec::new(), Vec::new());
        for block in &self.blocks {
            offsets.push(file.len() as f64);
            counts.push(block.len() as f64);
            file.extend(block);
        }
        let mut tags = self.tags.clone();
        let mut add = |tag, values| {
            if !tags.iter().any(|(t, _, _)| *t == tag) {
                tags.push((tag, 4, values));
            }
        };
        add(324, offsets);
        add(325, counts);
        tags.sort_by_key(|(tag, _, _)| *tag);
        let mut entries = Vec::new();
        for (tag, kind, values) in &tags {
            let mut value = self.values(*kind, values);
            if value.len() > word {
                let at = file.len() as u64;
                file.extend(value);
                value = self.number(at, word);
            }
            value.resize(word, 0);
            entries.extend([
                self.number(u64::from(*tag), 2),
                self.number(u64::from(*kind), 2),
                self.number(values.len() as u64, word),
                value,
            ]);
        }
        file.resize(file.len().max(self.directory_at), 0);
        let at = self.number(file.len() as u64, word);
        file[pointer..pointer + word].copy_from_slice(&at);
        file.extend(self.number(tags.len() as u64, if self.big_tiff { 8 } else { 2 }));
        file.extend(entries.concat());
        file.extend(vec![0; word]);
        file
    }
}
