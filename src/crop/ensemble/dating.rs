//! When a crop was cut: each time between two clear dates weighed by the hypotheses and by what lies around it.
//!
//! A ripe crop is yellow before it is cut, so NDVI hardly tells. The near infrared does: dry leaves and stems still
//! scatter it, stubble and soil do so less, tillage least. A time between two clear dates is likely when NIR is high
//! before it and low after it.

use jiff::civil::Date;

use super::super::normal::{cdf, day};
use super::views::View;

/// Spread of a hypothesis' harvest, days: of most, and of the share that the calendar's lags do not know (design values).
const NARROW_DAYS: f64 = 3.0;
const WIDE_DAYS: f64 = 15.0;
const WIDE_SHARE: f64 = 0.3;
/// Log-odds per unit, fitted on 337 harvests of the simulated seed 101 told forty days after: prior (its logarithm),
/// fall of NDVI, NDVI above [`GREEN`] after it, fall of NBR2 (tillage), fall of NIR, NIR missing before it, NIR still
/// there on the second date after it; NIR as a share of the field's own high level.
const PRIOR: f64 = 0.57;
const NDVI_FALL: f64 = -4.2;
const GREEN_AFTER: f64 = -4.5;
const NBR2_FALL: f64 = 23.0;
const NIR_FALL: f64 = 4.0;
const NIR_LOW_BEFORE: f64 = -6.5;
const NIR_HIGH_AFTER: f64 = -5.5;
/// NDVI that stubble and young weeds may show; share of the high NIR level that a standing dry crop has.
const GREEN: f64 = 0.30;
const NIR_STANDING: f64 = 0.75;
/// Bounds of the steps that count: beyond them a date is cloud, shadow or water.
const MOST_NDVI_FALL: f64 = 0.4;
const MOST_NBR2_FALL: f64 = 0.1;
const NIR_FALLS: (f64, f64) = (-0.1, 0.4);
/// Share of the greenest dates whose least NIR is the high level.
const HIGH_SHARE: usize = 5;
/// Least clear dates with NIR since green-up.
const LEAST_DATES: usize = 3;
/// Probability and length, days, with which a time between two clear dates counts as the cut that was seen.
const SEEN: f64 = 0.7;
const SEEN_DAYS: f64 = 31.0;

/// When the crop was cut.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Dated {
    /// 10th, 50th and 90th percentile, days since 1970.
    pub percentiles: [f64; 3],
    /// Probability that it was cut by the latest clear date.
    pub past: f64,
    /// The two clear dates between which it was most probably cut, where that is sure enough.
    pub between: Option<(Date, Date)>,
}

/// Dates a cut that may have been seen; nothing where near infrared was hardly read. `harvest` and `weights` are the
/// hypotheses; views may come in any order.
pub(super) fn dated(
    views: &[View],
    nbr2: &[(Date, f64)],
    greenup: f64,
    harvest: &[f64],
    weights: &[f64],
) -> Option<Dated> {
    let mut own: Vec<(View, f64)> =
        (views.iter()).filter(|v| day(v.date) >= greenup).filter_map(|v| Some((*v, v.nir?))).collect();
    own.sort_by(|a, b| a.0.date.cmp(&b.0.date).then(a.0.ndvi.total_cmp(&b.0.ndvi)));
    own.dedup_by(|b, a| a.0.date == b.0.date);
    let mut levels: Vec<f64> = own.iter().map(|(_, nir)| *nir).collect();
    levels.sort_by(f64::total_cmp);
    let high = *levels.get(levels.len() - (levels.len() / HIGH_SHARE).max(1).min(levels.len()))?;
    if own.len() < LEAST_DATES || high.is_nan() || high <= 0.0 {
        return None;
    }
    let law = Law { harvest, weights };
    let edges: Vec<f64> = own.iter().map(|(v, _)| law.before(day(v.date))).collect();
    let edge = |k: usize| if k == 0 { 0.0 } else { edges.get(k - 1).copied().unwrap_or(1.0) };
    let nbr2_on = |on: Date| nbr2.iter().find(|(d, v)| *d == on && v.is_finite()).map(|(_, v)| *v);
    let odds: Vec<f64> = (0..=own.len())
        .map(|k| {
            let prior = (edge(k + 1) - edge(k)).max(0.0) + 1e-4 / (own.len() + 1) as f64;
            let before = k.checked_sub(1).and_then(|k| own.get(k));
            let (after, second) = (own.get(k), own.get(k + 1));
            let mut odds = PRIOR * prior.ln();
            if let Some((_, nir)) = before {
                odds += NIR_LOW_BEFORE * (NIR_STANDING - nir / high).max(0.0);
            }
            if let Some((v, _)) = after {
                odds += GREEN_AFTER * (v.ndvi - GREEN).max(0.0);
            }
            if let (Some((a, nir)), Some((b, low))) = (before, after) {
                odds += NDVI_FALL * (a.ndvi - b.ndvi).clamp(0.0, MOST_NDVI_FALL);
                odds += NIR_FALL * ((nir - low) / high).clamp(NIR_FALLS.0, NIR_FALLS.1);
                let step = nbr2_on(a.date).zip(nbr2_on(b.date)).map_or(0.0, |(a, b)| a - b);
                odds += NBR2_FALL * step.clamp(0.0, MOST_NBR2_FALL);
            }
            if let Some((_, nir)) = second {
                odds += NIR_HIGH_AFTER * (nir / high - NIR_STANDING).max(0.0);
            }
            odds
        })
        .collect();
    let best = odds.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let raw: Vec<f64> = odds.iter().map(|o| (o - best).exp()).collect();
    let total: f64 = raw.iter().sum();
    let share: Vec<f64> = raw.iter().map(|r| r / total).collect();
    let between = (1..own.len()).find_map(|k| {
        let (a, b) = (own.get(k - 1)?.0.date, own.get(k)?.0.date);
        (*share.get(k)? >= SEEN && day(b) - day(a) <= SEEN_DAYS).then_some((a, b))
    });
    let days: Vec<f64> = own.iter().map(|(v, _)| day(v.date)).collect();
    let past = 1.0 - share.last().copied().unwrap_or(1.0);
    Some(Dated { past, percentiles: [0.1, 0.5, 0.9].map(|q| law.percentile(q, &share, &days)), between })
}

