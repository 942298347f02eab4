//! Gathers the items of a search, from pages or from files alike: repeats dropped, filters applied, each
//! item read or skipped with its reason as it comes, so that no page is held longer than needed.

use std::collections::BTreeSet;

use geo::MultiPolygon;
use jiff::tz::TimeZone;

use super::dialect::Dialect;
use super::footprint;
use super::href::Origin;
use super::item::{Item, Raw, Reading};
use super::radiometry;
use super::skip::{SkipReason, Skipped};
use super::{Error, Search};

/// What a conversation with a catalog, or a walk through a folder, added up to.
#[derive(Debug)]
pub(super) struct Listing {
    pub(super) collector: Collector,
    pub(super) complete: bool,
    pub(super) pages: u32,
    pub(super) requests: u32,
    pub(super) retries: u32,
    pub(super) bytes: u64,
    pub(super) warnings: Vec<String>,
}

impl Listing {
    pub(super) fn new(collector: Collector) -> Listing {
        let warnings = Vec::new();
        Listing { collector, complete: true, pages: 0, requests: 0, retries: 0, bytes: 0, warnings }
    }
}

/// Items of one search so far.
#[derive(Debug)]
pub(super) struct Collector {
    search: Search,
    area: MultiPolygon<f64>,
    seen: BTreeSet<(String, String)>,
    notes: BTreeSet<&'static str>,
    pub(super) items: Vec<Item>,
    pub(super) skipped: Vec<Skipped>,
    pub(super) repeated: u32,
    pub(super) outside: u32,
}

impl Collector {
    pub(super) fn new(search: &Search) -> Result<Collector, Error> {
        if search.from > search.to {
            return Err(Error::BadSearch("it ends before it begins"));
        }
        let area = search.area.polygons().ok_or(Error::BadSearch("the area is empty or out of range"))?;
        Ok(Collector {
            search: search.clone(),
            area,
            seen: BTreeSet::new(),
            notes: BTreeSet::new(),
            items: Vec::new(),
            skipped: Vec::new(),
            repeated: 0,
            outside: 0,
        })
    }

    /// Distinct items seen, whether or not they were wanted.
    pub(super) fn distinct(&self) -> usize {
        self.seen.len()
    }

    /// Takes one item, if it is wanted and new.
    pub(super) fn offer(&mut self, raw: Raw, origin: Origin<'_>) {
        let id = raw.id_for_print();
        let collection = raw.collection().map(str::to_owned);
        if !self.seen.insert((collection.clone().unwrap_or_default(), id.clone())) {
            self.repeated = self.repeated.saturating_add(1);
            return;
        }
        if !self.wants(&raw, origin) {
            self.outside = self.outside.saturating_add(1);
            return;
        }
        let reading = Reading { origin, needed: &self.search.needed, dialect: self.search.dialect };
        match raw.into_item(&reading) {
            Ok(item) => {
                self.notes.extend(Dialect::by_name(item.dialect).and_then(|row| row.note));
                self.items.push(item);
            }
            Err(reason) => self.skipped.push(Skipped::new(&id, collection.as_deref(), reason)),
        }
    }

    /// Notes something that is not an item at all. `name` stands in for the id.
    pub(super) fn refuse(&mut self, name: &str, reason: SkipReason) {
        self.skipped.push(Skipped::new(name, None, reason));
    }

    /// The filters of the search. What cannot be told (no time, no footprint) is let through, to be
    /// skipped with a reason. A web catalog has applied its own footprints, which are not second-guessed.
    fn wants(&self, raw: &Raw, origin: Origin<'_>) -> bool {
        let in_time = raw.datetime().is_none_or(|t| {
            let day = t.to_zoned(TimeZone::UTC).date();
            (self.search.from..=self.search.to).contains(&day)
        });
        let asked = &self.search.collections;
        let in_collection = asked.is_empty() || raw.collection().is_none_or(|c| asked.iter().any(|a| a == c));
        in_time
            && in_collection
            && match origin {
                Origin::Remote { .. } => true,
                Origin::Local { .. } => footprint::may_meet(&self.area, &raw.footprint()),
            }
    }

    /// What the user should know about the items as a whole.
    pub(super) fn warnings(&self) -> Vec<String> {
        let mut warnings: Vec<String> = self.notes.iter().map(|note| (*note).to_owned()).collect();
        for rule in radiometry::RULES {
            let count = self.items.iter().filter(|i| i.scene.radiometry.rule == rule.word).count();
            if count == 0 {
                continue;
            }
            if rule.verdict == radiometry::Verdict::Unsettled {
                warnings.push(format!(
                    "{count} scenes will not be read, as their reflectance offset could not be settled: {}",
                    rule.when
                ));
            } else if let Some(caution) = rule.caution {
                warnings.push(format!("{count} scenes: {caution}"));
            }
        }
        warnings
    }
}
