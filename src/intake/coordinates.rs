//! A GeoJSON geometry as rings of positions, with the repairs that do not change the land.

use std::collections::BTreeSet;

use geo::Coord;
use serde_json::Value;

use super::defect::{Defect, Kind};
use super::limits::Limits;
use super::object;
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
        return Err(Defect::new(Kind::Empty, "The feature has no geometry: draw the plot outline"));
    }
    let members = object::once(text, "geometry", &["type", "coordinates", "geometries", "crs"])?;
    if let Some(crs) = members.get("crs") {
        reference_system::check(crs)?;
    }
    let kind = members.get("type").and_then(|raw| serde_json::from_str::<String>(raw).ok());
    let mut reader = Reader { limits, vertices: 0, rings: 0, parts: Vec::new(), repairs: BTreeSet::new() };
    let given = || {
        let missing = || Defect::new(Kind::GeometryMalformed, "The geometry has no \"coordinates\"");
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
            return Err(unsupported("a Point is a position, not an outline: draw the plot's Polygon"));
        }
        Some("MultiLineString") => {
            return Err(unsupported(
                "a MultiLineString has no single ring: give the Polygon, or one closed track",
            ));
        }
        Some(_) => return Err(unsupported("the geometry type is unknown: expected Polygon or MultiPolygon")),
        None => return Err(unsupported("the geometry has no type: expected Polygon or MultiPolygon")),
    }
    if reader.parts.is_empty() {
        return Err(Defect::new(Kind::Empty, "The plot outline has no positions"));
    }
    Ok(Sketch { parts: reader.parts, repairs: reader.repairs })
}

fn unsupported(why: &str) -> Defect {
    Defect::new(Kind::GeometryType, format!("The geometry cannot be a plot: {why}"))
}

fn malformed(kind: &str) -> Defect {
    Defect::new(Kind::GeometryMalformed, format!("The coordinates are wrongly nested: {kind}"))
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
        return Err(malformed("expected lists of [longitude, latitude]"));
    }
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Array(list)) => Ok(list),
        Ok(_) => Err(malformed("expected lists of [longitude, latitude]")),
        Err(cause) if cause.to_string().starts_with("number out of range") => {
            Err(Defect::new(Kind::GeometryMalformed, "A coordinate is a number too large to be one"))
        }
        Err(_) => Err(Defect::new(Kind::GeometryMalformed, "The coordinates are not JSON numbers in lists")),
    }
}

fn too_many_vertices(limits: &Limits) -> Defect {
    let text = format!("The plot outline has more than {} vertices: simplify it", limits.max_vertices);
    Defect::new(Kind::TooComplex, text)
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
            let rings = part.as_array().ok_or_else(|| malformed("a MultiPolygon is a list of polygons"))?;
            self.part(rings, Reader::ring)?;
        }
        Ok(())
    }

    /// One polygon.
    fn part<R>(&mut self, list: &[R], positions: Positions<Self, R>) -> Result<(), Defect> {
        if list.is_empty() {
            return Err(Defect::new(Kind::Empty, "The plot outline has no positions"));
        }
        if self.parts.len() == self.limits.max_parts {
            let text = format!(
                "The plot has more than {} parts: send them as plots of their own",
                self.limits.max_parts
            );
            return Err(Defect::new(Kind::TooComplex, text));
        }
        let part = self.parts.len();
        let mut rings = Vec::with_capacity(list.len().min(self.limits.max_rings));
        for (ring, given) in list.iter().enumerate() {
            self.rings += 1;
            if self.rings > self.limits.max_rings {
                let text =
                    format!("The plot outline has more than {} rings: simplify it", self.limits.max_rings);
                return Err(Defect::new(Kind::TooComplex, text));
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
        const WANTED: &str = "a GeometryCollection may hold only Polygon and MultiPolygon";
        let most = self.limits.max_parts;
        let list = split::elements(text, most).map_err(|_| malformed("\"geometries\" is not a list"))?;
        if list.len() > most {
            let text = format!("The plot has more than {most} parts: send them as plots of their own");
            return Err(Defect::new(Kind::TooComplex, text));
        }
        for geometry in list {
            let members = object::once(geometry, "geometry", &["type", "coordinates"])?;
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
                _ => return Err(unsupported(WANTED)),
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
        let list = value.as_array().ok_or_else(|| malformed("a Polygon is a list of rings"))?;
        self.positions(list, part, ring)
    }

    fn positions(&mut self, list: &[Value], part: usize, ring: usize) -> Result<Vec<Coord<f64>>, Defect> {
        self.count(list.len())?;
        let mut found = Vec::with_capacity(list.len());
        for (vertex, value) in list.iter().enumerate() {
            let (position, higher) = position(value).map_err(|what| {
                let text = format!(
                    "{what} (part {}, ring {}, vertex {}); a position is [longitude, latitude] in degrees",
                    part + 1,
                    ring + 1,
                    vertex + 1
                );
                Defect::new(Kind::GeometryMalformed, text)
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
fn position(value: &Value) -> Result<(Coord<f64>, bool), &'static str> {
    let list = value.as_array().ok_or("A position is not a list of numbers")?;
    let number = |value: &Value| value.as_f64().filter(|number| number.is_finite());
    match list.as_slice() {
        [] => Err("A position is empty"),
        [_] => Err("A position has one number"),
        [lon, lat, more @ ..] if more.len() <= 2 => {
            let (Some(x), Some(y)) = (number(lon), number(lat)) else {
                return Err("A coordinate is not a number");
            };
            if more.iter().any(|height| !height.is_null() && number(height).is_none()) {
                return Err("A height is not a number");
            }
            // + 0.0 turns -0 into 0: one place, one spelling.
            Ok((Coord { x: x + 0.0, y: y + 0.0 }, !more.is_empty()))
        }
        _ => Err("A position has more than four numbers"),
    }
}
