//! Area shares of a region: the prior that a user sees, chooses and replaces.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::EnsembleError;

/// How much of a region each crop and cover takes, from official statistics; only ratios matter.
///
/// Without them every group of crops counts alike. The version is part of every result's provenance.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AreaShares {
    /// Version word of the file.
    pub version: String,
    /// Region the shares are of.
    pub region: String,
    /// Year of the statistics.
    pub year: i16,
    /// Unit of the areas, for people.
    pub unit: String,
    /// Where the numbers come from.
    pub source: String,
    /// What a crop gets that is not listed.
    pub missing: f64,
    /// Area by crop or cover name.
    pub area: BTreeMap<String, f64>,
}

impl AreaShares {
    /// Reads and checks a file of shares.
    ///
    /// # Errors
    /// Syntax with line and key; an empty source, or an area that is not above 0.
    pub fn parse(text: &str) -> Result<AreaShares, EnsembleError> {
        let shares: AreaShares = toml::from_str(text)?;
        let row = || format!("area shares of {}", shares.region);
        let wrong = |problem: String| EnsembleError::Row { row: row(), problem };
        if shares.source.trim().is_empty() {
            return Err(wrong("it has no source".to_owned()));
        }
        let all = shares.area.iter().map(|(k, v)| (k.as_str(), *v)).chain([("missing", shares.missing)]);
        for (name, area) in all {
            if !(area > 0.0 && area.is_finite()) {
                return Err(wrong(format!("{name} = {area} must be above 0; leave out what is not grown")));
            }
        }
        Ok(shares)
    }

    pub(super) fn of(&self, name: &str) -> f64 {
        self.area.get(name).copied().unwrap_or(self.missing)
    }
}
