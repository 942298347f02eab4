//! One STAC item to one scene. Pure: text in, value out; recorded items test it.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::assets;
use super::dialect::{self, Dialect};
use super::footprint;
use super::href::{self, Origin};
use super::radiometry::{self, Facts};
use super::skip::{SkipReason, printable};
use crate::band::Band;
use crate::scene::{MgrsTile, Scene, SceneId};

/// Bands without which a scene cannot give a cloud-masked NDVI.
pub const NEEDED_BANDS: &[Band] = &[Band::B04, Band::B08, Band::Scl];

/// How items are to be read.
#[derive(Clone, Copy, Debug)]
pub struct Reading<'a> {
    /// Where the item came from: decides which links are allowed.
    pub origin: Origin<'a>,
    /// Bands an item must have, usually [`NEEDED_BANDS`].
    pub needed: &'a [Band],
    /// The dialect row to use for collections that have none of their own (a private mirror).
    pub dialect: Option<&'static Dialect>,
}

/// A scene and what only the catalog needs of its item: to tell twins apart and to choose among them.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// The scene.
    pub scene: Scene,
    /// Name of its dialect row.
    pub dialect: &'static str,
    /// Start of the datatake as ESA writes it, `20240402T173901`. The same for every tile of one pass.
    pub datatake: Option<String>,
    /// When the product was made (`s2:generation_time`, else `created`).
    pub processed: Option<Timestamp>,
    /// Number that Earth Search puts into ids to tell products of one day apart.
    pub sequence: Option<u32>,
    /// Relative orbit, 1 to 143.
    pub relative_orbit: Option<u16>,
}

/// Reads one STAC item.
///
/// # Errors
/// The reason it is not used. Nothing is fetched.
pub fn parse_item(text: &str, reading: &Reading<'_>) -> Result<Item, SkipReason> {
    Raw::read(text)?.into_item(reading)
}

/// An item whose members have been found, not yet judged.
#[derive(Debug)]
pub(super) struct Raw {
    value: Value,
}

impl Raw {
    pub(super) fn read(text: &str) -> Result<Raw, SkipReason> {
        let value = serde_json::from_str(text)
            .map_err(|e| SkipReason::NotAnItem(format!("the text is not JSON ({e})")))?;
        Raw::from_value(value)
    }

    pub(super) fn from_value(value: Value) -> Result<Raw, SkipReason> {
        let missing = ["id", "properties", "assets"].into_iter().find(|key| value.get(key).is_none());
        match missing {
            Some(key) => Err(SkipReason::NotAnItem(format!("it has no member \"{key}\""))),
            None => Ok(Raw { value }),
        }
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.value.get(key)?.as_str()
    }

    fn property(&self, key: &str) -> Option<&Value> {
        self.value.get("properties")?.get(key).filter(|v| !v.is_null())
    }

    fn word(&self, key: &str) -> Option<&str> {
        self.property(key)?.as_str()
    }

    fn time(&self, key: &str) -> Option<Timestamp> {
        self.word(key)?.parse().ok()
    }

    fn asset(&self, key: &str) -> Option<&Value> {
        self.value.get("assets")?.get(key)
    }

    /// The id for a list of skipped items, whatever it is.
    pub(super) fn id_for_print(&self) -> String {
        self.text("id").map_or_else(|| "(no id)".to_owned(), printable)
    }

    pub(super) fn collection(&self) -> Option<&str> {
        self.text("collection").filter(|c| !c.is_empty())
    }

    pub(super) fn datetime(&self) -> Option<Timestamp> {
        self.time("datetime").or_else(|| self.time("start_datetime"))
    }

    pub(super) fn footprint(&self) -> geo::MultiPolygon<f64> {
        let member = |key| self.value.get(key).unwrap_or(&Value::Null);
        footprint::read(member("geometry"), member("bbox"))
    }

    fn self_href(&self) -> Option<String> {
        let links = self.value.get("links")?.as_array()?;
        let link = links.iter().find(|l| l.get("rel").and_then(Value::as_str) == Some("self"))?;
        link.get("href")?.as_str().filter(|h| href::has_scheme(h)).map(printable)
    }

