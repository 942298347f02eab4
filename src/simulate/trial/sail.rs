//! Light in a layer of leaves over ground, seen from the satellite.
//!
//! The four-stream solution of scattering by arbitrarily inclined leaves (SAIL: Verhoef 1984, 1985), without hot
//! spot. Directional light of the sun, diffuse light up and down, and the view are four streams; leaf angles enter
//! as a distribution over nine classes.

use std::f64::consts::PI;

/// Standard deviation of leaf angles around their mean, degrees.
const ANGLE_SD: f64 = 18.0;

/// Where sun and satellite stand, and what leaves do with directions; the same in all bands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Directions {
    sun: f64,
    view: f64,
    /// Mean square of the cosine of leaf angles.
    slope: f64,
    /// Backward and forward scattering from sun to view.
    back: f64,
    forth: f64,
}

/// Angles of one look, degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Angles {
    pub sun_zenith: f64,
    pub view_zenith: f64,
    /// Between the two azimuths.
    pub azimuth: f64,
}

impl Directions {
    /// For leaves of a mean angle from the horizontal, degrees.
    pub(super) fn new(angles: Angles, leaf_angle: f64) -> Directions {
        let (s, o) = (angles.sun_zenith.to_radians(), angles.view_zenith.to_radians());
        let phi = (angles.azimuth.abs().rem_euclid(360.0)).to_radians();
        let phi = if phi > PI { 2.0 * PI - phi } else { phi };
        let centres: [f64; 9] = std::array::from_fn(|k| 5.0 + 10.0 * k as f64);
        let weight = |c: f64| (-0.5 * ((c - leaf_angle) / ANGLE_SD).powi(2)).exp();
        let total: f64 = centres.iter().map(|c| weight(*c)).sum();
        let mut d = Directions { sun: 0.0, view: 0.0, slope: 0.0, back: 0.0, forth: 0.0 };
        for c in centres {
            let w = weight(c) / total;
            let l = c.to_radians();
            let sun = Stream::new(s, l);
            let view = Stream::new(o, l);
            d.sun += w * sun.projected / s.cos();
            d.view += w * view.projected / o.cos();
            d.slope += w * l.cos().powi(2);
            let (back, forth) = crossing(&sun, &view, phi);
            d.back += w * back * PI / (s.cos() * o.cos());
            d.forth += w * forth * PI / (s.cos() * o.cos());
        }
        d
    }

    /// Bidirectional reflectance of `lai` of leaves over ground; `diffuse` is the share of sky light.
    pub(super) fn reflectance(&self, lai: f64, rho: f64, tau: f64, ground: f64, diffuse: f64) -> f64 {
        if lai < 1e-4 {
            return ground;
        }
        let (ks, ko) = (self.sun, self.view);
        let half = |k: f64| (0.5 * (k + self.slope), 0.5 * (k - self.slope));
        let ((sun_b, sun_f), (view_b, view_f), (diff_b, diff_f)) = (half(ks), half(ko), half(1.0));
        let sigma_b = (diff_b * rho + diff_f * tau).max(1e-9);
        let sigma_f = diff_f * rho + diff_b * tau;
        let a = 1.0 - sigma_f;
        let m = (a * a - sigma_b * sigma_b).max(1e-12).sqrt();
        let (sb, sf) = (sun_b * rho + sun_f * tau, sun_f * rho + sun_b * tau);
        let (vb, vf) = (view_b * rho + view_f * tau, view_f * rho + view_b * tau);
        let once = self.back * rho + self.forth * tau;

        let e1 = (-m * lai).exp();
        let deep = (a - m) / sigma_b;
        let re = deep * e1;
        let den = 1.0 - re * re;
        let (j1s, j2s) = (down(ks, m, lai), up(ks, m, lai));
        let (j1o, j2o) = (down(ko, m, lai), up(ko, m, lai));
        let (ps, qs) = ((sf + sb * deep) * j1s, (sf * deep + sb) * j2s);
        let (pv, qv) = ((vf + vb * deep) * j1o, (vf * deep + vb) * j2o);
        let (tdd, rdd) = ((1.0 - deep * deep) * e1 / den, deep * (1.0 - e1 * e1) / den);
        let tsd = (ps - re * qs) / den;
        let (tdo, rdo) = ((pv - re * qv) / den, (qv - re * pv) / den);
        let (tss, too) = ((-ks * lai).exp(), (-ko * lai).exp());
        let z = (1.0 - tss * too) / (ks + ko);
        let (g1, g2) = ((z - j1s * too) / (ko + m), (z - j1o * tss) / (ks + m));
        let t1 = (vf * deep + vb) * g1 * (sf + sb * deep);
        let t2 = (vf + vb * deep) * g2 * (sf * deep + sb);
        let t3 = (rdo * qs + tdo * ps) * deep;
        let many = (t1 + t2 - t3) / (1.0 - deep * deep);
        let leaves = once * z + many;

        let den = 1.0 - ground * rdd;
        let below = ((tss + tsd) * ground * tdo + (tsd + tss * ground * rdd) * ground * too) / den;
        let direct = leaves + below + tss * too * ground;
        let sky = rdo + tdd * ground * (tdo + too) / den;
        direct * (1.0 - diffuse) + sky * diffuse
    }
}

/// Integral of exp(-k x - m (lai - x)): light scattered on its way down.
fn down(k: f64, m: f64, lai: f64) -> f64 {
    if ((k - m) * lai).abs() > 1e-3 {
        ((-m * lai).exp() - (-k * lai).exp()) / (k - m)
    } else {
        let d = (k - m) * lai;
        0.5 * lai * ((-k * lai).exp() + (-m * lai).exp()) * (1.0 - d * d / 12.0)
    }
}

