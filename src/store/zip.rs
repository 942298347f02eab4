//! A ZIP file of files that are stored as they are, the same bytes for the same content.
//!
//! Own code, some eighty lines, rather than a crate: nothing is compressed (pictures and rasters are already), every
//! time is the format's first day, and a search for bytes finds them. Format: PKWARE APPNOTE 6.3.3, names in UTF-8.

use flate2::Crc;

/// Largest file and archive, bytes; beyond it another format (Zip64) would be needed.
const MAX_BYTES: u64 = u32::MAX as u64;
/// Most files.
const MAX_FILES: usize = u16::MAX as usize;
/// 1 January 1980, midnight.
const FIRST_DAY: u16 = 0x0021;
/// Version needed to read a stored file: 1.0.
const VERSION: u16 = 10;
/// Names are UTF-8.
const UTF8: u16 = 1 << 11;

/// The files as one ZIP, in the order given; `None` where they are more than the format holds.
pub(super) fn stored(files: &[(String, Vec<u8>)]) -> Option<Vec<u8>> {
    let total: u64 = files.iter().map(|(name, bytes)| (2 * name.len() + bytes.len() + 128) as u64).sum();
    if total > MAX_BYTES || files.len() > MAX_FILES {
        return None;
    }
    let mut out: Vec<u8> = Vec::new();
    let mut directory: Vec<u8> = Vec::new();
    for (name, bytes) in files {
        let at = u32::try_from(out.len()).ok()?;
        let about = about(name, bytes)?;
        out.extend(0x0403_4b50_u32.to_le_bytes());
        out.extend(&about);
        out.extend(name.as_bytes());
        out.extend(bytes);
        directory.extend(0x0201_4b50_u32.to_le_bytes());
        directory.extend(VERSION.to_le_bytes());
        directory.extend(&about);
        // No comment, first disk, no attributes.
        directory.extend([0; 10]);
        directory.extend(at.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let (start, length) = (u32::try_from(out.len()).ok()?, u32::try_from(directory.len()).ok()?);
    let count = u16::try_from(files.len()).ok()?;
    out.extend(directory);
    out.extend(0x0605_4b50_u32.to_le_bytes());
    out.extend([0; 4]);
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend(length.to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0; 2]);
    Some(out)
}

/// The members that stand before a file and in the directory alike.
fn about(name: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    let mut crc = Crc::new();
    crc.update(bytes);
    let size = u32::try_from(bytes.len()).ok()?;
    let mut out = Vec::new();
    // Version, flags, stored, midnight, first day.
    for value in [VERSION, UTF8, 0, 0, FIRST_DAY] {
        out.extend(value.to_le_bytes());
    }
    for value in [crc.sum(), size, size] {
        out.extend(value.to_le_bytes());
    }
    out.extend(u16::try_from(name.len()).ok()?.to_le_bytes());
    out.extend(0_u16.to_le_bytes());
    Some(out)
}
