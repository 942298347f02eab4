//! One kind of pixel or two: a mixture of two Gaussians against one.

use super::rules::CroplandRules;

/// Smallest standard deviation of a kind, NDVI: the noise of one pixel's percentile.
const LEAST_SD: f64 = 0.02;
/// Steps of the expectation maximisation; it has settled long before.
const STEPS: usize = 60;

/// Two kinds of pixel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Split {
    /// Middle of the lower kind.
    pub(super) lower: f64,
    /// Middle of the upper kind.
    pub(super) upper: f64,
}

#[derive(Clone, Copy)]
struct Kind {
    mean: f64,
    sd: f64,
    share: f64,
}

/// Two kinds, if the values say so clearly; `None` for one.
///
/// # Method
/// Expectation maximisation from Otsu's threshold; accepted when the Bayesian information criterion gains at least
/// `min_bic_gain` and the means lie at least `min_separation_ndvi` and `min_separation_sd` pooled standard deviations
/// apart. The order of the values does not matter.
/// # Sources
/// Otsu 1979; Schwarz 1978 (BIC); Raftery 1995 (its scale).
pub(super) fn split(values: &[f64], rules: &CroplandRules) -> Option<Split> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let n = sorted.len();
    let cut = otsu(&sorted)?;
    let one = fitted(&sorted);
    let (low, high) = sorted.split_at(cut);
    let mut kinds = [fitted(low), fitted(high)];
    kinds[0].share = low.len() as f64 / n as f64;
    kinds[1].share = 1.0 - kinds[0].share;
    let mut upper = vec![0.0; n];
    for _ in 0..STEPS {
        for (p, v) in upper.iter_mut().zip(&sorted) {
            let (a, b) = (density(&kinds[0], *v), density(&kinds[1], *v));
            *p = if a + b > 0.0 { b / (a + b) } else { 0.5 };
        }
        kinds = [weighted(&sorted, &upper, false), weighted(&sorted, &upper, true)];
    }
    let log = |kinds: &[Kind]| -> f64 {
        let each = sorted.iter().map(|v| kinds.iter().map(|k| density(k, *v)).sum::<f64>());
        each.map(|d| d.max(f64::MIN_POSITIVE).ln()).sum()
    };
    let ln_n = (n as f64).ln();
    let gain = (2.0 * ln_n - 2.0 * log(&[one])) - (5.0 * ln_n - 2.0 * log(&kinds));
    let [a, b] = kinds;
    let pooled = (a.share * a.sd * a.sd + b.share * b.sd * b.sd).sqrt();
    let apart = b.mean - a.mean;
    (gain >= rules.min_bic_gain
        && apart >= rules.min_separation_ndvi
        && apart >= rules.min_separation_sd * pooled)
        .then_some(Split { lower: a.mean, upper: b.mean })
}

/// Number of values below the threshold that parts sorted values best; `None` below four values.
fn otsu(sorted: &[f64]) -> Option<usize> {
    let n = sorted.len();
    let total: f64 = sorted.iter().sum();
    let mut below = 0.0;
    let mut best: Option<(f64, usize)> = None;
    for (k, v) in sorted.iter().enumerate().take(n.saturating_sub(1)) {
        below += v;
        let (low, high) = ((k + 1) as f64, (n - k - 1) as f64);
        let apart = below / low - (total - below) / high;
        let between = low * high * apart * apart;
        if best.is_none_or(|(most, _)| between > most) {
            best = Some((between, k + 1));
        }
    }
    best.filter(|_| n >= 4).map(|(_, cut)| cut)
}

fn fitted(values: &[f64]) -> Kind {
    let n = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / n;
    let var = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n;
    Kind { mean, sd: var.sqrt().max(LEAST_SD), share: 1.0 }
}

fn weighted(values: &[f64], upper: &[f64], take_upper: bool) -> Kind {
    let weight = |p: f64| if take_upper { p } else { 1.0 - p };
    let total: f64 = upper.iter().map(|p| weight(*p)).sum::<f64>().max(1e-9);
    let mean = values.iter().zip(upper).map(|(v, p)| weight(*p) * v).sum::<f64>() / total;
    let var =
        values.iter().zip(upper).map(|(v, p)| weight(*p) * (v - mean) * (v - mean)).sum::<f64>() / total;
    Kind { mean, sd: var.sqrt().max(LEAST_SD), share: total / values.len().max(1) as f64 }
}

fn density(kind: &Kind, value: f64) -> f64 {
    let u = (value - kind.mean) / kind.sd;
    kind.share * (-0.5 * u * u).exp() / (kind.sd * (2.0 * std::f64::consts::PI).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(n: usize, around: f64) -> Vec<f64> {
        (0..n).map(|i| around + 0.03 * ((i as f64 * 2.399).sin() + (i as f64 * 0.7).cos()) / 1.4).collect()
    }

    #[test]
    fn two_kinds_are_seen_and_one_is_not_split() {
        let rules = CroplandRules::default();
        assert_eq!(split(&noise(60, 0.6), &rules), None);
        assert_eq!(split(&[0.6; 50], &rules), None);
        assert_eq!(split(&[], &rules), None);
        let mut both = noise(40, 0.6);
        both.extend(noise(10, 0.1));
        let found = split(&both, &rules).unwrap();
        assert!((found.lower - 0.1).abs() < 0.03 && (found.upper - 0.6).abs() < 0.03, "{found:?}");
        // a worse half of one crop is less than 0.15 away
        let mut vigour = noise(30, 0.6);
        vigour.extend(noise(30, 0.48));
        assert_eq!(split(&vigour, &rules), None);
    }
}
