//! What can go wrong when results are written or read back.

use std::path::{Path, PathBuf};

/// A result could not be written, or an earlier one could not be read back.
///
/// A failed write leaves the earlier file (or no file) in place, never half a file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file system refused.
    #[error(
        "cannot {doing} {path}: {source}. Check free space and permissions of that folder, then run again"
    )]
    Io {
        /// `write`, `read`, `create the folder`.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The name of the output does not tell its format.
    #[error("cannot tell the format of {path} by its ending: use .csv or .parquet")]
    UnknownFormat {
        /// The file.
        path: PathBuf,
    },
    /// A table could not be encoded or decoded.
    #[error("cannot {doing} table {path}: {source}")]
    Table {
        /// `write` or `read`.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the Parquet library said.
        #[source]
        source: parquet::errors::ParquetError,
    },
    /// An earlier result is not what croplens writes.
    #[error(
        "{path} is not a file that this version of croplens wrote ({what}). Choose another folder or remove the file"
    )]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What was found, with the line or column.
        what: String,
    },
    /// A file of the register is not as it was written. To remove it would be to lose its pledges.
    #[error(
        "{path} is not as croplens wrote it ({what}), and plots pledged in it would not be found. Bring the file back from \
         a copy, or from the runs that were entered there"
    )]
    Register {
        /// The file.
        path: PathBuf,
        /// What was found, with the line.
        what: String,
    },
    /// The folder named as the register is none.
    #[error("{path} is not a folder, so it cannot be a register of pledged plots")]
    NoFolder {
        /// What was named.
        path: PathBuf,
    },
    /// The folder is not that of a run.
    #[error("{dir} is not the output folder of a run: it holds no records.jsonl")]
    NoRun {
        /// What was named.
        dir: PathBuf,
    },
    /// The papers in a plot's folder were not made with its record.
    #[error(
        "the papers in {folder} are not those of the record of plot {id}: another run made them, or was cut off. Make \
         them anew with `croplens papers {id} --in DIR`"
    )]
    StalePapers {
        /// Plot.
        id: String,
        /// The plot's folder.
        folder: PathBuf,
    },
    /// A value could not be written as JSON.
    #[error("cannot write {path} as JSON: {source}")]
    Json {
        /// The file.
        path: PathBuf,
        /// What the JSON library said.
        #[source]
        source: serde_json::Error,
    },
    /// The NDVI picture of a plot could not be encoded.
    #[error("cannot write NDVI raster {path}: {what}")]
    Raster {
        /// The file.
        path: PathBuf,
        /// What was wrong.
        what: String,
        /// What GDAL said.
        #[source]
        source: Option<gdal::errors::GdalError>,
    },
}

impl Error {
    pub(super) fn io(doing: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Error {
        let path = path.to_owned();
        move |source| Error::Io { doing, path, source }
    }

    pub(super) fn table(
        doing: &'static str,
        path: &Path,
    ) -> impl FnOnce(parquet::errors::ParquetError) -> Error {
        let path = path.to_owned();
        move |source| Error::Table { doing, path, source }
    }

    pub(super) fn foreign(path: &Path, what: impl Into<String>) -> Error {
        Error::Foreign { path: path.to_owned(), what: what.into() }
    }
}
