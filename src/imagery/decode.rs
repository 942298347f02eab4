//! From a block's bytes to its pixels: pure CPU, no I/O, for the compute threads.

use std::cell::RefCell;

use bytes::Bytes;
use libdeflater::Decompressor;

use super::cog::{BlockIndex, Cog, Compression, Dtype, Predictor};
use super::error::Error;
use super::header::ByteOrder;

/// A block as it lies in the file.
#[derive(Clone, Debug)]
pub struct EncodedBlock {
    pub(super) index: BlockIndex,
    /// `None` for a block that was never written.
    pub(super) bytes: Option<Bytes>,
}

impl EncodedBlock {
    /// Which block.
    pub fn index(&self) -> BlockIndex {
        self.index
    }

    /// Bytes it takes in the file; 0 for a block that was never written.
    pub fn stored_bytes(&self) -> usize {
        self.bytes.as_ref().map_or(0, Bytes::len)
    }
}

/// A pixel type that blocks decode to: `u8` or `u16`.
pub trait Sample: sealed::Sealed + Copy + Default + Send + Sync + 'static {}
impl Sample for u8 {}
impl Sample for u16 {}

mod sealed {
    use super::Dtype;

    pub trait Sealed: Sized {
        const DTYPE: Dtype;
        fn of_nodata(value: u16) -> Self;
        /// Appends the pixels of one row of bytes.
        fn read_row(row: &[u8], big_endian: bool, differences: bool, out: &mut Vec<Self>);
    }
}

impl sealed::Sealed for u8 {
    const DTYPE: Dtype = Dtype::U8;

    fn of_nodata(value: u16) -> u8 {
        u8::try_from(value).unwrap_or_default()
    }

    fn read_row(row: &[u8], _: bool, differences: bool, out: &mut Vec<u8>) {
        if differences {
            let mut left = 0u8;
            out.extend(row.iter().map(|d| {
                left = left.wrapping_add(*d);
                left
            }));
        } else {
            out.extend_from_slice(row);
        }
    }
}

impl sealed::Sealed for u16 {
    const DTYPE: Dtype = Dtype::U16;

    fn of_nodata(value: u16) -> u16 {
        value
    }

    fn read_row(row: &[u8], big_endian: bool, differences: bool, out: &mut Vec<u16>) {
        let (pairs, _) = row.as_chunks::<2>();
        let read = if big_endian { u16::from_be_bytes } else { u16::from_le_bytes };
        if differences {
            let mut left = 0u16;
            out.extend(pairs.iter().map(|d| {
                left = left.wrapping_add(read(*d));
                left
            }));
        } else {
            out.extend(pairs.iter().map(|d| read(*d)));
        }
    }
}

/// Most that deflate can shrink anything (zlib technical details: 1032 to 1).
const MAX_DEFLATE_RATIO: usize = 1032;

thread_local! {
    /// Each thread's decompressor and buffer, reused from block to block.
    static WORKBENCH: RefCell<(Decompressor, Vec<u8>)> = RefCell::new((Decompressor::new(), Vec::new()));
}

