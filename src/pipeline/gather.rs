//! From blocks of one raster to the values of every plot pixel: fetch, decode, gather.
//!
//! Each needed block is fetched once and decoded once, however many plots lie in it. A block that
//! cannot be read costs only the plots that lie in it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ndarray::Array2;
use rayon::ThreadPool;
use rayon::prelude::*;

use crate::grid::{Grid, Raster, Window};
use crate::imagery::{self, BlockIndex, Cog, Dtype, EncodedBlock, Imagery};

use super::bridge::{ComputeLost, compute};
use super::layout::Layout;
use super::run::Doors;

/// The doors and hands that reading needs.
#[derive(Clone, Debug)]
pub(super) struct Reader {
    pub(super) imagery: Arc<Imagery>,
    pub(super) pool: Arc<ThreadPool>,
    decoded: Arc<AtomicU64>,
}

/// Blocks that could not be read, with the cause.
type Bad = Vec<(BlockIndex, imagery::Error)>;

/// Values of the wanted seats' pixels, in the layout's order.
#[derive(Debug)]
pub(super) struct Gathered {
    /// One value per pixel of the layout; 0 (no data) where nothing was wanted.
    pub(super) values: Vec<u16>,
    /// For each seat, whether a block it needs could not be read.
    pub(super) failed: Vec<bool>,
    /// The first failure, for the record.
    pub(super) error: Option<imagery::Error>,
}

impl Reader {
    /// A reader through these doors; share one per run.
    pub(super) fn new(doors: &Doors) -> Reader {
        let imagery = Arc::new(Imagery::new(Arc::clone(&doors.objects)));
        Reader { imagery, pool: Arc::clone(&doors.pool), decoded: Arc::default() }
    }

    /// Blocks decoded so far.
    pub(super) fn decoded(&self) -> u64 {
        self.decoded.load(Ordering::Relaxed)
    }

    /// Gathers the values of the wanted seats' pixels from a raster on the layout's grid.
    pub(super) async fn gather(
        &self,
        cog: &Arc<Cog>,
        layout: &Arc<Layout>,
        wanted: &[bool],
    ) -> Result<Gathered, ComputeLost> {
        let lists = layout.block_lists(cog.block_size());
        let needed: BTreeSet<usize> = layout
            .seats
            .iter()
            .zip(wanted)
            .filter(|(_, wanted)| **wanted)
            .flat_map(|(seat, _)| lists.blocks_of(layout, seat.start..seat.end))
            .collect();
        let blocks: Vec<BlockIndex> = needed.into_iter().filter_map(|number| cog.block(number)).collect();
        let (at, on) = (Arc::clone(&lists), Arc::clone(layout));
        let pick = move |cog: &Cog, block: &EncodedBlock| {
            let values = decode_u16(cog, block)?;
            let window = cog.window_of_block(block.index());
            let picked = at.positions(block.index().number()).iter().map(|position| {
                let (col, row) = on.col_row(*position as usize);
                values[(row - window.row) * window.width + (col - window.col)]
            });
            Ok(picked.collect::<Vec<u16>>())
        };
        let (read, bad) = self.each_block(cog, blocks, pick).await?;
        let mut values = vec![0u16; layout.cells.len()];
        for (index, picked) in read {
            for (position, value) in lists.positions(index.number()).iter().zip(picked) {
                values[*position as usize] = value;
            }
        }
        let unread: BTreeSet<usize> = bad.iter().map(|(index, _)| index.number()).collect();
        let concerns = |seat: &super::layout::Seat| {
            !unread.is_empty()
                && lists.blocks_of(layout, seat.start..seat.end).any(|number| unread.contains(&number))
        };
        Ok(Gathered {
            values,
            failed: layout.seats.iter().zip(wanted).map(|(seat, wanted)| *wanted && concerns(seat)).collect(),
            error: bad.into_iter().next().map(|(_, error)| error),
        })
    }

