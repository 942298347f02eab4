//! One reason of a record: a row of the code table with its numbers filled in.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::record::schema::{Field, Kind, Shape};
use crate::record::{Code, Effect, Form, Param, Party, WORDS};

/// A number, text or list inside a reason.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ParamValue {
    /// A count.
    Integer(u64),
    /// A measure, rounded to six decimals.
    Number(f64),
    /// Text, a word or an ISO date.
    Text(String),
    /// Words.
    List(Vec<String>),
}

/// Why a record says what it says.
///
/// It is only ever made from a row of the code table, which the compiler refuses if party imagery,
/// source or model carries effect *against*; reading one from a file applies the same rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Written")]
pub struct Reason {
    code: String,
    party: Party,
    effect: Effect,
    params: BTreeMap<String, ParamValue>,
    text_en: String,
    text_zh: String,
}

/// A reason in a file that no rule of the code table allows.
#[derive(Debug, thiserror::Error)]
#[error("reason {code}: party {party} can never have effect {effect}")]
pub struct BadReason {
    /// Code as written.
    pub code: String,
    /// Party as written.
    pub party: Party,
    /// Effect as written.
    pub effect: Effect,
}

#[derive(Deserialize)]
struct Written {
    code: String,
    party: Party,
    effect: Effect,
    params: BTreeMap<String, ParamValue>,
    text_en: String,
    text_zh: String,
}

impl TryFrom<Written> for Reason {
    type Error = BadReason;

    fn try_from(w: Written) -> Result<Reason, BadReason> {
        if !w.effect.allowed_for(w.party) {
            return Err(BadReason { code: w.code, party: w.party, effect: w.effect });
        }
        let Written { code, party, effect, params, text_en, text_zh } = w;
        Ok(Reason { code, party, effect, params, text_en, text_zh })
    }
}

impl Effect {
    /// Whether a reason about this party may have this effect: clouds, archive and method never count
    /// against an applicant.
    pub const fn allowed_for(self, party: Party) -> bool {
        !(matches!(self, Effect::Against) && matches!(party, Party::Imagery | Party::Source | Party::Model))
    }
}

impl Reason {
    /// A reason with its parameters in the order of the code table; a missing one shows as `?`, a
    /// surplus one is dropped.
    pub fn new(code: Code, values: impl IntoIterator<Item = ParamValue>) -> Reason {
        let facts = code.facts();
        let mut values = values.into_iter();
        let given = facts
            .params
            .iter()
            .map(|p| (p.name.to_owned(), values.next().unwrap_or_else(|| ParamValue::Text("?".into()))));
        let params: BTreeMap<String, ParamValue> = given.collect();
        Reason {
            code: facts.code.to_owned(),
            party: facts.party,
            effect: facts.effect,
            text_en: fill(facts.en, facts.params, &params, &Language::English),
            text_zh: fill(facts.zh, facts.params, &params, &Language::Chinese),
            params,
        }
    }

    /// The same reason with a milder effect, where a policy or thin evidence asks for it; an effect that
    /// is not milder changes nothing, and a reason in favour is never made one.
    pub fn softened(mut self, effect: Effect) -> Reason {
        if effect < self.effect && effect != Effect::For {
            self.effect = effect;
        }
        self
    }

    /// Code, `IMG_STALE`.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Whom or what it is about.
    pub fn party(&self) -> Party {
        self.party
    }

    /// What it does to the status.
    pub fn effect(&self) -> Effect {
        self.effect
    }

    /// Its numbers by name.
    pub fn params(&self) -> &BTreeMap<String, ParamValue> {
        &self.params
    }

    /// The sentence in English.
    pub fn text_en(&self) -> &str {
        &self.text_en
    }

    /// The sentence in Chinese.
    pub fn text_zh(&self) -> &str {
        &self.text_zh
    }

    /// The reason by another sentence of the same code, with words of another language.
    pub fn told(&self, sentence: &str, words: &BTreeMap<String, String>) -> String {
        let forms = Code::parse(&self.code).map(|c| c.facts().params).unwrap_or_default();
        fill(sentence, forms, &self.params, &Language::Other(words))
    }

    /// Members of a reason in a file.
    pub const FIELDS: &'static [Field] = &[
        member("code", Kind::Text, "reason code", "Row of the code table"),
        member("party", Party::KIND, "word", "Whom or what it is about"),
        member("effect", Effect::KIND, "word", "What it does to the status"),
        member("params", Kind::Params, "see the code", "Its numbers by name"),
        member("text_en", Kind::Text, "sentence", "English"),
        member("text_zh", Kind::Text, "sentence", "Chinese"),
    ];
}

