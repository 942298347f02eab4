//! One hash for one outline, however it was drawn.

use std::cmp::Ordering;

use geo::{Coord, LineString, MultiPolygon, Winding};
use sha2::{Digest, Sha256};

/// SHA-256 of an outline, lower-case hex: the same for the same corner points in the same rings, whatever
/// the direction or start of a ring and the order of holes and parts.
///
/// Hashed are longitude and latitude as little-endian f64 (−0 as 0), position by position, closing
/// position included: per part the outer ring counter-clockwise, then the holes clockwise, each ring from
/// its smallest position (by longitude, then latitude), holes and parts in order of their positions.
pub fn outline_sha256(outline: &MultiPolygon<f64>) -> String {
    let mut parts: Vec<Vec<Vec<Coord<f64>>>> = outline
        .iter()
        .map(|part| {
            let mut holes: Vec<_> = part.interiors().iter().map(|hole| canonical(hole, false)).collect();
            holes.sort_by(|a, b| by_positions(a, b));
            std::iter::once(canonical(part.exterior(), true)).chain(holes).collect()
        })
        .collect();
    parts.sort_by(|a, b| match (a.first(), b.first()) {
        (Some(a), Some(b)) => by_positions(a, b),
        _ => a.len().cmp(&b.len()),
    });
    let mut hasher = Sha256::new();
    for position in parts.iter().flatten().flatten() {
        hasher.update((position.x + 0.0).to_le_bytes());
        hasher.update((position.y + 0.0).to_le_bytes());
    }
    super::hex(&hasher.finalize())
}

/// A ring turned to the direction asked for and started at its smallest position.
fn canonical(ring: &LineString<f64>, counter_clockwise: bool) -> Vec<Coord<f64>> {
    let mut turned = ring.clone();
    if counter_clockwise {
        turned.make_ccw_winding()
    } else {
        turned.make_cw_winding()
    }
    let mut positions = turned.0;
    if positions.len() > 1 && positions.first() == positions.last() {
        positions.pop();
    }
    let start =
        positions.iter().enumerate().min_by(|(_, a), (_, b)| by_position(a, b)).map_or(0, |(index, _)| index);
    positions.rotate_left(start);
    positions.extend(positions.first().copied());
    positions
}

fn by_position(a: &Coord<f64>, b: &Coord<f64>) -> Ordering {
    (a.x + 0.0).total_cmp(&(b.x + 0.0)).then((a.y + 0.0).total_cmp(&(b.y + 0.0)))
}

fn by_positions(a: &[Coord<f64>], b: &[Coord<f64>]) -> Ordering {
    a.iter()
        .zip(b)
        .map(|(a, b)| by_position(a, b))
        .find(|order| order.is_ne())
        .unwrap_or_else(|| a.len().cmp(&b.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::polygon;

    #[test]
    fn hash_follows_the_land_and_not_the_way_it_was_drawn() {
        let one = polygon![(x: 0., y: 0.), (x: 2., y: 0.), (x: 2., y: 2.), (x: 0., y: 2.)];
        let turned = polygon![(x: 2., y: 2.), (x: 2., y: 0.), (x: -0., y: 0.), (x: 0., y: 2.)];
        let other = polygon![(x: 0., y: 0.), (x: 2., y: 0.), (x: 2., y: 2.5), (x: 0., y: 2.)];
        let hash = |p: &geo::Polygon<f64>| outline_sha256(&MultiPolygon(vec![p.clone()]));
        assert_eq!(hash(&one), hash(&turned));
        assert_ne!(hash(&one), hash(&other));
        assert_eq!(
            outline_sha256(&MultiPolygon(vec![one.clone(), other.clone()])),
            outline_sha256(&MultiPolygon(vec![other, one])),
        );
    }
}
