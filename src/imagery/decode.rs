//! From a block's bytes to its pixels, for the compute threads; bytes that were left in a local file are read here.

use std::cell::RefCell;

use libdeflater::Decompressor;

use super::checked::is_checked;
use super::cog::{BlockIndex, Cog, Compression, Predictor};
use super::error::Error;
use super::header::ByteOrder;
use super::inflate::{Extent, inflate};
use super::sample::Sample;
use crate::objects::Part;

/// A block as it lies in the file.
#[derive(Clone, Debug)]
pub struct EncodedBlock {
    pub(super) index: BlockIndex,
    /// `None` for a block that was never written.
    pub(super) bytes: Option<Part>,
}

impl EncodedBlock {
    /// Which block.
    pub fn index(&self) -> BlockIndex {
        self.index
    }

    /// Bytes it takes in the file; 0 for a block that was never written.
    pub fn stored_bytes(&self) -> usize {
        self.bytes.as_ref().map_or(0, Part::len)
    }
}

/// The upper rows of a block as they are stored, padding at the right edge included. A buffer to be used again.
#[derive(Debug)]
pub struct Rows<T> {
    /// As long as the largest block so far.
    values: Vec<T>,
    stride: usize,
    rows: usize,
    checked: bool,
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Rows { values: Vec::new(), stride: 1, rows: 0, checked: false }
    }
}

impl<T> Rows<T> {
    /// A row of the block, from 0; empty beyond the rows that were asked for. Of rows that were not wanted the
    /// content means nothing.
    pub fn row(&self, row: usize) -> &[T] {
        let place = row * self.stride..(row + 1) * self.stride;
        self.values.get(place).filter(|_| row < self.rows).unwrap_or_default()
    }

    fn each_mut(&mut self) -> impl Iterator<Item = &mut [T]> {
        self.values.chunks_exact_mut(self.stride).take(self.rows)
    }

    /// Whether the whole block was inflated and its checksum compared.
    pub fn is_checked(&self) -> bool {
        self.checked
    }
}

impl Rows<u16> {
    /// Takes over the rows of an 8-bit block.
    pub fn widen(&mut self, narrow: &Rows<u8>) {
        (self.stride, self.rows, self.checked) = (narrow.stride, narrow.rows, narrow.checked);
        self.values.clear();
        self.values.extend(narrow.values.iter().take(narrow.stride * narrow.rows).map(|v| u16::from(*v)));
    }
}

thread_local! {
    /// Each thread's decompressor, reused from block to block.
    static INFLATER: RefCell<Decompressor> = RefCell::new(Decompressor::new());
}

/// Decodes the first `rows` rows of a block into `out`, and of those the ones that `is_wanted`; `rows` is cut to
/// what the block has. A block that was never written is filled with the file's nodata value, or 0.
///
/// # Method
/// A deflated block is inflated no further than the last row (see `inflate`), unless it is one of those whose
/// checksum is compared ([`super::CHECKED_ONE_IN`]). Differences are undone row by row, as each row of a TIFF
/// block starts anew (TIFF 6.0, section 14).
///
/// # Errors
/// [`Error::Corrupt`], [`Error::WrongType`], [`Error::NoSuchBlock`] for a block of another raster, and [`Error::Read`]
/// for one that was left in a local file and cannot be read. Damage beyond the last row is not noticed in a block that is not checked.
pub fn decode_rows<T: Sample>(
    cog: &Cog,
    block: &EncodedBlock,
    rows: usize,
    is_wanted: impl Fn(usize) -> bool,
    out: &mut Rows<T>,
) -> Result<(), Error> {
    let checked = is_checked(cog, block.index);
    read_rows(cog, block, rows, checked, out)?;
    for (row, pixels) in out.each_mut().enumerate() {
        if block.bytes.is_some() && is_wanted(row) {
            T::reorder(pixels, cog.order == ByteOrder::Big);
            if cog.predictor == Predictor::Horizontal {
                T::undo_differences(pixels);
            }
        }
    }
    Ok(())
}

/// Fills `out` with the first rows of a block as they were before compression.
fn read_rows<T: Sample>(
    cog: &Cog,
    block: &EncodedBlock,
    rows: usize,
    checked: bool,
    out: &mut Rows<T>,
) -> Result<(), Error> {
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
    let corrupt =
        |what: &str| Error::Corrupt { href: cog.href.to_string(), index: block.index, what: what.to_owned() };
    let width = cog.block_width;
    let whole = width * cog.stored_rows(&window);
    let rows = rows.min(window.height);
    (out.stride, out.rows, out.checked) = (width, rows, false);
    if out.values.len() < whole {
        out.values.resize(whole, T::default());
    }
    // Room for the whole block: what lies beyond the wanted rows is scribbled on.
    let Some(pixels) = out.values.get_mut(..whole) else { return Ok(()) };
    let Some(bytes) = &block.bytes else {
        pixels.fill(T::of_nodata(cog.nodata.unwrap_or(0)));
        return Ok(());
    };
    let pixels: &mut [u8] = bytemuck::cast_slice_mut(pixels);
    let row_bytes = width * stored.size();
    let extent = bytes.with(|bytes| match cog.compression {
        Compression::None => {
            pixels.copy_from_slice(bytes.get(..pixels.len()).ok_or("it is too short")?);
            Ok(Extent::Top)
        }
        Compression::Deflate => {
            let wanted = if checked { pixels.len() } else { rows * row_bytes };
            INFLATER.with_borrow_mut(|inflater| inflate(inflater, bytes, pixels, wanted, row_bytes))
        }
    })?;
    out.checked = extent.map_err(corrupt)? == Extent::Whole;
    Ok(())
}

