//! What befell a plot and how it stands, beside what grows there.

use jiff::civil::Date;

use super::ensemble::{Ensemble, Question};
use super::events::{Alike, Event, EventKind, EventRules, Planting, Timing};
use super::vigour::{Vigour, VigourRules};
use super::yields::YieldEstimate;
use super::{CropRules, Profiles};
use crate::series::days_between;

/// Days by which two datings of one fall may lie apart.
const ABOUT_DAYS: i32 = 10;

/// The thresholds that a condition was found with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConditionRules {
    /// Of events.
    pub events: EventRules,
    /// Of the comparison with peers.
    pub vigour: VigourRules,
}

/// Events, vigour and yield of one plot on one day.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Condition {
    /// Whether events were looked for: a crop could be assumed, and its dates are known.
    pub looked: bool,
    /// The thresholds.
    pub rules: ConditionRules,
    /// What happened to the crop, by date; none of the season before.
    pub events: Vec<Event>,
    /// Whether the declared crop was planted in time; absent when events were not looked for.
    pub planting: Option<Planting>,
    /// Against other years and other plots.
    pub vigour: Vigour,
    /// A yield, where the user brought regional statistics that fit.
    pub yields: Option<YieldEstimate>,
    /// Why there is no yield: `no_statistics`, `no_row`, `crop_not_sure`, `no_crop_seen`, `event_on_plot`.
    pub no_yield: Option<&'static str>,
}

impl Condition {
    /// How many neighbours shared an event, where enough are known.
    pub fn alike(&self, event: usize) -> Option<Alike> {
        self.vigour.alike.get(event).copied().flatten()
    }

    /// Whether so many neighbours shared an event that it is none of this plot's alone.
    pub fn is_regional(&self, event: usize) -> bool {
        self.alike(event).is_some_and(|a| a.share > self.rules.events.regional_share)
    }

    /// Whether greenness fell at once about a day, and not by a harvest that was due.
    pub fn fell_about(&self, on: Date) -> bool {
        self.events.iter().any(|e| {
            matches!(e.kind, EventKind::Loss | EventKind::EarlyHarvest)
                && days_between(e.from, on) >= -ABOUT_DAYS
                && days_between(e.last, on) <= ABOUT_DAYS
        })
    }
}

/// What is known of a crop's dates with nothing seen after `on`: first of the crop that is assumed, then, without the
/// declaration, of the crop that the curve itself speaks for. The question's window names the season.
pub fn timings(
    question: &Question<'_>,
    on: Date,
    ensemble: &Ensemble,
    profiles: &Profiles,
    rules: &CropRules,
) -> Vec<Timing> {
    let then = Question { as_of: on, ..question.clone() };
    let of = |q: &Question<'_>| {
        ensemble.answer(q, profiles, rules).development.map(|d| Timing::of_development(&d, profiles))
    };
    let undeclared = Question { declared_crop: None, declared_sowing: None, ..then.clone() };
    let mut all: Vec<Timing> = of(&then).into_iter().collect();
    if question.declared_crop.is_some() {
        all.extend(of(&undeclared));
    }
    all
}
