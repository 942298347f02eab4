//! The reference scaled by greenness, with everything that is not known in its interval.

use super::table::YieldTable;

/// Newest years of the statistic that make the reference, at most.
const YEARS: usize = 5;
/// Elasticity of yield to greenness: cereals and soybean, rice (its index saturates), dry zones (science 9).
const ELASTICITY: f64 = 0.7;
const ELASTICITY_RICE: f64 = 0.5;
const ELASTICITY_DRY: f64 = 0.9;
/// Bounds of the scaling (science 9).
const LEAST_RATIO: f64 = 0.3;
const MOST_RATIO: f64 = 1.4;
/// Standard deviation of the logarithm: the region's mean, field to field at the same greenness (science 9).
const REGION_SD: f64 = 0.12;
const FIELD_SD: f64 = 0.25;
/// The same for a crop that is not certain, by the probability that it is another (design value).
const CROP_SD: f64 = 0.30;
/// The same at green-up; it shrinks to 0 at maturity (science 9: .15 at green-up, .08 at the peak, 0 at senescence).
const STAGE_SD: f64 = 0.15;
/// No percentile lies above this times the reference (science 9).
pub(crate) const CAP: f64 = 1.2;
/// z of the 20th and 90th percentile.
const Z20: f64 = 0.841_621;
const Z90: f64 = 1.281_552;

/// What the estimate starts from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct YieldQuestion<'a> {
    /// Crop of the crop calendar.
    pub crop: &'a str,
    /// Zone of the crop calendar.
    pub zone: &'a str,
    /// Year of harvest.
    pub year: i16,
    /// Whether the zone is one of dry or mixed smallholder farming.
    pub dry_zone: bool,
    /// Probability of the crop, 0 to 1.
    pub probability: f64,
    /// Share of the cycle that lies behind, 0 to 1.
    pub maturity: f64,
    /// Logarithm of the plot's greenness over its peers' at the same stage, where there are peers.
    pub log_ratio: Option<f64>,
}

/// How an estimate came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum YieldMethod {
    /// The reference as it is: there are no peers to scale by.
    Reference,
    /// The reference scaled by greenness among peers.
    ScaledReference,
}

impl YieldMethod {
    /// Word used in records.
    pub fn word(self) -> &'static str {
        match self {
            YieldMethod::Reference => "reference_stat",
            YieldMethod::ScaledReference => "scaled_reference",
        }
    }
}

/// A yield with its interval, kilograms a hectare.
#[derive(Clone, Debug, PartialEq)]
pub struct YieldEstimate {
    /// 10th percentile.
    pub p10: f64,
    /// 20th percentile: what a lender may count on.
    pub p20: f64,
    /// Median.
    pub p50: f64,
    /// 90th percentile.
    pub p90: f64,
    /// Mean of the reference.
    pub reference: f64,
    /// Years that made it.
    pub years: Vec<i16>,
    /// Where they come from.
    pub source: String,
    /// How.
    pub method: YieldMethod,
}

/// The estimate; `None` when the table has no row for the crop and zone up to the year of harvest.
///
/// `ln Y ~ N(ln(reference) + b ln(I / I_ref), s^2)`, every percentile capped at 1.2 times the reference.
pub fn estimate(table: &YieldTable, q: &YieldQuestion<'_>) -> Option<YieldEstimate> {
    let mut rows = table.of(q.crop, q.zone, q.year);
    let mut years: Vec<i16> = rows.iter().map(|r| r.year).collect();
    years.dedup();
    years.truncate(YEARS);
    rows.retain(|r| years.contains(&r.year));
    if rows.is_empty() {
        return None;
    }
    let reference = rows.iter().map(|r| r.kg_ha).sum::<f64>() / rows.len() as f64;
    let b = match (q.dry_zone, q.crop.contains("rice")) {
        (true, _) => ELASTICITY_DRY,
        (false, true) => ELASTICITY_RICE,
        (false, false) => ELASTICITY,
    };
    let log_ratio = q.log_ratio.filter(|r| r.is_finite());
    let relative = log_ratio.map_or(1.0, |r| (b * r).exp().clamp(LEAST_RATIO, MOST_RATIO));
    let stage = STAGE_SD * (1.0 - q.maturity.clamp(0.0, 1.0));
    // Without peers the plot may stand anywhere in its region.
    let unscaled: f64 = if log_ratio.is_some() { 0.0 } else { FIELD_SD };
    let crop = CROP_SD * (1.0 - q.probability.clamp(0.0, 1.0));
    let variance = [REGION_SD, FIELD_SD, unscaled, crop, stage].iter().map(|s| s * s).sum::<f64>();
    let (middle, sd) = ((reference * relative).ln(), variance.sqrt());
    let cap = CAP * reference;
    let at = |z: f64| (middle + z * sd).exp().min(cap);
    let mut sources: Vec<&str> = rows.iter().map(|r| r.source.trim()).collect();
    sources.sort_unstable();
    sources.dedup();
    Some(YieldEstimate {
        p10: at(-Z90),
        p20: at(-Z20),
        p50: at(0.0),
        p90: at(Z90),
        reference,
        years,
        source: sources.join("; "),
        method: if log_ratio.is_some() { YieldMethod::ScaledReference } else { YieldMethod::Reference },
    })
}
