//! `croplens validate`: the science against sets whose truth is known, as tables.
//!
//! Comes in: a folder of sets. Goes out: one table per claim beside its target; sets that are absent or cannot be used
//! are named.
//! Not here: the figures' formulas (`crop::scores`), the methods themselves.

mod aim;
mod area;
mod baselines;
mod brazil;
mod central_asia;
mod cost;
mod cropped;
mod events;
mod figures;
mod france;
mod france_bands;
mod france_declared;
mod france_end;
mod france_held_out;
mod france_pixels;
mod france_shares;
mod goal;
mod line;
mod open_world;
mod reads;
mod report;
mod season_ends;
mod sequence_answers;
mod sets;
mod simulated;
mod sites;
mod swiss;
mod targets;
mod us_wheat;
mod verdicts;

use std::path::{Path, PathBuf};

use crate::crop::ensemble::{AreaShares, Ensemble};
use crate::crop::{CropRules, Profiles};

use super::table::Error;

use serde_json::{Value, json};

use self::aim::Aim;
use self::line::{Drawn, Line, Measured, figure};
use self::targets::Goal;

/// Arguments of `croplens validate`.
#[derive(Clone, Debug, clap::Args)]
pub struct ValidateArgs {
    /// Folder that holds the sets, one folder each
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// Only these sets, separated by commas: france, brazil, swiss, us, asia, gpp, jolanda, events,
    /// simulated, area, cost
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Also write the tables (validation.md, validation.csv) and figures (SVG) into this folder
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Compute threads. Default: one per processor. Never changes a figure but the processor time of `cost`
    #[arg(long, value_name = "N")]
    pub threads: Option<u16>,
    /// Print the tables as one JSON object instead of Markdown
    #[arg(long)]
    pub json: bool,
}

/// What every set is measured with.
pub(super) struct Instruments {
    pub ensemble: Ensemble,
    pub profiles: Profiles,
    pub rules: CropRules,
    pub france: AreaShares,
    pub threads: Option<u16>,
}

/// Tables of all sets.
#[derive(Clone, Debug)]
pub struct Report {
    /// As Markdown.
    pub text: String,
    /// The same for programs.
    pub json: Value,
    /// Sets that are there and cannot be used, each with its file and the reason.
    pub failed: Vec<String>,
}

/// A set's name and title, and what came of it.
type Told = (&'static str, &'static str, Result<Option<Measured>, Error>);

type Measure = fn(&Path, &Instruments) -> Result<Option<Measured>, Error>;

