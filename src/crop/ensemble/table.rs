//! The ensemble's table: indices, shapes of crops, covers, calibration; read from TOML and checked.

use serde::Deserialize;

use super::super::profile::Zone;
use super::super::profiles::plain;

/// The table that ships with croplens, `pipelines/ensemble.toml`.
const BUILTIN: &str = include_str!("../../../pipelines/ensemble.toml");

/// Mean and standard deviation.
pub(super) type Law = [f64; 2];

/// A table of the ensemble that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum EnsembleError {
    /// Not TOML, an unknown key, or a value of the wrong kind; the message names line and key.
    #[error("the table cannot be read: {0}")]
    Syntax(#[from] toml::de::Error),
    /// A row contradicts itself or another one.
    #[error("the table's {row}: {problem}")]
    Row {
        /// Which row, `shape of maize`.
        row: String,
        /// What is wrong.
        problem: String,
    },
}

/// Levels and errors of the indices, shapes of the crops, covers without a crop, calibration.
///
/// Every row carries its source; [`EnsembleTable::parse`] refuses one without.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnsembleTable {
    pub(super) version: String,
    pub(super) index: Vec<IndexRow>,
    pub(super) shape: Vec<ShapeRow>,
    pub(super) cover: Vec<CoverRow>,
    pub(super) calibration: Vec<CalibrationRow>,
    pub(super) interval: Vec<IntervalRow>,
}

/// How much wider than the hypotheses' own spread the 80 % interval of an output is, and on which set that was found.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IntervalRow {
    pub output: String,
    pub factor: f64,
    pub fitted_on: String,
}

/// One index: its weight, its errors, its generic levels by phase.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IndexRow {
    pub name: String,
    pub weight: f64,
    pub model_sd: f64,
    pub off_season_sd: f64,
    pub length_days: f64,
    pub noise_sd: f64,
    pub cover_scale: f64,
    pub pre: Law,
    pub base: Law,
    pub plateau: Law,
    pub peak: Law,
    pub ripe: Law,
    pub post: Law,
    pub source: String,
}

/// Levels of one index that differ from the generic ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Levels {
    pub base: Option<Law>,
    pub plateau: Option<Law>,
    pub plateau_sd: Option<f64>,
    pub peak: Option<Law>,
    pub peak_sd: Option<f64>,
    pub ripe: Option<Law>,
    pub pre: Option<Law>,
    pub post: Option<Law>,
}

/// Levels of the flower bump by index.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Flower {
    pub ndvi: Law,
    pub lswi: Law,
    pub ndyi: Law,
    pub nir: Law,
    pub red_edge: Law,
}

impl Flower {
    pub(super) fn of(&self, index: usize) -> Law {
        match index {
            0 => self.ndvi,
            1 => self.lswi,
            2 => self.ndyi,
            3 => self.nir,
            _ => self.red_edge,
        }
    }
}

/// How some crops differ from the generic one.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ShapeRow {
    pub crops: Vec<String>,
    #[serde(default)]
    pub zones: Vec<String>,
    pub greenup_sd_days: Option<f64>,
    pub senescence_sd_days: Option<f64>,
    pub harvest_sd_days: Option<f64>,
    pub rise_days: f64,
    pub fall_days: f64,
    pub plateau_after_sowing_days: Option<Law>,
    pub flower_width_days: Option<f64>,
    pub flower: Option<Flower>,
    #[serde(default)]
    pub ndvi: Levels,
    #[serde(default)]
    pub lswi: Levels,
    #[serde(default)]
    pub ndyi: Levels,
    #[serde(default)]
    pub nir: Levels,
    #[serde(default)]
    pub red_edge: Levels,
    pub source: String,
}

impl ShapeRow {
    pub(super) fn levels(&self, index: usize) -> Levels {
        match index {
            0 => self.ndvi,
            1 => self.lswi,
            2 => self.ndyi,
            3 => self.nir,
            _ => self.red_edge,
        }
    }
}

/// Level and seasonal amplitude of a cover in one index.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CoverIndex {
    pub level: Law,
    pub amplitude: Law,
    pub peak_day: Option<f64>,
}

/// A cover that is no annual crop, as a Gaussian process with a seasonal mean.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CoverRow {
    pub name: String,
    pub group: String,
    /// Zones it is for; every zone when empty. The first row of a name that fits is used.
    #[serde(default)]
    pub zones: Vec<String>,
    /// Other words for it, as people declare it; the row for every zone holds them.
    #[serde(default)]
    pub synonyms: Vec<String>,
    #[serde(default)]
    pub bare_soil_speaks_against: bool,
    #[serde(default)]
    pub open_set: bool,
    pub gp_sd: f64,
    pub length_days: f64,
    pub peak_day: f64,
    pub ndvi: CoverIndex,
    pub lswi: CoverIndex,
    pub ndyi: CoverIndex,
    pub nir: CoverIndex,
    pub red_edge: CoverIndex,
    pub source: String,
}

