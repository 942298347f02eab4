//! The Whittaker smoother: weighted, second differences, by one pentadiagonal LDL' factorisation.

/// Factors of `W + lambda D'D` and the solution, reused over passes.
#[derive(Debug, Default)]
pub(super) struct Solver {
    /// 1 / d of the factorisation.
    inverse_d: Vec<f64>,
    /// First sub-diagonal of L.
    c: Vec<f64>,
    /// Second sub-diagonal of L.
    e: Vec<f64>,
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

impl Solver {
    /// Solves `(W + lambda D'D) z = W y`.
    ///
    /// `wy` holds `w * y` per day. At least two weights must be above zero when there are three days or more.
    pub(super) fn solve(&mut self, wy: &[f64], w: &[f64], lambda: f64) {
        let n = w.len();
        self.inverse_d.resize(n, 0.0);
        self.c.resize(n, 0.0);
        self.e.resize(n, 0.0);
        self.z.resize(n, 0.0);
        // Of the two rows before: c, e, the numerator u of c, and z.
        let (mut c1, mut u1, mut e1, mut e2) = (0.0, 0.0, 0.0, 0.0);
        let (mut z1, mut z2) = (0.0, 0.0);
        for i in 0..n {
            let inner = i >= 2 && i + 2 < n;
            let (g, h) = if inner { (6.0, -4.0) } else { (diagonal(i, n), next_to_diagonal(i, n)) };
            let far = if i + 2 < n { lambda } else { 0.0 };
            let d = w[i] + lambda * g - u1 * c1 - lambda * e2;
            let inverse = 1.0 / d;
            let u = lambda * h - u1 * e1;
            let z = wy[i] - c1 * z1 - e2 * z2;
            (self.inverse_d[i], self.c[i], self.e[i], self.z[i]) = (inverse, u * inverse, far * inverse, z);
            (c1, u1, e2, e1) = (u * inverse, u, e1, far * inverse);
            (z2, z1) = (z1, z);
        }
        let (mut next, mut after) = (0.0, 0.0);
        for i in (0..n).rev() {
            let z = self.z[i] * self.inverse_d[i] - self.c[i] * next - self.e[i] * after;
            self.z[i] = z;
            (after, next) = (next, z);
        }
    }

    /// Diagonal of the inverse of the last solved matrix, O(n).
    ///
    /// # Sources
    /// Hutchinson and de Hoog 1985, smoothing noisy data with spline functions.
    pub(super) fn inverse_diagonal(&self) -> Vec<f64> {
        let n = self.inverse_d.len();
        let mut diagonal = vec![0.0; n];
        // Inverse elements (i+1,i+1), (i+1,i+2), (i+2,i+2).
        let (mut a, mut b, mut f) = (0.0, 0.0, 0.0);
        for i in (0..n).rev() {
            let (c, e) = (self.c[i], self.e[i]);
            let near = -c * a - e * b;
            let far = -c * b - e * f;
            let own = self.inverse_d[i] - c * near - e * far;
            diagonal[i] = own;
            (f, b, a) = (a, near, own);
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
    let wy: Vec<f64> = y.iter().zip(w).map(|(y, w)| if *w > 0.0 { y * w } else { 0.0 }).collect();
    let mut solver = Solver::default();
    solver.solve(&wy, w, lambda);
    Some(solver)
}
