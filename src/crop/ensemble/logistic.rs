//! The logistic and the exponential function of a few numbers at once: the curves need them some hundred thousand
//! times a plot. Only additions, multiplications and one division, so every machine gives the same bits.

use super::likelihood::{LANES, Lane};

/// Beyond it the functions stay as they are there, within 1.2e-7 of 0 or 1: products of what is smaller would leave the
/// range of normal numbers, where machines are slow.
const REACH: f32 = 16.0;
/// 1.5 * 2^23: adding it rounds to a whole number, which then stands in the low bits.
const WHOLE: f32 = 12_582_912.0;
/// Exponent bits of 1.
const ONE: u32 = 0x3F80_0000;
/// (2^f - 1) / f on -0.5 to 0.5, relative error below 1e-7 (Cephes, exp2f).
const POWER_OF_TWO: [f32; 6] =
    [1.535_336_2e-4, 1.339_887_4e-3, 9.618_437e-3, 5.550_332_5e-2, 2.402_264_8e-1, 6.931_472e-1];

/// The exponential of each, from -16 to 16.
#[inline]
pub(super) fn exponential(x: Lane) -> Lane {
    let mut out = [0.0; LANES];
    for l in 0..LANES {
        let t = x[l].clamp(-REACH, REACH) * std::f32::consts::LOG2_E;
        let rounded = t + WHOLE;
        let f = t - (rounded - WHOLE);
        let mut p = POWER_OF_TWO[0];
        for c in &POWER_OF_TWO[1..] {
            p = p * f + c;
        }
        out[l] = (1.0 + p * f) * f32::from_bits((rounded.to_bits() << 23).wrapping_add(ONE));
    }
    out
}

/// 1 / (1 + exp(-x)) of each.
#[inline]
pub(super) fn logistic(x: Lane) -> Lane {
    let falling = exponential(x.map(|x| -x));
    falling.map(|e| 1.0 / (1.0 + e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_are_the_functions() {
        for k in -1600..1600 {
            let x = k as f32 * 0.01;
            let exact = f64::from(x).exp();
            let (e, s) = (f64::from(exponential([x; LANES])[1]), f64::from(logistic([x; LANES])[2]));
            assert!((e / exact - 1.0).abs() < 2e-6, "{x}: {e} {exact}");
            assert!((s - 1.0 / (1.0 + (-f64::from(x)).exp())).abs() < 1e-6, "{x}: {s}");
        }
        let far = [-1.0e9, 1.0e9, 0.0].map(|x| logistic([x; LANES])[0]);
        assert!(far[0] < 2e-7 && far[1] > 1.0 - 2e-7 && far[2] == 0.5, "{far:?}");
    }
}
