//! Plots laid over one raster grid: which pixels, with which coverage, in which blocks.
//!
//! Built once for a grid and reused for every date; the per-date work is a gather over these lists.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use geo::MultiPolygon;
use rayon::prelude::*;

use crate::crs;
use crate::grid::Grid;
use crate::zonal::Footprint;

use super::tiles::Part;

/// One plot part on the grid: a range of the flat pixel lists.
#[derive(Debug)]
pub(super) struct Seat {
    /// Position of the part in the tile's list.
    pub(super) part: usize,
    /// First pixel in the flat lists.
    pub(super) start: usize,
    /// One past the last pixel.
    pub(super) end: usize,
    /// Which pixels, and how much of each.
    pub(super) footprint: Footprint,
}

/// All parts of a tile on one grid.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) grid: Grid,
    pub(super) seats: Vec<Seat>,
    /// `row * width + column` of each pixel, all seats back to back.
    pub(super) cells: Vec<u32>,
    /// Pixel lists by block, per block size: made on first use.
    by_block: Mutex<BTreeMap<(usize, usize), Arc<BlockLists>>>,
}

/// For one block size: which flat positions lie in which block.
#[derive(Debug)]
pub(super) struct BlockLists {
    block: (usize, usize),
    /// Blocks across the grid.
    across: usize,
    /// `order[starts[b]..starts[b + 1]]` are the flat positions in block `b`.
    starts: Vec<usize>,
    order: Vec<u32>,
}

impl Layout {
    /// Lays the parts over the grid; parts that do not touch it get no seat.
    pub(super) fn new(parts: &[Part], grid: &Grid) -> Result<Layout, crs::Error> {
        let prints: Vec<Option<Footprint>> = parts
            .par_iter()
            .map(|part| {
                let metres: MultiPolygon<f64> = crs::project(&part.geometry, grid.epsg)?;
                Ok(Footprint::new(&metres, grid).ok())
            })
            .collect::<Result<_, crs::Error>>()?;
        let total: usize = prints.iter().flatten().map(|p| p.len()).sum();
        let mut layout = Layout {
            grid: *grid,
            seats: Vec::with_capacity(parts.len()),
            cells: Vec::with_capacity(total),
            by_block: Mutex::default(),
        };
        for (part, print) in prints.into_iter().enumerate() {
            let Some(print) = print.filter(|p| !p.is_empty()) else { continue };
            let start = layout.cells.len();
            layout.cells.extend(print.cells().map(|(row, col, _)| (row * grid.width + col) as u32));
            layout.seats.push(Seat { part, start, end: layout.cells.len(), footprint: print });
        }
        Ok(layout)
    }

    /// Column and row of a flat position.
    pub(super) fn col_row(&self, at: usize) -> (usize, usize) {
        let cell = self.cells[at] as usize;
        (cell % self.grid.width, cell / self.grid.width)
    }

    /// The pixel lists for blocks of this size.
    pub(super) fn block_lists(&self, block: (usize, usize)) -> Arc<BlockLists> {
        let mut cache = match self.by_block.lock() {
            Ok(guard) => guard,
            Err(poisoned) => poisoned.into_inner(),
        };
        Arc::clone(cache.entry(block).or_insert_with(|| Arc::new(BlockLists::new(self, block))))
    }
}

impl BlockLists {
    fn new(layout: &Layout, block: (usize, usize)) -> BlockLists {
        let across = layout.grid.width.div_ceil(block.0);
        let down = layout.grid.height.div_ceil(block.1);
        let mut lists = BlockLists { block, across, starts: vec![0; across * down + 1], order: Vec::new() };
        let blocks: Vec<u32> =
            (0..layout.cells.len()).map(|at| lists.number_of(layout.col_row(at)) as u32).collect();
        for number in &blocks {
            lists.starts[*number as usize + 1] += 1;
        }
        for i in 1..lists.starts.len() {
            lists.starts[i] += lists.starts[i - 1];
        }
        let mut next = lists.starts.clone();
        lists.order = vec![0; blocks.len()];
        for (at, number) in blocks.into_iter().enumerate() {
            let slot = &mut next[number as usize];
            lists.order[*slot] = at as u32;
            *slot += 1;
        }
        lists
    }

    /// Number of the block that holds a pixel.
    fn number_of(&self, (col, row): (usize, usize)) -> usize {
        (row / self.block.1) * self.across + col / self.block.0
    }

    /// Flat positions in a block.
    pub(super) fn positions(&self, number: usize) -> &[u32] {
        &self.order[self.starts[number]..self.starts[number + 1]]
    }

    /// Numbers of the blocks that hold the pixels at these positions; one may come more than once.
    pub(super) fn blocks_of<'a>(
        &'a self,
        layout: &'a Layout,
        positions: std::ops::Range<usize>,
    ) -> impl Iterator<Item = usize> + 'a {
        let mut last = usize::MAX;
        positions.map(|at| self.number_of(layout.col_row(at))).filter(move |number| {
            let new = *number != last;
            last = *number;
            new
        })
    }
}
