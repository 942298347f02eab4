//! Outlines in metres around a common middle.

use geo::{Coord, MapCoords, MultiPolygon, Rect};

/// Mean radius of the Earth, metres. Shares of areas do not depend on it.
const EARTH_M: f64 = 6_371_008.8;

/// A plane that touches the Earth at a place: for shares of plots it is as good as the ellipsoid (over 10 km
/// the scale changes by less than 2 in 1000 at 50 degrees of latitude, the same for both outlines).
#[derive(Clone, Copy, Debug)]
pub(super) struct Plane {
    middle: Coord<f64>,
    shrink: f64,
}

impl Plane {
    pub(super) fn at(extent: &Rect<f64>) -> Plane {
        let middle = extent.center();
        Plane { middle, shrink: middle.y.to_radians().cos() }
    }

    pub(super) fn place(&self, outline: &MultiPolygon<f64>) -> MultiPolygon<f64> {
        outline.map_coords(|c| self.point(c))
    }

    pub(super) fn point(&self, c: Coord<f64>) -> Coord<f64> {
        Coord {
            x: (c.x - self.middle.x).to_radians() * self.shrink * EARTH_M,
            y: (c.y - self.middle.y).to_radians() * EARTH_M,
        }
    }
}
