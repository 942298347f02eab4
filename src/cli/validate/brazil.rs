//! Mato Grosso: crop years of one or two crops, pasture, savanna and forest.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::Date;

use crate::crop::scores::{Case, accuracy, mean};
use crate::phenology::{Season, SeasonRules, seasons};
use crate::series::{SeriesRules, Sight, Smoothing, from_sights, plus_days, smooth};

use crate::crop::ensemble::{Answer, Question, Unit, View};

use super::super::table::Error;
use super::{Instruments, Line, figure, sets};

/// Days around a season that the ensemble looks at (science 5.4).
const AROUND: i32 = 40;

pub(super) struct Sample {
    pub label: String,
    pub lat: f64,
    pub lon: f64,
    pub views: Vec<View>,
}

pub(super) fn measure(data: &Path, tools: &Instruments) -> Result<Option<Vec<Line>>, Error> {
    let Some(path) = sets::file(data, "brazil_sits_mod13q1/series.csv.gz") else { return Ok(None) };
    let samples = read(&path)?;
    let (mut counts, mut annual, mut by_label): (Vec<Case>, Vec<Case>, BTreeMap<&str, Vec<Case>>) =
        (vec![], vec![], BTreeMap::new());
    let mut sequences: Vec<Case> = Vec::new();
    let (mut crop_by_ensemble, mut crop_by_slots): (Vec<Case>, Vec<Case>) = (vec![], vec![]);
    for s in samples.values() {
        let Some(as_of) = s.views.iter().map(|v| v.date).max() else { continue };
        let sights: Vec<Sight> =
            (s.views.iter()).map(|v| Sight { date: v.date, ndvi: v.ndvi, weight: 1.0, blue: None }).collect();
        let (series, _) = from_sights(&sights, as_of, &SeriesRules::default());
        let curve = smooth(&series, &Smoothing::default());
        let found = seasons(&series, &curve, Some(s.lat), &SeasonRules::default());
        let values = &curve.values;
        let range = crate::crop::scores::quantile(values, 0.95)
            .zip(crate::crop::scores::quantile(values, 0.05))
            .map_or(0.0, |(a, b)| a - b);
        let is_crop = s.label.contains("Soy") || s.label.contains("Cotton");
        let right = |right| Case { right, probability: 1.0 };
        annual.push(right((range >= tools.rules.min_amplitude_ndvi) == is_crop));
        if let Some(truth) = season_count(&s.label) {
            let case = right(found.len() == truth);
            counts.push(case);
            by_label.entry(&s.label).or_default().push(case);
        }
        let p_crop = |a: &Answer| a.classes.iter().filter(|c| c.is_crop).map(|c| c.probability).sum::<f64>();
        crop_by_ensemble.push(right((p_crop(&ask(s, as_of, None, tools)) >= 0.5) == is_crop));
        let slots: Vec<Answer> =
            found.iter().filter_map(|f| slot(f, s)).map(|w| ask(s, as_of, Some(w), tools)).collect();
        crop_by_slots.push(right(slots.iter().any(|a| p_crop(a) >= 0.5) == is_crop));
        if let Some(truth) = sequence(&s.label) {
            let said: Vec<String> = (slots.iter())
                .map(|a| {
                    a.crops
                        .iter()
                        .find(|c| ["soybean", "maize", "cotton"].contains(&c.crop.as_str()))
                        .map_or_else(String::new, |c| c.crop.clone())
                })
                .collect();
            sequences.push(right(said == truth));
        }
    }
    let mut lines = vec![Line::new(
        "seasons a year right",
        counts.len(),
        figure(accuracy(&counts), 3),
        ">= .90 (prototype .88)",
    )];
    for (label, cases) in by_label {
        lines.push(Line::new(
            format!("seasons right, {label}"),
            cases.len(),
            figure(accuracy(&cases), 2),
            "",
        ));
    }
    lines.push(Line::new(
        "annual crop present, by the range of the curve",
        annual.len(),
        figure(accuracy(&annual), 3),
        ">= .96 (prototype .959)",
    ));
    lines.push(Line::new(
        "annual crop present, by the ensemble (flat prior, one slot a year)",
        crop_by_ensemble.len(),
        figure(accuracy(&crop_by_ensemble), 3),
        ">= .96",
    ));
    lines.push(Line::new(
        "annual crop present, by the ensemble (flat prior, a slot a season)",
        crop_by_slots.len(),
        figure(accuracy(&crop_by_slots), 3),
        ">= .96",
    ));
    lines.push(Line::new(
        "soy then maize or cotton, both named",
        sequences.len(),
        figure(mean(sequences.iter().map(|c| f64::from(u8::from(c.right)))), 3),
        ">= .80",
    ));
    Ok(Some(lines))
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
    let question = Question {
        views: &s.views,
        as_of,
        latitude: Some(s.lat),
        zones: &zones,
        window: window.or_else(|| Some((plus_days(as_of, -365), as_of))),
        declared_crop: None,
        declared_sowing: None,
        unit: Unit::Field,
        shares: None,
        crops: &[],
    };
    tools.ensemble.answer(&question, &tools.profiles, &tools.rules)
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

pub(super) fn read(path: &Path) -> Result<BTreeMap<String, Sample>, Error> {
    let mut samples: BTreeMap<String, Sample> = BTreeMap::new();
    for row in sets::rows(path)? {
        let (Some(id), Some(label)) = (row.get("sample_id"), row.get("label")) else { continue };
        let Some(date) = row.get("date").and_then(|d| d.parse().ok()) else { continue };
        let n = |c: &str| sets::number(&row, c);
        let (Some(lat), Some(lon), Some(ndvi)) = (n("lat"), n("lon"), n("ndvi")) else { continue };
        // The set holds values beyond what NDVI can be.
        if !(-0.2..1.0).contains(&ndvi) {
            continue;
        }
        let sample = samples.entry(id.clone()).or_insert_with(|| Sample {
            label: label.clone(),
            lat,
            lon,
            views: vec![],
        });
        sample.views.push(View { date, ndvi, lswi: None, ndyi: None, nir: n("nir"), blue: n("blue") });
    }
    Ok(samples)
}
