//! Coordinates: longitude/latitude to the metres of a scene's grid, and back.
//!
//! Comes in: geometry in WGS 84 degrees (RFC 7946 order: longitude, latitude) or in metres, and an
//! [`Epsg`]. Goes out: the same geometry in the other system. Not here: areas (see `plot`), grids.
//!
//! WGS 84 / UTM is computed by `proj4rs` (pure Rust, exact to nanometres against PROJ); any other
//! projected system by GDAL's PROJ. This is the only room of the library that names `gdal` for
//! coordinates; PROJ reads its own database, so the same input gives the same output.

use geo::{Coord, CoordsIter, MapCoords, MultiPolygon};
use proj4rs::Proj;

use crate::grid::Epsg;

/// Why a geometry cannot be moved to another coordinate system.
///
/// Positions are never part of the message: the geometry of plots is not logged.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The code is not known to PROJ's database.
    #[error("{epsg} is not a coordinate reference system known here")]
    Unknown {
        /// The code.
        epsg: Epsg,
        /// What GDAL said.
        #[source]
        source: gdal::errors::GdalError,
    },
    /// The system is geographic, or its unit is not the metre.
    #[error("{epsg} is not a projected coordinate reference system in metres")]
    NotMetric {
        /// The code.
        epsg: Epsg,
    },
    /// A position is not a number, not on the Earth, or out of reach of the projection.
    #[error("a position of the outline cannot be expressed in {epsg}")]
    OutOfReach {
        /// The code.
        epsg: Epsg,
    },
    /// The projection library could not be set up.
    #[error("the projection to {epsg} cannot be set up: {reason}")]
    Setup {
        /// The code.
        epsg: Epsg,
        /// What the library said.
        reason: String,
    },
}

/// EPSG code of WGS 84 longitude/latitude, the system of GeoJSON (RFC 7946).
const WGS84_LONLAT: u32 = 4326;

/// Which way a transformation runs.
#[derive(Clone, Copy, PartialEq)]
enum Direction {
    ToMetres,
    ToLonLat,
}

/// The WGS 84 / UTM zone of a position, as the Sentinel-2 tiling uses it.
///
/// # Units
/// Degrees. Longitudes are wrapped into -180 to 180; the equator belongs to the north.
/// # Method
/// Six-degree zones from 180 W, with the exceptions of south-west Norway (32V) and Svalbard
/// (31X to 37X).
/// # Sources
/// NGA.STND.0037, Universal Grids and Grid Reference Systems; ESA Sentinel-2 tiling grid.
pub fn utm_zone(lon: f64, lat: f64) -> Epsg {
    let lon = (lon + 180.0).rem_euclid(360.0) - 180.0;
    let plain = (((lon + 180.0) / 6.0).floor() as u32 + 1).clamp(1, 60);
    let zone = if (56.0..64.0).contains(&lat) && (3.0..12.0).contains(&lon) {
        32
    } else if (72.0..84.0).contains(&lat) && (0.0..42.0).contains(&lon) {
        match lon {
            l if l < 9.0 => 31,
            l if l < 21.0 => 33,
            l if l < 33.0 => 35,
            _ => 37,
        }
    } else {
        plain
    };
    Epsg(if lat < 0.0 { 32700 } else { 32600 } + zone)
}

/// An outline in longitude/latitude degrees, in the metres of `epsg`.
///
/// # Errors
/// [`Error`] if the system is unknown or not in metres, or a position cannot be expressed in it.
pub fn project(lonlat: &MultiPolygon<f64>, epsg: Epsg) -> Result<MultiPolygon<f64>, Error> {
    mapped(lonlat, epsg, Direction::ToMetres, None)
}

/// An outline in the metres of `epsg`, in longitude/latitude degrees.
///
/// # Errors
/// As [`project`].
pub fn to_lonlat(metres: &MultiPolygon<f64>, epsg: Epsg) -> Result<MultiPolygon<f64>, Error> {
    mapped(metres, epsg, Direction::ToLonLat, None)
}

