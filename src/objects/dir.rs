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
        if version_of(&file.metadata().map_err(Cause::Late)?) != *version {
            return Err(Cause::Changed);
        }
        read.map_err(Cause::Late)?;
        count.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        Ok(())
    }
}

/// Opens a file for ranges that are read later, off the async threads, and tells the system that runs of it will be
/// needed soon. `None` where anything is in the way (reading at once says what), and for a file that does not lie on a
/// disk of this machine: a server can keep a thread waiting for ever, and is read with patience and a time limit.
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
        if !is_local(&file) {
            return None;
        }
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

/// Whether a file lies on a disk or in the memory of this machine, by the kind of its file system.
#[cfg(target_os = "linux")]
fn is_local(file: &File) -> bool {
    rustix::fs::fstatfs(file).is_ok_and(|facts| LOCAL.contains(&(facts.f_type as u32)))
}

#[cfg(not(target_os = "linux"))]
fn is_local(_: &File) -> bool {
    false
}

/// File systems that no server is behind: ext2 to ext4, XFS, Btrfs, F2FS, ZFS, tmpfs, ramfs, and the layers of containers.
/// Source: linux/magic.h; for ZFS, its own `ZFS_SUPER_MAGIC`.
#[cfg(target_os = "linux")]
const LOCAL: [u32; 8] =
    [0xef53, 0x5846_5342, 0x9123_683e, 0xf2f5_2010, 0x2fc1_2fc1, 0x0102_1994, 0x8584_58f6, 0x794c_7630];

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
    (&file).take(end - wanted.start).read_to_end(bytes).map_err(cause)?;
    // A file that was written to while it was read may be half the one and half the other.
    if version_of(&file.metadata().map_err(cause)?) != version {
        return Err(Cause::Changed);
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_that_fails_when_it_is_needed_is_told_from_one_that_was_asked_with_patience() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.tif");
        std::fs::write(&path, [1; 100]).unwrap();
        // A handle that cannot be read from.
        let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
        let facts = file.metadata().unwrap();
        let (href, count) = (Href::File(path), Arc::new(AtomicU64::new(0)));
        let opened = Opened { href, file, version: version_of(&facts), len: 100, count: Arc::clone(&count) };
        let part = Arc::new(opened).part(&(10..30)).unwrap();
        let error = part.with(<[u8]>::len).unwrap_err();
        assert!(error.is_late() && error.is_transient() && !error.is_changed(), "{error}");
        assert!(error.to_string().contains("a.tif, bytes 10 to 30: the file cannot be read"), "{error}");
        assert_eq!(count.load(Ordering::Relaxed), 0);
        let error = crate::imagery::Error::from(error);
        assert!(error.is_worth_a_restart() && error.is_transient() && !error.is_of_no_use());
    }

    #[test]
    fn a_part_lies_inside_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.tif");
        std::fs::write(&path, [1; 100]).unwrap();
        let file = File::open(&path).unwrap();
        let version = version_of(&file.metadata().unwrap());
        let opened =
            Arc::new(Opened { href: Href::File(path), file, version, len: 100, count: Arc::default() });
        assert!(opened.part(&(0..101)).is_none() && opened.part(&Range { start: 9, end: 3 }).is_none());
        assert_eq!(opened.part(&(60..100)).unwrap().with(<[u8]>::to_vec).unwrap(), [1; 40]);
    }
}
