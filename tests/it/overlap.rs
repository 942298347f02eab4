//! Tests of `overlap` and of the register: no pair is missed, and none is made up.

use croplens::overlap::{Claim, copies, shared};
use geo::{Area, BooleanOps, Coord, LineString, MultiPolygon, Polygon, Rotate, Translate};

/// Metres in a degree of latitude on the sphere of the plane that is used.
const DEGREE_M: f64 = 111_195.08;

/// A generator of numbers with a known beginning (splitmix64), so that a failure comes back.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.roll()
    }
}

/// A star-shaped field around a place, radii drawn, in degrees near the equator.
fn field(dice: &mut Dice, x_m: f64, y_m: f64, size_m: f64, corners: usize) -> MultiPolygon<f64> {
    let ring: Vec<Coord<f64>> = (0..corners)
        .map(|k| {
            let angle = (k as f64 + dice.between(-0.3, 0.3)) / corners as f64 * std::f64::consts::TAU;
            let radius = size_m * dice.between(0.5, 1.0);
            Coord { x: (x_m + radius * angle.cos()) / DEGREE_M, y: (y_m + radius * angle.sin()) / DEGREE_M }
        })
        .collect();
    MultiPolygon(vec![Polygon::new(LineString(ring), Vec::new())])
}

fn area_m2(outline: &MultiPolygon<f64>) -> f64 {
    outline.unsigned_area() * DEGREE_M * DEGREE_M
}

fn claims(fields: &[MultiPolygon<f64>]) -> Vec<Claim<'_>> {
    fields.iter().map(|f| Claim { outline: f, area_m2: area_m2(f), fresh: true }).collect()
}

/// Every pair cut against every other, without index, box or plane.
fn by_brute_force(fields: &[MultiPolygon<f64>], least: f64) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    for a in 0..fields.len() {
        for b in a + 1..fields.len() {
            let common = fields[a].intersection(&fields[b]).unsigned_area();
            if common / fields[a].unsigned_area().min(fields[b].unsigned_area()) >= least {
                pairs.push((a, b));
            }
        }
    }
    pairs
}

#[test]
fn no_pair_of_one_per_cent_is_missed() {
    let mut dice = Dice(7);
    let fields: Vec<MultiPolygon<f64>> = (0..400)
        .map(|_| {
            let (x, y, size) =
                (dice.between(0.0, 2000.0), dice.between(0.0, 2000.0), dice.between(10.0, 90.0));
            let corners = 3 + (dice.roll() * 9.0) as usize;
            field(&mut dice, x, y, size, corners)
        })
        .collect();
    let found: Vec<(usize, usize)> = shared(&claims(&fields)).iter().map(|s| (s.a, s.b)).collect();
    // Two ways of computing may part on the very threshold: between 0.999 % and 1.001 % either is right.
    let sure = by_brute_force(&fields, 0.01001);
    let allowed = by_brute_force(&fields, 0.00999);
    assert!(sure.len() > 100, "a test without overlaps: {}", sure.len());
    let missed: Vec<_> = sure.iter().filter(|p| !found.contains(p)).collect();
    assert!(missed.is_empty(), "{missed:?}");
    let made_up: Vec<_> = found.iter().filter(|p| !allowed.contains(p)).collect();
    assert!(made_up.is_empty(), "{made_up:?}");
}

#[test]
fn shares_are_those_of_squares() {
    let square = |x: f64, y: f64, side: f64| {
        let at = |dx: f64, dy: f64| Coord { x: (x + dx) / DEGREE_M, y: (y + dy) / DEGREE_M };
        MultiPolygon(vec![Polygon::new(
            LineString(vec![at(0.0, 0.0), at(side, 0.0), at(side, side), at(0.0, side)]),
            Vec::new(),
        )])
    };
    // 100 m and 50 m squares; the small one lies half in the large one. The third only touches.
    let fields = [square(0.0, 0.0, 100.0), square(75.0, 20.0, 50.0), square(100.0, 100.0, 50.0)];
    let found = shared(&claims(&fields));
    assert_eq!(found.len(), 1);
    let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-4 * b.abs().max(1.0), "{a} is not {b}");
    near(found[0].frac_of_b, 0.5);
    near(found[0].frac_of_a, 0.125);
    near(found[0].shared_m2, 1250.0);
    near(found[0].iou, 1250.0 / 11_250.0);
    // Half of the small square: 25 m x 50 m, twice its area over its perimeter.
    near(found[0].width_m, 2.0 * 1250.0 / 150.0);
}

