//! What was said of a name once is not asked again: the features of a file share their names.

use std::collections::BTreeMap;

use super::name_looks_personal;

/// Most names that are remembered.
const MOST_NAMES: usize = 1_000;

/// Names of properties that were looked at already.
#[derive(Debug, Default)]
pub(in crate::intake) struct Names(BTreeMap<String, bool>);

impl Names {
    /// As [`name_looks_personal`].
    pub(in crate::intake) fn look_personal(&mut self, name: &str) -> bool {
        if let Some(known) = self.0.get(name) {
            return *known;
        }
        let verdict = name_looks_personal(name);
        if self.0.len() < MOST_NAMES {
            self.0.insert(name.to_owned(), verdict);
        }
        verdict
    }
}
