//! Which pixels lie side by side.

use std::collections::BTreeMap;

use super::pixels::PixelSeries;

/// Rings around a pixel that are asked before the whole plot is.
const RINGS: i64 = 2;

/// Finds pixels by place.
#[derive(Debug)]
pub(super) struct Places<'a> {
    pixels: &'a PixelSeries,
    at: BTreeMap<(i64, i64), usize>,
}

impl<'a> Places<'a> {
    pub(super) fn new(pixels: &'a PixelSeries) -> Places<'a> {
        let at = pixels.cells.iter().enumerate().map(|(i, c)| ((c.row, c.col), i)).collect();
        Places { pixels, at }
    }

    /// Mean of what the nearest judged pixels say (0 to 1); `None` if none is near.
    pub(super) fn nearest(&self, cell: usize, judged: &[Option<f64>]) -> Option<f64> {
        let c = self.pixels.cells.get(cell)?;
        let step = self.pixels.step;
        (1..=RINGS).find_map(|ring| {
            let (mut sum, mut n) = (0.0, 0usize);
            for dr in -ring..=ring {
                for dc in -ring..=ring {
                    let place = (c.row + dr * step, c.col + dc * step);
                    let say = self.at.get(&place).and_then(|i| judged.get(*i).copied().flatten());
                    if dr.abs().max(dc.abs()) == ring
                        && let Some(say) = say
                    {
                        sum += say;
                        n += 1;
                    }
                }
            }
            (n > 0).then(|| sum / n as f64)
        })
    }

    /// Length of the edges between pixels on both sides of one half, metres, along the pixel lattice.
    pub(super) fn edge_m(&self, judged: &[f64]) -> f64 {
        let step = self.pixels.step;
        let is_crop = |i: usize| judged.get(i).is_some_and(|p| *p > 0.5);
        let mut edges = 0usize;
        for (i, c) in self.pixels.cells.iter().enumerate() {
            for place in [(c.row + step, c.col), (c.row, c.col + step)] {
                edges += usize::from(self.at.get(&place).is_some_and(|j| is_crop(*j) != is_crop(i)));
            }
        }
        edges as f64 * self.pixels.pixel_m * step as f64
    }
}
