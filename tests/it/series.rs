//! Tests of `series`: the smoother's laws, spikes, and what enters a series.

use std::collections::BTreeMap;

use croplens::band::Band;
use croplens::observation::{NdviStats, Observation, Reject, SkyFractions};
use croplens::scene::SceneId;
use croplens::series::{
    Series, SeriesRules, Sight, Smoothing, assemble, from_sights, inverse_diagonal, plus_days, smooth,
    whittaker,
};
use jiff::civil::{Date, date};
use proptest::prelude::*;

const LAMBDA: f64 = 300.0;

fn sights(values: &[(i32, f64)]) -> Vec<Sight> {
    let start = date(2022, 1, 1);
    values
        .iter()
        .map(|(day, ndvi)| Sight { date: plus_days(start, *day), ndvi: *ndvi, weight: 1.0, blue: None })
        .collect()
}

fn series(values: &[(i32, f64)]) -> (Series, Vec<(usize, Reject)>) {
    from_sights(&sights(values), Date::MAX, &SeriesRules::default())
}

/// Dense `W + lambda D'D`, row by row.
fn dense(w: &[f64], lambda: f64) -> Vec<Vec<f64>> {
    let n = w.len();
    let mut a = vec![vec![0.0; n]; n];
    for (i, w) in w.iter().enumerate() {
        a[i][i] += w;
    }
    for k in 0..n.saturating_sub(2) {
        let d = [1.0, -2.0, 1.0];
        for i in 0..3 {
            for j in 0..3 {
                a[k + i][k + j] += lambda * d[i] * d[j];
            }
        }
    }
    a
}

/// Gauss-Jordan with pivoting: the oracle. Returns the inverse.
fn inverse(mut a: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let n = a.len();
    let mut b: Vec<Vec<f64>> =
        (0..n).map(|i| (0..n).map(|j| f64::from(u8::from(i == j))).collect()).collect();
    for k in 0..n {
        let p = (k..n).max_by(|x, y| a[*x][k].abs().total_cmp(&a[*y][k].abs())).unwrap();
        a.swap(k, p);
        b.swap(k, p);
        let pivot = a[k][k];
        for j in 0..n {
            a[k][j] /= pivot;
            b[k][j] /= pivot;
        }
        for i in 0..n {
            if i != k {
                let f = a[i][k];
                for j in 0..n {
                    a[i][j] -= f * a[k][j];
                    b[i][j] -= f * b[k][j];
                }
            }
        }
    }
    b
}

/// Days with values; the first and the last are always seen, so the dense matrix is well conditioned.
fn signal() -> impl Strategy<Value = (Vec<f64>, Vec<f64>)> {
    (3_usize..40).prop_flat_map(|n| {
        let weights = prop::collection::vec(prop_oneof![Just(0.0), 0.05..1.0_f64], n).prop_map(|mut w| {
            let last = w.len() - 1;
            w[0] = 1.0;
            w[last] = 1.0;
            w
        });
        (prop::collection::vec(-0.2..1.0_f64, n), weights)
    })
}

proptest! {
    #[test]
    fn agrees_with_a_dense_solver((y, w) in signal(), lambda in 1.0..1000.0_f64) {
        let z = whittaker(&y, &w, lambda).unwrap();
        let inverse = inverse(dense(&w, lambda));
        let diagonal = inverse_diagonal(&w, lambda).unwrap();
        for i in 0..y.len() {
            let oracle: f64 = (0..y.len()).map(|j| inverse[i][j] * w[j] * y[j]).sum();
            prop_assert!((z[i] - oracle).abs() < 1e-9, "day {i}: {} against {oracle}", z[i]);
            let exact = inverse[i][i];
            prop_assert!((diagonal[i] - exact).abs() < 1e-9 * exact.abs().max(1.0), "day {i}");
        }
    }

    #[test]
    fn reproduces_straight_lines(w in signal().prop_map(|s| s.1), a in -1.0..1.0_f64, b in -0.01..0.01_f64) {
        let y: Vec<f64> = (0..w.len()).map(|i| a + b * i as f64).collect();
        for (z, y) in whittaker(&y, &w, LAMBDA).unwrap().iter().zip(&y) {
            prop_assert!((z - y).abs() < 1e-9);
        }
    }

    #[test]
    fn days_of_no_weight_do_not_count((y, w) in signal(), noise in -9.0..9.0_f64) {
        let other: Vec<f64> = y.iter().zip(&w).map(|(y, w)| if *w > 0.0 { *y } else { y + noise }).collect();
        prop_assert_eq!(whittaker(&y, &w, LAMBDA), whittaker(&other, &w, LAMBDA));
    }

    #[test]
    fn adding_a_constant_adds_it((y, w) in signal(), c in -0.5..0.5_f64) {
        let moved: Vec<f64> = y.iter().map(|v| v + c).collect();
        let (z, m) = (whittaker(&y, &w, LAMBDA).unwrap(), whittaker(&moved, &w, LAMBDA).unwrap());
        for (z, m) in z.iter().zip(&m) {
            prop_assert!((m - z - c).abs() < 1e-9);
        }
    }

    #[test]
    fn the_order_of_rows_and_a_shift_in_time_change_nothing(
        days in prop::collection::btree_map(0..400_i32, 0.1..0.95_f64, 2..40),
        shift in -4000..4000_i32,
        seed in any::<u64>(),
    ) {
        let values: Vec<(i32, f64)> = days.into_iter().collect();
        let mut shuffled = values.clone();
        // A fixed shuffle from the seed.
        let mut state = seed | 1;
        for i in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            shuffled.swap(i, (state >> 33) as usize % (i + 1));
        }
        let plain = series(&values).0;
        prop_assert_eq!(&plain, &series(&shuffled).0);
        let moved: Vec<(i32, f64)> = values.iter().map(|(d, v)| (d + shift, *v)).collect();
        let moved = series(&moved).0;
        let (a, b) = (smooth(&plain, &Smoothing::default()), smooth(&moved, &Smoothing::default()));
        prop_assert_eq!(&a.values, &b.values);
        prop_assert_eq!(&a.sd, &b.sd);
        prop_assert_eq!(plus_days(a.start, shift), b.start);
    }

    #[test]
    fn what_is_later_than_the_as_of_date_is_never_used(
        days in prop::collection::btree_map(0..400_i32, 0.1..0.95_f64, 2..40),
        cut in 0..400_i32,
    ) {
        let all: Vec<(i32, f64)> = days.into_iter().collect();
        let early: Vec<(i32, f64)> = all.iter().copied().filter(|(d, _)| *d <= cut).collect();
        let as_of = plus_days(date(2022, 1, 1), cut);
        let rules = SeriesRules::default();
        let (whole, truncated) = (from_sights(&sights(&all), as_of, &rules), from_sights(&sights(&early), as_of, &rules));
        prop_assert_eq!(&whole.0, &truncated.0);
        prop_assert_eq!(smooth(&whole.0, &Smoothing::default()), smooth(&truncated.0, &Smoothing::default()));
    }
}

