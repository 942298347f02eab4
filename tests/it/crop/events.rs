//! Events on curves whose truth is written down: losses, harvests, clouds, droughts, floods, and nothing at all.

use croplens::crop::events::{Event, EventKind, EventRules, Glance, Timing, detect};
use croplens::crop::{DateInterval, Verdict};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use proptest::prelude::*;

const SOWN: Date = date(2022, 4, 20);
const GREENUP: Date = date(2022, 5, 25);
const SENESCENCE: Date = date(2022, 9, 1);
const NOISE: f64 = 0.02;

fn on(n: i64) -> Date {
    SOWN.checked_add(n.days()).unwrap()
}

fn around(d: Date, days: i64) -> DateInterval {
    DateInterval {
        p10: d.checked_sub(days.days()).unwrap(),
        p50: d,
        p90: d.checked_add(days.days()).unwrap(),
    }
}

/// A summer crop's dates, as a calendar knows them.
fn timing(flooded: bool) -> Timing {
    Timing {
        crops: vec!["sunflower".to_owned()],
        declared: Some(Verdict::Consistent),
        emergence: around(on(9), 8),
        greenup: around(GREENUP, 12),
        senescence: around(SENESCENCE, 14),
        ripe: around(date(2022, 9, 9), 15),
        harvest: around(date(2022, 9, 20), 18),
        flower: None,
        flooded,
    }
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// The undisturbed crop: 0.2 to 0.85, half risen on green-up, half fallen on senescence.
fn healthy(n: i64) -> f64 {
    let day = |d: Date| f64::from(SOWN.until(d).unwrap().get_days());
    let t = n as f64;
    let green = logistic((t - day(GREENUP)) / 6.0) * (1.0 - logistic((t - day(SENESCENCE)) / 8.0));
    0.2 + 0.65 * green
}

fn found_with(glances: &[Glance], timings: &dyn Fn(Date) -> Vec<Timing>) -> Vec<Event> {
    detect(glances, NOISE, timings, &EventRules::default()).events
}

fn found(glances: &[Glance]) -> Vec<Event> {
    found_with(glances, &|_| vec![timing(false)])
}

/// Clear dates every `step` days up to day `to`, each with a value.
fn looks(step: i64, to: i64, value: impl Fn(i64) -> f64) -> Vec<Glance> {
    (0..=to / step).map(|k| Glance::of(on(k * step), value(k * step))).collect()
}

#[test]
fn an_undisturbed_season_has_no_event_however_it_is_cut_off() {
    for step in [3, 5, 8, 10, 16] {
        for to in (10..=200).step_by(5) {
            assert_eq!(found(&looks(step, to, healthy)), [], "every {step} days to day {to}");
        }
    }
}

#[test]
fn hail_is_a_loss_with_its_bracket_its_depth_and_its_scenes() {
    // Hail on day 71: 60 % of the green is gone and stays so.
    let hail = |n: i64| if n >= 71 { 0.2 + 0.4 * (healthy(n) - 0.2) } else { healthy(n) };
    let events = found(&looks(5, 110, hail));
    let [e] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!((e.kind, e.from, e.to), (EventKind::Loss, on(70), on(75)));
    assert!((e.severity.unwrap() - 0.6).abs() < 0.03, "{e:?}");
    assert!((e.drop - 0.39).abs() < 0.02, "{e:?}");
    assert!(e.ripe_probability < 0.01 && e.evidence.len() >= 2 && e.evidence[0] == on(75), "{e:?}");
    // The same with a look every 16 days: later, and still found.
    let rare = found(&looks(16, 130, hail));
    assert!(
        matches!(rare.as_slice(), [e] if e.kind == EventKind::Loss && e.from == on(64) && e.to == on(80)),
        "{rare:?}"
    );
}

#[test]
fn the_share_of_the_plot_that_fell_is_read_from_its_pixels() {
    // Half of the pixels fall to 0.25, the others stand.
    let half = |n: i64| {
        let h = healthy(n);
        let mut g = Glance::of(on(n), if n >= 71 { 0.5 * (h + 0.25) } else { h });
        g.spread = Some(if n >= 71 { [0.25, 0.25, 0.5 * (h + 0.25), h, h] } else { [h; 5] });
        g
    };
    let glances: Vec<Glance> = (0..=22).map(|k| half(k * 5)).collect();
    let events = found(&glances);
    let [e] = events.as_slice() else { panic!("{events:?}") };
    assert!((0.35..=0.75).contains(&e.area_fraction.unwrap()), "{e:?}");
}

#[test]
fn one_low_date_is_never_an_event_and_neither_is_what_recovers() {
    for start in [60, 75, 90, 105] {
        for length in [1, 5, 10] {
            let cloud = |n: i64| if n >= start && n < start + length { 0.25 } else { healthy(n) };
            assert_eq!(found(&looks(5, 120, cloud)), [], "a dip from day {start} over {length} days");
        }
    }
    // The last date alone shows a fall: nobody can tell yet.
    let last = |n: i64| if n >= 80 { 0.25 } else { healthy(n) };
    assert_eq!(found(&looks(5, 80, last)), []);
    assert_eq!(found(&looks(5, 85, last)).len(), 1);
}

#[test]
fn a_fall_of_a_ripe_crop_is_its_harvest_and_of_a_nearly_ripe_one_a_question() {
    let cut = |day: i64| move |n: i64| if n >= day { 0.22 } else { healthy(n).max(0.7) };
    let at = |day: i64| found(&looks(5, day + 20, cut(day)));
    // Ripe on day 142 +- 12: half-way to it and later it is a harvest.
    assert_eq!(at(147), []);
    let early = at(130);
    assert!(matches!(early.as_slice(), [e] if e.kind == EventKind::EarlyHarvest), "{early:?}");
    assert!(early[0].ripe_probability > 0.1 && early[0].ripe_probability < 0.5);
    let lost = at(90);
    assert!(
        matches!(lost.as_slice(), [e] if e.kind == EventKind::Loss && e.ripe_probability < 0.1),
        "{lost:?}"
    );
    // Maize of that age may be cut green for silage.
    let maize = |_| vec![Timing { crops: vec!["maize".to_owned()], ..timing(false) }];
    let silage = found_with(&looks(5, 130, cut(110)), &maize);
    assert!(matches!(silage.as_slice(), [e] if e.kind == EventKind::EarlyHarvest), "{silage:?}");
    // If another crop that it may be would be ripe, the fall is no loss either.
    let barley = Timing { ripe: around(on(88), 8), senescence: around(on(80), 8), ..timing(false) };
    let either = found_with(&looks(5, 110, cut(90)), &|_| vec![timing(false), barley.clone()]);
    assert!(either.iter().all(|e| e.kind != EventKind::Loss), "{either:?}");
}

#[test]
fn without_a_declaration_a_fall_is_a_cover_that_went() {
    let cut = |n: i64| if n >= 71 { 0.22 } else { healthy(n) };
    for declared in [None, Some(Verdict::UnknownCrop)] {
        let events = found_with(&looks(5, 110, cut), &|_| vec![Timing { declared, ..timing(false) }]);
        assert!(matches!(events.as_slice(), [e] if e.kind == EventKind::CoverGone), "{events:?}");
    }
    // Where the declared crop never fitted, nothing is said of a fall.
    let misfit = Timing { declared: Some(Verdict::Contradicted), ..timing(false) };
    assert_eq!(found_with(&looks(5, 110, cut), &|_| vec![misfit.clone()]), []);
}

#[test]
fn a_crop_that_may_be_ripening_is_lost_only_with_its_near_infrared() {
    // An odd cultivar turns yellow at once, three weeks before anybody expects it.
    let yellow = |n: i64| if n >= 120 { 0.35 } else { healthy(n) };
    let with_nir = |after: f64| {
        let mut all = looks(5, 135, yellow);
        all.iter_mut().for_each(|g| g.nir = Some(if g.date >= on(120) { after } else { 0.42 }));
        found(&all)
    };
    assert_eq!(with_nir(0.41), [], "dry leaves still scatter");
    assert_eq!(with_nir(0.28).len(), 1, "leaves are gone");
    assert_eq!(found(&looks(5, 135, yellow)).len(), 1, "near infrared was not read");
    // Long before ripeness a fall needs no such witness.
    let hail = |n: i64| if n >= 71 { 0.2 + 0.4 * (healthy(n) - 0.2) } else { healthy(n) };
    let mut all = looks(5, 110, hail);
    all.iter_mut().for_each(|g| g.nir = Some(0.42));
    assert_eq!(found(&all).len(), 1);
}

#[test]
fn growth_that_stops_and_withers_is_a_decline() {
    // Water stands in a young crop from day 41 on: it loses a little and never closes.
    let drowned = |n: i64| if n > 40 { healthy(40) - 0.08 } else { healthy(n) };
    // Once it rose, its green-up is known to a few days.
    let risen = |_| vec![Timing { greenup: around(GREENUP, 4), ..timing(false) }];
    let events = found_with(&looks(5, 100, drowned), &risen);
    assert!(
        matches!(events.as_slice(), [e] if e.kind == EventKind::Decline && e.from >= on(40)),
        "{events:?}"
    );
    // A crop that is merely late has not stopped.
    let late = |n: i64| healthy(n - 10);
    assert_eq!(found_with(&looks(5, 100, late), &risen), []);
}

#[test]
fn a_slow_decline_is_told_from_a_fall() {
    // From day 60 on the crop withers by 0.7 % of its green a day.
    let dry = |n: i64| 0.2 + (healthy(n) - 0.2) * (1.0 - 0.009 * (n - 60).clamp(0, 100) as f64);
    let events = found(&looks(5, 115, dry));
    let [e] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(e.kind, EventKind::Decline, "{e:?}");
    assert!(e.evidence.len() >= 3 && e.drop >= 0.15 && e.from >= on(50), "{e:?}");
}

#[test]
fn water_on_a_growing_crop_is_a_flood_and_on_bare_land_or_in_a_paddy_it_is_not() {
    let wet = |from: i64, to: i64, share: f64| {
        let mut all = looks(5, 120, healthy);
        for g in &mut all {
            if g.date >= on(from) && g.date <= on(to) {
                g.water = share;
                g.ndvi = 0.05;
                g.in_series = to - from > 5;
            }
        }
        all
    };
    let events = found(&wet(60, 75, 0.9));
    let flood: Vec<&Event> = events.iter().filter(|e| e.kind == EventKind::Flood).collect();
    let [f] = flood.as_slice() else { panic!("{events:?}") };
    assert_eq!((f.from, f.to, f.last, f.evidence.len()), (on(55), on(60), on(75), 4));
    assert_eq!(f.area_fraction, Some(0.9));
    let flooded = |glances: &[Glance], paddy: bool| {
        found_with(glances, &|_| vec![timing(paddy)]).iter().any(|e| e.kind == EventKind::Flood)
    };
    // One wet date that the series set aside as an outlier still shows water.
    assert!(flooded(&wet(60, 62, 0.5), false));
    assert!(!flooded(&wet(60, 62, 0.25), false));
    assert!(!flooded(&wet(0, 1, 0.9), false), "before the crop is up");
    // A paddy stands in water until it heads, 32 days after green-up.
    assert!(!flooded(&wet(40, 60, 0.9), true));
    assert!(flooded(&wet(80, 95, 0.9), true));
    // Bands say water where the classification does not.
    let mut dark = looks(5, 120, healthy);
    dark[13].mndwi = Some(0.3);
    assert!(flooded(&dark, false));
    dark[13].swir = Some(0.05);
    assert!(flooded(&dark, false), "muddy water: green 0.09");
    // Thin cloud and snow have MNDWI above 0 as well, and are bright.
    dark[13].swir = Some(0.26);
    assert!(!flooded(&dark, false), "cloud");
    (dark[13].swir, dark[13].mndwi) = (Some(0.10), Some(0.6));
    assert!(!flooded(&dark, false), "snow: green 0.40");
}

/// The crop is healthy until water stands on it from day 75 to 85; then a share of its green is left.
fn after_a_flood(left: f64, in_series: bool) -> Vec<Glance> {
    let mut all = looks(5, 115, |n| if n > 85 { 0.2 + left * (healthy(n) - 0.2) } else { healthy(n) });
    for g in all.iter_mut().filter(|g| (on(75)..=on(85)).contains(&g.date)) {
        (g.water, g.ndvi, g.in_series) = (0.96, 0.1, in_series);
    }
    all
}

#[test]
fn what_a_flood_took_is_told_as_the_flood_and_not_again() {
    // Dead, half alive, and weak: without the water a loss or a decline.
    for left in [0.0, 0.1, 0.4, 0.55, 0.65] {
        for in_series in [true, false] {
            let flooded = after_a_flood(left, in_series);
            let events = found(&flooded);
            let [e] = events.as_slice() else { panic!("{left} {in_series}: {events:?}") };
            assert_eq!((e.kind, e.from, e.to, e.last), (EventKind::Flood, on(70), on(75), on(85)));
            assert!(e.drop > 0.15, "a fall is put down to it: {e:?}");
            // Neighbours are still compared by every fall.
            let dry: Vec<Glance> = flooded.iter().map(|g| Glance { water: 0.0, ..*g }).collect();
            let falls =
                |g: &[Glance]| detect(g, NOISE, &|_| vec![timing(false)], &EventRules::default()).falls;
            assert_eq!(falls(&flooded), falls(&dry));
            let events = found(&dry);
            assert!(matches!(events.as_slice(), [e] if e.kind != EventKind::Flood), "{left}: {events:?}");
        }
    }
    // A crop that takes no harm owes nothing to the flood.
    let unharmed = found(&after_a_flood(1.0, false));
    assert!(
        matches!(unharmed.as_slice(), [e] if e.kind == EventKind::Flood && e.drop == 0.0),
        "{unharmed:?}"
    );
}

#[test]
fn what_befell_a_crop_before_or_long_after_a_flood_stays_its_own() {
    let with_water = |mut all: Vec<Glance>, from: i64, to: i64| {
        for g in all.iter_mut().filter(|g| (on(from)..=on(to)).contains(&g.date)) {
            (g.water, g.ndvi) = (0.9, 0.05);
        }
        found(&all)
    };
    let kinds = |events: &[Event]| events.iter().map(|e| e.kind).collect::<Vec<_>>();
    let hail = |n: i64| if n >= 61 { 0.2 + 0.4 * (healthy(n) - 0.2) } else { healthy(n) };
    let events = with_water(looks(5, 120, hail), 95, 100);
    assert_eq!(kinds(&events), [EventKind::Loss, EventKind::Flood], "{events:?}");
    let late = |n: i64| if n >= 96 { 0.2 + 0.2 * (healthy(n) - 0.2) } else { healthy(n) };
    let events = with_water(looks(5, 120, late), 60, 65);
    assert_eq!(kinds(&events), [EventKind::Flood, EventKind::Loss], "{events:?}");
    // A decline ends with the dry dates: the depth is that of the drought, not of the water.
    let dry = |n: i64| 0.2 + (healthy(n) - 0.2) * (1.0 - 0.013 * (n - 55).clamp(0, 70) as f64);
    let events = with_water(looks(5, 115, dry), 105, 110);
    assert_eq!(kinds(&events), [EventKind::Decline, EventKind::Flood], "{events:?}");
    assert!(events[0].last < on(105) && events[0].drop < 0.5, "{events:?}");
}

#[test]
fn without_known_dates_nothing_is_said() {
    let lost = |n: i64| if n >= 71 { 0.22 } else { healthy(n) };
    assert_eq!(found_with(&looks(5, 110, lost), &|_| Vec::new()), []);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// The order of the dates changes nothing, and an event never rests on fewer than two dates.
    #[test]
    fn order_changes_nothing_and_no_loss_rests_on_one_date(
        start in 40_i64..130, depth in 0.0_f64..1.0, step in 3_i64..12,
        keep in proptest::collection::vec(any::<bool>(), 70), turn in any::<prop::sample::Index>(),
    ) {
        let lost = |n: i64| if n >= start { 0.2 + (1.0 - depth) * (healthy(n) - 0.2) } else { healthy(n) };
        let all: Vec<Glance> = looks(step, 160, lost).into_iter().zip(&keep).filter(|(_, k)| **k).map(|(g, _)| g).collect();
        let events = found(&all);
        for e in events.iter().filter(|e| e.kind != EventKind::Flood) {
            prop_assert!(e.evidence.len() >= 2, "{e:?}");
            prop_assert!(e.from < e.to && e.to <= e.last);
        }
        let mut turned = all.clone();
        if !turned.is_empty() {
            let at = turn.index(turned.len());
            turned.rotate_left(at);
        }
        turned.reverse();
        prop_assert_eq!(found(&turned), events);
    }

    /// Clouds that the mask let pass, of up to twelve days and in any number of far places, raise no loss.
    #[test]
    fn dips_that_recover_within_twelve_days_are_no_event(
        first in 45_i64..70, second in 90_i64..105, length in 1_i64..12, low in 0.05_f64..0.4,
    ) {
        let inside = |n: i64, s: i64| n >= s && n < s + length;
        let cloud = |n: i64| if inside(n, first) || inside(n, second) { low.min(healthy(n)) } else { healthy(n) };
        prop_assert_eq!(found(&looks(5, 125, cloud)), vec![]);
    }
}
