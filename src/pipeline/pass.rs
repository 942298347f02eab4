//! One pass over the blocks of a raster, or of two that lie block on block: what every seat measures there.
//!
//! A block is decoded no further than the last row in which a plot has a readable pixel, and not at all if it has
//! none. Seats that lie in one block are measured while its pixels are at hand; of the few that lie in several,
//! the pixels are kept until all their blocks are done. Every seat is measured from its own pixels, in their own
//! order, so that neither threads nor other plots can change an answer.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use crate::grid::Window;
use crate::imagery::{self, Cog, Dtype, EncodedBlock, Rows, decode_rows};
use crate::zonal::{MaskTable, Sky, Span};

use super::layout::{BlockLists, BlockSeats, Layout};
use super::scan::SkyOver;

/// What is measured on the pixels of a seat.
pub(super) trait Measure: Send + Sync + 'static {
    /// Counted over seats, in any order: whole numbers only.
    type Tally: Default + Send + 'static;
    /// What comes of a seat.
    type Out: Send + 'static;

    /// Measures a seat from its pixels, one slice a raster. Digital numbers of pixels that the mask rules out
    /// mean nothing.
    fn seat(&self, seat: usize, values: &[Vec<u16>], sky: &[Sky], tally: &mut Self::Tally) -> Self::Out;

    /// A seat whose pixels could not be read.
    fn unread(&self, seat: usize) -> Self::Out;

    /// Adds a tally to another.
    fn merge(into: &mut Self::Tally, more: Self::Tally);
}

/// The work of a pass, for the compute threads.
pub(super) struct Pass<M> {
    pub(super) layout: Arc<Layout>,
    pub(super) lists: Arc<BlockLists>,
    pub(super) sky: Arc<SkyOver>,
    pub(super) mask: MaskTable,
    /// For each seat, whether it is measured.
    pub(super) wanted: Vec<bool>,
    pub(super) measure: M,
}

/// Rows to decode of the blocks that are needed, by block number.
pub(super) type Needed = BTreeMap<usize, usize>;

/// What came of the seats, in no order; in pieces, so that they need not be moved to be joined.
pub(super) struct Measured<M: Measure> {
    pieces: Vec<Vec<(u32, M::Out)>>,
    pub(super) tally: M::Tally,
}

/// What came of one block.
pub(super) struct OfBlock<M: Measure> {
    pub(super) measured: Measured<M>,
    /// Of each raster, the pixels in this block of the seats that cross its edge.
    crossing: Vec<Vec<u16>>,
}

/// A thread's buffers.
#[derive(Default)]
struct Workbench {
    rows: [Rows<u16>; 2],
    narrow: Rows<u8>,
    values: Vec<Vec<u16>>,
    sky: Vec<Sky>,
}

thread_local! {
    static WORKBENCH: RefCell<Workbench> = RefCell::default();
}

impl<M: Measure> Default for Measured<M> {
    fn default() -> Self {
        Measured { pieces: Vec::new(), tally: M::Tally::default() }
    }
}

impl<M: Measure> Measured<M> {
    pub(super) fn add(&mut self, more: Measured<M>) {
        self.pieces.extend(more.pieces);
        M::merge(&mut self.tally, more.tally);
    }

    /// What came of each of so many seats, in their order; `None` for those that were not measured.
    pub(super) fn by_seat(self, seats: usize) -> (Vec<Option<M::Out>>, M::Tally) {
        let mut all = Vec::new();
        all.resize_with(seats, || None);
        for (seat, out) in self.pieces.into_iter().flatten() {
            if let Some(place) = all.get_mut(seat as usize) {
                *place = Some(out);
            }
        }
        (all, self.tally)
    }
}

impl<M: Measure> Pass<M> {
    /// The blocks with a readable pixel of a wanted seat, and how many of their rows hold one.
    pub(super) fn needed(&self) -> Needed {
        let rows = (0..self.lists.len()).into_par_iter().filter_map(|number| {
            let rows = self.lists.block(number).map_or(0, |seats| self.rows_needed(number, seats));
            (rows > 0).then_some((number, rows))
        });
        rows.collect::<Vec<_>>().into_iter().collect()
    }

    fn rows_needed(&self, number: usize, seats: &BlockSeats) -> usize {
        let window = self.lists.window(number);
        let mut end = window.row;
        let crossing = seats.crossing.iter().filter_map(|at| self.lists.crossing().get(*at as usize));
        // From below: the last seats settle it, and of most others no run is looked at.
        for seat in crossing.map(|c| c.seat).chain(seats.inside.iter().rev().copied()) {
            let seat = seat as usize;
            let print = self.layout.print(seat);
            if self.is_wanted(seat) && print.window().row_end() > end {
                let below = print.spans().iter().rev().take_while(|span| span.row as usize >= end);
                let found = below.filter_map(|span| clip(span, &window)).find(|span| self.is_readable(span));
                end = found.map_or(end, |span| span.row as usize + 1);
            }
        }
        end - window.row
    }

