//! Whether a crop cycle is seen in a window. "Not seen" is never "no".
//!
//! *Yes*: a season of the window has the peak of an annual crop, and the year (or, while less than half of it is seen,
//! the season) its range and its bare soil.
//! *No*: the window's growing time is over, was seen on at least `min_clear_dates` clear dates with no gap longer
//! than `max_gap_days`, and the curve stayed level (bare, built or evergreen) with nothing emerging.
//! Everything else *cannot be told*, with the cause.

use jiff::civil::Date;

use crate::phenology::Season;
use crate::series::{Series, Smooth, plus_days};

use super::calendar::Dates;
use super::normal::{Z90, date};
use super::{CannotTell, CropRules, Cropped, OutOfDomain};

/// The time looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    /// First day.
    pub from: Date,
    /// Last day asked for; may lie after the as-of date.
    pub to: Date,
}

/// What an annual crop looks like here.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Look {
    amplitude: f64,
    peak: f64,
    base: f64,
    base_one_sided: f64,
    season_amplitude: f64,
    /// 5th and 95th percentile of the curve in the window, when enough of the year was seen for them.
    year: Option<(f64, f64)>,
}

impl Look {
    pub(super) fn new(smooth: &Smooth, window: Window, low_vigour: bool, rules: &CropRules) -> Look {
        let low = rules.min_amplitude_low_vigour_ndvi;
        let values = inside(smooth, window.from, window.to);
        let long = values.len() >= rules.year_view_days as usize;
        Look {
            amplitude: if low_vigour { low } else { rules.min_amplitude_ndvi },
            // Smallholder peaks are 0.08 lower (design value).
            peak: if low_vigour { rules.min_peak_ndvi - 0.08 } else { rules.min_peak_ndvi },
            base: rules.max_base_ndvi,
            base_one_sided: rules.max_base_unseen_ndvi,
            season_amplitude: low,
            year: percentile(&values, 0.05).zip(percentile(&values, 0.95)).filter(|_| long),
        }
    }

    /// Whether a season is an annual crop's: by the year's percentiles where half a year and more was seen (the
    /// soil between two crops is seen only once a year), else by the season's own base and amplitude.
    pub(super) fn is_crop(&self, season: &Season) -> bool {
        if season.peak < self.peak {
            return false;
        }
        if let Some((low, high)) = self.year {
            return high - low >= self.amplitude
                && low <= self.base
                && season.amplitude >= self.season_amplitude;
        }
        let one_sided = season.sos.is_none() || season.eos.is_none();
        let base = if one_sided { self.base_one_sided } else { self.base };
        season.amplitude >= self.amplitude && season.base <= base
    }
}

/// The curve's values in a window, sorted.
fn inside(smooth: &Smooth, from: Date, to: Date) -> Vec<f64> {
    let mut values = smooth.between(from, to).to_vec();
    values.sort_unstable_by(f64::total_cmp);
    values
}

/// The value below which a share of sorted values lies.
fn percentile(sorted: &[f64], share: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    sorted.get((last as f64 * share).round() as usize).copied()
}

/// How far the curve's maximum may lie above the greenest clear date before it counts as unseen, NDVI. Design value:
/// twice the noise of a field mean, and what a crop changes in the ten days between two looks near its peak.
const UNSEEN_PEAK_NDVI: f64 = 0.12;

