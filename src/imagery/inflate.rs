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

#[cfg(test)]
mod tests {
    use super::*;
    use libdeflater::{CompressionLvl, Compressor};
    use std::io::Write;

    /// Bytes like those of a block: smooth, noisy, empty, or rows of differences.
    fn contents(kind: usize, len: usize) -> Vec<u8> {
        let mut state = 0x9e37_79b9_7f4a_7c15u64 ^ kind as u64;
        let mut random = move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        (0..len)
            .map(|i| match kind {
                0 => (i / 7) as u8,
                1 => random() as u8,
                2 => 0,
                3 => (random() % 5) as u8,
                4 if i % 2 == 0 => (random() % 23) as u8,
                4 => {
                    if random() % 9 == 0 {
                        0xff
                    } else {
                        0
                    }
                }
                _ => {
                    if i % 9000 < 4000 {
                        random() as u8
                    } else {
                        (i % 251) as u8
                    }
                }
            })
            .collect()
    }

    fn packed(level: i32, bytes: &[u8]) -> Vec<u8> {
        let mut packer = Compressor::new(CompressionLvl::new(level).unwrap());
        let mut out = vec![0; packer.zlib_compress_bound(bytes.len())];
        let n = packer.zlib_compress(bytes, &mut out).unwrap();
        out.truncate(n);
        out
    }

    /// As another implementation packs them.
    fn packed_elsewhere(level: u32, bytes: &[u8]) -> Vec<u8> {
        let mut writer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::new(level));
        writer.write_all(bytes).unwrap();
        writer.finish().unwrap()
    }

    #[test]
    fn the_beginning_of_a_stream_is_what_the_whole_stream_begins_with() {
        const LEN: usize = 60_000;
        let mut inflater = Decompressor::new();
        let (mut tops, mut wholes) = (0, 0);
        for kind in 0..6 {
            let bytes = contents(kind, LEN);
            let levels = [0, 1, 3, 6, 9, 12].map(|level| (level, packed(level, &bytes)));
            let others = [0, 1, 6, 9].map(|level| (level as i32, packed_elsewhere(level, &bytes)));
            for (level, stream) in levels.iter().chain(&others) {
                // Noise is stored as it is, and so is everything at level 0.
                let is_packed = *level > 0 && ![1, 5].contains(&kind);
                for wanted in (0..LEN).step_by(997).chain([1, LEN / 2, LEN - 331, LEN - 330, LEN - 1, LEN]) {
                    // What an earlier block left in the buffer must not be taken for this one's.
                    let mut out = vec![0xa5; LEN];
                    let extent = inflate(&mut inflater, stream, &mut out, wanted, 0).unwrap();
                    assert!(out[..wanted] == bytes[..wanted], "kind {kind}, {wanted} of {LEN}");
                    match extent {
                        Extent::Top => tops += 1,
                        Extent::Whole => wholes += 1,
                    }
                    let must_stop = is_packed && wanted + SLACK < LEN;
                    assert!(
                        !must_stop || extent == Extent::Top,
                        "kind {kind}, level {level}, {wanted} of {LEN}"
                    );
                }
            }
        }
        println!(
            "{tops} streams stopped early, {wholes} inflated whole (stored blocks, or wanted to the end)"
        );
        assert!(tops > wholes);
    }

    #[test]
    fn pixels_that_look_like_the_mark_and_stored_blocks_are_inflated_whole() {
        let mut inflater = Decompressor::new();
        let marks: Vec<u8> = MARK.iter().copied().cycle().take(20_000).collect();
        let mut out = vec![0; marks.len()];
        // Wanted so that the mark falls on a mark.
        let found = inflate(&mut inflater, &packed(6, &marks), &mut out, 8_000 - SCRIBBLE, 0).unwrap();
        assert_eq!((found, out), (Extent::Whole, marks));
        let noise = contents(1, 60_000);
        let mut out = vec![0; noise.len()];
        let found = inflate(&mut inflater, &packed(0, &noise), &mut out, 30_000, 0).unwrap();
        assert_eq!((found, out), (Extent::Whole, noise));
    }

    #[test]
    fn streams_that_are_too_short_or_too_long_are_told() {
        let mut inflater = Decompressor::new();
        let bytes = contents(3, 5_000);
        let stream = packed(6, &bytes);
        for wanted in [100, 5_500, 6_000] {
            let mut out = vec![0; 6_000];
            assert_eq!(
                inflate(&mut inflater, &stream, &mut out, wanted, 0).is_err(),
                wanted > 4_000,
                "{wanted}"
            );
        }
        assert!(inflate(&mut inflater, &stream, &mut vec![0; 4_000], 4_000, 0).is_err());
        assert!(inflate(&mut inflater, &stream[..9], &mut vec![0; 5_000], 100, 0).is_err());
        assert!(inflate(&mut inflater, &[], &mut vec![0; 5_000], 100, 0).is_err());
    }
}
