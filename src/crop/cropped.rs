//! Whether a crop cycle is seen in a window. "Not seen" is never "no".
//!
//! *Yes*: a season of the window has the amplitude, peak and base of an annual crop.
//! *No*: the window's growing time is over, was seen on at least `min_clear_dates` clear dates with no gap longer
//! than `max_gap_days`, and the curve stayed level (bare, built or evergreen) with nothing emerging.
//! Everything else *cannot be told*, with the cause.

use jiff::civil::Date;

use crate::phenology::Season;
use crate::series::{Series, Smooth, plus_days};

use super::calendar::Dates;
use super::normal::{Z90, date};
use super::{CannotTell, CropRules, Cropped};

/// The time looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    /// First day.
    pub from: Date,
    /// Last day asked for; may lie after the as-of date.
    pub to: Date,
}

/// Whether a season is an annual crop's.
pub(super) fn is_crop(season: &Season, low_vigour: bool, rules: &CropRules) -> bool {
    let amplitude = if low_vigour { rules.min_amplitude_low_vigour_ndvi } else { rules.min_amplitude_ndvi };
    let base = if season.sos.is_none() { rules.max_base_unseen_ndvi } else { rules.max_base_ndvi };
    let peak = if low_vigour { rules.min_peak_ndvi - 0.08 } else { rules.min_peak_ndvi };
    season.amplitude >= amplitude && season.base <= base && season.peak >= peak
}

/// The answer, and why it cannot be given where it cannot.
///
/// `growing` are the declared crop's dates where they are known: then only its growing time must have been seen.
pub(super) fn answer(
    series: &Series,
    smooth: &Smooth,
    in_window: &[&Season],
    window: Window,
    growing: Option<&Dates>,
    low_vigour: bool,
    rules: &CropRules,
) -> (Cropped, Vec<CannotTell>) {
    if in_window.iter().any(|s| is_crop(s, low_vigour, rules)) {
        return (Cropped::Yes, Vec::new());
    }
    let mut causes = Vec::new();
    let as_of = series.as_of();
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
        causes.push(CannotTell::TooFewClear { phase, have: clear, need: rules.min_clear_dates });
    }
    if let Some((gap_from, gap_to, days)) = series.longest_gap(from, seen_to)
        && days > rules.max_gap_days
    {
        causes.push(CannotTell::GapTooLong { days, limit: rules.max_gap_days, from: gap_from, to: gap_to });
    }
    if !causes.is_empty() {
        return (Cropped::CannotTell, causes);
    }
    match unclear_cover(smooth, in_window, from, seen_to, rules) {
        Some(what) => (Cropped::CannotTell, vec![CannotTell::OutOfDomain { what }]),
        None => (Cropped::No, Vec::new()),
    }
}

/// First and last day that must have been seen, and the day from which the question can be decided.
fn growing_time(window: Window, growing: Option<&Dates>) -> (Date, Date, Date) {
    let by_calendar = growing.and_then(|d| {
        let from = date(d.greenup.mean - Z90 * d.greenup.sd - 15.0).max(window.from);
        let to = date(d.senescence?.mean).min(window.to);
        let decided = date(d.greenup.mean + 1.645 * d.greenup.sd + 15.0);
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
) -> Option<String> {
    let mut values: Vec<f64> = (smooth.values.iter().enumerate())
        .filter(|(i, _)| (from..=to).contains(&smooth.date(*i)))
        .map(|(_, z)| *z)
        .collect();
    values.sort_by(f64::total_cmp);
    let at = |share: f64| values.get(((values.len().max(1) - 1) as f64 * share).round() as usize).copied();
    let (low, high) = (at(0.05)?, at(0.95)?);
    let range = high - low;
    if range <= rules.max_idle_range_ndvi
        || low >= rules.evergreen_low_ndvi && range <= rules.max_evergreen_range_ndvi
    {
        return None;
    }
    let strongest = in_window.iter().map(|s| s.amplitude).fold(0.0, f64::max);
    Some(if strongest > 0.0 {
        format!(
            "a rise of {strongest:.2} NDVI, less than the {:.2} of an annual crop: grass, weeds or a poor crop",
            rules.min_amplitude_ndvi
        )
    } else {
        format!("NDVI moved between {low:.2} and {high:.2} without the shape of a crop cycle")
    })
}
