//! When fields were harvested, told after the fact and thirty days ahead.

use jiff::civil::Date;
use rayon::prelude::*;

use crate::crop::DateInterval;
use crate::crop::scores::{mean, quantile};
use crate::series::{days_between, plus_days};
use crate::simulate::trial::{Trial, TrialField};

use super::super::reads::Reads;
use super::super::{Aim, Goal, Instruments, Line, figure};
use super::{Ask, told};

/// Days after and before the harvest on which it is told.
const AFTER: i32 = 40;
const AHEAD: i32 = 30;
/// Least days after the harvest that must have been in the season.
const LEAST_AFTER: i32 = 15;
/// Loss from which a field no longer has a harvest of its own.
const STRUCK: f64 = 0.3;
/// Crops that the target counts as cereals.
const CEREALS: [&str; 4] = ["winter wheat", "wheat", "winter barley", "spring barley"];
/// A declared sowing date is this wrong at most, days.
const SOWING_ERROR: i32 = 7;

/// What a reader of the figures must know.
const GIVEN: &str = "true crop and sowing date (7 days wrong at most) given";
/// Share of the truths that an interval of 80 % should hold.
const COVERS: Aim = Aim::Between(0.75, 0.85);

/// One field told on one day.
struct Told {
    crop: String,
    cereal: bool,
    /// Share of the overpasses that were seen.
    clear: f64,
    unusual: bool,
    double: bool,
    /// P50 less truth, days; absent where nothing was said.
    error: Option<f64>,
    covered: bool,
    /// Called harvested.
    seen: bool,
}

pub(super) fn measure(trial: &Trial, tools: &Instruments) -> Vec<Line> {
    let mut lines = Vec::new();
    let fields: Vec<(usize, &TrialField)> = (trial.fields.iter().enumerate())
        .filter(|(_, f)| {
            !f.failed && !f.mislabelled && f.event.is_none_or(|e| e.loss < STRUCK) && f.cover.is_none()
        })
        .filter(|(_, f)| f.asked().is_some_and(|c| !c.open_set && !c.cut_green && c.harvested.is_some()))
        .collect();
    let run = |days: i32, sowing: bool, reads: Reads| -> Vec<Told> {
        (fields.par_iter()).filter_map(|(n, f)| one(*n, f, (days, sowing, reads), tools)).collect()
    };
    let after = run(AFTER, true, Reads::Everything);
    let ahead = run(-AHEAD, true, Reads::Everything);
    after_the_fact(&after, "harvest date after the fact, simulated", true, &mut lines);
    for (what, of) in [
        ("cereals", (&|t: &Told| t.cereal) as &dyn Fn(&Told) -> bool),
        ("rice", &|t| t.crop == "rice"),
        ("other crops", &|t| !t.cereal && t.crop != "rice"),
        ("less than .35 of the overpasses clear", &|t| t.clear < 0.35),
        (".35 to .5 clear", &|t| (0.35..0.5).contains(&t.clear)),
        ("half or more clear", &|t| t.clear >= 0.5),
        ("seen cut", &|t| t.seen),
        ("not seen cut", &|t| !t.seen),
        ("unusual fields", &|t| t.unusual),
        ("fields of two crops a year", &|t| t.double),
    ] {
        lines.push(part(&after, what, of));
    }
    let crops: std::collections::BTreeSet<&str> = after.iter().map(|t| t.crop.as_str()).collect();
    lines.extend(crops.into_iter().map(|crop| part(&after, crop, &|t| t.crop == crop)));
    for reads in Reads::LESS {
        lines.push(part(&run(AFTER, true, reads), reads.words(), &|_| true));
    }
    let undeclared = "harvest date after the fact, simulated, sowing date not declared";
    after_the_fact(&run(AFTER, false, Reads::Everything), undeclared, false, &mut lines);
    for (what, goal, of) in [
        ("cereals", Some(Goal::AheadCereals), (&|t: &Told| t.cereal) as &dyn Fn(&Told) -> bool),
        ("others", Some(Goal::AheadOthers), &|t| !t.cereal),
        ("unusual fields", None, &|t| t.unusual),
    ] {
        let errors: Vec<f64> = ahead.iter().filter(|t| of(t)).filter_map(|t| t.error).collect();
        let error = mean(errors.iter().map(|e| e.abs()));
        let what = format!("harvest 30 days ahead, {what}: mean absolute error, days");
        let line = Line::new(what, errors.len(), figure(error, 1), "");
        lines.push(match goal {
            Some(goal) => line.toward(goal, error),
            None => line,
        });
    }
    let errors: Vec<f64> = ahead.iter().filter_map(|t| t.error).collect();
    lines.push(Line::new(
        "harvest 30 days ahead: median error (late is positive), days",
        errors.len(),
        figure(quantile(&errors, 0.5), 1),
        "",
    ));
    let spoken: Vec<&Told> = ahead.iter().filter(|t| t.error.is_some()).collect();
    let held = mean(spoken.iter().map(|t| f64::from(u8::from(t.covered))));
    let what = "harvest 30 days ahead, simulated: 80 % interval covers";
    lines.push(Line::new(what, spoken.len(), figure(held, 2), GIVEN).aimed(COVERS, 2, held));
    lines.push(Line::new(
        "standing crop called harvested 30 days before its harvest",
        ahead.len(),
        figure(mean(ahead.iter().map(|t| f64::from(u8::from(t.seen)))), 3),
        "",
    ));
    lines
}

