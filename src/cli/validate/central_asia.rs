//! Central Asia: cotton, winter wheat, wheat followed by a second crop; coarse 16-day NDVI of one calendar year.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::civil::{Date, date};
use rayon::prelude::*;

use crate::crop::Candidate;
use crate::crop::ensemble::{Chain, Question, Slot, Unit, View};
use crate::crop::scores::{Case, accuracy, accuracy_at, calibration_error};

use super::super::table::Error;
use super::baselines::{Pattern, flat, highest, pattern, twdtw};
use super::sequence_answers::Labelled;
use super::{Aim, Drawn, Goal, Instruments, Line, Measured, figure, open_world, sequence_answers, sets};

/// Probability from which a sequence is named; below, refer.
const NAMED: f64 = 0.5;
/// NDVI that a coarse pixel reaches when a crop stands, for the calendar rule.
const STANDS: f64 = 0.40;

pub(super) struct Field {
    pub label: &'static str,
    pub region: String,
    pub lat: f64,
    pub lon: f64,
    pub views: Vec<View>,
}

impl Field {
    /// In 2018 the curves lie about two composites late, in both development regions that have that year: the cotton of
    /// Fergana peaks in mid September instead of mid August, that of Kashkadarya in mid October.
    pub(super) fn dating(&self) -> &'static str {
        if self.year().is_some_and(|y| y.0.year() == 2018) {
            "2018, a month late in the development regions"
        } else {
            "other years"
        }
    }

    /// The calendar year of the series.
    pub(super) fn year(&self) -> Option<(Date, Date)> {
        let year = self.views.iter().map(|v| v.date).max()?.year();
        Some((date(year, 1, 1), date(year, 12, 31)))
    }
}

