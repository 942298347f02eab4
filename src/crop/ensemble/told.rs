//! Which of a user's sequences was it, or none of them?
//!
//! # Method
//! The named sequences compete with everything else that the calendar and the covers know at the place: every crop that
//! no named sequence is by itself, every named first crop followed by a crop that is not named after it, every cover, and
//! the open set. Beforehand every named sequence and every group of the rest counts alike, the open set as in every
//! answer of the ensemble. A sequence is named by the rules of a crop: enough clear dates, the open set not too likely,
//! and a probability from which crops are named.

use std::collections::{BTreeMap, BTreeSet};

use super::super::profile::Profile;
use super::super::profiles::Profiles;
use super::super::{Candidate, CropRules};
use super::answer::{Ensemble, Question};
use super::chains::{Chain, Slot};
use super::judge::{MOST_OTHER, NAMED};
use super::posterior::priors;
use super::sequences::Sequences;
use super::views::Seen;

/// What is said of the sequences that were named.
#[derive(Clone, Debug, PartialEq)]
pub enum SequenceDecision {
    /// It was this one.
    Sequence(String),
    /// It was none of them, but something else that is known: the reason.
    NoneOfThese(String),
    /// It cannot be told: the reason, in plain words.
    CannotTell(String),
}

/// How the named sequences and the rest stand.
#[derive(Clone, Debug, PartialEq)]
pub struct SequenceAnswer {
    /// What is said.
    pub decision: SequenceDecision,
    /// The named sequences with a calendar at the place, most probable first.
    pub named: Vec<Candidate>,
    /// Everything else, most probable first; `other` is the open set.
    pub rest: Vec<Candidate>,
    /// Clear dates within the time asked about.
    pub clear_dates: usize,
}

impl SequenceAnswer {
    /// Probability of everything that was not named.
    pub fn of_the_rest(&self) -> f64 {
        self.rest.iter().map(|c| c.probability).sum()
    }

    /// Nothing weighed.
    fn without(clear_dates: usize, why: String) -> SequenceAnswer {
        let decision = SequenceDecision::CannotTell(why);
        SequenceAnswer { decision, named: Vec::new(), rest: Vec::new(), clear_dates }
    }
}

/// One hypothesis in the race.
struct Runner {
    chain: Chain,
    /// What counts alike beforehand.
    group: String,
    is_named: bool,
    is_open: bool,
}

impl Ensemble {
    /// Which of the named sequences it was, within the window of the question, where everything that was not named
    /// competes with them.
    pub fn tell_sequences(
        &self,
        question: &Question<'_>,
        named: &Sequences,
        profiles: &Profiles,
        rules: &CropRules,
    ) -> SequenceAnswer {
        let Some((from, to)) = question.window else {
            return SequenceAnswer::without(0, "no time was asked about".to_owned());
        };
        let clear_dates = Seen::new(question.views, from, to.min(question.as_of)).len();
        if clear_dates < rules.min_clear_dates {
            let need = rules.min_clear_dates;
            let why = format!("{clear_dates} clear dates between {from} and {to}, {need} are needed");
            return SequenceAnswer::without(clear_dates, why);
        }
        let rows = profiles.rows_in(question.zones);
        let here: Vec<Chain> = named.chains().iter().filter_map(|c| grown(c, &rows)).collect();
        if here.is_empty() {
            let why = "there is no crop calendar of any of the sequences for this place".to_owned();
            return SequenceAnswer::without(clear_dates, why);
        }
        let runners = self.runners(here, question, profiles, &rows);
        let (named, rest) = self.weigh_runners(&runners, question, profiles, rules);
        let decision = decide(&named, &rest, &runners);
        SequenceAnswer { decision, named, rest, clear_dates }
    }

    /// The named sequences and all that competes with them.
    fn runners(
        &self,
        named: Vec<Chain>,
        question: &Question<'_>,
        profiles: &Profiles,
        rows: &[&Profile],
    ) -> Vec<Runner> {
        let group_of = |crop: &str| {
            profiles.crops().iter().find(|c| c.name == crop).map_or(crop, |c| c.group.as_str()).to_owned()
        };
        let crops: Vec<&str> = {
            let mut seen = BTreeSet::new();
            rows.iter().map(|r| r.crop.as_str()).filter(|c| seen.insert(*c)).collect()
        };
        let mut rest: Vec<Runner> = Vec::new();
        let mut against = |name: String, first: Slot, then: Option<Slot>, group: String, is_open: bool| {
            rest.push(Runner { chain: Chain { name, first, then }, group, is_named: false, is_open });
        };
        let alone: BTreeSet<&str> = named.iter().flat_map(by_itself).map(String::as_str).collect();
        for crop in crops.iter().filter(|c| !alone.contains(*c)) {
            against(format!("{crop} alone"), Slot::crop(crop), None, group_of(crop), false);
        }
        // Crops that are named after a first slot, by that slot.
        let mut after: BTreeMap<&[String], BTreeSet<&str>> = BTreeMap::new();
        for chain in &named {
            if let (Slot::AnyOf(first), Some(Slot::AnyOf(then))) = (&chain.first, &chain.then) {
                after.entry(first).or_default().extend(then.iter().map(String::as_str));
            }
        }
        for (first, then) in after {
            let others: Vec<String> =
                crops.iter().filter(|c| !then.contains(*c)).map(|c| (*c).to_owned()).collect();
            if !others.is_empty() {
                let name = format!("{}, then another crop", first.join(" or "));
                let group = name.clone();
                against(name, Slot::AnyOf(first.to_vec()), Some(Slot::AnyOf(others)), group, false);
            }
        }
        let idle_named = named.iter().any(|c| c.first == Slot::Idle && c.then.is_none());
        for row in self.table().covers_in(question.zones) {
            let cover = Slot::Cover(row.name.clone());
            let is_idle = super::chains::IDLE.contains(&row.name.as_str());
            if !(idle_named && is_idle || named.iter().any(|c| c.first == cover)) {
                against(row.name.clone(), cover, None, row.group.clone(), row.open_set);
            }
        }
        let of_named = named.into_iter().map(|chain| {
            // A name of a sequence is no group of the calendar.
            let group = format!("sequence {}", chain.name);
            Runner { chain, group, is_named: true, is_open: false }
        });
        of_named.chain(rest).collect()
    }

