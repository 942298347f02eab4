//! `ndvi.tif`: the NDVI of one plot on one date as a cloud-optimized GeoTIFF.
//!
//! 32-bit floats, because the numbers are then NDVI itself and no reader has to know a scale. No data
//! is NaN: a program that overlooks it gets NaN, which shows, and not a wrong mean, which does not.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use gdal::cpl::CslStringList;
use gdal::errors::GdalError;
use gdal::raster::Buffer;
use gdal::spatial_ref::SpatialRef;
use gdal::vsi::{get_vsi_mem_file_bytes_owned, unlink_mem_file};
use gdal::{DriverManager, Metadata};

use crate::grid::Grid;
use crate::store::atomic::write_whole;
use crate::store::error::Error;

/// Keeps names in GDAL's memory file system apart; never reaches an output.
static SEQUENCE: AtomicU64 = AtomicU64::new(0);

/// How the file is laid out. Blocks of 256: a plot of up to 6.5 km2 is one block.
const OPTIONS: [(&str, &str); 7] = [
    ("COMPRESS", "DEFLATE"),
    ("LEVEL", "9"),
    ("PREDICTOR", "YES"),
    ("BLOCKSIZE", "256"),
    ("OVERVIEW_RESAMPLING", "AVERAGE"),
    ("BIGTIFF", "NO"),
    ("NUM_THREADS", "1"),
];

/// NDVI of a plot and its surroundings on one date.
#[derive(Clone, Debug, PartialEq)]
pub struct Chip {
    /// Where the pixels lie, metres of a UTM zone; `width * height` pixels.
    pub grid: Grid,
    /// Row-major NDVI; NaN outside the plot and where a pixel is not readable.
    pub ndvi: Vec<f32>,
}

/// Version of the GDAL library in use: it writes the COGs, and their bytes may change with it.
pub fn gdal_version() -> String {
    gdal::version::version_info("RELEASE_NAME")
}

/// Writes the chip as a COG: Float32, DEFLATE, no data NaN, the same bytes for the same pixels.
///
/// # Errors
/// [`Error::Raster`] when sizes disagree or GDAL refuses, [`Error::Io`] when the file cannot be written.
pub fn write_ndvi_cog(path: &Path, chip: &Chip) -> Result<(), Error> {
    let refused = |what: &str, source: Option<GdalError>| Error::Raster {
        path: path.to_owned(),
        what: what.to_owned(),
        source,
    };
    let (width, height) = (chip.grid.width, chip.grid.height);
    if chip.ndvi.is_empty() || chip.ndvi.len() != width * height {
        let what = format!("{} values for {width} x {height} pixels", chip.ndvi.len());
        return Err(refused(&what, None));
    }
    let name = format!("/vsimem/croplens-ndvi-{}.tif", SEQUENCE.fetch_add(1, Ordering::Relaxed));
    let encoded = encode(&name, chip);
    // The memory file is removed whether or not it could be made.
    let bytes = encoded.and_then(|()| get_vsi_mem_file_bytes_owned(&name));
    if bytes.is_err() {
        let _ = unlink_mem_file(&name);
    }
    write_whole(path, &bytes.map_err(|e| refused("GDAL could not encode it", Some(e)))?)
}

fn encode(name: &str, chip: &Chip) -> Result<(), GdalError> {
    let grid = &chip.grid;
    let memory = DriverManager::get_driver_by_name("MEM")?;
    let mut source = memory.create_with_band_type::<f32, _>("", grid.width, grid.height, 1)?;
    source.set_geo_transform(&[grid.x0, grid.dx, 0.0, grid.y0, 0.0, -grid.dy])?;
    source.set_spatial_ref(&SpatialRef::from_epsg(grid.epsg.0)?)?;
    {
        let mut band = source.rasterband(1)?;
        band.set_no_data_value(Some(f64::NAN))?;
        band.set_description("NDVI")?;
        // One bit pattern for every NaN and for zero, so that equal pixels are equal bytes.
        let pixels = chip.ndvi.iter().map(|v| if v.is_finite() { *v + 0.0 } else { f32::NAN }).collect();
        let mut pixels = Buffer::new((grid.width, grid.height), pixels);
        band.write((0, 0), (grid.width, grid.height), &mut pixels)?;
    }
    let cog = DriverManager::get_driver_by_name("COG")?;
    let mut options = CslStringList::new();
    for (name, value) in OPTIONS {
        options.set_name_value(name, value)?;
    }
    let mut written = source.create_copy(&cog, name, &options)?;
    written.flush_cache()
    // Closed here, which writes the rest.
}