pub(super) fn measure(data: &Path, tools: &Instruments) -> Result<Option<Measured>, Error> {
    let Some(set) = sets::set(data, "cawa_central_asia") else { return Ok(None) };
    let (everything, intake) = read(&set.file("series.csv.gz")?)?;
    let all: Vec<&Field> = everything.values().filter(|f| LISTED.contains(&f.label)).collect();
    let seen = |f: &&Field| f.views.len() >= tools.rules.min_clear_dates;
    let fields: Vec<&Field> = all.iter().copied().filter(seen).collect();
    if fields.is_empty() {
        let least = tools.rules.min_clear_dates;
        return Err(set.cannot(format!("no field of the three sequences has {least} values")));
    }
    let answered: Vec<(String, f64)> = fields.par_iter().map(|f| said(f, &sequences(), tools)).collect();
    let cases: Vec<Case> = (fields.iter().zip(&answered))
        .map(|(f, (name, probability))| Case { right: name == f.label, probability: *probability })
        .collect();
    let named: Vec<Case> = cases.iter().filter(|c| c.probability >= NAMED).copied().collect();
    let sure: Vec<Case> = cases.iter().filter(|c| c.probability >= 0.7).copied().collect();
    let n = cases.len();
    let share = |part: &[Case]| 1.0 - part.len() as f64 / n.max(1) as f64;
    let ece = calibration_error(&cases, 15);
    let mut lines = vec![
        Line::new(
            "cotton / wheat / wheat then second crop, three answers only (closed world): accuracy, nothing referred",
            n,
            figure(accuracy(&cases), 3),
            "forest trained in the region .90, on 8 groups",
        )
        .toward(Goal::AsiaAccuracy, accuracy(&cases)),
        Line::new("of those named (probability >= .5)", named.len(), figure(accuracy(&named), 3), ""),
        Line::new("the same, referred", n, figure(Some(share(&named)), 3), ""),
        Line::new("of those named at probability >= .7", sure.len(), figure(accuracy(&sure), 3), ""),
        Line::new("the same, referred", n, figure(Some(share(&sure)), 3), ""),
        Line::new("of the surest 70 %", n, figure(accuracy_at(&cases, 0.7), 3), ""),
        Line::new("Central Asia, three answers only: ECE, 15 bins of equal count", n, figure(ece, 3), "")
            .aimed(Aim::AtMost(0.05), 3, ece),
        Line::new("fields with fewer than 8 values: refer", all.len() - n, String::new(), ""),
    ];
    let mut split = |what: &str, of: &dyn Fn(&Field) -> String| {
        let words: BTreeSet<String> = fields.iter().map(|f| of(f)).collect();
        for word in words {
            let part: Vec<Case> =
                (fields.iter().zip(&cases)).filter(|(f, _)| of(f) == word).map(|(_, c)| *c).collect();
            let kept: Vec<Case> = part.iter().filter(|c| c.probability >= NAMED).copied().collect();
            lines.push(Line::new(
                format!("{what} {word}: accuracy of all, of those named; ECE"),
                part.len(),
                format!(
                    "{}, {}; {}",
                    figure(accuracy(&part), 2),
                    figure(accuracy(&kept), 2),
                    figure(calibration_error(&part, 15), 3)
                ),
                "",
            ));
        }
    };
    split("truth", &|f| f.label.to_owned());
    split("region", &|f| f.region.clone());
    split("dates of", &|f| f.dating().to_owned());
    split("values in the year", &|f| {
        match f.views.len() {
            0..=15 => "08 to 15",
            16..=19 => "16 to 19",
            _ => "20 to 23",
        }
        .to_owned()
    });
    let right = |said: &(dyn Fn(&Field) -> Option<&'static str> + Sync)| {
        let cases: Vec<Case> =
            fields.par_iter().map(|f| Case { right: said(f) == Some(f.label), probability: 1.0 }).collect();
        figure(accuracy(&cases), 3)
    };
    lines.push(Line::new("baseline: prior only (always cotton)", n, right(&|_| Some("cotton")), ""));
    lines.push(Line::new(
        "baseline: calendar rule (NDVI >= .40 in spring, in summer)",
        n,
        right(&by_rule),
        "",
    ));
    lines.push(Line::new(
        "baseline: TWDTW to the calendar's curves (alpha -0.1, beta 50)",
        n,
        right(&|f| by_twdtw(f, tools)),
        "",
    ));
    let others: Vec<&Field> = everything.values().filter(seen).collect();
    let (open, open_cases) = open_world::lines(&others, tools);
    lines.extend(open);
    let labelled: Vec<Labelled<'_>> = (everything.values())
        .filter_map(|f| {
            let year = f.year()?;
            Some(Labelled {
                label: f.label,
                lat: f.lat,
                lon: f.lon,
                views: &f.views,
                as_of: year.1,
                season: Some(year),
            })
        })
        .collect();
    lines.extend(sequence_answers::lines("Central Asia", &sequences(), Unit::Coarse, &labelled, tools));
    let title = "Central Asia, every rival allowed";
    let drawn = vec![
        Drawn { name: "asia", title: "Central Asia, three sequences", cases },
        Drawn { name: "asia_every_rival", title, cases: open_cases },
    ];
    Ok(Some(Measured { intake: vec![intake], lines, drawn, problems: vec![] }))
}

/// Labels of the three sequences.
pub(super) const LISTED: [&str; 3] = ["cotton", "wheat", "wheat then second"];

/// The sequences that are told apart.
pub(super) fn sequences() -> [Chain; 3] {
    let second = Slot::AnyOf(vec!["maize".to_owned(), "rice".to_owned()]);
    let chain =
        |name: &str, first: &str, then| Chain { name: name.to_owned(), first: Slot::crop(first), then };
    [
        chain("cotton", "cotton", None),
        chain("wheat", "winter_wheat", Some(Slot::Idle)),
        chain("wheat then second", "winter_wheat", Some(second)),
    ]
}

/// The most probable of some sequences.
fn said(f: &Field, sequences: &[Chain], tools: &Instruments) -> (String, f64) {
    let found = probabilities(f, sequences, tools);
    found.into_iter().next().map_or((String::new(), 0.0), |c| (c.crop, c.probability))
}

