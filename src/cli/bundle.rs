//! `croplens bundle`: everything behind one record in one file that needs no server.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::lending::Policy;
use crate::record::{EligibilityRecord, Status};
use crate::store::{self, BundleParts};

use super::say::Voice;
use super::{Ended, Stop};

/// Documents that belong to every bundle.
const DOCUMENTS: [(&str, &str); 3] = [
    ("model-card.md", include_str!("../../docs/model-card.md")),
    ("methods.md", include_str!("../../docs/methods.md")),
    ("record.md", include_str!("../../docs/record.md")),
];

/// Arguments of `croplens bundle`.
#[derive(Clone, Debug, Args)]
pub(super) struct BundleArgs {
    /// The plot.
    #[arg(value_name = "ID")]
    id: String,
    /// Output folder of the run.
    #[arg(long = "in", value_name = "DIR")]
    dir: PathBuf,
    /// The bundle. Open index.html in it with a browser, or drop its layers into QGIS.
    #[arg(long, value_name = "FILE.zip")]
    out: PathBuf,
    /// The policy file, when it is no longer where the run read it.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
}

/// Runs the verb.
pub(super) fn run(args: &BundleArgs, voice: &Voice) -> Result<Ended, Stop> {
    let records = store::read_records(&args.dir).map_err(|e| Stop::usage(e.to_string()))?;
    let named: Vec<&EligibilityRecord> = records.iter().filter(|r| r.id == args.id).collect();
    // Of features with one id only one can be used; the others have a record that says so.
    let record = named.iter().find(|r| r.status != Status::NotAppraised).or(named.first());
    let record = *record
        .ok_or_else(|| Stop::usage(format!("{} holds no record of plot {}", args.dir.display(), args.id)))?;
    if named.len() > 1 {
        voice.note(&format!(
            "note: {} features of the input are named {}; this is number {} of the input",
            named.len(),
            args.id,
            record.input_position + 1
        ));
    }
    let policy = policy(args, record)?;
    if policy.is_none() {
        voice.note("note: the policy is no longer where the run read it, and is not in the bundle; name it with --policy");
    }
    let parts = BundleParts { policy: policy.as_deref(), documents: &DOCUMENTS };
    let bytes = store::bundle(&args.dir, record, &parts).map_err(|e| Stop::failed(e.to_string()))?;
    let is_zip = |there: Vec<u8>| there.starts_with(b"PK") || there.is_empty();
    if std::fs::read(&args.out).is_ok_and(|there| !is_zip(there)) {
        return Err(Stop::usage(format!(
            "{} is there already and is no bundle: name another file",
            args.out.display()
        )));
    }
    store::write_whole(&args.out, &bytes).map_err(|e| Stop::failed(e.to_string()))?;
    voice.note(&format!(
        "{} ({:.1} MB): open index.html in it",
        args.out.display(),
        bytes.len() as f64 / 1e6
    ));
    Ok(Ended::Done)
}

/// The policy in its resolved form, if it is the one that the record was made with.
fn policy(args: &BundleArgs, record: &EligibilityRecord) -> Result<Option<String>, Stop> {
    let manifest = store::read_manifest(&args.dir).map_err(|e| Stop::failed(e.to_string()))?;
    let used = manifest.and_then(|m| m.policy);
    let name = used.as_ref().map(|u| PathBuf::from(u.path.as_ref().unwrap_or(&u.name)));
    let Some(name) = args.policy.clone().or(name) else { return Ok(None) };
    let found: Option<Policy> = match super::appraise::policy(Some(Path::new(&name))) {
        Ok(policy) => Some(policy),
        Err(stop) if args.policy.is_some() => return Err(stop),
        Err(_) => None,
    };
    let same = |p: &Policy| record.policy_sha256.as_deref() == Some(p.sha256().as_str());
    match found {
        Some(policy) if same(&policy) => toml::to_string(&policy)
            .map(Some)
            .map_err(|e| Stop::failed(format!("the policy cannot be written: {e}"))),
        Some(_) if args.policy.is_some() => {
            Err(Stop::usage(format!("{} is not the policy that the record was made with", name.display())))
        }
        _ => Ok(None),
    }
}
