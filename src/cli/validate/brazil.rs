//! Mato Grosso: crop years of one or two crops, pasture, savanna and forest.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::Date;
use rayon::prelude::*;

use crate::crop::Zone;
use crate::crop::scores::{Case, accuracy, calibration_error, mean, quantile};
use crate::phenology::{Season, SeasonRules, seasons};
use crate::series::{SeriesRules, Sight, Smoothing, from_sights, plus_days, smooth};

use crate::crop::ensemble::{Answer, Chain, Question, Slot, Unit, View};

use super::super::table::Error;
use super::sequence_answers::Labelled;
use super::{Aim, Drawn, Goal, Instruments, Line, Measured, cropped, figure, sequence_answers, sets};

/// Folder of the set.
pub(super) const SET: &str = "brazil_sits_mod13q1";
/// Labels of the set.
const LABELS: [&str; 9] = [
    "Cerrado",
    "Fallow_Cotton",
    "Forest",
    "Pasture",
    "Soy_Corn",
    "Soy_Cotton",
    "Soy_Fallow",
    "Soy_Millet",
    "Soy_Sunflower",
];
/// Days around a season that the ensemble looks at (science 5.4).
const AROUND: i32 = 40;

pub(super) struct Sample {
    pub label: String,
    pub lat: f64,
    pub lon: f64,
    pub views: Vec<View>,
}

/// What is found for one sample.
struct Found {
    seasons: usize,
    range: f64,
    crop_by_year: f64,
    crop_by_slot: bool,
    slots: Vec<String>,
    chain: (String, f64),
}

pub(super) fn measure(data: &Path, tools: &Instruments) -> Result<Option<Measured>, Error> {
    let Some(set) = sets::set(data, SET) else { return Ok(None) };
    let (samples, intake) = read(&set.file("series.csv.gz")?)?;
    let all: Vec<&Sample> = samples.values().collect();
    let found: Vec<Option<Found>> = all.par_iter().map(|s| find(s, tools)).collect();
    let (mut counts, mut annual, mut by_label): (Vec<Case>, Vec<Case>, BTreeMap<&str, Vec<Case>>) =
        (vec![], vec![], BTreeMap::new());
    let (mut crop_by_ensemble, mut crop_by_slots): (Vec<Case>, Vec<Case>) = (vec![], vec![]);
    let (mut sequences, mut chained): (Vec<Case>, Vec<Case>) = (vec![], vec![]);
    let mut chained_by: BTreeMap<&str, Vec<Case>> = BTreeMap::new();
    for (s, found) in all.iter().zip(found) {
        let Some(f) = found else { continue };
        let is_crop = s.label.contains("Soy") || s.label.contains("Cotton");
        let right = |right| Case { right, probability: 1.0 };
        annual.push(right((f.range >= tools.rules.min_amplitude_ndvi) == is_crop));
        if let Some(truth) = season_count(&s.label) {
            let case = right(f.seasons == truth);
            counts.push(case);
            by_label.entry(&s.label).or_default().push(case);
        }
        crop_by_ensemble.push(right((f.crop_by_year >= 0.5) == is_crop));
        crop_by_slots.push(right(f.crop_by_slot == is_crop));
        if let Some(truth) = sequence(&s.label) {
            sequences.push(right(f.slots == truth));
            let case = Case { right: f.chain.0 == s.label, probability: f.chain.1 };
            chained.push(case);
            chained_by.entry(&s.label).or_default().push(case);
        }
    }
    let seasons = accuracy(&counts);
    let mut lines = vec![
        Line::new("seasons a year right", counts.len(), figure(seasons, 3), "prototype .88")
            .toward(Goal::SeasonsPerYear, seasons),
    ];
    for (label, cases) in by_label {
        lines.push(Line::new(
            format!("seasons right, {label}"),
            cases.len(),
            figure(accuracy(&cases), 2),
            "",
        ));
    }
    lines.extend(cropped::lines(&all, tools));
    let present = accuracy(&annual);
    let what = "Mato Grosso: annual crop present or not, by the range of the curve alone";
    lines.push(
        Line::new(what, annual.len(), figure(present, 3), "a rule of this harness; prototype .959").aimed(
            Aim::AtLeast(0.96),
            3,
            present,
        ),
    );
    lines.push(Line::new(
        "annual crop present, by the ensemble (flat prior, one slot a year)",
        crop_by_ensemble.len(),
        figure(accuracy(&crop_by_ensemble), 3),
        "",
    ));
    lines.push(Line::new(
        "annual crop present, by the ensemble (flat prior, a slot a season)",
        crop_by_slots.len(),
        figure(accuracy(&crop_by_slots), 3),
        "",
    ));
    lines.push(Line::new(
        "soy then what, by found seasons: both named",
        sequences.len(),
        figure(accuracy(&sequences), 3),
        "",
    ));
    let n = chained.len();
    let named: Vec<Case> = chained.iter().filter(|c| c.probability >= 0.5).copied().collect();
    let told = accuracy(&chained);
    let what = "soy then what, by sequences of the ensemble: accuracy, nothing referred";
    lines.push(
        Line::new(what, n, figure(told, 3), "forest trained on all 9 labels .91")
            .toward(Goal::SoyThenWhat, told),
    );
    lines.push(Line::new("of those named (probability >= .5)", named.len(), figure(accuracy(&named), 3), ""));
    lines.push(Line::new(
        "the same, referred",
        n,
        figure(mean(chained.iter().map(|c| f64::from(u8::from(c.probability < 0.5)))), 3),
        "",
    ));
    let ece = calibration_error(&chained, 15);
    lines.push(
        Line::new("Mato Grosso: ECE of the sequences, 15 bins of equal count", n, figure(ece, 3), "").aimed(
            Aim::AtMost(0.05),
            3,
            ece,
        ),
    );
    for (label, cases) in chained_by {
        lines.push(Line::new(format!("sequence {label}"), cases.len(), figure(accuracy(&cases), 2), ""));
    }
    let largest = ["Soy_Corn", "Soy_Cotton", "Soy_Fallow", "Fallow_Cotton"]
        .map(|l| samples.values().filter(|s| s.label == l).count());
    let most = largest.iter().copied().max().unwrap_or(0) as f64 / n.max(1) as f64;
    lines.push(Line::new("baseline: prior only (always soy then maize)", n, figure(Some(most), 3), ""));
    let labelled: Vec<Labelled<'_>> = (all.iter())
        .filter_map(|s| {
            let as_of = s.views.iter().map(|v| v.date).max()?;
            Some(Labelled { label: &s.label, lat: s.lat, lon: s.lon, views: &s.views, as_of, season: None })
        })
        .collect();
    lines.extend(sequence_answers::lines("Mato Grosso", &chains(), Unit::Field, &labelled, tools));
    let drawn = vec![Drawn { name: "brazil", title: "Mato Grosso, soy then what", cases: chained }];
    Ok(Some(Measured { intake: vec![intake], lines, drawn, problems: vec![] }))
}

