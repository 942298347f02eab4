//! Outlines that are another's shape in another place: shifted, turned or mirrored.

use std::collections::BTreeMap;

use geo::{BoundingRect, Centroid, Coord, Distance, Euclidean};

use super::Claim;
use super::metres::Plane;

/// Fewest corners of an outline that is compared: rectangles of one land reform are all alike.
pub const LEAST_CORNERS: usize = 6;

/// Sides may differ by this part of the outline's mean side, and angles by this many radians (2 degrees).
const SIDE_TOLERANCE: f64 = 0.01;
const ANGLE_TOLERANCE: f64 = 0.035;

/// Corners that turn less than this are points along a side, radians (1 degree).
const STRAIGHT: f64 = 0.017;

/// Width of the steps in which side sums and longest sides are sorted, natural logarithm.
const STEP: f64 = 0.02;

/// An outline that has the shape of another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Copied {
    /// Position of the one, the smaller number.
    pub a: usize,
    /// Position of the other.
    pub b: usize,
    /// Distance between their middles, metres.
    pub distance_m: f64,
}

/// Sides and turns of a ring, in order.
struct Shape {
    at: usize,
    sides: Vec<f64>,
    turns: Vec<f64>,
    middle: Coord<f64>,
}

/// Every pair with a fresh claim whose outlines have one shape of at least [`LEAST_CORNERS`] corners, by position.
/// Only outlines of one part without holes are compared.
pub fn copies(claims: &[Claim<'_>]) -> Vec<Copied> {
    let shapes: Vec<Shape> = claims.iter().enumerate().filter_map(|(at, c)| shape(at, c)).collect();
    let mut by_size: BTreeMap<(usize, i64, i64), Vec<usize>> = BTreeMap::new();
    for (k, s) in shapes.iter().enumerate() {
        let (whole, longest) = steps(s);
        by_size.entry((s.sides.len(), whole, longest)).or_default().push(k);
    }
    let mut found = Vec::new();
    for (k, s) in shapes.iter().enumerate() {
        let (whole, longest) = steps(s);
        let cells = (whole - 1..=whole + 1).flat_map(|w| (longest - 1..=longest + 1).map(move |l| (w, l)));
        let near = cells.filter_map(|(w, l)| by_size.get(&(s.sides.len(), w, l))).flatten();
        for other in near.filter(|o| **o > k).filter_map(|o| shapes.get(*o)) {
            let fresh = |at: usize| claims.get(at).is_some_and(|c| c.fresh);
            if (fresh(s.at) || fresh(other.at)) && alike(s, other) {
                let plane = Plane::at(&geo::Rect::new(s.middle, other.middle));
                let distance_m = Euclidean.distance(plane.point(s.middle), plane.point(other.middle));
                found.push(Copied { a: s.at, b: other.at, distance_m });
            }
        }
    }
    found.sort_by_key(|c| (c.a, c.b));
    found
}

/// Steps of the sum of the sides and of the longest. Outlines that are alike lie in the same or neighbouring ones: their sides
/// differ by [`SIDE_TOLERANCE`] of the mean side each, and so do the longest, which are no shorter than the mean.
fn steps(s: &Shape) -> (i64, i64) {
    let step = |metres: f64| (metres.ln() / STEP).floor() as i64;
    (step(s.sides.iter().sum()), step(s.sides.iter().copied().fold(0.0, f64::max)))
}

/// The ring without the points along its sides.
fn shape(at: usize, claim: &Claim<'_>) -> Option<Shape> {
    let [only] = claim.outline.0.as_slice() else { return None };
    if !only.interiors().is_empty() {
        return None;
    }
    let plane = Plane::at(&claim.outline.bounding_rect()?);
    let mut ring: Vec<Coord<f64>> = only.exterior().0.iter().map(|c| plane.point(*c)).collect();
    ring.pop();
    let turn_at = |ring: &[Coord<f64>], k: usize| {
        let n = ring.len();
        let (before, here, after) = (ring.get((k + n - 1) % n)?, ring.get(k)?, ring.get((k + 1) % n)?);
        let (a, b) = (*here - *before, *after - *here);
        Some((a.x * b.y - a.y * b.x).atan2(a.x * b.x + a.y * b.y))
    };
    let corners: Vec<Coord<f64>> = (0..ring.len())
        .filter(|k| turn_at(&ring, *k).is_some_and(|t| t.abs() > STRAIGHT))
        .filter_map(|k| ring.get(k).copied())
        .collect();
    if corners.len() < LEAST_CORNERS {
        return None;
    }
    let turns = (0..corners.len()).filter_map(|k| turn_at(&corners, k)).collect();
    let next = corners.iter().cycle().skip(1);
    let sides = corners.iter().zip(next).map(|(a, b)| Euclidean.distance(*a, *b)).collect();
    Some(Shape { at, sides, turns, middle: claim.outline.centroid()?.0 })
}

/// Whether one ring, from some corner and in one of the two directions, is the other.
fn alike(a: &Shape, b: &Shape) -> bool {
    let n = a.sides.len();
    let mean = a.sides.iter().sum::<f64>() / n as f64;
    let near =
        |x: Option<&f64>, y: Option<&f64>, most: f64| x.zip(y).is_some_and(|(x, y)| (x - y).abs() <= most);
    (0..n).any(|from| {
        let forward = (0..n).all(|k| {
            let j = (k + from) % n;
            near(a.sides.get(k), b.sides.get(j), SIDE_TOLERANCE * mean)
                && near(a.turns.get(k), b.turns.get(j), ANGLE_TOLERANCE)
        });
        // Mirrored: the same turns met in the other order; the side after a corner is then the one before it.
        let mirrored = || {
            (0..n).all(|k| {
                let j = (from + 2 * n - k) % n;
                near(a.turns.get(k), b.turns.get(j), ANGLE_TOLERANCE)
                    && near(a.sides.get(k), b.sides.get((j + n - 1) % n), SIDE_TOLERANCE * mean)
            })
        };
        forward || mirrored()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Only outlines in neighbouring steps are compared: none that are alike may lie further apart.
    #[test]
    fn outlines_that_are_alike_lie_in_neighbouring_steps() {
        let mut state = 7u64;
        let mut random = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1u64 << 53) as f64
        };
        let mut apart = 0;
        for _ in 0..5000 {
            let n = 6 + (random() * 6.0) as usize;
            let sides: Vec<f64> = (0..n).map(|_| 10.0 + 90.0 * random()).collect();
            let turns: Vec<f64> = (0..n).map(|_| random()).collect();
            let mean = sides.iter().sum::<f64>() / n as f64;
            // All sides longer or all shorter: the sums lie as far apart as they may.
            let sign = if random() < 0.5 { 1.0 } else { -1.0 };
            let other =
                sides.iter().map(|s| s + sign * SIDE_TOLERANCE * mean * (0.9 + 0.09 * random())).collect();
            let shape = |sides, turns: &[f64]| Shape {
                at: 0,
                sides,
                turns: turns.to_vec(),
                middle: Coord { x: 0.0, y: 0.0 },
            };
            let (a, b) = (shape(sides, &turns), shape(other, &turns));
            assert!(alike(&a, &b));
            let ((whole, longest), (whole_b, longest_b)) = (steps(&a), steps(&b));
            assert!(whole.abs_diff(whole_b) <= 1 && longest.abs_diff(longest_b) <= 1);
            apart += usize::from(whole != whole_b) + usize::from(longest != longest_b);
        }
        assert!(apart > 1000, "{apart}: the neighbours are needed");
    }
}
