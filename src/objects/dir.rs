//! Ranges of local files: read at once, or opened now and read by whoever needs the bytes.

use std::cell::RefCell;
use std::fs::{File, Metadata};
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::allow::Gate;
use super::error::{Cause, Error};
use super::href::Href;
use super::reply::{Progress, Version};

/// A range of a local file that was opened and is read by the thread that needs it: bytes that another core has
/// touched cost more to fetch than to read again.
#[derive(Clone, Debug)]
pub struct OnDisk {
    file: Arc<Opened>,
    range: Range<u64>,
}

/// A local file as it was opened.
#[derive(Debug)]
pub(super) struct Opened {
    href: Href,
    file: File,
    version: Version,
    len: u64,
    /// Bytes read so far, by whoever reads.
    count: Arc<AtomicU64>,
}

thread_local! {
    /// What a thread has read last.
    static READ: RefCell<Vec<u8>> = RefCell::default();
}

impl OnDisk {
    /// Bytes in the range.
    pub(super) fn len(&self) -> usize {
        usize::try_from(self.range.end - self.range.start).unwrap_or(usize::MAX)
    }

    /// Reads the bytes and hands them on; blocks the thread.
    pub(super) fn with<R>(&self, take: impl FnOnce(&[u8]) -> R) -> Result<R, Error> {
        let mut buffer = READ.take();
        if buffer.len() < self.len() {
            buffer.resize(self.len(), 0);
        }
        let bytes = buffer.get_mut(..self.len()).unwrap_or_default();
        let read = self.read(bytes);
        let taken = read.map(|()| take(bytes));
        READ.set(buffer);
        taken.map_err(|cause| Error::new(&self.file.href, self.range.clone(), 1, Duration::ZERO, cause))
    }

    fn read(&self, bytes: &mut [u8]) -> Result<(), Cause> {
        let Opened { file, version, count, .. } = self.file.as_ref();
        let read = file.read_exact_at(bytes, self.range.start);
        // Asked afterwards: a file that was written to while it was read is noticed too.
        if file.metadata().is_ok_and(|facts| version_of(&facts) != *version) {
            return Err(Cause::Changed);
        }
        read.map_err(Cause::Late)?;
        count.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        Ok(())
    }
}

/// Opens a file for ranges that are read later, off the async threads, and tells the system that runs of it will be
/// needed soon. `None` where anything is in the way: reading at once says what.
pub(super) async fn open(
    gate: &Gate,
    href: &Href,
    path: &Path,
    pinned: Option<Version>,
    runs: Vec<Range<u64>>,
    count: &Arc<AtomicU64>,
) -> Option<Arc<Opened>> {
    let (gate, href, path, count) = (gate.clone(), href.clone(), path.to_owned(), Arc::clone(count));
    let job = move || {
        let (file, facts) = open_now(&gate, &path).ok()?;
        let (version, len) = (version_of(&facts), facts.len());
        if pinned.is_some_and(|p| p != version) || runs.iter().any(|run| run.end > len) {
            return None;
        }
        runs.iter().for_each(|run| announce(&file, run));
        Some(Arc::new(Opened { href, file, version, len, count }))
    };
    tokio::task::spawn_blocking(job).await.ok().flatten()
}

impl Opened {
    /// A range of the file, if it has it.
    pub(super) fn part(self: &Arc<Opened>, range: &Range<u64>) -> Option<OnDisk> {
        let fits = range.start <= range.end && range.end <= self.len;
        fits.then(|| OnDisk { file: Arc::clone(self), range: range.clone() })
    }
}

/// Tells the system that a range will be read soon. A hint: nothing depends on it.
fn announce(file: &File, run: &Range<u64>) {
    #[cfg(target_os = "linux")]
    {
        let len = std::num::NonZeroU64::new(run.end.saturating_sub(run.start));
        let _ = rustix::fs::fadvise(file, run.start, len, rustix::fs::Advice::WillNeed);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (file, run);
}

/// Reads the bytes that `progress` still lacks, off the async threads.
pub(super) async fn read(gate: &Gate, path: &Path, progress: &mut Progress) -> Result<(), Cause> {
    let (gate, path) = (gate.clone(), path.to_owned());
    let (wanted, may_be_short) = (progress.wanted.clone(), progress.may_be_short);
    let pinned = progress.version.clone();
    // Made here and not on the blocking thread: each of those would keep memory of its own.
    let len = usize::try_from(wanted.end.saturating_sub(wanted.start)).unwrap_or(0);
    let mut bytes = Vec::with_capacity(len);
    let job = move || {
        let (version, len) = read_now(&gate, &path, wanted, may_be_short, pinned.as_ref(), &mut bytes)?;
        Ok::<_, Cause>((bytes, version, len))
    };
    let task = tokio::task::spawn_blocking(job).await;
    let (bytes, version, object_len) = task.map_err(|e| Cause::Client(Box::new(e)))??;
    progress.received += bytes.len() as u64;
    progress.whole = Some(bytes.into());
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
    let (mut file, facts) = open_now(gate, path)?;
    let version = version_of(&facts);
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

fn open_now(gate: &Gate, path: &Path) -> Result<(File, Metadata), Cause> {
    let path: PathBuf = gate.file(path).map_err(cause)?.map_err(Cause::Refused)?;
    let facts = std::fs::metadata(&path).map_err(cause)?;
    if !facts.is_file() {
        // A pipe or a device could block for ever.
        return Err(Cause::File(std::io::Error::new(std::io::ErrorKind::InvalidInput, "not a regular file")));
    }
    let file = File::open(&path).map_err(cause)?;
    let facts = file.metadata().map_err(cause)?;
    Ok((file, facts))
}

fn version_of(facts: &Metadata) -> Version {
    let state = format!("{}-{}.{:09}-{}", facts.len(), facts.mtime(), facts.mtime_nsec(), facts.ino());
    Version::of_state(&state)
}

fn cause(error: std::io::Error) -> Cause {
    match error.kind() {
        std::io::ErrorKind::NotFound => Cause::Missing,
        _ => Cause::File(error),
    }
}
