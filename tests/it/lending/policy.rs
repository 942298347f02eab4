//! Policy files: every one shipped loads, and a mistake is named with its path and line.

use croplens::lending::Policy;

const FIRST: &str = include_str!("../../../pipelines/policies/first.toml");

#[test]
fn every_policy_file_in_the_repository_loads() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/pipelines/policies");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "toml") {
            let policy = Policy::parse(&std::fs::read_to_string(&path).unwrap());
            let policy = policy.unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            assert_eq!(Some(policy.id.as_str()), path.file_stem().and_then(|s| s.to_str()));
            count += 1;
        }
    }
    assert!(count >= 1);
}

/// The first policy with one line replaced, and the message that must come.
fn refuses(from: &str, to: &str, message: &str) {
    assert_eq!(FIRST.matches(from).count(), 1, "the test's own line: {from}");
    let text = FIRST.replacen(from, to, 1);
    let line = text[..text.find(to).unwrap()].matches('\n').count() + 1;
    let error = Policy::parse(&text).unwrap_err().to_string();
    assert!(error.starts_with(&format!("line {line}: ")), "line {line} expected: {error}");
    assert!(error.contains(message), "{message:?} expected: {error}");
}

#[test]
fn mistakes_point_at_path_and_line() {
    // The replaced text starts a line, so that its line is the mistake's.
    refuses("record_valid_days = 30", "record_valid_dayz = 30", "validity.record_valid_dayz: unknown field");
    refuses(
        "review_after_days = 20",
        "review_after_days = \"20\"",
        "validity.review_after_days: invalid type",
    );
    refuses(
        "high_min_clear_dates = 15",
        "high_min_clear_dates = 3",
        "confidence.high_min_clear_dates: is below",
    );
    refuses("version = \"1\"", "version = \"\"", "version: is empty");
    refuses(
        "value = 500.0",
        "value = -1.0",
        "rules.max_gps_distance_m.value: is -1; it must lie from 0 to 100000",
    );
    refuses("value = -3.0", "value = nan", "rules.max_log_odds_contradicted.value: is NaN");
    refuses("value = 12\n", "value = 7\n", "rules.min_clear_dates_uncropped.value: is below 8");
    refuses(
        "code = \"GPS_FAR\"",
        "code = \"IMG_STALE\"",
        "rules.max_gps_distance_m.code: is IMG_STALE; this rule raises GPS_FAR",
    );
    refuses(
        "code = \"IMG_STALE\"",
        "code = \"IMG_OLD\"",
        "rules.max_stale_days.code: there is no reason code IMG_OLD",
    );
    let uncropped = "code = \"LAND_NOT_CROPPED\"\neffect = \"against\"";
    let mild = FIRST.replace(uncropped, &uncropped.replace("against", "info"));
    let error = Policy::parse(&mild).unwrap_err().to_string();
    assert!(error.contains("rules.min_clear_dates_uncropped.effect: land without a crop"), "{error}");
}

#[test]
fn no_policy_can_make_clouds_speak_against() {
    for (code, effect) in [
        ("IMG_STALE", "against"),
        ("IMG_STALE", "block"),
        ("LAND_NOT_CROPPED", "for"),
        ("PLOT_TOO_SMALL", "against"),
    ] {
        let from = format!(
            "code = \"{code}\"\neffect = \"{}\"",
            if code == "LAND_NOT_CROPPED" { "against" } else { "refer" }
        );
        let to = format!("code = \"{code}\"\neffect = \"{effect}\"");
        assert_eq!(FIRST.matches(&from).count(), 1);
        let error = Policy::parse(&FIRST.replacen(&from, &to, 1)).unwrap_err().to_string();
        assert!(error.contains(".effect: is ") && error.contains(code), "{error}");
    }
}

#[test]
fn all_mistakes_are_told_at_once_and_a_missing_rule_is_one() {
    let text = FIRST.replace("value = 500.0", "value = -1.0").replace("version = \"1\"", "version = \" \"");
    assert_eq!(Policy::parse(&text).unwrap_err().0.len(), 2);
    let without = FIRST.replace("[rules.crop_undetermined]", "[rules.another]");
    let error = Policy::parse(&without).unwrap_err().to_string();
    assert!(error.contains("rules.another: unknown field"), "{error}");
    let cut = &FIRST[..FIRST.find("[rules.flood_water_frac]").unwrap()];
    let error = Policy::parse(cut).unwrap_err().to_string();
    assert!(error.contains("missing field `flood_water_frac`"), "{error}");
    let broken = Policy::parse("id = \"x\"\nversion = = 2\n").unwrap_err();
    assert_eq!(broken.0[0].line, 2);
}

#[test]
fn the_hash_is_of_the_meaning_not_of_the_file() {
    let hash = |text: &str| Policy::parse(text).unwrap().sha256();
    let respaced = FIRST.replace("value = 0.60", "value   = 0.6 # as ever").replace("\n\n", "\n\n\n");
    assert_eq!(hash(FIRST), hash(&respaced));
    assert_ne!(hash(FIRST), hash(&FIRST.replace("value = 0.60", "value = 0.61")));
    assert_ne!(hash(FIRST), hash(&FIRST.replace("effect = \"against\"", "effect = \"refer\"")));
}

