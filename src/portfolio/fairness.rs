//! Whether small plots, cloudy places or some regions are referred more often than others.

use std::collections::BTreeMap;

use super::concentration::tile;
use super::{Cell, Rate, Table};
use crate::record::{EligibilityRecord, Status};

/// Upper ends of the size classes, hectares. Source: design values around smallholder plots (most below 2 ha).
const SIZES_HA: [(f64, &str); 5] = [
    (0.25, "below 0.25 ha"),
    (0.5, "0.25 to 0.5 ha"),
    (1.0, "0.5 to 1 ha"),
    (2.0, "1 to 2 ha"),
    (5.0, "2 to 5 ha"),
];
const LARGER: &str = "5 ha and more";

/// Upper ends of the classes of cloudiness, share of the images over the plot that cloud or shadow hid.
const CLOUDS: [(f64, &str); 3] = [(0.25, "below 25 %"), (0.5, "25 to 50 %"), (0.75, "50 to 75 %")];
const CLOUDIER: &str = "75 % and more";

const NOTE: &str = "Rates with their 95 % intervals in percent (Wilson). Stands out: the rate of the whole lies outside the group's interval, which happens by chance in about one of twenty. Plots whose entry could not be used are not counted. A rate says nothing of how often an answer is wrong: that needs ground truth (docs/validation.md).";

type Group<'a> = Vec<&'a EligibilityRecord>;

pub(super) fn fairness(records: &[EligibilityRecord]) -> Vec<Table> {
    let looked_at: Group<'_> = records.iter().filter(|r| r.status != Status::NotAppraised).collect();
    let table = |name, title, groups| rates(name, title, groups, &looked_at);
    vec![
        table("fairness_size", "Fairness: by plot size", classes(&looked_at, &SIZES_HA, LARGER, size_ha)),
        table(
            "fairness_clouds",
            "Fairness: by cloudiness",
            classes(&looked_at, &CLOUDS, CLOUDIER, cloudy_frac),
        ),
        table("fairness_zone", "Fairness: by zone", by_zone(&looked_at)),
    ]
}

fn size_ha(r: &EligibilityRecord) -> Option<f64> {
    r.metrics_area.map(|a| a.get() / 10_000.0)
}

/// Part of the images read that cloud or shadow hid.
fn cloudy_frac(r: &EligibilityRecord) -> Option<f64> {
    let hidden = r.scenes_rejected.iter().filter(|s| s.reason == "cloudy").count();
    let read = r.sources.len();
    (read > 0).then(|| (hidden as f64 / read as f64).min(1.0))
}

/// Groups in the order of their classes; those without plots are left out.
fn classes<'a>(
    records: &Group<'a>,
    ends: &[(f64, &'static str)],
    last: &'static str,
    of: impl Fn(&EligibilityRecord) -> Option<f64>,
) -> Vec<(String, Group<'a>)> {
    let mut groups: BTreeMap<usize, (String, Group<'a>)> = BTreeMap::new();
    for record in records {
        let at = match of(record) {
            Some(value) => ends.iter().position(|(end, _)| value < *end).unwrap_or(ends.len()),
            None => ends.len() + 1,
        };
        let name = if at > ends.len() { "not known" } else { ends.get(at).map_or(last, |(_, name)| name) };
        groups.entry(at).or_insert_with(|| (name.to_owned(), Vec::new())).1.push(record);
    }
    groups.into_values().collect()
}

/// By UTM zone and latitude band, the first part of the tile's name.
fn by_zone<'a>(records: &Group<'a>) -> Vec<(String, Group<'a>)> {
    let mut groups: BTreeMap<String, Group<'a>> = BTreeMap::new();
    for record in records {
        let zone =
            tile(record).map_or_else(|| "not known".to_owned(), |t| t.get(..3).unwrap_or(&t).to_owned());
        groups.entry(zone).or_default().push(record);
    }
    groups.into_iter().collect()
}

fn rates(
    name: &'static str,
    title: &'static str,
    groups: Vec<(String, Group<'_>)>,
    all: &Group<'_>,
) -> Table {
    let refer = |group: &Group<'_>| Rate::of(group, |r| r.status == Status::Refer);
    let against = |group: &Group<'_>| Rate::of(group, |r| r.status == Status::DoesNotSupport);
    let deferred = |group: &Group<'_>| Rate::of(group, |r| r.deferring_code().is_some());
    let whole = [("all".to_owned(), all.clone())];
    let row = |(group, records): (String, Group<'_>)| {
        let mut row = vec![Cell::text(group), Cell::count(records.len())];
        let mut odd = Vec::new();
        for (what, of) in [
            ("referred", &refer as &dyn Fn(&Group<'_>) -> Rate),
            ("not supported", &against),
            ("not finished", &deferred),
        ] {
            row.extend(of(&records).cells());
            if of(&records).excludes(of(all)) {
                odd.push(what);
            }
        }
        row.push(if odd.is_empty() { Cell::Nothing } else { Cell::text(odd.join(", ")) });
        row
    };
    Table {
        name,
        title,
        note: NOTE,
        columns: vec![
            "group",
            "plots",
            "referred",
            "referred_lower",
            "referred_upper",
            "not_supported",
            "not_supported_lower",
            "not_supported_upper",
            "not_finished",
            "not_finished_lower",
            "not_finished_upper",
            "stands_out",
        ],
        rows: groups.into_iter().chain(whole).map(row).collect(),
    }
}
