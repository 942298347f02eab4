//! A daily curve through the samples, leaning to the upper envelope, with its uncertainty.

use jiff::civil::Date;

use super::knots::Knots;
use super::whittaker::{Row, Solver, daily};
use super::{Sample, Series, Smoothing, days_between, plus_days};

/// Weight that even an outlier keeps, so that the system stays solvable.
const LEAST_WEIGHT: f64 = 1e-4;

/// The smoothed daily curve of a series, from its first to its last clear date; empty for an empty series.
///
/// It is never continued past the last clear date.
#[derive(Clone, Debug, PartialEq)]
pub struct Smooth {
    /// Day of the first value.
    pub start: Date,
    /// NDVI per day.
    pub values: Vec<f64>,
    /// Standard deviation of the curve per day, NDVI.
    pub sd: Vec<f64>,
    /// Position of each sample on the daily grid.
    pub days: Vec<usize>,
    /// Final weight of each sample: what the robust passes left of its own weight.
    pub weights: Vec<f64>,
    /// Standard deviation of a sample of weight 1 around the curve, NDVI.
    pub sigma: f64,
}

impl Smooth {
    /// The date of a grid position.
    pub fn date(&self, day: usize) -> Date {
        plus_days(self.start, i32::try_from(day).unwrap_or(i32::MAX))
    }

    /// The grid position of a date; `None` outside the curve.
    pub fn day(&self, date: Date) -> Option<usize> {
        let day = usize::try_from(days_between(self.start, date)).ok()?;
        (day < self.values.len()).then_some(day)
    }

    /// NDVI of the curve on a date; `None` outside the curve.
    pub fn at(&self, date: Date) -> Option<f64> {
        self.day(date).map(|d| self.values[d])
    }

    /// The part of the curve from `from` to `to`, both included; empty when they do not meet it.
    pub fn between(&self, from: Date, to: Date) -> &[f64] {
        let position = |date: Date| days_between(self.start, date);
        let first = usize::try_from(position(from).max(0)).unwrap_or(0);
        let end = usize::try_from(position(to).saturating_add(1).max(0)).unwrap_or(0);
        self.values.get(first..end.min(self.values.len())).unwrap_or_default()
    }

    /// Number of clear dates on grid days `a` to `b`, both included.
    pub fn clear_between(&self, a: usize, b: usize) -> usize {
        self.days.iter().filter(|d| (a..=b).contains(*d)).count()
    }

    /// Last day of the curve; `None` when empty.
    pub fn end(&self) -> Option<Date> {
        self.values.len().checked_sub(1).map(|d| self.date(d))
    }
}

