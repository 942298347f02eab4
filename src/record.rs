//! The published schema: one [`EligibilityRecord`] per plot, season and run, and the words in it.
//!
//! Comes in: values that `lending` has settled. Goes out: the record, its columns as data
//! ([`EligibilityRecord::FIELDS`], from which files and `docs/record.md` are made), the reason
//! codes, and the hash that makes tampering show. Not here: how a status is reached (`lending`),
//! and how a file is written (`store`).
//!
//! Every fact has one table: a column is a line of `record/columns.rs`, a reason code a row of
//! `record/codes/rows.rs`, an enumerated word a line of `record/words.rs`.

mod basis;
mod canonical;
mod chain;
mod codes;
mod columns;
mod condition;
mod example;
mod json_schema;
mod outline;
mod parts;
mod reason;
mod schema;
mod worded;
mod words;

pub use basis::Basis;
pub use canonical::{Tampered, canonical_json, digest, sha256_hex, verify};
pub use chain::{Difference, Links, chain, difference};
pub use codes::{CODES, Code, CodeFacts, DEFERRING, Form, Param};
pub use columns::{EligibilityRecord, SCHEMA_VERSION};
pub use condition::{CONDITIONS, Condition, ConditionFacts};
pub use example::EXAMPLE_MARK;
pub use json_schema::json_schema;
pub use outline::Outline;
pub use parts::{
    Alert, CapApplied, Change, CropCandidate, FigureUsed, LimitStep, Link, ModelUsed, OverlapSeen,
    PhaseEvidence, RejectedScene, SeasonSeen, Software, SourceScene, TranchePlan, YearLimit,
};
pub use reason::{BadReason, ParamValue, Reason};
pub use schema::{Field, Kind, Rounded, Shape};
pub use worded::{WORDS, Worded, in_chinese, in_english};
pub use words::{Agreement, Confidence, CropSeen, Effect, Grade, Met, Party, Phase, SeasonSource, Status};