    pub(super) fn into_item(self, reading: &Reading<'_>) -> Result<Item, SkipReason> {
        let id = self.text("id").and_then(SceneId::new).ok_or(SkipReason::BadId)?;
        let row = self.dialect(reading)?;
        let datetime = self.datetime().ok_or(SkipReason::NoDatetime)?;
        let tile = self.tile(id.as_str()).ok_or(SkipReason::NoTile)?;
        let listed = |key: &str| self.asset(key);
        let assets = assets::read(&listed, row, reading)?;
        let baselines = self.baselines(id.as_str());
        let facts = Facts {
            family: row.offset,
            flag: row.flag.and_then(|key| self.property(key)).and_then(Value::as_bool),
            bands: assets::declarations(&listed, row, &assets),
            baselines: baselines.clone(),
            sensed: datetime.to_zoned(TimeZone::UTC).date(),
        };
        let item_href = match reading.origin {
            Origin::Remote { .. } => self.self_href(),
            // Relative to the catalogue: a record must not change because a folder was moved.
            Origin::Local { file, folder } => {
                file.strip_prefix(folder).unwrap_or(file).to_str().map(str::to_owned)
            }
        };
        let scene = Scene {
            collection: self.collection().unwrap_or(row.collection).to_owned(),
            datetime,
            tile,
            platform: self.word("platform").map(|p| printable(p).to_lowercase()),
            baseline: baselines.first().map(|b| radiometry::written(*b)),
            footprint: self.footprint(),
            cloud_cover_percent: self
                .property("eo:cloud_cover")
                .and_then(Value::as_f64)
                .filter(|c| (0.0..=100.0).contains(c)),
            assets,
            radiometry: radiometry::settle(&facts),
            item_href,
            id,
        };
        Ok(Item {
            dialect: row.name,
            datatake: self.datatake(),
            processed: self.time("s2:generation_time").or_else(|| self.time("created")),
            sequence: self.sequence(scene.id.as_str()),
            relative_orbit: self.relative_orbit(),
            scene,
        })
    }

    fn dialect(&self, reading: &Reading<'_>) -> Result<&'static Dialect, SkipReason> {
        let collection = self.collection();
        if collection.is_some_and(|c| dialect::LEVEL_1C_COLLECTIONS.contains(&c))
            || self.word("s2:product_type").is_some_and(|t| t.ends_with("1C"))
        {
            return Err(SkipReason::LevelOneC);
        }
        dialect::choose(collection, |key| self.asset(key).is_some(), |key| self.property(key).is_some())
            .or(reading.dialect)
            .ok_or_else(|| SkipReason::UnknownCollection(collection.map_or("(none)".to_owned(), printable)))
    }

    /// Tile from `grid:code`, the `mgrs:*` or `sentinel:*` parts, `s2:mgrs_tile`, a tile id, or the id.
    fn tile(&self, id: &str) -> Option<MgrsTile> {
        let whole = ["grid:code", "s2:mgrs_tile", "s2:tile_id", "tileId"]
            .into_iter()
            .filter_map(|key| self.word(key))
            .find_map(|text| MgrsTile::new(text.trim_start_matches('T')));
        let parts = || {
            ["mgrs", "sentinel"].into_iter().find_map(|prefix| {
                let zone = self.property(&format!("{prefix}:utm_zone"))?.as_u64()?;
                let band = self.word(&format!("{prefix}:latitude_band"))?;
                let square = self.word(&format!("{prefix}:grid_square"))?;
                MgrsTile::new(&format!("{zone}{band}{square}"))
            })
        };
        let from_id =
            || id.split(['_', '.']).find_map(|part| MgrsTile::new(part.strip_prefix('T').unwrap_or(part)));
        whole.or_else(parts).or_else(from_id)
    }

    fn product_names(&self) -> impl Iterator<Item = &str> {
        ["s2:product_uri", "sentinel:product_id", "s2:product_id"].into_iter().filter_map(|k| self.word(k))
    }

    /// Every baseline the item names, the property first.
    fn baselines(&self, id: &str) -> Vec<u16> {
        let mut found: Vec<u16> =
            ["s2:processing_baseline", "sentinel2:processing_baseline", "sentinel:processing_baseline"]
                .into_iter()
                .chain(["processing:version"])
                .filter_map(|key| self.word(key))
                .filter_map(radiometry::baseline_number)
                .collect();
        let names = self.product_names().chain([id]).chain(self.word("s2:datatake_id"));
        for part in names.flat_map(|name| name.split('_')) {
            if part.starts_with('N') {
                found.extend(radiometry::baseline_number(part));
            }
        }
        let mut once: Vec<u16> = Vec::new();
        for baseline in found {
            if !once.contains(&baseline) {
                once.push(baseline);
            }
        }
        once
    }

    fn datatake(&self) -> Option<String> {
        let start = |name: &str, nth: usize| {
            let part = name.split('_').nth(nth)?;
            let digits = part.len() == 15 && part.bytes().all(|b| b.is_ascii_digit() || b == b'T');
            digits.then(|| part.to_owned())
        };
        self.word("s2:datatake_id")
            .and_then(|id| start(id, 1))
            .or_else(|| self.product_names().find_map(|name| start(name, 2)))
    }

    fn sequence(&self, id: &str) -> Option<u32> {
        ["s2:sequence", "sentinel:sequence"]
            .into_iter()
            .find_map(|key| self.word(key)?.parse().ok())
            .or_else(|| id.split('_').nth(3)?.parse().ok())
    }

    fn relative_orbit(&self) -> Option<u16> {
        let declared = self.property("sat:relative_orbit").and_then(Value::as_u64);
        let from_name = || {
            self.product_names().flat_map(|name| name.split('_')).find_map(|part| {
                part.strip_prefix('R').filter(|d| d.len() == 3).and_then(|digits| digits.parse::<u64>().ok())
            })
        };
        declared.or_else(from_name).and_then(|o| u16::try_from(o).ok()).filter(|o| (1..=143).contains(o))
    }
}
