//! The dialect table: how each public catalog names the files of a Sentinel-2 L2A item, and which
//! family of offset rules its pixels follow. One row is all that a new catalog takes.

use crate::band::Band;

/// How a collection treats the baseline-04.00 offset of -0.1 reflectance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OffsetFamily {
    /// The archive takes the offset out of most pixels and says so with a flag on the item.
    Flagged,
    /// The archive never touches the pixels and declares the offset on each band.
    Declared,
    /// The archive never touches the pixels and declares nothing: the baseline decides.
    Baseline,
}

/// One row of the dialect table.
#[derive(Clone, Copy, Debug)]
pub struct Dialect {
    /// Word for this row, as a setting names it.
    pub name: &'static str,
    /// Collection id the row answers for.
    pub collection: &'static str,
    /// The catalog it belongs to, in plain words.
    pub belongs_to: &'static str,
    /// Asset key of each band.
    pub assets: &'static [(Band, &'static str)],
    /// How the offset is settled.
    pub offset: OffsetFamily,
    /// Property that says whether the offset is already out of the pixels.
    pub flag: Option<&'static str>,
    /// A property that only this row's items have; lets an item without a collection be recognised.
    pub mark: Option<&'static str>,
    /// A media-type or access note for the user, said once per search when items of this row are used.
    pub note: Option<&'static str>,
}

/// Asset keys by common name (Earth Search v1, stactools).
const BY_COMMON_NAME: &[(Band, &str)] = &[
    (Band::B02, "blue"),
    (Band::B03, "green"),
    (Band::B04, "red"),
    (Band::B05, "rededge1"),
    (Band::B06, "rededge2"),
    (Band::B07, "rededge3"),
    (Band::B08, "nir"),
    (Band::B8A, "nir08"),
    (Band::B11, "swir16"),
    (Band::B12, "swir22"),
    (Band::Scl, "scl"),
];

/// Asset keys by ESA name (Earth Search v0, Planetary Computer).
const BY_ESA_NAME: &[(Band, &str)] = &[
    (Band::B02, "B02"),
    (Band::B03, "B03"),
    (Band::B04, "B04"),
    (Band::B05, "B05"),
    (Band::B06, "B06"),
    (Band::B07, "B07"),
    (Band::B08, "B08"),
    (Band::B8A, "B8A"),
    (Band::B11, "B11"),
    (Band::B12, "B12"),
    (Band::Scl, "SCL"),
];

/// Asset keys by ESA name and pixel size (Copernicus Data Space).
const BY_ESA_NAME_AND_SIZE: &[(Band, &str)] = &[
    (Band::B02, "B02_10m"),
    (Band::B03, "B03_10m"),
    (Band::B04, "B04_10m"),
    (Band::B05, "B05_20m"),
    (Band::B06, "B06_20m"),
    (Band::B07, "B07_20m"),
    (Band::B08, "B08_10m"),
    (Band::B8A, "B8A_20m"),
    (Band::B11, "B11_20m"),
    (Band::B12, "B12_20m"),
    (Band::Scl, "SCL_20m"),
];

/// The dialect table, in order of preference where two rows hold the same acquisition equally well.
///
/// Sources: Earth Search README and issues 24, 41, 45, 66, 71 (github.com/Element84/earth-search);
/// Planetary Computer issue 134; the Copernicus Data Space STAC collection `sentinel-2-l2a`.
pub const DIALECTS: &[Dialect] = &[
    Dialect {
        name: "earth-search-l2a",
        collection: "sentinel-2-l2a",
        belongs_to: "Earth Search v1 (bucket sentinel-cogs)",
        assets: BY_COMMON_NAME,
        offset: OffsetFamily::Flagged,
        flag: Some("earthsearch:boa_offset_applied"),
        mark: Some("earthsearch:boa_offset_applied"),
        note: None,
    },
    Dialect {
        name: "earth-search-c1-l2a",
        collection: "sentinel-2-c1-l2a",
        belongs_to: "Earth Search v1, Collection 1 (bucket e84-earth-search-sentinel-data)",
        assets: BY_COMMON_NAME,
        offset: OffsetFamily::Declared,
        flag: Some("earthsearch:boa_offset_applied"),
        mark: None,
        note: None,
    },
    Dialect {
        name: "earth-search-v0",
        collection: "sentinel-s2-l2a-cogs",
        belongs_to: "Earth Search v0 (bucket sentinel-cogs)",
        assets: BY_ESA_NAME,
        offset: OffsetFamily::Flagged,
        flag: Some("sentinel:boa_offset_applied"),
        mark: Some("sentinel:grid_square"),
        note: None,
    },
    Dialect {
        name: "planetary-computer",
        collection: "sentinel-2-l2a",
        belongs_to: "Microsoft Planetary Computer",
        assets: BY_ESA_NAME,
        offset: OffsetFamily::Baseline,
        flag: None,
        mark: Some("s2:mgrs_tile"),
        note: Some(
            "Planetary Computer files open only with a signed link (SAS token), which croplens does not \
             make: expect read failures unless the files are copied or the links are signed beforehand",
        ),
    },
    Dialect {
        name: "copernicus-data-space",
        collection: "sentinel-2-l2a",
        belongs_to: "Copernicus Data Space Ecosystem",
        assets: BY_ESA_NAME_AND_SIZE,
        offset: OffsetFamily::Baseline,
        flag: None,
        mark: None,
        note: Some("Copernicus Data Space serves JPEG 2000 files, which croplens cannot read by parts"),
    },
    Dialect {
        name: "stactools",
        collection: "sentinel2-l2a",
        belongs_to: "items made from ESA products by stactools",
        assets: BY_COMMON_NAME,
        offset: OffsetFamily::Declared,
        flag: None,
        mark: Some("s2:product_uri"),
        note: None,
    },
];

