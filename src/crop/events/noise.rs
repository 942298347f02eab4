//! Noise of the clear dates, told by their neighbours in time.

use crate::series::days_between;

use super::Glance;

/// Longest time between neighbours that a straight line can bridge, days.
const NEAR_DAYS: i32 = 25;
/// Least triples of dates that tell a noise, and what is assumed with fewer, NDVI.
const LEAST_TRIPLES: usize = 5;
const ASSUMED: f64 = 0.05;
/// Median absolute deviation to standard deviation of a normal law.
const MAD_TO_SD: f64 = 1.4826;

/// Standard deviation of one date around the line between the dates before and after it, by the median: one fall of a
/// season does not change it.
pub(super) fn of(clear: &[Glance]) -> f64 {
    let mut off: Vec<f64> = (clear.windows(3))
        .filter_map(|w| {
            let [a, b, c] = w else { return None };
            let (left, right) = (days_between(a.date, b.date), days_between(b.date, c.date));
            if !(1..=NEAR_DAYS).contains(&left) || !(1..=NEAR_DAYS).contains(&right) {
                return None;
            }
            let share = f64::from(left) / f64::from(left + right);
            let line = a.ndvi + share * (c.ndvi - a.ndvi);
            Some((b.ndvi - line).abs() / (1.0 + share * share + (1.0 - share).powi(2)).sqrt())
        })
        .collect();
    off.sort_by(f64::total_cmp);
    match off.get(off.len() / 2) {
        Some(middle) if off.len() >= LEAST_TRIPLES => MAD_TO_SD * middle,
        _ => ASSUMED,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::series::plus_days;

    fn every_five_days(values: impl Iterator<Item = f64>) -> Vec<Glance> {
        (0..).zip(values).map(|(k, v)| Glance::of(plus_days(date(2018, 3, 1), 5 * k), v)).collect()
    }

    #[test]
    fn a_straight_line_has_none_and_a_fall_adds_none() {
        assert!(of(&every_five_days((0..40).map(|k| 0.2 + 0.01 * f64::from(k)))) < 1e-9);
        assert!(of(&every_five_days((0..40).map(|k| if k < 20 { 0.8 } else { 0.2 }))) < 1e-9);
    }

    #[test]
    fn the_standard_deviation_of_independent_noise_is_found() {
        // Evenly spread within 0.05 either side, by a linear congruential generator: standard deviation 0.05 / sqrt(3).
        let mut state = 12_345_u64;
        let noisy = std::iter::repeat_with(|| {
            state = (state * 1_103_515_245 + 12_345) % (1 << 31);
            0.5 + 0.05 * (2.0 * state as f64 / f64::from(1_u32 << 31) - 1.0)
        });
        let found = of(&every_five_days(noisy.take(400)));
        assert!((found * 3.0_f64.sqrt() / 0.05 - 1.0).abs() < 0.15, "{found}");
    }

    #[test]
    fn too_few_dates_tell_no_noise() {
        assert_eq!(of(&every_five_days([0.2, 0.8, 0.2].into_iter())), ASSUMED);
    }
}
