//! No Chinese sentence of a record holds an English word: what is not a unit, a name of the trade or quoted from the
//! input is said in Chinese.

use std::collections::BTreeSet;

use croplens::crop::ensemble::EnsembleTable;
use croplens::crop::events::{Alike, Event, EventKind, Planting};
use croplens::crop::vigour::{AmongPeers, Vigour};
use croplens::crop::{CannotTell, Condition, Profiles};
use croplens::lending::{Common, Policy, appraise, internal_error, seal, without_consent};
use croplens::plot::Repair;
use croplens::record::{
    Basis, CODES, CONDITIONS, Code, EligibilityRecord, Form, Param, ParamValue, Reason, WORDS, in_chinese,
};
use proptest::prelude::*;

use super::case::{Built, Case, day, first_policy, provenance};
use super::english_words::english_in;
use super::laws::{Application, any_application, filled};

/// Everything that is told in Chinese, with its parameters held against the table of words.
fn english_of(r: &EligibilityRecord, quoted: &[&str]) -> Vec<String> {
    let reasons = r.reasons_all.iter().map(|reason| (reason.code(), reason.text_zh()));
    let changes = r.what_would_change.iter().map(|c| (c.condition.as_str(), c.text_zh.as_str()));
    let said = reasons.chain(changes).flat_map(|(of, text)| {
        english_in(text, quoted).into_iter().map(move |word| format!("{of}: {word} in {text}"))
    });
    let untold = r.reasons_all.iter().flat_map(|reason| unknown_words(reason, quoted));
    said.chain(untold).collect()
}

/// Parameters that should be words of the table and are not.
fn unknown_words(reason: &Reason, quoted: &[&str]) -> Vec<String> {
    let facts = Code::parse(reason.code()).unwrap().facts();
    let words = facts.params.iter().filter(|p| p.form == Form::Word);
    let values = words.flat_map(|p| match &reason.params()[p.name] {
        ParamValue::Text(word) => vec![word.clone()],
        ParamValue::List(words) => words.clone(),
        _ => Vec::new(),
    });
    let unknown = values.filter(|word| in_chinese(word).is_none() && !quoted.contains(&word.as_str()));
    unknown.map(|word| format!("{}: no such word: {word}", reason.code())).collect()
}

/// Every crop of the calendar and every cover of the ensemble's table: what an appraisal can name.
fn names_of_land() -> Vec<String> {
    let profiles = Profiles::builtin().unwrap();
    let ensemble = EnsembleTable::builtin().unwrap();
    let crops = profiles.crops().iter().map(|crop| crop.name.clone());
    let mut names: Vec<String> = crops.chain(ensemble.covers().map(|(name, _)| name.to_owned())).collect();
    names.sort();
    names.dedup();
    names
}

/// Whatever the tables can name has a word in each language: `bare_built` is none.
#[test]
fn every_crop_and_cover_has_its_words() {
    let names = names_of_land();
    assert!(names.len() > 20 && names.iter().any(|name| name == "bare_built"), "{names:?}");
    for name in names {
        let row = WORDS.iter().find(|row| row.word == name);
        let row = row.unwrap_or_else(|| panic!("{name} has no words"));
        assert!(!row.en.contains('_') && !row.zh.is_ascii(), "{row:?}");
    }
}

/// The Chinese page says each part of how sure it is that the English one says.
#[test]
fn every_part_of_the_confidence_is_read_back_in_chinese() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let strategy = anything();
    let mut said = BTreeSet::new();
    for _ in 0..300 {
        let (application, built) = strategy.new_tree(&mut runner).unwrap().current();
        for part in appraise(&built.evidence(), &application.1).confidence_basis {
            let (_, sentence) = part.split_once(": ").unwrap();
            let zh = Basis::in_chinese(sentence).unwrap_or_else(|| panic!("{sentence}"));
            let grade = english_in(&zh, &[]);
            assert!(grade.iter().all(|g| ["A", "B", "C", "D"].contains(&g.as_str())), "{zh}");
            let digits = |text: &str| -> Vec<String> {
                let runs = text.split(|c: char| !c.is_ascii_digit());
                runs.filter(|run| !run.is_empty()).map(str::to_owned).collect()
            };
            assert_eq!(digits(&zh), digits(sentence), "{zh}");
            let row =
                Basis::ALL.iter().position(|row| row.en.split("{}").all(|piece| sentence.contains(piece)));
            said.insert(row.unwrap());
        }
    }
    assert!(said.len() >= 5, "{said:?}");
    assert_eq!(Basis::in_chinese("something else"), None);
    assert_eq!(Basis::in_chinese("no clear date at all").as_deref(), Some(Basis::NEVER_CLEAR.zh));
}

