//! The offset decided for each family of items, and why.

use croplens::band::Band;
use croplens::catalog::{BandDeclaration, Facts, OffsetFamily, RULES, Verdict, rule_named, settle};
use jiff::civil::{Date, date};
use proptest::prelude::*;

use OffsetFamily::{Baseline, Declared, Flagged};

const OLD: Date = date(2020, 2, 19);
const NEW: Date = date(2024, 3, 10);

fn facts(
    family: OffsetFamily,
    flag: Option<bool>,
    offset: Option<f64>,
    baseline: Option<u16>,
    sensed: Date,
) -> Facts {
    let bands = [Band::B04, Band::B08]
        .into_iter()
        .map(|band| BandDeclaration { band, scale: offset.map(|_| 1e-4), offset })
        .collect();
    Facts { family, flag, bands, baselines: baseline.into_iter().collect(), sensed }
}

#[test]
fn the_table_of_families() {
    // family, flag, declared offset, baseline, day: rule, offset still to be added
    for (why, family, flag, declared, baseline, day, rule, offset) in [
        (
            "Earth Search l2a, 2023 on: flag true although -0.1 is declared",
            Flagged,
            Some(true),
            Some(-0.1),
            Some(509),
            NEW,
            "already_applied",
            Some(0.0),
        ),
        (
            "Earth Search l2a, 2020: flag false, offset 0, baseline 02.14",
            Flagged,
            Some(false),
            Some(0.0),
            Some(214),
            OLD,
            "before_baseline_0400",
            Some(0.0),
        ),
        (
            "Earth Search l2a, early 2022: flag false and -0.1 declared; to be checked on pixels",
            Flagged,
            Some(false),
            Some(-0.1),
            Some(400),
            NEW,
            "flag_false",
            Some(-0.1),
        ),
        (
            "the same without a baseline",
            Flagged,
            Some(false),
            Some(-0.1),
            None,
            NEW,
            "flag_false",
            Some(-0.1),
        ),
        (
            "Earth Search l2a without a flag: pixels of either kind are in the bucket",
            Flagged,
            None,
            Some(-0.1),
            Some(510),
            NEW,
            "flag_missing",
            None,
        ),
        (
            "Earth Search c1: pixels never changed, offset declared",
            Declared,
            None,
            Some(-0.1),
            Some(510),
            NEW,
            "declared",
            Some(-0.1),
        ),
        (
            "Earth Search c1, an old scene reprocessed to 05.00 has the offset too",
            Declared,
            None,
            Some(-0.1),
            Some(500),
            OLD,
            "declared",
            Some(-0.1),
        ),
        ("Earth Search c1 that declares nothing", Declared, None, None, Some(510), NEW, "undeclared", None),
        (
            "Earth Search c1 with a flag true, should there be one",
            Declared,
            Some(true),
            Some(-0.1),
            Some(510),
            NEW,
            "already_applied",
            Some(0.0),
        ),
        (
            "v0, product name says N0214",
            Flagged,
            None,
            None,
            Some(214),
            OLD,
            "before_baseline_0400",
            Some(0.0),
        ),
        (
            "v0 without a baseline, sensed before the change",
            Flagged,
            None,
            None,
            None,
            OLD,
            "before_2022_01_25",
            Some(0.0),
        ),
        (
            "v0, 2022 on, its flag true",
            Flagged,
            Some(true),
            None,
            Some(400),
            NEW,
            "already_applied",
            Some(0.0),
        ),
        ("v0, 2022 on, no flag", Flagged, None, None, Some(400), NEW, "flag_missing", None),
        ("v0, 2022 on, no baseline, no flag", Flagged, None, None, None, NEW, "baseline_unknown", None),
        ("Planetary Computer, 2020", Baseline, None, None, Some(212), OLD, "before_baseline_0400", Some(0.0)),
        (
            "Planetary Computer, 2024: nothing declared, offset in the pixels",
            Baseline,
            None,
            None,
            Some(511),
            NEW,
            "by_baseline",
            Some(-0.1),
        ),
        (
            "Planetary Computer, reprocessed 2020 scene",
            Baseline,
            None,
            None,
            Some(500),
            OLD,
            "by_baseline",
            Some(-0.1),
        ),
        (
            "Planetary Computer without a baseline, 2024",
            Baseline,
            None,
            None,
            None,
            NEW,
            "baseline_unknown",
            None,
        ),
        (
            "stactools, baseline 02.14, offset 0 declared",
            Declared,
            None,
            Some(0.0),
            Some(214),
            OLD,
            "before_baseline_0400",
            Some(0.0),
        ),
        ("stactools, the real odd value", Declared, None, Some(-0.7), Some(400), NEW, "offset_unusual", None),
        ("a positive offset", Declared, None, Some(0.1), Some(510), NEW, "offset_unusual", None),
        (
            "an offset that is not a number",
            Declared,
            None,
            Some(f64::NAN),
            Some(510),
            NEW,
            "bands_disagree",
            None,
        ),
        ("-0.1 declared before 04.00", Declared, None, Some(-0.1), Some(214), OLD, "contradiction", None),
        (
            "0 declared from 04.00 on, flag false",
            Flagged,
            Some(false),
            Some(0.0),
            Some(509),
            NEW,
            "contradiction",
            None,
        ),
        (
            "offset declared, no flag, no baseline, old",
            Flagged,
            None,
            Some(-0.1),
            None,
            OLD,
            "baseline_unknown",
            None,
        ),
        (
            "0 declared, no baseline, new",
            Flagged,
            Some(false),
            Some(0.0),
            None,
            NEW,
            "baseline_unknown",
            None,
        ),
        (
            "the day before the change",
            Baseline,
            None,
            None,
            None,
            date(2022, 1, 24),
            "before_2022_01_25",
            Some(0.0),
        ),
        ("the day of the change", Baseline, None, None, None, date(2022, 1, 25), "baseline_unknown", None),
        (
            "baseline 03.01, after the change",
            Baseline,
            None,
            None,
            Some(301),
            NEW,
            "before_baseline_0400",
            Some(0.0),
        ),
    ] {
        let decided = settle(&facts(family, flag, declared, baseline, day));
        assert_eq!(decided.rule, rule, "{why}: {}", decided.evidence);
        assert_eq!(decided.settled, offset.is_some(), "{why}");
        assert_eq!(decided.offset, offset.unwrap_or(0.0), "{why}");
        assert!(decided.evidence.contains(rule_named(rule).unwrap().when), "{why}");
    }
}

