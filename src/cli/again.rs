//! Records of a run made again from its inputs: for `verify`, which compares them, and `papers`, which draws them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clap::Args;

use crate::lending::Policy;
use crate::pipeline::{self, Again, RunRequest, Spec};
use crate::record::EligibilityRecord;
use crate::store::{self, RunManifest};

use super::appraise::{DAILY_TEMPERATURES, FigureFiles, REGIONAL_YIELDS, policy, temperature, yields};
use super::run_flags::{AccessFlags, RunFlags};
use super::{Stop, doors, wait_for};

/// Where the inputs of the run are now.
#[derive(Clone, Debug, Args)]
pub(super) struct Sources {
    /// The plots, when they are no longer where the run read them.
    #[arg(long, value_name = "PLOTS")]
    plots: Option<PathBuf>,
    /// The catalogue, when it is no longer where the run read it.
    #[arg(long, value_name = "URL|PATH")]
    catalog: Option<String>,
    /// The pipeline file, when it is no longer where the run read it.
    #[arg(long, value_name = "FILE")]
    pipeline: Option<PathBuf>,
    /// The policy file, when it is no longer where the run read it.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// The regional yields, when they are no longer where the run read them.
    #[arg(long, value_name = "FILE")]
    yields: Option<PathBuf>,
    /// The daily temperatures, when they are no longer where the run read them.
    #[arg(long, value_name = "FILE")]
    temperature: Option<PathBuf>,
    /// The register of pledged plots, when the run had one.
    #[arg(long, value_name = "DIR")]
    register: Option<PathBuf>,
    #[command(flatten)]
    figures: FigureFiles,
    #[command(flatten)]
    access: AccessFlags,
}

/// What is made again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// A record for every feature of the input, whether the run's folder has one or not.
    All,
    /// The records given. Read are the plots that are judged together with them, and no others.
    These,
    /// The records given, and their papers below this folder.
    Papers(PathBuf),
}

/// Records of a run made again, by their position in the input: two features may have one id.
pub(super) fn make(
    sources: &Sources,
    dir: &Path,
    records: &[EligibilityRecord],
    wanted: Wanted,
) -> Result<BTreeMap<u32, EligibilityRecord>, Stop> {
    let manifest = store::read_manifest(dir)
        .map_err(|e| Stop::failed(e.to_string()))?
        .ok_or_else(|| Stop::usage(format!("{} has no run.json", dir.display())))?;
    let (mut request, flags) = request(sources, &manifest, dir, records)?;
    let positions: BTreeSet<usize> = match wanted {
        Wanted::All => (0..request.intake.entries.len()).collect(),
        _ => records.iter().map(|r| r.input_position as usize).collect(),
    };
    let papers = match wanted {
        Wanted::Papers(folder) => Some(folder),
        _ => None,
    };
    request.again = Some(Again { positions, papers });
    let doors = doors::open(&flags)?;
    let outcome = wait_for(pipeline::appraise(&request, &doors, &pipeline::nobody()))?
        .map_err(|e| Stop::failed(e.to_string()))?;
    Ok(outcome.records.into_iter().map(|r| (r.input_position, r)).collect())
}

