//! Cuts the edges of an outline into pixels.

use geo::{Coord, LineString};

use crate::grid::Grid;

/// What the edges passing one pixel add: signed height spanned, and the part of it to their right.
#[derive(Clone, Copy)]
pub(super) struct Cell {
    pub(super) row: u32,
    pub(super) col: u32,
    pub(super) height: f64,
    pub(super) area: f64,
}

/// The outline's edges, cut into pixels.
pub(super) struct Edges<'g> {
    pub(super) grid: &'g Grid,
    pub(super) cells: Vec<Cell>,
    /// Whether a position lies outside the grid.
    pub(super) cut: bool,
}

impl<'g> Edges<'g> {
    pub(super) fn new(grid: &'g Grid) -> Edges<'g> {
        Edges { grid, cells: Vec::new(), cut: false }
    }

    /// Adds a ring that counts `sign`, whichever way it runs.
    pub(super) fn ring(&mut self, ring: &LineString<f64>, sign: f64) {
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
}