fn find(s: &Sample, tools: &Instruments) -> Option<Found> {
    let as_of = s.views.iter().map(|v| v.date).max()?;
    let first = s.views.iter().map(|v| v.date).min()?;
    let sights: Vec<Sight> =
        (s.views.iter()).map(|v| Sight { date: v.date, ndvi: v.ndvi, weight: 1.0, blue: None }).collect();
    let (series, _) = from_sights(&sights, as_of, &SeriesRules::default());
    let curve = smooth(&series, &Smoothing::default());
    let seasons = seasons(&series, &curve, Some(s.lat), &SeasonRules::default());
    let range =
        (quantile(&curve.values, 0.95).zip(quantile(&curve.values, 0.05))).map_or(0.0, |(a, b)| a - b);
    let p_crop = |a: &Answer| a.classes.iter().filter(|c| c.is_crop).map(|c| c.probability).sum::<f64>();
    let answers: Vec<Answer> =
        seasons.iter().filter_map(|f| slot(f, s)).map(|w| ask(s, as_of, Some(w), tools)).collect();
    let named = |a: &Answer| {
        let known = |c: &&crate::crop::Candidate| ["soybean", "maize", "cotton"].contains(&c.crop.as_str());
        a.crops.iter().find(known).map_or_else(String::new, |c| c.crop.clone())
    };
    let zones = tools.profiles.zones_at(s.lat, s.lon);
    let question = Question { window: Some((first, as_of)), ..question(s, as_of, &zones) };
    let chain = tools.ensemble.chains(&question, &chains(), &tools.profiles, &tools.rules);
    Some(Found {
        seasons: seasons.len(),
        range,
        crop_by_year: p_crop(&ask(s, as_of, None, tools)),
        crop_by_slot: answers.iter().any(|a| p_crop(a) >= 0.5),
        slots: answers.iter().map(named).collect(),
        chain: chain.into_iter().next().map_or((String::new(), 0.0), |c| (c.crop, c.probability)),
    })
}

