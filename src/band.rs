//! The band table: the one place that knows Sentinel-2 band names and pixel sizes.
//!
//! Comes in: nothing. Goes out: [`Band`]. Not here: asset keys (see `catalog`), digital numbers.

use std::fmt;

/// A band of a Sentinel-2 L2A scene that croplens can read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Band {
    /// Blue, 490 nm, 10 m.
    B02,
    /// Green, 560 nm, 10 m.
    B03,
    /// Red, 665 nm, 10 m.
    B04,
    /// Red edge 1, 705 nm, 20 m.
    B05,
    /// Red edge 2, 740 nm, 20 m.
    B06,
    /// Red edge 3, 783 nm, 20 m.
    B07,
    /// Near infrared, 842 nm, 10 m.
    B08,
    /// Narrow near infrared, 865 nm, 20 m.
    B8A,
    /// Short-wave infrared 1, 1610 nm, 20 m.
    B11,
    /// Short-wave infrared 2, 2190 nm, 20 m.
    B12,
    /// Scene classification (Sen2Cor), 20 m, classes not reflectance.
    Scl,
}

/// One row of the band table.
#[derive(Clone, Copy, Debug)]
pub struct BandFacts {
    /// The band.
    pub band: Band,
    /// Name as ESA writes it, `B04`.
    pub name: &'static str,
    /// STAC `eo:common_name`, or the Earth Search asset key where STAC has none.
    pub common_name: &'static str,
    /// Ground sample distance, metres.
    pub gsd_m: f64,
    /// Centre wavelength, nanometres (0 for the scene classification).
    pub centre_nm: f64,
}

/// The band table. Source: ESA, Sentinel-2 MSI User Handbook, spatial and spectral resolution.
pub const BANDS: [BandFacts; 11] = [
    row(Band::B02, "B02", "blue", 10.0, 490.0),
    row(Band::B03, "B03", "green", 10.0, 560.0),
    row(Band::B04, "B04", "red", 10.0, 665.0),
    row(Band::B05, "B05", "rededge1", 20.0, 705.0),
    row(Band::B06, "B06", "rededge2", 20.0, 740.0),
    row(Band::B07, "B07", "rededge3", 20.0, 783.0),
    row(Band::B08, "B08", "nir", 10.0, 842.0),
    row(Band::B8A, "B8A", "nir08", 20.0, 865.0),
    row(Band::B11, "B11", "swir16", 20.0, 1610.0),
    row(Band::B12, "B12", "swir22", 20.0, 2190.0),
    row(Band::Scl, "SCL", "scl", 20.0, 0.0),
];

const fn row(
    band: Band,
    name: &'static str,
    common_name: &'static str,
    gsd_m: f64,
    centre_nm: f64,
) -> BandFacts {
    BandFacts { band, name, common_name, gsd_m, centre_nm }
}

impl Band {
    /// This band's row of [`BANDS`].
    pub fn facts(self) -> &'static BandFacts {
        // The table is in declaration order; a test holds the two together.
        &BANDS[self as usize]
    }

    /// ESA name, `B04` or `SCL`.
    pub fn name(self) -> &'static str {
        self.facts().name
    }

    /// The band with this ESA name (case ignored) or common name.
    pub fn parse(text: &str) -> Option<Band> {
        BANDS
            .iter()
            .find(|f| f.name.eq_ignore_ascii_case(text) || f.common_name.eq_ignore_ascii_case(text))
            .map(|f| f.band)
    }
}

impl fmt::Display for Band {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_is_in_declaration_order_and_names_round_trip() {
        for (i, f) in BANDS.iter().enumerate() {
            assert_eq!(f.band as usize, i);
            assert_eq!(Band::parse(f.name), Some(f.band));
            assert_eq!(Band::parse(&f.common_name.to_uppercase()), Some(f.band));
        }
    }
}
