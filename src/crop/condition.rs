//! What befell a plot and how it stands, beside what grows there.

use jiff::civil::Date;

use super::ensemble::{Ensemble, Question};
use super::events::{Event, Planting, Timing};
use super::vigour::Vigour;
use super::yields::YieldEstimate;
use super::{CropRules, Profiles};

/// Events, vigour and yield of one plot on one day.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Condition {
    /// Whether events were looked for: a crop could be assumed, and its dates are known.
    pub looked: bool,
    /// What happened to the crop, by date; none of the season before.
    pub events: Vec<Event>,
    /// Whether the declared crop was planted in time; absent when events were not looked for.
    pub planting: Option<Planting>,
    /// Against other years and other plots.
    pub vigour: Vigour,
    /// A yield, where the user brought regional statistics that fit.
    pub yields: Option<YieldEstimate>,
    /// Why there is no yield.
    pub no_yield: Option<String>,
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
