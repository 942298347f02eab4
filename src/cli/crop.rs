//! `croplens crop`: crop, declared-crop check, stage, maturity and harvest window of series that somebody else
//! extracted, by the hypothesis ensemble on top of the season-based reading.

use std::path::{Path, PathBuf};

use jiff::civil::Date;

use crate::band::Band;
use crate::classifier::{Calibration, Classifier, ClassifierError};
use crate::crop::dekads::dekads;
use crate::crop::ensemble::{Answer, AreaShares, Beside, Decision, Ensemble, Learned, Unit, View};
use crate::crop::{
    Assessment, Candidate, CropRules, DailyMeans, Models, Profiles, Reading, ThermalTable, read_beside,
};
use crate::intake::series_table::{Options, SampleRows};
use crate::intake::temperature_table::{self, TemperatureTable};
use crate::phenology::{SeasonRules, seasons};
use crate::series::{Series, SeriesRules, Smoothing, from_sights, smooth};

use super::table::{self, Error, Summary, number, word};

/// Columns of the output, in order.
pub const COLUMNS: [&str; 32] = [
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
    "harvested_after",
    "harvested_before",
    "emergence_p10",
    "emergence_p50",
    "emergence_p90",
    "time",
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
    /// Area shares of the region (TOML) as prior of the crops; without, every group of crops counts alike
    #[arg(long, value_name = "FILE")]
    pub shares: Option<PathBuf>,
    /// Only these crops or groups of the calendar, separated by commas; covers and `other` always stay
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub crops: Vec<String>,
    /// A crop classifier of your own: an ONNX file with its card beside it (FILE with the ending .toml); it needs the
    /// ten bands b02 to b12 in the table
    #[arg(long, value_name = "FILE")]
    pub model: Option<PathBuf>,
    /// Each series is one pixel, not the mean of a field: its evidence is trusted less
    #[arg(long)]
    pub pixel: bool,
    /// Daily temperatures: CSV with date and tmean, or tmin,tmax; with normal, or five earlier years, to say what is usual;
    /// with id or lat,lon where there are several places. Dates and stages then run by degree-days
    #[arg(long, value_name = "FILE")]
    pub temperature: Option<PathBuf>,
}

/// Ten-day periods that a classifier must have seen of a sample: as many as the ensemble asks of clear dates.
const LEAST_DEKADS: usize = 8;

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
    let ensemble =
        Ensemble::builtin().map_err(|source| Error::Ensemble { path: "built-in table".into(), source })?;
    let shares = args.shares.as_deref().map(read_shares).transpose()?;
    known_crops(&args.crops, profiles)?;
    let classifier =
        args.model.as_deref().map(|file| classifier_of(file, &ensemble, profiles)).transpose()?;
    let thermal = ThermalTable::builtin()?;
    let temperature = args.temperature.as_deref().map(read_temperature).transpose()?;
    let asked = Asked {
        zone,
        window,
        classifier: classifier.as_ref(),
        models: Models {
            profiles,
            ensemble: &ensemble,
            shares: shares.as_ref(),
            crops: &args.crops,
            unit: if args.pixel { Unit::Pixel } else { Unit::Field },
        },
        temperature: temperature.as_ref().map(|t| (t, &thermal)),
    };
    let options = Options { declared_column: args.declared.clone() };
    let table = table::read(&args.series, &options)?;
    let mut summary = Summary::of(&table);
    let mut rows = Vec::with_capacity(table.samples.len());
    for (id, sample) in &table.samples {
        rows.push(match table::as_of(args.as_of, sample) {
            Some(as_of) => {
                let (a, answer, zone) = one(id, sample, as_of, &asked, settings);
                row(id, zone, sample.declared.as_deref(), &a, &answer)
            }
            None => nothing(id, sample.declared.as_deref()),
        });
    }
    table::write(&args.out, &COLUMNS, &rows)?;
    summary.rows_written = rows.len();
    Ok(summary)
}

/// What the flags ask of every sample.
struct Asked<'a> {
    zone: Option<&'a str>,
    window: Option<(Date, Date)>,
    classifier: Option<&'a Classifier>,
    models: Models<'a>,
    temperature: Option<(&'a TemperatureTable, &'a ThermalTable)>,
}

fn read_temperature(path: &Path) -> Result<TemperatureTable, Error> {
    let file = std::fs::File::open(path).map_err(|source| Error::Open { path: path.to_owned(), source })?;
    let table = temperature_table::read(file)
        .map_err(|source| Error::Temperature { path: path.to_owned(), source })?;
    match table.bad_rows.first() {
        None => Ok(table),
        Some(first) => Err(Error::Flag {
            flag: "--temperature",
            value: path.display().to_string(),
            problem: format!(
                "{} rows cannot be used, the first in line {}: {}",
                table.bad_count, first.line, first.problem
            ),
        }),
    }
}

fn read_shares(path: &Path) -> Result<AreaShares, Error> {
    let text =
        std::fs::read_to_string(path).map_err(|source| Error::Open { path: path.to_owned(), source })?;
    AreaShares::parse(&text).map_err(|source| Error::Ensemble { path: path.to_owned(), source })
}

fn known_crops(asked: &[String], profiles: &Profiles) -> Result<(), Error> {
    let known = |name: &String| profiles.crops().iter().any(|c| c.name == *name || c.group == *name);
    match asked.iter().find(|name| !known(name)) {
        None => Ok(()),
        Some(name) => {
            let names: Vec<&str> = profiles.crops().iter().map(|c| c.name.as_str()).collect();
            let problem = format!("no such crop or group; known are {}", names.join(", "));
            Err(Error::Flag { flag: "--crops", value: name.clone(), problem })
        }
    }
}

