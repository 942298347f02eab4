//! A rate with its interval.

use super::Cell;

/// Standard deviations of a 95 % interval of the normal distribution.
const Z95: f64 = 1.959_963_984_540_054;

/// A part of a number of plots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rate {
    /// Plots of which it is true.
    pub hits: usize,
    /// Plots looked at.
    pub n: usize,
}

impl Rate {
    /// Counts those of which it is true.
    pub fn of<T>(items: &[T], is: impl Fn(&T) -> bool) -> Rate {
        Rate { hits: items.iter().filter(|item| is(item)).count(), n: items.len() }
    }

    /// Rate, lower and upper bound.
    pub(super) fn cells(self) -> [Cell; 3] {
        match wilson(self.hits, self.n) {
            Some((low, high)) => {
                [Cell::Share(self.hits as f64 / self.n as f64), Cell::Share(low), Cell::Share(high)]
            }
            None => [Cell::Nothing, Cell::Nothing, Cell::Nothing],
        }
    }

    /// Whether another rate lies outside this one's interval.
    pub(super) fn excludes(self, other: Rate) -> bool {
        let share = other.hits as f64 / other.n.max(1) as f64;
        wilson(self.hits, self.n).is_some_and(|(low, high)| share < low || share > high)
    }
}

/// Wilson's 95 % score interval of a proportion; `None` of nothing.
///
/// # References
/// Wilson 1927, J. Am. Stat. Assoc. 22, 209, doi:10.1080/01621459.1927.10502953
///
/// # Examples
/// ```
/// let (low, high) = croplens::portfolio::wilson(0, 10).unwrap();
/// assert_eq!((low, (high * 1000.0).round()), (0.0, 278.0));
/// ```
pub fn wilson(hits: usize, n: usize) -> Option<(f64, f64)> {
    if n == 0 {
        return None;
    }
    let (n, z2) = (n as f64, Z95 * Z95);
    let p = hits as f64 / n;
    let middle = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z95 / (1.0 + z2 / n) * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    // At the ends the bound is the end itself, but for rounding.
    let low = if p <= 0.0 { 0.0 } else { (middle - half).max(0.0) };
    let high = if p >= 1.0 { 1.0 } else { (middle + half).min(1.0) };
    Some((low, high))
}
