//! Swiss winter wheat 2022: growth stages scored in the field, read from what was seen before each visit.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::{Date, date};

use crate::crop::ensemble::{Question, Unit, View};
use crate::crop::scores::{mean, quantile};

use super::super::table::Error;
use super::{Instruments, Line, figure, sets};

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
    let (mut errors, mut covered, mut stages) = (Vec::new(), Vec::new(), Vec::new());
    let mut widths = Vec::new();
    for ((parcel, day), seen) in &visits {
        let (Some((lat, lon, views)), Some(truth)) = (fields.get(parcel), quantile(seen, 0.5)) else {
            continue;
        };
        if views.iter().filter(|v| v.date <= *day).count() < LEAST_DATES {
            continue;
        }
        let zones = tools.profiles.zones_at(*lat, *lon);
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
        let answer = tools.ensemble.answer(&question, &tools.profiles, &tools.rules);
        let Some(d) = answer.development else { continue };
        let Some(b) = d.bbch else { continue };
        errors.push(b.mid - truth);
        covered.push(f64::from(u8::from((b.lower..=b.upper).contains(&truth))));
        let stage = |x: f64| STAGES.partition_point(|s| *s <= x) as i64;
        stages.push((stage(b.mid) - stage(truth)).abs());
        widths.push(f64::from(crate::series::days_between(d.harvest.p10, d.harvest.p90)));
    }
    let n = errors.len();
    let share = |most: i64| mean(stages.iter().map(|s| f64::from(u8::from(*s <= most))));
    Ok(Some(vec![
        Line::new("fields", fields.len(), String::new(), ""),
        Line::new(
            "BBCH, mean absolute error",
            n,
            figure(mean(errors.iter().map(|e| e.abs())), 2),
            "<= 3 (prototype 2.9, 7 fields)",
        ),
        Line::new("BBCH, bias", n, figure(mean(errors.iter().copied()), 2), "prototype +2.4"),
        Line::new("macro stage right", n, figure(share(0), 3), ">= .88 (prototype .87)"),
        Line::new("macro stage within one", n, figure(share(1), 3), "prototype 1.00"),
        Line::new(
            "80 % interval of BBCH covers",
            n,
            figure(mean(covered.into_iter()), 3),
            ".75 to .85 (prototype .66)",
        ),
        Line::new("harvest window P10 to P90, median days", n, figure(quantile(&widths, 0.5), 0), ""),
    ]))
}

/// Median of the views of one date: tiles overlap.
fn one_a_day(views: &[View]) -> Vec<View> {
    let mut by: BTreeMap<Date, Vec<f64>> = BTreeMap::new();
    views.iter().for_each(|v| by.entry(v.date).or_default().push(v.ndvi));
    (by.into_iter())
        .filter_map(|(date, ndvi)| {
            Some(View { date, ndvi: quantile(&ndvi, 0.5)?, lswi: None, ndyi: None, nir: None, blue: None })
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
            let view = View { date: day, ndvi, lswi: None, ndyi: None, nir: None, blue: None };
            fields.entry(id.clone()).or_insert((lat, lon, Vec::new())).2.push(view);
        }
    }
    for field in fields.values_mut() {
        field.2 = one_a_day(&field.2);
    }
    Ok(fields)
}
