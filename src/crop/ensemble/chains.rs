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
use super::answer::{Answer, ClassScore, Ensemble, Question};
use super::cycle::Cycle;
use super::posterior::posterior;
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
        let Some((from, to)) = question.window else { return Vec::new() };
        let names = |slot: &Slot| match slot {
            Slot::AnyOf(names) => names.clone(),
            Slot::Idle | Slot::Cover(_) => Vec::new(),
        };
        let ask = |crops: &[String], from: Date, to: Date| -> Answer {
            let part = Question { window: Some((from, to)), crops, declared_crop: None, ..question.clone() };
            self.answer(&part, profiles, rules)
        };
        let mut everything: Vec<String> = Vec::new();
        for chain in chains.iter().filter(|c| c.then.is_none()) {
            everything.extend(names(&chain.first));
        }
        // Without a crop that takes the whole window one word that is no crop keeps the covers alone.
        everything.push(String::new());
        let whole = ask(&everything, from, to);
        let open = (whole.classes.iter().filter(|c| !c.is_crop && c.name == self.open_set()))
            .map(|c| c.evidence)
            .next();
        let evidence: Vec<f64> = (chains.iter())
            .map(|chain| match &chain.then {
                None => mean_of(&whole.classes, &chain.first),
                Some(then) => {
                    let Some(split) = self.split(chain, question, profiles, (from, to)) else {
                        return f64::NEG_INFINITY;
                    };
                    let mut earlier = names(&chain.first);
                    earlier.push(String::new());
                    let first = ask(&earlier, from, split);
                    let mut later = names(then);
                    later.push(String::new());
                    let second = ask(&later, plus_days(split, 1), to);
                    mean_of(&first.classes, &chain.first) + mean_of(&second.classes, then)
                }
            })
            .collect();
        if evidence.iter().all(|e| !e.is_finite()) {
            return Vec::new();
        }
        let prior = vec![1.0 / chains.len().max(1) as f64; chains.len()];
        let probability = posterior(&evidence, open, &prior, &self.table().trust(question.unit));
        let mut out: Vec<Candidate> = (chains.iter().zip(probability))
            .map(|(c, probability)| Candidate { crop: c.name.clone(), probability })
            .collect();
        out.sort_by(|a, b| b.probability.total_cmp(&a.probability));
        out
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
