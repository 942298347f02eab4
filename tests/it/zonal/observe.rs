//! What is made of a plot's pixels: closed forms, gates and reasons.

use croplens::grid::{Epsg, Grid, Raster, Window};
use croplens::observation::Reject;
use croplens::scene::Radiometry;
use croplens::scl::Scl;
use croplens::zonal::{
    BandPixels, Footprint, MaskRule, Measured, Nearest, PlotPixels, Sky, Statistics, band_mean, ndvi_map,
    observe, observe_sky,
};
use geo::{MultiPolygon, Rect};
use ndarray::Array2;

const GRID: Grid =
    Grid { epsg: Epsg(32736), x0: 0.0, y0: 1000.0, dx: 10.0, dy: 10.0, width: 100, height: 100 };

pub(super) fn radiometry(offset: f64) -> Radiometry {
    Radiometry {
        scale: 0.0001,
        offset,
        offset_declared: None,
        rule: "test",
        evidence: String::new(),
        settled: true,
    }
}

/// A rectangle of `cols` x `rows` whole pixels.
pub(super) fn plot(cols: usize, rows: usize) -> Footprint {
    let shape: MultiPolygon<f64> =
        Rect::new((100.0, 900.0 - rows as f64 * 10.0), (100.0 + cols as f64 * 10.0, 900.0))
            .to_polygon()
            .into();
    Footprint::new(&shape, &GRID).unwrap()
}

/// Ten pixels in a row, each `(red, nir, class)`.
fn ten(each: impl Fn(usize) -> (u16, u16, Sky), radiometry: &Radiometry, rule: &MaskRule) -> Measured {
    let footprint = plot(10, 1);
    let pixels: Vec<_> = (0..10).map(each).collect();
    let red: Vec<u16> = pixels.iter().map(|p| p.0).collect();
    let nir: Vec<u16> = pixels.iter().map(|p| p.1).collect();
    let sky: Vec<Sky> = pixels.iter().map(|p| p.2).collect();
    let pixels = PlotPixels::new(&footprint, &red, &nir, &sky).unwrap();
    observe(&pixels, radiometry, rule, Statistics::All)
}

const GREEN: Sky = Sky::of(Scl::Vegetation);
const CLOUD: Sky = Sky::of(Scl::CloudHigh);

#[test]
fn the_offset_is_applied_to_reflectance_and_not_to_the_ratio() {
    let m = ten(|_| (1400, 4600, GREEN), &radiometry(-0.1), &MaskRule::default());
    assert!((m.ndvi_mean.unwrap() - 0.8).abs() < 1e-12);
    let wrong = ten(|_| (1400, 4600, GREEN), &radiometry(0.0), &MaskRule::default());
    assert!((wrong.ndvi_mean.unwrap() - 3200.0 / 6000.0).abs() < 1e-12);
    assert_eq!((m.valid_fraction, m.valid_pixels, m.clear_weight, m.rejected), (1.0, 10.0, 1.0, None));
}

#[test]
fn classes_count_by_their_weight() {
    // four full pixels of NDVI 0.8, six unclassified (weight 0.5) of NDVI 0.5
    let m = ten(
        |i| if i < 4 { (400, 3600, GREEN) } else { (1000, 3000, Sky::of(Scl::Unclassified)) },
        &radiometry(0.0),
        &MaskRule::default(),
    );
    assert!((m.ndvi_mean.unwrap() - (4.0 * 0.8 + 3.0 * 0.5) / 7.0).abs() < 1e-12);
    assert_eq!((m.valid_fraction, m.clear_weight), (1.0, 0.7));
}

#[test]
fn every_reason_is_named() {
    let rule = MaskRule::default();
    let ok = radiometry(0.0);
    let with = |n: usize, what: Sky| move |i: usize| (400, 3600, if i < n { what } else { GREEN });
    let seen = |n, what| ten(with(n, what), &ok, &rule);
    assert_eq!(seen(4, CLOUD).rejected, None);
    assert_eq!(seen(5, CLOUD).rejected, Some(Reject::Cloudy));
    assert_eq!(seen(5, Sky::NEAR_SHADOW).rejected, Some(Reject::Cloudy));
    assert_eq!(seen(5, Sky::of(Scl::Snow)).rejected, Some(Reject::Snow));
    assert_eq!(seen(5, Sky::NEAR_NO_DATA).rejected, Some(Reject::NoData));
    assert_eq!(seen(10, Sky::NO_DATA).rejected, Some(Reject::NoData));
    assert_eq!(
        ten(|_| (0, 0, GREEN), &ok, &rule).rejected,
        Some(Reject::NoData),
        "no numbers, whatever the class"
    );
    let strict = MaskRule { min_valid_pixels: 11.0, ..rule };
    assert_eq!(ten(with(0, CLOUD), &ok, &strict).rejected, Some(Reject::TooFewPixels));
    let unsettled = Radiometry { settled: false, ..ok.clone() };
    let m = ten(with(0, CLOUD), &unsettled, &rule);
    assert_eq!((m.rejected, m.ndvi_mean, m.ndvi), (Some(Reject::OffsetUnsettled), None, None));
    assert_eq!(m.sky.clear, 1.0, "what the sky looked like is known all the same");
}

