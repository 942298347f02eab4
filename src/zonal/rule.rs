//! The mask rule: which classes are read, with what weight, and how far clouds reach.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::scl::{SCL, Scl};

/// Longest reach accepted for a dilation or erosion, metres. Beyond it the window around a plot
/// would be larger than a block, and the rule is a typing error.
const MAX_REACH_M: f64 = 1000.0;

/// One number per scene class, in class order.
///
/// In pipeline files a table by class name (`{ unclassified = 0.0 }`); classes that are not named
/// keep their default.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PerClass(pub [f64; 12]);

impl PerClass {
    /// The number of a class.
    pub fn of(&self, class: Scl) -> f64 {
        self.0[class as usize]
    }
}

/// How NDVI is made of one pixel's reflectances.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NdviOf {
    /// Reflectances clipped to the rule's limits first; dark pixels dropped. The product's way.
    ClippedReflectance,
    /// Reflectances as they are; a pixel counts where nir + red > 0. The benchmark's way.
    SignedReflectance,
}

/// Which pixels are read, and how.
///
/// # Sources
/// Classes, weights and dilations: the table in `scl`. Erosion before dilation and its distance:
/// WorldCereal pre-processing. Clipping and the dark limit: `docs/methods.md`, "NDVI".
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, try_from = "Unchecked")]
pub struct MaskRule {
    /// Weight of a readable pixel by class, 0 (never read) to 1.
    pub weight: PerClass,
    /// How far a class reaches past its edge, metres between pixel centres; only cloud and shadow
    /// classes reach.
    pub dilate_m: PerClass,
    /// Groups of unreadable pixels that a disc of this radius does not fit into are speckle (roofs,
    /// bright bare soil): their cloud and shadow pixels are read as `unclassified` and do not reach.
    pub erode_m: f64,
    /// How far missing data reaches, metres: the rim of a swath holds half-made values.
    pub no_data_border_m: f64,
    /// Smallest digital number that is a measurement; swath rims hold ones.
    pub min_digital_number: u16,
    /// How NDVI is made.
    pub ndvi_of: NdviOf,
    /// Lower limit of reflectance before the ratio.
    pub min_reflectance: f64,
    /// Upper limit of reflectance before the ratio.
    pub max_reflectance: f64,
    /// A pixel whose red + near infrared is below this says nothing, unless it is water.
    pub dark_reflectance_sum: f64,
    /// Whether the part of a plot outside the raster counts as no data; else it is left out.
    pub count_outside_as_no_data: bool,
    /// Readable share of the plot from which a date is used. Below it the cloud's edge is the rule rather
    /// than the exception (design value, `docs/methods.md`, "Which dates are used").
    pub min_valid_fraction: f64,
    /// Readable area from which a date is used, pixels. 4: as few as grade D has (JRC small-parcel limits,
    /// Vajsova et al. 2020).
    pub min_valid_pixels: f64,
}

impl Default for MaskRule {
    fn default() -> Self {
        MaskRule {
            weight: PerClass(SCL.map(|f| f.weight)),
            dilate_m: PerClass(SCL.map(|f| f.dilate_m)),
            erode_m: 20.0,
            no_data_border_m: 20.0,
            min_digital_number: 2,
            ndvi_of: NdviOf::ClippedReflectance,
            min_reflectance: 0.001,
            max_reflectance: 1.2,
            dark_reflectance_sum: 0.03,
            count_outside_as_no_data: true,
            min_valid_fraction: 0.6,
            min_valid_pixels: 4.0,
        }
    }
}

impl MaskRule {
    /// The rule of zonal-statistics tools: a pixel is valid if its class is in the set, both
    /// numbers are non-zero and nir + red > 0; nothing is dilated, eroded, clipped or weighted.
    pub fn peers(readable: &[Scl]) -> MaskRule {
        MaskRule {
            weight: PerClass(SCL.map(|f| if readable.contains(&f.class) { 1.0 } else { 0.0 })),
            dilate_m: PerClass([0.0; 12]),
            erode_m: 0.0,
            no_data_border_m: 0.0,
            min_digital_number: 1,
            ndvi_of: NdviOf::SignedReflectance,
            count_outside_as_no_data: false,
            ..MaskRule::default()
        }
    }

    /// How far a pixel's verdict depends on its neighbours, metres: what a window of the scene
    /// classification must hold around the pixels asked for.
    pub fn margin_m(&self) -> f64 {
        let reach = self.dilate_m.0.iter().copied().fold(self.no_data_border_m, f64::max);
        // eroding looks one radius around, growing the core back another, dilating the reach
        2.0 * self.erode_m + reach
    }

    /// Checks every number of the rule.
    ///
    /// # Errors
    /// A sentence naming the key, the value and what is accepted.
    pub fn check(&self) -> Result<(), String> {
        let within = |key: &str, value: f64, low: f64, high: f64| {
            if (low..=high).contains(&value) {
                Ok(())
            } else {
                Err(format!("{key} = {value} must lie in {low} to {high}"))
            }
        };
        for facts in &SCL {
            within(&format!("weight.{}", facts.name), self.weight.of(facts.class), 0.0, 1.0)?;
            within(&format!("dilate_m.{}", facts.name), self.dilate_m.of(facts.class), 0.0, MAX_REACH_M)?;
        }
        within("erode_m", self.erode_m, 0.0, MAX_REACH_M)?;
        within("no_data_border_m", self.no_data_border_m, 0.0, MAX_REACH_M)?;
        within("min_digital_number", f64::from(self.min_digital_number), 1.0, 100.0)?;
        within("min_reflectance", self.min_reflectance, 1e-6, 0.1)?;
        within("max_reflectance", self.max_reflectance, 0.5, 2.0)?;
        within("dark_reflectance_sum", self.dark_reflectance_sum, 0.0, 0.2)?;
        within("min_valid_fraction", self.min_valid_fraction, 0.0, 1.0)?;
        within("min_valid_pixels", self.min_valid_pixels, 0.0, 1e6)
    }
}