/// The harvest as the hypotheses tell it.
struct Law<'a> {
    harvest: &'a [f64],
    weights: &'a [f64],
}

impl Law<'_> {
    /// Probability of a harvest by a day.
    fn before(&self, on: f64) -> f64 {
        (self.harvest.iter().zip(self.weights))
            .map(|(h, w)| {
                let wide = cdf((on - h) / WIDE_DAYS);
                w * (wide * WIDE_SHARE + cdf((on - h) / NARROW_DAYS) * (1.0 - WIDE_SHARE))
            })
            .sum()
    }

    /// The day by which the share `q` of the probability lies, the times between clear dates weighing `share` each.
    fn percentile(&self, q: f64, share: &[f64], days: &[f64]) -> f64 {
        let mut sum = 0.0;
        let mut k = 0;
        while k + 1 < share.len() && sum + share.get(k).copied().unwrap_or(0.0) < q {
            sum += share.get(k).copied().unwrap_or(0.0);
            k += 1;
        }
        let within = ((q - sum) / share.get(k).copied().unwrap_or(1.0).max(1e-12)).clamp(0.0, 1.0);
        let reach = 4.0 * WIDE_DAYS;
        let first = self.harvest.iter().copied().fold(f64::INFINITY, f64::min) - reach;
        let last = self.harvest.iter().copied().fold(f64::NEG_INFINITY, f64::max) + reach;
        let from = k.checked_sub(1).and_then(|k| days.get(k)).copied();
        let to = days.get(k).copied();
        let mut low = from.unwrap_or_else(|| first.min(to.unwrap_or(first) - reach));
        let mut high = to.unwrap_or_else(|| last.max(from.unwrap_or(last) + reach));
        // Where the hypotheses say nothing, every day of the time is alike.
        let (below, width) = (self.before(low), self.before(high) - self.before(low));
        let (start, length) = (low, high - low);
        let until = |t: f64| {
            let even = (t - start) / length.max(1e-9);
            (self.before(t) - below + 1e-4 * even) / (width + 1e-4)
        };
        while high - low > 0.25 {
            let middle = 0.5 * (low + high);
            if until(middle) < within { low = middle } else { high = middle }
        }
        0.5 * (low + high)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::series::plus_days;

    const CUT: Date = date(2022, 7, 20);

    /// A view every `step` days from May to August: green, then ripe from 1 July, then cut.
    fn views(step: i32, cut: Date) -> Vec<View> {
        (0..120 / step)
            .map(|k| {
                let on = plus_days(date(2022, 5, 1), k * step);
                let (ndvi, nir) = match on {
                    d if d < date(2022, 6, 20) => (0.85, 0.42),
                    d if d < date(2022, 7, 1) => (0.5, 0.42),
                    d if d < cut => (0.25, 0.40),
                    _ => (0.2, 0.28),
                };
                View { date: on, ndvi, nir: Some(nir), lswi: None, ndyi: None, red_edge: None, blue: None }
            })
            .collect()
    }

    fn told(views: &[View], expected: Date) -> Option<Dated> {
        let harvest: Vec<f64> = (-2..=2).map(|k| day(expected) + 4.0 * f64::from(k)).collect();
        dated(views, &[], day(date(2022, 4, 20)), &harvest, &[0.2; 5])
    }

    #[test]
    fn the_fall_of_near_infrared_dates_a_cut_that_the_calendar_expects_elsewhere() {
        for late in [-15, -8, 0, 8] {
            let d = told(&views(5, CUT), plus_days(CUT, late)).unwrap();
            assert!((d.percentiles[1] - day(CUT)).abs() <= 5.0, "{late}: {d:?}");
            assert!(d.percentiles[0] <= d.percentiles[1] && d.percentiles[1] <= d.percentiles[2]);
        }
    }

    #[test]
    fn without_a_step_the_hypotheses_speak_and_without_near_infrared_nothing_does() {
        // Seen until the beginning of July only: the cut lies behind the last date.
        let early: Vec<View> = views(5, CUT).into_iter().filter(|v| v.date < date(2022, 7, 5)).collect();
        let d = told(&early, CUT).unwrap();
        assert!((d.percentiles[1] - day(CUT)).abs() < 5.0 && d.between.is_none(), "{d:?}");
        let blind: Vec<View> = views(5, CUT).into_iter().map(|v| View { nir: None, ..v }).collect();
        assert_eq!(told(&blind, CUT), None);
        assert_eq!(told(&[], CUT), None);
    }

    #[test]
    fn the_order_of_views_changes_nothing() {
        let mut turned = views(5, CUT);
        turned.reverse();
        turned.rotate_left(7);
        assert_eq!(told(&turned, CUT), told(&views(5, CUT), CUT));
    }
}
