//! The lender's policy as data: a TOML file that a risk team edits.
//!
//! Comes in: the file's text. Goes out: a [`Policy`] with nothing left open, and its hash. Every rule
//! carries its threshold (unit in the key), the reason code it raises, the effect it may have, who says
//! so and a note. A policy can make a rule milder, never graver than the code table allows.

mod built_in;
mod check;
mod check_limit;
mod limit;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::record::{Code, Effect};
use crate::settings::{self, Mistake, Mistakes};

pub use limit::{
    AddOn, AreaBasis, Cap, ConsentRules, CostBased, CropList, Disbursement, Event, LimitRules, PhaseRule,
    Repayment, Tranche, ValueBased,
};

/// A lender's policy. No rule is optional: one that should not count gets `effect = "info"`. Amounts, phases,
/// consent, repayment and disbursement may be left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Short name, stands in every record.
    pub id: String,
    /// Version, by the lender's own counting.
    pub version: String,
    /// What it is for, one line.
    pub title: String,
    /// How long a record may be read as fresh.
    pub validity: Validity,
    /// Where the levels of confidence lie.
    pub confidence: ConfidenceRules,
    /// Consent that must be there before anything is looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<ConsentRules>,
    /// The rules.
    pub rules: Rules,
    /// Which crops are financed; any when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crops: Option<CropList>,
    /// Images that must show each phase; not asked when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phases: Option<PhaseRule>,
    /// How much may be lent; no amounts when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<LimitRules>,
    /// When the loan is due; no date when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repayment: Option<Repayment>,
    /// Money in parts; one sum when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disbursement: Option<Disbursement>,
}

/// How long a record may be read as fresh, and when to look again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Validity {
    /// Days after the as-of day.
    pub record_valid_days: u32,
    /// Days until the next look at a plot that was decided.
    pub review_after_days: u32,
    /// Days until the next look at a plot that was referred.
    pub review_referred_after_days: u32,
    /// Who says so.
    pub source: String,
}

/// Levels of confidence: evidence has the level of its weakest part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfidenceRules {
    /// Clear dates on the days looked at for the crop for high.
    pub high_min_clear_dates: u32,
    /// Clear dates on these days for medium.
    pub medium_min_clear_dates: u32,
    /// Longest blind time of these days for high, days.
    pub high_max_gap_days: u32,
    /// Longest blind time of these days for medium, days.
    pub medium_max_gap_days: u32,
    /// Age of the last clear date for high, days.
    pub high_max_stale_days: u32,
    /// Age of the last clear date for medium, days.
    pub medium_max_stale_days: u32,
    /// Who says so.
    pub source: String,
}

/// One rule with a threshold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule<T> {
    /// The threshold, in the unit of the rule's name.
    pub value: T,
    /// The reason code it raises.
    pub code: Code,
    /// The effect it has, at most the code's own.
    pub effect: Effect,
    /// Who says so.
    pub source: String,
    /// What it means, in plain words.
    pub note: String,
}

/// A rule without a threshold of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Switch {
    /// The reason code it raises.
    pub code: Code,
    /// The effect it has, at most the code's own.
    pub effect: Effect,
    /// Who says so.
    pub source: String,
    /// What it means, in plain words.
    pub note: String,
}

/// The flood rule: some crops stand in water by design.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FloodRule {
    /// Part of the plot under water, 0 to 1, above which it counts as flooded.
    pub value: f64,
    /// The reason code it raises.
    pub code: Code,
    /// The effect it has, at most the code's own.
    pub effect: Effect,
    /// Crops (parts of profile names) that stand in water before their peak.
    pub paddy_crops: Vec<String>,
    /// Who says so.
    pub source: String,
    /// What it means, in plain words.
    pub note: String,
}

