//! From blocks of one raster to the values of every plot pixel: fetch, decode, gather.
//!
//! Each needed block is fetched once and decoded once, however many plots lie in it. A block that
//! cannot be read costs only the plots that lie in it.

use std::sync::Arc;

use rayon::ThreadPool;
use rayon::prelude::*;

use crate::grid::{Grid, Raster, Window};
use crate::imagery::{self, BlockIndex, Cog, EncodedBlock, Imagery, Sample};

use super::bridge::{ComputeLost, compute};
use super::layout::Layout;

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

/// Blocks that arrived, and the ones that did not.
type Arrived = (Vec<EncodedBlock>, Vec<(BlockIndex, imagery::Error)>);

/// Fetches blocks together; if that fails, one by one, so that one bad block costs only itself.
async fn fetch(imagery: &Imagery, cog: &Cog, blocks: &[BlockIndex]) -> Arrived {
    match imagery.fetch(cog, blocks).await {
        Ok(encoded) => (encoded, Vec::new()),
        Err(error) if blocks.len() <= 1 => (Vec::new(), blocks.iter().map(|b| *b).zip([error]).collect()),
        Err(_) => {
            let (mut good, mut bad) = (Vec::new(), Vec::new());
            for block in blocks {
                match imagery.fetch(cog, std::slice::from_ref(block)).await {
                    Ok(encoded) => good.extend(encoded),
                    Err(error) => bad.push((*block, error)),
                }
            }
            (good, bad)
        }
    }
}

/// Gathers the values of the wanted seats' pixels from a raster on the layout's grid.
pub(super) async fn gather(
    imagery: &Imagery,
    pool: &Arc<ThreadPool>,
    cog: &Arc<Cog>,
    layout: &Arc<Layout>,
    wanted: &[bool],
) -> Result<Gathered, ComputeLost> {
    let lists = layout.block_lists(cog.block_size());
    let mut needed = vec![false; lists.blocks.len()];
    let numbers: std::collections::BTreeMap<usize, usize> =
        lists.blocks.iter().enumerate().map(|(i, b)| (*b, i)).collect();
    let (block_w, block_h) = cog.block_size();
    let number_of = |at: usize| {
        let (col, row) = layout.col_row(at);
        numbers.get(&((row / block_h) * lists.across + col / block_w)).copied()
    };
    for (seat, _) in layout.seats.iter().zip(wanted).filter(|(_, wanted)| **wanted) {
        for at in seat.start..seat.end {
            if let Some(i) = number_of(at) {
                needed[i] = true;
            }
        }
    }
    let wanted_blocks: Vec<BlockIndex> = (0..needed.len())
        .filter(|i| needed[*i])
        .map(|i| BlockIndex { col: lists.blocks[i] % lists.across, row: lists.blocks[i] / lists.across })
        .collect();
    let (encoded, mut bad) = fetch(imagery, cog, &wanted_blocks).await;

    let shared = (Arc::clone(cog), Arc::clone(layout), Arc::clone(&lists), numbers.clone());
    let (values, undecoded) = compute(pool, format!("pixels of {}", cog.href()), move || {
        let (cog, layout, lists, numbers) = shared;
        let parts: Vec<Result<(usize, Vec<u16>), (BlockIndex, imagery::Error)>> = encoded
            .par_iter()
            .map_init(Vec::new, |buffer, block| {
                let index = block.index();
                decode_u16(&cog, block, buffer).map_err(|error| (index, error))?;
                let window = cog.window_of_block(index);
                let number = index.row * lists.across + index.col;
                let Some(i) = numbers.get(&number).copied() else { return Ok((usize::MAX, Vec::new())) };
                let picked = lists
                    .positions(i)
                    .iter()
                    .map(|at| {
                        let (col, row) = layout.col_row(*at as usize);
                        buffer[(row - window.row) * block_w + (col - window.col)]
                    })
                    .collect();
                Ok((i, picked))
            })
            .collect();
        let mut values = vec![0u16; layout.cells.len()];
        let mut undecoded = Vec::new();
        for part in parts {
            match part {
                Ok((usize::MAX, _)) => {}
                Ok((i, picked)) => {
                    for (at, value) in lists.positions(i).iter().zip(picked) {
                        values[*at as usize] = value;
                    }
                }
                Err(bad) => undecoded.push(bad),
            }
        }
        (values, undecoded)
    })
    .await?;
    bad.extend(undecoded);

    let mut failed = vec![false; layout.seats.len()];
    if !bad.is_empty() {
        let bad_blocks: std::collections::BTreeSet<usize> =
            bad.iter().map(|(b, _)| b.row * lists.across + b.col).collect();
        for (seat, failed) in layout.seats.iter().zip(failed.iter_mut()) {
            *failed = (seat.start..seat.end).any(|at| {
                let (col, row) = layout.col_row(at);
                bad_blocks.contains(&((row / block_h) * lists.across + col / block_w))
            });
        }
    }
    Ok(Gathered { values, failed, error: bad.into_iter().next().map(|(_, error)| error) })
}

