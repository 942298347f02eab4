//! The question put to the ensemble, the answer, and how one leads to the other.

use jiff::civil::Date;

use crate::series::plus_days;

use super::super::normal::day;
use super::super::profile::{Profile, Zone};
use super::super::profiles::Profiles;
use super::super::sowing;
use super::super::thermal::{DailyMeans, ThermalTable, Warp};
use super::super::timing::Unseen;
use super::super::{Candidate, CropRules, DeclaredCheck, SowingNotUsed};
use super::area_shares::AreaShares;
use super::cover;
use super::cycle::Cycle;
use super::develop::{self, Development};
use super::judge;
use super::likelihood::Channel;
use super::points::{Point, points};
use super::posterior::{posterior, priors, summed};
use super::table::{EnsembleError, EnsembleTable};
use super::unit::Unit;
use super::views::{Seen, View};
use super::weigh::{Scale, Weighed};
use super::weigh_classes::{weigh_crops, weigh_water};

/// Default window around the as-of date, days: what is looked at, and where the middle of the green time may lie.
const WINDOW: (i32, i32) = (-330, 95);

/// Everything the ensemble may look at for one plot and one season.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    /// What was seen, in any order; later than `as_of` is left out.
    pub views: &'a [View],
    /// Nothing after this day is used.
    pub as_of: Date,
    /// Latitude, degrees: shifts dates, tells the hemisphere.
    pub latitude: Option<f64>,
    /// Zones whose calendars apply, best first.
    pub zones: &'a [&'a Zone],
    /// First and last day of the season asked about; about a year up to the as-of date when absent.
    pub window: Option<(Date, Date)>,
    /// Crop as declared, in anybody's words.
    pub declared_crop: Option<&'a str>,
    /// Sowing date as declared.
    pub declared_sowing: Option<Date>,
    /// What the series stands for.
    pub unit: Unit,
    /// Prior by area; every group alike without.
    pub shares: Option<&'a AreaShares>,
    /// Crops or groups to consider; empty: all of the place. Covers and the open set always stay.
    pub crops: &'a [String],
}

/// What may be known beside the question, where the user or the archive gives it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Beside<'a> {
    /// Daily temperatures of the place, and how crops follow them: dates and stages then run by degree-days.
    pub temperature: Option<(&'a DailyMeans, &'a ThermalTable)>,
    /// Days and (SWIR1 - SWIR2) / (SWIR1 + SWIR2) on them: straw and tillage date a harvest.
    pub nbr2: &'a [(Date, f64)],
    /// What a trained classifier says of the plot; it is pooled into the weighing of crops, dates stay the profiles'.
    pub learned: Option<&'a super::learned::Learned>,
    /// Why the declared crop cannot be seen yet, where that is so.
    pub unseen: Option<Unseen>,
}

/// One class and what speaks for it.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassScore {
    /// Crop name of the calendar, or cover name.
    pub name: String,
    /// Group of crops that look alike.
    pub group: String,
    /// The calendar row in words; the cover's name for covers.
    pub title: String,
    /// Log evidence, nats.
    pub evidence: f64,
    /// Probability before the evidence.
    pub prior: f64,
    /// Probability after it, tempered.
    pub probability: f64,
    /// The same had every group been alike before the evidence.
    pub flat_probability: f64,
    /// Whether it is a crop of the calendar rather than a cover.
    pub is_crop: bool,
}

/// What is named, or why nothing is.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
    /// A crop or cover.
    Crop(String),
    /// A group of crops that look alike.
    Group(String),
    /// Nothing: the reason, and what would decide it where that is known.
    Refer(String),
}

/// What the ensemble says of one plot and one season on one day.
#[derive(Clone, Debug)]
pub struct Answer {
    /// All classes, most probable first.
    pub classes: Vec<ClassScore>,
    /// Probabilities of crops and covers, highest first.
    pub crops: Vec<Candidate>,
    /// Probabilities of groups, highest first.
    pub groups: Vec<Candidate>,
    /// What is named.
    pub decision: Decision,
    /// Log Bayes factor of each group against the rest, flat priors; ordered by name.
    pub group_log_odds: Vec<(String, f64)>,
    /// The same with the rest weighed by the area shares; equal to the flat one without them.
    pub group_log_odds_by_area: Vec<(String, f64)>,
    /// The declared crop, when one was declared.
    pub declared: Option<DeclaredCheck>,
    /// The declared sowing date, where the cycle of the declared crop that was weighed is not sown then.
    pub sowing_not_used: Option<SowingNotUsed>,
    /// Dates and stage, when a crop can be assumed.
    pub development: Option<Development>,
    /// The same had no crop been declared; absent when none was, and when a sowing date was, which moves every curve.
    pub undeclared: Option<Development>,
    /// Whether degree-days took the place of calendar days for any crop that was weighed: its curve, and so the odds of
    /// all crops, follow the temperature then.
    pub by_degree_days: bool,
    /// Clear dates used.
    pub clear_dates: usize,
    /// The prior in words: the shares' region, year and version, or flat.
    pub prior_source: String,
}

