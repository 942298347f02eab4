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

/// Width of the steps in which areas and side sums are sorted, natural logarithm.
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
    let mut by_size: BTreeMap<(usize, i64), Vec<usize>> = BTreeMap::new();
    for (k, s) in shapes.iter().enumerate() {
        by_size.entry((s.sides.len(), step(s))).or_default().push(k);
    }
    let mut found = Vec::new();
    for (k, s) in shapes.iter().enumerate() {
        let size = step(s);
        let near = (size - 1..=size + 1).filter_map(|n| by_size.get(&(s.sides.len(), n))).flatten();
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

fn step(s: &Shape) -> i64 {
    (s.sides.iter().sum::<f64>().ln() / STEP).floor() as i64
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
