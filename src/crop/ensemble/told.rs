//! Which of a user's sequences was it, or none of them?
//!
//! # Method
//! The named sequences compete with everything else that the calendar and the covers know at the place: every crop that
//! no named sequence is by itself, every named first crop followed by a crop that is not named after it, every cover, and
//! the open set. Beforehand every named sequence and every group of the rest counts alike, the open set as in every
//! answer of the ensemble. A sequence is named by the rules of a crop: enough clear dates, the open set not too likely,
//! and a probability from which crops are named.
//!
//! Of two slots of which the second cannot be weighed yet, the first competes by what was seen so far. While that is so
//! of a named sequence, it is not denied: neither something else nor another sequence that begins alike is named.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::super::profile::Profile;
use super::super::profiles::Profiles;
use super::super::{Candidate, CropRules};
use super::answer::Ensemble;
use super::chains::{Chain, Slot};
use super::judge::{MOST_OTHER, NAMED};
use super::posterior::priors;
use super::question::Question;
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

/// A sequence of two slots that could not be weighed whole.
struct Unfinished {
    /// Its place among the runners.
    runner: usize,
    /// Whether its first slot competes.
    competes: bool,
}

/// How the race stands.
struct Weighed {
    named: Vec<Candidate>,
    rest: Vec<Candidate>,
    unfinished: Vec<Unfinished>,
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
        if rows.is_empty() {
            // Covers have levels everywhere, but without a calendar no crop competes with them.
            let why = "there is no crop calendar for this place".to_owned();
            return SequenceAnswer::without(clear_dates, why);
        }
        let here: Vec<Chain> = named.chains().iter().filter_map(|c| grown(c, &rows)).collect();
        if here.is_empty() {
            let why = "there is no crop calendar of any of the sequences for this place".to_owned();
            return SequenceAnswer::without(clear_dates, why);
        }
        let runners = self.runners(here, question, profiles, &rows);
        let Weighed { named, rest, unfinished } = self.weigh_runners(&runners, question, profiles, rules);
        let decision = decide(&named, &rest, &runners);
        let decision = match pending(&decision, &runners, &unfinished) {
            Some(chain) => SequenceDecision::CannotTell(not_begun(chain, question.as_of, (from, to))),
            None => decision,
        };
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
            match (&chain.first, &chain.then) {
                (Slot::AnyOf(first), Some(Slot::AnyOf(then))) => {
                    after.entry(first).or_default().extend(then.iter().map(String::as_str));
                }
                // That nothing followed is told from a crop that did.
                (Slot::AnyOf(first), Some(Slot::Idle)) => {
                    after.entry(first).or_default();
                }
                _ => {}
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

    /// Probabilities of the named and of the rest, each most probable first, and what could not be weighed whole.
    fn weigh_runners(
        &self,
        runners: &[Runner],
        question: &Question<'_>,
        profiles: &Profiles,
        rules: &CropRules,
    ) -> Weighed {
        // Numbers for names: a user's name may be that of a crop.
        let numbered: Vec<Chain> = (runners.iter().enumerate())
            .map(|(k, r)| Chain { name: k.to_string(), ..r.chain.clone() })
            .collect();
        let kinds: Vec<(String, String, bool)> = (runners.iter().zip(&numbered))
            .map(|(r, n)| (n.name.clone(), r.group.clone(), r.is_open))
            .collect();
        let prior = priors(&kinds, None);
        // Sequences alike beforehand, then by what they are beforehand: probability is prior times what was seen.
        let mut unfinished: Vec<Unfinished> = Vec::new();
        let mut alike = Vec::new();
        if let Some(mut evidence) = self.chain_evidence(question, &numbered, profiles, rules) {
            for (runner, (chain, e)) in numbered.iter().zip(&mut evidence.of).enumerate() {
                if chain.then.is_some() && !e.is_finite() {
                    *e = self.first_so_far(chain, question, profiles, rules);
                    unfinished.push(Unfinished { runner, competes: e.is_finite() });
                }
            }
            alike = self.alike(&numbered, &evidence, question.unit);
        }
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
        Weighed { named, rest, unfinished }
    }
}

/// The named sequence that keeps the answer open, if any: its second slot could not be weighed and it may be what grows.
/// A sequence that was weighed whole and begins otherwise is named all the same, if it is likely beside what was seen
/// of the first slots.
fn pending<'a>(
    decision: &SequenceDecision,
    runners: &'a [Runner],
    unfinished: &[Unfinished],
) -> Option<&'a Chain> {
    let open: Vec<(&Chain, bool)> = (unfinished.iter())
        .filter_map(|u| Some((runners.get(u.runner).filter(|r| r.is_named)?, u.competes)))
        .map(|(r, competes)| (&r.chain, competes))
        .collect();
    let winner = match decision {
        SequenceDecision::Sequence(name) => runners.iter().find(|r| r.is_named && r.chain.name == *name),
        SequenceDecision::NoneOfThese(_) | SequenceDecision::CannotTell(_) => None,
    };
    let likeness = |(chain, competes): &&(&Chain, bool)| {
        !competes || winner.is_none_or(|w| begin_alike(chain, &w.chain))
    };
    open.iter().find(likeness).map(|(chain, _)| *chain)
}

/// Whether two sequences look alike before their second slots.
fn begin_alike(a: &Chain, b: &Chain) -> bool {
    let crops = |slot: &Slot| match slot {
        Slot::AnyOf(crops) => crops.clone(),
        Slot::Idle | Slot::Cover(_) => Vec::new(),
    };
    // After an idle slot its crop is the only one.
    let begins = |c: &Chain| match (&c.first, &c.then) {
        (Slot::Idle, Some(then)) => crops(then),
        (first, _) => crops(first),
    };
    a.first == b.first || begins(a).iter().any(|c| begins(b).contains(c))
}

/// Why a sequence could not be weighed whole.
fn not_begun(chain: &Chain, as_of: Date, (from, to): (Date, Date)) -> String {
    let what = match chain.then {
        Some(Slot::Idle) => "the time after the first crop of",
        _ => "the second crop of",
    };
    if as_of <= to {
        format!("{what} {} has not begun by {as_of}", chain.name)
    } else {
        format!("{what} {} does not lie between {from} and {to}", chain.name)
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
