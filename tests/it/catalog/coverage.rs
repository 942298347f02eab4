//! Acquisitions expected against found.

use croplens::catalog::{Coverage, expected_acquisitions};
use croplens::scene::Scene;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::{on_day, remote};

const FROM: Date = date(2024, 3, 1);
const TO: Date = date(2024, 5, 31);

fn scenes(days: impl IntoIterator<Item = Date>) -> Vec<Scene> {
    days.into_iter().map(|d| remote(&on_day(&d.to_string(), 'a')).unwrap().scene).collect()
}

fn every(first: Date, step: i32, count: i32) -> Vec<Date> {
    (0..count).map(|k| first + (k * step).days()).collect()
}

fn of(days: impl IntoIterator<Item = Date>) -> Coverage {
    expected_acquisitions(&scenes(days), FROM, TO)
}

#[test]
fn two_satellites_five_days() {
    let all = every(date(2024, 3, 3), 5, 18);
    let coverage = of(all.clone());
    assert_eq!((coverage.expected, coverage.found), (Some(18), 18));
    assert!(coverage.missing.is_empty());
    assert_eq!(coverage.tiles[0].cadences_days, [5]);

    let gone = [date(2024, 3, 18), date(2024, 5, 27)];
    let coverage = of(all.into_iter().filter(|d| !gone.contains(d)));
    assert_eq!((coverage.expected, coverage.found), (Some(18), 16));
    assert_eq!(coverage.missing, gone);
}

#[test]
fn passes_before_the_first_and_after_the_last_find_are_missing_too() {
    let coverage = of([date(2024, 4, 2), date(2024, 4, 7)]);
    assert_eq!(coverage.expected, Some(18));
    assert_eq!(coverage.missing.first(), Some(&date(2024, 3, 3)));
    assert_eq!(coverage.missing.last(), Some(&date(2024, 5, 27)));
}

#[test]
fn one_satellite_ten_days_and_two_orbits() {
    let coverage = of(every(date(2024, 3, 3), 10, 9));
    assert_eq!(
        (coverage.expected, coverage.tiles[0].cadences_days.as_slice()),
        (Some(9), [10_u8].as_slice())
    );
    let coverage = of(every(date(2024, 3, 3), 5, 18).into_iter().chain(every(date(2024, 3, 1), 10, 10)));
    assert_eq!((coverage.expected, coverage.found), (Some(28), 28));
    assert!(coverage.missing.is_empty());
}

#[test]
fn what_cannot_be_inferred_is_said() {
    let nothing = of([]);
    assert_eq!((nothing.expected, nothing.found), (None, 0));
    let one = of([date(2024, 3, 3)]);
    assert_eq!((one.expected, one.found), (None, 1));
    assert_eq!(one.tiles[0].unplaced, [date(2024, 3, 3)]);
    let stray = of(every(date(2024, 3, 3), 5, 18).into_iter().chain([date(2024, 3, 4)]));
    assert_eq!((stray.expected, stray.found), (Some(18), 19));
    assert_eq!(stray.tiles[0].unplaced, [date(2024, 3, 4)]);
    let outside = of(every(date(2023, 3, 3), 5, 10));
    assert_eq!((outside.expected, outside.found), (None, 0));
}

#[test]
fn tiles_are_counted_apart_and_days_by_the_sun() {
    let mut all = scenes(every(date(2024, 3, 3), 5, 18));
    let mut other = scenes(every(date(2024, 3, 3), 5, 18).into_iter().skip(1).take(10));
    for scene in &mut other {
        scene.tile = croplens::scene::MgrsTile::new("37MBS").unwrap();
    }
    all.extend(other);
    let coverage = expected_acquisitions(&all, FROM, TO);
    assert_eq!((coverage.expected, coverage.found), (Some(36), 28));
    assert_eq!(coverage.missing.len(), 8);
    assert_eq!(coverage.tiles.len(), 2);

    // A pass over 180 degrees at 23:50 UTC on one day and 00:10 UTC on another is one solar sequence.
    let mut fiji = scenes([date(2024, 3, 3), date(2024, 3, 8)]);
    for (scene, at) in fiji.iter_mut().zip(["2024-03-03T23:50:00Z", "2024-03-09T00:10:00Z"]) {
        scene.tile = croplens::scene::MgrsTile::new("60KXF").unwrap();
        scene.datetime = at.parse().unwrap();
    }
    let coverage = expected_acquisitions(&fiji, date(2024, 3, 1), date(2024, 3, 12));
    assert_eq!((coverage.expected, coverage.found), (Some(2), 2), "{coverage:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Days taken out of a full sequence are exactly the days called missing.
    #[test]
    fn what_was_taken_out_is_missing(start in 0_i32..5, keep in prop::collection::vec(any::<bool>(), 18)) {
        let all: Vec<Date> = every(FROM + start.days(), 5, 18);
        let (kept, gone): (Vec<_>, Vec<_>) = all.iter().zip(&keep).partition(|(_, keep)| **keep);
        let parities: std::collections::BTreeSet<i32> =
            keep.iter().zip(0..).filter(|(k, _)| **k).map(|(_, i)| i % 2).collect();
        prop_assume!(parities.len() == 2);
        let coverage = of(kept.iter().map(|(d, _)| **d));
        let days: Vec<Date> = gone.iter().map(|(d, _)| **d).filter(|d| *d <= TO).collect();
        let also: Vec<Date> = coverage.missing.iter().copied().filter(|d| all.contains(d)).collect();
        prop_assert_eq!(days, also);
        prop_assert_eq!(coverage.expected.unwrap() as usize, coverage.missing.len() + coverage.found as usize);
    }
}
