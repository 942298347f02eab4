//! Data of a person: refused unless told, dropped if told, and in no output either way.

use croplens::intake::{self, Entry, Intake, Limits, Personal};

use super::{collection, plot, polygon_feature, rejection, square};

const SECRETS: [&str; 4] = ["Wanjiku", "254700", "12345678", "w.k@example.org"];

fn with(id: &str, properties: &str) -> String {
    polygon_feature(id, &square(0))
        .replace(&format!(r#""id":"{id}""#), &format!(r#""id":"{id}",{properties}"#))
}

fn read(text: &str, personal: Personal) -> Intake {
    let found = intake::read_with(text.as_bytes(), &Limits::default(), personal).unwrap();
    let everything = format!("{found:?}");
    for secret in SECRETS {
        assert!(!everything.contains(secret), "{secret} in {everything}");
    }
    found
}

#[test]
fn a_plot_with_a_name_or_phone_is_refused_and_told_which_property() {
    let words =
        r#""farmer_name":"Wanjiku","Phone Number":"+254700","national_id":12345678,"village_name":"Kitale""#;
    let good = with("a", words);
    let clean = polygon_feature("b", &square(1));
    let found = read(&collection(&[good, clean]), Personal::Refuse);
    let refused = rejection(&found.entries[0]);
    assert_eq!(refused.reasons.len(), 1);
    assert_eq!(refused.reasons[0].kind.code(), "PERSONAL_DATA");
    let said = &refused.reasons[0].text;
    assert!(said.starts_with("Phone Number, farmer_name, national_id; leave it out"), "{said}");
    assert!(said.contains("--ignore-personal-properties") && !said.contains("village"), "{said}");
    plot(&found.entries[1]);
    assert_eq!(found.personal, 3);
    assert!(found.warnings[0].starts_with("1 features carry properties that look like data of a person"));
}

#[test]
fn told_to_go_on_the_plot_is_the_one_without_them() {
    let words = r#""nombre":"Wanjiku","contacto":{"telefono":"+254700"},"declared_crop":"maize""#;
    let found = read(&collection(&[with("a", words)]), Personal::Drop);
    let bare = read(&collection(&[with("a", r#""declared_crop":"maize""#)]), Personal::Drop);
    assert_eq!(plot(&found.entries[0]), plot(&bare.entries[0]));
    assert_eq!((found.personal, bare.personal), (2, 0));
}

#[test]
fn a_reference_that_is_an_address_or_a_phone_counts_as_well() {
    let words = r#""borrower_ref":"w.k@example.org","application_ref":"+254700 12345678","lender_ref":"L-7""#;
    let text = collection(&[with("a", words)]);
    let refused = read(&text, Personal::Refuse);
    let refused = rejection(&refused.entries[0]);
    assert!(refused.reasons[0].text.starts_with("application_ref, borrower_ref;"), "{:?}", refused.reasons);
    assert_eq!(refused.references.lender.as_deref(), Some("L-7"));
    assert_eq!((&refused.references.borrower, &refused.references.application), (&None, &None));
    let dropped = read(&text, Personal::Drop);
    assert_eq!(plot(&dropped.entries[0]).references.borrower, None);
    // An id that is an address is none: the position stands for it, in both places where an id may be.
    let text = collection(&[with("w.k@example.org", r#""x":1"#)]);
    for (told, text) in [(Personal::Refuse, &text), (Personal::Drop, &text)] {
        let found = read(text, told);
        let id = match &found.entries[0] {
            Entry::Plot(plot) => plot.id.as_str().to_owned(),
            Entry::Rejected(refused) => refused.id.as_str().to_owned(),
        };
        assert_eq!(id, "feature-0");
    }
}

/// In an id as in a reference, beside other words too; the id of the feature as well as that of its properties.
#[test]
fn what_stands_beside_other_words_is_found_in_ids_and_references() {
    let held = "plot 7, Wanjiku, tel 0254700111";
    let of_feature = polygon_feature("", &square(0)).replacen('{', &format!(r#"{{"id":"{held}","#), 1);
    let of_properties = polygon_feature(held, &square(0));
    for (place, feature) in [("feature", of_feature), ("properties", of_properties)] {
        let refused = read(&collection(std::slice::from_ref(&feature)), Personal::Refuse);
        let refused = rejection(&refused.entries[0]);
        assert!(refused.reasons[0].text.starts_with("id; leave it out"), "{place}: {:?}", refused.reasons);
        let dropped = read(&collection(&[feature]), Personal::Drop);
        assert_eq!((plot(&dropped.entries[0]).id.as_str(), dropped.personal), ("feature-0", 1), "{place}");
    }
    for name in
        ["collection", "lender_ref", "application_ref", "borrower_ref", "consent_ref", "consent_purpose"]
    {
        let text = collection(&[with("a", &format!(r#""{name}":"L-7 Wanjiku w.k@example.org""#))]);
        let refused = read(&text, Personal::Refuse);
        assert!(rejection(&refused.entries[0]).reasons[0].text.starts_with(&format!("{name};")), "{name}");
        plot(&read(&text, Personal::Drop).entries[0]);
        let fine = collection(&[with("a", &format!(r#""{name}":"L-7 north 2024/98765432101""#))]);
        plot(&read(&fine, Personal::Refuse).entries[0]);
    }
}

/// A reference that joins a record with its application must not be lost for looking like a number of something else.
#[test]
fn references_of_files_reach_the_plot_as_they_are() {
    for reference in
        ["PH-2024-001234", "HP-2023-0012345", "C/tel/2024-0000123", "01.02.03.04.05", "15000000001"]
    {
        let text = collection(&[with(reference, &format!(r#""application_ref":"{reference}""#))]);
        for told in [Personal::Refuse, Personal::Drop] {
            let found = read(&text, told);
            let plot = plot(&found.entries[0]);
            assert_eq!((plot.id.as_str(), found.personal), (reference, 0), "{told:?}");
            assert_eq!(plot.references.application.as_deref(), Some(reference), "{told:?}");
        }
    }
}

#[test]
fn a_borrowers_reference_that_is_a_name_is_no_pseudonym() {
    for name in ["Wanjiku Kamau", "王小明"] {
        let text = collection(&[with("a", &format!(r#""borrower_ref":"{name}""#))]);
        let refused = read(&text, Personal::Refuse);
        assert!(rejection(&refused.entries[0]).reasons[0].text.starts_with("borrower_ref;"), "{name}");
        assert_eq!(plot(&read(&text, Personal::Drop).entries[0]).references.borrower, None);
        // Words may name a lender or a collection.
        plot(
            &read(&text.replace("borrower_ref", "lender_ref").replace("Wanjiku", "Bank"), Personal::Refuse)
                .entries[0],
        );
    }
}

/// Free words in a term of a vocabulary could be anything, a name that no list knows too.
#[test]
fn how_an_outline_was_made_is_a_term_and_no_sentence() {
    let read_with = |method: &str| {
        let method = format!(r#""determination:method":"{method}""#);
        read(&collection(&[with("a", &method)]), Personal::Refuse)
    };
    for (given, kept) in [
        ("driven", Some("driven")),
        ("Auto-Imagery", Some("auto-imagery")),
        ("auto_imagery", Some("auto-imagery")),
        ("auto operation", Some("auto-operation")),
        (" ", None),
    ] {
        let found = read_with(given);
        assert_eq!(found.warnings, [""; 0], "{given}");
        assert_eq!(plot(&found.entries[0]).determination_method.as_deref(), kept, "{given}");
    }
    // It changes no answer, so the plot goes on without it.
    for given in ["walked by Wanjiku", "Wanjiku", "+254700 12345678", "GPS", "gps walk", "Wanjiku\\u0007"] {
        let found = read_with(given);
        assert_eq!(plot(&found.entries[0]).determination_method, None, "{given}");
        let [warning] = found.warnings.as_slice() else { panic!("{given}: {:?}", found.warnings) };
        assert!(warning.starts_with("1 features have a determination:method"), "{warning}");
        assert!(warning.contains("manual, driven, surveyed"), "{warning}");
    }
}

#[test]
fn names_of_a_banks_export_are_refused_in_any_width_and_those_of_the_land_are_not() {
    let personal = [
        "fname",
        "l_name",
        "mob_no",
        "contact",
        "client",
        "holder",
        "beneficiary_name",
        "nid",
        "signatory",
        "aadhaar",
        "pan_no",
        "cpf",
        "rg",
        "kra_pin",
        "身份证",
        "手机号",
        "姓名",
        "nom",
        "prenom",
        "telefone",
        "msisdn",
        "whatsapp",
        "iban",
        "dob",
        "ｎａｍｅ",
        "ｆａｒｍｅｒ＿ｎａｍｅ",
        "ph",
        "cell",
        "Farmer's Name",
        "FARMER_NAM",
        "owner_nam",
        "farmer_name_en",
        "producer_name",
        "nom_producteur",
        "hh_head_name",
        "surveyor_name",
        "nrc_no",
    ];
    for name in personal {
        let text = collection(&[with("a", &format!(r#""{name}":"254700123""#))]);
        let found = read(&text, Personal::Refuse);
        let reasons = &rejection(&found.entries[0]).reasons;
        assert!(reasons[0].text.starts_with(&format!("{name}; leave")), "{name}: {reasons:?}");
        assert!(reasons[0].text_zh.starts_with(&format!("{name}；请删去")), "{name}: {reasons:?}");
    }
    let land = r#""crop_name":"x","field_name":"x","plot_name":"x","village_name":"x","ph":6.5,"cell":"8a2a1072b59ffff",
        "parcel_identification_number":"1","national_code":"1","irrigation_license_no":"1","upi":"1/02/05/01/1234",
        "NAME_0":"Kenya","NAME_1":"x","NAME_2":"x","cell_no":"12","grid_cell_number":254700123,"地块名字":"x",
        "作物名字":"x","手机定位精度":4,"паспорт_поля":"x","field_passport":"x","birth_rate":2,"mobile_pump":"x",
        "name":null,"farmer_name":"","phone":"","contact":null,"has_phone":false,"owner":[],"email":{},
        "applicant_id":"254","pin_code":"560001","uid":"7","nir":0.4,"tenant":"x","地块名称":"x""#;
    let found = read(&collection(&[with("a", land)]), Personal::Refuse);
    plot(&found.entries[0]);
    assert_eq!(found.personal, 0);
}

#[test]
fn broken_features_never_repeat_it_either() {
    let bad = polygon_feature("b", "[]").replace(r#""id":"b""#, r#""id":"b","email":{"Wanjiku":1}"#);
    let broken = with("c", r#""Wanjiku":"#.trim_end_matches(':'));
    read(&collection(&[bad, broken]), Personal::Refuse);
}

/// Numbers of parcels may begin as phone numbers do: whoever has such is told how to send them.
#[test]
fn a_number_like_a_mobile_phones_is_refused_with_what_to_do() {
    let said = |feature: &str| {
        let found = read(&collection(&[feature.to_owned()]), Personal::Refuse);
        let reason = &rejection(&found.entries[0]).reasons[0];
        assert_eq!(reason.kind.code(), "PERSONAL_DATA");
        (reason.text.clone(), reason.text_zh.clone())
    };
    let hint = ("a number that is no phone's is taken with a letter before it", "在其前加一个字母即可接受");
    for text in [
        with("a", r#""application_ref":"13987645501""#),
        with("a", r#""application_ref":13987645501"#),
        with("13987645501", r#""village":"Kitale""#),
    ] {
        let (en, zh) = said(&text);
        assert!(en.ends_with(hint.0) && zh.ends_with(hint.1), "{en} {zh}");
        assert!(!en.contains("139876") && !zh.contains("139876"), "{en} {zh}");
    }
    // What is told holds, for each of them.
    for text in [with("P13987645501", r#""application_ref":"A-13987645501""#), with("a", r#""x":1"#)] {
        plot(&read(&collection(&[text]), Personal::Refuse).entries[0]);
    }
    // Of other data of persons a letter before it makes nothing else.
    for text in [with("a", r#""farmer_name":"13987645501""#), with("a", r#""lender_ref":"w.k@example.org""#)]
    {
        let (en, zh) = said(&text);
        assert!(en.ends_with("to go on without it") && zh.ends_with("继续"), "{en} {zh}");
    }
}
