//! A crop on land that was green all year before.

use croplens::lending::{appraise, seal};
use croplens::observation::{NdviStats, Observation};
use croplens::record::{Effect, EligibilityRecord, Status};
use croplens::scene::SceneId;
use jiff::ToSpan;

use super::case::{Built, Case, START, first_policy, provenance};

/// Adds a year that ends `back` years before the season, a value every `step` days.
fn add_year(built: &mut Built, back: i64, step: i64, ndvi: impl Fn(i64) -> f64) {
    let model = built.observations.iter().find(|o| o.ndvi.is_some()).unwrap().clone();
    for day in (1..=365).step_by(step as usize) {
        let date = START.checked_sub((365 * (back - 1) + day).days()).unwrap();
        let mean = ndvi(day);
        built.observations.push(Observation {
            scene: SceneId::new(&format!("OLD_{date}")).unwrap(),
            date,
            datetime: format!("{date}T10:20:31Z").parse().unwrap(),
            ndvi: Some(NdviStats { mean, ..model.ndvi.unwrap() }),
            ..model.clone()
        });
    }
}

fn record(built: &Built) -> EligibilityRecord {
    let evidence = built.evidence();
    seal(&appraise(&evidence, &first_policy()), &evidence, &provenance())
}

fn forest(day: i64) -> f64 {
    0.75 + 0.1 * (day as f64 / 58.0).sin()
}

fn field(day: i64) -> f64 {
    0.5 + 0.35 * (day as f64 / 58.0).sin()
}

/// Years back, days between dates, and the value of a day.
type Years<'a> = &'a [(i64, i64, fn(i64) -> f64)];

fn found(years: Years<'_>) -> Option<(Effect, Status)> {
    let mut built = Case::good().build();
    for (back, step, ndvi) in years {
        add_year(&mut built, *back, *step, ndvi);
    }
    let r = record(&built);
    let reason = r.reasons_all.iter().find(|x| x.code() == "LAND_FORMER_FOREST")?;
    assert!(r.what_would_change.iter().any(|c| c.condition == "land_history"));
    Some((reason.effect(), r.status))
}

#[test]
fn two_green_years_before_a_crop_refer_and_never_refuse() {
    let referred = Some((Effect::Refer, Status::Refer));
    assert_eq!(found(&[(1, 10, forest), (2, 10, forest)]), referred);
    // The year of the clearing lies between.
    assert_eq!(found(&[(1, 10, field), (2, 10, forest), (3, 10, forest)]), referred);
}

#[test]
fn fields_single_green_years_and_years_hardly_seen_say_nothing() {
    assert_eq!(found(&[]), None);
    assert_eq!(found(&[(1, 10, field), (2, 10, field)]), None);
    assert_eq!(found(&[(1, 10, forest)]), None);
    assert_eq!(found(&[(1, 10, forest), (2, 10, field), (3, 10, forest)]), None);
    // Seven clear dates a year are too few.
    assert_eq!(found(&[(1, 60, forest), (2, 60, forest)]), None);
    // Two crops a year are green for long, but fall between them.
    let double: fn(i64) -> f64 = |day| 0.55 + 0.3 * (day as f64 / 29.0).sin();
    assert_eq!(found(&[(1, 10, double), (2, 10, double)]), None);
}

#[test]
fn without_a_crop_now_nothing_was_converted() {
    let mut built = Case::fallow().build();
    add_year(&mut built, 1, 10, forest);
    add_year(&mut built, 2, 10, forest);
    assert!(record(&built).reasons_all.iter().all(|r| r.code() != "LAND_FORMER_FOREST"));
}

#[test]
fn the_reason_says_its_numbers() {
    let mut built = Case::good().build();
    add_year(&mut built, 1, 10, |_| 0.7);
    add_year(&mut built, 2, 10, |_| 0.7);
    let r = record(&built);
    let reason = r.reasons_all.iter().find(|x| x.code() == "LAND_FORMER_FOREST").unwrap();
    assert_eq!(
        reason.text_en(),
        "From 2021-10-01 to 2023-09-30 the land was green all year, as forest, tree crops or permanent grass are: on 74 \
         clear dates NDVI stayed above 0.70 (0.50 and more counts), within 0.00. Now a crop is seen."
    );
}
