//! Sets of answers that hold the truth with a chosen rate, for who has labels: split conformal, each class by itself.

use std::collections::BTreeMap;

use super::Forecast;

/// Least probability by class from which the class belongs to the set.
#[derive(Clone, Debug, PartialEq)]
pub struct ConformalSets {
    least: BTreeMap<String, f64>,
}

impl ConformalSets {
    /// Thresholds from labelled forecasts that the method was not made with.
    ///
    /// # Method
    /// Class by class (Mondrian): of `n` labelled forecasts of a class, the probability that the class got is ranked, and
    /// the one of rank `n + 1 - ceil((n + 1) (1 - alpha))` from below is the threshold, so that a new field of the class,
    /// exchangeable with those, lies at or above it with probability of at least `1 - alpha`. A class with too few labels
    /// for that belongs to every set.
    /// # Sources
    /// Vovk, Gammerman and Shafer 2005, Algorithmic Learning in a Random World (Mondrian conformal predictors).
    pub fn fit(labelled: &[Forecast], alpha: f64) -> ConformalSets {
        let mut by: BTreeMap<String, Vec<f64>> = BTreeMap::new();
        for f in labelled {
            by.entry(f.truth.clone()).or_default().push(f.of(&f.truth));
        }
        let threshold = |mut given: Vec<f64>| {
            given.sort_by(f64::total_cmp);
            let n = given.len();
            let kept = ((n + 1) as f64 * (1.0 - alpha)).ceil() as usize;
            (n + 1).checked_sub(kept).and_then(|rank| given.get(rank.checked_sub(1)?)).copied().unwrap_or(0.0)
        };
        ConformalSets { least: by.into_iter().map(|(word, given)| (word, threshold(given))).collect() }
    }

    /// The words that are not excluded for a new forecast, of those that had labels.
    pub fn set<'a>(&'a self, forecast: &Forecast) -> Vec<&'a str> {
        self.least
            .iter()
            .filter(|(word, least)| forecast.of(word) >= **least)
            .map(|(w, _)| w.as_str())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forecast(truth: &str, p: f64) -> Forecast {
        Forecast {
            truth: truth.to_owned(),
            probability: [("a".to_owned(), p), ("b".to_owned(), 1.0 - p)].into(),
        }
    }

    #[test]
    fn nine_labels_exclude_below_the_least_of_them_and_eight_exclude_nothing() {
        let nine: Vec<Forecast> = (1..=9).map(|k| forecast("a", f64::from(k) / 10.0)).collect();
        let sets = ConformalSets::fit(&nine, 0.1);
        assert_eq!(sets.set(&forecast("a", 0.1)), ["a"]);
        assert!(sets.set(&forecast("a", 0.099)).is_empty());
        let eight = ConformalSets::fit(&nine[1..], 0.1);
        assert_eq!(eight.set(&forecast("a", 0.0)), ["a"]);
        // Of 19 labels the second least is the threshold.
        let many: Vec<Forecast> = (1..=19).map(|k| forecast("a", f64::from(k) / 20.0)).collect();
        assert!(ConformalSets::fit(&many, 0.1).set(&forecast("a", 0.09)).is_empty());
        assert_eq!(ConformalSets::fit(&many, 0.1).set(&forecast("a", 0.1)), ["a"]);
    }

    #[test]
    fn exchangeable_labels_are_held_with_the_chosen_rate() {
        let mut state = 5_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 53) as f64
        };
        let mut held = 0;
        for _ in 0..2000 {
            let labelled: Vec<Forecast> = (0..30).map(|_| forecast("a", next())).collect();
            held += ConformalSets::fit(&labelled, 0.1).set(&forecast("a", next())).len();
        }
        assert!((1780..=1860).contains(&held), "{held}");
    }
}
