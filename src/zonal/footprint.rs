//! Which pixels a plot covers, and how much of each: exact, not sampled.
//!
//! # Method
//! Every edge of the outline adds, to each pixel it passes, the signed area between itself and the
//! pixel's right side, and to every pixel further right in that row the signed height it spans.
//! Summed along a row this is the exact area of the polygon in each pixel; pixels between two edges
//! need no clipping and come out as one run. Outer rings count positive and holes negative,
//! whichever way they were drawn, so holes and parts need no case of their own.

mod edges;
mod flat;

use geo::{Area, LineString, MultiPolygon};

use crate::grid::{Grid, Raster, Window};

use edges::Edges;

pub(super) use flat::covered;
pub use flat::{FootprintView, Footprints};

/// Coverage below this is rounding, not land: 1e-10 of a 10 m pixel is 0.01 mm2.
const NO_COVERAGE: f64 = 1e-10;
/// Coverage that may be called full: what is missing is rounding.
const FULL: f64 = 1.0 - 1e-9;
/// How far a sum of signed areas may leave 0..1 before the outline must overlap itself.
const OVERLAP: f64 = 1e-6;

/// Why an outline has no footprint.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FootprintError {
    /// A coordinate is not a number.
    #[error("the projected outline has a coordinate that is not a number")]
    NotFinite,
    /// The outline encloses no area.
    #[error("the projected outline encloses no area")]
    NoArea,
    /// The outline covers some ground twice or inside out: it crosses or overlaps itself.
    #[error(
        "the projected outline crosses or overlaps itself (a pixel would be covered {coverage:.3} times)"
    )]
    Overlaps {
        /// Coverage found, pixels.
        coverage: f64,
    },
    /// The grid has no extent, or a pixel size that is not positive.
    #[error("the raster grid has no extent or a pixel size that is not positive")]
    BadGrid,
}

/// A run of neighbouring pixels in one row, all covered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Row on the grid.
    pub row: u32,
    /// First column on the grid.
    pub col: u32,
    /// Number of pixels.
    pub len: u32,
}

/// The pixels of a [`Grid`] that a plot covers, with the covered fraction of each.
///
/// # Units
/// Coverage is the fraction of a pixel inside the plot, above 0 to 1. Fractions are computed in
/// f64 and kept as f32 (4 bytes a pixel and 12 a row, error at most 6e-8 of a pixel each); their sum
/// is kept as f64, so that it times the pixel area is the polygon's area to 1e-9.
#[derive(Clone, Debug, PartialEq)]
pub struct Footprint {
    spans: Vec<Span>,
    coverage: Vec<f32>,
    covered: f64,
    pixel_count: f64,
    full_pixels: usize,
    inside_fraction: f64,
    window: Window,
}

impl Footprint {
    /// The footprint of an outline in the metres of the grid's own CRS.
    ///
    /// What lies outside the grid is cut; [`Footprint::inside_fraction`] tells how much is left. An
    /// outline that misses the grid has an empty footprint, which is not an error.
    ///
    /// # Errors
    /// [`FootprintError`] if the outline or the grid cannot be measured.
    pub fn new(metres: &MultiPolygon<f64>, grid: &Grid) -> Result<Footprint, FootprintError> {
        let sized = grid.dx > 0.0 && grid.dy > 0.0 && grid.x0.is_finite() && grid.y0.is_finite();
        if !sized || grid.width == 0 || grid.height == 0 {
            return Err(FootprintError::BadGrid);
        }
        if metres.0.iter().any(|p| std::iter::once(p.exterior()).chain(p.interiors()).any(not_finite)) {
            return Err(FootprintError::NotFinite);
        }
        let area_px = metres.unsigned_area() / grid.pixel_area_m2();
        if !(area_px.is_finite() && area_px > NO_COVERAGE) {
            return Err(FootprintError::NoArea);
        }
        let mut edges = Edges::new(grid);
        for polygon in metres {
            edges.ring(polygon.exterior(), 1.0);
            for hole in polygon.interiors() {
                edges.ring(hole, -1.0);
            }
        }
        sweep(edges, area_px)
    }

