//! The physical limit L: every block of every raster read once, inflated once, its differences undone once, and
//! nothing else. Code of its own: it shares nothing with what it is compared to but the inflater.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

use libdeflater::Decompressor;

/// The first directory of a little-endian classic TIFF.
struct Blocks {
    block: usize,
    row: usize,
    bytes_a_pixel: usize,
    places: Vec<(u64, usize)>,
}

fn read(file: &File, at: u64, len: usize) -> Vec<u8> {
    let mut bytes = vec![0; len];
    file.read_exact_at(&mut bytes, at).unwrap();
    bytes
}

fn uint(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |n, byte| n << 8 | u64::from(*byte))
}

fn blocks(file: &File) -> Blocks {
    let head = read(file, 0, 8);
    assert_eq!(&head[..4], b"II*\0", "a little-endian classic TIFF is expected");
    let start = uint(&head[4..]);
    let tags = uint(&read(file, start, 2)) as usize;
    let values = |tag: u64| -> Vec<u64> {
        let all = read(file, start + 2, tags * 12);
        let entry = all.chunks(12).find(|e| uint(&e[..2]) == tag).unwrap();
        let (size, count) = (if uint(&entry[2..4]) == 3 { 2 } else { 4 }, uint(&entry[4..8]) as usize);
        let inline = count * size <= 4;
        let raw = if inline { entry[8..].to_vec() } else { read(file, uint(&entry[8..]), count * size) };
        raw.chunks(size).take(count).map(uint).collect()
    };
    let (width, height, bytes_a_pixel) = (values(322)[0], values(323)[0], values(258)[0] as usize / 8);
    let places = values(324).into_iter().zip(values(325)).map(|(at, len)| (at, len as usize)).collect();
    let row = width as usize * bytes_a_pixel;
    Blocks { block: row * height as usize, row, bytes_a_pixel, places }
}

/// Reads everything once; bytes read, and a sum that keeps the work from being left out.
pub(super) fn run(rasters: &[impl AsRef<Path>]) -> (u64, u64) {
    let mut inflater = Decompressor::new();
    let (mut packed, mut pixels) = (Vec::new(), Vec::new());
    let (mut bytes, mut sum) = (0, 0);
    for raster in rasters {
        let file = File::open(raster).unwrap();
        let blocks = blocks(&file);
        for (at, len) in blocks.places.into_iter().filter(|(_, len)| *len > 0) {
            packed.resize(len, 0);
            file.read_exact_at(&mut packed, at).unwrap();
            pixels.resize(blocks.block, 0);
            assert_eq!(inflater.zlib_decompress(&packed, &mut pixels).unwrap(), blocks.block);
            for row in pixels.chunks_exact_mut(blocks.row) {
                undo(row, blocks.bytes_a_pixel);
            }
            bytes += len as u64;
            sum += u64::from(pixels[blocks.block / 2]);
        }
    }
    (bytes, sum)
}

fn undo(row: &mut [u8], bytes_a_pixel: usize) {
    if bytes_a_pixel == 1 {
        let mut left = 0u8;
        for pixel in row {
            left = left.wrapping_add(*pixel);
            *pixel = left;
        }
        return;
    }
    let mut left = 0u16;
    for pixel in row.chunks_exact_mut(2) {
        left = left.wrapping_add(u16::from_le_bytes([pixel[0], pixel[1]]));
        pixel.copy_from_slice(&left.to_le_bytes());
    }
}
