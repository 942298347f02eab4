//! Smoothing and seasons of one plot-year: 70 dates, a third of them lost to cloud, some residual cloud.

use croplens::crop::{CropRules, Profiles, Reading, assess};
use croplens::phenology::{SeasonRules, seasons};
use croplens::series::{Series, SeriesRules, Sight, Smoothing, from_sights, plus_days, smooth};
use divan::Bencher;
use jiff::civil::date;

/// Sights of one year: a crop cycle with a fixed pattern of gaps, noise and two undetected clouds.
fn year() -> Vec<Sight> {
    let s = |x: f64| 1.0 / (1.0 + (-x).exp());
    let mut state = 20_231_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    (0..70)
        .filter_map(|k| {
            let (lost, noise, cloud) = (next() < 0.35, 0.04 * (next() - 0.5), next() < 0.05);
            let day = f64::from(k) * 5.2;
            let clean = 0.2 + 0.65 * (s((day - 110.0) / 9.0) - s((day - 200.0) / 8.0));
            let ndvi = if cloud { 0.5 * clean } else { clean + noise };
            (!lost).then(|| Sight {
                date: plus_days(date(2023, 1, 1), day as i32),
                ndvi,
                weight: 1.0,
                blue: None,
            })
        })
        .collect()
}

fn series() -> Series {
    from_sights(&year(), date(2023, 12, 31), &SeriesRules::default()).0
}

#[divan::bench]
fn assemble(bencher: Bencher) {
    let (sights, rules) = (year(), SeriesRules::default());
    bencher.bench(|| from_sights(&sights, date(2023, 12, 31), &rules));
}

#[divan::bench]
fn whittaker_daily(bencher: Bencher) {
    let (series, settings) = (series(), Smoothing::default());
    bencher.bench(|| smooth(&series, &settings));
}

#[divan::bench]
fn smooth_and_seasons(bencher: Bencher) {
    let (series, settings, rules) = (series(), Smoothing::default(), SeasonRules::default());
    bencher.bench(|| seasons(&series, &smooth(&series, &settings), Some(47.0), &rules));
}

#[divan::bench]
fn crop_reading(bencher: Bencher) {
    let series = series();
    let curve = smooth(&series, &Smoothing::default());
    let found = seasons(&series, &curve, Some(47.0), &SeasonRules::default());
    // A bench without its calendar measures nothing.
    let Ok(profiles) = Profiles::builtin() else { return };
    let rules = CropRules::default();
    let reading = Reading {
        place: Some((47.0, 8.0)),
        declared_crop: Some("wheat"),
        ..Reading::of(&series, &curve, &found)
    };
    bencher.bench(|| assess(&reading, &profiles, &rules));
}
