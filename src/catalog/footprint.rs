//! Footprints and search areas in lon/lat, with the antimeridian taken apart.
//!
//! Catalog footprints are known to belt the globe, to swap sides at 180 degrees or to be missing. Here
//! they only pre-filter (the raster's own extent decides later), so nothing is refused: what cannot be
//! read becomes the box, and without a box an empty footprint, which passes every filter.

use geo::{BoundingRect, Contains, Coord, Intersects, LineString, MultiPolygon, Point, Polygon, Rect};
use geojson::GeometryValue;
use serde_json::{Value, json};

/// Most vertices read from one footprint; a larger one is reduced to its box. Real ones have 4 to 60.
const MAX_VERTICES: usize = 10_000;

/// Where to look, lon/lat degrees (WGS 84).
#[derive(Clone, Debug, PartialEq)]
pub enum Area {
    /// West, south, east, north. West greater than east means the box crosses the antimeridian.
    Bbox(f64, f64, f64, f64),
    /// A geometry. Note that it is sent to the catalog as it is: pass boxes, not plots, to a catalog
    /// that need not know where the plots lie.
    Geometry(MultiPolygon<f64>),
}

impl Area {
    /// The area as polygons within -180 to 180; `None` if it is empty or holds a value out of range.
    pub fn polygons(&self) -> Option<MultiPolygon<f64>> {
        let polygons = match self {
            Area::Bbox(west, south, east, north) => bbox_polygons(&[*west, *south, *east, *north])?,
            Area::Geometry(geometry) => {
                let whole = |c: Coord<f64>| c.x.abs() <= 180.0 && c.y.abs() <= 90.0;
                if !geometry.iter().all(|p| p.exterior().coords().all(|c| whole(*c))) {
                    return None;
                }
                geometry.clone()
            }
        };
        (!polygons.0.is_empty()).then_some(polygons)
    }

    /// The area as the `bbox` or `intersects` member of a STAC search, or `None` if it is not usable.
    pub(super) fn to_search(&self) -> Option<(&'static str, Value)> {
        let polygons = self.polygons()?;
        match self {
            Area::Bbox(west, south, east, north) if west <= east => {
                Some(("bbox", json!([west, south, east, north])))
            }
            _ => {
                let geometry = match polygons.0.as_slice() {
                    [one] => GeometryValue::from(one),
                    _ => GeometryValue::from(&polygons),
                };
                Some(("intersects", serde_json::to_value(geometry).ok()?))
            }
        }
    }
}

/// Whether a footprint can matter to an area. An empty footprint always can.
pub(super) fn may_meet(area: &MultiPolygon<f64>, footprint: &MultiPolygon<f64>) -> bool {
    footprint.0.is_empty() || area.intersects(footprint)
}

/// Share of `a` (0 to 1, on a 24 by 24 grid of points over its box) that lies in `b`; `None` if a
/// footprint is empty or too thin for the grid.
pub(super) fn share_inside(a: &MultiPolygon<f64>, b: &MultiPolygon<f64>) -> Option<f64> {
    const STEPS: u32 = 24;
    let (mut in_a, mut in_both) = (0_u32, 0_u32);
    if b.0.is_empty() {
        return None;
    }
    for polygon in a {
        let rect = polygon.bounding_rect()?;
        for i in 0..STEPS {
            for j in 0..STEPS {
                let at = |k: u32| (f64::from(k) + 0.5) / f64::from(STEPS);
                let point =
                    Point::new(rect.min().x + rect.width() * at(i), rect.min().y + rect.height() * at(j));
                if polygon.contains(&point) {
                    in_a += 1;
                    in_both += u32::from(b.contains(&point));
                }
            }
        }
    }
    (in_a > 0).then(|| f64::from(in_both) / f64::from(in_a))
}

/// The footprint of an item from its `geometry`, else from its `bbox`, else empty.
pub(super) fn read(geometry: &Value, bbox: &Value) -> MultiPolygon<f64> {
    let from_box = || {
        let numbers: Option<Vec<f64>> = bbox.as_array()?.iter().map(Value::as_f64).collect();
        match numbers?.as_slice() {
            [w, s, e, n] | [w, s, _, e, n, _] => bbox_polygons(&[*w, *s, *e, *n]),
            _ => None,
        }
    };
    geometry_polygons(geometry).or_else(from_box).unwrap_or_else(|| MultiPolygon(Vec::new()))
}

