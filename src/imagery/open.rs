//! From the tags of a TIFF to a [`Cog`], everything checked before it is believed.

use bytes::Bytes;

use crate::grid::{Epsg, Grid};
use crate::objects::{Href, Version};

use super::Settings;
use super::cog::{Cog, Compression, Dtype, Layout, Predictor};
use super::header::{Directory, Parts, Stop, malformed};

/// Tags of TIFF 6.0, GeoTIFF (OGC 19-008r4) and GDAL.
mod tag {
    pub(super) const SUBFILE_TYPE: u16 = 254;
    pub(super) const WIDTH: u16 = 256;
    pub(super) const HEIGHT: u16 = 257;
    pub(super) const BITS: u16 = 258;
    pub(super) const COMPRESSION: u16 = 259;
    pub(super) const FILL_ORDER: u16 = 266;
    pub(super) const STRIP_OFFSETS: u16 = 273;
    pub(super) const SAMPLES: u16 = 277;
    pub(super) const ROWS_PER_STRIP: u16 = 278;
    pub(super) const STRIP_COUNTS: u16 = 279;
    pub(super) const PREDICTOR: u16 = 317;
    pub(super) const TILE_WIDTH: u16 = 322;
    pub(super) const TILE_HEIGHT: u16 = 323;
    pub(super) const TILE_OFFSETS: u16 = 324;
    pub(super) const TILE_COUNTS: u16 = 325;
    pub(super) const SAMPLE_FORMAT: u16 = 339;
    pub(super) const PIXEL_SCALE: u16 = 33550;
    pub(super) const TIEPOINTS: u16 = 33922;
    pub(super) const TRANSFORMATION: u16 = 34264;
    pub(super) const GEO_KEYS: u16 = 34735;
    pub(super) const NODATA: u16 = 42113;
}

/// Most values of a small tag (one a sample) that are looked at.
const FEW: u64 = 64;
/// Largest coordinate in metres that a projected grid on Earth can have, generously.
const MAX_COORDINATE_M: f64 = 1e8;

/// Reads the first image of a file from the parts at hand.
pub(super) fn read(
    href: &Href,
    version: Option<&Version>,
    parts: &Parts,
    settings: &Settings,
) -> Result<Cog, Stop> {
    let dir = Directory::first(parts)?;
    let required = |tag| dir.uint(tag)?.map_or_else(|| malformed(format!("tag {tag} is missing")), Ok);
    if dir.uint(tag::SUBFILE_TYPE)?.unwrap_or(0) & 0b101 != 0 {
        return unsupported("a file that begins with an overview or a mask");
    }
    let dtype = dtype(&dir)?;
    let (width, height) = (required(tag::WIDTH)?, required(tag::HEIGHT)?);
    let most = settings.max_side;
    if width == 0 || height == 0 {
        return malformed("the raster has no pixels");
    }
    if width > most || height > most {
        return too_large(format!("{width} x {height} pixels, at most {most} a side are read"));
    }
    let layout = if dir.uint(tag::TILE_WIDTH)?.is_some() { Layout::Tiled } else { Layout::Stripped };
    let (block_width, block_height, offsets, counts) = match layout {
        Layout::Tiled => {
            (required(tag::TILE_WIDTH)?, required(tag::TILE_HEIGHT)?, tag::TILE_OFFSETS, tag::TILE_COUNTS)
        }
        Layout::Stripped => {
            let rows = dir.uint(tag::ROWS_PER_STRIP)?.unwrap_or(height).min(height);
            (width, rows, tag::STRIP_OFFSETS, tag::STRIP_COUNTS)
        }
    };
    if block_width == 0 || block_height == 0 {
        return malformed("its blocks have no pixels");
    }
    let block_bytes = block_width.checked_mul(block_height).and_then(|n| n.checked_mul(dtype.size() as u64));
    let Some(block_bytes) = block_bytes.filter(|n| *n <= settings.max_block_bytes) else {
        return too_large(format!("blocks of {block_width} x {block_height} pixels"));
    };
    let blocks = width.div_ceil(block_width) * height.div_ceil(block_height);
    if blocks > settings.max_header_bytes / 8 {
        return too_large(format!("{blocks} blocks"));
    }
    let compression = compression(&dir)?;
    let predictor = match dir.uint(tag::PREDICTOR)?.unwrap_or(1) {
        1 => Predictor::None,
        // Without compression a predictor has no meaning, and readers ignore it.
        2 if compression == Compression::None => Predictor::None,
        2 => Predictor::Horizontal,
        other => return unsupported(format!("predictor {other}")),
    };
    let list = |tag: u16| match dir.uints(tag, blocks)? {
        Some(list) if list.len() as u64 == blocks => Ok(list),
        Some(list) => malformed(format!("{} block places for {blocks} blocks", list.len())),
        None => malformed(format!("tag {tag} is missing")),
    };
    let (offsets, counts) = (list(offsets)?, list(counts)?);
    // Neither deflate nor a sane writer makes a block much larger than its pixels.
    let most = block_bytes * 2 + 1024;
    for (offset, count) in offsets.iter().zip(&counts) {
        if *count > most {
            return too_large(format!("a block of {count} bytes for {block_bytes} bytes of pixels"));
        }
        if *count > 0 && (*offset < 8 || offset.checked_add(*count).is_none()) {
            return malformed("a block lies inside the header or beyond any file");
        }
    }
    let grid = grid(&dir, width as usize, height as usize)?;
    Ok(Cog {
        href: href.clone(),
        version: version.cloned(),
        object_len: parts.object_len,
        grid,
        block_width: block_width as usize,
        block_height: block_height as usize,
        layout,
        dtype,
        compression,
        predictor,
        order: dir.order,
        nodata: nodata(&dir, dtype)?,
        offsets,
        counts,
        head: Bytes::new(),
        check_every_block: settings.check_every_block,
    })
}

