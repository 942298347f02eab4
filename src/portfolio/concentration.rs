//! How much lies in one place or one crop: what a hailstorm or a price can hit at once.

use std::collections::BTreeMap;

use super::exposure::{Sum, currency, money};
use super::{Cell, Table};
use crate::record::EligibilityRecord;
use crate::scene::MgrsTile;

/// The tile of 100 km that most scenes of a record are of.
pub(super) fn tile(record: &EligibilityRecord) -> Option<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for source in &record.sources {
        let named = source.item_id.split('_').find_map(|part| {
            let part = part
                .strip_prefix('T')
                .filter(|p| p.starts_with(|c: char| c.is_ascii_digit()))
                .unwrap_or(part);
            MgrsTile::new(part)
        });
        if let Some(tile) = named {
            *counts.entry(tile.as_str().to_owned()).or_default() += 1;
        }
    }
    // Of two equally frequent the first by name, so that the order of scenes does not matter.
    counts.into_iter().max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.cmp(&a.0))).map(|(tile, _)| tile)
}

pub(super) fn concentration(records: &[EligibilityRecord]) -> Vec<Table> {
    let unknown = || "not known".to_owned();
    vec![
        shares(
            "concentration_tiles",
            "Concentration by place",
            "Tiles of 100 km (MGRS): plots that one storm, flood or drought can reach together. Largest area first.",
            records,
            |r| tile(r).unwrap_or_else(unknown),
        ),
        shares(
            "concentration_crops",
            "Concentration by declared crop",
            "As declared; what was seen may differ. Largest area first.",
            records,
            |r| r.declared_crop.clone().unwrap_or_else(|| "not declared".to_owned()),
        ),
    ]
}

#[derive(Default)]
struct Group<'a> {
    plots: usize,
    area_m2: f64,
    requested: BTreeMap<&'a str, Sum>,
    recommended: BTreeMap<&'a str, Sum>,
}

fn shares(
    name: &'static str,
    title: &'static str,
    note: &'static str,
    records: &[EligibilityRecord],
    of: impl Fn(&EligibilityRecord) -> String,
) -> Table {
    let mut groups: BTreeMap<String, Group<'_>> = BTreeMap::new();
    for r in records {
        let group = groups.entry(of(r)).or_default();
        group.plots += 1;
        group.area_m2 += r.metrics_area.map_or(0.0, |a| a.get());
        if let Some(amount) = money(&r.requested_amount) {
            group.requested.entry(currency(&r.currency)).or_default().add(Some(amount));
        }
        if let Some(amount) = money(&r.limit_recommended) {
            group.recommended.entry(currency(&r.limit_currency)).or_default().add(Some(amount));
        }
    }
    let whole_m2: f64 = groups.values().map(|g| g.area_m2).sum();
    let mut sorted: Vec<(String, Group<'_>)> = groups.into_iter().collect();
    sorted.sort_by(|a, b| b.1.area_m2.total_cmp(&a.1.area_m2).then_with(|| a.0.cmp(&b.0)));
    let amounts = |sums: &BTreeMap<&str, Sum>| {
        let each = sums.iter().map(|(currency, sum)| format!("{} {currency}", sum.amount));
        let text = each.collect::<Vec<_>>().join("; ");
        if text.is_empty() { Cell::Nothing } else { Cell::Text(text) }
    };
    let row = |(key, g): (String, Group<'_>)| {
        vec![
            Cell::Text(key),
            Cell::count(g.plots),
            Cell::Number(g.area_m2 / 10_000.0, 2),
            if whole_m2 > 0.0 { Cell::Share(g.area_m2 / whole_m2) } else { Cell::Nothing },
            amounts(&g.requested),
            amounts(&g.recommended),
        ]
    };
    Table {
        name,
        title,
        note,
        columns: vec!["group", "plots", "outline_ha", "share_of_area", "requested", "recommended"],
        rows: sorted.into_iter().map(row).collect(),
    }
}
