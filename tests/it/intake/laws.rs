//! Laws that hold for any input.

use croplens::intake::{self, Entry, Intake, Limits, Opened, Personal};
use croplens::plot::Size;
use proptest::prelude::*;

use super::{collection, feature, only, plot, polygon_feature, read, square};

/// A star-shaped ring around a point: always simple, counter-clockwise, not closed.
fn star_ring() -> impl Strategy<Value = Vec<(f64, f64)>> {
    (-170.0..170.0f64, -70.0..70.0f64, prop::collection::vec(0.3..1.0f64, 3..40)).prop_map(
        |(lon, lat, radii)| {
            let turn = std::f64::consts::TAU / radii.len() as f64;
            let shrink = 1.0 / lat.to_radians().cos();
            let at = |(index, radius): (usize, &f64)| {
                let angle = turn * index as f64;
                (lon + 0.004 * radius * shrink * angle.cos(), lat + 0.004 * radius * angle.sin())
            };
            radii.iter().enumerate().map(at).collect()
        },
    )
}

fn written(ring: &[(f64, f64)]) -> String {
    let closed = ring.iter().chain(ring.first());
    let positions: Vec<String> = closed.map(|(x, y)| format!("[{x:?},{y:?}]")).collect();
    feature("x", &format!(r#"{{"type":"Polygon","coordinates":[[{}]]}}"#, positions.join(",")))
}

fn plot_of(ring: &[(f64, f64)]) -> croplens::plot::Plot {
    plot(&only(&written(ring))).clone()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn start_and_direction_do_not_matter(ring in star_ring(), turn in 0usize..40) {
        let straight = plot_of(&ring);
        let mut other = ring.clone();
        other.rotate_left(turn % ring.len());
        let turned = plot_of(&other);
        other.reverse();
        let reversed = plot_of(&other);
        for found in [&turned, &reversed] {
            prop_assert!((found.area_m2() - straight.area_m2()).abs() <= 1e-9 * straight.area_m2() + 1e-3);
            prop_assert!((found.perimeter_m() - straight.perimeter_m()).abs() <= 1e-6);
            prop_assert_eq!(&found.geometry_sha256, &straight.geometry_sha256);
        }
        prop_assert!(straight.repairs.is_empty() && turned.repairs.is_empty());
        prop_assert_eq!(reversed.repairs.iter().map(|r| r.word()).collect::<Vec<_>>(), vec!["reoriented"]);
    }

    #[test]
    fn area_keeps_under_a_shift_along_the_parallel(ring in star_ring(), shift in -9.0..9.0f64) {
        let shifted: Vec<_> = ring.iter().map(|(x, y)| (x + shift, *y)).collect();
        let (one, two) = (plot_of(&ring), plot_of(&shifted));
        prop_assert!((one.area_m2() - two.area_m2()).abs() <= 1e-7 * one.area_m2() + 1e-3);
    }

    #[test]
    fn area_grows_with_the_square_of_the_scale(ring in star_ring(), scale in 0.5..2.0f64) {
        let (x0, y0) = ring.iter().fold((0.0, 0.0), |sum, at| (sum.0 + at.0, sum.1 + at.1));
        let (x0, y0) = (x0 / ring.len() as f64, y0 / ring.len() as f64);
        let scaled: Vec<_> = ring.iter().map(|(x, y)| (x0 + scale * (x - x0), y0 + scale * (y - y0))).collect();
        let (one, two) = (plot_of(&ring), plot_of(&scaled));
        // The parallels draw together to the poles: a second-order effect within a kilometre.
        prop_assert!((two.area_m2() / one.area_m2() / (scale * scale) - 1.0).abs() < 2e-3);
    }

    /// Most outlines are only measured roughly: whichever way, they are refused by their exact size. Limits are drawn
    /// near it.
    #[test]
    fn a_plot_is_refused_by_its_exact_size(
        ring in star_ring(), scale in -3.0..2.0f64, north in 0.0..18.0f64, near in 0.3..3.0f64, which in 0u8..3,
    ) {
        let (x0, y0) = ring[0];
        let scale = 10f64.powf(scale);
        let up = north.copysign(y0);
        let ring: Vec<_> = ring.iter().map(|(x, y)| (x0 + scale * (x - x0), y0 + up + scale * (y - y0))).collect();
        prop_assume!(ring.iter().all(|(x, y)| x.abs() < 180.0 && y.abs() < 89.9));
        let all = Limits { min_area_m2: 0.0, min_width_m: 0.0, max_area_ha: 1e9, max_extent_km: 1e5, ..Limits::default() };
        let with = |limits: &Limits| {
            intake::read(written(&ring).as_bytes(), limits).unwrap().entries.into_iter().next().unwrap()
        };
        let Entry::Plot(free) = with(&all) else { return Ok(()) };
        let (area, width) = (free.area_m2(), 2.0 * free.area_m2() / free.perimeter_m());
        let limits = match which {
            0 => Limits { min_area_m2: area * near, ..all },
            1 => Limits { max_area_ha: area / 10_000.0 * near, ..all },
            _ => Limits { min_width_m: width * near, ..all },
        };
        let fits = if which == 1 { near >= 1.0 } else { near <= 1.0 };
        prop_assume!((near - 1.0).abs() > 1e-9);
        match with(&limits) {
            Entry::Plot(found) => {
                prop_assert!(fits, "{which} {near}");
                prop_assert_eq!(found.area_m2(), area);
                prop_assert_eq!(found.perimeter_m(), free.perimeter_m());
            }
            Entry::Rejected(_) => prop_assert!(!fits, "{which} {near}"),
        }
    }

    /// The long edge of a strip is a geodesic, far from the many short edges along the parallel: its exact size can be
    /// anything, less than nothing too.
    #[test]
    fn a_strip_is_refused_by_its_exact_size(
        lat in -80.0..80.0f64, east in -3.0..0.0f64, north in -5.5..-3.0f64, steps in 1usize..100, dense_south in any::<bool>(),
    ) {
        let (east, north) = (10f64.powf(east), 10f64.powf(north));
        let side = |from: f64, to: f64, y: f64, many: bool| -> Vec<(f64, f64)> {
            let steps = if many { steps } else { 1 };
            (0..=steps).map(|step| (from + (to - from) * step as f64 / steps as f64, y)).collect()
        };
        let mut ring = side(10.0, 10.0 + east, lat, dense_south);
        ring.extend(side(10.0 + east, 10.0, lat + north, !dense_south));
        let outline: geo::LineString<f64> = ring.iter().copied().chain([ring[0]]).collect();
        let outline = geo::MultiPolygon(vec![geo::Polygon::new(outline, Vec::new())]);
        let size = Size::measured(&outline);
        let (area, width) = (size.area_m2(&outline), 2.0 * size.area_m2(&outline) / size.perimeter_m(&outline));
        let limits = Limits { max_extent_km: 1e5, ..Limits::default() };
        prop_assume!((area - limits.min_area_m2).abs() > 1e-3 && (width - limits.min_width_m).abs() > 1e-6);
        let found = intake::read(written(&ring).as_bytes(), &limits).unwrap();
        let fits = area >= limits.min_area_m2 && width >= limits.min_width_m && area <= limits.max_area_ha * 1e4;
        prop_assert_eq!(matches!(found.entries[0], Entry::Plot(_)), fits, "{} m2, {} m", area, width);
    }

    #[test]
    fn reading_the_plot_again_changes_nothing(ring in star_ring()) {
        let first = plot_of(&ring);
        let outer: Vec<_> = first.geometry.0[0].exterior().0.iter().map(|at| (at.x, at.y)).collect();
        let again = plot_of(&outer[..outer.len() - 1]);
        prop_assert_eq!(&again.geometry, &first.geometry);
        prop_assert_eq!(again.geometry_sha256, first.geometry_sha256);
        prop_assert!(again.repairs.is_empty());
    }

    /// Whatever a feature's text, there is one entry for it and the neighbours are unhurt.
    #[test]
    fn every_feature_gets_one_entry(
        kinds in prop::collection::vec((0usize..6, any::<u16>()), 1..30),
        by_line in any::<bool>(),
    ) {
        let mut good = Vec::new();
        let features: Vec<String> = kinds.iter().enumerate().map(|(index, (kind, noise))| {
            let text = polygon_feature(&format!("p{index}"), &square(index));
            let at = usize::from(*noise) % text.len();
            match kind {
                0 | 1 => {
                    good.push(index);
                    text
                }
                // one digit, one letter, one name spoilt; brackets and quotes stay
                2 => text.replacen("0.5", "0.5.5", 1),
                3 => {
                    let spoil = |(n, c): (usize, char)| if n == at && c.is_ascii_alphanumeric() { '~' } else { c };
                    text.chars().enumerate().map(spoil).collect()
                }
                4 => text.replace("Polygon", "Poly"),
                _ => "null".to_owned(),
            }
        }).collect();
        let text = if by_line { features.join("\n") } else { collection(&features) };
        // Half of the lines must stand by themselves for the file to be one of lines.
        prop_assume!(!by_line || features.iter().filter(|f| f.starts_with('{')).count() * 2 > features.len());
        prop_assume!(!by_line || features.len() > 1);
        let found = read(&text).unwrap();
        prop_assert_eq!(found.entries.len(), features.len());
        for (index, entry) in found.entries.iter().enumerate() {
            match entry {
                Entry::Plot(plot) => prop_assert_eq!(plot.position, index),
                Entry::Rejected(refused) => {
                    prop_assert_eq!(refused.position, index);
                    prop_assert!(!refused.reasons.is_empty());
                }
            }
        }
        for index in good {
            prop_assert!(matches!(&found.entries[index], Entry::Plot(_)), "{}", index);
        }
    }

    /// Threads may read any stretch of a file: ids that are shared, missing or of persons lie in different ones.
    #[test]
    fn a_file_read_in_stretches_is_the_file(
        kinds in prop::collection::vec(0u8..6, 0..40), cuts in prop::collection::vec(0usize..45, 0..6),
        drop_personal in any::<bool>(),
    ) {
        let features: Vec<String> = (kinds.iter().enumerate())
            .map(|(at, kind)| {
                let id = match kind {
                    0 => String::new(),
                    1 => r#""id":"twice","#.to_owned(),
                    2 => format!(r#""id":"p{at}","farmer_name":"A. Grower","#),
                    _ => format!(r#""id":"p{at}","#),
                };
                let west = 35.0 + at as f64 * 0.01;
                let ring = match kind {
                    3 => "[[9,9]]".to_owned(),
                    _ => {
                        let corners = [(0.0, 0.0), (0.002, 0.0), (0.002, 0.002), (0.0, 0.002), (0.0, 0.0)];
                        let corners = corners.map(|(x, y)| format!("[{:?},{:?}]", west + x, 0.5 + y));
                        format!("[[{}]]", corners.join(","))
                    }
                };
                format!(
                    r#"{{"type":"Feature","properties":{{{id}"note":"n"}},"geometry":{{"type":"Polygon","coordinates":{ring}}}}}"#
                )
            })
            .collect();
        let text = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","));
        let personal = if drop_personal { Personal::Drop } else { Personal::Refuse };
        let limits = Limits::default();
        let whole = intake::read_with(text.as_bytes(), &limits, personal).unwrap();
        prop_assert_eq!(whole.entries.len(), kinds.len());
        let file = Opened::new(text.as_bytes(), &limits, personal).unwrap();
        prop_assert_eq!((file.len(), file.is_empty()), (kinds.len(), kinds.is_empty()));
        let mut ends = cuts;
        ends.extend([0, kinds.len()]);
        ends.sort_unstable();
        let stretches = ends.windows(2).map(|w| file.features(w[0]..w[1]));
        prop_assert_eq!(Intake::of(stretches.collect()), whole);
    }

    /// Any bytes at all: an answer, never a panic.
    #[test]
    fn noise_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200), cut in 0usize..700, at in 0usize..700) {
        let _ = croplens::intake::read(&bytes, &croplens::intake::Limits::default());
        let mut text = collection(&[polygon_feature("a", &square(0)), polygon_feature("b", &square(1))]).into_bytes();
        let (at, cut) = (at % text.len(), cut % text.len());
        if let Some(byte) = bytes.first() {
            text[at] = *byte;
        }
        text.truncate(text.len() - cut / 8);
        let _ = croplens::intake::read(&text, &croplens::intake::Limits::default());
    }
}