fn geometry_polygons(geometry: &Value) -> Option<MultiPolygon<f64>> {
    let coordinates = geometry.get("coordinates")?.as_array()?;
    let exteriors: Vec<&Value> = match geometry.get("type")?.as_str()? {
        "Polygon" => vec![coordinates.first()?],
        "MultiPolygon" => coordinates.iter().map(|p| p.get(0)).collect::<Option<_>>()?,
        _ => return None,
    };
    let mut left = MAX_VERTICES;
    let mut polygons = Vec::new();
    for ring in exteriors {
        let ring = ring.as_array()?;
        left = left.checked_sub(ring.len())?;
        let ring: Vec<Coord<f64>> = ring.iter().map(position).collect::<Option<_>>()?;
        polygons.extend(cut_at_antimeridian(ring));
    }
    (!polygons.is_empty()).then_some(MultiPolygon(polygons))
}

fn position(value: &Value) -> Option<Coord<f64>> {
    let (x, y) = (value.get(0)?.as_f64()?, value.get(1)?.as_f64()?);
    (x.abs() <= 540.0 && y.abs() <= 90.0).then_some(Coord { x, y })
}

/// One box, or two where it crosses the antimeridian (west > east).
fn bbox_polygons(bbox: &[f64; 4]) -> Option<MultiPolygon<f64>> {
    let [west, south, east, north] = *bbox;
    let fits = west.abs() <= 180.0 && east.abs() <= 180.0 && south.abs() <= 90.0 && north.abs() <= 90.0;
    if !fits || south > north {
        return None;
    }
    let rect = |w: f64, e: f64| Rect::new(Coord { x: w, y: south }, Coord { x: e, y: north }).to_polygon();
    Some(MultiPolygon(if west <= east {
        vec![rect(west, east)]
    } else {
        vec![rect(west, 180.0), rect(-180.0, east)]
    }))
}

/// The ring as polygons within -180 to 180.
///
/// A Sentinel-2 tile spans at most some 20 degrees of longitude, even at 84 degrees north; a ring that
/// spans more than 180 is one that crosses the antimeridian and was written the wrong way round.
fn cut_at_antimeridian(mut ring: Vec<Coord<f64>>) -> Vec<Polygon<f64>> {
    let west = ring.iter().map(|c| c.x).fold(f64::INFINITY, f64::min);
    let east = ring.iter().map(|c| c.x).fold(f64::NEG_INFINITY, f64::max);
    if ring.len() < 3 {
        return Vec::new();
    }
    if west >= -180.0 && east <= 180.0 && east - west <= 180.0 {
        return vec![Polygon::new(LineString(ring), Vec::new())];
    }
    if east - west > 180.0 {
        for c in ring.iter_mut().filter(|c| c.x < 0.0) {
            c.x += 360.0;
        }
    }
    [-360.0, 0.0, 360.0]
        .into_iter()
        .filter_map(|shift| {
            let moved: Vec<_> = ring.iter().map(|c| Coord { x: c.x + shift, y: c.y }).collect();
            let part = keep_side(&keep_side(&moved, -180.0, 1.0), 180.0, -1.0);
            (part.len() >= 3).then(|| Polygon::new(LineString(part), Vec::new()))
        })
        .collect()
}

