//! Ranges of local files.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::allow::Gate;
use super::buffers::Buffers;
use super::error::Cause;
use super::reply::{Progress, Version};

/// Reads the bytes that `progress` still lacks, off the async threads.
pub(super) async fn read(
    gate: &Gate,
    buffers: &Buffers,
    path: &Path,
    progress: &mut Progress,
) -> Result<(), Cause> {
    let (gate, path) = (gate.clone(), path.to_owned());
    let (wanted, may_be_short) = (progress.wanted.clone(), progress.may_be_short);
    let pinned = progress.version.clone();
    // Made here and not on the blocking thread: each of those would keep memory of its own.
    let mut bytes = buffers.take(usize::try_from(wanted.end.saturating_sub(wanted.start)).unwrap_or(0));
    let job = move || {
        let (version, len) = read_now(&gate, &path, wanted, may_be_short, pinned.as_ref(), &mut bytes)?;
        Ok::<_, Cause>((bytes, version, len))
    };
    let task = tokio::task::spawn_blocking(job).await;
    let (bytes, version, object_len) = task.map_err(|e| Cause::Client(Box::new(e)))??;
    progress.received += bytes.len() as u64;
    progress.whole = Some(buffers.lend(bytes));
    progress.version = Some(version);
    progress.object_len = Some(object_len);
    Ok(())
}

fn read_now(
    gate: &Gate,
    path: &Path,
    wanted: std::ops::Range<u64>,
    may_be_short: bool,
    pinned: Option<&Version>,
    bytes: &mut Vec<u8>,
) -> Result<(Version, u64), Cause> {
    let path: PathBuf = gate.file(path).map_err(cause)?.map_err(Cause::Refused)?;
    let facts = std::fs::metadata(&path).map_err(cause)?;
    if !facts.is_file() {
        // A pipe or a device could block for ever.
        return Err(Cause::File(std::io::Error::new(std::io::ErrorKind::InvalidInput, "not a regular file")));
    }
    let mut file = File::open(&path).map_err(cause)?;
    let facts = file.metadata().map_err(cause)?;
    let state = format!("{}-{}.{:09}-{}", facts.len(), facts.mtime(), facts.mtime_nsec(), facts.ino());
    let version = Version::of_state(&state);
    if pinned.is_some_and(|p| *p != version) {
        return Err(Cause::Changed);
    }
    let end = wanted.end.min(facts.len());
    if end <= wanted.start || (end < wanted.end && !may_be_short) {
        return Err(Cause::BeyondEnd { object_len: Some(facts.len()) });
    }
    // Read into fresh memory that nobody has filled with zeros first.
    file.seek(SeekFrom::Start(wanted.start)).map_err(cause)?;
    file.take(end - wanted.start).read_to_end(bytes).map_err(cause)?;
    if bytes.len() as u64 != end - wanted.start {
        return Err(cause(std::io::ErrorKind::UnexpectedEof.into()));
    }
    Ok((version, facts.len()))
}

fn cause(error: std::io::Error) -> Cause {
    match error.kind() {
        std::io::ErrorKind::NotFound => Cause::Missing,
        _ => Cause::File(error),
    }
}
