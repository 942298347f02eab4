//! What holds whatever the field.

use proptest::prelude::*;

use super::fields::{Cover, Field, WHEAT, often};

fn cover() -> impl Strategy<Value = Cover> {
    prop::sample::select(vec![Cover::Bare, Cover::Trees, Cover::Water, Cover::Grass])
}

prop_compose! {
    /// Wheat with a rectangle of something else in it.
    fn patchy()(side in 9i64..15, cover in cover(), width in 0i64..9, height in 0i64..9, noise in 0.0..0.04) -> Field {
        let patch = move |row, col| if row < height && col < width { cover } else { WHEAT };
        Field { noise, ..Field::new(side, side, patch) }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_pixels_changes_nothing(field in patchy(), by in 1usize..80) {
        let mut turned = field.clone();
        let n = turned.cells.len();
        turned.cells.rotate_left(by % n);
        turned.cells.reverse();
        prop_assert_eq!(field.measured(), turned.measured());
    }

    #[test]
    fn shares_lie_in_order_and_add_up(field in patchy()) {
        let found = field.measured();
        if let Some(c) = found.cropped {
            prop_assert!(0.0 <= c.lower && c.lower <= c.mid && c.mid <= c.upper && c.upper <= 1.0);
            prop_assert!((found.uncropped.total() - (1.0 - c.mid)).abs() < 1e-9);
            prop_assert_eq!(found.not_told, None);
        } else {
            prop_assert!(found.not_told.is_some());
        }
    }

    #[test]
    fn thinner_coverage_of_every_pixel_changes_no_share(field in patchy(), coverage in 0.96f32..1.0) {
        let mut thin = field.clone();
        for (cell, _) in &mut thin.cells {
            cell.coverage = coverage;
        }
        let (a, b) = (field.measured().cropped, thin.measured().cropped);
        prop_assert_eq!(a.is_some(), b.is_some());
        if let (Some(a), Some(b)) = (a, b) {
            prop_assert!((a.mid - b.mid).abs() < 1e-6, "{a:?} {b:?}");
        }
    }

    #[test]
    fn fewer_clear_dates_never_narrow_the_interval(width in 2i64..7, drop in prop::collection::btree_set(0usize..44, 0..30)) {
        let patch = move |_, col| if col < width { Cover::Bare } else { WHEAT };
        let all = Field { noise: 0.0, ..Field::new(12, 12, patch) };
        let days = often().into_iter().enumerate().filter(|(k, _)| !drop.contains(k)).map(|(_, d)| d).collect();
        let few = Field { days, ..all.clone() };
        let whole = all.measured().cropped.unwrap();
        if let Some(c) = few.measured().cropped {
            prop_assert!(c.upper - c.lower >= whole.upper - whole.lower - 1e-12, "{c:?} {whole:?}");
        }
    }

    #[test]
    fn clouds_over_parts_of_the_plot_make_nothing_uncropped(
        cut in prop::collection::vec((60i32..300, 0i64..12, 0i64..12, 2i64..9), 0..40),
    ) {
        let field = Field::new(12, 12, |_, _| WHEAT);
        let hidden = |cell: &croplens::cropland::Cell, day: i32| {
            cut.iter().any(|(at, row, col, size)| {
                (day - at).abs() < 4 && (cell.row - row).abs() < *size && (cell.col - col).abs() < *size
            })
        };
        if let Some(c) = field.measured_through(hidden).cropped {
            prop_assert!(c.mid > 0.999, "{c:?}");
        }
    }
}

#[test]
fn equal_pixels_are_one_kind() {
    let found = Field { noise: 0.0, ..Field::new(10, 10, |_, _| WHEAT) }.measured();
    assert_eq!((found.land_uses, found.crops.len()), (1, 0));
    assert_eq!(found.heterogeneity, Some(0.0));
}
