//! Laws of the hypothesis ensemble, and its word on fields whose truth is drawn.

use croplens::crop::ensemble::{Answer, AreaShares, Decision, Ensemble, EnsembleTable, Question, Unit, View};
use croplens::crop::{CropRules, Profiles, Verdict};
use jiff::ToSpan;
use jiff::civil::{Date, date};

const FROM: Date = date(2022, 9, 18);
const TO: Date = date(2023, 11, 22);

fn view(date: Date, ndvi: f64) -> View {
    View { date, ndvi, lswi: None, ndyi: None, nir: None, blue: None }
}

/// A field that rises and falls on these days of 2023 over bare soil.
fn field(rise: Date, fall: Date, peak: f64) -> Vec<View> {
    let step = |t: Date, at: Date, width: f64| {
        let days = t.since(at).unwrap().get_days();
        1.0 / (1.0 + (-f64::from(days) / width).exp())
    };
    (0..40)
        .map(|k| FROM.checked_add((k * 10).days()).unwrap())
        .map(|t| view(t, 0.22 + (peak - 0.22) * (step(t, rise, 8.0) - step(t, fall, 8.0))))
        .collect()
}

fn maize() -> Vec<View> {
    field(date(2023, 6, 11), date(2023, 9, 19), 0.87)
}

fn ask_with(views: &[View], as_of: Date, declared: Option<&str>, shares: Option<&AreaShares>) -> Answer {
    let profiles = Profiles::builtin().unwrap();
    let zones = profiles.zones_at(47.0, -0.5);
    let question = Question {
        views,
        as_of,
        latitude: Some(47.0),
        zones: &zones,
        window: Some((FROM, TO)),
        declared_crop: declared,
        declared_sowing: None,
        unit: Unit::Field,
        shares,
        crops: &[],
    };
    Ensemble::builtin().unwrap().answer(&question, &profiles, &CropRules::default())
}

fn ask(views: &[View], as_of: Date, declared: Option<&str>) -> Answer {
    ask_with(views, as_of, declared, None)
}

/// Everything that is said, in full precision.
fn fingerprint(a: &Answer) -> String {
    format!("{:?}", (&a.classes, &a.decision, &a.declared, &a.development))
}

#[test]
fn a_summer_crop_is_no_wheat_and_its_dates_are_found() {
    let a = ask(&maize(), TO, Some("maize"));
    let check = a.declared.clone().unwrap();
    assert_eq!(check.verdict, Verdict::Consistent, "{check:?}");
    let d = a.development.unwrap();
    let off = |got: Date, truth: Date| got.since(truth).unwrap().get_days().abs();
    assert!(off(d.greenup.p50, date(2023, 6, 11)) <= 5, "{:?}", d.greenup);
    assert!(off(d.senescence.p50, date(2023, 9, 19)) <= 7, "{:?}", d.senescence);
    assert!(d.harvest.p10 <= d.harvest.p50 && d.harvest.p50 <= d.harvest.p90);
    assert!(d.harvest.p50 > d.senescence.p50);
    let wheat = ask(&maize(), TO, Some("winter wheat")).declared.unwrap();
    assert!(matches!(wheat.verdict, Verdict::Contradicted | Verdict::Inconsistent), "{wheat:?}");
    assert!(wheat.better.is_some() && wheat.log_odds.unwrap() < -1.0);
    let wheat = field(date(2023, 3, 11), date(2023, 6, 21), 0.88);
    let a = ask(&wheat, TO, Some("blé tendre"));
    assert_eq!(a.declared.unwrap().verdict, Verdict::Consistent);
    assert_eq!(ask(&wheat, TO, Some("dragon fruit")).declared.unwrap().verdict, Verdict::UnknownCrop);
}

#[test]
fn nothing_is_held_against_a_farmer_on_few_clear_dates() {
    for keep in [0, 1, 3, 7] {
        let few: Vec<View> = maize().into_iter().step_by(5).take(keep).collect();
        let a = ask(&few, TO, Some("winter wheat"));
        assert!(matches!(a.decision, Decision::Refer(_)), "{keep}: {:?}", a.decision);
        assert_eq!(a.declared.unwrap().verdict, Verdict::Undetermined, "{keep}");
    }
}

#[test]
fn order_of_rows_and_repetition_change_nothing() {
    let mut views = maize();
    let first = fingerprint(&ask(&views, TO, Some("maize")));
    assert_eq!(first, fingerprint(&ask(&views, TO, Some("maize"))));
    views.reverse();
    assert_eq!(first, fingerprint(&ask(&views, TO, Some("maize"))));
    views.rotate_left(13);
    assert_eq!(first, fingerprint(&ask(&views, TO, Some("maize"))));
}

