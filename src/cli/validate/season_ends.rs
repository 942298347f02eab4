//! Season ends against two independent clocks: measured GPP at flux towers, and the cycles of another tool.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::Date;

use crate::crop::scores::{mean, quantile};
use crate::phenology::{Season, SeasonRules, seasons};
use crate::series::{SeriesRules, Sight, Smoothing, days_between, from_sights, smooth};

use super::super::table::Error;
use super::sets::{Row, Tally};
use super::{Aim, Goal, Instruments, Line, Measured, figure, sets};

/// A season and a reference belong together when their ends lie this near, days.
const MATCHED: i32 = 60;
/// Degrees north; the author's series holds no coordinates.
const JOLANDA_LATITUDE: f64 = 44.9;

/// End of season (half-senescence) against the half-fall of GPP at the cropland towers.
pub(super) fn towers(data: &Path, _: &Instruments) -> Result<Option<Measured>, Error> {
    let Some(set) = sets::set(data, "hrvpp_icos_cropsites") else { return Ok(None) };
    let (found, words) = curves(&set.file("series.csv.gz")?, None, &|_| true)?;
    let reference = set.file("gpp_reference_seasons_derived.csv")?;
    let mut tally = Tally::of(&reference);
    let (mut errors, mut missed) = (Vec::new(), Vec::new());
    let mut by_site: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for row in sets::rows(&reference, &["site", "eos50"])? {
        let read = || {
            let site = sets::text(&row, "site").ok_or("without a site")?;
            let truth = sets::day(&row, "eos50").ok_or("without an eos50")?;
            Ok((site, found.get(site).ok_or("of a site without a series")?, truth))
        };
        let Some((site, seasons, truth)) = tally.take(read()) else { continue };
        match nearest(seasons, truth, |s| s.senescence50) {
            Some(e) => {
                errors.push(f64::from(e));
                by_site.entry(site.to_owned()).or_default().push(f64::from(e));
            }
            None => {
                let peak = sets::number(&row, "gpp_peak").map_or(String::new(), |g| format!(" (GPP {g:.0})"));
                missed.push(format!("{site} {truth}{peak}"));
            }
        }
    }
    let intake = vec![words, tally.told()?];
    let n = errors.len();
    let absolute: Vec<f64> = errors.iter().map(|e| e.abs()).collect();
    let within = |d: f64| mean(absolute.iter().map(|e| f64::from(u8::from(*e <= d))));
    let all = n + missed.len();
    let with_missed: Vec<f64> =
        absolute.iter().copied().chain(missed.iter().map(|_| f64::INFINITY)).collect();
    let far = median_or_none(&with_missed);
    let counted = within(15.0).map(|w| w * n as f64 / all as f64);
    let mut lines =
        vec![
        Line::new(
            "half-senescence against half-fall of GPP, median absolute error of the matched seasons, days",
            n,
            figure(quantile(&absolute, 0.5), 1),
            "",
        )
        .toward(Goal::GppError, quantile(&absolute, 0.5)),
        Line::new("the same of the matched seasons, within 15 days", n, figure(within(15.0), 2), "")
            .toward(Goal::GppWithin, within(15.0)),
        Line::new("the same of all seasons, unmatched ones infinitely far", all, figure(far, 1), "")
            .toward(Goal::GppErrorAll, far),
        Line::new("the same of all seasons, within 15 days", all, figure(counted, 2), "unmatched ones failed")
            .toward(Goal::GppWithinAll, counted),
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
    Ok(Some(Measured { intake, lines, ..Measured::default() }))
}

/// The middle of some distances, of which some may be infinite; of two in the middle the farther.
fn median_or_none(distances: &[f64]) -> Option<f64> {
    let mut sorted = distances.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied()
}

/// Start and end of season against the reference cycles of Jolanda di Savoia.
pub(super) fn jolanda(data: &Path, _: &Instruments) -> Result<Option<Measured>, Error> {
    let Some(set) = sets::set(data, "italy_jolanda_sen2rts") else { return Ok(None) };
    let latitude = Some(JOLANDA_LATITUDE);
    let (found, words) = curves(&set.file("reference_ts_raw.csv")?, latitude, &|_| true)?;
    let reference = set.file("reference_pheno.csv")?;
    let mut tally = Tally::of(&reference);
    let mut cycles: Vec<(String, Date, Date)> = Vec::new();
    for row in sets::rows(&reference, &["id", "sos", "eos"])? {
        let read = || {
            let id = sets::text(&row, "id").filter(|id| found.contains_key(*id));
            let id = id.ok_or("of a plot without a series")?.to_owned();
            let (sos, eos) = sets::day(&row, "sos").zip(sets::day(&row, "eos")).ok_or("without dates")?;
            Ok((id, sos, eos))
        };
        cycles.extend(tally.take(read()));
    }
    let mut intake = vec![words, tally.told()?];
    let mut lines = against(&cycles, &found, "the author's series, weighted by quality", true);
    // The set's own zonal means are cloudy; what the scene classification calls vegetation or bare soil is used.
    if let Ok(own) = set.file("series.csv.gz") {
        let (own, words) = curves(&own, latitude, &|row| {
            sets::text(row, "scl_classes").is_some_and(|c| c.split(' ').all(|c| c == "4" || c == "5"))
        })?;
        intake.push(words);
        // Both files hold the same plots in the same order under other names.
        if own.len() == found.len() {
            let named: Seasons = found.keys().cloned().zip(own.into_values()).collect();
            lines.extend(against(&cycles, &named, "plain zonal means of clear dates", false));
        }
    }
    Ok(Some(Measured { intake, lines, ..Measured::default() }))
}

/// Errors of the cycles that were found, and of all, those not found as infinitely far.
fn against(cycles: &[(String, Date, Date)], found: &Seasons, series: &str, aimed: bool) -> Vec<Line> {
    let error = |id: &str, truth: Date, of: fn(&Season) -> Option<Date>| {
        nearest(found.get(id)?, truth, of).map(|e| f64::from(e.abs()))
    };
    let starts: Vec<Option<f64>> =
        cycles.iter().map(|(id, sos, _)| error(id, *sos, |s| s.greenup50)).collect();
    let ends: Vec<Option<f64>> =
        cycles.iter().map(|(id, _, eos)| error(id, *eos, |s| s.senescence50)).collect();
    let mut lines = Vec::new();
    for (what, goal, errors) in [
        ("half-rise against reference start", Goal::JolandaStart, &starts),
        ("half-senescence against reference end", Goal::JolandaEnd, &ends),
    ] {
        let matched: Vec<f64> = errors.iter().flatten().copied().collect();
        let all: Vec<f64> = errors.iter().map(|e| e.unwrap_or(f64::INFINITY)).collect();
        let (middle, far) = (quantile(&matched, 0.5), median_or_none(&all));
        let title = format!("{what}, {series}: median absolute error, days");
        let line = Line::new(format!("{title}, of those found"), matched.len(), figure(middle, 1), "");
        lines.push(if aimed { line.toward(goal, middle) } else { line });
        let line = Line::new(
            format!("Jolanda, {title}, of all cycles, those not found infinitely far"),
            all.len(),
            figure(far, 1),
            "",
        );
        lines.push(if aimed { line.aimed(Aim::AtMost(7.0), 1, far) } else { line });
    }
    lines
}

/// Days from the reference to the nearest date of a season, when one is near.
fn nearest(seasons: &[Season], truth: Date, of: impl Fn(&Season) -> Option<Date>) -> Option<i32> {
    let errors = seasons.iter().filter_map(|s| Some(days_between(truth, of(s)?)));
    errors.min_by_key(|e| e.abs()).filter(|e| e.abs() <= MATCHED)
}

/// Seasons by sample.
type Seasons = BTreeMap<String, Vec<Season>>;

/// The seasons of every sample of a series table, of the rows that are clear, and which rows were used; the weight
/// column, where there is one, is used.
fn curves(
    path: &Path,
    latitude: Option<f64>,
    clear: &dyn Fn(&Row) -> bool,
) -> Result<(Seasons, String), Error> {
    let mut sights: BTreeMap<String, Vec<Sight>> = BTreeMap::new();
    let mut tally = Tally::of(path);
    for row in sets::rows(path, &["sample_id|id", "date", "ndvi|value"])? {
        let n = |c: &str| sets::number(&row, c);
        let read = || {
            let id = sets::text(&row, "sample_id").or_else(|| sets::text(&row, "id"));
            let id = id.ok_or("without an id")?.to_owned();
            let date = sets::day(&row, "date").ok_or("without a date")?;
            let ndvi = n("ndvi").or_else(|| n("value")).ok_or("without NDVI")?;
            let weight = n("qa").or_else(|| n("weight")).unwrap_or(1.0);
            match weight > 0.0 && clear(&row) {
                true => Ok((id, Sight { date, ndvi, weight, blue: None })),
                false => Err("of dates not clear"),
            }
        };
        if let Some((id, sight)) = tally.take(read()) {
            sights.entry(id).or_default().push(sight);
        }
    }
    let found = (sights.into_iter())
        .map(|(id, sights)| {
            let last = sights.iter().map(|s| s.date).max().unwrap_or_default();
            let (series, _) = from_sights(&sights, last, &SeriesRules::default());
            let curve = smooth(&series, &Smoothing::default());
            let found = seasons(&series, &curve, latitude, &SeasonRules::default());
            (id, found)
        })
        .collect();
    Ok((found, tally.told()?))
}
