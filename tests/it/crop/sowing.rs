//! A declared sowing date that the calendar does not take dates nothing, and that is told.

use croplens::crop::ensemble::{Ensemble, Unit, views_of};
use croplens::crop::{
    Assessment, CropRules, Cropped, Models, Profiles, Reading, Verdict, assess, read, sowing_not_used,
};
use croplens::series::plus_days;
use jiff::civil::{Date, date};

use super::drawn_fields::{self, PLACE, every_fifth_day};
use super::swiss::curve;

/// Maize with its half-rise on 11 June 2022, half-fall on 10 September, seen every fifth day from January 2021 on.
fn maize(declared: Option<&str>, sown: Option<Date>) -> (Assessment, Assessment) {
    let ndvi = |d: i32| 0.2 + 0.66 * drawn_fields::maize(f64::from(d), 526.0, 617.0);
    let sights = every_fifth_day(date(2021, 1, 1), 610, ndvi);
    let (series, smooth, seasons) = curve(&sights, date(2022, 8, 25), PLACE.0);
    let reading = Reading {
        place: Some(PLACE),
        declared_crop: declared,
        declared_sowing: sown,
        ..Reading::of(&series, &smooth, &seasons)
    };
    let (profiles, ensemble) = (Profiles::builtin().unwrap(), Ensemble::builtin().unwrap());
    let models =
        Models { profiles: &profiles, ensemble: &ensemble, shares: None, unit: Unit::Field, crops: &[] };
    let rules = CropRules::default();
    // Whatever is seen, what is said of the date is the same: other applications are told it without a look at the plot.
    let nothing = curve(&[], date(2022, 8, 25), PLACE.0);
    let unseen = Reading { series: &nothing.0, smooth: &nothing.1, seasons: &nothing.2, ..reading.clone() };
    let told = read(&reading, &views_of(&series), &models, &rules).0.sowing_not_used;
    assert_eq!(sowing_not_used(&unseen, &models, &rules), told, "{declared:?} {sown:?}");
    (read(&reading, &views_of(&series), &models, &rules).0, assess(&reading, &profiles, &rules))
}

#[test]
fn a_sowing_date_far_from_the_calendar_is_told_and_moves_nothing() {
    let (bare, plain) = maize(Some("maize"), None);
    assert_eq!((&bare.sowing_not_used, &plain.sowing_not_used), (&None, &None));
    // The row's own window, shifted by latitude where it is: what a date just inside leaves unsaid.
    let profiles = Profiles::builtin().unwrap();
    let zones = profiles.zones_at(PLACE.0, PLACE.1);
    let row = profiles.rows_in(&zones).into_iter().find(|r| r.crop == "maize").unwrap();
    let shift = row.lat_shift.map_or(0.0, |s| s.sow * (PLACE.0 - s.reference_lat_deg));
    let day = |month, day| plus_days(date(2022, month, day), shift.round() as i32);
    let (from, to) = (day(row.sow_from.month, row.sow_from.day), day(row.sow_to.month, row.sow_to.day));
    for sown in [from, to] {
        let (a, b) = maize(Some("maize"), Some(sown));
        assert_eq!((a.sowing_not_used, b.sowing_not_used), (None, None), "{sown}");
    }
    for (sown, side) in [(plus_days(from, -60), from), (plus_days(to, 60), to)] {
        let (a, b) = maize(Some("maize"), Some(sown));
        for told in [a.sowing_not_used.as_ref().unwrap(), b.sowing_not_used.as_ref().unwrap()] {
            assert_eq!((told.crop.as_str(), told.sown), ("maize", sown));
            // Half days of the middle and of the shift are rounded, here and there alike or not.
            assert!(croplens::series::days_between(told.from, from).abs() <= 1, "{told:?}");
            assert!(croplens::series::days_between(told.to, to).abs() <= 1, "{told:?}");
            let outside = |sown: Date| match sown < told.from {
                true => croplens::series::days_between(sown, told.from),
                false => croplens::series::days_between(told.to, sown),
            };
            assert_eq!(i64::from(told.days), i64::from(outside(sown)), "{side}: {told:?}");
            // As many days outside as are said to be accepted are accepted, and one more is not.
            let out = if sown < told.from { -1 } else { 1 };
            let edge = if sown < told.from { told.from } else { told.to };
            let most = i32::try_from(told.most).unwrap();
            let (last, refused) = (plus_days(edge, out * most), plus_days(edge, out * (most + 1)));
            assert_eq!(maize(Some("maize"), Some(last)).1.sowing_not_used, None, "{last}: {told:?}");
            let one_more = maize(Some("maize"), Some(refused)).1.sowing_not_used.unwrap();
            assert_eq!((one_more.days, one_more.most), (told.most + 1, told.most), "{refused}");
        }
        assert_eq!(a.declared.as_ref().unwrap().verdict, Verdict::Consistent, "{sown}: {:?}", a.declared);
    }
    // Dates told are as wide as without a sowing date, give or take a day of the time looked at: nothing vouches for
    // them more.
    let days = |a: &Assessment| a.emergence.map(|e| croplens::series::days_between(e.p10, e.p90)).unwrap();
    let (early, _) = maize(Some("maize"), Some(plus_days(from, -60)));
    assert!((days(&early) - days(&bare)).abs() <= 2, "{:?} {:?}", early.emergence, bare.emergence);
    let (taken, _) = maize(Some("maize"), Some(date(2022, 4, 28)));
    assert!(days(&taken) < days(&bare) - 5, "{:?} {:?}", taken.emergence, bare.emergence);
}

#[test]
fn the_date_of_last_years_crop_dates_none_of_this_years() {
    let (a, _) = maize(Some("maize"), Some(date(2021, 4, 25)));
    let told = a.sowing_not_used.unwrap();
    assert_eq!(told.from.year(), 2022, "{told:?}");
    assert!(told.days > 300, "{told:?}");
}

#[test]
fn without_a_crop_of_the_calendar_there_is_nothing_to_hold_the_date_against() {
    for declared in [None, Some("dragon fruit")] {
        assert_eq!(maize(declared, Some(date(2022, 1, 5))).0.sowing_not_used, None);
    }
}

/// What the farmer says of the day of sowing may be mistyped: it hides no crop that stands.
#[test]
fn a_date_after_the_peak_hides_no_crop() {
    for declared in [Some("maize"), None, Some("dragon fruit")] {
        let bare = maize(declared, None).0;
        assert_eq!(bare.cropped, Cropped::Yes, "{declared:?}");
        for week in 0..7 {
            let sown = plus_days(date(2022, 7, 10), 7 * week);
            let with_date = maize(declared, Some(sown)).0;
            assert_eq!(with_date.cropped, Cropped::Yes, "{declared:?}, {sown}");
            assert_eq!(with_date.clear_obs, bare.clear_obs, "{declared:?}, {sown}");
        }
    }
}
