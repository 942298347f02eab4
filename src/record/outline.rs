//! A plot's outline as GeoJSON geometry (RFC 7946) inside the record.

use geo::{Coord, LineString, MultiPolygon, Polygon};
use geojson::{GeometryValue, Position};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::record::{Kind, Shape};

/// The outline in lon/lat degrees; written as `Polygon` when it has one part, else `MultiPolygon`.
#[derive(Clone, Debug, PartialEq)]
pub struct Outline(pub MultiPolygon<f64>);

impl Shape for Outline {
    const KIND: Kind = Kind::Geometry;
}

impl Serialize for Outline {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let written = match self.0.0.as_slice() {
            [only] => GeometryValue::from(only),
            _ => GeometryValue::from(&self.0),
        };
        written.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Outline {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let parts = match GeometryValue::deserialize(deserializer)? {
            GeometryValue::Polygon { coordinates } => vec![coordinates],
            GeometryValue::MultiPolygon { coordinates } => coordinates,
            other => return Err(D::Error::custom(format!("a {} is no outline", other.type_name()))),
        };
        let polygons = parts.iter().map(|rings| polygon(rings)).collect::<Option<Vec<_>>>();
        polygons.map(|p| Outline(MultiPolygon(p))).ok_or_else(|| {
            D::Error::custom("a polygon without a ring, or a position that is not two numbers")
        })
    }
}

/// Not `geojson`'s own conversion, which panics on a position of one number and drops heights unsaid.
fn polygon(rings: &[Vec<Position>]) -> Option<Polygon<f64>> {
    let coord = |p: &Position| match p.as_slice() {
        [x, y] => Some(Coord { x: *x, y: *y }),
        _ => None,
    };
    let mut lines =
        rings.iter().map(|ring| ring.iter().map(coord).collect::<Option<Vec<_>>>().map(LineString));
    let outer = lines.next()??;
    Some(Polygon::new(outer, lines.collect::<Option<_>>()?))
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
        for bad in [
            r#"{"type":"Polygon","coordinates":[]}"#,
            r#"{"type":"Polygon","coordinates":[[[1.0],[2.0],[3.0],[1.0]]]}"#,
            r#"{"type":"Polygon","coordinates":[[[1.0,2.0,3.0],[2.0,2.0,3.0],[2.0,3.0,3.0],[1.0,2.0,3.0]]]}"#,
            r#"{"type":"Point","coordinates":[1.0,2.0]}"#,
        ] {
            assert!(serde_json::from_str::<Outline>(bad).is_err(), "{bad}");
        }
    }
}
