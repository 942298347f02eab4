//! A plot's outline as GeoJSON geometry (RFC 7946) inside the record.

use geo::{Coord, LineString, MultiPolygon, Polygon};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::record::{Kind, Shape};

/// The outline in lon/lat degrees; written as `Polygon` when it has one part, else `MultiPolygon`.
#[derive(Clone, Debug, PartialEq)]
pub struct Outline(pub MultiPolygon<f64>);

type Ring = Vec<[f64; 2]>;

#[derive(Serialize, Deserialize)]
#[serde(tag = "type", content = "coordinates")]
enum Written {
    Polygon(Vec<Ring>),
    MultiPolygon(Vec<Vec<Ring>>),
}

impl Shape for Outline {
    const KIND: Kind = Kind::Geometry;
}

impl Serialize for Outline {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut parts: Vec<Vec<Ring>> = self.0.0.iter().map(rings).collect();
        let written = match (parts.len(), parts.pop()) {
            (1, Some(only)) => Written::Polygon(only),
            (_, last) => {
                parts.extend(last);
                Written::MultiPolygon(parts)
            }
        };
        written.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Outline {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let parts = match Written::deserialize(deserializer)? {
            Written::Polygon(rings) => vec![rings],
            Written::MultiPolygon(parts) => parts,
        };
        let polygons = parts.into_iter().map(polygon).collect::<Option<Vec<_>>>();
        polygons.map(|p| Outline(MultiPolygon(p))).ok_or_else(|| D::Error::custom("a polygon without a ring"))
    }
}

fn rings(polygon: &Polygon<f64>) -> Vec<Ring> {
    let ring = |line: &LineString<f64>| line.coords().map(|c| [c.x, c.y]).collect();
    std::iter::once(polygon.exterior()).chain(polygon.interiors()).map(ring).collect()
}

fn polygon(rings: Vec<Ring>) -> Option<Polygon<f64>> {
    let line = |ring: Ring| LineString(ring.into_iter().map(|[x, y]| Coord { x, y }).collect());
    let mut rings = rings.into_iter().map(line);
    let outer = rings.next()?;
    Some(Polygon::new(outer, rings.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_part_is_a_polygon_and_both_forms_come_back() {
        for text in [
            r#"{"type":"Polygon","coordinates":[[[0.0,0.0],[2.0,0.0],[2.0,2.0],[0.0,0.0]],[[0.5,0.2],[1.0,0.5],[1.0,0.2],[0.5,0.2]]]}"#,
            r#"{"type":"MultiPolygon","coordinates":[[[[0.0,0.0],[1.0,0.0],[1.0,1.0],[0.0,0.0]]],[[[5.0,0.0],[6.0,0.0],[6.0,1.0],[5.0,0.0]]]]}"#,
        ] {
            let outline: Outline = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&outline).unwrap(), text);
        }
        assert!(serde_json::from_str::<Outline>(r#"{"type":"Polygon","coordinates":[]}"#).is_err());
    }
}
