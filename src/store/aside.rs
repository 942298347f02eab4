//! A folder beside the results in which files are made before anybody may see them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::store::error::Error;
use crate::store::folder::plot_folder;

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
        // The ending is that of files cut off: the next run clears away what a crash leaves.
        let path = out.join(format!(".aside.{}.partial", std::process::id()));
        fs::create_dir(&path).map_err(Error::io("create the folder", &path))?;
        Ok(Aside { out: out.to_owned(), path })
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Puts a plot's papers in their place, over older ones, and says where; `None` where none were made.
    ///
    /// # Errors
    /// [`Error::Io`] when the file system refuses.
    pub fn settle(&self, id: &str) -> Result<Option<PathBuf>, Error> {
        let place = Path::new("plots").join(plot_folder(id));
        let (made, target) = (self.path.join(&place), self.out.join(&place));
        let entries = match fs::read_dir(&made) {
            Ok(entries) => entries,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(Error::io("list", &made)(e)),
        };
        fs::create_dir_all(&target).map_err(Error::io("create the folder", &target))?;
        for entry in entries {
            let entry = entry.map_err(Error::io("list", &made))?;
            let to = target.join(entry.file_name());
            fs::rename(entry.path(), &to).map_err(Error::io("write", &to))?;
        }
        Ok(Some(target))
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}
