//! Every check, in order: what speaks for, against, or asks for a person. Total: any evidence passes.

mod amounts;
mod condition;
mod crop;
mod cropland;
mod declaration;
mod forest;
mod imagery;
pub(super) mod out_of_domain;
mod outline;
mod overlap;

use crate::lending::limit::Limit;
use crate::lending::{Evidence, Policy};
use crate::record::{Code, Effect, Reason};

/// Everything found, in the order of the checks; the same finding once.
pub(super) fn findings(evidence: &Evidence<'_>, policy: &Policy, limit: Option<&Limit>) -> Findings {
    let mut found = Findings(Vec::new());
    declaration::check(evidence, policy, &mut found);
    outline::check(evidence, policy, &mut found);
    overlap::check(evidence, policy, &mut found);
    imagery::check(evidence, policy, &mut found);
    crop::check(evidence, policy, &mut found);
    condition::check(evidence, policy, &mut found);
    forest::check(evidence, &mut found);
    amounts::check(evidence, policy, limit, &mut found);
    cropland::check(evidence, policy, &mut found);
    found
}

pub use declaration::can_be_sown;
pub(super) use declaration::consent_lacks;
pub(super) use overlap::listed as overlaps_listed;

/// Reasons found so far.
#[derive(Debug)]
pub(super) struct Findings(pub(super) Vec<(Code, Reason)>);

impl Findings {
    /// Adds a reason with the effect of its code.
    fn add(&mut self, code: Code, values: impl IntoIterator<Item = crate::record::ParamValue>) {
        self.add_with(code, code.facts().effect, values);
    }

    /// Adds a reason with an effect at most that of its code.
    fn add_with(
        &mut self,
        code: Code,
        effect: Effect,
        values: impl IntoIterator<Item = crate::record::ParamValue>,
    ) {
        let reason = Reason::new(code, values).softened(effect);
        if !self.0.iter().any(|(_, have)| have == &reason) {
            self.0.push((code, reason));
        }
    }

    /// Whether a reason with this code (and this `phase`, where given) is there with this effect or a
    /// graver one.
    fn has(&self, code: Code, phase: Option<&str>, effect: Effect) -> bool {
        self.0.iter().any(|(have, reason)| {
            let same_phase = phase.is_none_or(|p| {
                reason.params().get("phase") == Some(&crate::record::ParamValue::Text(p.to_owned()))
            });
            *have == code && same_phase && reason.effect() >= effect
        })
    }

    /// Whether any reason has this effect.
    pub(super) fn any(&self, effect: Effect) -> bool {
        self.0.iter().any(|(_, reason)| reason.effect() == effect)
    }
}
