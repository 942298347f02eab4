//! The marginal likelihood of four hypotheses at a time, levels integrated out.
//!
//! For one index with n dates, basis P, level means m and variances S, model error D R D and noise N:
//! `log N(y; P m, P S P' + A)`, `A = D R D + N`. R falls off as a Gaussian of the days between, so A is banded: it is
//! factorised within its band, and the levels (six or seven) are integrated out by the matrix inversion and determinant
//! lemmas. Four hypotheses go in lockstep in single precision, so the compiler can use vector registers; sums of squares
//! and determinants are kept in double precision.
//!
//! # Sources
//! Woodbury 1950; Golub and Van Loan, Matrix Computations, banded Cholesky.

use super::table::{IndexRow, Law};
use super::views::Seen;

/// Hypotheses in lockstep: the registers of every 64-bit machine hold four.
pub(super) const LANES: usize = 4;
/// One number of each of them.
pub(super) type Lane = [f32; LANES];
/// The same in double precision.
type Wide = [f64; LANES];

/// Place of NDYI among the indices.
const NDYI: usize = 2;
/// Noise variance that stands for "not read on this date": the date tells nothing.
const NOT_READ: f32 = 1.0e4;
/// Correlation lengths beyond which the model error of two dates has nothing in common: exp(-4.5^2 / 2) = 4e-5 of a
/// variance of at most 0.03, against a noise variance of 0.001 and more.
const BAND_LENGTHS: f64 = 4.5;
/// What is smaller is nothing: its square would leave the range of normal single-precision numbers, where machines are
/// slow.
const NOTHING: f32 = 1.0e-16;
/// Dates after which a product of pivots becomes a logarithm, before it could underflow.
const PIVOTS: usize = 16;

/// One index of a plot, ready for many hypotheses.
#[derive(Clone, Debug)]
pub(super) struct Channel {
    pub index: usize,
    pub weight: f64,
    model_sd: f32,
    off_season_sd: f32,
    value: Vec<f32>,
    noise: Vec<f32>,
    /// First date within the band of each date.
    begin: Vec<usize>,
    /// Where each date's row begins in `correlation` and in the factor.
    row: Vec<usize>,
    /// Correlation of the model error, lower triangle within the band, by rows.
    correlation: Vec<f32>,
}