fn event() -> impl Strategy<Value = (Event, Option<Alike>)> {
    let kinds = vec![
        EventKind::Loss,
        EventKind::EarlyHarvest,
        EventKind::CoverGone,
        EventKind::Decline,
        EventKind::Flood,
    ];
    (prop::sample::select(kinds), 0.0..1.0f64, prop::option::of(0.0..1.0f64)).prop_map(
        |(kind, part, alike)| {
            let event = Event {
                kind,
                from: day(190),
                to: day(200),
                last: day(220),
                drop: 0.4,
                severity: Some(part),
                area_fraction: Some(part),
                ripe_probability: 0.0,
                harvest_from: Some(day(280)),
                declared_before: None,
                evidence: vec![day(200), day(210), day(220)],
            };
            (event, alike.map(|share| Alike { n: 20, share }))
        },
    )
}

fn peers() -> impl Strategy<Value = AmongPeers> {
    (-4.0..4.0f64).prop_map(|z| AmongPeers {
        n: 12,
        radius_m: 4_000.0,
        z,
        percentile: 0.5,
        percentile_lower: 0.4,
        percentile_upper: 0.6,
        log_ratio: z / 10.0,
        vci: None,
        ids: Vec::new(),
    })
}

prop_compose! {
    fn condition()(
        events in prop::collection::vec(event(), 0..3),
        peers in prop::option::of(peers()),
        behind in prop::option::of((0i32..60, 5usize..40)),
        no_yield in prop::sample::select(vec![
            "no_statistics", "no_row", "crop_not_sure", "no_crop_seen", "event_on_plot",
        ]),
        late in any::<bool>(),
    ) -> Condition {
        let (events, alike) = events.into_iter().unzip();
        let not_planted = Planting::NotPlanted {
            sowing_until: day(30),
            greenup_until: day(150),
            highest_ndvi: 0.2,
            limit_ndvi: 0.3,
            evidence: vec![day(160), day(170)],
        };
        Condition {
            looked: true,
            events,
            planting: late.then_some(not_planted),
            vigour: Vigour { peers, days_behind: behind, alike, ..Vigour::default() },
            no_yield: Some(no_yield),
            ..Condition::default()
        }
    }
}

/// An application with what may have befallen it, and repairs of its outline.
fn anything() -> impl Strategy<Value = (Application, Built)> {
    let all = [
        Repair::ClosedRing,
        Repair::TrackToPolygon,
        Repair::Reoriented,
        Repair::RemovedDuplicateVertices,
        Repair::DroppedHeights,
        Repair::CollectionToMultiPolygon,
    ];
    let extra = (
        prop::option::of(condition()),
        prop::sample::subsequence(all.to_vec(), 0..6),
        prop::option::of(prop::sample::select(names_of_land())),
        prop::option::of((prop::sample::select(names_of_land()), 0.05..0.99f64)),
        any::<bool>(),
        any::<bool>(),
    );
    (any_application(), extra).prop_map(
        |(application, (condition, repairs, crop, candidate, copied, same_borrower))| {
            let mut built = filled(&application);
            built.condition = condition.unwrap_or_default();
            built.plot.repairs = repairs;
            if let (Some(check), Some(crop)) = (&mut built.assessment.declared, crop) {
                check.better = Some(format!("{crop}: peak seen 2024-07-20"));
            }
            built.assessment.cannot_tell.extend(candidate.map(|(crop, probability)| CannotTell::Ambiguous {
                crop,
                probability,
                need: 0.7,
            }));
            if same_borrower {
                built.plot.references.borrower = Some("B-1".into());
            }
            for overlap in &mut built.overlaps {
                if same_borrower {
                    overlap.references.borrower = Some("B-1".into());
                    overlap.references.application = Some("A-2".into());
                }
                if copied {
                    overlap.common = Common::Shape { distance_m: 900.0 };
                }
            }
            (application, built)
        },
    )
}

