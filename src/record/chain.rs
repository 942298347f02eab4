//! The records of a run in a chain of hashes: none can be changed, left out or moved without the end changing.

use sha2::{Digest, Sha256};

use crate::record::EligibilityRecord;

/// What the chain begins with.
const BEGIN: &str = "croplens chain 1";

/// The chain, link by link.
#[derive(Clone, Debug)]
pub struct Links(String);

impl Default for Links {
    fn default() -> Links {
        Links(super::sha256_hex(BEGIN.as_bytes()))
    }
}

impl Links {
    /// The next link: SHA-256 over the link before it and the record's hash, both as hex text.
    pub fn link(&mut self, record_hash: &str) -> String {
        let digest =
            Sha256::new().chain_update(self.0.as_bytes()).chain_update(record_hash.as_bytes()).finalize();
        self.0 = digest.iter().map(|b| format!("{b:02x}")).collect();
        self.0.clone()
    }
}

/// One link for each record hash.
pub fn chain<'a>(record_hashes: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut links = Links::default();
    record_hashes.into_iter().map(|hash| links.link(hash)).collect()
}

/// The first column in which a record made again differs from the one that was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The column.
    pub field: &'static str,
    /// What the record says, as JSON.
    pub stated: String,
    /// What was computed, as JSON.
    pub computed: String,
    /// Columns that differ.
    pub columns: usize,
}

/// Compares two records column by column; `None` when they are identical. The hash is not compared: it follows
/// from the rest.
pub fn difference(stated: &EligibilityRecord, computed: &EligibilityRecord) -> Option<Difference> {
    let value = |record: &EligibilityRecord| serde_json::to_value(record).unwrap_or_default();
    let (a, b) = (value(stated), value(computed));
    let differing = |name: &str| name != "record_sha256" && a.get(name) != b.get(name);
    let fields: Vec<&'static str> =
        EligibilityRecord::FIELDS.iter().map(|f| f.name).filter(|name| differing(name)).collect();
    let field = *fields.first()?;
    let shown = |v: &serde_json::Value| v.get(field).map(ToString::to_string).unwrap_or_default();
    Some(Difference { field, stated: shown(&a), computed: shown(&b), columns: fields.len() })
}
