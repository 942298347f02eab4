//! One spelling for the many of a name: full-width forms, capitals, marks, joined words.

use super::table::{
    ALWAYS, BESIDE, MOBILES, NAMES, NUMBERS, OF_A_PERSON, OF_A_PERSON_ALONE, OF_PERSON_OR_THING, PERSONS,
    PERSONS_BESIDE,
};

/// Full-width letters, digits and signs as the plain ones that they stand for (`ｎａｍｅ`, `＋２５４`), as Unicode's
/// compatibility form has them; all else as it is.
pub(super) fn plain_width(text: &str) -> String {
    let plain = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' | '\u{a0}' => ' ',
        _ => c,
    };
    text.chars().map(plain).collect()
}

/// The words of a name in small letters without marks: `farmerName`, `FARMER-NAME` and `farmername` give the same.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut was_small = false;
    for c in plain_width(name).chars() {
        if !(c.is_alphabetic() || is_mark(c)) {
            words.push(std::mem::take(&mut word));
            was_small = false;
            continue;
        }
        if c.is_uppercase() && was_small {
            words.push(std::mem::take(&mut word));
        }
        was_small = c.is_lowercase();
        word.extend(c.to_lowercase().map(plain));
    }
    words.push(word);
    words.into_iter().filter(|w| !w.is_empty()).flat_map(split_joined).collect()
}

/// Vowel signs of Indic and other scripts belong to the word.
pub(super) fn is_mark(c: char) -> bool {
    matches!(c, '\u{900}'..='\u{97f}' | '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}' | '\u{64b}'..='\u{65f}')
}

/// Whether a sign is Han.
pub(super) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}')
}

/// Whether a word stands in a list.
pub(super) fn has(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|listed| listed == word)
}

/// Latin letters without their marks.
fn plain(c: char) -> char {
    match c {
        'á' | 'à' | 'â' | 'ã' | 'ä' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'õ' | 'ö' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ñ' => 'n',
        'ç' => 'c',
        other => other,
    }
}

/// `farmername` as `farmer`, `name`; a word that is no such pair stays whole.
fn split_joined(word: String) -> Vec<String> {
    let known = [
        NAMES,
        ALWAYS,
        PERSONS,
        PERSONS_BESIDE,
        BESIDE,
        NUMBERS,
        OF_A_PERSON,
        OF_A_PERSON_ALONE,
        MOBILES,
        OF_PERSON_OR_THING,
    ];
    let is_known = |w: &str| known.iter().any(|list| has(list, w));
    if is_known(&word) {
        return vec![word];
    }
    let cut = (2..word.len().saturating_sub(1)).find(|at| match word.split_at_checked(*at) {
        Some((a, b)) => is_known(a) && is_known(b),
        None => false,
    });
    match cut.and_then(|at| word.split_at_checked(at)) {
        Some((a, b)) => vec![a.to_owned(), b.to_owned()],
        None => vec![word],
    }
}
