//! `croplens appraise`: the main job.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use jiff::Timestamp;
use serde_json::json;

use crate::crop::yields::YieldTable;
use crate::lending::{FigureKind, Figures, Policy};
use crate::pipeline::{self, Doors, Outcome, RunRequest, YieldFile};
use crate::record::Status;
use crate::store::{
    self, CatalogUsed, DeferredPlot, Exit, InputFile, OutputFile, PlotCounts, RunManifest, SceneCounts,
    SettingsUsed, SkippedScene, SoftwareUsed, Traffic,
};

use super::run_flags::{Days, RunFlags};
use super::say::Voice;
use super::{Ended, Stop, doors, dry_run, runtime};

/// Files of an output folder that the manifest vouches for, besides the plots' papers.
const TABLES: [&str; 8] = [
    "records.jsonl",
    store::CHAIN_FILE,
    "records.geojson",
    "records.parquet",
    store::RECORDS_STYLE,
    "timeseries.csv",
    "timeseries.parquet",
    "index.html",
];

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
    /// Chart, picture, raster and report for every plot, or for none. Default: all up to 2000 plots.
    #[arg(long, value_name = "WHICH")]
    papers: Option<PapersFor>,
    /// Do everything anew, whatever an earlier run in the same folder has finished.
    #[arg(long)]
    fresh: bool,
}

/// The lender's dated figures.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "The lender's figures (CSV with a header; see pipelines/README.md)")]
pub(super) struct FigureFiles {
    /// Amounts lent per area of a crop.
    #[arg(long, value_name = "FILE")]
    finance: Option<PathBuf>,
    /// Prices.
    #[arg(long, value_name = "FILE")]
    prices: Option<PathBuf>,
    /// Yields that are exceeded in four of five cases, for value-based limits.
    #[arg(long, value_name = "FILE")]
    cautious_yields: Option<PathBuf>,
}

impl FigureFiles {
    /// Reads the files that are named.
    pub(super) fn read(&self) -> Result<Figures, Stop> {
        let mut figures = Figures::default();
        for (kind, path) in [
            (FigureKind::Finance, &self.finance),
            (FigureKind::Price, &self.prices),
            (FigureKind::Yield, &self.cautious_yields),
        ] {
            let Some(path) = path else { continue };
            let shown = path.display();
            let text = std::fs::read_to_string(path)
                .map_err(|e| Stop::usage(format!("cannot read {shown}: {e}")))?;
            figures.add(kind, &text).map_err(|e| Stop::usage(format!("{shown}: {e}")))?;
        }
        Ok(figures)
    }
}

impl FigureFiles {
    /// The files as the manifest names them.
    fn used(&self, figures: &Figures) -> Vec<SettingsUsed> {
        let kinds = [
            (FigureKind::Finance, &self.finance),
            (FigureKind::Price, &self.prices),
            (FigureKind::Yield, &self.cautious_yields),
        ];
        let used = |(kind, path): (FigureKind, &Option<PathBuf>)| SettingsUsed {
            name: kind.word().to_owned(),
            path: path.as_ref().map(|p| p.display().to_string()),
            sha256: figures.file_sha256(kind),
        };
        kinds.into_iter().filter(|(_, path)| path.is_some()).map(used).collect()
    }

