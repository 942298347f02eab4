//! Whether the rings of an outline are simple and fit together (OGC Simple Features 1.2.1, 6.1.11 and
//! 6.1.14), with the place of the first fault. Exact: orientation tests are Shewchuk's adaptive predicates
//! (`geo`'s robust kernel).
//!
//! `geo`'s own validity check says the same (a test holds the two together) but names no place and is
//! quadratic in the vertices. Here an R-tree finds the pairs of edges that can meet, of an outline with more than
//! some edges: about n log n for anything drawn or walked, and a bound on the pairs ends the outlines made to be
//! slow.

use std::collections::BTreeMap;

use geo::line_intersection::{LineIntersection, line_intersection};
use geo::{Coord, Line, LineString};
use rstar::{AABB, Envelope, RTree, RTreeObject};

use super::defect::{Defect, Kind, Place, Said, said};
use super::nesting;
use super::ring::Ring;

/// Work allowed for one outline: this, and so much for each vertex. In a real outline an edge's box meets
/// some ten others; where it meets hundreds on average the lines are packed like thread on a spool.
const WORK_BASE: usize = 1_000_000;
const WORK_PER_VERTEX: usize = 200;

/// Up to so many edges, looking at every pair costs less than a tree.
const FEW_EDGES: usize = 64;

/// A ring's position in the outline, and the closed line.
#[derive(Debug)]
pub(super) struct Loop {
    pub part: usize,
    pub ring: usize,
    pub line: LineString<f64>,
    pub given: Vec<usize>,
}

/// Where two rings meet at a point: the edge of each, and the point.
#[derive(Clone, Copy, Debug)]
pub(super) struct Touch {
    pub edges: (usize, usize),
    pub at: Coord<f64>,
}

/// Touches of two different rings, by their numbers (lower first).
pub(super) type Touches = BTreeMap<(usize, usize), Vec<Touch>>;

/// Work left for an outline: edge pairs looked at and vertices visited.
#[derive(Debug)]
pub(super) struct Budget {
    left: usize,
}

impl Budget {
    fn for_vertices(vertices: usize) -> Budget {
        Budget { left: WORK_BASE + WORK_PER_VERTEX * vertices }
    }

    /// Spends work; refuses the outline when none is left.
    pub(super) fn spend(&mut self, work: usize) -> Result<(), Defect> {
        match self.left.checked_sub(work) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => Err(Defect::new(
                Kind::TooComplex,
                said!(
                    "The lines of the plot outline lie so close together that it cannot be checked: simplify it",
                    "地块边界的线条过于密集，无法检查，请简化"
                ),
            )),
        }
    }
}

#[derive(Clone, Debug)]
struct Edge {
    ring: usize,
    at: usize,
    /// Position in the whole outline.
    number: usize,
    line: Line<f64>,
    bounds: AABB<[f64; 2]>,
}

impl RTreeObject for Edge {
    type Envelope = AABB<[f64; 2]>;

    fn envelope(&self) -> AABB<[f64; 2]> {
        self.bounds
    }
}

/// Checks an outline whose positions are finite and in range.
pub(super) fn check(parts: &[Vec<Ring>]) -> Result<(), Defect> {
    let rings: Vec<Loop> = parts
        .iter()
        .enumerate()
        .flat_map(|(part, rings)| {
            rings.iter().enumerate().map(move |(ring, found)| Loop {
                part,
                ring,
                line: found.closed(),
                given: found.given.clone(),
            })
        })
        .collect();
    let vertices = rings.iter().map(|ring| ring.given.len()).sum();
    let mut budget = Budget::for_vertices(vertices);
    spikes(&rings)?;
    let touches = meetings(&rings, &mut budget)?;
    nesting::check(&rings, &touches, &mut budget)
}

/// Edges that run back over the one before: told first, because every spike also touches its neighbours.
fn spikes(rings: &[Loop]) -> Result<(), Defect> {
    for ring in rings {
        let lines: Vec<Line<f64>> = ring.line.lines().collect();
        for (at, (line, next)) in lines.iter().zip(lines.iter().cycle().skip(1)).enumerate() {
            if let Some(LineIntersection::Collinear { intersection }) = line_intersection(*line, *next)
                && intersection.start != intersection.end
            {
                let given = ring.given.get(at).copied().unwrap_or_default();
                let place = Place::new(line.end, (ring.part, ring.ring, given));
                return Err(Defect::at(
                    Kind::Invalid,
                    place,
                    said!("The plot outline runs back over itself (a spike)", "地块边界折回自身（尖刺）"),
                ));
            }
        }
    }
    Ok(())
}

