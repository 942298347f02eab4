//! The files of an item: which of them can be read, and what they declare about their numbers.

use std::collections::BTreeMap;

use serde_json::Value;

use super::dialect::{self, Dialect};
use super::href;
use super::item::Reading;
use super::radiometry::BandDeclaration;
use super::skip::{SkipReason, printable};
use crate::band::Band;
use crate::scene::Asset;

/// The readable files of an item by band, or why it cannot do without one of the others. A link that is
/// not allowed spoils the item even on a band that is not needed.
pub(super) fn read<'v>(
    listed: &impl Fn(&str) -> Option<&'v Value>,
    row: &Dialect,
    reading: &Reading<'_>,
) -> Result<BTreeMap<Band, Asset>, SkipReason> {
    let mut assets = BTreeMap::new();
    let mut unread: Vec<(Band, Unread)> = Vec::new();
    for (band, key) in row.assets {
        match listed(key) {
            None if listed(&dialect::jp2_key(key)).is_some() => unread.push((*band, Unread::Jpeg2000)),
            None => unread.push((*band, Unread::Missing)),
            Some(asset) => match (asset.get("href").and_then(Value::as_str), format_of(asset)) {
                (None, _) => unread.push((*band, Unread::Missing)),
                (Some(_), Err(why)) => unread.push((*band, why)),
                (Some(text), Ok(())) => {
                    let href = href::resolve(text, &reading.origin)
                        .map_err(|why| SkipReason::HostileHref { band: *band, why })?;
                    assets.insert(*band, Asset { href });
                }
            },
        }
    }
    unread.retain(|(band, _)| reading.needed.contains(band));
    let bands_with = |is: fn(&Unread) -> bool| -> Vec<Band> {
        unread.iter().filter(|(_, why)| is(why)).map(|(band, _)| *band).collect()
    };
    let missing = bands_with(|u| matches!(u, Unread::Missing));
    let jpeg2000 = bands_with(|u| matches!(u, Unread::Jpeg2000));
    if !missing.is_empty() {
        return Err(SkipReason::MissingAssets(missing));
    }
    if !jpeg2000.is_empty() {
        return Err(SkipReason::Jpeg2000Only(jpeg2000));
    }
    match unread.into_iter().next() {
        Some((band, Unread::Other(found))) => Err(SkipReason::NotGeoTiff { band, found }),
        _ => Ok(assets),
    }
}

/// What the reflectance files that can be read declare.
pub(super) fn declarations<'v>(
    listed: &impl Fn(&str) -> Option<&'v Value>,
    row: &Dialect,
    assets: &BTreeMap<Band, Asset>,
) -> Vec<BandDeclaration> {
    let reflectance = assets.keys().filter(|band| **band != Band::Scl);
    reflectance
        .filter_map(|band| Some((*band, listed(row.key(*band)?)?)))
        .map(|(band, asset)| BandDeclaration {
            band,
            scale: declared(asset, "scale"),
            offset: declared(asset, "offset"),
        })
        .collect()
}

/// Why a listed band cannot be read.
enum Unread {
    Missing,
    Jpeg2000,
    Other(String),
}

/// Scale or offset of an asset, in the spellings of the raster extension 1 and 2 and of STAC 1.1.
fn declared(asset: &Value, what: &str) -> Option<f64> {
    let prefixed = format!("raster:{what}");
    let in_bands = |bands: &str, key: &str| asset.get(bands)?.get(0)?.get(key)?.as_f64();
    in_bands("raster:bands", what)
        .or_else(|| in_bands("bands", &prefixed))
        .or_else(|| asset.get(&prefixed)?.as_f64())
}

/// Whether an asset is a GeoTIFF by its media type, or without one by the ending of its link.
fn format_of(asset: &Value) -> Result<(), Unread> {
    let href = asset.get("href").and_then(Value::as_str).unwrap_or_default();
    let path = href.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    let kind = asset.get("type").and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase();
    let tiff_ending = path.ends_with(".tif") || path.ends_with(".tiff");
    if path.ends_with(".jp2") || (kind.starts_with("image/jp2") && !tiff_ending) {
        return Err(Unread::Jpeg2000);
    }
    if kind.starts_with("image/tiff") || kind.starts_with("image/vnd.stac.geotiff") || tiff_ending {
        return Ok(());
    }
    Err(Unread::Other(if kind.is_empty() { "no media type".to_owned() } else { printable(&kind) }))
}