    /// Probabilities of the named and of the rest, each most probable first.
    fn weigh_runners(
        &self,
        runners: &[Runner],
        question: &Question<'_>,
        profiles: &Profiles,
        rules: &CropRules,
    ) -> (Vec<Candidate>, Vec<Candidate>) {
        // Numbers for names: a user's name may be that of a crop.
        let numbered: Vec<Chain> = (runners.iter().enumerate())
            .map(|(k, r)| Chain { name: k.to_string(), ..r.chain.clone() })
            .collect();
        let kinds: Vec<(String, String, bool)> = (runners.iter().zip(&numbered))
            .map(|(r, n)| (n.name.clone(), r.group.clone(), r.is_open))
            .collect();
        let prior = priors(&kinds, None);
        // Sequences alike beforehand, then by what they are beforehand: probability is prior times what was seen.
        let alike = self.chains(question, &numbered, profiles, rules);
        let raw: Vec<(usize, f64)> = (alike.iter())
            .filter_map(|c| {
                let k: usize = c.crop.parse().ok()?;
                Some((k, c.probability * prior.get(k)?))
            })
            .collect();
        let sum: f64 = raw.iter().map(|(_, p)| p).sum();
        let (mut named, mut rest) = (Vec::new(), Vec::new());
        for (k, p) in raw {
            let Some(runner) = runners.get(k) else { continue };
            let candidate = Candidate { crop: runner.chain.name.clone(), probability: p / sum };
            if runner.is_named { named.push(candidate) } else { rest.push(candidate) }
        }
        for all in [&mut named, &mut rest] {
            all.sort_by(|a, b| b.probability.total_cmp(&a.probability).then_with(|| a.crop.cmp(&b.crop)));
        }
        (named, rest)
    }
}

/// What is said of the probabilities.
fn decide(named: &[Candidate], rest: &[Candidate], runners: &[Runner]) -> SequenceDecision {
    let Some(best) = named.first() else {
        return SequenceDecision::CannotTell("nothing could be weighed".to_owned());
    };
    let open = runners.iter().find(|r| r.is_open).map_or("", |r| r.chain.name.as_str());
    let (unknown, known): (Vec<&Candidate>, Vec<&Candidate>) = rest.iter().partition(|c| c.crop == open);
    let p_open: f64 = unknown.iter().map(|c| c.probability).sum();
    if p_open > MOST_OTHER {
        return SequenceDecision::CannotTell(format!(
            "something that is not on the list is too likely (p = {p_open:.2})"
        ));
    }
    if best.probability >= NAMED {
        return SequenceDecision::Sequence(best.crop.clone());
    }
    let likeliest = known.first().map_or(String::new(), |c| format!("{} {:.2}", c.crop, c.probability));
    // One of the rest, not their sum: so many hypotheses are likely together before anything was seen.
    if known.first().is_some_and(|c| c.probability >= NAMED) {
        return SequenceDecision::NoneOfThese(format!("it was something else: {likeliest}"));
    }
    let second = named.get(1).map_or(String::new(), |c| format!(", {} {:.2}", c.crop, c.probability));
    let against = if likeliest.is_empty() { String::new() } else { format!("; of the rest {likeliest}") };
    SequenceDecision::CannotTell(format!(
        "no sequence is likely enough: {} {:.2}{second}{against}",
        best.crop, best.probability
    ))
}

/// A sequence with those of its crops that have a calendar here; none where a slot is left without.
fn grown(chain: &Chain, rows: &[&Profile]) -> Option<Chain> {
    let here = |slot: &Slot| match slot {
        Slot::AnyOf(names) => {
            let known: Vec<String> =
                names.iter().filter(|n| rows.iter().any(|r| r.crop == **n)).cloned().collect();
            (!known.is_empty()).then_some(Slot::AnyOf(known))
        }
        other => Some(other.clone()),
    };
    let then = match &chain.then {
        Some(then) => Some(here(then)?),
        None => None,
    };
    Some(Chain { name: chain.name.clone(), first: here(&chain.first)?, then })
}

/// Crops that a sequence is by themselves: alone, or beside an idle slot.
fn by_itself(chain: &Chain) -> &[String] {
    match (&chain.first, &chain.then) {
        (Slot::AnyOf(crops), None | Some(Slot::Idle)) | (Slot::Idle, Some(Slot::AnyOf(crops))) => crops,
        _ => &[],
    }
}
