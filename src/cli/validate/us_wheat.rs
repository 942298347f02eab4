//! Winter wheat of the US Plains: stages scouted in 2013/14 to 2015/16 against the product's stage clock and calendar.
//!
//! The set has no series, only dates: so it is the clock and the calendar that are measured, with nothing seen. The clock's
//! days are medians of the whole set, so these rows are not independent of them; held-out rows could still miss.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::Date;

use crate::crop::AnchorFrom;
use crate::crop::ensemble::{Question, Unit};
use crate::crop::scores::{mean, quantile};
use crate::series::{days_between, plus_days};

use super::super::table::Error;
use super::sets::Row;
use super::{Aim, Goal, Instruments, Line, Measured, figure, sets};

/// Columns of the set and the BBCH code of each, in order of development.
const STAGES: [(&str, f64); 9] = [
    ("jointing", 31.0),
    ("flag_leaf", 39.0),
    ("boot", 45.0),
    ("heading", 55.0),
    ("bloom", 65.0),
    ("milk", 75.0),
    ("soft_dough", 83.0),
    ("hard_dough", 87.0),
    ("maturity", 89.0),
];
/// Clear dates from which the set's own peak is used; below, a peak may be two weeks off.
const LEAST_OBSERVATIONS: f64 = 20.0;
/// First day of each macro stage but the first, BBCH.
const MACRO: [f64; 7] = [20.0, 30.0, 50.0, 60.0, 70.0, 80.0, 88.0];
/// Zone of the set.
const ZONE: &str = "us-high-plains";
/// Days from the middle of the zone's sowing window within which a declared date is used (three standard deviations).
const REACH_DAYS: i32 = 29;

pub(super) fn measure(data: &Path, tools: &Instruments) -> Result<Option<Measured>, Error> {
    let Some(set) = sets::set(data, "us_hrw_wheat_phenology") else { return Ok(None) };
    let (rows, intake) = read(&set.file("stage_vs_ndvi_pairs.csv.gz")?)?;
    let zones: Vec<_> = tools.profiles.zone(ZONE).into_iter().collect();
    let Some(clock) = tools.profiles.clock("winter_wheat", ZONE) else {
        return Err(set.cannot(format!("the calendar has no clock of winter wheat for {ZONE}")));
    };
    let lag = |code: f64| {
        let anchor = clock.anchors.iter().find(|a| a.bbch == code);
        anchor.filter(|a| a.from == AnchorFrom::Senescence).map(|a| a.days)
    };
    let after_heading = |code: f64| Some(lag(code)? - lag(55.0)?);
    let mut out = Vec::new();

    let mut ordered = 0;
    let mut compared = 0;
    let (mut peak_to_ripe, mut to_peak) = (Vec::new(), Vec::new());
    let mut lags: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for row in &rows {
        let day = |stage: &str| sets::number(row, &format!("{stage}_dos"));
        let dates: Vec<f64> = STAGES.iter().filter_map(|(s, _)| day(s)).collect();
        if dates.len() >= 2 {
            compared += 1;
            ordered += usize::from(dates.windows(2).all(|d| d[0] <= d[1]));
        }
        if let Some(heading) = day("heading") {
            for (stage, _) in STAGES {
                lags.entry(stage).or_default().extend(day(stage).map(|d| d - heading));
            }
            if sets::number(row, "n_obs").is_some_and(|n| n >= LEAST_OBSERVATIONS) {
                to_peak.extend(sets::number(row, "NDVI_POS").map(|p| p - heading));
            }
        }
        if let (Some(ripe), Some(peak)) = (day("maturity"), sets::number(row, "NDVI_POS")) {
            peak_to_ripe.push(ripe - peak);
        }
    }
    out.push(Line::new(
        "scouted: peak of NDVI to maturity, median days (quartiles)",
        peak_to_ripe.len(),
        format!(
            "{} ({} to {})",
            figure(quantile(&peak_to_ripe, 0.5), 0),
            figure(quantile(&peak_to_ripe, 0.25), 0),
            figure(quantile(&peak_to_ripe, 0.75), 0)
        ),
        "41 in the whole set",
    ));
    let ours = peak_before_senescence(tools).zip(lag(89.0)).map(|(peak, ripe)| peak + ripe);
    let apart = ours.zip(quantile(&peak_to_ripe, 0.5)).map(|(ours, scouted)| ours - scouted);
    out.push(
        Line::new(
            "ours (one constant of the clock and the curve): peak to maturity, days; less the scouted median",
            peak_to_ripe.len(),
            format!("{}; {}", figure(ours, 0), figure(apart, 1)),
            "",
        )
        .toward(Goal::PeakToMaturity, apart),
    );
    let heading = quantile(&to_peak, 0.5);
    let ours = peak_before_senescence(tools).zip(lag(55.0)).map(|(peak, heading)| -heading - peak);
    out.push(Line::new(
        "heading to the peak of NDVI, median days",
        to_peak.len(),
        format!("{} (scouted {})", figure(ours, 0), figure(heading, 0)),
        "",
    ));
    out.push(Line::new(
        "scouted field-years whose stages are in order",
        compared,
        figure(Some(ordered as f64 / compared.max(1) as f64), 3),
        "",
    ));
    let in_order = STAGES.windows(2).all(|w| lag(w[0].1) < lag(w[1].1));
    let what = "ours: the clock's stages are in order";
    out.push(Line::new(what, STAGES.len(), in_order.to_string(), "a constant, no measurement"));
    let worst = (STAGES.iter())
        .filter_map(|(stage, code)| {
            let scouted = lags.get(stage).and_then(|l| quantile(l, 0.5))?;
            Some((after_heading(*code)? - scouted).abs())
        })
        .reduce(f64::max);
    out.push(
        Line::new(
            "US wheat: days from heading to each stage, largest difference from the scouted median",
            lags.values().map(Vec::len).sum(),
            figure(worst, 0),
            "our own bound; ours are medians of the whole set, so not independent of these rows",
        )
        .aimed(Aim::AtMost(5.0), 0, worst),
    );
    for (stage, code) in STAGES {
        let Some(scouted) = lags.get(stage).and_then(|l| quantile(l, 0.5)) else { continue };
        let n = lags.get(stage).map_or(0, Vec::len);
        let reached = format!("{} (scouted {scouted:.0})", figure(after_heading(code), 0));
        out.push(Line::new(format!("days from heading to {stage}, BBCH {code}"), n, reached, ""));
    }
    out.extend(by_calendar(&rows, &zones, tools));
    Ok(Some(Measured { intake: vec![intake], lines: out, ..Measured::default() }))
}

