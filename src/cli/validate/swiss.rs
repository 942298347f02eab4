//! Swiss winter wheat 2022: growth stages scored in the field, read from what was seen before each visit.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::civil::{Date, date};

use crate::crop::Interval;
use crate::crop::ensemble::{Question, Unit, View};
use crate::crop::scores::{mean, quantile};

use super::super::table::Error;
use super::{Goal, Instruments, Line, figure, sets};

/// Least clear share of a field's pixels on a date.
const CLEAR: f64 = 0.6;
/// Dates seen before a visit, at least, as in the prototype.
const LEAST_DATES: usize = 4;
/// First day of each macro stage but the first, BBCH (tillering, stem, heading, flowering, filling, ripening, dough).
const STAGES: [f64; 7] = [20.0, 30.0, 50.0, 60.0, 70.0, 80.0, 88.0];

pub(super) fn measure(data: &Path, tools: &Instruments) -> Result<Option<Vec<Line>>, Error> {
    let (Some(series), Some(scores)) = (
        sets::file(data, "swiss_wheat_s2_bbch/series.csv.gz"),
        sets::file(data, "swiss_wheat_s2_bbch/bbch_insitu_2022.csv"),
    ) else {
        return Ok(None);
    };
    let fields = fields(&series)?;
    let mut visits: BTreeMap<(String, Date), Vec<f64>> = BTreeMap::new();
    for row in sets::rows(&scores)? {
        let (Some(parcel), Some(day)) =
            (row.get("parcel"), row.get("date").and_then(|d| d.parse::<Date>().ok()))
        else {
            continue;
        };
        visits.entry((parcel.clone(), day)).or_default().extend(sets::number(&row, "bbch"));
    }
    let mut found: Vec<Visit> = Vec::new();
    for ((parcel, day), seen) in &visits {
        let (Some((lat, lon, views)), Some(truth)) = (fields.get(parcel), quantile(seen, 0.5)) else {
            continue;
        };
        if views.iter().filter(|v| v.date <= *day).count() < LEAST_DATES {
            continue;
        }
        let zones = tools.profiles.zones_at(*lat, *lon);
        let ask = |views: &[View]| {
            let question = Question {
                views,
                as_of: *day,
                latitude: Some(*lat),
                zones: &zones,
                window: Some((date(2021, 9, 1), date(2022, 8, 31))),
                declared_crop: Some("winter wheat"),
                declared_sowing: None,
                unit: Unit::Field,
                shares: None,
                crops: &[],
            };
            tools.ensemble.answer(&question, &tools.profiles, &tools.rules).development
        };
        // The calendar alone: the same question with the first view only, which tells next to nothing.
        let calendar = ask(views.get(..1).unwrap_or_default()).and_then(|d| d.bbch).map(|b| b.mid);
        let Some(d) = ask(views) else { continue };
        let Some(bbch) = d.bbch else { continue };
        let width = f64::from(crate::series::days_between(d.harvest.p10, d.harvest.p90));
        found.push(Visit { field: parcel, day: *day, truth, bbch, calendar, width });
    }
    Ok(Some(lines(&found, tools)))
}

/// One field visit and what was said of it from what was seen before.
struct Visit<'a> {
    field: &'a str,
    day: Date,
    truth: f64,
    bbch: Interval,
    calendar: Option<f64>,
    width: f64,
}

impl Visit<'_> {
    fn error(&self) -> f64 {
        self.bbch.mid - self.truth
    }

    /// Factor on the interval at which it just holds the truth.
    fn reach(&self) -> f64 {
        let side = if self.truth < self.bbch.mid { self.bbch.lower } else { self.bbch.upper };
        let away = (self.truth - self.bbch.mid).abs();
        if away == 0.0 { 0.0 } else { away / (side - self.bbch.mid).abs().max(1e-9) }
    }
}

