//! What the sky is over every plot pixel of a scene.

use std::sync::Arc;

use ndarray::Array2;
use rayon::prelude::*;

use crate::grid::{Grid, Raster, Window};
use crate::pipeline::bridge::{ComputeLost, compute};
use crate::pipeline::gather::Reader;
use crate::pipeline::layout::{Layout, Seat};
use crate::zonal::{self, MaskRule, Sky};

use super::ScanRules;

/// The scene classification around the seats of a tile.
pub(super) struct Verdicts {
    pub(super) classes: Raster<u8>,
    pub(super) grid: Grid,
    /// For each seat of the red band's layout, the window to judge.
    pub(super) windows: Vec<Option<Window>>,
}

impl Verdicts {
    /// The verdict over every pixel of a layout whose seats are those of the red band's.
    pub(super) async fn over(
        self: &Arc<Self>,
        reader: &Reader,
        layout: &Arc<Layout>,
        nearest: zonal::Nearest,
        rules: &Arc<ScanRules>,
    ) -> Result<Vec<Sky>, ComputeLost> {
        let (me, layout, rules) = (Arc::clone(self), Arc::clone(layout), Arc::clone(rules));
        compute(&reader.pool, "cloud mask", move || {
            let seats = layout.seats.par_iter().zip(me.windows.par_iter());
            let each: Vec<Vec<Sky>> = seats
                .map(|(seat, window)| me.of_seat(&layout, seat, *window, &nearest, &rules.mask))
                .collect();
            each.concat()
        })
        .await
    }

    /// The verdict over every pixel of a seat; no data where the classification does not reach.
    fn of_seat(
        &self,
        layout: &Layout,
        seat: &Seat,
        window: Option<Window>,
        nearest: &zonal::Nearest,
        rule: &MaskRule,
    ) -> Vec<Sky> {
        let Some(window) = window.and_then(|w| w.intersection(&self.classes.window)) else {
            return vec![Sky::NO_DATA; seat.end - seat.start];
        };
        let (top, left) = (window.row - self.classes.window.row, window.col - self.classes.window.col);
        let cut = Array2::from_shape_fn((window.height, window.width), |(row, col)| {
            self.classes.data[(top + row, left + col)]
        });
        let sky = zonal::sky(&Raster { window, data: cut }, &self.grid, rule);
        (seat.start..seat.end)
            .map(|at| {
                let (col, row) = layout.col_row(at);
                let found = nearest.col(col).zip(nearest.row(row)).and_then(|(col, row)| {
                    let (row, col) = (row.checked_sub(window.row)?, col.checked_sub(window.col)?);
                    sky.data.get((row, col)).copied()
                });
                found.unwrap_or(Sky::NO_DATA)
            })
            .collect()
    }
}
