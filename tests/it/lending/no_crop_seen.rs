//! What is said of land on which no crop cycle is seen.

use croplens::crop::Cropped;
use croplens::lending::{appraise, seal};

use super::case::{Case, day, first_policy, provenance};

/// Whatever counts clear dates says over which days, and the record's own count is that of its season's two dates.
#[test]
fn every_count_of_clear_dates_names_its_days() {
    let (from, to) = (day(100), day(253));
    let little = Case { clear_days: [20, 40, 120, 252].into(), ..Case::good() };
    for (case, in_season, looked_at) in [(Case::good(), 26, 16), (little, 4, 2)] {
        let mut built = case.build();
        built.assessment.looked_at = (from, to);
        built.assessment.clear_obs = looked_at;
        let evidence = built.evidence();
        let r = seal(&appraise(&evidence, &first_policy()), &evidence, &provenance());
        assert_eq!((r.season_start, r.as_of, r.clear_obs), (Some(day(0)), to, Some(in_season)));
        let days = format!("from {from} to {to}");
        let dates = format!("{looked_at} clear dates {days} (");
        assert!(r.confidence_basis.iter().any(|part| part.contains(&dates)), "{:?}", r.confidence_basis);
        let gap = format!("of those {days} (");
        assert!(r.confidence_basis.iter().any(|part| part.contains(&gap)), "{:?}", r.confidence_basis);
        let said = |code: &str| r.reasons_all.iter().find(|x| x.code() == code);
        let cropped = said("LAND_CROPPED").unwrap();
        assert!(
            cropped.text_en().contains(&format!("{looked_at} clear dates {days}")),
            "{}",
            cropped.text_en()
        );
        assert!(cropped.text_zh().contains(&format!("{from}至{to}的{looked_at}个")), "{}", cropped.text_zh());
        assert_eq!(said("IMG_TOO_FEW_CLEAR").is_some(), looked_at < 8);
        if let Some(few) = said("IMG_TOO_FEW_CLEAR") {
            assert_eq!(few.text_en(), format!("{looked_at} clear dates in the season, {days}; 8 needed."));
            assert!(few.text_zh().contains(&format!("{from}至{to}")), "{}", few.text_zh());
        }
    }
}

/// A blind time before the crop asked about was sown says nothing of it; where no crop is known, every day counts.
#[test]
fn a_blind_winter_before_the_crop_lowers_no_confidence() {
    let blind = (0..253).step_by(7).filter(|n| !(20..95).contains(n)).collect();
    let case = Case { clear_days: blind, ..Case::good() };
    let level = |looked_from: i64| {
        let mut built = case.build();
        built.assessment.looked_at.0 = day(looked_from);
        let of = appraise(&built.evidence(), &first_policy());
        let gap = of.confidence_basis.iter().find(|part| part.contains("longest time")).unwrap();
        gap.split_once(": longest time without a clear date ")
            .map(|(l, rest)| (l.to_owned(), rest.split(' ').next().unwrap().to_owned()))
    };
    assert_eq!(level(0), Some(("low".to_owned(), "83".to_owned())));
    // Seen first on day 98.
    assert_eq!(level(91), Some(("high".to_owned(), "7".to_owned())));
    // Part of it still counts.
    assert_eq!(level(60), Some(("medium".to_owned(), "38".to_owned())));
    // Days that lie in no window are none to be sure by.
    assert_eq!(level(300), level(0));
}

/// The sentence names the days on which a crop was looked for, with their greenness: last year's crop is in neither.
#[test]
fn no_crop_cycle_is_said_of_the_days_that_were_looked_at() {
    for (cropped, code) in [(Cropped::No, "LAND_NOT_CROPPED"), (Cropped::CannotTell, "LAND_NO_CYCLE_SEEN")] {
        let mut built = Case { cropped, ..Case::fallow() }.build();
        let from = day(100);
        built.assessment.looked_at = (from, built.assessment.as_of);
        // Another count, of other days.
        built.assessment.clear_obs = 999;
        let clear = built.observations.iter().filter(|o| o.date >= from && o.rejected.is_none()).count();
        for o in built.observations.iter_mut().filter(|o| o.date < from) {
            o.ndvi.iter_mut().for_each(|n| n.mean = 0.8);
        }
        let evidence = built.evidence();
        let r = seal(&appraise(&evidence, &first_policy()), &evidence, &provenance());
        let said = r.reasons_all.iter().find(|x| x.code() == code).unwrap();
        let days = format!("from {from} to {}", built.assessment.as_of);
        assert!(said.text_en().contains(&days), "{}", said.text_en());
        assert!(said.text_en().contains(&format!(" {clear} clear dates")), "{clear}: {}", said.text_en());
        assert!(said.text_en().contains("between 0.20 and 0.20"), "{}", said.text_en());
        assert!(said.text_zh().contains(&from.to_string()), "{}", said.text_zh());
    }
}
