//! Which ring lies inside which, once no two edges cross: holes inside their outline and beside each
//! other, parts beside each other or in each other's holes.

use std::collections::BTreeMap;

use geo::coordinate_position::{CoordPos, coord_pos_relative_to_ring};
use geo::{BoundingRect, Contains, Coord, Rect};

use super::defect::{Defect, Kind, Place, Said, said};
use super::validity::{Budget, Loop, Touches};

/// Where a ring lies, seen from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Inside,
    Outside,
    /// Partly inside: it passes through a vertex or along an edge's end.
    Both,
}

struct Nest<'a> {
    rings: &'a [Loop],
    boxes: Vec<Option<Rect<f64>>>,
    touches: &'a Touches,
}

/// Refuses holes outside their outline, holes in holes, and parts that overlap.
pub(super) fn check(rings: &[Loop], touches: &Touches, budget: &mut Budget) -> Result<(), Defect> {
    let boxes = rings.iter().map(|ring| ring.line.bounding_rect()).collect();
    let nest = Nest { rings, boxes, touches };
    for (inner, ring) in rings.iter().enumerate() {
        for (outer, other) in rings.iter().enumerate() {
            if inner == outer {
                continue;
            }
            let fault = match (ring.part == other.part, ring.ring, other.ring) {
                (true, 1.., 0) => (nest.side(inner, outer, budget)? != Side::Inside).then(|| {
                    said!("A hole of the plot lies outside the outline", "地块的某个洞位于边界之外")
                }),
                (true, 1.., 1..) => (nest.side(inner, outer, budget)? != Side::Outside)
                    .then(|| said!("A hole of the plot lies in another hole", "地块的某个洞位于另一个洞内")),
                (false, 0, 0) => match nest.side(inner, outer, budget)? {
                    Side::Outside => None,
                    Side::Inside if nest.in_a_hole(inner, other.part, budget)? => None,
                    Side::Inside | Side::Both => Some(parts_overlap()),
                },
                (false, 0, 1..) if nest.touch(inner, outer).is_some() => {
                    (nest.side(inner, outer, budget)? == Side::Both).then(parts_overlap)
                }
                _ => None,
            };
            if let Some(said) = fault {
                return Err(nest.fault(inner, said));
            }
        }
    }
    Ok(())
}

pub(super) fn parts_overlap() -> Said {
    said!("Two parts of the plot overlap", "地块的两个部分重叠")
}

impl Nest<'_> {
    fn fault(&self, ring: usize, said: Said) -> Defect {
        let Some(found) = self.rings.get(ring) else { return Defect::new(Kind::Invalid, said) };
        let at = found.line.0.first().copied().unwrap_or_default();
        let vertex = found.given.first().copied().unwrap_or_default();
        let said = Said { en: format!("{},", said.en), ..said };
        Defect::at(Kind::Invalid, Place::new(at, (found.part, found.ring, vertex)), said)
    }

    fn touch(&self, a: usize, b: usize) -> Option<&Vec<super::validity::Touch>> {
        self.touches.get(&(a.min(b), a.max(b)))
    }

    /// Whether the outer ring of one part lies in a hole of another.
    fn in_a_hole(&self, inner: usize, part: usize, budget: &mut Budget) -> Result<bool, Defect> {
        for (number, hole) in self.rings.iter().enumerate() {
            if hole.part == part && hole.ring > 0 && self.side(inner, number, budget)? == Side::Inside {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Where ring `inner` lies, seen from ring `outer`.
    fn side(&self, inner: usize, outer: usize, budget: &mut Budget) -> Result<Side, Defect> {
        let (Some(ring), Some(around)) = (self.rings.get(inner), self.rings.get(outer)) else {
            return Ok(Side::Outside);
        };
        let boxed = |number: usize| self.boxes.get(number).copied().flatten();
        let within = match (boxed(inner), boxed(outer)) {
            (Some(small), Some(large)) => large.contains(&small) || large == small,
            _ => false,
        };
        let Some(touches) = self.touch(inner, outer) else {
            if !within {
                return Ok(Side::Outside);
            }
            budget.spend(around.given.len())?;
            let at = ring.line.0.first().copied().unwrap_or_default();
            return Ok(match coord_pos_relative_to_ring(at, &around.line) {
                CoordPos::Inside => Side::Inside,
                _ => Side::Outside,
            });
        };
        // The rings meet at points only: between two of them a stretch of the ring lies wholly on one side.
        let mut by_edge: BTreeMap<usize, Vec<Coord<f64>>> = BTreeMap::new();
        for touch in touches {
            let edge = if inner < outer { touch.edges.0 } else { touch.edges.1 };
            by_edge.entry(edge).or_default().push(touch.at);
        }
        let (mut inside, mut outside) = (false, false);
        for (edge, mut points) in by_edge {
            let (Some(start), Some(end)) = (ring.line.0.get(edge), ring.line.0.get(edge + 1)) else {
                continue;
            };
            points.extend([*start, *end]);
            let from_start = |at: &Coord<f64>| (at.x - start.x).abs() + (at.y - start.y).abs();
            points.sort_by(|a, b| from_start(a).total_cmp(&from_start(b)));
            points.dedup();
            for pair in points.windows(2) {
                let [a, b] = pair else { continue };
                budget.spend(around.given.len())?;
                let middle = Coord { x: f64::midpoint(a.x, b.x), y: f64::midpoint(a.y, b.y) };
                match coord_pos_relative_to_ring(middle, &around.line) {
                    CoordPos::Inside => inside = true,
                    CoordPos::Outside => outside = true,
                    CoordPos::OnBoundary => {}
                }
            }
        }
        Ok(match (inside, outside) {
            (true, true) => Side::Both,
            (true, false) => Side::Inside,
            (false, _) => Side::Outside,
        })
    }
}