/// Smooths a series to a daily curve.
///
/// # Method
/// Whittaker with second differences on the daily grid, `robust_passes` times for its residuals only (solved at the
/// sample days alone, which gives the same), then for the curve. After each pass residuals are scaled by 1.4826 times
/// their median magnitude and weighted by Tukey's bisquare with `upper_lean` times more room above the curve than
/// below. Below the curve a sample is an outlier only as far as it also lies below both sides (the higher of two
/// neighbours on each): a stiff curve lags behind a harvest, and the dates that show the fall would else be taken for
/// clouds and the end of season come days late. Pointwise standard deviation `sigma sqrt(diag (W + lambda D'D)^-1)`,
/// with sigma from the weighted residuals and the degrees of freedom `n - tr H`.
///
/// # Sources
/// Eilers 2003; Reinsch 1967; Beaton and Tukey 1974 (bisquare); Hutchinson and de Hoog 1985 (diagonal of the
/// inverse).
pub fn smooth(series: &Series, settings: &Smoothing) -> Smooth {
    let samples = series.samples();
    let (Some(first), Some(last)) = (series.first(), series.last()) else {
        return Smooth {
            start: series.as_of(),
            values: Vec::new(),
            sd: Vec::new(),
            days: Vec::new(),
            weights: Vec::new(),
            sigma: settings.min_scale_ndvi,
        };
    };
    let n = usize::try_from(days_between(first, last)).unwrap_or(0) + 1;
    let days: Vec<usize> =
        samples.iter().map(|s| usize::try_from(days_between(first, s.date)).unwrap_or(0)).collect();
    let lambda = settings.lambda_days4.max(0.0);
    let mut weights: Vec<f64> = samples.iter().map(|s| s.weight.max(LEAST_WEIGHT)).collect();
    let least = least_shares(samples, settings);
    let alone = dips(samples);
    let mut residuals = vec![0.0; samples.len()];
    let mut magnitudes = vec![0.0; samples.len()];
    let mut knots = Knots::new(&days, |k| samples[k].ndvi);
    for _ in 0..settings.robust_passes {
        knots.residuals(&weights, lambda, &mut residuals);
        for (m, r) in magnitudes.iter_mut().zip(&residuals) {
            *m = r.abs();
        }
        let scale = (1.4826 * median(&mut magnitudes)).max(settings.min_scale_ndvi);
        let room = settings.bisquare_constant * scale;
        let each = residuals.iter().zip(samples).zip(&least).zip(&alone);
        for (weight, (((r, sample), least), dip)) in weights.iter_mut().zip(each) {
            let u = if *r < 0.0 { dip.min(-r) / room } else { r / (settings.upper_lean * room) };
            let kept = if u < 1.0 { (1.0 - u * u) * (1.0 - u * u) } else { 0.0 };
            *weight = sample.weight * kept.max(*least) + LEAST_WEIGHT;
        }
    }
    let mut seen = days.iter().zip(samples).zip(&weights).peekable();
    let mut solver = Solver::default();
    solver.solve(n, |day| match seen.next_if(|((d, _), _)| **d == day) {
        Some(((_, sample), w)) => Row { rhs: w * sample.ndvi, ..daily(day, n, *w, lambda) },
        None => daily(day, n, 0.0, lambda),
    });
    for ((r, day), sample) in residuals.iter_mut().zip(&days).zip(samples) {
        *r = sample.ndvi - solver.z[*day];
    }
    let mut sd = solver.inverse_diagonal();
    let sigma = noise(&weights, &residuals, &days, &sd, settings.min_scale_ndvi);
    for s in &mut sd {
        *s = sigma * s.max(0.0).sqrt();
    }
    Smooth { start: first, values: solver.z, sd, days, weights, sigma }
}

/// How far each sample lies below the higher of its two neighbours on either side, NDVI, at least 0: a cloud missed
/// by the mask, even one over two dates in a row, is a dip; a step down that lasts is none. Infinite at both ends,
/// where one side is not known.
fn dips(samples: &[Sample]) -> Vec<f64> {
    let highest = |side: &[Sample]| side.iter().map(|s| s.ndvi).reduce(f64::max);
    (0..samples.len())
        .map(|i| {
            let before = highest(&samples[i.saturating_sub(2)..i]);
            let after = highest(&samples[i + 1..samples.len().min(i + 3)]);
            match (before, after) {
                (Some(b), Some(a)) => (b.min(a) - samples[i].ndvi).max(0.0),
                _ => f64::INFINITY,
            }
        })
        .collect()
}

/// The share of its weight that each sample keeps whatever its residual: a date without near neighbours cannot be
/// told from a real change, so it is never thrown out whole.
fn least_shares(samples: &[Sample], settings: &Smoothing) -> Vec<f64> {
    let alone = |before: Option<&Sample>, after: Option<&Sample>| match (before, after) {
        (Some(b), Some(a)) => days_between(b.date, a.date) > settings.isolated_span_days as i32,
        _ => false,
    };
    (0..samples.len())
        .map(|i| {
            let before = i.checked_sub(1).and_then(|j| samples.get(j));
            if alone(before, samples.get(i + 1)) { settings.isolated_least_share } else { 0.0 }
        })
        .collect()
}

/// Weighted residual sum over `n - tr H`, its root, and at least `least`.
fn noise(weights: &[f64], residuals: &[f64], days: &[usize], inverse: &[f64], least: f64) -> f64 {
    let sum: f64 = weights.iter().zip(residuals).map(|(w, r)| w * r * r).sum();
    let trace: f64 = weights.iter().zip(days).map(|(w, d)| w * inverse[*d]).sum();
    let freedom = (weights.len() as f64 - trace).max(1.0);
    (sum / freedom).sqrt().max(least)
}

/// Median of a scratch slice (reordered); 0 when empty.
fn median(values: &mut [f64]) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    let middle = values.len() / 2;
    let odd = values.len() % 2 == 1;
    let (below, upper, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    if odd { *upper } else { (below.iter().copied().fold(f64::MIN, f64::max) + *upper) / 2.0 }
}
