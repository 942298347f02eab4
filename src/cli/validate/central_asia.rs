//! Central Asia: cotton, winter wheat, wheat followed by a second crop; coarse 16-day NDVI of one calendar year.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::Date;

use crate::crop::ensemble::{Question, Unit, View};
use crate::crop::scores::{Case, accuracy, accuracy_at};
use crate::phenology::{Season, SeasonRules, seasons};
use crate::series::{SeriesRules, Sight, Smoothing, from_sights, plus_days, smooth};

use super::super::table::Error;
use super::{Instruments, Line, figure, sets};

/// Days around a season that the ensemble looks at (science 5.4).
const AROUND: i32 = 40;
/// Days before 1 January in which a crop of the year may be sown.
const AUTUMN: i32 = 105;

struct Field {
    label: &'static str,
    lat: f64,
    lon: f64,
    views: Vec<View>,
}

pub(super) fn measure(data: &Path, tools: &Instruments) -> Result<Option<Vec<Line>>, Error> {
    let Some(path) = sets::file(data, "cawa_central_asia/series.csv.gz") else { return Ok(None) };
    let fields = read(&path)?;
    let enough = |f: &&Field| f.views.len() >= tools.rules.min_clear_dates;
    let (mut cases, mut by_label): (Vec<Case>, BTreeMap<&str, Vec<Case>>) = (vec![], BTreeMap::new());
    let mut referred = 0;
    for f in fields.values().filter(enough) {
        let (said, probability) = said(f, tools);
        let case = Case { right: said == f.label, probability };
        if said == "refer" {
            referred += 1;
        }
        cases.push(case);
        by_label.entry(f.label).or_default().push(case);
    }
    let n = cases.len();
    let answered: Vec<Case> = cases.iter().filter(|c| c.probability > 0.0).copied().collect();
    let mut lines = vec![
        Line::new(
            "cotton / wheat / wheat then second crop: accuracy of all",
            n,
            figure(accuracy(&cases), 3),
            ">= .88",
        ),
        Line::new(
            "of those with a season and a crop named",
            answered.len(),
            figure(accuracy(&answered), 3),
            ">= .88",
        ),
        Line::new("of the surest 70 %", n, figure(accuracy_at(&cases, 0.7), 3), ""),
        Line::new("without a season or a crop of the three: refer", n, referred.to_string(), ""),
        Line::new("fields with fewer than 8 values: refer", fields.len() - n, String::new(), ""),
    ];
    for (label, cases) in by_label {
        lines.push(Line::new(format!("recall of {label}"), cases.len(), figure(accuracy(&cases), 2), ""));
    }
    Ok(Some(lines))
}

/// The group that the seasons spell, with the probability of its least sure part.
fn said(f: &Field, tools: &Instruments) -> (&'static str, f64) {
    let Some(as_of) = f.views.iter().map(|v| v.date).max() else { return ("refer", 0.0) };
    let sights: Vec<Sight> =
        f.views.iter().map(|v| Sight { date: v.date, ndvi: v.ndvi, weight: 1.0, blue: None }).collect();
    let (series, _) = from_sights(&sights, as_of, &SeriesRules::default());
    let curve = smooth(&series, &Smoothing::default());
    let found = seasons(&series, &curve, Some(f.lat), &SeasonRules::default());
    let crops: Vec<(String, f64)> = found.iter().filter_map(|s| named(s, f, as_of, tools)).collect();
    let sure = crops.iter().map(|c| c.1).fold(1.0, f64::min);
    let names: Vec<&str> = crops.iter().map(|c| c.0.as_str()).collect();
    match names.as_slice() {
        ["cotton"] => ("cotton", sure),
        ["winter_wheat"] => ("wheat", sure),
        ["winter_wheat", _] => ("wheat then second", sure),
        _ => ("refer", 0.0),
    }
}

/// The most probable crop of one season.
fn named(season: &Season, f: &Field, as_of: Date, tools: &Instruments) -> Option<(String, f64)> {
    let first = f.views.iter().map(|v| v.date).min()?;
    let from = season.sos.or(season.greenup50).map_or(plus_days(first, -AUTUMN), |d| plus_days(d, -AROUND));
    let to = season.eos.or(season.senescence50).map_or(as_of, |d| plus_days(d, AROUND));
    let zones = tools.profiles.zones_at(f.lat, f.lon);
    let question = Question {
        views: &f.views,
        as_of,
        latitude: Some(f.lat),
        zones: &zones,
        window: Some((from, to)),
        declared_crop: None,
        declared_sowing: None,
        unit: Unit::Field,
        shares: None,
        crops: &[],
    };
    let answer = tools.ensemble.answer(&question, &tools.profiles, &tools.rules);
    let is_crop = |name: &str| answer.classes.iter().any(|c| c.is_crop && c.name == name);
    answer.crops.iter().find(|c| is_crop(&c.crop)).map(|c| (c.crop.clone(), c.probability))
}

fn group(label: &str) -> Option<&'static str> {
    match label {
        "cotton" => Some("cotton"),
        "wheat" => Some("wheat"),
        "wheat-other" | "wheat-rice" | "wheat-maize" => Some("wheat then second"),
        _ => None,
    }
}

fn read(path: &Path) -> Result<BTreeMap<String, Field>, Error> {
    let mut fields: BTreeMap<String, Field> = BTreeMap::new();
    for row in sets::rows(path)? {
        let (Some(id), Some(label)) = (row.get("sample_id"), row.get("label").and_then(|l| group(l))) else {
            continue;
        };
        let Some(date) = row.get("date").and_then(|d| d.parse().ok()) else { continue };
        let n = |c: &str| sets::number(&row, c);
        let (Some(lat), Some(lon), Some(ndvi)) = (n("lat"), n("lon"), n("ndvi")) else { continue };
        let view = View { date, ndvi, lswi: None, ndyi: None, nir: None, blue: None };
        fields.entry(id.clone()).or_insert_with(|| Field { label, lat, lon, views: vec![] }).views.push(view);
    }
    Ok(fields)
}
