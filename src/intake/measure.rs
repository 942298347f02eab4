//! Whether an outline has the size of a plot, and how far a phone's fix lies from it, on the WGS 84 ellipsoid.

use geo::coordinate_position::{CoordPos, CoordinatePosition};
use geo::{Area, BoundingRect, Coord, LineString, MultiPolygon, Polygon, Winding};

use super::defect::{Defect, Kind, said};
use super::limits::Limits;
use super::properties::Fix;
use super::ring::{Ring, metres};
use crate::plot::{GpsTag, Size};

/// An outline turned to RFC 7946 order (outer rings counter-clockwise, holes clockwise), and whether a ring
/// had to be turned.
pub(super) fn oriented(parts: &[Vec<Ring>]) -> (MultiPolygon<f64>, bool) {
    let mut turned = false;
    let mut ring = |found: &Ring, outer: bool| -> LineString<f64> {
        let mut line = found.closed();
        if outer && line.is_cw() {
            line.make_ccw_winding();
            turned = true;
        } else if !outer && line.is_ccw() {
            line.make_cw_winding();
            turned = true;
        }
        line
    };
    let mut polygons = Vec::with_capacity(parts.len());
    for rings in parts {
        let mut lines = rings.iter().enumerate().map(|(index, found)| ring(found, index == 0));
        if let Some(outer) = lines.next() {
            polygons.push(Polygon::new(outer, lines.collect()));
        }
    }
    (MultiPolygon(polygons), turned)
}

/// Degrees: an outline that is wider, or nearer to a pole, is not measured roughly.
const ROUGH_EXTENT: f64 = 1.0;
const ROUGH_LATITUDE: f64 = 75.0;

/// Whether a rough measure in a plane shows that an outline's exact size lies inside every limit.
///
/// The plane has one scale for all of the outline, which is off by less than a twentieth: 3 % by the latitudes of half
/// a degree, at 75 degrees, and 1 % by the ellipsoid; hence half the limits. Its edges are straight in longitude and
/// latitude, and those that are measured are geodesics: between the two of an edge of length L lie at most
/// L³ tan(latitude) / 11 R, nothing on a field, but more than all the land of a strip of many kilometres.
fn is_clearly_within(outline: &MultiPolygon<f64>, limits: &Limits) -> bool {
    const METRES_A_DEGREE: f64 = 111_195.0;
    const EARTH_RADIUS_M: f64 = 6_371_000.0;
    let Some(bounds) = outline.bounding_rect() else { return false };
    let middle = bounds.center().y;
    if !(bounds.width() <= ROUGH_EXTENT && bounds.height() <= ROUGH_EXTENT && middle.abs() <= ROUGH_LATITUDE)
    {
        return false;
    }
    let (north, east) = (METRES_A_DEGREE, METRES_A_DEGREE * middle.to_radians().cos());
    let area_m2 = outline.unsigned_area() * north * east;
    let rings = outline.iter().flat_map(|part| std::iter::once(part.exterior()).chain(part.interiors()));
    let lengths = rings.flat_map(|ring| ring.lines()).map(|line| (line.dx() * east).hypot(line.dy() * north));
    let (perimeter_m, longest_m) = lengths.fold((0.0, 0.0f64), |(sum, most), m| (sum + m, most.max(m)));
    let bend = (middle.abs() + ROUGH_EXTENT).to_radians().tan() / (11.0 * EARTH_RADIUS_M);
    let bent_m2 = perimeter_m * longest_m.powi(2) * bend;
    let (least_m2, most_m2) = (area_m2 - bent_m2, area_m2 + bent_m2);
    // A square metre at least, whatever the limit: rounding leaves a sliver less than none.
    least_m2 >= 2.0 * limits.min_area_m2.max(1.0)
        && most_m2 <= limits.max_area_ha * 10_000.0 / 2.0
        && 2.0 * least_m2 / perimeter_m >= 2.0 * limits.min_width_m.max(0.0)
}

