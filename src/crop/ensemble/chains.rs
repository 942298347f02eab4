//! Crops that follow one another within a window: which of some sequences was it?
//!
//! A sequence of two parts is two slots of the calendar: the first is read from what was seen until its calendar
//! harvest, the second from what was seen later. The evidence of both is a density of the same views as the evidence
//! of one crop over the whole window, so sequences of unlike length compare.

use jiff::civil::Date;

use crate::series::plus_days;

use super::super::normal::{date, day};
use super::super::profiles::Profiles;
use super::super::{Candidate, CropRules};
use super::answer::{Answer, ClassScore, Ensemble};
use super::cycle::Cycle;
use super::posterior::posterior;
use super::question::Question;
use super::unit::Unit;
use super::views::View;

/// Covers that a slot without a crop looks like.
pub(super) const IDLE: [&str; 2] = ["bare_built", "fallow"];

/// Days around the calendar's date in which the change of crops is looked for: twice the usual spread of a harvest.
const SPLIT_REACH: f64 = 25.0;

/// One slot of a sequence.
#[derive(Clone, Debug, PartialEq)]
pub enum Slot {
    /// One of these crops of the calendar.
    AnyOf(Vec<String>),
    /// No crop: bare or weeds.
    Idle,
    /// A cover of the table, by its name.
    Cover(String),
}

impl Slot {
    /// One crop.
    pub fn crop(name: &str) -> Slot {
        Slot::AnyOf(vec![name.to_owned()])
    }
}

/// One or two crops in their order.
#[derive(Clone, Debug, PartialEq)]
pub struct Chain {
    /// Name for tables.
    pub name: String,
    /// The first slot, or the only crop of the window.
    pub first: Slot,
    /// The slot after the first one's calendar harvest; `None`: the first takes the whole window.
    pub then: Option<Slot>,
}

/// What was seen of some sequences.
pub(super) struct ChainEvidence {
    /// Log evidence of each; minus infinity where it could not be weighed.
    pub(super) of: Vec<f64>,
    /// That of the open set.
    pub(super) open: Option<f64>,
}

impl Ensemble {
    /// Probabilities of the sequences, every one alike beforehand, most probable first; empty without a window, or
    /// when none has a calendar here.
    pub fn chains(
        &self,
        question: &Question<'_>,
        chains: &[Chain],
        profiles: &Profiles,
        rules: &CropRules,
    ) -> Vec<Candidate> {
        match self.chain_evidence(question, chains, profiles, rules) {
            Some(evidence) => self.alike(chains, &evidence, question.unit),
            None => Vec::new(),
        }
    }

    /// Evidence of every sequence; nothing without a window.
    pub(super) fn chain_evidence(
        &self,
        question: &Question<'_>,
        chains: &[Chain],
        profiles: &Profiles,
        rules: &CropRules,
    ) -> Option<ChainEvidence> {
        let (from, to) = question.window?;
        let ask =
            |slots: &[&Slot], from: Date, to: Date| self.part(question, slots, (from, to), profiles, rules);
        let alone: Vec<&Slot> = chains.iter().filter(|c| c.then.is_none()).map(|c| &c.first).collect();
        let whole = ask(&alone, from, to);
        let open = (whole.classes.iter().filter(|c| !c.is_crop && c.name == self.open_set()))
            .map(|c| c.evidence)
            .next();
        let of = (chains.iter())
            .map(|chain| match &chain.then {
                None => mean_of(&whole.classes, &chain.first),
                Some(then) => {
                    let Some(split) = self.split(chain, question, profiles, (from, to)) else {
                        return f64::NEG_INFINITY;
                    };
                    let first = ask(&[&chain.first], from, split);
                    let second = ask(&[then], plus_days(split, 1), to);
                    mean_of(&first.classes, &chain.first) + mean_of(&second.classes, then)
                }
            })
            .collect();
        Some(ChainEvidence { of, open })
    }

    /// Evidence of the first slot over the whole window: all that can be weighed before the second has begun.
    pub(super) fn first_so_far(
        &self,
        chain: &Chain,
        question: &Question<'_>,
        profiles: &Profiles,
        rules: &CropRules,
    ) -> f64 {
        let Some(window) = question.window else { return f64::NEG_INFINITY };
        mean_of(&self.part(question, &[&chain.first], window, profiles, rules).classes, &chain.first)
    }

