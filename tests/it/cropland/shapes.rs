//! Closed forms: shapes whose cropped share is known.

use croplens::cropland::{Cover as Seen, NotTold};
use jiff::civil::date;

use super::fields::{Cover, Field, MAIZE, POOR_WHEAT, WHEAT};

fn share(field: &Field) -> f64 {
    field.measured().cropped.unwrap().mid
}

#[test]
fn a_whole_field_is_all_crop_and_one_land_use() {
    let found = Field::new(12, 12, |_, _| WHEAT).measured();
    let cropped = found.cropped.unwrap();
    assert_eq!((cropped.mid, cropped.upper), (1.0, 1.0));
    assert!((0.90..0.985).contains(&cropped.lower), "{cropped:?}");
    assert_eq!(found.land_uses, 1);
    assert_eq!(found.uncropped.total(), 0.0);
    assert!(found.heterogeneity.unwrap() < 0.05 && !found.uneven);
}

#[test]
fn half_crop_half_bare_is_half() {
    let found = Field::new(12, 12, |_, col| if col < 6 { WHEAT } else { Cover::Bare }).measured();
    let cropped = found.cropped.unwrap();
    assert!((cropped.mid - 0.5).abs() < 1e-9, "{cropped:?}");
    assert!(cropped.lower > 0.35 && cropped.upper < 0.65, "{cropped:?}");
    assert_eq!(found.land_uses, 2);
    assert!((found.uncropped.bare - 0.5).abs() < 1e-9, "{:?}", found.uncropped);
    assert_eq!(found.marks.iter().filter(|m| m.cover == Seen::Bare).count(), 72);
}

#[test]
fn what_is_not_crop_is_named() {
    for (cover, name) in
        [(Cover::Bare, "bare"), (Cover::Trees, "evergreen"), (Cover::Water, "water"), (Cover::Grass, "other")]
    {
        let found = Field::new(12, 12, |row, col| if row < 4 && col < 6 { cover } else { WHEAT }).measured();
        let expected = 24.0 / 144.0;
        assert!((found.cropped.unwrap().mid - (1.0 - expected)).abs() < 1e-9, "{name}: {found:?}");
        let u = found.uncropped;
        let named = match name {
            "bare" => u.bare,
            "evergreen" => u.evergreen,
            "water" => u.water,
            _ => u.other,
        };
        assert!((named - expected).abs() < 1e-9, "{name}: {u:?}");
    }
}

#[test]
fn strips_of_any_number_add_up() {
    for strips in [2, 3, 4] {
        let bare = |col: i64| (col / (12 / strips)) % 2 == 1;
        let field = Field::new(12, 12, |_, col| if bare(col) { Cover::Bare } else { WHEAT });
        let truth = (0..12).filter(|c| !bare(*c)).count() as f64 / 12.0;
        assert!((share(&field) - truth).abs() < 1e-9, "{strips} strips");
    }
}

#[test]
fn a_track_one_pixel_wide_is_left_out() {
    let field = Field::new(15, 15, |row, _| if row == 7 { Cover::Bare } else { WHEAT });
    assert!((share(&field) - 14.0 / 15.0).abs() < 1e-9, "{}", share(&field));
}

#[test]
fn pixels_at_the_rim_count_by_their_covered_part() {
    // 10 x 10 full pixels and a rim covered to 0.3; the western half bare, rim included
    let mut field = Field::new(12, 12, |_, col| if col < 6 { Cover::Bare } else { WHEAT });
    for (cell, cover) in &mut field.cells {
        if cell.row == 0 || cell.row == 11 || cell.col == 0 || cell.col == 11 {
            cell.coverage = 0.3;
            // what lies outside the outline must not matter: the rim shows the neighbours
            *cover = Cover::Trees;
        }
    }
    assert!((share(&field) - 0.5).abs() < 1e-9, "{}", share(&field));
}

