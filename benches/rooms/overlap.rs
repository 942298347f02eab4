//! All pairs of a portfolio that share land, and all copied outlines.

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

#[divan::bench(args = [10_000, 100_000], sample_count = 5)]
fn copied_outlines(bencher: divan::Bencher<'_, '_>, n: usize) {
    let fields = fields(n);
    let claims = claims(&fields);
    bencher.bench_local(|| copies(&claims).len());
}
