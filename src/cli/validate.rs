//! `croplens validate`: the science against sets whose truth is known, as tables.
//!
//! Comes in: a folder of sets. Goes out: one table per claim beside its target; sets that are absent are named.
//! Not here: the figures' formulas (`crop::scores`), the methods themselves.

mod baselines;
mod brazil;
mod central_asia;
mod events;
mod figures;
mod france;
mod france_pixels;
mod open_world;
mod season_ends;
mod sets;
mod simulated;
mod swiss;
mod us_wheat;

use std::path::{Path, PathBuf};

use crate::crop::ensemble::{AreaShares, Ensemble};
use crate::crop::scores::Case;
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
    /// Also write the tables (validation.md, validation.csv) and figures (SVG) into this folder
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
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

/// Cases whose reliability and risk by coverage are drawn.
#[derive(Clone, Debug)]
pub(super) struct Drawn {
    pub name: &'static str,
    pub title: &'static str,
    pub cases: Vec<Case>,
}

/// What was measured on one set.
#[derive(Clone, Debug, Default)]
pub(super) struct Measured {
    pub lines: Vec<Line>,
    pub drawn: Vec<Drawn>,
}

impl From<Vec<Line>> for Measured {
    fn from(lines: Vec<Line>) -> Measured {
        Measured { lines, drawn: Vec::new() }
    }
}

/// Sets that carry truth and are not measured here, with the reason.
const UNUSED: [(&str, &str); 6] = [
    (
        "worldcereal_s2_monthly",
        "one composite a month: fewer than 8 clear dates in a season, always refer; most crop codes undocumented",
    ),
    ("africa_plots_planting_harvest", "no series; its harvest dates are planting dates plus a constant"),
    (
        "slovenia_eolearn_ndvi_stack",
        "land use, one polygon of cultivated land; used by the tests of zonal means",
    ),
    ("brazil_lem_monthly_landuse", "no series"),
    (
        "brazil_dtwsat_mod13q1_rasters",
        "603 samples of one area of 37 by 27 pixels, dependent on each other: no new information beside brazil_sits_mod13q1",
    ),
    ("brazil_sinop_mod13q1_jp2", "18 points, one value a month"),
];

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
    type Measure = fn(&Path, &Instruments) -> Result<Option<Measured>, Error>;
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
            |d, t| Ok(swiss::measure(d, t)?.map(Measured::from)),
        ),
        ("us", "us_hrw_wheat_phenology: scouted stages of winter wheat, US Plains (development)", |d, t| {
            Ok(us_wheat::measure(d, t)?.map(Measured::from))
        }),
        (
            "asia",
            "cawa_central_asia: coarse series of fields, Uzbekistan and Tajikistan (development regions)",
            central_asia::measure,
        ),
        ("gpp", "hrvpp_icos_cropsites: season ends against measured GPP (development sites)", |d, t| {
            Ok(season_ends::towers(d, t)?.map(Measured::from))
        }),
        ("jolanda", "italy_jolanda_sen2rts: season dates against the cycles of sen2rts", |d, t| {
            Ok(season_ends::jolanda(d, t)?.map(Measured::from))
        }),
        (
            "events",
            "events: false alarms on the real series above, and losses laid into them (development)",
            |d, t| Ok(events::measure(d, t)?.map(Measured::from)),
        ),
        (
            "simulated",
            "simulated: fields of nine regions grown by weather and leaf area (not real; beside the sets above, never instead)",
            |d, t| Ok(simulated::measure(d, t)?.map(Measured::from)),
        ),
    ];
    let mut absent = Vec::new();
    let mut csv = String::from("set,what,n,reached,target\n");
    let mut drawn = Vec::new();
    for (name, title, measure) in sets {
        if !args.only.is_empty() && !args.only.iter().any(|o| o == name) {
            continue;
        }
        match measure(&args.data, &tools)? {
            Some(measured) => {
                out.push_str(&format!(
                    "\n## {title}\n\n| what | n | reached | target |\n|---|---|---|---|\n"
                ));
                for l in measured.lines {
                    out.push_str(&format!("| {} | {} | {} | {} |\n", l.what, l.n, l.reached, l.target));
                    csv.push_str(&format!(
                        "{name},\"{}\",{},\"{}\",\"{}\"\n",
                        l.what.replace('"', "'"),
                        l.n,
                        l.reached,
                        l.target
                    ));
                }
                drawn.extend(measured.drawn);
            }
            None => absent.push(title),
        }
    }
    if !absent.is_empty() {
        out.push_str("\nNot in the folder, so not measured:\n\n");
        absent.iter().for_each(|a| out.push_str(&format!("- {a}\n")));
    }
    if args.only.is_empty() {
        out.push_str("\nSets that are known and not measured here:\n\n");
        UNUSED.iter().for_each(|(name, why)| out.push_str(&format!("- {name}: {why}\n")));
    }
    if let Some(dir) = &args.out {
        write_all(dir, &out, &csv, &drawn)?;
    }
    Ok(out)
}

/// Writes the tables and figures into a folder.
fn write_all(dir: &Path, tables: &str, csv: &str, drawn: &[Drawn]) -> Result<(), Error> {
    let write = |name: String, text: &str| {
        let path = dir.join(name);
        std::fs::write(&path, text).map_err(|source| Error::Write { path, source })
    };
    std::fs::create_dir_all(dir).map_err(|source| Error::Write { path: dir.to_owned(), source })?;
    write("validation.md".to_owned(), tables)?;
    write("validation.csv".to_owned(), csv)?;
    for d in drawn {
        write(format!("{}_reliability.svg", d.name), &figures::reliability(d))?;
        write(format!("{}_risk_coverage.svg", d.name), &figures::risk_coverage(d))?;
    }
    Ok(())
}
