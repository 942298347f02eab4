//! `croplens crop`: declared-crop check, stage, maturity and harvest window of series that somebody else extracted.
//!
//! The season-based reading names no crop by itself: `crop1` to `group_p` stay empty and the decision is `refer`
//! until the hypothesis ensemble fills them.

use std::path::PathBuf;

use jiff::civil::Date;

use crate::crop::{Assessment, CannotTell, CropRules, Cropped, Profiles, Reading, Verdict, assess};
use crate::intake::series_table::{Options, SampleRows};
use crate::phenology::{SeasonRules, seasons};
use crate::series::{SeriesRules, Smoothing, from_sights, smooth};

use super::table::{self, Error, Summary, number, word};

/// Columns of the output, in order.
pub const COLUMNS: [&str; 26] = [
    "sample_id",
    "as_of",
    "zone",
    "crop1",
    "p1",
    "crop2",
    "p2",
    "crop3",
    "p3",
    "group",
    "group_p",
    "decision",
    "refer_reason",
    "declared",
    "declared_log_odds",
    "declared_verdict",
    "seasons",
    "stage",
    "bbch_low",
    "bbch_mid",
    "bbch_high",
    "maturity",
    "harvest_p10",
    "harvest_p50",
    "harvest_p90",
    "harvested_date",
];

/// Arguments of `croplens crop`.
#[derive(Clone, Debug, clap::Args)]
pub struct CropArgs {
    /// Table of series: CSV or CSV.gz with sample_id,date,ndvi and, for a calendar, lat,lon (`-` for standard input)
    pub series: PathBuf,
    /// Where to write the result (CSV), one row a sample
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Read and use nothing later than this day; default: each series' own last date
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<Date>,
    /// Print one machine-readable summary on standard output
    #[arg(long)]
    pub json: bool,
    /// Calendar zone for all samples, or `auto` to choose by lat and lon
    #[arg(long, value_name = "NAME", default_value = "auto")]
    pub zone: String,
    /// Column that holds the declared crop
    #[arg(long, value_name = "COLUMN")]
    pub declared: Option<String>,
    /// Only seasons whose maximum lies in this year
    #[arg(long, value_name = "YEAR")]
    pub season_year: Option<i16>,
}

/// Settings of the rooms that the verb walks through.
#[derive(Clone, Debug, Default)]
pub struct CropSettings {
    /// Samples.
    pub series: SeriesRules,
    /// Curve.
    pub smoothing: Smoothing,
    /// Seasons.
    pub season: SeasonRules,
    /// Crop.
    pub crop: CropRules,
}

/// Reads the table, assesses every sample, writes a row for each one, also for those without a usable value.
///
/// # Errors
/// Unreadable input, an unknown zone, or an output that cannot be written (the old file stays).
pub fn run(args: &CropArgs, settings: &CropSettings, profiles: &Profiles) -> Result<Summary, Error> {
    let zone = (args.zone != "auto").then_some(args.zone.as_str());
    if let Some(name) = zone.filter(|n| profiles.zone(n).is_none()) {
        let known: Vec<&str> = profiles.zones().iter().map(|z| z.name.as_str()).collect();
        let problem = format!("no such zone; known are auto, {}", known.join(", "));
        return Err(Error::Flag { flag: "--zone", value: name.to_owned(), problem });
    }
    let window = args.season_year.map(year_window).transpose()?;
    let options = Options { declared_column: args.declared.clone() };
    let table = table::read(&args.series, &options)?;
    let mut summary = Summary::of(&table);
    let mut rows = Vec::with_capacity(table.samples.len());
    for (id, sample) in &table.samples {
        rows.push(match table::as_of(args.as_of, sample) {
            Some(as_of) => {
                let (a, zone) = one(sample, as_of, zone, window, settings, profiles);
                row(id, zone, sample.declared.as_deref(), &a)
            }
            None => nothing(id, sample.declared.as_deref()),
        });
    }
    table::write(&args.out, &COLUMNS, &rows)?;
    summary.rows_written = rows.len();
    Ok(summary)
}

fn year_window(year: i16) -> Result<(Date, Date), Error> {
    let ends = Date::new(year, 1, 1).and_then(|a| Date::new(year, 12, 31).map(|b| (a, b)));
    ends.map_err(|_| Error::Flag {
        flag: "--season-year",
        value: year.to_string(),
        problem: "not a year between -9999 and 9999".to_owned(),
    })
}

