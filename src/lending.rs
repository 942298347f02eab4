//! From evidence to a recommendation: the lender's policy applied to what was seen of one plot.
//!
//! Comes in: [`Evidence`] (plot, observations, assessment, how the archive answered, the lender's
//! [`Figures`]) and a [`Policy`].
//! Goes out: an [`Appraisal`] (status, reasons, confidence), and the sealed record. Not here: pixels,
//! curves, files, and any error: [`appraise()`] is total, and no failure of a machine is turned into a
//! judgement about a farmer.
//!
//! The rule of the house, held by types and property tests: whatever is about imagery, archive or
//! method can only lead to *refer*; anything that refers outweighs anything that speaks against; and
//! *supports* needs a crop that was seen.

mod appraise;
mod changes;
mod confidence;
mod evidence;
mod figures;
mod limit;
mod money;
mod plan;
mod policy;
mod refused;
mod rules;
mod seal;
mod seen;
mod translation;

pub use appraise::{Appraisal, appraise};
pub use evidence::{
    Common, Evidence, Observability, Overlap, OverlapCheck, Provenance, SeasonWindow, SkippedScene,
};
pub use figures::{FigureKind, Figures};
pub use money::Money;
pub use policy::{
    AddOn, AreaBasis, Cap, ConfidenceRules, ConsentRules, CostBased, CropList, Disbursement, Event,
    FloodRule, LimitRules, PhaseRule, Policy, Repayment, Rule, Rules, Switch, Tranche, Validity, ValueBased,
};
pub use refused::{Defect, Refused, not_appraised, without_consent};
pub use rules::can_be_sown;
pub use seal::{internal_error, same_plot, seal};
pub use seen::{AREA_METHOD, BOUNDARY_ERROR_M};
pub use translation::Translation;
