//! Western France at the end of the season: calibration, acceptance, each crop by itself.

use std::collections::BTreeSet;

use crate::crop::ensemble::Answer;
use crate::crop::scores::{
    Case, Forecast, accuracy_at, brier, calibration_error, calibration_error_by_tenths,
    class_wise_calibration_error, log_loss, macro_f1, resampled, risk_area,
};

use super::france::{best, forecast, named};
use super::france_pixels::Pixel;
use super::{Goal, Line, figure};

/// Bins of equal count of a calibration error.
const BINS: usize = 15;

pub(super) fn lines(answered: &[(&Pixel, Answer)], cases: &[Case]) -> Vec<Line> {
    let n = cases.len();
    let accepted: Vec<bool> =
        answered.iter().filter_map(|(p, a)| named(a).map(|names| names.contains(&p.label))).collect();
    let right = accepted.iter().filter(|r| **r).count() as f64;
    let kept = (!accepted.is_empty()).then(|| right / accepted.len() as f64);
    let referred = Some(1.0 - accepted.len() as f64 / n.max(1) as f64);
    let wrong = Some((accepted.len() as f64 - right) / n.max(1) as f64);
    let ece = calibration_error(cases, BINS);
    let (low, high) = resampled(cases, |c| calibration_error(c, BINS)).unzip();
    let forecasts: Vec<Forecast> = answered.iter().map(|(p, a)| forecast(p, a)).collect();
    let line =
        |what: &str, reached: Option<f64>, target: &str| Line::new(what, n, figure(reached, 3), target);
    let mut lines = vec![
        Line::new("accepted cases right (decision rules)", accepted.len(), figure(kept, 3), "")
            .toward(Goal::FranceAccepted, kept),
        line("referred", referred, "").toward(Goal::FranceReferred, referred),
        line("named wrongly, of all", wrong, ""),
        line("ECE, 15 bins of equal count", ece, "").toward(Goal::FranceCalibration, ece),
        Line::new(
            "the same, 90 % interval over 500 samples drawn with replacement (such samples err upward)",
            n,
            format!("{} to {}", figure(low, 3), figure(high, 3)),
            "",
        ),
        line("ECE, 10 bins of equal width", calibration_error_by_tenths(cases), "prototype .047"),
        line("ECE of each label by itself, mean", class_wise_calibration_error(&forecasts, BINS), ""),
        line("negative log likelihood, nats", log_loss(&forecasts), ""),
        line("Brier score, 0 to 2", brier(&forecasts), ""),
        line("macro F1 over 10 labels", macro_f1(&forecasts), "prototype .32, forest .58"),
        line("area under risk by coverage", risk_area(cases), ""),
    ];
    for (coverage, target) in [
        (0.5, "prototype .82"),
        (0.6, ""),
        (0.7, "prototype .81"),
        (0.8, "prototype .77"),
        (0.9, "prototype .75"),
    ] {
        let what = format!("accuracy of the surest {:.0} %", coverage * 100.0);
        lines.push(line(&what, accuracy_at(cases, coverage), target));
    }
    let labels: BTreeSet<&str> = answered.iter().map(|(p, _)| p.label).collect();
    for label in labels {
        let truth = answered.iter().filter(|(p, _)| p.label == label).count();
        let said = answered.iter().filter(|(_, a)| best(a).0 == label).count();
        let both = answered.iter().filter(|(p, a)| p.label == label && best(a).0 == label).count() as f64;
        let share = |of: usize| (of > 0).then(|| both / of as f64);
        let f1 = Some(2.0 * both / (truth + said) as f64);
        let reached = format!("{}, {}, {}", figure(share(truth), 2), figure(share(said), 2), figure(f1, 2));
        lines.push(Line::new(format!("{label}: recall, precision, F1"), truth, reached, ""));
    }
    lines
}