fn unsupported<T>(what: impl Into<String>) -> Result<T, Stop> {
    Err(Stop::Unsupported(what.into()))
}

fn too_large<T>(what: impl Into<String>) -> Result<T, Stop> {
    Err(Stop::TooLarge(what.into()))
}

fn dtype(dir: &Directory<'_>) -> Result<Dtype, Stop> {
    let samples = dir.uint(tag::SAMPLES)?.unwrap_or(1);
    if samples != 1 {
        return unsupported(format!("a file with {samples} bands"));
    }
    let one = |tag, default| -> Result<u64, Stop> {
        Ok(dir.uints(tag, FEW)?.and_then(|v| v.first().copied()).unwrap_or(default))
    };
    if one(tag::FILL_ORDER, 1)? != 1 {
        return unsupported("reversed bit order");
    }
    match (one(tag::SAMPLE_FORMAT, 1)?, one(tag::BITS, 1)?) {
        (1, 8) => Ok(Dtype::U8),
        (1, 16) => Ok(Dtype::U16),
        (1, bits) => unsupported(format!("{bits}-bit unsigned pixels")),
        (2, bits) => unsupported(format!("{bits}-bit signed pixels")),
        (3, bits) => unsupported(format!("{bits}-bit floating-point pixels")),
        (format, bits) => unsupported(format!("{bits}-bit pixels of sample format {format}")),
    }
}

fn compression(dir: &Directory<'_>) -> Result<Compression, Stop> {
    let name = match dir.uint(tag::COMPRESSION)?.unwrap_or(1) {
        1 => return Ok(Compression::None),
        8 | 32946 => return Ok(Compression::Deflate),
        5 => "LZW",
        6 | 7 => "JPEG",
        32773 => "PackBits",
        34712 => "JPEG 2000",
        34887 => "LERC",
        34925 => "LZMA",
        50000 => "ZSTD",
        50001 => "WebP",
        other => return unsupported(format!("compression {other}")),
    };
    unsupported(format!("{name} compression"))
}

