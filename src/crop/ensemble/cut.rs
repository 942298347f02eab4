//! Harvested or not: what the clear dates show beside the calendar, and when it was seen.
//!
//! A crop that ripened turns yellow by itself: the fall of NDVI is not the cut. The cut shows as an abrupt fall of a
//! ripe crop, as a step of NBR2 (straw on the ground, then tillage), or not at all; then only the calendar can speak.

use jiff::civil::Date;

use super::super::normal::{date, day};
use super::views::View;

/// Longest time between the two clear dates of an abrupt fall, days; least fall, NDVI; least share of the level before
/// (science 7.3).
const FALL_DAYS: f64 = 15.0;
const FALL_NDVI: f64 = 0.20;
const FALL_SHARE: f64 = 0.40;
/// Share of the fall that must be left on the next clear date: one low date may be cloud.
const STAYS: f64 = 0.7;
/// Log-odds of what may be seen (science 7.3).
const ODDS_FALL: f64 = 2.5;
const ODDS_RESIDUE: f64 = 1.5;
const ODDS_BARE: f64 = 1.5;
const ODDS_REGROWTH: f64 = 1.0;
const ODDS_GREEN: f64 = -3.0;
const ODDS_IMMATURE: f64 = -1.5;
/// Least step of NBR2 (science 7.3), and longest time between its two dates, days (design value).
const RESIDUE_STEP: f64 = 0.06;
const RESIDUE_DAYS: f64 = 30.0;
/// Bare soil index above which, and NDVI below which, soil lies open (science 7.3).
const BARE_BSI: f64 = 0.10;
const BARE_NDVI: f64 = 0.25;
/// NDVI above which the latest date shows a green crop (science 7.3).
const GREEN_NDVI: f64 = 0.50;
/// Rise after a low that shows volunteers or the next crop, and the greatest such low, NDVI (design values).
const REGROWN: f64 = 0.15;
const LOW_NDVI: f64 = 0.35;
/// Days without a clear date in which a field can be cut and the next crop grow green (the shortest time from sowing to
/// green-up that the ensemble allows is 20 days), and days before its first green date by which it must have been cut.
const BLIND_DAYS: f64 = 25.0;
const GROWN_DAYS: f64 = 10.0;
/// A green crop gone within the days of an abrupt fall: level before, at least, and after, at most, NDVI (design
/// values; ripening takes 17 days from the one to the other at the usual width of 7 days).
const CUT_GREEN_FROM: f64 = 0.65;
const CUT_GREEN_TO: f64 = 0.30;
/// Probability from which a crop counts as ripe on a date.
const RIPE: f64 = 0.5;
/// The crop may have been ripe on the first of the two dates already.
const MAY_BE_RIPE: f64 = 0.2;
/// Probability from which a harvest is said, and under one less which standing is said (science 7.3).
const SURE: f64 = 0.85;

/// Whether the crop still stands on the latest clear date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It stands.
    Yes,
    /// It was cut between these two clear dates.
    Cut {
        /// Last clear date with the crop.
        from: Date,
        /// First clear date without.
        to: Date,
    },
    /// By the calendar it should be cut, and nothing speaks against it; nobody saw it.
    CutByCalendar,
    /// A green crop vanished between these two clear dates, before it could be ripe: cut early, or lost.
    Gone {
        /// Last clear date with the crop.
        from: Date,
        /// First clear date without.
        to: Date,
    },
    /// Cannot be told.
    Unclear,
}

/// What the judgement rests on beside the views: probabilities by the hypotheses, by day since 1970.
pub(super) struct Timing<'a> {
    /// Harvested by then.
    pub harvested: &'a dyn Fn(f64) -> f64,
    /// Ripe by then.
    pub ripe: &'a dyn Fn(f64) -> f64,
    /// First day on which the calendar alone, moved by the green-up that was seen, lets the crop be ripe.
    pub earliest_ripe: f64,
    /// Day of 50 % green-up.
    pub greenup: f64,
}

