//! Settles, once per item, which offset must still be added to its reflectance, and says on what
//! evidence.
//!
//! From processing baseline 04.00 (25 January 2022) on, L2A digital numbers carry an offset of -1000
//! (-0.1 reflectance). Archives removed it or not, and say so or not, each in its own way. Left in, it
//! turns an NDVI of 0.86 into 0.59; removed twice, bare soil of 0.22 into 0.50. So nothing is guessed:
//! evidence that contradicts itself leaves the scene unsettled, and an unsettled scene is not read.

use jiff::civil::{Date, date};

use super::dialect::OffsetFamily;
use crate::band::Band;
use crate::scene::Radiometry;

/// Scale of Sentinel-2 L2A reflectance. Source: ESA Products Specification Document,
/// `BOA_QUANTIFICATION_VALUE` 10000. Consequence: NDVI does not depend on it, other indices do.
pub const SCALE: f64 = 1e-4;

/// Offset of baseline 04.00 and later, reflectance. Source: ESA, `BOA_ADD_OFFSET` -1000 over 10000.
pub const OFFSET: f64 = -0.1;

/// First baseline with the offset, as a number: 04.00.
pub const OFFSET_BASELINE: u16 = 400;

/// First sensing day processed with baseline 04.00 in ESA's routine production.
pub const OFFSET_SINCE: Date = date(2022, 1, 25);

/// What a rule says must still be added.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Verdict {
    /// Nothing.
    Zero,
    /// This offset.
    Add(f64),
    /// The offset that the bands declare.
    AddDeclared,
    /// Cannot tell: the scene is not read.
    Unsettled,
}

/// One row of the table of rules.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The word recorded as [`Radiometry::rule`].
    pub word: &'static str,
    /// When it applies, in plain words.
    pub when: &'static str,
    /// What follows.
    pub verdict: Verdict,
    /// How sure the rule is: 0 best. Decides between two items of one acquisition.
    pub trust: u8,
    /// What the user is told about a scene settled by a rule with known exceptions.
    pub caution: Option<&'static str>,
}

const fn rule(word: &'static str, when: &'static str, verdict: Verdict, trust: u8) -> Rule {
    Rule { word, when, verdict, trust, caution: None }
}

/// The table of rules; the first that fits decides. Sources: Earth Search README and issues 24, 41, 66,
/// 71; Planetary Computer issue 134; torchgeo issue 3224 (reprocessed old scenes carry the offset:
/// decide by baseline, not by date).
pub const RULES: &[Rule] = &[
    SCALE_UNUSUAL,
    ALREADY_APPLIED,
    BANDS_DISAGREE,
    BASELINE_CONFLICT,
    OFFSET_UNUSUAL,
    CONTRADICTION,
    BEFORE_BASELINE,
    DECLARED,
    FLAG_FALSE,
    FLAG_MISSING,
    UNDECLARED,
    BY_BASELINE,
    BEFORE_DATE,
    BASELINE_UNKNOWN,
];

const SCALE_UNUSUAL: Rule =
    rule("scale_unusual", "a band declares a scale other than 0.0001", Verdict::Unsettled, 9);
const ALREADY_APPLIED: Rule = rule(
    "already_applied",
    "the item says the offset is already out of the pixels, whatever its bands declare",
    Verdict::Zero,
    0,
);
const BANDS_DISAGREE: Rule =
    rule("bands_disagree", "the bands declare different offsets", Verdict::Unsettled, 9);
const BASELINE_CONFLICT: Rule = rule(
    "baseline_conflict",
    "the item names two baselines on different sides of 04.00",
    Verdict::Unsettled,
    9,
);
const OFFSET_UNUSUAL: Rule =
    rule("offset_unusual", "the declared offset is neither 0 nor -0.1", Verdict::Unsettled, 9);
