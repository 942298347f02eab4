//! The manifest of a run as far as it is known before the run, and how the run is named.

use std::collections::BTreeMap;
use std::path::Path;

use crate::cli::run_flags::Days;
use crate::lending::Figures;
use crate::lending::Policy;
use crate::pipeline::{self, Spec, TemperatureFile, YieldFile};
use crate::store::{
    self, CatalogUsed, Exit, InputFile, PlotCounts, RunManifest, SceneCounts, SettingsUsed, SoftwareUsed,
    Traffic,
};

use super::{AppraiseArgs, DAILY_TEMPERATURES, REGIONAL_YIELDS, now};

/// What a run is asked with.
pub(super) struct Asked<'a> {
    pub(super) args: &'a AppraiseArgs,
    pub(super) spec: &'a Spec,
    pub(super) policy: &'a Policy,
    pub(super) figures: &'a Figures,
    pub(super) yields: Option<&'a YieldFile>,
    pub(super) temperature: Option<&'a TemperatureFile>,
    pub(super) days: Days,
    /// Whether the register that was named holds no plot.
    pub(super) register_empty: bool,
}

impl Asked<'_> {
    /// The manifest before the run: the counts are added by it.
    pub(super) fn manifest(&self, input: InputFile) -> RunManifest {
        let Asked { args, spec, policy, days, .. } = self;
        let named = |name: &str, path: Option<&std::path::PathBuf>, sha256: String| SettingsUsed {
            name: name.to_owned(),
            path: path.map(|p| p.display().to_string()),
            sha256,
        };
        let software = pipeline::software();
        let started_at = now();
        RunManifest {
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
            finished_at: started_at,
            exit: Exit::Failed,
            inputs: vec![input],
            pipeline: named(&spec.settings.name, args.run.pipeline.as_ref(), spec.sha256.clone()),
            policy: Some(named(&policy.id, args.policy.as_ref(), policy.sha256())),
            figures: self.figures_used(),
            register: args.register.as_ref().map(|p| p.display().to_string()),
            config_sha256: spec.sha256.clone(),
            catalog: CatalogUsed {
                location: args.run.catalog.clone(),
                collections: spec.settings.catalog.collections.clone(),
                ..CatalogUsed::default()
            },
            scenes: SceneCounts::default(),
            scenes_skipped: Vec::new(),
            traffic: Traffic::default(),
            plots: PlotCounts::default(),
            deferred: Vec::new(),
            timings_s: BTreeMap::new(),
            threads: 0,
            outputs: Vec::new(),
            notes: self
                .args
                .register
                .as_deref()
                .filter(|_| self.register_empty)
                .map(begun)
                .into_iter()
                .collect(),
        }
    }

    /// The lender's files as the manifest names them.
    fn figures_used(&self) -> Vec<SettingsUsed> {
        let mut used = self.args.figures.used(self.figures);
        used.extend(self.yields.map(|file| SettingsUsed {
            name: REGIONAL_YIELDS.to_owned(),
            path: self.args.yields.as_ref().map(|p| p.display().to_string()),
            sha256: file.sha256.clone(),
        }));
        used.extend(self.temperature.map(|file| SettingsUsed {
            name: DAILY_TEMPERATURES.to_owned(),
            path: self.args.temperature.as_ref().map(|p| p.display().to_string()),
            sha256: file.sha256.clone(),
        }));
        used
    }
}

/// A register without a plot is begun: nothing else tells a first run from a wrong name, or a disk that is not mounted.
fn begun(register: &Path) -> String {
    let what = if register.exists() { "holds no plot" } else { "was not there" };
    format!(
        "the register {} {what} and is begun with this run, which was compared with no earlier plot: if you keep a \
         register, name its folder with --register and run again",
        register.display()
    )
}

/// Heading of a run: the name of its input.
pub(in crate::cli) fn title(plots: &Path) -> String {
    plots.file_name().map_or_else(|| "standard input".to_owned(), |n| n.to_string_lossy().into_owned())
}

/// The command as typed, quoted where a shell needs it, without what cannot change an answer: the page that
/// shows it has the same bytes on every machine.
pub(super) fn command_line() -> String {
    as_typed(std::env::args().collect())
}

/// A command as it is to be typed.
pub(in crate::cli) fn as_typed(words: Vec<String>) -> String {
    let quoted = |word: String| {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@,+".contains(c);
        if !word.is_empty() && word.chars().all(plain) {
            word
        } else {
            format!("'{}'", word.replace('\'', r"'\''"))
        }
    };
    // `--archive` changes no answer either, but whoever runs again wants it.
    let with_value = ["--threads", "--shard", "--shards"];
    let mut value_follows = false;
    let of_the_answer = |word: &String| {
        let is_value = std::mem::replace(&mut value_follows, with_value.contains(&word.as_str()));
        let joined =
            with_value.iter().any(|flag| word.strip_prefix(flag).is_some_and(|r| r.starts_with('=')));
        !(is_value || value_follows || joined || word == "--resume")
    };
    let mut words: Vec<String> = words.into_iter().filter(of_the_answer).collect();
    if let Some(program) = words.first_mut() {
        "croplens".clone_into(program);
    }
    words.into_iter().map(quoted).collect::<Vec<_>>().join(" ")
}
