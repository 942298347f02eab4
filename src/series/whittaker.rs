//! The Whittaker smoother: weighted, second differences, by one pentadiagonal LDL' factorisation.

/// One row of a symmetric matrix of five diagonals from its diagonal on, and of the right side.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    /// Element (i, i).
    pub(super) own: f64,
    /// Element (i, i+1); 0 in the last row.
    pub(super) near: f64,
    /// Element (i, i+2); 0 in the last two rows.
    pub(super) far: f64,
    /// Right side.
    pub(super) rhs: f64,
}

/// Row of the factors L and D.
#[derive(Clone, Copy, Debug, Default)]
struct Factors {
    /// 1 / d.
    inverse_d: f64,
    /// First sub-diagonal of L.
    c: f64,
    /// Second sub-diagonal of L.
    e: f64,
}

/// Factors of a matrix of five diagonals and the solution, reused over passes.
#[derive(Debug, Default)]
pub(super) struct Solver {
    factors: Vec<Factors>,
    /// Solution.
    pub(super) z: Vec<f64>,
}

/// Diagonal of D'D for `n` days at row `i`.
fn diagonal(i: usize, n: usize) -> f64 {
    // Each second difference k covers days k, k+1, k+2 with 1, -2, 1; there are n - 2 of them.
    let rows = n.saturating_sub(2);
    let covers = |k: Option<usize>| k.is_some_and(|k| k < rows);
    f64::from(u8::from(covers(Some(i))))
        + 4.0 * f64::from(u8::from(covers(i.checked_sub(1))))
        + f64::from(u8::from(covers(i.checked_sub(2))))
}

/// Element (i, i+1) of D'D.
fn next_to_diagonal(i: usize, n: usize) -> f64 {
    let rows = n.saturating_sub(2);
    let covers = |k: Option<usize>| k.is_some_and(|k| k < rows);
    -2.0 * f64::from(u8::from(covers(Some(i)))) - 2.0 * f64::from(u8::from(covers(i.checked_sub(1))))
}

/// Row `i` of `W + lambda D'D` for `n` days, without its right side.
pub(super) fn daily(i: usize, n: usize, w: f64, lambda: f64) -> Row {
    let inner = i >= 2 && i + 2 < n;
    let (g, h) = if inner { (6.0, -4.0) } else { (diagonal(i, n), next_to_diagonal(i, n)) };
    Row { own: w + lambda * g, near: lambda * h, far: if i + 2 < n { lambda } else { 0.0 }, rhs: 0.0 }
}

impl Solver {
    /// Solves `A z = b` for a positive definite matrix of `n` rows, asked for once each from the first to the last.
    pub(super) fn solve(&mut self, n: usize, mut row: impl FnMut(usize) -> Row) {
        self.factors.clear();
        self.z.clear();
        self.factors.reserve(n);
        self.z.reserve(n);
        // Of the row before: c, the numerator u of c, e, the numerator f of e, z; of the one before that: e, f, z.
        let (mut c1, mut u1, mut e1, mut f1, mut z1) = (0.0, 0.0, 0.0, 0.0, 0.0);
        let (mut e2, mut f2, mut z2) = (0.0, 0.0, 0.0);
        for i in 0..n {
            let Row { own, near, far, rhs } = row(i);
            let d = own - u1 * c1 - f2 * e2;
            let inverse_d = 1.0 / d;
            let u = near - u1 * e1;
            let z = rhs - c1 * z1 - e2 * z2;
            (e2, f2, z2) = (e1, f1, z1);
            (c1, u1, e1, f1, z1) = (u * inverse_d, u, far * inverse_d, far, z);
            self.factors.push(Factors { inverse_d, c: c1, e: e1 });
            self.z.push(z);
        }
        let (mut next, mut after) = (0.0, 0.0);
        for (z, f) in self.z.iter_mut().zip(&self.factors).rev() {
            let solved = *z * f.inverse_d - f.c * next - f.e * after;
            *z = solved;
            (after, next) = (next, solved);
        }
    }

    /// Diagonal of the inverse of the last solved matrix, O(n).
    ///
    /// # Sources
    /// Hutchinson and de Hoog 1985, smoothing noisy data with spline functions.
    pub(super) fn inverse_diagonal(&self) -> Vec<f64> {
        let mut diagonal = vec![0.0; self.factors.len()];
        // Inverse elements (i+1,i+1), (i+1,i+2), (i+2,i+2).
        let (mut a, mut b, mut f) = (0.0, 0.0, 0.0);
        for (own, Factors { inverse_d, c, e }) in diagonal.iter_mut().zip(&self.factors).rev() {
            let near = -c * a - e * b;
            let far = -c * b - e * f;
            *own = inverse_d - c * near - e * far;
            (f, b, a) = (a, near, *own);
        }
        diagonal
    }
}

/// Weighted Whittaker smoothing with second differences.
///
/// # Method
/// Minimises `sum w_i (y_i - z_i)^2 + lambda sum (z_i - 2 z_{i+1} + z_{i+2})^2` on an evenly spaced grid; days
/// of weight 0 are filled in. One forward and one backward pass of a pentadiagonal LDL' factorisation.
///
/// # Units
/// `y` and the result in the unit of the data; `lambda` in grid steps to the fourth.
///
/// # Returns
/// `None` when `y` and `w` differ in length, or fewer than two weights are above 0 (one, on one or two days).
///
/// # Sources
/// Whittaker 1923; Eilers 2003, a perfect smoother.
pub fn whittaker(y: &[f64], w: &[f64], lambda: f64) -> Option<Vec<f64>> {
    solved(y, w, lambda).map(|s| s.z)
}

/// Diagonal of `(W + lambda D'D)^-1`: variance of the smoothed values for noise variance `1 / w`.
///
/// Conditions and sources as [`whittaker`].
pub fn inverse_diagonal(w: &[f64], lambda: f64) -> Option<Vec<f64>> {
    solved(&vec![0.0; w.len()], w, lambda).map(|s| s.inverse_diagonal())
}

fn solved(y: &[f64], w: &[f64], lambda: f64) -> Option<Solver> {
    let positive = w.iter().filter(|w| **w > 0.0).count();
    let enough = if w.len() < 3 { positive == w.len() } else { positive >= 2 };
    if y.len() != w.len() || w.is_empty() || !enough {
        return None;
    }
    let mut solver = Solver::default();
    solver.solve(w.len(), |i| {
        let wy = if w[i] > 0.0 { y[i] * w[i] } else { 0.0 };
        Row { rhs: wy, ..daily(i, w.len(), w[i], lambda) }
    });
    Some(solver)
}