#[test]
fn two_earlier_claims_are_not_asked_about() {
    let mut dice = Dice(1);
    let one = field(&mut dice, 0.0, 0.0, 50.0, 8);
    let area = area_m2(&one);
    let claim = |fresh| Claim { outline: &one, area_m2: area, fresh };
    assert!(shared(&[claim(false), claim(false)]).is_empty());
    let found = shared(&[claim(false), claim(true), claim(false)]);
    assert_eq!(found.iter().map(|s| (s.a, s.b)).collect::<Vec<_>>(), [(0, 1), (1, 2)]);
    assert!(found.iter().all(|s| (s.iou - 1.0).abs() < 1e-6));
}

#[test]
fn moved_turned_and_mirrored_copies_are_found_and_other_fields_are_not() {
    let mut dice = Dice(11);
    let original = field(&mut dice, 0.0, 0.0, 60.0, 9);
    let moved = original.translate(500.0 / DEGREE_M, -300.0 / DEGREE_M);
    let turned = original.rotate_around_point(40.0, geo::Point::new(0.01, 0.01));
    let flip = |c: Coord<f64>| Coord { x: -c.x - 0.02, y: c.y };
    let mut mirrored = geo::MapCoords::map_coords(&original, flip);
    // Drawn the other way round, as intake turns it.
    mirrored.0[0].exterior_mut(|ring| ring.0.reverse());
    let mut fields = vec![original, moved, turned, mirrored];
    for k in 0..200 {
        fields.push(field(&mut dice, 2000.0 + 150.0 * f64::from(k), 0.0, 60.0, 9));
    }
    let found = copies(&claims(&fields));
    let pairs: Vec<(usize, usize)> = found.iter().map(|c| (c.a, c.b)).collect();
    assert_eq!(pairs, [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]);
    let away = (500.0f64.powi(2) + 300.0f64.powi(2)).sqrt();
    assert!((found[0].distance_m - away).abs() < 1.0, "{}", found[0].distance_m);
    // Rectangles of one land reform are all alike and mean nothing.
    let strip = |k: i32| {
        let x = f64::from(k) * 60.0 / DEGREE_M;
        let (w, h) = (50.0 / DEGREE_M, 200.0 / DEGREE_M);
        let ring = LineString::from(vec![(x, 0.0), (x + w, 0.0), (x + w, h), (x, h)]);
        MultiPolygon(vec![Polygon::new(ring, Vec::new())])
    };
    assert!(copies(&claims(&(0..20).map(strip).collect::<Vec<_>>())).is_empty());
}

/// A slanting quarter turn near the pole of what is farmed: shares do not depend on the place.
#[test]
fn shares_hold_at_high_latitude() {
    let at = |dx: f64, dy: f64| Coord {
        x: 25.0 + dx / (DEGREE_M * 65.0f64.to_radians().cos()),
        y: 65.0 + dy / DEGREE_M,
    };
    let square = |x: f64| {
        MultiPolygon(vec![Polygon::new(
            LineString(vec![at(x, 0.0), at(x + 400.0, 0.0), at(x + 400.0, 400.0), at(x, 400.0)]),
            Vec::new(),
        )])
    };
    let fields = [square(0.0), square(100.0)];
    let both: Vec<Claim<'_>> =
        fields.iter().map(|f| Claim { outline: f, area_m2: 160_000.0, fresh: true }).collect();
    let found = shared(&both);
    assert!((found[0].iou - 0.6).abs() < 1e-3, "{}", found[0].iou);
    assert!((found[0].shared_m2 - 120_000.0).abs() < 200.0, "{}", found[0].shared_m2);
}

