//! `croplens verify`: is a record as it was sealed, and does it come out the same when it is made again?

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use crate::record::{self, Difference, EligibilityRecord};
use crate::store;

use super::again::{self, Sources, Wanted};
use super::say::Voice;
use super::{Ended, Stop, sign};

/// Arguments of `croplens verify`.
#[derive(Clone, Debug, Args)]
pub(super) struct VerifyArgs {
    /// Output folder of a run, its records.jsonl, or a file with one record of it.
    #[arg(value_name = "RECORD")]
    record: PathBuf,
    /// Only the plots with these ids (repeatable).
    #[arg(long, value_name = "ID")]
    id: Vec<String>,
    /// Output folder of the run, when the record is not in it.
    #[arg(long, value_name = "DIR")]
    run: Option<PathBuf>,
    /// Only hashes, chain and signature; nothing is made again.
    #[arg(long)]
    hashes_only: bool,
    /// Public key (file with 64 hex digits) that the run must be signed with.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    #[command(flatten)]
    sources: Sources,
    /// Print one machine-readable summary on standard output.
    #[arg(long)]
    json: bool,
}

/// Runs the verb. It ends well only if everything is as it was.
pub(super) fn run(args: &VerifyArgs, voice: &Voice) -> Result<Ended, Stop> {
    let dir = folder(args)?;
    let Read { records, hashes } = records(args)?;
    let mut wrong: Vec<String> = Vec::new();
    let mut said: Vec<String> = vec![format!("{} records have the hash that they state", records.len())];
    if let Some(dir) = &dir {
        let all = of_run(args).then_some(&hashes);
        let signed = chain(dir, &records, all, args, &mut wrong, &mut said)?;
        if args.key.is_some() && !signed {
            wrong.push("the run is not signed with this key".to_owned());
        }
    } else if args.key.is_some() {
        return Err(Stop::usage("--key needs the run's folder: add --run DIR"));
    }
    let mut differences: Vec<(String, Difference)> = Vec::new();
    let mut compared = 0;
    if !args.hashes_only {
        let Some(dir) = &dir else {
            return Err(Stop::usage(
                "to make a record again, the run's folder with its run.json is needed, and the plots, policy, figures and \
                 catalogue of the run: add --run DIR; or ask for the hashes only, with --hashes-only",
            ));
        };
        let erased = store::read_erased(dir).map_err(|e| Stop::failed(e.to_string()))?;
        let redacted = |r: &EligibilityRecord| {
            erased.iter().any(|e| e.replaced_by.as_deref() == Some(r.record_sha256.as_str()))
        };
        let wanted = if of_run(args) && args.id.is_empty() { Wanted::All } else { Wanted::These };
        let mut made = again::make(&args.sources, dir, &records, wanted.clone())?;
        for record in &records {
            let again = made.remove(&record.input_position);
            if redacted(record) {
                said.push(format!(
                    "{}: not compared, because mentions of an erased plot were taken out",
                    record.id
                ));
                continue;
            }
            match again {
                Some(again) => {
                    compared += 1;
                    match record::difference(record, &again) {
                        Some(difference) => differences.push((record.id.clone(), difference)),
                        None => said.push(format!("{}: identical", record.id)),
                    }
                }
                None => wrong.push(format!("{}: the plots no longer hold this plot", record.id)),
            }
        }
        if wanted == Wanted::All {
            left_out(&made, &erased, &mut wrong);
        }
    }
    for (id, d) in &differences {
        wrong.push(format!(
            "{id}: differs, first in {}: the record says {}, made again it is {} ({} columns differ)",
            d.field,
            short(&d.stated),
            short(&d.computed),
            d.columns
        ));
    }
    if args.json {
        let first = differences
            .iter()
            .map(|(id, d)| json!({ "id": id, "field": d.field, "stated": d.stated, "computed": d.computed }));
        let summary = json!({
            "records": records.len(),
            "compared": compared,
            "identical": wrong.is_empty() && compared > 0,
            "differences": first.collect::<Vec<_>>(),
            "problems": wrong,
        });
        voice.result(&summary.to_string());
    } else {
        said.iter().for_each(|line| voice.result(line));
        if wrong.is_empty() && !args.hashes_only {
            voice.result(if compared > 0 { "identical" } else { "nothing could be compared" });
        }
    }
    if wrong.is_empty() { Ok(Ended::Done) } else { Err(Stop::failed(wrong.join("\n"))) }
}

/// Whether the records are read from the run's own file, so that one that is not there is missed.
fn of_run(args: &VerifyArgs) -> bool {
    let is_its_file = || {
        let named = args.record.file_name().is_some_and(|name| name == store::RECORDS_FILE);
        let beside = args.record.with_file_name(store::CHAIN_FILE).exists();
        named && beside && args.run.as_ref().is_none_or(|dir| args.record.parent() == Some(dir))
    };
    args.record.is_dir() || is_its_file()
}

/// Features of the input that have no record in the run's folder, and were not erased from it.
fn left_out(made: &BTreeMap<u32, EligibilityRecord>, erased: &[store::Erased], wrong: &mut Vec<String>) {
    let gone = |at: u32| erased.iter().any(|e| e.replaced_by.is_none() && e.position == at as usize);
    for (at, record) in made.iter().filter(|(at, _)| !gone(**at)) {
        wrong.push(format!(
            "{}: the plots hold it as number {}, but the run has no record of it: records were taken out",
            record.id,
            at + 1
        ));
    }
}

/// The run's folder, where it can be told.
fn folder(args: &VerifyArgs) -> Result<Option<PathBuf>, Stop> {
    if let Some(dir) = &args.run {
        return Ok(Some(dir.clone()));
    }
    let near = if args.record.is_dir() { Some(args.record.as_path()) } else { args.record.parent() };
    Ok(near.filter(|dir| dir.join(store::MANIFEST_FILE).exists()).map(Path::to_owned))
}