/// Decodes a block into `out`, which then holds exactly the pixels of [`Cog::window_of_block`], row by
/// row, without the padding at the edges. A block that was never written is filled with the file's
/// nodata value, or 0.
///
/// The whole block is inflated and its checksum compared, so a damaged byte is an error, never a value.
///
/// # Errors
/// [`Error::Corrupt`], [`Error::WrongType`], [`Error::NoSuchBlock`] for a block of another raster, and [`Error::Read`]
/// for one that was left in a local file and cannot be read.
pub fn decode<T: Sample>(cog: &Cog, block: &EncodedBlock, out: &mut Vec<T>) -> Result<(), Error> {
    out.clear();
    let mut rows = Rows::default();
    read_rows(cog, block, usize::MAX, true, &mut rows)?;
    let width = cog.window_of_block(block.index).width;
    for row in rows.each_mut() {
        if block.bytes.is_some() {
            T::reorder(row, cog.order == ByteOrder::Big);
            if cog.predictor == Predictor::Horizontal {
                T::undo_differences(row);
            }
        }
        out.extend_from_slice(row.get(..width).unwrap_or_default());
    }
    Ok(())
}

#[cfg(test)]
mod flips;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::{Epsg, Grid};
    use crate::imagery::cog::{Dtype, Layout};
    use crate::objects::Href;
    use bytes::Bytes;
    use libdeflater::{CompressionLvl, Compressor};

    /// One tile of 16 x 16 pixels on a grid of 13 x 11.
    pub(super) fn cog(dtype: Dtype, order: ByteOrder, predictor: Predictor) -> Cog {
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
            head: Bytes::new(),
            check_every_block: false,
        }
    }

    pub(super) fn deflated(bytes: &[u8]) -> Vec<u8> {
        let mut packer = Compressor::new(CompressionLvl::default());
        let mut out = vec![0; packer.zlib_compress_bound(bytes.len())];
        let n = packer.zlib_compress(bytes, &mut out).unwrap();
        out.truncate(n);
        out
    }

    pub(super) fn block(bytes: Vec<u8>) -> EncodedBlock {
        EncodedBlock { index: BlockIndex(0), bytes: Some(Part::Here(bytes.into())) }
    }

    fn value(row: usize, col: usize) -> u16 {
        (row * 3001 + col * 977 + (row * col) % 7) as u16
    }

    /// The tile as it would be written: differences along rows, wrapping.
    pub(super) fn stored(order: ByteOrder, predictor: Predictor) -> Vec<u8> {
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

    pub(super) fn expected() -> Vec<u16> {
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
    fn blocks_nobody_vouches_for_are_checked_and_of_the_others_a_sample() {
        let mut one = cog(Dtype::U16, ByteOrder::Little, Predictor::None);
        assert!(super::is_checked(&one, BlockIndex(0)), "neither length nor version");
        one.object_len = Some(1 << 20);
        assert!(super::is_checked(&one, BlockIndex(0)), "no version");
        one.version = Some(crate::objects::Version::of_state("abc"));
        let checked = (0..16_000u64).filter(|n| {
            (one.offsets, one.counts) = (vec![1_000 + n * 1_031], vec![900 + n % 77]);
            super::is_checked(&one, BlockIndex(0))
        });
        let checked = checked.count();
        println!("{checked} of 16000 blocks checked");
        assert!((800..1200).contains(&checked), "{checked}");
    }

    #[test]
    fn the_upper_rows_are_those_of_the_whole_block() {
        for order in [ByteOrder::Little, ByteOrder::Big] {
            for predictor in [Predictor::None, Predictor::Horizontal] {
                let cog = cog(Dtype::U16, order, predictor);
                let block = block(deflated(&stored(order, predictor)));
                let mut rows = Rows::<u16>::default();
                for n in 0..=12 {
                    decode_rows(&cog, &block, n, |row| row != 2, &mut rows).unwrap();
                    for row in (0..n.min(11)).filter(|row| *row != 2) {
                        assert_eq!(
                            rows.row(row)[..13],
                            expected()[row * 13..(row + 1) * 13],
                            "{order:?} {predictor:?}"
                        );
                    }
                    assert!(rows.row(n).is_empty() && rows.row(11).is_empty());
                }
            }
        }
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
