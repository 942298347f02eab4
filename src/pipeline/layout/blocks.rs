//! Which seats lie in which block of a raster.

use crate::grid::{Grid, Window};

use super::Layout;

/// The seats of a layout by blocks of one size.
#[derive(Debug)]
pub(in crate::pipeline) struct BlockLists {
    grid: Grid,
    block: (usize, usize),
    blocks: Vec<BlockSeats>,
    /// Seats that lie in more than one block, ascending.
    crossing: Vec<Crossing>,
}

/// What lies in one block.
#[derive(Debug, Default)]
pub(in crate::pipeline) struct BlockSeats {
    /// Seats that lie in this block only, by their first row, so that a block is walked from top to bottom.
    pub(in crate::pipeline) inside: Vec<u32>,
    /// Positions in the list of crossing seats.
    pub(in crate::pipeline) crossing: Vec<u32>,
    /// A bit a row of the block: whether a seat has a pixel in it.
    rows: Vec<u64>,
}

/// A seat that lies in more than one block.
#[derive(Clone, Copy, Debug)]
pub(in crate::pipeline) struct Crossing {
    pub(in crate::pipeline) seat: u32,
    /// Pixels of the crossing seats before it.
    pub(in crate::pipeline) start: usize,
    /// Pixels.
    pub(in crate::pipeline) len: usize,
}

impl BlockLists {
    pub(super) fn new(layout: &Layout, block: (usize, usize)) -> BlockLists {
        let (grid, (width, height)) = (layout.grid, block);
        let across = grid.width.div_ceil(width);
        let mut lists = BlockLists { grid, block, blocks: Vec::new(), crossing: Vec::new() };
        lists.blocks.resize_with(across * grid.height.div_ceil(height), BlockSeats::default);
        let mut start = 0;
        for seat in 0..layout.seats() {
            let print = layout.print(seat);
            let w = print.window();
            let (left, right) = (w.col / width, (w.col_end().max(1) - 1) / width);
            let (top, bottom) = (w.row / height, (w.row_end().max(1) - 1) / height);
            let seat_number = seat as u32;
            if left == right && top == bottom {
                if let Some(seats) = lists.blocks.get_mut(top * across + left) {
                    seats.inside.push(seat_number);
                    seats.mark(w.row - top * height, w.height);
                }
                continue;
            }
            let position = lists.crossing.len() as u32;
            lists.crossing.push(Crossing { seat: seat_number, start, len: print.len() });
            start += print.len();
            for (row, col) in (top..=bottom).flat_map(|row| (left..=right).map(move |col| (row, col))) {
                let of_block = Window { col: col * width, row: row * height, width, height };
                let (Some(seats), Some(part)) =
                    (lists.blocks.get_mut(row * across + col), w.intersection(&of_block))
                else {
                    continue;
                };
                // The rectangle may touch a block that no pixel lies in.
                let touches = print.spans().iter().any(|s| {
                    let (at, from) = (s.row as usize, s.col as usize);
                    of_block.contains(of_block.col, at)
                        && from < of_block.col_end()
                        && from + s.len as usize > of_block.col
                });
                if touches {
                    seats.crossing.push(position);
                    seats.mark(part.row - of_block.row, part.height);
                }
            }
        }
        for seats in &mut lists.blocks {
            seats.inside.sort_by_key(|seat| layout.print(*seat as usize).window().row);
            seats.inside.shrink_to_fit();
        }
        lists
    }

    /// Number of blocks.
    pub(in crate::pipeline) fn len(&self) -> usize {
        self.blocks.len()
    }

    /// What lies in a block.
    pub(in crate::pipeline) fn block(&self, number: usize) -> Option<&BlockSeats> {
        self.blocks.get(number)
    }

    /// The pixels of a block, without the padding at the edges.
    pub(in crate::pipeline) fn window(&self, number: usize) -> Window {
        let across = self.grid.width.div_ceil(self.block.0);
        let (row, col) = (number / across * self.block.1, number % across * self.block.0);
        Window {
            col,
            row,
            width: self.block.0.min(self.grid.width.saturating_sub(col)),
            height: self.block.1.min(self.grid.height.saturating_sub(row)),
        }
    }

    /// Seats that lie in more than one block, ascending.
    pub(in crate::pipeline) fn crossing(&self) -> &[Crossing] {
        &self.crossing
    }

    /// Pixels of all crossing seats.
    pub(in crate::pipeline) fn crossing_pixels(&self) -> usize {
        self.crossing.last().map_or(0, |last| last.start + last.len)
    }
}

impl BlockSeats {
    /// Whether no seat lies in the block.
    pub(in crate::pipeline) fn is_empty(&self) -> bool {
        self.inside.is_empty() && self.crossing.is_empty()
    }

    /// Whether a seat may have a pixel in a row of the block.
    pub(in crate::pipeline) fn has_row(&self, row: usize) -> bool {
        self.rows.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    fn mark(&mut self, row: usize, rows: usize) {
        for row in row..row + rows {
            if self.rows.len() <= row / 64 {
                self.rows.resize(row / 64 + 1, 0);
            }
            if let Some(word) = self.rows.get_mut(row / 64) {
                *word |= 1 << (row % 64);
            }
        }
    }
}