/// The field-years in which a stage was scouted, and which rows were used.
fn read(path: &Path) -> Result<(Vec<Row>, String), Error> {
    let mut tally = sets::Tally::of(path);
    let columns: Vec<String> = STAGES.iter().map(|(stage, _)| format!("{stage}_dos")).collect();
    let needed: Vec<&str> = (columns.iter().map(String::as_str))
        .chain(["harvest_year", "n_obs", "NDVI_POS", "sowing_doy", "sowing_source", "emergence_dos"])
        .collect();
    let mut kept = Vec::new();
    for row in sets::rows(path, &needed)? {
        let scouted = || columns.iter().any(|c| sets::number(&row, c).is_some());
        let usable = match sets::number(&row, "harvest_year") {
            None => Err("without a harvest year"),
            Some(_) if scouted() || sets::number(&row, "emergence_dos").is_some() => Ok(()),
            Some(_) => Err("without a scouted stage"),
        };
        if tally.take(usable).is_some() {
            kept.push(row);
        }
    }
    Ok((kept, tally.told()?))
}

/// Days from the peak of the curve of the zone's wheat to half-senescence.
fn peak_before_senescence(tools: &Instruments) -> Option<f64> {
    let row = tools.profiles.profiles().iter().find(|p| p.crop == "winter_wheat" && p.zone == ZONE)?;
    let (rise, fall) = tools.ensemble.table().widths(&row.crop, &row.zone)?;
    let green = row.gs_days?;
    let step = |days: f64, width: f64| 1.0 / (1.0 + (-days / width).exp());
    let level = |t: f64| step(t, rise) - step(t - green, fall);
    let days = (0..green as i32).map(f64::from);
    days.max_by(|a, b| level(*a).total_cmp(&level(*b))).map(|peak| green - peak)
}

