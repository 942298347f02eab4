//! The reading that appraisals use: the season-based reading for what is cropped, the hypothesis ensemble for which
//! crop, how ripe and when.

use jiff::civil::Date;

use crate::series::plus_days;

use super::asked::{asked_window, declared_rows, sown_in_no_year};
use super::calendar;
use super::ensemble::{Answer, AreaShares, Beside, Decision, Ensemble, Question, Unit, View};
use super::normal::{date, day};
use super::profile::Zone;
use super::profiles::Profiles;
use super::season_reading::{Reading, assess};
use super::timing;
use super::{Assessment, CannotTell, CropRules, SowingNotUsed, Verdict};

/// Days around the as-of date that the ensemble looks at when no cycle is named: most of a year back, and as far
/// ahead as a crop that is up today may have the middle of its green time.
const AROUND_AS_OF: (i32, i32) = (-330, 95);
/// Days before a season's window that show the autumn of its winter crops.
const AUTUMN: i32 = 105;
/// Days after the planned harvest of a named cycle from which on what is seen belongs to the next crop.
const AFTER_HARVEST: i32 = 60;

/// What every plot of a run is read with.
#[derive(Clone, Copy, Debug)]
pub struct Models<'a> {
    /// Crop calendars and stage clocks.
    pub profiles: &'a Profiles,
    /// The ensemble with its table.
    pub ensemble: &'a Ensemble,
    /// Prior by area; every group alike without.
    pub shares: Option<&'a AreaShares>,
    /// What a series stands for.
    pub unit: Unit,
    /// Crops or groups to consider; empty: all of the place.
    pub crops: &'a [String],
}

/// Reads one plot: its assessment, and the ensemble's answer behind it.
///
/// `views` are the clear dates of `reading.series` with whatever indices were read.
pub fn read(
    reading: &Reading<'_>,
    views: &[View],
    models: &Models<'_>,
    rules: &CropRules,
) -> (Assessment, Answer) {
    read_beside(reading, views, &Beside::default(), models, rules)
}

/// The same with what else is known: daily temperatures, NBR2, a trained classifier's word.
pub fn read_beside(
    reading: &Reading<'_>,
    views: &[View],
    beside: &Beside<'_>,
    models: &Models<'_>,
    rules: &CropRules,
) -> (Assessment, Answer) {
    let profiles = models.profiles;
    let zones = reading.zones(profiles);
    let question = question(reading, views, &zones, models, rules);
    let unseen = timing::unseen(reading, profiles, rules);
    let beside = Beside { unseen, ..*beside };
    let answer = models.ensemble.answer_beside(&question, &beside, profiles, rules);
    let base = assess(reading, profiles, rules);
    let assessment = answer.clone().into_assessment(base, rules);
    let is_open = match &assessment.declared {
        Some(check) => check.verdict == Verdict::Undetermined,
        None => matches!(answer.decision, Decision::Refer(_)),
    };
    let mut assessment = assessment.held_against_canopy(reading.smooth, is_open);
    let held_back = assessment.declared.as_ref().is_some_and(|d| d.verdict == Verdict::Undetermined);
    let early = |c: &CannotTell| matches!(c, CannotTell::TooEarly { expected_from: Some(_) });
    if let Some(by) = unseen.filter(|u| !u.overdue && held_back).and_then(|u| u.shows_by)
        && !assessment.cannot_tell.iter().any(early)
    {
        assessment.cannot_tell.push(CannotTell::TooEarly { expected_from: Some(by) });
    }
    (assessment, answer)
}

/// What the assessment of [`read`] says of a declared sowing date that dates nothing, without reading the curve: it rests
/// on the declaration and the calendar alone, whatever was seen.
pub fn sowing_not_used(
    reading: &Reading<'_>,
    models: &Models<'_>,
    rules: &CropRules,
) -> Option<SowingNotUsed> {
    let zones = reading.zones(models.profiles);
    let question = question(reading, &[], &zones, models, rules);
    let by_cycle = models.ensemble.sowing_not_used(&question, models.profiles);
    by_cycle.or_else(|| sown_in_no_year(reading, models.profiles))
}

/// The question that a reading puts to the ensemble.
pub(super) fn question<'a>(
    reading: &Reading<'a>,
    views: &'a [View],
    zones: &'a [&'a Zone],
    models: &Models<'a>,
    rules: &CropRules,
) -> Question<'a> {
    Question {
        views,
        as_of: reading.series.as_of(),
        latitude: reading.place.map(|p| p.0),
        zones,
        window: Some(looked_at(reading, models.profiles, rules)),
        declared_crop: reading.declared_crop,
        declared_sowing: reading.declared_sowing,
        unit: models.unit,
        shares: models.shares,
        crops: models.crops,
    }
}

/// First and last day that the ensemble looks at: the declared cycle where one is named, else about a year.
///
/// A reading whose own window ends on another day than the as-of date asks for that season, and its autumn.
fn looked_at(reading: &Reading<'_>, profiles: &Profiles, rules: &CropRules) -> (Date, Date) {
    let as_of = reading.series.as_of();
    let (back, ahead) = (plus_days(as_of, AROUND_AS_OF.0), plus_days(as_of, AROUND_AS_OF.1));
    if let Some((from, to)) = reading.season_asked() {
        return (plus_days(from, -AUTUMN), to);
    }
    let (from, _) = asked_window(reading, profiles, rules);
    if from <= back {
        return (back, ahead);
    }
    let rows = declared_rows(reading, profiles);
    let latitude = reading.place.map(|p| p.0);
    let planned = (rows.iter())
        .filter_map(|row| calendar::cycle_sown(row, as_of, latitude, rules))
        .filter_map(|dates| dates.harvest)
        .map(|harvest| plus_days(date(harvest.mean), AFTER_HARVEST))
        .max();
    // A cycle that has only begun: its green time lies farther ahead than the usual reach.
    (from, planned.filter(|end| day(*end) > day(from)).unwrap_or(ahead))
}