/// Goes over all pairs of edges that can meet. Returns the touches between rings that are allowed so far.
fn meetings(rings: &[Loop], budget: &mut Budget) -> Result<Touches, Defect> {
    let mut edges = Vec::new();
    for (ring, found) in rings.iter().enumerate() {
        for (at, line) in found.line.lines().enumerate() {
            let bounds = AABB::from_corners([line.start.x, line.start.y], [line.end.x, line.end.y]);
            edges.push(Edge { ring, at, number: edges.len(), line, bounds });
        }
    }
    let tree = (edges.len() > FEW_EDGES).then(|| RTree::bulk_load(edges.clone()));
    let mut touches = Touches::new();
    for (number, own) in edges.iter().enumerate() {
        // Of an edge's faults the gravest is told, and of these the first: lines shared, crossed, touched.
        let mut worst: Option<((u8, usize), Defect)> = None;
        let later = if tree.is_some() { &[] } else { edges.get(number + 1..).unwrap_or_default() };
        let in_list = later.iter().filter(|other| other.bounds.intersects(&own.bounds));
        let in_tree = tree.iter().flat_map(|tree| tree.locate_in_envelope_intersecting(&own.bounds));
        for other in in_tree.chain(in_list) {
            budget.spend(1)?;
            if other.number <= number || are_neighbours(rings, own, other) {
                continue;
            }
            let Some(meeting) = line_intersection(own.line, other.line) else { continue };
            match judge(rings, own, other, meeting) {
                Ok(None) => {}
                Ok(Some(touch)) => touches.entry((own.ring, other.ring)).or_default().push(touch),
                Err(defect) => {
                    let grade = match meeting {
                        LineIntersection::Collinear { .. } => 0,
                        LineIntersection::SinglePoint { is_proper, .. } => 1 + u8::from(!is_proper),
                    };
                    if worst.as_ref().is_none_or(|(rank, _)| (grade, other.number) < *rank) {
                        worst = Some(((grade, other.number), defect));
                    }
                }
            }
        }
        if let Some((_, defect)) = worst {
            return Err(defect);
        }
    }
    Ok(touches)
}

/// Whether an edge follows another in its ring; that these meet at a corner only is known from [`spikes`].
fn are_neighbours(rings: &[Loop], one: &Edge, later: &Edge) -> bool {
    let edges = rings.get(one.ring).map_or(0, |ring| ring.given.len());
    one.ring == later.ring && (later.at == one.at + 1 || (one.at == 0 && later.at + 1 == edges))
}

/// What it means that two edges meet that are no neighbours: nothing, a touch of two rings, or a fault.
fn judge(
    rings: &[Loop],
    one: &Edge,
    other: &Edge,
    meeting: LineIntersection<f64>,
) -> Result<Option<Touch>, Defect> {
    let (Some(ring), Some(other_ring)) = (rings.get(one.ring), rings.get(other.ring)) else {
        return Ok(None);
    };
    let (point, overlap, proper) = match meeting {
        LineIntersection::SinglePoint { intersection, is_proper } => (intersection, false, is_proper),
        LineIntersection::Collinear { intersection } => {
            (intersection.start, intersection.start != intersection.end, false)
        }
    };
    let given = ring.given.get(one.at).copied().unwrap_or_default();
    let fault =
        |said: Said| Err(Defect::at(Kind::Invalid, Place::new(point, (ring.part, ring.ring, given)), said));
    if one.ring == other.ring {
        return match (overlap, proper) {
            (true, _) => fault(said!("The plot outline runs over itself", "地块边界与自身重合")),
            (_, true) => fault(said!("The plot outline crosses itself", "地块边界自相交")),
            (_, false) => {
                fault(said!("The plot outline touches itself (a figure eight)", "地块边界自相接（呈8字形）"))
            }
        };
    }
    match (ring.part == other_ring.part, overlap, proper) {
        (_, false, false) => Ok(Some(Touch { edges: (one.at, other.at), at: point })),
        (true, true, _) if ring.ring == 0 => {
            fault(said!("A hole of the plot shares a line with the outline", "地块的某个洞与边界有共用线段"))
        }
        (true, true, _) => fault(said!("Two holes of the plot share a line", "地块的两个洞有共用线段")),
        (true, _, true) if ring.ring == 0 => {
            fault(said!("A hole of the plot crosses the outline", "地块的某个洞与边界相交"))
        }
        (true, _, true) => fault(said!("Two holes of the plot cross", "地块的两个洞相交")),
        (false, true, _) => fault(said!(
            "Two parts of the plot share a line: draw them as one outline or send two plots; they meet",
            "地块的两个部分有共用线段：请绘制为一个边界，或作为两个地块提交；相接处"
        )),
        (false, _, true) => fault(nesting::parts_overlap()),
    }
}
