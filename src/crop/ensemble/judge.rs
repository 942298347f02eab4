//! What is said: the declared crop's verdict, and what is named or referred.

use jiff::civil::Date;

use super::super::normal::{date, day};
use super::super::profile::Profile;
use super::super::profiles::{Meaning, Profiles};
use super::super::timing::Unseen;
use super::super::{Candidate, CropRules, DeclaredCheck, Verdict};
use super::answer::Decision;
use super::classes::Class;
use super::develop::Development;
use super::posterior::log_bayes_factor;
use super::question::Question;
use super::table::EnsembleTable;
use super::views::Seen;

/// Probability from which a crop or group is named (science 5.5).
pub(super) const NAMED: f64 = 0.70;
/// Probability of the open set from which nothing is named (science 5.5).
pub(super) const MOST_OTHER: f64 = 0.25;
/// Nats by which the best class may lie below the open set (science 5.5).
const OUT_OF_DOMAIN: f64 = 25.0;
/// Clear dates that the flower must have been seen on (science 5.3).
const FLOWER_DATES: usize = 2;
/// Log Bayes factors of the verdicts (science 5.7).
const CONSISTENT: f64 = 1.0;
const INCONSISTENT: f64 = -1.0;
const CONTRADICTED: f64 = -3.0;

/// What the declared word means here.
pub(super) enum Declared<'a> {
    Nothing,
    /// Known crops, but no calendar for the place.
    NoCalendar(Vec<&'a str>),
    Unknown,
    Rows(Vec<&'a Profile>),
    /// The word is the name of a cover of the table.
    Cover(String),
}

impl Declared<'_> {
    pub(super) fn holds(&self, row: &Profile) -> bool {
        matches!(self, Declared::Rows(rows) if rows.contains(&row))
    }

    pub(super) fn is(&self, class: &Class<'_>) -> bool {
        match (self, class.row) {
            (Declared::Rows(_), Some(row)) => self.holds(row),
            (Declared::Cover(name), None) => *name == class.name,
            _ => false,
        }
    }
}

pub(super) fn declared_rows<'p>(
    question: &Question<'_>,
    profiles: &'p Profiles,
    table: &EnsembleTable,
) -> Declared<'p> {
    let Some(word) = question.declared_crop else { return Declared::Nothing };
    match profiles.meaning(word, question.zones) {
        Meaning::Rows(rows) => Declared::Rows(rows),
        Meaning::NoCalendar { crops } => Declared::NoCalendar(crops),
        Meaning::UnknownWord => {
            table.cover_named(word).map_or(Declared::Unknown, |name| Declared::Cover(name.to_owned()))
        }
    }
}

/// Log Bayes factor of each group against the rest under flat priors.
pub(super) fn group_log_odds(
    classes: &[Class<'_>],
    flat_posterior: &[f64],
    flat: &[f64],
) -> Vec<(String, f64)> {
    let names: std::collections::BTreeSet<&str> = classes.iter().map(|c| c.group.as_str()).collect();
    (names.into_iter())
        .map(|name| {
            let ours: Vec<bool> = classes.iter().map(|c| c.group == name).collect();
            (name.to_owned(), log_bayes_factor(flat_posterior, flat, &ours))
        })
        .collect()
}

/// What a verdict needs besides the numbers.
#[derive(Clone, Copy)]
pub(super) struct Facts<'a> {
    pub clear_dates: usize,
    /// Why the declared crop cannot be seen yet.
    pub unseen: Option<Unseen>,
    /// Probabilities under flat priors had the declared crop's standing water been seen, where it was not.
    pub had_water: Option<&'a [f64]>,
    /// Probabilities under flat priors by the profiles alone, where a classifier was pooled with them.
    pub by_profiles: Option<&'a [f64]>,
}

