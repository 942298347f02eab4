//! How well the archive answered: what was missing, unreadable or doubtful.

use std::collections::{BTreeMap, BTreeSet};

use super::{Cell, Table};
use crate::record::EligibilityRecord;

/// What a run says of its archive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Archive {
    /// URL or path of the catalogue.
    pub location: String,
    /// Overpasses expected, where they could be inferred.
    pub expected: Option<u64>,
    /// Scenes listed.
    pub found: u64,
    /// Scenes read.
    pub used: u64,
    /// Items and scenes not used, by reason.
    pub skipped: BTreeMap<String, u64>,
    /// Requests sent.
    pub requests: u64,
    /// Requests sent again.
    pub retries: u64,
    /// Bytes received.
    pub bytes: u64,
}

pub(super) fn health(records: &[EligibilityRecord], archive: Option<&Archive>) -> Vec<Table> {
    let mut tables = Vec::new();
    if let Some(a) = archive {
        tables.push(catalogue(a));
    }
    tables.push(offsets(records));
    tables.push(unused(records));
    tables
}

fn catalogue(a: &Archive) -> Table {
    let mut rows: Vec<Vec<Cell>> = vec![
        vec![Cell::text("catalogue"), Cell::text(&a.location)],
        vec![Cell::text("overpasses expected"), a.expected.map_or(Cell::Nothing, Cell::Count)],
        vec![Cell::text("scenes listed"), Cell::Count(a.found)],
        vec![Cell::text("scenes read"), Cell::Count(a.used)],
    ];
    rows.extend(
        a.skipped.iter().map(|(why, n)| vec![Cell::text(format!("not used: {why}")), Cell::Count(*n)]),
    );
    rows.push(vec![Cell::text("requests"), Cell::Count(a.requests)]);
    rows.push(vec![Cell::text("requests repeated"), Cell::Count(a.retries)]);
    rows.push(vec![Cell::text("megabytes received"), Cell::Number(a.bytes as f64 / 1e6, 1)]);
    Table {
        name: "catalogue",
        title: "Catalogue health",
        note: "Of the run that wrote the folder last; a run that only finished what was missing read less.",
        columns: vec!["what", "value"],
        rows,
    }
}

/// How the brightness offset of each scene was settled.
fn offsets(records: &[EligibilityRecord]) -> Table {
    let mut rules: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for source in records.iter().flat_map(|r| &r.sources) {
        rules.entry(&source.offset_rule).or_default().insert(&source.item_id);
    }
    Table {
        name: "offsets",
        title: "How brightness offsets were settled",
        note: "Scenes by the rule that settled their reflectance offset (docs/methods.md). A scene whose offset cannot be settled is not used.",
        columns: vec!["rule", "scenes"],
        rows: rules.into_iter().map(|(rule, ids)| vec![Cell::text(rule), Cell::count(ids.len())]).collect(),
    }
}

/// Why images of plots were not used.
fn unused(records: &[EligibilityRecord]) -> Table {
    let mut why: BTreeMap<&str, (usize, BTreeSet<&str>)> = BTreeMap::new();
    for r in records {
        for scene in &r.scenes_rejected {
            let entry = why.entry(&scene.reason).or_default();
            entry.0 += 1;
            entry.1.insert(&r.id);
        }
    }
    let row = |(reason, (images, plots)): (&str, (usize, BTreeSet<&str>))| {
        vec![Cell::text(reason), Cell::count(images), Cell::count(plots.len())]
    };
    Table {
        name: "images_not_used",
        title: "Images of plots that were not used",
        note: "One image of one plot is one; a scene over a hundred plots counts a hundred times.",
        columns: vec!["reason", "images_of_plots", "plots"],
        rows: why.into_iter().map(row).collect(),
    }
}
