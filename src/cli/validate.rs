//! `croplens validate`: the science against sets whose truth is known, as tables.
//!
//! Comes in: a folder of sets. Goes out: one table per claim beside its target; sets that are absent are named.
//! Not here: the figures' formulas (`crop::scores`), the methods themselves.

mod brazil;
mod central_asia;
mod events;
mod france;
mod season_ends;
mod sets;
mod simulated;
mod swiss;
mod us_wheat;

use std::path::PathBuf;

use crate::crop::ensemble::{AreaShares, Ensemble};
use crate::crop::{CropRules, Profiles};

use super::table::Error;

/// Arguments of `croplens validate`.
#[derive(Clone, Debug, clap::Args)]
pub struct ValidateArgs {
    /// Folder that holds the sets, one folder each
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// Only these sets, separated by commas: france, brazil, swiss, us, asia, gpp, jolanda, events,
    /// simulated
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub only: Vec<String>,
}

/// What every set is measured with.
pub(super) struct Instruments {
    pub ensemble: Ensemble,
    pub profiles: Profiles,
    pub rules: CropRules,
    pub france: AreaShares,
}

/// One line of a table: what, how many, what was reached, what was aimed at.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub what: String,
    pub n: usize,
    pub reached: String,
    pub target: &'static str,
}

impl Line {
    pub(super) fn new(what: impl Into<String>, n: usize, reached: String, target: &'static str) -> Line {
        Line { what: what.into(), n, reached, target }
    }
}

/// A number with `decimals`, or a dash.
pub(super) fn figure(value: Option<f64>, decimals: usize) -> String {
    value.map_or_else(|| "-".to_owned(), |v| format!("{v:.decimals$}"))
}

/// Measures every set of the folder and gives the tables as Markdown.
///
/// # Errors
/// A set that is there and cannot be read.
pub fn run(args: &ValidateArgs) -> Result<String, Error> {
    let ensemble = Ensemble::builtin().map_err(|e| Error::Ensemble { path: "built-in".into(), source: e })?;
    let france = AreaShares::parse(include_str!("../../pipelines/shares/france.toml"))
        .map_err(|e| Error::Ensemble { path: "pipelines/shares/france.toml".into(), source: e })?;
    let tools = Instruments { ensemble, profiles: Profiles::builtin()?, rules: CropRules::default(), france };
    let mut out = format!(
        "# Validation\n\nMethod {}, table {}, calendar {}.\n",
        crate::crop::ensemble::METHOD,
        tools.ensemble.table().version(),
        tools.profiles.version()
    );
    type Measure = fn(&std::path::Path, &Instruments) -> Result<Option<Vec<Line>>, Error>;
    let sets: [(&str, &str, Measure); 9] = [
        (
            "france",
            "france_lpis_dekads_2023: single pixels, western France 2023 (development)",
            france::measure,
        ),
        ("brazil", "brazil_sits_mod13q1: 16-day series, Mato Grosso (development)", brazil::measure),
        (
            "swiss",
            "swiss_wheat_s2_bbch: winter wheat 2022, stages scored in the field (development)",
            swiss::measure,
        ),
        (
            "us",
            "us_hrw_wheat_phenology: scouted stages of winter wheat, US Plains (development)",
            us_wheat::measure,
        ),
        (
            "asia",
            "cawa_central_asia: coarse series of fields, Uzbekistan and Tajikistan (development regions)",
            central_asia::measure,
        ),
        (
            "gpp",
            "hrvpp_icos_cropsites: season ends against measured GPP (development sites)",
            season_ends::towers,
        ),
        (
            "jolanda",
            "italy_jolanda_sen2rts: season dates against the cycles of sen2rts",
            season_ends::jolanda,
        ),
        (
            "events",
            "events: false alarms on the real series above, and losses laid into them (development)",
            events::measure,
        ),
        (
            "simulated",
            "simulated: fields of nine regions grown by weather and leaf area (not real; beside the sets above, never instead)",
            simulated::measure,
        ),
    ];
    let mut absent = Vec::new();
    for (name, title, measure) in sets {
        if !args.only.is_empty() && !args.only.iter().any(|o| o == name) {
            continue;
        }
        match measure(&args.data, &tools)? {
            Some(lines) => {
                out.push_str(&format!(
                    "\n## {title}\n\n| what | n | reached | target |\n|---|---|---|---|\n"
                ));
                for l in lines {
                    out.push_str(&format!("| {} | {} | {} | {} |\n", l.what, l.n, l.reached, l.target));
                }
            }
            None => absent.push(title),
        }
    }
    if !absent.is_empty() {
        out.push_str("\nNot in the folder, so not measured:\n\n");
        absent.iter().for_each(|a| out.push_str(&format!("- {a}\n")));
    }
    Ok(out)
}
