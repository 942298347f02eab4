//! Which plot is read in which tile. Pure: plots and raster extents in, seats out.
//!
//! Sentinel-2 tiles are 109.8 km wide on a 100 km step, so a farm plot lies whole in at least one of
//! them, and often in several. Where it lies whole, it is read whole; a plot that lies whole in none
//! (a cut raster, a giant plot) is divided so that every piece of land is read in exactly one tile.

use geo::{Area, BooleanOps, BoundingRect, Contains, Coord, LineString, MultiPolygon, Polygon, Rect};

use crate::crs;
use crate::grid::Grid;
use crate::plot::Plot;
use crate::scene::MgrsTile;

/// The raster extent of a tile, in metres and in lon/lat.
#[derive(Clone, Debug)]
pub(super) struct TileExtent {
    pub(super) tile: MgrsTile,
    pub(super) grid: Grid,
    outline: MultiPolygon<f64>,
    bounds: Rect<f64>,
    /// Whatever lies in it lies on the raster; `None` where the outline has no such rectangle.
    inner: Option<Rect<f64>>,
}

/// A plot, or a piece of one, to be read in one tile.
#[derive(Clone, Debug)]
pub(super) struct Part {
    /// Position of the plot in the run's list.
    pub(super) plot: usize,
    /// The land to read, lon/lat.
    pub(super) geometry: MultiPolygon<f64>,
    /// Whether this is the whole plot.
    pub(super) whole: bool,
}

/// Points a side when a tile's edge is drawn in lon/lat: keeps the chord within some millimetres.
const EDGE_POINTS: usize = 256;

/// A piece smaller than this is dropped: it is a rounding sliver, not land. Square degrees, about 1 m².
const SLIVER_DEG2: f64 = 1e-10;

impl TileExtent {
    pub(super) fn new(tile: MgrsTile, grid: Grid) -> Result<TileExtent, crs::Error> {
        let (x0, x1, y0, y1) = (grid.x0, grid.x1(), grid.y0, grid.y1());
        let corners = [(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)];
        let mut ring = Vec::with_capacity(4 * EDGE_POINTS + 1);
        for pair in corners.windows(2) {
            let ((ax, ay), (bx, by)) = (pair[0], pair[1]);
            for i in 0..EDGE_POINTS {
                let t = i as f64 / EDGE_POINTS as f64;
                ring.push(Coord { x: ax + (bx - ax) * t, y: ay + (by - ay) * t });
            }
        }
        ring.push(Coord { x: x0, y: y0 });
        let metres = MultiPolygon(vec![Polygon::new(LineString(ring), vec![])]);
        let outline = crs::to_lonlat(&metres, grid.epsg)?;
        let bounds = outline.bounding_rect().unwrap_or_else(|| Rect::new((0.0, 0.0), (0.0, 0.0)));
        let inner = inner(&outline);
        Ok(TileExtent { tile, grid, outline, bounds, inner })
    }

    fn may_touch(&self, plot: &Rect<f64>) -> bool {
        plot.min().x <= self.bounds.max().x
            && plot.max().x >= self.bounds.min().x
            && plot.min().y <= self.bounds.max().y
            && plot.max().y >= self.bounds.min().y
    }

    /// Whether the plot lies whole on the raster, decided in the raster's own metres unless it lies well inside.
    fn holds(
        &self,
        plot: &MultiPolygon<f64>,
        bounds: &Rect<f64>,
        to_metres: Option<&crs::Projector>,
    ) -> bool {
        if self.inner.is_some_and(|inner| inner.contains(bounds)) {
            return true;
        }
        let Some(Ok(metres)) = to_metres.map(|way| way.project(plot)) else { return false };
        metres.bounding_rect().is_some_and(|b| {
            b.min().x >= self.grid.x0
                && b.max().x <= self.grid.x1()
                && b.min().y >= self.grid.y1()
                && b.max().y <= self.grid.y0
        })
    }
}

