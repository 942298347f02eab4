//! What can go wrong between a raster file and its pixels.

use crate::objects;

use super::cog::BlockIndex;

/// A raster that could not be read, with its address and, where it applies, the block.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The bytes could not be had.
    #[error(transparent)]
    Read(#[from] objects::Error),
    /// A well-formed file of a kind that is not read.
    #[error(
        "{href}: {what} is not supported; a deflate-compressed or uncompressed one-band GeoTIFF of 8 or 16 bit unsigned integers is"
    )]
    Unsupported {
        /// The file.
        href: String,
        /// What it is or uses.
        what: String,
    },
    /// Not a TIFF, or a TIFF that contradicts itself.
    #[error("{href}: the file's header is wrong: {what}")]
    Malformed {
        /// The file.
        href: String,
        /// What is wrong.
        what: String,
    },
    /// A size in the header is beyond what may be read.
    #[error("{href}: the file's header asks for too much: {what}")]
    TooLarge {
        /// The file.
        href: String,
        /// What is too large, and the limit.
        what: String,
    },
    /// A block's bytes are not what was written.
    #[error("{href}: block {index} is corrupt: {what}")]
    Corrupt {
        /// The file.
        href: String,
        /// The block.
        index: BlockIndex,
        /// What is wrong.
        what: String,
    },
    /// A block that ends beyond the end of the file.
    #[error(
        "{href}: block {index} lies beyond the end of the file ({object_len} bytes); the file is truncated"
    )]
    Truncated {
        /// The file.
        href: String,
        /// The block.
        index: BlockIndex,
        /// Length of the file, bytes.
        object_len: u64,
    },
    /// A block that this raster does not have.
    #[error("{href}: there is no block {index}")]
    NoSuchBlock {
        /// The file.
        href: String,
        /// The block.
        index: BlockIndex,
    },
    /// Decoding into another type than the file holds.
    #[error("{href}: the file holds {stored} values, not {wanted}")]
    WrongType {
        /// The file.
        href: String,
        /// Type in the file.
        stored: &'static str,
        /// Type asked for.
        wanted: &'static str,
    },
}

impl Error {
    /// Whether reading the same again later may help (only what the network or disk did).
    pub fn is_transient(&self) -> bool {
        matches!(self, Error::Read(e) if e.is_transient())
    }

    /// Whether the file was replaced, or written to, while it was read.
    pub fn is_changed(&self) -> bool {
        matches!(self, Error::Read(e) if e.is_changed())
    }

    /// Whether the file does not exist.
    pub fn is_missing(&self) -> bool {
        matches!(self, Error::Read(e) if e.is_missing())
    }

    /// Whether one fresh start (open, fetch, decode) is worth while: the file was replaced while being
    /// read, bytes were damaged, perhaps on their way, or a disk failed that was asked only once.
    pub fn is_worth_a_restart(&self) -> bool {
        match self {
            Error::Read(e) => e.is_changed() || e.is_late(),
            Error::Corrupt { .. } | Error::Malformed { .. } => true,
            _ => false,
        }
    }

    /// Whether the file can be of no use however often it is read: it does not exist, may not be read,
    /// or is of a kind or size that is not read. Damaged files are not meant: they may be whole tomorrow.
    pub fn is_of_no_use(&self) -> bool {
        match self {
            Error::Read(e) => e.is_missing() || e.is_refused(),
            Error::Unsupported { .. } | Error::TooLarge { .. } => true,
            _ => false,
        }
    }
}
