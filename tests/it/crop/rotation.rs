//! Two crops in the window: last year's must not answer for this year's.

use croplens::crop::{Assessment, CropRules, Cropped, Profiles, Reading, Stage, Verdict, assess};
use croplens::series::{Sight, plus_days};
use jiff::civil::{Date, date};

use super::swiss::curve;

/// Atlantic Europe, between Tours and Châteauroux.
const PLACE: (f64, f64) = (47.1, 1.75);

fn s(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// Maize in 2021 (half-rise 11 June, half-fall 30 August), winter wheat harvested in July 2022.
fn rotation(day: f64) -> f64 {
    let maize = s((day - 161.0) / 7.0) - s((day - 241.0) / 8.0);
    let wheat = s((day - 452.0) / 12.0) - s((day - 545.0) / 7.0);
    0.2 + 0.68 * maize + 0.7 * wheat
}

fn read(as_of: Date, declared: &str, sown: Option<Date>) -> Assessment {
    let sights: Vec<Sight> = (0..690)
        .step_by(5)
        .map(|d| Sight {
            date: plus_days(date(2021, 1, 1), d),
            ndvi: rotation(f64::from(d)),
            weight: 1.0,
            blue: None,
        })
        .collect();
    let (series, smooth, seasons) = curve(&sights, as_of, PLACE.0);
    let reading = Reading {
        place: Some(PLACE),
        declared_crop: Some(declared),
        declared_sowing: sown,
        window: Some((plus_days(as_of, -364), as_of)),
        ..Reading::of(&series, &smooth, &seasons)
    };
    assess(&reading, &Profiles::builtin().unwrap(), &CropRules::default())
}

fn verdict(a: &Assessment) -> Verdict {
    a.declared.as_ref().unwrap().verdict
}

#[test]
fn maize_of_last_year_says_nothing_about_maize_declared_for_this_year() {
    // In autumn 2021 the maize of 2021 is what was asked about.
    assert_eq!(verdict(&read(date(2021, 10, 15), "maize", None)), Verdict::Consistent);
    // From May 2022 on the maize of 2022 should be in the ground; wheat is.
    for as_of in [date(2022, 5, 15), date(2022, 6, 15), date(2022, 7, 10)] {
        let a = read(as_of, "maize", None);
        assert_ne!(verdict(&a), Verdict::Consistent, "{as_of}: {:?}", a.declared);
        let b = read(as_of, "maize", Some(date(2022, 4, 28)));
        assert_ne!(verdict(&b), Verdict::Consistent, "{as_of}: {:?}", b.declared);
    }
}

#[test]
fn a_declared_sowing_date_names_the_cycle_also_when_the_next_one_is_sown() {
    let a = read(date(2022, 11, 10), "winter wheat", Some(date(2021, 10, 26)));
    assert_eq!(verdict(&a), Verdict::Consistent, "{:?}", a.declared);
    assert_eq!(a.stage, Stage::Harvested);
}

#[test]
fn a_peak_that_nobody_saw_is_no_crop_seen() {
    // Clear while the maize rises and while it falls, nothing between: the curve bridges the blind time by a peak.
    let read = |blind: std::ops::Range<i32>| {
        let days = (0..364).step_by(5).filter(|d| !blind.contains(d));
        let sight = |d: i32| Sight {
            date: plus_days(date(2021, 1, 1), d),
            ndvi: rotation(f64::from(d)),
            weight: 1.0,
            blue: None,
        };
        let sights: Vec<Sight> = days.map(sight).collect();
        let (series, smooth, seasons) = curve(&sights, date(2021, 11, 15), PLACE.0);
        let reading = Reading {
            place: Some(PLACE),
            declared_crop: Some("maize"),
            ..Reading::of(&series, &smooth, &seasons)
        };
        assess(&reading, &Profiles::builtin().unwrap(), &CropRules::default())
    };
    assert_eq!(read(0..0).cropped, Cropped::Yes);
    let blind = read(166..240);
    assert!(blind.seasons.iter().any(|s| s.peak > 0.8), "the curve bridges the gap: {:?}", blind.seasons);
    assert_eq!(blind.cropped, Cropped::CannotTell);
    assert_eq!(blind.harvested, None);
}
