//! `croplens validate`: the science against sets whose truth is known, as tables.
//!
//! Comes in: a folder of sets. Goes out: one table per claim beside its target; sets that are absent are named.
//! Not here: the figures' formulas (`crop::scores`), the methods themselves.

mod area;
mod baselines;
mod brazil;
mod central_asia;
mod cost;
mod cropped;
mod events;
mod figures;
mod france;
mod france_end;
mod france_held_out;
mod france_pixels;
mod france_shares;
mod line;
mod open_world;
mod report;
mod season_ends;
mod sets;
mod simulated;
mod swiss;
mod targets;
mod us_wheat;

use std::path::{Path, PathBuf};

use crate::crop::ensemble::{AreaShares, Ensemble};
use crate::crop::{CropRules, Profiles};

use super::table::Error;

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
}

/// What every set is measured with.
pub(super) struct Instruments {
    pub ensemble: Ensemble,
    pub profiles: Profiles,
    pub rules: CropRules,
    pub france: AreaShares,
}

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
        "Method {}, table {}, calendar {}.\n",
        crate::crop::ensemble::METHOD,
        tools.ensemble.table().version(),
        tools.profiles.version()
    );
    type Measure = fn(&Path, &Instruments) -> Result<Option<Measured>, Error>;
    let sets: [(&str, &str, Measure); 11] = [
        (
            "france",
            "france_lpis_dekads_2023: single pixels (a plot of one pixel would be grade D and referred), western France 2023 (development)",
            france::measure,
        ),
        ("brazil", "brazil_sits_mod13q1: 16-day series, Mato Grosso (development)", brazil::measure),
        (
            "swiss",
            "swiss_wheat_s2_bbch: winter wheat 2022, fields of grade A, stages scored in the field (development)",
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
        (
            "area",
            "area: simulated outlines that hold more than one field, appraised from their scenes",
            |_, _| area::measure().map(|lines| Some(Measured::from(lines))),
        ),
        (
            "cost",
            "cost: processor time of the crop ensemble on this machine (differs from run to run)",
            |_, t| Ok(Some(Measured::from(cost::measure(t)))),
        ),
    ];
    if let Some(unknown) = args.only.iter().find(|o| sets.iter().all(|(name, ..)| name != o)) {
        let names: Vec<&str> = sets.iter().map(|(name, ..)| *name).collect();
        return Err(Error::Flag {
            flag: "--only",
            value: unknown.clone(),
            problem: format!("no such set; known are {}", names.join(", ")),
        });
    }
    let mut absent = Vec::new();
    let (mut tables, mut csv) = (String::new(), String::new());
    let (mut drawn, mut lines): (Vec<Drawn>, Vec<Line>) = (Vec::new(), Vec::new());
    for (name, title, measure) in sets {
        if !args.only.is_empty() && !args.only.iter().any(|o| o == name) {
            continue;
        }
        match measure(&args.data, &tools)? {
            Some(measured) => {
                tables.push_str(&report::markdown(title, &measured.lines));
                csv.push_str(&report::csv(name, &measured.lines));
                drawn.extend(measured.drawn);
                lines.extend(measured.lines);
            }
            None => absent.push(title),
        }
    }
    out.push_str(&targets::table(&lines));
    out.push_str(&tables);
    if !absent.is_empty() {
        out.push_str("\nNot in the folder, so not measured:\n\n");
        absent.iter().for_each(|a| out.push_str(&format!("- {a}\n")));
    }
    if args.only.is_empty() {
        out.push_str("\nSets that are known and not measured here:\n\n");
        UNUSED.iter().for_each(|(name, why)| out.push_str(&format!("- {name}: {why}\n")));
    }
    if let Some(dir) = &args.out {
        report::write(dir, &out, &csv, &drawn)?;
    }
    Ok(out)
}
