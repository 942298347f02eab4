//! Laws of the cloud mask.

use croplens::grid::{Epsg, Grid, Raster, Window};
use croplens::scl::{SCL, Scl, SclGroup};
use croplens::zonal::{MaskRule, Sky, sky, sky_window};
use ndarray::Array2;
use proptest::prelude::*;

const N: usize = 60;
const GRID: Grid = Grid { epsg: Epsg(32736), x0: 0.0, y0: 0.0, dx: 20.0, dy: 20.0, width: N, height: N };

/// A scene of bare land with rectangles of other classes, as large as clouds and as small as roofs.
fn scene() -> impl Strategy<Value = Raster<u8>> {
    let blob = (0usize..N, 0usize..N, 1usize..9, 1usize..9, 0usize..12);
    prop::collection::vec(blob, 0..40).prop_map(|blobs| {
        let mut data = Array2::from_elem((N, N), Scl::Bare as u8);
        for (r, c, h, w, class) in blobs {
            fill(&mut data, (r, c), (h, w), class as u8);
        }
        Raster { window: GRID.window(), data }
    })
}

fn fill(data: &mut Array2<u8>, at: (usize, usize), size: (usize, usize), class: u8) {
    for ((r, c), value) in data.indexed_iter_mut() {
        if (at.0..at.0 + size.0).contains(&r) && (at.1..at.1 + size.1).contains(&c) {
            *value = class;
        }
    }
}

fn rule(dilate_m: f64, erode_m: f64, border_m: f64) -> MaskRule {
    let mut rule = MaskRule { erode_m, no_data_border_m: border_m, ..MaskRule::default() };
    for facts in SCL.iter().filter(|f| f.dilate_m > 0.0) {
        rule.dilate_m.0[facts.class as usize] = dilate_m;
    }
    rule
}