/// The judgement and what it rests on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Judged {
    /// Whether the crop stands.
    pub standing: Standing,
    /// Log-odds of the evidence beside the calendar.
    pub odds: f64,
    /// What is green on the latest date is not the crop of the question: weeds, volunteers, the next one.
    pub another_crop: bool,
}

/// Judges by the clear dates of the crop's growth, the calendar as prior.
pub(super) fn judge(views: &[View], nbr2: &[(Date, f64)], timing: &Timing<'_>) -> Judged {
    let mut own: Vec<View> =
        views.iter().filter(|v| v.ndvi.is_finite() && day(v.date) >= timing.greenup).copied().collect();
    own.sort_by(|a, b| a.date.cmp(&b.date).then(a.ndvi.total_cmp(&b.ndvi)));
    let said = |standing, odds, another_crop| Judged { standing, odds, another_crop };
    let Some(last) = own.last().copied() else { return said(Standing::Unclear, 0.0, false) };
    let falls = falls(&own);
    let gone = falls.iter().find(|(a, b)| {
        a.ndvi >= CUT_GREEN_FROM && b.ndvi <= CUT_GREEN_TO && day(b.date) < timing.earliest_ripe
    });
    if let Some((a, b)) = gone {
        return said(Standing::Gone { from: a.date, to: b.date }, 0.0, false);
    }
    let ripe = |on: Date| (timing.ripe)(day(on));
    let fall = falls.iter().rev().find(|(a, b)| ripe(b.date) >= RIPE && ripe(a.date) >= MAY_BE_RIPE);
    let residue = residue_step(nbr2, last.date, &ripe);
    let bare = own
        .iter()
        .find(|v| ripe(v.date) >= RIPE && v.ndvi < BARE_NDVI && bare_soil(v).is_some_and(|b| b > BARE_BSI));
    let low = own.iter().filter(|v| ripe(v.date) >= RIPE).min_by(|a, b| a.ndvi.total_cmp(&b.ndvi));
    let regrown =
        low.is_some_and(|l| l.ndvi < LOW_NDVI && last.date > l.date && last.ndvi - l.ndvi >= REGROWN);
    let mut odds = 0.0;
    odds += if fall.is_some() { ODDS_FALL } else { 0.0 };
    odds += if residue.is_some() { ODDS_RESIDUE } else { 0.0 };
    odds += if bare.is_some() { ODDS_BARE } else { 0.0 };
    let unseen = cut_unseen(&own, timing);
    if regrown {
        odds += ODDS_REGROWTH;
    } else if last.ndvi > GREEN_NDVI && !unseen {
        odds += ODDS_GREEN;
    }
    if ripe(last.date) < 0.1 {
        odds += ODDS_IMMATURE;
    }
    let prior = (timing.harvested)(day(last.date)).clamp(0.01, 0.99);
    let probability = 1.0 / (1.0 + (-(prior / (1.0 - prior)).ln() - odds).exp());
    let event = match (residue, fall) {
        // Of two events the narrower bracket says more.
        (Some(r), Some((a, b))) if day(b.date) - day(a.date) < day(r.1) - day(r.0) => Some((a.date, b.date)),
        (Some(r), _) => Some(r),
        (None, Some((a, b))) => Some((a.date, b.date)),
        (None, None) => None,
    };
    let standing = match (probability, event) {
        (p, Some((from, to))) if p >= SURE => Standing::Cut { from, to },
        (p, None) if p >= SURE => Standing::CutByCalendar,
        (p, _) if p <= 1.0 - SURE => Standing::Yes,
        _ => Standing::Unclear,
    };
    said(standing, odds, regrown || unseen)
}

