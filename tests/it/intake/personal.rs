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

#[test]
fn broken_features_never_repeat_it_either() {
    let bad = polygon_feature("b", "[]").replace(r#""id":"b""#, r#""id":"b","email":{"Wanjiku":1}"#);
    let broken = with("c", r#""Wanjiku":"#.trim_end_matches(':'));
    read(&collection(&[bad, broken]), Personal::Refuse);
}