/// The sequences that are told apart, by the label's names.
fn chains() -> [Chain; 4] {
    let chain = |name: &str, first, then| Chain { name: name.to_owned(), first, then: Some(then) };
    let soy = || Slot::crop("soybean");
    [
        chain("Soy_Corn", soy(), Slot::crop("maize")),
        chain("Soy_Cotton", soy(), Slot::crop("cotton")),
        chain("Soy_Fallow", soy(), Slot::Idle),
        chain("Fallow_Cotton", Slot::Idle, Slot::crop("cotton")),
    ]
}

/// A season with some days around it.
pub(super) fn slot(f: &Season, s: &Sample) -> Option<(Date, Date)> {
    let first = s.views.iter().map(|v| v.date).min()?;
    let last = s.views.iter().map(|v| v.date).max()?;
    let from = f.sos.or(f.greenup50).map_or(first, |d| plus_days(d, -AROUND));
    let to = f.eos.or(f.senescence50).map_or(last, |d| plus_days(d, AROUND));
    (from < to).then_some((from, to))
}

fn ask(s: &Sample, as_of: Date, window: Option<(Date, Date)>, tools: &Instruments) -> Answer {
    let zones = tools.profiles.zones_at(s.lat, s.lon);
    let mut question = question(s, as_of, &zones);
    question.window = window.or(question.window);
    tools.ensemble.answer(&question, &tools.profiles, &tools.rules)
}

fn question<'a>(s: &'a Sample, as_of: Date, zones: &'a [&'a Zone]) -> Question<'a> {
    Question {
        views: &s.views,
        as_of,
        latitude: Some(s.lat),
        zones,
        window: Some((plus_days(as_of, -365), as_of)),
        declared_crop: None,
        declared_sowing: None,
        unit: Unit::Field,
        shares: None,
        crops: &[],
    }
}

fn season_count(label: &str) -> Option<usize> {
    match label {
        "Soy_Corn" | "Soy_Cotton" | "Soy_Millet" | "Soy_Sunflower" => Some(2),
        "Soy_Fallow" | "Fallow_Cotton" => Some(1),
        _ => None,
    }
}

/// The crops of the calendar that a label names in their order.
fn sequence(label: &str) -> Option<Vec<String>> {
    let crops: &[&str] = match label {
        "Soy_Corn" => &["soybean", "maize"],
        "Soy_Cotton" => &["soybean", "cotton"],
        "Soy_Fallow" => &["soybean"],
        "Fallow_Cotton" => &["cotton"],
        _ => return None,
    };
    Some(crops.iter().map(|c| (*c).to_owned()).collect())
}

/// The samples by name, and which rows were used.
pub(super) fn read(path: &Path) -> Result<(BTreeMap<String, Sample>, String), Error> {
    let mut samples: BTreeMap<String, Sample> = BTreeMap::new();
    let mut tally = sets::Tally::of(path);
    let labels = LABELS.map(str::to_lowercase);
    for row in sets::rows(path, &["sample_id", "label", "date", "lat", "lon", "ndvi"])? {
        let n = |c: &str| sets::number(&row, c);
        let read = || {
            let id = sets::text(&row, "sample_id").ok_or("without a sample_id")?;
            let label = sets::text(&row, "label").ok_or("without a label")?.to_lowercase();
            let label = labels.iter().position(|l| *l == label).and_then(|k| LABELS.get(k));
            let label = *label.ok_or("with an unknown label")?;
            let date = sets::day(&row, "date").ok_or("without a date")?;
            let (lat, lon) = n("lat").zip(n("lon")).ok_or("without a place")?;
            let ndvi = n("ndvi").ok_or("without NDVI")?;
            // The set holds values beyond what NDVI can be.
            let possible = (-0.2..1.0).contains(&ndvi);
            if possible { Ok((id, label, date, lat, lon, ndvi)) } else { Err("beyond what NDVI can be") }
        };
        let Some((id, label, date, lat, lon, ndvi)) = tally.take(read()) else { continue };
        let sample = samples.entry(id.to_owned()).or_insert_with(|| Sample {
            label: label.to_owned(),
            lat,
            lon,
            views: vec![],
        });
        sample.views.push(View {
            date,
            ndvi,
            lswi: None,
            ndyi: None,
            nir: n("nir"),
            red_edge: None,
            blue: n("blue"),
        });
    }
    Ok((samples, tally.told()?))
}
