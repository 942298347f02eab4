//! The record of an entry whose input could not be used: it gets one too, saying what to correct.

use jiff::civil::Date;

use crate::lending::appraise::principal;
use crate::lending::seal::{blank, declared_columns, finish, reference_columns};
use crate::lending::{Policy, Provenance};
use crate::lending::{changes, rules};
use crate::plot::{Declaration, Plot, References};
use crate::record::{Code, EligibilityRecord, Reason, Status};

/// One thing wrong with an entry, as `intake` found it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Defect {
    /// Reason code, a row of the code table with effect *block*; any other becomes `FEATURE_INVALID`.
    pub code: String,
    /// A sentence with the place.
    pub detail: String,
    /// The sentence in Chinese.
    pub detail_zh: String,
}

/// An entry of the input that could not be used.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    /// Id, where one could be read; else the position serves as one.
    pub id: Option<String>,
    /// Position in the input, from 0.
    pub position: usize,
    /// References that could be read.
    pub references: References,
    /// What was declared, as far as it could be read.
    pub declared: Declaration,
    /// Everything wrong with it.
    pub defects: Vec<Defect>,
}

/// The record of an entry that could not be appraised.
pub fn not_appraised(
    refused: &Refused,
    as_of: Date,
    policy: &Policy,
    provenance: &Provenance,
) -> EligibilityRecord {
    let mut r = blank(as_of, provenance, Status::NotAppraised);
    r.id = refused.id.clone().unwrap_or_else(|| refused.position.to_string());
    r.input_position = u32::try_from(refused.position).unwrap_or(u32::MAX);
    reference_columns(&mut r, &refused.references);
    declared_columns(&mut r, &refused.declared);
    let mut found: Vec<(Code, Reason)> = refused.defects.iter().map(reason).collect();
    if found.is_empty() {
        found.push(reason(&Defect {
            code: String::new(),
            detail: "no cause was given".into(),
            detail_zh: "未说明原因".into(),
        }));
    }
    found.sort_by_key(|(code, _)| *code);
    found.dedup();
    r.reasons_all = found.into_iter().map(|(_, reason)| reason).collect();
    r.reasons = principal(Status::NotAppraised, &r.reasons_all);
    r.policy_id = Some(policy.id.clone());
    r.policy_sha256 = Some(policy.sha256());
    finish(r)
}

/// The record of a plot that may not be looked at, for want of a valid consent; `None` where it may. It holds
/// no outline.
pub fn without_consent(
    plot: &Plot,
    as_of: Date,
    policy: &Policy,
    provenance: &Provenance,
) -> Option<EligibilityRecord> {
    let (code, values) = rules::consent_lacks(&plot.references, as_of, policy)?;
    let mut r = blank(as_of, provenance, Status::NotAppraised);
    r.id = plot.id.as_str().to_owned();
    r.input_position = u32::try_from(plot.position).unwrap_or(u32::MAX);
    reference_columns(&mut r, &plot.references);
    declared_columns(&mut r, &plot.declared);
    r.reasons_all = vec![Reason::new(code, values)];
    r.reasons = r.reasons_all.clone();
    r.what_would_change = vec![changes::consent(code)];
    r.policy_id = Some(policy.id.clone());
    r.policy_sha256 = Some(policy.sha256());
    Some(finish(r))
}

fn reason(defect: &Defect) -> (Code, Reason) {
    let blocks = |code: &Code| code.facts().effect == crate::record::Effect::Block;
    let code = Code::parse(&defect.code).filter(blocks).unwrap_or(Code::FeatureInvalid);
    (code, Reason::new(code, [defect.detail.as_str().into(), defect.detail_zh.as_str().into()]))
}
