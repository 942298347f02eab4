//! Whether a plot is large enough, and wide enough, to be read at all.

use geo::{BoundingRect, Buffer, MultiPolygon};

use crate::grid::Grid;

use super::footprint::{Footprint, FootprintError};

/// Inward buffer before pixels are called inner, metres: half a 10 m pixel, about the geolocation
/// jitter between dates. Source: JRC checks-by-monitoring, Vajsova et al. 2020.
pub const INNER_BUFFER_M: f64 = 5.0;
/// Inner full pixels from which a plot may be judged at all (grade B). Source: as above.
pub const MIN_INNER_PIXELS: usize = 8;
/// Inner full pixels from which statistics are robust (grade A). Source: design choice, half of what
/// a 0.5 ha square has.
pub const GOOD_INNER_PIXELS: usize = 30;
/// Inner full pixels below which there is no opinion (grade D). Source: design choice.
pub const FEWEST_INNER_PIXELS: usize = 4;
/// Share of a plot's pixels that the buffer may take (grade C beyond it). Source: as the buffer.
pub const MAX_LOST_FRACTION: f64 = 0.60;
/// Coverage that counts as full after buffering, whose own rounding is some micrometres.
const FULL_AFTER_BUFFER: f32 = 0.9999;

/// How well a plot can be seen on a grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grade {
    /// At least 30 inner pixels and less than 60 % lost: read with full confidence.
    A,
    /// 8 to 29 inner pixels and less than 60 % lost: meets the JRC rule.
    B,
    /// 4 to 7 inner pixels, or 60 % and more lost: readable with doubts; refer.
    C,
    /// Fewer than 4 inner pixels: no opinion.
    D,
}

impl Grade {
    /// The letter used in outputs.
    pub fn word(self) -> &'static str {
        match self {
            Grade::A => "A",
            Grade::B => "B",
            Grade::C => "C",
            Grade::D => "D",
        }
    }
}

/// The JRC size rule, evaluated for one plot on one pixel lattice.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observability {
    /// Pixels wholly inside the plot shrunk by [`INNER_BUFFER_M`].
    pub pixels_full: usize,
    /// Area of the whole plot in pixels (sum of coverage fractions).
    pub pixels_effective: f64,
    /// `1 - pixels_full / pixels_effective`, 0 to 1: what the edge takes.
    pub pixels_lost_buffer_frac: f64,
    /// The grade.
    pub grade: Grade,
}

/// How well a plot can be seen on the pixel lattice of `grid` (the red band's).
///
/// # Method
/// Pixels are counted on the grid's lattice wherever the plot lies, so the answer belongs to the
/// plot and not to where a tile happens to end. Rule: at least 8 full pixels inside the plot shrunk
/// by 5 m, and less than 60 % of its pixels lost by it.
/// # Sources
/// Vajsova et al. 2020, "Assessing spatial limits of Sentinel-2 data on arable crops in the context
/// of checks by monitoring", Remote Sensing 12, 2195.
/// # Errors
/// [`FootprintError`] if the outline cannot be measured.
pub fn observability(metres: &MultiPolygon<f64>, grid: &Grid) -> Result<Observability, FootprintError> {
    let lattice = lattice_under(metres, grid)?;
    let whole = Footprint::new(metres, &lattice)?;
    let pixels_full = match Footprint::new(&metres.buffer(-INNER_BUFFER_M), &lattice) {
        Ok(inner) => inner.coverage().iter().filter(|c| **c >= FULL_AFTER_BUFFER).count(),
        Err(FootprintError::NoArea) => 0,
        Err(error) => return Err(error),
    };
    let pixels_effective = whole.pixel_count();
    let pixels_lost_buffer_frac = (1.0 - pixels_full as f64 / pixels_effective).clamp(0.0, 1.0);
    Ok(Observability {
        pixels_full,
        pixels_effective,
        pixels_lost_buffer_frac,
        grade: grade(pixels_full, pixels_lost_buffer_frac),
    })
}

fn grade(pixels_full: usize, lost: f64) -> Grade {
    match pixels_full {
        n if n < FEWEST_INNER_PIXELS => Grade::D,
        n if n < MIN_INNER_PIXELS || lost >= MAX_LOST_FRACTION => Grade::C,
        n if n < GOOD_INNER_PIXELS => Grade::B,
        _ => Grade::A,
    }
}

/// The grid's lattice, cut to where the plot lies.
fn lattice_under(metres: &MultiPolygon<f64>, grid: &Grid) -> Result<Grid, FootprintError> {
    let box_ = metres.bounding_rect().ok_or(FootprintError::NoArea)?;
    let left = ((box_.min().x - grid.x0) / grid.dx).floor();
    let top = ((grid.y0 - box_.max().y) / grid.dy).floor();
    let width = ((box_.max().x - grid.x0) / grid.dx).ceil() - left;
    let height = ((grid.y0 - box_.min().y) / grid.dy).ceil() - top;
    if !(width.is_finite() && height.is_finite() && left.is_finite() && top.is_finite()) {
        return Err(FootprintError::NotFinite);
    }
    Ok(Grid {
        x0: grid.x0 + left * grid.dx,
        y0: grid.y0 - top * grid.dy,
        width: width.max(1.0) as usize,
        height: height.max(1.0) as usize,
        ..*grid
    })
}

#[cfg(test)]
mod tests {
    use geo::Rect;

    use super::*;
    use crate::grid::Epsg;

    const GRID: Grid =
        Grid { epsg: Epsg(32636), x0: 600_000.0, y0: 100_000.0, dx: 10.0, dy: 10.0, width: 100, height: 100 };

    fn square(x: f64, y: f64, side: f64) -> MultiPolygon<f64> {
        Rect::new((x, y), (x + side, y + side)).to_polygon().into()
    }

    #[test]
    fn an_aligned_hectare_loses_its_rim() {
        let seen = observability(&square(600_200.0, 99_500.0, 100.0), &GRID).unwrap();
        assert_eq!(seen.pixels_full, 64);
        assert!((seen.pixels_effective - 100.0).abs() < 1e-9);
        assert!((seen.pixels_lost_buffer_frac - 0.36).abs() < 1e-9);
        assert_eq!(seen.grade, Grade::A);
    }

    #[test]
    fn the_tile_edge_does_not_change_the_plot() {
        let inside = observability(&square(600_203.0, 99_504.0, 70.0), &GRID).unwrap();
        let across = observability(&square(599_973.0, 99_974.0, 70.0), &GRID).unwrap();
        assert_eq!(inside, across);
    }

    #[test]
    fn grades_follow_the_rule() {
        for (side, expected) in [(25.0, Grade::D), (35.0, Grade::C), (45.0, Grade::B), (75.0, Grade::A)] {
            let seen = observability(&square(600_305.0, 99_305.0, side), &GRID).unwrap();
            assert_eq!(seen.grade, expected, "{side} m: {seen:?}");
        }
        // a strip 12 m wide and 2 km long: two hectares, not one inner pixel
        let strip: MultiPolygon<f64> =
            Rect::new((600_004.0, 99_000.0), (600_016.0, 99_990.0)).to_polygon().into();
        assert_eq!(observability(&strip, &GRID).unwrap().grade, Grade::D);
        assert_eq!(grade(40, 0.61), Grade::C);
        assert_eq!(grade(8, 0.59), Grade::B);
    }
}
