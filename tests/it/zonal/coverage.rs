//! Laws of coverage fractions.

use croplens::grid::{Epsg, Grid, Window};
use croplens::zonal::{Footprint, FootprintError};
use geo::{Area, BooleanOps, LineString, MultiPolygon, Polygon, Rect, Translate};
use proptest::prelude::*;

const GRID: Grid =
    Grid { epsg: Epsg(32736), x0: 699_960.0, y0: 10_000_000.0, dx: 10.0, dy: 10.0, width: 400, height: 300 };
/// A point inside the grid, away from its edges.
const MIDDLE: (f64, f64) = (701_963.7, 9_998_511.3);

fn star(center: (f64, f64), radii: &[f64]) -> Polygon<f64> {
    let n = radii.len() as f64;
    let ring: Vec<(f64, f64)> = radii
        .iter()
        .enumerate()
        .map(|(i, r)| {
            let a = i as f64 / n * std::f64::consts::TAU;
            (center.0 + r * a.cos(), center.1 + r * a.sin())
        })
        .collect();
    Polygon::new(LineString::from(ring), Vec::new())
}

fn sum(footprint: &Footprint) -> f64 {
    footprint.cells().map(|(_, _, c)| f64::from(c)).sum()
}

fn dense(footprint: &Footprint) -> Vec<f64> {
    let mut out = vec![0.0; GRID.width * GRID.height];
    for (row, col, c) in footprint.cells() {
        out[row * GRID.width + col] += f64::from(c);
    }
    out
}

