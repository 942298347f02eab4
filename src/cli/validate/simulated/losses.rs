//! Losses that were laid on fields while they grew: how many are found, and how often an honest season raises an alarm.

use rayon::prelude::*;

use crate::band::Band;
use crate::crop::ensemble::{Question, Unit};
use crate::crop::events::{Event, EventKind, EventRules, Glance, detect};
use crate::crop::scores::{mean, quantile};
use crate::crop::timings;
use crate::series::{SeriesRules, Sight, Smoothing, days_between, from_sights, plus_days, smooth};
use crate::simulate::trial::{Look, Trial, TrialField, TrialSpec};

use super::super::super::table::Error;
use super::super::reads::Reads;
use super::super::{Goal, Instruments, Line, figure};
use super::{BANDS, blue, grown, views};

/// True loss of leaf area over a month that must be found; below the second a field counts as unharmed.
const HEAVY: f64 = 0.5;
const LIGHT: f64 = 0.2;
/// Days around the true event in which a found one must begin.
const MATCHED: (i32, i32) = (-20, 45);
/// Days after harvest that are still looked at.
const AFTER_HARVEST: i32 = 20;

/// Fields of a trial of its own, with many events, and its seed: the rules were chosen on the seed 101.
const FIELDS: usize = 450;
const EVENTS: f64 = 0.35;
const SEED: u64 = 40_177;
/// Last day of the season asked about after sowing: before the next season's crop stands in the middle of its growth.
const SEASON_DAYS: i32 = 330;
/// Bounds of the parts by severity and by the share of overpasses that were seen.
const SEVERITIES: [(f64, f64); 3] = [(0.3, 0.5), (0.5, 0.75), (0.75, 1.01)];
const CLEAR: [(f64, f64); 3] = [(0.0, 0.35), (0.35, 0.5), (0.5, 1.01)];

/// One field looked at for events.
struct Looked<'a> {
    field: &'a TrialField,
    events: Vec<Event>,
}

pub(super) fn measure(tools: &Instruments) -> Result<Vec<Line>, Error> {
    let spec = TrialSpec { seed: SEED, fields: FIELDS, events: EVENTS, ..TrialSpec::default() };
    Ok(told(&grown(&spec)?, tools))
}

fn told(trial: &Trial, tools: &Instruments) -> Vec<Line> {
    let usual = |f: &&TrialField| {
        f.cover.is_none() && !f.mislabelled && !f.failed && f.asked().is_some_and(|c| !c.open_set)
    };
    let read = |reads: Reads| -> Vec<Looked<'_>> {
        let look = |field| Looked { field, events: events(field, reads, tools) };
        (trial.fields.par_iter()).filter(usual).map(look).collect()
    };
    let looked = read(Reads::Everything);
    let (heavy, unharmed) = (heavy(&looked), unharmed(&looked));
    let alarms = |l: &Looked<'_>| l.events.iter().any(|e| e.kind != EventKind::EarlyHarvest);
    let mut lines = vec![
        Line::new(
            "true loss of half the leaves or more: any event found at its time",
            heavy.len(),
            figure(rate(&|l| matched(l).is_some(), &heavy), 2),
            "",
        )
        .toward(Goal::LossFound, rate(&|l| matched(l).is_some(), &heavy)),
        Line::new(
            "unharmed season: alarm (sudden loss, decline or flood)",
            unharmed.len(),
            figure(rate(&alarms, &unharmed), 3),
            "",
        )
        .toward(Goal::FalseAlarm, rate(&alarms, &unharmed)),
    ];
    for (kind, share) in [
        (EventKind::Loss, "sudden loss"),
        (EventKind::Decline, "decline"),
        (EventKind::Flood, "flood"),
        (EventKind::EarlyHarvest, "early harvest (asks, no alarm)"),
    ] {
        let of = |l: &Looked<'_>| l.events.iter().any(|e| e.kind == kind);
        let text = figure(rate(&of, &unharmed), 3);
        lines.push(Line::new(format!("unharmed season: {share}"), unharmed.len(), text, ""));
    }
    for word in ["hail", "flood", "drought", "frost", "termination"] {
        let of: Vec<&Looked<'_>> = (heavy.iter().copied())
            .filter(|l| l.field.event.is_some_and(|e| e.kind.word() == word))
            .collect();
        let text = figure(rate(&|l| matched(l).is_some(), &of), 2);
        lines.push(Line::new(format!("true loss of half or more by {word}: found"), of.len(), text, ""));
    }
    for reads in Reads::LESS {
        let looked = read(reads);
        let (heavy, unharmed) = (self::heavy(&looked), self::unharmed(&looked));
        lines.push(Line::new(
            format!("{}: half or more lost, found; alarm of {} unharmed", reads.words(), unharmed.len()),
            heavy.len(),
            format!(
                "{}, {}",
                figure(rate(&|l| matched(l).is_some(), &heavy), 2),
                figure(rate(&alarms, &unharmed), 3)
            ),
            "",
        ));
    }
    parts(&looked, &unharmed, &mut lines);
    let errors: Vec<f64> = heavy.iter().filter_map(|l| matched(l)).map(|d| f64::from(d.abs())).collect();
    lines.push(Line::new(
        "found loss: first clear date that shows it after the true day, median days",
        errors.len(),
        figure(quantile(&errors, 0.5), 0),
        "",
    ));
    lines
}

/// Fields that truly lost half of their leaves or more.
fn heavy<'a, 't>(looked: &'a [Looked<'t>]) -> Vec<&'a Looked<'t>> {
    looked.iter().filter(|l| l.field.event.is_some_and(|e| e.loss >= HEAVY)).collect()
}

