//! From evidence to probability: the prior, the tempering, the sums.

use std::collections::BTreeMap;

use super::answer::ClassScore;
use super::area_shares::AreaShares;
use super::table::Trust;

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

/// Probability of each class, sum 1: the prior times `(1 - a) exp(kappa evidence) + a exp(kappa open)`.
///
/// A share `a` of the fields of every class is atypical and looks like anything, that is like the open set: failed,
/// mixed, wrongly labelled. So however far a curve is from a class, it cannot speak against it without bound.
///
/// # Sources
/// Tempering: science 5.5. The contaminated likelihood: Huber 1964; Tukey 1960.
pub(super) fn posterior(evidence: &[f64], open: Option<f64>, prior: &[f64], trust: &Trust) -> Vec<f64> {
    let bounded = |e: f64| {
        let own = trust.kappa * e;
        match open.map(|o| trust.kappa * o).filter(|_| trust.atypical > 0.0) {
            None => own,
            Some(open) => {
                let (a, b) = ((1.0 - trust.atypical).ln() + own, trust.atypical.ln() + open);
                a.max(b) + (-(a - b).abs()).exp().ln_1p()
            }
        }
    };
    let logs: Vec<f64> = evidence.iter().zip(prior).map(|(e, p)| bounded(*e) + p.ln()).collect();
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
