//! The validity check against `geo`'s own, on outlines drawn on a coarse grid: there, touches, shared
//! edges, nested and crossing rings are common instead of rare.

use croplens::intake::{Entry, Limits};
use geo::{Coord, LineString, MultiPolygon, Polygon, Validation};
use proptest::prelude::*;

use super::feature;

/// A ring with vertices on a grid of 7 by 7.
fn ring() -> impl Strategy<Value = Vec<(u8, u8)>> {
    let free = prop::collection::vec((0u8..7, 0u8..7), 3..7);
    let boxed = (0u8..6, 0u8..6, 1u8..6, 1u8..6)
        .prop_map(|(x, y, w, h)| vec![(x, y), (x + w, y), (x + w, y + h), (x, y + h)]);
    let diamond = (1u8..6, 1u8..6, 1u8..3).prop_map(|(x, y, r)| {
        let less = |v: u8| v.saturating_sub(r);
        vec![(x, less(y)), (x + r, y), (x, y + r), (less(x), y)]
    });
    prop_oneof![free, boxed, diamond]
}

fn line(ring: &[(u8, u8)]) -> LineString<f64> {
    let at = |(x, y): &(u8, u8)| Coord { x: 36.0 + f64::from(*x) / 1024.0, y: 1.0 + f64::from(*y) / 1024.0 };
    let mut line = LineString(ring.iter().map(at).collect());
    line.close();
    line
}

/// `geo`'s word on it; degenerate rings, which it accepts, count as invalid.
fn geo_says(outline: &MultiPolygon<f64>) -> bool {
    outline.is_valid()
}

fn ours_says(outline: &MultiPolygon<f64>) -> Result<bool, String> {
    let rings = |part: &Polygon<f64>| {
        let rings = std::iter::once(part.exterior()).chain(part.interiors());
        let ring = |ring: &LineString<f64>| {
            let positions: Vec<_> = ring.0.iter().map(|at| format!("[{:?},{:?}]", at.x, at.y)).collect();
            format!("[{}]", positions.join(","))
        };
        format!("[{}]", rings.map(ring).collect::<Vec<_>>().join(","))
    };
    let parts: Vec<_> = outline.iter().map(rings).collect();
    let text = feature("x", &format!(r#"{{"type":"MultiPolygon","coordinates":[{}]}}"#, parts.join(",")));
    let found = croplens::intake::read(text.as_bytes(), &Limits::default()).unwrap();
    match &found.entries[0] {
        Entry::Plot(_) => Ok(true),
        Entry::Rejected(refused) if refused.reasons[0].kind.code() == "GEOM_INVALID" => Ok(false),
        Entry::Rejected(refused) => Err(refused.reasons[0].text.clone()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn one_ring(ring in ring()) {
        let outline = MultiPolygon(vec![Polygon::new(line(&ring), vec![])]);
        if let Ok(ours) = ours_says(&outline) {
            prop_assert_eq!(ours, geo_says(&without_repeats(&outline)));
        }
    }

    #[test]
    fn two_rings_and_two_parts(one in ring(), two in ring(), as_hole in any::<bool>()) {
        let outline = if as_hole {
            MultiPolygon(vec![Polygon::new(line(&one), vec![line(&two)])])
        } else {
            MultiPolygon(vec![Polygon::new(line(&one), vec![]), Polygon::new(line(&two), vec![])])
        };
        if let Ok(ours) = ours_says(&outline) {
            prop_assert_eq!(ours, geo_says(&without_repeats(&outline)), "{:?}", outline);
        }
    }

    #[test]
    fn a_part_in_or_about_a_hole(inner in ring(), other in ring()) {
        let frame = vec![(0, 0), (12, 0), (12, 12), (0, 12)];
        let hole: Vec<_> = [(3, 3), (9, 3), (9, 9), (3, 9)].to_vec();
        let moved: Vec<_> = inner.iter().map(|(x, y)| (x + 3, y + 3)).collect();
        let second: Vec<_> = other.iter().map(|(x, y)| (x + 1, y + 1)).collect();
        let outline = MultiPolygon(vec![
            Polygon::new(line(&frame), vec![line(&hole)]),
            Polygon::new(line(&moved), vec![]),
        ]);
        if let Ok(ours) = ours_says(&outline) {
            prop_assert_eq!(ours, geo_says(&without_repeats(&outline)), "{:?}", outline);
        }
        let holes = MultiPolygon(vec![Polygon::new(line(&frame), vec![line(&moved), line(&second)])]);
        if let Ok(ours) = ours_says(&holes) {
            prop_assert_eq!(ours, geo_says(&without_repeats(&holes)), "{:?}", holes);
        }
    }
}

/// Equal neighbours are merged before the check, so the oracle sees them merged.
fn without_repeats(outline: &MultiPolygon<f64>) -> MultiPolygon<f64> {
    use geo::RemoveRepeatedPoints;
    outline.remove_repeated_points()
}
