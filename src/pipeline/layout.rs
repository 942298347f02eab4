//! Plots laid over one raster grid: which pixels, with which coverage, in which blocks.
//!
//! Built once for a grid and reused for every date; the per-date work is a gather over these lists.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use geo::MultiPolygon;
use rayon::prelude::*;

use crate::crs;
use crate::grid::{Grid, Window};
use crate::zonal::Footprint;

use super::tiles::Part;

/// One plot part on the grid: a range of the flat pixel lists.
#[derive(Clone, Debug)]
pub(super) struct Seat {
    /// Position of the part in the tile's list.
    pub(super) part: usize,
    /// First pixel in the flat lists.
    pub(super) start: usize,
    /// One past the last pixel.
    pub(super) end: usize,
    /// Pixels the part touches, as a rectangle.
    pub(super) window: Window,
    /// Part of the outline's area that lies on the grid, 0 to 1.
    pub(super) inside_fraction: f64,
    /// Sum of coverage fractions on the grid, in f64.
    pub(super) total_coverage: f64,
}

/// All parts of a tile on one grid.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) grid: Grid,
    pub(super) seats: Vec<Seat>,
    /// Coverage fraction of each pixel, all seats back to back.
    pub(super) coverage: Vec<f32>,
    /// `row * width + column` of each pixel.
    pub(super) cells: Vec<u32>,
    /// Pixel lists by block, per block size: made on first use.
    by_block: Mutex<BTreeMap<(usize, usize), Arc<BlockLists>>>,
}

/// For one block size: which flat positions lie in which block.
#[derive(Debug)]
pub(super) struct BlockLists {
    /// Blocks across the grid.
    pub(super) across: usize,
    /// Block number of each used block, ascending.
    pub(super) blocks: Vec<usize>,
    /// `order[starts[i]..starts[i + 1]]` are the flat positions in block `blocks[i]`.
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
            coverage: Vec::with_capacity(total),
            cells: Vec::with_capacity(total),
            by_block: Mutex::default(),
        };
        for (part, print) in prints.iter().enumerate() {
            let Some(print) = print.as_ref().filter(|p| !p.is_empty()) else { continue };
            let start = layout.cells.len();
            for (row, col, coverage) in print.cells() {
                layout.cells.push((row * grid.width + col) as u32);
                layout.coverage.push(coverage);
            }
            layout.seats.push(Seat {
                part,
                start,
                end: layout.cells.len(),
                window: print.window(),
                inside_fraction: print.inside_fraction(),
                total_coverage: print.pixel_count(),
            });
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
    fn new(layout: &Layout, (block_w, block_h): (usize, usize)) -> BlockLists {
        let across = layout.grid.width.div_ceil(block_w);
        let down = layout.grid.height.div_ceil(block_h);
        let block_of = |cell: u32| {
            let (col, row) = (cell as usize % layout.grid.width, cell as usize / layout.grid.width);
            (row / block_h) * across + col / block_w
        };
        let mut counts = vec![0usize; across * down + 1];
        for cell in &layout.cells {
            counts[block_of(*cell) + 1] += 1;
        }
        for i in 1..counts.len() {
            counts[i] += counts[i - 1];
        }
        let mut order = vec![0u32; layout.cells.len()];
        let mut next = counts.clone();
        for (at, cell) in layout.cells.iter().enumerate() {
            let block = block_of(*cell);
            order[next[block]] = at as u32;
            next[block] += 1;
        }
        let used: Vec<usize> = (0..across * down).filter(|b| counts[*b] < counts[b + 1]).collect();
        let mut starts: Vec<usize> = used.iter().map(|b| counts[*b]).collect();
        starts.push(layout.cells.len());
        BlockLists { across, blocks: used, starts, order }
    }

    /// Flat positions in the `i`-th used block.
    pub(super) fn positions(&self, i: usize) -> &[u32] {
        &self.order[self.starts[i]..self.starts[i + 1]]
    }
}