/// Integral of exp(-(k + m) x): light scattered on its way up.
fn up(k: f64, m: f64, lai: f64) -> f64 {
    (1.0 - (-(k + m) * lai).exp()) / (k + m)
}

/// One direction and one leaf angle.
struct Stream {
    /// cos direction cos leaf, sin direction sin leaf.
    cc: f64,
    ss: f64,
    /// Azimuth at which the leaf is seen edge-on.
    edge: f64,
    /// Half amplitude of the projection.
    reach: f64,
    /// Projected area of the leaf, all azimuths.
    projected: f64,
}

impl Stream {
    fn new(zenith: f64, leaf: f64) -> Stream {
        let cc = zenith.cos() * leaf.cos();
        let ss = zenith.sin() * leaf.sin();
        let cosine = if ss.abs() > 1e-6 { -cc / ss } else { 5.0 };
        let (edge, reach) = if cosine.abs() < 1.0 { (cosine.acos(), ss) } else { (PI, cc) };
        let projected = 2.0 / PI * ((edge - 0.5 * PI) * cc + edge.sin() * ss);
        Stream { cc, ss, edge, reach, projected }
    }
}

/// Share of light that a leaf angle class throws back, and lets through, from sun to view.
fn crossing(sun: &Stream, view: &Stream, phi: f64) -> (f64, f64) {
    let low = (sun.edge - view.edge).abs();
    let high = PI - (sun.edge + view.edge - PI).abs();
    // low never exceeds high; the middle one is where the lit side turns
    let [b1, b2, b3] = if phi <= low {
        [phi, low, high]
    } else if phi <= high {
        [low, phi, high]
    } else {
        [low, high, phi]
    };
    let even = 2.0 * sun.cc * view.cc + sun.ss * view.ss * phi.cos();
    let odd = if b2 > 0.0 {
        b2.sin() * (2.0 * sun.reach * view.reach + sun.ss * view.ss * b1.cos() * b3.cos())
    } else {
        0.0
    };
    let scale = 2.0 * PI * PI;
    (((PI - b2) * even + odd).max(0.0) / scale, (-b2 * even + odd).max(0.0) / scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOOK: Angles = Angles { sun_zenith: 35.0, view_zenith: 6.0, azimuth: 90.0 };

    #[test]
    fn no_leaves_show_the_ground_and_many_hide_it() {
        let d = Directions::new(LOOK, 55.0);
        assert_eq!(d.reflectance(0.0, 0.1, 0.1, 0.3, 0.1), 0.3);
        let black = d.reflectance(12.0, 0.06, 0.03, 0.0, 0.1);
        let white = d.reflectance(12.0, 0.06, 0.03, 0.9, 0.1);
        assert!((white - black).abs() < 1e-3, "{black} {white}");
        assert!((0.005..0.05).contains(&black), "{black}");
    }

    #[test]
    fn another_implementation_agrees() {
        // FourSAIL of the Python package prosail 2.0.5 with the same nine leaf angle classes and no hot spot:
        // leaf angle, leaf area, leaf reflectance and transmittance, ground, sun, view, azimuth; direct, diffuse
        let rows = [
            (55.0, 1.5, 0.46, 0.47, 0.25, 38.0, 6.0, 110.0, 0.327_810_43, 0.359_788_15),
            (35.0, 3.0, 0.05, 0.03, 0.15, 50.0, 10.0, 60.0, 0.022_727_97, 0.022_530_01),
            (65.0, 0.5, 0.30, 0.35, 0.40, 30.0, 4.0, 150.0, 0.338_757_68, 0.319_071_13),
            (45.0, 4.0, 0.45, 0.45, 0.20, 38.0, 6.0, 110.0, 0.412_768_90, 0.438_731_67),
        ];
        for (leaf, lai, rho, tau, ground, sun_zenith, view_zenith, azimuth, direct, diffuse) in rows {
            let d = Directions::new(Angles { sun_zenith, view_zenith, azimuth }, leaf);
            let at = |sky| d.reflectance(lai, rho, tau, ground, sky);
            assert!((at(0.0) - direct).abs() < 1e-7, "{leaf} {}", at(0.0));
            assert!((at(1.0) - diffuse).abs() < 1e-7, "{leaf} {}", at(1.0));
        }
    }

    #[test]
    fn light_is_never_made() {
        for angle in [20.0, 40.0, 57.0, 75.0] {
            for sun_zenith in [15.0, 40.0, 70.0] {
                let d = Directions::new(Angles { sun_zenith, ..LOOK }, angle);
                for lai in [0.05, 0.5, 2.0, 7.0] {
                    let lossless = d.reflectance(lai, 0.5, 0.4999, 1.0, 0.2);
                    assert!((0.7..1.35).contains(&lossless), "{angle} {sun_zenith} {lai} {lossless}");
                    let dark = d.reflectance(lai, 0.0, 0.0, 0.0, 0.2);
                    assert!(dark.abs() < 1e-9);
                }
            }
        }
    }

    #[test]
    fn the_two_integrals_are_integrals() {
        let (k, m, lai) = (0.6, 0.35, 3.0);
        let steps = 20_000;
        let dx = lai / f64::from(steps);
        let (mut a, mut b) = (0.0, 0.0);
        for i in 0..steps {
            let x = (f64::from(i) + 0.5) * dx;
            a += (-k * x - m * (lai - x)).exp() * dx;
            b += (-(k + m) * x).exp() * dx;
        }
        assert!((down(k, m, lai) - a).abs() < 1e-8 && (up(k, m, lai) - b).abs() < 1e-8);
        assert!(
            (down(0.5, 0.5 + 1e-5, lai) - down(0.5, 0.5 + 4e-4, lai)).abs() < 1e-3,
            "no jump where they meet"
        );
    }
}
