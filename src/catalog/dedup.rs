//! One acquisition, one scene: reprocessed twins and scenes held by two collections, by a stated rule.
//!
//! Two items are one acquisition when they name the same MGRS tile and the same satellite (or one does
//! not say) and the same datatake, or were sensed within [`TWIN_WINDOW_S`]. Of those the first wins by,
//! in this order: settled radiometry, newer baseline, surer offset rule, newer processing, higher
//! sequence number, the collection first in the dialect table, smaller id. At equal baseline this keeps
//! Earth Search `sentinel-2-l2a` with its flag set before `sentinel-2-c1-l2a`: it is the longer archive,
//! so one plot's series stays on one layout.
//!
//! A twin that covers ground which the winner does not (half a tile, from another ground station) is no
//! duplicate: both stay, and the pipeline takes the better one per plot and day. Neighbouring tiles of
//! one day are not touched here either.

use std::cmp::{Ordering, Reverse};

use super::dialect::Dialect;
use super::footprint;
use super::item::Item;
use super::radiometry;
use crate::scene::SceneId;

/// Greatest difference of sensing time within one acquisition, seconds. A tile passes under the swath in
/// 16 s, data strips of one pass begin within a minute, and the next orbit comes 98 minutes later.
pub const TWIN_WINDOW_S: i64 = 120;

/// Greatest difference of the times that catalogs give one datatake (its start, or the tile's own), seconds.
const DATATAKE_WINDOW_S: i64 = 3600;

/// Least share of a twin's footprint that the winner must cover for the twin to be dropped.
const COVERED: f64 = 0.9;

/// Why one of two items was dropped: the first difference in the order of preference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DuplicateRule {
    /// The other's radiometry is settled.
    SettledRadiometry,
    /// The other has a newer processing baseline.
    NewerBaseline,
    /// The other's offset rests on a surer rule.
    SurerOffsetRule,
    /// The other was processed later.
    NewerProcessing,
    /// The other has a higher sequence number.
    HigherSequence,
    /// The other's collection comes first in the dialect table.
    CollectionOrder,
    /// Nothing tells them apart; the smaller id stays.
    SmallerId,
}

impl DuplicateRule {
    /// A stable word for tables and records.
    pub fn word(self) -> &'static str {
        match self {
            DuplicateRule::SettledRadiometry => "settled_radiometry",
            DuplicateRule::NewerBaseline => "newer_baseline",
            DuplicateRule::SurerOffsetRule => "surer_offset_rule",
            DuplicateRule::NewerProcessing => "newer_processing",
            DuplicateRule::HigherSequence => "higher_sequence",
            DuplicateRule::CollectionOrder => "collection_order",
            DuplicateRule::SmallerId => "smaller_id",
        }
    }
}

/// A twin that was dropped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duplicate {
    /// The item dropped.
    pub dropped: SceneId,
    /// Its collection.
    pub dropped_collection: String,
    /// The item kept in its place.
    pub kept: SceneId,
    /// Its collection.
    pub kept_collection: String,
    /// Why.
    pub rule: DuplicateRule,
}

/// Drops twins. What stays is in order of time, tile and id, whatever the order that came in.
pub fn resolve_duplicates(items: Vec<Item>) -> (Vec<Item>, Vec<Duplicate>) {
    let mut items = items;
    items.sort_by(|a, b| place(a).cmp(&place(b)));
    let mut groups: Vec<Vec<Item>> = Vec::new();
    for item in items {
        let near = |group: &&mut Vec<Item>| {
            group.first().is_some_and(|first| {
                first.scene.tile == item.scene.tile && apart_s(first, &item) <= DATATAKE_WINDOW_S
            })
        };
        let twin_of =
            |group: &&mut Vec<Item>| group.first().is_some_and(|first| one_acquisition(first, &item));
        match groups.iter_mut().rev().take_while(near).find(twin_of) {
            Some(group) => group.push(item),
            None => groups.push(vec![item]),
        }
    }
    let (mut kept, mut dropped) = (Vec::new(), Vec::new());
    for group in groups {
        choose(group, &mut kept, &mut dropped);
    }
    kept.sort_by(|a, b| in_time(a).cmp(&in_time(b)));
    (kept, dropped)
}

fn choose(mut group: Vec<Item>, kept: &mut Vec<Item>, dropped: &mut Vec<Duplicate>) {
    group.sort_by(|a, b| preference(a, b).0);
    let mut stay: Vec<Item> = Vec::new();
    for item in group {
        match stay.iter().find(|winner| covers(winner, &item)) {
            None => stay.push(item),
            Some(winner) => dropped.push(Duplicate {
                rule: preference(winner, &item).1,
                kept: winner.scene.id.clone(),
                kept_collection: winner.scene.collection.clone(),
                dropped: item.scene.id,
                dropped_collection: item.scene.collection,
            }),
        }
    }
    kept.append(&mut stay);
}

fn covers(winner: &Item, item: &Item) -> bool {
    winner.scene.id == item.scene.id
        || footprint::share_inside(&item.scene.footprint, &winner.scene.footprint)
            .is_none_or(|share| share >= COVERED)
}

fn one_acquisition(a: &Item, b: &Item) -> bool {
    let platforms = match (&a.scene.platform, &b.scene.platform) {
        (Some(a), Some(b)) => a == b,
        _ => true,
    };
    let datatake = a.datatake.is_some() && a.datatake == b.datatake;
    let apart = apart_s(a, b);
    platforms && (apart <= TWIN_WINDOW_S || (datatake && apart <= DATATAKE_WINDOW_S))
}

fn apart_s(a: &Item, b: &Item) -> i64 {
    a.scene.datetime.as_second().saturating_sub(b.scene.datetime.as_second()).saturating_abs()
}

/// Which of two comes first, and what decided.
fn preference(a: &Item, b: &Item) -> (Ordering, DuplicateRule) {
    let trust = |i: &Item| radiometry::rule_named(i.scene.radiometry.rule).map_or(u8::MAX, |r| r.trust);
    let row = |i: &Item| Dialect::by_name(i.dialect).map_or(usize::MAX, Dialect::rank);
    let steps = [
        (DuplicateRule::SettledRadiometry, b.scene.radiometry.settled.cmp(&a.scene.radiometry.settled)),
        (DuplicateRule::NewerBaseline, b.scene.baseline.cmp(&a.scene.baseline)),
        (DuplicateRule::SurerOffsetRule, trust(a).cmp(&trust(b))),
        (DuplicateRule::NewerProcessing, b.processed.cmp(&a.processed)),
        (DuplicateRule::HigherSequence, b.sequence.cmp(&a.sequence)),
        (DuplicateRule::CollectionOrder, row(a).cmp(&row(b))),
    ];
    steps.into_iter().find(|(_, order)| order.is_ne()).map_or_else(
        || {
            let by_id = (&a.scene.id, &a.scene.collection).cmp(&(&b.scene.id, &b.scene.collection));
            (by_id, DuplicateRule::SmallerId)
        },
        |(rule, order)| (order, rule),
    )
}

/// Order in which twins come next to each other.
fn place(item: &Item) -> impl Ord + '_ {
    let scene = &item.scene;
    (&scene.tile, scene.datetime, &scene.id, &scene.collection, Reverse(item.processed))
}

fn in_time(item: &Item) -> impl Ord + '_ {
    let scene = &item.scene;
    (scene.datetime, &scene.tile, &scene.id, &scene.collection)
}
