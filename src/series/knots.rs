//! The same fit at the sample days alone: a robust pass asks for the residuals, not for the days between.

use super::whittaker::{Row, Solver};

/// A series' own part of `R + lambda Q'W^-1 Q`, and its factors, reused over passes.
///
/// # Method
/// Between samples the daily curve has no fourth difference, so its second difference is a straight line from sample to
/// sample: `g` at the inner samples determines all of it. With `Q'z` the change of slope at each inner sample and `R`
/// the products of the hat functions summed over days, the sum of squared second differences is `g'Rg`, `Rg = Q'z`, and
/// the least of `sum w (y - z)^2 + lambda g'Rg` has
/// `(R + lambda Q'W^-1 Q) g = Q'y` and `y - z = lambda W^-1 Q g`. As many unknowns as inner samples instead of days.
///
/// # Sources
/// Reinsch 1967, smoothing by spline functions, with sums over days in place of integrals.
#[derive(Debug)]
pub(super) struct Knots {
    /// 1 / days from each sample to the next.
    per_day: Vec<f64>,
    /// `Q'y`.
    bends: Vec<f64>,
    /// Diagonal of R and its neighbour to the right.
    hats: Vec<(f64, f64)>,
    /// `lambda W^-1`.
    give: Vec<f64>,
    solver: Solver,
}

impl Knots {
    /// Of samples on `days` of the grid, strictly increasing.
    pub(super) fn new(days: &[usize], y: impl Fn(usize) -> f64) -> Knots {
        let gaps = days.windows(2).map(|d| (d[1] - d[0]) as f64);
        let per_day: Vec<f64> = gaps.map(|gap| 1.0 / gap).collect();
        let slope = |k: usize| (y(k + 1) - y(k)) * per_day[k];
        let inner = days.len().saturating_sub(2);
        let hats = (0..inner).map(|j| {
            let (before, after) = ((days[j + 1] - days[j]) as f64, (days[j + 2] - days[j + 1]) as f64);
            let own = (before + after) / 3.0 + (per_day[j] + per_day[j + 1]) / 6.0;
            (own, (after - per_day[j + 1]) / 6.0)
        });
        Knots {
            bends: (0..inner).map(|j| slope(j + 1) - slope(j)).collect(),
            hats: hats.collect(),
            give: Vec::with_capacity(days.len()),
            per_day,
            solver: Solver::default(),
        }
    }

    /// `y - z` of every sample, for these weights above zero.
    pub(super) fn residuals(&mut self, weights: &[f64], lambda: f64, residuals: &mut [f64]) {
        let Knots { per_day, bends, hats, give, solver } = self;
        give.clear();
        give.extend(weights.iter().map(|w| lambda / w));
        // A change of slope is made of three samples.
        let parts = |j: usize| (per_day[j], -(per_day[j] + per_day[j + 1]), per_day[j + 1]);
        let inner = bends.len();
        solver.solve(inner, |j| {
            let (a, b, c) = parts(j);
            let own = hats[j].0 + give[j] * a * a + give[j + 1] * b * b + give[j + 2] * c * c;
            let near = if j + 1 < inner {
                let (a1, b1, _) = parts(j + 1);
                hats[j].1 + give[j + 1] * b * a1 + give[j + 2] * c * b1
            } else {
                0.0
            };
            let far = if j + 2 < inner { give[j + 2] * c * per_day[j + 2] } else { 0.0 };
            Row { own, near, far, rhs: bends[j] }
        });
        residuals.fill(0.0);
        for (j, g) in solver.z.iter().enumerate() {
            let (a, b, c) = parts(j);
            residuals[j] += a * g;
            residuals[j + 1] += b * g;
            residuals[j + 2] += c * g;
        }
        for (r, give) in residuals.iter_mut().zip(give) {
            *r *= *give;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::whittaker::daily;
    use super::*;
    use proptest::prelude::*;

    /// Gaps, values and weights: days one behind the other and far apart, weights of outliers among others.
    fn samples() -> impl Strategy<Value = Vec<(usize, f64, f64)>> {
        let gap = prop_oneof![Just(1usize), 2..30usize, 40..60usize];
        let weight = prop_oneof![4 => 0.05..1.0f64, 1 => Just(1e-3)];
        prop::collection::vec((gap, -0.2..1.0f64, weight), 1..60)
    }

    proptest! {
        #[test]
        fn the_residuals_are_those_of_the_daily_grid(samples in samples(), lambda in 1.0..1000.0f64) {
            let mut day = 0;
            let days: Vec<usize> = samples.iter().map(|(gap, ..)| { day += gap; day - samples[0].0 }).collect();
            let weights: Vec<f64> = samples.iter().map(|s| s.2).collect();
            let mut residuals = vec![f64::NAN; samples.len()];
            Knots::new(&days, |k| samples[k].1).residuals(&weights, lambda, &mut residuals);
            let n = days.last().map_or(0, |last| last + 1);
            let mut grid = Solver::default();
            grid.solve(n, |i| match days.binary_search(&i) {
                Ok(k) => Row { rhs: weights[k] * samples[k].1, ..daily(i, n, weights[k], lambda) },
                Err(_) => daily(i, n, 0.0, lambda),
            });
            for (k, day) in days.iter().enumerate() {
                let oracle = samples[k].1 - grid.z[*day];
                // What the daily grid loses to rounding: its rows are `lambda` to a light weight apart.
                prop_assert!((residuals[k] - oracle).abs() < 1e-6, "{k}: {} against {oracle}", residuals[k]);
            }
        }
    }
}