/// The rules, each named by what it limits and in which unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// Smallest outline, hectares.
    pub min_area_ha: Rule<f64>,
    /// Fewest full pixels.
    pub min_full_pixels: Rule<u32>,
    /// Largest part of pixels lost to the edge, 0 to 1.
    pub max_edge_pixels_frac: Rule<f64>,
    /// Largest distance of the phone's position to the outline, metres (or three times its accuracy).
    pub max_gps_distance_m: Rule<f64>,
    /// Largest shortfall of the measured against the declared area, 0 to 1.
    pub max_area_shortfall_frac: Rule<f64>,
    /// Largest shortfall of the cropped against the declared area, 0 to 1.
    pub max_cropped_shortfall_frac: Rule<f64>,
    /// Largest part of the outline without a crop where no area was declared, 0 to 1.
    pub max_uncropped_frac: Rule<f64>,
    /// Several crops in one outline, or a crop on a part of it only.
    pub plot_mixed: Switch,
    /// The cropped area cannot be told.
    pub cropped_area_not_told: Switch,
    /// Fewest clear dates in the season.
    pub min_clear_dates: Rule<u32>,
    /// Oldest last clear date, days before the as-of day (or before the season's end, once past).
    pub max_stale_days: Rule<u32>,
    /// Smallest part of the expected overpasses that the catalogue lists, 0 to 1.
    pub min_catalogue_frac: Rule<f64>,
    /// Fewest clear dates before a plot may be called uncropped.
    pub min_clear_dates_uncropped: Rule<u32>,
    /// Longest blind time in the season before a plot may be called uncropped, days.
    pub max_gap_days_uncropped: Rule<u32>,
    /// Log odds at or below which a contradicted crop speaks against, natural logarithm.
    pub max_log_odds_contradicted: Rule<f64>,
    /// Oldest declared sowing date, days before the as-of day; one after it cannot be true either.
    pub max_sowing_age_days: Rule<u32>,
    /// No crop was declared.
    pub crop_not_declared: Switch,
    /// No area was declared.
    pub area_not_declared: Switch,
    /// Largest part of the smaller outline that another application of the same season may share, 0 to 1.
    pub max_overlap_frac: Rule<f64>,
    /// No register of pledged plots was given.
    pub overlap_not_checked: Switch,
    /// The curve fits the declared crop badly.
    pub crop_fits_badly: Switch,
    /// The curve neither confirms nor contradicts the declared crop.
    pub crop_undetermined: Switch,
    /// The plot stood under water.
    pub flood_water_frac: FloodRule,
}

impl Policy {
    /// Reads a policy file.
    ///
    /// # Errors
    /// Every mistake found, each with dotted path and line: unknown or missing keys, values out of range,
    /// a code that is not the rule's, an effect graver than the code allows.
    pub fn parse(text: &str) -> Result<Policy, Mistakes> {
        let policy: Policy = match built_in::completed(text)? {
            None => settings::read(text)?,
            // A mistake of the whole is shown at the line of the file that a person edits.
            Some(whole) => settings::read(&whole).map_err(|Mistakes(found)| {
                Mistakes(found.into_iter().map(|m| Mistake::at_path(text, &m.path, m.problem)).collect())
            })?,
        };
        check::check(&policy, text)?;
        Ok(policy)
    }

    /// The policy that is used when no other is named, and that others may build upon (`extends = "first"`).
    ///
    /// # Errors
    /// None in a released build: a test reads every built-in policy.
    pub fn built_in(name: &str) -> Option<Result<Policy, Mistakes>> {
        built_in::BUILT_IN.iter().find(|(known, _)| *known == name).map(|(_, text)| Policy::parse(text))
    }

    /// Names of the built-in policies.
    pub fn built_in_names() -> impl Iterator<Item = &'static str> {
        built_in::BUILT_IN.iter().map(|(name, _)| *name)
    }

    /// JSON Schema (2020-12) of a resolved policy file, made from the types that read it.
    pub fn json_schema() -> serde_json::Value {
        schemars::schema_for!(Policy).to_value()
    }

    /// SHA-256 over the canonical JSON (RFC 8785) of the resolved policy, hex: the same whatever the
    /// order, spacing and comments of the file.
    pub fn sha256(&self) -> String {
        let value = serde_json::to_value(self).unwrap_or(serde_json::Value::Null);
        crate::record::sha256_hex(crate::record::canonical_json(&value).as_bytes())
    }
}
