//! What follows from land that two applications share.

use croplens::lending::{Common, Overlap, appraise, seal};
use croplens::plot::References;
use croplens::record::{Effect, EligibilityRecord, Status};
use jiff::civil::{Date, date};

use super::case::{Case, first_policy, provenance};

fn record(frac: f64, width_m: f64, borrower: Option<&str>) -> EligibilityRecord {
    let mut built = Case::good().build();
    built.plot.references.borrower = Some("B-1".into());
    let references = References {
        application: Some("A-2".into()),
        borrower: borrower.map(str::to_owned),
        ..References::default()
    };
    built.overlaps = vec![Overlap {
        id: "NEIGHBOUR".into(),
        references,
        record_id: None,
        as_of: date(2024, 6, 10),
        sowing_date: None,
        common: Common::Land {
            area_m2: 1_000.0,
            frac_of_this: frac,
            frac_of_smaller: frac,
            iou: frac / 2.0,
            width_m,
        },
    }];
    let evidence = built.evidence();
    seal(&appraise(&evidence, &first_policy()), &evidence, &provenance())
}

fn effect(r: &EligibilityRecord, code: &str) -> Option<Effect> {
    r.reasons_all.iter().find(|reason| reason.code() == code).map(|reason| reason.effect())
}

#[test]
fn an_edge_drawn_twice_is_noted_and_a_strip_across_the_neighbour_asks() {
    let edge = record(0.05, 4.0, None);
    assert_eq!((effect(&edge, "OVERLAP_EDGE"), edge.status), (Some(Effect::Info), Status::Supports));
    let strip = record(0.05, 15.0, None);
    assert_eq!((effect(&strip, "OVERLAP_SLIVER"), strip.status), (Some(Effect::Refer), Status::Refer));
    assert_eq!(strip.overlaps[0].width_m.map(|w| w.get()), Some(15.0));
    let said = strip.reasons_all.iter().find(|r| r.code() == "OVERLAP_SLIVER").unwrap();
    assert_eq!(
        said.text_en(),
        "A strip of 0.1000 ha, 15 m wide, is also offered in A-2 / NEIGHBOUR in the same season; up to 8 m counts as an \
         edge drawn twice."
    );
    // One borrower's own two plots may share a headland.
    assert_eq!(effect(&record(0.05, 15.0, Some("B-1")), "OVERLAP_SLIVER"), None);
    // Little land is drawing, whatever its form.
    assert_eq!(record(0.015, 15.0, None).status, Status::Supports);
    // Nothing of it ever refuses.
    for (frac, width) in [(0.3, 40.0), (0.9, 80.0), (0.08, 30.0)] {
        assert_eq!(record(frac, width, None).status, Status::Refer);
    }
}

/// Whether the record takes land that is shared whole for one season's, and what it says of it.
fn of_one_season(this: Option<Date>, other: Option<Date>, other_as_of: Date) -> (bool, &'static str) {
    let mut built = Case::good().build();
    built.plot.declared.sowing_date = this;
    built.overlaps = vec![Overlap {
        id: "NEIGHBOUR".into(),
        references: References::default(),
        record_id: None,
        as_of: other_as_of,
        sowing_date: other,
        common: Common::Land {
            area_m2: 20_000.0,
            frac_of_this: 1.0,
            frac_of_smaller: 1.0,
            iou: 1.0,
            width_m: 100.0,
        },
    }];
    let evidence = built.evidence();
    let r = seal(&appraise(&evidence, &first_policy()), &evidence, &provenance());
    let said = ["OVERLAP_SAME_FIELD", "OVERLAP_OTHER_SEASON"].into_iter().find(|c| effect(&r, c).is_some());
    (r.overlaps[0].same_season, said.unwrap())
}

/// Two pledges of one land at one time are not told apart by a date that cannot be.
#[test]
fn a_date_that_no_season_has_makes_no_other_season() {
    let (now, sown) = (date(2024, 6, 10), date(2023, 10, 12));
    let (same, other) = ((true, "OVERLAP_SAME_FIELD"), (false, "OVERLAP_OTHER_SEASON"));
    // Both can be: their distance decides.
    assert_eq!(of_one_season(Some(sown), Some(date(2023, 12, 26)), now), same);
    assert_eq!(of_one_season(Some(sown), Some(date(2023, 12, 27)), now), other);
    // A slip in the year of either, or a day to come: the as-of days decide.
    for slip in [date(2013, 10, 12), date(2022, 10, 12), date(2024, 10, 12), date(2024, 6, 11)] {
        assert_eq!(of_one_season(Some(sown), Some(slip), now), same, "{slip}");
        assert_eq!(of_one_season(Some(slip), Some(sown), now), same, "{slip}");
        assert_eq!(of_one_season(Some(sown), Some(slip), date(2023, 10, 1)), other, "{slip}");
    }
    // Up to the policy's 450 days before the other's own as-of day it can be, whatever this plot's day.
    let earlier = date(2023, 3, 1);
    assert_eq!(of_one_season(Some(sown), Some(date(2021, 12, 6)), earlier), other);
    assert_eq!(of_one_season(Some(sown), Some(date(2023, 2, 1)), date(2024, 1, 10)), other);
    assert_eq!(of_one_season(Some(sown), Some(date(2021, 12, 5)), date(2024, 1, 10)), same);
}