/// The answer, and why it cannot be given where it cannot.
///
/// `growing` are the declared crop's dates where they are known: then only its growing time must have been seen.
pub(super) fn answer(
    series: &Series,
    smooth: &Smooth,
    in_window: &[&Season],
    window: Window,
    growing: Option<&Dates>,
    look: &Look,
    rules: &CropRules,
) -> (Cropped, Vec<CannotTell>) {
    let crops: Vec<&&Season> = in_window.iter().filter(|s| look.is_crop(s)).collect();
    if crops.iter().any(|s| peak_was_seen(series, s)) {
        return (Cropped::Yes, Vec::new());
    }
    let mut causes = Vec::new();
    let as_of = series.as_of();
    if !crops.is_empty() {
        // The curve rises to where nobody looked: a smoother's word is no observation.
        causes.push(CannotTell::TooFewClear {
            phase: "peak".to_owned(),
            have: 0,
            need: 1,
            of: (window.from.min(as_of), window.to.min(as_of)),
        });
    }
    let (from, to, decided_on) = growing_time(window, growing);
    if as_of < decided_on {
        causes.push(CannotTell::TooEarly { expected_from: Some(decided_on) });
    } else if super::stage::rise_since_low(smooth) >= rules.emergence_rise_ndvi
        && series.last().is_some_and(|l| l >= plus_days(as_of, -(rules.max_stale_days as i32)))
    {
        causes.push(CannotTell::TooEarly { expected_from: None });
    }
    let seen_to = to.min(as_of);
    let clear = series.clear_between(from, seen_to);
    if clear < rules.min_clear_dates {
        let phase = "season".to_owned();
        let (need, of) = (rules.min_clear_dates, (from.min(seen_to), seen_to));
        causes.push(CannotTell::TooFewClear { phase, have: clear, need, of });
    }
    if let Some((gap_from, gap_to, days)) = series.longest_gap(from, seen_to)
        && days > rules.max_gap_days
    {
        let (limit, of) = (rules.max_gap_days, (from.min(seen_to), seen_to));
        causes.push(CannotTell::GapTooLong { days, limit, from: gap_from, to: gap_to, of });
    }
    if !causes.is_empty() {
        return (Cropped::CannotTell, causes);
    }
    match unclear_cover(smooth, in_window, from, seen_to, rules) {
        Some(what) => (Cropped::CannotTell, vec![CannotTell::OutOfDomain(what)]),
        None => (Cropped::No, Vec::new()),
    }
}

/// Whether a clear date of the season lies near its maximum, and not only the curve through a blind time.
fn peak_was_seen(series: &Series, season: &Season) -> bool {
    let from = season.sos.or(season.greenup50);
    let highest = series
        .samples()
        .iter()
        .filter(|s| from.is_none_or(|from| s.date >= from) && season.eos.is_none_or(|to| s.date <= to))
        .map(|s| s.ndvi)
        .fold(f64::NEG_INFINITY, f64::max);
    highest >= season.peak - UNSEEN_PEAK_NDVI
}

/// First and last day that must have been seen, and the day from which the question can be decided.
fn growing_time(window: Window, growing: Option<&Dates>) -> (Date, Date, Date) {
    let by_calendar = growing.and_then(|d| {
        let from = date(d.greenup.mean - Z90 * d.greenup.sd - 15.0).max(window.from);
        let to = date(d.senescence?.mean).min(window.to);
        let decided = date(super::calendar::visible_by(d));
        (from < to).then_some((from, to, decided))
    });
    // Without a calendar the window must be over, but for the days a revisit takes.
    by_calendar.unwrap_or((window.from, window.to, plus_days(window.to, -15)))
}

/// What makes a seen, level or unlevel, cover undecidable; `None` when it is plainly no annual crop.
fn unclear_cover(
    smooth: &Smooth,
    in_window: &[&Season],
    from: Date,
    to: Date,
    rules: &CropRules,
) -> Option<OutOfDomain> {
    let values = inside(smooth, from, to);
    let (low, high) = (percentile(&values, 0.05)?, percentile(&values, 0.95)?);
    let range = high - low;
    if range <= rules.max_idle_range_ndvi
        || low >= rules.evergreen_low_ndvi && range <= rules.max_evergreen_range_ndvi
    {
        return None;
    }
    let strongest = in_window.iter().map(|s| s.amplitude).fold(0.0, f64::max);
    Some(match strongest > 0.0 {
        true => OutOfDomain::WeakRise { rise: strongest, least: rules.min_amplitude_ndvi },
        false => OutOfDomain::Shapeless { low, high },
    })
}