/// Fields that lost nothing worth the name.
fn unharmed<'a, 't>(looked: &'a [Looked<'t>]) -> Vec<&'a Looked<'t>> {
    looked.iter().filter(|l| l.field.event.is_none_or(|e| e.loss < LIGHT)).collect()
}

/// Share of some fields of which something holds.
fn rate(of: &dyn Fn(&Looked<'_>) -> bool, among: &[&Looked<'_>]) -> Option<f64> {
    mean(among.iter().map(|l| f64::from(u8::from(of(l)))))
}

/// Recall and false alarms by severity, crop and share of clear overpasses.
fn parts(looked: &[Looked<'_>], unharmed: &[&Looked<'_>], lines: &mut Vec<Line>) {
    let loss = |l: &Looked<'_>| l.field.event.map_or(0.0, |e| e.loss);
    let clear = |l: &Looked<'_>| l.field.looks.len() as f64 / l.field.overpasses.max(1) as f64;
    let crop = |l: &Looked<'_>| l.field.asked().map_or("", |c| c.crop.as_str()).to_owned();
    let mut part = |what: String, of: &dyn Fn(&Looked<'_>) -> bool| {
        let hit: Vec<&Looked<'_>> = looked.iter().filter(|l| loss(l) >= HEAVY && of(l)).collect();
        let calm: Vec<&Looked<'_>> = unharmed.iter().copied().filter(|l| of(l)).collect();
        let told = rate(&|l| matched(l).is_some(), &hit);
        let false_loss = rate(&|l| l.events.iter().any(|e| e.kind == EventKind::Loss), &calm);
        lines.push(Line::new(
            format!("{what}: half or more lost, found; false sudden loss of {} unharmed", calm.len()),
            hit.len(),
            format!("{}, {}", figure(told, 2), figure(false_loss, 3)),
            "",
        ));
    };
    for (from, to) in CLEAR {
        part(format!("{from:.2} to {:.2} of the overpasses clear", to.min(1.0)), &|l| {
            (from..to).contains(&clear(l))
        });
    }
    part("usual fields".to_owned(), &|l| !l.field.unusual);
    part("unusual fields".to_owned(), &|l| l.field.unusual);
    let mut crops: Vec<String> = looked.iter().map(crop).collect();
    crops.sort();
    crops.dedup();
    for name in crops {
        part(name.clone(), &|l| crop(l) == name);
    }
    for (from, to) in SEVERITIES {
        let of: Vec<&Looked<'_>> = looked.iter().filter(|l| (from..to).contains(&loss(l))).collect();
        let text = figure(rate(&|l| matched(l).is_some(), &of), 2);
        lines.push(Line::new(
            format!("true loss of {from} to {:.2}: found", to.min(1.0)),
            of.len(),
            text,
            "",
        ));
    }
}

/// Days from the true event to the first clear date of the found one that fits it.
fn matched(l: &Looked<'_>) -> Option<i32> {
    let truth = l.field.event?;
    (l.events.iter())
        .filter(|e| e.to >= plus_days(truth.from, MATCHED.0) && e.from <= plus_days(truth.to, MATCHED.1))
        .map(|e| days_between(truth.from, e.to))
        .min_by_key(|d| d.abs())
}

/// Events of the season of the declared crop, as an appraisal after its harvest would look for them.
fn events(field: &TrialField, reads: Reads, tools: &Instruments) -> Vec<Event> {
    let Some(cycle) = field.asked() else { return Vec::new() };
    let end = cycle.harvested.map_or(field.window.1, |h| plus_days(h, AFTER_HARVEST));
    let end = end.min(field.window.1);
    let sights: Vec<Sight> = (field.looks.iter())
        .map(|l| Sight { date: l.date, ndvi: l.ndvi(), weight: l.weight, blue: blue(l, reads) })
        .collect();
    let (series, _) = from_sights(&sights, end, &SeriesRules::default());
    let curve = smooth(&series, &Smoothing::default());
    let zones = tools.profiles.zones_at(field.lat, field.lon);
    let seen = views(&field.looks, &series, reads);
    let question = Question {
        views: &seen,
        as_of: end,
        latitude: Some(field.lat),
        zones: &zones,
        window: Some((plus_days(cycle.sown, -45), plus_days(cycle.sown, SEASON_DAYS))),
        declared_crop: Some(&field.label),
        declared_sowing: Some(cycle.sown),
        unit: Unit::Field,
        shares: None,
        crops: &[],
    };
    let glances: Vec<Glance> = (series.samples().iter())
        .filter(|s| s.date >= cycle.sown)
        .map(|s| {
            let look = field.looks.iter().find(|l| l.date == s.date);
            look.map_or(Glance::of(s.date, s.ndvi), |l| glance(l, s.ndvi, reads))
        })
        .collect();
    let known = |on| timings(&question, on, None, &tools.ensemble, &tools.profiles, &tools.rules).0;
    detect(&glances, curve.sigma, &known, &EventRules::default()).events
}

fn glance(l: &Look, ndvi: f64, reads: Reads) -> Glance {
    let band = |of: Band| {
        let place = BANDS.iter().position(|b| *b == of && reads.has(of))?;
        l.bands.get(place).copied()
    };
    let share = |a: Band, b: Band| {
        let (a, b) = band(a).zip(band(b))?;
        Some((a - b) / (a + b)).filter(|x| x.is_finite())
    };
    Glance {
        ndwi: share(Band::B03, Band::B08),
        mndwi: share(Band::B03, Band::B11),
        lswi: share(Band::B8A, Band::B11),
        swir: band(Band::B11),
        nir: band(Band::B08),
        ..Glance::of(l.date, ndvi)
    }
}
