//! How good answers are against a known truth: the figures of `validate`. Closed forms, no I/O.
//!
//! Comes in: pairs of answer and truth. Goes out: accuracy, calibration error, risk by coverage, rank statistics,
//! date errors. Not here: reading sets, choosing what is true.

mod conformal;
mod forecast;

pub use conformal::ConformalSets;
pub use forecast::{Forecast, brier, class_wise_calibration_error, log_loss, macro_f1};

/// One answered case: whether the best answer was right, and the probability that it was given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Case {
    /// Whether the answer with the highest probability was the true one.
    pub right: bool,
    /// Its probability, 0 to 1.
    pub probability: f64,
}

/// Share of cases that are right; `None` without cases.
pub fn accuracy(cases: &[Case]) -> Option<f64> {
    mean(cases.iter().map(|c| f64::from(u8::from(c.right))))
}

/// Expected calibration error: mean distance of probability and accuracy over bins of equally many cases.
pub fn calibration_error(cases: &[Case], bins: usize) -> Option<f64> {
    let mut sorted = cases.to_vec();
    sorted.sort_by(|a, b| a.probability.total_cmp(&b.probability).then(a.right.cmp(&b.right)));
    let n = sorted.len();
    let parts = (0..bins).filter_map(|k| {
        let part = sorted.get(k * n / bins..(k + 1) * n / bins)?;
        let gap = (accuracy(part)? - mean(part.iter().map(|c| c.probability))?).abs();
        Some(gap * part.len() as f64 / n as f64)
    });
    (n > 0).then(|| parts.sum())
}

/// The same over ten bins of equal width, as older reports give it.
pub fn calibration_error_by_tenths(cases: &[Case]) -> Option<f64> {
    let tenth = |c: &Case| ((c.probability * 10.0).ceil() as i64 - 1).clamp(0, 9);
    let parts = (0..10).filter_map(|k| {
        let part: Vec<Case> = cases.iter().filter(|c| tenth(c) == k).copied().collect();
        let gap = (accuracy(&part)? - mean(part.iter().map(|c| c.probability))?).abs();
        Some(gap * part.len() as f64 / cases.len() as f64)
    });
    (!cases.is_empty()).then(|| parts.sum())
}

/// Accuracy of the most probable share of the cases.
pub fn accuracy_at(cases: &[Case], coverage: f64) -> Option<f64> {
    let mut sorted = cases.to_vec();
    // Of equally probable cases the wrong ones come first: the figure never flatters.
    sorted.sort_by(|a, b| b.probability.total_cmp(&a.probability).then(a.right.cmp(&b.right)));
    sorted.truncate((coverage * cases.len() as f64) as usize);
    accuracy(&sorted)
}

/// Area under the curve of risk by coverage: mean share of wrong answers over all coverages, surest first.
pub fn risk_area(cases: &[Case]) -> Option<f64> {
    let mut sorted = cases.to_vec();
    sorted.sort_by(|a, b| b.probability.total_cmp(&a.probability).then(a.right.cmp(&b.right)));
    let mut wrong = 0.0;
    mean(sorted.iter().enumerate().map(|(k, c)| {
        wrong += f64::from(u8::from(!c.right));
        wrong / (k + 1) as f64
    }))
}

/// Draws of [`resampled`].
const DRAWS: usize = 500;

/// Interval (5th to 95th percentile) of a figure over samples of the cases drawn with replacement by a fixed sequence.
///
/// # Sources
/// Efron 1979, the percentile bootstrap.
pub fn resampled(cases: &[Case], of: impl Fn(&[Case]) -> Option<f64>) -> Option<(f64, f64)> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut place = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((u128::from(state >> 32) * cases.len() as u128) >> 32) as usize
    };
    let drawn: Vec<f64> = (0..DRAWS)
        .filter_map(|_| {
            let sample: Vec<Case> = cases.iter().filter_map(|_| cases.get(place()).copied()).collect();
            of(&sample)
        })
        .collect();
    quantile(&drawn, 0.05).zip(quantile(&drawn, 0.95))
}

