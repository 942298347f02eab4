//! The marginal likelihood of eight hypotheses at a time, levels integrated out.
//!
//! For one index with n dates, basis P, level means m and variances S, model error D R D and noise N:
//! `log N(y; P m, P S P' + D R D + N)` by one Cholesky factorisation. Eight hypotheses go in lockstep in single
//! precision, so the compiler can use vector registers; sums of squares and determinants are kept in double
//! precision.

use super::table::{IndexRow, Law};
use super::views::Seen;

/// Hypotheses in lockstep.
pub(super) const LANES: usize = 8;
/// One number of each of them.
pub(super) type Lane = [f32; LANES];

/// Place of NDYI among the indices.
const NDYI: usize = 2;
/// Noise variance that stands for "not read on this date": the date tells nothing.
const NOT_READ: f32 = 1.0e4;

/// One index of a plot, ready for many hypotheses.
#[derive(Clone, Debug)]
pub(super) struct Channel {
    pub index: usize,
    pub weight: f64,
    model_sd: f32,
    off_season_sd: f32,
    value: Vec<f32>,
    noise: Vec<f32>,
    /// Correlation of the model error, lower triangle by rows.
    correlation: Vec<f32>,
}

impl Channel {
    /// The index of a plot; `None` when it was not read.
    pub(super) fn new(index: usize, row: &IndexRow, seen: &Seen, noise_factor: f64) -> Option<Channel> {
        let read = seen.value.get(index).filter(|v| !v.is_empty())?;
        let mut correlation = Vec::with_capacity(seen.len() * (seen.len() + 1) / 2);
        for (i, a) in seen.day.iter().enumerate() {
            for b in &seen.day[..=i] {
                let x = (a - b) / row.length_days;
                correlation.push((-0.5 * x * x).exp() as f32);
            }
        }
        let own = |k: usize| if index == NDYI { seen.ndyi_error.get(k).copied().unwrap_or(0.0) } else { 0.0 };
        let noise = read.iter().zip(&seen.inflation).enumerate().map(|(k, (v, f))| match v {
            Some(_) => ((row.noise_sd * noise_factor).hypot(own(k)) * f).powi(2) as f32,
            None => NOT_READ,
        });
        Some(Channel {
            index,
            weight: row.weight,
            model_sd: row.model_sd as f32,
            off_season_sd: row.off_season_sd as f32,
            value: read.iter().map(|v| v.unwrap_or(0.0) as f32).collect(),
            noise: noise.collect(),
            correlation,
        })
    }

    /// Noise variance of each date.
    pub(super) fn noise(&self) -> &[f32] {
        &self.noise
    }

    /// Values of each date, 0 where not read.
    pub(super) fn values(&self) -> &[f32] {
        &self.value
    }
}

/// Reused memory.
#[derive(Debug, Default)]
pub(super) struct Workspace {
    factor: Vec<Lane>,
    scaled: Vec<Lane>,
    solved: Vec<Lane>,
    spread: Vec<Lane>,
}

/// Log likelihood of eight hypotheses in one index.
///
/// `basis` holds `J` shares a date, date by date; `levels` at least `J` laws.
pub(super) fn log_likelihood<const J: usize>(
    channel: &Channel,
    basis: &[[Lane; J]],
    levels: &[Law],
    work: &mut Workspace,
) -> [f64; LANES] {
    let n = channel.value.len();
    let mut mean = [0.0_f32; J];
    let mut sd = [0.0_f32; J];
    for ((m, s), law) in mean.iter_mut().zip(&mut sd).zip(levels) {
        (*m, *s) = (law[0] as f32, law[1] as f32);
    }
    work.factor.clear();
    work.scaled.clear();
    work.solved.clear();
    work.spread.clear();
    let mut squares = [0.0_f64; LANES];
    let mut product = [1.0_f64; LANES];
    let mut log_determinant = [0.0_f64; LANES];
    for (i, row) in basis.iter().enumerate().take(n) {
        let mut residual = [channel.value[i]; LANES];
        let mut spread = [0.0_f32; LANES];
        let start = work.scaled.len();
        for j in 0..J {
            let mut scaled = [0.0_f32; LANES];
            for l in 0..LANES {
                residual[l] -= row[j][l] * mean[j];
                scaled[l] = row[j][l] * sd[j];
            }
            work.scaled.push(scaled);
        }
        for l in 0..LANES {
            let off = (row[0][l] + row[5][l]).clamp(0.0, 1.0);
            spread[l] = channel.model_sd + (channel.off_season_sd - channel.model_sd) * off;
        }
        work.spread.push(spread);
        let offset = i * (i + 1) / 2;
        for k in 0..=i {
            let correlation = channel.correlation[offset + k];
            let mut sum = [0.0_f32; LANES];
            {
                let other = &work.scaled[k * J..(k + 1) * J];
                let own = &work.scaled[start..start + J];
                let their_spread = &work.spread[k];
                for l in 0..LANES {
                    sum[l] = spread[l] * their_spread[l] * correlation;
                }
                for j in 0..J {
                    for l in 0..LANES {
                        sum[l] += own[j][l] * other[j][l];
                    }
                }
            }
            let k_offset = k * (k + 1) / 2;
            let own = &work.factor[offset..offset + k];
            let other = &work.factor[k_offset..k_offset + k];
            for (a, b) in own.iter().zip(other) {
                for l in 0..LANES {
                    sum[l] -= a[l] * b[l];
                }
            }
            if k < i {
                let pivot = &work.factor[k_offset + k];
                for l in 0..LANES {
                    sum[l] *= pivot[l];
                }
            } else {
                for l in 0..LANES {
                    let d = (sum[l] + channel.noise[i]).max(1.0e-8);
                    product[l] *= f64::from(d);
                    // The diagonal is kept inverted: every later use divides by it.
                    sum[l] = 1.0 / d.sqrt();
                }
            }
            work.factor.push(sum);
        }
        let own = &work.factor[offset..offset + i];
        let mut solved = residual;
        for (a, b) in own.iter().zip(&work.solved) {
            for l in 0..LANES {
                solved[l] -= a[l] * b[l];
            }
        }
        let pivot = &work.factor[offset + i];
        for l in 0..LANES {
            solved[l] *= pivot[l];
            squares[l] += f64::from(solved[l]) * f64::from(solved[l]);
        }
        work.solved.push(solved);
        if i % 16 == 15 || i + 1 == n {
            for l in 0..LANES {
                log_determinant[l] += product[l].ln();
                product[l] = 1.0;
            }
        }
    }
    let constant = n as f64 * (2.0 * std::f64::consts::PI).ln();
    std::array::from_fn(|l| -0.5 * (squares[l] + log_determinant[l] + constant))
}