    fn is_wanted(&self, seat: usize) -> bool {
        self.wanted.get(seat).copied().unwrap_or(false)
    }

    fn is_readable(&self, span: &Span) -> bool {
        self.sky.any(span, |sky| self.mask.weight(sky) > 0.0)
    }

    /// Whether a seat has a readable pixel in a block.
    fn needs(&self, seat: usize, window: &Window) -> bool {
        let spans = self.layout.print(seat).spans().iter();
        spans.filter_map(|span| clip(span, window)).any(|span| self.is_readable(&span))
    }

    /// Decodes a block of each raster and measures the seats in it.
    ///
    /// # Errors
    /// The position of the raster whose block is damaged, and what is wrong with it.
    pub(super) fn block(
        &self,
        cogs: &[Arc<Cog>],
        encoded: &[EncodedBlock],
        number: usize,
        rows: usize,
    ) -> Result<OfBlock<M>, imagery::Error> {
        let Some(seats) = self.lists.block(number) else {
            return Ok(OfBlock { measured: Measured::default(), crossing: Vec::new() });
        };
        WORKBENCH.with_borrow_mut(|bench| {
            let Workbench { rows: decoded, narrow, values, sky } = bench;
            for ((cog, block), into) in cogs.iter().zip(encoded).zip(decoded.iter_mut()) {
                decode_wide(cog, block, rows, |row| seats.has_row(row), narrow, into)?;
            }
            let decoded = decoded.get(..cogs.len()).unwrap_or_default();
            let window = self.lists.window(number);
            values.resize_with(cogs.len(), Vec::new);
            let measured = self.inside(seats, values, sky, |seat, values| {
                for (rows, values) in decoded.iter().zip(values) {
                    for span in self.layout.print(seat).spans() {
                        pick(rows, span, &window, values);
                    }
                }
            });
            let crossing = decoded.iter().map(|rows| {
                let mut picked = Vec::new();
                for span in self.crossing_spans(seats, &window).map(|(_, span)| span) {
                    pick(rows, &span, &window, &mut picked);
                }
                picked
            });
            Ok(OfBlock { measured, crossing: crossing.collect() })
        })
    }

    /// Measures the wanted seats inside a block of which nothing is read: it holds no readable pixel, or, if
    /// `is_bad`, it could not be read.
    pub(super) fn unread_block(&self, rasters: usize, number: usize, is_bad: bool) -> Measured<M> {
        let Some(seats) = self.lists.block(number) else { return Measured::default() };
        let window = self.lists.window(number);
        let mut values = vec![Vec::new(); rasters];
        let mut measured = self.inside(seats, &mut values, &mut Vec::new(), |seat, values| {
            values.iter_mut().for_each(|values| values.resize(self.layout.print(seat).len(), 0));
        });
        if is_bad {
            for (seat, out) in measured.pieces.iter_mut().flatten() {
                if self.needs(*seat as usize, &window) {
                    *out = self.measure.unread(*seat as usize);
                }
            }
        }
        measured
    }

    /// Measures the wanted seats that lie in this block only.
    fn inside(
        &self,
        seats: &BlockSeats,
        values: &mut [Vec<u16>],
        sky: &mut Vec<Sky>,
        fill: impl Fn(usize, &mut [Vec<u16>]),
    ) -> Measured<M> {
        let (mut piece, mut tally) = (Vec::with_capacity(seats.inside.len()), M::Tally::default());
        for seat in seats.inside.iter().filter(|seat| self.is_wanted(**seat as usize)) {
            self.look_up(*seat as usize, sky);
            values.iter_mut().for_each(Vec::clear);
            if sky.iter().any(|sky| self.mask.weight(*sky) > 0.0) {
                fill(*seat as usize, values);
            } else {
                values.iter_mut().for_each(|values| values.resize(sky.len(), 0));
            }
            let out = self.measure.seat(*seat as usize, values, sky, &mut tally);
            piece.push((*seat, out));
        }
        Measured { pieces: vec![piece], tally }
    }

    /// The sky over the pixels of a seat.
    fn look_up(&self, seat: usize, sky: &mut Vec<Sky>) {
        sky.clear();
        let print = self.layout.print(seat);
        self.sky.append(&print.window(), print.spans(), sky);
    }