/// The method, made ready once for any number of plots.
#[derive(Clone, Debug)]
pub struct Ensemble {
    table: EnsembleTable,
    points: Vec<Point>,
}

/// A class while it is weighed.
pub(super) struct Class<'a> {
    pub row: Option<&'a Profile>,
    pub cycle: Option<Cycle>,
    pub warp: Option<Warp>,
    pub weighed: Option<Weighed>,
    pub name: String,
    pub group: String,
    pub open_set: bool,
    pub evidence: f64,
}

impl Ensemble {
    /// With a table.
    pub fn new(table: EnsembleTable) -> Ensemble {
        Ensemble { table, points: points() }
    }

    /// With the table that ships with croplens.
    ///
    /// # Errors
    /// None in a build whose tests pass.
    pub fn builtin() -> Result<Ensemble, EnsembleError> {
        Ok(Ensemble::new(EnsembleTable::builtin()?))
    }

    /// The table.
    pub fn table(&self) -> &EnsembleTable {
        &self.table
    }

    /// Answers a question by the method of the room. Every number follows from the question, the calendar and the
    /// table alone; the order of the views does not matter.
    pub fn answer(&self, question: &Question<'_>, profiles: &Profiles, rules: &CropRules) -> Answer {
        self.answer_beside(question, &Beside::default(), profiles, rules)
    }

    /// The same with what else is known; with nothing it is [`Ensemble::answer`].
    pub fn answer_beside(
        &self,
        question: &Question<'_>,
        beside: &Beside<'_>,
        profiles: &Profiles,
        rules: &CropRules,
    ) -> Answer {
        let (from, to) = question
            .window
            .unwrap_or_else(|| (plus_days(question.as_of, WINDOW.0), plus_days(question.as_of, WINDOW.1)));
        let trust = self.table.trust(question.unit);
        let seen = Seen::new(question.views, from, to.min(question.as_of));
        let channels: Vec<Channel> = (self.table.index.iter().enumerate())
            .filter_map(|(k, row)| Channel::new(k, row, &seen, trust.noise_factor))
            .collect();
        let rows = profiles.rows_in(question.zones);
        let mut classes = self.classes(question, beside, &rows, profiles, from, to);
        let declared = judge::declared_rows(question, profiles, &self.table);
        let new_year = Date::new(to.year(), 1, 1).map_or(0.0, day);
        let covers: Vec<Class<'_>> = (self.table.covers_in(question.zones).into_iter())
            .map(|row| Class {
                row: None,
                cycle: None,
                warp: None,
                weighed: None,
                name: row.name.clone(),
                group: row.group.clone(),
                open_set: row.open_set,
                evidence: cover::evidence(row, &self.table, &seen, &channels, new_year, question.latitude),
            })
            .collect();
        let open = covers.iter().find(|c| c.open_set).map(|c| c.evidence);
        let scale = Scale { seen: &seen, channels: &channels, points: &self.points };
        weigh_crops(&mut classes, &scale, &declared, open);
        classes.extend(covers);
        let had_water = weigh_water(&mut classes, question, &declared, day(to.min(question.as_of)));
        self.conclude(question, beside, profiles, rules, &seen, &classes, &declared, had_water.as_deref())
    }

