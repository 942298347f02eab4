//! A GeoJSON geometry as rings of positions, with the repairs that do not change the land.

use std::collections::BTreeSet;

use geo::Coord;
use serde_json::Value;

use super::defect::{Defect, Kind, Said, said};
use super::limits::Limits;
use super::object::{self, What};
use super::reference_system;
use super::ring::{self, Ring};
use super::split;
use crate::plot::Repair;

/// An outline as read: rings closed and free of repeated positions, nothing else checked.
#[derive(Debug)]
pub(super) struct Sketch {
    /// Parts; in each the outer ring, then the holes. At least one part, each with at least one ring.
    pub parts: Vec<Vec<Ring>>,
    /// Repairs made so far.
    pub repairs: BTreeSet<Repair>,
}

/// Reads the `geometry` of a feature. `accuracy_m` is the phone's accuracy, for the ends of a track.
pub(super) fn read(text: &str, accuracy_m: Option<f64>, limits: &Limits) -> Result<Sketch, Defect> {
    if text == "null" {
        return Err(Defect::new(
            Kind::Empty,
            said!("The feature has no geometry: draw the plot outline", "该条目没有几何：请绘制地块边界"),
        ));
    }
    let members = object::once(text, What::Geometry, &["type", "coordinates", "geometries", "crs"])?;
    if let Some(crs) = members.get("crs") {
        reference_system::check(crs)?;
    }
    let kind = members.get("type").and_then(|raw| serde_json::from_str::<String>(raw).ok());
    let mut reader = Reader { limits, vertices: 0, rings: 0, parts: Vec::new(), repairs: BTreeSet::new() };
    let given = || {
        let missing = || {
            let said = said!("The geometry has no \"coordinates\"", "几何没有“coordinates”");
            Defect::new(Kind::GeometryMalformed, said)
        };
        members.get("coordinates").copied().ok_or_else(missing)
    };
    let coordinates = || values(given()?, limits);
    match kind.as_deref() {
        Some("Polygon") => match pairs(given()?, limits)? {
            Some(rings) => reader.part(&rings, Reader::pairs)?,
            None => reader.part(&coordinates()?, Reader::ring)?,
        },
        Some("MultiPolygon") => reader.parts(&coordinates()?)?,
        Some("LineString") => reader.track(&coordinates()?, accuracy_m)?,
        Some("GeometryCollection") => {
            reader.collection(members.get("geometries").copied().unwrap_or("null"))?
        }
        Some("Point" | "MultiPoint") => {
            return Err(unsupported(said!(
                "a Point is a position, not an outline: draw the plot's Polygon",
                "Point是一个位置而不是边界，请绘制地块的Polygon"
            )));
        }
        Some("MultiLineString") => {
            return Err(unsupported(said!(
                "a MultiLineString has no single ring: give the Polygon, or one closed track",
                "MultiLineString没有单一的环，请提供Polygon或一条闭合轨迹"
            )));
        }
        Some(_) => {
            return Err(unsupported(said!(
                "the geometry type is unknown: expected Polygon or MultiPolygon",
                "几何类型未知，应为Polygon或MultiPolygon"
            )));
        }
        None => {
            return Err(unsupported(said!(
                "the geometry has no type: expected Polygon or MultiPolygon",
                "几何没有类型，应为Polygon或MultiPolygon"
            )));
        }
    }
    if reader.parts.is_empty() {
        return Err(no_positions());
    }
    Ok(Sketch { parts: reader.parts, repairs: reader.repairs })
}

fn unsupported(Said { en, zh }: Said) -> Defect {
    Defect::new(Kind::GeometryType, said!("The geometry cannot be a plot: {en}", "该几何不能作为地块：{zh}"))
}

fn malformed(Said { en, zh }: Said) -> Defect {
    Defect::new(
        Kind::GeometryMalformed,
        said!("The coordinates are wrongly nested: {en}", "坐标的嵌套层次有误：{zh}"),
    )
}

fn no_positions() -> Defect {
    Defect::new(Kind::Empty, said!("The plot outline has no positions", "地块边界没有任何位置"))
}

fn pairs_wanted() -> Defect {
    malformed(said!("expected lists of [longitude, latitude]", "应为由[经度, 纬度]组成的列表"))
}

