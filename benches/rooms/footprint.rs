//! Coverage fractions, cloud mask and statistics of one plot, by size of the plot.

use croplens::grid::{Epsg, Grid, Raster, Window};
use croplens::scene::Radiometry;
use croplens::scl::Scl;
use croplens::zonal::{Footprint, MaskRule, PlotPixels, Sky, Statistics, observe, sky};
use divan::{Bencher, black_box};
use geo::{LineString, MultiPolygon, Polygon};
use ndarray::Array2;

const GRID: Grid = Grid {
    epsg: Epsg(32633),
    x0: 499_980.0,
    y0: 5_400_000.0,
    dx: 10.0,
    dy: 10.0,
    width: 10_980,
    height: 10_980,
};

/// Width of the plots, pixels: 0.1 ha to 36 ha and a very large one.
const SIDES: [usize; 4] = [3, 12, 60, 600];

/// A wavy outline of 40 vertices, about `side` pixels wide, not aligned with the grid.
fn plot(side: usize) -> MultiPolygon<f64> {
    let radius = side as f64 * 5.0;
    let ring: Vec<(f64, f64)> = (0..40)
        .map(|i| {
            let a = f64::from(i) / 40.0 * std::f64::consts::TAU;
            let r = radius * (1.0 + 0.1 * (5.0 * a).sin());
            (550_003.3 + r * a.cos(), 5_350_007.7 + r * a.sin())
        })
        .collect();
    MultiPolygon(vec![Polygon::new(LineString::from(ring), Vec::new())])
}

fn pixels(n: usize) -> (Vec<u16>, Vec<u16>, Vec<Sky>) {
    let red = (0..n).map(|i| 1300 + (i * 37 % 900) as u16).collect();
    let nir = (0..n).map(|i| 3000 + (i * 101 % 2500) as u16).collect();
    let sky = (0..n).map(|i| Sky::of(if i % 17 == 0 { Scl::CloudHigh } else { Scl::Vegetation })).collect();
    (red, nir, sky)
}

fn radiometry() -> Radiometry {
    Radiometry {
        scale: 0.0001,
        offset: -0.1,
        offset_declared: Some(-0.1),
        rule: "bench",
        evidence: String::new(),
        settled: true,
    }
}

#[divan::bench(args = SIDES)]
fn coverage(bencher: Bencher<'_, '_>, side: usize) {
    let plot = plot(side);
    bencher.bench(|| Footprint::new(black_box(&plot), &GRID).unwrap());
}

#[divan::bench(args = SIDES)]
fn observe_mean(bencher: Bencher<'_, '_>, side: usize) {
    run(bencher, side, Statistics::Mean);
}

#[divan::bench(args = SIDES)]
fn observe_all(bencher: Bencher<'_, '_>, side: usize) {
    run(bencher, side, Statistics::All);
}

fn run(bencher: Bencher<'_, '_>, side: usize, statistics: Statistics) {
    let footprint = Footprint::new(&plot(side), &GRID).unwrap();
    let (red, nir, sky) = pixels(footprint.len());
    let radiometry = radiometry();
    let rule = MaskRule::default();
    let pixels = PlotPixels::new(&footprint, &red, &nir, &sky).unwrap();
    let counter = divan::counter::ItemsCount::new(footprint.len());
    bencher.counter(counter).bench(|| observe(black_box(&pixels), &radiometry, &rule, statistics));
}

#[divan::bench(args = [64, 512])]
fn sky_with_clouds(bencher: Bencher<'_, '_>, side: usize) {
    let grid = Grid { dx: 20.0, dy: 20.0, width: side, height: side, ..GRID };
    let window = Window { col: 0, row: 0, width: side, height: side };
    let data = Array2::from_shape_fn((side, side), |(r, c)| match (r / 24 + c / 24) % 5 {
        0 => Scl::CloudHigh as u8,
        1 => Scl::CloudShadow as u8,
        _ => Scl::Vegetation as u8,
    });
    let classes = Raster { window, data };
    let rule = MaskRule::default();
    let counter = divan::counter::ItemsCount::new(side * side);
    bencher.counter(counter).bench(|| sky(black_box(&classes), &grid, &rule));
}
