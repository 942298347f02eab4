//! Scores of whole probability vectors, where the best answer alone does not tell enough.

use std::collections::{BTreeMap, BTreeSet};

use super::{Case, calibration_error, mean};

/// Least probability that counts in the log loss: one case must not outweigh all others.
const LEAST: f64 = 1e-6;

/// A true word and the probability that was given to each word.
#[derive(Clone, Debug, PartialEq)]
pub struct Forecast {
    /// What it was.
    pub truth: String,
    /// Probability by word; words that are not listed got none.
    pub probability: BTreeMap<String, f64>,
}

impl Forecast {
    /// Probability that a word was given.
    pub fn of(&self, word: &str) -> f64 {
        self.probability.get(word).copied().unwrap_or(0.0)
    }

    /// The most probable word with its probability; ties by the word.
    pub fn best(&self) -> (&str, f64) {
        let top = self.probability.iter().reduce(|a, b| if b.1 > a.1 { b } else { a });
        top.map_or(("", 0.0), |(word, p)| (word.as_str(), *p))
    }

    /// Whether the best word was the true one, and its probability.
    pub fn case(&self) -> Case {
        let (word, probability) = self.best();
        Case { right: word == self.truth, probability }
    }
}

/// Mean negative log probability of the truth, nats.
pub fn log_loss(forecasts: &[Forecast]) -> Option<f64> {
    mean(forecasts.iter().map(|f| -f.of(&f.truth).max(LEAST).ln()))
}

/// Brier score over all words: mean squared distance of the probabilities from the truth, 0 to 2.
pub fn brier(forecasts: &[Forecast]) -> Option<f64> {
    mean(forecasts.iter().map(|f| {
        let others: f64 = f.probability.iter().filter(|(w, _)| **w != f.truth).map(|(_, p)| p * p).sum();
        others + (1.0 - f.of(&f.truth)).powi(2)
    }))
}

/// Harmonic mean of recall and precision of every word that occurs as a truth, averaged over those words.
pub fn macro_f1(forecasts: &[Forecast]) -> Option<f64> {
    let truths: BTreeSet<&str> = forecasts.iter().map(|f| f.truth.as_str()).collect();
    mean(truths.into_iter().map(|word| {
        let count = |of: &dyn Fn(&Forecast) -> bool| forecasts.iter().filter(|f| of(f)).count() as f64;
        let both = count(&|f| f.truth == word && f.best().0 == word);
        2.0 * both / (count(&|f| f.truth == word) + count(&|f| f.best().0 == word))
    }))
}

/// Calibration error of every true word by itself, one against the rest, averaged over the words.
pub fn class_wise_calibration_error(forecasts: &[Forecast], bins: usize) -> Option<f64> {
    let truths: BTreeSet<&str> = forecasts.iter().map(|f| f.truth.as_str()).collect();
    mean(truths.into_iter().filter_map(|word| {
        let cases: Vec<Case> =
            forecasts.iter().map(|f| Case { right: f.truth == word, probability: f.of(word) }).collect();
        calibration_error(&cases, bins)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forecast(truth: &str, a: f64) -> Forecast {
        let probability = [("a".to_owned(), a), ("b".to_owned(), 1.0 - a)].into();
        Forecast { truth: truth.to_owned(), probability }
    }

    #[test]
    fn closed_forms() {
        let sure = [forecast("a", 1.0), forecast("b", 0.0)];
        assert_eq!((log_loss(&sure), brier(&sure), macro_f1(&sure)), (Some(0.0), Some(0.0), Some(1.0)));
        let half = [forecast("a", 0.5), forecast("b", 0.5)];
        assert!((log_loss(&half).unwrap() - 2.0_f64.ln()).abs() < 1e-12);
        assert!((brier(&half).unwrap() - 0.5).abs() < 1e-12);
        // "a" is said of both: recall 1, precision 1/2; "b" never.
        let said = [forecast("a", 0.9), forecast("b", 0.9)];
        assert!((macro_f1(&said).unwrap() - 1.0 / 3.0).abs() < 1e-12);
        assert!(!said[1].case().right);
        assert_eq!(log_loss(&[]), None);
        assert!(log_loss(&[forecast("c", 1.0)]).unwrap() < 14.0);
    }

    #[test]
    fn a_class_that_is_overstated_shows_in_its_own_error_only() {
        let forecasts: Vec<Forecast> =
            (0..10).map(|k| forecast(if k < 5 { "a" } else { "b" }, 0.5)).collect();
        assert!(class_wise_calibration_error(&forecasts, 1).unwrap() < 1e-12);
        let wrong: Vec<Forecast> = (0..10).map(|k| forecast(if k < 5 { "a" } else { "b" }, 0.9)).collect();
        assert!((class_wise_calibration_error(&wrong, 1).unwrap() - 0.4).abs() < 1e-12);
    }
}
