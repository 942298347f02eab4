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

/// Arguments of `croplens season`.
#[derive(Clone, Debug, clap::Args)]
pub struct SeasonArgs {
    /// Table of series: CSV or CSV.gz with sample_id,date,ndvi (`-` for standard input)
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
/// Samples come out in the order of their ids, whatever the order of the rows.
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
    let found: Vec<Vec<Vec<String>>> = (table.samples.par_iter())
        .map(|(id, sample)| {
            let Some(as_of) = table::as_of(args.as_of, sample) else { return Vec::new() };
            let (series, _) = from_sights(&table::sights(sample), as_of, series_rules);
            let curve = smooth(&series, smoothing);
            let seasons = seasons(&series, &curve, sample.lat, season_rules);
            seasons.iter().enumerate().map(|(k, s)| row(id, k + 1, s)).collect()
        })
        .collect();
    let rows: Vec<Vec<String>> = found.into_iter().flatten().collect();
    table::write(&args.out, &COLUMNS, &rows)?;
    summary.rows_written = rows.len();
    Ok(summary)
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