fn year_window(year: i16) -> Result<(Date, Date), Error> {
    let ends = Date::new(year, 1, 1).and_then(|a| Date::new(year, 12, 31).map(|b| (a, b)));
    ends.map_err(|_| Error::Flag {
        flag: "--season-year",
        value: year.to_string(),
        problem: "not a year between -9999 and 9999".to_owned(),
    })
}

/// The assessment of one sample, the ensemble's answer, and the zone whose calendar was used.
fn one(
    id: &str,
    sample: &SampleRows,
    as_of: Date,
    asked: &Asked<'_>,
    settings: &CropSettings,
) -> (Assessment, Answer, String) {
    let profiles = asked.models.profiles;
    let (series, _) = from_sights(&table::sights(sample), as_of, &settings.series);
    let curve = smooth(&series, &settings.smoothing);
    let found = seasons(&series, &curve, sample.lat, &settings.season);
    let reading = Reading {
        place: sample.lat.zip(sample.lon),
        zone: asked.zone,
        declared_crop: sample.declared.as_deref(),
        window: asked.window,
        ..Reading::of(&series, &curve, &found)
    };
    let zones = reading.zones(profiles);
    let views = views(sample, &series);
    let learned = asked.classifier.and_then(|c| {
        // One sample that a model cannot take is read by the profiles alone, and said.
        learned(c, sample, &series).unwrap_or_else(|cause| {
            tracing::warn!(sample = id, %cause, "the classifier is not used for this sample");
            None
        })
    });
    let days = asked.temperature.map(|(table, thermal)| {
        let days = table.of(id, sample.lat.zip(sample.lon)).cloned().unwrap_or_default();
        (DailyMeans::new(days.mean, days.normal), thermal)
    });
    let nbr2 = nbr2(sample, &series);
    let beside =
        Beside { temperature: days.as_ref().map(|(d, t)| (d, *t)), nbr2: &nbr2, learned: learned.as_ref() };
    let (assessment, answer) = read_beside(&reading, &views, &beside, &asked.models, &settings.crop);
    (assessment, answer, zones.first().map(|z| z.name.clone()).unwrap_or_default())
}

/// NBR2 of the days on which both of its bands were read.
fn nbr2(sample: &SampleRows, series: &Series) -> Vec<(Date, f64)> {
    (series.samples().iter())
        .filter_map(|s| {
            let row = sample.rows.iter().find(|r| r.date == s.date && r.ndvi == s.ndvi)?;
            let (a, b) = (*row.bands.get(&Band::B11)?, *row.bands.get(&Band::B12)?);
            Some((s.date, (a - b) / (a + b))).filter(|(_, x)| x.is_finite())
        })
        .collect()
}

/// A classifier whose labels the tables know.
fn classifier_of(file: &Path, ensemble: &Ensemble, profiles: &Profiles) -> Result<Classifier, Error> {
    let classifier = Classifier::load(file)?;
    match Learned::unknown_label(&classifier.card().labels, profiles, ensemble.table()) {
        None => Ok(classifier),
        Some(label) => {
            let problem = format!("its label `{label}` is no crop, group or cover of the tables");
            Err(Error::Flag { flag: "--model", value: file.display().to_string(), problem })
        }
    }
}

/// What the classifier says of a sample; nothing when it saw fewer ten-day periods than the ensemble asks of dates.
fn learned(
    classifier: &Classifier,
    sample: &SampleRows,
    series: &Series,
) -> Result<Option<Learned>, ClassifierError> {
    let dates: Vec<_> = (series.samples().iter())
        .filter_map(|s| sample.rows.iter().find(|r| r.date == s.date && r.ndvi == s.ndvi))
        .map(|row| (row.date, |band| row.bands.get(&band).copied()))
        .collect();
    let year = dekads(&dates, series.as_of());
    if year.seen < LEAST_DEKADS {
        return Ok(None);
    }
    let logits = classifier.logits(&year.periods, &year.day_of_year)?;
    let card = classifier.card();
    let Calibration { temperature, weight, .. } = card.calibration;
    Ok(Some(Learned::of(&card.labels, &logits, temperature, weight)))
}

/// The samples of a series with the indices that the table's reflectances of that day allow.
fn views(sample: &SampleRows, series: &Series) -> Vec<View> {
    (series.samples().iter())
        .map(|s| {
            let row = sample.rows.iter().find(|r| r.date == s.date && r.ndvi == s.ndvi);
            View::of(s.date, s.ndvi, |band| row.and_then(|r| r.bands.get(&band)).copied())
        })
        .collect()
}

fn row(id: &str, zone: String, declared: Option<&str>, a: &Assessment, answer: &Answer) -> Vec<String> {
    let mut cells = vec![id.to_owned(), a.as_of.to_string(), zone];
    for k in 0..3 {
        cells.extend(candidate(answer.crops.get(k)));
    }
    cells.extend(candidate(answer.groups.first()));
    let (decision, reason) = match &answer.decision {
        Decision::Crop(name) | Decision::Group(name) => (name.clone(), String::new()),
        Decision::Refer(why) => ("refer".to_owned(), why.clone()),
    };
    cells.extend([decision, reason]);
    let check = a.declared.as_ref();
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
        word(a.harvested.map(|h| h.p10)),
        word(a.harvested.map(|h| h.p90)),
        word(a.emergence.map(|e| e.p10)),
        word(a.emergence.map(|e| e.p50)),
        word(a.emergence.map(|e| e.p90)),
        word(answer.development.as_ref().map(|d| d.time.as_str())),
    ]);
    cells
}

/// Name and probability, or nothing.
fn candidate(c: Option<&Candidate>) -> [String; 2] {
    [c.map(|c| c.crop.clone()).unwrap_or_default(), number(c.map(|c| c.probability))]
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
