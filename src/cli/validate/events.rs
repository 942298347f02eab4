//! Events: how often an honest season raises an alarm, and how many losses are found that were laid into real series.
//!
//! The sets hold no damage that anybody scored, so every alarm on them counts as false. For recall, a loss is laid into
//! each series on a fixed day of its growth: NDVI and near infrared above soil shrink by a share from that day on, which
//! leaves the real noise, clouds and gaps as they are.

use std::path::Path;

use jiff::civil::Date;
use rayon::prelude::*;

use crate::crop::ensemble::{AreaShares, Question, Unit, View};
use crate::crop::events::{Event, EventKind, EventRules, Glance, Timing, detect};
use crate::crop::scores::mean;
use crate::phenology::{SeasonRules, seasons};
use crate::series::{SeriesRules, Sight, Smoothing, days_between, from_sights, plus_days, smooth};

use super::super::table::Error;
use super::sets::Set;
use super::{Aim, Instruments, Line, Measured, brazil, figure, france, france_pixels, sets, swiss};

/// Shares of greenness that the laid losses take.
const LOSSES: [f64; 3] = [0.3, 0.5, 0.8];
/// Days after green-up on which they begin.
const BEGINS: [i32; 2] = [20, 45];
/// Seasons that losses are laid into, of each crop: the first ones by name.
const MOST_SPOILED: usize = 30;
/// NDVI and near-infrared reflectance of bare soil.
const SOIL: f64 = 0.2;
const SOIL_NIR: f64 = 0.22;
/// Least clear dates of a season.
const LEAST_DATES: usize = 8;

/// One season of one place.
struct Season<'a> {
    views: &'a [View],
    place: (f64, f64),
    window: (Date, Date),
    as_of: Date,
    declared: Option<&'a str>,
    unit: Unit,
    shares: Option<&'a AreaShares>,
}

impl Season<'_> {
    /// Events of the season, after an outlier test as in an appraisal; `lost`: from which day on which share is gone.
    fn events(&self, lost: Option<(Date, f64)>, tools: &Instruments) -> Vec<Event> {
        let spoiled = |v: &View| match lost {
            Some((from, share)) if v.date >= from => {
                let left = |value: f64, soil: f64| soil.min(value) + (value - soil).max(0.0) * (1.0 - share);
                View { ndvi: left(v.ndvi, SOIL), nir: v.nir.map(|nir| left(nir, SOIL_NIR)), ..*v }
            }
            _ => *v,
        };
        let views: Vec<View> = self.views.iter().map(spoiled).collect();
        let sights: Vec<Sight> =
            views.iter().map(|v| Sight { date: v.date, ndvi: v.ndvi, weight: 1.0, blue: v.blue }).collect();
        let (series, _) = from_sights(&sights, self.as_of, &SeriesRules::default());
        let curve = smooth(&series, &Smoothing::default());
        let zones = tools.profiles.zones_at(self.place.0, self.place.1);
        let question = Question {
            views: &views,
            as_of: self.as_of,
            latitude: Some(self.place.0),
            zones: &zones,
            window: Some(self.window),
            declared_crop: self.declared,
            declared_sowing: None,
            unit: self.unit,
            shares: self.shares,
            crops: &[],
        };
        let inside = |d: Date| d >= self.window.0 && d <= self.window.1;
        let glances: Vec<Glance> = (series.samples().iter())
            .filter(|s| inside(s.date))
            .map(|s| Glance {
                nir: views.iter().find(|v| v.date == s.date).and_then(|v| v.nir),
                ..Glance::of(s.date, s.ndvi)
            })
            .collect();
        let known = |on: Date| -> Vec<Timing> {
            crate::crop::timings(&question, on, None, &tools.ensemble, &tools.profiles, &tools.rules).0
        };
        detect(&glances, curve.sigma, &known, &EventRules::default()).events
    }

    /// Green-up on the ensemble's word at the end of the season.
    fn greenup(&self, tools: &Instruments) -> Option<Date> {
        let zones = tools.profiles.zones_at(self.place.0, self.place.1);
        let question = Question {
            views: self.views,
            as_of: self.as_of,
            latitude: Some(self.place.0),
            zones: &zones,
            window: Some(self.window),
            declared_crop: self.declared,
            declared_sowing: None,
            unit: self.unit,
            shares: self.shares,
            crops: &[],
        };
        let answer = tools.ensemble.answer(&question, &tools.profiles, &tools.rules);
        answer.development.map(|d| d.greenup.p50)
    }

    fn is_seen(&self) -> bool {
        let inside = |d: Date| d >= self.window.0 && d <= self.window.1;
        self.views.iter().filter(|v| inside(v.date)).count() >= LEAST_DATES
    }
}

