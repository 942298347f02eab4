//! The declared crop against the calendar of its zone.
//!
//! The reading of this version compares dates only. It can say that the season does not fit the crop's calendar;
//! it cannot tell crops with the same calendar apart, and says so. Whatever is not known (the word, the zone, a
//! date) never counts against the declaration.

use jiff::civil::Date;

use crate::phenology::{Quality, Season};

use super::calendar::{self, Dates, Deviation};
use super::normal::date;
use super::profile::Profile;
use super::profiles::Meaning;
use super::{CropRules, DeclaredCheck, Verdict};

/// The row that fits a season best, with its dates in the season's year.
#[derive(Clone, Debug)]
pub(super) struct Fit<'a> {
    pub row: &'a Profile,
    pub planned: Dates,
    pub deviations: Vec<Deviation>,
}

/// Where and when a season is compared.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// Last clear date.
    pub seen_to: Date,
    /// Degrees, for the shift of dates.
    pub latitude: Option<f64>,
    /// Declared sowing date.
    pub sown: Option<Date>,
}

impl Fit<'_> {
    /// Largest deviation, standard deviations.
    pub(super) fn worst(&self) -> f64 {
        calendar::worst(&self.deviations).unwrap_or(f64::INFINITY)
    }
}

/// The best of several rows for a season.
pub(super) fn best_fit<'a>(
    rows: &[&'a Profile],
    season: &Season,
    place: Place,
    rules: &CropRules,
) -> Option<Fit<'a>> {
    rows.iter()
        .filter_map(|row| {
            let planned = calendar::cycle_of(row, season, place.seen_to, place.latitude, place.sown, rules)?;
            let deviations = calendar::deviations(&planned, season);
            Some(Fit { row, planned, deviations })
        })
        .reduce(|a, b| if b.worst() < a.worst() { b } else { a })
}

/// The verdict on a declared word.
///
/// `fit` is the best row of the declared crop for the season of the appraisal, `others` every other row of the
/// place, `is_crop` whether that season is a crop's at all.
pub(super) fn verdict(
    word: &str,
    meaning: &Meaning<'_>,
    fit: Option<&Fit<'_>>,
    season: Option<&Season>,
    others: &[&Profile],
    place: Place,
    rules: &CropRules,
) -> DeclaredCheck {
    let said = |crop: &str, verdict, better: Option<String>, basis: String| DeclaredCheck {
        crop: crop.to_owned(),
        verdict,
        log_odds: None,
        better,
        basis,
    };
    let rows = match meaning {
        Meaning::UnknownWord => {
            let basis = format!("\"{word}\" is not a crop of the calendar");
            return said(word, Verdict::UnknownCrop, None, basis);
        }
        Meaning::NoCalendar { crops } => {
            let basis = format!("there is no calendar of {} for this place", crops.join(" or "));
            let crop = if let [one] = crops.as_slice() { one } else { word };
            return said(crop, Verdict::Undetermined, None, basis);
        }
        Meaning::Rows(rows) => rows,
    };
    let first = rows.first().map_or(word, |r| r.crop.as_str());
    let (Some(season), Some(fit)) = (season, fit) else {
        let crop = if rows.iter().all(|r| r.crop == first) { first } else { word };
        let basis = "no crop cycle is seen yet to compare with the calendar".to_owned();
        return said(crop, Verdict::Undetermined, None, basis);
    };
    let crop = fit.row.crop.as_str();
    let mut basis = describe(fit);
    if fit.row.gs_days.is_none() {
        basis.push_str("; the crop has no natural end, its calendar cannot decide");
        return said(crop, Verdict::Undetermined, None, basis);
    }
    let worst = fit.worst();
    if worst <= rules.consistent_z {
        // One matching date may be chance; the words of the basis say what the dates cannot tell.
        let enough = fit.deviations.len() >= 2;
        let verdict = if enough { Verdict::Consistent } else { Verdict::Undetermined };
        let alike = alike(others, fit, season, place, rules);
        if !alike.is_empty() {
            basis.push_str(&format!("; the same dates also fit {}", alike.join(", ")));
        }
        return said(crop, verdict, None, basis);
    }
    // Half of a rise that is not over is not half of the rise: nothing is held against a crop before its maximum.
    if worst < rules.inconsistent_z || season.quality < Quality::Medium || season.pos.is_none() {
        if season.pos.is_none() {
            basis.push_str("; the season's maximum is still to come");
        } else if season.quality < Quality::Medium {
            basis.push_str("; the season was not seen well enough to hold that against the crop");
        }
        return said(crop, Verdict::Undetermined, None, basis);
    }
    let better = (others.iter())
        .filter(|o| o.crop != fit.row.crop && o.gs_days.is_some())
        .filter_map(|o| best_fit(&[o], season, Place { sown: None, ..place }, rules))
        .filter(|f| f.deviations.len() >= 2 && f.worst() <= rules.better_z)
        .reduce(|a, b| if b.worst() < a.worst() { b } else { a });
    match better {
        Some(b) if worst >= rules.contradicted_z => {
            let reason = format!("{}: {}", b.row.crop, describe(&b));
            said(crop, Verdict::Contradicted, Some(reason), basis)
        }
        better => {
            let reason = better.map(|b| format!("{}: {}", b.row.crop, describe(&b)));
            said(crop, Verdict::Inconsistent, reason, basis)
        }
    }
}

/// Names of other crops whose calendar fits as well, at most five.
fn alike(
    others: &[&Profile],
    fit: &Fit<'_>,
    season: &Season,
    place: Place,
    rules: &CropRules,
) -> Vec<String> {
    let mut names: Vec<String> = (others.iter())
        .filter(|o| o.crop != fit.row.crop && o.gs_days.is_some())
        .filter_map(|o| best_fit(&[o], season, Place { sown: None, ..place }, rules))
        .filter(|f| f.worst() <= rules.consistent_z)
        .map(|f| f.row.crop.clone())
        .collect();
    names.sort_unstable();
    names.dedup();
    names.truncate(5);
    names
}

/// The dates behind a fit, in words.
fn describe(fit: &Fit<'_>) -> String {
    if fit.deviations.is_empty() {
        return format!("{}: no date of its calendar is seen yet", fit.row.title());
    }
    let dates: Vec<String> = (fit.deviations.iter())
        .map(|d| format!("{} seen {}, expected {} ± {:.0} days", d.what, d.seen, date(d.law.mean), d.law.sd))
        .collect();
    format!("{}: {}", fit.row.title(), dates.join("; "))
}
