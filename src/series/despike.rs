//! Dates that cloud or shadow slipped into: dips between near neighbours, and dips that recover at once.

use super::{Sample, SeriesRules, days_between};

/// Which samples stay. Samples must be strictly increasing in date.
///
/// # Method
/// A sample is a spike when it lies below the line between its neighbours (no more than
/// `spike_max_span_days` apart) by more than `max(min_residual, step_factor |next - previous|)`; upward spikes
/// need `spike_upward_factor` times as much. A dip of at least `min_residual` that regains more than
/// `recovery_fraction` of its loss within `recovery_days` is a spike too, which catches two bad dates in a
/// row. The worst is removed first, then all is looked at again. The first and the last sample are never
/// removed: nothing is known of their other side.
pub(super) fn despike(samples: &[Sample], rules: &SeriesRules) -> Vec<bool> {
    let mut keep = vec![true; samples.len()];
    let Some(first) = samples.first() else { return keep };
    let mut alive: Vec<Alive> = (samples.iter().enumerate())
        .map(|(index, s)| Alive { index, day: days_between(first.date, s.date), ndvi: s.ndvi })
        .collect();
    for _ in 0..rules.max_spikes {
        let worst = (1..alive.len().saturating_sub(1))
            .filter_map(|k| excess(&alive, k, rules).map(|e| (k, e)))
            // Of equal ones the earlier goes first.
            .reduce(|a, b| if b.1 > a.1 { b } else { a });
        let Some((k, _)) = worst else { break };
        keep[alive.remove(k).index] = false;
    }
    keep
}

/// A sample that is still in the series.
struct Alive {
    /// Position among all samples.
    index: usize,
    /// Days after the first sample.
    day: i32,
    ndvi: f64,
}

/// How far the `k`-th living sample is beyond tolerance, NDVI; `None` when it is no spike.
fn excess(alive: &[Alive], k: usize, rules: &SeriesRules) -> Option<f64> {
    let (prev, here, next) = (&alive[k - 1], &alive[k], &alive[k + 1]);
    let before = here.day - prev.day;
    let after = next.day - here.day;
    if before + after > rules.spike_max_span_days as i32 {
        return None;
    }
    let share = f64::from(before) / f64::from(before + after);
    let line = prev.ndvi + (next.ndvi - prev.ndvi) * share;
    let tolerance =
        rules.spike_min_residual_ndvi.max(rules.spike_step_factor * (next.ndvi - prev.ndvi).abs());
    let down = line - here.ndvi - tolerance;
    let up = here.ndvi - line - rules.spike_upward_factor * tolerance;
    let isolated = down.max(up);
    if isolated > 0.0 {
        return Some(isolated);
    }
    recovered(alive, k, rules)
}

/// Depth beyond the least residual when the loss since the previous sample soon comes back.
fn recovered(alive: &[Alive], k: usize, rules: &SeriesRules) -> Option<f64> {
    let (prev, here) = (&alive[k - 1], &alive[k]);
    let loss = prev.ndvi - here.ndvi;
    if loss <= rules.spike_min_residual_ndvi {
        return None;
    }
    let back = here.ndvi + rules.recovery_fraction * loss;
    alive[k + 1..]
        .iter()
        .take_while(|s| s.day - here.day <= rules.recovery_days as i32)
        .any(|s| s.ndvi > back)
        .then_some(loss - rules.spike_min_residual_ndvi)
}
