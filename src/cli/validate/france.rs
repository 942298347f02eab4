//! Western France: single pixels with the crop of the parcel register, each over the season its dates are of.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::civil::{Date, date};
use rayon::prelude::*;

use crate::crop::ensemble::{Answer, ClassScore, Decision, Question, Unit, View};
use crate::crop::scores::{Case, Forecast, accuracy, auc, caught_at};

use super::super::table::Error;
use super::baselines::{Pattern, flat, highest, lowest, pattern, twdtw};
use super::france_pixels::{Pixel, TO, read};
use super::{
    Drawn, Goal, Instruments, Line, Measured, figure, france_bands, france_declared, france_end,
    france_held_out, france_shares, sets,
};

/// Folder of the set.
pub(super) const SET: &str = "france_lpis_dekads_2023";
/// Crops whose declaration is checked, in the words of the labels.
const DECLARED: [&str; 6] = ["wcereal", "maize", "rapeseed", "sunflower", "soybean", "grass"];
/// All words of the labels.
const LABELS: [&str; 10] = [
    "wcereal",
    "maize",
    "rapeseed",
    "sunflower",
    "soybean",
    "grass",
    "scereal",
    "pulses",
    "potato",
    "perennial",
];
/// As-of days of the harvest year, month and day; the last is the season's end.
const AS_OF: [((i8, i8), &str); 6] = [
    ((4, 15), "prototype .559"),
    ((5, 31), "prototype .610"),
    ((6, 30), "prototype .630"),
    ((7, 31), "prototype .678"),
    ((8, 31), "prototype .669"),
    (TO, "prototype .703, forest trained on the labels .774"),
];

pub(super) fn measure(data: &Path, tools: &Instruments) -> Result<Option<Measured>, Error> {
    let Some(set) = sets::set(data, SET) else { return Ok(None) };
    let (pixels, intake) = read(&set.file("series.parquet")?)?;
    let mut lines = Vec::new();
    let mut drawn = Vec::new();
    for (day, target) in AS_OF {
        let answered = answers(&pixels, day, tools);
        let as_of = day_name(&pixels, day);
        if day == TO && answered.is_empty() {
            return Err(set.cannot("no pixel has enough clear dates in its season"));
        }
        let cases: Vec<Case> = answered.iter().map(|(p, a)| case(p, a)).collect();
        let line =
            Line::new(format!("accuracy on {as_of}"), cases.len(), figure(accuracy(&cases), 3), target);
        lines.push(if day == TO { line.toward(Goal::FranceAccuracy, accuracy(&cases)) } else { line });
        if day == TO {
            lines.extend(france_end::lines(&answered, &cases));
            let cases: Vec<Case> = answered
                .iter()
                .map(|(p, a)| Case {
                    right: best_by(a, |c| c.flat_probability).0 == p.label,
                    probability: 1.0,
                })
                .collect();
            lines.push(Line::new(
                "accuracy with flat prior",
                cases.len(),
                figure(accuracy(&cases), 3),
                "prototype .55: there every class alike, here every group, of which many do not grow there",
            ));
            by_clear_dates(&answered, &mut lines);
            by_site(&answered, &mut lines);
            lines.extend(france_bands::lines(&pixels, tools));
            lines.extend(france_declared::lines(&pixels, tools));
            lines.extend(france_held_out::lines(&answered, tools));
            lines.extend(france_shares::lines(&answered));
            baselines(&pixels, tools, &mut lines);
            drawn.push(Drawn {
                name: "france",
                title: "Western France 2023, pixels",
                cases: answered.iter().map(|(p, a)| case(p, a)).collect(),
            });
        }
        for (rest, by_area) in [("flat rest", false), ("rest by area", true)] {
            let all: Vec<&(&Pixel, Answer)> = answered.iter().collect();
            let (truths, falses) = declarations(&all, by_area);
            let n = truths.len();
            let (ranked, caught) = (auc(&truths, &falses), caught_at(&truths, &falses, 0.05));
            let what = format!("declared crop, {rest}: AUC on {as_of}");
            let ranked_line =
                Line::new(what, n, figure(ranked, 3), if day == TO { "prototype .92" } else { "" });
            let what = format!("declared crop, {rest}: caught at 5 % on {as_of}");
            let caught_line =
                Line::new(what, n, figure(caught, 3), if day == TO { "prototype .67" } else { "" });
            // The flat rest is what the product's verdict rests on.
            if day == TO && !by_area {
                lines.push(ranked_line.toward(Goal::DeclaredRanked, ranked));
                lines.push(caught_line.toward(Goal::DeclaredCaught, caught));
                for (flagged, percent) in [(0.01, 1), (0.10, 10)] {
                    let text = figure(caught_at(&truths, &falses, flagged), 3);
                    let what = format!("declared crop, {rest}: caught at {percent} % on {as_of}");
                    lines.push(Line::new(what, n, text, ""));
                }
            } else {
                lines.extend([ranked_line, caught_line]);
            }
        }
    }
    Ok(Some(Measured { intake, lines, drawn, problems: vec![] }))
}