/// The stage said on the day of each scouted stage by the calendar and the sowing date alone.
fn by_calendar(rows: &[Row], zones: &[&crate::crop::Zone], tools: &Instruments) -> Vec<Line> {
    let mut asked: BTreeMap<(Date, Option<Date>), Option<crate::crop::Interval>> = BTreeMap::new();
    let (mut errors, mut covered, mut right) = (Vec::new(), Vec::new(), Vec::new());
    let (mut emerged, mut emerged_covered, mut out_of_reach) = (Vec::new(), Vec::new(), 0);
    let mut in_order: Vec<f64> = Vec::new();
    for row in rows {
        let Some(year) = sets::number(row, "harvest_year").and_then(|y| Date::new(y as i16 - 1, 6, 30).ok())
        else {
            continue;
        };
        let sown = sets::number(row, "sowing_doy")
            .filter(|_| row.get("sowing_source").is_some_and(|s| s != "state_median"))
            .and_then(|d| Some(plus_days(Date::new(year.year(), 1, 1).ok()?, d as i32 - 1)));
        let question = |as_of: Date| Question {
            views: &[],
            as_of,
            latitude: None,
            zones,
            window: Some((plus_days(year, 30), plus_days(year, 395))),
            declared_crop: Some("winter wheat"),
            declared_sowing: sown,
            unit: Unit::Field,
            shares: None,
            crops: &[],
        };
        let develop = |as_of: Date| {
            let answer = tools.ensemble.answer(&question(as_of), &tools.profiles, &tools.rules);
            answer.development.filter(|d| d.is_told)
        };
        let mut said_on: Vec<(f64, f64)> = Vec::new();
        for (stage, code) in STAGES {
            let Some(dos) = sets::number(row, &format!("{stage}_dos")) else { continue };
            let as_of = plus_days(year, dos as i32);
            let said = *asked.entry((as_of, sown)).or_insert_with(|| develop(as_of).and_then(|d| d.bbch));
            let Some(b) = said else { continue };
            said_on.push((dos, b.mid));
            errors.push(b.mid - code);
            covered.push(f64::from(u8::from((b.lower..=b.upper).contains(&code))));
            let macro_stage = |x: f64| MACRO.partition_point(|s| *s <= x);
            right.push(f64::from(u8::from(macro_stage(b.mid) == macro_stage(code))));
        }
        said_on.sort_by(|a, b| a.0.total_cmp(&b.0));
        if said_on.len() >= 2 {
            let follows = |w: &[(f64, f64)]| w[0].0 == w[1].0 || w[0].1 < w[1].1;
            in_order.push(f64::from(u8::from(said_on.windows(2).all(follows))));
        }
        if let (Some(dos), Some(_)) = (sets::number(row, "emergence_dos"), sown) {
            let truth = plus_days(year, dos as i32);
            // A sowing date outside the calendar's reach is not believed, so nothing is learnt from it.
            let reach =
                Date::new(year.year(), 10, 6).map_or(i32::MAX, |m| days_between(m, sown.unwrap_or(m)).abs());
            if reach > REACH_DAYS {
                out_of_reach += 1;
            } else if let Some(d) = develop(plus_days(truth, 10)) {
                emerged.push(f64::from(days_between(truth, d.emergence.p50)));
                emerged_covered
                    .push(f64::from(u8::from((d.emergence.p10..=d.emergence.p90).contains(&truth))));
            }
        }
    }
    let absolute = |e: &[f64]| mean(e.iter().map(|e| e.abs()));
    let n = errors.len();
    let (ordered, held) = (mean(in_order.iter().copied()), mean(covered.into_iter()));
    let (emergence, emergence_held) = (absolute(&emerged), mean(emerged_covered.into_iter()));
    let covers = Aim::Between(0.75, 0.85);
    vec![
        Line::new(
            "BBCH by the calendar alone, mean absolute error",
            n,
            figure(absolute(&errors), 1),
            "baseline: nothing seen",
        ),
        Line::new("the same, bias", n, figure(mean(errors.iter().copied()), 1), ""),
        Line::new("the same, macro stage right", n, figure(mean(right.into_iter()), 2), ""),
        Line::new(
            "field-years whose stages, said by the calendar on the scouted days, are in the right order",
            in_order.len(),
            figure(ordered, 3),
            "",
        )
        .toward(Goal::StagesInOrder, ordered),
        Line::new("US wheat: BBCH by the calendar alone, 80 % interval covers", n, figure(held, 2), "")
            .aimed(covers, 2, held),
        Line::new(
            "US wheat: emergence from an observed sowing date, mean absolute error, days",
            emerged.len(),
            figure(emergence, 1),
            "dates outside the calendar's reach left out",
        )
        .aimed(Aim::AtMost(7.0), 1, emergence),
        Line::new("sowing dates outside the calendar's reach, left out", out_of_reach, String::new(), ""),
        Line::new(
            "emergence from an observed sowing date, median error, days",
            emerged.len(),
            figure(quantile(&emerged, 0.5), 1),
            "",
        ),
        Line::new(
            "US wheat: emergence from an observed sowing date, 80 % interval covers",
            emerged.len(),
            figure(emergence_held, 2),
            "its width was fitted on rows of this set",
        )
        .aimed(covers, 2, emergence_held),
    ]
}
