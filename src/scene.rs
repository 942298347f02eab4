//! One Sentinel-2 L2A scene as the rest of the house needs it, radiometry already settled.
//!
//! Comes in: what `catalog` read from a STAC item. Goes out: [`Scene`]. Not here: JSON, dialects,
//! files.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use geo::MultiPolygon;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::band::Band;

/// Identity of a scene: the id of its STAC item. Clones share the text: every observation carries one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SceneId(Arc<str>);

impl SceneId {
    /// Longest id accepted, bytes.
    pub const MAX_LEN: usize = 200;

    /// An id of 1 to 200 printable ASCII characters without `/`; `None` for anything else.
    pub fn new(text: &str) -> Option<SceneId> {
        let fits = !text.is_empty()
            && text.len() <= Self::MAX_LEN
            && text.bytes().all(|b| b.is_ascii_graphic() && b != b'/' && b != b'\\');
        fits.then(|| SceneId(text.into()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SceneId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An MGRS 100 km tile, `36NYG`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MgrsTile(String);

impl MgrsTile {
    /// Zone 1 to 60 (leading zero optional), latitude band C to X, two square letters.
    pub fn new(text: &str) -> Option<MgrsTile> {
        let text = text.strip_prefix("MGRS-").unwrap_or(text);
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (zone, letters) = text.split_at_checked(digits)?;
        let zone: u8 = zone.parse().ok().filter(|z| (1..=60).contains(z))?;
        let letters = letters.as_bytes();
        let letter = |b: u8| b.is_ascii_uppercase() && b != b'I' && b != b'O';
        let fits = letters.len() == 3
            && letters.iter().all(|b| letter(*b))
            && (b'C'..=b'X').contains(&letters[0])
            && letters[2] <= b'V';
        fits.then(|| MgrsTile(format!("{zone:02}{}", String::from_utf8_lossy(letters))))
    }

    /// `36NYG`, zone always with two digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MgrsTile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How digital numbers become reflectance, *as it still must be done*.
///
/// # Method
/// `reflectance = DN * scale + offset`; DN 0 is no data.
#[derive(Clone, Debug, PartialEq)]
pub struct Radiometry {
    /// Multiplier, usually 0.0001.
    pub scale: f64,
    /// Reflectance to add after scaling: -0.1 where the baseline-04.00 offset is still in the
    /// numbers, 0 where there is none or the archive already removed it.
    pub offset: f64,
    /// Offset the item declares for its bands, whether or not it must still be applied.
    pub offset_declared: Option<f64>,
    /// The rule that decided, a word of the table in `catalog`.
    pub rule: &'static str,
    /// What the decision rests on, in plain words.
    pub evidence: String,
    /// Whether the offset could be settled. An unsettled scene is never read for NDVI.
    pub settled: bool,
}

/// One file of a scene.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asset {
    /// Where it lies, resolved against the item (`https://`, `s3://` or a path).
    pub href: String,
}

/// One Sentinel-2 L2A scene (a STAC item), reduced to what is needed to read and cite it.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    /// Item id.
    pub id: SceneId,
    /// Collection the item was found in.
    pub collection: String,
    /// Sensing time.
    pub datetime: Timestamp,
    /// MGRS tile.
    pub tile: MgrsTile,
    /// Satellite, `sentinel-2a`, when the item says so.
    pub platform: Option<String>,
    /// Processing baseline, `05.09`, when the item says so.
    pub baseline: Option<String>,
    /// Footprint in lon/lat. Only a pre-filter: the raster's own extent decides.
    pub footprint: MultiPolygon<f64>,
    /// Cloud cover of the whole scene, percent, when the item says so.
    pub cloud_cover_percent: Option<f64>,
    /// Readable files by band.
    pub assets: BTreeMap<Band, Asset>,
    /// How to read the numbers.
    pub radiometry: Radiometry,
    /// Where the item itself was read from, for provenance: its address, or its path inside a local catalogue.
    pub item_href: Option<String>,
}

/// Solar day of an instant at a longitude: UTC shifted by four minutes a degree.
///
/// Scenes of one overpass that straddle midnight UTC fall on one solar day.
pub fn solar_date(datetime: Timestamp, lon_deg: f64) -> Date {
    let seconds = (lon_deg.clamp(-180.0, 180.0) * 240.0).round() as i64;
    let shifted = Timestamp::from_second(datetime.as_second().saturating_add(seconds)).unwrap_or(datetime);
    shifted.to_zoned(jiff::tz::TimeZone::UTC).date()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_are_normalised_and_checked() {
        assert_eq!(MgrsTile::new("MGRS-6WVC").unwrap().as_str(), "06WVC");
        assert_eq!(MgrsTile::new("36NYG").unwrap().as_str(), "36NYG");
        for bad in ["", "61NYG", "36NY", "36IYG", "36NYZ", "36nyg", "36NYGG", "/36NYG"] {
            assert_eq!(MgrsTile::new(bad), None, "{bad}");
        }
    }

    #[test]
    fn solar_day_follows_the_sun_not_greenwich() {
        let t: Timestamp = "2024-03-01T23:30:00Z".parse().unwrap();
        assert_eq!(solar_date(t, 0.0).to_string(), "2024-03-01");
        assert_eq!(solar_date(t, 150.0).to_string(), "2024-03-02");
        assert_eq!(solar_date(t, -179.0).to_string(), "2024-03-01");
    }

    #[test]
    fn scene_ids_cannot_carry_a_path() {
        assert!(SceneId::new("S2A_29RKH_20200219_0_L2A").is_some());
        for bad in ["", "a/b", "a\\b", "a b", "a\u{0}b", "ä"] {
            assert_eq!(SceneId::new(bad), None, "{bad}");
        }
    }
}
