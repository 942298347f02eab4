//! The papers of a plot: which files they are, whose record they belong to, and how they go.
//!
//! The report is written last and names the hash of its record, so by it a whole folder is told: its papers are those
//! of the record with this hash, or they are stale.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use crate::record::EligibilityRecord;
use crate::store::atomic::remove_stale;
use crate::store::error::Error;
use crate::store::folder::plot_folder;

/// Folder of the plots' papers inside an output folder.
const PLOTS_FOLDER: &str = "plots";
/// The paper that is written last.
pub(super) const REPORT: &str = "report.html";

/// Files that a run writes into a plot's folder, in the order in which they are listed.
pub(super) const PAPERS: [&str; 10] = [
    REPORT,
    "report.zh.html",
    "series.svg",
    "phase_early.png",
    "phase_full.png",
    "phase_ripening.png",
    "ndvi.png",
    "ndvi.tif",
    "ndvi.qml",
    "ndvi.json",
];

/// The folder of a plot's papers, inside an output folder.
pub fn papers_folder(out: &Path, id: &str) -> PathBuf {
    out.join(PLOTS_FOLDER).join(plot_folder(id))
}

/// What lies in the folder of a record's plot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PapersSeen {
    /// No paper.
    None,
    /// The papers of this record.
    Own,
    /// Papers of another record, or papers that were cut off.
    Others,
}

/// Whose papers lie in the folder of a record's plot.
///
/// # Errors
/// [`Error::Io`] when a file that is there cannot be read.
pub fn papers_seen(out: &Path, record: &EligibilityRecord) -> Result<PapersSeen, Error> {
    let folder = papers_folder(out, &record.id);
    let report = folder.join(REPORT);
    match std::fs::read(&report) {
        Ok(text) => {
            Ok(if names(&text, &record.record_sha256) { PapersSeen::Own } else { PapersSeen::Others })
        }
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            let some = PAPERS.iter().any(|name| folder.join(name).exists());
            Ok(if some { PapersSeen::Others } else { PapersSeen::None })
        }
        Err(e) => Err(Error::io("read", &report)(e)),
    }
}

fn names(text: &[u8], hash: &str) -> bool {
    String::from_utf8_lossy(text).contains(hash)
}

/// Removes the papers from a folder; what somebody else put there stays, and the folder with it. Tells whether there
/// were any.
///
/// # Errors
/// [`Error::Io`] when the file system refuses.
pub fn remove_papers(folder: &Path) -> Result<bool, Error> {
    let mut some = false;
    // The report goes first: what is left of a removal that was cut off must not pass for a whole folder.
    for name in PAPERS {
        let path = folder.join(name);
        some |= path.exists();
        remove_stale(&path)?;
    }
    // A folder that is not empty is not removed, as it should be.
    let _ = std::fs::remove_dir(folder);
    Ok(some)
}

/// The plots' folders of an output folder, those that belong to no record of the run to be found.
#[derive(Debug)]
pub(super) struct Sweep {
    out: PathBuf,
    /// Folder's name, and whether its papers are those of a record.
    folders: BTreeMap<String, bool>,
}

impl Sweep {
    /// Lists the folders.
    pub(super) fn of(out: &Path) -> Result<Sweep, Error> {
        let place = out.join(PLOTS_FOLDER);
        let mut folders = BTreeMap::new();
        match std::fs::read_dir(&place) {
            Ok(entries) => {
                for entry in entries {
                    let entry = entry.map_err(Error::io("list", &place))?;
                    // What file managers leave beside the plots' folders is none of ours.
                    if !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                        continue;
                    }
                    folders.insert(entry.file_name().to_string_lossy().into_owned(), false);
                }
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            Err(e) => return Err(Error::io("list", &place)(e)),
        }
        Ok(Sweep { out: out.to_owned(), folders })
    }

    /// Takes note of a record of the run.
    pub(super) fn note(&mut self, record: &EligibilityRecord) -> Result<(), Error> {
        if let Some(kept) = self.folders.get_mut(&plot_folder(&record.id)) {
            *kept |= papers_seen(&self.out, record)? == PapersSeen::Own;
        }
        Ok(())
    }

    /// Removes the papers that belong to no record; tells of how many plots, and what hindered it.
    pub(super) fn finish(self) -> (usize, Vec<Error>) {
        let stale = self.folders.iter().filter(|(_, kept)| !**kept);
        let mut done = (0, Vec::new());
        for (name, _) in stale {
            match remove_papers(&self.out.join(PLOTS_FOLDER).join(name)) {
                Ok(some) => done.0 += usize::from(some),
                Err(e) => done.1.push(e),
            }
        }
        done
    }
}
