//! Areas, perimeters and distances against GeographicLib.

use geo::line_measures::Distance;
use geo::{Coord, Geodesic, Point};
use serde_json::Value;

use croplens::plot::Size;

use super::{feature, only, plot};

/// Made by `tests/data/intake/geodesic_reference.py`.
const REFERENCE: &str = include_str!("../../data/intake/geodesic_reference.json");

#[test]
fn area_and_perimeter_equal_geographiclib() {
    let reference: Value = serde_json::from_str(REFERENCE).unwrap();
    let cases = reference["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 10);
    let mut worst = (0.0f64, 0.0f64);
    for case in cases {
        let geometry = format!(r#"{{"type":"Polygon","coordinates":{}}}"#, case["coordinates"]);
        let entry = only(&feature("x", &geometry));
        let found = plot(&entry);
        let area = (found.area_m2() - case["area_m2"].as_f64().unwrap()).abs();
        let perimeter = (found.perimeter_m() - case["perimeter_m"].as_f64().unwrap()).abs();
        // Karney's area is good to some 0.1 m² for the whole Earth's sums; differences here are rounding.
        assert!(area <= 1e-3 + 1e-9 * found.area_m2(), "{}: {area} m²", case["name"]);
        assert!(perimeter <= 1e-6, "{}: {perimeter} m", case["name"]);
        worst = (worst.0.max(area), worst.1.max(perimeter));
    }
    println!("10 outlines against GeographicLib: at most {:.1e} m² and {:.1e} m apart", worst.0, worst.1);
}

/// What a table of NDVI saves: nothing else would show that every plot is measured again.
#[test]
fn an_ordinary_plot_is_not_measured_before_somebody_asks() {
    let square = |size: f64| {
        let (east, north) = (35.0 + size, 0.5 + size);
        let ring = format!("[[35,0.5],[{east},0.5],[{east},{north}],[35,{north}],[35,0.5]]");
        only(&feature("x", &format!(r#"{{"type":"Polygon","coordinates":[{ring}]}}"#)))
    };
    let entry = square(0.002);
    let ordinary = plot(&entry);
    assert_eq!(ordinary.size, Size::default());
    assert!((ordinary.area_m2() - 49_216.0).abs() < 100.0);
    assert_eq!(ordinary.size, Size::known(ordinary.area_m2(), ordinary.perimeter_m()));
    // Near a limit, here of 100 m², it is measured at once.
    assert_ne!(plot(&square(0.0001)).size, Size::default());
}

#[test]
fn the_phone_is_in_the_plot_or_so_far_from_it() {
    let geometry = r#"{"type":"Polygon","coordinates":[[[36,41],[36.01,41.002],[36.008,41.012],[36.001,41.009],[36,41]]]}"#;
    let ring = [(36.0, 41.0), (36.01, 41.002), (36.008, 41.012), (36.001, 41.009), (36.0, 41.0)];
    for (lon, lat, inside) in [
        (36.005, 41.005, true),
        (36.0, 41.0, true),
        (35.999, 41.004, false),
        (36.02, 41.02, false),
        (36.005, 41.0009, false),
        (36.3, 40.8, false),
    ] {
        let text = feature("x", geometry)
            .replace(r#""id":"x""#, &format!(r#""id":"x","gps_lon":{lon},"gps_lat":{lat}"#));
        let entry = only(&text);
        let distance = plot(&entry).gps.unwrap().distance_m;
        // The truth by many points along the outline.
        let mut least = f64::MAX;
        for pair in ring.windows(2) {
            for step in 0..=20_000 {
                let share = f64::from(step) / 20_000.0;
                let at = Coord {
                    x: pair[0].0 + share * (pair[1].0 - pair[0].0),
                    y: pair[0].1 + share * (pair[1].1 - pair[0].1),
                };
                least = least.min(Geodesic.distance(Point::new(lon, lat), Point(at)));
            }
        }
        if inside {
            assert_eq!(distance, 0.0, "{lon},{lat}");
        } else {
            assert!(
                (distance - least).abs() < 1e-3 + 1e-5 * least,
                "{lon},{lat}: {distance} against {least}"
            );
        }
    }
}