/// Against GEOS, cut in another projection: strips, holes, outlines of two parts, corners that stick out.
#[test]
fn every_pair_that_geos_finds_is_found_with_its_share() {
    let text = include_str!("../data/overlap/geos.json");
    let reference: serde_json::Value = serde_json::from_str(text).unwrap();
    let outlines: Vec<MultiPolygon<f64>> = (reference["outlines"].as_array().unwrap().iter())
        .map(|parts| {
            let ring = |ring: &serde_json::Value| -> LineString<f64> {
                let positions: Vec<[f64; 2]> = serde_json::from_value(ring.clone()).unwrap();
                LineString(positions.into_iter().map(|[x, y]| Coord { x, y }).collect())
            };
            let part = |rings: &serde_json::Value| {
                let mut rings: Vec<_> = rings.as_array().unwrap().iter().map(ring).collect();
                let outer = rings.remove(0);
                Polygon::new(outer, rings)
            };
            MultiPolygon(parts.as_array().unwrap().iter().map(part).collect())
        })
        .collect();
    let areas: Vec<f64> = serde_json::from_value(reference["areas_m2"].clone()).unwrap();
    let both: Vec<Claim<'_>> = outlines
        .iter()
        .zip(&areas)
        .map(|(outline, area)| Claim { outline, area_m2: *area, fresh: true })
        .collect();
    let found: std::collections::BTreeMap<(usize, usize), (f64, f64)> =
        shared(&both).iter().map(|s| ((s.a, s.b), (s.frac_of_a, s.frac_of_b))).collect();
    let pairs: Vec<(usize, usize, f64, f64)> = serde_json::from_value(reference["pairs"].clone()).unwrap();
    let (mut sure, mut told) = (0, 0);
    for (a, b, of_a, of_b) in pairs {
        let share = of_a.max(of_b);
        match found.get(&(a, b)) {
            Some((ours_a, ours_b)) => {
                told += 1;
                assert!(
                    (ours_a - of_a).abs() < 2e-4 && (ours_b - of_b).abs() < 2e-4,
                    "{a} {b}: {ours_a} {of_a}"
                );
                assert!(share > 0.0099, "{a} {b} share {share}, too little to be told");
            }
            // Two ways of computing may part on the very threshold.
            None => assert!(share < 0.0101, "{a} {b} share {share} and were missed"),
        }
        sure += usize::from(share >= 0.0101);
    }
    assert_eq!(told, found.len(), "pairs that GEOS does not know");
    assert!(sure > 300, "{sure}");
}

/// A hundred thousand plots, among them a thousand whose overlap is known by how they were laid: none is missed.
#[test]
fn among_a_hundred_thousand_plots_every_planted_overlap_is_found_and_no_other() {
    const SIDE_M: f64 = 100.0;
    const ACROSS: usize = 330;
    let square = |x: f64, y: f64| {
        let at = |dx: f64, dy: f64| Coord { x: (x + dx) / DEGREE_M, y: (y + dy) / DEGREE_M };
        let ring = LineString(vec![at(0.0, 0.0), at(SIDE_M, 0.0), at(SIDE_M, SIDE_M), at(0.0, SIDE_M)]);
        MultiPolygon(vec![Polygon::new(ring, Vec::new())])
    };
    // A grid with paths of ten metres; the planted ones shift a neighbour's square across its edge by a known part.
    let place = |k: usize| ((k % ACROSS) as f64 * 110.0, (k / ACROSS) as f64 * 110.0);
    let mut fields: Vec<MultiPolygon<f64>> = (0..99_000).map(place).map(|(x, y)| square(x, y)).collect();
    let mut dice = Dice(3);
    let mut planted = Vec::new();
    for n in 0..1_000 {
        let at = n * 99;
        let share = dice.between(0.0, 1.0).powi(2);
        let (x, y) = place(at);
        // Down or up by so much that this part of the square lies in the other; the next row begins 110 m on.
        let shift = SIDE_M * (1.0 - share);
        fields.push(square(x, if shift < 10.0 { y + shift } else { y - shift }));
        planted.push((at, fields.len() - 1, share));
    }
    let found = shared(&claims(&fields));
    let of: std::collections::BTreeMap<(usize, usize), f64> =
        found.iter().map(|s| ((s.a, s.b), s.frac_of_b)).collect();
    let mut sure = 0;
    for (a, b, share) in &planted {
        match of.get(&(*a, *b)) {
            Some(ours) => assert!((ours - share).abs() < 1e-3, "{a} {b}: {ours}, laid {share}"),
            None => assert!(*share < 0.0101, "{a} {b}: laid {share} and missed"),
        }
        sure += usize::from(*share >= 0.0101);
    }
    assert!(sure > 800, "{sure}");
    // A shifted square may reach the square in the row below as well; no pair lies elsewhere.
    let twins: std::collections::BTreeSet<usize> = planted.iter().map(|(_, b, _)| *b).collect();
    for (a, b) in of.keys() {
        let below = a + ACROSS;
        let own = planted.iter().find(|(_, twin, _)| twin == b).map(|(at, _, _)| *at);
        assert!(twins.contains(b) && own.is_some_and(|own| own == *a || own == below), "{a} {b}");
    }
}