pub(super) fn measure(data: &Path, tools: &Instruments) -> Result<Option<Measured>, Error> {
    type Part = fn(&Set, &Instruments, &mut Measured) -> Result<(), Error>;
    let parts: [(&str, Part); 3] =
        [(france::SET, of_france), (swiss::SET, of_switzerland), (brazil::SET, of_mato_grosso)];
    let mut measured = Measured::default();
    let mut found = false;
    for (name, part) in parts {
        match sets::set(data, name) {
            None => measured.intake.push(format!("{name}: not in the folder")),
            Some(set) => {
                found = true;
                if let Err(e) = part(&set, tools, &mut measured) {
                    measured.problems.push(e.to_string());
                }
            }
        }
    }
    Ok(found.then_some(measured))
}

fn of_france(set: &Set, tools: &Instruments, measured: &mut Measured) -> Result<(), Error> {
    let (pixels, intake) = france_pixels::read(&set.file("series.parquet")?)?;
    measured.intake.extend(intake);
    let crops = [
        ("wcereal", "winter wheat"),
        ("scereal", "spring barley"),
        ("maize", "maize"),
        ("rapeseed", "rapeseed"),
        ("sunflower", "sunflower"),
    ];
    for (label, declared) in crops {
        let of = |declared| -> Vec<Season<'_>> {
            (pixels.iter().filter(|p| p.label == label))
                .map(|p| Season {
                    views: &p.views,
                    place: (p.lat, p.lon),
                    window: p.window(),
                    as_of: p.window().1,
                    declared,
                    unit: Unit::Pixel,
                    shares: Some(&tools.france),
                })
                .filter(Season::is_seen)
                .collect()
        };
        declared_seasons(
            &format!("France, {label}, declared"),
            &of(Some(declared)),
            tools,
            &mut measured.lines,
        );
        let name = format!("France, {label}, nothing declared");
        undeclared_seasons(&name, &of(None), tools, &mut measured.lines);
    }
    Ok(())
}

fn of_switzerland(set: &Set, tools: &Instruments, measured: &mut Measured) -> Result<(), Error> {
    let (fields, intake) = swiss::fields(&set.file("series.csv.gz")?)?;
    measured.intake.push(intake);
    let all: Vec<Season<'_>> = (fields.values())
        .map(|f| Season {
            views: &f.views,
            place: (f.lat, f.lon),
            window: f.window,
            as_of: f.window.1,
            declared: Some("winter wheat"),
            unit: Unit::Field,
            shares: None,
        })
        .filter(Season::is_seen)
        .collect();
    declared_seasons("Switzerland, winter wheat, declared", &all, tools, &mut measured.lines);
    Ok(())
}

fn of_mato_grosso(set: &Set, tools: &Instruments, measured: &mut Measured) -> Result<(), Error> {
    let (samples, intake) = brazil::read(&set.file("series.csv.gz")?)?;
    measured.intake.push(intake);
    let mut all: Vec<Season<'_>> = Vec::new();
    for s in samples.values().filter(|s| s.label.contains("Soy") || s.label.contains("Cotton")) {
        let Some(as_of) = s.views.iter().map(|v| v.date).max() else { continue };
        let sights: Vec<Sight> =
            (s.views.iter()).map(|v| Sight { date: v.date, ndvi: v.ndvi, weight: 1.0, blue: None }).collect();
        let (series, _) = from_sights(&sights, as_of, &SeriesRules::default());
        let curve = smooth(&series, &Smoothing::default());
        for found in seasons(&series, &curve, Some(s.lat), &SeasonRules::default()) {
            let Some(window) = brazil::slot(&found, s) else { continue };
            all.push(Season {
                views: &s.views,
                place: (s.lat, s.lon),
                window,
                as_of: window.1.min(as_of),
                declared: None,
                unit: Unit::Field,
                shares: None,
            });
        }
    }
    undeclared_seasons("Mato Grosso, each season, nothing declared", &all, tools, &mut measured.lines);
    Ok(())
}

