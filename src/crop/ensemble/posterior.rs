//! From evidence to probability: the prior, the tempering, the sums.

use std::collections::BTreeMap;

use super::answer::ClassScore;
use super::area_shares::AreaShares;

/// Probability of the open set when no area shares are given (science 5.4).
const FLAT_OTHER: f64 = 0.15;

/// Prior of each class, sum 1. `rows` is the class's name, group and whether it is the open set.
///
/// With shares: the area of the crop, split evenly over its rows. Without: every group alike but for the open set,
/// each split evenly over its classes, so that a crop of two rows is not more likely for it.
pub(super) fn priors(rows: &[(String, String, bool)], shares: Option<&AreaShares>) -> Vec<f64> {
    let count =
        |by: &dyn Fn(&(String, String, bool)) -> bool| rows.iter().filter(|r| by(r)).count().max(1) as f64;
    let groups: std::collections::BTreeSet<&str> =
        rows.iter().filter(|r| !r.2).map(|r| r.1.as_str()).collect();
    let raw: Vec<f64> = (rows.iter())
        .map(|(name, group, open)| match shares {
            Some(s) => s.of(name) / count(&|r| r.0 == *name),
            None if *open => FLAT_OTHER,
            None => (1.0 - FLAT_OTHER) / groups.len().max(1) as f64 / count(&|r| !r.2 && r.1 == *group),
        })
        .collect();
    let sum: f64 = raw.iter().sum();
    raw.into_iter().map(|p| p / sum).collect()
}

/// Probability of each class: `exp(kappa evidence)` times the prior, sum 1.
pub(super) fn posterior(evidence: &[f64], prior: &[f64], kappa: f64) -> Vec<f64> {
    let logs: Vec<f64> = evidence.iter().zip(prior).map(|(e, p)| kappa * e + p.ln()).collect();
    let best = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if !best.is_finite() {
        return prior.to_vec();
    }
    let raw: Vec<f64> = logs.iter().map(|l| (l - best).exp()).collect();
    let sum: f64 = raw.iter().sum();
    raw.into_iter().map(|p| p / sum).collect()
}

/// Probabilities summed by a word of the class, highest first, ties by name.
pub(super) fn summed<'a>(
    classes: &'a [ClassScore],
    word: impl Fn(&'a ClassScore) -> &'a str,
) -> Vec<(String, f64)> {
    let mut by: BTreeMap<&str, f64> = BTreeMap::new();
    for c in classes {
        *by.entry(word(c)).or_default() += c.probability;
    }
    let mut all: Vec<(String, f64)> = by.into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
    all.sort_by(|a, b| b.1.total_cmp(&a.1));
    all
}

/// Log Bayes factor of some classes against the rest: the change of log-odds that the evidence makes.
pub(super) fn log_bayes_factor(posterior: &[f64], prior: &[f64], ours: &[bool]) -> f64 {
    let share = |p: &[f64], of: bool| -> f64 {
        p.iter().zip(ours).filter(|(_, o)| **o == of).map(|(p, _)| p).sum::<f64>().max(1e-9)
    };
    (share(posterior, true) / share(posterior, false)).ln() - (share(prior, true) / share(prior, false)).ln()
}
