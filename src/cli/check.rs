//! `croplens check`: resolves and prints pipeline and policy files, with their hashes.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::lending::Policy;
use crate::pipeline::Spec;

use super::say::Voice;
use super::{Ended, Stop};

/// Arguments of `croplens check`.
#[derive(Clone, Debug, Args)]
pub(super) struct CheckArgs {
    /// Pipeline or policy files (TOML).
    #[arg(value_name = "FILE", required_unless_present = "schema")]
    files: Vec<PathBuf>,
    /// Print the JSON Schema of a policy file or of a record, and nothing else.
    #[arg(long, value_name = "WHAT", conflicts_with = "files")]
    schema: Option<SchemaOf>,
    /// Print JSON instead of TOML.
    #[arg(long)]
    json: bool,
}

/// What has a published schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum SchemaOf {
    /// A policy file, resolved.
    Policy,
    /// A line of records.jsonl.
    Record,
}

/// Runs the verb: every file is looked at, whatever the others say.
pub(super) fn run(args: &CheckArgs, voice: &Voice) -> Result<Ended, Stop> {
    if let Some(what) = args.schema {
        let schema = match what {
            SchemaOf::Policy => Policy::json_schema(),
            SchemaOf::Record => crate::record::json_schema(),
        };
        let text = serde_json::to_string_pretty(&schema).map_err(|e| Stop::failed(e.to_string()))?;
        voice.result(&text);
        return Ok(Ended::Done);
    }
    let mut wrong = Vec::new();
    for file in &args.files {
        match one(file, args.json) {
            Ok(text) => voice.result(&text),
            Err(problem) => wrong.push(format!("{}: {problem}", file.display())),
        }
    }
    if wrong.is_empty() { Ok(Ended::Done) } else { Err(Stop::usage(wrong.join("\n"))) }
}

/// A file with a `[rules]` table or `extends` is a policy; any other is a pipeline.
fn one(path: &Path, json: bool) -> Result<String, String> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("cannot read: {e}"))?;
    let table: toml::Table = text.parse().map_err(|e: toml::de::Error| e.to_string())?;
    if table.contains_key("rules") || table.contains_key("extends") {
        let policy = Policy::parse(&text).map_err(|e| e.to_string())?;
        shown("policy", &policy.sha256(), &policy, json)
    } else {
        let spec = Spec::load(path).map_err(|e| e.to_string())?;
        shown("pipeline", &spec.sha256, &spec.settings, json)
    }
}

fn shown(kind: &str, sha256: &str, resolved: &impl serde::Serialize, json: bool) -> Result<String, String> {
    if json {
        let value = serde_json::json!({ "kind": kind, "sha256": sha256, "resolved": resolved });
        return Ok(value.to_string());
    }
    let text = toml::to_string(resolved).map_err(|e| e.to_string())?;
    Ok(format!("# {kind}, sha256 {sha256}\n{text}"))
}
