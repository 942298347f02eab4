//! Sequences of crops that a user names: read from a file and checked against the tables.

use serde::Deserialize;

use super::super::profiles::Profiles;
use super::chains::{Chain, Slot};
use super::table::EnsembleTable;

/// Word of a slot in which no crop stands.
const IDLE: &str = "idle";

/// What is said where something else grew; no sequence may be called so.
pub const NONE_OF_THESE: &str = "none of these";

/// What is said where nothing can be said; no sequence may be called so.
pub const CANNOT_TELL: &str = "cannot tell";

/// Sequences that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SequenceError {
    /// Not TOML, an unknown key, or a value of the wrong kind; the message names line and key.
    #[error("the sequences cannot be read: {0}")]
    Syntax(#[from] toml::de::Error),
    /// The file names none.
    #[error("the file names no sequence; it needs a table [[sequence]] with `name` and `slots` for each")]
    Empty,
    /// A sequence that cannot be meant.
    #[error("{sequence}: {problem}")]
    Sequence {
        /// Which one, `sequence 2 (soy then maize)`.
        sequence: String,
        /// What is wrong, and what would be right.
        problem: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    sequence: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: String,
    slots: Vec<Words>,
}

/// What a slot is called: one word, or several of which any will do.
#[derive(Deserialize)]
#[serde(untagged)]
enum Words {
    One(String),
    Any(Vec<String>),
}

/// Named sequences of one or two slots, every crop, group and cover of which the tables know.
#[derive(Clone, Debug, PartialEq)]
pub struct Sequences(Vec<Chain>);

impl Sequences {
    /// Reads and checks a file.
    ///
    /// # Errors
    /// Syntax with line and key; a sequence without a name, with the name of another or of an answer, with too many
    /// slots, or with a word that the tables do not know.
    pub fn parse(text: &str, profiles: &Profiles, table: &EnsembleTable) -> Result<Sequences, SequenceError> {
        let File { sequence } = toml::from_str(text)?;
        let mut chains: Vec<Chain> = Vec::new();
        for (k, row) in sequence.iter().enumerate() {
            let name = row.name.trim();
            let wrong = |problem: String| SequenceError::Sequence {
                sequence: format!("sequence {} ({name})", k + 1),
                problem,
            };
            if name.is_empty() {
                return Err(wrong("it has no name".to_owned()));
            }
            if [NONE_OF_THESE, CANNOT_TELL].contains(&name.to_lowercase().as_str()) {
                return Err(wrong(format!("`{name}` is an answer and can name no sequence")));
            }
            if chains.iter().any(|c| c.name == name) {
                return Err(wrong("an earlier sequence has that name".to_owned()));
            }
            let slots: Vec<Slot> = (row.slots.iter())
                .map(|words| slot(words, profiles, table).map_err(wrong))
                .collect::<Result<_, _>>()?;
            let chain = |first: &Slot, then| Chain { name: name.to_owned(), first: first.clone(), then };
            let chain = match slots.as_slice() {
                [first] => chain(first, None),
                [first, second] => chain(first, Some(second.clone())),
                other => return Err(wrong(format!("it has {} slots; one or two can be told", other.len()))),
            };
            if let Some(problem) = unfit(&chain) {
                return Err(wrong(problem));
            }
            if let Some(same) = chains.iter().find(|c| c.first == chain.first && c.then == chain.then) {
                return Err(wrong(format!("its slots are those of `{}`", same.name)));
            }
            chains.push(chain);
        }
        if chains.is_empty() { Err(SequenceError::Empty) } else { Ok(Sequences(chains)) }
    }

    /// Sequences that code names, for instance a harness that measures; they are taken as they are.
    pub fn of(chains: Vec<Chain>) -> Sequences {
        Sequences(chains)
    }

    /// The sequences, in the order of the file.
    pub fn chains(&self) -> &[Chain] {
        &self.0
    }
}

/// Why a sequence cannot be told, if so.
fn unfit(chain: &Chain) -> Option<String> {
    let is_crop = |slot: &Slot| matches!(slot, Slot::AnyOf(_));
    match &chain.then {
        Some(then) if !is_crop(&chain.first) && !is_crop(then) => {
            Some("neither slot has a crop: what divides the year is not known".to_owned())
        }
        Some(then) if [&chain.first, then].iter().any(|s| matches!(s, Slot::Cover(_))) => Some(format!(
            "a cover takes the whole year and can only stand alone; a slot without a crop is `{IDLE}`"
        )),
        _ => None,
    }
}

/// A slot, its groups resolved into their crops.
fn slot(words: &Words, profiles: &Profiles, table: &EnsembleTable) -> Result<Slot, String> {
    let words: Vec<&str> = match words {
        Words::One(word) => vec![word.as_str()],
        Words::Any(words) => words.iter().map(String::as_str).collect(),
    };
    if let [word] = words.as_slice() {
        if *word == IDLE {
            return Ok(Slot::Idle);
        }
        match table.is_open_set(word) {
            Some(true) => {
                return Err(format!("`{word}` stands for whatever is on no list; it always competes"));
            }
            Some(false) => return Ok(Slot::Cover((*word).to_owned())),
            None => {}
        }
    }
    let mut crops: Vec<String> = Vec::new();
    for word in &words {
        let found = profiles.crops().iter().filter(|c| c.name == *word || c.group == *word);
        let before = crops.len();
        crops.extend(found.map(|c| c.name.clone()));
        if crops.len() == before {
            if *word == IDLE || table.is_open_set(word) == Some(false) {
                return Err(format!("`{word}`: a cover, or {IDLE}, stands alone in its slot"));
            }
            return Err(unknown(word, profiles, table));
        }
    }
    crops.sort();
    crops.dedup();
    if crops.is_empty() { Err("a slot names nothing".to_owned()) } else { Ok(Slot::AnyOf(crops)) }
}

/// What is known instead.
fn unknown(word: &str, profiles: &Profiles, table: &EnsembleTable) -> String {
    let crops: Vec<&str> = profiles.crops().iter().map(|c| c.name.as_str()).collect();
    let mut groups: Vec<&str> = profiles.crops().iter().map(|c| c.group.as_str()).collect();
    groups.sort_unstable();
    groups.dedup();
    groups.retain(|g| !crops.contains(g));
    let covers: Vec<&str> =
        table.covers().map(|(name, _)| name).filter(|n| table.is_open_set(n) == Some(false)).collect();
    format!(
        "`{word}` is no crop, group or cover; known crops are {}; groups {}; covers, alone in their sequence, {}; \
         `{IDLE}` is a slot without a crop",
        crops.join(", "),
        groups.join(", "),
        covers.join(", ")
    )
}
