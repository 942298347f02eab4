//! Weighted statistics: mean, standard deviation, quantiles, trimmed mean. Sums in f64, in the order
//! of the pixels, so the same pixels give the same bits.

use crate::observation::NdviStats;

/// Buffers that are used again from plot to plot.
#[derive(Debug, Default)]
pub struct Scratch {
    pub(super) values: Vec<Weighted>,
    sorted: Vec<Weighted>,
    keys: Vec<u64>,
    spread: Vec<u64>,
    buckets: Buckets,
    /// Pixels of the offset guard by bin of red, and those of dense canopy; all 0 between plots.
    pub(super) guard: Vec<(u32, u32)>,
}

/// Where the values of a plot fall: the bucket of each, and then the place where each bucket begins.
#[derive(Debug, Default)]
struct Buckets {
    of: Vec<u16>,
    places: Vec<u16>,
}

/// One value with its weight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Weighted {
    pub(super) value: f64,
    pub(super) weight: f64,
}

impl Weighted {
    /// By value, then weight: equal values are summed in one order, whatever order they came in.
    fn cmp(&self, other: &Weighted) -> std::cmp::Ordering {
        self.value.total_cmp(&other.value).then(self.weight.total_cmp(&other.weight))
    }
}

/// All statistics of an observation. `None` without any weight.
///
/// # Method
/// * mean: sum(w x) / sum(w); std: sqrt(sum(w (x - mean)^2) / sum(w)), the population's.
/// * quantile q: equal values are joined and their weights added; the `n` values that are left,
///   ascending, stand at the positions `s_k = k w_k + (n - 1) (w_0 + ... + w_(k-1))`, `k` from 0; the
///   quantile is interpolated linearly between the values either side of `q (n - 1) sum(w)`. With
///   equal weights and no ties this is the usual linear definition (type 7). It is what
///   `exactextract` computes. Joining needs every value's neighbours, so values are sorted, not
///   selected.
/// # Sources
/// exactextract, operations; Hyndman and Fan 1996 (type 7).
pub(super) fn all(scratch: &mut Scratch, mean: f64) -> Option<NdviStats> {
    let Scratch { values, sorted, keys, spread, buckets, .. } = scratch;
    // One loop: neither sum waits for the other.
    let (mut total, mut square) = (0.0, 0.0);
    for v in values.iter() {
        total += v.weight;
        square += v.weight * (v.value - mean).powi(2);
    }
    if total.is_nan() || total <= 0.0 {
        return None;
    }
    let std = (square / total).max(0.0).sqrt();
    if values.len() <= POSITIONS {
        by_key(values, keys, spread, buckets, sorted);
    } else {
        values.sort_unstable_by(Weighted::cmp);
        std::mem::swap(values, sorted);
    }
    join_equal(sorted);
    let [p10, p25, median, p75, p90] = quantiles(sorted, [0.10, 0.25, 0.50, 0.75, 0.90]);
    Some(NdviStats { mean, median, std, p10, p25, p75, p90 })
}

/// Adds up the weights of equal values, which stand side by side.
fn join_equal(values: &mut Vec<Weighted>) {
    if values.windows(2).all(|pair| pair[0].value != pair[1].value) {
        return;
    }
    values.dedup_by(|next, kept| {
        let equal = next.value == kept.value;
        if equal {
            kept.weight += next.weight;
        }
        equal
    });
}

/// Positions that fit beside a value in a key.
const POSITIONS: usize = 1 << 12;

/// The values in ascending order, equal ones in the order they came in.
///
/// A value and its position make one whole number, which sorts about twice as fast as pairs do: the upper 52 of the
/// value's 64 bits, turned so that they order as the numbers do, and 12 bits of position. Values that differ
/// by less than a part in 10^11 may so change places, which moves no quantile by more than that.
fn by_key(
    values: &[Weighted],
    keys: &mut Vec<u64>,
    spread: &mut Vec<u64>,
    buckets: &mut Buckets,
    sorted: &mut Vec<Weighted>,
) {
    let key = |(at, v): (usize, &Weighted)| {
        let bits = v.value.to_bits();
        let ordered = if bits >> 63 == 1 { !bits } else { bits | 1 << 63 };
        ordered & !(POSITIONS as u64 - 1) | at as u64
    };
    keys.clear();
    keys.extend(values.iter().enumerate().map(key));
    if nearly_sorted(values, keys, spread, buckets) {
        insertion_sort(spread);
        std::mem::swap(keys, spread);
    } else {
        keys.sort_unstable();
    }
    sorted.clear();
    sorted.extend(keys.iter().map(|key| values[(key & (POSITIONS as u64 - 1)) as usize]));
}

/// Fewest equally wide buckets between the least and the greatest value of a plot; large plots have one or more a
/// value.
const LEAST_BUCKETS: usize = 256;
/// Values from which on buckets pay.
const BUCKETED: usize = 24;
/// Most values of one bucket: beyond this the values lie too close together for it.
const MOST_IN_BUCKET: u16 = 12;