impl CoverRow {
    pub(super) fn of(&self, index: usize) -> CoverIndex {
        match index {
            0 => self.ndvi,
            1 => self.lswi,
            2 => self.ndyi,
            3 => self.nir,
            _ => self.red_edge,
        }
    }
}

/// How far evidence of a kind of unit is trusted, and on which set that was found.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CalibrationRow {
    pub unit: String,
    /// Power of the evidence.
    pub kappa: f64,
    /// Share of fields of any class that look like anything: failed, mixed, wrongly labelled. It bounds what a curve
    /// can say against a class.
    pub atypical: f64,
    /// Factor on the noise of every index.
    pub noise_factor: f64,
    /// Share of a coarse pixel that is the field, mean and standard deviation; absent where pixels are pure.
    pub field_share: Option<Law>,
    pub fitted_on: String,
}

/// The numbers of a [`CalibrationRow`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Trust {
    pub kappa: f64,
    pub atypical: f64,
    pub noise_factor: f64,
    pub field_share: Option<Law>,
}

impl EnsembleTable {
    /// Whether the cover of that name is the open set; `None` where no cover has it.
    pub(super) fn is_open_set(&self, name: &str) -> Option<bool> {
        self.cover.iter().find(|c| c.name == name).map(|c| c.open_set)
    }

    /// Name and group of every cover, the open set among them.
    pub fn covers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.cover.iter().filter(|c| c.zones.is_empty()).map(|c| (c.name.as_str(), c.group.as_str()))
    }

    /// The cover that a declared word means, where it is one that is grown or lies fallow.
    pub(super) fn cover_named(&self, word: &str) -> Option<&str> {
        let word = plain(word);
        let is = |c: &&CoverRow| {
            !c.synonyms.is_empty() && (plain(&c.name) == word || c.synonyms.iter().any(|s| plain(s) == word))
        };
        self.cover.iter().find(is).map(|c| c.name.as_str())
    }

    /// The covers of a place, one row a name: the first that fits one of the zones.
    pub(super) fn covers_in(&self, zones: &[&Zone]) -> Vec<&CoverRow> {
        let fits = |c: &CoverRow| c.zones.is_empty() || zones.iter().any(|z| c.zones.contains(&z.name));
        let mut found: Vec<&CoverRow> = Vec::new();
        for row in self.cover.iter().filter(|c| fits(c)) {
            if found.iter().all(|f| f.name != row.name) {
                found.push(row);
            }
        }
        found
    }

    /// The table that ships with croplens.
    ///
    /// # Errors
    /// None in a build whose tests pass.
    pub fn builtin() -> Result<EnsembleTable, EnsembleError> {
        EnsembleTable::parse(BUILTIN)
    }

    /// Reads and checks a table.
    ///
    /// # Errors
    /// Syntax with line and key; rows without a source, with impossible numbers, or missing.
    pub fn parse(text: &str) -> Result<EnsembleTable, EnsembleError> {
        let table: EnsembleTable = toml::from_str(text)?;
        super::check::check(&table)?;
        Ok(table)
    }

    /// Version word of the table.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The set that the tempering of a unit was fitted on.
    pub fn fitted_on(&self, unit: super::Unit) -> Option<&str> {
        self.calibration.iter().find(|c| c.unit == unit.word()).map(|c| c.fitted_on.as_str())
    }

    /// The factor on the 80 % interval of an output (`bbch`, `maturity`, `emergence`, `emergence_sown` where
    /// sowing was declared, `greenup`, `senescence`, `harvest`), and the set that it was fitted on.
    pub fn interval(&self, output: &str) -> Option<(f64, &str)> {
        self.interval.iter().find(|r| r.output == output).map(|r| (r.factor, r.fitted_on.as_str()))
    }

    /// Widths of the rise and the fall of a crop's curve, days, as logistic scales.
    pub fn widths(&self, crop: &str, zone: &str) -> Option<(f64, f64)> {
        self.shape(crop, zone).map(|s| (s.rise_days, s.fall_days))
    }

    /// How far a unit's evidence is trusted. The check has seen that the row is there.
    /// Share of fields of every class that are taken to look like anything, for a unit.
    pub fn atypical(&self, unit: super::Unit) -> f64 {
        self.trust(unit).atypical
    }

    pub(super) fn trust(&self, unit: super::Unit) -> Trust {
        // Without a row every class is alike, which only ever refers.
        let none = Trust { kappa: 0.0, atypical: 0.0, noise_factor: 1.0, field_share: None };
        self.calibration.iter().find(|c| c.unit == unit.word()).map_or(none, |c| Trust {
            kappa: c.kappa,
            atypical: c.atypical,
            noise_factor: c.noise_factor,
            field_share: c.field_share,
        })
    }

    /// The first shape that fits crop and zone.
    pub(super) fn shape(&self, crop: &str, zone: &str) -> Option<&ShapeRow> {
        self.shape.iter().find(|s| {
            s.crops.iter().any(|c| c == crop || c == "*")
                && (s.zones.is_empty() || s.zones.iter().any(|z| z == zone))
        })
    }
}
