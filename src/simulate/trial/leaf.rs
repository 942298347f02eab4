//! Reflectance and transmittance of a leaf, band by band, from what it contains.
//!
//! The generalised plate model (Allen et al. 1969; Jacquemoud and Baret 1990): a leaf is a pile of N plates that
//! absorb by their content and reflect at rough surfaces. Absorption coefficients are the published ones of
//! PROSPECT-5 (Feret et al. 2008), averaged over the Sentinel-2 bands and rounded.

use std::f64::consts::PI;

use super::super::canopy::BANDS;
use super::tables::LeafTraits;

/// A number per band, B02 to B12.
pub(super) type Spectrum = [f64; BANDS];

//                                    B02    B03    B04    B05    B06    B07    B08    B8A    B11    B12
/// Refractive index.
const REFRACTION: Spectrum = [1.484, 1.424, 1.453, 1.420, 1.472, 1.471, 1.463, 1.458, 1.372, 1.294];
/// Chlorophyll, cm2/ug.
const CHLOROPHYLL: Spectrum = [0.0327, 0.0148, 0.0479, 0.0106, 0.0005, 0.0, 0.0001, 0.0, 0.0, 0.0];
/// Carotenoids, cm2/ug.
const CAROTENOID: Spectrum = [0.101, 0.0041, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
/// Brown pigments, per unit.
const BROWN: Spectrum = [0.425, 0.337, 0.170, 0.120, 0.083, 0.051, 0.032, 0.019, 0.0, 0.0];
/// Water, 1/cm.
const WATER: Spectrum = [0.0002, 0.0007, 0.0039, 0.0065, 0.0238, 0.0259, 0.0403, 0.0465, 7.09, 22.8];
/// Dry matter, cm2/g.
const DRY: Spectrum = [3.70, 2.30, 2.30, 2.30, 2.30, 2.30, 2.30, 2.30, 5.51, 21.2];

/// What a leaf holds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Content {
    pub n: f64,
    /// ug/cm2
    pub chlorophyll: f64,
    /// ug/cm2
    pub carotenoid: f64,
    pub brown: f64,
    /// cm
    pub water: f64,
    /// g/cm2
    pub dry: f64,
}

impl Content {
    /// A living leaf of a crop with `chlorophyll` in it.
    pub(super) fn living(traits: &LeafTraits, chlorophyll: f64) -> Content {
        Content {
            n: traits.n,
            chlorophyll,
            carotenoid: 2.5 + 0.14 * chlorophyll,
            brown: 0.0,
            water: traits.water,
            dry: traits.dry,
        }
    }

    /// The same leaf dead on the stem: dry, brown, looser inside.
    pub(super) fn dead(traits: &LeafTraits) -> Content {
        Content {
            n: traits.n + 0.7,
            chlorophyll: 0.3,
            carotenoid: 2.0,
            brown: 0.35,
            water: 0.0012,
            dry: traits.dry,
        }
    }
}

/// Reflectance and transmittance per band.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct LeafOptics {
    pub reflectance: Spectrum,
    pub transmittance: Spectrum,
}

impl LeafOptics {
    /// Leaves of two kinds mixed, `share` of the second.
    pub(super) fn mixed(&self, other: &LeafOptics, share: f64) -> LeafOptics {
        let mix = |a: &Spectrum, b: &Spectrum| std::array::from_fn(|k| a[k] * (1.0 - share) + b[k] * share);
        LeafOptics {
            reflectance: mix(&self.reflectance, &other.reflectance),
            transmittance: mix(&self.transmittance, &other.transmittance),
        }
    }
}

/// Transmissivity of the surfaces, which depends on nothing that grows: computed once.
#[derive(Clone, Debug)]
pub(super) struct Plates {
    /// Light within 40 degrees of the normal.
    steep: Spectrum,
    /// Light from everywhere.
    whole: Spectrum,
}

impl Plates {
    pub(super) fn new() -> Plates {
        Plates { steep: REFRACTION.map(|n| surface(40.0, n)), whole: REFRACTION.map(|n| surface(90.0, n)) }
    }

    /// Optics of one leaf.
    pub(super) fn leaf(&self, c: &Content) -> LeafOptics {
        let mut out = LeafOptics { reflectance: [0.0; BANDS], transmittance: [0.0; BANDS] };
        for b in 0..BANDS {
            let amount = c.chlorophyll * CHLOROPHYLL[b]
                + c.carotenoid * CAROTENOID[b]
                + c.brown * BROWN[b]
                + c.water * WATER[b]
                + c.dry * DRY[b];
            let inside = through(amount / c.n);
            let n2 = REFRACTION[b] * REFRACTION[b];
            let (t12, steep) = (self.whole[b], self.steep[b]);
            let t21 = t12 / n2;
            let (r12, r21) = (1.0 - t12, 1.0 - t21);
            let bounce = 1.0 - r21 * r21 * inside * inside;
            // the top plate meets light from above, the plates below light from everywhere
            let top_t = steep * inside * t21 / bounce;
            let top_r = 1.0 - steep + r21 * inside * top_t;
            let t = t12 * inside * t21 / bounce;
            let r = r12 + r21 * inside * t;
            let (pile_r, pile_t) = pile(r, t, c.n - 1.0);
            let between = 1.0 - pile_r * r;
            out.transmittance[b] = top_t * pile_t / between;
            out.reflectance[b] = top_r + top_t * pile_r * t / between;
        }
        out
    }
}

