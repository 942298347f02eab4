//! Weighted statistics: mean, standard deviation, quantiles, trimmed mean. Sums in f64, in the order
//! of the pixels, so the same pixels give the same bits.

use crate::observation::NdviStats;

/// Slices up to this length are sorted; longer ones are first narrowed by selection.
const SORTED: usize = 48;

/// One value with its weight; ordered by value, then weight, so that ties have one order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Weighted {
    pub(super) value: f32,
    pub(super) weight: f32,
}

impl Weighted {
    fn cmp(&self, other: &Weighted) -> std::cmp::Ordering {
        self.value.total_cmp(&other.value).then(self.weight.total_cmp(&other.weight))
    }
}

/// All statistics of an observation. `None` without any weight.
///
/// # Method
/// * mean: sum(w x) / sum(w); std: sqrt(sum(w (x - mean)^2) / sum(w)), the population's.
/// * quantile q: values ascending, each given the position
///   `s_k = k w_k + (n - 1) (w_0 + ... + w_(k-1))`, `k` from 0; the quantile is interpolated
///   linearly between the values on either side of `q (n - 1) sum(w)`. With equal weights this is
///   the usual linear definition (type 7). It is the definition `exactextract` uses.
/// # Sources
/// exactextract, operations; Hyndman and Fan 1996 (type 7).
pub(super) fn all(values: &mut [Weighted], mean: f64) -> Option<NdviStats> {
    let total: f64 = values.iter().map(|v| f64::from(v.weight)).sum();
    if values.is_empty() || total <= 0.0 {
        return None;
    }
    let square = |v: &Weighted| f64::from(v.weight) * (f64::from(v.value) - mean).powi(2);
    let std = (values.iter().map(square).sum::<f64>() / total).max(0.0).sqrt();
    let [p10, p25, median, p75, p90] = quantiles(values, [0.10, 0.25, 0.50, 0.75, 0.90]);
    Some(NdviStats { mean, median, std, p10, p25, p75, p90 })
}

/// Weighted quantiles, see [`all`]. `values` is not empty; its order is lost.
fn quantiles<const N: usize>(values: &mut [Weighted], at: [f64; N]) -> [f64; N] {
    let n = values.len();
    let total: f64 = values.iter().map(|v| f64::from(v.weight)).sum();
    let scale = (n - 1) as f64;
    let targets = at.map(|q| q * scale * total);
    let mut out = [f64::NAN; N];
    narrow(values, &Part { rank: 0, below: 0.0, scale, left: None, right: None }, &targets, &mut out);
    out
}

/// Where a part of the values stands among all of them.
struct Part {
    /// Values before the part.
    rank: usize,
    /// Their weight.
    below: f64,
    /// Number of all values less one.
    scale: f64,
    /// The value just before and just after the part, with its position.
    left: Option<(f64, f64)>,
    right: Option<(f64, f64)>,
}

impl Part {
    fn position(&self, rank: usize, below: f64, weight: f32) -> f64 {
        rank as f64 * f64::from(weight) + self.scale * below
    }
}

/// Finds the targets that fall into a part: halves it by selection and follows only the halves that
/// hold targets, sorts what is short.
fn narrow(values: &mut [Weighted], part: &Part, targets: &[f64], out: &mut [f64]) {
    if targets.is_empty() {
        return;
    }
    if values.len() <= SORTED {
        values.sort_unstable_by(Weighted::cmp);
        scan(values, part, targets, out);
        return;
    }
    let half = values.len() / 2;
    let (low, mid, high) = values.select_nth_unstable_by(half, Weighted::cmp);
    let mid = *mid;
    let below = part.below + low.iter().map(|v| f64::from(v.weight)).sum::<f64>();
    let rank = part.rank + half;
    let here = (f64::from(mid.value), part.position(rank, below, mid.weight));
    // targets ascend: those left of the middle value's position lie in the lower part
    let split = targets.partition_point(|t| *t < here.1);
    let (out_low, out_high) = out.split_at_mut(split);
    let lower =
        Part { rank: part.rank, below: part.below, scale: part.scale, left: part.left, right: Some(here) };
    narrow(low, &lower, &targets[..split], out_low);
    let below = below + f64::from(mid.weight);
    let upper = Part { rank: rank + 1, below, scale: part.scale, left: Some(here), right: part.right };
    narrow(high, &upper, &targets[split..], out_high);
}