    /// Probabilities by the evidence, every sequence alike beforehand, most probable first; empty where none has any.
    pub(super) fn alike(&self, chains: &[Chain], evidence: &ChainEvidence, unit: Unit) -> Vec<Candidate> {
        if evidence.of.iter().all(|e| !e.is_finite()) {
            return Vec::new();
        }
        let prior = vec![1.0 / chains.len().max(1) as f64; chains.len()];
        let probability = posterior(&evidence.of, evidence.open, &prior, &self.table().trust(unit));
        let mut out: Vec<Candidate> = (chains.iter().zip(probability))
            .map(|(c, probability)| Candidate { crop: c.name.clone(), probability })
            .collect();
        out.sort_by(|a, b| b.probability.total_cmp(&a.probability));
        out
    }

    /// The answer of a part of the window about the crops of some slots and the covers.
    fn part(
        &self,
        question: &Question<'_>,
        slots: &[&Slot],
        window: (Date, Date),
        profiles: &Profiles,
        rules: &CropRules,
    ) -> Answer {
        let mut crops: Vec<String> = (slots.iter())
            .flat_map(|slot| match slot {
                Slot::AnyOf(names) => names.as_slice(),
                Slot::Idle | Slot::Cover(_) => &[],
            })
            .cloned()
            .collect();
        // Without any crop one word that is no crop keeps the covers alone.
        crops.push(String::new());
        let part = Question { window: Some(window), crops: &crops, declared_crop: None, ..question.clone() };
        self.answer(&part, profiles, rules)
    }

    /// Name of the open set.
    fn open_set(&self) -> &str {
        self.table().cover.iter().find(|c| c.open_set).map_or("", |c| c.name.as_str())
    }

    /// Where the second slot begins: the day on which the least green was seen around the calendar harvest of the
    /// first slot's crops (the latest of them), or around the sowing of the second's when the first is idle.
    fn split(
        &self,
        chain: &Chain,
        question: &Question<'_>,
        profiles: &Profiles,
        (from, to): (Date, Date),
    ) -> Option<Date> {
        let (crops, at): (&[String], fn(&Cycle) -> f64) = match (&chain.first, &chain.then) {
            (Slot::AnyOf(first), _) => (first, |c| c.harvest()),
            (Slot::Idle, Some(Slot::AnyOf(then))) => (then, |c| c.sowing()),
            (Slot::Idle | Slot::Cover(_), _) => return None,
        };
        let rows = profiles.rows_in(question.zones);
        let expected = rows.iter().filter(|r| crops.contains(&r.crop)).flat_map(|row| {
            let of_year = |y| {
                let zone = profiles.zone(&row.zone);
                Cycle::new(row, zone, self.table(), y, question.latitude, None, question.unit)
            };
            (from.year() - 2..=to.year()).filter_map(of_year).map(|c| at(&c)).collect::<Vec<f64>>()
        });
        let inside = expected.filter(|d| (day(from)..=day(to)).contains(d));
        let calendar = inside.reduce(f64::max)?;
        let near = |v: &&View| (day(v.date) - calendar).abs() <= SPLIT_REACH && v.ndvi.is_finite();
        let lowest = (question.views.iter().filter(near))
            .min_by(|a, b| a.ndvi.total_cmp(&b.ndvi).then(a.date.cmp(&b.date)))
            .map_or(date(calendar), |v| v.date);
        Some(lowest).filter(|d| from < *d && *d < to.min(question.as_of))
    }
}

/// Log of the mean evidence of a slot's classes.
fn mean_of(classes: &[ClassScore], slot: &Slot) -> f64 {
    let ours: Vec<f64> = (classes.iter())
        .filter(|c| match slot {
            Slot::AnyOf(names) => c.is_crop && names.contains(&c.name),
            Slot::Idle => !c.is_crop && IDLE.contains(&c.name.as_str()),
            Slot::Cover(name) => !c.is_crop && c.name == *name,
        })
        .map(|c| c.evidence)
        .collect();
    let best = ours.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if !best.is_finite() {
        return best;
    }
    best + (ours.iter().map(|e| (e - best).exp()).sum::<f64>() / ours.len() as f64).ln()
}
