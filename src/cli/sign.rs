//! `croplens sign`: an Ed25519 signature (RFC 8032) over the end of a run's chain.

use std::path::{Path, PathBuf};

use clap::Args;
use ring::rand::SystemRandom;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};

use crate::store::{self, SignatureFile};

use super::say::Voice;
use super::{Ended, Stop};

/// Arguments of `croplens sign`.
#[derive(Clone, Debug, Args)]
pub(super) struct SignArgs {
    /// Output folder of a run.
    #[arg(value_name = "DIR", required_unless_present = "new_key")]
    dir: Option<PathBuf>,
    /// Private key (PKCS#8, as --new-key writes it).
    #[arg(long, value_name = "FILE", required_unless_present = "new_key")]
    key: Option<PathBuf>,
    /// Make a key: the private one in this file, the public one beside it with the ending .pub.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["dir", "key"])]
    new_key: Option<PathBuf>,
}

/// Runs the verb.
pub(super) fn run(args: &SignArgs, voice: &Voice) -> Result<Ended, Stop> {
    if let Some(path) = &args.new_key {
        return new_key(path, voice);
    }
    let (Some(dir), Some(key)) = (&args.dir, &args.key) else {
        return Err(Stop::usage("name the run's folder and the key"));
    };
    let failed = |e: store::Error| Stop::failed(e.to_string());
    let bytes = std::fs::read(key).map_err(|e| Stop::usage(format!("cannot read {}: {e}", key.display())))?;
    let pair = Ed25519KeyPair::from_pkcs8(&bytes)
        .map_err(|_| Stop::usage(format!("{} is no Ed25519 key (PKCS#8 version 2)", key.display())))?;
    let links = store::read_chain(dir).map_err(failed)?;
    let hashes: Vec<&str> = links.iter().map(|l| l.record_sha256.as_str()).collect();
    let end = crate::record::chain(hashes).pop().ok_or_else(|| Stop::usage("the run has no record"))?;
    if links.last().is_some_and(|l| l.chain_sha256 != end) {
        return Err(Stop::failed("the chain of the run is broken; nothing was signed"));
    }
    let records = store::read_records(dir).map_err(failed)?;
    if store::chain_of(&records) != links {
        return Err(Stop::failed("the records are not those of the chain; nothing was signed"));
    }
    let signature = SignatureFile {
        algorithm: "Ed25519".to_owned(),
        public_key: hex(pair.public_key().as_ref()),
        signature: hex(pair.sign(end.as_bytes()).as_ref()),
        chain_sha256: end,
    };
    store::write_signature(dir, &signature).map_err(failed)?;
    voice.note(&format!("signed {} records with the key {}", records.len(), signature.public_key));
    Ok(Ended::Done)
}

fn new_key(path: &Path, voice: &Voice) -> Result<Ended, Stop> {
    if path.exists() {
        return Err(Stop::usage(format!("{} exists; a key is never overwritten", path.display())));
    }
    let failed = |what: &str| Stop::failed(format!("cannot make a key: {what}"));
    let document =
        Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).map_err(|e| failed(&e.to_string()))?;
    let pair = Ed25519KeyPair::from_pkcs8(document.as_ref()).map_err(|e| failed(&e.to_string()))?;
    let public = path.with_added_extension("pub");
    private_file(path, document.as_ref()).map_err(|e| failed(&e.to_string()))?;
    std::fs::write(&public, format!("{}\n", hex(pair.public_key().as_ref())))
        .map_err(|e| failed(&e.to_string()))?;
    voice.note(&format!("private key {}, public key {}", path.display(), public.display()));
    Ok(Ended::Done)
}

/// A file that only its owner can read, where the system knows owners.
fn private_file(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    std::io::Write::write_all(&mut options.open(path)?, bytes)
}

/// A public key file: 64 hex digits.
pub(super) fn read_public(path: &Path) -> Result<String, Stop> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|e| Stop::usage(format!("cannot read {shown}: {e}")))?;
    let key = text.trim().to_ascii_lowercase();
    match unhex(&key) {
        Some(bytes) if bytes.len() == 32 => Ok(key),
        _ => Err(Stop::usage(format!("{shown} is no public key: 64 hex digits are expected"))),
    }
}

/// Whether a signature is right, for this chain, and by this key where one is asked for.
pub(super) fn check(signature: &SignatureFile, chain_end: &str, key: Option<&str>) -> Result<(), String> {
    if signature.chain_sha256 != chain_end {
        return Err("the signature is for another chain than that of the run".to_owned());
    }
    if key.is_some_and(|key| key != signature.public_key) {
        return Err(format!("the run is signed with another key, {}", signature.public_key));
    }
    let parts = unhex(&signature.public_key).zip(unhex(&signature.signature));
    let right = parts.is_some_and(|(public, bytes)| {
        UnparsedPublicKey::new(&ED25519, public).verify(chain_end.as_bytes(), &bytes).is_ok()
    });
    if right && signature.algorithm == "Ed25519" { Ok(()) } else { Err("the signature is wrong".to_owned()) }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}
