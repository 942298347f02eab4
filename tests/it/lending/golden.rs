//! Whole appraisals worked out by hand.

use croplens::crop::{CannotTell, Cropped, Verdict};
use croplens::lending::{Defect, Refused, appraise, not_appraised, seal};
use croplens::observation::Reject;
use croplens::plot::{Declaration, References};
use croplens::record::{Confidence, EligibilityRecord, Grade, Status, verify};
use jiff::civil::date;

use super::case::{Case, END, START, day, first_policy, provenance};

fn record(case: &Case) -> EligibilityRecord {
    let built = case.build();
    let evidence = built.evidence();
    seal(&appraise(&evidence, &first_policy()), &evidence, &provenance())
}

fn codes(r: &EligibilityRecord) -> Vec<&str> {
    r.reasons_all.iter().map(|reason| reason.code()).collect()
}

#[test]
fn a_well_seen_wheat_field_supports() {
    let r = record(&Case::good());
    assert_eq!(r.status, Status::Supports);
    assert_eq!(
        codes(&r),
        [
            "LAND_CROPPED",
            "CROP_MATCHES",
            "AREA_MATCHES",
            "MATURITY_ON_TRACK",
            "CROPPED_AREA",
            "CROP_NOT_CLASSIFIED"
        ]
    );
    assert_eq!(r.reasons.len(), 4, "principal reasons are those that made the status");
    // Clear on days 0, 10 .. 240 and 252: blind on days 241 to 251.
    assert_eq!((r.clear_obs, r.max_gap_days), (Some(26), Some(11)));
    assert_eq!(r.confidence, Some(Confidence::High), "{:?}", r.confidence_basis);
    assert_eq!(r.days_since_last_clear, Some(1));
    assert_eq!(r.valid_until, Some(date(2024, 7, 10)));
    assert_eq!(r.next_review_date, Some(date(2024, 6, 30)));
    assert_eq!(r.issued_at.to_string(), "2024-06-10T00:00:00Z");
    // 0.5 x 600 m x 8 m (the phone is worse than 4 m) x 1.2816 = 3075.7 m2 on each side of 20,000.
    assert_eq!(r.area_lower_m2.unwrap().get(), 16_924.3);
    assert_eq!(r.area_upper_m2.unwrap().get(), 23_075.7);
    assert_eq!(r.outline_deviation_frac.unwrap().get(), 0.0);
    // 4 days x 1.2816, rounded up to whole days.
    assert_eq!((r.sos_date_lower, r.sos_date_upper), (Some(date(2024, 2, 28)), Some(date(2024, 3, 11))));
    // Day 252: 0.2 + 0.6 exp(-(32/60)^2) = 0.6515, its pixels spread by 0.03 on each side.
    let latest = [r.ndvi_latest_p10, r.ndvi_latest, r.ndvi_latest_p90].map(|v| v.unwrap().get());
    assert_eq!(latest, [0.6215, 0.6515, 0.6815]);
    assert_eq!(r.scenes_rejected.len(), 2);
    assert_eq!(r.sources.iter().filter(|s| s.used).count(), 26);
    verify(&serde_json::to_string(&r).unwrap()).unwrap();
}

#[test]
fn bare_land_seen_often_enough_does_not_support_and_says_its_numbers() {
    let r = record(&Case::fallow());
    assert_eq!(r.status, Status::DoesNotSupport);
    assert_eq!(r.reasons.len(), 1);
    assert_eq!(
        r.reasons[0].text_en(),
        "No crop cycle is seen from 2023-10-01 to 2024-06-10: 26 clear dates were examined (12 needed), \
         and NDVI stayed between 0.20 and 0.20."
    );
    assert!(r.reasons[0].text_zh().contains("26个晴空日期"), "{}", r.reasons[0].text_zh());
    assert_eq!(r.what_would_change.len(), 1);
}

