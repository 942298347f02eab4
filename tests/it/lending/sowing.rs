//! A declared sowing date that was not used is told, asks at most for a person, and dates no part of a loan.

use croplens::crop::{Cropped, SowingNotUsed, Verdict};
use croplens::lending::{Policy, appraise, seal};
use croplens::record::{Effect, EligibilityRecord, Status};
use croplens::store::{Pledge, Report, report_html, report_html_zh};
use jiff::civil::{Date, date};

use super::case::{Case, first_policy, provenance};

const SOWN: Date = date(2024, 3, 3);

fn with_unused(case: Case) -> Case {
    let unused = SowingNotUsed {
        crop: "maize".into(),
        sown: SOWN,
        from: date(2024, 4, 20),
        to: date(2024, 6, 10),
        days: 48,
        most: 20,
    };
    Case { sowing_not_used: Some(unused), ..case }
}

fn record(case: &Case, policy: &Policy) -> EligibilityRecord {
    let mut built = case.build();
    built.plot.declared.sowing_date = Some(SOWN);
    let evidence = built.evidence();
    seal(&appraise(&evidence, policy), &evidence, &provenance())
}

fn effects(r: &EligibilityRecord) -> Vec<Effect> {
    r.reasons_all.iter().filter(|x| x.code() == "SOWING_DATE_NOT_USED").map(|x| x.effect()).collect()
}

#[test]
fn it_is_a_note_where_the_declared_crop_is_seen_and_else_a_referral() {
    let seen = record(&with_unused(Case::good()), &first_policy());
    assert_eq!((seen.status, effects(&seen)), (Status::Supports, vec![Effect::Info]));
    let said = seen.reasons_all.iter().find(|x| x.code() == "SOWING_DATE_NOT_USED").unwrap();
    assert_eq!(
        said.text_en(),
        "The declared sowing date 2024-03-03 was not used: it lies 48 days outside the time in which maize is sown here \
         by the calendar (2024-04-20 to 2024-06-10); up to 20 days outside are accepted. The date, the declared crop or the \
         calendar does not hold."
    );
    assert!(said.text_zh().contains("玉米") && said.text_zh().contains("48天"), "{}", said.text_zh());

    // What speaks against the plot without the date only refers with it: it may be another season that was looked at.
    let contradicted = Case { verdict: Some((Verdict::Contradicted, Some(-5.0))), ..Case::good() };
    assert_eq!(record(&Case::fallow(), &first_policy()).status, Status::DoesNotSupport);
    for case in [Case::fallow(), contradicted] {
        let r = record(&with_unused(case), &first_policy());
        assert_eq!((r.status, effects(&r)), (Status::Refer, vec![Effect::Refer]));
        let change = r.what_would_change.iter().find(|c| c.condition == "correct_sowing_date").unwrap();
        assert_eq!(change.text_en, "A sowing date between 2024-04-20 and 2024-06-10.");
    }
    let untold = Case { cropped: Cropped::CannotTell, ..Case::good() };
    assert_eq!(effects(&record(&with_unused(untold), &first_policy())), [Effect::Refer]);
}

#[test]
fn parts_of_the_loan_are_not_dated_by_it() {
    let mut policy = Policy::built_in("conservative-cereals").unwrap().unwrap();
    policy.consent = None;
    let deadlines =
        |case: &Case| record(case, &policy).disbursement.iter().map(|t| t.deadline).collect::<Vec<_>>();
    let (by_date, without) = (deadlines(&Case::good()), deadlines(&with_unused(Case::good())));
    assert!(by_date.iter().any(Option::is_some), "{by_date:?}");
    // The case tells no emergence, so nothing dates them.
    assert!(without.iter().all(Option::is_none), "{without:?}");
    // Nor by a day to come, or one too long ago.
    for as_of in [date(2024, 3, 2), date(2026, 3, 3)] {
        let cannot_be = deadlines(&Case { as_of, ..Case::good() });
        assert!(cannot_be.iter().all(Option::is_none), "{as_of}: {cannot_be:?}");
    }
}

/// A reader of the report must not take the date for one that dates the crop.
#[test]
fn the_reports_say_beside_the_date_that_it_was_not_used() {
    let cells = |case: &Case| {
        let r = record(case, &first_policy());
        let report = Report { record: &r, chart_svg: None, picture: None };
        let cell = |page: String, head: &str| {
            let row = page.split(&format!(r#"<th scope="row">{head}</th>"#)).nth(1).unwrap().to_owned();
            row.split("</td>").next().unwrap().trim_start_matches("<td>").to_owned()
        };
        (cell(report_html(&report), "Sowing"), cell(report_html_zh(&report), "播种"))
    };
    for case in [Case::good(), Case::fallow()] {
        assert_eq!(cells(&case), ("3 Mar 2024".to_owned(), "2024年3月3日".to_owned()));
        let (en, zh) = cells(&with_unused(case));
        assert_eq!(en, "3 Mar 2024, not used: far from the sowing time here");
        assert_eq!(zh, "2024年3月3日（与此地播种期相差过远，未采用）");
    }
    // A date that cannot be true dates nothing either, whatever else is said of it.
    let late = |case: Case| Case { as_of: date(2024, 3, 2), ..case };
    for case in [late(Case::good()), late(with_unused(Case::good()))] {
        let (en, zh) = cells(&case);
        assert_eq!(en, "3 Mar 2024, not used: cannot be this season's");
        assert_eq!(zh, "2024年3月3日（不可能属于本季，未采用）");
    }
}

/// Nobody can have sown on a day that has not come.
#[test]
fn a_sowing_date_is_asked_for_within_the_days_that_have_come() {
    let asked_on = |as_of: Date| {
        let case = Case { as_of, cropped: Cropped::CannotTell, ..Case::good() };
        let r = record(&with_unused(case), &first_policy());
        let change = r.what_would_change.iter().find(|c| c.code == "SOWING_DATE_NOT_USED").unwrap().clone();
        (change.condition, change.text_en)
    };
    let within = |text: &str| ("correct_sowing_date".to_owned(), text.to_owned());
    let whole = within("A sowing date between 2024-04-20 and 2024-06-10.");
    assert_eq!(asked_on(date(2024, 6, 20)), whole);
    assert_eq!(asked_on(date(2024, 6, 10)), whole);
    let clipped = within("A sowing date between 2024-04-20 and 2024-05-15.");
    assert_eq!(asked_on(date(2024, 5, 15)), clipped);
    assert_eq!(asked_on(date(2024, 4, 20)), within("A sowing date between 2024-04-20 and 2024-04-20."));
    // The calendar's sowing is still to come: no earlier date would be taken.
    let (condition, text) = asked_on(date(2024, 4, 19));
    assert_eq!(condition, "correct_or_confirm_crop");
    assert!(!text.contains("2024"), "{text}");
}

/// The register remembers no date that nothing was reckoned with: it would make the same land another season's.
#[test]
fn the_register_keeps_no_date_that_was_not_used() {
    let kept = |r: &EligibilityRecord| Pledge::of(r).unwrap().sowing_date;
    assert_eq!(kept(&record(&Case::good(), &first_policy())), Some(SOWN));
    assert_eq!(kept(&record(&with_unused(Case::good()), &first_policy())), None);
    // Nor one that cannot be this season's.
    let late = Case { as_of: date(2024, 3, 2), ..Case::good() };
    assert_eq!(kept(&record(&late, &first_policy())), None);
}
