//! Zonal statistics against exactextract: `tests/data/zonal/make_reference.py` records what it says.

use croplens::grid::{Epsg, Grid, Raster};
use croplens::scene::Radiometry;
use croplens::scl::Scl;
use croplens::zonal::{
    Footprint, MaskRule, Measured, Nearest, PerClass, PlotPixels, Sky, Statistics, observe, sky,
};
use geo::{LineString, MultiPolygon, Polygon};
use ndarray::Array2;
use serde::Deserialize;

/// Tolerance of means, deviations, quantiles and fractions: half a unit of the sixth digit on both sides, and
/// exactextract's own coverage fractions are f32.
const TOLERANCE: f64 = 2e-6;
#[derive(Deserialize)]
struct Reference {
    width: usize,
    height: usize,
    pixel_m: f64,
    x0: f64,
    y0: f64,
    scale: f64,
    offset: f64,
    red: Vec<u16>,
    nir: Vec<u16>,
    scl: Vec<u8>,
    plots: Vec<Expected>,
}

#[derive(Deserialize)]
struct Expected {
    name: String,
    geometry: Geometry,
    pixel_count: f64,
    peers: Numbers,
    weighted: Numbers,
}

#[derive(Deserialize)]
struct Geometry {
    coordinates: Vec<Vec<Vec<(f64, f64)>>>,
}

#[derive(Deserialize)]
struct Numbers {
    mean: Option<f64>,
    std: Option<f64>,
    valid_fraction: f64,
    #[serde(default)]
    quantiles: Vec<Option<f64>>,
}

impl Expected {
    fn outline(&self) -> MultiPolygon<f64> {
        let polygon = |rings: &Vec<Vec<(f64, f64)>>| {
            let mut rings = rings.iter().map(|r| LineString::from(r.clone()));
            Polygon::new(rings.next().unwrap(), rings.collect())
        };
        MultiPolygon(self.geometry.coordinates.iter().map(polygon).collect())
    }
}

fn reference() -> Reference {
    serde_json::from_str(include_str!("../../data/zonal/exactextract.json")).unwrap()
}

/// Every plot of the reference, measured by a rule.
fn measured(reference: &Reference, rule: &MaskRule) -> Vec<(Measured, Footprint)> {
    let r = reference;
    let fine = Grid {
        epsg: Epsg(32633),
        x0: r.x0,
        y0: r.y0,
        dx: r.pixel_m,
        dy: r.pixel_m,
        width: r.width,
        height: r.height,
    };
    let coarse = Grid { dx: 20.0, dy: 20.0, width: r.width / 2, height: r.height / 2, ..fine };
    fn raster<T: Clone>(grid: &Grid, values: &[T]) -> Raster<T> {
        let data = Array2::from_shape_vec((grid.height, grid.width), values.to_vec()).unwrap();
        Raster { window: grid.window(), data }
    }
    let (red, nir) = (raster(&fine, &r.red), raster(&fine, &r.nir));
    let verdicts = sky(&raster(&coarse, &r.scl), &coarse, rule);
    let near = Nearest::new(&fine, &coarse).unwrap();
    let radiometry = Radiometry {
        scale: r.scale,
        offset: r.offset,
        offset_declared: Some(r.offset),
        rule: "test",
        evidence: String::new(),
        settled: true,
    };
    r.plots
        .iter()
        .map(|plot| {
            let footprint = Footprint::new(&plot.outline(), &fine).unwrap();
            let red = footprint.gather(&red, 0);
            let nir = footprint.gather(&nir, 0);
            let sky = near.gather(&footprint, &verdicts, Sky::NO_DATA);
            let pixels = PlotPixels::new(&footprint, &red, &nir, &sky).unwrap();
            let all = observe(&pixels, &radiometry, rule, Statistics::All);
            let mean = observe(&pixels, &radiometry, rule, Statistics::Mean);
            assert_eq!(mean, Measured { ndvi: None, ..all }, "{}", plot.name);
            (all, footprint)
        })
        .collect()
}

fn close(what: &str, ours: Option<f64>, theirs: Option<f64>, tolerance: f64) {
    match (ours, theirs) {
        (Some(a), Some(b)) => assert!((a - b).abs() <= tolerance, "{what}: {a} against {b}"),
        (a, b) => assert_eq!(a, b, "{what}"),
    }
}

#[test]
fn the_peers_definition_is_matched() {
    let reference = reference();
    let ours = measured(&reference, &MaskRule::peers(&[Scl::Vegetation, Scl::Bare]));
    let mut without_value = 0;
    for (plot, (m, footprint)) in reference.plots.iter().zip(&ours) {
        let name = &plot.name;
        close(&format!("{name} mean"), m.ndvi_mean, plot.peers.mean, TOLERANCE);
        close(&format!("{name} std"), m.ndvi.map(|s| s.std), plot.peers.std, TOLERANCE);
        let valid = Some(m.valid_fraction);
        close(&format!("{name} valid fraction"), valid, Some(plot.peers.valid_fraction), TOLERANCE);
        let relative = (footprint.pixel_count() - plot.pixel_count).abs() / plot.pixel_count;
        assert!(relative <= 2e-6, "{name} pixel count: {} {}", footprint.pixel_count(), plot.pixel_count);
        assert_eq!(m.pixel_count, footprint.pixel_count());
        let found = m.ndvi.map(|s| [s.p10, s.p25, s.median, s.p75, s.p90]);
        for (i, expected) in plot.peers.quantiles.iter().enumerate() {
            close(&format!("{name} quantile {i}"), found.map(|f| f[i]), *expected, TOLERANCE);
        }
        without_value += usize::from(plot.peers.mean.is_none());
    }
    assert_eq!(without_value, 1, "one plot lies wholly under cloud");
}

#[test]
fn clipped_and_weighted_ndvi_is_matched() {
    let reference = reference();
    let rule = MaskRule {
        dilate_m: PerClass([0.0; 12]),
        erode_m: 0.0,
        no_data_border_m: 0.0,
        min_digital_number: 1,
        count_outside_as_no_data: false,
        ..MaskRule::default()
    };
    for (plot, (m, _)) in reference.plots.iter().zip(measured(&reference, &rule)) {
        let name = &plot.name;
        let valid = Some(m.valid_fraction);
        close(&format!("{name} valid fraction"), valid, Some(plot.weighted.valid_fraction), TOLERANCE);
        close(&format!("{name} mean"), m.ndvi_mean, plot.weighted.mean, TOLERANCE);
        close(&format!("{name} std"), m.ndvi.map(|s| s.std), plot.weighted.std, TOLERANCE);
    }
}

#[test]
fn what_lies_outside_the_raster_is_no_data_by_default() {
    let reference = reference();
    let rule = MaskRule { no_data_border_m: 0.0, ..MaskRule::default() };
    let at = reference.plots.iter().position(|p| p.name == "across_the_edge").unwrap();
    let (m, footprint) = measured(&reference, &rule).swap_remove(at);
    let outside = 1.0 - footprint.inside_fraction();
    assert!(outside > 0.3 && outside < 0.8, "{outside}");
    assert!((m.sky.nodata - outside).abs() < 1e-7 && m.valid_fraction <= 1.0 - outside + 1e-7, "{m:?}");
    let s = m.sky;
    assert!((s.clear + s.cloud + s.shadow + s.snow + s.nodata - 1.0).abs() < 1e-6, "{s:?}");
}
