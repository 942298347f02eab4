//! The tables of the trial: crops and regions, read from the files beside this one and checked.

use serde::Deserialize;

use super::super::Error;

/// How a crop leaves the field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Ends {
    /// Cut after ripeness.
    #[default]
    Ripe,
    /// Cut green, at the development `cut`.
    Green,
    /// Lifted green some time after the development `cut`.
    Lifted,
    /// Leaves dropped by a chemical at the development `cut`, cut three weeks after.
    Defoliated,
}

/// Optics and position of leaves.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LeafTraits {
    /// Number of plates, as in PROSPECT.
    pub n: f64,
    /// Chlorophyll of a well-fed leaf, ug/cm2.
    pub chlorophyll: f64,
    /// Water, cm.
    pub water: f64,
    /// Dry matter, g/cm2.
    pub dry: f64,
    /// Mean angle from the horizontal, degrees.
    pub angle: f64,
    /// Part of the leaf area that acts, since leaves stand in rows and clumps.
    pub clumping: f64,
}

/// A crop; the file says what each field means.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Crop {
    pub name: String,
    pub base_c: f64,
    pub cap_c: f64,
    pub sums: [f64; 3],
    pub light_h: Option<[f64; 2]>,
    pub cold_days: f64,
    pub lai: [f64; 2],
    pub growth: f64,
    pub pace: f64,
    pub rosette: Option<f64>,
    #[serde(default)]
    pub stretch: f64,
    pub fade: [f64; 2],
    #[serde(default = "flowering_and_a_quarter")]
    pub leafs: f64,
    #[serde(rename = "as")]
    pub called: Option<String>,
    pub leaf: LeafTraits,
    #[serde(default)]
    pub yellow: f64,
    pub lag: [f64; 2],
    #[serde(default)]
    pub ends: Ends,
    pub cut: Option<f64>,
    #[serde(default)]
    pub open_set: bool,
    pub source: String,
}

/// Water on a rice field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Paddy {
    /// Puddled under water, seedlings planted into it, dried once in the middle.
    Transplanted,
    /// Drilled dry, flooded 30 to 45 days later.
    Delayed,
    /// A few days of water, a few days without.
    Intermittent,
}

/// A cover that is no annual crop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Cover {
    /// Permanent grassland, cut or grazed.
    Grass,
    /// Cut every month.
    Alfalfa,
}

impl Cover {
    pub(super) fn word(self) -> &'static str {
        match self {
            Cover::Grass => "grass",
            Cover::Alfalfa => "alfalfa",
        }
    }
}

/// One crop of a rotation within a year.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Turn {
    pub crop: String,
    /// Usual sowing, `MM-DD`, of a first crop.
    pub sow: Option<String>,
    /// Its standard deviation, days.
    pub sd: Option<f64>,
    /// Days after the harvest before it, mean and sd, of a following crop.
    pub after: Option<[f64; 2]>,
    #[serde(default = "ordinary")]
    pub cultivar: [f64; 2],
    /// Factor on the time from ripe to harvest.
    #[serde(default = "as_usual")]
    pub wait: f64,
    pub water: Option<Paddy>,
}

fn flowering_and_a_quarter() -> f64 {
    1.25
}

impl Crop {
    /// What a farmer calls it.
    pub(super) fn word(&self) -> &str {
        self.called.as_deref().unwrap_or(&self.name)
    }
}

fn as_usual() -> f64 {
    1.0
}

fn ordinary() -> [f64; 2] {
    [1.0, 1.0]
}

/// What a share of the fields of a region carries.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Use {
    pub share: f64,
    #[serde(default)]
    pub crops: Vec<Turn>,
    pub cover: Option<Cover>,
}

/// A region; the file says what each field means.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Region {
    pub name: String,
    pub lat: f64,
    pub lon: f64,
    pub mean_c: f64,
    pub amplitude_c: f64,
    pub warmest: f64,
    pub wet: [f64; 3],
    pub rain_mm: f64,
    pub cloud: [f64; 3],
    pub irrigated: f64,
    pub window: [String; 2],
    pub fields: Vec<Use>,
    pub source: String,
}

/// Both tables.
#[derive(Debug)]
pub(super) struct Tables {
    pub crops: Vec<Crop>,
    pub regions: Vec<Region>,
}

#[derive(Deserialize)]
struct CropFile {
    crop: Vec<Crop>,
}

#[derive(Deserialize)]
struct RegionFile {
    region: Vec<Region>,
}

impl Tables {
    /// Reads both.
    ///
    /// # Errors
    /// None in a build whose tests pass.
    pub(super) fn read() -> Result<Tables, Error> {
        let wrong = |e: toml::de::Error| Error::Spec(format!("a table of the trial: {e}"));
        let crops: CropFile = toml::from_str(include_str!("crops.toml")).map_err(wrong)?;
        let regions: RegionFile = toml::from_str(include_str!("regions.toml")).map_err(wrong)?;
        Ok(Tables { crops: crops.crop, regions: regions.region })
    }

    /// The crop of a name.
    ///
    /// # Errors
    /// No such crop.
    pub(super) fn crop(&self, name: &str) -> Result<&Crop, Error> {
        let known = self.crops.iter().find(|c| c.name == name);
        known.ok_or_else(|| Error::Spec(format!("a table of the trial: there is no crop {name}")))
    }
}

/// Month and day of `MM-DD`.
pub(super) fn month_day(text: &str) -> Option<(i8, i8)> {
    let (month, day) = text.split_once('-')?;
    Some((month.parse().ok()?, day.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_a_source_and_every_turn_a_known_crop_and_a_date() {
        let tables = Tables::read().unwrap();
        assert!(tables.crops.iter().all(|c| c.source.len() > 5 && c.sums.iter().all(|s| *s > 0.0)));
        for crop in &tables.crops {
            assert_eq!(crop.cut.is_some(), crop.ends != Ends::Ripe, "{}", crop.name);
            assert!(crop.fade[0] < crop.fade[1] && crop.lai[0] > 3.0 * crop.lai[1], "{}", crop.name);
        }
        for region in &tables.regions {
            assert!(region.source.len() > 5, "{}", region.name);
            assert!(region.window.iter().all(|w| month_day(w).is_some()), "{}", region.name);
            for field in &region.fields {
                assert_eq!(field.crops.is_empty(), field.cover.is_some(), "{}", region.name);
                for (k, turn) in field.crops.iter().enumerate() {
                    assert!(tables.crop(&turn.crop).is_ok(), "{}", turn.crop);
                    let first = turn.sow.as_deref().and_then(month_day).is_some() && turn.sd.is_some();
                    assert_eq!((first, turn.after.is_some()), (k == 0, k > 0), "{}", turn.crop);
                    assert_eq!(turn.crop.ends_with("rice"), turn.water.is_some());
                }
            }
        }
        assert!(tables.crops.iter().filter(|c| c.open_set).count() >= 3);
    }
}