/// The way from longitude/latitude to the metres of one system, set up once for many outlines.
#[derive(Debug)]
pub struct Projector {
    epsg: Epsg,
    /// Set up for WGS 84 / UTM; other systems are set up for every outline.
    utm: Option<Utm>,
}

impl Projector {
    /// Sets the projection up.
    ///
    /// # Errors
    /// [`Error::Setup`] if the library cannot; what else is wrong with a system is told by
    /// [`Projector::project`].
    pub fn new(epsg: Epsg) -> Result<Projector, Error> {
        let utm = epsg.utm().map(|(zone, north)| Utm::new(epsg, zone, north)).transpose()?;
        Ok(Projector { epsg, utm })
    }

    /// As [`project`].
    ///
    /// # Errors
    /// As [`project`].
    pub fn project(&self, lonlat: &MultiPolygon<f64>) -> Result<MultiPolygon<f64>, Error> {
        mapped(lonlat, self.epsg, Direction::ToMetres, self.utm.as_ref())
    }
}

/// WGS 84 degrees and the metres of a UTM zone.
struct Utm {
    degrees: Proj,
    metres: Proj,
}

impl std::fmt::Debug for Utm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Utm").finish_non_exhaustive()
    }
}

impl Utm {
    fn new(epsg: Epsg, zone: u8, north: bool) -> Result<Utm, Error> {
        let setup = |text: &str| {
            Proj::from_proj_string(text).map_err(|e| Error::Setup { epsg, reason: e.to_string() })
        };
        let half = if north { "" } else { " +south" };
        Ok(Utm {
            degrees: setup("+proj=longlat +datum=WGS84 +no_defs")?,
            metres: setup(&format!("+proj=utm +zone={zone}{half} +datum=WGS84 +units=m +no_defs"))?,
        })
    }
}

/// Positions in longitude/latitude degrees, in the metres of `epsg`, in the same order.
///
/// # Errors
/// As [`project`].
pub fn project_points(lonlat: &[Coord<f64>], epsg: Epsg) -> Result<Vec<Coord<f64>>, Error> {
    let mut points = lonlat.to_vec();
    transform(&mut points, epsg, Direction::ToMetres, None)?;
    Ok(points)
}

/// Positions in the metres of `epsg`, in longitude/latitude degrees, in the same order.
///
/// # Errors
/// As [`project`].
pub fn points_to_lonlat(metres: &[Coord<f64>], epsg: Epsg) -> Result<Vec<Coord<f64>>, Error> {
    let mut points = metres.to_vec();
    transform(&mut points, epsg, Direction::ToLonLat, None)?;
    Ok(points)
}

fn mapped(
    shape: &MultiPolygon<f64>,
    epsg: Epsg,
    way: Direction,
    utm: Option<&Utm>,
) -> Result<MultiPolygon<f64>, Error> {
    let mut points: Vec<Coord<f64>> = shape.coords_iter().collect();
    transform(&mut points, epsg, way, utm)?;
    // map_coords visits positions in the order of coords_iter: outer ring, then holes, part by part
    let moved = std::cell::Cell::new(points.iter());
    Ok(shape.map_coords(|c| {
        let mut rest = moved.take();
        let next = rest.next().copied().unwrap_or(c);
        moved.set(rest);
        next
    }))
}

fn transform(points: &mut [Coord<f64>], epsg: Epsg, way: Direction, utm: Option<&Utm>) -> Result<(), Error> {
    let on_earth = |c: &Coord<f64>| way == Direction::ToLonLat || (c.x.abs() <= 360.0 && c.y.abs() <= 90.0);
    if !points.iter().all(|c| c.x.is_finite() && c.y.is_finite() && on_earth(c)) {
        return Err(Error::OutOfReach { epsg });
    }
    if points.is_empty() {
        return Ok(());
    }
    match (utm, epsg.utm()) {
        (Some(utm), _) => by_proj4rs(points, epsg, utm, way)?,
        (None, Some((zone, north))) => by_proj4rs(points, epsg, &Utm::new(epsg, zone, north)?, way)?,
        (None, None) => by_gdal(points, epsg, way)?,
    }
    if points.iter().all(|c| c.x.is_finite() && c.y.is_finite()) {
        Ok(())
    } else {
        Err(Error::OutOfReach { epsg })
    }
}

