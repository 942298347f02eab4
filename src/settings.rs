//! From a TOML text to typed settings; every mistake with its dotted path and line.
//!
//! Comes in: a text that a person edits. Goes out: settings, or [`Mistakes`]. Not here: what any
//! setting means.

use std::fmt;

use serde::de::DeserializeOwned;
use toml::de::{DeTable, DeValue};

/// One mistake in a settings file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Line, from 1.
    pub line: usize,
    /// Dotted path of the key, `rules.min_area_ha.value`; empty at the top.
    pub path: String,
    /// What is wrong.
    pub problem: String,
}

/// All mistakes found in a settings file; at least one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Mistakes(pub Vec<Mistake>);

impl Mistake {
    /// A mistake at a dotted path; the line is that of the key, or of its nearest parent in the text.
    pub fn at_path(text: &str, path: &str, problem: String) -> Mistake {
        Mistake { line: line_of_path(text, path), path: path.to_owned(), problem }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path.is_empty() { "the file" } else { &self.path };
        write!(f, "line {}: {path}: {}", self.line, self.problem)
    }
}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, mistake) in self.0.iter().enumerate() {
            if i > 0 {
                writeln!(f)?;
            }
            write!(f, "{mistake}")?;
        }
        Ok(())
    }
}

/// Reads settings from a TOML text.
///
/// # Errors
/// The first thing that is not TOML, not a key, or not of the key's type, with its place.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Mistakes> {
    toml::from_str(text).map_err(|error| {
        let byte = error.span().map_or(0, |s| s.start);
        let problem = error.message().to_owned();
        Mistakes(vec![Mistake { line: line_of(text, byte), path: path_at(text, byte), problem }])
    })
}

/// Line of a byte, from 1.
fn line_of(text: &str, byte: usize) -> usize {
    text.bytes().take(byte).filter(|b| *b == b'\n').count() + 1
}

/// Dotted path of the innermost key whose key or value covers the byte; empty at the top.
fn path_at(text: &str, byte: usize) -> String {
    let mut path = Vec::new();
    if let Ok(table) = DeTable::parse(text) {
        descend(table.get_ref(), byte, &mut path);
    }
    path.join(".")
}

fn descend(table: &DeTable<'_>, byte: usize, path: &mut Vec<String>) {
    for (key, value) in table {
        let on_key = key.span().contains(&byte);
        let inside = match value.get_ref() {
            // The span of a table written under a header is its header only, so look into it anyway.
            DeValue::Table(inner) => {
                path.push(key.get_ref().to_string());
                let depth = path.len();
                descend(inner, byte, path);
                if path.len() > depth || on_key || value.span().contains(&byte) {
                    return;
                }
                path.pop();
                false
            }
            // So with tables in a list; they are counted from 1.
            DeValue::Array(items) => {
                for (at, item) in items.iter().enumerate() {
                    let DeValue::Table(inner) = item.get_ref() else { continue };
                    path.push(format!("{}[{}]", key.get_ref(), at + 1));
                    let depth = path.len();
                    descend(inner, byte, path);
                    if path.len() > depth || item.span().contains(&byte) {
                        return;
                    }
                    path.pop();
                }
                value.span().contains(&byte)
            }
            _ => value.span().contains(&byte),
        };
        if on_key || inside {
            path.push(key.get_ref().to_string());
            return;
        }
    }
}

/// Line of the key at a dotted path, or of its nearest parent that exists.
fn line_of_path(text: &str, path: &str) -> usize {
    let Ok(document) = DeTable::parse(text) else { return 1 };
    let mut table = document.get_ref();
    let mut line = 1;
    for part in path.split('.') {
        let (name, index) = match part.strip_suffix(']').and_then(|p| p.split_once('[')) {
            Some((name, at)) => (name, at.parse::<usize>().ok().and_then(|at| at.checked_sub(1))),
            None => (part, None),
        };
        let Some((key, value)) = table.iter().find(|(key, _)| key.get_ref() == name) else { break };
        line = line_of(text, key.span().start);
        let item = match (value.get_ref(), index) {
            (DeValue::Array(items), Some(at)) => items.get(at),
            (DeValue::Table(_), _) => Some(value),
            _ => None,
        };
        let Some(DeValue::Table(inner)) = item.map(|item| item.get_ref()) else { break };
        table = inner;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "id = \"x\"\n\n[rules.min_area_ha]\nvalue = 1\nunit = \"ha\"\n\n[rules.other]\na = { b = 2 }\n";

    #[test]
    fn bytes_become_paths_and_paths_lines() {
        let at = |needle: &str| path_at(TEXT, TEXT.find(needle).unwrap());
        assert_eq!(at("id"), "id");
        assert_eq!(at("value"), "rules.min_area_ha.value");
        assert_eq!(at("unit"), "rules.min_area_ha.unit");
        assert_eq!(at("\"ha\""), "rules.min_area_ha.unit");
        assert_eq!(at("b = 2"), "rules.other.a.b");
        assert_eq!(at("other"), "rules.other");
        assert_eq!(line_of_path(TEXT, "rules.min_area_ha.unit"), 5);
        assert_eq!(line_of_path(TEXT, "rules.other.missing"), 7);
        assert_eq!(line_of_path(TEXT, "nothing"), 1);
    }

    #[test]
    fn tables_of_a_list_are_counted_from_one() {
        let text = "id = 1\n\n[[limit.caps]]\nname = \"a\"\namount = \"1\"\n\n[[limit.caps]]\nname = \"b\"\namount = \"-5\"\n";
        assert_eq!(path_at(text, text.find("\"-5\"").unwrap()), "limit.caps[2].amount");
        assert_eq!(path_at(text, text.find("\"1\"").unwrap()), "limit.caps[1].amount");
        assert_eq!(line_of_path(text, "limit.caps[2].amount"), 9);
        assert_eq!(line_of_path(text, "limit.caps[1].name"), 4);
        assert_eq!(line_of_path(text, "limit.caps[7].name"), 3);
    }
}
