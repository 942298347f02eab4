//! A date under a normal law, in days since 1970-01-01, and the few things done with it.

use jiff::civil::Date;

use crate::series::{days_between, plus_days};

use super::{DateInterval, Interval};

const ORIGIN: Date = Date::constant(1970, 1, 1);

/// z of the 90th percentile.
pub(super) const Z90: f64 = 1.2816;

/// z of the 95th percentile.
pub(super) const Z95: f64 = 1.6449;

/// Day number of a date.
pub(super) fn day(date: Date) -> f64 {
    f64::from(days_between(ORIGIN, date))
}

/// Date of a day number, rounded.
pub(super) fn date(day: f64) -> Date {
    plus_days(ORIGIN, day.round() as i32)
}

/// A normal law over days.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Normal {
    pub mean: f64,
    pub sd: f64,
}

impl Normal {
    pub(super) fn new(mean: f64, sd: f64) -> Normal {
        Normal { mean, sd: sd.max(0.5) }
    }

    /// The law after an independent observation.
    pub(super) fn update(self, seen: f64, sd: f64) -> Normal {
        let (own, other) = (self.sd * self.sd, sd * sd);
        let gain = own / (own + other);
        Normal::new(self.mean + gain * (seen - self.mean), (own * (1.0 - gain)).sqrt())
    }

    /// Sum with an independent lag.
    pub(super) fn plus(self, mean: f64, sd: f64) -> Normal {
        Normal::new(self.mean + mean, self.sd.hypot(sd))
    }

    /// Probability of lying at or before `at`.
    pub(super) fn before(self, at: f64) -> f64 {
        cdf((at - self.mean) / self.sd)
    }

    /// The law given that the date is after `bound`, again as a normal law (first two moments).
    pub(super) fn after(self, bound: f64) -> Normal {
        let a = (bound - self.mean) / self.sd;
        let left = 1.0 - cdf(a);
        if left < 1e-4 {
            // Far in the tail the excess is nearly exponential with mean sd / a.
            let excess = self.sd / a.max(1.0);
            return Normal::new(bound + excess, excess);
        }
        let ratio = (-0.5 * a * a).exp() / (2.0 * std::f64::consts::PI).sqrt() / left;
        let variance = (1.0 + a * ratio - ratio * ratio).max(0.01);
        Normal::new(self.mean + self.sd * ratio, self.sd * variance.sqrt())
    }

    /// 10th, 50th and 90th percentile as dates.
    pub(super) fn interval(self) -> DateInterval {
        DateInterval {
            p10: date(self.mean - Z90 * self.sd),
            p50: date(self.mean),
            p90: date(self.mean + Z90 * self.sd),
        }
    }

    /// The same with no percentile before `bound`.
    pub(super) fn interval_after(self, bound: Date) -> DateInterval {
        let i = self.interval();
        DateInterval { p10: i.p10.max(bound), p50: i.p50.max(bound), p90: i.p90.max(bound) }
    }

    /// The same with no percentile after `bound`.
    pub(super) fn interval_before(self, bound: Date) -> DateInterval {
        let i = self.interval();
        DateInterval { p10: i.p10.min(bound), p50: i.p50.min(bound), p90: i.p90.min(bound) }
    }
}

/// Share of the way from `start` to `end` at `at`, 0 to 1, with both ends uncertain.
pub(super) fn share(start: Normal, end: Normal, at: f64) -> Interval {
    let of = |start: f64, end: f64| ((at - start) / (end - start).max(1.0)).clamp(0.0, 1.0);
    let reach = |n: Normal, z: f64| n.mean + z * n.sd;
    Interval {
        lower: of(reach(start, Z90), reach(end, Z90)),
        mid: of(start.mean, end.mean),
        upper: of(reach(start, -Z90), reach(end, -Z90)),
    }
}

/// Standard normal distribution function, absolute error below 1e-7.
///
/// # Sources
/// Abramowitz and Stegun 26.2.17.
pub(super) fn cdf(z: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * z.abs());
    let series = t
        * (0.319_381_530
            + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
    let tail = (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt() * series;
    if z > 0.0 { 1.0 - tail } else { tail }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_normal_law_is_the_tabled_one() {
        for (z, p) in
            [(0.0, 0.5), (1.0, 0.841_344_7), (-1.281_551_6, 0.1), (1.959_964, 0.975), (-4.0, 3.167e-5)]
        {
            assert!((cdf(z) - p).abs() < 2e-7, "{z}");
        }
    }

    #[test]
    fn truncation_has_the_moments_of_the_half_normal() {
        let half = Normal::new(0.0, 1.0).after(0.0);
        assert!((half.mean - (2.0 / std::f64::consts::PI).sqrt()).abs() < 1e-6);
        assert!((half.sd * half.sd - (1.0 - 2.0 / std::f64::consts::PI)).abs() < 1e-6);
        let far = Normal::new(0.0, 1.0).after(10.0);
        assert!(far.mean > 10.0 && far.mean < 10.5);
        let free = Normal::new(100.0, 5.0).after(0.0);
        assert!((free.mean - 100.0).abs() < 1e-6 && (free.sd - 5.0).abs() < 1e-6);
    }

    #[test]
    fn an_observation_pulls_by_precision() {
        let n = Normal::new(0.0, 3.0).update(10.0, 4.0);
        assert!((n.mean - 3.6).abs() < 1e-12 && (n.sd - 2.4).abs() < 1e-12);
    }
}
