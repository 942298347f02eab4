//! `croplens appraise`: the main job.

pub(super) mod end;
mod figure_files;
mod sheet;

use std::path::{Path, PathBuf};

use clap::Args;
use jiff::Timestamp;

use crate::crop::ThermalTable;
use crate::crop::yields::YieldTable;
use crate::lending::Policy;
use crate::pipeline::{self, Job, RunRequest, TemperatureFile, YieldFile};
use crate::store;

use super::run_flags::RunFlags;
use super::say::Voice;
use super::shard::ShardFlags;
use super::{Ended, Stop, crop, doors, dry_run, wait_for};

use self::sheet::{Asked, command_line};

pub(super) use self::figure_files::FigureFiles;
pub(super) use self::sheet::{as_typed, title};

/// Arguments of `croplens appraise`.
#[derive(Clone, Debug, Args)]
pub(super) struct AppraiseArgs {
    #[command(flatten)]
    run: RunFlags,
    /// Folder for the results; made if absent. A second run in it finishes only what is missing.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// The lender's policy: a file, or the name of a built-in one. Default: first, which sets no amounts.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Folder of the lender's register of pledged plots: land offered twice is found, and this run is entered.
    #[arg(long, value_name = "DIR")]
    register: Option<PathBuf>,
    #[command(flatten)]
    figures: FigureFiles,
    /// Regional yields of past years, TOML or CSV with a source on every row. Without it no yield is estimated.
    #[arg(long, value_name = "FILE")]
    yields: Option<PathBuf>,
    /// Daily temperatures: CSV with date and tmean, or tmin,tmax; with normal, or five earlier years, to say what is usual;
    /// with id (of the plot) or lat,lon where there are several places. Dates and stages then run by degree-days; where a
    /// place has none they run by the calendar, as without the file.
    #[arg(long, value_name = "FILE")]
    temperature: Option<PathBuf>,
    /// Chart, picture, raster and report for every plot, or for none. Default: all up to 2000 plots.
    #[arg(long, value_name = "WHICH")]
    papers: Option<PapersFor>,
    /// Do everything anew, whatever an earlier run in the same folder has finished.
    #[arg(long)]
    fresh: bool,
    /// Finish what an earlier run left: the default, for scripts that say so.
    #[arg(long, conflicts_with = "fresh")]
    resume: bool,
    #[command(flatten)]
    shard: ShardFlags,
}

/// Which plots get papers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum PapersFor {
    /// Every plot.
    All,
    /// No plot.
    None,
}

