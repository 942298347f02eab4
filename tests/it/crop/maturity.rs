//! Laws of dates, stage and harvest: a shifted series, later as-of days, warmer springs, cuts seen and not seen.

use std::collections::BTreeMap;

use croplens::crop::ensemble::{Beside, Development, Ensemble, Question, Standing, Unit, View};
use croplens::crop::{CropRules, DailyMeans, Profiles, ThermalTable};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use proptest::prelude::*;

fn days(from: Date, n: i32) -> Date {
    from.checked_add(n.days()).unwrap()
}

fn apart(a: Date, b: Date) -> i32 {
    b.since(a).unwrap().get_days()
}

/// Winter wheat at 48 N: half-rise, half-fall, clear dates every `gap` days from October on.
fn wheat(rise: Date, fall: Date, gap: i32) -> Vec<View> {
    let step = |t: Date, at: Date, width: f64| 1.0 / (1.0 + (-f64::from(apart(at, t)) / width).exp());
    let first = date(2021, 10, 1);
    (0..340 / gap)
        .map(|k| days(first, k * gap))
        .map(|t| View {
            date: t,
            ndvi: 0.25 + 0.62 * (step(t, rise, 11.0) - step(t, fall, 6.0)),
            lswi: None,
            ndyi: None,
            nir: None,
            red_edge: None,
            blue: None,
        })
        .collect()
}

fn ask(views: &[View], as_of: Date, calendar: &str, beside: &Beside<'_>) -> Development {
    let profiles = Profiles::parse(calendar).unwrap();
    let zones = profiles.zones_at(48.0, 20.0);
    let question = Question {
        views,
        as_of,
        latitude: Some(48.0),
        zones: &zones,
        window: Some((days(as_of, -330), days(as_of, 95))),
        declared_crop: Some("winter wheat"),
        declared_sowing: None,
        unit: Unit::Field,
        shares: None,
        crops: &["winter_wheat".to_owned()],
    };
    let answer =
        Ensemble::builtin().unwrap().answer_beside(&question, beside, &profiles, &CropRules::default());
    answer.development.unwrap()
}

fn calendar() -> &'static str {
    include_str!("../../../pipelines/crops.toml")
}

/// The calendar with wheat of the zone sown so many days later.
fn calendar_later(shift: i32) -> String {
    let at =
        "crop = \"winter_wheat\"\nzone = \"europe-continental\"\nsow_from = \"09-20\"\nsow_to = \"10-25\"";
    assert!(calendar().contains(at));
    let month_day = |d: Date| format!("{:02}-{:02}", d.month(), d.day());
    let (a, b) = (days(date(2021, 9, 20), shift), days(date(2021, 10, 25), shift));
    let to = at.replace("09-20", &month_day(a)).replace("10-25", &month_day(b));
    calendar().replacen(at, &to, 1)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn a_shifted_copy_shifts_its_dates_alike(shift in -12_i32..=12, as_of in 150_i32..=320) {
        let views = wheat(date(2022, 4, 2), date(2022, 7, 1), 8);
        let moved: Vec<View> = views.iter().map(|v| View { date: days(v.date, shift), ..*v }).collect();
        let on = days(date(2021, 10, 1), as_of);
        let a = ask(&views, on, calendar(), &Beside::default());
        let b = ask(&moved, days(on, shift), &calendar_later(shift), &Beside::default());
        for (x, y) in [(a.emergence, b.emergence), (a.greenup, b.greenup), (a.senescence, b.senescence), (a.harvest, b.harvest)] {
            for (x, y) in [(x.p10, y.p10), (x.p50, y.p50), (x.p90, y.p90)] {
                // A day of rounding: dates are whole days, percentiles are not.
                prop_assert!((apart(x, y) - shift).abs() <= 1, "{x} {y} {shift}");
            }
        }
        prop_assert!((a.maturity.mid - b.maturity.mid).abs() < 0.01);
        prop_assert!((a.bbch.unwrap().mid - b.bbch.unwrap().mid).abs() < 0.5);
    }

    #[test]
    fn intervals_are_ordered_on_every_day(rise in 0_i32..30, fall in 0_i32..30, gap in 4_i32..18, as_of in 30_i32..335) {
        let views = wheat(days(date(2022, 3, 20), rise), days(date(2022, 6, 15), fall), gap);
        let on = days(date(2021, 10, 1), as_of);
        let d = ask(&views, on, calendar(), &Beside::default());
        for i in [d.emergence, d.greenup, d.senescence, d.harvest] {
            prop_assert!(i.p10 <= i.p50 && i.p50 <= i.p90);
        }
        for i in [d.maturity, d.bbch.unwrap()] {
            prop_assert!(i.lower <= i.mid && i.mid <= i.upper && i.lower >= 0.0);
        }
        prop_assert!(d.maturity.upper <= 1.0 && (0.0..=1.0).contains(&(d.harvested_probability - 1e-9).max(0.0)));
        prop_assert!(d.emergence.p50 < d.greenup.p50 && d.greenup.p50 < d.senescence.p50);
        if d.standing == Standing::Yes {
            let last = views.iter().map(|v| v.date).filter(|t| *t <= on).max().unwrap();
            prop_assert!(d.harvest.p10 >= last, "{:?} {last}", d.harvest);
        }
    }
}

