//! The offset guard: what it catches, and above all what it lets pass.

use croplens::scl::Scl;
use croplens::zonal::{MaskRule, MaskTable, OffsetFinding, OffsetGuard, PlotPixels, Sky};

use super::observe::{plot, radiometry};

/// A scene's plots of one surface: true reflectances with some spread, written with baseline-04.00
/// numbers (+1000) and read with `offset`.
fn guard(surfaces: &[(f64, f64, f64, Scl)], offset: f64) -> OffsetGuard {
    let footprint = plot(40, 40);
    let mut all = OffsetGuard::default();
    for (red, nir, spread, class) in surfaces {
        let at = |i: usize, salt: usize| ((i * 7919 + salt * 104_729) % 1000) as f64 / 500.0 - 1.0;
        let dn = |r: f64| (10_000.0 * (r + 0.1)).round().max(2.0) as u16;
        let reds: Vec<u16> = (0..1600).map(|i| dn(red + spread * at(i, 1))).collect();
        let nirs: Vec<u16> = (0..1600).map(|i| dn(nir + 3.0 * spread * at(i, 2))).collect();
        let sky = vec![Sky::of(*class); 1600];
        let mut one = OffsetGuard::default();
        let pixels = PlotPixels::new(&footprint, &reds, &nirs, &sky).unwrap();
        one.add(&pixels, &radiometry(offset), &MaskTable::new(&MaskRule::default()));
        all.merge(&one);
    }
    all
}

/// Surfaces with little to go by: each alone, read rightly, must pass.
const NATURE: [(&str, f64, f64, f64, Scl); 12] = [
    ("dense maize", 0.03, 0.45, 0.01, Scl::Vegetation),
    ("rapeseed in flower", 0.095, 0.48, 0.02, Scl::Vegetation),
    ("ripening wheat", 0.13, 0.31, 0.03, Scl::Vegetation),
    ("sparse steppe", 0.17, 0.28, 0.03, Scl::Vegetation),
    ("dark forest", 0.015, 0.20, 0.012, Scl::Vegetation),
    ("overcorrected forest in hills", -0.005, 0.15, 0.02, Scl::Vegetation),
    ("desert", 0.42, 0.48, 0.06, Scl::Bare),
    ("dark soil", 0.06, 0.09, 0.02, Scl::Bare),
    ("bright playa", 0.85, 0.9, 0.05, Scl::Bare),
    ("clear water", 0.005, -0.01, 0.01, Scl::Water),
    ("paddy", 0.05, 0.06, 0.02, Scl::Water),
    ("hill shadow", 0.01, 0.06, 0.01, Scl::Dark),
];

#[test]
fn no_natural_surface_is_suspected() {
    for (name, red, nir, spread, class) in NATURE {
        let verdict = guard(&[(red, nir, spread, class)], -0.1).verdict();
        assert_eq!(verdict.finding, OffsetFinding::Plausible, "{name}: {}", verdict.evidence);
        assert!(verdict.is_plausible());
    }
}

#[test]
fn a_forgotten_offset_over_crops_is_found() {
    let crops = [
        (0.03, 0.45, 0.01, Scl::Vegetation),
        (0.05, 0.38, 0.02, Scl::Vegetation),
        (0.15, 0.20, 0.03, Scl::Bare),
    ];
    let verdict = guard(&crops, 0.0).verdict();
    assert_eq!(verdict.finding, OffsetFinding::OffsetMissing, "{}", verdict.evidence);
    assert!(!verdict.is_plausible() && verdict.evidence.contains("dense canopy"));
    assert_eq!(guard(&crops, -0.1).verdict().finding, OffsetFinding::Plausible);
}

#[test]
fn an_offset_applied_twice_over_crops_is_found() {
    let crops = [(0.03, 0.45, 0.01, Scl::Vegetation), (0.25, 0.32, 0.03, Scl::Bare)];
    let verdict = guard(&crops, -0.2).verdict();
    assert_eq!(verdict.finding, OffsetFinding::AppliedTwice, "{}", verdict.evidence);
    assert!(verdict.evidence.contains("% of land below"));
}

#[test]
fn what_cannot_be_told_is_not_held_against_the_scene() {
    // a wrong offset over a desert looks like another desert
    for offset in [0.0, -0.2] {
        let verdict = guard(&[(0.42, 0.48, 0.05, Scl::Bare)], offset).verdict();
        assert_eq!(verdict.finding, OffsetFinding::Plausible);
    }
    assert_eq!(OffsetGuard::default().verdict().finding, OffsetFinding::TooFewPixels);
    let under_cloud = guard(&[(0.6, 0.6, 0.1, Scl::CloudHigh)], -0.1);
    assert_eq!(under_cloud.verdict().finding, OffsetFinding::TooFewPixels);
}

#[test]
fn plots_may_be_counted_in_any_order() {
    let mut there = NATURE.map(|(_, r, n, s, c)| (r, n, s, c));
    let a = guard(&there, -0.1);
    there.reverse();
    assert_eq!(a, guard(&there, -0.1));
}
