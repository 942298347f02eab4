//! Outlines as ISO WKB, little-endian, two dimensions.

use geo::{LineString, MultiPolygon, Polygon};

const POLYGON: u32 = 3;
const MULTI_POLYGON: u32 = 6;

/// `Polygon` when there is one part, else `MultiPolygon`, as in the GeoJSON files.
pub(super) fn encode(outline: &MultiPolygon<f64>) -> Vec<u8> {
    let mut out = Vec::new();
    match outline.0.as_slice() {
        [only] => polygon(&mut out, only),
        parts => {
            head(&mut out, MULTI_POLYGON, parts.len());
            parts.iter().for_each(|part| polygon(&mut out, part));
        }
    }
    out
}

fn polygon(out: &mut Vec<u8>, polygon: &Polygon<f64>) {
    head(out, POLYGON, 1 + polygon.interiors().len());
    ring(out, polygon.exterior());
    polygon.interiors().iter().for_each(|hole| ring(out, hole));
}

fn head(out: &mut Vec<u8>, kind: u32, count: usize) {
    out.push(1); // little-endian
    out.extend(kind.to_le_bytes());
    out.extend(small(count).to_le_bytes());
}

fn ring(out: &mut Vec<u8>, line: &LineString<f64>) {
    out.extend(small(line.0.len()).to_le_bytes());
    for c in line.coords() {
        out.extend(c.x.to_le_bytes());
        out.extend(c.y.to_le_bytes());
    }
}

/// Vertex counts are bounded by `intake` far below 2^32.
fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::polygon;

    #[test]
    fn one_part_is_a_polygon_of_the_known_bytes() {
        let triangle = polygon![(x: 0.0, y: 0.0), (x: 1.0, y: 0.0), (x: 0.0, y: 2.0), (x: 0.0, y: 0.0)];
        let bytes = encode(&MultiPolygon(vec![triangle.clone()]));
        assert_eq!(bytes.len(), 1 + 4 + 4 + 4 + 4 * 16);
        assert_eq!(bytes[..13], [1, 3, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0]);
        assert_eq!(bytes[13 + 2 * 16 + 8..13 + 3 * 16], 2.0f64.to_le_bytes());
        let two = encode(&MultiPolygon(vec![triangle.clone(), triangle]));
        assert_eq!(two[..9], [1, 6, 0, 0, 0, 2, 0, 0, 0]);
        assert_eq!(two.len(), 9 + 2 * bytes.len());
    }
}
