//! The ensemble's answer, and how a question leads to it.

use jiff::civil::Date;

use super::super::normal::day;
use super::super::profile::Profile;
use super::super::profiles::Profiles;
use super::super::thermal::Warp;
use super::super::{Candidate, CropRules, DeclaredCheck, SowingNotUsed};
use super::classes::{Class, sowing_not_used};
use super::cover;
use super::develop::{self, Development};
use super::judge;
use super::likelihood::Channel;
use super::points::{Point, points};
use super::posterior::{posterior, priors, summed};
use super::question::{Beside, Question};
use super::table::{EnsembleError, EnsembleTable};
use super::views::Seen;
use super::weigh::Scale;
use super::weigh_classes::{weigh_crops, weigh_water};

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
        let (from, to) = question.window();
        let trust = self.table.trust(question.unit);
        let seen = Seen::new(question.views, from, to.min(question.as_of));
        let channels: Vec<Channel> = (self.table.index.iter().enumerate())
            .filter_map(|(k, row)| Channel::new(k, row, &seen, trust.noise_factor))
            .collect();
        let mut classes = self.classes(question, beside, profiles);
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
        let own_flat = posterior(&evidence, open, &flat, &trust);
        let flat_probability = pooled(own_flat.clone());
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
        let had_water = had_water.map(|evidence| posterior(evidence, open, &flat, &trust));
        let alone = judge::Facts {
            clear_dates: seen.len(),
            unseen: beside.unseen,
            had_water: had_water.as_deref(),
            by_profiles: None,
        };
        let facts = judge::Facts { by_profiles: beside.learned.map(|_| own_flat.as_slice()), ..alone };
        let checked = |p: &[f64], facts| judge::check(question, declared, classes, p, &flat, facts, rules);
        let check = checked(&flat_probability, facts);
        // Dates and stage are the profiles', and so is the word on whose dates are told: a classifier knows names only.
        let own_check = checked(&own_flat, alone);
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
        let development = develop(declared, own_check.as_ref());
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
