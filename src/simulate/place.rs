//! Where the simulated land lies: two real neighbouring MGRS tiles, and the way to lon/lat.

use proj4rs::proj::Proj;
use proj4rs::transform::transform;

use crate::grid::{Epsg, Grid};

use super::error::Error;

/// One MGRS tile of the Sentinel-2 grid (109.8 km square).
#[derive(Clone, Copy, Debug)]
pub(super) struct Tile {
    /// UTM zone, latitude band, square.
    pub(super) name: (u8, &'static str, &'static str),
    /// Left edge, metres.
    x0: f64,
    /// Top edge, metres.
    y0: f64,
}

/// Coordinate reference system of both tiles: WGS 84 / UTM zone 31N.
pub(super) const EPSG: Epsg = Epsg(32631);
/// Side of a tile, metres.
const TILE_M: f64 = 109_800.0;
/// Half the width of the strip that both small rasters show, metres.
const OVERLAP_HALF_M: f64 = 100.0;
/// Centre of the village of demonstration plots, metres; both tiles show it. Between Tours and
/// Châteauroux, farmland of western central France; on the 20 m grid of both tiles.
pub(super) const CENTRE: (f64, f64) = (404_900.0, 5_215_000.0);
/// Latitude used for day length and sun, degrees.
pub(super) const LAT_DEG: f64 = 47.08;
/// The two tiles, west and east. Corners: the Sentinel-2 tiling grid.
pub(super) const TILES: [Tile; 2] = [
    Tile { name: (31, "T", "CN"), x0: 300_000.0, y0: 5_300_040.0 },
    Tile { name: (31, "T", "DN"), x0: 399_960.0, y0: 5_300_040.0 },
];

impl Tile {
    /// `31TCN`.
    pub(super) fn code(&self) -> String {
        format!("{}{}{}", self.name.0, self.name.1, self.name.2)
    }

    /// The 10 m grid of the part that is simulated: `size` pixels a side, cut from the real tile so
    /// that the western and the eastern part overlap by 200 m (as a whole tile: by 9.8 km).
    pub(super) fn grid(&self, size: usize) -> Grid {
        let side = size as f64 * 10.0;
        let west = self.x0 < CENTRE.0 - TILE_M / 2.0;
        let x0 = if west { CENTRE.0 + OVERLAP_HALF_M - side } else { CENTRE.0 - OVERLAP_HALF_M };
        let snap = |v: f64| (v / 20.0).round() * 20.0;
        Grid {
            epsg: EPSG,
            x0: snap(x0).clamp(self.x0, self.x0 + TILE_M - side),
            y0: snap(CENTRE.1 + side / 2.0).clamp(self.y0 - TILE_M + side, self.y0),
            dx: 10.0,
            dy: 10.0,
            width: size,
            height: size,
        }
    }
}

/// UTM metres to lon/lat degrees.
pub(super) struct ToLonLat {
    utm: Proj,
    lonlat: Proj,
}

impl ToLonLat {
    /// The way from [`EPSG`] to WGS 84.
    pub(super) fn new() -> Result<ToLonLat, Error> {
        let proj = |text: &str| Proj::from_proj_string(text).map_err(Error::Projection);
        Ok(ToLonLat {
            utm: proj("+proj=utm +zone=31 +datum=WGS84 +units=m +no_defs")?,
            lonlat: proj("+proj=longlat +datum=WGS84 +no_defs")?,
        })
    }

    /// Longitude and latitude in degrees, rounded to 1e-7 (about a centimetre).
    pub(super) fn at(&self, x: f64, y: f64) -> Result<[f64; 2], Error> {
        let mut point = (x, y, 0.0);
        transform(&self.utm, &self.lonlat, &mut point).map_err(Error::Projection)?;
        let round = |radians: f64| (radians.to_degrees() * 1e7).round() / 1e7;
        Ok([round(point.0), round(point.1)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_rasters_overlap_by_200_m_and_whole_tiles_are_the_real_ones() {
        let [a, b] = TILES.map(|t| t.grid(128));
        assert_eq!(a.x1() - b.x0, 200.0);
        assert_eq!((a.y0, a.y1()), (b.y0, b.y1()));
        let [a, b] = TILES.map(|t| t.grid(10_980));
        assert_eq!((a.x0, a.y0, b.x0, b.y0), (300_000.0, 5_300_040.0, 399_960.0, 5_300_040.0));
    }

    #[test]
    fn the_village_lies_in_france() {
        // PROJ 9.1: echo 404900 5215000 | cs2cs EPSG:32631 EPSG:4326
        let [lon, lat] = ToLonLat::new().unwrap().at(CENTRE.0, CENTRE.1).unwrap();
        assert!((lon - 1.7472).abs() < 0.01 && (lat - 47.0824).abs() < 0.01, "{lon} {lat}");
    }
}