/// The part of a ring with `side * (x - at) >= 0` (Sutherland and Hodgman 1974, one edge).
fn keep_side(ring: &[Coord<f64>], at: f64, side: f64) -> Vec<Coord<f64>> {
    let keeps = |c: &Coord<f64>| side * (c.x - at) >= 0.0;
    let mut out = Vec::new();
    for (from, to) in ring.iter().zip(ring.iter().cycle().skip(1)) {
        if keeps(from) {
            out.push(*from);
        }
        if keeps(from) != keeps(to) {
            let y = from.y + (to.y - from.y) * (at - from.x) / (to.x - from.x);
            out.push(Coord { x: at, y });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::Area as _;

    fn widest(footprint: &MultiPolygon<f64>) -> f64 {
        footprint.iter().filter_map(|p| p.bounding_rect()).map(|r| r.width()).fold(0.0, f64::max)
    }

    #[test]
    fn a_ring_that_belts_the_globe_is_cut_at_180() {
        let belt = json!({ "type": "Polygon", "coordinates":
            [[[179.0, 70.0], [-179.5, 70.0], [-179.5, 71.0], [179.0, 71.0], [179.0, 70.0]]] });
        let footprint = read(&belt, &Value::Null);
        assert_eq!(footprint.0.len(), 2);
        assert!((footprint.unsigned_area() - 1.5).abs() < 1e-9);
        assert!(widest(&footprint) <= 1.0 + 1e-9);
        let past = json!({ "type": "Polygon", "coordinates":
            [[[179.0, 70.0], [180.5, 70.0], [180.5, 71.0], [179.0, 71.0], [179.0, 70.0]]] });
        assert!((read(&past, &Value::Null).unsigned_area() - 1.5).abs() < 1e-9);
        for (lon, meets) in [(179.5, true), (-179.8, true), (0.0, false), (178.0, false), (-179.0, false)] {
            let area = Area::Bbox(lon - 0.1, 70.4, lon + 0.1, 70.6).polygons().unwrap();
            assert_eq!(may_meet(&area, &footprint), meets, "{lon}");
        }
    }

    #[test]
    fn odd_geometry_becomes_the_box_or_nothing_and_never_panics() {
        let bbox = json!([10.0, 45.0, 11.0, 46.0]);
        for odd in [
            Value::Null,
            json!({}),
            json!({ "type": "Polygon", "coordinates": [] }),
            json!({ "type": "Polygon", "coordinates": [[]] }),
            json!({ "type": "Polygon", "coordinates": [[[1], [2]]] }),
            json!({ "type": "Polygon", "coordinates": [[["a", "b"], [1, 2], [3, 4]]] }),
            json!({ "type": "Polygon", "coordinates": [[[1e300, 0], [1, 2], [3, 4]]] }),
            json!({ "type": "Point", "coordinates": [1, 2] }),
            json!({ "type": "MultiPolygon", "coordinates": [[]] }),
            json!({ "type": "Polygon", "coordinates": [vec![[1.0, 1.0]; MAX_VERTICES + 1]] }),
        ] {
            assert_eq!(read(&odd, &bbox).unsigned_area(), 1.0, "{odd}");
            assert_eq!(read(&odd, &Value::Null).0.len(), 0);
        }
        assert_eq!(read(&Value::Null, &json!([179, -17, 0, -179, -16, 9])).0.len(), 2);
        assert_eq!(read(&Value::Null, &json!([1, 2])).0.len(), 0);
        assert_eq!(read(&Value::Null, &json!([0, 50, 1, 40])).0.len(), 0);
    }

    #[test]
    fn a_box_across_180_is_sent_as_two_polygons() {
        let (key, value) = Area::Bbox(179.0, -17.0, -179.0, -16.0).to_search().unwrap();
        assert_eq!((key, &value["type"]), ("intersects", &json!("MultiPolygon")));
        assert_eq!(value["coordinates"].as_array().unwrap().len(), 2);
        let (key, value) = Area::Bbox(1.0, 2.0, 3.0, 4.0).to_search().unwrap();
        assert_eq!((key, value), ("bbox", json!([1.0, 2.0, 3.0, 4.0])));
        for bad in [Area::Bbox(f64::NAN, 0.0, 1.0, 1.0), Area::Bbox(0.0, 2.0, 1.0, 1.0)] {
            assert!(bad.to_search().is_none());
        }
    }

    #[test]
    fn share_inside_is_the_share_of_the_first() {
        let square = |w: f64, e: f64| Area::Bbox(w, 0.0, e, 1.0).polygons().unwrap();
        let share = share_inside(&square(0.0, 1.0), &square(0.5, 3.0)).unwrap();
        assert!((share - 0.5).abs() < 0.05, "{share}");
        assert_eq!(share_inside(&square(0.0, 1.0), &square(-1.0, 2.0)), Some(1.0));
        assert_eq!(share_inside(&square(0.0, 1.0), &MultiPolygon(Vec::new())), None);
    }
}
