//! Deflate streams, inflated whole or only as far as they are needed.
//!
//! # Method
//! A stream need not be inflated beyond the last byte that is wanted: the decompressor is given a buffer that
//! ends a little later, and says "insufficient space" once it is full. libdeflate does not document what the
//! buffer holds then, and a stored block that does not fit leaves its end untouched. So nothing is assumed: a
//! mark is laid just behind the wanted bytes, and only where it was overwritten is the beginning believed.
//! Everywhere else the whole stream is inflated. (The version of the decompressor is pinned all the same.)

use libdeflater::{DecompressionError, Decompressor};

/// Most that deflate can shrink anything (zlib technical details: 1032 to 1).
const MAX_RATIO: usize = 1032;
/// Bytes that a copy of several words may scribble beyond what is decoded: libdeflate writes at most five
/// words ahead, 40 bytes.
const SCRIBBLE: usize = 64;
/// The longest match of deflate (RFC 1951, 3.2.5): a decoder may stop this far before the end of its buffer.
const LONGEST_MATCH: usize = 258;
/// Laid behind the wanted bytes. If pixels happen to hold it, the whole stream is inflated.
const MARK: [u8; 8] = [0x6b, 0xd3, 0x1e, 0xa7, 0x94, 0xf8, 0x52, 0xc1];
/// Bytes behind the wanted ones within which the mark lies and a decoder may stop.
const SLACK: usize = SCRIBBLE + MARK.len() + LONGEST_MATCH;

/// How much was inflated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// Everything; the checksum was compared.
    Whole,
    /// The wanted bytes; the checksum was not reached.
    Top,
}

/// Inflates a zlib stream into `out`, which is as long as the stream's content: at least the first `wanted`
/// bytes of it, and everything if `wanted` reaches near the end. `spare` more bytes are inflated beyond the
/// wanted ones.
///
/// # Errors
/// What is wrong with the stream, in words. A stream that is cut off beyond the wanted bytes is not noticed.
pub(super) fn inflate(
    inflater: &mut Decompressor,
    stream: &[u8],
    out: &mut [u8],
    wanted: usize,
    spare: usize,
) -> Result<Extent, &'static str> {
    if out.len() / MAX_RATIO > stream.len() {
        return Err("it is too short");
    }
    let stop = wanted.saturating_add(spare.max(SLACK));
    if stop < out.len()
        && let Some(extent) = top(inflater, stream, &mut out[..stop], wanted + SCRIBBLE)?
    {
        return Ok(extent);
    }
    match inflater.zlib_decompress(stream, out) {
        Ok(n) if n == out.len() => Ok(Extent::Whole),
        Ok(_) => Err("it holds too few pixels"),
        Err(DecompressionError::BadData) => Err("its compressed data or checksum is wrong"),
        Err(DecompressionError::InsufficientSpace) => Err("it holds too many pixels"),
    }
}

/// Inflates into a buffer that ends before the stream does; `None` if the mark at `at` was not reached.
fn top(
    inflater: &mut Decompressor,
    stream: &[u8],
    out: &mut [u8],
    at: usize,
) -> Result<Option<Extent>, &'static str> {
    let place = at..at + MARK.len();
    if let Some(mark) = out.get_mut(place.clone()) {
        mark.copy_from_slice(&MARK);
    }
    match inflater.zlib_decompress(stream, out) {
        Ok(_) => Err("it holds too few pixels"),
        Err(DecompressionError::BadData) => Err("its compressed data is wrong"),
        Err(DecompressionError::InsufficientSpace) => {
            Ok(out.get(place).is_some_and(|mark| *mark != MARK).then_some(Extent::Top))
        }
    }
}
