//! A folder beside the results in which files are made before anybody may see them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::store::error::Error;
use crate::store::plot_papers::{PAPERS, REPORT, papers_folder, remove_papers};

/// A folder in an output folder, hidden, and gone when this is dropped.
#[derive(Debug)]
pub struct Aside {
    out: PathBuf,
    path: PathBuf,
}

impl Aside {
    /// Makes an empty one.
    ///
    /// # Errors
    /// [`Error::Io`] when the folder cannot be made.
    pub fn in_folder(out: &Path) -> Result<Aside, Error> {
        let mut number = 0;
        loop {
            // The ending is that of files cut off: the next run, and an erasure, clear away what a crash leaves. In a
            // container the next process may have the number of the one that crashed.
            let path = out.join(format!(".aside.{}-{number}.partial", std::process::id()));
            match fs::create_dir(&path) {
                Ok(()) => return Ok(Aside { out: out.to_owned(), path }),
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => number += 1,
                Err(e) => return Err(Error::io("create the folder", &path)(e)),
            }
        }
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Puts a plot's papers in their place, instead of older ones, and says where; `None` where none were made.
    ///
    /// # Errors
    /// [`Error::Io`] when the file system refuses.
    pub fn settle(&self, id: &str) -> Result<Option<PathBuf>, Error> {
        let (made, target) = (papers_folder(&self.path, id), papers_folder(&self.out, id));
        if !made.join(REPORT).exists() {
            return Ok(None);
        }
        remove_papers(&target)?;
        fs::create_dir_all(&target).map_err(Error::io("create the folder", &target))?;
        // The report last: with it the folder is whole.
        for name in PAPERS.iter().rev() {
            let to = target.join(name);
            match fs::rename(made.join(name), &to) {
                Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(Error::io("write", &to)(e)),
                _ => {}
            }
        }
        Ok(Some(target))
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_process_of_the_same_number_left_is_no_hindrance_and_older_papers_go() {
        let out = tempfile::tempdir().unwrap();
        let left = out.path().join(format!(".aside.{}-0.partial", std::process::id()));
        fs::create_dir(&left).unwrap();
        let aside = Aside::in_folder(out.path()).unwrap();
        assert_ne!(aside.path(), left);
        let (made, place) = (papers_folder(aside.path(), "P 1"), papers_folder(out.path(), "P 1"));
        for folder in [&made, &place] {
            fs::create_dir_all(folder).unwrap();
        }
        fs::write(place.join("phase_full.png"), "old").unwrap();
        assert_eq!(aside.settle("P 1").unwrap(), None, "without a report there are no papers");
        assert!(place.join("phase_full.png").exists());
        fs::write(made.join(REPORT), "new").unwrap();
        assert_eq!(aside.settle("P 1").unwrap(), Some(place.clone()));
        let names: Vec<_> = fs::read_dir(&place).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(names, [REPORT]);
    }
}
