//! `croplens season`: smoothing and phenology of series that somebody else extracted.

use std::path::PathBuf;

use jiff::civil::Date;
use rayon::prelude::*;

use crate::intake::series_table::Options;
use crate::phenology::{Season, SeasonRules, seasons};
use crate::series::{SeriesRules, Smoothing, days_between, from_sights, smooth};

use super::table::{self, Error, Summary, number, word};

/// Columns of the output, in order.
pub const COLUMNS: [&str; 15] = [
    "sample_id",
    "season",
    "sos_date",
    "pos_date",
    "eos_date",
    "greenup50_date",
    "senescence50_date",
    "base",
    "peak",
    "amplitude",
    "length_days",
    "integral",
    "clear_obs",
    "max_gap_days",
    "quality",
];

/// Most seasons that are named as not written.
const MOST_NOTES: usize = 20;

/// Arguments of `croplens season`.
#[derive(Clone, Debug, clap::Args)]
pub struct SeasonArgs {
    /// Table of series: CSV or CSV.gz with sample_id,date,ndvi, or what `observe` wrote (`-` for standard input)
    pub series: PathBuf,
    /// Where to write the seasons (CSV), one row a season
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Read and use nothing later than this day; default: each series' own last date
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<Date>,
    /// Compute threads. Default: one per processor. Never changes an answer
    #[arg(long, value_name = "N")]
    pub threads: Option<u16>,
    /// Print one machine-readable summary on standard output
    #[arg(long)]
    pub json: bool,
}

/// Reads the table, finds the seasons of every sample, writes them.
///
/// Samples come out in the order of their ids, whatever the order of the rows. A season with too few values, or too far
/// apart, is not written: the summary says which and why.
///
/// # Errors
/// Unreadable input, or an output that cannot be written (the old file stays).
pub fn run(
    args: &SeasonArgs,
    series_rules: &SeriesRules,
    smoothing: &Smoothing,
    season_rules: &SeasonRules,
) -> Result<Summary, Error> {
    let table = table::read(&args.series, &Options::default())?;
    let mut summary = Summary::of(&table);
    let found: Vec<(Vec<Vec<String>>, Vec<String>)> = (table.samples.par_iter())
        .map(|(id, sample)| {
            let Some(as_of) = table::as_of(args.as_of, sample) else { return Default::default() };
            let (series, _) = from_sights(&table::sights(sample), as_of, series_rules);
            let curve = smooth(&series, smoothing);
            let seasons = seasons(&series, &curve, sample.lat, season_rules);
            let (thin, dense): (Vec<_>, Vec<_>) = seasons.iter().partition(|s| s.too_thin().is_some());
            let rows = dense.iter().enumerate().map(|(k, s)| row(id, k + 1, s)).collect();
            (rows, thin.into_iter().filter_map(|s| refused(id, s)).collect())
        })
        .collect();
    let (rows, thin): (Vec<_>, Vec<_>) = found.into_iter().unzip();
    let rows: Vec<Vec<String>> = rows.into_iter().flatten().collect();
    let thin: Vec<String> = thin.into_iter().flatten().collect();
    summary.notes.extend(thin.iter().take(MOST_NOTES).cloned());
    if thin.len() > MOST_NOTES {
        summary.notes.push(format!("... and {} more seasons not written", thin.len() - MOST_NOTES));
    }
    table::write(&args.out, &COLUMNS, &rows)?;
    summary.rows_written = rows.len();
    Ok(summary)
}

/// Why a season is not written.
fn refused(id: &str, s: &Season) -> Option<String> {
    let about = s.pos.or(s.sos).or(s.eos).map_or(String::new(), |d| format!(" about {d}"));
    Some(format!("{id}: a season{about} is not written: {}", s.too_thin()?))
}

/// One season as a row, in the order of the columns.
fn row(id: &str, number_of: usize, s: &Season) -> Vec<String> {
    vec![
        id.to_owned(),
        number_of.to_string(),
        word(s.sos),
        word(s.pos),
        word(s.eos),
        word(s.greenup50),
        word(s.senescence50),
        number(Some(s.base)),
        number(Some(s.peak)),
        number(Some(s.amplitude)),
        word(s.sos.zip(s.eos).map(|(a, b)| days_between(a, b))),
        number(s.integral),
        s.clear_obs.to_string(),
        s.max_gap_days.to_string(),
        s.quality.word().to_owned(),
    ]
}
