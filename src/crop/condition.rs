//! What befell a plot and how it stands, beside what grows there.

use std::cell::Cell;

use jiff::civil::Date;

use super::appraisal::{Models, question};
use super::ensemble::{Answer, Beside, Development, Ensemble, Question, View};
use super::events::{Alike, Event, EventKind, EventRules, Found, Glance, Planting, Timing, detect, planting};
use super::season_reading::Reading;
use super::thermal::{DailyMeans, ThermalTable};
use super::vigour::{OwnHistory, PeerFacts, greenness, own_history};
use super::vigour::{Vigour, VigourRules};
use super::yields::YieldEstimate;
use super::{Assessment, CropRules, Cropped, DateInterval, Meaning, Profiles, Stage, Verdict};
use crate::series::days_between;
use crate::series::plus_days;

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
    /// SHA-256 of the file of regional statistics that the run was given, hex.
    pub yield_file_sha256: Option<String>,
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
            matches!(e.kind, EventKind::Loss | EventKind::EarlyHarvest | EventKind::CoverGone)
                && days_between(e.from, on) >= -ABOUT_DAYS
                && days_between(e.last, on) <= ABOUT_DAYS
        })
    }
}

/// Days after an event in which a harvest that only dates tell is the event's own fall, not a harvest.
const WAKE_DAYS: i32 = 30;

impl Assessment {
    /// The assessment of a crop that was struck: a harvest told from the curve about a flood or a loss is the blow, not
    /// a harvest, and the ripeness that goes with it is none.
    pub fn struck(mut self, condition: &Condition) -> Assessment {
        let blow = |e: &&Event| matches!(e.kind, EventKind::Flood | EventKind::Loss | EventKind::CoverGone);
        let about = |h: DateInterval| {
            condition
                .events
                .iter()
                .filter(blow)
                .any(|e| h.p10 <= plus_days(e.last, WAKE_DAYS) && h.p90 >= plus_days(e.from, -ABOUT_DAYS))
        };
        if self.harvested.or(self.harvest).is_some_and(about) {
            (self.harvested, self.harvest, self.maturity, self.bbch) = (None, None, None, None);
            if matches!(self.stage, Stage::Harvested | Stage::Mature | Stage::Senescence) {
                self.stage = Stage::Unknown;
            }
        }
        self
    }
}

/// What is known of a crop's dates with nothing seen after `on`: first of the crop that is assumed, then, without the
/// declaration, of the crop that the curve itself speaks for; and whether degree-days took the place of calendar days for
/// any crop. The question's window names the season.
pub fn timings(
    question: &Question<'_>,
    on: Date,
    temperature: Option<(&DailyMeans, &ThermalTable)>,
    ensemble: &Ensemble,
    profiles: &Profiles,
    rules: &CropRules,
) -> (Vec<Timing>, bool) {
    let then = Question { as_of: on, ..question.clone() };
    let timing = |d: &Development| Timing::of_development(d, profiles);
    let beside = Beside { temperature, ..Beside::default() };
    let answer = ensemble.answer_beside(&then, &beside, profiles, rules);
    let mut by_degree_days = answer.by_degree_days;
    let verdict = answer.declared.as_ref().map(|d| d.verdict);
    let declared = |d: &Development| Timing { declared: verdict, ..timing(d) };
    let mut all: Vec<Timing> = answer.development.iter().map(declared).collect();
    if question.declared_sowing.is_none() {
        all.extend(answer.undeclared.iter().map(timing));
    } else if question.declared_crop.is_some() {
        let undeclared = Question { declared_crop: None, declared_sowing: None, ..then };
        let answer = ensemble.answer_beside(&undeclared, &beside, profiles, rules);
        by_degree_days |= answer.by_degree_days;
        all.extend(answer.development.iter().map(timing));
    }
    (all, by_degree_days)
}

/// Days before the earliest emergence from which what happens belongs to the season.
const BEFORE_EMERGENCE: i32 = 20;