    /// These files, and for those that are not named the ones of a run.
    pub(super) fn or_of(&self, run: &[SettingsUsed]) -> FigureFiles {
        let of = |given: &Option<PathBuf>, kind: FigureKind| {
            let of_run = run.iter().find(|u| u.name == kind.word()).and_then(|u| u.path.as_ref());
            given.clone().or(of_run.map(PathBuf::from))
        };
        FigureFiles {
            finance: of(&self.finance, FigureKind::Finance),
            prices: of(&self.prices, FigureKind::Price),
            cautious_yields: of(&self.cautious_yields, FigureKind::Yield),
        }
    }
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
    let started_at = now();
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
    let days = args.run.days(&spec)?;
    let (intake, bytes) = args.run.read_plots(&spec)?;
    let doors = doors::open(&args.run)?;
    if args.run.dry_run {
        return dry_run::tell(&args.run, &spec, &intake, &days, &doors, voice);
    }
    std::fs::create_dir_all(&args.out)
        .map_err(|e| Stop::usage(format!("--out {}: {e}", args.out.display())))?;
    let features = intake.entries.len();
    let request = RunRequest {
        intake,
        spec,
        policy,
        figures,
        register,
        yields,
        as_of: days.as_of,
        from: days.from,
        to: days.to,
        out: args.out.clone(),
        papers: args.papers.map(|p| p == PapersFor::All),
        resume: !args.fresh,
        write: true,
        title: title(&args.run.plots),
        command: command_line(),
        catalog_location: args.run.catalog.clone(),
    };
    let outcome = runtime()?
        .block_on(pipeline::appraise(&request, &doors, &voice.watcher()))
        .map_err(|e| Stop::failed(e.to_string()))?;
    store::write_whole(&args.out.join(store::RECORDS_STYLE), store::records_style().as_bytes())
        .map_err(|e| Stop::failed(e.to_string()))?;
    let input = InputFile {
        path: args.run.plots.display().to_string(),
        sha256: crate::record::sha256_hex(&bytes),
        bytes: bytes.len() as u64,
        features,
        personal_properties: request.intake.personal as u64,
        personal_properties_ignored: args.run.ignore_personal_properties,
    };
    let exit = if outcome.deferred.is_empty() { Exit::Done } else { Exit::Deferred };
    let manifest = manifest(args, &request, &days, &doors, &outcome, input, started_at, exit)?;
    store::write_manifest(&args.out, &manifest).map_err(|e| Stop::failed(e.to_string()))?;
    if let Some(folder) = &args.register {
        store::enter_register(folder, &outcome.records).map_err(|e| Stop::failed(e.to_string()))?;
    }
    tell(args, &manifest, &outcome, voice)?;
    Ok(if exit == Exit::Deferred { Ended::Deferred } else { Ended::Done })
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

/// Name of the regional yields in the manifest.
pub(super) const REGIONAL_YIELDS: &str = "regional_yields";

/// The lender's files as the manifest names them.
fn figures_used(args: &AppraiseArgs, request: &RunRequest) -> Vec<SettingsUsed> {
    let mut used = args.figures.used(&request.figures);
    used.extend(request.yields.as_ref().map(|file| SettingsUsed {
        name: REGIONAL_YIELDS.to_owned(),
        path: args.yields.as_ref().map(|p| p.display().to_string()),
        sha256: file.sha256.clone(),
    }));
    used
}

#[expect(clippy::too_many_arguments, reason = "a manifest is the sum of what a run knows")]
fn manifest(
    args: &AppraiseArgs,
    request: &RunRequest,
    days: &Days,
    doors: &Doors,
    outcome: &Outcome,
    input: InputFile,
    started_at: Timestamp,
    exit: Exit,
) -> Result<RunManifest, Stop> {
    let mut by_status: BTreeMap<String, u64> = BTreeMap::new();
    for record in &outcome.records {
        *by_status.entry(record.status.word().to_owned()).or_default() += 1;
    }
    let counters = doors.objects.counters();
    let mut skipped = outcome.items_skipped.clone();
    if !outcome.scenes_unread.is_empty() {
        skipped.insert("unread".to_owned(), outcome.scenes_unread.len() as u64);
    }
    let unread = outcome.scenes_unread.len() as u64;
    let mut outputs = Vec::new();
    for file in TABLES {
        outputs.push(OutputFile::of(&args.out, file).map_err(|e| Stop::failed(e.to_string()))?);
    }
    let named = |name: &str, path: Option<&PathBuf>, sha256: String| SettingsUsed {
        name: name.to_owned(),
        path: path.map(|p| p.display().to_string()),
        sha256,
    };
    let software = pipeline::software();
    Ok(RunManifest {
        manifest_version: store::MANIFEST_VERSION.to_owned(),
        software: SoftwareUsed {
            name: software.name,
            version: software.version,
            git_commit: software.git_commit,
            libraries: BTreeMap::from([("gdal".to_owned(), store::gdal_version())]),
        },
        command: std::env::args().collect(),
        as_of: days.as_of,
        from: days.from,
        to: days.to,
        started_at,
        finished_at: now(),
        exit,
        inputs: vec![input],
        pipeline: named(&request.spec.settings.name, args.run.pipeline.as_ref(), request.spec.sha256.clone()),
        policy: Some(named(&request.policy.id, args.policy.as_ref(), request.policy.sha256())),
        figures: figures_used(args, request),
        register: args.register.as_ref().map(|p| p.display().to_string()),
        config_sha256: request.spec.sha256.clone(),
        catalog: CatalogUsed {
            location: args.run.catalog.clone(),
            dialect: None,
            collections: request.spec.settings.catalog.collections.clone(),
            searches: outcome.searched.searches,
            pages: outcome.searched.pages,
            items: outcome.scenes_found as u64 + outcome.items_skipped.values().sum::<u64>(),
        },
        scenes: SceneCounts {
            expected: outcome.expected.map(u64::from),
            found: outcome.scenes_found as u64,
            used: outcome.scenes_found as u64 - unread,
            skipped,
        },
        scenes_skipped: scenes_skipped(outcome),
        traffic: Traffic {
            requests: counters.requests + outcome.searched.requests,
            retries: counters.retries + outcome.searched.retries,
            bytes: counters.bytes + outcome.searched.bytes,
            blocks: outcome.blocks,
        },
        plots: PlotCounts {
            total: outcome.records.len() as u64,
            by_status,
            reused: outcome.reused as u64,
            erased: 0,
        },
        deferred: outcome
            .deferred
            .iter()
            .map(|(id, why)| DeferredPlot { id: id.clone(), why: why.clone() })
            .collect(),
        timings_s: outcome.timings_s.clone(),
        threads: doors.pool.current_num_threads(),
        outputs,
        notes: outcome.notes.clone(),
    })
}

/// Scenes that could not be used or not be read, by name.
fn scenes_skipped(outcome: &Outcome) -> Vec<SkippedScene> {
    let unusable = outcome.items_unusable.iter().map(|(item_id, reason, detail)| SkippedScene {
        item_id: item_id.clone(),
        reason: reason.clone(),
        detail: detail.clone(),
    });
    let unread = outcome.scenes_unread.iter().map(|(id, cause)| SkippedScene {
        item_id: id.to_string(),
        reason: "unread".to_owned(),
        detail: cause.clone(),
    });
    unusable.chain(unread).collect()
}

/// The end of a run, for a person and for a program.
fn tell(args: &AppraiseArgs, manifest: &RunManifest, outcome: &Outcome, voice: &Voice) -> Result<(), Stop> {
    let count = |status: Status| manifest.plots.by_status.get(status.word()).copied().unwrap_or(0);
    if args.run.json {
        let summary = json!({
            "records": manifest.plots.total,
            "by_status": manifest.plots.by_status,
            "reused": manifest.plots.reused,
            "deferred": manifest.deferred,
            "scenes": manifest.scenes,
            "traffic": manifest.traffic,
            "timings_s": manifest.timings_s,
            "out": args.out,
            "exit": manifest.exit,
        });
        voice.result(&summary.to_string());
        return Ok(());
    }
    for note in &outcome.notes {
        voice.note(&format!("note: {note}"));
    }
    for (scene, cause) in outcome.scenes_unread.iter().take(5) {
        voice.note(&format!("scene {scene} was not read: {cause}"));
    }
    voice.note(&format!(
        "{} plots: {} supported, {} to refer to a person, {} not supported, {} not appraised",
        manifest.plots.total,
        count(Status::Supports),
        count(Status::Refer),
        count(Status::DoesNotSupport),
        count(Status::NotAppraised),
    ));
    if !outcome.deferred.is_empty() {
        voice.note(&format!(
            "{} of them could not be finished because images or catalogue could not be read; run the same command \
             again to finish them:",
            outcome.deferred.len()
        ));
        for (id, why) in outcome.deferred.iter().take(5) {
            voice.note(&format!("  {id}: {why}"));
        }
    }
    let index = args.out.join("index.html");
    voice.note(&format!("open {} in a browser; the records are in {}", index.display(), args.out.display()));
    Ok(())
}

/// Heading of a run: the name of its input.
pub(super) fn title(plots: &Path) -> String {
    plots.file_name().map_or_else(|| "standard input".to_owned(), |n| n.to_string_lossy().into_owned())
}

/// The command as typed, quoted where a shell needs it, without what cannot change an answer: the page that
/// shows it has the same bytes on every machine.
fn command_line() -> String {
    as_typed(std::env::args().collect())
}

/// A command as it is to be typed.
pub(super) fn as_typed(words: Vec<String>) -> String {
    let quoted = |word: String| {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@,+".contains(c);
        if !word.is_empty() && word.chars().all(plain) {
            word
        } else {
            format!("'{}'", word.replace('\'', r"'\''"))
        }
    };
    let mut threads_follow = false;
    let of_the_answer = |word: &String| {
        let is_value = std::mem::replace(&mut threads_follow, word == "--threads");
        !(is_value || word == "--threads" || word.starts_with("--threads="))
    };
    let mut words: Vec<String> = words.into_iter().filter(of_the_answer).collect();
    if let Some(program) = words.first_mut() {
        "croplens".clone_into(program);
    }
    words.into_iter().map(quoted).collect::<Vec<_>>().join(" ")
}

#[expect(clippy::disallowed_methods, reason = "run.json says when a run was made; no record does")]
fn now() -> Timestamp {
    Timestamp::now()
}
