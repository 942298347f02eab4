//! The hypothesis ensemble: one plot and one season, by the number of clear dates and of indices read.

use croplens::crop::ensemble::{Ensemble, Question, Unit, View};
use croplens::crop::{CropRules, Profiles};
use croplens::series::plus_days;
use divan::{Bencher, black_box};
use jiff::civil::date;

/// Where a question is asked: western France and the North China Plain, whose calendars have the most rows.
const PLACES: [(f64, f64); 2] = [(46.6, 0.4), (36.2, 115.4)];

/// `count` clear dates of a winter crop, spread over 400 days with gaps; with all indices or NDVI alone.
fn views(count: usize, all: bool) -> Vec<View> {
    let s = |x: f64| 1.0 / (1.0 + (-x).exp());
    let mut state = 7_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    (0..count)
        .map(|k| {
            let day = 400.0 * (k as f64 + 0.8 * next()) / count as f64;
            let green = s((day - 190.0) / 11.0) - s((day - 285.0) / 9.0);
            let noise = 0.03 * (next() - 0.5);
            View {
                date: plus_days(date(2022, 9, 18), day as i32),
                ndvi: 0.25 + 0.6 * green + noise,
                lswi: all.then_some(-0.05 + 0.45 * green + noise),
                ndyi: all.then_some(0.2 + 0.05 * green + noise),
                nir: all.then_some(0.23 + 0.18 * green + 0.5 * noise),
                red_edge: all.then_some(0.05 + 0.11 * green + 0.3 * noise),
                blue: all.then_some(0.05 - 0.02 * green),
            }
        })
        .collect()
}

fn run(bencher: Bencher<'_, '_>, count: usize, all: bool, place: (f64, f64), declared: Option<&str>) {
    // A bench without its tables measures nothing.
    let (Ok(ensemble), Ok(profiles)) = (Ensemble::builtin(), Profiles::builtin()) else { return };
    let (views, rules) = (views(count, all), CropRules::default());
    let zones = profiles.zones_at(place.0, place.1);
    let question = Question {
        views: &views,
        as_of: date(2023, 10, 20),
        latitude: Some(place.0),
        zones: &zones,
        window: Some((date(2022, 9, 18), date(2023, 11, 22))),
        declared_crop: declared,
        declared_sowing: None,
        unit: Unit::Field,
        shares: None,
        crops: &[],
    };
    bencher.bench(|| ensemble.answer(black_box(&question), &profiles, &rules));
}

/// A plot-season in western France, five indices: the figure of the target (15 ms a core, 5 ms aimed at).
#[divan::bench(args = [12, 24, 40])]
fn plot_season(bencher: Bencher<'_, '_>, dates: usize) {
    run(bencher, dates, true, PLACES[0], Some("winter wheat"));
}

/// The same with NDVI alone.
#[divan::bench(args = [24, 40])]
fn plot_season_ndvi(bencher: Bencher<'_, '_>, dates: usize) {
    run(bencher, dates, false, PLACES[0], Some("winter wheat"));
}

/// The same in the North China Plain.
#[divan::bench(args = [24, 40])]
fn plot_season_china(bencher: Bencher<'_, '_>, dates: usize) {
    run(bencher, dates, true, PLACES[1], None);
}
