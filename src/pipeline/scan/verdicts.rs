//! What the sky is over every plot pixel of a scene.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use ndarray::Array2;

use crate::grid::{Grid, Raster, Window};
use crate::imagery::{self, BlockIndex, Cog, Dtype, EncodedBlock, Rows, decode_rows};
use crate::pipeline::bridge::{ComputeLost, compute};
use crate::pipeline::gather::{Bad, Reader};
use crate::pipeline::layout::Layout;
use crate::zonal::{DifferentCrs, MaskRule, MaskTable, Nearest, Sky, Span, sky_of, sky_window};

/// The sky of a scene, found by the pixels of another grid.
#[derive(Debug)]
pub(in crate::pipeline) struct SkyOver {
    sky: Arc<Verdicts>,
    /// For each column and row of the other grid, the one of `sky`; [`OUTSIDE`] where it does not reach.
    cols: Vec<u32>,
    rows: Vec<u32>,
    /// Where only group and weight of a verdict are asked about: those under which another may stand for it.
    like: Option<MaskTable>,
}

const OUTSIDE: u32 = u32::MAX;

/// The verdicts of a window of the classification, row by row.
#[derive(Debug)]
struct Verdicts {
    window: Window,
    data: Vec<Sky>,
}

impl Verdicts {
    fn of(raster: Raster<Sky>) -> Verdicts {
        // Row by row from the start of its memory, as it was made; copied if it ever is not.
        let (window, pixels) = (raster.window, raster.data.len());
        let data = match raster.data.is_standard_layout() {
            true => raster.data.into_raw_vec_and_offset(),
            false => (raster.data.iter().copied().collect(), None),
        };
        let (mut data, start) = data;
        data.drain(..start.unwrap_or(0));
        data.truncate(pixels);
        Verdicts { window, data }
    }

    /// A row, counted within the window; empty where there is none.
    fn row(&self, row: u32) -> &[Sky] {
        let (row, width) = (row as usize, self.window.width);
        self.data
            .get(row.saturating_mul(width)..(row.saturating_add(1)).saturating_mul(width))
            .unwrap_or_default()
    }
}

impl SkyOver {
    /// Lays the sky, a part of the grid `classes`, over a grid.
    fn new(
        sky: &Arc<Verdicts>,
        classes: &Grid,
        grid: &Grid,
        like: Option<MaskTable>,
    ) -> Result<SkyOver, DifferentCrs> {
        let near = Nearest::new(grid, classes)?;
        let within = |at: Option<usize>, start: usize, len: usize| {
            let at = at.and_then(|at| at.checked_sub(start)).filter(|at| *at < len);
            at.map_or(OUTSIDE, |at| at as u32)
        };
        let w = sky.window;
        Ok(SkyOver {
            sky: Arc::clone(sky),
            cols: (0..grid.width).map(|col| within(near.col(col), w.col, w.width)).collect(),
            rows: (0..grid.height).map(|row| within(near.row(row), w.row, w.height)).collect(),
            like,
        })
    }