const fn member(name: &'static str, kind: Kind, unit: &'static str, doc: &'static str) -> Field {
    Field { name, group: "", kind, nullable: false, unit, doc }
}

impl Shape for Reason {
    const KIND: Kind = Kind::Object(Reason::FIELDS);
}

impl From<usize> for ParamValue {
    fn from(value: usize) -> Self {
        ParamValue::Integer(value as u64)
    }
}

impl From<u32> for ParamValue {
    fn from(value: u32) -> Self {
        ParamValue::Integer(u64::from(value))
    }
}

impl From<f64> for ParamValue {
    fn from(value: f64) -> Self {
        match crate::record::Rounded::<6>::new(value) {
            Some(v) => ParamValue::Number(v.get()),
            None => ParamValue::Text("?".into()),
        }
    }
}

impl From<&str> for ParamValue {
    fn from(value: &str) -> Self {
        ParamValue::Text(value.to_owned())
    }
}

impl From<String> for ParamValue {
    fn from(value: String) -> Self {
        ParamValue::Text(value)
    }
}

impl From<jiff::civil::Date> for ParamValue {
    fn from(value: jiff::civil::Date) -> Self {
        ParamValue::Text(value.to_string())
    }
}

impl From<Vec<String>> for ParamValue {
    fn from(value: Vec<String>) -> Self {
        ParamValue::List(value)
    }
}

/// Puts values into a template in one pass, so that a brace inside a value is left alone.
pub(super) fn fill(
    template: &str,
    forms: &[Param],
    params: &BTreeMap<String, ParamValue>,
    language: &Language<'_>,
) -> String {
    let mut out = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, tail)) = after.split_once('}') else {
            rest = after;
            break;
        };
        match (forms.iter().find(|p| p.name == name), params.get(name)) {
            (Some(p), Some(value)) => out.push_str(&show(p.form, value, language)),
            _ => out.push('?'),
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}

fn show(form: Form, value: &ParamValue, language: &Language<'_>) -> String {
    match value {
        ParamValue::Integer(n) => measure(form, *n as f64).unwrap_or_else(|| n.to_string()),
        ParamValue::Number(x) => measure(form, *x).unwrap_or_else(|| x.to_string()),
        // An id or a reference may be spelled as a word of the table and still is none.
        ParamValue::Text(t) if form == Form::Text => t.clone(),
        ParamValue::Text(t) => language.word(t),
        ParamValue::List(items) => {
            let words: Vec<String> = items.iter().map(|i| language.word(i)).collect();
            words.join(if matches!(language, Language::Chinese) { "、" } else { ", " })
        }
    }
}

fn measure(form: Form, x: f64) -> Option<String> {
    let decimals = |digits: usize| format!("{x:.digits$}");
    Some(match form {
        Form::Percent => format!("{} %", trimmed(format!("{:.1}", x * 100.0))),
        Form::Hectares if x.abs() < 1.0 => format!("{} ha", decimals(4)),
        Form::Hectares => format!("{} ha", decimals(2)),
        Form::Metres => format!("{} m", trimmed(decimals(1))),
        Form::Ndvi | Form::Probability => decimals(2),
        Form::Degrees => trimmed(decimals(6)),
        Form::Number => trimmed(decimals(2)),
        Form::Count | Form::Days | Form::Text | Form::Word | Form::Date => return None,
    })
}

fn trimmed(text: String) -> String {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// A language of sentences.
#[derive(Clone, Copy, Debug)]
pub(super) enum Language<'a> {
    /// The table's English.
    English,
    /// The table's Chinese.
    Chinese,
    /// Words of a translation file; those it lacks are English.
    Other(&'a BTreeMap<String, String>),
}

impl Language<'_> {
    fn word(&self, text: &str) -> String {
        let row = WORDS.iter().find(|w| w.word == text);
        match (self, row) {
            (_, None) => text.to_owned(),
            (Language::Chinese, Some(w)) => w.zh.to_owned(),
            (Language::English, Some(w)) => w.en.to_owned(),
            (Language::Other(words), Some(w)) => {
                words.get(text).map_or_else(|| w.en.to_owned(), String::clone)
            }
        }
    }
}