/// Whether the green of the latest dates came up after a blind time before which the crop should have been cut: then it
/// says nothing of that crop.
fn cut_unseen(own: &[View], timing: &Timing<'_>) -> bool {
    let near = |a: &View, b: &View| day(b.date) - day(a.date) < BLIND_DAYS;
    let green = own.iter().rev().take_while(|v| v.ndvi > GREEN_NDVI).count();
    let run = own.get(own.len() - green..).unwrap_or_default();
    // The part of the green run after its last blind time.
    let start = (1..run.len()).rev().find(|k| !near(&run[k - 1], &run[*k])).unwrap_or(0);
    let first = run.get(start);
    let before =
        own.len().checked_sub(green).and_then(|k| (k + start).checked_sub(1)).and_then(|k| own.get(k));
    let blind = before.zip(first).is_some_and(|(a, b)| !near(a, b));
    blind && first.is_some_and(|f| (timing.harvested)(day(f.date) - GROWN_DAYS) >= RIPE)
}

/// Pairs of clear dates between which the crop vanished and stayed away.
fn falls(views: &[View]) -> Vec<(View, View)> {
    let mut found = Vec::new();
    for (j, low) in views.iter().enumerate().skip(1) {
        let Some(next) = views.get(j + 1) else { break };
        let high = views[..j]
            .iter()
            .rev()
            .take_while(|v| day(low.date) - day(v.date) <= FALL_DAYS)
            .find(|v| v.ndvi - low.ndvi >= FALL_NDVI.max(FALL_SHARE * v.ndvi));
        if let Some(high) = high.filter(|h| next.ndvi <= h.ndvi - STAYS * (h.ndvi - low.ndvi)) {
            found.push((*high, *low));
        }
    }
    found
}

/// The first lasting step of NBR2 on a crop that may be ripe: up by straw on the ground, down by tillage.
fn residue_step(nbr2: &[(Date, f64)], last: Date, ripe: &dyn Fn(Date) -> f64) -> Option<(Date, Date)> {
    let mut own: Vec<(Date, f64)> =
        nbr2.iter().filter(|(d, v)| *d <= last && v.is_finite()).copied().collect();
    own.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    own.windows(3).find_map(|w| {
        let [(from, before), (to, after), (_, next)] = w else { return None };
        let step = after - before;
        let lasts = (next - before) / step >= STAYS;
        let near = day(*to) - day(*from) <= RESIDUE_DAYS;
        let fits =
            step.abs() >= RESIDUE_STEP && lasts && near && ripe(*from) >= MAY_BE_RIPE && ripe(*to) >= RIPE;
        fits.then_some((*from, *to))
    })
}

/// Bare soil index from the reflectances that NDVI, LSWI and near-infrared imply.
///
/// # Sources
/// BSI = ((SWIR1 + red) - (NIR + blue)) / ((SWIR1 + red) + (NIR + blue)), Rikimaru et al. 2002.
fn bare_soil(v: &View) -> Option<f64> {
    let (nir, lswi, blue) = (v.nir?, v.lswi?, v.blue?);
    let red = nir * (1.0 - v.ndvi) / (1.0 + v.ndvi);
    let swir = nir * (1.0 - lswi) / (1.0 + lswi);
    let bsi = ((swir + red) - (nir + blue)) / ((swir + red) + (nir + blue));
    bsi.is_finite().then_some(bsi)
}

/// 10th, 50th and 90th percentile of a cut that may have been on any day between two dates.
pub(super) fn between(from: Date, to: Date) -> [f64; 3] {
    let (a, b) = (day(from), day(to));
    [0.1, 0.5, 0.9].map(|q| a + q * (b - a))
}

