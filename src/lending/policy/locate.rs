//! From a byte of a TOML text to its dotted path and line, and from a path to its line.

use toml::de::{DeTable, DeValue};

/// Line of a byte, from 1.
pub(super) fn line_of(text: &str, byte: usize) -> usize {
    text.bytes().take(byte).filter(|b| *b == b'\n').count() + 1
}

/// Dotted path of the innermost key whose key or value covers the byte; empty at the top.
pub(super) fn path_at(text: &str, byte: usize) -> String {
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
            _ => value.span().contains(&byte),
        };
        if on_key || inside {
            path.push(key.get_ref().to_string());
            return;
        }
    }
}

/// Line of the key at a dotted path, or of its nearest parent that exists.
pub(super) fn line_of_path(text: &str, path: &str) -> usize {
    let Ok(document) = DeTable::parse(text) else { return 1 };
    let mut table = document.get_ref();
    let mut line = 1;
    for part in path.split('.') {
        let Some((key, value)) = table.iter().find(|(key, _)| key.get_ref() == part) else { break };
        line = line_of(text, key.span().start);
        match value.get_ref() {
            DeValue::Table(inner) => table = inner,
            _ => break,
        }
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
}
