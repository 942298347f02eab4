//! Every rule of the first policy, at its threshold and just past it.

use croplens::crop::Verdict;
use croplens::lending::appraise;
use croplens::record::Grade;

use super::case::{Case, first_policy};

/// Whether the case raises the code.
fn raises(case: &Case, code: &str) -> bool {
    let built = case.build();
    appraise(&built.evidence(), &first_policy()).reasons_all.iter().any(|r| r.code() == code)
}

fn at_and_past(code: &str, at: &Case, past: &Case) {
    assert!(!raises(at, code), "{code} at its threshold");
    assert!(raises(past, code), "{code} past its threshold");
}

#[test]
fn each_threshold_lies_where_the_policy_says() {
    let good = Case::good();
    let area = |m2: f64| Case { area_m2: m2, declared_area_ha: None, ..good.clone() };
    at_and_past("AREA_BELOW_POLICY", &area(800.0), &area(799.9));

    let pixels = |full, lost, grade| Case { pixels_full: Some((full, lost, grade)), ..good.clone() };
    at_and_past("PLOT_TOO_SMALL", &pixels(8, 0.5, Grade::B), &pixels(7, 0.5, Grade::C));
    at_and_past("PLOT_TOO_NARROW", &pixels(8, 0.60, Grade::C), &pixels(8, 0.601, Grade::C));

    let gps = |d, a| Case { gps: Some((d, a)), ..good.clone() };
    at_and_past("GPS_FAR", &gps(500.0, Some(10.0)), &gps(500.1, Some(10.0)));
    at_and_past("GPS_FAR", &gps(900.0, Some(300.0)), &gps(900.1, Some(300.0)));

    let clear = |n: i64| Case { clear_days: (0..n).map(|i| 252 - i * 10).collect(), ..good.clone() };
    at_and_past("IMG_TOO_FEW_CLEAR", &clear(8), &clear(7));

    // The last clear date lies 30 and 31 days before 2024-06-10 (day 253).
    let last = |n: i64| Case { clear_days: (0..n).step_by(5).chain([n]).collect(), ..good.clone() };
    at_and_past("IMG_STALE", &last(223), &last(222));

    // 28 scenes were found.
    let expected = |n| Case { expected: Some(n), ..good.clone() };
    at_and_past("SRC_CATALOGUE_GAP", &expected(56), &expected(57));

    // A blind time of 45 and of 46 days between days 100 and 146 or 147.
    let blind = |to: i64| Case {
        clear_days: (0..=100).step_by(10).chain((to..=252).step_by(10)).collect(),
        ..Case::fallow()
    };
    at_and_past("IMG_GAP_LONG", &blind(146), &blind(147));

    let odds = |lo| Case { verdict: Some((Verdict::Contradicted, Some(lo))), ..good.clone() };
    at_and_past("CROP_DIFFERS", &odds(-2.999), &odds(-3.0));

    let water = |w| Case { water: [(240, w)].into(), ..good.clone() };
    at_and_past("EVENT_FLOOD", &water(0.30), &water(0.301));

    // 20,000 m2 and 3,075.7 m2 of error: 2.30757 ha is 10 % less than 2.56397 ha.
    let declared = |ha| Case { declared_area_ha: Some(ha), ..good.clone() };
    at_and_past("AREA_UNDER_DECLARED", &declared(2.5639), &declared(2.5640));
    // 1.69243 ha is 10 % more than 1.53857 ha.
    at_and_past("AREA_OVER_DECLARED", &declared(1.5386), &declared(1.5385));

    let bare =
        |n: i64| Case { clear_days: (0..n).map(|i| 252 - i * 252 / (n - 1)).collect(), ..Case::fallow() };
    at_and_past("LAND_NOT_CROPPED", &bare(11), &bare(12));
}