    /// The footprint as it is borrowed.
    pub fn view(&self) -> FootprintView<'_> {
        FootprintView {
            spans: &self.spans,
            coverage: &self.coverage,
            covered: self.covered,
            pixel_count: self.pixel_count,
            full_pixels: self.full_pixels,
            inside_fraction: self.inside_fraction,
            window: self.window,
        }
    }

    /// Runs of covered pixels, row by row from the north, west to east.
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// Covered fraction of every pixel, in the order of [`Footprint::spans`].
    pub fn coverage(&self) -> &[f32] {
        &self.coverage
    }

    /// `(row, col, coverage)` of every pixel, in the order of [`Footprint::spans`].
    pub fn cells(&self) -> impl Iterator<Item = (usize, usize, f32)> + '_ {
        self.view().cells()
    }

    /// Number of pixels touched.
    pub fn len(&self) -> usize {
        self.coverage.len()
    }

    /// Whether the plot misses the grid.
    pub fn is_empty(&self) -> bool {
        self.coverage.is_empty()
    }

    /// Area of the plot on the grid, in pixels: the f64 sum of the exact coverage fractions.
    pub fn pixel_count(&self) -> f64 {
        self.pixel_count
    }

    /// Number of pixels that lie wholly inside the plot (coverage at least 1 - 1e-9).
    pub fn full_pixels(&self) -> usize {
        self.full_pixels
    }

    /// Share of the polygon's area that lies on the grid, 0 to 1; exactly 1 if nothing was cut.
    pub fn inside_fraction(&self) -> f64 {
        self.inside_fraction
    }

    /// The smallest window that holds every covered pixel; empty if the plot misses the grid.
    pub fn window(&self) -> Window {
        self.window
    }

    /// The raster's values at the plot's pixels, in the order of [`Footprint::spans`]; `missing`
    /// where the raster does not reach.
    pub fn gather<T: Copy>(&self, raster: &Raster<T>, missing: T) -> Vec<T> {
        let at = |(row, col): (usize, usize)| {
            let value = row
                .checked_sub(raster.window.row)
                .zip(col.checked_sub(raster.window.col))
                .and_then(|(r, c)| raster.data.get((r, c)));
            value.copied().unwrap_or(missing)
        };
        self.cells().map(|(row, col, _)| at((row, col))).collect()
    }
}

fn not_finite(ring: &LineString<f64>) -> bool {
    ring.coords().any(|c| !(c.x.is_finite() && c.y.is_finite()))
}

/// Sums the cells along each row into coverage.
fn sweep(edges: Edges<'_>, area_px: f64) -> Result<Footprint, FootprintError> {
    let mut cells = edges.cells;
    // stable: pieces of one pixel are summed in the order of the rings
    cells.sort_by_key(|c| (c.row, c.col));
    let mut out = Builder::default();
    let width = edges.grid.width as u32;
    for row in cells.chunk_by(|a, b| a.row == b.row) {
        let mut height = 0.0;
        let mut next_col = 0;
        for pixel in row.chunk_by(|a, b| a.col == b.col) {
            let Some(head) = pixel.first() else { continue };
            out.run(head.row, next_col, head.col, height)?;
            let area: f64 = pixel.iter().map(|c| c.area).sum();
            out.run(head.row, head.col, head.col + 1, height + area)?;
            height += pixel.iter().map(|c| c.height).sum::<f64>();
            next_col = head.col + 1;
        }
        if let Some(head) = row.first() {
            out.run(head.row, next_col, width, height)?;
        }
    }
    Ok(out.finish(area_px, edges.cut))
}

/// Collects runs of equal coverage into spans.
#[derive(Default)]
struct Builder {
    spans: Vec<Span>,
    coverage: Vec<f32>,
    pixel_count: f64,
    full_pixels: usize,
}

impl Builder {
    /// Pixels `from..to` of a row, all covered by `coverage`.
    fn run(&mut self, row: u32, from: u32, to: u32, coverage: f64) -> Result<(), FootprintError> {
        if from >= to || coverage.abs() < NO_COVERAGE {
            return Ok(());
        }
        if !(-OVERLAP..=1.0 + OVERLAP).contains(&coverage) {
            return Err(FootprintError::Overlaps { coverage });
        }
        let len = to - from;
        let coverage = if coverage >= FULL { coverage.min(1.0) } else { coverage.max(0.0) };
        if coverage >= FULL {
            self.full_pixels += len as usize;
        }
        self.pixel_count += coverage * f64::from(len);
        self.coverage.extend(std::iter::repeat_n(coverage as f32, len as usize));
        match self.spans.last_mut() {
            Some(s) if s.row == row && s.col + s.len == from => s.len += len,
            _ => self.spans.push(Span { row, col: from, len }),
        }
        Ok(())
    }

    fn finish(mut self, area_px: f64, cut: bool) -> Footprint {
        self.spans.shrink_to_fit();
        self.coverage.shrink_to_fit();
        let none = Window { col: 0, row: 0, width: 0, height: 0 };
        let window = match (self.spans.first(), self.spans.last()) {
            (Some(first), Some(last)) => {
                let col = self.spans.iter().map(|s| s.col).min().unwrap_or(0) as usize;
                let end = self.spans.iter().map(|s| s.col + s.len).max().unwrap_or(0) as usize;
                let row = first.row as usize;
                Window { col, row, width: end - col, height: last.row as usize + 1 - row }
            }
            _ => none,
        };
        let inside_fraction = if cut { (self.pixel_count / area_px).clamp(0.0, 1.0) } else { 1.0 };
        Footprint {
            covered: covered(&self.coverage),
            spans: self.spans,
            coverage: self.coverage,
            pixel_count: self.pixel_count,
            full_pixels: self.full_pixels,
            inside_fraction,
            window,
        }
    }
}