#[test]
fn a_constant_series_is_reproduced_with_a_finite_uncertainty() {
    let values: Vec<(i32, f64)> = (0..30).map(|k| (k * 10, 0.42)).collect();
    let curve = smooth(&series(&values).0, &Smoothing::default());
    assert_eq!(curve.values.len(), 291);
    assert!(curve.values.iter().all(|z| (z - 0.42).abs() < 1e-9));
    assert!(curve.sd.iter().all(|s| *s > 0.0 && *s < 0.03));
    // Between dates the curve is less sure than on them, at the ends less than inside.
    assert!(curve.sd[0] > curve.sd[100] && curve.sd[105] >= curve.sd[100]);
}

#[test]
fn nothing_and_almost_nothing_are_smoothed_too() {
    for n in 0..4 {
        let values: Vec<(i32, f64)> = (0..n).map(|k| (k * 3, 0.5)).collect();
        let curve = smooth(&series(&values).0, &Smoothing::default());
        let days = if n == 0 { 0 } else { (n as usize - 1) * 3 + 1 };
        assert_eq!(curve.values.len(), days);
        assert!(curve.values.iter().all(|z| (z - 0.5).abs() < 1e-9));
    }
    assert_eq!(whittaker(&[1.0, 2.0, 3.0], &[0.0, 1.0, 0.0], 300.0), None);
    assert_eq!(whittaker(&[1.0], &[1.0, 1.0], 300.0), None);
}

#[test]
fn the_curve_leans_to_the_upper_envelope() {
    // Two undetected clouds too shallow to be spikes, on a level field.
    let mut values: Vec<(i32, f64)> = (0..40).map(|k| (k * 5, 0.80 + 0.01 * f64::from(k % 3))).collect();
    values[12].1 = 0.73;
    values[25].1 = 0.74;
    let (series, rejected) = series(&values);
    assert!(rejected.is_empty(), "{rejected:?}");
    let curve = smooth(&series, &Smoothing::default());
    let plain = smooth(&series, &Smoothing { robust_passes: 0, ..Smoothing::default() });
    for day in [60, 125] {
        let (robust, plain) = (0.81 - curve.values[day], 0.81 - plain.values[day]);
        assert!(robust < 0.5 * plain && robust.abs() < 0.015, "day {day}: {robust:.3} against {plain:.3}");
    }
    assert!(curve.weights[12] < 0.2 * curve.weights[11], "{:?}", &curve.weights[10..14]);
}