    /// The verdicts over a run of pixels; no data where the classification does not reach.
    fn along(&self, span: &Span) -> impl Iterator<Item = Sky> + '_ {
        let (line, cols) = self.under(span);
        cols.iter().map(move |col| line.get(*col as usize).copied().unwrap_or(Sky::NO_DATA))
    }

    /// The row of the sky under a run of pixels, and the column of it for each pixel.
    fn under(&self, span: &Span) -> (&[Sky], &[u32]) {
        let line = self.rows.get(span.row as usize).map_or(&[][..], |row| self.sky.row(*row));
        let (from, to) = (span.col as usize, (span.col + span.len) as usize);
        (line, self.cols.get(from..to).unwrap_or_default())
    }

    /// The verdict over a run of pixels, if it is one: pixels of the classification are larger, and most of their
    /// neighbours are like them.
    fn even(&self, span: &Span) -> Option<Sky> {
        let (line, cols) = self.under(span);
        // Columns ascend, so that those between the first and the last lie between theirs.
        match line.get(*cols.first()? as usize..=*cols.last()? as usize)? {
            [first, rest @ ..] if is_all(rest, *first) => Some(*first),
            _ => None,
        }
    }

    /// The verdict over a window, if it is one, or one that may stand for all of them.
    fn even_over(&self, window: &Window) -> Option<Sky> {
        let cols = self.cols.get(window.col..window.col_end())?;
        let rows = self.rows.get(window.row..window.row_end())?;
        // Columns and rows ascend.
        let (left, right) = (*cols.first()? as usize, *cols.last()? as usize);
        let (top, bottom) = (*rows.first()?, *rows.last()?);
        let first = *self.sky.row(top).get(left)?;
        if bottom == OUTSIDE {
            return None;
        }
        let lines = || (top..bottom + 1).map(|row| self.sky.row(row).get(left..=right));
        // Mostly they are the same verdict, which is asked without a table.
        let one = self.like.map_or(first, |like| like.stand_in(first));
        if lines().all(|line| line.is_some_and(|line| is_all(line, first))) {
            return Some(one);
        }
        let like = self.like?;
        let is_like = |line: &[Sky]| line.iter().fold(true, |all, sky| all & (like.stand_in(*sky) == one));
        lines().all(|line| line.is_some_and(is_like)).then_some(one)
    }

    /// Appends the verdicts over the pixels of a plot, which lie in `window`; neighbouring runs of one verdict are filled in
    /// together.
    pub(in crate::pipeline) fn append(&self, window: &Window, spans: &[Span], to: &mut Vec<Sky>) {
        if let Some(sky) = self.even_over(window) {
            let pixels: usize = spans.iter().map(|span| span.len as usize).sum();
            to.resize(to.len() + pixels, sky);
            return;
        }
        // A verdict, and up to where it is to be filled in.
        let (mut sky, mut end) = (Sky::NO_DATA, to.len());
        for span in spans {
            match self.even(span) {
                Some(same) if same == sky => {}
                Some(other) => {
                    to.resize(end, sky);
                    sky = other;
                }
                None => {
                    to.resize(end, sky);
                    to.extend(self.along(span));
                }
            }
            end += span.len as usize;
        }
        to.resize(end, sky);
    }

    /// Whether a verdict over a run of pixels is such.
    pub(in crate::pipeline) fn any(&self, span: &Span, is_such: impl Fn(Sky) -> bool) -> bool {
        self.even(span).map_or_else(|| self.along(span).any(&is_such), &is_such)
    }
}

/// Whether all verdicts are this one; without a way out, as there are few.
fn is_all(line: &[Sky], one: Sky) -> bool {
    line.iter().fold(true, |all, sky| all & (*sky == one))
}

/// The sky of a scene as far as the seats need it.
pub(super) struct SceneSky {
    sky: Arc<Verdicts>,
    grid: Grid,
    /// Windows of blocks that could not be read.
    failed: Vec<Window>,
    /// The first failure, for the record.
    pub(super) error: Option<imagery::Error>,
}

impl SceneSky {
    /// Reads the classification around the wanted seats, and judges it.
    pub(super) async fn read(
        reader: &Reader,
        cog: &Arc<Cog>,
        layout: &Arc<Layout>,
        wanted: &[bool],
        rule: &MaskRule,
    ) -> Result<SceneSky, ComputeLost> {
        let (file, on, wanted, rule) = (Arc::clone(cog), Arc::clone(layout), wanted.to_vec(), *rule);
        let plan = move || class_blocks(&file, &on, &wanted, &rule);
        let ends = compute(&reader.pool, "blocks of the classification", plan).await?;
        let (classes, bad) = classes(reader, cog, ends).await?;
        let grid = *cog.grid();
        let judge = move || Verdicts::of(sky_of(classes, &grid, &rule));
        let sky = compute(&reader.pool, "cloud mask", judge).await?;
        Ok(SceneSky {
            sky: Arc::new(sky),
            grid,
            failed: bad.iter().map(|(index, _)| cog.window_of_block(*index)).collect(),
            error: bad.into_iter().next().map(|(_, error)| error),
        })
    }

    /// The sky over another grid; with `like`, verdicts of one group and weight may stand for each other.
    pub(super) fn over(&self, grid: &Grid, like: Option<MaskTable>) -> Result<SkyOver, DifferentCrs> {
        SkyOver::new(&self.sky, &self.grid, grid, like)
    }

