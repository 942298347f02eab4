//! What can go wrong between a search and its answer. An item that cannot be used is no error, but a
//! `Skipped`; an area without scenes is no error either.

use std::path::PathBuf;

use super::fault::Fault;

/// A search that has no answer. Never to be read as "no images".
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The catalog's address cannot be used.
    #[error("catalog {root}: {why}")]
    BadRoot {
        /// The address as given.
        root: String,
        /// What is wrong and what would do.
        why: &'static str,
    },
    /// The search makes no sense.
    #[error("catalog search: {0}")]
    BadSearch(&'static str),
    /// The HTTP client could not be made.
    #[error("the HTTPS client could not be started; are the system's CA certificates installed?")]
    Client(#[source] reqwest::Error),
    /// No answer after several tries.
    #[error("catalog {url}: page {page} gave no answer after {attempts} tries; run again later")]
    Unreachable {
        /// Address asked, without its query.
        url: String,
        /// Page of the search, from 1.
        page: u32,
        /// Tries made.
        attempts: u32,
        /// The last failure.
        #[source]
        source: Fault,
    },
    /// The catalog said no.
    #[error("catalog {url}: page {page} was refused with HTTP status {status}")]
    Refused {
        /// Address asked, without its query.
        url: String,
        /// Page of the search, from 1.
        page: u32,
        /// HTTP status.
        status: u16,
    },
    /// The whole search took too long.
    #[error("catalog {root}: the search took longer than {seconds} s; run again later or ask for less")]
    TimedOut {
        /// Root of the catalog.
        root: String,
        /// Time allowed, seconds.
        seconds: u64,
    },
    /// More than was allowed for.
    #[error("catalog {place}: more than {limit} {what}; ask for a smaller area or a shorter time")]
    TooMuch {
        /// Address or path.
        place: String,
        /// What was counted: bytes in one answer, pages, items, files.
        what: &'static str,
        /// The limit passed.
        limit: u64,
    },
    /// The answer is not a STAC item collection.
    #[error("catalog {place}: the answer is not a STAC item collection ({why})")]
    NotStac {
        /// Address or path.
        place: String,
        /// What is wrong with it.
        why: String,
    },
    /// A paging link or redirect leads elsewhere.
    #[error("catalog {root}: {what} leads to another place ({to}) and is not followed")]
    Elsewhere {
        /// Root of the catalog.
        root: String,
        /// The paging link, or a redirect.
        what: &'static str,
        /// Where to: scheme and host only.
        to: String,
    },
    /// A paging link that cannot be used.
    #[error("catalog {root}: the link to page {page} cannot be used: {why}")]
    BadLink {
        /// Root of the catalog.
        root: String,
        /// The page it was to lead to.
        page: u32,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A local catalog could not be read.
    #[error("catalog {}: cannot be read", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

impl Error {
    /// Whether the same search may succeed later.
    pub fn is_transient(&self) -> bool {
        matches!(self, Error::Unreachable { .. } | Error::TimedOut { .. })
    }
}
