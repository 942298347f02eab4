//! Western France 2023: 478 single pixels with the crop of the parcel register.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::{Date, date};
use rayon::prelude::*;

use crate::crop::ensemble::{Answer, ClassScore, Decision, Question, Unit};
use crate::crop::scores::{
    Case, accuracy, accuracy_at, auc, calibration_error, calibration_error_by_tenths, caught_at,
};

use super::super::table::Error;
use super::baselines::{Pattern, flat, highest, lowest, pattern, twdtw};
use super::france_pixels::{Pixel, read};
use super::{Drawn, Instruments, Line, Measured, figure, sets};

/// First and last day of the season of harvest year 2023, as in the prototype.
pub(super) const FROM: Date = date(2022, 9, 18);
pub(super) const TO: Date = date(2023, 11, 22);
/// Crops whose declaration is checked, in the words of the labels.
const DECLARED: [&str; 6] = ["wcereal", "maize", "rapeseed", "sunflower", "soybean", "grass"];
/// Latitude between the two sites of the set, degrees.
const BETWEEN_SITES: f64 = 46.0;
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
    (TO, ">= .75; prototype .703, forest trained on the labels .774"),
];

pub(super) fn measure(data: &Path, tools: &Instruments) -> Result<Option<Measured>, Error> {
    let Some(path) = sets::file(data, "france_lpis_dekads_2023/series.parquet") else { return Ok(None) };
    let pixels = read(&path)?;
    let mut lines = Vec::new();
    let mut drawn = Vec::new();
    for (as_of, target) in AS_OF {
        let answered = answers(&pixels, as_of, tools);
        let cases: Vec<Case> = answered.iter().map(|(p, a)| case(p, a)).collect();
        lines.push(Line::new(
            format!("accuracy on {as_of}"),
            cases.len(),
            figure(accuracy(&cases), 3),
            target,
        ));
        if as_of == TO {
            at_the_end(&answered, &cases, &mut lines);
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
            let target = if as_of == TO { ">= .94 (prototype .92)" } else { "" };
            lines.push(Line::new(
                format!("declared crop, {rest}: AUC on {as_of}"),
                n,
                figure(auc(&truths, &falses), 3),
                target,
            ));
            let target = if as_of == TO { ">= .75 (prototype .67)" } else { "" };
            let caught = caught_at(&truths, &falses, 0.05);
            lines.push(Line::new(
                format!("declared crop, {rest}: caught at 5 % on {as_of}"),
                n,
                figure(caught, 3),
                target,
            ));
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

fn at_the_end(answered: &[(&Pixel, Answer)], cases: &[Case], lines: &mut Vec<Line>) {
    let n = cases.len();
    let mut line =
        |what: &str, reached: Option<f64>, target| lines.push(Line::new(what, n, figure(reached, 3), target));
    line("ECE, 15 bins of equal count", calibration_error(cases, 15), "<= .05");
    line("ECE, 10 bins of equal width", calibration_error_by_tenths(cases), "prototype .047");
    for (coverage, target) in [
        (0.5, "prototype .82"),
        (0.6, ""),
        (0.7, "prototype .81"),
        (0.8, "prototype .77"),
        (0.9, "prototype .75"),
    ] {
        line(
            &format!("accuracy of the surest {:.0} %", coverage * 100.0),
            accuracy_at(cases, coverage),
            target,
        );
    }
    let accepted: Vec<bool> =
        answered.iter().filter_map(|(p, a)| named(a).map(|names| names.contains(&p.label))).collect();
    let right = accepted.iter().filter(|r| **r).count();
    line(
        "accepted cases right (decision rules)",
        (!accepted.is_empty()).then(|| right as f64 / accepted.len() as f64),
        ">= .85",
    );
    line("referred", Some(1.0 - accepted.len() as f64 / n.max(1) as f64), "<= .40");
    let labels: std::collections::BTreeSet<&str> = answered.iter().map(|(p, _)| p.label).collect();
    for label in labels {
        let is = |l: &str| l == label;
        let truth = answered.iter().filter(|(p, _)| is(p.label)).count();
        let said = answered.iter().filter(|(_, a)| is(best(a).0)).count();
        let both = answered.iter().filter(|(p, a)| is(p.label) && is(best(a).0)).count();
        lines.push(Line::new(
            format!("{label}: recall, precision"),
            truth,
            format!(
                "{:.2}, {}",
                both as f64 / truth.max(1) as f64,
                if said > 0 { format!("{:.2}", both as f64 / said as f64) } else { "-".to_owned() }
            ),
            "",
        ));
    }
}

fn answers<'a>(pixels: &'a [Pixel], as_of: Date, tools: &Instruments) -> Vec<(&'a Pixel, Answer)> {
    let usable = |p: &&Pixel| {
        p.views.iter().filter(|v| v.date >= FROM && v.date <= as_of).count() >= tools.rules.min_clear_dates
    };
    (pixels.par_iter().filter(usable))
        .map(|p| {
            let zones = tools.profiles.zones_at(p.lat, p.lon);
            let question = Question {
                views: &p.views,
                as_of,
                latitude: Some(p.lat),
                zones: &zones,
                window: Some((FROM, TO)),
                declared_crop: None,
                declared_sowing: None,
                unit: Unit::Pixel,
                shares: Some(&tools.france),
                crops: &[],
            };
            (p, tools.ensemble.answer(&question, &tools.profiles, &tools.rules))
        })
        .collect()
}

/// The label's word for a crop or cover of ours.
fn word(name: &str) -> &str {
    match name {
        "winter_wheat" | "winter_barley" | "winter_cereal" => "wcereal",
        "spring_barley" | "oat" | "spring_cereal" => "scereal",
        "tree" => "grass",
        "orchard_vine" | "permanent_crop" => "perennial",
        other => other,
    }
}

/// The most probable label word with its probability.
fn best(a: &Answer) -> (&str, f64) {
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
fn named(a: &Answer) -> Option<Vec<&str>> {
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
