//! The policies that come with the program, and policies that say only how they differ from one of them.

use toml::{Table, Value};

use crate::settings::{Mistake, Mistakes};

/// Name and text of every policy that can be built upon.
pub(super) const BUILT_IN: [(&str, &str); 5] = [
    ("first", include_str!("../../../pipelines/policies/first.toml")),
    ("conservative-cereals", include_str!("../../../pipelines/policies/conservative-cereals.toml")),
    ("scale-of-finance", include_str!("../../../pipelines/policies/scale-of-finance.toml")),
    ("three-phases", include_str!("../../../pipelines/policies/three-phases.toml")),
    ("harvest-value", include_str!("../../../pipelines/policies/harvest-value.toml")),
];

/// Key that names the policy built upon.
const EXTENDS: &str = "extends";

/// The whole policy as TOML text, when this one says only how it differs from another; else `None`.
///
/// Tables are merged key by key; lists and values replace those below.
///
/// # Errors
/// A policy to build upon that does not exist.
pub(super) fn completed(text: &str) -> Result<Option<String>, Mistakes> {
    // What is no TOML at all is said, with its place, by the reading that follows.
    let Ok(own) = text.parse::<Table>() else { return Ok(None) };
    if !own.contains_key(EXTENDS) {
        return Ok(None);
    }
    let mut chain = vec![own];
    while let Some(next) = chain.last().and_then(|table| table.get(EXTENDS)) {
        let base = next.as_str().and_then(|name| BUILT_IN.iter().find(|(known, _)| *known == name));
        let table = base.and_then(|(_, text)| text.parse::<Table>().ok());
        match table.filter(|_| chain.len() <= BUILT_IN.len()) {
            Some(table) => chain.push(table),
            None => {
                let names: Vec<&str> = BUILT_IN.iter().map(|(name, _)| *name).collect();
                let problem = format!("names no policy to build upon; there are {}", names.join(", "));
                return Err(Mistakes(vec![Mistake::at_path(text, EXTENDS, problem)]));
            }
        }
    }
    let mut whole = Table::new();
    for table in chain.into_iter().rev() {
        lay(&mut whole, table);
    }
    whole.remove(EXTENDS);
    Ok(toml::to_string(&whole).ok())
}

fn lay(below: &mut Table, above: Table) {
    for (key, value) in above {
        match (below.get_mut(&key), value) {
            (Some(Value::Table(old)), Value::Table(new)) => lay(old, new),
            (_, value) => {
                below.insert(key, value);
            }
        }
    }
}
