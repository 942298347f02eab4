//! `croplens simulate`: scenes with a known truth, or a trial of many fields as series with a known truth.

use std::path::PathBuf;

use jiff::civil::Date;

use crate::band::Band;
use crate::simulate::trial::{self, TrialSpec};
use crate::simulate::{self, Error, Spec};

/// Make scenes, plots and their truth; without options, exactly the committed `sample_tiles`. With --trial, make
/// series of many fields instead.
#[derive(Debug, clap::Args)]
pub struct SimulateArgs {
    /// Folder to write into.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// The same seed gives the same pixels.
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Side of each raster in 10 m pixels: even, 128 to 10980 (a whole tile).
    #[arg(long, value_name = "PX")]
    pub size: Option<usize>,
    /// Harvest year, or the first and the last one.
    #[arg(long, value_name = "YEAR", num_args = 1..=2)]
    pub years: Vec<i16>,
    /// Number of plots; the first 20 are the village, the others fields around it.
    #[arg(long, value_name = "N")]
    pub plots: Option<usize>,
    /// Number of tiles, 1 or 2.
    #[arg(long, value_name = "N")]
    pub tiles: Option<usize>,
    /// First date of an overpass (every fifth day has one).
    #[arg(long, value_name = "DATE")]
    pub from: Option<Date>,
    /// Last date of an overpass.
    #[arg(long, value_name = "DATE")]
    pub to: Option<Date>,
    /// Bands to write, with commas; B04,B08,SCL unless given.
    #[arg(long, value_name = "BANDS", value_delimiter = ',', value_parser = band)]
    pub bands: Vec<Band>,
    /// Instead of scenes, grow this many fields over a season: series.csv and truth.csv
    #[arg(long, value_name = "N", conflicts_with_all = ["size", "plots", "tiles", "from", "to", "bands"])]
    pub trial: Option<usize>,
    /// Share of overpasses that clouds hide in a trial, 0 to 0.95; each region's own unless given
    #[arg(long, value_name = "SHARE", requires = "trial")]
    pub cloud: Option<f64>,
    /// Regions of a trial, with commas; all unless given
    #[arg(long, value_name = "NAMES", value_delimiter = ',', requires = "trial")]
    pub region: Vec<String>,
    /// Share of a trial's fields that flood, hail, drought, frost or the plough takes, 0 to 1
    #[arg(long, value_name = "SHARE", requires = "trial")]
    pub events: Option<f64>,
}

fn band(text: &str) -> Result<Band, String> {
    Band::parse(text).ok_or_else(|| format!("there is no band {text}"))
}

/// Makes the folder and says in words what is in it.
///
/// # Errors
/// As [`simulate::make`] and [`trial::grow`].
pub fn run(args: SimulateArgs) -> Result<String, Error> {
    let years = |usual: (i16, i16)| match args.years.as_slice() {
        [] => usual,
        [only] => (*only, *only),
        [first, .., last] => (*first, *last),
    };
    if let Some(fields) = args.trial {
        let usual = TrialSpec::default();
        let spec = TrialSpec {
            seed: args.seed.unwrap_or(usual.seed),
            fields,
            years: years(usual.years),
            cloud: args.cloud,
            regions: args.region,
            events: args.events.unwrap_or(usual.events),
        };
        let grown = trial::grow(&spec)?;
        trial::write(&grown, &args.out)?;
        let looks: usize = grown.fields.iter().map(|f| f.looks.len()).sum();
        let events = grown.fields.iter().filter(|f| f.event.is_some()).count();
        return Ok(format!(
            "{} fields seen {looks} times, {events} of them struck: series.csv, truth.csv",
            grown.fields.len()
        ));
    }
    let usual = Spec::default();
    let spec = Spec {
        seed: args.seed.unwrap_or(usual.seed),
        size_px: args.size.unwrap_or(usual.size_px),
        years: years(usual.years),
        plots: args.plots.unwrap_or(usual.plots),
        tiles: args.tiles.unwrap_or(usual.tiles),
        from: args.from,
        to: args.to,
        bands: if args.bands.is_empty() { usual.bands } else { args.bands },
    };
    simulate::make(&spec, &args.out).map(|summary| summary.to_string())
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        args: SimulateArgs,
    }

    #[test]
    fn options_are_read_and_wrong_ones_are_named() {
        let line = "simulate --out d --seed 4 --years 2020 2021 --bands B04,scl --from 2021-06-01 --size 256";
        let args = Line::try_parse_from(line.split(' ')).unwrap().args;
        assert_eq!((args.seed, args.years, args.size), (Some(4), vec![2020, 2021], Some(256)));
        assert_eq!(args.bands, [Band::B04, Band::Scl]);
        let wrong = Line::try_parse_from("simulate --out d --bands B99".split(' ')).unwrap_err().to_string();
        assert!(wrong.contains("there is no band B99"), "{wrong}");
    }
}
