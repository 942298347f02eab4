//! Closed-form curves whose dates are known.

use croplens::phenology::{Quality, Season, SeasonRules, seasons};
use croplens::series::{SeriesRules, Sight, Smoothing, days_between, from_sights, plus_days, smooth};
use jiff::civil::{Date, date};
use proptest::prelude::*;

/// A crop cycle: logistic rise around `rise`, logistic fall around `fall` (days), between `low` and `high`.
#[derive(Clone, Copy, Debug)]
struct Cycle {
    rise: f64,
    rise_width: f64,
    fall: f64,
    fall_width: f64,
    height: f64,
}

const SOIL: f64 = 0.18;

impl Cycle {
    fn at(&self, day: f64) -> f64 {
        let s = |x: f64| 1.0 / (1.0 + (-x).exp());
        self.height * (s((day - self.rise) / self.rise_width) - s((day - self.fall) / self.fall_width))
    }

    /// First day at this share of the rise, last day at this share of the fall, by the closed form.
    fn rising(&self, share: f64) -> f64 {
        self.rise + self.rise_width * (share / (1.0 - share)).ln()
    }

    fn falling(&self, share: f64) -> f64 {
        self.fall - self.fall_width * (share / (1.0 - share)).ln()
    }
}

const WHEAT: Cycle = Cycle { rise: 90.0, rise_width: 9.0, fall: 175.0, fall_width: 7.0, height: 0.68 };

fn read(
    cycles: &[Cycle],
    start: Date,
    days: std::ops::Range<i32>,
    step: i32,
    latitude: f64,
    as_of: Date,
) -> Vec<Season> {
    let sights: Vec<Sight> = days
        .step_by(step as usize)
        .map(|d| {
            let ndvi = SOIL + cycles.iter().map(|c| c.at(f64::from(d))).sum::<f64>();
            Sight { date: plus_days(start, d), ndvi, weight: 1.0, blue: None }
        })
        .collect();
    let (series, rejected) = from_sights(&sights, as_of, &SeriesRules::default());
    assert!(rejected.is_empty(), "{rejected:?}");
    let curve = smooth(&series, &Smoothing::default());
    seasons(&series, &curve, Some(latitude), &SeasonRules::default())
}

fn off(seen: Option<Date>, start: Date, expected: f64) -> f64 {
    (f64::from(days_between(start, seen.unwrap())) - expected).abs()
}

#[track_caller]
fn fits(s: &Season, c: &Cycle, start: Date, tolerance: f64) {
    for (what, seen, expected) in [
        ("start", s.sos, c.rising(0.25)),
        ("half-rise", s.greenup50, c.rise),
        ("half-fall", s.senescence50, c.fall),
        ("end", s.eos, c.falling(0.15)),
    ] {
        let error = off(seen, start, expected);
        assert!(error <= tolerance, "{what}: {error:.1} days off: {seen:?}");
    }
}

#[test]
fn dates_of_one_season_are_right_to_two_days() {
    let start = date(2022, 1, 1);
    let found = read(&[WHEAT], start, 0..300, 5, 47.0, Date::MAX);
    assert_eq!(found.len(), 1);
    let s = &found[0];
    fits(s, &WHEAT, start, 2.0);
    assert!((s.base - SOIL).abs() < 0.01 && (s.peak - (SOIL + 0.68)).abs() < 0.02, "{s:?}");
    assert_eq!(s.quality, Quality::High);
    // The area of the cycle is height times distance of the two midpoints, less what lies outside the thresholds.
    let area = s.integral.unwrap();
    assert!((area / (0.68 * 85.0) - 1.0).abs() < 0.05, "{area}");
    assert!(s.sos_sd_days.unwrap() > 0.5 && s.sos_sd_days.unwrap() < 4.0);
}

#[test]
fn dates_are_right_at_every_day() {
    let start = date(2022, 1, 1);
    let found = read(&[WHEAT], start, 0..300, 1, 47.0, Date::MAX);
    fits(&found[0], &WHEAT, start, 1.0);
}

#[test]
fn two_crops_a_year_are_two_seasons() {
    let second = Cycle { rise: 220.0, rise_width: 7.0, fall: 300.0, fall_width: 8.0, height: 0.60 };
    let start = date(2022, 1, 1);
    let found = read(&[WHEAT, second], start, 0..365, 5, 30.0, Date::MAX);
    assert_eq!(found.len(), 2);
    fits(&found[0], &WHEAT, start, 2.5);
    fits(&found[1], &second, start, 2.5);
}

#[test]
fn a_season_may_cross_new_year_and_lie_south_of_the_equator() {
    // Sown in October, ripe in March: days counted from 1 September.
    let soy = Cycle { rise: 85.0, rise_width: 8.0, fall: 165.0, fall_width: 6.0, height: 0.70 };
    let start = date(2022, 9, 1);
    let found = read(&[soy], start, 0..300, 5, -13.0, Date::MAX);
    assert_eq!(found.len(), 1);
    fits(&found[0], &soy, start, 2.0);
    assert!(found[0].sos.unwrap().year() == 2022 && found[0].eos.unwrap().year() == 2023);
}

