//! Pixels through the season: a byte per pixel and clear date, kept while scenes are read, for the cropped area.
//!
//! Memory: of each plot at most `cropland.max_pixels` bytes a clear date of the season window; a typical plot of 2 ha
//! with 60 clear dates is 12 kB.

use std::collections::BTreeMap;

use geo::MultiPolygon;
use jiff::civil::Date;

use crate::cropland::{Cell, PixelSeries, quantised};
use crate::crs;
use crate::grid::{Epsg, Grid};
use crate::observation::{Observation, Reject};
use crate::plot::Plot;
use crate::scene::{MgrsTile, SceneId};
use crate::series::plus_days;
use crate::zonal::{Footprint, FootprintView};

use super::spec::Spec;

/// Which pixels are kept, of which days.
#[derive(Clone, Copy, Debug)]
pub(super) struct KeepPixels {
    pub(super) from: Date,
    pub(super) to: Date,
    /// Pixels of one plot.
    pub(super) most: usize,
}

/// NDVI of the kept pixels of a plot (or piece of one) in one scene, in the order of [`kept`].
#[derive(Clone, Debug)]
pub(super) struct PixelDay {
    scene: SceneId,
    date: Date,
    step: usize,
    values: Box<[i8]>,
}

impl PixelDay {
    /// As it was kept by an earlier run.
    pub(super) fn recalled(scene: SceneId, date: Date, step: u32, values: Vec<i8>) -> PixelDay {
        PixelDay { scene, date, step: step as usize, values: values.into() }
    }

    /// Distance of kept pixels, and the NDVI of each.
    pub(super) fn kept(&self) -> (u32, Vec<i8>) {
        (u32::try_from(self.step).unwrap_or(u32::MAX), self.values.to_vec())
    }
}

impl KeepPixels {
    /// What the cropped area needs: the pixels of the season window, if it is to be measured.
    pub(super) fn asked(spec: &Spec, as_of: Date) -> Option<KeepPixels> {
        let settings = &spec.settings;
        let back = i32::try_from(settings.period.season_days).unwrap_or(365) - 1;
        settings.cropland.measure.then(|| KeepPixels {
            from: plus_days(as_of, -back),
            to: as_of,
            most: settings.cropland.max_pixels,
        })
    }

    /// Whether the pixels of an observation may be asked for later.
    pub(super) fn wants(&self, observation: &Observation) -> bool {
        observation.ndvi.is_some()
            && observation.rejected.is_none()
            && (self.from..=self.to).contains(&observation.date)
    }

    /// Keeps the pixels of an observation; `ndvi` in the order of the footprint.
    pub(super) fn keep(
        &self,
        grid: &Grid,
        footprint: &FootprintView<'_>,
        ndvi: &[f32],
        observation: &Observation,
    ) -> PixelDay {
        let step = step(footprint.len(), self.most);
        let values = kept(grid, footprint, step).filter_map(|(at, _)| ndvi.get(at).map(|v| quantised(*v)));
        PixelDay { scene: observation.scene.clone(), date: observation.date, step, values: values.collect() }
    }
}

/// Distance of kept rows and columns: a power of two, so that pieces of one plot can be thinned alike.
fn step(pixels: usize, most: usize) -> usize {
    let mut step = 1;
    while pixels.div_ceil(step * step) > most.max(1) {
        step *= 2;
    }
    step
}

/// Position in the footprint and place of each kept pixel. Places count from the origin of the projection, so that
/// rasters that share a pixel lattice share them.
fn kept<'a>(
    grid: &Grid,
    footprint: &FootprintView<'a>,
    step: usize,
) -> impl Iterator<Item = (usize, Cell)> + 'a {
    let (top, left) = ((grid.y0 / grid.dy).round() as i64, (grid.x0 / grid.dx).round() as i64);
    let step = step as i64;
    let cells = footprint.cells().enumerate().map(move |(at, (row, col, coverage))| {
        (at, Cell { row: row as i64 - top, col: left + col as i64, coverage })
    });
    cells.filter(move |(_, c)| c.row.rem_euclid(step) == 0 && c.col.rem_euclid(step) == 0)
}

/// Place of a grid's first pixel, as `(row, column)` of [`kept`].
pub(super) fn first_place(grid: &Grid) -> (i64, i64) {
    (-((grid.y0 / grid.dy).round() as i64), (grid.x0 / grid.dx).round() as i64)
}

/// The days of a plot, or of a piece of it, on one raster grid.
#[derive(Clone, Debug)]
pub(super) struct Lattice {
    pub(super) tile: MgrsTile,
    pub(super) grid: Grid,
    /// Outline of the piece; `None` for a whole plot.
    pub(super) piece: Option<MultiPolygon<f64>>,
    pub(super) days: Vec<PixelDay>,
}

/// A plot's pixels through the season.
#[derive(Debug)]
pub(super) struct PlotPixelSeries {
    pub(super) series: PixelSeries,
    /// The projection that places are counted in.
    pub(super) epsg: Epsg,
}

/// Joins what was kept: of a plot that lies whole on several grids the one with most clear dates, of one in pieces
/// all pieces. Days that the plot's series does not use are left out (but for the duplicates of another grid).
pub(super) fn pixel_series(
    plot: &Plot,
    lattices: &[Lattice],
    observations: &[Observation],
) -> Option<PlotPixelSeries> {
    let mut usable: BTreeMap<&SceneId, bool> = BTreeMap::new();
    for o in observations {
        let is_used = matches!(o.rejected, None | Some(Reject::Duplicate));
        for scene in std::iter::once(&o.scene).chain(&o.joined) {
            usable.insert(scene, is_used);
        }
    }
    let days = |lattice: &Lattice| -> usize {
        lattice.days.iter().filter(|d| usable.get(&d.scene) == Some(&true)).count()
    };
    let whole = lattices.iter().enumerate().filter(|(_, l)| l.piece.is_none());
    let best = whole.max_by(|a, b| days(a.1).cmp(&days(b.1)).then(b.0.cmp(&a.0))).map(|(_, l)| l);
    let chosen: Vec<&Lattice> = match best {
        Some(best) => vec![best],
        None => lattices.iter().collect(),
    };
    let epsg = chosen.first()?.grid.epsg;
    let thinnest = chosen.iter().flat_map(|l| &l.days).map(|d| d.step).max()?;
    let mut groups = Vec::new();
    for (k, lattice) in chosen.iter().enumerate() {
        let outline = lattice.piece.as_ref().unwrap_or(&plot.geometry);
        let metres = crs::project(outline, lattice.grid.epsg).ok()?;
        let footprint = Footprint::new(&metres, &lattice.grid).ok()?;
        let own = lattice.days.first().map_or(1, |d| d.step);
        // Pieces in another projection are nobody's neighbours.
        let aside = if lattice.grid.epsg == epsg { 0 } else { (k as i64) << 32 };
        let cells: Vec<Cell> = kept(&lattice.grid, &footprint.view(), own)
            .map(|(_, c)| Cell { col: c.col + aside, ..c })
            .collect();
        let days: Vec<(Date, &[i8])> = (lattice.days.iter())
            .filter(|d| usable.get(&d.scene) == Some(&true))
            .map(|d| (d.date, &*d.values))
            .collect();
        groups.push((cells, days));
    }
    let mut series = PixelSeries::new(groups, thinnest, chosen.first()?.grid.dx);
    series.thin();
    Some(PlotPixelSeries { series, epsg })
}
