//! What a trained classifier says, pooled with what the profiles say.

use std::collections::BTreeMap;

use super::super::profiles::Profiles;
use super::table::EnsembleTable;

/// Least probability of the pool: a label that a model calls impossible stays possible.
const LEAST: f64 = 1e-6;

/// Probabilities of a trained classifier for one plot, by name of crop, group or cover.
#[derive(Clone, Debug, PartialEq)]
pub struct Learned {
    probability: BTreeMap<String, f64>,
    weight: f64,
}

impl Learned {
    /// From logits: divided by the temperature, then softmax. `weight` is the model's in the pool, 0 to 1.
    ///
    /// # Source
    /// Temperature scaling: Guo et al. 2017; log-linear pool: Genest and Zidek 1986.
    pub fn of(labels: &[String], logits: &[f32], temperature: f64, weight: f64) -> Learned {
        let scaled: Vec<f64> = logits.iter().map(|l| f64::from(*l) / temperature).collect();
        let best = scaled.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let raw: Vec<f64> = scaled.iter().map(|l| (l - best).exp()).collect();
        let sum: f64 = raw.iter().sum();
        let probability = labels.iter().cloned().zip(raw.iter().map(|p| p / sum)).collect();
        Learned { probability, weight }
    }

    /// The first label that is neither crop, group nor cover of the tables.
    pub fn unknown_label<'l>(
        labels: &'l [String],
        profiles: &Profiles,
        table: &EnsembleTable,
    ) -> Option<&'l String> {
        let known = |label: &String| {
            profiles.crops().iter().any(|c| c.name == *label || c.group == *label)
                || table.covers().any(|(name, group)| name == label || group == label)
        };
        labels.iter().find(|l| !known(l))
    }

    /// The pool of both, sum 1. `classes` are name and group of each class, `profile` its probability by the profiles.
    ///
    /// `log p = w log p_model + (1 - w) log p_profile` over the classes that the model's labels cover; what it does
    /// not cover keeps the share that the profiles give it, so the guard against what is on no list still holds. A
    /// label of several classes is divided as the profiles divide them.
    pub(super) fn pooled(&self, classes: &[(&str, &str)], profile: &[f64]) -> Vec<f64> {
        let labels: Vec<Option<&str>> = (classes.iter())
            .map(|(name, group)| [*name, *group].into_iter().find(|w| self.probability.contains_key(*w)))
            .collect();
        let mut by_profile: BTreeMap<&str, f64> = BTreeMap::new();
        let mut covered = 0.0;
        for (label, p) in labels.iter().zip(profile) {
            if let Some(label) = label {
                *by_profile.entry(label).or_default() += p;
                covered += p;
            }
        }
        let pool: BTreeMap<&str, f64> = (by_profile.iter())
            .map(|(label, share)| {
                let model = self.probability.get(*label).copied().unwrap_or(0.0).max(LEAST);
                let own = (share / covered).max(LEAST);
                (*label, (self.weight * model.ln() + (1.0 - self.weight) * own.ln()).exp())
            })
            .collect();
        let sum: f64 = pool.values().sum();
        if covered <= 0.0 || sum <= 0.0 {
            return profile.to_vec();
        }
        (labels.iter().zip(profile))
            .map(|(label, p)| match label {
                Some(label) => {
                    let of = by_profile.get(label).copied().unwrap_or(0.0);
                    let share = if of > 0.0 { p / of } else { 0.0 };
                    covered * pool.get(label).copied().unwrap_or(0.0) / sum * share
                }
                None => *p,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLASSES: [(&str, &str); 4] = [
        ("winter_wheat", "winter_cereal"),
        ("winter_barley", "winter_cereal"),
        ("maize", "maize"),
        ("other", "other"),
    ];
    const PROFILE: [f64; 4] = [0.3, 0.2, 0.3, 0.2];

    fn learned(labels: &[&str], logits: &[f32], weight: f64) -> Learned {
        let labels: Vec<String> = labels.iter().map(|l| (*l).to_owned()).collect();
        Learned::of(&labels, logits, 1.0, weight)
    }

    #[test]
    fn a_weight_of_0_changes_nothing_and_of_1_gives_the_model_what_it_covers() {
        let labels = ["winter_cereal", "maize"];
        let same = learned(&labels, &[2.0, 0.0], 0.0).pooled(&CLASSES, &PROFILE);
        assert!(same.iter().zip(PROFILE).all(|(a, b)| (a - b).abs() < 1e-12), "{same:?}");
        let all = learned(&labels, &[3.0_f32.ln(), 0.0], 1.0).pooled(&CLASSES, &PROFILE);
        // 3 : 1 over the covered 0.8; wheat and barley as 3 : 2; `other` keeps its 0.2
        let expected = [0.6 * 0.6, 0.6 * 0.4, 0.2, 0.2];
        assert!(all.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{all:?}");
    }

    #[test]
    fn the_pool_is_the_geometric_mean_and_sums_to_one() {
        let pooled = learned(&["winter_cereal", "maize"], &[0.0, 0.0], 0.5).pooled(&CLASSES, &PROFILE);
        let (cereal, maize) = ((0.5_f64 * 0.625).sqrt(), (0.5_f64 * 0.375).sqrt());
        let expected = 0.8 * maize / (cereal + maize);
        assert!((pooled[2] - expected).abs() < 1e-12, "{pooled:?}");
        assert!((pooled.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_model_that_covers_nothing_changes_nothing() {
        let pooled = learned(&["rice", "cotton"], &[5.0, 0.0], 0.9).pooled(&CLASSES, &PROFILE);
        assert_eq!(pooled, PROFILE);
    }
}
