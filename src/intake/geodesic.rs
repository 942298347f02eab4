//! Area and length of a field's ring on the WGS 84 ellipsoid: a series for rings of some kilometres, several times
//! faster than the general solution and no less exact (they differ by 2 cm2); `None` for every other ring.
//!
//! # Method
//! With `K = M N cos(lat)`, the area of a cell of latitude and longitude, and `Q` its integral from a latitude nearby, the
//! area is the sum of `-Q dlon` along the edges (Green). `Q` is a series of third order, which Simpson's rule sums
//! exactly along a straight line of latitude and longitude. A geodesic leaves that line by
//! `k (lon - lon1) (lon - lon2) / 2`, where `k` is its second derivative, from the geodesic's equations at
//! the middle of the edge. Lengths by the mean latitude, with the next term of the sphere's.
//! # Sources
//! Rapp 1991, Geometric geodesy I, chapters 3 and 4; do Carmo 1976, section 4.4 (geodesics of a surface of revolution).

use geo::LineString;

/// WGS 84: equatorial radius, metres, and squared eccentricity.
const A: f64 = 6_378_137.0;
const E2: f64 = 0.006_694_379_990_141_317;
/// Farthest that a position may lie from the first one, radians of latitude and of longitude: 3 km.
const FARTHEST: f64 = 5e-4;
/// Greatest latitude, degrees: towards the poles the series grows worse.
const GREATEST_LATITUDE: f64 = 75.0;

/// Length and signed area (counter-clockwise positive) of a closed ring in degrees, metres and square metres.
pub(super) fn length_and_area(ring: &LineString<f64>) -> Option<(f64, f64)> {
    let first = ring.0.first()?;
    if first.y.abs() > GREATEST_LATITUDE {
        return None;
    }
    let latitude = first.y.to_radians();
    let strip = Strip::new(latitude);
    let (mut length_m, mut area_m2) = (0.0, 0.0);
    let mut from = (0.0, 0.0);
    for at in ring.coords().skip(1) {
        let to = ((at.x - first.x).to_radians(), (at.y - first.y).to_radians());
        let is_near = to.0.abs() <= FARTHEST && to.1.abs() <= FARTHEST;
        if !is_near {
            return None;
        }
        let (dlon, dlat) = (to.0 - from.0, to.1 - from.1);
        let middle = f64::midpoint(from.1, to.1);
        let (sin, cos) = (latitude + middle).sin_cos();
        let w = 1.0 - E2 * sin * sin;
        // Radii of curvature: of the parallel, and of the meridian.
        let n = A / w.sqrt();
        let (p, m) = (n * cos, n * (1.0 - E2) / w);
        let sphere =
            dlon * dlon * (dlat * dlat * (3.0 - 2.0 * cos * cos) + (sin * cos * dlon).powi(2)) / 12.0;
        length_m += ((p * dlon).powi(2) + (m * dlat).powi(2) - n * m * sphere).max(0.0).sqrt();
        let straight = dlon * (strip.below(from.1) + 4.0 * strip.below(middle) + strip.below(to.1)) / 6.0;
        // The derivatives of both along the meridian are -m sin and 3 e2 m sin cos / w.
        let (of_p, of_m) = (-m * sin / p, 3.0 * E2 * sin * cos / w);
        let bend = p * p / (m * m) * of_p * dlon * dlon + (2.0 * of_p - of_m) * dlat * dlat;
        area_m2 -= straight - m * p * bend * dlon / 12.0;
        from = to;
    }
    Some((length_m, area_m2))
}

/// The strip between a latitude and its neighbours.
struct Strip {
    /// `K` and its first two derivatives, square metres.
    k: [f64; 3],
}

impl Strip {
    fn new(latitude: f64) -> Strip {
        let (s, c) = latitude.sin_cos();
        let w = 1.0 - E2 * s * s;
        let unit = A * A * (1.0 - E2) / (w * w);
        let first = -s + 4.0 * E2 * s * c * c / w;
        let second =
            -c + 4.0 * E2 * c * (c * c - 3.0 * s * s) / w + 24.0 * E2 * E2 * s * s * c * c * c / (w * w);
        Strip { k: [c, first, second].map(|k| k * unit) }
    }

    /// Its area up to a latitude so much further north, per radian of longitude.
    fn below(&self, u: f64) -> f64 {
        let [k, first, second] = self.k;
        u * (k + u * (first / 2.0 + u * second / 6.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{GeodesicArea, Polygon, coord};
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        /// Stars of some metres to 3 km, clockwise or not.
        #[test]
        fn as_the_general_solution_says(
            (lon, lat) in (-180.0..180.0f64, -75.0..75.0f64),
            size in prop_oneof![1e-4..2e-3f64, 2e-3..0.014f64],
            points in prop::collection::vec((0.3..1.0f64, 0.0..1.0f64), 3..20),
            is_clockwise in any::<bool>(),
        ) {
            let n = points.len() as f64;
            let mut ring: Vec<_> = points.iter().enumerate().map(|(i, (radius, turn))| {
                let (sin, cos) = ((i as f64 + 0.9 * turn) / n * std::f64::consts::TAU).sin_cos();
                coord! { x: lon + size * radius * cos, y: (lat + size * radius * sin).clamp(-75.0, 75.0) }
            }).collect();
            if is_clockwise {
                ring.reverse();
            }
            ring.push(ring[0]);
            let polygon = Polygon::new(LineString(ring), vec![]);
            let (length, area) = polygon.geodesic_perimeter_area_signed();
            let found = length_and_area(polygon.exterior());
            prop_assume!(found.is_some());
            let (found_length, found_area) = found.unwrap();
            prop_assert!((found_length - length).abs() <= 1e-10 * length + 1e-7, "{found_length} {length}");
            // Whatever the ring's size, the general solution rounds by up to 2 cm2 (a strip to the equator an edge).
            let error = (found_area - area).abs();
            prop_assert!(error <= 1e-10 * length * length + 4e-4, "{found_area} {area} {length}");
        }
    }

    #[test]
    fn far_and_polar_rings_are_left_to_the_general_solution() {
        let square = |lon: f64, lat: f64, size: f64| {
            let at = |x: f64, y: f64| coord! { x: lon + x * size, y: lat + y * size };
            length_and_area(&LineString(vec![at(0.0, 0.0), at(1.0, 0.0), at(1.0, 1.0), at(0.0, 0.0)]))
        };
        assert!(square(10.0, 50.0, 0.01).is_some_and(|(length, area)| length > 0.0 && area > 0.0));
        assert_eq!([square(10.0, 50.0, 0.03), square(10.0, 80.0, 0.01)], [None, None]);
        // Across the date line the longitudes lie far apart.
        assert_eq!(square(179.99, 50.0, -359.98), None);
        assert_eq!(square(f64::NAN, 50.0, 0.01), None);
    }
}
