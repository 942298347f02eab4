//! Plots laid over one raster grid: which pixels, with which coverage, in which blocks.
//!
//! Built once for a grid and reused for every date; the per-date work is a gather over these lists.
//! Memory: about 5 bytes a plot pixel (see [`Footprints`]) and 80 a plot.

mod blocks;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use crate::crs;
use crate::grid::Grid;
use crate::zonal::{Footprint, FootprintView, Footprints};

use super::tiles::Part;

pub(super) use self::blocks::{BlockLists, BlockSeats};

/// Parts that one thread lays over the grid at once, and those that are laid before they join the others: what a wave
/// takes is given back to the next.
const BATCH: usize = 256;
const WAVE: usize = 64 * BATCH;

/// All parts of a tile on one grid. A *seat* is a part that touches the grid.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) grid: Grid,
    /// For each seat, the position of its part in the tile's list; ascending.
    parts: Vec<u32>,
    prints: Footprints,
    /// Seats by block, per block size: made on first use.
    by_block: Mutex<BTreeMap<(usize, usize), Arc<BlockLists>>>,
}

impl Layout {
    /// Lays the parts over the grid; parts that do not touch it get no seat.
    pub(super) fn new(parts: &[Part], grid: &Grid) -> Result<Layout, crs::Error> {
        let mut layout = Layout {
            grid: *grid,
            parts: Vec::new(),
            prints: Footprints::default(),
            by_block: Mutex::default(),
        };
        for (wave, some) in parts.chunks(WAVE).enumerate() {
            let first = wave * WAVE;
            let batches: Vec<(Vec<u32>, Footprints)> = some
                .par_chunks(BATCH)
                .enumerate()
                .map(|(batch, parts)| laid(first + batch * BATCH, parts, grid))
                .collect::<Result<_, crs::Error>>()?;
            if wave == 0 {
                // The others will be much like the first, some a little more.
                let all = |of: fn(&Footprints) -> usize| {
                    let found: usize = batches.iter().map(|(_, prints)| of(prints)).sum();
                    let whole = found.saturating_mul(parts.len()) / some.len().max(1);
                    if parts.len() > WAVE { whole + whole / 16 } else { whole }
                };
                layout.prints.reserve(all(Footprints::len), all(Footprints::spans), all(Footprints::pixels));
            }
            for (parts, prints) in batches {
                for (part, print) in parts.into_iter().zip(prints.iter()) {
                    if layout.prints.push(&print) {
                        layout.parts.push(part);
                    }
                }
            }
        }
        layout.prints.give_back();
        Ok(layout)
    }

    /// Number of seats.
    pub(super) fn seats(&self) -> usize {
        self.parts.len()
    }

    /// Position of a seat's part in the tile's list.
    pub(super) fn part(&self, seat: usize) -> usize {
        self.parts.get(seat).map_or(usize::MAX, |part| *part as usize)
    }

    /// The pixels of a seat.
    pub(super) fn print(&self, seat: usize) -> FootprintView<'_> {
        self.prints.get(seat)
    }

    /// The seats by blocks of this size.
    pub(super) fn block_lists(&self, block: (usize, usize)) -> Arc<BlockLists> {
        let mut cache = self.by_block.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(cache.entry(block).or_insert_with(|| Arc::new(BlockLists::new(self, block))))
    }
}

/// The seats among some parts, the first of which is at `first`.
fn laid(first: usize, parts: &[Part], grid: &Grid) -> Result<(Vec<u32>, Footprints), crs::Error> {
    let (mut seats, mut prints) = (Vec::new(), Footprints::default());
    let projector = crs::Projector::new(grid.epsg)?;
    for (at, part) in parts.iter().enumerate() {
        let metres = projector.project(&part.geometry)?;
        let print = Footprint::new(&metres, grid).ok().filter(|print| !print.is_empty());
        let place = u32::try_from(first + at).ok();
        if let (Some(print), Some(place)) = (print, place)
            && prints.push(&print.view())
        {
            seats.push(place);
        }
    }
    Ok((seats, prints))
}
