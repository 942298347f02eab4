//! Pictures in the making: the NDVI of a plot's pixels on one date, kept small until one is chosen.

use jiff::civil::Date;

use crate::grid::{Grid, Raster, Window};
use crate::observation::Observation;
use crate::scene::SceneId;

/// NDVI times this, rounded, in an `i16`.
const STEPS: f32 = 10_000.0;

/// No value.
const NOTHING: i16 = i16::MIN;

/// A date of which a picture can be made.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sight {
    pub(super) scene: SceneId,
    pub(super) date: Date,
    pub(super) valid_fraction: f64,
}

impl Sight {
    pub(super) fn of(observation: &Observation) -> Sight {
        let Observation { scene, date, valid_fraction, .. } = observation;
        Sight { scene: scene.clone(), date: *date, valid_fraction: *valid_fraction }
    }
}

/// NDVI of a plot's pixels on one date.
#[derive(Clone, Debug)]
pub(super) struct Chip {
    pub(super) scene: SceneId,
    pub(super) date: Date,
    pub(super) grid: Grid,
    pub(super) valid_fraction: f64,
    window: Window,
    values: Vec<i16>,
}

impl Chip {
    /// From NDVI over the pixels' rectangle; NaN where there is none.
    pub(super) fn new(
        scene: SceneId,
        date: Date,
        grid: Grid,
        valid_fraction: f64,
        ndvi: &Raster<f32>,
    ) -> Chip {
        let small = |v: &f32| if v.is_finite() { (v * STEPS).round() as i16 } else { NOTHING };
        Chip {
            scene,
            date,
            grid,
            valid_fraction,
            window: ndvi.window,
            values: ndvi.data.iter().map(small).collect(),
        }
    }

    /// The rectangle's own grid.
    pub(super) fn own_grid(&self) -> Grid {
        Grid {
            x0: self.grid.x0 + self.window.col as f64 * self.grid.dx,
            y0: self.grid.y0 - self.window.row as f64 * self.grid.dy,
            width: self.window.width,
            height: self.window.height,
            ..self.grid
        }
    }

    /// NDVI, row-major; NaN where there is none.
    pub(super) fn ndvi(&self) -> Vec<f32> {
        self.values.iter().map(|v| if *v == NOTHING { f32::NAN } else { f32::from(*v) / STEPS }).collect()
    }
}
