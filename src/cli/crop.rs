//! `croplens crop`: crop, declared-crop check, stage, maturity and harvest window of series that somebody else
//! extracted, by the hypothesis ensemble on top of the season-based reading.

mod inputs;
mod row;
pub(super) mod sequences;

use std::path::PathBuf;

use jiff::civil::Date;
use rayon::prelude::*;

use crate::classifier::Classifier;
use crate::crop::ensemble::{Answer, Beside, Learned, Unit, View, nbr2};
use crate::crop::{Assessment, DailyMeans, Models, Reading, ThermalTable, read_beside};
use crate::intake::series_table::{Options, SampleRows};
use crate::intake::temperature_table::TemperatureTable;
use crate::phenology::seasons;
use crate::pipeline::{Settings, Silent, Spec, classified, load_classifier};
use crate::series::{Series, from_sights, smooth};

use super::table::{self, Error, Summary};

use self::sequences::SequencesAsked;

pub(super) use self::inputs::temperature;
pub use self::row::COLUMNS;
pub use self::sequences::SEQUENCE_COLUMNS;

/// What a series stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum UnitWord {
    /// One pixel.
    Pixel,
    /// The mean of a field.
    Field,
    /// A pixel of some hundred metres that holds the field and its neighbours.
    Coarse,
}

impl UnitWord {
    fn unit(self) -> Unit {
        match self {
            UnitWord::Pixel => Unit::Pixel,
            UnitWord::Field => Unit::Field,
            UnitWord::Coarse => Unit::Coarse,
        }
    }
}

/// Arguments of `croplens crop`.
#[derive(Clone, Debug, clap::Args)]
pub struct CropArgs {
    /// Table of series: CSV or CSV.gz with sample_id,date,ndvi and, for a calendar, lat,lon, or what `observe` wrote (`-` for standard input)
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
    /// Settings, crop calendar and tables of your own; default: the built-in pipeline
    #[arg(long, value_name = "FILE")]
    pub pipeline: Option<PathBuf>,
    /// Compute threads; default: one per processor. Never changes an answer
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=512))]
    pub threads: Option<u16>,
    /// Calendar zone for all samples, before those of lat and lon, or `auto` to choose by these alone
    #[arg(long, value_name = "NAME", default_value = "auto")]
    pub zone: String,
    /// Column that holds the declared crop
    #[arg(long, value_name = "COLUMN")]
    pub declared: Option<String>,
    /// Only seasons whose maximum lies in this year
    #[arg(long, value_name = "YEAR")]
    pub season_year: Option<i16>,
    /// Area shares of the region (TOML) as prior of the crops, or `flat`: every group of crops counts alike. Default: the
    /// pipeline's, flat where it has none
    #[arg(long, value_name = "FILE|flat")]
    pub shares: Option<PathBuf>,
    /// Only these crops or groups of the calendar, separated by commas; covers and `other` always stay
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub crops: Vec<String>,
    /// A crop classifier of your own: an ONNX file with its card beside it (FILE with the ending .toml); it needs the
    /// ten bands b02 to b12 in the table
    #[arg(long, value_name = "FILE")]
    pub model: Option<PathBuf>,
    /// What each series stands for; the evidence of one pixel, and of a coarse one, is trusted less
    #[arg(long, value_name = "UNIT", value_enum, default_value_t = UnitWord::Field)]
    pub unit: UnitWord,
    /// The same as `--unit pixel`
    #[arg(long, conflicts_with = "unit")]
    pub pixel: bool,
    /// Named sequences of one or two crops (TOML); ten more columns say which it was, that it was none of these, or why it
    /// cannot be told. Looked at is the season year, else the year up to the as-of day
    #[arg(long, value_name = "FILE")]
    pub sequences: Option<PathBuf>,
    /// Daily temperatures: CSV with date and tmean, or tmin,tmax; with normal, or five earlier years, to say what is usual;
    /// with id or lat,lon where there are several places. Dates and stages then run by degree-days
    #[arg(long, value_name = "FILE")]
    pub temperature: Option<PathBuf>,
}