/// Lays the keys out by buckets of their values, so that few stand in wrong order; `false` where that does not pay.
fn nearly_sorted(values: &[Weighted], keys: &[u64], spread: &mut Vec<u64>, buckets: &mut Buckets) -> bool {
    let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
    for v in values {
        least = if v.value < least { v.value } else { least };
        most = if v.value > most { v.value } else { most };
    }
    let count = values.len().next_power_of_two().max(LEAST_BUCKETS);
    let per = (count - 1) as f64 / (most - least);
    if values.len() < BUCKETED || !per.is_finite() {
        return false;
    }
    let Buckets { of, places } = buckets;
    places.clear();
    places.resize(count, 0);
    of.clear();
    of.extend(values.iter().map(|v| ((v.value - least) * per) as u16));
    for bucket in of.iter() {
        places[usize::from(*bucket)] += 1;
    }
    if places.iter().any(|count| *count > MOST_IN_BUCKET) {
        return false;
    }
    let mut before = 0;
    for place in places.iter_mut() {
        before += std::mem::replace(place, before);
    }
    spread.resize(keys.len(), 0);
    for (key, bucket) in keys.iter().zip(of.iter()) {
        let place = &mut places[usize::from(*bucket)];
        spread[usize::from(*place)] = *key;
        *place += 1;
    }
    true
}

/// Sorts keys of which few stand in wrong order, none far off.
fn insertion_sort(keys: &mut [u64]) {
    for i in 1..keys.len() {
        let key = keys[i];
        let mut at = i;
        while at > 0 && keys[at - 1] > key {
            keys[at] = keys[at - 1];
            at -= 1;
        }
        keys[at] = key;
    }
}

/// Weighted quantiles of distinct ascending values, see [`all`]; `at` ascends.
fn quantiles<const N: usize>(values: &[Weighted], at: [f64; N]) -> [f64; N] {
    let total: f64 = values.iter().map(|v| v.weight).sum();
    let scale = values.len().saturating_sub(1) as f64;
    let mut out = [values.last().map_or(f64::NAN, |v| v.value); N];
    let targets = at.map(|q| q * scale * total);
    let (mut next, mut below, mut left) = (0, 0.0, None);
    for (k, v) in values.iter().enumerate() {
        let here = (v.value, k as f64 * v.weight + scale * below);
        while next < N && targets[next] < here.1 {
            out[next] = left.map_or(here.0, |left: (f64, f64)| {
                left.0 + (targets[next] - left.1) / (here.1 - left.1) * (here.0 - left.0)
            });
            next += 1;
        }
        left = Some(here);
        below += v.weight;
    }
    out
}

