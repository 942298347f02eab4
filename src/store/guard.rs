//! One at a time: whoever changes what a finished run's folder holds, and whoever adds papers to it.

use std::fs::{File, TryLockError};
use std::path::Path;

use crate::store::error::Error;
use crate::store::finished::{RECORDS_FILE, open_records};

/// A hold on an output folder, until it is dropped. Held is `records.jsonl` as it was when the hold was asked for, so
/// read the records after it was given. A file system without locks gives it to everybody.
#[derive(Debug)]
pub struct Hold {
    _file: File,
}

impl Hold {
    /// Waits until nobody else holds the folder.
    ///
    /// # Errors
    /// [`Error::Io`] when the records cannot be opened.
    pub fn on(out: &Path) -> Result<Hold, Error> {
        let path = out.join(RECORDS_FILE);
        let file = open_records(out)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => file.lock().map_err(Error::io("lock", &path))?,
            Err(TryLockError::Error(e)) => tracing::debug!("no lock on {}: {e}", path.display()),
        }
        Ok(Hold { _file: file })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_comes_second_waits_and_reads_what_the_first_left() {
        let out = tempfile::tempdir().unwrap();
        let path = out.path().join(RECORDS_FILE);
        std::fs::write(&path, "before").unwrap();
        let first = Hold::on(out.path()).unwrap();
        std::thread::scope(|scope| {
            let second = scope.spawn(|| {
                let _hold = Hold::on(out.path()).unwrap();
                std::fs::read_to_string(&path).unwrap()
            });
            // Written anew under another name, as every file of the folder is.
            crate::store::write_whole(&path, b"after").unwrap();
            drop(first);
            assert_eq!(second.join().unwrap(), "after");
        });
        assert!(matches!(Hold::on(&out.path().join("none")), Err(Error::NoRun { .. })));
    }
}
