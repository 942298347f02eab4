//! What a loan officer reads first, and what is asked of whom.

use croplens::crop::{CannotTell, DateInterval, OutOfDomain, Verdict};
use croplens::lending::{Appraisal, appraise};
use croplens::record::{Effect, Status};
use jiff::civil::date;

use super::case::{Case, first_policy};

fn appraised(case: &Case) -> Appraisal {
    let built = case.build();
    appraise(&built.evidence(), &first_policy())
}

fn unsure() -> CannotTell {
    CannotTell::Ambiguous { crop: "rapeseed".into(), probability: 0.3, need: 0.7 }
}

fn codes(a: &Appraisal) -> Vec<&str> {
    a.reasons_all.iter().map(|r| r.code()).collect()
}

/// A policy that makes a contradiction a question leaves it the first one: that no crop can be named comes after it.
#[test]
fn what_was_seen_stands_before_what_the_method_cannot_tell() {
    let verdict = Some((Verdict::Contradicted, Some(-5.0)));
    let a = appraised(&Case { verdict, cannot_tell: vec![unsure()], ..Case::good() });
    assert_eq!(a.status, Status::Refer);
    assert_eq!(&codes(&a)[..2], ["CROP_DIFFERS", "CROP_UNCERTAIN"]);
}

/// Where nothing was seen clearly, the crop's probabilities are those of the region, and no reading of this plot.
#[test]
fn no_probability_is_told_of_a_plot_that_nobody_saw() {
    let nothing = Case {
        clear_days: [].into(),
        season: false,
        harvest: false,
        verdict: Some((Verdict::Undetermined, None)),
        cannot_tell: vec![unsure()],
        ..Case::good()
    };
    let blind = appraised(&nothing);
    assert_eq!(blind.status, Status::Refer);
    assert!(!codes(&blind).contains(&"CROP_UNCERTAIN"), "{:?}", codes(&blind));
    let seen = Case { clear_days: Case::good().clear_days, ..nothing };
    assert!(codes(&appraised(&seen)).contains(&"CROP_UNCERTAIN"));
}

/// A row of the calendar is asked for where one is missing, and nowhere else.
#[test]
fn a_row_of_the_calendar_is_no_remedy_for_what_the_curve_does_not_show() {
    let asked = |what: OutOfDomain| {
        let cannot_tell = vec![CannotTell::OutOfDomain(what)];
        let verdict = Some((Verdict::Undetermined, None));
        let a = appraised(&Case { verdict, cannot_tell, ..Case::good() });
        let change = a.what_would_change.iter().find(|c| c.code == "CROP_OUT_OF_DOMAIN");
        change.map(|c| c.condition.clone())
    };
    let profile = Some("crop_profile".to_owned());
    assert_eq!(asked(OutOfDomain::UnknownWord { word: "quinoa".into() }), profile);
    assert_eq!(asked(OutOfDomain::NoCalendar { crops: vec!["teff".into()] }), profile);
    assert_eq!(asked(OutOfDomain::RipeOrCut), Some("visit".to_owned()));
    let (on, emergence) = (date(2024, 4, 20), date(2024, 5, 20));
    for what in [
        OutOfDomain::WeakRise { rise: 0.1, least: 0.2 },
        OutOfDomain::Shapeless { low: 0.2, high: 0.5 },
        OutOfDomain::AnotherCanopy { on, ndvi: 0.8, emergence },
    ] {
        assert_ne!(asked(what.clone()), profile, "{what:?}");
    }
}

/// Ripeness of a crop that has not come up is a plan: it is told, and speaks for nobody.
#[test]
fn dates_of_a_crop_that_is_not_up_speak_for_nobody() {
    let effect = |up_on: jiff::civil::Date| {
        let mut built = Case::good().build();
        built.assessment.emergence = Some(DateInterval { p10: up_on, p50: up_on, p90: up_on });
        let a = appraise(&built.evidence(), &first_policy());
        a.reasons_all.iter().find(|r| r.code() == "MATURITY_ON_TRACK").map(|r| r.effect())
    };
    let as_of = Case::good().as_of;
    assert_eq!(effect(as_of), Some(Effect::For));
    assert_eq!(effect(as_of.tomorrow().unwrap()), Some(Effect::Info));
}