fn by_proj4rs(points: &mut [Coord<f64>], epsg: Epsg, utm: &Utm, way: Direction) -> Result<(), Error> {
    let Utm { degrees, metres } = utm;
    for c in points {
        let moved = match way {
            Direction::ToMetres => {
                proj4rs::adaptors::transform_xy(degrees, metres, c.x.to_radians(), c.y.to_radians())
            }
            Direction::ToLonLat => proj4rs::adaptors::transform_xy(metres, degrees, c.x, c.y)
                .map(|(x, y)| (x.to_degrees(), y.to_degrees())),
        };
        let (x, y) = moved.map_err(|_| Error::OutOfReach { epsg })?;
        *c = Coord { x, y };
    }
    Ok(())
}

fn by_gdal(points: &mut [Coord<f64>], epsg: Epsg, way: Direction) -> Result<(), Error> {
    use gdal::spatial_ref::{AxisMappingStrategy, CoordTransform, SpatialRef};
    let named = |code: u32| {
        let mut crs = SpatialRef::from_epsg(code).map_err(|source| Error::Unknown { epsg, source })?;
        crs.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
        Ok(crs)
    };
    let metres = named(epsg.0)?;
    if !metres.is_projected() || (metres.linear_units() - 1.0).abs() > 1e-12 {
        return Err(Error::NotMetric { epsg });
    }
    let degrees = named(WGS84_LONLAT)?;
    let (from, to) = match way {
        Direction::ToMetres => (&degrees, &metres),
        Direction::ToLonLat => (&metres, &degrees),
    };
    let step = CoordTransform::new(from, to).map_err(|e| Error::Setup { epsg, reason: e.to_string() })?;
    let mut x: Vec<f64> = points.iter().map(|c| c.x).collect();
    let mut y: Vec<f64> = points.iter().map(|c| c.y).collect();
    step.transform_coords(&mut x, &mut y, &mut []).map_err(|_| Error::OutOfReach { epsg })?;
    for (c, (x, y)) in points.iter_mut().zip(x.into_iter().zip(y)) {
        *c = Coord { x, y };
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_follow_the_tiling_grid() {
        for (lon, lat, code) in [
            (-180.0, 1.0, 32601),
            (179.999, -1.0, 32760),
            (180.0, 1.0, 32601),
            (34.76, 0.28, 32636),
            (34.76, -0.28, 32736),
            (5.3, 60.4, 32632),
            (2.9, 60.4, 32631),
            (12.0, 60.4, 32633),
            (8.9, 78.0, 32631),
            (9.0, 78.0, 32633),
            (21.0, 78.0, 32635),
            (33.0, 78.0, 32637),
            (42.0, 78.0, 32638),
        ] {
            assert_eq!(utm_zone(lon, lat), Epsg(code), "{lon} {lat}");
        }
    }

    #[test]
    fn what_cannot_be_expressed_is_an_error_and_never_a_number() {
        let at = |x, y| [Coord { x, y }];
        let utm = Epsg(32633);
        for bad in [at(f64::NAN, 0.0), at(0.0, f64::INFINITY), at(15.0, 91.0), at(400.0, 1.0)] {
            assert!(matches!(project_points(&bad, utm), Err(Error::OutOfReach { .. })), "{bad:?}");
        }
        assert!(matches!(project_points(&at(15.0, 50.0), Epsg(4326)), Err(Error::NotMetric { .. })));
        assert!(matches!(project_points(&at(15.0, 50.0), Epsg(2263)), Err(Error::NotMetric { .. })));
        assert!(matches!(project_points(&at(15.0, 50.0), Epsg(1)), Err(Error::Unknown { .. })));
        assert!(matches!(points_to_lonlat(&at(1e30, 1e30), utm), Err(Error::OutOfReach { .. })));
    }
}