const CONTRADICTION: Rule = rule(
    "contradiction",
    "the declared offset does not fit the baseline (-0.1 before 04.00, or 0 from 04.00 on)",
    Verdict::Unsettled,
    9,
);
const BEFORE_BASELINE: Rule =
    rule("before_baseline_0400", "processed before baseline 04.00: there was no offset", Verdict::Zero, 0);
const DECLARED: Rule = rule(
    "declared",
    "a collection whose pixels are never changed declares its offset",
    Verdict::AddDeclared,
    1,
);
const FLAG_FALSE: Rule = Rule {
    word: "flag_false",
    when: "the item declares -0.1 and says it is not yet applied",
    verdict: Verdict::Add(OFFSET),
    trust: 5,
    caution: Some(
        "the item says its offset is still in the pixels; Earth Search is known to say so of some scenes \
         where it is not, so the pixels must be checked",
    ),
};
const FLAG_MISSING: Rule = rule(
    "flag_missing",
    "baseline 04.00 or later in a collection of mixed pixels, and no flag says which",
    Verdict::Unsettled,
    9,
);
const UNDECLARED: Rule = rule(
    "undeclared",
    "baseline 04.00 or later in a collection that always declares its offset, and none is declared",
    Verdict::Unsettled,
    9,
);
const BY_BASELINE: Rule = rule(
    "by_baseline",
    "baseline 04.00 or later in an archive that never changes pixels",
    Verdict::Add(OFFSET),
    1,
);
const BEFORE_DATE: Rule = rule(
    "before_2022_01_25",
    "no baseline is given, no offset is declared, and the scene was sensed before 25 January 2022",
    Verdict::Zero,
    4,
);
const BASELINE_UNKNOWN: Rule = rule(
    "baseline_unknown",
    "no baseline is given and nothing else tells whether the offset is in the pixels",
    Verdict::Unsettled,
    9,
);

/// Scale and offset that one band declares.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BandDeclaration {
    /// The band.
    pub band: Band,
    /// Declared multiplier.
    pub scale: Option<f64>,
    /// Declared offset, reflectance.
    pub offset: Option<f64>,
}

/// What an item says that bears on its offset.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Family of the dialect row.
    pub family: OffsetFamily,
    /// Flag of the item: is the offset already out of the pixels?
    pub flag: Option<bool>,
    /// Declarations of the reflectance bands that the item lists.
    pub bands: Vec<BandDeclaration>,
    /// Every baseline the item names (property, product name, datatake), as numbers: `509`.
    pub baselines: Vec<u16>,
    /// Sensing day, UTC.
    pub sensed: Date,
}

/// The rule with this word.
pub fn rule_named(word: &str) -> Option<&'static Rule> {
    RULES.iter().find(|r| r.word == word)
}

/// Decides by the table and writes down why.
pub fn settle(facts: &Facts) -> Radiometry {
    let rule = decide(facts);
    let declared = facts.bands.iter().find_map(|b| b.offset);
    let offset = match rule.verdict {
        Verdict::Zero | Verdict::Unsettled => 0.0,
        Verdict::Add(offset) => offset,
        Verdict::AddDeclared => declared.unwrap_or(0.0),
    };
    Radiometry {
        scale: SCALE,
        offset,
        offset_declared: declared,
        rule: rule.word,
        evidence: evidence(facts, rule),
        settled: rule.verdict != Verdict::Unsettled,
    }
}

