//! All pairs that share land.

use geo::{Area, BooleanOps, BoundingRect, Euclidean, Length, MultiPolygon, Polygon, Rect};
use rstar::{AABB, RTree, RTreeObject};

use super::Claim;
use super::metres::Plane;

/// Smallest shared part of the smaller outline that is told. Consequence: edges drawn twice by hand are not.
pub const LEAST_SHARED_FRAC: f64 = 0.01;

/// Room left for rounding when a pair is passed over without being computed.
const SLACK: f64 = 0.999;

/// Land that two outlines share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shared {
    /// Position of the one, the smaller number.
    pub a: usize,
    /// Position of the other.
    pub b: usize,
    /// Shared area, square metres.
    pub shared_m2: f64,
    /// Shared part of the first, 0 to 1.
    pub frac_of_a: f64,
    /// Shared part of the second, 0 to 1.
    pub frac_of_b: f64,
    /// Shared area over the area of both together, 0 to 1.
    pub iou: f64,
    /// Mean width of the widest shared piece, metres: twice its area over its perimeter. A strip has its own width.
    pub width_m: f64,
}

struct Boxed {
    at: usize,
    extent: Rect<f64>,
}

impl RTreeObject for Boxed {
    type Envelope = AABB<[f64; 2]>;

    fn envelope(&self) -> Self::Envelope {
        let (low, high) = (self.extent.min(), self.extent.max());
        AABB::from_corners([low.x, low.y], [high.x, high.y])
    }
}

/// Every pair with a fresh claim that shares at least [`LEAST_SHARED_FRAC`] of the smaller outline, by position.
///
/// # Method
/// An R-tree over the outlines' boxes gives the pairs whose boxes meet. The shared land cannot be more than the
/// meeting of the boxes, so a pair whose boxes share too little is passed over; of the others the outlines are
/// cut against each other in a plane of metres.
pub fn shared(claims: &[Claim<'_>]) -> Vec<Shared> {
    let boxed = |(at, claim): (usize, &Claim<'_>)| Some(Boxed { at, extent: claim.outline.bounding_rect()? });
    let boxes: Vec<Boxed> = claims.iter().enumerate().filter_map(boxed).collect();
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    let asked: Vec<(usize, AABB<[f64; 2]>)> = (boxes.iter())
        .filter(|b| claims.get(b.at).is_some_and(|c| c.fresh))
        .map(|b| (b.at, b.envelope()))
        .collect();
    let tree = RTree::bulk_load(boxes);
    for (at, envelope) in asked {
        for other in tree.locate_in_envelope_intersecting(&envelope) {
            let both_fresh = claims.get(other.at).is_some_and(|c| c.fresh);
            // A pair of two fresh claims is met twice; it is kept once.
            if other.at != at && (!both_fresh || at < other.at) {
                pairs.push((at.min(other.at), at.max(other.at)));
            }
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    pairs.into_iter().filter_map(|(a, b)| pair(claims, a, b)).collect()
}

fn pair(claims: &[Claim<'_>], a: usize, b: usize) -> Option<Shared> {
    let (one, other) = (claims.get(a)?, claims.get(b)?);
    let (box_a, box_b) = (one.outline.bounding_rect()?, other.outline.bounding_rect()?);
    let plane = Plane::at(&box_a);
    let smaller = one.area_m2.min(other.area_m2);
    if meeting(&plane, &box_a, &box_b) < SLACK * LEAST_SHARED_FRAC * smaller {
        return None;
    }
    let (place_a, place_b) = (plane.place(one.outline), plane.place(other.outline));
    let (area_a, area_b) = (place_a.unsigned_area(), place_b.unsigned_area());
    if area_a <= 0.0 || area_b <= 0.0 {
        return None;
    }
    let (common, width_m) = cut(&place_a, &place_b);
    let common = common.min(area_a).min(area_b);
    let (frac_of_a, frac_of_b) = (common / area_a, common / area_b);
    (frac_of_a.max(frac_of_b) >= LEAST_SHARED_FRAC).then(|| Shared {
        a,
        b,
        shared_m2: frac_of_a * one.area_m2,
        frac_of_a,
        frac_of_b,
        iou: common / (area_a + area_b - common),
        width_m,
    })
}

/// Area of the meeting of two boxes, square metres.
fn meeting(plane: &Plane, a: &Rect<f64>, b: &Rect<f64>) -> f64 {
    let low = geo::Coord { x: a.min().x.max(b.min().x), y: a.min().y.max(b.min().y) };
    let high = geo::Coord { x: a.max().x.min(b.max().x), y: a.max().y.min(b.max().y) };
    if low.x > high.x || low.y > high.y {
        return 0.0;
    }
    let (low, high) = (plane.point(low), plane.point(high));
    (high.x - low.x) * (high.y - low.y)
}

/// Shared area of two outlines in metres, and the mean width of its widest piece.
fn cut(a: &MultiPolygon<f64>, b: &MultiPolygon<f64>) -> (f64, f64) {
    let common = a.intersection(b);
    let width = |piece: &Polygon<f64>| {
        let rings = std::iter::once(piece.exterior()).chain(piece.interiors());
        let around: f64 = rings.map(|ring| Euclidean.length(ring)).sum();
        if around > 0.0 { 2.0 * piece.unsigned_area() / around } else { 0.0 }
    };
    (common.unsigned_area(), common.0.iter().map(width).fold(0.0, f64::max))
}
