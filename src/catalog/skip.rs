//! Why an item of the catalog is not read: said to the user, never silent.

use crate::band::Band;

/// Why a STAC item did not become a scene.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SkipReason {
    /// Not a STAC item at all.
    #[error("not a STAC item: {0}")]
    NotAnItem(String),
    /// The id is empty, too long or holds characters that no id of a scene has.
    #[error("the item id is not usable (1 to 200 printable ASCII characters without a slash)")]
    BadId,
    /// No sensing time.
    #[error("the item has no sensing time")]
    NoDatetime,
    /// No MGRS tile in its properties or its id.
    #[error("the item names no MGRS tile")]
    NoTile,
    /// The collection has no row in the dialect table.
    #[error("collection {0} is not one that croplens knows how to read")]
    UnknownCollection(String),
    /// Level 1C.
    #[error("level 1C (top of atmosphere, no scene classification): croplens reads level 2A only")]
    LevelOneC,
    /// The files exist as JPEG 2000 only.
    #[error("only JPEG 2000 files for {}: croplens reads cloud-optimised GeoTIFF", list(.0))]
    Jpeg2000Only(Vec<Band>),
    /// A needed file is of another format.
    #[error("{band} is not a GeoTIFF ({found})")]
    NotGeoTiff {
        /// Band the file was to give.
        band: Band,
        /// Media type or ending found.
        found: String,
    },
    /// Needed files are not listed.
    #[error("the item lists no file for {}", list(.0))]
    MissingAssets(Vec<Band>),
    /// An asset points where an item of this catalog may not point.
    #[error("the link of {band} is not allowed: {why}")]
    HostileHref {
        /// Band whose link it is.
        band: Band,
        /// What is wrong with it. The link itself is not repeated.
        why: &'static str,
    },
    /// A file of a local catalog that could not be read.
    #[error("unreadable: {0}")]
    Unreadable(String),
}

impl SkipReason {
    /// A stable word for tables and records.
    pub fn code(&self) -> &'static str {
        match self {
            SkipReason::NotAnItem(_) => "not_an_item",
            SkipReason::BadId => "bad_id",
            SkipReason::NoDatetime => "no_datetime",
            SkipReason::NoTile => "no_tile",
            SkipReason::UnknownCollection(_) => "unknown_collection",
            SkipReason::LevelOneC => "level_1c",
            SkipReason::Jpeg2000Only(_) => "jpeg2000_only",
            SkipReason::NotGeoTiff { .. } => "not_geotiff",
            SkipReason::MissingAssets(_) => "missing_assets",
            SkipReason::HostileHref { .. } => "hostile_href",
            SkipReason::Unreadable(_) => "unreadable",
        }
    }
}

/// An item that was found and not used, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Item id as far as it could be read, shortened and cleaned for printing; for a local file that
    /// could not be read, its name.
    pub item_id: String,
    /// Collection, when the item names one.
    pub collection: Option<String>,
    /// Why.
    pub reason: SkipReason,
    /// The reason in plain words.
    pub words: String,
}

impl Skipped {
    pub(super) fn new(item_id: &str, collection: Option<&str>, reason: SkipReason) -> Skipped {
        let words = reason.to_string();
        Skipped { item_id: printable(item_id), collection: collection.map(printable), reason, words }
    }
}

/// At most 200 printable ASCII characters of a text from outside.
pub(super) fn printable(text: &str) -> String {
    text.chars().take(200).map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '?' }).collect()
}

fn list(bands: &[Band]) -> String {
    bands.iter().map(|b| b.name()).collect::<Vec<_>>().join(", ")
}