#[test]
fn what_contradicts_itself_is_not_settled() {
    let mut disagree = facts(Declared, None, Some(-0.1), Some(510), NEW);
    disagree.bands[1].offset = Some(0.0);
    assert_eq!(settle(&disagree).rule, "bands_disagree");
    disagree.bands[1].offset = None;
    assert_eq!(settle(&disagree).rule, "bands_disagree");
    disagree.flag = Some(true);
    assert_eq!(settle(&disagree).rule, "already_applied");

    let mut scale = facts(Declared, None, Some(-0.1), Some(510), NEW);
    scale.bands[0].scale = Some(0.001);
    assert_eq!(settle(&scale).rule, "scale_unusual");
    scale.flag = Some(true);
    assert!(!settle(&scale).settled, "an odd scale is odd whatever the flag says");

    let mut baselines = facts(Declared, None, Some(-0.1), Some(510), NEW);
    baselines.baselines.push(214);
    assert_eq!(settle(&baselines).rule, "baseline_conflict");
    baselines.baselines = vec![509, 510];
    assert_eq!(settle(&baselines).rule, "declared", "two baselines on one side of 04.00 agree");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// The offset still to be added is 0 or -0.1, never anything else; an unsettled scene says why.
    #[test]
    fn only_two_offsets_exist(
        family in prop::sample::select(vec![Flagged, Declared, Baseline]),
        flag in any::<Option<bool>>(),
        red in prop::option::of(prop_oneof![Just(0.0), Just(-0.1), -1.0..1.0]),
        nir in prop::option::of(prop_oneof![Just(0.0), Just(-0.1), -1.0..1.0]),
        baselines in prop::collection::vec(100_u16..700, 0..3),
        days in 0_i32..3650,
    ) {
        let mut facts = facts(family, flag, red, None, date(2016, 1, 1) + jiff::Span::new().days(days));
        facts.bands[1].offset = nir;
        facts.baselines = baselines;
        let decided = settle(&facts);
        let rule = rule_named(decided.rule).unwrap();
        prop_assert!(decided.offset == 0.0 || decided.offset == -0.1);
        prop_assert_eq!(decided.settled, rule.verdict != Verdict::Unsettled);
        prop_assert!(flag != Some(true) || (decided.settled && decided.offset == 0.0));
        prop_assert!(RULES.iter().any(|r| r.word == decided.rule));
        // Never adds an offset that neither the bands declare nor a baseline of 04.00 or later implies.
        if decided.offset != 0.0 {
            prop_assert!(red == Some(-0.1) || facts.baselines.iter().any(|b| *b >= 400));
        }
    }
}
