//! How large an outline is on the WGS 84 ellipsoid (Karney 2013, J. Geodesy 87:43, through `geo`).

use std::sync::OnceLock;

use geo::{GeodesicArea, MultiPolygon};

/// Geodesic area and perimeter of an outline, measured when they are first asked for: a table of NDVI asks for
/// neither, and measuring is dearer than any other check of a plots file. Two are equal if both were measured to the
/// same, or neither was.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Size(OnceLock<Measures>);

#[derive(Clone, Copy, Debug, PartialEq)]
struct Measures {
    area_m2: f64,
    perimeter_m: f64,
}

impl Size {
    /// A size that was measured before: area, square metres, and length of all rings, metres.
    pub fn known(area_m2: f64, perimeter_m: f64) -> Size {
        Size(OnceLock::from(Measures { area_m2, perimeter_m }))
    }

    /// The size of an outline whose outer rings run counter-clockwise and holes clockwise.
    pub fn measured(outline: &MultiPolygon<f64>) -> Size {
        let size = Size::default();
        size.of(outline);
        size
    }

    /// Area of the outline, square metres.
    pub fn area_m2(&self, outline: &MultiPolygon<f64>) -> f64 {
        self.of(outline).area_m2
    }

    /// Length of its rings, holes included, metres.
    pub fn perimeter_m(&self, outline: &MultiPolygon<f64>) -> f64 {
        self.of(outline).perimeter_m
    }

    fn of(&self, outline: &MultiPolygon<f64>) -> Measures {
        *self.0.get_or_init(|| {
            let (mut perimeter_m, mut area_m2) = (0.0, 0.0);
            for part in outline {
                let (perimeter, area) = part.geodesic_perimeter_area_signed();
                perimeter_m += perimeter;
                area_m2 += area;
            }
            Measures { area_m2, perimeter_m }
        })
    }
}