#[test]
fn a_subsample_of_a_large_plot_says_the_same_less_surely() {
    let field = Field::new(48, 48, |row, col| if row + col < 30 { Cover::Bare } else { WHEAT });
    let every = field.measured().cropped.unwrap();
    let fourth = Field { step: 4, ..field.clone() };
    assert_eq!(fourth.pixels(|_, _| false).len(), 144);
    let some = fourth.measured().cropped.unwrap();
    assert!(some.lower <= every.mid && every.mid <= some.upper, "{every:?} {some:?}");
    assert!(some.upper - some.lower > every.upper - every.lower);
    assert_eq!(fourth.measured().step, 4);
}

#[test]
fn a_poor_part_of_the_same_crop_is_still_the_crop() {
    let field = Field::new(12, 12, |_, col| if col < 4 { POOR_WHEAT } else { WHEAT });
    assert_eq!(share(&field), 1.0);
    assert_eq!(field.measured().land_uses, 1);
}

#[test]
fn two_crops_with_other_dates_are_a_mixed_plot_and_both_are_crop() {
    let found = Field::new(14, 14, |_, col| if col < 8 { WHEAT } else { MAIZE }).measured();
    assert_eq!(found.crops.len(), 2, "{found:?}");
    assert_eq!(found.land_uses, 2);
    assert_eq!(found.cropped.unwrap().mid, 1.0);
    assert!((found.crops[0].share - 8.0 / 14.0).abs() < 0.01, "{:?}", found.crops);
    let (wheat, maize) = (found.crops[0].greenup.unwrap(), found.crops[1].greenup.unwrap());
    assert!((wheat - date(2024, 4, 5)).get_days().abs() <= 6, "{wheat}");
    assert!((maize - date(2024, 6, 14)).get_days().abs() <= 6, "{maize}");
    // a few rows sown later are no second crop
    let few = Field::new(14, 14, |row, col| if row == 0 && col < 6 { MAIZE } else { WHEAT }).measured();
    assert!(few.crops.is_empty(), "{:?}", few.crops);
}

#[test]
fn a_crop_on_a_part_of_idle_land_is_seen_though_the_plot_as_a_whole_shows_none() {
    let field = Field::new(14, 14, |_, col| if col < 4 { WHEAT } else { Cover::Bare });
    assert_ne!(field.assessment().cropped, croplens::crop::Cropped::Yes);
    assert!((share(&field) - 4.0 / 14.0).abs() < 1e-9, "{:?}", field.measured());
}

#[test]
fn land_without_any_crop_has_a_share_of_nothing_only_where_that_is_known() {
    // from the November before
    let bare = Field { days: (-10..50).map(|k| 6 * k).collect(), ..Field::new(12, 12, |_, _| Cover::Bare) };
    assert_eq!(bare.assessment().cropped, croplens::crop::Cropped::No);
    let found = bare.measured();
    assert_eq!(found.cropped.unwrap().mid, 0.0);
    assert!(found.cropped.unwrap().upper < 0.15);
    // with five dates nothing is known
    let unseen = Field { days: vec![60, 120, 180, 240, 290], ..bare };
    let found = unseen.measured();
    assert_eq!((found.cropped, found.not_told), (None, Some(NotTold::TooFewDates { have: 5, need: 8 })));
}

#[test]
fn cannot_tell_is_said_with_its_cause_and_never_as_nothing() {
    let field = Field::new(12, 12, |_, col| if col < 9 { WHEAT } else { Cover::Bare });
    let causes = [
        (Field { resolved: false, ..field.clone() }, NotTold::Unresolved),
        // clear until April and from July on: nobody saw it green
        (
            Field {
                days: (6..50).map(|k| 6 * k).filter(|d| !(98..190).contains(d)).collect(),
                ..field.clone()
            },
            NotTold::CropUnclear,
        ),
        (Field { as_of: date(2024, 3, 25), ..field.clone() }, NotTold::CropUnclear),
        (Field { cells: Vec::new(), ..Field::new(0, 0, |_, _| WHEAT) }, NotTold::NotRead),
    ];
    for (field, cause) in causes {
        let found = field.measured();
        assert_eq!(found.cropped, None, "{cause:?}");
        assert_eq!(found.not_told, Some(cause));
        assert!(found.marks.is_empty());
    }
}