fn part(all: &[Told], what: &str, of: &dyn Fn(&Told) -> bool) -> Line {
    let part: Vec<&Told> = all.iter().filter(|t| of(t)).collect();
    let (rmse, within) = figures(&part);
    let covered = mean(part.iter().filter(|t| t.error.is_some()).map(|t| f64::from(u8::from(t.covered))));
    let text = format!("{}, {}, {}", figure(rmse, 1), figure(within, 2), figure(covered, 2));
    Line::new(format!("the same, {what}: RMSE, within 10 d, covered"), part.len(), text, "")
}

/// `given`: whether the sowing date was; only then the figures stand for the targets that were set.
fn after_the_fact(all: &[Told], what: &str, given: bool, lines: &mut Vec<Line>) {
    let whole: Vec<&Told> = all.iter().collect();
    let (rmse, within) = figures(&whole);
    let spoken = all.iter().filter(|t| t.error.is_some()).count();
    let remark = if given { GIVEN } else { "true crop given, sowing date not" };
    let beside = |jrc: &str| format!("{remark}; JRC, real fields: {jrc}");
    let toward = |line: Line, goal: Goal, value| {
        let bound = super::super::targets::target(goal);
        if given { line.toward(goal, value) } else { line.aimed(bound.aim, bound.decimals, value) }
    };
    let line = Line::new(format!("{what}: RMSE, days"), spoken, figure(rmse, 1), &beside("16.1"));
    lines.push(toward(line, Goal::HarvestError, rmse));
    let line = Line::new(format!("{what}: within 10 days"), spoken, figure(within, 2), &beside(".66"));
    lines.push(toward(line, Goal::HarvestWithin, within));
    let counted = within.map(|w| w * spoken as f64 / all.len().max(1) as f64);
    let what_all = format!("{what}: within 10 days, a field without a date as a failure");
    let bound = super::super::targets::target(Goal::HarvestWithin);
    let line = Line::new(what_all, all.len(), figure(counted, 2), remark);
    lines.push(line.aimed(bound.aim, bound.decimals, counted));
    let covered = mean(all.iter().filter(|t| t.error.is_some()).map(|t| f64::from(u8::from(t.covered))));
    let line = Line::new(format!("{what}: 80 % interval covers"), spoken, figure(covered, 2), remark);
    lines.push(line.aimed(COVERS, 2, covered));
    lines.push(Line::new(
        format!("{what}: no date, of all"),
        all.len(),
        figure(mean(all.iter().map(|t| f64::from(u8::from(t.error.is_none())))), 2),
        "",
    ));
    lines.push(Line::new(
        format!("{what}: called harvested, of all"),
        all.len(),
        figure(mean(all.iter().map(|t| f64::from(u8::from(t.seen)))), 2),
        "",
    ));
}

/// Root mean square error, and share within ten days, of the fields with a date.
fn figures(told: &[&Told]) -> (Option<f64>, Option<f64>) {
    let errors = || told.iter().filter_map(|t| t.error);
    let rmse = mean(errors().map(|e| e * e)).map(f64::sqrt);
    (rmse, mean(errors().map(|e| f64::from(u8::from(e.abs() <= 10.0)))))
}

fn one(
    n: usize,
    field: &TrialField,
    (days, sowing, reads): (i32, bool, Reads),
    tools: &Instruments,
) -> Option<Told> {
    let cycle = field.asked()?;
    let truth = cycle.harvested?;
    let as_of = plus_days(truth, days).min(field.window.1);
    if days > 0 && days_between(truth, as_of) < LEAST_AFTER {
        return None;
    }
    let wrong = (n as i32 * 5) % (2 * SOWING_ERROR + 1) - SOWING_ERROR;
    let ask = Ask {
        as_of,
        declared: Some(&field.label),
        sowing: sowing.then(|| plus_days(cycle.sown, wrong)),
        window: None,
        reads,
    };
    let (a, _) = told(field, &field.looks, &ask, tools);
    let window: Option<DateInterval> = a.harvested.or(a.harvest);
    let inside = |w: DateInterval| -> bool { (w.p10..=w.p90).contains(&truth) };
    let error = |p50: Date| f64::from(days_between(truth, p50));
    Some(Told {
        cereal: CEREALS.contains(&cycle.crop.as_str()),
        crop: cycle.crop.clone(),
        clear: field.looks.len() as f64 / field.overpasses.max(1) as f64,
        unusual: field.unusual,
        double: field.cycles.len() > 1,
        error: window.map(|w| error(w.p50)),
        covered: window.is_some_and(inside),
        seen: a.harvested.is_some(),
    })
}
