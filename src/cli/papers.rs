//! `croplens papers`: chart, picture, raster and report of a few plots, of a run that made none.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::record::{self, EligibilityRecord};
use crate::store;

use super::again::{self, Sources, Wanted};
use super::say::Voice;
use super::{Ended, Stop};

/// Arguments of `croplens papers`.
#[derive(Clone, Debug, Args)]
pub(super) struct PapersArgs {
    /// The plots.
    #[arg(value_name = "ID", required = true)]
    ids: Vec<String>,
    /// Output folder of the run; the papers go into it.
    #[arg(long = "in", value_name = "DIR")]
    dir: PathBuf,
    #[command(flatten)]
    sources: Sources,
}

/// Runs the verb.
pub(super) fn run(args: &PapersArgs, voice: &Voice) -> Result<Ended, Stop> {
    let records = named(&args.dir, &args.ids)?;
    let aside = store::Aside::in_folder(&args.dir).map_err(|e| Stop::failed(e.to_string()))?;
    let made = again::make(&args.sources, &args.dir, &records, Wanted::Papers(aside.path().to_owned()))?;
    let failed = |e: store::Error| Stop::failed(e.to_string());
    // While the papers were made, plots may have been erased: nothing is put in place of what is gone.
    let hold = store::Hold::on(&args.dir).map_err(failed)?;
    let standing: BTreeSet<String> =
        store::read_records(&args.dir).map_err(failed)?.into_iter().map(|r| r.record_sha256).collect();
    let erased = store::read_erased(&args.dir).map_err(failed)?;
    // A paper that tells another story than the record is worse than none.
    let mut wrong: Vec<String> = Vec::new();
    for record in &records {
        let id = &record.id;
        if !standing.contains(&record.record_sha256) {
            wrong.push(format!("{id}: no papers, because its record was erased or made anew meanwhile"));
            continue;
        }
        if erased.iter().any(|e| e.replaced_by.as_ref() == Some(&record.record_sha256)) {
            wrong.push(format!(
                "{id}: no papers, because mentions of an erased plot were taken out of its record, and papers made from \
                 the inputs would hold them again"
            ));
            continue;
        }
        match made.get(&record.input_position).map(|again| record::difference(record, again)) {
            Some(None) => match aside.settle(id) {
                Ok(Some(folder)) => voice.note(&format!("{id}: {}", folder.join("report.html").display())),
                Ok(None) => wrong.push(format!("{id}: there is nothing to draw, its record says why")),
                Err(e) => return Err(failed(e)),
            },
            Some(Some(d)) => wrong.push(format!(
                "{id}: no papers, because the record comes out otherwise now, first in {}; see croplens verify",
                d.field
            )),
            None => wrong.push(format!("{id}: no papers, because the plots no longer hold this plot")),
        }
    }
    drop(hold);
    if wrong.is_empty() { Ok(Ended::Done) } else { Err(Stop::failed(wrong.join("\n"))) }
}

/// The records of these plots.
fn named(dir: &Path, ids: &[String]) -> Result<Vec<EligibilityRecord>, Stop> {
    let records = store::read_records(dir).map_err(|e| Stop::usage(e.to_string()))?;
    let missing: Vec<&str> =
        ids.iter().filter(|id| records.iter().all(|r| r.id != **id)).map(String::as_str).collect();
    if !missing.is_empty() {
        return Err(Stop::usage(format!("{} holds no record of plot {}", dir.display(), missing.join(", "))));
    }
    Ok(records.into_iter().filter(|r| ids.contains(&r.id)).collect())
}