/// Ripe wheat cut on 20 July: straw shows in NBR2 from the next clear date on.
fn cut_field() -> (Vec<View>, Vec<(Date, f64)>) {
    let views = wheat(date(2022, 4, 2), date(2022, 7, 1), 6);
    let nbr2 =
        views.iter().map(|v| (v.date, if v.date >= date(2022, 7, 20) { 0.20 } else { 0.12 })).collect();
    (views, nbr2)
}

#[test]
fn a_crop_seen_harvested_stays_harvested_on_later_days() {
    let (mut views, nbr2) = cut_field();
    // Weeds on the stubble from mid August on.
    for v in views.iter_mut().filter(|v| v.date > date(2022, 8, 15)) {
        v.ndvi = 0.55;
    }
    let mut seen = None;
    for k in 0..10 {
        let on = days(date(2022, 7, 5), k * 7);
        let d = ask(&views, on, calendar(), &Beside { nbr2: &nbr2, ..Beside::default() });
        if let Standing::Cut { from, to } = d.standing {
            assert!(
                from < date(2022, 7, 20) && date(2022, 7, 20) <= to && apart(from, to) <= 6,
                "{from} {to}"
            );
            assert!(d.harvest.p10 >= from && d.harvest.p90 <= to);
            seen = seen.or(Some(on));
        } else {
            assert!(seen.is_none(), "harvested on {seen:?}, {:?} on {on}", d.standing);
        }
    }
    assert!(seen.is_some_and(|s| s < date(2022, 8, 20)), "{seen:?}");
}

#[test]
fn without_an_event_the_harvest_is_expected_and_never_detected() {
    let (views, _) = cut_field();
    for k in 0..12 {
        let d = ask(&views, days(date(2022, 6, 20), k * 7), calendar(), &Beside::default());
        assert!(!matches!(d.standing, Standing::Cut { .. }), "{:?}", d.standing);
    }
    let end = ask(&views, date(2022, 9, 1), calendar(), &Beside::default());
    assert_eq!(end.standing, Standing::CutByCalendar);
}

#[test]
fn a_green_crop_that_vanishes_in_may_was_not_harvested() {
    let mut views = wheat(date(2022, 4, 2), date(2022, 7, 1), 6);
    for v in views.iter_mut().filter(|v| v.date > date(2022, 5, 15)) {
        v.ndvi = 0.2;
    }
    let d = ask(&views, date(2022, 6, 10), calendar(), &Beside::default());
    let Standing::Gone { from, to } = d.standing else { panic!("{:?}", d.standing) };
    assert!(from <= date(2022, 5, 15) && to > date(2022, 5, 15));
}

/// Mean temperatures of Central Europe, °C, from September 2021 on, plus something in spring.
fn temperatures(warmer: f64) -> BTreeMap<Date, f64> {
    (0..500)
        .map(|k| days(date(2021, 9, 1), k))
        .map(|d| {
            let turn = 2.0 * std::f64::consts::PI * (f64::from(d.day_of_year()) - 200.0) / 365.25;
            let spring = d.year() == 2022 && (3..=6).contains(&d.month());
            (d, 9.5 + 9.5 * turn.cos() + if spring { warmer } else { 0.0 })
        })
        .collect()
}

#[test]
fn usual_temperatures_give_the_calendars_answer_and_a_warm_spring_an_early_one() {
    let table = ThermalTable::builtin().unwrap();
    // Seen to the end of March only: what follows is expected.
    let views: Vec<View> = wheat(date(2022, 4, 2), date(2022, 7, 1), 8)
        .into_iter()
        .filter(|v| v.date < date(2022, 4, 1))
        .collect();
    let on = date(2022, 6, 1);
    let by_calendar = ask(&views, on, calendar(), &Beside::default());
    let warmed = |means: BTreeMap<Date, f64>, normals: BTreeMap<Date, f64>| {
        let means = DailyMeans::new(means, normals);
        ask(&views, on, calendar(), &Beside { temperature: Some((&means, &table)), ..Beside::default() })
    };
    let usual = warmed(temperatures(0.0), temperatures(0.0));
    assert_eq!(
        (usual.harvest, usual.senescence, usual.bbch),
        (by_calendar.harvest, by_calendar.senescence, by_calendar.bbch)
    );
    assert!(usual.time.starts_with("degree-days"), "{}", usual.time);
    let early = warmed(temperatures(2.5), temperatures(0.0));
    assert!(early.senescence.p50 < usual.senescence.p50 && early.harvest.p50 < usual.harvest.p50);
    assert!(early.bbch.unwrap().mid > usual.bbch.unwrap().mid);
    let late = warmed(temperatures(-2.5), temperatures(0.0));
    assert!(late.senescence.p50 > usual.senescence.p50 && late.bbch.unwrap().mid < usual.bbch.unwrap().mid);
    // Missing days are usual days, and that is said.
    let missing = warmed(BTreeMap::new(), temperatures(0.0));
    assert_eq!((missing.harvest, missing.bbch), (by_calendar.harvest, by_calendar.bbch));
    assert!(missing.time.contains("count as usual"), "{}", missing.time);
    // Nobody knows what is usual: the calendar, and that is said.
    let unknown = warmed(temperatures(2.5), BTreeMap::new());
    assert_eq!(unknown.harvest, by_calendar.harvest);
    assert!(unknown.time.starts_with("calendar days: it is not known"), "{}", unknown.time);
}
