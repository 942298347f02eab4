//! Western France: what is said of honest declarations, by the product's own check at the end of the season.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::crop::ensemble::Unit;
use crate::crop::scores::mean;
use crate::crop::{Models, Reading, Verdict, read};
use crate::phenology::{SeasonRules, seasons};
use crate::series::{SeriesRules, Sight, Smoothing, from_sights, smooth};

use super::france_pixels::Pixel;
use super::{Instruments, Line, figure};

/// What an honest farmer of a labelled pixel declares; wheat stands for all winter cereals.
const SAID: [(&str, &str); 7] = [
    ("wcereal", "winter wheat"),
    ("maize", "maize"),
    ("rapeseed", "rapeseed"),
    ("sunflower", "sunflower"),
    ("soybean", "soybean"),
    ("scereal", "spring barley"),
    ("potato", "potato"),
];

pub(super) fn lines(pixels: &[Pixel], tools: &Instruments) -> Vec<Line> {
    let honest: Vec<(&Pixel, &str)> = (pixels.iter())
        .filter(|p| p.views.len() >= tools.rules.min_clear_dates)
        .filter_map(|p| Some((p, SAID.iter().find(|(label, _)| *label == p.label)?.1)))
        .collect();
    let mut lines = Vec::new();
    for (trust, unit) in [("a single pixel", Unit::Pixel), ("a field's mean", Unit::Field)] {
        let said: Vec<(&str, Option<Verdict>)> =
            honest.par_iter().map(|(p, word)| (p.label, verdict(p, word, unit, tools))).collect();
        let share = |of: &[Verdict]| {
            figure(mean(said.iter().map(|(_, v)| f64::from(u8::from(v.is_some_and(|v| of.contains(&v)))))), 3)
        };
        let contradicted = said.iter().filter(|(_, v)| *v == Some(Verdict::Contradicted)).count();
        let mut by: BTreeMap<&str, usize> = BTreeMap::new();
        said.iter()
            .filter(|(_, v)| *v == Some(Verdict::Contradicted))
            .for_each(|(label, _)| *by.entry(label).or_default() += 1);
        let by: Vec<String> = by.into_iter().map(|(label, n)| format!("{label} {n}")).collect();
        lines.push(Line::new(
            format!(
                "honest declaration of a crop, trusted as {trust}: contradicted; inconsistent; consistent"
            ),
            said.len(),
            format!(
                "{contradicted} ({}); {}; {}",
                share(&[Verdict::Contradicted]),
                share(&[Verdict::Inconsistent]),
                share(&[Verdict::Consistent])
            ),
            &format!("a contradiction refers and does not decline; of them {}", words(&by)),
        ));
    }
    lines
}

fn words(by: &[String]) -> String {
    if by.is_empty() { "none".to_owned() } else { by.join(", ") }
}

/// What the product's check says of a declaration at the end of the season.
fn verdict(p: &Pixel, declared: &str, unit: Unit, tools: &Instruments) -> Option<Verdict> {
    let sights: Vec<Sight> =
        (p.views.iter()).map(|v| Sight { date: v.date, ndvi: v.ndvi, weight: 1.0, blue: v.blue }).collect();
    let (series, _) = from_sights(&sights, p.window().1, &SeriesRules::default());
    let curve = smooth(&series, &Smoothing::default());
    let found = seasons(&series, &curve, Some(p.lat), &SeasonRules::default());
    let reading = Reading {
        place: Some((p.lat, p.lon)),
        declared_crop: Some(declared),
        window: Some(p.window()),
        ..Reading::of(&series, &curve, &found)
    };
    let (profiles, ensemble) = (&tools.profiles, &tools.ensemble);
    let models = Models { profiles, ensemble, shares: Some(&tools.france), unit, crops: &[] };
    let (assessment, _) = read(&reading, &p.views, &models, &tools.rules);
    assessment.declared.map(|d| d.verdict)
}