/// The records asked about, and the hashes of all that the file holds.
struct Read {
    records: Vec<EligibilityRecord>,
    hashes: BTreeSet<String>,
}

/// Reads the records; each has the hash that it states.
fn records(args: &VerifyArgs) -> Result<Read, Stop> {
    let path = if args.record.is_dir() { args.record.join(store::RECORDS_FILE) } else { args.record.clone() };
    let shown = path.display();
    let text =
        std::fs::read_to_string(&path).map_err(|e| Stop::usage(format!("cannot read {shown}: {e}")))?;
    let whole = [text.as_str()];
    let one = serde_json::from_str::<EligibilityRecord>(&text).is_ok();
    let lines: Vec<&str> = if one { whole.to_vec() } else { text.lines().collect() };
    let (mut records, mut hashes) = (Vec::new(), BTreeSet::new());
    for (n, line) in lines.into_iter().enumerate().filter(|(_, l)| !l.trim().is_empty()) {
        let record: EligibilityRecord = serde_json::from_str(line)
            .map_err(|e| Stop::failed(format!("{shown} line {}: not a record of this schema: {e}", n + 1)))?;
        record::verify(line)
            .map_err(|e| Stop::failed(format!("{shown} line {}: {}: {e}", n + 1, record.id)))?;
        hashes.insert(record.record_sha256.clone());
        if args.id.is_empty() || args.id.contains(&record.id) {
            records.push(record);
        }
    }
    let lacking: Vec<&str> = (args.id.iter().map(String::as_str))
        .filter(|id| records.iter().all(|r: &EligibilityRecord| r.id != **id))
        .collect();
    if !lacking.is_empty() {
        return Err(Stop::failed(format!("{shown} holds no record of plot {}", lacking.join(", "))));
    }
    if records.is_empty() {
        return Err(Stop::usage(format!("{shown} holds no record")));
    }
    Ok(Read { records, hashes })
}

/// Chain and signature of the run, and whether a link has no record among all that the run's file holds; whether the signature is that of the key asked for.
fn chain(
    dir: &Path,
    records: &[EligibilityRecord],
    all: Option<&BTreeSet<String>>,
    args: &VerifyArgs,
    wrong: &mut Vec<String>,
    said: &mut Vec<String>,
) -> Result<bool, Stop> {
    let failed = |e: store::Error| Stop::failed(e.to_string());
    let links = store::read_chain(dir).map_err(failed)?;
    let linked = record::chain(links.iter().map(|l| l.record_sha256.as_str()));
    if links.iter().zip(&linked).any(|(link, hash)| link.chain_sha256 != *hash) {
        wrong.push(
            "the chain of the run is broken: a record was changed, moved, added or left out".to_owned(),
        );
    }
    let erased = store::read_erased(dir).map_err(failed)?;
    let stands = |hash: &str| erased.iter().find(|e| e.replaced_by.as_deref() == Some(hash));
    let gone = |hash: &str| erased.iter().any(|e| e.replaced_by.is_none() && e.record_sha256 == hash);
    let known: BTreeSet<&str> = links.iter().map(|l| l.record_sha256.as_str()).collect();
    for r in records.iter().filter(|r| !known.contains(r.record_sha256.as_str())) {
        match stands(&r.record_sha256).filter(|e| known.contains(e.record_sha256.as_str())) {
            Some(e) => said.push(format!(
                "{}: changed on {} to erase mentions of another plot; the chain has the hash it had before",
                r.id, e.erased_on
            )),
            None => wrong.push(format!("{}: the record is not in the chain of the run", r.id)),
        }
    }
    for r in records.iter().filter(|r| gone(&r.record_sha256)) {
        wrong.push(format!("{}: its erasure was cut off; run croplens erase again", r.id));
    }
    if let Some(here) = all {
        for link in links.iter().filter(|l| !here.contains(&l.record_sha256)) {
            match erased.iter().find(|e| e.record_sha256 == link.record_sha256) {
                Some(e) if e.replaced_by.is_none() => {
                    said.push(format!("record {} of the run: erased on {}", link.position + 1, e.erased_on));
                }
                Some(e) if e.replaced_by.as_ref().is_some_and(|hash| here.contains(hash)) => {}
                _ => wrong.push(format!(
                    "record {} of the run is missing, and is not among the erased",
                    link.position + 1
                )),
            }
        }
        if here.len() > links.len() {
            wrong.push(format!("the chain has {} records, the run's file {}", links.len(), here.len()));
        }
        let manifest = store::read_manifest(dir).map_err(failed)?;
        if let Some(total) = manifest.map(|m| m.plots.total).filter(|total| *total != links.len() as u64) {
            wrong.push(format!("run.json tells of {total} records, the chain has {}", links.len()));
        }
    }
    if wrong.is_empty() {
        said.push(format!("the chain of {} records is whole", links.len()));
    }
    let Some(signature) = store::read_signature(dir).map_err(failed)? else { return Ok(false) };
    let end = linked.last().cloned().unwrap_or_default();
    let key = args.key.as_deref().map(sign::read_public).transpose()?;
    match sign::check(&signature, &end, key.as_deref()) {
        Ok(()) => {
            said.push(format!("signed with the key {}", signature.public_key));
            Ok(key.is_some())
        }
        Err(problem) => {
            wrong.push(problem);
            Ok(true)
        }
    }
}

fn short(text: &str) -> String {
    const MOST: usize = 120;
    if text.chars().count() <= MOST {
        text.to_owned()
    } else {
        text.chars().take(MOST).chain(['…']).collect()
    }
}
