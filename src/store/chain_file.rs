//! `chain.jsonl`: the hash of every record of a run in order, each linked to the one before. And the signature.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::record::{EligibilityRecord, Links, chain};
use crate::store::atomic::{AtomicFile, write_whole};
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

/// `chain.jsonl` in the making, link by link.
#[derive(Debug)]
pub(super) struct ChainFile {
    path: PathBuf,
    file: AtomicFile,
    links: Links,
    position: usize,
}

impl ChainFile {
    pub(super) fn create(dir: &Path) -> Result<ChainFile, Error> {
        let path = dir.join(CHAIN_FILE);
        Ok(ChainFile { file: AtomicFile::create(&path)?, path, links: Links::default(), position: 0 })
    }

    /// Adds a record; the end of the chain then, hex.
    pub(super) fn push(&mut self, record_sha256: &str) -> Result<String, Error> {
        let link = ChainLink {
            position: self.position,
            record_sha256: record_sha256.to_owned(),
            chain_sha256: self.links.link(record_sha256),
        };
        self.position += 1;
        let line =
            serde_json::to_string(&link).map_err(|source| Error::Json { path: self.path.clone(), source })?;
        self.file.write_all(line.as_bytes()).map_err(Error::io("write", &self.path))?;
        self.file.write_all(b"\n").map_err(Error::io("write", &self.path))?;
        Ok(link.chain_sha256)
    }

    pub(super) fn finish(self) -> Result<(), Error> {
        self.file.commit()
    }
}

/// Writes the chain.
///
/// # Errors
/// [`Error::Io`] or [`Error::Json`].
pub fn write_chain(dir: &Path, records: &[EligibilityRecord]) -> Result<(), Error> {
    let mut file = ChainFile::create(dir)?;
    for record in records {
        file.push(&record.record_sha256)?;
    }
    file.finish()
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
