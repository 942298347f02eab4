//! `croplens explain`: the reasons of records as sentences, in any language there is a file for.

use std::path::PathBuf;

use clap::Args;

use crate::lending::Translation;
use crate::store;

use super::say::Voice;
use super::{Ended, Stop};

/// Arguments of `croplens explain`.
#[derive(Clone, Debug, Args)]
pub(super) struct ExplainArgs {
    /// Output folder of a run.
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// Only the plots with these ids (repeatable).
    #[arg(long, value_name = "ID")]
    id: Vec<String>,
    /// Language: en, zh, or a translation file as pipelines/languages/es.toml.
    #[arg(long, value_name = "en|zh|FILE", default_value = "en")]
    language: String,
}

/// Runs the verb.
pub(super) fn run(args: &ExplainArgs, voice: &Voice) -> Result<Ended, Stop> {
    let translation = match args.language.as_str() {
        "en" | "zh" => None,
        file => {
            let text = std::fs::read_to_string(file).map_err(|e| {
                Stop::usage(format!("--language {file}: cannot read this file: {e}; built in are en and zh"))
            })?;
            let read = Translation::parse(&text).map_err(|e| Stop::usage(format!("{file}: {e}")))?;
            let missing = read.missing();
            if !missing.is_empty() {
                voice.note(&format!("note: {file} leaves out {}, said in English", missing.join(", ")));
            }
            Some(read)
        }
    };
    let records = store::read_records(&args.dir).map_err(|e| Stop::usage(e.to_string()))?;
    if let Some(id) = args.id.iter().find(|id| records.iter().all(|r| r.id != **id)) {
        return Err(Stop::usage(format!("{} holds no record of plot {id}", args.dir.display())));
    }
    for record in records.iter().filter(|r| args.id.is_empty() || args.id.contains(&r.id)) {
        voice.result(&format!("{} {}", record.id, record.status));
        for reason in &record.reasons_all {
            let text = match (&translation, args.language.as_str()) {
                (Some(t), _) => t.reason(reason),
                (None, "zh") => reason.text_zh().to_owned(),
                (None, _) => reason.text_en().to_owned(),
            };
            voice.result(&format!("  {} {} {}: {text}", reason.effect(), reason.party(), reason.code()));
        }
        for change in &record.what_would_change {
            let text = match (&translation, args.language.as_str()) {
                (Some(t), _) => t.change(change),
                (None, "zh") => change.text_zh.clone(),
                (None, _) => change.text_en.clone(),
            };
            voice.result(&format!("  > {text}"));
        }
    }
    Ok(Ended::Done)
}
