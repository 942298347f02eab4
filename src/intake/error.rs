//! Why a file as a whole cannot be read. A bad feature is never one of these.

use thiserror::Error;

/// The input as a whole is unusable; each message says what to do.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// More bytes than allowed.
    #[error("the plots file has {bytes} bytes; the limit is {limit}: split it into several files")]
    TooManyBytes {
        /// Size of the input.
        bytes: usize,
        /// [`super::Limits::max_bytes`].
        limit: usize,
    },
    /// More features than allowed.
    #[error("the plots file has more than {limit} features: split it into several files")]
    TooManyFeatures {
        /// [`super::Limits::max_features`].
        limit: usize,
    },
    /// Nothing, or white space only.
    #[error("the plots file is empty: expected a GeoJSON FeatureCollection, a Feature or a feature per line")]
    Empty,
    /// Another kind of file, told by its first bytes.
    #[error("the plots file is {kind}, not GeoJSON text: {advice}")]
    OtherFormat {
        /// What it is.
        kind: &'static str,
        /// What to do.
        advice: &'static str,
    },
    /// Bytes that are not UTF-8.
    #[error(
        "the plots file is not UTF-8 text (first wrong byte at offset {offset}): save it again with the \
         encoding UTF-8"
    )]
    NotUtf8 {
        /// Offset of the first byte that is not UTF-8.
        offset: usize,
    },
    /// The text ends before the JSON does.
    #[error(
        "the plots file breaks off at its end ({bytes} bytes read): it was cut short, fetch or export it again"
    )]
    Truncated {
        /// Size of the input.
        bytes: usize,
    },
    /// Not JSON.
    #[error("the plots file is not JSON (line {line}, column {column}): {what}")]
    NotJson {
        /// Line, from 1.
        line: usize,
        /// Column in bytes, from 1.
        column: usize,
        /// What is wrong there.
        what: String,
    },
    /// JSON, but not GeoJSON.
    #[error("the plots file is JSON but not GeoJSON: {what}")]
    NotGeoJson {
        /// What was found, what was expected.
        what: &'static str,
    },
    /// The same member twice in the outer object: two readings of the file would differ.
    #[error("the plots file names the member \"{name}\" twice in its outer object: keep one of them")]
    DuplicateMember {
        /// One of the member names of RFC 7946, or `a foreign member`.
        name: &'static str,
    },
    /// More than one document.
    #[error(
        "the plots file holds several documents one after the other: give one FeatureCollection, or one \
         Feature per line"
    )]
    SeveralDocuments,
}
