//! Amounts asked for and recommended, by currency and status. Currencies are never added.

use std::collections::BTreeMap;

use super::outcome::STATUSES;
use super::{Cell, Table};
use crate::lending::Money;
use crate::record::EligibilityRecord;

/// Sums of exact decimals with the number of terms.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sum {
    pub(super) n: usize,
    pub(super) amount: Money,
}

impl Sum {
    pub(super) fn add(&mut self, amount: Option<Money>) {
        if let Some(amount) = amount {
            self.n += 1;
            self.amount = self.amount.plus(amount);
        }
    }

    pub(super) fn cells(self) -> [Cell; 2] {
        let amount = if self.n > 0 { Cell::Amount(self.amount.to_string()) } else { Cell::Nothing };
        [Cell::count(self.n), amount]
    }
}

/// What stands for an amount without a currency.
pub(super) const NOT_GIVEN: &str = "not given";

pub(super) fn money(text: &Option<String>) -> Option<Money> {
    text.as_deref().and_then(Money::parse)
}

pub(super) fn currency(text: &Option<String>) -> &str {
    text.as_deref().unwrap_or(NOT_GIVEN)
}

pub(super) fn exposure(records: &[EligibilityRecord]) -> Table {
    let mut sums: BTreeMap<(&str, usize), [Sum; 3]> = BTreeMap::new();
    for r in records {
        let at = STATUSES.iter().position(|s| *s == r.status).unwrap_or_default();
        if let Some(requested) = money(&r.requested_amount) {
            sums.entry((currency(&r.currency), at)).or_default()[0].add(Some(requested));
        }
        let (by_policy, recommended) = (money(&r.limit_by_policy), money(&r.limit_recommended));
        if by_policy.or(recommended).is_some() {
            let of_limit = sums.entry((currency(&r.limit_currency), at)).or_default();
            of_limit[1].add(by_policy);
            of_limit[2].add(recommended);
        }
    }
    let row = |((currency, at), [requested, by_policy, recommended]): ((&str, usize), [Sum; 3])| {
        let status = STATUSES.get(at).map_or("", |s| s.word());
        let mut row = vec![Cell::text(currency), Cell::text(status)];
        row.extend(requested.cells());
        row.extend(by_policy.cells());
        row.extend(recommended.cells());
        row
    };
    Table {
        name: "exposure",
        title: "Exposure by currency",
        note: "Requested: what applicants asked for. By policy: what the policy and figures would allow if every open question were settled. Recommended: only of plots that support. Currencies are never added.",
        columns: vec![
            "currency",
            "status",
            "requests",
            "requested",
            "limits_by_policy",
            "by_policy",
            "limits_recommended",
            "recommended",
        ],
        rows: sums.into_iter().map(row).collect(),
    }
}
