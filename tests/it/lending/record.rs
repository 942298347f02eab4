//! The record itself: its hash, its columns, its reason codes.

use std::collections::BTreeSet;

use croplens::lending::{appraise, seal};
use croplens::record::{
    CODES, Code, Effect, EligibilityRecord, Field, Form, Kind, Link, Param, ParamValue, Party, Reason, WORDS,
    digest, verify,
};
use serde_json::{Value, json};

use super::case::{Case, first_policy, provenance};

fn full_record() -> EligibilityRecord {
    let case =
        Case { skipped_days: [(33, croplens::observation::Reject::ReadFailed)].into(), ..Case::good() };
    let mut built = case.build();
    built.plot.repairs = vec![croplens::plot::Repair::ClosedRing];
    built.assessment.candidates =
        vec![croplens::crop::Candidate { crop: "winter_wheat".into(), probability: 0.91 }];
    let mut evidence = built.evidence();
    evidence.links =
        vec![Link { rel: "report".into(), href: "report.html".into(), r#type: "text/html".into() }];
    seal(&appraise(&evidence, &first_policy()), &evidence, &provenance())
}

/// Changes the value at the n-th leaf (depth first); false when there is no such leaf.
fn change_leaf(value: &mut Value, n: &mut usize) -> bool {
    match value {
        Value::Array(items) if !items.is_empty() => items.iter_mut().any(|i| change_leaf(i, n)),
        Value::Object(members) if !members.is_empty() => members.values_mut().any(|m| change_leaf(m, n)),
        leaf => {
            if *n > 0 {
                *n -= 1;
                return false;
            }
            *leaf = match leaf {
                Value::Null => json!("x"),
                Value::Bool(b) => json!(!*b),
                Value::Number(x) => json!(x.as_f64().unwrap() + 0.000_001),
                Value::String(s) => json!(format!("{s} ")),
                _ => json!(["x"]),
            };
            true
        }
    }
}

#[test]
fn a_change_to_any_value_shows() {
    let record = serde_json::to_value(full_record()).unwrap();
    verify(&record.to_string()).unwrap();
    let mut leaves = 0;
    loop {
        let mut forged = record.clone();
        if !change_leaf(&mut forged, &mut leaves.clone()) {
            break;
        }
        assert!(verify(&forged.to_string()).is_err(), "leaf {leaves} was changed unseen");
        leaves += 1;
    }
    assert!(leaves > 400, "only {leaves} values were tried");
    for name in record.as_object().unwrap().keys() {
        let mut forged = record.clone();
        forged.as_object_mut().unwrap().remove(name);
        assert!(verify(&forged.to_string()).is_err(), "{name} was taken out unseen");
    }
    let mut forged = record.clone();
    forged["approved"] = json!(true);
    assert!(verify(&forged.to_string()).is_err(), "something was added unseen");
    assert!(verify("[]").is_err() && verify("{").is_err() && verify("{}").is_err());
}

#[test]
fn a_record_reads_back_as_it_was_written() {
    let record = full_record();
    let text = serde_json::to_string(&record).unwrap();
    let back: EligibilityRecord = serde_json::from_str(&text).unwrap();
    assert_eq!(back, record);
    assert_eq!(digest(&back), record.record_sha256);
    assert_eq!(serde_json::to_string(&back).unwrap(), text);
    let pretty = serde_json::to_string_pretty(&serde_json::to_value(&record).unwrap()).unwrap();
    verify(&pretty).unwrap();
}

#[test]
fn the_id_follows_inputs_and_settings() {
    let record = full_record();
    assert_eq!(record.record_id.as_bytes()[14], b'5', "a UUID of version 5");
    let built = Case::good().build();
    let evidence = built.evidence();
    let id = |p: &croplens::lending::Provenance| {
        seal(&appraise(&evidence, &first_policy()), &evidence, p).record_id
    };
    let other = croplens::lending::Provenance { config_sha256: "other".into(), ..provenance() };
    assert_eq!(id(&provenance()), id(&provenance()));
    assert_ne!(id(&provenance()), id(&other));
    assert_ne!(id(&provenance()), record.record_id, "a failed scene is another input");
}

/// Whether a JSON value is of the kind the column says.
fn fits(value: &Value, field: &Field, kind: &Kind) -> bool {
    if value.is_null() {
        return field.nullable;
    }
    match kind {
        Kind::Text => value.is_string(),
        Kind::Word(words) => value.as_str().is_some_and(|w| words.contains(&w)),
        Kind::Integer => value.is_u64(),
        Kind::Number { decimals } => value.as_f64().is_some_and(|x| {
            let text = format!("{x:.*}", usize::from(*decimals));
            text.parse::<f64>() == Ok(x)
        }),
        Kind::Bool => value.is_boolean(),
        Kind::Date => value.as_str().is_some_and(|t| t.parse::<jiff::civil::Date>().is_ok() && t.len() == 10),
        Kind::Instant => {
            value.as_str().is_some_and(|t| t.parse::<jiff::Timestamp>().is_ok() && t.ends_with('Z'))
        }
        Kind::Geometry => value["type"].is_string() && value["coordinates"].is_array(),
        Kind::Params => value.is_object(),
        Kind::Object(members) => {
            value.as_object().is_some_and(|o| o.len() == members.len())
                && members.iter().all(|m| value.get(m.name).is_some_and(|v| fits(v, m, &m.kind)))
        }
        Kind::List(item) => value.as_array().is_some_and(|l| l.iter().all(|v| fits(v, field, item))),
    }
}

#[test]
fn every_column_is_written_in_order_and_of_its_kind() {
    let record = full_record();
    let value = serde_json::to_value(&record).unwrap();
    for field in EligibilityRecord::FIELDS {
        assert!(fits(&value[field.name], field, &field.kind), "{}: {}", field.name, value[field.name]);
    }
    let text = serde_json::to_string(&record).unwrap();
    let mut rest = text.as_str();
    for field in EligibilityRecord::FIELDS {
        let key = format!("\"{}\":", field.name);
        let at = rest.find(&key).unwrap_or_else(|| panic!("{} is missing or out of order", field.name));
        rest = &rest[at + key.len()..];
    }
    assert_eq!(value.as_object().unwrap().len(), EligibilityRecord::FIELDS.len());
    let names: BTreeSet<&str> = EligibilityRecord::FIELDS.iter().map(|f| f.name).collect();
    assert_eq!(names.len(), EligibilityRecord::FIELDS.len());
}

#[test]
fn nothing_of_the_machine_or_a_person_is_a_column() {
    for field in EligibilityRecord::FIELDS {
        for forbidden in ["thread", "host", "elapsed", "seconds", "phone", "farmer_name", "run_id"] {
            assert!(!field.name.contains(forbidden), "{}", field.name);
        }
    }
}

fn sample(form: Form) -> ParamValue {
    match form {
        Form::Count | Form::Days => ParamValue::Integer(7),
        Form::Percent => ParamValue::Number(0.125),
        Form::Hectares | Form::Metres | Form::Degrees | Form::Ndvi | Form::Probability | Form::Number => {
            ParamValue::Number(1.25)
        }
        Form::Date => "2024-06-10".into(),
        Form::Word => "peak".into(),
        Form::Text => "free text".into(),
    }
}

/// A sentence inside a sentence comes in both languages, `x` and `x_zh`: each stands in its own language and in no
/// other. Everything else stands in all.
fn shown_in(language: &str, param: &Param, all: &[Param]) -> bool {
    let chinese = format!("{}_zh", param.name);
    match language {
        "zh" => !all.iter().any(|other| other.name == chinese),
        _ => !param.name.ends_with("_zh"),
    }
}

#[test]
fn every_sentence_shows_every_number_in_every_language() {
    for facts in CODES {
        for (language, template) in [("en", facts.en), ("zh", facts.zh)] {
            let mut bare = template.to_owned();
            for p in facts.params.iter().filter(|p| shown_in(language, p, facts.params)) {
                let hole = format!("{{{}}}", p.name);
                assert!(bare.contains(&hole), "{} {language}: {hole} is never shown", facts.code);
                bare = bare.replace(&hole, "");
            }
            assert!(!bare.contains(['{', '}']), "{} {language}: a hole without a parameter", facts.code);
        }
        let reason = Reason::new(facts.variant, facts.params.iter().map(|p| sample(p.form)));
        assert_eq!(reason.params().len(), facts.params.len(), "{}", facts.code);
        assert!(reason.text_zh().chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "{}", facts.code);
        for text in [reason.text_en(), reason.text_zh()] {
            assert!(!text.contains(['{', '}', '?']), "{text}");
        }
        if let Some((measured, threshold)) = facts.measured_against {
            for name in [measured, threshold] {
                assert!(facts.params.iter().any(|p| p.name == name), "{}: {name}", facts.code);
            }
        }
    }
}

#[test]
fn codes_are_distinct_and_found_by_name() {
    for (i, facts) in CODES.iter().enumerate() {
        assert_eq!(facts.variant as usize, i);
        assert_eq!(Code::parse(facts.code), Some(facts.variant));
        assert!(facts.effect.allowed_for(facts.party));
    }
    assert_eq!(Code::parse("IMG_STALE "), None);
    let words: BTreeSet<&str> = WORDS.iter().map(|w| w.word).collect();
    assert_eq!(words.len(), WORDS.len());
}

#[test]
fn every_defect_that_intake_names_has_a_code_that_blocks() {
    // The codes `intake` gives; the pipeline hands them over as text.
    for code in [
        "FEATURE_INVALID",
        "ID_INVALID",
        "ID_DUPLICATE",
        "PROPERTY_INVALID",
        "PERSONAL_DATA",
        "GEOM_MALFORMED",
        "GEOM_TYPE_UNSUPPORTED",
        "GEOM_CRS_UNSUPPORTED",
        "GEOM_EMPTY",
        "GEOM_INVALID",
        "GEOM_TRACK_OPEN",
        "GEOM_OUT_OF_RANGE",
        "GEOM_AXIS_SWAPPED_SUSPECT",
        "GEOM_ANTIMERIDIAN",
        "GEOM_NOT_ON_LAND",
        "GEOM_OUT_OF_COVERAGE",
        "GEOM_TOO_SMALL",
        "GEOM_SLIVER",
        "GEOM_TOO_LARGE",
        "GEOM_TOO_COMPLEX",
    ] {
        let facts = Code::parse(code).unwrap_or_else(|| panic!("{code}")).facts();
        assert_eq!((facts.effect, facts.party), (Effect::Block, Party::Applicant), "{code}");
    }
}

#[test]
fn a_forged_reason_about_clouds_against_a_farmer_does_not_read() {
    let reason = Reason::new(Code::ImgStale, [40u32.into(), 30u32.into()]);
    assert_eq!(reason.clone().softened(Effect::Against).effect(), Effect::Refer, "never made graver");
    assert_eq!(reason.clone().softened(Effect::For).effect(), Effect::Refer, "never made a merit");
    let text = serde_json::to_string(&reason).unwrap();
    assert!(serde_json::from_str::<Reason>(&text).is_ok());
    let error = serde_json::from_str::<Reason>(&text.replace("\"refer\"", "\"against\"")).unwrap_err();
    assert!(error.to_string().contains("party imagery can never have effect against"), "{error}");
}

#[test]
fn words_inside_braces_are_not_filled_twice() {
    let reason = Reason::new(Code::IdDuplicate, ["{detail} and {n}".into()]);
    assert!(reason.text_en().ends_with(": {detail} and {n}"), "{}", reason.text_en());
}

#[test]
fn canonical_json_is_what_javascript_makes_of_it() {
    // Made by tests/data/lending/canonical.js; 2,500 numbers, half of them of any magnitude.
    let given: Value = serde_json::from_str(include_str!("../../data/lending/canonical_in.json")).unwrap();
    assert_eq!(given["numbers"].as_array().unwrap().len(), 2_500);
    let expected = include_str!("../../data/lending/canonical_out.json");
    assert!(croplens::record::canonical_json(&given) == expected);
}

#[test]
fn an_id_that_is_spelled_as_a_word_of_the_table_stays_an_id() {
    let reason = Reason::new(Code::OverlapOtherSeason, ["early".into(), 0.25.into()]);
    assert!(reason.text_en().contains("offered in early in"), "{}", reason.text_en());
    assert!(reason.text_zh().contains("early"), "{}", reason.text_zh());
}