/// What the run was asked, from its manifest; inputs that are no longer the same are said before anything is read.
fn request(
    sources: &Sources,
    manifest: &RunManifest,
    dir: &Path,
    records: &[EligibilityRecord],
) -> Result<(RunRequest, RunFlags), Stop> {
    let of_run = |given: &Option<PathBuf>, path: Option<&String>| given.clone().or(path.map(PathBuf::from));
    let input = manifest.inputs.first().ok_or_else(|| Stop::usage("run.json names no input"))?;
    let flags = RunFlags {
        plots: sources.plots.clone().unwrap_or_else(|| PathBuf::from(&input.path)),
        pipeline: of_run(&sources.pipeline, manifest.pipeline.path.as_ref()),
        catalog: sources.catalog.clone().unwrap_or_else(|| manifest.catalog.location.clone()),
        as_of: Some(manifest.as_of),
        from: Some(manifest.from),
        to: Some(manifest.to),
        threads: None,
        json: false,
        dry_run: false,
        archive: None,
        ignore_personal_properties: input.personal_properties_ignored,
        access: sources.access.clone(),
    };
    still_there("plots", &flags.plots, "--plots", &file(&input.sha256))?;
    let catalog = Path::new(&flags.catalog);
    if !flags.catalog.contains("://") && !catalog.exists() {
        return Err(Stop::usage(format!(
            "the run read the catalogue {}, which is not here: name it with --catalog",
            catalog.display()
        )));
    }
    match (&flags.pipeline, &manifest.pipeline.path) {
        (Some(path), Some(_)) => {
            still_there("pipeline settings", path, "--pipeline", &resolved(&manifest.config_sha256))?;
        }
        (Some(path), None) => is_there("--pipeline", path, "pipeline", &manifest.pipeline.name)?,
        (None, _) => {}
    }
    let spec: Spec = flags.spec()?;
    let of_policy = manifest.policy.as_ref().and_then(|p| p.path.as_ref());
    let named = of_run(&sources.policy, of_policy);
    // The name of a built-in policy is no path.
    let is_built_in = |name: &str| Policy::built_in(name).is_some();
    if let (Some(path), Some(used)) = (&named, &manifest.policy)
        && !is_built_in(&path.display().to_string())
    {
        match &used.path {
            Some(of_run) if !is_built_in(of_run) => {
                still_there("policy", path, "--policy", &resolved(&used.sha256))?;
            }
            _ => is_there("--policy", path, "policy", &used.name)?,
        }
    }
    let policy: Policy = policy(named.as_deref())?;
    let (intake, plots) = flags.read_plots(&spec)?;
    same("the plots", "--plots", &input.sha256, &plots.sha256)?;
    let figures = sources.figures.or_of(&manifest.figures);
    for (kind, flag, path) in figures.each() {
        let used = manifest.figures.iter().find(|f| f.name == kind.word());
        if let (Some(path), Some(used)) = (path, used) {
            still_there(&format!("figures ({})", kind.word()), path, flag, &file(&used.sha256))?;
        }
    }
    let figures = figures.read()?;
    let first = records.first();
    same("the pipeline settings", "--pipeline", &manifest.config_sha256, &spec.sha256)?;
    same(
        "the policy",
        "--policy",
        first.and_then(|r| r.policy_sha256.as_deref()).unwrap_or_default(),
        &policy.sha256(),
    )?;
    let stated = first.and_then(|r| r.figures_sha256.clone()).unwrap_or_default();
    same(
        "the lender's figures",
        "--finance, --prices, --cautious-yields",
        &stated,
        &figures.sha256().unwrap_or_default(),
    )?;
    let of_yields = manifest.figures.iter().find(|f| f.name == REGIONAL_YIELDS);
    let path = of_run(&sources.yields, of_yields.and_then(|f| f.path.as_ref()));
    if let (Some(path), Some(used)) = (&path, of_yields) {
        still_there("regional yields", path, "--yields", &file(&used.sha256))?;
    }
    let yields = path.map(|path| yields(&path)).transpose()?;
    let found = yields.as_ref().map(|y| y.sha256.clone()).unwrap_or_default();
    let stated = first.and_then(|r| r.yield_file_sha256.clone()).unwrap_or_default();
    same("the regional yields", "--yields", &stated, &found)?;
    let of_days = manifest.figures.iter().find(|f| f.name == DAILY_TEMPERATURES);
    let days = of_run(&sources.temperature, of_days.and_then(|f| f.path.as_ref()));
    if let (Some(path), Some(used)) = (&days, of_days) {
        still_there("daily temperatures", path, "--temperature", &file(&used.sha256))?;
    }
    let temperature = days.map(|path| temperature(&path)).transpose()?;
    same(
        "the daily temperatures",
        "--temperature",
        of_days.map(|f| f.sha256.as_str()).unwrap_or_default(),
        temperature.as_ref().map(|t| t.sha256.as_str()).unwrap_or_default(),
    )?;
    let register = of_run(&sources.register, manifest.register.as_ref());
    let register = match register {
        Some(folder) if !folder.exists() => {
            return Err(Stop::usage(format!(
                "the run was compared with the register {}, which is not here: name it with --register",
                folder.display()
            )));
        }
        Some(folder) => Some(store::read_register(&folder).map_err(|e| Stop::usage(e.to_string()))?),
        None => None,
    };
    let request = RunRequest {
        intake,
        spec,
        policy,
        figures,
        yields,
        temperature,
        register,
        as_of: manifest.as_of,
        from: manifest.from,
        to: manifest.to,
        out: dir.to_owned(),
        papers: Some(records.iter().any(|r| !r.links.is_empty())),
        resume: false,
        archive: None,
        shard: None,
        again: None,
        input_sha256: plots.sha256,
        write: None,
        title: String::new(),
        command: String::new(),
        catalog_location: flags.catalog.clone(),
    };
    Ok((request, flags))
}

/// A file of the run that is not where it was is told with what to do, the flag that names it and the hash by which it
/// is known.
fn still_there(what: &str, path: &Path, flag: &str, known_by: &str) -> Result<(), Stop> {
    if path.exists() {
        return Ok(());
    }
    Err(Stop::usage(if path == Path::new("-") {
        format!("the run read its {what} from standard input: name the same file with {flag} ({known_by})")
    } else {
        format!(
            "looked for the run's {what} in {}, which is not here: put it back, or name the same file with {flag} \
             ({known_by})",
            path.display()
        )
    }))
}

/// A flag that names a file which is not there, for a run that used no file: nothing has to be put back.
fn is_there(flag: &str, path: &Path, what: &str, used: &str) -> Result<(), Stop> {
    if path.exists() {
        return Ok(());
    }
    Err(Stop::usage(format!(
        "{flag} names {}, which is not here; the run used the built-in {what} {used}: leave {flag} out",
        path.display()
    )))
}

/// How a file is known that is compared byte by byte.
fn file(sha256: &str) -> String {
    format!("SHA-256 {sha256}")
}

/// How settings are known: by what was read from the file, whatever its spacing and comments.
fn resolved(sha256: &str) -> String {
    format!("known by its settings, not its bytes: SHA-256 {sha256}")
}

/// Whether an input is that of the run.
fn same(what: &str, flag: &str, stated: &str, found: &str) -> Result<(), Stop> {
    if stated == found {
        return Ok(());
    }
    let shown = |hash: &str| if hash.is_empty() { "none".to_owned() } else { format!("SHA-256 {hash}") };
    Err(Stop::failed(format!(
        "{what}: not those of the run (then {}, now {}), so no record can come out the same; name the right ones with {flag}",
        shown(stated),
        shown(found)
    )))
}
