//! A bit a pixel: growing a set of pixels by a disc, 64 pixels at a time.

use crate::grid::{Grid, Raster};

use super::Sky;

/// A set of the pixels of a window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bits {
    cols: usize,
    /// Words a row.
    stride: usize,
    words: Vec<u64>,
}

impl Bits {
    /// The pixels whose verdict is in the table.
    pub(super) fn of(sky: &Raster<Sky>, table: &[bool; Sky::COUNT]) -> Bits {
        let (rows, cols) = sky.data.dim();
        let stride = cols.div_ceil(64).max(1);
        let mut words = Vec::with_capacity(rows * stride);
        for line in sky.data.rows() {
            let line = line.to_slice().unwrap_or_default();
            let set = |s: &Sky| u64::from(table.get(s.index()).copied().unwrap_or(false));
            let packed = line.chunks(64).map(|c| c.iter().rev().fold(0, |word, s| word << 1 | set(s)));
            words.extend(packed);
            words.resize(words.len().next_multiple_of(stride), 0);
        }
        Bits { cols, stride, words }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// The pixels that are not in the set.
    pub(super) fn inverted(mut self) -> Bits {
        let last = match self.cols % 64 {
            0 => u64::MAX,
            used => (1 << used) - 1,
        };
        for row in self.words.chunks_exact_mut(self.stride) {
            row.iter_mut().for_each(|word| *word = !*word);
            if let Some(word) = row.last_mut() {
                *word &= if self.cols == 0 { 0 } else { last };
            }
        }
        self
    }

    /// The pixels of both sets, of equal size.
    pub(super) fn and(mut self, other: &Bits) -> Bits {
        self.words.iter_mut().zip(&other.words).for_each(|(a, b)| *a &= b);
        self
    }

    /// Gives every pixel of the set this verdict.
    pub(super) fn paint(&self, sky: &mut Raster<Sky>, verdict: Sky) {
        for (row, mut line) in self.words.chunks_exact(self.stride).zip(sky.data.rows_mut()) {
            for (at, word) in row.iter().enumerate() {
                let mut left = *word;
                while left != 0 {
                    if let Some(pixel) = line.get_mut(at * 64 + left.trailing_zeros() as usize) {
                        *pixel = verdict;
                    }
                    left &= left - 1;
                }
            }
        }
    }

    /// Every pixel within `reach_m` (between centres) of a pixel of the set. Outside the window nothing is set.
    ///
    /// A pixel is reached from `d` rows away if a set pixel of that row lies within the half-width of the disc at
    /// height `d`: each row is widened once for each width of the disc, and laid over the rows around it.
    pub(super) fn grown(&self, grid: &Grid, reach_m: f64) -> Bits {
        // a hair more, so that 60 m is three pixels of 20 m whatever the rounding
        let reach = reach_m * (1.0 + 1e-9);
        let rows = self.words.len() / self.stride;
        let reach_rows = ((reach / grid.dy).floor() as usize).min(rows);
        let half_width = |d: usize| {
            let height = d as f64 * grid.dy;
            let width = (reach * reach - height * height).max(0.0).sqrt() / grid.dx;
            (width.floor() as usize).min(self.cols)
        };
        let halves: Vec<usize> = (0..=reach_rows).map(half_width).collect();
        let mut out = Bits { cols: self.cols, stride: self.stride, words: vec![0; self.words.len()] };
        for (row, line) in self.words.chunks_exact(self.stride).enumerate() {
            if line.iter().all(|word| *word == 0) {
                continue;
            }
            let mut wide: Option<(usize, Vec<u64>)> = None;
            for (d, half) in halves.iter().enumerate() {
                let line = match wide.take() {
                    Some((same, line)) if same == *half => line,
                    _ => widened(line, *half),
                };
                for target in [row.checked_sub(d), Some(row + d).filter(|r| *r < rows)].into_iter().flatten()
                {
                    let to = out.words.get_mut(target * self.stride..(target + 1) * self.stride);
                    to.unwrap_or_default().iter_mut().zip(&line).for_each(|(to, from)| *to |= from);
                }
                wide = Some((*half, line));
            }
        }
        out.inverted().inverted()
    }
}

/// A row in which every bit has spread `half` to both sides.
fn widened(line: &[u64], half: usize) -> Vec<u64> {
    let mut right = line.to_vec();
    let mut left = line.to_vec();
    let mut done = 0;
    while done < half {
        let step = (done + 1).min(half - done);
        or_shifted_up(&mut right, step);
        or_shifted_down(&mut left, step);
        done += step;
    }
    right.iter_mut().zip(&left).for_each(|(a, b)| *a |= b);
    right
}

/// Lays a row over itself, `by` bits towards its end.
fn or_shifted_up(line: &mut [u64], by: usize) {
    let (words, bits) = (by / 64, by % 64);
    for at in (words..line.len()).rev() {
        let of = |at: Option<usize>| at.and_then(|at| line.get(at)).copied().unwrap_or(0);
        let low = of(at.checked_sub(words)) << bits;
        let carried = if bits == 0 { 0 } else { of(at.checked_sub(words + 1)) >> (64 - bits) };
        if let Some(word) = line.get_mut(at) {
            *word |= low | carried;
        }
    }
}

/// Lays a row over itself, `by` bits towards its start.
fn or_shifted_down(line: &mut [u64], by: usize) {
    let (words, bits) = (by / 64, by % 64);
    for at in 0..line.len().saturating_sub(words) {
        let of = |at: usize| line.get(at).copied().unwrap_or(0);
        let high = of(at + words) >> bits;
        let carried = if bits == 0 { 0 } else { of(at + words + 1) << (64 - bits) };
        if let Some(word) = line.get_mut(at) {
            *word |= high | carried;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::{Epsg, Window};
    use ndarray::Array2;
    use proptest::prelude::*;

    const SET: Sky = Sky::NEAR_CLOUD;

    fn raster(set: &Array2<bool>) -> Raster<Sky> {
        let (height, width) = set.dim();
        let data = set.mapv(|s| if s { SET } else { Sky::NO_DATA });
        Raster { window: Window { col: 0, row: 0, width, height }, data }
    }

    fn table() -> [bool; Sky::COUNT] {
        std::array::from_fn(|i| i == SET.index())
    }

    /// Distances between all pairs of pixels.
    fn by_hand(set: &Array2<bool>, grid: &Grid, reach_m: f64) -> Array2<bool> {
        let near = |a: (usize, usize), b: (usize, usize)| {
            let (dy, dx) = (a.0.abs_diff(b.0) as f64 * grid.dy, a.1.abs_diff(b.1) as f64 * grid.dx);
            dy * dy + dx * dx <= (reach_m * (1.0 + 1e-9)).powi(2)
        };
        let seeds: Vec<(usize, usize)> = set.indexed_iter().filter(|(_, s)| **s).map(|(at, _)| at).collect();
        Array2::from_shape_fn(set.dim(), |at| seeds.iter().any(|seed| near(at, *seed)))
    }

    proptest! {
        #[test]
        fn a_set_grows_as_the_distances_say(
            rows in 1usize..40, cols in 1usize..150, reach in 0.0..2000.0f64, dx in 10.0..60.0f64,
            seeds in prop::collection::vec((0usize..40, 0usize..150), 0..12),
        ) {
            let mut set = Array2::from_elem((rows, cols), false);
            for (r, c) in seeds {
                set[(r % rows, c % cols)] = true;
            }
            let grid = Grid { epsg: Epsg(32636), x0: 0.0, y0: 0.0, dx, dy: 20.0, width: cols, height: rows };
            let bits = Bits::of(&raster(&set), &table());
            prop_assert_eq!(bits.is_empty(), !set.iter().any(|s| *s));
            let grown = Bits::of(&raster(&by_hand(&set, &grid, reach)), &table());
            prop_assert_eq!(bits.grown(&grid, reach), grown);
            let mut painted = raster(&Array2::from_elem((rows, cols), false));
            bits.paint(&mut painted, SET);
            prop_assert_eq!(&painted, &raster(&set));
            let inverse = bits.clone().inverted();
            prop_assert!(bits.clone().and(&inverse).is_empty());
            prop_assert_eq!(inverse, Bits::of(&raster(&set.mapv(|s| !s)), &table()));
        }
    }
}
