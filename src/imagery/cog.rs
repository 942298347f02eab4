//! What a raster file says of itself: grid, blocks, encoding. The file is the truth, not its STAC item.

use std::fmt;
use std::ops::Range;

use bytes::Bytes;

use crate::grid::{Grid, Window};
use crate::objects::{Href, Version};

use super::header::ByteOrder;

/// The layout of one opened raster: its first, full-resolution image.
#[derive(Clone, Debug)]
pub struct Cog {
    pub(super) href: Href,
    pub(super) version: Option<Version>,
    pub(super) object_len: Option<u64>,
    pub(super) grid: Grid,
    pub(super) block_width: usize,
    pub(super) block_height: usize,
    pub(super) layout: Layout,
    pub(super) dtype: Dtype,
    pub(super) compression: Compression,
    pub(super) predictor: Predictor,
    pub(super) order: ByteOrder,
    pub(super) nodata: Option<u16>,
    /// Of each block, row by row; both 0 for a block that was never written.
    pub(super) offsets: Vec<u64>,
    pub(super) counts: Vec<u64>,
    /// The first bytes of the file, kept if a block lies in them.
    pub(super) head: Bytes,
    /// Whether each of its blocks is inflated whole, so that its checksum is compared.
    pub(super) check_every_block: bool,
}

/// How pixels are grouped in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// In tiles, padded at the right and lower edge.
    Tiled,
    /// In strips of whole rows, the last one shorter.
    Stripped,
}

/// Type of the pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dtype {
    /// 8 bit unsigned.
    U8,
    /// 16 bit unsigned.
    U16,
}

impl Dtype {
    /// Bytes a pixel.
    pub(super) fn size(self) -> usize {
        match self {
            Dtype::U8 => 1,
            Dtype::U16 => 2,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Dtype::U8 => "u8",
            Dtype::U16 => "u16",
        }
    }
}

/// How blocks are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// Not at all: damage on the way cannot be noticed.
    None,
    /// A zlib stream with its checksum.
    Deflate,
}

/// What was done to the pixels before compression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Predictor {
    /// Nothing.
    None,
    /// Each pixel minus its left neighbour.
    Horizontal,
}

/// Position of a block, row by row from the upper left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlockIndex(pub(super) u32);

impl BlockIndex {
    /// The position as a number: block row times blocks across, plus block column.
    pub fn number(self) -> usize {
        self.0 as usize
    }
}

impl fmt::Display for BlockIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl Cog {
    /// Which state of the file was opened, when the server says.
    pub fn version(&self) -> Option<&Version> {
        self.version.as_ref()
    }

    /// Length of the file, when the server says.
    pub fn object_len(&self) -> Option<u64> {
        self.object_len
    }

    /// The address it was opened from.
    pub fn href(&self) -> &Href {
        &self.href
    }

    /// Where the pixels lie.
    pub fn grid(&self) -> &Grid {
        &self.grid
    }

    /// Columns and rows of a block.
    pub fn block_size(&self) -> (usize, usize) {
        (self.block_width, self.block_height)
    }

    /// Tiles or strips.
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// Type of the pixels.
    pub fn dtype(&self) -> Dtype {
        self.dtype
    }

    /// How blocks are compressed.
    pub fn compression(&self) -> Compression {
        self.compression
    }

    /// What was done before compression.
    pub fn predictor(&self) -> Predictor {
        self.predictor
    }

    /// The value that the file declares to mean "no data", if any.
    pub fn nodata(&self) -> Option<u16> {
        self.nodata
    }

    /// The block with this number, if the raster has it; see [`BlockIndex::number`].
    pub fn block(&self, number: usize) -> Option<BlockIndex> {
        let blocks = self.across() * self.grid.height.div_ceil(self.block_height);
        u32::try_from(number).ok().filter(|_| number < blocks).map(BlockIndex)
    }

    /// Blocks in a row of blocks.
    pub(super) fn across(&self) -> usize {
        self.grid.width.div_ceil(self.block_width)
    }

    /// The blocks that a window touches, in file order (row by row); what lies off the grid is ignored.
    pub fn blocks_of(&self, window: &Window) -> Vec<BlockIndex> {
        let Some(w) = window.intersection(&self.grid.window()) else { return Vec::new() };
        let columns = w.col / self.block_width..w.col_end().div_ceil(self.block_width);
        let rows = w.row / self.block_height..w.row_end().div_ceil(self.block_height);
        let across = self.across();
        rows.flat_map(|r| columns.clone().map(move |c| r * across + c))
            .filter_map(|i| u32::try_from(i).ok().map(BlockIndex))
            .collect()
    }

    /// The pixels of a block, without the padding at the edges; empty for a block of another raster.
    pub fn window_of_block(&self, index: BlockIndex) -> Window {
        let (row, col) = (index.0 as usize / self.across(), index.0 as usize % self.across());
        let (row, col) = (row * self.block_height, col * self.block_width);
        Window {
            col,
            row,
            width: self.block_width.min(self.grid.width.saturating_sub(col)),
            height: self.block_height.min(self.grid.height.saturating_sub(row)),
        }
    }

    /// Rows of a block as stored: tiles are padded, the last strip is not.
    pub(super) fn stored_rows(&self, window: &Window) -> usize {
        match self.layout {
            Layout::Tiled => self.block_height,
            Layout::Stripped => window.height,
        }
    }

    /// The bytes of a block, if they came with the header.
    pub(super) fn in_head(&self, range: &Range<u64>) -> Option<Bytes> {
        let at = |byte: u64| usize::try_from(byte).ok().filter(|at| *at <= self.head.len());
        let (from, to) = (at(range.start)?, at(range.end)?);
        (from < to).then(|| self.head.slice(from..to))
    }

    /// Keeps the first bytes of the file if a block lies in them: it need not be fetched again.
    pub(super) fn keep_head(&mut self, head: Bytes) {
        let end = head.len() as u64;
        let mut places = std::iter::zip(&self.offsets, &self.counts);
        if places.any(|(at, count)| *count > 0 && at.saturating_add(*count) <= end) {
            self.head = head;
        }
    }

    /// Offset and length in the file; `Some(None)` for a block that was never written.
    pub(super) fn place(&self, index: BlockIndex) -> Option<Option<(u64, u64)>> {
        let i = index.0 as usize;
        let (offset, count) = (*self.offsets.get(i)?, *self.counts.get(i)?);
        Some((count > 0).then_some((offset, count)))
    }
}