/// Reads the table, assesses every sample on the threads of the pool, writes a row for each one in the order of their
/// ids, also for those without a usable value.
///
/// # Errors
/// Unreadable input, an unknown zone, or an output that cannot be written (the old file stays).
pub fn run(args: &CropArgs, spec: &Spec) -> Result<Summary, Error> {
    let (profiles, ensemble) = (&spec.profiles, &spec.ensemble);
    let zone = (args.zone != "auto").then_some(args.zone.as_str());
    if let Some(name) = zone.filter(|n| profiles.zone(n).is_none()) {
        let known: Vec<&str> = profiles.zones().iter().map(|z| z.name.as_str()).collect();
        let problem = format!("no such zone; known are auto, {}", known.join(", "));
        return Err(Error::Flag { flag: "--zone", value: name.to_owned(), problem });
    }
    let shares = inputs::shares(args.shares.as_deref(), spec)?;
    inputs::known_crops(&args.crops, profiles)?;
    let named = args.model.as_deref().map(|file| load_classifier(file, ensemble, profiles)).transpose()?;
    let classifier = named.as_ref().or(spec.classifier.as_deref());
    let thermal = ThermalTable::builtin()?;
    let temperature = args.temperature.as_deref().map(inputs::temperature).transpose()?;
    let named = args.sequences.as_deref().map(|file| sequences::read(file, spec)).transpose()?;
    let unit = if args.pixel { Unit::Pixel } else { args.unit.unit() };
    let season = args.season_year.map(inputs::year).transpose()?;
    let asked = Asked {
        zone,
        season,
        classifier,
        models: Models { profiles, ensemble, shares: shares.as_ref(), crops: &args.crops, unit },
        temperature: temperature.as_ref().map(|(table, _)| (table, &thermal)),
        settings: &spec.settings,
        sequences: named.as_ref().map(|named| SequencesAsked {
            named,
            ensemble,
            profiles,
            rules: &spec.settings.crop.rules,
            series: &spec.settings.series,
            unit,
            zone,
            season,
        }),
    };
    let options = Options { declared_column: args.declared.clone() };
    let table = table::read(&args.series, &options)?;
    let mut summary = Summary::of(&table);
    let samples: Vec<(&String, &SampleRows)> = table.samples.iter().collect();
    let rows: Vec<Vec<String>> = (samples.par_iter())
        .map(|(id, sample)| match table::as_of(args.as_of, sample) {
            Some(as_of) => {
                let (a, answer, zone) = one(id, sample, as_of, &asked);
                let mut cells = row::of(id, zone, sample.declared.as_deref(), &a, &answer);
                let told = asked.sequences.as_ref().map(|s| s.tell(sample, as_of));
                cells.extend(told.iter().flat_map(sequences::cells));
                cells
            }
            None => {
                let mut cells = row::nothing(id, sample.declared.as_deref());
                cells.extend(asked.sequences.iter().flat_map(|_| sequences::nothing()));
                cells
            }
        })
        .collect();
    let mut columns = COLUMNS.to_vec();
    columns.extend(asked.sequences.iter().flat_map(|_| SEQUENCE_COLUMNS));
    table::write(&args.out, &columns, &rows)?;
    summary.rows_written = rows.len();
    Ok(summary)
}

/// What the flags ask of every sample.
struct Asked<'a> {
    zone: Option<&'a str>,
    season: Option<(Date, Date)>,
    classifier: Option<&'a Classifier>,
    models: Models<'a>,
    temperature: Option<(&'a TemperatureTable, &'a ThermalTable)>,
    settings: &'a Settings,
    sequences: Option<SequencesAsked<'a>>,
}

/// The assessment of one sample, the ensemble's answer, and the zone whose calendar was used.
fn one(id: &str, sample: &SampleRows, as_of: Date, asked: &Asked<'_>) -> (Assessment, Answer, String) {
    let (profiles, settings) = (asked.models.profiles, asked.settings);
    let (series, _) = from_sights(&table::sights(sample), as_of, &settings.series);
    let curve = smooth(&series, &settings.smoothing);
    let found = seasons(&series, &curve, sample.lat, &settings.season);
    let reading = Reading {
        place: sample.lat.zip(sample.lon),
        zone: asked.zone,
        declared_crop: sample.declared.as_deref(),
        window: asked.season,
        whole_season: asked.season.is_some(),
        ..Reading::of(&series, &curve, &found)
    };
    let zones = reading.zones(profiles);
    let views = views(sample, &series);
    let learned = asked.classifier.and_then(|c| learned(c, id, sample, &series));
    let days = asked.temperature.map(|(table, thermal)| {
        let days = table.of(id, sample.lat.zip(sample.lon)).cloned().unwrap_or_default();
        (DailyMeans::new(days.mean, days.normal).believed(reading.series.as_of()), thermal)
    });
    let nbr2 = nbr2_of(sample, &series);
    let beside = Beside {
        temperature: days.as_ref().map(|(d, t)| (d, *t)),
        nbr2: &nbr2,
        learned: learned.as_ref(),
        unseen: None,
    };
    let (assessment, answer) = read_beside(&reading, &views, &beside, &asked.models, &settings.crop.rules);
    (assessment, answer, zones.first().map(|z| z.name.clone()).unwrap_or_default())
}

/// NBR2 of the days on which both of its bands were read.
fn nbr2_of(sample: &SampleRows, series: &Series) -> Vec<(Date, f64)> {
    (series.samples().iter())
        .filter_map(|s| {
            let row = sample.rows.iter().find(|r| r.date == s.date && r.ndvi == s.ndvi)?;
            Some((s.date, nbr2(|band| row.bands.get(&band).copied())?))
        })
        .collect()
}

/// What the classifier says of a sample; one that it cannot be asked about is read by the profiles alone.
fn learned(classifier: &Classifier, id: &str, sample: &SampleRows, series: &Series) -> Option<Learned> {
    let dates: Vec<_> = (series.samples().iter())
        .filter_map(|s| sample.rows.iter().find(|r| r.date == s.date && r.ndvi == s.ndvi))
        .map(|row| (row.date, |band| row.bands.get(&band).copied()))
        .collect();
    match classified(classifier, &dates, series.as_of()) {
        Ok(learned) => Some(learned),
        Err(Silent::Failed(cause)) => {
            tracing::warn!(sample = id, %cause, "the classifier is not used for this sample");
            None
        }
        Err(Silent::TooLittle { .. }) => None,
    }
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
