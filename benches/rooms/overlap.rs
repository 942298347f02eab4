//! All pairs of a portfolio that share land, and all copied outlines.

use std::collections::BTreeSet;

use croplens::overlap::{Claim, copies, shared};
use geo::{Area, Coord, LineString, MultiPolygon, Polygon};

/// Metres in a degree of latitude, near enough for sizes.
const DEGREE_M: f64 = 111_195.0;

/// Ten-cornered fields of about 0.6 ha, one in 150 m x 150 m, each moved at random: about a tenth meet a neighbour.
fn fields(n: usize) -> Vec<MultiPolygon<f64>> {
    let mut state = 1_u64;
    let mut roll = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let across = (n as f64).sqrt().ceil() as usize;
    (0..n)
        .map(|k| {
            let (x, y) =
                ((k % across) as f64 * 150.0 + 60.0 * roll(), (k / across) as f64 * 150.0 + 60.0 * roll());
            let ring = (0..10).map(|i| {
                let (angle, radius) =
                    (f64::from(i) / 10.0 * std::f64::consts::TAU, 60.0 * (0.6 + 0.4 * roll()));
                Coord { x: (x + radius * angle.cos()) / DEGREE_M, y: (y + radius * angle.sin()) / DEGREE_M }
            });
            MultiPolygon(vec![Polygon::new(LineString(ring.collect()), Vec::new())])
        })
        .collect()
}

/// Fields of which none meets another but planted pairs of squares, whose common part is known by construction. Beside
/// them the pairs that share one per cent and more.
fn planted(n: usize) -> (Vec<MultiPolygon<f64>>, BTreeSet<(usize, usize)>) {
    const SIDE_M: f64 = 100.0;
    const LEAST: f64 = 0.01;
    let across = (n as f64).sqrt().ceil() as usize;
    let square = |x: f64, y: f64| {
        let ring = [(0.0, 0.0), (SIDE_M, 0.0), (SIDE_M, SIDE_M), (0.0, SIDE_M)];
        let at = |(dx, dy): (f64, f64)| Coord { x: (x + dx) / DEGREE_M, y: (y + dy) / DEGREE_M };
        MultiPolygon(vec![Polygon::new(LineString(ring.map(at).to_vec()), Vec::new())])
    };
    let (mut fields, mut truth) = (Vec::with_capacity(n), BTreeSet::new());
    let mut place = 0;
    while fields.len() < n {
        let (x, y) = ((place % across) as f64 * 250.0, (place / across) as f64 * 250.0);
        place += 1;
        fields.push(square(x, y));
        // Every tenth has a rival, moved so that 0.5 % to 100 % of it lies in the other: none within a fiftieth of the limit.
        if place % 10 == 0 && fields.len() < n {
            let share = 0.005 * (1 + place / 10 % 200) as f64;
            let share = if (share - LEAST).abs() < LEAST / 50.0 { 0.012 } else { share };
            fields.push(square(x + (1.0 - share) * SIDE_M, y));
            if share >= LEAST {
                truth.insert((fields.len() - 2, fields.len() - 1));
            }
        }
    }
    (fields, truth)
}

/// The found pairs are the planted ones, all of them and no other; then how long that takes.
#[divan::bench(args = [100_000], sample_count = 5)]
fn planted_pairs(bencher: divan::Bencher<'_, '_>, n: usize) {
    let (fields, truth) = planted(n);
    let claims = claims(&fields);
    let found: BTreeSet<(usize, usize)> = shared(&claims).iter().map(|s| (s.a, s.b)).collect();
    let (missed, made_up) = (truth.difference(&found).count(), found.difference(&truth).count());
    println!("{n} plots, {} planted pairs of 1 % and more: {missed} missed, {made_up} made up", truth.len());
    assert!(missed == 0 && made_up == 0);
    bencher.bench_local(|| shared(&claims).len());
}

fn claims(fields: &[MultiPolygon<f64>]) -> Vec<Claim<'_>> {
    let area = |f: &MultiPolygon<f64>| f.unsigned_area() * DEGREE_M * DEGREE_M;
    fields.iter().map(|f| Claim { outline: f, area_m2: area(f), fresh: true }).collect()
}

#[divan::bench(args = [10_000, 100_000], sample_count = 5)]
fn pairs_that_share_land(bencher: divan::Bencher<'_, '_>, n: usize) {
    let fields = fields(n);
    let claims = claims(&fields);
    bencher.bench_local(|| shared(&claims).len());
}

/// Grows with the square of the outlines of one size.
#[divan::bench(args = [5_000, 10_000], sample_count = 5)]
fn copied_outlines(bencher: divan::Bencher<'_, '_>, n: usize) {
    let fields = fields(n);
    let claims = claims(&fields);
    bencher.bench_local(|| copies(&claims).len());
}
