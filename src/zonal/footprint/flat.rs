//! Many footprints back to back: 4 bytes a pixel, 12 a row, and one small head each.

use crate::grid::Window;

use super::Span;

/// The footprints of many plots on one grid, back to back.
///
/// # Units
/// As [`super::Footprint`]. Memory: 4 bytes a pixel, 12 a run of pixels (about 1 a pixel), 56 a plot.
#[derive(Clone, Debug, Default)]
pub struct Footprints {
    spans: Vec<Span>,
    coverage: Vec<f32>,
    heads: Vec<Head>,
}

/// Where a footprint ends in the lists, and what is told of it as a whole.
#[derive(Clone, Copy, Debug)]
struct Head {
    span_end: u32,
    pixel_end: u32,
    full_pixels: u32,
    /// First column and row, columns and rows.
    window: [u32; 4],
    covered: f64,
    pixel_count: f64,
    inside_fraction: f64,
}

/// One footprint, borrowed; see [`super::Footprint`].
#[derive(Clone, Copy, Debug)]
pub struct FootprintView<'a> {
    pub(super) spans: &'a [Span],
    pub(super) coverage: &'a [f32],
    pub(super) covered: f64,
    pub(super) pixel_count: f64,
    pub(super) full_pixels: usize,
    pub(super) inside_fraction: f64,
    pub(super) window: Window,
}

/// Sum of the covered fractions, in f64 and in their order: the same on every date.
pub(in crate::zonal) fn covered(coverage: &[f32]) -> f64 {
    coverage.iter().fold(0.0, |sum, c| sum + f64::from(*c))
}

impl Footprints {
    /// Number of footprints.
    pub fn len(&self) -> usize {
        self.heads.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.heads.is_empty()
    }

    /// Pixels of all footprints; one under several plots counts several times.
    pub fn pixels(&self) -> usize {
        self.coverage.len()
    }

    /// Adds a footprint behind the others. False, and nothing is added, if the lists are full (4 billion pixels).
    pub fn push(&mut self, print: &FootprintView<'_>) -> bool {
        let ends = (
            u32::try_from(self.spans.len() + print.spans.len()),
            u32::try_from(self.coverage.len() + print.coverage.len()),
        );
        let (Ok(span_end), Ok(pixel_end)) = ends else { return false };
        self.spans.extend_from_slice(print.spans);
        self.coverage.extend_from_slice(print.coverage);
        let Window { col, row, width, height } = print.window;
        self.heads.push(Head {
            span_end,
            pixel_end,
            full_pixels: print.full_pixels as u32,
            window: [col, row, width, height].map(|n| n as u32),
            covered: print.covered,
            pixel_count: print.pixel_count,
            inside_fraction: print.inside_fraction,
        });
        true
    }

    /// Makes room for so many, so that no list is copied to grow; where there is no such room, it is not made.
    pub fn reserve(&mut self, plots: usize, spans: usize, pixels: usize) {
        let _ = self.heads.try_reserve_exact(plots);
        let _ = self.spans.try_reserve_exact(spans);
        let _ = self.coverage.try_reserve_exact(pixels);
    }

    /// Gives back room that was made for much more than came.
    pub fn give_back(&mut self) {
        if self.coverage.capacity() / 2 > self.coverage.len() {
            self.heads.shrink_to_fit();
            self.spans.shrink_to_fit();
            self.coverage.shrink_to_fit();
        }
    }

    /// Numbers of runs of all footprints.
    pub fn spans(&self) -> usize {
        self.spans.len()
    }

    /// The footprint at a position; an empty one beyond the end.
    #[inline]
    pub fn get(&self, at: usize) -> FootprintView<'_> {
        let Some(head) = self.heads.get(at) else { return FootprintView::EMPTY };
        let before = at.checked_sub(1).and_then(|i| self.heads.get(i));
        let (span, pixel) = before.map_or((0, 0), |h| (h.span_end as usize, h.pixel_end as usize));
        let [col, row, width, height] = head.window;
        FootprintView {
            spans: self.spans.get(span..head.span_end as usize).unwrap_or_default(),
            coverage: self.coverage.get(pixel..head.pixel_end as usize).unwrap_or_default(),
            covered: head.covered,
            pixel_count: head.pixel_count,
            full_pixels: head.full_pixels as usize,
            inside_fraction: head.inside_fraction,
            window: Window {
                col: col as usize,
                row: row as usize,
                width: width as usize,
                height: height as usize,
            },
        }
    }

    /// All footprints, in order.
    pub fn iter(&self) -> impl Iterator<Item = FootprintView<'_>> {
        (0..self.len()).map(|at| self.get(at))
    }
}

impl<'a> FootprintView<'a> {
    const EMPTY: FootprintView<'static> = FootprintView {
        spans: &[],
        coverage: &[],
        covered: 0.0,
        pixel_count: 0.0,
        full_pixels: 0,
        inside_fraction: 0.0,
        window: Window { col: 0, row: 0, width: 0, height: 0 },
    };

    /// Runs of covered pixels, row by row from the north, west to east.
    pub fn spans(&self) -> &'a [Span] {
        self.spans
    }

    /// Covered fraction of every pixel, in the order of the runs.
    pub fn coverage(&self) -> &'a [f32] {
        self.coverage
    }

    /// `(row, col, coverage)` of every pixel, in the order of the runs.
    pub fn cells(self) -> impl Iterator<Item = (usize, usize, f32)> + 'a {
        let pixels = self.spans.iter().flat_map(|s| {
            (s.col as usize..s.col as usize + s.len as usize).map(move |col| (s.row as usize, col))
        });
        pixels.zip(self.coverage).map(|((row, col), c)| (row, col, *c))
    }

    /// Sum of the coverage as it is kept, pixel by pixel; see [`covered`].
    pub(in crate::zonal) fn covered(&self) -> f64 {
        self.covered
    }

    /// Number of pixels touched.
    pub fn len(&self) -> usize {
        self.coverage.len()
    }

    /// Whether the plot misses the grid.
    pub fn is_empty(&self) -> bool {
        self.coverage.is_empty()
    }

    /// Area of the plot on the grid, in pixels; see [`super::Footprint::pixel_count`].
    pub fn pixel_count(&self) -> f64 {
        self.pixel_count
    }

    /// Number of pixels that lie wholly inside the plot; see [`super::Footprint::full_pixels`].
    pub fn full_pixels(&self) -> usize {
        self.full_pixels
    }

    /// Share of the polygon's area that lies on the grid; see [`super::Footprint::inside_fraction`].
    pub fn inside_fraction(&self) -> f64 {
        self.inside_fraction
    }

    /// The smallest window that holds every covered pixel.
    pub fn window(&self) -> Window {
        self.window
    }
}
