//! How much, from when to when: the parts of a policy that a lender may leave out.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Rule, Switch};
use crate::lending::Money;

/// Which crops are financed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CropList {
    /// Names of the crop calendar or the words applicants use; case, spaces and hyphens do not matter.
    pub financed: Vec<String>,
    /// What follows for another declared crop: raises `POLICY_CROP_NOT_FINANCED`.
    pub otherwise: Switch,
}

/// Consent that must be there before anything is looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentRules {
    /// Whether a plot without `consent_ref` is left unappraised.
    pub required: bool,
    /// Purposes accepted in `consent_purpose`; empty accepts any.
    pub purposes: Vec<String>,
    /// Who says so.
    pub source: String,
    /// What it means, in plain words.
    pub note: String,
}

/// Images that must show the crop in each phase that is past.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PhaseRule {
    /// Images asked for in each phase: early growth, full growth, ripening.
    pub min_images: u32,
    /// Most cloud and shadow over the plot in such an image, 0 to 1.
    pub max_cloud_frac: f64,
    /// What follows where one is missing: raises `IMG_PHASE_NOT_SEEN`.
    pub otherwise: Switch,
}

/// Which area an amount per area is multiplied with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AreaBasis {
    /// The outline as measured.
    Outline,
    /// What was declared; the outline where nothing was.
    Declared,
    /// The smaller of the two.
    Lesser,
    /// The smallest of declared, outline and cropped area (middle estimate); as lesser where none can be told.
    Cropped,
    /// As cropped, by the low end of its interval (10th percentile).
    CroppedLower,
}

/// How much may be lent. Amounts are exact decimals, written as text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LimitRules {
    /// ISO 4217 code of every amount of the policy.
    pub currency: String,
    /// Which area amounts are multiplied with.
    pub area: AreaBasis,
    /// Limits are rounded down to a multiple of this.
    pub round_down_to: Money,
    /// Who says so.
    pub source: String,
    /// What it means, in plain words.
    pub note: String,
    /// From the cost of growing the crop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_based: Option<CostBased>,
    /// From the value of the harvest. With both, the lower counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value_based: Option<ValueBased>,
    /// The requested amount as part of the low estimate of the harvest's value; raises `LTV_TOO_HIGH`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_ltv_frac: Option<Rule<f64>>,
    /// What follows where the request is above the limit: raises `REQUEST_ABOVE_LIMIT`.
    pub request_above_limit: Switch,
    /// What follows where the limit cannot be computed: raises `LIMIT_NOT_COMPUTED`.
    pub not_computed: Switch,
    /// Upper bounds, each with a name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub caps: Vec<Cap>,
}

/// A limit from the scale of finance: amount per area (the lender's `--finance` file) x area, with add-ons.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CostBased {
    /// What is added each following year, as part of the year before, 0 to 1.
    pub yearly_increase_frac: f64,
    /// The yearly increase is rounded to the nearest multiple of this.
    pub yearly_increase_round_to: Money,
    /// Years for which limits are told, 1 to 10.
    pub years: u32,
    /// Who says so.
    pub source: String,
    /// What it means, in plain words.
    pub note: String,
    /// What is added to the crop's cost.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub add_ons: Vec<AddOn>,
}

/// An addition to the crop's cost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddOn {
    /// Short name.
    pub name: String,
    /// Part of the crop's cost, 0 to 1.
    pub frac: f64,
    /// What it is for, in plain words.
    pub note: String,
}

/// A limit from the harvest: yield x price x area (the lender's `--cautious-yields` and `--prices` files) x advance rate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ValueBased {
    /// Part of the low estimate of the harvest's value that is lent, 0 to 1.
    pub advance_rate: f64,
    /// Oldest price used, days before the as-of day. An older one counts as none.
    pub max_price_age_days: u32,
    /// Oldest yield figure used, days before the as-of day. An older one counts as none.
    pub max_yield_age_days: u32,
    /// Who says so.
    pub source: String,
    /// What it means, in plain words.
    pub note: String,
}

/// An upper bound of the limit: exactly one of the three amounts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cap {
    /// Short name, shown where the cap applied.
    pub name: String,
    /// An amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// An amount per hectare.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_ha: Option<Money>,
    /// Part of the low estimate of the harvest's value, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frac_of_production_value: Option<f64>,
    /// Who says so, and why.
    pub note: String,
}

/// When the loan is due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Repayment {
    /// Days after the late end of the harvest window (90th percentile).
    pub days_after_harvest: u32,
    /// Who says so.
    pub source: String,
    /// What it means, in plain words.
    pub note: String,
}

/// Money in parts, each when the field shows it is needed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Disbursement {
    /// Who says so.
    pub source: String,
    /// What it means, in plain words.
    pub note: String,
    /// The parts, in order; their shares sum to one.
    pub tranches: Vec<Tranche>,
}

/// What the plot must show before a part is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// Nothing: at signing.
    Signing,
    /// Bare soil: mean NDVI of the plot at or below the number.
    LandPreparation,
    /// The crop is up: mean NDVI at or above the number.
    Emergence,
    /// The rows have closed: mean NDVI at or above the number.
    ClosedCanopy,
}

/// One part of the loan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tranche {
    /// Short name.
    pub name: String,
    /// Part of the limit, 0 to 1.
    pub share_frac: f64,
    /// What the plot must show.
    pub event: Event,
    /// Mean NDVI of the plot that shows it (not used at signing).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ndvi: Option<f64>,
    /// First day looked at, days after sowing (negative: before).
    pub from_days_after_sowing: i32,
    /// Last day, days after sowing.
    pub to_days_after_sowing: i32,
    /// What it means, in plain words.
    pub note: String,
}