/// The targets of a sorted part, by one walk.
fn scan(values: &[Weighted], part: &Part, targets: &[f64], out: &mut [f64]) {
    let mut below = part.below;
    let mut left = part.left;
    let mut open = targets.iter().zip(out).peekable();
    let positions = values.iter().enumerate().map(|(i, v)| {
        let position = part.position(part.rank + i, below, v.weight);
        below += f64::from(v.weight);
        (f64::from(v.value), position)
    });
    for here in positions.chain(part.right) {
        while let Some((target, out)) = open.next_if(|(target, _)| **target < here.1) {
            *out = left
                .map_or(here.0, |left| left.0 + (target - left.1) / (here.1 - left.1) * (here.0 - left.0));
        }
        left = Some(here);
    }
    for (_, out) in open {
        *out = left.map_or(f64::NAN, |last| last.0);
    }
}

/// Weighted mean without the lowest and highest `cut` of the weight; `None` without any weight.
///
/// A value that straddles a cut counts with the part of its weight inside.
pub(super) fn trimmed_mean(values: &mut [Weighted], cut: f64) -> Option<f64> {
    values.sort_unstable_by(Weighted::cmp);
    let total: f64 = values.iter().map(|v| f64::from(v.weight)).sum();
    let (from, to) = (cut * total, (1.0 - cut) * total);
    let (mut below, mut weight, mut sum) = (0.0, 0.0, 0.0);
    for v in values.iter() {
        let above = below + f64::from(v.weight);
        let inside = (above.min(to) - below.max(from)).max(0.0);
        weight += inside;
        sum += inside * f64::from(v.value);
        below = above;
    }
    (weight > 0.0).then(|| sum / weight)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weighted(pairs: &[(f32, f32)]) -> Vec<Weighted> {
        pairs.iter().map(|&(value, weight)| Weighted { value, weight }).collect()
    }

    #[test]
    fn equal_weights_give_the_usual_quantiles() {
        let mut v = weighted(&[(5.0, 0.5), (1.0, 0.5), (3.0, 0.5), (2.0, 0.5), (4.0, 0.5)]);
        let s = all(&mut v, 3.0).unwrap();
        assert_eq!(s.median, 3.0);
        assert!((s.p10 - 1.4).abs() < 1e-12 && (s.p90 - 4.6).abs() < 1e-12, "{s:?}");
        assert_eq!((s.p25, s.p75), (2.0, 4.0));
        assert!((s.std - 2f64.sqrt()).abs() < 1e-12);
        let one = all(&mut weighted(&[(0.7, 0.2)]), 0.7).unwrap();
        assert!([one.p10, one.median, one.p90].iter().all(|q| (q - f64::from(0.7f32)).abs() < 1e-15));
        assert_eq!(all(&mut [], 0.0), None);
    }

    #[test]
    fn weights_by_hand() {
        // positions k w_k + 2 C: 0; 1 * 2 + 2 * 1 = 4; 2 * 1 + 2 * 3 = 8. Median at 0.5 * 2 * 4 = 4.
        let s = all(&mut weighted(&[(1.0, 1.0), (2.0, 2.0), (4.0, 1.0)]), 2.25).unwrap();
        assert_eq!(s.median, 2.0);
        assert!((s.p25 - 1.5).abs() < 1e-12 && (s.p75 - 3.0).abs() < 1e-12, "{s:?}");
    }

    #[test]
    fn narrowing_by_selection_finds_what_a_full_sort_finds() {
        let mut seed = 7u32;
        let mut next = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) as f32 / (1 << 24) as f32
        };
        for n in [1, 2, 47, 48, 49, 97, 200, 1501, 20_000] {
            // values repeat, weights vary: ties have to be in one order
            let values: Vec<Weighted> = (0..n)
                .map(|_| Weighted { value: (next() * 300.0).floor() / 300.0, weight: next() + 0.01 })
                .collect();
            let at = [0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0];
            let found = quantiles(&mut values.clone(), at);
            let mut sorted = values.clone();
            sorted.sort_by(Weighted::cmp);
            let total: f64 = sorted.iter().map(|v| f64::from(v.weight)).sum();
            let scale = (n - 1) as f64;
            let mut out = [0.0; 7];
            let whole = Part { rank: 0, below: 0.0, scale, left: None, right: None };
            scan(&sorted, &whole, &at.map(|q| q * scale * total), &mut out);
            for (a, b) in found.iter().zip(out) {
                assert!((a - b).abs() < 1e-6, "{n}: {found:?} {out:?}");
            }
        }
    }

    #[test]
    fn trimming_takes_weight_not_pixels() {
        let mut v = weighted(&[(0.0, 1.0), (1.0, 8.0), (100.0, 1.0)]);
        assert_eq!(trimmed_mean(&mut v, 0.1), Some(1.0));
        let mut v = weighted(&[(0.0, 2.0), (1.0, 8.0)]);
        assert!((trimmed_mean(&mut v, 0.1).unwrap() - 7.0 / 8.0).abs() < 1e-12);
        assert_eq!(trimmed_mean(&mut [], 0.1), None);
    }
}
