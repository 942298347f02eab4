//! What an earlier run left in the folder and does not belong to the records that stand in it now.

use std::path::Path;

use crate::store::atomic::remove_stale;
use crate::store::chain_file::{SIGNATURE_FILE, read_signature};
use crate::store::erase::{PORTFOLIO_FOLDER, remove_portfolio};
use crate::store::error::Error;
use crate::store::finished::{RECORDS_FILE, vouched_for};
use crate::store::plot_papers::Sweep;
use crate::store::run_manifest::read_manifest;

/// Removes stale papers, signature and portfolio; tells in sentences what went, and what could not be removed: that is
/// for a person to do, and no reason to lose a run.
pub(super) fn remove(out: &Path, chain_end: &str, sweep: Sweep) -> Vec<String> {
    let (papers, hindered) = sweep.finish();
    let mut told: Vec<String> = Vec::new();
    let mut left: Vec<Error> = hindered;
    let gone = |what: String| format!("removed from the folder: {what}");
    if papers > 0 {
        told.push(gone(format!(
            "the papers that an earlier run with other answers had made of {papers} plots"
        )));
    }
    let signature = out.join(SIGNATURE_FILE);
    let signed = || read_signature(out).is_ok_and(|s| s.is_some_and(|s| s.chain_sha256 == chain_end));
    if signature.exists() && !signed() {
        match remove_stale(&signature) {
            Ok(()) => {
                told.push(gone("the signature, which was for other records: sign the run again".to_owned()))
            }
            Err(e) => left.push(e),
        }
    }
    if out.join(PORTFOLIO_FOLDER).exists() && !same_records(out) {
        match remove_portfolio(out) {
            Ok(true) => {
                told.push(gone("the portfolio, which was of other records: make it again".to_owned()))
            }
            Ok(false) => {}
            Err(e) => left.push(e),
        }
    }
    told.extend(left.iter().map(|e| format!("left from an earlier run, remove it by hand: {e}")));
    told
}

/// Whether the records are those of the manifest, which is still the one of the run before.
fn same_records(out: &Path) -> bool {
    let earlier = read_manifest(out).ok().flatten();
    earlier.is_some_and(|manifest| vouched_for(out, &manifest, RECORDS_FILE).unwrap_or(false))
}