/// The largest rectangle of degrees between the four sides of a raster's outline, as [`TileExtent::new`] draws it,
/// a little smaller: the sides bend between the points that are known of them.
fn inner(outline: &MultiPolygon<f64>) -> Option<Rect<f64>> {
    const INSET_DEG: f64 = 1e-5;
    let ring = &outline.0.first()?.exterior().0;
    let side = |number: usize| ring.get(number * EDGE_POINTS..=(number + 1) * EDGE_POINTS);
    let least =
        |side: &[Coord<f64>], of: fn(&Coord<f64>) -> f64| side.iter().map(of).fold(f64::INFINITY, f64::min);
    let most = |side: &[Coord<f64>], of: fn(&Coord<f64>) -> f64| {
        side.iter().map(of).fold(f64::NEG_INFINITY, f64::max)
    };
    let (south, north) = (most(side(2)?, |c| c.y) + INSET_DEG, least(side(0)?, |c| c.y) - INSET_DEG);
    let (west, east) = (most(side(3)?, |c| c.x) + INSET_DEG, least(side(1)?, |c| c.x) - INSET_DEG);
    (west < east && south < north).then(|| Rect::new((west, south), (east, north)))
}

/// Side of an MGRS square, metres.
const SQUARE_M: f64 = 100_000.0;

/// Tiles reach 9.8 km beyond their square; a raster further from it than its neighbours would be is of
/// another place.
const REACH_M: f64 = SQUARE_M;

/// What is wrong with a raster that does not lie on the tile it is said to show, in words.
///
/// # Method
/// The tile's name is a UTM zone, a latitude band, and a 100 km square: its column letter counts from
/// 100 km east with A, J or S by zone; its row letter counts from the equator with A in odd zones and F in
/// even ones, again every 2,000 km. Rasters that are not in UTM are left to their own word.
///
/// # Sources
/// NGA.SIG.0012, The Universal Grids, section 3 (MGRS).
pub(super) fn astray(tile: &MgrsTile, grid: &Grid) -> Option<String> {
    const LETTERS: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ";
    let (digits, letters) = tile.as_str().split_at_checked(2)?;
    let zone: u32 = digits.parse().ok()?;
    let &[band, column, row] = letters.as_bytes() else { return None };
    let at = |letter: u8| LETTERS.iter().position(|l| *l == letter);
    let epsg = if band >= b'N' { 32600 } else { 32700 } + zone;
    let is_utm = (32601..=32660).contains(&grid.epsg.0) || (32701..=32760).contains(&grid.epsg.0);
    if !is_utm {
        return None;
    }
    if grid.epsg.0 != epsg {
        return Some(format!("it is in EPSG:{}, where tile {tile} is in EPSG:{epsg}", grid.epsg.0));
    }
    let east = (at(column)? % 8 + 1) as f64 * SQUARE_M;
    let north = ((at(row)? + if zone.is_multiple_of(2) { 15 } else { 0 }) % 20) as f64 * SQUARE_M;
    let round = 20.0 * SQUARE_M;
    let apart_east = grid.x0 >= east + SQUARE_M + REACH_M || grid.x1() <= east - REACH_M;
    // The square's southern edge, in the turn of 2,000 km that is nearest to the raster.
    let north = north + ((grid.y0 - north - SQUARE_M) / round).round() * round;
    let apart_north = grid.y1() >= north + SQUARE_M + REACH_M || grid.y0 <= north - REACH_M;
    (apart_east || apart_north)
        .then(|| format!("it lies at {:.0} m east, {:.0} m north, outside tile {tile}", grid.x0, grid.y0))
}

/// The parts to read in each tile, in the order of `tiles`; plots no tile touches get none.
pub(super) fn assign(plots: &[(usize, &Plot)], tiles: &[TileExtent]) -> Vec<Vec<Part>> {
    let mut parts = vec![Vec::new(); tiles.len()];
    let ways: Vec<Option<crs::Projector>> =
        tiles.iter().map(|tile| crs::Projector::new(tile.grid.epsg).ok()).collect();
    for (index, plot) in plots {
        let Some(bounds) = plot.geometry.bounding_rect() else { continue };
        let near: Vec<usize> = (0..tiles.len()).filter(|t| tiles[*t].may_touch(&bounds)).collect();
        let whole: Vec<usize> = near
            .iter()
            .copied()
            .filter(|t| tiles[*t].holds(&plot.geometry, &bounds, ways[*t].as_ref()))
            .collect();
        if !whole.is_empty() {
            for t in whole {
                parts[t].push(Part { plot: *index, geometry: plot.geometry.clone(), whole: true });
            }
            continue;
        }
        let mut left = plot.geometry.clone();
        for t in near {
            let piece = left.intersection(&tiles[t].outline);
            if piece.unsigned_area() > SLIVER_DEG2 {
                left = left.difference(&tiles[t].outline);
                parts[t].push(Part { plot: *index, geometry: piece, whole: false });
            }
        }
    }
    parts
}
