//! Area, perimeter and distance on the WGS 84 ellipsoid (Karney 2013, J. Geodesy 87:43, through `geo`).

use geo::coordinate_position::{CoordPos, CoordinatePosition};
use geo::{Coord, GeodesicArea, LineString, MultiPolygon, Polygon, Winding};

use super::defect::{Defect, Kind, said};
use super::limits::Limits;
use super::properties::Fix;
use super::ring::{Ring, metres};
use crate::plot::GpsTag;

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

/// Geodesic perimeter (holes included) and area of an oriented outline, metres and square metres; refused
/// when there is too little or too much land for a plot.
pub(super) fn size(outline: &MultiPolygon<f64>, limits: &Limits) -> Result<(f64, f64), Defect> {
    let (mut perimeter_m, mut area_m2) = (0.0, 0.0);
    for part in outline {
        let (perimeter, area) = part.geodesic_perimeter_area_signed();
        perimeter_m += perimeter;
        area_m2 += area;
    }
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
    Ok((perimeter_m, area_m2))
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