/// Weighted mean without the lowest and highest `cut` of the weight; `None` without any weight.
///
/// A value that straddles a cut counts with the part of its weight inside.
pub(super) fn trimmed_mean(values: &mut [Weighted], cut: f64) -> Option<f64> {
    values.sort_unstable_by(Weighted::cmp);
    let total: f64 = values.iter().map(|v| v.weight).sum();
    let (from, to) = (cut * total, (1.0 - cut) * total);
    let (mut below, mut weight, mut sum) = (0.0, 0.0, 0.0);
    for v in values.iter() {
        let above = below + v.weight;
        let inside = (above.min(to) - below.max(from)).max(0.0);
        weight += inside;
        sum += inside * v.value;
        below = above;
    }
    (weight > 0.0).then(|| sum / weight)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weighted(pairs: &[(f64, f64)]) -> Vec<Weighted> {
        pairs.iter().map(|&(value, weight)| Weighted { value, weight }).collect()
    }

    fn all(values: Vec<Weighted>, mean: f64) -> Option<NdviStats> {
        super::all(&mut Scratch { values, ..Scratch::default() }, mean)
    }

    fn by_key(values: &[Weighted]) -> Vec<Weighted> {
        let mut sorted = Vec::new();
        super::by_key(values, &mut Vec::new(), &mut Vec::new(), &mut Buckets::default(), &mut sorted);
        sorted
    }

    #[test]
    fn equal_weights_give_the_usual_quantiles() {
        let s = all(weighted(&[(5.0, 0.5), (1.0, 0.5), (3.0, 0.5), (2.0, 0.5), (4.0, 0.5)]), 3.0).unwrap();
        assert_eq!(s.median, 3.0);
        assert!((s.p10 - 1.4).abs() < 1e-12 && (s.p90 - 4.6).abs() < 1e-12, "{s:?}");
        assert_eq!((s.p25, s.p75), (2.0, 4.0));
        assert!((s.std - 2f64.sqrt()).abs() < 1e-12);
        let one = all(weighted(&[(0.7, 0.2)]), 0.7).unwrap();
        assert_eq!([one.p10, one.median, one.p90, one.std], [0.7, 0.7, 0.7, 0.0]);
        assert_eq!(all(Vec::new(), 0.0), None);
    }

    #[test]
    fn weights_by_hand() {
        // positions k w_k + 2 C: 0; 1 * 2 + 2 * 1 = 4; 2 * 1 + 2 * 3 = 8. Median at 0.5 * 2 * 4 = 4.
        let s = all(weighted(&[(1.0, 1.0), (2.0, 2.0), (4.0, 1.0)]), 2.25).unwrap();
        assert_eq!(s.median, 2.0);
        assert!((s.p25 - 1.5).abs() < 1e-12 && (s.p75 - 3.0).abs() < 1e-12, "{s:?}");
    }

    #[test]
    fn equal_values_are_one_value_in_any_order() {
        let joined = all(weighted(&[(1.0, 1.0), (2.0, 2.0), (4.0, 1.0)]), 2.25);
        let apart = all(weighted(&[(2.0, 0.5), (4.0, 1.0), (2.0, 1.5), (1.0, 1.0)]), 2.25);
        let other = all(weighted(&[(2.0, 1.5), (1.0, 1.0), (2.0, 0.5), (4.0, 1.0)]), 2.25);
        assert_eq!(joined, apart);
        assert_eq!(joined, other);
    }

    #[test]
    fn keys_order_as_the_numbers_do() {
        let mut state = 7u64;
        let mut random = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1u64 << 53) as f64
        };
        for len in [0, 1, 2, 3, 23, 24, 50, 149, 256, 257, 512, 513, 2000, POSITIONS] {
            let pairs: Vec<(f64, f64)> = (0..len).map(|_| (2.0 * random() - 1.0, random())).collect();
            let mut slow = weighted(&pairs);
            slow.sort_unstable_by(Weighted::cmp);
            assert_eq!(by_key(&weighted(&pairs)), slow, "{len}");
            // Most values in few buckets, for the sake of one that lies apart.
            let crowded = |n: f64| -> Vec<(f64, f64)> {
                let near = pairs.iter().map(|p| (p.0.powi(7) / n, p.1));
                std::iter::once((0.9, 1.0)).chain(near).take(len).collect()
            };
            for pairs in [1.0, 30.0, 3000.0].map(crowded) {
                let mut slow = weighted(&pairs);
                slow.sort_unstable_by(Weighted::cmp);
                assert_eq!(by_key(&weighted(&pairs)), slow, "{len}");
            }
        }
        let ties = weighted(&[(0.5, 3.0), (-0.5, 1.0), (0.5, 1.0), (0.0, 1.0), (0.5, 2.0), (-0.5, 2.0)]);
        let order: Vec<(f64, f64)> = by_key(&ties).iter().map(|v| (v.value, v.weight)).collect();
        assert_eq!(order, [(-0.5, 1.0), (-0.5, 2.0), (0.0, 1.0), (0.5, 3.0), (0.5, 1.0), (0.5, 2.0)]);
    }

    /// What the test above cannot see: a sort that lays nothing out by buckets gives the same order, only slower.
    #[test]
    fn values_that_lie_apart_are_laid_out_by_buckets_and_few_or_crowded_ones_are_not() {
        // Evenly spread, in an order that jumps: the keys are the places that sorting would give.
        let laid_out = |values: &[f64], keys: &[u64]| {
            let pairs: Vec<(f64, f64)> = values.iter().map(|v| (*v, 1.0)).collect();
            let mut spread = Vec::new();
            nearly_sorted(&weighted(&pairs), keys, &mut spread, &mut Buckets::default()).then_some(spread)
        };
        for len in [BUCKETED, 150, 600, POSITIONS] {
            let keys: Vec<u64> = (0..len).map(|k| (k * 7919 % len) as u64).collect();
            let spread = |step: u64| keys.iter().map(|k| (k / step) as f64).collect::<Vec<f64>>();
            let mut order = laid_out(&spread(1), &keys).expect("values that lie apart pay");
            // Only keys of one bucket may stand in wrong order.
            let off = |(at, key): (usize, &u64)| key.abs_diff(at as u64);
            let farthest = order.iter().enumerate().map(off).max();
            assert!(farthest < Some(u64::from(MOST_IN_BUCKET)), "{len}: {farthest:?}");
            order.sort_unstable();
            assert_eq!(order, (0..len as u64).collect::<Vec<u64>>(), "{len}: each key once");
            let crowd = u64::from(MOST_IN_BUCKET);
            assert!(laid_out(&spread(crowd), &keys).is_some(), "{len}: as many in a bucket as may be");
            assert_eq!(laid_out(&spread(crowd + 1), &keys), None, "{len}: one more in each");
            assert_eq!(laid_out(&vec![0.5; len], &keys), None, "{len}: all alike");
        }
        let few: Vec<u64> = (0..BUCKETED as u64 - 1).collect();
        assert_eq!(laid_out(&few.iter().map(|k| *k as f64).collect::<Vec<f64>>(), &few), None);
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
