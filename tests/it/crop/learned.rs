//! A classifier that is sure: it may lift a declaration or make it open, it speaks against nobody, and dates nothing.

use croplens::crop::ensemble::{Answer, Beside, Ensemble, Learned, Question, Unit};
use croplens::crop::{CropRules, Profiles};
use croplens::simulate::trial::{TrialField, TrialSpec, grow};

use super::grown_fields::{rank, views};

const LABELS: [&str; 5] = ["winter_wheat", "maize", "rice", "grass", "cotton"];

fn answered(
    field: &TrialField,
    learned: Option<&Learned>,
    profiles: &Profiles,
    ensemble: &Ensemble,
) -> Answer {
    let views = views(&field.looks);
    let zones = profiles.zones_at(field.lat, field.lon);
    let question = Question {
        views: &views,
        as_of: field.window.1,
        latitude: Some(field.lat),
        zones: &zones,
        window: Some(field.window),
        declared_crop: Some(&field.label),
        declared_sowing: None,
        unit: Unit::Field,
        shares: None,
        crops: &[],
    };
    let beside = Beside { learned, ..Beside::default() };
    ensemble.answer_beside(&question, &beside, profiles, &CropRules::default())
}

#[test]
fn a_sure_model_holds_nothing_against_a_crop_that_the_curve_does_not_and_moves_no_date() {
    let (profiles, ensemble) = (Profiles::builtin().unwrap(), Ensemble::builtin().unwrap());
    let trial = grow(&TrialSpec { seed: 11, fields: 36, events: 0.0, ..TrialSpec::default() }).unwrap();
    let labels = LABELS.map(str::to_owned);
    let (mut opened, mut lifted, mut asked) = (0, 0, 0);
    for field in &trial.fields {
        let alone = answered(field, None, &profiles, &ensemble);
        let Some(own) = &alone.declared else { continue };
        for sure in 0..LABELS.len() {
            let mut logits = [-20.0_f32; LABELS.len()];
            logits[sure] = 20.0;
            // The whole weight: not even such a card may make a model the only word.
            let learned = Learned::of(&labels, &logits, 1.0, 1.0);
            let with = answered(field, Some(&learned), &profiles, &ensemble);
            let told = with.declared.as_ref().unwrap();
            let what = format!("{} sure to be {}: {}", field.label, LABELS[sure], told.basis);
            assert!(rank(told.verdict) >= rank(own.verdict).min(2), "{what}");
            if let (Some(odds), Some(before)) = (told.log_odds, own.log_odds) {
                assert!(odds >= before.min(0.0) - 1e-9, "{what}");
            }
            assert_eq!(format!("{:?}", with.development), format!("{:?}", alone.development), "{what}");
            assert_eq!(format!("{:?}", with.undeclared), format!("{:?}", alone.undeclared), "{what}");
            opened += usize::from(rank(told.verdict) < rank(own.verdict));
            lifted += usize::from(rank(told.verdict) > rank(own.verdict));
            asked += 1;
        }
    }
    println!("{asked} asked, {opened} consistent ones made open, {lifted} lifted");
    assert!(opened >= 10 && lifted >= 3, "{asked} {opened} {lifted}");
}