#[test]
fn nothing_after_the_as_of_date_is_used() {
    let cut = date(2023, 7, 20);
    let known: Vec<View> = maize().into_iter().filter(|v| v.date <= cut).collect();
    let a = ask(&maize(), cut, Some("maize"));
    assert_eq!(fingerprint(&a), fingerprint(&ask(&known, cut, Some("maize"))));
    // The harvest lies ahead, and is less sure than at the end.
    let ahead = a.development.unwrap().harvest;
    let after = ask(&maize(), TO, Some("maize")).development.unwrap().harvest;
    let width = |i: &croplens::crop::DateInterval| i.p90.since(i.p10).unwrap().get_days();
    assert!(ahead.p10 > cut && width(&ahead) >= width(&after), "{ahead:?} {after:?}");
}

#[test]
fn a_later_field_has_later_dates() {
    let greenup = |shift: i64| {
        let rise = date(2023, 6, 8).checked_add(shift.days()).unwrap();
        let fall = date(2023, 9, 14).checked_add(shift.days()).unwrap();
        let d = ask(&field(rise, fall, 0.87), TO, Some("maize")).development.unwrap();
        (d.greenup.p50, d.senescence.p50)
    };
    let (early, late) = (greenup(0), greenup(10));
    let moved = |a: Date, b: Date| b.since(a).unwrap().get_days();
    assert!((6..=14).contains(&moved(early.0, late.0)), "{early:?} {late:?}");
    assert!((6..=14).contains(&moved(early.1, late.1)), "{early:?} {late:?}");
}

#[test]
fn probabilities_sum_to_one_and_shares_are_a_visible_input() {
    let shares = AreaShares::parse(include_str!("../../../pipelines/shares/france.toml")).unwrap();
    let flat = ask(&maize(), TO, None);
    let by_area = ask_with(&maize(), TO, None, Some(&shares));
    for a in [&flat, &by_area] {
        let sum: f64 = a.classes.iter().map(|c| c.probability).sum();
        let prior: f64 = a.classes.iter().map(|c| c.prior).sum();
        assert!((sum - 1.0).abs() < 1e-9 && (prior - 1.0).abs() < 1e-9);
    }
    assert!(by_area.prior_source.contains("France 2023") && flat.prior_source.contains("alike"));
    let p = |a: &Answer, name: &str| a.crops.iter().find(|c| c.crop == name).unwrap().probability;
    assert!(p(&by_area, "soybean") < p(&flat, "soybean"));
    // The declared check never sees the shares.
    let with = ask_with(&maize(), TO, Some("soybean"), Some(&shares)).declared;
    assert_eq!(with, ask(&maize(), TO, Some("soybean")).declared);
}

#[test]
fn bare_soil_is_bare_and_a_meadow_is_no_crop() {
    let days: Vec<Date> = (0..40).map(|k| FROM.checked_add((k * 10).days()).unwrap()).collect();
    let bare: Vec<View> = days.iter().map(|d| view(*d, 0.17)).collect();
    assert_eq!(ask(&bare, TO, None).crops[0].crop, "bare_built");
    // Cut every two months, grown back in three weeks.
    let cut = |k: usize| [0.74, 0.48, 0.60, 0.68, 0.72, 0.75][k % 6];
    let meadow: Vec<View> = days.iter().enumerate().map(|(k, d)| view(*d, cut(k))).collect();
    // NDVI alone does not tell a meadow from trees; that neither is an annual crop it does.
    let a = ask(&meadow, TO, None);
    let crop: f64 = a.classes.iter().filter(|c| c.is_crop).map(|c| c.probability).sum();
    assert!(["grass", "tree"].contains(&a.groups[0].crop.as_str()) && crop < 0.3, "{:?} {crop}", a.groups);
}

#[test]
fn a_table_without_sources_or_with_impossible_numbers_is_refused() {
    let text = include_str!("../../../pipelines/ensemble.toml");
    assert!(EnsembleTable::parse(text).is_ok());
    let source = "source = \"[K] science 5.3\"";
    for (good, bad) in [
        (source, "source = \" \""),
        ("noise_sd = 0.05", "noise_sd = 0.0"),
        ("fitted_on = \"478", "fitted_on = \"\" # \"478"),
        ("crops = [\"*\"]", "crops = [\"maize\"]"),
        ("open_set = true", "open_set = false"),
        ("unit = \"pixel\"", "unit = \"village\""),
        ("name = \"lswi\"", "name = \"evi\""),
    ] {
        assert!(text.contains(good), "{good}");
        let error = EnsembleTable::parse(&text.replacen(good, bad, 1)).unwrap_err().to_string();
        assert!(error.len() > 20, "{error}");
    }
    let shares = include_str!("../../../pipelines/shares/france.toml");
    assert!(AreaShares::parse(&shares.replacen("maize = 2.7", "maize = 0", 1)).is_err());
}
