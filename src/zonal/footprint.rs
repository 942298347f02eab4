//! Which pixels a plot covers, and how much of each: exact, not sampled.
//!
//! # Method
//! Every edge of the outline adds, to each pixel it passes, the signed area between itself and the
//! pixel's right side, and to every pixel further right in that row the signed height it spans.
//! Summed along a row this is the exact area of the polygon in each pixel; pixels between two edges
//! need no clipping and come out as one run. Outer rings count positive and holes negative,
//! whichever way they were drawn, so holes and parts need no case of their own.

use geo::{Area, Coord, LineString, MultiPolygon};

use crate::grid::{Grid, Raster, Window};

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
        edges.sweep(area_px)
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
        let pixels = self.spans.iter().flat_map(|s| {
            (s.col as usize..s.col as usize + s.len as usize).map(move |col| (s.row as usize, col))
        });
        pixels.zip(&self.coverage).map(|((row, col), c)| (row, col, *c))
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

/// What the edges passing one pixel add: signed height spanned, and the part of it to their right.
#[derive(Clone, Copy)]
struct Cell {
    row: u32,
    col: u32,
    height: f64,
    area: f64,
}

/// The outline's edges, cut into pixels.
struct Edges<'g> {
    grid: &'g Grid,
    cells: Vec<Cell>,
    cut: bool,
}

impl<'g> Edges<'g> {
    fn new(grid: &'g Grid) -> Edges<'g> {
        Edges { grid, cells: Vec::new(), cut: false }
    }

    /// Adds a ring that counts `sign`, whichever way it runs.
    fn ring(&mut self, ring: &LineString<f64>, sign: f64) {
        let g = self.grid;
        let to_pixels = |c: &Coord<f64>| ((c.x - g.x0) / g.dx, (g.y0 - c.y) / g.dy);
        let points: Vec<(f64, f64)> = ring.coords().map(to_pixels).collect();
        let Some(&first) = points.first() else { return };
        let (w, h) = (g.width as f64, g.height as f64);
        self.cut |= points.iter().any(|p| p.0 < 0.0 || p.0 > w || p.1 < 0.0 || p.1 > h);
        let next = points.iter().skip(1).chain(std::iter::once(&first));
        // twice the signed area, about the first point so that large coordinates do not cancel
        let turn: f64 = (points.iter().zip(next.clone()))
            .map(|(a, b)| (a.0 - first.0) * (b.1 - first.1) - (b.0 - first.0) * (a.1 - first.1))
            .sum();
        // rows run south: a ring that runs down its west side has a negative turn here
        let sign = if turn > 0.0 { -sign } else { sign };
        for (a, b) in points.iter().zip(next) {
            self.edge(*a, *b, sign);
        }
    }

    /// Adds one edge: cut to the grid's rows, then row by row.
    fn edge(&mut self, a: (f64, f64), b: (f64, f64), sign: f64) {
        // always downwards, so that both neighbours of an edge cut it at the same places
        let (a, b, sign) = if a.1 <= b.1 { (a, b, sign) } else { (b, a, -sign) };
        let (top, bottom) = (a.1.max(0.0), b.1.min(self.grid.height as f64));
        if top >= bottom {
            return;
        }
        let slope = (b.0 - a.0) / (b.1 - a.1);
        let (low, high) = (a.0.min(b.0), a.0.max(b.0));
        let x_at = |y: f64| {
            if y == a.1 {
                a.0
            } else if y == b.1 {
                b.0
            } else {
                (a.0 + (y - a.1) * slope).clamp(low, high)
            }
        };
        let mut y = top;
        let mut x = x_at(top);
        while y < bottom {
            let row = y.floor();
            let y_next = (row + 1.0).min(bottom);
            let x_next = x_at(y_next);
            self.in_row(row as u32, (x, y), (x_next, y_next), sign);
            (x, y) = (x_next, y_next);
        }
    }

    /// Adds the part of an edge inside one row, pixel by pixel.
    fn in_row(&mut self, row: u32, a: (f64, f64), b: (f64, f64), sign: f64) {
        let (left, right) = if a.0 <= b.0 { (a, b) } else { (b, a) };
        let sign = if a.0 <= b.0 { sign } else { -sign };
        let width = self.grid.width as f64;
        let y_at = |x: f64| {
            if x >= right.0 {
                right.1
            } else if x <= left.0 {
                left.1
            } else {
                left.1 + (x - left.0) / (right.0 - left.0) * (right.1 - left.1)
            }
        };
        let mut x = left.0;
        let mut y = left.1;
        if x < 0.0 {
            // west of the grid: the whole row lies to the right of this part
            let y_edge = y_at(0.0);
            self.push(row, 0.0, 0.0, sign * (y_edge - y));
            (x, y) = (0.0, y_edge);
        }
        while x < width {
            let col = x.floor();
            let x_next = (col + 1.0).min(right.0);
            let y_next = y_at(x_next);
            self.push(row, col, (x + x_next) / 2.0 - col, sign * (y_next - y));
            if x_next >= right.0 {
                break;
            }
            (x, y) = (x_next, y_next);
        }
    }

    /// An edge piece of signed height `height` whose middle is `inset` right of the pixel's left side.
    fn push(&mut self, row: u32, col: f64, inset: f64, height: f64) {
        if height != 0.0 {
            self.cells.push(Cell { row, col: col as u32, height, area: height * (1.0 - inset) });
        }
    }

    /// Sums the cells along each row into coverage.
    fn sweep(mut self, area_px: f64) -> Result<Footprint, FootprintError> {
        // stable: pieces of one pixel are summed in the order of the rings
        self.cells.sort_by_key(|c| (c.row, c.col));
        let mut out = Builder::default();
        let width = self.grid.width as u32;
        for row in self.cells.chunk_by(|a, b| a.row == b.row) {
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
        Ok(out.finish(area_px, self.cut))
    }
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
            spans: self.spans,
            coverage: self.coverage,
            pixel_count: self.pixel_count,
            full_pixels: self.full_pixels,
            inside_fraction,
            window,
        }
    }
}