/// Decodes a block of either sample type to u16 values.
fn decode_u16(cog: &Cog, block: &EncodedBlock, out: &mut Vec<u16>) -> Result<(), imagery::Error> {
    match cog.sample() {
        Sample::U16 => imagery::decode(cog, block, out),
        Sample::U8 => {
            let mut bytes: Vec<u8> = Vec::new();
            imagery::decode(cog, block, &mut bytes)?;
            out.clear();
            out.extend(bytes.into_iter().map(u16::from));
            Ok(())
        }
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

/// Reads every block of a classification raster that one of `windows` touches.
pub(super) async fn mosaic(
    imagery: &Imagery,
    pool: &Arc<ThreadPool>,
    cog: &Arc<Cog>,
    windows: &[Window],
) -> Result<Mosaic, ComputeLost> {
    let mut needed = std::collections::BTreeSet::new();
    for window in windows {
        needed.extend(cog.blocks_of(window).into_iter().map(|b| (b.row, b.col)));
    }
    let blocks: Vec<BlockIndex> = needed.into_iter().map(|(row, col)| BlockIndex { col, row }).collect();
    let bounds = bounding(blocks.iter().map(|b| cog.window_of_block(*b)), cog.grid());
    let (encoded, mut bad) = fetch(imagery, cog, &blocks).await;
    let shared = Arc::clone(cog);
    let (raster, undecoded) = compute(pool, format!("classes of {}", cog.href()), move || {
        let cog = shared;
        let decoded: Vec<Result<(Window, Vec<u8>), (BlockIndex, imagery::Error)>> = encoded
            .par_iter()
            .map(|block| {
                let mut out = Vec::new();
                match cog.sample() {
                    Sample::U8 => imagery::decode(&cog, block, &mut out),
                    Sample::U16 => {
                        let mut wide: Vec<u16> = Vec::new();
                        let done = imagery::decode(&cog, block, &mut wide);
                        out.extend(wide.into_iter().map(|v| u8::try_from(v).unwrap_or(0)));
                        done
                    }
                }
                .map_err(|error| (block.index(), error))?;
                Ok((cog.window_of_block(block.index()), out))
            })
            .collect();
        let mut data = ndarray::Array2::<u8>::zeros((bounds.height, bounds.width));
        let mut undecoded = Vec::new();
        let stride = cog.block_size().0;
        for block in decoded {
            match block {
                Ok((window, values)) => {
                    for row in 0..window.height {
                        let from = row * stride;
                        let target = data.row_mut(window.row - bounds.row + row);
                        let start = window.col - bounds.col;
                        let mut target = target;
                        for (i, value) in values[from..from + window.width].iter().enumerate() {
                            target[start + i] = *value;
                        }
                    }
                }
                Err(bad) => undecoded.push(bad),
            }
        }
        (Raster { window: bounds, data }, undecoded)
    })
    .await?;
    bad.extend(undecoded);
    Ok(Mosaic {
        raster,
        failed: bad.iter().map(|(b, _)| cog.window_of_block(*b)).collect(),
        error: bad.into_iter().next().map(|(_, error)| error),
    })
}

/// The smallest window that holds all of them.
fn bounding(windows: impl Iterator<Item = Window>, grid: &Grid) -> Window {
    let all = windows.reduce(|a, b| {
        let (col, row) = (a.col.min(b.col), a.row.min(b.row));
        Window {
            col,
            row,
            width: a.col_end().max(b.col_end()) - col,
            height: a.row_end().max(b.row_end()) - row,
        }
    });
    all.and_then(|w| w.intersection(&grid.window())).unwrap_or(Window { col: 0, row: 0, width: 0, height: 0 })
}