    /// One class per calendar row, in the year that the window asks about.
    fn classes<'p>(
        &self,
        question: &Question<'_>,
        beside: &Beside<'_>,
        rows: &[&'p Profile],
        profiles: &'p Profiles,
        from: Date,
        to: Date,
    ) -> Vec<Class<'p>> {
        let asked = |row: &Profile, group: &str| {
            question.crops.is_empty() || question.crops.iter().any(|c| *c == row.crop || c == group)
        };
        let group_of = |row: &Profile| {
            profiles.crops().iter().find(|c| c.name == row.crop).map_or(row.crop.clone(), |c| c.group.clone())
        };
        (rows.iter())
            .filter_map(|row| {
                let group = group_of(row);
                if !asked(row, &group) {
                    return None;
                }
                let zone = profiles.zone(&row.zone);
                let sown = question.declared_sowing;
                let of_year =
                    |y| Cycle::new(row, zone, &self.table, y, question.latitude, sown, question.unit);
                let inside = |c: &Cycle| (day(from)..=day(to)).contains(&c.middle());
                let centre = 0.5 * (day(from) + day(to));
                let cycles: Vec<Cycle> = (from.year() - 2..=to.year() + 1).filter_map(of_year).collect();
                let cycle = cycles.iter().rfind(|c| inside(c)).or_else(|| {
                    cycles.iter().reduce(|a, b| {
                        if (b.middle() - centre).abs() < (a.middle() - centre).abs() { b } else { a }
                    })
                })?;
                let warp = beside.temperature.and_then(|(means, table)| {
                    let row = table.row(&row.crop)?;
                    Warp::new(means, row, question.latitude, cycle.sowing(), question.as_of)
                });
                let cycle = cycle.clone();
                Some(Class {
                    row: Some(row),
                    cycle: Some(match &warp {
                        Some(warp) => cycle.warmed(warp),
                        None => cycle,
                    }),
                    warp,
                    weighed: None,
                    name: row.crop.clone(),
                    group,
                    open_set: false,
                    evidence: f64::NEG_INFINITY,
                })
            })
            .collect()
    }

    #[expect(clippy::too_many_arguments, reason = "one call; every argument is another kind of fact")]
    fn conclude(
        &self,
        question: &Question<'_>,
        beside: &Beside<'_>,
        profiles: &Profiles,
        rules: &CropRules,
        seen: &Seen,
        classes: &[Class<'_>],
        declared: &judge::Declared<'_>,
        had_water: Option<&[f64]>,
    ) -> Answer {
        let trust = self.table.trust(question.unit);
        let open = classes.iter().find(|c| c.open_set).map(|c| c.evidence);
        let evidence: Vec<f64> = classes.iter().map(|c| c.evidence).collect();
        let kinds: Vec<(String, String, bool)> =
            classes.iter().map(|c| (c.name.clone(), c.group.clone(), c.open_set)).collect();
        let flat = priors(&kinds, None);
        let prior = priors(&kinds, question.shares);
        let words: Vec<(&str, &str)> =
            kinds.iter().map(|(name, group, _)| (name.as_str(), group.as_str())).collect();
        let pooled = |profile: Vec<f64>| match beside.learned {
            Some(learned) => learned.pooled(&words, &profile),
            None => profile,
        };
        let own = posterior(&evidence, open, &prior, &trust);
        let probability = pooled(own.clone());
        let flat_probability = pooled(posterior(&evidence, open, &flat, &trust));
        let mut scores: Vec<ClassScore> =
            (classes.iter().zip(&prior).zip(probability.iter().zip(&flat_probability)))
                .map(|((c, prior), (probability, flat_probability))| ClassScore {
                    name: c.name.clone(),
                    group: c.group.clone(),
                    title: c.row.map_or_else(|| c.name.clone(), Profile::title),
                    evidence: c.evidence,
                    prior: *prior,
                    probability: *probability,
                    flat_probability: *flat_probability,
                    is_crop: c.row.is_some(),
                })
                .collect();
        let candidates = |all: Vec<(String, f64)>| -> Vec<Candidate> {
            all.into_iter().map(|(crop, probability)| Candidate { crop, probability }).collect()
        };
        let crops = candidates(summed(&scores, |c| &c.name));
        let groups = candidates(summed(&scores, |c| &c.group));
        let group_log_odds = judge::group_log_odds(classes, &flat_probability, &flat);
        let group_log_odds_by_area = judge::group_log_odds(classes, &probability, &prior);
        let had_water = had_water.map(|evidence| pooled(posterior(evidence, open, &flat, &trust)));
        let facts =
            judge::Facts { clear_dates: seen.len(), unseen: beside.unseen, had_water: had_water.as_deref() };
        let check = judge::check(question, declared, classes, &flat_probability, &flat, facts, rules);
        // Dates and stage are the profiles': a classifier knows names only.
        let own_groups = if beside.learned.is_some() {
            let mut alone = scores.clone();
            alone.iter_mut().zip(&own).for_each(|(score, p)| score.probability = *p);
            candidates(summed(&alone, |c| &c.group))
        } else {
            groups.clone()
        };
        let develop = |declared: &judge::Declared<'_>, check: Option<&DeclaredCheck>| {
            let (table, p) = (&self.table, &own);
            develop::develop(
                question,
                beside,
                profiles,
                table,
                seen,
                classes,
                p,
                declared,
                check,
                &own_groups,
            )
        };
        let development = develop(declared, check.as_ref());
        let undeclared = (question.declared_crop.is_some() && question.declared_sowing.is_none())
            .then(|| develop(&judge::Declared::Nothing, None))
            .flatten();
        let decision =
            judge::decide(classes, &crops, &groups, seen, question.as_of, rules, development.as_ref());
        scores.sort_by(|a, b| b.probability.total_cmp(&a.probability).then_with(|| a.title.cmp(&b.title)));
        Answer {
            classes: scores,
            crops,
            groups,
            decision,
            group_log_odds,
            group_log_odds_by_area,
            declared: check,
            sowing_not_used: sowing_not_used(question, declared, classes),
            development,
            undeclared,
            by_degree_days: classes.iter().any(|c| c.warp.as_ref().is_some_and(Warp::by_degree_days)),
            clear_dates: seen.len(),
            prior_source: question.shares.map_or_else(
                || "every group alike".to_owned(),
                |s| format!("area shares of {} {} ({})", s.region, s.year, s.version),
            ),
        }
    }
}

/// What the declared sowing date misses, where no cycle of the declared crop that was weighed takes it.
fn sowing_not_used(
    question: &Question<'_>,
    declared: &judge::Declared<'_>,
    classes: &[Class<'_>],
) -> Option<SowingNotUsed> {
    let windows = (classes.iter())
        .filter(|class| declared.is(class))
        .filter_map(|class| Some((class.name.as_str(), class.cycle.as_ref()?.window)));
    sowing::not_used(windows, question.declared_sowing?)
}