fn cut(raster: &Raster<u8>, window: Window) -> Raster<u8> {
    let at = |(r, c): (usize, usize)| raster.data[[window.row + r, window.col + c]];
    Raster { window, data: Array2::from_shape_fn((window.height, window.width), at) }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_verdict_does_not_depend_on_the_window(
        scene in scene(), dilate in 0u32..9, erode in 0u32..4, border in 0u32..3,
        at in (0usize..110, 0usize..110), size in (1usize..30, 1usize..30),
    ) {
        let rule = rule(f64::from(dilate) * 20.0, f64::from(erode) * 20.0, f64::from(border) * 20.0);
        let whole = sky(&scene, &GRID, &rule);
        // a plot on the 10 m grid of the bands
        let bands = Grid { dx: 10.0, dy: 10.0, width: 2 * N, height: 2 * N, ..GRID };
        let plot = Window { col: at.0, row: at.1, width: size.0.min(120 - at.0), height: size.1.min(120 - at.1) };
        let window = sky_window(&bands, plot, &GRID, &rule).unwrap();
        let part = sky(&cut(&scene, window), &GRID, &rule);
        prop_assert_eq!(part.window, window);
        for row in plot.row..plot.row_end() {
            for col in plot.col..plot.col_end() {
                let (r, c) = (row / 2, col / 2);
                let here = part.data[[r - window.row, c - window.col]];
                prop_assert_eq!(here, whole.data[[r, c]], "{} {}", r, c);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn dilating_further_never_frees_a_pixel(scene in scene(), near in 0.0..120.0f64, more in 0.0..80.0f64) {
        let (short, long) = (rule(near, 20.0, 20.0), rule(near + more, 20.0, 20.0));
        let (a, b) = (sky(&scene, &GRID, &short), sky(&scene, &GRID, &long));
        for (a, b) in a.data.iter().zip(&b.data) {
            prop_assert!(b.weight(&long) <= a.weight(&short), "{:?} became {:?}", a, b);
        }
    }

    #[test]
    fn more_cloud_never_frees_a_pixel(scene in scene(), at in (0usize..50, 0usize..50), size in 1usize..10) {
        let rule = MaskRule::default();
        let mut cloudier = scene.clone();
        fill(&mut cloudier.data, at, (size, size), Scl::CloudHigh as u8);
        // Missing data stays missing: a speck of cloud in its place is set free, and reaches nowhere.
        for (new, old) in cloudier.data.iter_mut().zip(&scene.data) {
            *new = if *old == Scl::NoData as u8 { *old } else { *new };
        }
        let (a, b) = (sky(&scene, &GRID, &rule), sky(&cloudier, &GRID, &rule));
        for (i, (a, b)) in a.data.iter().zip(&b.data).enumerate() {
            let inside = (at.0..at.0 + size).contains(&(i / N)) && (at.1..at.1 + size).contains(&(i % N));
            // under a cloud too small to be one, the class itself was overwritten
            prop_assert!(inside || b.weight(&rule) <= a.weight(&rule), "{}: {:?} became {:?}", i, a, b);
        }
    }

    #[test]
    fn a_reach_is_the_distance_between_centres(scene in scene(), reach in 0.0..150.0f64) {
        let rule = rule(reach, 0.0, 0.0);
        let seen = sky(&scene, &GRID, &rule);
        let seeds = |group: SclGroup| -> Vec<(usize, usize)> {
            let each = scene.data.indexed_iter();
            each.filter(|(_, v)| Scl::from_value(**v).facts().group == group).map(|(at, _)| at).collect()
        };
        let (cloud, shadow) = (seeds(SclGroup::Cloud), seeds(SclGroup::Shadow));
        let within = |r: usize, c: usize, seeds: &[(usize, usize)]| {
            seeds.iter().any(|(a, b)| 20.0 * (a.abs_diff(r) as f64).hypot(b.abs_diff(c) as f64) <= reach)
        };
        for ((r, c), verdict) in seen.data.indexed_iter() {
            let class = Scl::from_value(scene.data[[r, c]]);
            let free = matches!(class.facts().group, SclGroup::Land | SclGroup::Water | SclGroup::Snow);
            let expected = if free && within(r, c, &cloud) {
                Sky::NEAR_CLOUD
            } else if free && within(r, c, &shadow) {
                Sky::NEAR_SHADOW
            } else {
                Sky::of(class)
            };
            prop_assert_eq!(*verdict, expected, "{} {}", r, c);
        }
    }

    #[test]
    fn without_reach_and_erosion_every_class_speaks_for_itself(scene in scene()) {
        let rule = MaskRule::peers(&[Scl::Vegetation, Scl::Bare]);
        let seen = sky(&scene, &GRID, &rule);
        for (verdict, value) in seen.data.iter().zip(&scene.data) {
            let class = Scl::from_value(*value);
            prop_assert_eq!(*verdict, Sky::of(class));
            let readable = matches!(class, Scl::Vegetation | Scl::Bare);
            prop_assert_eq!(verdict.weight(&rule), if readable { 1.0 } else { 0.0 });
        }
    }
}

#[test]
fn coarse_pixels_are_not_reached_by_clouds_a_pixel_away() {
    // a decimated copy of a scene: 640 m pixels, a reach of 100 m ends inside the pixel
    let grid = Grid { dx: 640.0, dy: 640.0, ..GRID };
    let mut data = Array2::from_elem((N, N), Scl::Bare as u8);
    data[[20, 20]] = Scl::CloudHigh as u8;
    let seen = sky(&Raster { window: grid.window(), data }, &grid, &MaskRule::default());
    assert_eq!(seen.data[[20, 21]], Sky::of(Scl::Bare));
    assert_eq!(seen.data[[20, 20]], Sky::of(Scl::CloudHigh), "one such pixel is 40 ha of cloud, not a roof");
}

#[test]
fn unknown_values_are_no_data() {
    let data = Array2::from_elem((3, 3), 77u8);
    let window = Window { col: 0, row: 0, width: 3, height: 3 };
    let seen = sky(&Raster { window, data }, &GRID, &MaskRule::default());
    assert!(seen.data.iter().all(|s| *s == Sky::NO_DATA));
}