fn closest(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

fn radii() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(15.0..900.0f64, 3..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn coverage_sums_to_the_area(radii in radii(), dx in -50.0..50.0f64, dy in -50.0..50.0f64) {
        let plot = star((MIDDLE.0 + dx, MIDDLE.1 + dy), &radii);
        let area = plot.unsigned_area();
        let footprint = Footprint::new(&plot.into(), &GRID).unwrap();
        let measured = footprint.pixel_count() * GRID.pixel_area_m2();
        prop_assert!((measured - area).abs() <= 1e-9 * area, "{measured} {area}");
        prop_assert!((sum(&footprint) - footprint.pixel_count()).abs() <= 6e-8 * footprint.len() as f64);
        prop_assert_eq!(footprint.inside_fraction(), 1.0);
        prop_assert!(footprint.coverage().iter().all(|c| *c > 0.0 && *c <= 1.0));
    }

    #[test]
    fn the_direction_of_drawing_does_not_matter(radii in radii()) {
        let plot = star(MIDDLE, &radii);
        let turned = Polygon::new(plot.exterior().0.iter().rev().copied().collect(), Vec::new());
        let (a, b) = (Footprint::new(&plot.into(), &GRID).unwrap(), Footprint::new(&turned.into(), &GRID).unwrap());
        prop_assert!(closest(&dense(&a), &dense(&b)) < 1e-6);
        prop_assert!((a.pixel_count() - b.pixel_count()).abs() <= 1e-9 * a.pixel_count());
    }

    #[test]
    fn whole_pixel_shifts_shift_the_footprint(radii in radii(), cols in -60i32..60, rows in -40i32..40) {
        let plot = star(MIDDLE, &radii);
        let moved = plot.translate(f64::from(cols) * 10.0, f64::from(-rows) * 10.0);
        let a = Footprint::new(&plot.into(), &GRID).unwrap();
        let b = Footprint::new(&moved.into(), &GRID).unwrap();
        let mut expected = vec![0.0; GRID.width * GRID.height];
        for (row, col, c) in a.cells() {
            let at = (row as i32 + rows) as usize * GRID.width + (col as i32 + cols) as usize;
            expected[at] = f64::from(c);
        }
        prop_assert!(closest(&expected, &dense(&b)) < 1e-6);
    }

    #[test]
    fn two_halves_add_up_to_the_whole(radii in radii(), at in -0.9..0.9f64, tilt in -2.0..2.0f64) {
        let plot = star(MIDDLE, &radii);
        let x = MIDDLE.0 + at * 15.0;
        let cut = |sign: f64| Polygon::new(
            LineString::from(vec![
                (x - 2000.0 * tilt, MIDDLE.1 - 2000.0),
                (x + 2000.0 * tilt, MIDDLE.1 + 2000.0),
                (x + 2000.0 * tilt + sign * 9000.0, MIDDLE.1 + 2000.0),
                (x - 2000.0 * tilt + sign * 9000.0, MIDDLE.1 - 2000.0),
            ]),
            Vec::new(),
        );
        let whole = dense(&Footprint::new(&plot.clone().into(), &GRID).unwrap());
        let mut halves = vec![0.0; whole.len()];
        for sign in [-1.0, 1.0] {
            let half = plot.intersection(&cut(sign));
            for (sum, c) in halves.iter_mut().zip(dense(&Footprint::new(&half, &GRID).unwrap())) {
                *sum += c;
            }
        }
        // geo's overlay works on a grid of about a micrometre
        prop_assert!(closest(&whole, &halves) < 1e-5);
    }

    #[test]
    fn a_hole_and_its_filler_are_solid(radii in radii(), shrink in 0.1..0.9f64) {
        let solid = star(MIDDLE, &radii);
        let inner: Vec<f64> = radii.iter().map(|r| r * shrink).collect();
        let filler = star(MIDDLE, &inner);
        let ring = Polygon::new(solid.exterior().clone(), vec![filler.exterior().clone()]);
        let [solid, filler, ring] = [solid, filler, ring].map(|p| Footprint::new(&p.into(), &GRID).unwrap());
        let both: Vec<f64> = dense(&filler).iter().zip(dense(&ring)).map(|(a, b)| a + b).collect();
        prop_assert!(closest(&both, &dense(&solid)) < 1e-6);
        let total = filler.pixel_count() + ring.pixel_count();
        prop_assert!((total - solid.pixel_count()).abs() <= 1e-9 * solid.pixel_count());
    }

    #[test]
    fn the_grid_edge_cuts_and_tells(radii in radii(), dx in -4200.0..4200.0f64, dy in -3200.0..3200.0f64) {
        let plot = star((MIDDLE.0 + dx, MIDDLE.1 + dy), &radii);
        let land = Rect::new((GRID.x0, GRID.y1()), (GRID.x1(), GRID.y0)).to_polygon();
        let inside = plot.intersection(&land).unsigned_area();
        let footprint = Footprint::new(&plot.clone().into(), &GRID).unwrap();
        let measured = footprint.pixel_count() * 100.0;
        prop_assert!((measured - inside).abs() <= 1e-3 + 1e-6 * inside, "{measured} {inside}");
        prop_assert!((footprint.inside_fraction() - inside / plot.unsigned_area()).abs() < 1e-5);
        // the part on the grid is the same as on a larger grid
        let wide = Grid { x0: GRID.x0 - 5000.0, y0: GRID.y0 + 5000.0, width: 1500, height: 1500, ..GRID };
        let wide = Footprint::new(&plot.into(), &wide).unwrap();
        let mut expected = vec![0.0; GRID.width * GRID.height];
        for (row, col, c) in wide.cells() {
            if let (Some(r), Some(c0)) = (row.checked_sub(500), col.checked_sub(500))
                && r < GRID.height && c0 < GRID.width {
                expected[r * GRID.width + c0] = f64::from(c);
            }
        }
        prop_assert!(closest(&expected, &dense(&footprint)) < 1e-6);
    }
}

#[test]
fn a_triangle_by_hand() {
    let ring =
        [(0.0, 0.0), (30.0, 0.0), (0.0, 15.0)].map(|(x, y)| (GRID.x0 + 100.0 + x, GRID.y0 - 200.0 + y));
    let plot: MultiPolygon<f64> = Polygon::new(LineString::from(ring.to_vec()), Vec::new()).into();
    let footprint = Footprint::new(&plot, &GRID).unwrap();
    // hypotenuse y = 15 - x / 2 over pixels of 10 m
    let expected = [(18, 10, 0.25), (19, 10, 1.0), (19, 11, 0.75), (19, 12, 0.25)];
    let found: Vec<_> = footprint.cells().collect();
    assert_eq!(found.len(), 4, "{found:?}");
    for (f, e) in found.iter().zip(expected) {
        assert_eq!((f.0, f.1), (e.0, e.1));
        assert!((f64::from(f.2) - e.2).abs() < 1e-7, "{f:?} {e:?}");
    }
    assert_eq!(footprint.window(), Window { col: 10, row: 18, width: 3, height: 2 });
    assert_eq!(footprint.full_pixels(), 1);
}

#[test]
fn aligned_rectangles_touch_no_neighbour() {
    let plot: MultiPolygon<f64> =
        Rect::new((GRID.x0 + 50.0, GRID.y0 - 90.0), (GRID.x0 + 100.0, GRID.y0 - 30.0)).to_polygon().into();
    let footprint = Footprint::new(&plot, &GRID).unwrap();
    assert_eq!(footprint.len(), 30);
    assert_eq!(footprint.full_pixels(), 30);
    assert_eq!(footprint.window(), Window { col: 5, row: 3, width: 5, height: 6 });
    assert_eq!(footprint.spans().len(), 6);
    let whole: MultiPolygon<f64> =
        Rect::new((GRID.x0 - 5e4, GRID.y1() - 5e4), (GRID.x1() + 5e4, GRID.y0 + 5e4)).to_polygon().into();
    let whole = Footprint::new(&whole, &GRID).unwrap();
    assert_eq!(whole.full_pixels(), GRID.width * GRID.height);
    assert!(whole.inside_fraction() < 0.01);
}

#[test]
fn what_has_no_footprint_says_why() {
    let ring = |points: &[(f64, f64)]| -> MultiPolygon<f64> {
        let at = points.iter().map(|(x, y)| (GRID.x0 + x, GRID.y0 - y)).collect::<Vec<_>>();
        Polygon::new(LineString::from(at), Vec::new()).into()
    };
    let new = |plot: &MultiPolygon<f64>| Footprint::new(plot, &GRID);
    assert_eq!(new(&MultiPolygon(Vec::new())), Err(FootprintError::NoArea));
    assert_eq!(new(&ring(&[(0.0, 0.0), (50.0, 50.0)])), Err(FootprintError::NoArea));
    assert_eq!(new(&ring(&[(0.0, 0.0), (50.0, f64::NAN), (5.0, 5.0)])), Err(FootprintError::NotFinite));
    let bow_tie = ring(&[(10.0, 10.0), (95.0, 90.0), (90.0, 10.0), (10.0, 70.0)]);
    assert!(matches!(new(&bow_tie), Err(FootprintError::Overlaps { .. })));
    let square = ring(&[(10.0, 10.0), (90.0, 10.0), (90.0, 90.0), (10.0, 90.0)]);
    let twice = MultiPolygon(vec![square.0[0].clone(), square.0[0].clone()]);
    assert!(matches!(new(&twice), Err(FootprintError::Overlaps { .. })));
    let away = new(&ring(&[(-90.0, 10.0), (-10.0, 10.0), (-10.0, 90.0)])).unwrap();
    assert!(away.is_empty() && away.inside_fraction() == 0.0 && away.window().is_empty());
    let flat = Grid { width: 0, ..GRID };
    assert_eq!(Footprint::new(&square, &flat), Err(FootprintError::BadGrid));
}