/// Refuses text with more numbers than an outline may have, before anything is made of it.
fn not_too_many(text: &str, limits: &Limits) -> Result<(), Defect> {
    // At most four numbers and a bracket for each position, and some rings around them.
    let most = 6 * limits.max_vertices + 4 * (limits.max_rings + limits.max_parts) + 16;
    if text.bytes().filter(|byte| matches!(byte, b'[' | b',')).count() > most {
        return Err(too_many_vertices(limits));
    }
    Ok(())
}

/// A ring of positions of two numbers each.
type Pairs = Vec<[f64; 2]>;

/// The rings of a polygon as nearly all are written: nothing but pairs of numbers. `None` for any other, which
/// [`values`] then reads, and tells what is wrong with it.
fn pairs(text: &str, limits: &Limits) -> Result<Option<Vec<Pairs>>, Defect> {
    not_too_many(text, limits)?;
    Ok(serde_json::from_str(text).ok())
}

/// The coordinates as JSON values, after a look at how many there are.
fn values(text: &str, limits: &Limits) -> Result<Vec<Value>, Defect> {
    not_too_many(text, limits)?;
    if text.contains('{') || split::depth(text) > 4 {
        return Err(pairs_wanted());
    }
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Array(list)) => Ok(list),
        Ok(_) => Err(pairs_wanted()),
        Err(cause) if cause.to_string().starts_with("number out of range") => Err(Defect::new(
            Kind::GeometryMalformed,
            said!("A coordinate is a number too large to be one", "某个坐标的数值过大，不可能是坐标"),
        )),
        Err(_) => Err(Defect::new(
            Kind::GeometryMalformed,
            said!("The coordinates are not JSON numbers in lists", "坐标不是由JSON数字组成的列表"),
        )),
    }
}

fn too_many_vertices(limits: &Limits) -> Defect {
    let most = limits.max_vertices;
    Defect::new(
        Kind::TooComplex,
        said!(
            "The plot outline has more than {most} vertices: simplify it",
            "地块边界的顶点超过{most}个，请简化"
        ),
    )
}

fn too_many_parts(limits: &Limits) -> Defect {
    let most = limits.max_parts;
    Defect::new(
        Kind::TooComplex,
        said!(
            "The plot has more than {most} parts: send them as plots of their own",
            "地块超过{most}个部分，请作为各自的地块提交"
        ),
    )
}

/// How a ring's positions are read, given the numbers of its part and of itself.
type Positions<S, R> = fn(&mut S, &R, usize, usize) -> Result<Vec<Coord<f64>>, Defect>;

struct Reader<'a> {
    limits: &'a Limits,
    vertices: usize,
    rings: usize,
    parts: Vec<Vec<Ring>>,
    repairs: BTreeSet<Repair>,
}