/// Some sequences with their probabilities, the most probable first.
pub(super) fn probabilities(f: &Field, sequences: &[Chain], tools: &Instruments) -> Vec<Candidate> {
    let Some(window) = f.year() else { return Vec::new() };
    let zones = tools.profiles.zones_at(f.lat, f.lon);
    let question = Question {
        views: &f.views,
        as_of: window.1,
        latitude: Some(f.lat),
        zones: &zones,
        window: Some(window),
        declared_crop: None,
        declared_sowing: None,
        unit: Unit::Coarse,
        shares: None,
        crops: &[],
    };
    tools.ensemble.chains(&question, sequences, &tools.profiles, &tools.rules)
}

/// Green in spring, in summer, or both.
fn by_rule(f: &Field) -> Option<&'static str> {
    let year = f.year()?.0.year();
    let spring = highest(&f.views, date(year, 3, 15), date(year, 5, 25)).is_some_and(|v| v >= STANDS);
    let summer = highest(&f.views, date(year, 7, 20), date(year, 9, 30)).is_some_and(|v| v >= STANDS);
    match (spring, summer) {
        (true, true) => Some("wheat then second"),
        (true, false) => Some("wheat"),
        (false, true) => Some("cotton"),
        (false, false) => None,
    }
}

/// The sequence whose expected curve is nearest.
fn by_twdtw(f: &Field, tools: &Instruments) -> Option<&'static str> {
    let window = f.year()?;
    let year = window.0.year();
    let row =
        |crop: &str| tools.profiles.profiles().iter().find(|p| p.zone == "central-asia" && p.crop == crop);
    let cotton = pattern(row("cotton")?, year, window)?;
    let wheat = pattern(row("winter_wheat")?, year - 1, window)?;
    let second = pattern(row("maize")?, year, window)?;
    let both: Pattern = wheat.iter().zip(&second).map(|(a, b)| (a.0, a.1.max(b.1))).collect();
    let idle = flat(window, |_| 0.15);
    let all = [("cotton", cotton), ("wheat", wheat), ("wheat then second", both), ("idle", idle)];
    (all.iter())
        .filter_map(|(name, p)| Some((*name, twdtw(&f.views, p, window)?)))
        .reduce(|a, b| if b.1 < a.1 { b } else { a })
        .map(|(name, _)| name)
}

/// What a label is called here; labels with another word than the first three have no calendar or no row of their own
/// and are right when they are referred.
fn group(label: &str) -> &'static str {
    match label {
        "cotton" => "cotton",
        "wheat" => "wheat",
        "wheat-other" | "wheat-rice" | "wheat-maize" => "wheat then second",
        "rice" => "rice",
        "orchard" | "vineyard" => "orchard or vine",
        "alfalfa" => "alfalfa",
        "fallow" => "fallow",
        "maize" => "maize",
        _ => "anything else",
    }
}

fn read(path: &Path) -> Result<(BTreeMap<String, Field>, String), Error> {
    let mut fields: BTreeMap<String, Field> = BTreeMap::new();
    let mut tally = sets::Tally::of(path);
    for row in sets::rows(path, &["sample_id", "label", "date", "lat", "lon", "ndvi"])? {
        let n = |c: &str| sets::number(&row, c);
        let read = || {
            let id = sets::text(&row, "sample_id").ok_or("without a sample_id")?;
            let label = sets::text(&row, "label").ok_or("without a label")?;
            let date = sets::day(&row, "date").ok_or("without a date")?;
            let (lat, lon) = n("lat").zip(n("lon")).ok_or("without a place")?;
            let ndvi = n("ndvi").ok_or("without NDVI")?;
            // The set holds values beyond what NDVI can be.
            let possible = (-0.2..1.0).contains(&ndvi);
            let label = group(&label.to_lowercase());
            if possible { Ok((id, label, date, lat, lon, ndvi)) } else { Err("beyond what NDVI can be") }
        };
        let Some((id, label, date, lat, lon, ndvi)) = tally.take(read()) else { continue };
        let view = View { date, ndvi, lswi: None, ndyi: None, nir: None, red_edge: None, blue: None };
        let region = sets::text(&row, "region").unwrap_or("(no name)").to_owned();
        let field = || Field { label, region, lat, lon, views: vec![] };
        fields.entry(id.to_owned()).or_insert_with(field).views.push(view);
    }
    Ok((fields, tally.told()?))
}