impl Serialize for PerClass {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(SCL.iter().map(|f| (f.name, self.of(f.class))))
    }
}

/// [`MaskRule`] as written, before its numbers are checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unchecked {
    #[serde(default = "weights", deserialize_with = "weights_by_name")]
    weight: PerClass,
    #[serde(default = "dilations", deserialize_with = "dilations_by_name")]
    dilate_m: PerClass,
    erode_m: Option<f64>,
    no_data_border_m: Option<f64>,
    min_digital_number: Option<u16>,
    ndvi_of: Option<NdviOf>,
    min_reflectance: Option<f64>,
    max_reflectance: Option<f64>,
    dark_reflectance_sum: Option<f64>,
    count_outside_as_no_data: Option<bool>,
    min_valid_fraction: Option<f64>,
    min_valid_pixels: Option<f64>,
}

impl TryFrom<Unchecked> for MaskRule {
    type Error = String;

    fn try_from(raw: Unchecked) -> Result<MaskRule, String> {
        let d = MaskRule::default();
        let rule = MaskRule {
            weight: raw.weight,
            dilate_m: raw.dilate_m,
            erode_m: raw.erode_m.unwrap_or(d.erode_m),
            no_data_border_m: raw.no_data_border_m.unwrap_or(d.no_data_border_m),
            min_digital_number: raw.min_digital_number.unwrap_or(d.min_digital_number),
            ndvi_of: raw.ndvi_of.unwrap_or(d.ndvi_of),
            min_reflectance: raw.min_reflectance.unwrap_or(d.min_reflectance),
            max_reflectance: raw.max_reflectance.unwrap_or(d.max_reflectance),
            dark_reflectance_sum: raw.dark_reflectance_sum.unwrap_or(d.dark_reflectance_sum),
            count_outside_as_no_data: raw.count_outside_as_no_data.unwrap_or(d.count_outside_as_no_data),
            min_valid_fraction: raw.min_valid_fraction.unwrap_or(d.min_valid_fraction),
            min_valid_pixels: raw.min_valid_pixels.unwrap_or(d.min_valid_pixels),
        };
        rule.check().map(|()| rule)
    }
}

fn weights() -> PerClass {
    MaskRule::default().weight
}

fn dilations() -> PerClass {
    MaskRule::default().dilate_m
}

fn weights_by_name<'de, D: Deserializer<'de>>(from: D) -> Result<PerClass, D::Error> {
    by_name(from, weights())
}

fn dilations_by_name<'de, D: Deserializer<'de>>(from: D) -> Result<PerClass, D::Error> {
    by_name(from, dilations())
}

fn by_name<'de, D: Deserializer<'de>>(from: D, mut table: PerClass) -> Result<PerClass, D::Error> {
    for (name, value) in BTreeMap::<String, f64>::deserialize(from)? {
        let class = Scl::parse(&name).ok_or_else(|| {
            let names: Vec<&str> = SCL.iter().map(|f| f.name).collect();
            serde::de::Error::custom(format!("unknown scene class {name}; known: {}", names.join(", ")))
        })?;
        table.0[class as usize] = value;
    }
    Ok(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_overrides_classes_by_name_and_keeps_the_rest() {
        let rule: MaskRule = toml::from_str("erode_m = 0.0\nweight = { unclassified = 0.0 }").unwrap();
        let default = MaskRule::default();
        assert_eq!(rule.weight.of(Scl::Unclassified), 0.0);
        assert_eq!(rule.weight.of(Scl::Dark), default.weight.of(Scl::Dark));
        assert_eq!(rule.dilate_m, default.dilate_m);
        assert_eq!(rule.erode_m, 0.0);
        let text = toml::to_string(&rule).unwrap();
        assert_eq!(toml::from_str::<MaskRule>(&text).unwrap(), rule);
        assert_eq!(toml::from_str::<MaskRule>("").unwrap(), default);
    }

    #[test]
    fn what_is_not_understood_is_refused_by_name() {
        for (text, word) in [
            ("dilate = 3", "dilate"),
            ("weight = { clouds = 0.5 }", "clouds"),
            ("weight = { bare = 1.5 }", "weight.bare"),
            ("dilate_m = { cloud_high = -1.0 }", "dilate_m.cloud_high"),
            ("erode_m = nan", "erode_m"),
            ("ndvi_of = \"clamped\"", "clamped"),
        ] {
            let message = toml::from_str::<MaskRule>(text).unwrap_err().to_string();
            assert!(message.contains(word), "{text}: {message}");
        }
    }

    #[test]
    fn the_margin_covers_the_longest_reach() {
        assert_eq!(MaskRule::default().margin_m(), 140.0);
        assert_eq!(MaskRule::peers(&[Scl::Vegetation, Scl::Bare]).margin_m(), 0.0);
    }
}
