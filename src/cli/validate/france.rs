//! Western France 2023: 478 single pixels with the crop of the parcel register.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::{Date, date};
use rayon::prelude::*;

use crate::crop::ensemble::{Answer, ClassScore, Decision, Question, Unit, View};
use crate::crop::scores::{Case, Forecast, accuracy, auc, caught_at};

use super::super::table::Error;
use super::baselines::{Pattern, flat, highest, lowest, pattern, twdtw};
use super::france_pixels::{Pixel, read};
use super::{
    Drawn, Goal, Instruments, Line, Measured, figure, france_end, france_held_out, france_shares, sets,
};

/// First and last day of the season of harvest year 2023, as in the prototype.
pub(super) const FROM: Date = date(2022, 9, 18);
pub(super) const TO: Date = date(2023, 11, 22);
/// Crops whose declaration is checked, in the words of the labels.
const DECLARED: [&str; 6] = ["wcereal", "maize", "rapeseed", "sunflower", "soybean", "grass"];
/// Latitude between the two sites of the set, degrees.
pub(super) const BETWEEN_SITES: f64 = 46.0;
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
/// As-of dates; the last is the season's end.
const AS_OF: [(Date, &str); 6] = [
    (date(2023, 4, 15), "prototype .559"),
    (date(2023, 5, 31), "prototype .610"),
    (date(2023, 6, 30), "prototype .630"),
    (date(2023, 7, 31), "prototype .678"),
    (date(2023, 8, 31), "prototype .669"),
    (TO, "prototype .703, forest trained on the labels .774"),
];

pub(super) fn measure(data: &Path, tools: &Instruments) -> Result<Option<Measured>, Error> {
    let Some(path) = sets::file(data, "france_lpis_dekads_2023/series.parquet") else { return Ok(None) };
    let pixels = read(&path)?;
    let mut lines = Vec::new();
    let mut drawn = Vec::new();
    for (as_of, target) in AS_OF {
        let answered = answers(&pixels, as_of, tools);
        let cases: Vec<Case> = answered.iter().map(|(p, a)| case(p, a)).collect();
        let line =
            Line::new(format!("accuracy on {as_of}"), cases.len(), figure(accuracy(&cases), 3), target);
        lines.push(if as_of == TO { line.toward(Goal::FranceAccuracy, accuracy(&cases)) } else { line });
        if as_of == TO {
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
                Line::new(what, n, figure(ranked, 3), if as_of == TO { "prototype .92" } else { "" });
            let what = format!("declared crop, {rest}: caught at 5 % on {as_of}");
            let caught_line =
                Line::new(what, n, figure(caught, 3), if as_of == TO { "prototype .67" } else { "" });
            // The flat rest is what the product's verdict rests on.
            if as_of == TO && !by_area {
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
    Ok(Some(Measured { lines, drawn }))
}

/// Accuracy of all, accuracy of the accepted, and the share referred, of some pixels.
fn summary(part: &[&(&Pixel, Answer)]) -> String {
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

/// The two sites of the set, 400 km apart: what was chosen on one is held out on the other.
fn by_site(answered: &[(&Pixel, Answer)], lines: &mut Vec<Line>) {
    for (name, north) in [("northern site (Perche)", true), ("southern site (Gascony)", false)] {
        let part: Vec<&(&Pixel, Answer)> =
            answered.iter().filter(|(p, _)| (p.lat > BETWEEN_SITES) == north).collect();
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
    let window = (date(2022, 10, 1), TO);
    let curves: Vec<(&'static str, Pattern)> = (tools.profiles.profiles().iter())
        .filter(|p| p.zone == "europe-atlantic" || p.zone == "europe")
        .filter_map(|p| {
            // Rapeseed, wheat and barley of the harvest of 2023 are sown in 2022.
            let year = if p.sow_from.month >= 7 { 2022 } else { 2023 };
            let label = LABELS.iter().find(|l| **l == word(&p.crop))?;
            Some((*label, pattern(p, year, window)?))
        })
        .chain([("grass", flat(window, |_| 0.70))])
        .collect();
    let nearest = |p: &Pixel| {
        (curves.iter())
            .filter_map(|(name, c)| Some((*name, twdtw(&p.views, c, window)?)))
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

/// Thresholds that a practitioner would set by the calendar.
fn by_rule(p: &Pixel) -> Option<&'static str> {
    let low = |a, b| lowest(&p.views, a, b).is_some_and(|v| v < 0.4);
    let high = |a, b| highest(&p.views, a, b).is_some_and(|v| v > 0.6);
    let spring = high(date(2023, 4, 1), date(2023, 5, 31));
    let summer = high(date(2023, 7, 15), date(2023, 8, 31));
    if spring && low(date(2023, 6, 25), date(2023, 7, 31)) {
        Some("wcereal")
    } else if summer && low(date(2023, 4, 15), date(2023, 6, 20)) {
        Some("maize")
    } else {
        Some("grass")
    }
}

fn answers<'a>(pixels: &'a [Pixel], as_of: Date, tools: &Instruments) -> Vec<(&'a Pixel, Answer)> {
    let usable = |p: &&Pixel| {
        p.views.iter().filter(|v| v.date >= FROM && v.date <= as_of).count() >= tools.rules.min_clear_dates
    };
    (pixels.par_iter().filter(usable)).map(|p| (p, answer(p, &p.views, as_of, &[], tools))).collect()
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
        window: Some((FROM, TO)),
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
fn declarations(answered: &[&(&Pixel, Answer)], by_area: bool) -> (Vec<f64>, Vec<f64>) {
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
