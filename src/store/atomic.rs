//! A file that appears whole or not at all.
//!
//! Comes in: a path and bytes. Goes out: the file, after temporary name, fsync, rename and fsync of
//! the folder. Not here: what the bytes mean.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::store::error::Error;

/// Distinguishes temporary names within one process; never reaches an output.
static SEQUENCE: AtomicU64 = AtomicU64::new(0);

/// A file under a temporary name in its folder, until [`AtomicFile::commit`].
///
/// Dropped without commit, it is removed, and what stood at the path before stays.
#[derive(Debug)]
pub struct AtomicFile {
    target: PathBuf,
    temporary: PathBuf,
    writer: Option<BufWriter<File>>,
}

impl AtomicFile {
    /// Opens a temporary file beside `target`, making folders as needed.
    ///
    /// # Errors
    /// [`Error::Io`] when the folder or file cannot be made.
    pub fn create(target: &Path) -> Result<AtomicFile, Error> {
        let folder = parent(target);
        fs::create_dir_all(folder).map_err(Error::io("create the folder", folder))?;
        let mut name = OsString::from(".");
        name.push(target.file_name().unwrap_or_default());
        let sequence = SEQUENCE.fetch_add(1, Ordering::Relaxed);
        name.push(format!(".{}-{sequence}.partial", std::process::id()));
        let temporary = folder.join(name);
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .open(&temporary)
            .map_err(Error::io("write", target))?;
        Ok(AtomicFile { target: target.to_owned(), temporary, writer: Some(BufWriter::new(file)) })
    }

    /// Puts the file in place: flush, fsync, rename, fsync of the folder.
    ///
    /// # Errors
    /// [`Error::Io`]; the temporary file is removed then.
    pub fn commit(mut self) -> Result<(), Error> {
        let target = self.target.clone();
        self.finish().map_err(Error::io("write", &target))
    }

    fn finish(&mut self) -> io::Result<()> {
        let writer = self.writer.take().ok_or_else(closed)?;
        let file = writer.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        drop(file);
        fs::rename(&self.temporary, &self.target)?;
        // Without this a power cut may forget the rename though the data is safe.
        File::open(parent(&self.target))?.sync_all()
    }
}

impl Write for AtomicFile {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.writer.as_mut().ok_or_else(closed)?.write(buf)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.as_mut().ok_or_else(closed)?.flush()
    }
}

impl Drop for AtomicFile {
    fn drop(&mut self) {
        // After a commit there is nothing under this name and the call fails, as it should.
        let _ = fs::remove_file(&self.temporary);
    }
}

/// Removes what a run that was cut off left under temporary names in an output folder and its plots' folders.
///
/// # Errors
/// [`Error::Io`] when a folder cannot be listed.
pub fn remove_partials(out: &Path) -> Result<(), Error> {
    let list = |folder: &Path| -> Result<Vec<PathBuf>, Error> {
        match fs::read_dir(folder) {
            Ok(entries) => Ok(entries.flatten().map(|entry| entry.path()).collect()),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(e) => Err(Error::io("list", folder)(e)),
        }
    };
    let mut folders = vec![out.to_owned()];
    folders.extend(list(&out.join("plots"))?.into_iter().filter(|path| path.is_dir()));
    for folder in folders {
        for path in list(&folder)? {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.starts_with('.') && name.ends_with(".partial") {
                let gone = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
                gone.map_err(Error::io("remove", &path))?;
            }
        }
    }
    Ok(())
}

/// Writes `bytes` to `path`, whole or not at all.
///
/// # Errors
/// [`Error::Io`] when the file system refuses.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let mut file = AtomicFile::create(path)?;
    file.write_all(bytes).map_err(Error::io("write", path))?;
    file.commit()
}

/// Removes a file that an earlier run left and this one does not make; one that is not there is gone already.
///
/// # Errors
/// [`Error::Io`] when the file system refuses.
pub(super) fn remove_stale(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::io("remove", path)(error)),
        _ => Ok(()),
    }
}

fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

fn closed() -> io::Error {
    io::Error::other("the file is already closed")
}
