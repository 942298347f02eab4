//! Rank and deviation among few numbers, with what their number leaves open.

/// Numbers that a deviation is shrunk by: z n / (n + 5).
const SHRINK: f64 = 5.0;
/// Standard deviations per median absolute deviation of a normal law.
const MAD_TO_SD: f64 = 1.4826;

/// In order, NaN left out.
pub(super) fn sorted(mut values: Vec<f64>) -> Vec<f64> {
    values.retain(|v| v.is_finite());
    values.sort_by(f64::total_cmp);
    values
}

/// Median of sorted values.
pub(super) fn median(sorted: &[f64]) -> Option<f64> {
    let n = sorted.len();
    Some(0.5 * (sorted.get(n.checked_sub(1)? / 2)? + sorted.get(n / 2)?))
}

/// Deviation of a value from sorted ones in robust standard deviations, at least `least_spread` each, shrunk.
pub(super) fn deviation(x: f64, sorted_values: &[f64], least_spread: f64) -> Option<f64> {
    let middle = median(sorted_values)?;
    let apart = sorted(sorted_values.iter().map(|v| (v - middle).abs()).collect());
    let spread = (MAD_TO_SD * median(&apart)?).max(least_spread);
    let n = sorted_values.len() as f64;
    Some((x - middle) / spread * n / (n + SHRINK))
}

/// Share of sorted values below `x` (ties count half), with the 10th and 90th percentile of the Beta law that the
/// rank follows.
pub(super) fn percentile(x: f64, sorted_values: &[f64]) -> (f64, f64, f64) {
    let n = sorted_values.len();
    let below = sorted_values.iter().filter(|v| **v < x).count();
    let ties = sorted_values.iter().filter(|v| **v == x).count();
    let share = if n == 0 { 0.5 } else { (below as f64 + 0.5 * ties as f64) / n as f64 };
    let r = below + ties / 2;
    let ends = [0.1, 0.9].map(|q| beta_quantile(r + 1, n - r + 1, q));
    // Of the first and the last the law's ends lie inside the share itself.
    (share, ends[0].min(share), ends[1].max(share))
}

/// Quantile of the Beta law with whole parameters, by bisection of its distribution function.
fn beta_quantile(a: usize, b: usize, q: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..50 {
        let middle = 0.5 * (low + high);
        if beta_cdf(a, b, middle) < q { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

/// P(Beta(a, b) <= x) = P(Binomial(a + b - 1, x) >= a).
fn beta_cdf(a: usize, b: usize, x: f64) -> f64 {
    let n = a + b - 1;
    let mut log_choose = 0.0;
    let mut sum = 0.0;
    for k in 0..=n {
        if k > 0 {
            log_choose += (((n - k + 1) as f64) / k as f64).ln();
        }
        if k >= a {
            sum += (log_choose + k as f64 * x.ln() + (n - k) as f64 * (1.0 - x).ln()).exp();
        }
    }
    sum.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beta_quantiles_are_those_of_closed_forms() {
        // Beta(1, b): 1 - (1 - x)^b; Beta(a, 1): x^a.
        assert!((beta_quantile(1, 9, 0.1) - (1.0 - 0.9_f64.powf(1.0 / 9.0))).abs() < 1e-9);
        assert!((beta_quantile(7, 1, 0.9) - 0.9_f64.powf(1.0 / 7.0)).abs() < 1e-9);
        assert!((beta_quantile(5, 5, 0.5) - 0.5).abs() < 1e-9);
    }

    #[test]
    fn a_deviation_is_robust_and_shrunk() {
        let peers: Vec<f64> = (0..11).map(|k| f64::from(k) / 10.0).collect();
        // median 0.5, MAD 0.3
        let z = deviation(1.0, &peers, 0.01).unwrap();
        assert!((z - 0.5 / (MAD_TO_SD * 0.3) * 11.0 / 16.0).abs() < 1e-12);
        let mut wild = peers.clone();
        wild[10] = 1e6;
        assert_eq!(deviation(1.0, &wild, 0.01), Some(z));
        assert_eq!(deviation(1.0, &[], 0.01), None);
    }

    #[test]
    fn a_percentile_has_its_interval() {
        let peers: Vec<f64> = (0..10).map(f64::from).collect();
        let (share, low, high) = percentile(4.5, &peers);
        assert!((share - 0.5).abs() < 1e-12 && low < 0.5 && high > 0.5 && low > 0.25 && high < 0.75);
        assert_eq!(percentile(-1.0, &peers).0, 0.0);
        assert_eq!(percentile(0.0, &[]), (0.5, percentile(0.0, &[]).1, percentile(0.0, &[]).2));
    }
}