/// Seasons without a declaration: a fall of greenness may only ask there, it is never told as a loss, so nothing else
/// can be measured.
fn undeclared_seasons(name: &str, all: &[Season<'_>], tools: &Instruments, lines: &mut Vec<Line>) {
    let found: Vec<Vec<Event>> = all.par_iter().map(|s| s.events(None, tools)).collect();
    let gone =
        mean(found.iter().map(|e| f64::from(u8::from(e.iter().any(|e| e.kind == EventKind::CoverGone)))));
    let what = format!("{name}: seasons of which a green cover is said to have gone (asks only)");
    lines.push(Line::new(what, all.len(), figure(gone, 3), "no loss is told without a declaration"));
}

/// False alarms of seasons with a declared crop, and losses laid into them.
fn declared_seasons(name: &str, all: &[Season<'_>], tools: &Instruments, lines: &mut Vec<Line>) {
    let found: Vec<Vec<Event>> = all.par_iter().map(|s| s.events(None, tools)).collect();
    let rate =
        |of: &dyn Fn(&Event) -> bool| mean(found.iter().map(|e| f64::from(u8::from(e.iter().any(of)))));
    let share = |kind: EventKind| rate(&|e| e.kind == kind);
    let n = all.len();
    for (what, value) in [
        ("seasons with a false sudden loss", share(EventKind::Loss)),
        ("seasons with a false loss or early cut of half the greenness and more", rate(&severe)),
    ] {
        lines.push(Line::new(format!("{name}: {what}"), n, figure(value, 3), "").aimed(
            Aim::AtMost(0.02),
            3,
            value,
        ));
    }
    lines.push(Line::new(
        format!("{name}: seasons with a false early harvest; slow decline"),
        n,
        format!("{}, {}", figure(share(EventKind::EarlyHarvest), 3), figure(share(EventKind::Decline), 3)),
        "",
    ));
    for loss in LOSSES {
        let told: Vec<(bool, Option<i32>)> = all
            .par_iter()
            .take(MOST_SPOILED)
            .flat_map_iter(|s| {
                let greenup = s.greenup(tools);
                BEGINS.iter().filter_map(move |after| {
                    let from = plus_days(greenup?, *after);
                    // A loss that nobody can have seen before the as-of day is not asked for.
                    let later = s.views.iter().filter(|v| v.date >= from).count();
                    (later >= 3).then(|| {
                        let events = s.events(Some((from, loss)), tools);
                        let hit = events.iter().find(|e| {
                            matches!(e.kind, EventKind::Loss | EventKind::EarlyHarvest | EventKind::Decline)
                                && days_between(e.to, from).abs() <= 30
                        });
                        (hit.is_some(), hit.map(|e| days_between(from, e.to)))
                    })
                })
            })
            .collect();
        let delays: Vec<f64> = told.iter().filter_map(|t| t.1).map(f64::from).collect();
        let hit = mean(told.iter().map(|t| f64::from(u8::from(t.0))));
        let days = figure(crate::crop::scores::quantile(&delays, 0.5), 0);
        let remark = format!("median days from loss to the date that shows it: {days}");
        let what = format!("{name}: laid losses of {loss} found");
        let line = Line::new(what, told.len(), figure(hit, 3), &remark);
        lines.push(if loss >= 0.5 { line.aimed(Aim::AtLeast(0.85), 3, hit) } else { line });
    }
}

fn severe(e: &Event) -> bool {
    matches!(e.kind, EventKind::Loss | EventKind::EarlyHarvest) && e.severity.is_some_and(|s| s >= 0.5)
}
