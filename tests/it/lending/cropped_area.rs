//! The cropped area against the declared one.

use croplens::cropland::NotTold;
use croplens::lending::{appraise, seal};
use croplens::record::{Effect, EligibilityRecord, Grade, Status};

use super::case::{Case, first_policy, provenance};

fn record(case: &Case) -> EligibilityRecord {
    let built = case.build();
    let evidence = built.evidence();
    seal(&appraise(&evidence, &first_policy()), &evidence, &provenance())
}

fn effect(record: &EligibilityRecord, code: &str) -> Option<Effect> {
    record.reasons_all.iter().find(|r| r.code() == code).map(|r| r.effect())
}

/// A field of 2 ha declared as 2 ha, of which this part carries the crop.
fn partly(lower: f64, mid: f64, upper: f64) -> Case {
    Case { cropped_share: Ok((lower, mid, upper, 1)), ..Case::good() }
}

#[test]
fn a_whole_field_supports_and_says_its_cropped_area() {
    let r = record(&Case::good());
    assert_eq!(r.status, Status::Supports);
    assert_eq!(effect(&r, "CROPPED_AREA"), Some(Effect::Info));
    assert_eq!(r.cropped_area_ha.map(|a| a.get()), Some(2.0));
    assert_eq!(r.area_deviation_frac.map(|a| a.get()), Some(0.0));
    let said = r.reasons_all.iter().find(|x| x.code() == "CROPPED_AREA").unwrap();
    assert_eq!(said.text_en(), "Of 2.00 ha inside the outline, 2.00 ha (1.88 ha to 2.00 ha) carry the crop.");
}

#[test]
fn only_an_upper_end_below_the_tolerance_speaks_against() {
    let half = record(&partly(0.42, 0.50, 0.58));
    assert_eq!(effect(&half, "CROPPED_AREA_UNDER_DECLARED"), Some(Effect::Against));
    assert_eq!(half.status, Status::DoesNotSupport);
    assert!(half.what_would_change.iter().any(|c| c.code == "CROPPED_AREA_UNDER_DECLARED"));
    // 0.80 (0.70 to 0.93): ten percent less than declared is inside the interval
    let unsure = record(&partly(0.70, 0.80, 0.93));
    assert_eq!(effect(&unsure, "CROPPED_AREA_UNDER_DECLARED"), None);
    assert_eq!(unsure.status, Status::Supports);
    assert_eq!(unsure.area_deviation_frac.map(|a| a.get()), Some(-0.2));
}

#[test]
fn thin_imagery_and_small_plots_only_refer() {
    let thin = Case { clear_days: (0..9).map(|i| i * 28).chain([252]).collect(), ..partly(0.42, 0.5, 0.58) };
    let small = Case { pixels_full: Some((6, 0.5, Grade::C)), ..partly(0.42, 0.5, 0.58) };
    for case in [thin, small] {
        let r = record(&case);
        assert_eq!(effect(&r, "CROPPED_AREA_UNDER_DECLARED"), Some(Effect::Refer));
        assert_ne!(r.status, Status::DoesNotSupport);
    }
}

#[test]
fn without_a_declared_area_uncropped_land_is_looked_at() {
    let case = Case { declared_area_ha: None, ..partly(0.62, 0.70, 0.78) };
    assert_eq!(effect(&record(&case), "PLOT_PARTLY_CROPPED"), Some(Effect::Refer));
    let case = Case { declared_area_ha: None, ..partly(0.80, 0.86, 0.92) };
    assert_eq!(effect(&record(&case), "PLOT_PARTLY_CROPPED"), None);
}

#[test]
fn two_crops_in_one_outline_refer() {
    let r = record(&Case { cropped_share: Ok((0.95, 1.0, 1.0, 2)), ..Case::good() });
    assert_eq!(effect(&r, "PLOT_MIXED"), Some(Effect::Refer));
    assert_eq!((r.status, r.n_clusters, r.heterogeneity_flag), (Status::Refer, Some(2), Some(true)));
}

#[test]
fn what_cannot_be_told_is_null_with_a_reason_and_changes_no_status() {
    for why in
        [NotTold::TooFewDates { have: 2, need: 3 }, NotTold::Unresolved, NotTold::NotRead, NotTold::TooEarly]
    {
        let r = record(&Case { cropped_share: Err(why), ..Case::good() });
        assert_eq!((r.cropped_frac, r.cropped_area_ha, r.n_clusters), (None, None, None));
        assert_eq!(r.cropped_area_not_told.as_deref(), Some(why.word()));
        assert_eq!(effect(&r, "CROPPED_AREA_NOT_TOLD"), Some(Effect::Info));
        assert_eq!(r.status, Status::Supports);
    }
}