fn decide(facts: &Facts) -> Rule {
    let declares = |value: f64| facts.bands.iter().any(|b| b.offset.is_some_and(|o| near(o, value)));
    let declared = facts.bands.first().and_then(|b| b.offset);
    let early = facts.baselines.iter().any(|b| *b < OFFSET_BASELINE);
    let late = facts.baselines.iter().any(|b| *b >= OFFSET_BASELINE);
    let before_date = facts.sensed < OFFSET_SINCE;

    if facts.bands.iter().any(|b| b.scale.is_some_and(|s| !near(s, SCALE))) {
        return SCALE_UNUSUAL;
    }
    if facts.flag == Some(true) {
        return ALREADY_APPLIED;
    }
    if facts.bands.iter().any(|b| !same(b.offset, declared)) {
        return BANDS_DISAGREE;
    }
    if early && late {
        return BASELINE_CONFLICT;
    }
    if declared.is_some_and(|o| !near(o, 0.0) && !near(o, OFFSET)) {
        return OFFSET_UNUSUAL;
    }
    if (early && declares(OFFSET)) || (late && declares(0.0)) {
        return CONTRADICTION;
    }
    if early {
        return BEFORE_BASELINE;
    }
    // From here on the baseline is 04.00 or later, or unknown.
    match facts.family {
        OffsetFamily::Declared if declares(OFFSET) => DECLARED,
        OffsetFamily::Declared if late => UNDECLARED,
        OffsetFamily::Flagged if facts.flag == Some(false) && declares(OFFSET) => FLAG_FALSE,
        OffsetFamily::Flagged if late => FLAG_MISSING,
        OffsetFamily::Baseline if late => BY_BASELINE,
        _ if before_date && !declares(OFFSET) => BEFORE_DATE,
        _ => BASELINE_UNKNOWN,
    }
}

fn same(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => near(a, b),
        (None, None) => true,
        _ => false,
    }
}

/// Equal within 1e-9; false for anything that is not a number.
fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9
}

fn evidence(facts: &Facts, rule: Rule) -> String {
    let mut said = Vec::new();
    match facts.baselines.as_slice() {
        [] => said.push("no baseline given".to_owned()),
        all => {
            let mut all = all.to_vec();
            all.dedup();
            let words: Vec<String> = all.iter().map(|b| written(*b)).collect();
            said.push(format!("baseline {}", words.join(" and ")));
        }
    }
    said.push(match facts.flag {
        Some(true) => "flag: offset applied".to_owned(),
        Some(false) => "flag: offset not applied".to_owned(),
        None => "no flag".to_owned(),
    });
    let mut offsets: Vec<String> =
        facts.bands.iter().map(|b| b.offset.map_or_else(|| "none".to_owned(), |o| format!("{o}"))).collect();
    offsets.dedup();
    said.push(format!("declared offset {}", offsets.join(" / ")));
    said.push(format!("sensed {}", facts.sensed));
    format!("{}: {}", said.join(", "), rule.when)
}

/// `05.09` or `N0509` as 509; `None` for anything else, and for numbers no baseline has (20.00 on).
pub(super) fn baseline_number(text: &str) -> Option<u16> {
    let text = text.trim().trim_start_matches('N');
    let digits: String = match text.split_once('.') {
        Some((whole, rest)) if whole.len() <= 2 && rest.len() == 2 => format!("{whole}{rest}"),
        None if text.len() == 4 => text.to_owned(),
        _ => return None,
    };
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok().filter(|n| (1..2000).contains(n))
}

/// 509 as `05.09`.
pub(super) fn written(baseline: u16) -> String {
    format!("{:02}.{:02}", baseline / 100, baseline % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn baselines_are_read_in_both_spellings() {
        for (text, number) in
            [("05.09", Some(509)), ("N0400", Some(400)), ("2.14", Some(214)), ("N05.11", Some(511))]
        {
            assert_eq!(baseline_number(text), number, "{text}");
        }
        for bad in ["", "5", "05.1", "99.99", "N04000", "v4.00", "00.00"] {
            assert_eq!(baseline_number(bad), None, "{bad}");
        }
        assert_eq!(written(509), "05.09");
    }

    #[test]
    fn words_are_unique_and_found() {
        for (i, rule) in RULES.iter().enumerate() {
            assert!(RULES.iter().skip(i + 1).all(|other| other.word != rule.word), "{}", rule.word);
            assert_eq!(rule_named(rule.word).map(|r| r.when), Some(rule.when));
        }
    }
}