/// Reflectance and transmittance of a pile of `n` like plates (Stokes 1862).
fn pile(r: f64, t: f64, n: f64) -> (f64, f64) {
    if r + t >= 0.9999 {
        let t = t / (t + (1.0 - t) * n);
        return (1.0 - t, t);
    }
    let root = ((1.0 + r + t) * (1.0 + r - t) * (1.0 - r + t) * (1.0 - r - t)).max(0.0).sqrt();
    let a = (1.0 + r * r - t * t + root) / (2.0 * r);
    let b = (1.0 - r * r + t * t + root) / (2.0 * t);
    let bn = b.powf(n);
    let below = a * a * bn * bn - 1.0;
    (a * (bn * bn - 1.0) / below, bn * (a * a - 1.0) / below)
}

/// Diffuse light that passes a layer of optical depth `k`: 2 E3(k).
fn through(k: f64) -> f64 {
    (1.0 - k) * (-k).exp() + k * k * exponential_integral(k)
}

/// E1(x): series below 1, continued fraction above (Abramowitz and Stegun 5.1.11, 5.1.22).
fn exponential_integral(x: f64) -> f64 {
    if x <= 1e-12 {
        return 0.0; // multiplied by x squared
    }
    if x < 1.0 {
        let (mut term, mut sum) = (1.0, 0.0);
        for k in 1..=20 {
            let k = f64::from(k);
            term *= -x / k;
            sum -= term / k;
        }
        return -0.577_215_664_901_532_9 - x.ln() + sum;
    }
    let mut fraction = 0.0;
    for k in (1..=60).rev() {
        let k = f64::from(k);
        fraction = k / (1.0 + k / (x + fraction));
    }
    (-x).exp() / (x + fraction)
}

/// Share of unpolarised light within `degrees` of the normal that enters a body of refractive index `n`: the mean of
/// Fresnel's transmission over the cone (Stern 1964), by the midpoint rule.
fn surface(degrees: f64, n: f64) -> f64 {
    const STEPS: i32 = 400;
    let top = (degrees * PI / 180.0).sin().powi(2);
    let sum: f64 = (0..STEPS)
        .map(|k| {
            let sin2 = top * (f64::from(k) + 0.5) / f64::from(STEPS);
            let (outside, inside) = ((1.0 - sin2).sqrt(), (1.0 - sin2 / (n * n)).sqrt());
            let across = ((outside - n * inside) / (outside + n * inside)).powi(2);
            let along = ((n * outside - inside) / (n * outside + inside)).powi(2);
            1.0 - 0.5 * (across + along)
        })
        .sum();
    sum / f64::from(STEPS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn light_is_conserved_and_nothing_absorbed_comes_back() {
        let plates = Plates::new();
        let clear = Content { n: 1.6, chlorophyll: 0.0, carotenoid: 0.0, brown: 0.0, water: 0.0, dry: 0.0 };
        let glass = plates.leaf(&clear);
        for b in 0..BANDS {
            let sum = glass.reflectance[b] + glass.transmittance[b];
            assert!((sum - 1.0).abs() < 1e-6, "a leaf that holds nothing absorbs nothing: {sum}");
        }
        let traits =
            LeafTraits { n: 1.5, chlorophyll: 45.0, water: 0.014, dry: 0.006, angle: 55.0, clumping: 1.0 };
        let leaf = plates.leaf(&Content::living(&traits, 45.0));
        for b in 0..BANDS {
            assert!(leaf.reflectance[b] > 0.0 && leaf.transmittance[b] > 0.0);
            assert!(leaf.reflectance[b] + leaf.transmittance[b] < 1.0);
        }
    }

    #[test]
    fn another_implementation_agrees() {
        // PROSPECT-5 of the Python package prosail 2.0.5, averaged over the bands after the model instead of before:
        // where the spectrum is steep within a band that differs
        let content =
            Content { n: 1.5, chlorophyll: 45.0, carotenoid: 8.8, brown: 0.0, water: 0.014, dry: 0.006 };
        let r = [0.0541, 0.0927, 0.0412, 0.1529, 0.4241, 0.4662, 0.4601, 0.4619, 0.2907, 0.1292];
        let t = [0.0265, 0.1000, 0.0146, 0.1721, 0.4303, 0.4728, 0.4726, 0.4775, 0.3600, 0.2157];
        let leaf = Plates::new().leaf(&content);
        for b in 0..BANDS {
            let near = if b < 5 { 0.035 } else { 0.012 };
            assert!((leaf.reflectance[b] - r[b]).abs() < near, "{b} {} {}", leaf.reflectance[b], r[b]);
            assert!((leaf.transmittance[b] - t[b]).abs() < near, "{b} {} {}", leaf.transmittance[b], t[b]);
        }
    }

    #[test]
    fn special_functions_are_the_textbooks() {
        // Abramowitz and Stegun, table 5.1: E1(0.5) = 0.5597735948, E1(1) = 0.2193839344, E1(2) = 0.0489005107
        for (x, truth) in [(0.5, 0.559_773_594_8), (1.0, 0.219_383_934_4), (2.0, 0.048_900_510_7)] {
            assert!((exponential_integral(x) - truth).abs() < 1e-9, "{x}");
        }
        // straight down Fresnel lets 1 - ((n - 1) / (n + 1))^2 pass
        assert!((surface(0.5, 1.45) - (1.0 - (0.45_f64 / 2.45).powi(2))).abs() < 1e-5);
        let (r, t) = pile(0.2, 0.5, 1.0);
        assert!((r - 0.2).abs() < 1e-12 && (t - 0.5).abs() < 1e-12, "a pile of one is the plate");
    }
}
