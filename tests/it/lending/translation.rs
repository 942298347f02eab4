//! A third language is a file: complete, with the numbers of the code table, and checked.

use croplens::lending::{Translation, appraise};

use super::case::{Case, first_policy};

const SPANISH: &str = include_str!("../../../pipelines/languages/es.toml");

#[test]
fn the_spanish_file_is_nearly_complete_and_shows_every_number() {
    let spanish = Translation::parse(SPANISH).unwrap();
    // What it lacks is said in English; the file must not fall behind by more than a tenth.
    let all = croplens::record::CODES.len() + croplens::record::CONDITIONS.len();
    assert!(spanish.missing().len() * 10 <= 2 * all, "{:?}", spanish.missing());
    for row in croplens::record::CODES {
        // What is told in Chinese only is no number.
        let told = row.params.iter().filter(|p| !p.name.ends_with("_zh"));
        for p in told.filter(|_| spanish.reasons.contains_key(row.code)) {
            let named = format!("{{{}}}", p.name);
            assert!(spanish.reasons[row.code].contains(&named), "{} says no {named}", row.code);
        }
    }
    let half = Case { area_m2: 10_000.0, perimeter_m: 450.0, declared_area_ha: Some(2.4), ..Case::good() };
    let built = half.build();
    let appraisal = appraise(&built.evidence(), &first_policy());
    let against = appraisal.reasons_all.iter().find(|r| r.code() == "AREA_UNDER_DECLARED").unwrap();
    assert!(
        spanish.reason(against).ends_with("al menos 48.7 % menos; se permite 10 %."),
        "{}",
        spanish.reason(against)
    );
    assert_eq!(
        spanish.change(&appraisal.what_would_change[0]),
        "Cumple si la superficie declarada es de 1.36 ha como máximo, o con el contorno de toda la superficie declarada."
    );
}

#[test]
fn a_translation_cannot_invent_numbers_or_reasons() {
    for (from, to, message) in [
        ("{days} días;", "{weeks} semanas;", "reasons.IMG_STALE: {weeks} is no number"),
        ("IMG_STALE =", "IMG_STALER =", "reasons.IMG_STALER: there is no such reason code"),
        ("visit =", "visita =", "conditions.visita: there is no such condition"),
        ("early =", "temprano =", "words.temprano: there is no such word"),
    ] {
        let text = SPANISH.replacen(from, to, 1);
        let line = text[..text.find(to).unwrap()].matches('\n').count() + 1;
        let error = Translation::parse(&text).unwrap_err().to_string();
        assert!(error.contains(message) && error.contains(&format!("line {line}")), "{error}");
    }
    let short = Translation::parse("language = \"x\"\n[reasons]\n[conditions]\n[words]\n").unwrap();
    assert!(short.missing().len() > 100);
}
