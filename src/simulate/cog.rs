//! Cloud-optimised GeoTIFFs as the public archive has them: deflate, predictor 2, nodata 0.

use std::path::PathBuf;

use gdal::raster::{Buffer, GdalType, RasterCreationOptions};
use gdal::spatial_ref::SpatialRef;
use gdal::{Dataset, DriverManager};

use crate::grid::Grid;

use super::error::Error;

/// Widest raster kept in memory while it is made, pixels.
const IN_MEMORY: usize = 2048;

/// A raster being written from top to bottom; becomes a COG when finished.
pub(super) struct Cog {
    /// File that holds the rows until the COG is written; small rasters wait in memory.
    scratch: Option<PathBuf>,
    target: PathBuf,
    dataset: Dataset,
    width: usize,
    next_row: usize,
}

/// Blocks of the archive are 1024 pixels a side; small rasters get the smallest that GDAL makes (128).
fn block(width: usize) -> usize {
    match width {
        0..=256 => 128,
        257..=2048 => 256,
        _ => 1024,
    }
}

impl Cog {
    /// Starts a raster of `T` on `grid` that will become `target`.
    pub(super) fn start<T: GdalType>(target: PathBuf, grid: &Grid) -> Result<Cog, Error> {
        let failed = |source| Error::Raster { path: target.clone(), source };
        let scratch = (grid.width > IN_MEMORY).then(|| target.with_extension("part"));
        let driver = if scratch.is_some() { "GTiff" } else { "MEM" };
        let name = scratch.clone().unwrap_or_default();
        let mut dataset = DriverManager::get_driver_by_name(driver)
            .and_then(|d| d.create_with_band_type::<T, _>(&name, grid.width, grid.height, 1))
            .map_err(failed)?;
        let reference = SpatialRef::from_epsg(grid.epsg.0).map_err(failed)?;
        dataset.set_spatial_ref(&reference).map_err(failed)?;
        dataset.set_geo_transform(&[grid.x0, grid.dx, 0.0, grid.y0, 0.0, -grid.dy]).map_err(failed)?;
        dataset.rasterband(1).and_then(|mut b| b.set_no_data_value(Some(0.0))).map_err(failed)?;
        Ok(Cog { scratch, target, dataset, width: grid.width, next_row: 0 })
    }

    /// Adds the next rows.
    pub(super) fn push<T: GdalType + Copy>(&mut self, rows: Vec<T>) -> Result<(), Error> {
        let count = rows.len() / self.width;
        let mut buffer = Buffer::new((self.width, count), rows);
        let row = isize::try_from(self.next_row).unwrap_or(isize::MAX);
        self.dataset
            .rasterband(1)
            .and_then(|mut b| b.write((0, row), (self.width, count), &mut buffer))
            .map_err(|source| Error::Raster { path: self.target.clone(), source })?;
        self.next_row += count;
        Ok(())
    }

    /// Writes the COG. Rasters above 512 pixels get overviews, as in the archive.
    pub(super) fn finish(mut self, classes: bool) -> Result<(), Error> {
        let failed = |source| Error::Raster { path: self.target.clone(), source };
        if self.scratch.is_some() {
            self.dataset.flush_cache().map_err(failed)?;
        }
        let cog = DriverManager::get_driver_by_name("COG").map_err(failed)?;
        let options = RasterCreationOptions::from_iter([
            "COMPRESS=DEFLATE".to_owned(),
            format!("LEVEL={}", if self.width > 512 { 6 } else { 9 }),
            "PREDICTOR=YES".to_owned(),
            format!("BLOCKSIZE={}", block(self.width)),
            format!("OVERVIEWS={}", if self.width > 512 { "AUTO" } else { "NONE" }),
            format!("OVERVIEW_RESAMPLING={}", if classes { "MODE" } else { "AVERAGE" }),
            "BIGTIFF=NO".to_owned(),
        ]);
        self.dataset.create_copy(&cog, &self.target, &options).and_then(Dataset::close).map_err(failed)?;
        self.dataset.close().map_err(|source| Error::Raster { path: self.target.clone(), source })?;
        match self.scratch {
            Some(path) => std::fs::remove_file(&path).map_err(|source| Error::Write { path, source }),
            None => Ok(()),
        }
    }
}