fn lines(visits: &[Visit<'_>], tools: &Instruments) -> Vec<Line> {
    let n = visits.len();
    let share = |visits: &[&Visit<'_>], is: &dyn Fn(&Visit<'_>) -> bool| {
        mean(visits.iter().map(|v| f64::from(u8::from(is(v)))))
    };
    let stage = |x: f64| STAGES.partition_point(|s| *s <= x) as i64;
    let off = |v: &Visit<'_>| (stage(v.bbch.mid) - stage(v.truth)).abs();
    let all: Vec<&Visit<'_>> = visits.iter().collect();
    let fields: BTreeSet<&str> = visits.iter().map(|v| v.field).collect();
    let absolute = |visits: &[&Visit<'_>]| mean(visits.iter().map(|v| v.error().abs()));
    let calendar: Vec<f64> = visits.iter().filter_map(|v| Some((v.calendar? - v.truth).abs())).collect();
    let mut out = vec![
        Line::new("fields", fields.len(), String::new(), ""),
        Line::new(
            "BBCH, mean absolute error",
            n,
            figure(absolute(&all), 2),
            "prototype 2.9 on 7 fields, 3.3 on these",
        )
        .toward(Goal::StageError, absolute(&all)),
        Line::new(
            "the same by the calendar alone (one early date seen)",
            calendar.len(),
            figure(mean(calendar.iter().copied()), 2),
            "baseline",
        ),
        Line::new("BBCH, bias", n, figure(mean(visits.iter().map(Visit::error)), 2), "prototype +2.4"),
        Line::new("macro stage right", n, figure(share(&all, &|v| off(v) == 0), 3), "prototype .87")
            .toward(Goal::MacroStage, share(&all, &|v| off(v) == 0)),
        Line::new("macro stage within one", n, figure(share(&all, &|v| off(v) <= 1), 3), "prototype 1.00"),
        Line::new(
            "80 % interval of BBCH covers",
            n,
            figure(share(&all, &|v| v.reach() <= 1.0), 3),
            "prototype .66",
        )
        .toward(Goal::StageCovered, share(&all, &|v| v.reach() <= 1.0)),
    ];
    // The factor found on the other fields, tried on the field left out.
    let applied = tools.ensemble.table().interval("bbch").map_or(1.0, |(f, _)| f);
    let left_out: Vec<f64> = (fields.iter())
        .flat_map(|field| {
            let others: Vec<f64> = visits.iter().filter(|v| v.field != *field).map(Visit::reach).collect();
            let factor = quantile(&others, 0.8).unwrap_or(1.0);
            let own = visits.iter().filter(move |v| v.field == *field);
            own.map(move |v| f64::from(u8::from(v.reach() <= factor))).collect::<Vec<_>>()
        })
        .collect();
    out.push(Line::new(
        "the same with the factor found on the other fields",
        n,
        figure(mean(left_out.into_iter()), 3),
        ".75 to .85",
    ));
    let reaches: Vec<f64> = visits.iter().map(|v| v.reach() * applied).collect();
    let wanted = quantile(&reaches, 0.8);
    out.push(Line::new(
        "factor on the hypotheses' own interval that covers .80 here",
        n,
        figure(wanted, 2),
        "the table's factor",
    ));
    for (month, name) in [(3, "March"), (4, "April"), (5, "May"), (6, "June")] {
        let of: Vec<&Visit<'_>> = visits.iter().filter(|v| v.day.month() == month).collect();
        let bias = figure(mean(of.iter().map(|v| v.error())), 1);
        let covers = figure(share(&of, &|v| v.reach() <= 1.0), 2);
        let reached = format!("{} (bias {bias}, covers {covers})", figure(absolute(&of), 1));
        out.push(Line::new(format!("BBCH, mean absolute error in {name}"), of.len(), reached, ""));
    }
    let days: BTreeSet<Date> = visits.iter().map(|v| v.day).collect();
    for day in days {
        let of: Vec<&Visit<'_>> = visits.iter().filter(|v| v.day == day).collect();
        let said: Vec<String> = (of.iter())
            .map(|v| {
                format!("{:.0} ({:.0}-{:.0}) for {:.0}", v.bbch.mid, v.bbch.lower, v.bbch.upper, v.truth)
            })
            .collect();
        out.push(Line::new(format!("BBCH said as of {day}"), of.len(), said.join("; "), ""));
    }
    let widths: Vec<f64> = visits.iter().map(|v| v.width).collect();
    out.push(Line::new("harvest window P10 to P90, median days", n, figure(quantile(&widths, 0.5), 0), ""));
    out
}

/// Median of the views of one date: tiles overlap.
fn one_a_day(views: &[View]) -> Vec<View> {
    let mut by: BTreeMap<Date, Vec<f64>> = BTreeMap::new();
    views.iter().for_each(|v| by.entry(v.date).or_default().push(v.ndvi));
    (by.into_iter())
        .filter_map(|(date, ndvi)| {
            Some(View {
                date,
                ndvi: quantile(&ndvi, 0.5)?,
                lswi: None,
                ndyi: None,
                nir: None,
                red_edge: None,
                blue: None,
            })
        })
        .collect()
}

/// Latitude, longitude and clear dates of 2022 by field.
pub(super) type Fields = BTreeMap<String, (f64, f64, Vec<View>)>;

/// The fields with their clear dates.
pub(super) fn fields(series: &Path) -> Result<Fields, Error> {
    let mut fields = Fields::new();
    for row in sets::rows(series)? {
        let (Some(id), Some(day)) =
            (row.get("sample_id"), row.get("date").and_then(|d| d.parse::<Date>().ok()))
        else {
            continue;
        };
        let n = |c: &str| sets::number(&row, c);
        let (Some(lat), Some(lon), Some(ndvi)) = (n("lat"), n("lon"), n("ndvi")) else { continue };
        let clear = n("n_clear").zip(n("n_pix")).is_none_or(|(c, all)| c > CLEAR * all);
        if day.year() == 2022 && clear {
            let view =
                View { date: day, ndvi, lswi: None, ndyi: None, nir: None, red_edge: None, blue: None };
            fields.entry(id.clone()).or_insert((lat, lon, Vec::new())).2.push(view);
        }
    }
    for field in fields.values_mut() {
        field.2 = one_a_day(&field.2);
    }
    Ok(fields)
}
