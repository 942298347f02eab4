//! STAC search: which scenes does the catalog hold for an area and a time?
//!
//! Comes in: a [`Search`] and a catalog, either a STAC API over HTTPS or items on disk. Goes out:
//! [`Found`]: scenes whose radiometry is settled and whose twins are dropped, every item that was not
//! used with its reason, and how many acquisitions there should have been. Not here: pixels (`imagery`),
//! the decision whether a link may be opened (`objects`), neighbouring tiles of one day (`pipeline`).
//!
//! A search either has its whole answer or is an [`Error`]. "The catalog did not answer" can therefore
//! never be taken for "there are no images".

use std::path::Path;

use jiff::civil::Date;

mod assets;
mod collect;
mod dedup;
mod dialect;
mod error;
mod expected;
mod fault;
mod footprint;
mod href;
mod http;
mod item;
mod local;
mod radiometry;
mod search;
mod skip;

pub use dedup::{Duplicate, DuplicateRule, TWIN_WINDOW_S, resolve_duplicates};
pub use dialect::{DEFAULT_COLLECTIONS, DIALECTS, Dialect, OffsetFamily};
pub use error::Error;
pub use expected::{Coverage, TileCoverage, expected_acquisitions};
pub use fault::Fault;
pub use footprint::Area;
pub use href::Origin;
pub use http::Limits;
pub use item::{Item, NEEDED_BANDS, Reading, parse_item};
pub use local::LocalItems;
pub use radiometry::{
    BandDeclaration, Facts, OFFSET, OFFSET_BASELINE, OFFSET_SINCE, RULES, Rule, SCALE, Verdict, rule_named,
    settle,
};
pub use search::StacApi;
pub use skip::{SkipReason, Skipped};

use crate::band::Band;
use crate::scene::Scene;

/// Where scenes are looked for.
#[derive(Debug)]
pub enum Catalog {
    /// A STAC API.
    Api(StacApi),
    /// Items on disk.
    Local(LocalItems),
}

/// What to look for.
#[derive(Clone, Debug)]
pub struct Search {
    /// Where.
    pub area: Area,
    /// First sensing day, UTC, included.
    pub from: Date,
    /// Last sensing day, UTC, included. Items after it are not used even if the catalog gives them.
    pub to: Date,
    /// Collections. Empty: [`DEFAULT_COLLECTIONS`] of an API, everything readable on disk.
    pub collections: Vec<String>,
    /// Bands that an item must have to be of use.
    pub needed: Vec<Band>,
    /// Dialect row for collections that the table does not know (a private mirror).
    pub dialect: Option<&'static Dialect>,
}

impl Search {
    /// A search with the usual collections and bands.
    pub fn new(area: Area, from: Date, to: Date) -> Search {
        Search { area, from, to, collections: Vec::new(), needed: NEEDED_BANDS.to_vec(), dialect: None }
    }
}

/// The whole answer to a search.
#[derive(Clone, Debug)]
pub struct Found {
    /// Scenes in order of time, tile and id. A scene with unsettled radiometry is among them and says so.
    pub scenes: Vec<Scene>,
    /// Items not used, in order of id.
    pub skipped: Vec<Skipped>,
    /// Twins dropped.
    pub duplicates: Vec<Duplicate>,
    /// Acquisitions expected and found, over scenes only.
    pub coverage: Coverage,
    /// Whether the catalog gave all it has. False only where its paging ran in circles.
    pub complete: bool,
    /// Pages read, or files.
    pub pages: u32,
    /// Requests made, the repeated ones too.
    pub requests: u32,
    /// Requests made again after a failure.
    pub retries: u32,
    /// Bytes of answers, or of files.
    pub bytes: u64,
    /// Items that came more than once.
    pub repeated_items: u32,
    /// Items outside the time, collections or area asked for.
    pub outside: u32,
    /// What the user should know, in plain words.
    pub warnings: Vec<String>,
}

impl Catalog {
    /// The catalog at an address (`https://…`, or `http://` on this machine) or a path. Nothing is fetched.
    ///
    /// # Errors
    /// An address or path that cannot be used.
    pub fn open(place: &str, limits: Limits) -> Result<Catalog, Error> {
        if place.contains("://") {
            return StacApi::new(place, limits).map(Catalog::Api);
        }
        LocalItems::open(Path::new(place)).map(Catalog::Local)
    }

    /// Searches.
    ///
    /// # Errors
    /// Any failure that leaves the answer incomplete, of any page; [`Error::is_transient`] tells whether
    /// the same search may succeed later.
    pub async fn search(&self, search: &Search) -> Result<Found, Error> {
        let listing = match self {
            Catalog::Api(api) => api.list(search).await?,
            Catalog::Local(items) => items.list(search).await?,
        };
        let mut warnings = listing.warnings;
        warnings.extend(listing.collector.warnings());
        let collector = listing.collector;
        let (items, duplicates) = resolve_duplicates(collector.items);
        let scenes: Vec<Scene> = items.into_iter().map(|i| i.scene).collect();
        let mut skipped = collector.skipped;
        skipped.sort_by(|a, b| (&a.item_id, &a.collection).cmp(&(&b.item_id, &b.collection)));
        tracing::debug!(scenes = scenes.len(), skipped = skipped.len(), "catalog searched");
        Ok(Found {
            coverage: expected_acquisitions(&scenes, search.from, search.to),
            scenes,
            skipped,
            duplicates,
            complete: listing.complete,
            pages: listing.pages,
            requests: listing.requests,
            retries: listing.retries,
            bytes: listing.bytes,
            repeated_items: collector.repeated,
            outside: collector.outside,
            warnings,
        })
    }
}