/// `GDAL_NODATA`: a number as text. One that no pixel can have means that there is none.
fn nodata(dir: &Directory<'_>, dtype: Dtype) -> Result<Option<u16>, Stop> {
    let Some(text) = dir.text(tag::NODATA, FEW)? else { return Ok(None) };
    let most = match dtype {
        Dtype::U8 => f64::from(u8::MAX),
        Dtype::U16 => f64::from(u16::MAX),
    };
    let value = text.parse::<f64>().ok().filter(|v| (0.0..=most).contains(v) && v.fract() == 0.0);
    Ok(value.map(|v| v as u16))
}

/// The grid from scale and tie point or from a transformation without rotation.
fn grid(dir: &Directory<'_>, width: usize, height: usize) -> Result<Grid, Stop> {
    let keys = geo_keys(dir)?;
    // Upper left corner and pixel size, still in the file's own sense of where a pixel is.
    let (x, y, dx, dy) = match (dir.doubles(tag::PIXEL_SCALE, FEW)?, dir.doubles(tag::TIEPOINTS, FEW)?) {
        (Some(scale), Some(tie)) => {
            let ([dx, dy, ..], [i, j, _, x, y, _]) = (scale.as_slice(), tie.as_slice()) else {
                return unsupported("a georeference with several tie points");
            };
            (x - i * dx, y + j * dy, *dx, *dy)
        }
        _ => match dir.doubles(tag::TRANSFORMATION, FEW)?.as_deref() {
            Some([dx, row, _, x, col, minus_dy, _, y, ..]) => {
                if *row != 0.0 || *col != 0.0 {
                    return unsupported("a rotated raster");
                }
                (*x, *y, *dx, -minus_dy)
            }
            _ => return malformed("it does not say where it lies"),
        },
    };
    let size_is_sane = |d: f64| d.is_finite() && d > 0.0 && d < MAX_COORDINATE_M;
    if !size_is_sane(dx) || !size_is_sane(dy) {
        return malformed(format!("pixels of {dx} by {dy} m (positive, rows running south, are read)"));
    }
    // PixelIsPoint: the coordinates are those of pixel centres (OGC 19-008r4, 7.1.2).
    let half = if keys.pixel_is_point { 0.5 } else { 0.0 };
    let grid = Grid { epsg: keys.epsg, x0: x - half * dx, y0: y + half * dy, dx, dy, width, height };
    let sane = |v: f64| v.is_finite() && v.abs() <= MAX_COORDINATE_M;
    if ![grid.x0, grid.y0, grid.x1(), grid.y1()].into_iter().all(sane) {
        return malformed("it lies beyond the edge of any map");
    }
    Ok(grid)
}

struct GeoKeys {
    epsg: Epsg,
    pixel_is_point: bool,
}

/// The GeoKey directory: four numbers of header, then four a key (id, place, count, value).
fn geo_keys(dir: &Directory<'_>) -> Result<GeoKeys, Stop> {
    const MAX_KEYS: u64 = 4 * 256;
    let Some(list) = dir.uints(tag::GEO_KEYS, MAX_KEYS)? else {
        return malformed("it does not say in which coordinate reference system it lies");
    };
    let key = |id: u64| {
        let keys = list.chunks_exact(4).skip(1);
        keys.into_iter()
            .find(|k| k.first() == Some(&id) && k.get(1) == Some(&0))
            .and_then(|k| k.get(3).copied())
    };
    match key(1024) {
        None | Some(1) => {}
        Some(2) => return unsupported("a raster in degrees (geographic coordinates)"),
        Some(other) => return unsupported(format!("a coordinate reference system of model type {other}")),
    }
    match key(3076) {
        None | Some(9001) => {}
        Some(other) => return unsupported(format!("a raster in units EPSG:{other} (metres are read)")),
    }
    let epsg = match key(3072) {
        Some(code @ 1024..=32766) => Epsg(u32::try_from(code).unwrap_or_default()),
        Some(_) => return unsupported("a coordinate reference system without an EPSG code"),
        None => return malformed("it names no projected coordinate reference system"),
    };
    let pixel_is_point = match key(1025) {
        None | Some(1) => false,
        Some(2) => true,
        Some(other) => return malformed(format!("raster type {other}")),
    };
    Ok(GeoKeys { epsg, pixel_is_point })
}
