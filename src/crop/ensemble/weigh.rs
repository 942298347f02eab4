//! Weighing the hypotheses of one crop: points of the prior first, then points where the weight lies.

use super::cycle::{Cycle, Hypothesis, PHASES};
use super::likelihood::{Channel, LANES, Lane, Workspace, log_likelihood};
use super::points::{DIMENSIONS, Point};
use super::views::Seen;

/// Nats below the best NDVI likelihood from which the other indices are not looked at (science 5.2).
const PRUNED: f64 = 12.0;
/// Least number of points that carry the fitted Gaussian (science 5.2).
const EFFECTIVE: f64 = 12.0;
/// Widening of the fitted covariance and what is added to its diagonal (science 5.2).
const WIDEN: f64 = 1.3;
const RIDGE: f64 = 0.03;
/// Power of the likelihood for the weights of the dates (science 5.2, lesson c).
const DATE_POWER: f64 = 0.8;

/// The hypotheses of one crop with the weights of their dates (sum 1), and the crop's log evidence.
#[derive(Clone, Debug)]
pub(super) struct Weighed {
    pub evidence: f64,
    pub hypotheses: Vec<Hypothesis>,
    pub weights: Vec<f64>,
    /// Log likelihood at each of the points of the prior.
    likelihood: Vec<f64>,
}

/// What all crops of a plot share.
#[derive(Debug)]
pub(super) struct Scale<'a> {
    pub seen: &'a Seen,
    pub channels: &'a [Channel],
    pub points: &'a [Point],
}

/// First stage: the points of the prior.
pub(super) fn prior(cycle: &Cycle, scale: &Scale<'_>) -> Weighed {
    let (hypotheses, likelihood) = likelihoods(cycle, scale.points, scale);
    let weights = normalised(likelihood.iter().map(|l| DATE_POWER * l));
    Weighed { evidence: log_mean_exp(&likelihood), hypotheses, weights, likelihood }
}

/// Second stage: points of a Gaussian fitted to the first weights, corrected by importance.
pub(super) fn refine(cycle: &Cycle, first: &Weighed, scale: &Scale<'_>) -> Weighed {
    let mut power = 1.0;
    let weights = loop {
        let w = normalised(first.likelihood.iter().map(|l| power * l));
        if 1.0 / w.iter().map(|w| w * w).sum::<f64>() >= EFFECTIVE || power < 0.02 {
            break w;
        }
        power *= 0.7;
    };
    let mut mean = [0.0; DIMENSIONS];
    for (z, w) in scale.points.iter().zip(&weights) {
        for (m, z) in mean.iter_mut().zip(z) {
            *m += w * z;
        }
    }
    let mut covariance = [[0.0; DIMENSIONS]; DIMENSIONS];
    for (z, w) in scale.points.iter().zip(&weights) {
        for i in 0..DIMENSIONS {
            for k in 0..=i {
                covariance[i][k] += WIDEN * w * (z[i] - mean[i]) * (z[k] - mean[k]);
            }
        }
    }
    for (i, row) in covariance.iter_mut().enumerate() {
        row[i] += RIDGE;
    }
    let factor = cholesky(&covariance);
    let log_determinant: f64 = (0..DIMENSIONS).map(|i| factor[i][i].ln()).sum();
    let points: Vec<Point> = (scale.points.iter())
        .map(|e| std::array::from_fn(|i| mean[i] + (0..=i).map(|k| factor[i][k] * e[k]).sum::<f64>()))
        .collect();
    let squares = |z: &Point| z.iter().map(|v| v * v).sum::<f64>();
    let importance: Vec<f64> = (points.iter().zip(scale.points))
        .map(|(z, e)| 0.5 * (squares(e) - squares(z)) + log_determinant)
        .collect();
    let (hypotheses, likelihood) = likelihoods(cycle, &points, scale);
    let whole: Vec<f64> = likelihood.iter().zip(&importance).map(|(l, w)| l + w).collect();
    let weights = normalised(likelihood.iter().zip(&importance).map(|(l, w)| DATE_POWER * l + w));
    Weighed { evidence: log_mean_exp(&whole), hypotheses, weights, likelihood }
}

