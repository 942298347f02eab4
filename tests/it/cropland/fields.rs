//! Plots drawn pixel by pixel, so that a test can say exactly what grows where.

use croplens::crop::{Assessment, CropRules, Profiles, Reading, assess};
use croplens::cropland::{
    Cell, Cropland, CroplandRules, NO_VALUE, PixelSeries, Question, measure, quantised,
};
use croplens::phenology::{SeasonRules, seasons};
use croplens::series::{SeriesRules, Sight, Smoothing, from_sights, plus_days, smooth};
use jiff::civil::{Date, date};

/// The day the answers are for.
pub(super) const AS_OF: Date = date(2024, 10, 30);

/// What stands on a pixel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Cover {
    /// Half green-up on this day of the year, half senescence so many days later, and the height of the rise.
    Crop(f64, f64, f64),
    Bare,
    Trees,
    Water,
    Grass,
}

pub(super) const WHEAT: Cover = Cover::Crop(95.0, 90.0, 0.62);
pub(super) const MAIZE: Cover = Cover::Crop(165.0, 85.0, 0.62);
pub(super) const POOR_WHEAT: Cover = Cover::Crop(95.0, 90.0, 0.40);

impl Cover {
    /// NDVI on a day of 2024.
    pub(super) fn ndvi(self, day: f64) -> f64 {
        match self {
            Cover::Crop(greenup, length, rise) => {
                let step = |at: f64, width: f64| 1.0 / (1.0 + (-(day - at) / width).exp());
                0.18 + rise * step(greenup, 7.0) * (1.0 - step(greenup + length, 6.0))
            }
            Cover::Bare => 0.15,
            Cover::Trees => 0.72 + 0.10 * ((day - 200.0) / 365.0 * std::f64::consts::TAU).cos(),
            Cover::Water => -0.15,
            Cover::Grass => 0.46 + 0.20 * ((day - 180.0) / 365.0 * std::f64::consts::TAU).cos(),
        }
    }
}

/// A plot of square pixels, seen on some days of 2024.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) cells: Vec<(Cell, Cover)>,
    /// Days of the year with a clear image.
    pub(super) days: Vec<i32>,
    /// Half width of the noise of a pixel, NDVI.
    pub(super) noise: f64,
    pub(super) resolved: bool,
    pub(super) as_of: Date,
    /// Every so many rows and columns are kept.
    pub(super) step: usize,
}

/// Every sixth day from February to October.
pub(super) fn often() -> Vec<i32> {
    (6..50).map(|k| 6 * k).collect()
}

impl Field {
    /// `rows` x `cols` full pixels.
    pub(super) fn new(rows: i64, cols: i64, cover: impl Fn(i64, i64) -> Cover) -> Field {
        let at = |row, col| (Cell { row, col, coverage: 1.0 }, cover(row, col));
        let cells = (0..rows).flat_map(|row| (0..cols).map(move |col| (row, col))).map(|(r, c)| at(r, c));
        Field { cells: cells.collect(), days: often(), noise: 0.02, resolved: true, as_of: AS_OF, step: 1 }
    }

    fn value(&self, cell: &Cell, cover: Cover, day: i32) -> f32 {
        // noise that depends on place and day only
        let seed = (cell.row * 7919 + cell.col * 104_729 + i64::from(day) * 1_299_709) as u64;
        let mixed =
            seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(31).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let unit = (mixed >> 11) as f64 / (1u64 << 53) as f64;
        (cover.ndvi(f64::from(day)) + self.noise * (2.0 * unit - 1.0)) as f32
    }

    /// The pixels as the pipeline keeps them; `hidden` says which pixels a cloud covers on which day.
    pub(super) fn pixels(&self, hidden: impl Fn(&Cell, i32) -> bool) -> PixelSeries {
        let rows: Vec<(Date, Vec<i8>)> = self
            .days
            .iter()
            .map(|day| {
                let values = self.cells.iter().map(|(cell, cover)| {
                    if hidden(cell, *day) { NO_VALUE } else { quantised(self.value(cell, *cover, *day)) }
                });
                (plus_days(date(2024, 1, 1), *day), values.collect())
            })
            .filter(|(date, _)| *date <= self.as_of)
            .collect();
        let days = rows.iter().map(|(date, values)| (*date, values.as_slice())).collect();
        let cells = self.cells.iter().map(|c| c.0).collect();
        let mut series = PixelSeries::new(vec![(cells, days)], self.step, 10.0);
        series.thin();
        series
    }

    /// What the plot's mean curve says.
    pub(super) fn assessment(&self) -> Assessment {
        let area: f64 = self.cells.iter().map(|(c, _)| f64::from(c.coverage)).sum();
        let sights: Vec<Sight> = self
            .days
            .iter()
            .map(|day| {
                let each = self
                    .cells
                    .iter()
                    .map(|(c, cover)| f64::from(c.coverage) * f64::from(self.value(c, *cover, *day)));
                let ndvi = each.sum::<f64>() / area;
                Sight { date: plus_days(date(2024, 1, 1), *day), ndvi, weight: 1.0, blue: None }
            })
            .collect();
        let (series, _) = from_sights(&sights, self.as_of, &SeriesRules::default());
        let curve = smooth(&series, &Smoothing::default());
        let found = seasons(&series, &curve, Some(47.0), &SeasonRules::default());
        let profiles = Profiles::parse(include_str!("../../../pipelines/crops.toml")).unwrap();
        assess(&Reading::of(&series, &curve, &found), &profiles, &CropRules::default())
    }

    pub(super) fn measured(&self) -> Cropland {
        self.measured_through(|_, _| false)
    }

    pub(super) fn measured_through(&self, hidden: impl Fn(&Cell, i32) -> bool) -> Cropland {
        let pixels = self.pixels(hidden);
        let area: f64 = self.cells.iter().map(|(c, _)| f64::from(c.coverage)).sum::<f64>() * 100.0;
        measure(&Question {
            pixels: &pixels,
            perimeter_m: 4.0 * area.sqrt(),
            resolved: self.resolved,
            assessment: &self.assessment(),
            series: &SeriesRules::default(),
            smoothing: &Smoothing::default(),
            season: &SeasonRules::default(),
            crop: &CropRules::default(),
            rules: &CroplandRules::default(),
        })
    }
}
