//! Fixed low-discrepancy points of a standard normal law.

use super::super::normal;

/// Hidden numbers of a hypothesis: sowing, green-up, senescence, harvest lag, plateau, two widths.
pub(super) const DIMENSIONS: usize = 7;
/// Points of each of the two stages.
pub(super) const POINTS: usize = 128;
/// Bases of the Halton sequence.
const BASES: [u32; DIMENSIONS] = [2, 3, 5, 7, 11, 13, 17];
/// Points left out at the start, where the dimensions are still alike.
const SKIPPED: u32 = 20;

/// One point.
pub(super) type Point = [f64; DIMENSIONS];

/// The points, always the same.
///
/// # Sources
/// Halton 1960; the inverse normal law by bisection of its distribution function.
pub(super) fn points() -> Vec<Point> {
    (0..POINTS as u32).map(|k| BASES.map(|b| quantile(radical_inverse(k + 1 + SKIPPED, b)))).collect()
}

fn radical_inverse(mut k: u32, base: u32) -> f64 {
    let (mut factor, mut value) = (1.0, 0.0);
    while k > 0 {
        factor /= f64::from(base);
        value += factor * f64::from(k % base);
        k /= base;
    }
    value
}

/// Inverse of the standard normal distribution function.
fn quantile(p: f64) -> f64 {
    let p = p.clamp(1e-4, 1.0 - 1e-4);
    let (mut low, mut high) = (-5.0, 5.0);
    for _ in 0..60 {
        let mid = 0.5 * (low + high);
        if normal::cdf(mid) < p { low = mid } else { high = mid }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_haltons_and_normal() {
        assert_eq!((radical_inverse(1, 2), radical_inverse(6, 2)), (0.5, 0.375));
        assert!((radical_inverse(5, 3) - 7.0 / 9.0).abs() < 1e-15);
        let all = points();
        for d in 0..DIMENSIONS {
            let mean = all.iter().map(|z| z[d]).sum::<f64>() / all.len() as f64;
            let var = all.iter().map(|z| z[d] * z[d]).sum::<f64>() / all.len() as f64;
            assert!(mean.abs() < 0.12 && (var - 1.0).abs() < 0.15, "{d}: {mean} {var}");
        }
        assert!((quantile(0.9) - 1.281_551_6).abs() < 1e-5);
    }
}
