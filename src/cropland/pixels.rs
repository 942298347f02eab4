//! NDVI of a plot's pixels through the season, a byte per pixel and date.

use std::collections::BTreeMap;

use jiff::civil::Date;

/// Stands for a pixel that could not be read on a date.
pub const NO_VALUE: i8 = i8::MIN;
/// Steps per unit of NDVI: 0.01 is a fifth of the noise of one pixel.
const STEPS: f64 = 100.0;

/// NDVI as it is kept, in hundredths; [`NO_VALUE`] for NaN. The rounding (at most 0.005) is far below the noise.
pub fn quantised(ndvi: f32) -> i8 {
    if ndvi.is_finite() { (f64::from(ndvi).clamp(-1.0, 1.0) * STEPS).round() as i8 } else { NO_VALUE }
}

/// One pixel of a plot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    /// Row of its raster grid (any number that neighbours share).
    pub row: i64,
    /// Column of its raster grid.
    pub col: i64,
    /// Part of the pixel inside the outline, above 0 to 1.
    pub coverage: f32,
}

/// NDVI of a plot's pixels on the clear dates of a season.
///
/// Pixels lie in one order (row, column) whatever the order they came in, so that nothing depends on it.
#[derive(Clone, Debug, PartialEq)]
pub struct PixelSeries {
    pub(super) dates: Vec<Date>,
    pub(super) cells: Vec<Cell>,
    /// `dates.len()` values per cell.
    values: Vec<i8>,
    /// Distance of neighbouring cells, pixels.
    pub(super) step: i64,
    /// Side of a pixel, metres.
    pub(super) pixel_m: f64,
}

/// Cells that were seen on the same dates, and per date one value for each of them.
type Group<'a> = (Vec<Cell>, Vec<(Date, &'a [i8])>);

impl PixelSeries {
    /// A series from groups of pixels that were seen on the same dates, each with one value per cell and date.
    ///
    /// A plot on one raster is one group; one in pieces on several rasters is several, each with rows and columns of
    /// its own. `step` is the distance of kept pixels (1 when all are kept), `pixel_m` the side of a pixel. A day whose
    /// values do not match the cells is left out; of two days of one date the first stays.
    pub fn new(groups: Vec<Group<'_>>, step: usize, pixel_m: f64) -> PixelSeries {
        let dates: Vec<Date> = groups
            .iter()
            .flat_map(|(cells, days)| days.iter().filter(|d| d.1.len() == cells.len()).map(|d| d.0))
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .collect();
        let mut rows: BTreeMap<(i64, i64), (Cell, Vec<i8>)> = BTreeMap::new();
        for (cells, days) in &groups {
            for (k, cell) in cells.iter().enumerate() {
                let mut values = vec![NO_VALUE; dates.len()];
                for (date, day) in days.iter().rev() {
                    if let (Ok(at), Some(value)) = (dates.binary_search(date), day.get(k))
                        && day.len() == cells.len()
                    {
                        values[at] = *value;
                    }
                }
                rows.insert((cell.row, cell.col), (*cell, values));
            }
        }
        let mut series = PixelSeries {
            values: Vec::with_capacity(rows.len() * dates.len()),
            cells: Vec::with_capacity(rows.len()),
            step: i64::try_from(step.max(1)).unwrap_or(1),
            pixel_m,
            dates,
        };
        for (cell, values) in rows.into_values() {
            series.cells.push(cell);
            series.values.extend(values);
        }
        series
    }

    /// Leaves out pixels that do not lie on the lattice of every `step`th row and column: a plot in pieces may have kept
    /// more of one piece than of another.
    pub fn thin(&mut self) {
        let on = |c: &Cell| c.row.rem_euclid(self.step) == 0 && c.col.rem_euclid(self.step) == 0;
        if self.step == 1 || self.cells.iter().all(on) {
            return;
        }
        let dates = self.dates.len();
        let keep: Vec<bool> = self.cells.iter().map(on).collect();
        let mut at = 0;
        self.values.retain(|_| {
            at += 1;
            keep.get((at - 1) / dates.max(1)).copied().unwrap_or(false)
        });
        let mut kept = keep.iter();
        self.cells.retain(|_| kept.next().copied().unwrap_or(false));
    }

    /// Number of pixels.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether there is no pixel.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// Clear dates, oldest first.
    pub fn dates(&self) -> &[Date] {
        &self.dates
    }

    /// NDVI of a pixel by position of the date; `None` where it could not be read.
    pub(super) fn ndvi(&self, cell: usize, date: usize) -> Option<f64> {
        let value = *self.values.get(cell * self.dates.len() + date)?;
        (value != NO_VALUE).then(|| f64::from(value) / STEPS)
    }

    /// Sum of the coverage of all pixels.
    pub(super) fn covered(&self) -> f64 {
        self.cells.iter().map(|c| f64::from(c.coverage)).sum()
    }

    /// Dates (positions) on which at least this share of the area was read.
    pub(super) fn well_seen(&self, share: f64) -> Vec<usize> {
        let total = self.covered();
        (0..self.dates.len())
            .filter(|d| {
                let seen = (0..self.len()).filter(|i| self.ndvi(*i, *d).is_some());
                let area: f64 = seen.map(|i| f64::from(self.cells[i].coverage)).sum();
                area >= share * total
            })
            .collect()
    }

    /// Mean NDVI of some pixels by date, weighted by coverage; `None` where fewer than half of them were read.
    pub(super) fn mean_curve(&self, members: &[usize]) -> Vec<Option<f64>> {
        (0..self.dates.len())
            .map(|d| {
                let (mut sum, mut area, mut seen) = (0.0, 0.0, 0usize);
                for i in members {
                    if let Some(v) = self.ndvi(*i, d) {
                        let c = f64::from(self.cells[*i].coverage);
                        sum += c * v;
                        area += c;
                        seen += 1;
                    }
                }
                (area > 0.0 && 2 * seen >= members.len()).then(|| sum / area)
            })
            .collect()
    }
}
