//! When fields are cut and money comes back, week by week.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;

use super::exposure::{Sum, currency, money};
use super::{Cell, Table};
use crate::record::{EligibilityRecord, Status};

/// Monday of the week (ISO 8601).
fn monday(day: Date) -> Date {
    let back = i64::from(day.weekday().to_monday_zero_offset());
    day.checked_sub(back.days()).unwrap_or(day)
}

pub(super) fn calendar(records: &[EligibilityRecord]) -> Vec<Table> {
    vec![harvests(records), repayments(records)]
}

fn harvests(records: &[EligibilityRecord]) -> Table {
    let mut weeks: BTreeMap<Date, (usize, usize, f64)> = BTreeMap::new();
    for r in records {
        let (seen, expected) = (r.harvest_detected_date, r.expected_harvest_date);
        let Some(day) = seen.or(expected) else { continue };
        let week = weeks.entry(monday(day)).or_default();
        if seen.is_some() {
            week.0 += 1
        } else {
            week.1 += 1
        }
        let ha = r.cropped_area_ha.map(|a| a.get()).or(r.metrics_area.map(|a| a.get() / 10_000.0));
        week.2 += ha.unwrap_or(0.0);
    }
    let row = |(week, (seen, expected, ha)): (Date, (usize, usize, f64))| {
        vec![Cell::Day(week), Cell::count(seen), Cell::count(expected), Cell::Number(ha, 2)]
    };
    Table {
        name: "harvest_calendar",
        title: "Harvest calendar",
        note: "Week (Monday) of the harvest seen, or of the middle of the expected window, which often spans several weeks: see the records. Area: cropped area where it was told, else the outline.",
        columns: vec!["week", "harvests_seen", "harvests_expected", "area_ha"],
        rows: weeks.into_iter().map(row).collect(),
    }
}

fn repayments(records: &[EligibilityRecord]) -> Table {
    // Without a date last.
    let mut due: BTreeMap<(bool, Option<Date>, &str), [Sum; 2]> = BTreeMap::new();
    for r in records.iter().filter(|r| r.status == Status::Supports) {
        let week = r.repay_by.map(monday);
        if let Some(amount) = money(&r.limit_recommended) {
            let key = (week.is_none(), week, currency(&r.limit_currency));
            due.entry(key).or_default()[0].add(Some(amount));
        }
        if let Some(amount) = money(&r.requested_amount) {
            let key = (week.is_none(), week, currency(&r.currency));
            due.entry(key).or_default()[1].add(Some(amount));
        }
    }
    let row = |((_, week, currency), [limits, requests]): ((bool, Option<Date>, &str), [Sum; 2])| {
        let mut row = vec![week.map_or_else(|| Cell::text("no date"), Cell::Day), Cell::text(currency)];
        row.extend(limits.cells());
        row.extend(requests.cells());
        row
    };
    Table {
        name: "repayment_calendar",
        title: "Cash flow: repayments by week",
        note: "Week (Monday) of the repayment date of plots that support: the late end of the harvest window and the policy's days after it. Principal only; interest is the lender's to add.",
        columns: vec!["week", "currency", "limits_due", "recommended_due", "requests_due", "requested_due"],
        rows: due.into_iter().map(row).collect(),
    }
}