/// The assessment of one sample, and the zone whose calendar was used.
fn one(
    sample: &SampleRows,
    as_of: Date,
    zone: Option<&str>,
    window: Option<(Date, Date)>,
    settings: &CropSettings,
    profiles: &Profiles,
) -> (Assessment, String) {
    let (series, _) = from_sights(&table::sights(sample), as_of, &settings.series);
    let curve = smooth(&series, &settings.smoothing);
    let found = seasons(&series, &curve, sample.lat, &settings.season);
    let reading = Reading {
        place: sample.lat.zip(sample.lon),
        zone,
        declared_crop: sample.declared.as_deref(),
        window,
        ..Reading::of(&series, &curve, &found)
    };
    let zone = reading.zones(profiles).first().map(|z| z.name.clone()).unwrap_or_default();
    (assess(&reading, profiles, &settings.crop), zone)
}

fn row(id: &str, zone: String, declared: Option<&str>, a: &Assessment) -> Vec<String> {
    let mut cells = vec![id.to_owned(), a.as_of.to_string(), zone];
    for k in 0..3 {
        cells.push(a.candidates.get(k).map(|c| c.crop.clone()).unwrap_or_default());
        cells.push(number(a.candidates.get(k).map(|c| c.probability)));
    }
    let check = a.declared.as_ref();
    cells.extend([String::new(), String::new(), "refer".to_owned(), refer_reason(a)]);
    cells.extend([
        check.map(|c| c.crop.as_str()).or(declared).unwrap_or_default().to_owned(),
        number(check.and_then(|c| c.log_odds)),
        word(check.map(|c| c.verdict.word())),
        a.seasons.len().to_string(),
        a.stage.word().to_owned(),
        number(a.bbch.map(|b| b.lower)),
        number(a.bbch.map(|b| b.mid)),
        number(a.bbch.map(|b| b.upper)),
        number(a.maturity.map(|m| m.mid)),
        word(a.harvest.map(|h| h.p10)),
        word(a.harvest.map(|h| h.p50)),
        word(a.harvest.map(|h| h.p90)),
        word(a.harvested.map(|h| h.p50)),
    ]);
    cells
}

/// A sample without any value: still a row.
fn nothing(id: &str, declared: Option<&str>) -> Vec<String> {
    let mut cells = vec![String::new(); COLUMNS.len()];
    let mut put = |column: &str, value: &str| {
        if let Some(cell) = COLUMNS.iter().position(|c| *c == column).and_then(|place| cells.get_mut(place)) {
            value.clone_into(cell);
        }
    };
    put("sample_id", id);
    put("decision", "refer");
    put("refer_reason", "no observation has a value");
    put("declared", declared.unwrap_or_default());
    put("seasons", "0");
    put("stage", "unknown");
    cells
}

/// Why no crop is named, the most telling cause first.
fn refer_reason(a: &Assessment) -> String {
    if let Some(cause) = a.cannot_tell.first() {
        return in_words(cause);
    }
    match (a.cropped, a.declared.as_ref().map(|c| c.verdict)) {
        (Cropped::No, _) => "no crop cycle is seen".to_owned(),
        (_, Some(Verdict::Consistent)) => {
            "the declared crop fits its calendar; this method gives no crop probabilities".to_owned()
        }
        _ => "this method gives no crop probabilities".to_owned(),
    }
}

/// A cause in one plain sentence.
fn in_words(cause: &CannotTell) -> String {
    match cause {
        CannotTell::TooFewClear { phase, have, need } => {
            format!("{have} clear dates in the {phase}, {need} are needed")
        }
        CannotTell::GapTooLong { days, limit, from, to } => {
            format!("no clear date for {days} days between {from} and {to}, at most {limit} are allowed")
        }
        CannotTell::Stale { days, limit } => {
            format!("the last clear date is {days} days old, at most {limit} are allowed")
        }
        CannotTell::TooEarly { expected_from: Some(date) } => {
            format!("too early; it can be told from about {date}")
        }
        CannotTell::TooEarly { expected_from: None } => "too early in the season".to_owned(),
        CannotTell::OutOfDomain { what } => what.clone(),
        CannotTell::Ambiguous { crop, probability, need } => {
            format!("the best candidate {crop} has p = {probability:.2}, {need:.2} is needed")
        }
    }
}