#[test]
fn bare_land_that_clouds_hid_is_referred() {
    // Eleven clear dates, one short of twelve.
    let few = Case { clear_days: (0..11).map(|i| i * 23).collect(), expected: None, ..Case::fallow() };
    let r = record(&few);
    assert_eq!(r.status, Status::Refer);
    assert_eq!(codes(&r)[0], "IMG_TOO_FEW_CLEAR");
    assert_eq!(r.what_would_change[0].text_en, "Decidable with more clear dates by 2024-07-31: at least 1.");

    // Enough dates, but none in sixty spring days in which a crop may have come and gone.
    let blind = Case {
        clear_days: (0..253).step_by(6).filter(|n| !(120..180).contains(n)).collect(),
        ..Case::fallow()
    };
    let r = record(&blind);
    assert_eq!(r.status, Status::Refer);
    let gap = r.reasons.iter().find(|x| x.code() == "IMG_GAP_LONG").unwrap();
    let text = format!(
        "No clear image for 65 days, from {} to {}; of the days from 2023-10-01 to 2024-06-10 at most 45 in a row may \
         go unseen.",
        day(115),
        day(179)
    );
    assert_eq!(gap.text_en(), text);
}

#[test]
fn a_plot_under_permanent_cloud_is_referred_with_low_confidence() {
    let clouded = Case {
        clear_days: Default::default(),
        dim_days: (0..25).map(|i| (i * 10, Reject::Cloudy)).collect(),
        cropped: Cropped::CannotTell,
        season: false,
        harvest: false,
        verdict: Some((Verdict::Undetermined, None)),
        cannot_tell: vec![CannotTell::TooFewClear {
            phase: "season".into(),
            have: 0,
            need: 8,
            of: (START, date(2024, 6, 10)),
        }],
        ..Case::good()
    };
    let r = record(&clouded);
    assert_eq!((r.status, r.confidence), (Status::Refer, Some(Confidence::Low)));
    assert_eq!(codes(&r)[0], "IMG_TOO_FEW_CLEAR");
    assert_eq!(
        codes(&r).iter().filter(|c| **c == "IMG_TOO_FEW_CLEAR").count(),
        1,
        "said once: {:?}",
        codes(&r)
    );
    assert_eq!((r.last_clear_date, r.ndvi_latest, r.clear_obs), (None, None, Some(0)));
}

#[test]
fn a_contradicted_crop_speaks_against_only_with_its_number() {
    let contradicted = Case { verdict: Some((Verdict::Contradicted, Some(-4.2))), ..Case::good() };
    let r = record(&contradicted);
    assert_eq!(r.status, Status::Refer, "by default a person looks");
    assert_eq!(
        r.reasons[0].text_en(),
        "What is seen contradicts the declared crop (wheat) and fits maize better: log odds -4.2, where -3 or less \
         counts as contradicted."
    );
    for verdict in [
        (Verdict::Contradicted, None),
        (Verdict::Contradicted, Some(-2.9)),
        (Verdict::Inconsistent, Some(-9.0)),
    ] {
        let r = record(&Case { verdict: Some(verdict), ..Case::good() });
        assert_eq!((r.status, codes(&r)[0]), (Status::Refer, "CROP_FITS_BADLY"), "{verdict:?}");
    }
}

#[test]
fn a_flooded_plot_goes_to_relief_even_when_no_crop_is_left() {
    let r = record(&Case { water: [(240, 0.8)].into(), ..Case::fallow() });
    assert_eq!((r.status, codes(&r)[0]), (Status::Refer, "EVENT_FLOOD"));
    assert!(r.what_would_change[0].text_en.contains("relief"));

    // A paddy stands in water until its peak (2024-05-10, day 222), and not after.
    let rice =
        |n: i64| Case { water: [(n, 0.9)].into(), declared_crop: Some("Rice, late".into()), ..Case::good() };
    assert_eq!(record(&rice(210)).status, Status::Supports);
    assert_eq!(record(&rice(230)).status, Status::Refer);
}

