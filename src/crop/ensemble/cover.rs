//! Covers that are no annual crop of the list, as Gaussian processes with a seasonal mean.

use super::likelihood::Channel;
use super::table::{CoverRow, EnsembleTable};
use super::views::Seen;

/// Length of a year, days.
const YEAR: f64 = 365.25;
/// A half year: the seasons of the southern hemisphere.
const HALF_YEAR: f64 = 182.6;
/// What each bare date costs a cover that is never bare, nats, and the most dates that count (science 5.3).
const BARE_PENALTY: f64 = 2.0;
const MOST_BARE: usize = 3;

/// Log evidence of a cover. `new_year` is a 1 January, days since 1970.
pub(super) fn evidence(
    cover: &CoverRow,
    table: &EnsembleTable,
    seen: &Seen,
    channels: &[Channel],
    new_year: f64,
    latitude: Option<f64>,
) -> f64 {
    let south = latitude.is_some_and(|l| l < 0.0);
    // The same for every index: dates and correlation length are the cover's.
    let mut kernel: Vec<f64> = Vec::with_capacity(seen.len() * (seen.len() + 1) / 2);
    for (i, a) in seen.day.iter().enumerate() {
        kernel.extend(seen.day[..=i].iter().map(|b| (-0.5 * ((a - b) / cover.length_days).powi(2)).exp()));
    }
    let mut total = 0.0;
    for channel in channels {
        let law = cover.of(channel.index);
        let Some(row) = table.index.get(channel.index) else { continue };
        let peak = law.peak_day.unwrap_or(cover.peak_day) + if south { HALF_YEAR } else { 0.0 };
        let gp = cover.gp_sd * row.cover_scale;
        let phase: Vec<(f64, f64)> = (seen.day.iter())
            .map(|d| {
                let angle = 2.0 * std::f64::consts::PI * (d - new_year - peak) / YEAR;
                (angle.sin(), angle.cos())
            })
            .collect();
        let [level, level_sd] = law.level;
        let [amplitude, amplitude_sd] = law.amplitude;
        let covariance = |i: usize, k: usize| {
            let ((si, ci), (sk, ck)) = (phase[i], phase[k]);
            level_sd * level_sd
                + amplitude_sd * amplitude_sd * (ci * ck + 0.5 * si * sk)
                + gp * gp * kernel[i * (i + 1) / 2 + k]
        };
        let residual: Vec<f64> = (channel.values().iter().zip(&phase))
            .map(|(y, (_, c))| f64::from(*y) - level - amplitude * c)
            .collect();
        total += channel.weight * log_normal(&residual, channel.noise(), covariance);
    }
    if cover.bare_soil_speaks_against {
        total -= BARE_PENALTY * seen.bare.min(MOST_BARE) as f64;
    }
    total
}

/// Log density of a residual under `covariance` plus independent noise.
fn log_normal(residual: &[f64], noise: &[f32], covariance: impl Fn(usize, usize) -> f64) -> f64 {
    let n = residual.len();
    let mut factor: Vec<f64> = Vec::with_capacity(n * (n + 1) / 2);
    let mut solved: Vec<f64> = Vec::with_capacity(n);
    let (mut squares, mut log_determinant) = (0.0, 0.0);
    for i in 0..n {
        let offset = i * (i + 1) / 2;
        for k in 0..=i {
            let k_offset = k * (k + 1) / 2;
            let dot: f64 = (factor[offset..offset + k].iter())
                .zip(&factor[k_offset..k_offset + k])
                .map(|(a, b)| a * b)
                .sum();
            let c = covariance(i, k) - dot;
            if k < i {
                factor.push(c / factor[k_offset + k]);
            } else {
                factor.push((c + f64::from(noise[i])).max(1e-10).sqrt());
            }
        }
        let dot: f64 = factor[offset..offset + i].iter().zip(&solved).map(|(a, b)| a * b).sum();
        let a = (residual[i] - dot) / factor[offset + i];
        squares += a * a;
        log_determinant += 2.0 * factor[offset + i].ln();
        solved.push(a);
    }
    -0.5 * (squares + log_determinant + n as f64 * (2.0 * std::f64::consts::PI).ln())
}