/// Level-1C collections: top-of-atmosphere, no scene classification, never read.
pub(super) const LEVEL_1C_COLLECTIONS: &[&str] = &["sentinel-2-l1c", "sentinel-s2-l1c"];

/// Collections asked for when the user names none: the two of Earth Search v1.
pub const DEFAULT_COLLECTIONS: &[&str] = &["sentinel-2-l2a", "sentinel-2-c1-l2a"];

impl Dialect {
    /// The row with this name.
    pub fn by_name(name: &str) -> Option<&'static Dialect> {
        DIALECTS.iter().find(|d| d.name == name)
    }

    /// Asset key of a band.
    pub fn key(&self, band: Band) -> Option<&'static str> {
        self.assets.iter().find(|(b, _)| *b == band).map(|(_, key)| *key)
    }

    /// Position in [`DIALECTS`]: the last resort when two items are equally good.
    pub(super) fn rank(&self) -> usize {
        DIALECTS.iter().position(|d| d.name == self.name).unwrap_or(usize::MAX)
    }

    /// Whether the item has one of the keys that tell this row from the others, as a COG or as the
    /// JPEG 2000 twin that Earth Search lists under `<key>-jp2`.
    fn names(&self, has_asset: &impl Fn(&str) -> bool) -> bool {
        [Band::B04, Band::B08, Band::Scl]
            .into_iter()
            .filter_map(|band| self.key(band))
            .any(|key| has_asset(key) || has_asset(&jp2_key(key)))
    }
}

/// Key under which Earth Search lists the JPEG 2000 original of an asset.
pub(super) fn jp2_key(key: &str) -> String {
    format!("{key}-jp2")
}

/// The row for an item: by collection id and asset keys, or, without a collection, by its marks.
///
/// An item of a known collection with none of the expected keys gets the collection's first row, so
/// that the missing assets are reported rather than the collection.
pub(super) fn choose(
    collection: Option<&str>,
    has_asset: impl Fn(&str) -> bool,
    has_property: impl Fn(&str) -> bool,
) -> Option<&'static Dialect> {
    let Some(collection) = collection else {
        return DIALECTS.iter().find(|d| d.mark.is_some_and(&has_property) && d.names(&has_asset));
    };
    let mut rows = DIALECTS.iter().filter(|d| d.collection == collection);
    rows.clone().find(|d| d.names(&has_asset)).or_else(|| rows.next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_names_every_band_once() {
        for row in DIALECTS {
            for band in crate::band::BANDS {
                let keys = row.assets.iter().filter(|(b, _)| *b == band.band).count();
                assert_eq!(keys, 1, "{} {}", row.name, band.name);
            }
            assert_eq!(Dialect::by_name(row.name).map(|d| d.name), Some(row.name));
        }
    }

    #[test]
    fn one_collection_id_three_catalogs_told_apart_by_keys() {
        let chosen = |key: &str| choose(Some("sentinel-2-l2a"), |k| k == key, |_| false).map(|d| d.name);
        assert_eq!(chosen("red"), Some("earth-search-l2a"));
        assert_eq!(chosen("red-jp2"), Some("earth-search-l2a"));
        assert_eq!(chosen("B04"), Some("planetary-computer"));
        assert_eq!(chosen("B04_10m"), Some("copernicus-data-space"));
        assert_eq!(chosen("thumbnail"), Some("earth-search-l2a"));
        assert_eq!(choose(Some("landsat-c2-l2"), |_| true, |_| true).map(|d| d.name), None);
    }
}
