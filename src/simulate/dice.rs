//! Random numbers that depend only on a key: no state is shared, so order and threads cannot matter.

/// SplitMix64 finaliser (Steele, Lea and Flood 2014): a bijection that scatters neighbouring keys.
pub(super) fn mix(key: u64) -> u64 {
    let mut z = key.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Key of a lattice node.
pub(super) fn node(key: u64, a: i64, b: i64) -> u64 {
    mix(mix(key ^ (a as u64).wrapping_mul(0xD6E8_FEB8_6659_FD93)) ^ (b as u64))
}

/// Uniform in 0..1 from a scattered key.
pub(super) fn unit(scattered: u64) -> f64 {
    (scattered >> 11) as f64 / (1u64 << 53) as f64
}

/// Nearly normal (mean 0, sd 1, within 3.5) from one scattered key: four 16-bit lanes summed.
pub(super) fn bell(scattered: u64) -> f32 {
    let lanes = (scattered & 0xFFFF)
        + ((scattered >> 16) & 0xFFFF)
        + ((scattered >> 32) & 0xFFFF)
        + (scattered >> 48);
    (lanes as f32 / 65_536.0 - 2.0) * 1.732_050_8
}

/// Smooth noise in 0..1 with features of about `size` metres: bilinear between hashed nodes.
pub(super) fn ripple(key: u64, x: f64, y: f64, size: f64) -> f64 {
    let (u, v) = (x / size, y / size);
    let (i, j) = (u.floor(), v.floor());
    let ease = |t: f64| t * t * (3.0 - 2.0 * t);
    let (s, t) = (ease(u - i), ease(v - j));
    let (i, j) = (i as i64, j as i64);
    let at = |a: i64, b: i64| unit(node(key, i + a, j + b));
    let low = at(0, 0) * (1.0 - s) + at(1, 0) * s;
    let high = at(0, 1) * (1.0 - s) + at(1, 1) * s;
    low * (1.0 - t) + high * t
}

/// A short stream of numbers for one thing (a field, a day), made from its key.
#[derive(Clone, Debug)]
pub(super) struct Dice {
    key: u64,
    count: u64,
}

impl Dice {
    /// The stream named by `seed` and the words.
    pub(super) fn new(seed: u64, words: &[u64]) -> Dice {
        Dice { key: words.iter().fold(mix(seed), |k, w| mix(k ^ w)), count: 0 }
    }

    /// Uniform in 0..1.
    pub(super) fn unit(&mut self) -> f64 {
        self.count += 1;
        unit(mix(self.key.wrapping_add(self.count.wrapping_mul(0x9E37_79B9_7F4A_7C15))))
    }

    /// Uniform in `low..high`.
    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Nearly normal: twelve uniforms summed, so never beyond six standard deviations.
    pub(super) fn normal(&mut self, mean: f64, sd: f64) -> f64 {
        mean + sd * ((0..12).map(|_| self.unit()).sum::<f64>() - 6.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_repeat_and_have_the_moments_they_claim() {
        let draw = || {
            let mut dice = Dice::new(7, &[1, 2]);
            (0..20_000).map(|_| dice.normal(3.0, 2.0)).collect::<Vec<_>>()
        };
        let values = draw();
        assert_eq!(values, draw());
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let var = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n;
        assert!((mean - 3.0).abs() < 0.06 && (var.sqrt() - 2.0).abs() < 0.05, "{mean} {var}");

        let bells: Vec<f64> = (0..20_000).map(|k| f64::from(bell(mix(k)))).collect();
        let mean = bells.iter().sum::<f64>() / n;
        let var = bells.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n;
        assert!(mean.abs() < 0.03 && (var - 1.0).abs() < 0.04, "{mean} {var}");
    }
}