    /// Whether a part of the classification that the seat's verdict rests on could not be read.
    pub(super) fn is_lost(&self, layout: &Layout, seat: usize, rule: &MaskRule) -> bool {
        !self.failed.is_empty()
            && around(layout, seat, &self.grid, rule)
                .is_some_and(|w| self.failed.iter().any(|bad| bad.intersection(&w).is_some()))
    }
}

/// The window of the classification around a seat, dilation margin included.
fn around(layout: &Layout, seat: usize, classes: &Grid, rule: &MaskRule) -> Option<Window> {
    sky_window(&layout.grid, layout.print(seat).window(), classes, rule)
}

/// Which blocks of the classification are needed, and down to which row of the raster.
fn class_blocks(cog: &Cog, layout: &Layout, wanted: &[bool], rule: &MaskRule) -> BTreeMap<BlockIndex, usize> {
    let mut ends: BTreeMap<BlockIndex, usize> = BTreeMap::new();
    let seats = (0..layout.seats()).filter(|seat| wanted.get(*seat).copied().unwrap_or(false));
    for window in seats.filter_map(|seat| around(layout, seat, cog.grid(), rule)) {
        for index in cog.blocks_of(&window) {
            let end = ends.entry(index).or_default();
            *end = (*end).max(window.row_end());
        }
    }
    ends
}

/// Reads the classification in these blocks: the bounding window of them all, 0 (no data) where nothing was
/// needed, and the blocks that could not be read.
async fn classes(
    reader: &Reader,
    cog: &Arc<Cog>,
    ends: BTreeMap<BlockIndex, usize>,
) -> Result<(Raster<u8>, Bad), ComputeLost> {
    let blocks: Vec<BlockIndex> = ends.keys().copied().collect();
    let window = bounding(blocks.iter().map(|b| cog.window_of_block(*b)), cog.grid());
    let data = Array2::<u8>::zeros((window.height, window.width));
    // Each block writes its own part.
    let raster = Arc::new(Mutex::new(Raster { window, data }));
    let into = Arc::clone(&raster);
    let decode = move |cog: &Cog, block: &EncodedBlock| {
        let end = ends.get(&block.index()).copied().unwrap_or(0);
        class_rows(cog, block, end, &into)
    };
    let (_, bad) = reader.each_block(cog, blocks, decode).await?;
    let mut raster = raster.lock().unwrap_or_else(PoisonError::into_inner);
    let data = std::mem::take(&mut raster.data);
    Ok((Raster { window, data }, bad))
}

thread_local! {
    static ROWS: RefCell<(Rows<u8>, Rows<u16>)> = RefCell::default();
}

/// Decodes a block of classes down to a row of the raster, where `end` is the first that is not needed; a value no
/// byte holds is no class.
fn class_rows(
    cog: &Cog,
    block: &EncodedBlock,
    end: usize,
    into: &Mutex<Raster<u8>>,
) -> Result<(), imagery::Error> {
    let window = cog.window_of_block(block.index());
    let rows = end.saturating_sub(window.row).min(window.height);
    ROWS.with_borrow_mut(|(narrow, wide)| {
        if cog.dtype() == Dtype::U16 {
            decode_rows(cog, block, rows, |_| true, wide)?;
        } else {
            decode_rows(cog, block, rows, |_| true, narrow)?;
        }
        let mut into = into.lock().unwrap_or_else(PoisonError::into_inner);
        let (top, left) = (window.row - into.window.row, window.col - into.window.col);
        for row in 0..rows {
            let mut line = into.data.row_mut(top + row);
            let Some(to) = line.as_slice_mut().and_then(|line| line.get_mut(left..left + window.width))
            else {
                continue;
            };
            if cog.dtype() == Dtype::U16 {
                let from = wide.row(row).iter().map(|v| u8::try_from(*v).unwrap_or(0));
                to.iter_mut().zip(from).for_each(|(to, class)| *to = class);
            } else if let Some(from) = narrow.row(row).get(..window.width) {
                to.copy_from_slice(from);
            }
        }
        Ok(())
    })
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

#[cfg(test)]
mod tests;