/// Middle of two dates.
pub(in crate::crop) fn middle(from: Date, to: Date) -> Date {
    date(0.5 * (day(from) + day(to)))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn view(month: i8, d: i8, ndvi: f64) -> View {
        View {
            date: date(2022, month, d),
            ndvi,
            lswi: None,
            ndyi: None,
            nir: None,
            red_edge: None,
            blue: None,
        }
    }

    /// Ripe from 10 July on, usually cut on 20 July.
    fn judged(views: &[View], nbr2: &[(Date, f64)]) -> Standing {
        let step = |at: Date, t: f64| 1.0 / (1.0 + (-(t - day(at)) / 3.0).exp());
        let ripe = |t: f64| step(date(2022, 7, 10), t);
        let harvested = |t: f64| step(date(2022, 7, 20), t);
        let timing = Timing {
            harvested: &harvested,
            ripe: &ripe,
            earliest_ripe: day(date(2022, 6, 25)),
            greenup: day(date(2022, 4, 1)),
        };
        judge(views, nbr2, &timing).standing
    }

    #[test]
    fn a_green_crop_stands_and_a_yellow_one_is_not_cut() {
        assert_eq!(judged(&[view(5, 1, 0.8), view(6, 1, 0.85), view(6, 20, 0.8)], &[]), Standing::Yes);
        let yellow = [view(6, 10, 0.8), view(6, 25, 0.6), view(7, 3, 0.42), view(7, 8, 0.3)];
        assert_eq!(judged(&yellow, &[]), Standing::Yes);
    }

    #[test]
    fn what_nobody_saw_is_the_calendars_word() {
        let ripened = [view(6, 25, 0.6), view(7, 8, 0.3), view(8, 5, 0.24), view(8, 20, 0.22)];
        assert_eq!(judged(&ripened, &[]), Standing::CutByCalendar);
    }

    #[test]
    fn straw_on_the_ground_dates_the_cut() {
        let ripened =
            [view(6, 25, 0.6), view(7, 8, 0.3), view(7, 16, 0.28), view(7, 24, 0.24), view(8, 5, 0.22)];
        let nbr2 = [
            (date(2022, 7, 8), 0.10),
            (date(2022, 7, 16), 0.11),
            (date(2022, 7, 24), 0.19),
            (date(2022, 8, 5), 0.18),
        ];
        let cut = Standing::Cut { from: date(2022, 7, 16), to: date(2022, 7, 24) };
        assert_eq!(judged(&ripened, &nbr2), cut);
        // A single odd date is no step.
        let odd = [nbr2[0], nbr2[1], nbr2[2], (date(2022, 8, 5), 0.11)];
        assert_eq!(judged(&ripened, &odd), Standing::CutByCalendar);
    }

    #[test]
    fn a_green_crop_that_vanishes_in_may_is_no_harvest() {
        let gone =
            [view(4, 20, 0.7), view(5, 10, 0.85), view(5, 20, 0.22), view(5, 30, 0.2), view(8, 20, 0.2)];
        let from_to = Standing::Gone { from: date(2022, 5, 10), to: date(2022, 5, 20) };
        assert_eq!(judged(&gone, &[]), from_to);
        // One low date between high ones is a cloud.
        let cloud = [view(4, 20, 0.7), view(5, 10, 0.85), view(5, 20, 0.22), view(5, 30, 0.8)];
        assert_eq!(judged(&cloud, &[]), Standing::Yes);
    }

    #[test]
    fn the_next_crop_after_a_blind_month_does_not_bring_the_crop_back() {
        // Last seen ripening, then nothing for seven weeks, then green: nobody saw the cut, and it is over.
        let mut views = vec![view(6, 10, 0.85), view(6, 25, 0.75), view(7, 3, 0.55), view(8, 22, 0.7)];
        assert_eq!(judged(&views, &[]), Standing::CutByCalendar);
        // The same green seen all the time is a crop that is late.
        views = vec![view(6, 10, 0.85), view(6, 25, 0.8)];
        views.extend([view(7, 10, 0.8), view(7, 25, 0.75), view(8, 8, 0.75), view(8, 22, 0.7)]);
        assert_ne!(judged(&views, &[]), Standing::CutByCalendar);
    }

    #[test]
    fn green_weeds_on_the_stubble_do_not_bring_the_crop_back() {
        let mut views = vec![view(6, 25, 0.7), view(7, 8, 0.5), view(7, 18, 0.22), view(7, 28, 0.2)];
        let cut = Standing::Cut { from: date(2022, 7, 8), to: date(2022, 7, 18) };
        assert_eq!(judged(&views, &[]), cut);
        views.extend([view(8, 15, 0.4), view(9, 5, 0.7)]);
        assert_eq!(judged(&views, &[]), cut);
    }
}
