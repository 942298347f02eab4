//! The identity of a plot, and the folder that its outputs go to.

use std::fmt;

use sha2::{Digest, Sha256};

/// Names that Windows keeps for devices, whatever the ending.
const RESERVED: [&str; 22] = [
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9",
    "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];
/// Longest readable part of a folder name, bytes: leaves room for a run folder under the 260 of Windows.
const STEM_LEN: usize = 64;
/// Hex digits of the id's SHA-256 in a changed folder name: 64 bits, so that no id can aim at another's.
const HASH_HEX: usize = 16;

/// Identity of a plot, as the lender gave it: kept to the byte (not trimmed, not folded).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlotId(String);

impl PlotId {
    /// Longest id accepted, bytes.
    pub const MAX_LEN: usize = 200;

    /// An id of 1 to 200 bytes that shows as it is: no control characters, no line separators and no
    /// characters that turn the reading direction. `None` for anything else.
    pub fn new(text: &str) -> Option<PlotId> {
        let fits = !text.trim().is_empty() && text.len() <= Self::MAX_LEN && !text.chars().any(deceives);
        fits.then(|| PlotId(text.to_owned()))
    }

    /// The id of a feature that has none: `feature-<position>`, position from 0.
    pub fn from_position(position: usize) -> PlotId {
        PlotId(format!("feature-{position}"))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A folder name for the plot's outputs: ASCII, at most 81 bytes, different for different ids also
    /// where letter case does not count, never hidden, never a device name, never a path.
    ///
    /// An id of up to 64 of `a-z 0-9 - _ .` stays as it is (unless it starts or ends with a dot or is a
    /// device name). Any other becomes its readable letters, `~` and 16 hex digits of its SHA-256;
    /// `~` occurs in no unchanged name, so the two kinds cannot meet.
    ///
    /// ```
    /// use croplens::plot::PlotId;
    ///
    /// assert_eq!(PlotId::new("plot-7").unwrap().folder_name(), "plot-7");
    /// assert_eq!(PlotId::new("../KIT 7").unwrap().folder_name(), "kit-7~b0ace3cf1734df63");
    /// ```
    pub fn folder_name(&self) -> String {
        let plain = |c: char| matches!(c, 'a'..='z' | '0'..='9' | '-' | '_' | '.');
        let device = self.0.split('.').next().is_some_and(|stem| RESERVED.contains(&stem));
        let unchanged = self.0.len() <= STEM_LEN
            && self.0.chars().all(plain)
            && !self.0.starts_with('.')
            && !self.0.ends_with('.')
            && !device;
        if unchanged {
            return self.0.clone();
        }
        let folded = self.0.to_ascii_lowercase();
        let stem: String = folded.chars().map(|c| if plain(c) && c != '.' { c } else { '-' }).collect();
        let stem: String = stem.trim_matches('-').chars().take(STEM_LEN).collect();
        let stem = if stem.is_empty() { "plot".to_owned() } else { stem };
        let mut hash = super::hex(&Sha256::digest(self.0.as_bytes()));
        hash.truncate(HASH_HEX);
        format!("{stem}~{hash}")
    }
}

/// Whether a character could make an id look like something else in a log, a report or a terminal.
fn deceives(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

impl fmt::Display for PlotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_bounded_and_printable() {
        for good in ["KIT-0417", "7", "地块 12", "../x", "<b>", "=1+1", " 7"] {
            assert!(PlotId::new(good).is_some(), "{good}");
        }
        for bad in ["", "  ", "a\nb", "a\u{0}", "\u{1b}[31m", "a\u{202e}b", "a\u{2028}b", &"x".repeat(201)] {
            assert_eq!(PlotId::new(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn folder_names_are_safe_and_differ_where_the_ids_differ() {
        let ids = [
            "a",
            "A",
            "plot-7",
            "Plot-7",
            "PLOT-7",
            "../../etc/passwd",
            "..",
            ".hidden",
            "con",
            "CON",
            "con.txt",
            "nul.",
            "地块 12",
            "地块 13",
            "e\u{301}",
            "\u{e9}",
            "a/b",
            "a\\b",
            "a:b",
            "a b",
            " a",
            "a ",
            "-rf",
            "~",
            "plot-7~b0ace3cf1734df63",
            "=1+1",
            "<script>",
            "a.",
            "feature-0",
        ];
        let long = [format!("{}1", "x".repeat(199)), format!("{}2", "x".repeat(199))];
        let mut seen = std::collections::BTreeMap::new();
        for id in ids.iter().copied().chain(long.iter().map(String::as_str)) {
            let name = PlotId::new(id).unwrap().folder_name();
            assert!(name.len() <= 81, "{name}");
            assert!(
                name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~')),
                "{name}"
            );
            assert!(!name.starts_with('.') && !name.ends_with('.') && !name.is_empty(), "{name}");
            assert!(!RESERVED.contains(&name.split('.').next().unwrap()), "{name}");
            assert_eq!(seen.insert(name.clone(), id), None, "{id} and another share {name}");
        }
        assert_eq!(PlotId::new("plot-7").unwrap().folder_name(), "plot-7");
        assert_eq!(PlotId::from_position(3).folder_name(), "feature-3");
    }
}
