//! The header of a TIFF, read from the parts of the file that are at hand.
//!
//! The `tiff` crate is not used for this: its decoder reads the tags of the first image, under limits of
//! 256 MiB a tag, before a caller can set any limit. Here nothing is sized by the file before it is
//! checked, and a part that is not at hand is named so that it can be fetched.

use std::collections::BTreeMap;
use std::ops::Range;

use bytes::Bytes;

/// Parts of a file.
#[derive(Debug, Default)]
pub(super) struct Parts {
    parts: BTreeMap<u64, Bytes>,
    /// Length of the whole file, where known.
    pub(super) object_len: Option<u64>,
}

/// Why a header could not be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// These bytes are not at hand.
    Lacks(Range<u64>),
    Malformed(String),
    Unsupported(String),
    TooLarge(String),
}

pub(super) fn malformed<T>(what: impl Into<String>) -> Result<T, Stop> {
    Err(Stop::Malformed(what.into()))
}

impl Parts {
    pub(super) fn add(&mut self, at: u64, bytes: Bytes) {
        self.parts.insert(at, bytes);
    }

    /// Bytes `at..at + len`.
    fn get(&self, at: u64, len: u64) -> Result<&[u8], Stop> {
        let Some(end) = at.checked_add(len) else {
            return malformed("it points beyond any file");
        };
        if self.object_len.is_some_and(|n| end > n) {
            return malformed(format!("it points to byte {end}, beyond the end of the file"));
        }
        let bounds =
            |start: u64| Some((usize::try_from(at - start).ok()?, usize::try_from(end - start).ok()?));
        // A part that was fetched because it was lacking holds all of what was lacking.
        let found = self.parts.range(..=at).rev().find_map(|(start, part)| {
            let (from, to) = bounds(*start)?;
            part.get(from..to)
        });
        found.ok_or(Stop::Lacks(at..end))
    }
}

/// Byte order of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ByteOrder {
    Little,
    Big,
}

impl ByteOrder {
    fn uint(self, bytes: &[u8]) -> u64 {
        let push = |n: u64, b: &u8| n << 8 | u64::from(*b);
        match self {
            ByteOrder::Little => bytes.iter().rev().fold(0, push),
            ByteOrder::Big => bytes.iter().fold(0, push),
        }
    }
}

/// The first directory of a TIFF: where its tags' values lie.
#[derive(Debug)]
pub(super) struct Directory<'a> {
    parts: &'a Parts,
    pub(super) order: ByteOrder,
    tags: BTreeMap<u16, Entry>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    kind: u16,
    count: u64,
    at: u64,
}

/// Most tags a directory may have; GDAL writes about 20.
const MAX_TAGS: u64 = 1024;

/// Field types of TIFF 6.0 and BigTIFF that hold unsigned integers, with their size in bytes.
fn uint_size(kind: u16) -> Option<u64> {
    match kind {
        1 => Some(1),
        3 => Some(2),
        4 | 13 => Some(4),
        16 | 18 => Some(8),
        _ => None,
    }
}

fn type_size(kind: u16) -> Option<u64> {
    match kind {
        1 | 2 | 6 | 7 => Some(1),
        3 | 8 => Some(2),
        4 | 9 | 11 | 13 => Some(4),
        5 | 10 | 12 | 16 | 17 | 18 => Some(8),
        _ => None,
    }
}