impl Channel {
    /// The index of a plot; `None` when it was not read.
    pub(super) fn new(index: usize, row: &IndexRow, seen: &Seen, noise_factor: f64) -> Option<Channel> {
        let read = seen.value.get(index).filter(|v| !v.is_empty())?;
        let (mut begin, mut rows, mut correlation) = (vec![], vec![], vec![]);
        for (i, a) in seen.day.iter().enumerate() {
            let reach = BAND_LENGTHS * row.length_days;
            let first = seen.day.iter().position(|b| a - b <= reach).unwrap_or(i);
            begin.push(first);
            rows.push(correlation.len());
            correlation.extend(seen.day[first..=i].iter().map(|b| {
                let x = (a - b) / row.length_days;
                (-0.5 * x * x).exp() as f32
            }));
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
            begin,
            row: rows,
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

/// Reused memory, for hypotheses of `J` phases.
#[derive(Debug)]
pub(super) struct Workspace<const J: usize> {
    /// Factor of A within the band; its diagonal is kept inverted.
    factor: Vec<Lane>,
    /// Standard deviation of the model error by date.
    spread: Vec<Lane>,
    /// Basis, scaled by the levels' spread, after the factor's inverse.
    columns: Vec<[Lane; J]>,
    /// Residual after it.
    residual: Vec<Lane>,
}

impl<const J: usize> Workspace<J> {
    pub(super) fn new() -> Workspace<J> {
        Workspace { factor: vec![], spread: vec![], columns: vec![], residual: vec![] }
    }

    fn clear(&mut self) {
        self.factor.clear();
        self.spread.clear();
        self.columns.clear();
        self.residual.clear();
    }
}

/// Log likelihood of four hypotheses in one index.
///
/// `basis` holds `J` shares a date, date by date; `levels` at least `J` laws.
pub(super) fn log_likelihood<const J: usize>(
    channel: &Channel,
    basis: &[[Lane; J]],
    levels: &[Law],
    work: &mut Workspace<J>,
) -> Wide {
    let mut mean = [0.0_f32; J];
    let mut sd = [0.0_f32; J];
    for ((m, s), law) in mean.iter_mut().zip(&mut sd).zip(levels) {
        (*m, *s) = (law[0] as f32, law[1] as f32);
    }
    work.clear();
    let n = channel.value.len();
    let mut product: Wide = [1.0; LANES];
    let mut log_determinant: Wide = [0.0; LANES];
    for (i, shares) in basis.iter().enumerate().take(n) {
        let pivot = factorise(channel, i, shares, work);
        whiten(channel, i, shares, (&mean, &sd), work);
        for l in 0..LANES {
            product[l] *= f64::from(pivot[l]);
        }
        if i % PIVOTS == PIVOTS - 1 || i + 1 == n {
            for l in 0..LANES {
                log_determinant[l] += product[l].ln();
                product[l] = 1.0;
            }
        }
    }
    let (squares, of_levels) = integrate(work);
    let constant = n as f64 * (2.0 * std::f64::consts::PI).ln();
    std::array::from_fn(|l| -0.5 * (squares[l] + log_determinant[l] + of_levels[l] + constant))
}

/// Appends row `i` of the factor of A; the square of its diagonal.
fn factorise<const J: usize>(
    channel: &Channel,
    i: usize,
    shares: &[Lane; J],
    work: &mut Workspace<J>,
) -> Lane {
    let mut spread = [0.0; LANES];
    for l in 0..LANES {
        let off = (shares[0][l] + shares[5][l]).clamp(0.0, 1.0);
        spread[l] = channel.model_sd + (channel.off_season_sd - channel.model_sd) * off;
    }
    work.spread.push(spread);
    let (begin, own_row) = (channel.begin[i], channel.row[i]);
    for k in begin..i {
        let correlation = channel.correlation[own_row + k - begin];
        let mut sum = [0.0; LANES];
        for l in 0..LANES {
            sum[l] = spread[l] * work.spread[k][l] * correlation;
        }
        let other = &work.factor[channel.row[k] + begin - channel.begin[k]..][..=k - begin];
        for (a, b) in work.factor[own_row..].iter().zip(other) {
            for l in 0..LANES {
                sum[l] -= a[l] * b[l];
            }
        }
        let inverse = &other[k - begin];
        for l in 0..LANES {
            sum[l] *= inverse[l];
        }
        work.factor.push(sum);
    }
    let mut pivot = [0.0; LANES];
    for l in 0..LANES {
        pivot[l] = spread[l] * spread[l] + channel.noise[i];
    }
    for a in &work.factor[own_row..] {
        for l in 0..LANES {
            pivot[l] -= a[l] * a[l];
        }
    }
    for p in &mut pivot {
        *p = p.max(1.0e-8);
    }
    work.factor.push(pivot.map(|p| 1.0 / p.sqrt()));
    pivot
}

/// Appends row `i` of the whitened basis and of the whitened residual.
fn whiten<const J: usize>(
    channel: &Channel,
    i: usize,
    shares: &[Lane; J],
    (mean, sd): (&[f32; J], &[f32; J]),
    work: &mut Workspace<J>,
) {
    let mut residual = [channel.value[i]; LANES];
    let mut columns = [[0.0; LANES]; J];
    for j in 0..J {
        for l in 0..LANES {
            residual[l] -= shares[j][l] * mean[j];
            columns[j][l] = shares[j][l] * sd[j];
        }
    }
    let begin = channel.begin[i];
    let row = &work.factor[channel.row[i]..];
    for ((a, x), r) in row.iter().zip(&work.columns[begin..i]).zip(&work.residual[begin..i]) {
        for l in 0..LANES {
            residual[l] -= a[l] * r[l];
        }
        for j in 0..J {
            for l in 0..LANES {
                columns[j][l] -= a[l] * x[j][l];
            }
        }
    }
    let inverse = &row[i - begin];
    for l in 0..LANES {
        residual[l] *= inverse[l];
        for column in &mut columns {
            let x = column[l] * inverse[l];
            column[l] = if x.abs() < NOTHING { 0.0 } else { x };
        }
    }
    work.residual.push(residual);
    work.columns.push(columns);
}

/// Sum of squares and log determinant with the levels integrated out: `r'r - v'G^-1 v` and `log det G` for
/// `G = I + X'X`, `v = X'r`.
fn integrate<const J: usize>(work: &Workspace<J>) -> (Wide, Wide) {
    let mut squares = [0.0; LANES];
    let mut cross = [[0.0_f32; LANES]; J];
    for (x, r) in work.columns.iter().zip(&work.residual) {
        for l in 0..LANES {
            squares[l] += f64::from(r[l]) * f64::from(r[l]);
        }
        for j in 0..J {
            for l in 0..LANES {
                cross[j][l] += x[j][l] * r[l];
            }
        }
    }
    let mut factor = [[[0.0; LANES]; J]; J];
    let mut solved = [[0.0; LANES]; J];
    let mut determinant = [1.0; LANES];
    for j in 0..J {
        let mut row = products(&work.columns, j);
        for k in 0..j {
            let mut g = row[k];
            for (a, b) in row.iter().zip(&factor[k]).take(k) {
                for l in 0..LANES {
                    g[l] -= a[l] * b[l];
                }
            }
            for l in 0..LANES {
                row[k][l] = g[l] * factor[k][k][l];
            }
        }
        let mut pivot = row[j].map(|g| g + 1.0);
        let mut v = cross[j].map(f64::from);
        for (a, s) in row.iter().zip(&solved).take(j) {
            for l in 0..LANES {
                pivot[l] -= a[l] * a[l];
                v[l] -= a[l] * s[l];
            }
        }
        for l in 0..LANES {
            determinant[l] *= pivot[l];
            // The diagonal is kept inverted.
            row[j][l] = 1.0 / pivot[l].sqrt();
            solved[j][l] = v[l] * row[j][l];
            squares[l] -= solved[j][l] * solved[j][l];
        }
        factor[j] = row;
    }
    (squares, determinant.map(f64::ln))
}

/// Column `j` times every column.
fn products<const J: usize>(columns: &[[Lane; J]], j: usize) -> [Wide; J] {
    let mut sums = [[0.0_f32; LANES]; J];
    for x in columns {
        let own = x[j];
        for k in 0..J {
            for l in 0..LANES {
                sums[k][l] += own[l] * x[k][l];
            }
        }
    }
    sums.map(|s| s.map(f64::from))
}