/// What one plot shows by itself, before it is put beside others.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Befallen {
    /// Whether events were looked for.
    pub looked: bool,
    /// Events and falls of the season.
    pub found: Found,
    /// Whether degree-days took the place of calendar days for any crop, in the answer or in what was expected of it.
    pub by_degree_days: bool,
    /// Whether the declared crop was planted in time; absent without a declaration.
    pub planting: Option<Planting>,
    /// Against its own other years.
    pub own: Option<OwnHistory>,
    /// What others need to know of it. Identity, borrower, zone and grade are the caller's to fill in.
    pub facts: PeerFacts,
}

/// Looks for what befell the crop of the season that the assessment is about, and gathers what peers are compared by.
///
/// Events are looked for where a crop can be assumed and the plot is not plainly without one. `glances` are the clear
/// dates and those that were set aside as outliers; `answer` is the ensemble's behind the assessment.
#[expect(clippy::too_many_arguments, reason = "one call; every argument is another kind of fact")]
pub fn befallen(
    reading: &Reading<'_>,
    views: &[View],
    beside: &Beside<'_>,
    glances: &[Glance],
    answer: &Answer,
    assessment: &Assessment,
    models: &Models<'_>,
    crop: &CropRules,
    rules: &ConditionRules,
) -> Befallen {
    let profiles = models.profiles;
    let zones = reading.zones(profiles);
    let question = question(reading, views, &zones, models, crop);
    let mut out = Befallen {
        planting: reading.declared_crop.map(|_| planting(reading, profiles, crop, &rules.events)),
        by_degree_days: answer.by_degree_days,
        ..Befallen::default()
    };
    let season = assessment.current.and_then(|k| assessment.seasons.get(k));
    let development = answer.development.as_ref().filter(|_| assessment.cropped != Cropped::No);
    if let Some(d) = development {
        let from = plus_days(d.emergence.p10, -BEFORE_EMERGENCE);
        let own: Vec<Glance> = glances.iter().filter(|g| g.date >= from).copied().collect();
        let warmed = Cell::new(out.by_degree_days);
        let known = |on: Date| {
            let (timings, by_degree_days) =
                timings(&question, on, beside.temperature, models.ensemble, profiles, crop);
            warmed.set(warmed.get() | by_degree_days);
            timings
        };
        out.looked = true;
        out.found = detect(&own, reading.smooth.sigma, &known, &rules.events);
        out.by_degree_days = warmed.get();
        out.facts.falls = out.found.falls.clone();
        let slow = out.found.events.iter().filter(|e| e.kind == EventKind::Decline);
        out.facts.declines = slow.map(|e| (e.from, e.last)).collect();
        out.facts.clear = own.iter().filter(|g| g.in_series).map(|g| g.date).collect();
    }
    if let (Some(season), Some(at)) =
        (season.filter(|_| assessment.cropped == Cropped::Yes), assessment.current)
    {
        out.facts.greenup = season.greenup50;
        if let Some(greenup) = season.greenup50 {
            let end = season.senescence50.or(season.eos).unwrap_or(Date::MAX);
            out.facts.greenness = greenness(reading.smooth, greenup, end);
        }
        out.own = own_history(reading.smooth, &assessment.seasons, at, &out.facts.greenness, &rules.vigour);
        out.facts.vci = out.own.and_then(|o| o.vci);
    }
    out.facts.group = group(answer, assessment, profiles, &question, &rules.vigour);
    out
}

/// The group of crops that a plot counts to among peers: the probable one, or that of a declaration that fits.
fn group(
    answer: &Answer,
    assessment: &Assessment,
    profiles: &Profiles,
    question: &Question<'_>,
    rules: &VigourRules,
) -> Option<String> {
    let is_crop = |group: &str| answer.classes.iter().any(|c| c.is_crop && c.group == group);
    let probable = answer.groups.first().filter(|g| g.probability >= rules.min_group_probability);
    if let Some(best) = probable.filter(|g| is_crop(&g.crop)) {
        return Some(best.crop.clone());
    }
    let fits = assessment.declared.as_ref().is_some_and(|d| d.verdict == Verdict::Consistent);
    let Meaning::Rows(rows) = profiles.meaning(question.declared_crop.filter(|_| fits)?, question.zones)
    else {
        return None;
    };
    let first = rows.first()?;
    profiles.crops().iter().find(|c| c.name == first.crop).map(|c| c.group.clone())
}