impl Reader<'_> {
    fn parts(&mut self, list: &[Value]) -> Result<(), Defect> {
        for part in list {
            let rings = part.as_array().ok_or_else(|| {
                malformed(said!("a MultiPolygon is a list of polygons", "MultiPolygon是多边形的列表"))
            })?;
            self.part(rings, Reader::ring)?;
        }
        Ok(())
    }

    /// One polygon.
    fn part<R>(&mut self, list: &[R], positions: Positions<Self, R>) -> Result<(), Defect> {
        if list.is_empty() {
            return Err(no_positions());
        }
        if self.parts.len() == self.limits.max_parts {
            return Err(too_many_parts(self.limits));
        }
        let part = self.parts.len();
        let mut rings = Vec::with_capacity(list.len().min(self.limits.max_rings));
        for (ring, given) in list.iter().enumerate() {
            self.rings += 1;
            if self.rings > self.limits.max_rings {
                let most = self.limits.max_rings;
                let said = said!(
                    "The plot outline has more than {most} rings: simplify it",
                    "地块边界的环超过{most}个，请简化"
                );
                return Err(Defect::new(Kind::TooComplex, said));
            }
            let positions = positions(self, given, part, ring)?;
            rings.push(ring::clean(&positions, (part, ring), &mut self.repairs)?);
        }
        self.parts.push(rings);
        Ok(())
    }

    fn track(&mut self, list: &[Value], accuracy_m: Option<f64>) -> Result<(), Defect> {
        let positions = self.positions(list, 0, 0)?;
        ring::track_closes(&positions, accuracy_m)?;
        self.repairs.insert(Repair::TrackToPolygon);
        let ring = ring::clean(&positions, (0, 0), &mut self.repairs)?;
        self.parts.push(vec![ring]);
        Ok(())
    }

    /// A collection is a plot when every member is a Polygon or a MultiPolygon.
    fn collection(&mut self, text: &str) -> Result<(), Defect> {
        let most = self.limits.max_parts;
        let list = split::elements(text, most)
            .map_err(|_| malformed(said!("\"geometries\" is not a list", "“geometries”不是列表")))?;
        if list.len() > most {
            return Err(too_many_parts(self.limits));
        }
        for geometry in list {
            let members = object::once(geometry, What::Geometry, &["type", "coordinates"])?;
            let kind = members.get("type").and_then(|raw| serde_json::from_str::<String>(raw).ok());
            let coordinates = || values(members.get("coordinates").copied().unwrap_or("null"), self.limits);
            match kind.as_deref() {
                Some("Polygon") => {
                    let list = coordinates()?;
                    self.part(&list, Reader::ring)?;
                }
                Some("MultiPolygon") => {
                    let list = coordinates()?;
                    self.parts(&list)?;
                }
                _ => {
                    return Err(unsupported(said!(
                        "a GeometryCollection may hold only Polygon and MultiPolygon",
                        "GeometryCollection只能包含Polygon和MultiPolygon"
                    )));
                }
            }
        }
        self.repairs.insert(Repair::CollectionToMultiPolygon);
        Ok(())
    }

    fn count(&mut self, positions: usize) -> Result<(), Defect> {
        self.vertices += positions;
        // One closing position per ring is not a vertex.
        if self.vertices > self.limits.max_vertices + self.rings.max(1) {
            return Err(too_many_vertices(self.limits));
        }
        Ok(())
    }

    fn pairs(&mut self, list: &Pairs, _: usize, _: usize) -> Result<Vec<Coord<f64>>, Defect> {
        self.count(list.len())?;
        // + 0.0 turns -0 into 0: one place, one spelling.
        Ok(list.iter().map(|[x, y]| Coord { x: x + 0.0, y: y + 0.0 }).collect())
    }

    fn ring(&mut self, value: &Value, part: usize, ring: usize) -> Result<Vec<Coord<f64>>, Defect> {
        let list = value
            .as_array()
            .ok_or_else(|| malformed(said!("a Polygon is a list of rings", "Polygon是环的列表")))?;
        self.positions(list, part, ring)
    }

    fn positions(&mut self, list: &[Value], part: usize, ring: usize) -> Result<Vec<Coord<f64>>, Defect> {
        self.count(list.len())?;
        let mut found = Vec::with_capacity(list.len());
        for (vertex, value) in list.iter().enumerate() {
            let (position, higher) = position(value).map_err(|Said { en, zh }| {
                let (part, ring, vertex) = (part + 1, ring + 1, vertex + 1);
                let said = said!(
                    "{en} (part {part}, ring {ring}, vertex {vertex}); a position is [longitude, latitude] in degrees",
                    "{zh}（第{part}部分第{ring}环第{vertex}个顶点）；位置应为以度为单位的[经度, 纬度]"
                );
                Defect::new(Kind::GeometryMalformed, said)
            })?;
            if higher {
                self.repairs.insert(Repair::DroppedHeights);
            }
            found.push(position);
        }
        Ok(found)
    }
}

/// A position, and whether it had more than longitude and latitude. A height may be `null`.
fn position(value: &Value) -> Result<(Coord<f64>, bool), Said> {
    let list = value
        .as_array()
        .ok_or_else(|| said!("A position is not a list of numbers", "某个位置不是数字列表"))?;
    let number = |value: &Value| value.as_f64().filter(|number| number.is_finite());
    match list.as_slice() {
        [] => Err(said!("A position is empty", "某个位置为空")),
        [_] => Err(said!("A position has one number", "某个位置只有一个数字")),
        [lon, lat, more @ ..] if more.len() <= 2 => {
            let (Some(x), Some(y)) = (number(lon), number(lat)) else {
                return Err(said!("A coordinate is not a number", "某个坐标不是数字"));
            };
            if more.iter().any(|height| !height.is_null() && number(height).is_none()) {
                return Err(said!("A height is not a number", "某个高程不是数字"));
            }
            // + 0.0 turns -0 into 0: one place, one spelling.
            Ok((Coord { x: x + 0.0, y: y + 0.0 }, !more.is_empty()))
        }
        _ => Err(said!("A position has more than four numbers", "某个位置的数字超过四个")),
    }
}