fn likelihoods(cycle: &Cycle, points: &[Point], scale: &Scale<'_>) -> (Vec<Hypothesis>, Vec<f64>) {
    let hypotheses: Vec<Hypothesis> = points.iter().map(|z| cycle.hypothesis(z)).collect();
    let likelihood = if cycle.phases() > PHASES {
        scored::<{ PHASES + 1 }>(cycle, &hypotheses, scale)
    } else {
        scored::<PHASES>(cycle, &hypotheses, scale)
    };
    (hypotheses, likelihood)
}

/// Log likelihood of each hypothesis: NDVI of all, the other indices of those that NDVI leaves possible.
fn scored<const J: usize>(cycle: &Cycle, hypotheses: &[Hypothesis], scale: &Scale<'_>) -> Vec<f64> {
    let Some((first, others)) = scale.channels.split_first() else {
        return vec![0.0; hypotheses.len()];
    };
    let mut total = vec![f64::NEG_INFINITY; hypotheses.len()];
    let all: Vec<usize> = (0..hypotheses.len()).collect();
    let mut basis: Vec<[Lane; J]> = Vec::with_capacity(scale.seen.len());
    let mut work = Workspace::new();
    for block in all.chunks(LANES) {
        fill(cycle, hypotheses, block, scale, &mut basis);
        let found = log_likelihood::<J>(first, &basis, &cycle.levels[first.index], &mut work);
        for (k, l) in block.iter().zip(found) {
            total[*k] = first.weight * l;
        }
    }
    if others.is_empty() {
        return total;
    }
    let best = total.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let (kept, dropped): (Vec<usize>, Vec<usize>) = all.into_iter().partition(|k| total[*k] >= best - PRUNED);
    for k in dropped {
        total[k] = f64::NEG_INFINITY;
    }
    for block in kept.chunks(LANES) {
        fill(cycle, hypotheses, block, scale, &mut basis);
        for channel in others {
            let found = log_likelihood::<J>(channel, &basis, &cycle.levels[channel.index], &mut work);
            for (k, l) in block.iter().zip(found) {
                total[*k] += channel.weight * l;
            }
        }
    }
    total
}

/// The basis of a block of hypotheses; empty lanes repeat the first.
fn fill<const J: usize>(
    cycle: &Cycle,
    hypotheses: &[Hypothesis],
    block: &[usize],
    scale: &Scale<'_>,
    basis: &mut Vec<[Lane; J]>,
) {
    basis.clear();
    let Some(first) = block.first().and_then(|k| hypotheses.get(*k)) else { return };
    let lanes = std::array::from_fn(|l| block.get(l).and_then(|k| hypotheses.get(*k)).unwrap_or(first));
    let origin = scale.seen.day.first().copied().unwrap_or(0.0);
    let curves = cycle.curves(lanes, origin);
    for day in &scale.seen.day {
        let shares = curves.shares((day - origin) as f32);
        basis.push(std::array::from_fn(|j| shares[j]));
    }
}

fn cholesky(a: &[[f64; DIMENSIONS]; DIMENSIONS]) -> [[f64; DIMENSIONS]; DIMENSIONS] {
    let mut l = [[0.0; DIMENSIONS]; DIMENSIONS];
    for i in 0..DIMENSIONS {
        for k in 0..=i {
            let sum = a[i][k] - (0..k).map(|m| l[i][m] * l[k][m]).sum::<f64>();
            l[i][k] = if i == k { sum.max(1e-12).sqrt() } else { sum / l[k][k] };
        }
    }
    l
}

fn log_mean_exp(values: &[f64]) -> f64 {
    let best = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if !best.is_finite() {
        return best;
    }
    best + (values.iter().map(|v| (v - best).exp()).sum::<f64>() / values.len() as f64).ln()
}

/// Weights proportional to the exponentials, sum 1.
fn normalised(log_weights: impl Iterator<Item = f64>) -> Vec<f64> {
    let logs: Vec<f64> = log_weights.collect();
    let best = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let raw: Vec<f64> = logs.iter().map(|l| if best.is_finite() { (l - best).exp() } else { 1.0 }).collect();
    let sum: f64 = raw.iter().sum();
    raw.into_iter().map(|w| w / sum).collect()
}