    /// Fetches the blocks and makes something of each on the compute pool.
    ///
    /// Blocks that were damaged on their way, or whose file was replaced meanwhile, get one fresh start.
    async fn each_block<R: Send + 'static>(
        &self,
        cog: &Arc<Cog>,
        blocks: Vec<BlockIndex>,
        make: impl Fn(&Cog, &EncodedBlock) -> Result<R, imagery::Error> + Send + Sync + 'static,
    ) -> Result<(Vec<(BlockIndex, R)>, Bad), ComputeLost> {
        let make = Arc::new(make);
        let (mut done, bad) = self.once(cog, &blocks, &make).await?;
        let (again, mut bad): (Bad, Bad) = bad.into_iter().partition(|(_, error)| error.is_worth_a_restart());
        if again.is_empty() {
            return Ok((done, bad));
        }
        match self.imagery.open(cog.href()).await {
            Ok(fresh) if fresh.grid() == cog.grid() && fresh.block_size() == cog.block_size() => {
                let blocks: Vec<BlockIndex> = again.into_iter().map(|(index, _)| index).collect();
                let (more, still_bad) = self.once(&fresh, &blocks, &make).await?;
                done.extend(more);
                bad.extend(still_bad);
            }
            _ => bad.extend(again),
        }
        Ok((done, bad))
    }

    async fn once<R: Send + 'static>(
        &self,
        cog: &Arc<Cog>,
        blocks: &[BlockIndex],
        make: &Arc<impl Fn(&Cog, &EncodedBlock) -> Result<R, imagery::Error> + Send + Sync + 'static>,
    ) -> Result<(Vec<(BlockIndex, R)>, Bad), ComputeLost> {
        let (encoded, mut bad) = self.fetch(cog, blocks).await;
        self.decoded.fetch_add(encoded.len() as u64, Ordering::Relaxed);
        let (shared, make) = (Arc::clone(cog), Arc::clone(make));
        let made: Vec<Result<(BlockIndex, R), (BlockIndex, imagery::Error)>> =
            compute(&self.pool, format!("blocks of {}", cog.href()), move || {
                let one = |block: &EncodedBlock| match make(&shared, block) {
                    Ok(made) => Ok((block.index(), made)),
                    Err(error) => Err((block.index(), error)),
                };
                encoded.par_iter().map(one).collect()
            })
            .await?;
        let mut done = Vec::with_capacity(made.len());
        for result in made {
            match result {
                Ok(block) => done.push(block),
                Err(failure) => bad.push(failure),
            }
        }
        Ok((done, bad))
    }

    /// Fetches blocks together; if that fails, one by one, so that one bad block costs only itself.
    async fn fetch(&self, cog: &Cog, blocks: &[BlockIndex]) -> (Vec<EncodedBlock>, Bad) {
        match self.imagery.fetch(cog, blocks).await {
            Ok(encoded) => (encoded, Vec::new()),
            Err(error) if blocks.len() <= 1 => (Vec::new(), blocks.iter().copied().zip([error]).collect()),
            Err(_) => {
                let (mut good, mut bad) = (Vec::new(), Vec::new());
                for block in blocks {
                    match self.imagery.fetch(cog, std::slice::from_ref(block)).await {
                        Ok(encoded) => good.extend(encoded),
                        Err(error) => bad.push((*block, error)),
                    }
                }
                (good, bad)
            }
        }
    }

    /// Reads every block of a classification raster that one of `windows` touches.
    pub(super) async fn mosaic(&self, cog: &Arc<Cog>, windows: &[Window]) -> Result<Mosaic, ComputeLost> {
        let needed: BTreeSet<BlockIndex> = windows.iter().flat_map(|w| cog.blocks_of(w)).collect();
        let blocks: Vec<BlockIndex> = needed.into_iter().collect();
        let bounds = bounding(blocks.iter().map(|b| cog.window_of_block(*b)), cog.grid());
        let (read, bad) = self.each_block(cog, blocks, decode_u8).await?;
        let mut data = Array2::<u8>::zeros((bounds.height, bounds.width));
        for (index, values) in read {
            let window = cog.window_of_block(index);
            let (top, left) = (window.row - bounds.row, window.col - bounds.col);
            for (row, from) in values.chunks_exact(window.width.max(1)).enumerate() {
                let mut to = data.row_mut(top + row);
                for (to, from) in to.iter_mut().skip(left).zip(from) {
                    *to = *from;
                }
            }
        }
        Ok(Mosaic {
            raster: Raster { window: bounds, data },
            failed: bad.iter().map(|(index, _)| cog.window_of_block(*index)).collect(),
            error: bad.into_iter().next().map(|(_, error)| error),
        })
    }
}

/// Scene-classification pixels around the seats, and the windows that could not be read.
#[derive(Debug)]
pub(super) struct Mosaic {
    /// The bounding window of all blocks read; 0 (no data) where no block was needed.
    pub(super) raster: Raster<u8>,
    /// Windows of blocks that could not be read.
    pub(super) failed: Vec<Window>,
    /// The first failure, for the record.
    pub(super) error: Option<imagery::Error>,
}

/// Decodes a block of either sample type to u16 values.
fn decode_u16(cog: &Cog, block: &EncodedBlock) -> Result<Vec<u16>, imagery::Error> {
    if cog.dtype() == Dtype::U8 {
        return Ok(decode_u8(cog, block)?.into_iter().map(u16::from).collect());
    }
    let mut values = Vec::new();
    imagery::decode(cog, block, &mut values)?;
    Ok(values)
}

/// Decodes a block of classes; a value no byte holds is no class.
fn decode_u8(cog: &Cog, block: &EncodedBlock) -> Result<Vec<u8>, imagery::Error> {
    let mut values = Vec::new();
    if cog.dtype() == Dtype::U16 {
        let mut wide: Vec<u16> = Vec::new();
        imagery::decode(cog, block, &mut wide)?;
        values.extend(wide.into_iter().map(|v| u8::try_from(v).unwrap_or(0)));
    } else {
        imagery::decode(cog, block, &mut values)?;
    }
    Ok(values)
}

/// The smallest window that holds all of them.
fn bounding(windows: impl Iterator<Item = Window>, grid: &Grid) -> Window {
    let all = windows.reduce(|a, b| {
        let (col, row) = (a.col.min(b.col), a.row.min(b.row));
        let (col_end, row_end) = (a.col_end().max(b.col_end()), a.row_end().max(b.row_end()));
        Window { col, row, width: col_end - col, height: row_end - row }
    });
    all.and_then(|w| w.intersection(&grid.window())).unwrap_or(Window { col: 0, row: 0, width: 0, height: 0 })
}
