//! A third language: the sentences of reasons and conditions from a file.
//!
//! Records carry English and Chinese. Any other language is made from code and numbers, afterwards, so that a
//! new language changes no record and no hash.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::record::{CODES, CONDITIONS, Change, Reason, WORDS};
use crate::settings::{self, Mistake, Mistakes};

/// Sentences and words in one language. What a file leaves out is said in English.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Translation {
    /// BCP 47 tag, `es`.
    pub language: String,
    /// Sentence by reason code, with the code's parameters in braces.
    pub reasons: BTreeMap<String, String>,
    /// Sentence by condition, with its parameters in braces.
    pub conditions: BTreeMap<String, String>,
    /// Words inside sentences.
    pub words: BTreeMap<String, String>,
}

impl Translation {
    /// Reads a translation file.
    ///
    /// # Errors
    /// Every sentence of an unknown code or with an unknown parameter, and every unknown word, with its line.
    pub fn parse(text: &str) -> Result<Translation, Mistakes> {
        let read: Translation = settings::read(text)?;
        let mut found = Vec::new();
        let mut wrong = |path: String, problem: String| found.push(Mistake::at_path(text, &path, problem));
        for (code, sentence) in &read.reasons {
            match CODES.iter().find(|row| row.code == code) {
                Some(row) => {
                    for name in strange(sentence, |n| row.params.iter().any(|p| p.name == n)) {
                        wrong(format!("reasons.{code}"), format!("{{{name}}} is no number of this reason"));
                    }
                }
                None => wrong(format!("reasons.{code}"), "there is no such reason code".into()),
            }
        }
        for (word, sentence) in &read.conditions {
            match CONDITIONS.iter().find(|row| row.word == word) {
                Some(row) => {
                    for name in strange(sentence, |n| row.params.iter().any(|p| p.name == n)) {
                        wrong(
                            format!("conditions.{word}"),
                            format!("{{{name}}} is no number of this condition"),
                        );
                    }
                }
                None => wrong(format!("conditions.{word}"), "there is no such condition".into()),
            }
        }
        for word in read.words.keys().filter(|w| !WORDS.iter().any(|row| row.word == w.as_str())) {
            wrong(format!("words.{word}"), "there is no such word".into());
        }
        if found.is_empty() { Ok(read) } else { Err(Mistakes(found)) }
    }

    /// Codes, conditions and words that the file leaves out.
    pub fn missing(&self) -> Vec<&'static str> {
        let reasons = CODES.iter().map(|r| r.code).filter(|c| !self.reasons.contains_key(*c));
        let conditions = CONDITIONS.iter().map(|c| c.word).filter(|c| !self.conditions.contains_key(*c));
        let words = WORDS.iter().map(|w| w.word).filter(|w| !self.words.contains_key(*w));
        reasons.chain(conditions).chain(words).collect()
    }

    /// A reason in this language.
    pub fn reason(&self, reason: &Reason) -> String {
        match self.reasons.get(reason.code()) {
            Some(sentence) => reason.told(sentence, &self.words),
            None => reason.text_en().to_owned(),
        }
    }

    /// A condition in this language.
    pub fn change(&self, change: &Change) -> String {
        match self.conditions.get(&change.condition) {
            Some(sentence) => change.told(sentence, &self.words),
            None => change.text_en.clone(),
        }
    }
}

/// Names in braces that are not known.
fn strange(sentence: &str, known: impl Fn(&str) -> bool) -> Vec<String> {
    let names = sentence.split('{').skip(1).map(|after| after.split('}').next().unwrap_or_default());
    names.filter(|name| !known(name)).map(str::to_owned).collect()
}
