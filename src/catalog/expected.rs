//! How many acquisitions a window should hold, inferred from those found.
//!
//! A Sentinel-2 satellite repeats its ground track every 10 days exactly, and the two of the
//! constellation follow each other by 5 (ESA, Sentinel-2 MSI User Handbook). So every date found for a
//! tile is one of a sequence of dates, and the gaps of the sequences are acquisitions that were not made
//! or are not in the catalog. Nothing else is known here: a sequence of which one date was found is
//! called not inferable, and a tile of which nothing was found is not in the answer at all.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use jiff::civil::{Date, date};

use crate::scene::{MgrsTile, Scene, solar_date};

/// Days after which one satellite sees the same ground from the same orbit. Source: ESA.
const REPEAT_DAYS: i32 = 10;

/// Days between passes of the two satellites of the constellation on one orbit. Source: ESA.
const PAIR_DAYS: i32 = 5;

/// Dates of one sequence from which it is inferred. With one, a stray item would make a sequence.
const LEAST_DATES: usize = 2;

/// Acquisitions of one tile in a window of solar days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TileCoverage {
    /// The tile.
    pub tile: MgrsTile,
    /// Days between passes of each sequence inferred (5: two satellites, 10: one), one for each orbit
    /// that sees the tile. Empty if nothing could be inferred.
    pub cadences_days: Vec<u8>,
    /// Passes that the inferred sequences have in the window; `None` if nothing could be inferred.
    pub expected: Option<u32>,
    /// Days with a scene.
    pub found: u32,
    /// Days of the inferred sequences without a scene.
    pub missing: Vec<Date>,
    /// Days with a scene that belong to no inferred sequence (too few to tell).
    pub unplaced: Vec<Date>,
}

/// Acquisitions of all tiles in a window of solar days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// Tile-days expected, over the tiles where it could be inferred; `None` if it could for none.
    pub expected: Option<u32>,
    /// Tile-days found.
    pub found: u32,
    /// Days on which at least one tile misses an expected pass.
    pub missing: Vec<Date>,
    /// Tile by tile.
    pub tiles: Vec<TileCoverage>,
}

/// Infers the acquisitions between two solar days (both included) from the scenes found.
pub fn expected_acquisitions(scenes: &[Scene], from: Date, to: Date) -> Coverage {
    let mut days: BTreeMap<&MgrsTile, BTreeSet<Date>> = BTreeMap::new();
    for scene in scenes {
        let day = solar_date(scene.datetime, middle_of_zone(&scene.tile));
        if (from..=to).contains(&day) {
            days.entry(&scene.tile).or_default().insert(day);
        }
    }
    let tiles: Vec<TileCoverage> = days.iter().map(|(tile, days)| of_tile(tile, days, from, to)).collect();
    let missing: BTreeSet<Date> = tiles.iter().flat_map(|t| t.missing.iter().copied()).collect();
    Coverage {
        expected: tiles
            .iter()
            .filter_map(|t| t.expected)
            .fold(None, |sum, n| Some(sum.unwrap_or(0_u32).saturating_add(n))),
        found: tiles.iter().map(|t| t.found).fold(0, u32::saturating_add),
        missing: missing.into_iter().collect(),
        tiles,
    }
}

fn of_tile(tile: &MgrsTile, found: &BTreeSet<Date>, from: Date, to: Date) -> TileCoverage {
    let mut orbits: BTreeMap<i32, Vec<Date>> = BTreeMap::new();
    for day in found {
        orbits.entry(day_number(*day).rem_euclid(PAIR_DAYS)).or_default().push(*day);
    }
    let mut coverage = TileCoverage {
        tile: tile.clone(),
        cadences_days: Vec::new(),
        expected: None,
        found: u32::try_from(found.len()).unwrap_or(u32::MAX),
        missing: Vec::new(),
        unplaced: Vec::new(),
    };
    let mut expected = 0_u32;
    for days in orbits.into_values() {
        if days.len() < LEAST_DATES {
            coverage.unplaced.extend(days);
            continue;
        }
        let satellites: BTreeSet<i32> = days.iter().map(|d| day_number(*d).rem_euclid(REPEAT_DAYS)).collect();
        let cadence = if satellites.len() > 1 { PAIR_DAYS } else { REPEAT_DAYS };
        coverage.cadences_days.push(if cadence == PAIR_DAYS { 5 } else { 10 });
        let Some(first) = days.first() else { continue };
        let back = (day_number(*first) - day_number(from)) / cadence * cadence;
        let mut pass = first.checked_sub(back.days()).ok();
        while let Some(day) = pass.filter(|d| *d <= to) {
            expected = expected.saturating_add(1);
            if !found.contains(&day) {
                coverage.missing.push(day);
            }
            pass = day.checked_add(cadence.days()).ok();
        }
    }
    coverage.missing.sort_unstable();
    coverage.unplaced.sort_unstable();
    coverage.expected = (!coverage.cadences_days.is_empty()).then_some(expected);
    coverage
}

/// Days since 2015-01-01, some months before the first Sentinel-2.
fn day_number(day: Date) -> i32 {
    (day - date(2015, 1, 1)).get_days()
}

/// Middle meridian of the tile's UTM zone, degrees.
fn middle_of_zone(tile: &MgrsTile) -> f64 {
    let zone: f64 = tile.as_str().get(..2).and_then(|z| z.parse().ok()).unwrap_or(31.0);
    zone * 6.0 - 183.0
}
