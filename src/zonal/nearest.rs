//! Which pixel of another grid lies under a pixel's centre: matching by coordinates.

use crate::grid::{Epsg, Grid, Raster};

use super::footprint::Footprint;

/// How closely two origins must agree before pixels are matched by whole numbers, metres: half a
/// pixel's mismatch between providers has shifted masks before (openeo-geopyspark-driver 1556).
const SAME_ORIGIN_M: f64 = 0.01;

/// Two grids that cannot be matched.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("rasters of one scene lie in different coordinate systems: {from} and {to}")]
pub struct DifferentCrs {
    /// System of the pixels to be matched.
    pub from: Epsg,
    /// System of the grid looked into.
    pub to: Epsg,
}

/// For each pixel of one grid, the pixel of another that its centre falls into.
///
/// # Method
/// By coordinates, for any ratio of pixel sizes. Where the origins agree to 0.01 m and the pixel
/// sizes are a whole ratio (10 m on 20 m), by whole-number division, which gives the same answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nearest {
    cols: Axis,
    rows: Axis,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Axis {
    Whole { ratio: usize, len: usize },
    Centres { start: f64, step: f64, len: usize },
}

impl Nearest {
    /// Matches pixels of `from` to pixels of `to`.
    ///
    /// # Errors
    /// [`DifferentCrs`] if the grids lie in different coordinate systems.
    pub fn new(from: &Grid, to: &Grid) -> Result<Nearest, DifferentCrs> {
        if from.epsg != to.epsg {
            return Err(DifferentCrs { from: from.epsg, to: to.epsg });
        }
        Ok(Nearest {
            cols: Axis::new(from.x0 - to.x0, from.dx, to.dx, to.width),
            rows: Axis::new(to.y0 - from.y0, from.dy, to.dy, to.height),
        })
    }

    /// Column of the other grid; `None` outside it.
    pub fn col(&self, col: usize) -> Option<usize> {
        self.cols.at(col)
    }

    /// Row of the other grid; `None` outside it.
    pub fn row(&self, row: usize) -> Option<usize> {
        self.rows.at(row)
    }

    /// The other raster's values under the pixels of `footprint`, in its order; `missing` where the
    /// raster does not reach.
    pub fn gather<T: Copy>(&self, footprint: &Footprint, raster: &Raster<T>, missing: T) -> Vec<T> {
        let at = |row: usize, col: usize| {
            let r = self.row(row)?.checked_sub(raster.window.row)?;
            let c = self.col(col)?.checked_sub(raster.window.col)?;
            raster.data.get((r, c)).copied()
        };
        footprint.cells().map(|(row, col, _)| at(row, col).unwrap_or(missing)).collect()
    }
}

impl Axis {
    /// `shift`: metres from the other grid's first edge to this grid's.
    fn new(shift: f64, from: f64, to: f64, len: usize) -> Axis {
        let ratio = to / from;
        let whole = ratio.round();
        // over a whole axis the sizes may not drift by more than the origins may differ
        let drift = (ratio - whole).abs() * from * len as f64;
        if shift.abs() <= SAME_ORIGIN_M && whole >= 1.0 && drift <= SAME_ORIGIN_M {
            Axis::Whole { ratio: whole as usize, len }
        } else {
            Axis::Centres { start: (shift + from / 2.0) / to, step: from / to, len }
        }
    }

    fn at(self, index: usize) -> Option<usize> {
        let (at, len) = match self {
            Axis::Whole { ratio, len } => (index / ratio, len),
            Axis::Centres { start, step, len } => {
                let at = (start + index as f64 * step).floor();
                if at < 0.0 {
                    return None;
                }
                (at as usize, len)
            }
        };
        (at < len).then_some(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(x0: f64, d: f64, n: usize) -> Grid {
        Grid { epsg: Epsg(32633), x0, y0: 5e6 - x0, dx: d, dy: d, width: n, height: n }
    }

    #[test]
    fn ten_metres_on_twenty_and_a_half_pixel_shift() {
        let fine = grid(0.0, 10.0, 10);
        let aligned = Nearest::new(&fine, &grid(0.004, 20.0, 5)).unwrap();
        assert!(matches!(aligned.cols, Axis::Whole { ratio: 2, .. }));
        let cols: Vec<_> = (0..11).map(|c| aligned.col(c)).collect();
        let pairs = [0, 0, 1, 1, 2, 2, 3, 3, 4, 4].map(Some);
        assert_eq!(cols[..10], pairs);
        assert_eq!(cols[10], None);
        // the other grid starts 10 m further east: its first pixel holds our columns 1 and 2
        let shifted = Nearest::new(&fine, &grid(10.0, 20.0, 5)).unwrap();
        let cols: Vec<_> = (0..5).map(|c| shifted.col(c)).collect();
        assert_eq!(cols, [None, Some(0), Some(0), Some(1), Some(1)]);
        assert_eq!(shifted.row(0), None);
        assert_eq!(shifted.row(1), Some(0));
    }

    #[test]
    fn both_ways_of_matching_agree_where_both_apply() {
        for (d, n) in [(10.0, 300), (20.0, 150), (60.0, 50)] {
            let fine = grid(0.0, 10.0, 300);
            let whole = Axis::new(0.0, 10.0, d, n);
            let centres = Axis::Centres { start: 5.0 / d, step: 10.0 / d, len: n };
            for c in 0..fine.width {
                assert_eq!(whole.at(c), centres.at(c), "{d} {c}");
            }
        }
    }

    #[test]
    fn decimated_rasters_have_ratios_that_are_not_whole() {
        // 10980 px of 10 m written as 343 px, 5490 px of 20 m written as 172 px
        let red = grid(0.0, 109_800.0 / 343.0, 343);
        let scl = grid(0.0, 109_800.0 / 172.0, 172);
        let near = Nearest::new(&red, &scl).unwrap();
        for c in 0..343 {
            let at = (c as f64 + 0.5) * red.dx / scl.dx;
            // the middle column's centre lies on an edge: either neighbour is nearest
            let edge = (at - at.round()).abs() < 1e-9;
            let found = near.col(c).unwrap();
            assert!(found == at as usize || (edge && found + 1 == at.round() as usize), "{c}: {found} {at}");
        }
        let other = Grid { epsg: Epsg(32634), ..red };
        assert!(Nearest::new(&red, &other).is_err());
    }
}
