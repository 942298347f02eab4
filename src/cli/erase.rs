//! `croplens erase`: takes a plot or an applicant out of a run's folder and out of the register.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::store::{self, Erasure};

use super::say::Voice;
use super::{Ended, Stop, appraise, run_flags};

/// Arguments of `croplens erase`.
#[derive(Clone, Debug, Args)]
pub(super) struct EraseArgs {
    /// A plot's id, or an application, borrower or consent reference: every plot that carries it goes.
    #[arg(value_name = "REF")]
    reference: String,
    /// Output folder of the run.
    #[arg(long = "in", value_name = "DIR")]
    dir: PathBuf,
    /// The lender's register of pledged plots, to be cleared of it too.
    #[arg(long, value_name = "DIR")]
    register: Option<PathBuf>,
    /// Print one machine-readable summary on standard output.
    #[arg(long)]
    json: bool,
}

/// Runs the verb.
pub(super) fn run(args: &EraseArgs, voice: &Voice) -> Result<Ended, Stop> {
    if let Some(folder) = args.register.as_ref().filter(|folder| !folder.exists()) {
        return Err(Stop::usage(format!(
            "the register {} is not here, and what is entered in it would stay; nothing was erased",
            folder.display()
        )));
    }
    let manifest = store::read_manifest(&args.dir).map_err(|e| Stop::usage(e.to_string()))?;
    let input = manifest.as_ref().and_then(|m| m.inputs.first()).map(|input| PathBuf::from(&input.path));
    let title = input.as_deref().map_or_else(String::new, appraise::title);
    let rerun = manifest.as_ref().map_or_else(String::new, |m| appraise::as_typed(m.command.clone()));
    let done = store::erase(&Erasure {
        dir: &args.dir,
        register: args.register.as_deref(),
        reference: &args.reference,
        day: run_flags::today(),
        title: &title,
        rerun: &rerun,
    })
    .map_err(|e| Stop::failed(e.to_string()))?;
    if args.json {
        let summary = json!({
            "records_erased": done.records, "records_changed": done.mentions, "register_entries_erased": done.pledges,
            "removed": done.removed, "left": done.left, "erased_in_all": done.erased_before,
        });
        voice.result(&summary.to_string());
    } else {
        voice.result(&format!(
            "{} records erased, {} other records no longer mention them, {} register entries erased",
            done.records, done.mentions, done.pledges
        ));
        done.removed.iter().for_each(|path| voice.result(&format!("removed {}", path.display())));
        if done.records + done.mentions + done.pledges == 0 && done.removed.is_empty() {
            voice.note(&format!(
                "nothing here is named so; {} records were erased before",
                done.erased_before
            ));
        }
        if let Some(input) = input.filter(|_| done.records > 0) {
            voice.note(&format!(
                "the input {} and any copies or backups are not touched: take the plot out of them too",
                input.display()
            ));
        }
    }
    if done.left.is_empty() {
        return Ok(Ended::Done);
    }
    let left: Vec<String> = done.left.iter().map(|path| path.display().to_string()).collect();
    Err(Stop::failed(format!("still named in files that croplens did not write: {}", left.join(", "))))
}