#[test]
fn a_time_beyond_any_loan_is_refused_with_its_line() {
    let text = FIRST.replacen("record_valid_days = 30", "record_valid_days = 99999999", 1);
    assert_ne!(text, FIRST);
    let said = Policy::parse(&text).unwrap_err().to_string();
    assert!(
        said.contains("validity.record_valid_days") && said.contains("3660") && said.contains("line "),
        "{said}"
    );
}

#[test]
fn a_policy_may_say_only_how_it_differs() {
    let text = "extends = \"first\"\nid = \"ours\"\n\n[validity]\nrecord_valid_days = 7\n";
    let (ours, first) = (Policy::parse(text).unwrap(), Policy::parse(FIRST).unwrap());
    assert_eq!((ours.id.as_str(), ours.validity.record_valid_days), ("ours", 7));
    assert_eq!(ours.rules, first.rules);
    assert_eq!(ours.validity.review_after_days, first.validity.review_after_days);
    // The hash is that of the whole: written out in full, it is the same policy.
    let whole = FIRST.replacen("id = \"first\"", "id = \"ours\"", 1);
    let whole = whole.replacen("record_valid_days = 30", "record_valid_days = 7", 1);
    assert_eq!(ours.sha256(), Policy::parse(&whole).unwrap().sha256());
    // Mistakes are at the lines of the short file.
    for (wrong, line, message) in [
        ("record_valid_dayz = 7", 5, "unknown field"),
        ("record_valid_days = \"7\"", 5, "invalid type"),
        ("record_valid_days = 9999", 5, "at most 3660 days"),
    ] {
        let error = Policy::parse(&text.replace("record_valid_days = 7", wrong)).unwrap_err().to_string();
        assert!(error.starts_with(&format!("line {line}: ")) && error.contains(message), "{error}");
    }
    let error = Policy::parse("extends = \"last\"\n").unwrap_err().to_string();
    assert!(
        error.starts_with("line 1: extends: names no policy") && error.contains("harvest-value"),
        "{error}"
    );
}

#[test]
fn a_mistake_in_a_list_is_at_its_line() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/pipelines/policies/harvest-value.toml");
    let text = std::fs::read_to_string(path).unwrap();
    let line = text[..text.find("amount = \"200000\"").unwrap()].matches('\n').count() + 1;
    let wrong = text.replace("amount = \"200000\"", "amount = \"-5\"");
    let error = Policy::parse(&wrong).unwrap_err().to_string();
    assert!(error.starts_with(&format!("line {line}: limit.caps[2].amount: ")), "{error}");
    let wrong = text.replace("amount = \"200000\"", "amonut = \"5\"");
    let error = Policy::parse(&wrong).unwrap_err().to_string();
    assert!(error.starts_with(&format!("line {line}: limit.caps[2].amonut: ")), "{error}");
}

#[test]
fn mistakes_in_amounts_are_named() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/pipelines/policies");
    let read = |name: &str| std::fs::read_to_string(format!("{folder}/{name}.toml")).unwrap();
    for (file, from, to, message) in [
        (
            "harvest-value",
            "advance_rate = 0.50",
            "advance_rate = 1.50",
            "limit.value_based.advance_rate: is 1.5",
        ),
        ("harvest-value", "currency = \"CNY\"", "currency = \"yuan\"", "limit.currency: is \"yuan\""),
        ("harvest-value", "per_ha = \"9000\"", "per_ha = \"9,000\"", "is no amount"),
        ("harvest-value", "per_ha = \"9000\"", "per_ha = \"9000\"\namount = \"1\"", "has 2 bounds"),
        ("harvest-value", "code = \"LTV_TOO_HIGH\"", "code = \"GPS_FAR\"", "this rule raises LTV_TOO_HIGH"),
        ("scale-of-finance", "years = 5", "years = 50", "limit.cost_based.years: is 50"),
        ("conservative-cereals", "share_frac = 0.40", "share_frac = 0.50", "must sum to 1"),
        ("conservative-cereals", "ndvi = 0.35\n", "", "needs ndvi"),
        ("conservative-cereals", "financed = [", "financed = [] # [", "names no crop"),
        (
            "three-phases",
            "effect = \"refer\"\nsource = \"Banco Central do Brasil, MCR 2-8 (",
            "effect = \"against\"\nsource = \"(",
            "is against",
        ),
    ] {
        let text = read(file);
        assert!(text.contains(from), "the test's own line: {from}");
        let error = Policy::parse(&text.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(error.contains(message), "{file}: {message:?} expected: {error}");
    }
}

/// What the schema calls valid is what the program reads, and the other way round for the mistakes it can see.
#[test]
fn the_schema_and_the_reader_agree() {
    let schema = Policy::json_schema();
    let text = schema.to_string();
    for word in ["max_ltv_frac", "additionalProperties", "IMG_PHASE_NOT_SEEN", "land_preparation"] {
        assert!(text.contains(word), "{word}");
    }
    let resolved = serde_json::to_value(Policy::parse(FIRST).unwrap()).unwrap();
    let properties = schema["properties"].as_object().unwrap();
    for key in resolved.as_object().unwrap().keys() {
        assert!(properties.contains_key(key), "{key}");
    }
    for key in schema["required"].as_array().unwrap() {
        assert!(resolved.get(key.as_str().unwrap()).is_some(), "{key}");
    }
}
