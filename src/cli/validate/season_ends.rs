//! Season ends against two independent clocks: measured GPP at flux towers, and the cycles of another tool.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::Date;

use crate::crop::scores::{mean, quantile};
use crate::phenology::{Season, SeasonRules, seasons};
use crate::series::{SeriesRules, Sight, Smoothing, days_between, from_sights, smooth};

use super::super::table::Error;
use super::{Goal, Instruments, Line, figure, sets};

/// A season and a reference belong together when their ends lie this near, days.
const MATCHED: i32 = 60;

/// End of season (half-senescence) against the half-fall of GPP at the cropland towers.
pub(super) fn towers(data: &Path, _: &Instruments) -> Result<Option<Vec<Line>>, Error> {
    let (Some(series), Some(reference)) = (
        sets::file(data, "hrvpp_icos_cropsites/series.csv.gz"),
        sets::file(data, "hrvpp_icos_cropsites/gpp_reference_seasons_derived.csv"),
    ) else {
        return Ok(None);
    };
    let found = curves(&series, None)?;
    let (mut errors, mut missed) = (Vec::new(), Vec::new());
    let mut by_site: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for row in sets::rows(&reference)? {
        let (Some(seasons), Some(truth)) = (row.get("site").and_then(|s| found.get(s)), day(&row, "eos50"))
        else {
            continue;
        };
        let site = row.get("site").cloned().unwrap_or_default();
        match nearest(seasons, truth, |s| s.senescence50) {
            Some(e) => {
                errors.push(f64::from(e));
                by_site.entry(site).or_default().push(f64::from(e));
            }
            None => {
                let peak = sets::number(&row, "gpp_peak").map_or(String::new(), |g| format!(" (GPP {g:.0})"));
                missed.push(format!("{site} {truth}{peak}"));
            }
        }
    }
    let n = errors.len();
    let absolute: Vec<f64> = errors.iter().map(|e| e.abs()).collect();
    let within = |d: f64| mean(absolute.iter().map(|e| f64::from(u8::from(*e <= d))));
    let mut lines = vec![
        Line::new(
            "half-senescence against half-fall of GPP, median absolute error, days",
            n,
            figure(quantile(&absolute, 0.5), 1),
            "",
        )
        .toward(Goal::GppError, quantile(&absolute, 0.5)),
        Line::new("the same, within 15 days", n, figure(within(15.0), 2), "")
            .toward(Goal::GppWithin, within(15.0)),
        Line::new(
            "the same, within 5 and within 10 days; mean error, root mean square error, days",
            n,
            format!(
                "{}, {}; {}, {}",
                figure(within(5.0), 2),
                figure(within(10.0), 2),
                figure(mean(errors.iter().copied()), 1),
                figure(mean(errors.iter().map(|e| e * e)).map(f64::sqrt), 1)
            ),
            "",
        ),
        Line::new(
            "the same, median error (late is positive), days",
            n,
            figure(quantile(&errors, 0.5), 1),
            "about 5 late",
        ),
        Line::new(
            "GPP seasons without a season of ours within 60 days",
            n + missed.len(),
            format!("{}: {}", missed.len(), missed.join(", ")),
            "",
        ),
    ];
    for (site, errors) in &by_site {
        let absolute: Vec<f64> = errors.iter().map(|e| e.abs()).collect();
        let within = mean(absolute.iter().map(|e| f64::from(u8::from(*e <= 15.0))));
        let reached = format!(
            "{} (median error {}, within 15 days {})",
            figure(quantile(&absolute, 0.5), 1),
            figure(quantile(errors, 0.5), 1),
            figure(within, 2)
        );
        lines.push(Line::new(format!("median absolute error at {site}, days"), errors.len(), reached, ""));
    }
    Ok(Some(lines))
}

/// Start and end of season against the reference cycles of Jolanda di Savoia.
pub(super) fn jolanda(data: &Path, _: &Instruments) -> Result<Option<Vec<Line>>, Error> {
    let (Some(series), Some(reference)) = (
        sets::file(data, "italy_jolanda_sen2rts/reference_ts_raw.csv"),
        sets::file(data, "italy_jolanda_sen2rts/reference_pheno.csv"),
    ) else {
        return Ok(None);
    };
    let found = curves(&series, Some(44.9))?;
    let (mut starts, mut ends, mut cycles) = (Vec::new(), Vec::new(), 0);
    for row in sets::rows(&reference)? {
        let (Some(seasons), Some(sos), Some(eos)) =
            (row.get("id").and_then(|s| found.get(s)), day(&row, "sos"), day(&row, "eos"))
        else {
            continue;
        };
        cycles += 1;
        starts.extend(nearest(seasons, sos, |s| s.greenup50).map(|e| f64::from(e.abs())));
        ends.extend(nearest(seasons, eos, |s| s.senescence50).map(|e| f64::from(e.abs())));
    }
    let (start, end) = (quantile(&starts, 0.5), quantile(&ends, 0.5));
    Ok(Some(vec![
        Line::new(
            "half-rise against reference start, median absolute error, days",
            starts.len(),
            figure(start, 1),
            "",
        )
        .toward(Goal::JolandaStart, start),
        Line::new(
            "half-senescence against reference end, median absolute error, days",
            ends.len(),
            figure(end, 1),
            "",
        )
        .toward(Goal::JolandaEnd, end),
        Line::new("reference cycles", cycles, format!("{} found", ends.len()), ""),
    ]))
}

/// Days from the reference to the nearest date of a season, when one is near.
fn nearest(seasons: &[Season], truth: Date, of: impl Fn(&Season) -> Option<Date>) -> Option<i32> {
    let errors = seasons.iter().filter_map(|s| Some(days_between(truth, of(s)?)));
    errors.min_by_key(|e| e.abs()).filter(|e| e.abs() <= MATCHED)
}

fn day(row: &BTreeMap<String, String>, column: &str) -> Option<Date> {
    row.get(column)?.parse().ok()
}

/// The seasons of every sample of a series table; the weight column, where there is one, is used.
fn curves(path: &Path, latitude: Option<f64>) -> Result<BTreeMap<String, Vec<Season>>, Error> {
    let mut sights: BTreeMap<String, Vec<Sight>> = BTreeMap::new();
    for row in sets::rows(path)? {
        let Some(id) = row.get("sample_id").or_else(|| row.get("id")) else { continue };
        let n = |c: &str| sets::number(&row, c);
        let (Some(date), Some(ndvi)) = (day(&row, "date"), n("ndvi").or_else(|| n("value"))) else {
            continue;
        };
        let weight = n("qa").or_else(|| n("weight")).unwrap_or(1.0);
        if weight <= 0.0 {
            continue;
        }
        sights.entry(id.clone()).or_default().push(Sight { date, ndvi, weight, blue: None });
    }
    Ok(sights
        .into_iter()
        .map(|(id, sights)| {
            let last = sights.iter().map(|s| s.date).max().unwrap_or_default();
            let (series, _) = from_sights(&sights, last, &SeriesRules::default());
            let curve = smooth(&series, &Smoothing::default());
            let found = seasons(&series, &curve, latitude, &SeasonRules::default());
            (id, found)
        })
        .collect())
}
