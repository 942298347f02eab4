//! `chain.jsonl`: the hash of every record of a run in order, each linked to the one before. And the signature.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::record::{EligibilityRecord, chain};
use crate::store::atomic::write_whole;
use crate::store::error::Error;

/// Name of the chain in an output folder.
pub const CHAIN_FILE: &str = "chain.jsonl";
/// Name of the signature in an output folder.
pub const SIGNATURE_FILE: &str = "signature.json";

/// One link. It names no plot, so that it can stay when a plot is erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainLink {
    /// Position in `records.jsonl`, from 0.
    pub position: usize,
    /// Hash of the record, hex.
    pub record_sha256: String,
    /// Hash of the link before and of the record's hash, hex.
    pub chain_sha256: String,
}

/// A signature over the last link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignatureFile {
    /// `Ed25519`.
    pub algorithm: String,
    /// Last link of the chain, hex: what is signed, as text.
    pub chain_sha256: String,
    /// Public key, hex.
    pub public_key: String,
    /// Signature, hex.
    pub signature: String,
}

/// The chain of these records.
pub fn chain_of(records: &[EligibilityRecord]) -> Vec<ChainLink> {
    let links = chain(records.iter().map(|r| r.record_sha256.as_str()));
    let made = records.iter().zip(links).enumerate();
    made.map(|(position, (record, chain_sha256))| ChainLink {
        position,
        record_sha256: record.record_sha256.clone(),
        chain_sha256,
    })
    .collect()
}

/// Writes the chain.
///
/// # Errors
/// [`Error::Io`] or [`Error::Json`].
pub fn write_chain(dir: &Path, records: &[EligibilityRecord]) -> Result<(), Error> {
    let path = dir.join(CHAIN_FILE);
    let mut text = String::new();
    for link in chain_of(records) {
        let line =
            serde_json::to_string(&link).map_err(|source| Error::Json { path: path.clone(), source })?;
        text.push_str(&line);
        text.push('\n');
    }
    write_whole(&path, text.as_bytes())
}

/// Reads the chain.
///
/// # Errors
/// [`Error::Io`], or [`Error::Foreign`] for a line that is no link.
pub fn read_chain(dir: &Path) -> Result<Vec<ChainLink>, Error> {
    let path = dir.join(CHAIN_FILE);
    let text = std::fs::read_to_string(&path).map_err(Error::io("read", &path))?;
    let line = |(n, line): (usize, &str)| {
        serde_json::from_str(line).map_err(|e| Error::foreign(&path, format!("line {}: {e}", n + 1)))
    };
    text.lines().enumerate().map(line).collect()
}

/// Writes the signature.
///
/// # Errors
/// [`Error::Io`] or [`Error::Json`].
pub fn write_signature(dir: &Path, signature: &SignatureFile) -> Result<(), Error> {
    let path = dir.join(SIGNATURE_FILE);
    let text = serde_json::to_string_pretty(signature)
        .map_err(|source| Error::Json { path: path.clone(), source })?;
    write_whole(&path, format!("{text}\n").as_bytes())
}

/// Reads the signature; `None` where there is none.
///
/// # Errors
/// [`Error::Io`], or [`Error::Foreign`] for a file that is no signature.
pub fn read_signature(dir: &Path) -> Result<Option<SignatureFile>, Error> {
    let path = dir.join(SIGNATURE_FILE);
    if !path.exists() {
        return Ok(None);
    }
    let text = std::fs::read_to_string(&path).map_err(Error::io("read", &path))?;
    serde_json::from_str(&text).map(Some).map_err(|e| Error::foreign(&path, e.to_string()))
}