#[test]
fn an_autumn_stand_and_its_winter_dip_belong_to_the_spring() {
    // 1 September: autumn shoulder to 0.55, dip in January, main rise in April.
    let autumn = Cycle { rise: 50.0, rise_width: 7.0, fall: 115.0, fall_width: 9.0, height: 0.37 };
    let spring = Cycle { rise: 220.0, rise_width: 10.0, fall: 310.0, fall_width: 7.0, height: 0.68 };
    // The stand does not vanish in winter: a floor under the dip.
    let stand = Cycle { rise: 50.0, rise_width: 7.0, fall: 310.0, fall_width: 7.0, height: 0.14 };
    let start = date(2021, 9, 1);
    let north = read(&[autumn, spring, stand], start, 0..400, 5, 48.0, Date::MAX);
    assert_eq!(north.len(), 1, "{north:?}");
    assert!(off(north[0].greenup50, start, 220.0) < 6.0, "{:?}", north[0].greenup50);
    assert!(north[0].sos.unwrap() < date(2021, 11, 15), "{:?}", north[0].sos);
    // Half a year later on the other side of the equator.
    let start = date(2022, 3, 1);
    assert_eq!(read(&[autumn, spring, stand], start, 0..400, 5, -38.0, Date::MAX).len(), 1);
    // The same curve where there is no frost is two crops.
    assert_eq!(read(&[autumn, spring, stand], start, 0..400, 5, 12.0, Date::MAX).len(), 2);
}

#[test]
fn level_curves_have_no_season() {
    for level in [0.05, 0.3, 0.6, 0.85] {
        let flat = Cycle { height: 0.0, ..WHEAT };
        let start = date(2022, 1, 1);
        let sights: Vec<Sight> = (0..365)
            .step_by(5)
            .map(|d| Sight {
                date: plus_days(start, d),
                ndvi: level + flat.at(f64::from(d)) + 0.02 * f64::from(d % 3 - 1),
                weight: 1.0,
                blue: None,
            })
            .collect();
        let (series, _) = from_sights(&sights, Date::MAX, &SeriesRules::default());
        let curve = smooth(&series, &Smoothing::default());
        assert_eq!(seasons(&series, &curve, Some(47.0), &SeasonRules::default()), []);
    }
}

#[test]
fn an_open_season_says_only_what_it_has_seen() {
    let start = date(2022, 1, 1);
    let at = |day: i32| read(&[WHEAT], start, 0..300, 5, 47.0, plus_days(start, day));
    // Before the half-rise and two clear dates: nothing is certain but that something grows.
    let early = at(90);
    assert!(early.is_empty() || early[0].sos.is_none());
    let rising = &at(120)[0];
    assert!(rising.sos.is_some() && rising.pos.is_none() && rising.eos.is_none(), "{rising:?}");
    let top = &at(140)[0];
    assert!(top.pos.is_none() && top.senescence50.is_none(), "{top:?}");
    let falling = &at(182)[0];
    assert!(falling.pos.is_some() && falling.senescence50.is_some() && falling.eos.is_none(), "{falling:?}");
    assert!(off(falling.senescence50, start, WHEAT.fall) <= 3.0);
    let over = &at(215)[0];
    assert!(over.eos.is_some() && over.integral.is_some());
    fits(over, &WHEAT, start, 2.0);
}

#[test]
fn a_record_that_begins_inside_a_season_has_no_start() {
    let start = date(2022, 1, 1);
    let found = read(&[WHEAT], start, 95..300, 5, 47.0, Date::MAX);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].sos, None);
    assert!(found[0].pos.is_some() && found[0].eos.is_some());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn a_shifted_copy_shifts_its_dates_alike(
        rise in 60.0..120.0_f64,
        length in 60.0..140.0_f64,
        height in 0.45..0.72_f64,
        shift in -1500..1500_i32,
    ) {
        // Without frost, so that the place in the year does not matter.
        let c = Cycle { rise, rise_width: 8.0, fall: rise + length, fall_width: 8.0, height };
        let start = date(2022, 1, 1);
        let here = read(&[c], start, 0..365, 6, 10.0, Date::MAX);
        let there = read(&[c], plus_days(start, shift), 0..365, 6, 10.0, Date::MAX);
        prop_assert_eq!(here.len(), 1);
        prop_assert_eq!(there.len(), 1);
        let (a, b) = (&here[0], &there[0]);
        for (a, b) in [(a.sos, b.sos), (a.pos, b.pos), (a.eos, b.eos), (a.greenup50, b.greenup50), (a.senescence50, b.senescence50)] {
            prop_assert_eq!(a.map(|d| plus_days(d, shift)), b);
        }
        prop_assert_eq!((a.peak, a.base, a.integral, a.clear_obs, a.quality), (b.peak, b.base, b.integral, b.clear_obs, b.quality));
        fits(a, &c, start, 3.0);
    }
}