/// The size of an oriented outline; refused when there is too little or too much land for a plot. Measured only
/// where that is near.
pub(super) fn size(outline: &MultiPolygon<f64>, limits: &Limits) -> Result<Size, Defect> {
    if is_clearly_within(outline, limits) {
        return Ok(Size::default());
    }
    let size = Size::measured(outline);
    let (area_m2, perimeter_m) = (size.area_m2(outline), size.perimeter_m(outline));
    let refuse = |kind, said| Err(Defect::new(kind, said));
    if area_m2 > limits.max_area_ha * 10_000.0 {
        let (area_ha, most) = (area_m2 / 10_000.0, limits.max_area_ha);
        return refuse(
            Kind::TooLarge,
            said!(
                "{area_ha:.0} ha exceeds the {most} ha limit for one plot",
                "面积{area_ha:.0} ha超过单个地块的上限{most} ha"
            ),
        );
    }
    // Rounding can leave a sliver's area at or below zero: that is too small as well.
    let too_small = area_m2.is_nan() || area_m2 < limits.min_area_m2;
    if too_small {
        let least = limits.min_area_m2;
        return refuse(
            Kind::TooSmall,
            said!(
                "The plot has {area_m2:.1} m²; with less than {least} m² (one 10 m pixel) it cannot be observed",
                "地块面积为{area_m2:.1} m²；小于{least} m²（一个10 m像元）无法观测"
            ),
        );
    }
    let width_m = 2.0 * area_m2 / perimeter_m;
    if width_m < limits.min_width_m {
        let least = limits.min_width_m;
        return refuse(
            Kind::Sliver,
            said!(
                "The plot is {width_m:.2} m wide on average, less than {least} m: a line, not a field",
                "地块平均宽{width_m:.2} m，小于{least} m：是一条线而不是田块"
            ),
        );
    }
    Ok(size)
}

/// A phone's fix held against the outline.
pub(super) fn gps_tag(fix: Fix, outline: &MultiPolygon<f64>) -> GpsTag {
    let at = Coord { x: fix.lon, y: fix.lat };
    let distance_m = distance(at, outline);
    GpsTag { lon: fix.lon, lat: fix.lat, accuracy_m: fix.accuracy_m, distance_m }
}

/// Geodesic distance from a position to an outline, metres; 0 inside and on the boundary.
///
/// The nearest point of each edge is found in a plane whose axes are metres east and north at the
/// position, and its distance is then geodesic: right to a millimetre within kilometres of the plot.
pub(super) fn distance(at: Coord<f64>, outline: &MultiPolygon<f64>) -> f64 {
    if outline.coordinate_position(&at) != CoordPos::Outside {
        return 0.0;
    }
    let latitude = at.y.to_radians();
    // WGS 84: radii of curvature of the prime vertical and the meridian.
    let (a, e2) = (6_378_137.0, 0.006_694_379_990_141_317);
    let root = (1.0 - e2 * latitude.sin().powi(2)).sqrt();
    let (east, north) = (a / root * latitude.cos(), a * (1.0 - e2) / root.powi(3));
    let wrap =
        |degrees: f64| if degrees.abs() > 180.0 { degrees - 360.0 * degrees.signum() } else { degrees };
    let plane = |to: Coord<f64>| Coord {
        x: wrap(to.x - at.x).to_radians() * east,
        y: (to.y - at.y).to_radians() * north,
    };
    let rings = outline.iter().flat_map(|part| std::iter::once(part.exterior()).chain(part.interiors()));
    let nearest = rings.flat_map(|ring| ring.lines()).map(|line| {
        let (p, q) = (plane(line.start), plane(line.end));
        let (dx, dy) = (q.x - p.x, q.y - p.y);
        let length2 = dx * dx + dy * dy;
        let share = if length2 > 0.0 { (-(p.x * dx + p.y * dy) / length2).clamp(0.0, 1.0) } else { 0.0 };
        let foot = Coord {
            x: line.start.x + share * (line.end.x - line.start.x),
            y: line.start.y + share * (line.end.y - line.start.y),
        };
        ((p.x + share * dx).hypot(p.y + share * dy), foot)
    });
    nearest.min_by(|a, b| a.0.total_cmp(&b.0)).map_or(f64::INFINITY, |(_, foot)| metres(at, foot))
}