#[test]
fn a_hidden_plot_is_known_before_its_bands_are_read() {
    let (footprint, rule) = (plot(10, 1), MaskRule::default());
    let sky = |n: usize| -> Vec<Sky> { (0..10).map(|i| if i < n { CLOUD } else { GREEN }).collect() };
    for n in 0..=10 {
        let sky = sky(n);
        let before = observe_sky(&footprint, &sky, &rule).unwrap();
        let pixels = PlotPixels::new(&footprint, &[400; 10], &[3600; 10], &sky).unwrap();
        let after = observe(&pixels, &radiometry(0.0), &rule, Statistics::Mean);
        assert_eq!(Measured { ndvi_mean: None, ..after }, before, "{n} of 10 under cloud");
    }
    assert!(observe_sky(&footprint, &sky(3)[..9], &rule).is_err());
}

#[test]
fn fractions_tell_what_hides_the_plot() {
    let sky = [
        GREEN,
        Sky::of(Scl::Water),
        CLOUD,
        Sky::NEAR_CLOUD,
        Sky::of(Scl::CloudShadow),
        Sky::of(Scl::Snow),
        Sky::NO_DATA,
        Sky::of(Scl::Saturated),
        Sky::of(Scl::Dark),
        Sky::of(Scl::Cirrus),
    ];
    let s = ten(|i| (900, 1200, sky[i]), &radiometry(0.0), &MaskRule::default()).sky;
    let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{s:?}");
    near(s.clear, 0.3);
    near(s.water, 0.1);
    near(s.cloud, 0.3);
    near(s.shadow, 0.1);
    near(s.snow, 0.1);
    near(s.nodata, 0.2);
}

#[test]
fn swath_rims_are_not_read() {
    // ones, and zero in one band only
    let m = ten(
        |i| match i {
            0 => (1, 1, GREEN),
            1 => (0, 3600, GREEN),
            2 => (400, 0, GREEN),
            _ => (400, 3600, GREEN),
        },
        &radiometry(0.0),
        &MaskRule::default(),
    );
    assert!((m.ndvi_mean.unwrap() - 0.8).abs() < 1e-12);
    assert!((m.valid_fraction - 0.7).abs() < 1e-12 && (m.sky.nodata - 0.3).abs() < 1e-12);
}

#[test]
fn numbers_no_surface_has_are_refused_not_clamped() {
    let rule = MaskRule::default();
    // published garbage
    let garbage = ten(|_| (64_500, 64_480, GREEN), &radiometry(0.0), &rule);
    assert_eq!((garbage.rejected, garbage.ndvi_mean), (Some(Reject::Implausible), None));
    assert_eq!(garbage.implausible_fraction, 1.0);
    // an offset applied twice over a green field: red -0.06, nir 0.26; unclipped NDVI 1.6
    let twice = ten(|_| (400, 3600, GREEN), &radiometry(-0.1), &rule);
    assert_eq!((twice.rejected, twice.ndvi), (Some(Reject::Implausible), None));
    // the benchmark's definition gives the number as it is
    let plain = ten(|_| (400, 3600, GREEN), &radiometry(-0.1), &MaskRule::peers(&[Scl::Vegetation]));
    assert!((plain.ndvi_mean.unwrap() - 1.6).abs() < 1e-9);
    // one slightly negative pixel of ten is overcorrection: clipped, and told
    let m = ten(|i| if i == 0 { (950, 2500, GREEN) } else { (1300, 4700, GREEN) }, &radiometry(-0.1), &rule);
    assert_eq!((m.rejected, m.clipped_fraction), (None, 0.1));
    let s = m.ndvi.unwrap();
    assert!(s.mean < 1.0 && s.p90 <= 1.0);
    assert!(s.p10 <= s.p25 && s.p25 <= s.median && s.median <= s.p75 && s.p75 <= s.p90);
}

