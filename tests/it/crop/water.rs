//! Water that was not seen never counts against a declaration of rice, whichever dates are missing.

use croplens::crop::ensemble::{Beside, Ensemble, Question, Unit};
use croplens::crop::{CropRules, DeclaredCheck, Profiles, Unseen, Verdict};
use croplens::simulate::trial::{Look, TrialField, TrialSpec, grow};

use super::grown_fields::{rank, views};

fn checked(
    field: &TrialField,
    kept: &dyn Fn(&Look) -> bool,
    profiles: &Profiles,
    ensemble: &Ensemble,
    unseen: Option<Unseen>,
) -> DeclaredCheck {
    let views = views(field.looks.iter().filter(|l| kept(l)));
    let zones = profiles.zones_at(field.lat, field.lon);
    let question = Question {
        views: &views,
        as_of: field.window.1,
        latitude: Some(field.lat),
        zones: &zones,
        window: Some(field.window),
        declared_crop: Some("rice"),
        declared_sowing: field.asked().map(|c| c.sown),
        unit: Unit::Field,
        shares: None,
        crops: &[],
    };
    let beside = Beside { unseen, ..Beside::default() };
    ensemble.answer_beside(&question, &beside, profiles, &CropRules::default()).declared.unwrap()
}

/// The oracle is a calendar without flooded crops: there no date's water means anything. Next to it, whatever is hidden,
/// the rule of water must leave rice as it was or better.
#[test]
fn water_that_was_not_seen_never_counts_against_rice() {
    let (wet, ensemble) = (Profiles::builtin().unwrap(), Ensemble::builtin().unwrap());
    let text = include_str!("../../../pipelines/crops.toml");
    let dry = Profiles::parse(&text.replace("flooded = true", "flooded = false")).unwrap();
    let spec = TrialSpec {
        seed: 7,
        fields: 30,
        cloud: Some(0.4),
        regions: ["yangtze", "northeast china", "punjab", "arkansas"].map(str::to_owned).to_vec(),
        events: 0.0,
        ..TrialSpec::default()
    };
    let trial = grow(&spec).unwrap();
    let (mut helped, mut milder, mut paddies) = (0, 0, 0);
    for field in trial.fields.iter().filter(|f| !f.failed && f.asked().is_some_and(|c| c.crop == "rice")) {
        let flooded = |l: &Look| {
            field.asked().is_some_and(|c| c.flooded.iter().any(|(a, b)| (*a..=*b).contains(&l.date)))
        };
        let hidden: [&dyn Fn(&Look) -> bool; 4] =
            [&|_| true, &|l| !flooded(l), &|l| !flooded(l) || l.ndvi() >= 0.45, &|l| {
                !flooded(l) || l.date.day() % 3 == 0
            }];
        for (n, kept) in hidden.into_iter().enumerate() {
            let (with, without) =
                (checked(field, kept, &wet, &ensemble, None), checked(field, kept, &dry, &ensemble, None));
            let said = format!("{} hidden {n}: {with:?} {without:?}", field.id);
            assert!(with.log_odds.unwrap() >= without.log_odds.unwrap() - 1e-9, "{said}");
            assert!(rank(with.verdict) >= rank(without.verdict), "{said}");
            // Something else grew since and the season is not settled: no reason to judge harder than when it is.
            let unseen = Unseen { shows_by: None, risen: true, overdue: false };
            let early = checked(field, kept, &wet, &ensemble, Some(unseen));
            assert!(rank(early.verdict) >= rank(with.verdict), "{said} {early:?}");
            milder += usize::from(with.basis.contains("nobody saw") && with.verdict == Verdict::Undetermined);
            helped += usize::from(n == 0 && with.log_odds > without.log_odds);
        }
        paddies += 1;
    }
    // The rule would hold of one that never sees water; this one does.
    assert!(paddies >= 8 && 2 * helped > paddies, "{helped} of {paddies}");
    assert!(milder > 0, "no verdict was made milder: the rule of unseen water was not asked");
}
