//! One ring: closed, without repeated positions, and enclosing something.

use std::collections::BTreeSet;

use geo::kernels::{Kernel, RobustKernel};
use geo::line_measures::Distance;
use geo::{Coord, Geodesic, LineString, Orientation, Point};

use super::defect::{Defect, Kind, Place, Said, said};
use crate::plot::Repair;

/// A last position this near the first is the first, written with other digits. Metres; GPS is 100 times
/// coarser, so the land does not change.
const SAME_PLACE_M: f64 = 0.01;
/// Largest gap between the ends of a walked track that still closes, metres: two fixes of an ordinary
/// phone (5 m each in the open) taken where the walk began, and a margin of as much again.
const TRACK_GAP_M: f64 = 20.0;
/// With a stated accuracy the gap may be twice it (one fix at each end), but never more than this, metres.
const TRACK_GAP_MOST_M: f64 = 50.0;
/// And never more than this share of the walk: a short open walk is not a ring.
const TRACK_GAP_SHARE: f64 = 0.1;

/// A ring without its closing position; at least three positions, not on one line.
#[derive(Clone, Debug)]
pub(super) struct Ring {
    /// Positions, degrees.
    pub points: Vec<Coord<f64>>,
    /// For each position its index in the input's ring.
    pub given: Vec<usize>,
}

impl Ring {
    /// The ring as a closed line string.
    pub(super) fn closed(&self) -> LineString<f64> {
        LineString(self.points.iter().chain(self.points.first()).copied().collect())
    }

    /// The edges: start, end, index of the start in the input.
    pub(super) fn edges(&self) -> impl Iterator<Item = (Coord<f64>, Coord<f64>, usize)> + '_ {
        let ends = self.points.iter().cycle().skip(1);
        self.points.iter().zip(ends).zip(&self.given).map(|((a, b), given)| (*a, *b, *given))
    }
}

/// Closes a ring and merges equal neighbours. `at`: part and ring, for messages.
pub(super) fn clean(
    positions: &[Coord<f64>],
    at: (usize, usize),
    repairs: &mut BTreeSet<Repair>,
) -> Result<Ring, Defect> {
    let mut kept: Vec<(usize, Coord<f64>)> = Vec::with_capacity(positions.len());
    let mut closed = false;
    for (index, position) in positions.iter().enumerate() {
        let last = index + 1 == positions.len();
        if kept.last().is_some_and(|(_, before)| before == position) {
            repairs.insert(Repair::RemovedDuplicateVertices);
        } else {
            kept.push((index, *position));
        }
        closed |= last && index > 0 && positions.first() == Some(position);
    }
    if closed && kept.len() > 1 {
        kept.pop();
    } else if !closed && let [(_, first), .., (_, last)] = kept.as_slice() {
        repairs.insert(Repair::ClosedRing);
        if metres(*first, *last) <= SAME_PLACE_M {
            kept.pop();
        }
    }
    while let [(_, first), .., (_, last)] = kept.as_slice()
        && first == last
    {
        kept.pop();
        repairs.insert(Repair::RemovedDuplicateVertices);
    }
    let ring = Ring {
        points: kept.iter().map(|(_, position)| *position).collect(),
        given: kept.iter().map(|(index, _)| *index).collect(),
    };
    let Some(first) = ring.points.first() else {
        let said = said!("A ring of the plot outline has no positions", "地块边界的某个环没有任何位置");
        return Err(Defect::new(Kind::Empty, said));
    };
    let place = Place::new(*first, (at.0, at.1, 0));
    let Said { en, zh } = match at.1 {
        0 => said!("The plot outline encloses no land", "地块边界未围成任何土地"),
        _ => said!("A hole of the plot outline encloses no land", "地块边界的某个洞未围成任何土地"),
    };
    let mut different: Vec<_> = ring.points.clone();
    different.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
    different.dedup();
    if different.len() < 3 {
        let said = said!("{en}: fewer than three different positions", "{zh}：不同的位置少于三个");
        return Err(Defect::at(Kind::Empty, place, said));
    }
    if on_one_line(&ring.points) {
        let said = said!("{en}: all positions lie on one line", "{zh}：所有位置在一条直线上");
        return Err(Defect::at(Kind::Empty, place, said));
    }
    Ok(ring)
}

/// Whether all positions lie on one straight line, exactly.
fn on_one_line(points: &[Coord<f64>]) -> bool {
    let Some(first) = points.first() else { return true };
    let Some(second) = points.iter().find(|point| *point != first) else { return true };
    points.iter().all(|point| RobustKernel::orient2d(*first, *second, *point) == Orientation::Collinear)
}

/// Whether a walked track comes back to its start; the gap in metres when it does not.
pub(super) fn track_closes(positions: &[Coord<f64>], accuracy_m: Option<f64>) -> Result<(), Defect> {
    let (Some(first), Some(last)) = (positions.first(), positions.last()) else {
        return Err(Defect::new(Kind::Empty, said!("The track has no positions", "轨迹没有任何位置")));
    };
    let in_range = |at: &Coord<f64>| at.x.abs() <= 180.0 && at.y.abs() <= 90.0;
    if first == last || !positions.iter().all(in_range) {
        return Ok(()); // what is out of range is told by its own check
    }
    let gap = metres(*first, *last);
    let walked: f64 =
        positions.windows(2).map(|pair| if let [a, b] = pair { metres(*a, *b) } else { 0.0 }).sum();
    let allowed = accuracy_m
        .map_or(TRACK_GAP_M, |accuracy| TRACK_GAP_M.max(2.0 * accuracy))
        .min(TRACK_GAP_MOST_M)
        .min(TRACK_GAP_SHARE * walked);
    if gap <= allowed {
        return Ok(());
    }
    let said = said!(
        "The walked track is open: its ends are {gap:.1} m apart, at most {allowed:.1} m are closed; walk on to \
         the start. The track ends",
        "步行轨迹未闭合：首尾相距{gap:.1} m，最多允许{allowed:.1} m；请走回起点。轨迹终点"
    );
    Err(Defect::at(Kind::TrackOpen, Place::new(*last, (0, 0, positions.len().saturating_sub(1))), said))
}

/// Geodesic distance, metres; both positions in range.
pub(super) fn metres(a: Coord<f64>, b: Coord<f64>) -> f64 {
    if a.x.abs() > 180.0 || b.x.abs() > 180.0 || a.y.abs() > 90.0 || b.y.abs() > 90.0 {
        return f64::INFINITY;
    }
    Geodesic.distance(Point(a), Point(b))
}