#[test]
fn deserts_forests_and_water_are_plausible() {
    let rule = MaskRule::default();
    for (name, red, nir, class) in [
        ("desert", 0.42, 0.48, Scl::Bare),
        ("dark forest", 0.015, 0.18, Scl::Vegetation),
        ("overcorrected dark forest", -0.004, 0.15, Scl::Vegetation),
        ("bright playa", 0.9, 0.95, Scl::Bare),
        ("clear water", 0.004, -0.015, Scl::Water),
        ("wet soil", 0.05, 0.08, Scl::Dark),
    ] {
        let dn = |r: f64| (10_000.0 * (r + 0.1)) as u16;
        let m = ten(|_| (dn(red), dn(nir), Sky::of(class)), &radiometry(-0.1), &rule);
        assert_eq!(m.rejected, None, "{name}: {m:?}");
        let v = m.ndvi_mean.unwrap();
        assert!((-1.0..=1.0).contains(&v), "{name}: {v}");
    }
}

#[test]
fn slices_that_do_not_belong_together_are_refused() {
    let footprint = plot(10, 1);
    let sky = vec![GREEN; 10];
    assert!(PlotPixels::new(&footprint, &[1; 10], &[1; 9], &sky).is_err());
    assert!(PlotPixels::new(&footprint, &[], &[], &[]).is_err());
}

#[test]
fn band_means_are_signed_trimmed_and_ask_for_coverage() {
    let rule = MaskRule::default();
    let coverage = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.5, 1.0];
    let dn = [900u16, 1000, 1100, 1100, 1100, 1100, 1100, 1100, 1200, 9000, 9000, 9000];
    let mut sky = [GREEN; 12];
    sky[11] = CLOUD;
    let pixels = BandPixels { coverage: &coverage, dn: &dn, sky: &sky };
    let mean = band_mean(pixels, &radiometry(-0.1), &rule, 0.75).unwrap();
    assert!((mean - 0.01).abs() < 1e-9, "{mean}");
    let low = BandPixels { dn: &[950; 12], ..pixels };
    assert!((band_mean(low, &radiometry(-0.1), &rule, 0.75).unwrap() + 0.005).abs() < 1e-9);
    assert_eq!(band_mean(BandPixels { dn: &[0; 12], ..pixels }, &radiometry(0.0), &rule, 0.75), None);
}

#[test]
fn a_map_shows_what_the_statistics_count() {
    let window = Window { col: 20, row: 40, width: 8, height: 6 };
    let red = Raster { window, data: Array2::from_shape_fn((6, 8), |(r, c)| (400 + 90 * r + 7 * c) as u16) };
    let nir = Raster {
        window,
        data: Array2::from_shape_fn((6, 8), |(r, c)| if r == 0 { 0 } else { (3000 + 50 * c) as u16 }),
    };
    let coarse = Grid { dx: 20.0, dy: 20.0, width: 50, height: 50, ..GRID };
    let sky_part = Window { col: 10, row: 20, width: 4, height: 3 };
    let verdicts = Raster {
        window: sky_part,
        data: Array2::from_shape_fn((3, 4), |(_, c)| if c == 3 { CLOUD } else { GREEN }),
    };
    let near = Nearest::new(&GRID, &coarse).unwrap();
    let (rule, radiometry) = (MaskRule::default(), radiometry(0.0));
    let map = ndvi_map(&red, &nir, &verdicts, &near, &radiometry, &rule);
    let shape: MultiPolygon<f64> = Rect::new((200.0, 540.0), (280.0, 600.0)).to_polygon().into();
    let footprint = Footprint::new(&shape, &GRID).unwrap();
    let dn = |r: &Raster<u16>| footprint.gather(r, 0);
    let (r, n, s) = (dn(&red), dn(&nir), near.gather(&footprint, &verdicts, Sky::NO_DATA));
    let m = observe(&PlotPixels::new(&footprint, &r, &n, &s).unwrap(), &radiometry, &rule, Statistics::All);
    let shown: Vec<f64> = map.data.iter().filter(|v| !v.is_nan()).map(|v| f64::from(*v)).collect();
    assert_eq!(shown.len() as f64, m.valid_pixels);
    assert_eq!(shown.len(), 5 * 6, "one row without near infrared, two columns under cloud");
    let mean = shown.iter().sum::<f64>() / shown.len() as f64;
    assert!((mean - m.ndvi_mean.unwrap()).abs() < 1e-6);
}