#[test]
fn clouds_go_and_harvests_stay() {
    let spike = |values: &[(i32, f64)]| -> Vec<usize> {
        series(values).1.iter().filter(|r| r.1 == Reject::Spike).map(|r| r.0).collect()
    };
    // One cloud between near neighbours.
    assert_eq!(spike(&[(0, 0.80), (5, 0.82), (10, 0.45), (15, 0.83), (20, 0.84)]), [2]);
    // Two bad dates in a row, recovered within 12 days.
    assert_eq!(spike(&[(0, 0.80), (5, 0.82), (8, 0.45), (11, 0.40), (16, 0.83), (20, 0.84)]), [2, 3]);
    // A harvest: it does not come back.
    assert!(spike(&[(0, 0.80), (5, 0.78), (10, 0.30), (15, 0.25), (20, 0.25)]).is_empty());
    // The only date between two crops of a 16-day series.
    assert!(spike(&[(0, 0.80), (16, 0.82), (32, 0.40), (48, 0.80), (64, 0.84)]).is_empty());
    // A glint needs twice as much.
    assert!(spike(&[(0, 0.30), (5, 0.30), (10, 0.48), (15, 0.30), (20, 0.30)]).is_empty());
    assert_eq!(spike(&[(0, 0.30), (5, 0.30), (10, 0.62), (15, 0.30), (20, 0.30)]), [2]);
    // The last date has no other side: it stays.
    assert!(spike(&[(0, 0.80), (5, 0.80), (10, 0.80), (15, 0.30)]).is_empty());
}

fn observation(scene: &str, day: i32, ndvi: f64, valid: f64, pixels: f64) -> Observation {
    Observation {
        joined: Vec::new(),
        scene: SceneId::new(scene).unwrap(),
        datetime: "2022-01-01T10:00:00Z".parse().unwrap(),
        date: plus_days(date(2022, 1, 1), day),
        ndvi: Some(NdviStats {
            mean: ndvi,
            median: ndvi,
            std: 0.0,
            p10: ndvi,
            p25: ndvi,
            p75: ndvi,
            p90: ndvi,
        }),
        bands: BTreeMap::new(),
        sky: SkyFractions { clear: valid, cloud: 1.0 - valid, ..SkyFractions::default() },
        valid_fraction: valid,
        pixel_count: pixels,
        rejected: None,
    }
}

#[test]
fn every_observation_is_used_or_has_a_reason() {
    let mut list = vec![
        observation("c", 0, 0.5, 1.0, 50.0),
        observation("b", 0, 0.6, 1.0, 50.0),
        observation("a", 5, 0.5, 0.0, 50.0),
        observation("d", 10, 0.5, 1.0, 0.0),
        observation("e", 15, -4.8, 1.0, 50.0),
        observation("f", 20, f64::NAN, 1.0, 50.0),
        observation("g", 25, 0.5, 0.7, 50.0),
        observation("h", 25, 0.4, 0.9, 50.0),
        observation("i", 30, 0.5, f64::NAN, 50.0),
        observation("j", 35, 0.5, 0.0, 50.0),
        observation("k", 40, 0.5, 0.0, 50.0),
        observation("l", 45, 0.5, 1.0, 50.0),
        observation("m", 99, 0.5, 1.0, 50.0),
    ];
    list[9].ndvi = None;
    list[10].ndvi = None;
    list[10].valid_fraction = 1.0;
    list[11].rejected = Some(Reject::ReadFailed);
    let as_of = date(2022, 3, 1);
    let (series, rejected) = assemble(&list, as_of, &SeriesRules::default());
    let words: Vec<(usize, &str)> = rejected.iter().map(|(i, r)| (*i, r.word())).collect();
    assert_eq!(
        words,
        [
            (0, "duplicate"),
            (2, "no_data"),
            (3, "no_data"),
            (4, "implausible"),
            (5, "implausible"),
            (6, "duplicate"),
            (8, "no_data"),
            (9, "no_data"),
            (10, "no_data"),
        ]
    );
    let used: Vec<(Date, f64)> = series.samples().iter().map(|s| (s.date, s.ndvi)).collect();
    assert_eq!(used, [(date(2022, 1, 1), 0.6), (date(2022, 1, 26), 0.4)]);
    assert_eq!(series.as_of(), as_of);

    list.reverse();
    let again = assemble(&list, as_of, &SeriesRules::default());
    assert_eq!(again.0, series);
    assert_eq!(again.1.len(), rejected.len());
}

#[test]
fn haze_lowers_the_weight_and_nothing_else() {
    let mut hazy = observation("a", 0, 0.5, 1.0, 50.0);
    hazy.bands.insert(Band::B02, 0.10);
    let mut clear = observation("b", 5, 0.5, 1.0, 50.0);
    clear.bands.insert(Band::B02, 0.05);
    let (series, _) = assemble(&[hazy, clear], Date::MAX, &SeriesRules::default());
    assert!((series.samples()[0].weight - 0.25).abs() < 1e-12);
    assert_eq!(series.samples()[1].weight, 1.0);
}

#[test]
fn gaps_count_the_ends_of_the_window() {
    let (series, _) = series(&[(10, 0.5), (20, 0.5), (60, 0.5)]);
    let day = |d: i32| plus_days(date(2022, 1, 1), d);
    assert_eq!(series.longest_gap(day(0), day(70)), Some((day(20), day(60), 40)));
    assert_eq!(series.longest_gap(day(0), day(130)), Some((day(60), day(130), 70)));
    assert_eq!(series.longest_gap(day(30), day(50)), Some((day(30), day(50), 20)));
    assert_eq!(series.longest_gap(day(50), day(30)), None);
}
