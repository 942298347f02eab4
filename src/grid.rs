//! Where pixels lie: a north-up raster grid, windows on it, and the arrays cut from it.
//!
//! Comes in: size, EPSG code and origin as a TIFF states them. Goes out: [`Grid`], [`Window`],
//! [`Raster`]. Not here: lon/lat (see `crs`), files (see `imagery`).

use ndarray::Array2;

/// An EPSG code of a projected coordinate reference system in metres.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epsg(pub u32);

impl Epsg {
    /// UTM zone (1 to 60) and whether it is the northern half, for WGS 84 / UTM codes.
    pub fn utm(self) -> Option<(u8, bool)> {
        match self.0 {
            32601..=32660 => Some(((self.0 - 32600) as u8, true)),
            32701..=32760 => Some(((self.0 - 32700) as u8, false)),
            _ => None,
        }
    }
}

impl std::fmt::Display for Epsg {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "EPSG:{}", self.0)
    }
}

/// A north-up grid of square or rectangular pixels.
///
/// # Units
/// Metres of the projected CRS; `x0`, `y0` is the outer corner of the upper left pixel;
/// `dx` and `dy` are both positive (rows run south).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grid {
    /// Coordinate reference system.
    pub epsg: Epsg,
    /// Left edge, metres.
    pub x0: f64,
    /// Top edge, metres.
    pub y0: f64,
    /// Pixel width, metres, positive.
    pub dx: f64,
    /// Pixel height, metres, positive.
    pub dy: f64,
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
}

/// A rectangle of pixels on a [`Grid`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    /// First column.
    pub col: usize,
    /// First row.
    pub row: usize,
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
}

/// Pixels of one window, row-major: `data[[row - window.row, col - window.col]]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Raster<T> {
    /// Where the pixels lie.
    pub window: Window,
    /// `height x width` values.
    pub data: Array2<T>,
}

impl Grid {
    /// The whole grid as a window.
    pub fn window(&self) -> Window {
        Window { col: 0, row: 0, width: self.width, height: self.height }
    }

    /// Right edge, metres.
    pub fn x1(&self) -> f64 {
        self.x0 + self.dx * self.width as f64
    }

    /// Bottom edge, metres.
    pub fn y1(&self) -> f64 {
        self.y0 - self.dy * self.height as f64
    }

    /// Area of one pixel, square metres.
    pub fn pixel_area_m2(&self) -> f64 {
        self.dx * self.dy
    }

    /// The smallest window that covers the box `(min_x, min_y, max_x, max_y)` (metres), grown by
    /// `margin_m` on every side and cut to the grid; `None` if nothing of it lies on the grid.
    pub fn window_of(&self, bounds: (f64, f64, f64, f64), margin_m: f64) -> Option<Window> {
        let (min_x, min_y, max_x, max_y) = bounds;
        let c0 = ((min_x - margin_m - self.x0) / self.dx).floor().max(0.0);
        let c1 = ((max_x + margin_m - self.x0) / self.dx).ceil().min(self.width as f64);
        let r0 = ((self.y0 - max_y - margin_m) / self.dy).floor().max(0.0);
        let r1 = ((self.y0 - min_y + margin_m) / self.dy).ceil().min(self.height as f64);
        if !(c0 < c1 && r0 < r1) {
            return None;
        }
        Some(Window {
            col: c0 as usize,
            row: r0 as usize,
            width: (c1 - c0) as usize,
            height: (r1 - r0) as usize,
        })
    }
}

impl Window {
    /// One past the last column.
    pub fn col_end(&self) -> usize {
        self.col + self.width
    }

    /// One past the last row.
    pub fn row_end(&self) -> usize {
        self.row + self.height
    }

    /// Number of pixels.
    pub fn len(&self) -> usize {
        self.width * self.height
    }

    /// Whether the window holds no pixel.
    pub fn is_empty(&self) -> bool {
        self.width == 0 || self.height == 0
    }

    /// Whether the pixel lies inside.
    pub fn contains(&self, col: usize, row: usize) -> bool {
        col >= self.col && row >= self.row && col < self.col_end() && row < self.row_end()
    }

    /// The common part of two windows of the same grid.
    pub fn intersection(&self, other: &Window) -> Option<Window> {
        let col = self.col.max(other.col);
        let row = self.row.max(other.row);
        let col_end = self.col_end().min(other.col_end());
        let row_end = self.row_end().min(other.row_end());
        (col < col_end && row < row_end).then(|| Window {
            col,
            row,
            width: col_end - col,
            height: row_end - row,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRID: Grid =
        Grid { epsg: Epsg(32633), x0: 1000.0, y0: 5000.0, dx: 10.0, dy: 10.0, width: 8, height: 6 };

    #[test]
    fn a_box_becomes_the_smallest_window_that_covers_it() {
        let w = GRID.window_of((1011.0, 4965.0, 1025.0, 4985.0), 0.0).unwrap();
        assert_eq!(w, Window { col: 1, row: 1, width: 2, height: 3 });
        assert_eq!(GRID.window_of((0.0, 0.0, 999.0, 10.0), 0.0), None);
        assert_eq!(GRID.window_of((0.0, 0.0, 1e6, 1e6), 0.0), Some(GRID.window()));
        assert_eq!(GRID.window_of((f64::NAN, 0.0, 1.0, 1.0), 0.0), None);
    }

    #[test]
    fn utm_codes_name_zone_and_half() {
        assert_eq!(Epsg(32636).utm(), Some((36, true)));
        assert_eq!(Epsg(32736).utm(), Some((36, false)));
        assert_eq!(Epsg(3857).utm(), None);
    }
}
