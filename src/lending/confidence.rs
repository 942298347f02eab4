//! How much evidence stands behind a status: the level of its weakest part, said in words.
//!
//! It measures evidence, not the farmer and not a probability. Each part can only rise with more clear observations, so
//! the whole can: clear dates are counted between days that no observation moves (the window, the calendar's phases).

use jiff::civil::Date;

use crate::lending::seen::age_days;
use crate::lending::{Evidence, Policy};
use crate::record::{Basis, Confidence, Grade};

/// Clear dates above which a phase counts as seen. Source: HR-VPP quality logic (more than two).
const PHASE_SEEN_ABOVE: usize = 2;

/// The level, and one sentence for each part of the evidence.
pub(super) fn confidence(evidence: &Evidence<'_>, policy: &Policy) -> (Confidence, Vec<String>) {
    let rules = &policy.confidence;
    let mut parts: Vec<(Confidence, String)> = Vec::new();

    match evidence.observability {
        Some(o) => {
            let level = match o.grade {
                Grade::A | Grade::B => Confidence::High,
                Grade::C => Confidence::Medium,
                Grade::D => Confidence::Low,
            };
            parts.push((level, Basis::PIXELS.said(&[&o.grade, &o.pixels_full])));
        }
        None => parts.push((Confidence::Low, Basis::NO_IMAGE.said(&[]))),
    }

    let clear = evidence.clear_obs();
    let (high, medium) = (rules.high_min_clear_dates, rules.medium_min_clear_dates);
    let level = at_least(clear, high, medium);
    parts.push((level, Basis::CLEAR_DATES.said(&[&clear, &high, &medium])));

    let gap = evidence.longest_blind().map_or(0, |b| b.days);
    let (high, medium) = (rules.high_max_gap_days, rules.medium_max_gap_days);
    parts.push((at_most(gap, high, medium), Basis::GAP.said(&[&gap, &high, &medium])));

    let (high, medium) = (rules.high_max_stale_days, rules.medium_max_stale_days);
    match evidence.assessment.last_clear {
        Some(last) => {
            let days = age_days(last, evidence.horizon());
            parts.push((at_most(days, high, medium), Basis::AGE.said(&[&days, &high, &medium])));
        }
        None => parts.push((Confidence::Low, Basis::NEVER_CLEAR.said(&[]))),
    }

    let (seen, reached) = phases(evidence);
    if reached > 0 {
        let level = match reached - seen {
            0 => Confidence::High,
            1 => Confidence::Medium,
            _ => Confidence::Low,
        };
        parts.push((level, Basis::PHASES.said(&[&seen, &reached, &PHASE_SEEN_ABOVE])));
    }

    let level = parts.iter().map(|p| p.0).min().unwrap_or(Confidence::Low);
    (level, parts.into_iter().map(|(level, text)| format!("{level}: {text}")).collect())
}

/// Phases seen on enough clear dates, and phases that are past, both by the calendar. While none is past, what has
/// passed of the first counts as one.
fn phases(evidence: &Evidence<'_>) -> (usize, usize) {
    let (start, now) = (evidence.window.start, evidence.horizon());
    let asked = evidence.assessment.phases.iter().filter(|(from, to)| *to >= start && *from <= now);
    let past: Vec<(Date, Date)> = asked.clone().filter(|(_, to)| *to <= now).copied().collect();
    let reached = if past.is_empty() { asked.take(1).copied().collect() } else { past };
    let clear = evidence.clear_dates();
    let dates_in = |(from, to): &(Date, Date)| clear.iter().filter(|d| (from..=to).contains(d)).count();
    (reached.iter().filter(|phase| dates_in(phase) > PHASE_SEEN_ABOVE).count(), reached.len())
}

fn at_least(value: u32, high: u32, medium: u32) -> Confidence {
    if value >= high {
        Confidence::High
    } else if value >= medium {
        Confidence::Medium
    } else {
        Confidence::Low
    }
}

fn at_most(value: u32, high: u32, medium: u32) -> Confidence {
    if value <= high {
        Confidence::High
    } else if value <= medium {
        Confidence::Medium
    } else {
        Confidence::Low
    }
}
