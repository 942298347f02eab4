//! Two crops in the window: last year's must not answer for this year's.

use croplens::crop::ensemble::{Ensemble, Unit, views_of};
use croplens::crop::{
    Assessment, CannotTell, CropRules, Cropped, Models, OutOfDomain, Profiles, Reading, Stage, Verdict,
    assess, read as read_all,
};
use croplens::series::{Sight, plus_days};
use jiff::civil::{Date, date};

use super::drawn_fields::{PLACE, every_fifth_day, green, maize};
use super::swiss::curve;

/// Maize in 2021 (half-rise 11 June, half-fall 30 August), winter wheat harvested in July 2022.
fn rotation(day: f64) -> f64 {
    let wheat = green(day, (452.0, 12.0), (545.0, 7.0));
    0.2 + 0.68 * maize(day, 161.0, 241.0) + 0.7 * wheat
}

fn read(as_of: Date, declared: &str, sown: Option<Date>) -> Assessment {
    let sights = every_fifth_day(date(2021, 1, 1), 690, |d| rotation(f64::from(d)));
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
        let hidden: Vec<Date> = blind.map(|d| plus_days(date(2021, 1, 1), d)).collect();
        let mut sights = every_fifth_day(date(2021, 1, 1), 364, |d| rotation(f64::from(d)));
        sights.retain(|sight| !hidden.contains(&sight.date));
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

/// NDVI of each fifth day from January 2022 on, with crops that green up and fall at these days of it.
fn field(seasons: &[(f64, f64)], days: i32) -> Vec<Sight> {
    let crops = |d: f64| seasons.iter().map(|(up, down)| green(d, (*up, 8.0), (*down, 8.0))).sum::<f64>();
    every_fifth_day(date(2022, 1, 1), days, |d| {
        // Some hundredths of noise, the same in every run.
        let noise = 0.015 * f64::from((d * 7919) % 13 - 6) / 6.0;
        0.2 + 0.66 * crops(f64::from(d)) + noise
    })
}

/// As an appraisal asks: the declared crop, no sowing date unless given, the year before the as-of date.
fn asked(
    sights: &[Sight],
    as_of: Date,
    declared: &str,
    sown: Option<Date>,
    season: Option<(Date, Date)>,
) -> Assessment {
    let (series, smooth, seasons) = curve(sights, as_of, PLACE.0);
    let reading = Reading {
        place: Some(PLACE),
        declared_crop: Some(declared),
        declared_sowing: sown,
        window: season,
        whole_season: season.is_some(),
        ..Reading::of(&series, &smooth, &seasons)
    };
    let (profiles, ensemble) = (Profiles::builtin().unwrap(), Ensemble::builtin().unwrap());
    let models =
        Models { profiles: &profiles, ensemble: &ensemble, shares: None, unit: Unit::Field, crops: &[] };
    read_all(&reading, &views_of(&series), &models, &CropRules::default()).0
}

#[test]
fn land_that_lay_idle_speaks_neither_for_nor_against_a_crop_that_does_not_show_yet() {
    // Idle in 2022, maize from June 2023 on; wheat in 2022, then the same; maize in both years.
    let (up, down) = (365.0 + 161.0, 365.0 + 262.0);
    let histories = [vec![(up, down)], vec![(73.0, 170.0), (up, down)], vec![(161.0, 262.0), (up, down)]];
    for (n, history) in histories.iter().enumerate() {
        let sights = field(history, 720);
        for as_of in
            [date(2023, 2, 15), date(2023, 4, 12), date(2023, 4, 25), date(2023, 5, 10), date(2023, 5, 25)]
        {
            for sown in [None, Some(date(2023, 4, 29))].into_iter().filter(|s| s.is_none_or(|s| s < as_of)) {
                let a = asked(&sights, as_of, "maize", sown, None);
                let verdict = verdict(&a);
                // Long before sowing the last maize may still be what was meant; that there was none is no fault.
                let last_years = n == 2 && as_of < date(2023, 4, 1) && verdict == Verdict::Consistent;
                assert!(
                    verdict == Verdict::Undetermined || last_years,
                    "{n} {as_of} {sown:?}: {:?}",
                    a.declared
                );
            }
            let year = Some((date(2023, 1, 1), date(2023, 12, 31)));
            let a = asked(&sights, as_of, "maize", None, year);
            assert_eq!(verdict(&a), Verdict::Undetermined, "{n} {as_of}, 2023: {:?}", a.declared);
            let early = |c: &CannotTell| matches!(c, CannotTell::TooEarly { expected_from: Some(_) });
            assert!(a.cannot_tell.iter().any(early), "{n} {as_of}: {:?}", a.cannot_tell);
        }
        // Once it shows, it is told.
        assert_eq!(
            verdict(&asked(&sights, date(2023, 8, 15), "maize", None, None)),
            Verdict::Consistent,
            "{n}"
        );
    }
    // The season that is over is judged by itself, also on its own last day.
    let sights = field(&histories[2], 720);
    let year = Some((date(2022, 1, 1), date(2022, 12, 31)));
    for as_of in [date(2022, 12, 31), date(2023, 4, 25)] {
        assert_eq!(verdict(&asked(&sights, as_of, "maize", None, year)), Verdict::Consistent, "{as_of}");
    }
}

/// What is said to have been looked at is what was: of two years in the window the one of the cycle asked about.
#[test]
fn the_days_looked_at_begin_with_the_cycle_asked_about() {
    // Maize in 2022, nothing in 2023; asked in August, a year back.
    let sights = field(&[(161.0, 262.0)], 720);
    let as_of = date(2023, 8, 15);
    let window = (plus_days(as_of, -399), as_of);
    for sown in [None, Some(date(2023, 4, 29))] {
        let (series, smooth, seasons) = curve(&sights, as_of, PLACE.0);
        let reading = Reading {
            place: Some(PLACE),
            declared_crop: Some("maize"),
            declared_sowing: sown,
            window: Some(window),
            ..Reading::of(&series, &smooth, &seasons)
        };
        let a = assess(&reading, &Profiles::builtin().unwrap(), &CropRules::default());
        assert_ne!(a.cropped, Cropped::Yes);
        let (from, to) = a.looked_at;
        assert_eq!(to, as_of);
        // 45 days of soil before sowing, which the calendar has in April and May.
        let of_soil = plus_days(from, 45);
        assert!(sown.map_or(of_soil.year() == 2023 && (4..6).contains(&of_soil.month()), |s| s == of_soil));
        let dates = sights.iter().filter(|sight| (from..=to).contains(&sight.date)).count();
        assert_eq!(a.clear_obs, dates, "{sown:?}: {from} to {to}");
        // Without a declaration the whole window is looked at.
        let bare = Reading { declared_crop: None, declared_sowing: None, ..reading };
        let bare = assess(&bare, &Profiles::builtin().unwrap(), &CropRules::default());
        assert_eq!(bare.looked_at, window);
    }
}

#[test]
fn a_crop_that_clouds_hid_is_no_crop_that_is_too_early() {
    // Idle in 2022 and until May 2023; nothing was seen since.
    let sights = field(&[], 480);
    let a = asked(&sights, date(2023, 9, 1), "maize", Some(date(2023, 4, 29)), None);
    assert_eq!(verdict(&a), Verdict::Undetermined, "{:?}", a.declared);
    assert!(!a.cannot_tell.iter().any(|c| matches!(c, CannotTell::TooEarly { expected_from: Some(_) })));
}

#[test]
fn a_winter_crop_is_judged_when_it_stands_and_not_before() {
    // Wheat of 2022/23: sown at the end of October, up in November, half-rise in mid March, half-fall at the end of June.
    let sights = field(&[(325.0, 365.0 + 178.0)], 600);
    let sown = Some(date(2022, 10, 25));
    for as_of in [date(2022, 10, 30), date(2022, 11, 8)] {
        assert_eq!(
            verdict(&asked(&sights, as_of, "winter wheat", sown, None)),
            Verdict::Undetermined,
            "{as_of}"
        );
    }
    assert_ne!(
        verdict(&asked(&sights, date(2023, 2, 15), "winter wheat", sown, None)),
        Verdict::Contradicted
    );
    assert_eq!(verdict(&asked(&sights, date(2023, 6, 25), "winter wheat", sown, None)), Verdict::Consistent);
    // What stands green while maize should be coming up is told, as no contradiction before the maize must show.
    let maize = asked(&sights, date(2023, 5, 25), "maize", Some(date(2023, 4, 25)), None);
    assert!(matches!(verdict(&maize), Verdict::Inconsistent | Verdict::Undetermined), "{:?}", maize.declared);
    let later = asked(&sights, date(2023, 9, 1), "maize", Some(date(2023, 4, 25)), None);
    assert!(matches!(verdict(&later), Verdict::Inconsistent | Verdict::Contradicted), "{:?}", later.declared);
    assert!(!later.declared.as_ref().unwrap().basis.contains("too early"), "{:?}", later.declared);
}

#[test]
fn a_named_zone_keeps_the_crops_of_the_zones_around_it() {
    let profiles = Profiles::builtin().unwrap();
    let zones = profiles.zones_from("europe-atlantic", None);
    assert_eq!(zones[0].name, "europe-atlantic");
    let crops: Vec<&str> = profiles.rows_in(&zones).iter().map(|row| row.crop.as_str()).collect();
    let by_place: Vec<&str> =
        profiles.rows_in(&profiles.zones_at(PLACE.0, PLACE.1)).iter().map(|row| row.crop.as_str()).collect();
    for crop in by_place {
        assert!(crops.contains(&crop), "{crop} is missing");
    }
    assert!(profiles.zones_from("atlantis", None).is_empty());
}

#[test]
fn covers_can_be_declared_by_the_words_people_use_and_land_without_a_calendar_is_referred() {
    let meadow = |d: i32| Sight {
        date: plus_days(date(2022, 1, 1), d),
        ndvi: 0.68 + 0.05 * f64::from((d * 7919) % 13 - 6) / 6.0,
        weight: 1.0,
        blue: None,
    };
    let sights: Vec<Sight> = (0..365).step_by(6).map(meadow).collect();
    for word in ["Pasture", "alfalfa", "草地", "grass"] {
        let a = asked(&sights, date(2022, 12, 20), word, None, None);
        assert_eq!(a.declared.as_ref().unwrap().crop, "grass", "{word}");
        assert_ne!(verdict(&a), Verdict::UnknownCrop);
        let unknown = |c: &CannotTell| matches!(c, CannotTell::OutOfDomain(OutOfDomain::UnknownWord { .. }));
        assert!(!a.cannot_tell.iter().any(unknown), "{word}: {:?}", a.cannot_tell);
    }
    assert_eq!(
        verdict(&asked(&sights, date(2022, 12, 20), "dragon fruit", None, None)),
        Verdict::UnknownCrop
    );
}

/// Wheat greens up in March and is seen three times since; what is declared is the maize of that spring.
#[test]
fn a_crop_that_stands_lends_nothing_to_one_that_is_not_up() {
    let all = every_fifth_day(date(2021, 1, 1), 690, |d| rotation(f64::from(d)));
    let few: Vec<Sight> = all
        .iter()
        .filter(|s| {
            s.date < date(2022, 3, 1)
                || [date(2022, 3, 27), date(2022, 4, 11), date(2022, 5, 1)].contains(&s.date)
        })
        .cloned()
        .collect();
    assert_eq!(few.iter().filter(|s| s.date > date(2022, 3, 1)).count(), 3);
    for sown in [None, Some(date(2022, 5, 4))] {
        let a = asked(&few, date(2022, 5, 10), "maize", sown, None);
        assert_eq!(
            (a.cropped, verdict(&a), a.stage),
            (Cropped::Yes, Verdict::Undetermined, Stage::Unknown),
            "{sown:?}"
        );
        assert_eq!((a.bbch, a.maturity, a.emergence), (None, None, None));
        assert_eq!((a.harvest, a.harvested), (None, None));
        let stands = a.cannot_tell.iter().find_map(|c| match c {
            CannotTell::OutOfDomain(OutOfDomain::AnotherCanopy { on, ndvi, emergence }) => {
                Some((*on, *ndvi, *emergence))
            }
            _ => None,
        });
        let (on, ndvi, emergence) = stands.unwrap();
        assert!(on == date(2022, 5, 1) && ndvi > 0.7 && emergence > on, "{on} {ndvi} {emergence}");
    }
    // The wheat that stands keeps what is told of it.
    let wheat = asked(&few, date(2022, 5, 10), "winter wheat", None, None);
    assert!(wheat.emergence.is_some() && wheat.harvest.is_some() && wheat.stage > Stage::Bare, "{wheat:?}");
}
