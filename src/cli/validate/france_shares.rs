//! Western France with area shares of each site instead of all France: estimated from the site's own pixels without
//! looking at a label, as a lender with many plots in one district could.

use std::collections::BTreeMap;

use crate::crop::ensemble::Answer;
use crate::crop::scores::{Case, Forecast, accuracy, calibration_error, log_loss};

use super::france::{site_names, word};
use super::france_pixels::Pixel;
use super::{Line, figure};

/// Weight of the shares of all France, in pixels.
const TRUSTED: f64 = 50.0;
/// Rounds of re-estimation.
const ROUNDS: usize = 20;

pub(super) fn lines(answered: &[(&Pixel, Answer)]) -> Vec<Line> {
    let mut both: [Vec<Forecast>; 2] = [Vec::new(), Vec::new()];
    let mut lines = Vec::new();
    for name in site_names(answered) {
        let site: Vec<&(&Pixel, Answer)> = answered.iter().filter(|(p, _)| p.site == name).collect();
        let shares = estimated(&site);
        let of = |shares: &BTreeMap<String, f64>| -> Vec<Forecast> {
            site.iter()
                .map(|(p, a)| Forecast { truth: p.label.to_owned(), probability: reweighed(a, shares) })
                .collect()
        };
        let (before, after) = (of(&given(&site)), of(&shares));
        lines.push(told(name, &before, &after));
        both[0].extend(before);
        both[1].extend(after);
    }
    lines.push(told("all sites", &both[0], &both[1]));
    lines
}

fn told(name: &str, before: &[Forecast], after: &[Forecast]) -> Line {
    let of = |f: &[Forecast]| {
        let cases: Vec<Case> = f.iter().map(Forecast::case).collect();
        let named: Vec<Case> = cases.iter().filter(|c| c.probability >= 0.7).copied().collect();
        format!(
            "{}, {} at {:.2} referred, ECE {}, log loss {}",
            figure(accuracy(&cases), 3),
            figure(accuracy(&named), 2),
            1.0 - named.len() as f64 / cases.len().max(1) as f64,
            figure(calibration_error(&cases, 15), 3),
            figure(log_loss(f), 2)
        )
    };
    let what = format!(
        "{name}, shares estimated from its own pixels, labels unseen: accuracy, right from probability .7"
    );
    Line::new(
        what,
        after.len(),
        format!("{}; with the shares of all France {}", of(after), of(before)),
        "tried, not in the product",
    )
}

/// The shares that were given, as the mean of the priors.
fn given(site: &[&(&Pixel, Answer)]) -> BTreeMap<String, f64> {
    let mut sums: BTreeMap<String, f64> = BTreeMap::new();
    for (_, a) in site {
        a.classes
            .iter()
            .for_each(|c| *sums.entry(c.name.clone()).or_default() += c.prior / site.len() as f64);
    }
    sums
}

/// Shares under which the pixels' own curves are likeliest, held to the given ones.
///
/// # Sources
/// Saerens, Latinne and Decaestecker 2002, adjusting the outputs of a classifier to new a priori probabilities.
fn estimated(site: &[&(&Pixel, Answer)]) -> BTreeMap<String, f64> {
    let first = given(site);
    let mut shares = first.clone();
    for _ in 0..ROUNDS {
        let mut sums: BTreeMap<String, f64> = BTreeMap::new();
        for (_, a) in site {
            for (c, w) in a.classes.iter().zip(weights(a, &shares)) {
                *sums.entry(c.name.clone()).or_default() += w;
            }
        }
        let total = site.len() as f64 + TRUSTED;
        for (name, share) in &mut shares {
            let held = TRUSTED * first.get(name).copied().unwrap_or(0.0);
            *share = (sums.get(name).copied().unwrap_or(0.0) + held) / total;
        }
    }
    shares
}

/// Each class's probability under other shares; a crop's share is divided among its rows as its prior was.
fn weights(a: &Answer, shares: &BTreeMap<String, f64>) -> Vec<f64> {
    let prior = |name: &str| a.classes.iter().filter(|c| c.name == name).map(|c| c.prior).sum::<f64>();
    let raw: Vec<f64> = (a.classes.iter())
        .map(|c| c.probability * shares.get(&c.name).copied().unwrap_or(0.0) / prior(&c.name).max(1e-12))
        .collect();
    let sum: f64 = raw.iter().sum();
    raw.into_iter().map(|w| w / sum).collect()
}

/// Probability of each label word under other shares.
fn reweighed(a: &Answer, shares: &BTreeMap<String, f64>) -> BTreeMap<String, f64> {
    let mut out: BTreeMap<String, f64> = BTreeMap::new();
    for (c, w) in a.classes.iter().zip(weights(a, shares)) {
        *out.entry(word(&c.name).to_owned()).or_default() += w;
    }
    out
}
