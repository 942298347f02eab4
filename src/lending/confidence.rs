//! How much evidence stands behind a status: the level of its weakest part, said in words.
//!
//! It measures evidence, not the farmer and not a probability. Each part can only rise with more clear observations, so
//! the whole can: clear dates are counted between days that no observation moves (the window, the cycle that the
//! declaration and the calendar name in it, the calendar's phases).

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

    let clear = evidence.clear_looked_at();
    let (from, to) = evidence.looked_at();
    let (high, medium) = (rules.high_min_clear_dates, rules.medium_min_clear_dates);
    let level = at_least(clear, high, medium);
    parts.push((level, Basis::CLEAR_DATES.said(&[&clear, &from, &to, &high, &medium])));

    // A blind time in which the crop asked about was not in the ground hides nothing of it.
    let reach = if from <= to { (from, to) } else { (evidence.window.start, evidence.horizon()) };
    let gap = evidence.longest_blind_in(reach).map_or(0, |b| b.days);
    let (high, medium) = (rules.high_max_gap_days, rules.medium_max_gap_days);
    let said = Basis::GAP.said(&[&gap, &reach.0, &reach.1, &high, &medium]);
    parts.push((at_most(gap, high, medium), said));

    let (high, medium) = (rules.high_max_stale_days, rules.medium_max_stale_days);
    match evidence.assessment.last_clear {
        Some(last) => {
            let days = age_days(last, evidence.horizon());
            parts.push((at_most(days, high, medium), Basis::AGE.said(&[&days, &high, &medium])));
        }
        None => parts.push((Confidence::Low, Basis::NEVER_CLEAR.said(&[]))),
    }

    parts.extend(phases(evidence));

    let level = parts.iter().map(|p| p.0).min().unwrap_or(Confidence::Low);
    (level, parts.into_iter().map(|(level, text)| format!("{level}: {text}")).collect())
}

/// How many of the phases that are past were seen on enough clear dates. While none is past, what has passed of the
/// first counts.
fn phases(evidence: &Evidence<'_>) -> Option<(Confidence, String)> {
    let (start, now) = (evidence.window.start, evidence.horizon());
    let phases = &evidence.assessment.phases;
    let asked = phases.days.iter().filter(|(from, to)| *to >= start && *from <= now);
    let clear = evidence.clear_dates();
    let dates_in = |(from, to): &(Date, Date)| clear.iter().filter(|d| (from..=to).contains(d)).count();
    let past: Vec<usize> = asked.clone().filter(|(_, to)| *to <= now).map(dates_in).collect();
    let (dates, said) = match (past.is_empty(), phases.by_calendar) {
        (true, _) => (asked.take(1).map(dates_in).collect(), None),
        (false, true) => (past, Some(Basis::PHASES)),
        (false, false) => (past, Some(Basis::THIRDS)),
    };
    let first = *dates.first()?;
    let seen = dates.iter().filter(|n| **n > PHASE_SEEN_ABOVE).count();
    let level = match dates.len() - seen {
        0 => Confidence::High,
        1 => Confidence::Medium,
        _ => Confidence::Low,
    };
    let text = said.map_or_else(
        || Basis::PHASE_BEGUN.said(&[&first, &PHASE_SEEN_ABOVE]),
        |said| said.said(&[&seen, &dates.len(), &PHASE_SEEN_ABOVE]),
    );
    Some((level, text))
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
