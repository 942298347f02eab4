//! What can go wrong while scenes are made.

use std::path::PathBuf;

/// Why scenes could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The request itself makes no sense.
    #[error("cannot simulate that: {0}")]
    Spec(String),
    /// The file system refused.
    #[error("cannot write {}", path.display())]
    Write {
        /// File or folder.
        path: PathBuf,
        /// Cause.
        #[source]
        source: std::io::Error,
    },
    /// GDAL refused.
    #[error("GDAL cannot write {}", path.display())]
    Raster {
        /// File.
        path: PathBuf,
        /// Cause.
        #[source]
        source: gdal::errors::GdalError,
    },
    /// A coordinate could not be projected.
    #[error("cannot convert a coordinate between UTM and longitude/latitude")]
    Projection(#[source] proj4rs::errors::Error),
    /// A value could not be written as JSON.
    #[error("cannot write {} as JSON", path.display())]
    Json {
        /// File.
        path: PathBuf,
        /// Cause.
        #[source]
        source: serde_json::Error,
    },
}
