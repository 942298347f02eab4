//! What was said of a name once is not asked again: the features of a file share their names.

use std::collections::BTreeMap;

use super::{Meaning, meaning};

/// Most names that are remembered.
const MOST_NAMES: usize = 1_000;

/// Names of properties that were looked at already.
#[derive(Debug, Default)]
pub(in crate::intake) struct Names(BTreeMap<String, Meaning>);

impl Names {
    /// Whether a property looks like data of a person by its name, or by its value where the name leaves it open.
    pub(in crate::intake) fn look_personal(&mut self, name: &str, value: &str) -> bool {
        let known = self.0.get(name).copied();
        let meaning = known.unwrap_or_else(|| meaning(name));
        if known.is_none() && self.0.len() < MOST_NAMES {
            self.0.insert(name.to_owned(), meaning);
        }
        meaning.is_personal(value)
    }
}