#[test]
fn a_failed_read_defers_unless_the_day_was_seen_otherwise() {
    let failed = |n: i64| Case { skipped_days: [(n, Reject::ReadFailed)].into(), ..Case::fallow() };
    let r = record(&failed(33));
    assert_eq!((r.status, codes(&r)[0]), (Status::Refer, "SRC_READ_FAILED"));
    assert_eq!(r.scenes_failed, Some(1));
    // Day 30 was seen in another scene.
    let r = record(&failed(30));
    assert_eq!(r.status, Status::DoesNotSupport);
    assert!(codes(&r).contains(&"SRC_READ_FAILED_HARMLESS"));
}

#[test]
fn a_small_plot_is_referred_and_its_area_counts_in_its_favour() {
    let small = Case {
        area_m2: 700.0,
        perimeter_m: 110.0,
        declared_area_ha: Some(0.09),
        pixels_full: Some((2, 0.7, Grade::D)),
        ..Case::good()
    };
    let r = record(&small);
    assert_eq!(r.status, Status::Refer);
    // 0.5 x 110 x 8 x 1.2816 = 563.9 m2: at most 0.126 ha, so 0.09 ha declared is no contradiction.
    assert_eq!(codes(&r)[..3], ["PLOT_TOO_SMALL", "PLOT_TOO_NARROW", "AREA_BELOW_POLICY"]);
    assert!(!codes(&r).contains(&"AREA_UNDER_DECLARED"));
}

#[test]
fn half_the_declared_land_does_not_support_and_says_what_would() {
    // 1 ha measured, at most 1.2307 with its error, 2.4 declared: 48.7 % less.
    let half = Case { area_m2: 10_000.0, perimeter_m: 450.0, declared_area_ha: Some(2.4), ..Case::good() };
    let r = record(&half);
    assert_eq!(r.status, Status::DoesNotSupport);
    assert!(
        r.reasons[0].text_en().ends_with("at least 48.7 % less; 10 % is allowed."),
        "{}",
        r.reasons[0].text_en()
    );
    let promise = &r.what_would_change[0].text_en;
    assert_eq!(
        promise,
        "Eligible if the declared area is at most 1.36 ha, or with an outline of the whole declared area."
    );
    let kept = Case { declared_area_ha: Some(1.3674), ..half };
    assert_eq!(record(&kept).status, Status::Supports, "the promise holds");
}

#[test]
fn an_entry_that_cannot_be_used_still_gets_a_record() {
    let defect = |code: &str, en: &str, zh: &str| Defect {
        code: code.into(),
        detail: en.into(),
        detail_zh: zh.into(),
    };
    let refused = Refused {
        id: None,
        position: 7,
        references: References { application: Some("A-8".into()), ..References::default() },
        declared: Declaration { crop: Some("maize".into()), ..Declaration::default() },
        defects: vec![
            defect("GEOM_SLIVER", "it is 0.2 m wide", "宽0.2 m"),
            defect("ID_DUPLICATE", "also entry 2", "亦为条目2"),
            defect("LAND_NOT_CROPPED", "not a defect of the input", "并非输入的缺陷"),
        ],
    };
    let r = not_appraised(&refused, END, &first_policy(), &provenance());
    assert_eq!((r.status, r.id.as_str(), r.confidence), (Status::NotAppraised, "7", None));
    assert_eq!(codes(&r), ["FEATURE_INVALID", "ID_DUPLICATE", "GEOM_SLIVER"]);
    assert_eq!(r.reasons[2].text_en(), "The outline is so thin that it is a line: it is 0.2 m wide");
    assert_eq!(r.reasons[2].text_zh(), "边界过窄，近似一条线：宽0.2 m");
    assert_eq!((r.geometry.as_ref(), r.application_ref.as_deref()), (None, Some("A-8")));
    verify(&serde_json::to_string(&r).unwrap()).unwrap();

    let twin = Refused { position: 8, ..refused };
    let twin = not_appraised(&twin, END, &first_policy(), &provenance());
    assert_ne!(twin.record_id, r.record_id, "entries that share an id do not share a record");
}