/// Runs the verb.
pub(super) fn run(args: &AppraiseArgs, voice: &Voice) -> Result<Ended, Stop> {
    if args.out.join(store::ERASED_FILE).exists() {
        return Err(Stop::usage(format!(
            "--out {}: plots were erased from this folder, and a new run would lose the proof of it; choose another folder",
            args.out.display()
        )));
    }
    let spec = args.run.spec()?;
    let policy = policy(args.policy.as_deref())?;
    let figures = args.figures.read()?;
    let register = match &args.register {
        Some(folder) => Some(store::read_register(folder).map_err(|e| Stop::usage(e.to_string()))?),
        None => None,
    };
    let yields = args.yields.as_deref().map(yields).transpose()?;
    let temperature = args.temperature.as_deref().map(temperature).transpose()?;
    let days = args.run.days(&spec)?;
    let shard = args.shard.which()?;
    let (intake, input) = args.run.read_plots(&spec)?;
    let doors = doors::open(&args.run)?;
    if args.run.dry_run {
        let papers = pipeline::draws_papers(args.papers.map(|p| p == PapersFor::All), &intake);
        return dry_run::tell(&args.run, &spec, &intake, Job::Appraise { papers }, &days, &doors, voice);
    }
    if args.out.is_file() {
        let file = args.out.display();
        return Err(Stop::usage(format!("--out {file} is a file: name a folder for the results")));
    }
    std::fs::create_dir_all(&args.out)
        .map_err(|e| Stop::usage(format!("--out {}: {e}", args.out.display())))?;
    let asked = Asked {
        args,
        spec: &spec,
        policy: &policy,
        figures: &figures,
        yields: yields.as_ref(),
        temperature: temperature.as_ref(),
        days,
        register_empty: register.as_ref().is_some_and(Vec::is_empty),
    };
    let request = RunRequest {
        input_sha256: input.sha256.clone(),
        write: Some(asked.manifest(input)),
        intake,
        spec,
        policy,
        figures,
        register,
        yields,
        temperature,
        as_of: days.as_of,
        from: days.from,
        to: days.to,
        out: args.out.clone(),
        papers: args.papers.map(|p| p == PapersFor::All),
        resume: !args.fresh,
        archive: args.run.archive.clone(),
        shard,
        again: None,
        title: title(&args.run.plots),
        command: command_line(),
        catalog_location: args.run.catalog.clone(),
    };
    let mut outcome =
        wait_for(pipeline::appraise(&request, &doors, &voice.watcher()))?.map_err(|e| match e {
            pipeline::Error::OtherRun { .. } => Stop::usage(e.to_string()),
            _ => Stop::failed(e.to_string()),
        })?;
    match (outcome.manifest.take(), shard) {
        (Some(manifest), _) => end::conclude(&args.out, manifest, outcome.units.keep, args.run.json, voice),
        (None, Some(shard)) => Ok(end::shard(shard, &args.out, &outcome, args.run.json, voice)),
        (None, None) => Err(Stop::failed("the run ended without its manifest")),
    }
}

/// A policy file, or a built-in policy by its name.
pub(super) fn policy(path: Option<&Path>) -> Result<Policy, Stop> {
    let shown = path.unwrap_or(Path::new("first")).display().to_string();
    // A file goes before a built-in policy of the same name; a folder is no policy.
    let named = path.is_none_or(|p| !p.is_file()).then(|| Policy::built_in(&shown));
    let path = path.unwrap_or(Path::new("first"));
    let built_in = named.flatten();
    if let Some(policy) = built_in {
        return policy.map_err(|e| Stop::failed(format!("built-in policy {shown}: {e}")));
    }
    let text = std::fs::read_to_string(path).map_err(|e| {
        let names: Vec<&str> = Policy::built_in_names().collect();
        Stop::usage(format!("cannot read the policy {shown}: {e}; built in are {}", names.join(", ")))
    })?;
    Policy::parse(&text).map_err(|e| Stop::usage(format!("policy {shown}: {e}")))
}

pub(super) fn yields(path: &Path) -> Result<YieldFile, Stop> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|e| Stop::usage(format!("cannot read {shown}: {e}")))?;
    let is_toml = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("toml"));
    let table = if is_toml { YieldTable::parse_toml(&text) } else { YieldTable::parse_csv(&text) };
    let table = table.map_err(|e| Stop::usage(format!("yields {shown}: {e}")))?;
    Ok(YieldFile { table, sha256: crate::record::sha256_hex(text.as_bytes()) })
}

/// Daily temperatures, and how crops follow them.
pub(super) fn temperature(path: &Path) -> Result<TemperatureFile, Stop> {
    let (table, sha256) = crop::temperature(path).map_err(|e| Stop::usage(e.to_string()))?;
    let thermal = ThermalTable::builtin().map_err(|e| Stop::failed(e.to_string()))?;
    Ok(TemperatureFile { table, thermal, sha256 })
}

/// Name of the daily temperatures in the manifest.
pub(super) const DAILY_TEMPERATURES: &str = "daily_temperatures";

/// Name of the regional yields in the manifest.
pub(super) const REGIONAL_YIELDS: &str = "regional_yields";

#[expect(clippy::disallowed_methods, reason = "run.json says when a run was made; no record does")]
pub(super) fn now() -> Timestamp {
    Timestamp::now()
}