/// A day of the harvest year in words; with the year where all pixels are of one.
fn day_name(pixels: &[Pixel], day: (i8, i8)) -> String {
    let days: BTreeSet<Date> = pixels.iter().map(|p| p.on(day)).collect();
    match days.first() {
        Some(only) if days.len() == 1 => only.to_string(),
        _ => format!("{:02}-{:02} of the harvest year", day.0, day.1),
    }
}

/// The names of the sites.
pub(super) fn site_names<'a>(answered: &'a [(&'a Pixel, Answer)]) -> BTreeSet<&'a str> {
    answered.iter().map(|(p, _)| p.site.as_str()).collect()
}

/// Accuracy of all, accuracy of the accepted, and the share referred, of some pixels.
pub(super) fn summary(part: &[&(&Pixel, Answer)]) -> String {
    let cases: Vec<Case> = part.iter().map(|(p, a)| case(p, a)).collect();
    let accepted: Vec<Case> = (part.iter())
        .filter_map(|(p, a)| Some(Case { right: named(a)?.contains(&p.label), probability: 1.0 }))
        .collect();
    let referred = 1.0 - accepted.len() as f64 / part.len().max(1) as f64;
    format!("{}, {}, {referred:.2}", figure(accuracy(&cases), 2), figure(accuracy(&accepted), 2))
}

fn by_clear_dates(answered: &[(&Pixel, Answer)], lines: &mut Vec<Line>) {
    for (from, to) in [(8, 17), (18, 20), (21, 30), (31, 99)] {
        let part: Vec<&(&Pixel, Answer)> =
            answered.iter().filter(|(_, a)| (from..=to).contains(&a.clear_dates)).collect();
        let what = format!("{from} to {to} clear dates: accuracy, accepted right, referred");
        lines.push(Line::new(what, part.len(), summary(&part), ""));
    }
}

/// Each site by itself: what was chosen on one is held out on the other.
fn by_site(answered: &[(&Pixel, Answer)], lines: &mut Vec<Line>) {
    for name in site_names(answered) {
        let part: Vec<&(&Pixel, Answer)> = answered.iter().filter(|(p, _)| p.site == name).collect();
        let what = format!("{name}: accuracy, accepted right, referred");
        lines.push(Line::new(what, part.len(), summary(&part), ""));
        for (rest, by_area) in [("flat rest", false), ("rest by area", true)] {
            let (truths, falses) = declarations(&part, by_area);
            let (area, caught) = (auc(&truths, &falses), caught_at(&truths, &falses, 0.05));
            let what = format!("{name}: declared crop, {rest}: AUC, caught at 5 %");
            lines.push(Line::new(
                what,
                truths.len(),
                format!("{}, {}", figure(area, 3), figure(caught, 3)),
                "",
            ));
        }
    }
}

fn baselines(pixels: &[Pixel], tools: &Instruments, lines: &mut Vec<Line>) {
    let n = pixels.len();
    let right = |said: &(dyn Fn(&Pixel) -> Option<&'static str> + Sync)| {
        let cases: Vec<Case> =
            pixels.par_iter().map(|p| Case { right: said(p) == Some(p.label), probability: 1.0 }).collect();
        figure(accuracy(&cases), 3)
    };
    lines.push(Line::new("baseline: prior only (always grass)", n, right(&|_| Some("grass")), ""));
    lines.push(Line::new("baseline: calendar rule (NDVI thresholds)", n, right(&by_rule), ""));
    let years: BTreeSet<i16> = pixels.iter().map(|p| p.harvest_year).collect();
    let curves: BTreeMap<i16, Curves> = years.into_iter().map(|y| (y, curves(y, tools))).collect();
    let nearest = |p: &Pixel| {
        let (window, curves) = curves.get(&p.harvest_year)?;
        (curves.iter())
            .filter_map(|(name, c)| Some((*name, twdtw(&p.views, c, *window)?)))
            .reduce(|a, b| if b.1 < a.1 { b } else { a })
            .map(|(name, _)| name)
    };
    lines.push(Line::new(
        "baseline: TWDTW to the calendar's curves (alpha -0.1, beta 50)",
        n,
        right(&nearest),
        "",
    ));
    lines.push(Line::new(
        "upper reference: forest trained on these labels, five-fold",
        n,
        "0.774".to_owned(),
        "(from the set's description)",
    ));
}

/// Window, and the calendar's curves of each label.
type Curves = ((Date, Date), Vec<(&'static str, Pattern)>);

/// The calendar's curves of a harvest year.
fn curves(harvest: i16, tools: &Instruments) -> Curves {
    let window = (date(harvest - 1, 10, 1), date(harvest, TO.0, TO.1));
    let curves = (tools.profiles.profiles().iter())
        .filter(|p| p.zone == "europe-atlantic" || p.zone == "europe")
        .filter_map(|p| {
            // Rapeseed, wheat and barley are sown in the year before their harvest.
            let year = if p.sow_from.month >= 7 { harvest - 1 } else { harvest };
            let label = LABELS.iter().find(|l| **l == word(&p.crop))?;
            Some((*label, pattern(p, year, window)?))
        })
        .chain([("grass", flat(window, |_| 0.70))]);
    (window, curves.collect())
}

/// Thresholds that a practitioner would set by the calendar.
fn by_rule(p: &Pixel) -> Option<&'static str> {
    let low = |a, b| lowest(&p.views, p.on(a), p.on(b)).is_some_and(|v| v < 0.4);
    let high = |a, b| highest(&p.views, p.on(a), p.on(b)).is_some_and(|v| v > 0.6);
    let spring = high((4, 1), (5, 31));
    let summer = high((7, 15), (8, 31));
    if spring && low((6, 25), (7, 31)) {
        Some("wcereal")
    } else if summer && low((4, 15), (6, 20)) {
        Some("maize")
    } else {
        Some("grass")
    }
}

pub(super) fn answers<'a>(
    pixels: &'a [Pixel],
    day: (i8, i8),
    tools: &Instruments,
) -> Vec<(&'a Pixel, Answer)> {
    let usable =
        |p: &&Pixel| p.views.iter().filter(|v| v.date <= p.on(day)).count() >= tools.rules.min_clear_dates;
    (pixels.par_iter().filter(usable)).map(|p| (p, answer(p, &p.views, p.on(day), &[], tools))).collect()
}

/// What is said of a pixel from some of its views; `crops` as in a question: none means all of the place.
pub(super) fn answer(
    p: &Pixel,
    views: &[View],
    as_of: Date,
    crops: &[String],
    tools: &Instruments,
) -> Answer {
    let zones = tools.profiles.zones_at(p.lat, p.lon);
    let question = Question {
        views,
        as_of,
        latitude: Some(p.lat),
        zones: &zones,
        window: Some(p.window()),
        declared_crop: None,
        declared_sowing: None,
        unit: Unit::Pixel,
        shares: Some(&tools.france),
        crops,
    };
    tools.ensemble.answer(&question, &tools.profiles, &tools.rules)
}

/// Probability of each label word.
pub(super) fn forecast(p: &Pixel, a: &Answer) -> Forecast {
    let mut probability: BTreeMap<String, f64> = BTreeMap::new();
    a.classes.iter().for_each(|c| *probability.entry(word(&c.name).to_owned()).or_default() += c.probability);
    Forecast { truth: p.label.to_owned(), probability }
}

/// The label's word for a crop or cover of ours.
pub(super) fn word(name: &str) -> &str {
    match name {
        "winter_wheat" | "winter_barley" | "winter_cereal" => "wcereal",
        "spring_barley" | "oat" | "spring_cereal" => "scereal",
        "tree" => "grass",
        "orchard_vine" | "permanent_crop" => "perennial",
        other => other,
    }
}

/// The most probable label word with its probability.
pub(super) fn best(a: &Answer) -> (&str, f64) {
    best_by(a, |c| c.probability)
}

fn best_by(a: &Answer, of: impl Fn(&ClassScore) -> f64) -> (&str, f64) {
    let mut sums: BTreeMap<&str, f64> = BTreeMap::new();
    a.classes.iter().for_each(|c| *sums.entry(word(&c.name)).or_default() += of(c));
    sums.into_iter().reduce(|a, b| if b.1 > a.1 { b } else { a }).unwrap_or(("", 0.0))
}

fn case(p: &Pixel, a: &Answer) -> Case {
    let (label, probability) = best(a);
    Case { right: label == p.label, probability }
}

/// Label words that a decision allows; `None` when it refers.
pub(super) fn named(a: &Answer) -> Option<Vec<&str>> {
    match &a.decision {
        Decision::Crop(name) => Some(vec![word(name)]),
        Decision::Group(group) => {
            Some(a.classes.iter().filter(|c| c.group == *group).map(|c| word(&c.name)).collect())
        }
        Decision::Refer(_) => None,
    }
}

/// Log Bayes factors of true declarations, and of every other crop declared falsely.
pub(super) fn declarations(answered: &[&(&Pixel, Answer)], by_area: bool) -> (Vec<f64>, Vec<f64>) {
    let group = |label: &str| match label {
        "wcereal" => "winter_cereal",
        "rapeseed" => "oilseed",
        "maize" => "maize",
        "sunflower" => "sunflower",
        "soybean" => "soybean",
        _ => "grass",
    };
    let odds = |a: &Answer, label: &str| {
        let all = if by_area { &a.group_log_odds_by_area } else { &a.group_log_odds };
        all.iter().find(|(g, _)| g == group(label)).map(|(_, o)| *o)
    };
    let checked = || answered.iter().filter(|(p, _)| DECLARED.contains(&p.label));
    let truths = checked().filter_map(|(p, a)| odds(a, p.label)).collect();
    let falses = checked()
        .flat_map(|(p, a)| DECLARED.iter().filter(|d| **d != p.label).filter_map(move |d| odds(a, d)))
        .collect();
    (truths, falses)
}
