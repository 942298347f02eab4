//! The scene-classification table: what each Sen2Cor class means and how far it is believed.
//!
//! Comes in: a byte of an SCL raster. Goes out: [`Scl`], its group and default weight.
//! Not here: dilation and pixels (see `zonal`).

/// A Sen2Cor L2A scene class, 0 to 11.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Scl {
    /// 0: no data.
    NoData = 0,
    /// 1: saturated or defective.
    Saturated = 1,
    /// 2: dark area or topographic shadow.
    Dark = 2,
    /// 3: cloud shadow.
    CloudShadow = 3,
    /// 4: vegetation.
    Vegetation = 4,
    /// 5: not vegetated.
    Bare = 5,
    /// 6: water.
    Water = 6,
    /// 7: unclassified.
    Unclassified = 7,
    /// 8: cloud, medium probability.
    CloudMedium = 8,
    /// 9: cloud, high probability.
    CloudHigh = 9,
    /// 10: thin cirrus.
    Cirrus = 10,
    /// 11: snow or ice.
    Snow = 11,
}

/// What a class counts as when a plot's view is described.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SclGroup {
    /// No measurement at all.
    NoData,
    /// Land that can be read.
    Land,
    /// Water that can be read.
    Water,
    /// Cloud of any kind.
    Cloud,
    /// Cloud shadow.
    Shadow,
    /// Snow or ice.
    Snow,
}

/// One row of the scene-classification table.
#[derive(Clone, Copy, Debug)]
pub struct SclFacts {
    /// The class.
    pub class: Scl,
    /// Word used in pipeline files and outputs.
    pub name: &'static str,
    /// What it counts as.
    pub group: SclGroup,
    /// Default weight of a pixel of this class, 0 (never read) to 1.
    pub weight: f64,
    /// Default dilation of the class, metres: how far its error reaches past its edge.
    pub dilate_m: f64,
}

/// The table. Classes: ESA Sentinel-2 L2A Product Definition, Sen2Cor scene classification.
/// Weights and dilations: Sen2Cor masks are not dilated and omission hurts more than commission
/// (CESBIO mask comparisons); dark pixels keep some weight because wet soil and paddies land there;
/// see `docs/methods.md`, "Cloud mask".
pub const SCL: [SclFacts; 12] = [
    row(Scl::NoData, "no_data", SclGroup::NoData, 0.0, 0.0),
    row(Scl::Saturated, "saturated", SclGroup::NoData, 0.0, 0.0),
    row(Scl::Dark, "dark", SclGroup::Land, 0.3, 0.0),
    row(Scl::CloudShadow, "cloud_shadow", SclGroup::Shadow, 0.0, 60.0),
    row(Scl::Vegetation, "vegetation", SclGroup::Land, 1.0, 0.0),
    row(Scl::Bare, "bare", SclGroup::Land, 1.0, 0.0),
    row(Scl::Water, "water", SclGroup::Water, 1.0, 0.0),
    row(Scl::Unclassified, "unclassified", SclGroup::Land, 0.5, 0.0),
    row(Scl::CloudMedium, "cloud_medium", SclGroup::Cloud, 0.0, 100.0),
    row(Scl::CloudHigh, "cloud_high", SclGroup::Cloud, 0.0, 100.0),
    row(Scl::Cirrus, "cirrus", SclGroup::Cloud, 0.0, 60.0),
    row(Scl::Snow, "snow", SclGroup::Snow, 0.0, 0.0),
];

const fn row(class: Scl, name: &'static str, group: SclGroup, weight: f64, dilate_m: f64) -> SclFacts {
    SclFacts { class, name, group, weight, dilate_m }
}

impl Scl {
    /// The class of a raster value; values above 11 are read as no data.
    pub fn from_value(value: u8) -> Scl {
        SCL.get(usize::from(value)).map_or(Scl::NoData, |f| f.class)
    }

    /// This class's row of [`SCL`].
    pub fn facts(self) -> &'static SclFacts {
        &SCL[self as usize]
    }

    /// The class with this name, as in pipeline files.
    pub fn parse(name: &str) -> Option<Scl> {
        SCL.iter().find(|f| f.name == name).map(|f| f.class)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_is_in_value_order() {
        for (i, f) in SCL.iter().enumerate() {
            assert_eq!(f.class as usize, i);
            assert_eq!(Scl::from_value(i as u8), f.class);
            assert_eq!(Scl::parse(f.name), Some(f.class));
        }
        assert_eq!(Scl::from_value(12), Scl::NoData);
        assert_eq!(Scl::from_value(255), Scl::NoData);
    }
}