/// The texts of an application that a sentence may repeat.
fn quoted<'a>(built: &'a Built, policy: &'a Policy) -> Vec<&'a str> {
    let declared = &built.plot.declared;
    let caps = policy.limit.iter().flat_map(|limit| limit.caps.iter().map(|cap| cap.name.as_str()));
    let financed = policy.crops.iter().flat_map(|list| list.financed.iter().map(String::as_str));
    let currency = policy.limit.iter().map(|limit| limit.currency.as_str());
    let given = declared.crop.iter().chain(&declared.currency).map(String::as_str);
    // A crop that the table knows is told by its Chinese name, never quoted.
    let unknown = financed.chain(given).filter(|text| in_chinese(text).is_none());
    let ids = ["A-2", "N0", "N1", "N2", "KIT-0417", "quinoa", built.assessment.method];
    caps.chain(unknown).chain(currency).chain(ids).collect()
}

/// All codes that a set of records has told.
fn told(built: &Built, policy: &Policy, codes: &mut BTreeSet<String>) -> Vec<String> {
    let evidence = built.evidence();
    let r = seal(&appraise(&evidence, policy), &evidence, &provenance());
    codes.extend(r.reasons_all.iter().map(|reason| reason.code().to_owned()));
    codes.extend(r.what_would_change.iter().map(|c| c.condition.clone()));
    english_of(&r, &quoted(built, policy))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(384))]

    #[test]
    fn no_chinese_sentence_holds_an_english_word((application, built) in anything()) {
        let english = told(&built, &application.1, &mut BTreeSet::new());
        prop_assert!(english.is_empty(), "{english:#?}");
    }
}

/// The law above would hold of records that say nothing; these say nearly all there is to say, and name the rest.
#[test]
fn the_draws_tell_nearly_every_code_and_condition() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let strategy = anything();
    let mut codes = BTreeSet::new();
    for _ in 0..3_000 {
        let (application, built) = strategy.new_tree(&mut runner).unwrap().current();
        let english = told(&built, &application.1, &mut codes);
        assert!(english.is_empty(), "{english:#?}");
    }
    // What the draws do not reach, built by hand.
    let consent = Policy::built_in("conservative-cereals").unwrap().unwrap();
    for (reference, purpose, ends) in
        [(None, None, None), (Some("C-1"), Some("marketing"), None), (Some("C-1"), None, Some("2020-01-01"))]
    {
        let mut plot = Case::good().build().plot;
        plot.references.consent = reference.map(str::to_owned);
        plot.references.consent_purpose = purpose.map(str::to_owned);
        plot.references.consent_expires_at = ends.map(str::to_owned);
        let r = without_consent(&plot, Case::good().as_of, &consent, &provenance()).unwrap();
        codes.extend(r.reasons_all.iter().map(|reason| reason.code().to_owned()));
        assert_eq!(english_of(&r, &[]), [""; 0]);
    }
    let r = internal_error(&Case::good().build().plot, day(200), &first_policy(), &provenance());
    codes.extend(r.reasons_all.iter().map(|reason| reason.code().to_owned()));
    assert_eq!(english_of(&r, &[]), [""; 0]);
    // Of what no draw reaches, no sentence takes a word: what it says stands in the table, which is held below.
    let takes_words =
        |params: &[Param]| params.iter().any(|p| p.form == Form::Word || p.name.ends_with("_zh"));
    let is_input = |params: &[Param]| params.iter().any(|p| p.name == "detail");
    let codes_of = CODES.iter().map(|row| (row.code, row.params));
    let all = codes_of.chain(CONDITIONS.iter().map(|row| (row.word, row.params)));
    let missed: Vec<&str> = all
        .filter(|(word, params)| takes_words(params) && !is_input(params) && !codes.contains(*word))
        .map(|(word, _)| word)
        .collect();
    assert_eq!(missed, [""; 0]);
    assert!(codes.len() > 90, "only {} of the codes and conditions were told", codes.len());
}

#[test]
fn no_chinese_sentence_or_word_of_the_tables_holds_an_english_one() {
    let sentences = CODES.iter().map(|row| (row.code, row.zh, row.params));
    for (code, zh, params) in sentences.chain(CONDITIONS.iter().map(|row| (row.word, row.zh, row.params))) {
        let holes: Vec<String> = params.iter().map(|p| format!("{{{}}}", p.name)).collect();
        let holes: Vec<&str> = holes.iter().map(String::as_str).collect();
        assert_eq!(english_in(zh, &holes), [""; 0], "{code}: {zh}");
    }
    for row in WORDS {
        assert_eq!(english_in(row.zh, &[]), [""; 0], "{}: {}", row.word, row.zh);
    }
}