/// Every set: its name, its title, and how it is measured; `None` when it is not in the folder.
const SETS: [(&str, &str, Measure); 11] = [
    (
        "france",
        "france_lpis_dekads_2023: single pixels (a plot of one pixel would be grade D and referred), western France (development)",
        france::measure,
    ),
    ("brazil", "brazil_sits_mod13q1: 16-day series, Mato Grosso (development)", brazil::measure),
    (
        "swiss",
        "swiss_wheat_s2_bbch: winter wheat, fields of grade A, stages scored in the field (development; the stage clock was written in sight of these visits)",
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
    ("jolanda", "italy_jolanda_sen2rts: season dates against the cycles of sen2rts", season_ends::jolanda),
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
    (
        "area",
        "area: simulated outlines that hold more than one field, appraised from their scenes",
        |_, t| area::measure(t).map(|lines| Some(Measured::from(lines))),
    ),
    (
        "cost",
        "cost: processor time of the crop ensemble on this machine (differs from run to run)",
        |_, t| Ok(Some(Measured::from(cost::measure(t)))),
    ),
];

/// Sets that carry truth and are not measured here, with the reason.
const UNUSED: [(&str, &str); 8] = [
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
    (
        "field_polygons_fiboa_20_countries",
        "areas of outlines; cargo test --test it real_data::fiboa measures them",
    ),
    (
        "worldcereal_crop_calendars",
        "calendars; cargo test --test it crop::calendar compares every row with them",
    ),
];

/// Measures every set of the folder. A set that is there and cannot be used stops no other.
///
/// # Errors
/// A data folder or a name of a set that is not there, or tables that cannot be written.
pub fn run(args: &ValidateArgs) -> Result<Report, Error> {
    if !args.data.is_dir() {
        return Err(flag("--data", &args.data.display().to_string(), "no such folder".to_owned()));
    }
    if let Some(unknown) = args.only.iter().find(|o| SETS.iter().all(|(name, ..)| name != o)) {
        let names: Vec<&str> = SETS.iter().map(|(name, ..)| *name).collect();
        return Err(flag("--only", unknown, format!("no such set; known are {}", names.join(", "))));
    }
    let ensemble = Ensemble::builtin().map_err(|e| Error::Ensemble { path: "built-in".into(), source: e })?;
    let france = AreaShares::parse(include_str!("../../pipelines/shares/france.toml"))
        .map_err(|e| Error::Ensemble { path: "pipelines/shares/france.toml".into(), source: e })?;
    let (profiles, rules) = (Profiles::builtin()?, CropRules::default());
    let tools = Instruments { ensemble, profiles, rules, france, threads: args.threads };
    let measured: Vec<Told> = (SETS.into_iter())
        .filter(|(name, ..)| args.only.is_empty() || args.only.iter().any(|o| o == name))
        .map(|(name, title, measure)| (name, title, measure(&args.data, &tools)))
        .collect();
    told(args, &tools, &measured)
}

fn flag(flag: &'static str, value: &str, problem: String) -> Error {
    Error::Flag { flag, value: value.to_owned(), problem }
}

/// The report, written into a folder where that was asked for.
fn told(args: &ValidateArgs, tools: &Instruments, measured: &[Told]) -> Result<Report, Error> {
    let (mut absent, mut failed): (Vec<&str>, Vec<String>) = (Vec::new(), Vec::new());
    let (mut tables, mut csv, mut sets): (String, String, Vec<Value>) =
        (String::new(), String::new(), vec![]);
    let (mut drawn, mut lines): (Vec<Drawn>, Vec<(&'static str, &Line)>) = (Vec::new(), Vec::new());
    for (name, title, result) in measured {
        match result {
            Ok(Some(m)) => {
                if !m.lines.is_empty() {
                    tables.push_str(&report::markdown(title, m));
                    csv.push_str(&report::csv(name, &m.lines));
                }
                sets.push(report::json(name, title, m));
                failed.extend(m.problems.iter().map(|p| format!("{name}: {p}")));
                drawn.extend(m.drawn.iter().cloned());
                lines.extend(m.lines.iter().map(|l| (*name, l)));
            }
            Ok(None) => {
                absent.push(title);
                sets.push(json!({ "set": name, "title": title, "status": "not in the folder" }));
            }
            Err(e) => {
                failed.push(format!("{name}: {e}"));
                let problems = [e.to_string()];
                sets.push(json!({
                    "set": name, "title": title, "status": "cannot be used", "problems": problems,
                }));
            }
        }
    }
    let verdicts = verdicts::verdicts(&lines);
    let (method, table) = (crate::crop::ensemble::METHOD, tools.ensemble.table().version());
    let calendar = tools.profiles.version();
    let mut text = format!("Method {method}, table {table}, calendar {calendar}.\n");
    text.push_str(&verdicts::table(&verdicts));
    text.push_str(&tables);
    let mut list = |title: &str, items: Vec<String>| {
        if !items.is_empty() {
            text.push_str(&format!("\n{title}:\n\n"));
            items.iter().for_each(|i| text.push_str(&format!("- {i}\n")));
        }
    };
    list("In the folder and not usable", failed.clone());
    list("Not in the folder, so not measured", absent.iter().map(|a| (*a).to_owned()).collect());
    if args.only.is_empty() {
        let unused = UNUSED.iter().map(|(name, why)| format!("{name}: {why}")).collect();
        list("Sets that are known and not measured here", unused);
    }
    let json = json!({
        "method": method, "table": table, "calendar": calendar,
        "targets": verdicts::json(&verdicts), "sets": sets, "failed": failed,
    });
    if let Some(dir) = &args.out {
        report::write(dir, &text, &csv, &drawn)?;
    }
    Ok(Report { text, json, failed })
}