/// The declared crop against the rest, with flat priors: what is common locally says nothing about one farmer.
pub(super) fn check(
    question: &Question<'_>,
    declared: &Declared<'_>,
    classes: &[Class<'_>],
    flat_posterior: &[f64],
    flat: &[f64],
    Facts { clear_dates, unseen, had_water, by_profiles }: Facts<'_>,
    rules: &CropRules,
) -> Option<DeclaredCheck> {
    let word = question.declared_crop?;
    let said = |crop: &str, verdict, log_odds, better, basis: String| {
        Some(DeclaredCheck { crop: crop.to_owned(), verdict, log_odds, better, basis })
    };
    let crop = match declared {
        Declared::Nothing => return None,
        Declared::Unknown => {
            let basis = format!("\"{word}\" is not a crop of the calendar");
            return said(word, Verdict::UnknownCrop, None, None, basis);
        }
        Declared::NoCalendar(crops) => {
            let basis = format!("there is no calendar of {} for this place", crops.join(" or "));
            let crop = if let [one] = crops.as_slice() { one } else { word };
            return said(crop, Verdict::Undetermined, None, None, basis);
        }
        Declared::Cover(name) => name.as_str(),
        Declared::Rows(rows) => {
            let first = rows.first().map_or(word, |r| r.crop.as_str());
            if rows.iter().all(|r| r.crop == first) { first } else { word }
        }
    };
    let ours: Vec<bool> = classes.iter().map(|c| declared.is(c)).collect();
    if !ours.contains(&true) {
        let basis = format!("{crop} has no natural end: its curve cannot be told from the calendar alone");
        return said(crop, Verdict::Undetermined, None, None, basis);
    }
    let pooled = log_bayes_factor(flat_posterior, flat, &ours);
    let alone = by_profiles.map(|p| log_bayes_factor(p, flat, &ours));
    // A classifier may lift the odds and bring them down to even. Further against the crop they go by the curve only:
    // a model from elsewhere speaks against nobody.
    let odds = alone.map_or(pooled, |alone| pooled.max(alone.min(0.0)));
    // The strongest class that is not declared, its whole crop taken together.
    let rival = (classes.iter().zip(flat_posterior).zip(&ours))
        .filter(|(_, o)| !**o)
        .map(|((c, p), _)| (c, *p))
        .reduce(|a, b| if b.1 > a.1 { b } else { a });
    let mut basis =
        format!("log Bayes factor {odds:+.1} against every other class, on {clear_dates} clear dates");
    let words = |odds: f64| format!("{odds:+.1}");
    if let Some(alone) = alone.map(words).filter(|alone| *alone != words(odds)) {
        basis.push_str(&format!("; {alone} without the classifier"));
    }
    if let Some((c, p)) = rival {
        basis.push_str(&format!("; next best {} ({p:.2})", c.name));
    }
    if clear_dates < rules.min_clear_dates {
        basis.push_str(&format!(
            "; {} clear dates are needed to hold that for or against it",
            rules.min_clear_dates
        ));
        return said(crop, Verdict::Undetermined, Some(odds), None, basis);
    }
    let named = rival.filter(|(c, _)| !c.open_set).map(|(c, _)| c.name.clone());
    // The flood decides for rice. Where nobody saw it, only what would stand against it in spite of it counts.
    let against = match had_water.map(|p| log_bayes_factor(p, flat, &ours)) {
        Some(in_water) if odds < INCONSISTENT => {
            basis.push_str(&format!("; {in_water:+.1} had its standing water been seen, which nobody saw"));
            in_water.max(odds)
        }
        _ => odds,
    };
    // Bare land before the crop shows fits it as little as it speaks against it. What rose since may be the crop, or what
    // is cut before it is sown: that is no contradiction yet.
    let early = |u: &Unseen| match u.shows_by {
        Some(_) => !u.risen || against < CONTRADICTED,
        None => against < INCONSISTENT,
    };
    if let Some(unseen) = unseen.filter(early) {
        basis.push_str(&format!("; too early to tell: {}", unseen.words()));
        let verdict = if unseen.risen { Verdict::Inconsistent } else { Verdict::Undetermined };
        return said(crop, verdict, Some(odds), named.filter(|_| unseen.risen), basis);
    }
    match odds {
        o if o > CONSISTENT => said(crop, Verdict::Consistent, Some(o), None, basis),
        o if against >= INCONSISTENT => said(crop, Verdict::Undetermined, Some(o), None, basis),
        o if against < CONTRADICTED && named.is_some() => {
            said(crop, Verdict::Contradicted, Some(o), named, basis)
        }
        o => said(crop, Verdict::Inconsistent, Some(o), named, basis),
    }
}

/// What is named: the finest level with enough probability, or why none is.
pub(super) fn decide(
    classes: &[Class<'_>],
    crops: &[Candidate],
    groups: &[Candidate],
    seen: &Seen,
    as_of: Date,
    rules: &CropRules,
    development: Option<&Development>,
) -> Decision {
    if seen.len() < rules.min_clear_dates {
        let (have, need) = (seen.len(), rules.min_clear_dates);
        return Decision::Refer(format!("{have} clear dates in the window, {need} are needed"));
    }
    if classes.iter().all(|c| c.row.is_none()) {
        return Decision::Refer("there is no crop calendar for this place".to_owned());
    }
    let open = classes.iter().find(|c| c.open_set);
    let best = classes.iter().filter(|c| !c.open_set).map(|c| c.evidence).fold(f64::NEG_INFINITY, f64::max);
    if open.is_some_and(|o| best < o.evidence - OUT_OF_DOMAIN) {
        return Decision::Refer("the curve is like none of the crops and covers of this place".to_owned());
    }
    let p_open = open.and_then(|o| crops.iter().find(|c| c.crop == o.name)).map_or(0.0, |c| c.probability);
    if p_open > MOST_OTHER {
        return Decision::Refer(format!("something that is not on the list is too likely (p = {p_open:.2})"));
    }
    let (Some(crop), Some(group)) = (crops.first(), groups.first()) else {
        return Decision::Refer("nothing could be weighed".to_owned());
    };
    let is_best = |c: &&Class<'_>| c.name == crop.crop;
    if let Some(d) = development.filter(|_| classes.iter().filter(is_best).any(|c| c.row.is_some())) {
        let (from, to) = (day(d.greenup.p50), day(d.senescence.p50).min(day(as_of)));
        if from < to && !seen.day.iter().any(|t| (from..=to).contains(t)) {
            let why = format!(
                "the green time was not seen; a clear date between {} and {} would decide it",
                d.greenup.p50, d.senescence.p50
            );
            return Decision::Refer(why);
        }
    }
    let flowering = classes.iter().filter(is_best).find_map(|c| c.cycle.as_ref()?.flowering());
    if let Some((at, width)) = flowering {
        let dates = seen.day.iter().filter(|t| (**t - at).abs() <= 1.5 * width).count();
        if dates < FLOWER_DATES {
            let (a, b) = (date(at - 1.5 * width), date(at + 1.5 * width));
            let why = format!(
                "{} by its dates, but the flower was not seen: two clear dates between {a} and {b} would decide it",
                crop.crop
            );
            return Decision::Refer(why);
        }
    }
    if crop.probability >= NAMED {
        Decision::Crop(crop.crop.clone())
    } else if group.probability >= NAMED {
        Decision::Group(group.crop.clone())
    } else {
        let second = crops.get(1).map_or(String::new(), |c| format!(", {} {:.2}", c.crop, c.probability));
        Decision::Refer(format!("no crop is likely enough: {} {:.2}{second}", crop.crop, crop.probability))
    }
}
