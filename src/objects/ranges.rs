//! Which requests fetch a set of byte ranges: near neighbours together, far ones apart.

use std::ops::Range;

use super::config::Limits;

/// One request, and the wanted ranges (by position in the caller's list) that it serves.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) range: Range<u64>,
    pub(super) members: Vec<usize>,
}

/// Merges ranges whose gap is at most `limits.merge_gap` while the result stays within
/// `limits.merge_bytes`. Empty ranges belong to no run. Runs come in order of their start.
pub(super) fn merge(ranges: &[Range<u64>], limits: &Limits) -> Vec<Run> {
    let mut wanted: Vec<(usize, &Range<u64>)> =
        ranges.iter().enumerate().filter(|(_, r)| r.start < r.end).collect();
    wanted.sort_by_key(|(i, r)| (r.start, r.end, *i));
    let mut runs: Vec<Run> = Vec::new();
    for (i, range) in wanted {
        if let Some(last) = runs.last_mut() {
            let end = last.range.end.max(range.end);
            let near = range.start <= last.range.end.saturating_add(limits.merge_gap);
            let inside = range.end <= last.range.end;
            if inside || (near && end - last.range.start <= limits.merge_bytes) {
                last.range.end = end;
                last.members.push(i);
                continue;
            }
        }
        runs.push(Run { range: range.clone(), members: vec![i] });
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LIMITS: Limits = Limits {
        bytes_in_flight: 0,
        range_bytes: 0,
        merge_gap: 10,
        merge_bytes: 100,
        concurrency: 1,
        skip_bytes: 0,
    };

    #[test]
    fn near_ranges_share_a_request_and_far_ones_do_not() {
        let runs = merge(&[50..60, 0..20, 30..40, 200..350, 71..80, 5..5], &LIMITS);
        let shown: Vec<_> = runs.iter().map(|r| (r.range.clone(), r.members.clone())).collect();
        assert_eq!(shown, [(0..60, vec![1, 2, 0]), (71..80, vec![4]), (200..350, vec![3])]);
    }

    proptest! {
        #[test]
        fn every_range_lies_in_exactly_one_bounded_run(
            ranges in prop::collection::vec((0u64..2000, 0u64..150).prop_map(|(s, n)| s..s + n), 0..40)
        ) {
            let runs = merge(&ranges, &LIMITS);
            let mut served = vec![0; ranges.len()];
            for run in &runs {
                let longest = run.members.iter().map(|i| ranges[*i].end - ranges[*i].start).max().unwrap();
                prop_assert!(run.range.end - run.range.start <= LIMITS.merge_bytes.max(longest));
                for i in &run.members {
                    served[*i] += 1;
                    prop_assert!(run.range.start <= ranges[*i].start && ranges[*i].end <= run.range.end);
                }
            }
            for (range, n) in ranges.iter().zip(served) {
                prop_assert_eq!(n, usize::from(!range.is_empty()));
            }
        }
    }
}