/// Decodes a block into `out`, which then holds exactly the pixels of [`Cog::window_of_block`], row by
/// row, without the padding at the edges. A block that was never written is filled with the file's
/// nodata value, or 0.
///
/// The whole block is inflated and its checksum compared, so a damaged byte is an error, never a value.
///
/// # Errors
/// [`Error::Corrupt`], [`Error::WrongType`], and [`Error::NoSuchBlock`] for a block of another raster.
pub fn decode<T: Sample>(cog: &Cog, block: &EncodedBlock, out: &mut Vec<T>) -> Result<(), Error> {
    out.clear();
    let (stored, wanted) = (cog.dtype, T::DTYPE);
    if stored != wanted {
        return Err(Error::WrongType {
            href: cog.href.to_string(),
            stored: stored.name(),
            wanted: wanted.name(),
        });
    }
    let window = cog.window_of_block(block.index);
    if window.is_empty() {
        return Err(Error::NoSuchBlock { href: cog.href.to_string(), index: block.index });
    }
    let Some(bytes) = &block.bytes else {
        out.resize(window.len(), T::of_nodata(cog.nodata.unwrap_or(0)));
        return Ok(());
    };
    let row_bytes = cog.block_width * stored.size();
    let whole = row_bytes * cog.stored_rows(&window);
    let corrupt =
        |what: &str| Error::Corrupt { href: cog.href.to_string(), index: block.index, what: what.to_owned() };
    let differences = cog.predictor == Predictor::Horizontal;
    let mut unpack = |pixels: &[u8]| {
        out.reserve(window.len());
        for row in pixels.chunks_exact(row_bytes).take(window.height) {
            let seen = row.get(..window.width * stored.size()).unwrap_or(row);
            T::read_row(seen, cog.order == ByteOrder::Big, differences, out);
        }
    };
    match cog.compression {
        Compression::None => {
            let pixels = bytes.get(..whole).ok_or_else(|| corrupt("it is too short"))?;
            unpack(pixels);
        }
        Compression::Deflate => WORKBENCH.with_borrow_mut(|(inflate, buffer)| {
            if whole / MAX_DEFLATE_RATIO > bytes.len() {
                return Err(corrupt("it is too short"));
            }
            if buffer.len() < whole {
                buffer.resize(whole, 0);
            }
            let pixels = buffer.get_mut(..whole).ok_or_else(|| corrupt("it is too long"))?;
            let n = inflate.zlib_decompress(bytes, pixels).map_err(|e| match e {
                libdeflater::DecompressionError::BadData => {
                    corrupt("its compressed data or checksum is wrong")
                }
                libdeflater::DecompressionError::InsufficientSpace => corrupt("it holds too many pixels"),
            })?;
            if n != whole {
                return Err(corrupt("it holds too few pixels"));
            }
            unpack(pixels);
            Ok(())
        })?,
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::{Epsg, Grid};
    use crate::imagery::cog::Layout;
    use crate::objects::Href;
    use libdeflater::{CompressionLvl, Compressor};

    /// One tile of 16 x 16 pixels on a grid of 13 x 11.
    fn cog(dtype: Dtype, order: ByteOrder, predictor: Predictor) -> Cog {
        Cog {
            href: Href::parse("a.tif").unwrap(),
            version: None,
            object_len: None,
            grid: Grid { epsg: Epsg(32633), x0: 0.0, y0: 0.0, dx: 10.0, dy: 10.0, width: 13, height: 11 },
            block_width: 16,
            block_height: 16,
            layout: Layout::Tiled,
            dtype,
            compression: Compression::Deflate,
            predictor,
            order,
            nodata: Some(7),
            offsets: vec![8],
            counts: vec![1],
        }
    }

    fn deflated(bytes: &[u8]) -> Vec<u8> {
        let mut packer = Compressor::new(CompressionLvl::default());
        let mut out = vec![0; packer.zlib_compress_bound(bytes.len())];
        let n = packer.zlib_compress(bytes, &mut out).unwrap();
        out.truncate(n);
        out
    }

    fn block(bytes: Vec<u8>) -> EncodedBlock {
        EncodedBlock { index: BlockIndex(0), bytes: Some(bytes.into()) }
    }

    fn value(row: usize, col: usize) -> u16 {
        (row * 3001 + col * 977 + (row * col) % 7) as u16
    }

    /// The tile as it would be written: differences along rows, wrapping.
    fn stored(order: ByteOrder, predictor: Predictor) -> Vec<u8> {
        let mut bytes = Vec::new();
        for row in 0..16 {
            for col in 0..16 {
                let left =
                    if col > 0 && predictor == Predictor::Horizontal { value(row, col - 1) } else { 0 };
                let difference = value(row, col).wrapping_sub(left);
                bytes.extend(match order {
                    ByteOrder::Little => difference.to_le_bytes(),
                    ByteOrder::Big => difference.to_be_bytes(),
                });
            }
        }
        bytes
    }

    fn expected() -> Vec<u16> {
        (0..11).flat_map(|row| (0..13).map(move |col| value(row, col))).collect()
    }

    #[test]
    fn both_byte_orders_and_predictors_give_the_pixels_without_padding() {
        let mut out: Vec<u16> = Vec::new();
        for order in [ByteOrder::Little, ByteOrder::Big] {
            for predictor in [Predictor::None, Predictor::Horizontal] {
                let cog = cog(Dtype::U16, order, predictor);
                decode(&cog, &block(deflated(&stored(order, predictor))), &mut out).unwrap();
                assert_eq!(out, expected(), "{order:?} {predictor:?}");
            }
        }
    }

    #[test]
    fn ten_thousand_bit_flips_change_no_pixel_unnoticed() {
        let cog = cog(Dtype::U16, ByteOrder::Little, Predictor::Horizontal);
        let good = deflated(&stored(ByteOrder::Little, Predictor::Horizontal));
        let bits = good.len() * 8;
        let (mut out, mut noticed) = (Vec::new(), 0);
        let mut bit = 0;
        for _ in 0..10_000 {
            // A stride without common factor with the number of bits reaches them all in turn.
            bit = (bit + 7919) % bits;
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            match decode::<u16>(&cog, &block(bad), &mut out) {
                Err(Error::Corrupt { .. }) => noticed += 1,
                Ok(()) => assert_eq!(out, expected(), "bit {bit}"),
                Err(other) => panic!("bit {bit}: {other}"),
            }
        }
        assert!(noticed > 9_900, "{noticed}");
    }

    #[test]
    fn cut_padded_and_swollen_blocks_are_told() {
        let cog = cog(Dtype::U16, ByteOrder::Little, Predictor::None);
        let pixels = stored(ByteOrder::Little, Predictor::None);
        let mut out: Vec<u16> = Vec::new();
        let whole = deflated(&pixels);
        for n in 0..whole.len() {
            assert!(decode(&cog, &block(whole[..n].to_vec()), &mut out).is_err(), "{n}");
        }
        assert!(decode(&cog, &block(deflated(&pixels[2..])), &mut out).is_err());
        assert!(decode(&cog, &block(deflated(&[pixels.as_slice(), &[0]].concat())), &mut out).is_err());
        // Bytes after the stream belong to nobody and are ignored, as other readers do.
        decode(&cog, &block([whole.as_slice(), &[1, 2, 3]].concat()), &mut out).unwrap();
        assert_eq!(out, expected());
    }

    #[test]
    fn missing_blocks_are_nodata_and_types_must_match() {
        let missing = EncodedBlock { index: BlockIndex(0), bytes: None };
        let eight = cog(Dtype::U8, ByteOrder::Little, Predictor::None);
        let mut out = Vec::new();
        decode::<u8>(&eight, &missing, &mut out).unwrap();
        assert_eq!(out, vec![7; 13 * 11]);
        assert!(matches!(decode::<u16>(&eight, &missing, &mut Vec::new()), Err(Error::WrongType { .. })));
        let elsewhere = EncodedBlock { index: BlockIndex(1), bytes: None };
        assert!(matches!(decode::<u8>(&eight, &elsewhere, &mut out), Err(Error::NoSuchBlock { .. })));
    }
}