impl<'a> Directory<'a> {
    /// Reads the first directory of a classic or Big TIFF.
    pub(super) fn first(parts: &'a Parts) -> Result<Directory<'a>, Stop> {
        let magic = parts.get(0, 8)?;
        if magic == [0, 0, 0, 12, b'j', b'P', b' ', b' '] || magic.starts_with(&[0xff, 0x4f, 0xff, 0x51]) {
            return Err(Stop::Unsupported("JPEG 2000".to_owned()));
        }
        let order = match magic.get(..2) {
            Some(b"II") => ByteOrder::Little,
            Some(b"MM") => ByteOrder::Big,
            _ => return malformed("it is not a TIFF"),
        };
        let uint = |at, len| parts.get(at, len).map(|b| order.uint(b));
        let big = match uint(2, 2)? {
            42 => false,
            43 if uint(4, 2)? == 8 && uint(6, 2)? == 0 => true,
            _ => return malformed("it is not a TIFF"),
        };
        // Width of the number of tags, of a tag's count and value, and of a whole tag.
        let (head, word) = if big { (8, 8) } else { (2, 4) };
        let start = if big { uint(8, 8)? } else { uint(4, 4)? };
        let number = uint(start, head)?;
        if number == 0 || number > MAX_TAGS {
            return malformed(format!("its first directory has {number} tags"));
        }
        let tag_len = 4 + 2 * word;
        let start = start.saturating_add(head);
        // One piece, so that a part that is missing is fetched at once.
        parts.get(start, number * tag_len)?;
        let mut tags = BTreeMap::new();
        for at in (0..number).map(|i| start + i * tag_len) {
            let (tag, kind, count) = (uint(at, 2)?, uint(at + 2, 2)?, uint(at + 4, word)?);
            let (Ok(tag), Ok(kind)) = (u16::try_from(tag), u16::try_from(kind)) else { continue };
            // Tags of unknown type may be ignored (TIFF 6.0, section 2).
            let Some(size) = type_size(kind) else { continue };
            let value = at + 4 + word;
            let inline = count.checked_mul(size).is_some_and(|n| n <= word);
            let at = if inline { value } else { uint(value, word)? };
            if tags.insert(tag, Entry { kind, count, at }).is_some() {
                return malformed(format!("tag {tag} occurs twice"));
            }
        }
        Ok(Directory { parts, order, tags })
    }

    /// The unsigned integers of a tag, `None` if it is absent. More than `most` are refused before any
    /// is read.
    pub(super) fn uints(&self, tag: u16, most: u64) -> Result<Option<Vec<u64>>, Stop> {
        let Some(entry) = self.tags.get(&tag) else { return Ok(None) };
        let Some(size) = uint_size(entry.kind) else {
            return malformed(format!("tag {tag} does not hold whole numbers"));
        };
        let bytes = self.bytes(tag, entry, size, most)?;
        Ok(Some(bytes.chunks_exact(size as usize).map(|b| self.order.uint(b)).collect()))
    }

    /// The one unsigned integer of a tag.
    pub(super) fn uint(&self, tag: u16) -> Result<Option<u64>, Stop> {
        match self.uints(tag, 1)?.as_deref() {
            None => Ok(None),
            Some([value]) => Ok(Some(*value)),
            Some(_) => malformed(format!("tag {tag} is empty")),
        }
    }

    /// The floating-point numbers of a tag of type DOUBLE.
    pub(super) fn doubles(&self, tag: u16, most: u64) -> Result<Option<Vec<f64>>, Stop> {
        let Some(entry) = self.tags.get(&tag) else { return Ok(None) };
        if entry.kind != 12 {
            return malformed(format!("tag {tag} does not hold floating-point numbers"));
        }
        let bytes = self.bytes(tag, entry, 8, most)?;
        Ok(Some(bytes.chunks_exact(8).map(|b| f64::from_bits(self.order.uint(b))).collect()))
    }

    /// The text of a tag, up to its first NUL.
    pub(super) fn text(&self, tag: u16, most: u64) -> Result<Option<String>, Stop> {
        let Some(entry) = self.tags.get(&tag) else { return Ok(None) };
        if entry.kind != 2 {
            return malformed(format!("tag {tag} does not hold text"));
        }
        let bytes = self.bytes(tag, entry, 1, most)?;
        let text = bytes.split(|b| *b == 0).next().unwrap_or_default();
        Ok(Some(String::from_utf8_lossy(text).trim().to_owned()))
    }

    fn bytes(&self, tag: u16, entry: &Entry, size: u64, most: u64) -> Result<&'a [u8], Stop> {
        if entry.count > most {
            return Err(Stop::TooLarge(format!(
                "tag {tag} has {} values, at most {most} are read",
                entry.count
            )));
        }
        self.parts.get(entry.at, entry.count.saturating_mul(size))
    }
}
