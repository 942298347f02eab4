//! Statuses and the reasons behind them.

use std::collections::{BTreeMap, BTreeSet};

use super::{Cell, Rate, Table};
use crate::record::{CODES, EligibilityRecord, Status};

/// Every status, in the order in which people read them.
pub(super) const STATUSES: [Status; 4] =
    [Status::Supports, Status::Refer, Status::DoesNotSupport, Status::NotAppraised];

pub(super) fn statuses(records: &[EligibilityRecord]) -> Table {
    let row = |status: Status| {
        let of = |r: &&EligibilityRecord| r.status == status;
        let rate = Rate::of(records, |r| r.status == status);
        let area_m2: f64 = records.iter().filter(of).filter_map(|r| r.metrics_area).map(|a| a.get()).sum();
        let deferred = records.iter().filter(of).filter(|r| r.deferring_code().is_some()).count();
        let mut row = vec![Cell::text(status.word()), Cell::count(rate.hits)];
        row.extend(rate.cells());
        row.extend([Cell::Number(area_m2 / 10_000.0, 2), Cell::count(deferred)]);
        row
    };
    Table {
        name: "statuses",
        title: "Recommendations",
        note: "Share of all plots with its 95 % interval (Wilson). Not finished: images or catalogue could not be read; such a plot is referred, and another run may finish it.",
        columns: vec!["status", "plots", "share", "share_lower", "share_upper", "outline_ha", "not_finished"],
        rows: STATUSES.into_iter().map(row).collect(),
    }
}

pub(super) fn reasons(records: &[EligibilityRecord]) -> Table {
    // Per code: plots with it, and plots of which it is a principal reason, by effect.
    let mut found: BTreeMap<(usize, &str), [usize; 2]> = BTreeMap::new();
    let at = |code: &str| CODES.iter().position(|row| row.code == code).unwrap_or(CODES.len());
    for record in records {
        let principal: BTreeSet<(&str, &str)> =
            record.reasons.iter().map(|r| (r.code(), r.effect().word())).collect();
        let all: BTreeSet<(&str, &str)> =
            record.reasons_all.iter().map(|r| (r.code(), r.effect().word())).collect();
        for (code, effect) in &all {
            let counts = found.entry((at(code), effect)).or_default();
            counts[0] += 1;
            counts[1] += usize::from(principal.contains(&(*code, *effect)));
        }
    }
    let mut rows: Vec<((usize, &str), [usize; 2])> = found.into_iter().collect();
    rows.sort_by_key(|((at, effect), [all, principal])| {
        (std::cmp::Reverse((*principal, *all)), *at, *effect)
    });
    let row = |((at, effect), [all, principal]): ((usize, &str), [usize; 2])| {
        let facts = CODES.get(at)?;
        Some(vec![
            Cell::text(facts.code),
            Cell::text(facts.party.word()),
            Cell::text(effect),
            Cell::count(all),
            Cell::count(principal),
            Cell::Share(all as f64 / records.len().max(1) as f64),
        ])
    };
    Table {
        name: "reasons",
        title: "Reasons",
        note: "Plots with each reason, and plots of which it is one of the principal reasons. Imagery, source and model never speak against anybody.",
        columns: vec!["code", "party", "effect", "plots", "principal", "share"],
        rows: rows.into_iter().filter_map(row).collect(),
    }
}