    /// Where the pixels of crossing seats in a block stand among all pixels of crossing seats, run by run.
    fn crossing_spans<'a>(
        &'a self,
        seats: &'a BlockSeats,
        window: &'a Window,
    ) -> impl Iterator<Item = (usize, Span)> + 'a {
        let crossing = seats.crossing.iter().filter_map(|at| self.lists.crossing().get(*at as usize));
        crossing.flat_map(move |c| {
            let mut at = c.start;
            self.layout.print(c.seat as usize).spans().iter().filter_map(move |span| {
                let start = at;
                at += span.len as usize;
                let part = clip(span, window)?;
                Some((start + (part.col - span.col) as usize, part))
            })
        })
    }

    /// Measures the wanted seats that lie in several blocks, once these are done; blocks in `bad` could not be
    /// read.
    pub(super) fn crossing(
        &self,
        rasters: usize,
        blocks: &BTreeMap<usize, OfBlock<M>>,
        bad: &BTreeSet<usize>,
    ) -> Measured<M> {
        let mut flat = vec![vec![0u16; self.lists.crossing_pixels()]; rasters];
        for (number, block) in blocks {
            let Some(seats) = self.lists.block(*number) else { continue };
            let window = self.lists.window(*number);
            for (flat, picked) in flat.iter_mut().zip(&block.crossing) {
                let mut from = picked.as_slice();
                for (at, span) in self.crossing_spans(seats, &window) {
                    let len = (span.len as usize).min(from.len());
                    let (these, rest) = from.split_at(len);
                    if let Some(to) = flat.get_mut(at..at + len) {
                        to.copy_from_slice(these);
                    }
                    from = rest;
                }
            }
        }
        let bad: Vec<Window> = bad.iter().map(|number| self.lists.window(*number)).collect();
        let seats = self.lists.crossing().par_iter().filter(|c| self.is_wanted(c.seat as usize));
        let parts = seats.map(|c| {
            let seat = c.seat as usize;
            let mut tally = M::Tally::default();
            let out = if bad.iter().any(|window| self.needs(seat, window)) {
                self.measure.unread(seat)
            } else {
                let of = |flat: &Vec<u16>| flat.get(c.start..c.start + c.len).unwrap_or_default().to_vec();
                let values: Vec<Vec<u16>> = flat.iter().map(of).collect();
                let mut sky = Vec::with_capacity(c.len);
                self.look_up(seat, &mut sky);
                self.measure.seat(seat, &values, &sky, &mut tally)
            };
            Measured::<M> { pieces: vec![vec![(c.seat, out)]], tally }
        });
        parts.reduce(Measured::default, |mut all, more| {
            all.add(more);
            all
        })
    }
}

/// The part of a run of pixels inside a window.
fn clip(span: &Span, window: &Window) -> Option<Span> {
    let row = span.row as usize;
    if row < window.row || row >= window.row_end() {
        return None;
    }
    let from = (span.col as usize).max(window.col);
    let to = ((span.col + span.len) as usize).min(window.col_end());
    (from < to).then(|| Span { row: span.row, col: from as u32, len: (to - from) as u32 })
}

/// Appends the pixels of a run that lies in a block; 0 in rows that were not decoded.
fn pick(rows: &Rows<u16>, span: &Span, window: &Window, values: &mut Vec<u16>) {
    let (row, col, len) = (span.row as usize - window.row, span.col as usize - window.col, span.len as usize);
    let row = rows.row(row);
    // Most runs are short: a fixed number of pixels is copied without a call, and what is too much is cut off again.
    if len <= SHORT_RUN
        && let Some(pixels) = row.get(col..).and_then(|row| row.first_chunk::<SHORT_RUN>())
    {
        let end = values.len() + len;
        values.extend_from_slice(pixels);
        values.truncate(end);
        return;
    }
    match row.get(col..col + len) {
        Some(pixels) => values.extend_from_slice(pixels),
        None => values.resize(values.len() + len, 0),
    }
}

/// Pixels that are copied at once.
const SHORT_RUN: usize = 16;

/// Decodes a block of either type to 16 bit.
fn decode_wide(
    cog: &Cog,
    block: &EncodedBlock,
    rows: usize,
    is_wanted: impl Fn(usize) -> bool,
    narrow: &mut Rows<u8>,
    into: &mut Rows<u16>,
) -> Result<(), imagery::Error> {
    match cog.dtype() {
        Dtype::U16 => decode_rows(cog, block, rows, is_wanted, into),
        Dtype::U8 => {
            decode_rows(cog, block, rows, is_wanted, narrow)?;
            into.widen(narrow);
            Ok(())
        }
    }
}