/// Area under the curve of true against false scores: the chance that a true one is the higher, ties half.
pub fn auc(truths: &[f64], falses: &[f64]) -> Option<f64> {
    if truths.is_empty() || falses.is_empty() {
        return None;
    }
    let mut sorted = falses.to_vec();
    sorted.sort_by(f64::total_cmp);
    let below = |t: f64| {
        let less = sorted.partition_point(|f| *f < t) as f64;
        let up_to = sorted.partition_point(|f| *f <= t) as f64;
        0.5 * (less + up_to)
    };
    Some(truths.iter().map(|t| below(*t)).sum::<f64>() / (truths.len() * falses.len()) as f64)
}

/// Share of false scores below the threshold that a given share of true ones lies below.
pub fn caught_at(truths: &[f64], falses: &[f64], flagged: f64) -> Option<f64> {
    let threshold = quantile(truths, flagged)?;
    mean(falses.iter().map(|f| f64::from(u8::from(*f < threshold))))
}

/// Quantile with linear interpolation; `None` without values.
pub fn quantile(values: &[f64], q: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = q.clamp(0.0, 1.0) * sorted.len().checked_sub(1)? as f64;
    let (low, high) = (sorted.get(place.floor() as usize)?, sorted.get(place.ceil() as usize)?);
    Some(low + (high - low) * (place - place.floor()))
}

/// Mean; `None` without values.
pub fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, n) = values.fold((0.0, 0_usize), |(s, n), v| (s + v, n + 1));
    (n > 0).then(|| sum / n as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(right: bool, probability: f64) -> Case {
        Case { right, probability }
    }

    #[test]
    fn a_calibrated_set_has_no_error_and_a_boaster_has_it_all() {
        let honest: Vec<Case> = (0..100).map(|k| case(k % 4 != 0, 0.75)).collect();
        assert!(calibration_error(&honest, 1).unwrap() < 1e-12);
        assert!(calibration_error_by_tenths(&honest).unwrap() < 1e-12);
        let boaster: Vec<Case> = (0..10).map(|_| case(false, 1.0)).collect();
        assert_eq!(calibration_error(&boaster, 5), Some(1.0));
        assert_eq!(calibration_error(&[], 5), None);
    }

    #[test]
    fn coverage_takes_the_surest_and_never_flatters() {
        let cases = [case(true, 0.9), case(false, 0.5), case(true, 0.5), case(false, 0.4)];
        assert_eq!(accuracy_at(&cases, 0.25), Some(1.0));
        assert_eq!(accuracy_at(&cases, 0.5), Some(0.5));
        assert_eq!(accuracy(&cases), Some(0.5));
    }

    #[test]
    fn risk_is_averaged_over_coverages() {
        let cases = [case(true, 0.9), case(false, 0.8), case(true, 0.7)];
        assert!((risk_area(&cases).unwrap() - (0.0 + 0.5 + 1.0 / 3.0) / 3.0).abs() < 1e-12);
        assert_eq!(risk_area(&[]), None);
    }

    #[test]
    fn a_resampled_interval_is_the_binomials() {
        let cases: Vec<Case> = (0..400).map(|k| case(k % 4 != 0, 0.5)).collect();
        let (low, high) = resampled(&cases, accuracy).unwrap();
        // 0.75 +- 1.645 sqrt(0.75 0.25 / 400)
        assert!((low - 0.7144).abs() < 0.01 && (high - 0.7856).abs() < 0.01, "{low} {high}");
        assert_eq!(resampled(&[], accuracy), None);
    }

    #[test]
    fn ranks_are_the_textbooks() {
        assert_eq!(auc(&[3.0, 2.0], &[1.0, 0.0]), Some(1.0));
        assert_eq!(auc(&[1.0], &[1.0]), Some(0.5));
        assert_eq!(auc(&[0.0, 2.0], &[1.0]), Some(0.5));
        assert_eq!(caught_at(&[1.0, 2.0, 3.0], &[0.0, 0.5, 5.0, 6.0], 0.0), Some(0.5));
        assert_eq!(quantile(&[4.0, 1.0, 2.0], 0.75), Some(3.0));
    }
}
