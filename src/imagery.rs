//! Blocks of raster files: Cloud Optimized GeoTIFFs, and plain GeoTIFFs of the same kind.
//!
//! Comes in: an address (`objects::Href`) and pixel windows. Goes out: a [`Cog`] (what the file says of
//! itself), [`EncodedBlock`]s (bytes, fetched asynchronously or left in a local file) and pixels ([`decode()`],
//! synchronous, for the compute threads). Not here: retries and limits of the network (see `objects`), which blocks are
//! wanted, caches of pixels, reflectance.

mod checked;
mod cog;
mod decode;
mod error;
mod header;
mod inflate;
mod open;
mod sample;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use tokio::sync::OnceCell;

pub use self::checked::CHECKED_ONE_IN;
pub use self::cog::{BlockIndex, Cog, Compression, Dtype, Layout, Predictor};
pub use self::decode::{EncodedBlock, Rows, decode, decode_rows};
pub use self::error::Error;
pub use self::sample::Sample;

use self::header::{Parts, Stop};
use crate::objects::{self, Href, Objects, Part};

/// Limits of what is read. They cannot change a pixel.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// First request of a file, bytes.
    pub first_bytes: u64,
    /// Least size of a further request for the header, bytes.
    pub more_bytes: u64,
    /// Most that is read for a header altogether, bytes.
    pub max_header_bytes: u64,
    /// Most pixels a side.
    pub max_side: u64,
    /// Most bytes of the pixels of one block.
    pub max_block_bytes: u64,
    /// Whether every block is inflated whole and its checksum compared, though the transport vouches for the file and
    /// fewer rows are needed.
    pub check_every_block: bool,
    /// Headers remembered. Of files with blocks in their first request, that request's bytes are kept too.
    pub headers: usize,
}

impl Default for Settings {
    /// 32 KiB hold the header of a 10980 x 10980 COG of 1024-pixel blocks with four overviews (measured
    /// on files of GDAL's COG driver), so that one request opens a Sentinel-2 band.
    fn default() -> Self {
        Settings {
            first_bytes: 32 << 10,
            more_bytes: 32 << 10,
            max_header_bytes: 4 << 20,
            max_side: 1 << 16,
            max_block_bytes: 64 << 20,
            check_every_block: true,
            headers: 4096,
        }
    }
}

/// What reading some blocks of a file costs, its header included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Requests for this file.
    pub requests: u64,
    /// Bytes of this file.
    pub bytes: u64,
    /// Requests for any file of the same grid and blocks, if its header is as long.
    pub requests_at_most: u64,
    /// Bytes of any such file.
    pub bytes_at_most: u64,
}

/// Reader of rasters; share one per run (it remembers headers).
#[derive(Debug)]
pub struct Imagery {
    objects: Arc<Objects>,
    settings: Settings,
    headers: Mutex<Headers>,
}

/// A header, read by the first who asks while the others wait.
type Cell = Arc<OnceCell<Arc<Cog>>>;

/// Headers by address, each opened once however many ask, with the time of their last use.
#[derive(Debug, Default)]
struct Headers {
    uses: u64,
    cells: BTreeMap<Href, (u64, Cell)>,
}

impl Imagery {
    /// A reader with default [`Settings`].
    pub fn new(objects: Arc<Objects>) -> Imagery {
        Imagery::with_settings(objects, Settings::default())
    }

    /// A reader with other limits.
    pub fn with_settings(objects: Arc<Objects>, settings: Settings) -> Imagery {
        Imagery { objects, settings, headers: Mutex::default() }
    }

    /// What the file says of itself. Read once per file; a failure is not remembered.
    ///
    /// # Errors
    /// The file cannot be read, is not a raster of the supported kind, or its header is wrong.
    pub async fn open(&self, href: &Href) -> Result<Arc<Cog>, Error> {
        let cell = self.cell(href);
        cell.get_or_try_init(|| self.read_header(href)).await.cloned()
    }

    /// The bytes of blocks, in the order given. Near blocks share a request; the file must still be
    /// the version that was opened.
    ///
    /// # Errors
    /// Blocks that are not in the file, or bytes that cannot be had. If the file was replaced, its
    /// header is forgotten, so that a fresh start (see [`Error::is_worth_a_restart`]) sees the new one.
    pub async fn fetch(&self, cog: &Cog, blocks: &[BlockIndex]) -> Result<Vec<EncodedBlock>, Error> {
        self.blocks(cog, blocks, async |ranges| {
            let read = self.objects.get_ranges_of(&cog.href, cog.version.as_ref(), ranges).await?;
            Ok(read.into_iter().map(Part::Here).collect())
        })
        .await
    }

    /// As [`Imagery::fetch`], but blocks of a local file are read by the thread that decodes them.
    ///
    /// # Errors
    /// As [`Imagery::fetch`].
    pub async fn locate(&self, cog: &Cog, blocks: &[BlockIndex]) -> Result<Vec<EncodedBlock>, Error> {
        let found = async |ranges: &[Range<u64>]| {
            self.objects.parts_of(&cog.href, cog.version.as_ref(), ranges).await
        };
        self.blocks(cog, blocks, found).await
    }

    /// Blocks whose bytes came with the header, and those that `read` gets.
    async fn blocks(
        &self,
        cog: &Cog,
        blocks: &[BlockIndex],
        read: impl AsyncFnOnce(&[Range<u64>]) -> Result<Vec<Part>, objects::Error>,
    ) -> Result<Vec<EncodedBlock>, Error> {
        let mut ranges = Vec::with_capacity(blocks.len());
        for index in blocks {
            let (href, index) = (|| cog.href.to_string(), *index);
            let place = cog.place(index).ok_or_else(|| Error::NoSuchBlock { href: href(), index })?;
            let range = place.map_or(0..0, |(offset, count)| offset..offset.saturating_add(count));
            if let Some(object_len) = cog.object_len.filter(|n| range.end > *n) {
                return Err(Error::Truncated { href: href(), index, object_len });
            }
            ranges.push(range);
        }
        let known: Vec<Option<Bytes>> = ranges.iter().map(|range| cog.in_head(range)).collect();
        let lacking: Vec<Range<u64>> = std::iter::zip(&ranges, &known)
            .map(|(range, known)| if known.is_some() { 0..0 } else { range.clone() })
            .collect();
        let read = read(&lacking).await;
        if read.as_ref().is_err_and(|e| e.is_changed()) {
            self.forget(cog);
        }
        let written = |range: &Range<u64>| !range.is_empty();
        let bytes = std::iter::zip(known, read?).map(|(known, read)| known.map_or(read, Part::Here));
        Ok(std::iter::zip(blocks, std::iter::zip(&ranges, bytes))
            .map(|(index, (range, bytes))| EncodedBlock {
                index: *index,
                bytes: written(range).then_some(bytes),
            })
            .collect())
    }

    /// The blocks by the requests that fetch them, each with its bytes; blocks that were never written, and those
    /// whose bytes came with the header, need none and stand first. A run is what one [`Imagery::fetch`] is for.
    pub fn runs(&self, cog: &Cog, blocks: &[BlockIndex]) -> Vec<(Vec<BlockIndex>, u64)> {
        let ranges: Vec<Range<u64>> = blocks.iter().map(|index| lacking(cog, *index)).collect();
        let (without, mut runs): (Vec<BlockIndex>, Vec<_>) = (
            std::iter::zip(blocks, &ranges).filter(|(_, r)| r.is_empty()).map(|(b, _)| *b).collect(),
            self.objects.runs(&ranges),
        );
        let mut all = Vec::with_capacity(runs.len() + 1);
        if !without.is_empty() {
            all.push((without, 0));
        }
        for run in &mut runs {
            run.sort_unstable();
            let members = run.iter().filter_map(|at| Some((blocks.get(*at)?, ranges.get(*at)?)));
            let bytes = members.clone().map(|(_, r)| r.end - r.start).sum();
            all.push((members.map(|(block, _)| *block).collect(), bytes));
        }
        all
    }

    /// What opening this file and fetching these blocks costs when nothing goes wrong, and what a file of the
    /// same grid may cost at most.
    pub fn cost(&self, cog: &Cog, blocks: &[BlockIndex]) -> Cost {
        let ranges: Vec<Range<u64>> = blocks.iter().map(|index| lacking(cog, *index)).collect();
        let (requests, bytes) = self.objects.cost(&ranges);
        let head = self.settings.first_bytes;
        let (width, height) = cog.block_size();
        let pixels = (width * height * cog.dtype().size()) as u64;
        // A thousandth and some bytes: what Deflate adds to data that it cannot make smaller (RFC 1951).
        let block = pixels + pixels / 1000 + 64 + self.objects.merge_gap();
        let count = blocks.len() as u64;
        Cost {
            requests: 1 + requests,
            bytes: cog.object_len.map_or(head, |len| len.min(head)) + bytes,
            requests_at_most: 1 + count,
            bytes_at_most: head + count * block,
        }
    }

    fn cell(&self, href: &Href) -> Cell {
        let mut headers = self.headers.lock().unwrap_or_else(PoisonError::into_inner);
        headers.uses += 1;
        let now = headers.uses;
        if let Some((used, cell)) = headers.cells.get_mut(href) {
            *used = now;
            return Arc::clone(cell);
        }
        if headers.cells.len() >= self.settings.headers.max(1) {
            let oldest = headers.cells.iter().min_by_key(|(_, (used, _))| *used).map(|(h, _)| h.clone());
            if let Some(oldest) = oldest {
                headers.cells.remove(&oldest);
            }
        }
        let cell = Cell::default();
        headers.cells.insert(href.clone(), (now, Arc::clone(&cell)));
        cell
    }

    /// Forgets a header, unless a newer one has taken its place.
    /// The same file once more, its header read anew unless somebody else has done so meanwhile: bytes that came with a
    /// header may have been damaged on their way.
    ///
    /// # Errors
    /// As [`Imagery::open`].
    pub async fn reopen(&self, cog: &Arc<Cog>) -> Result<Arc<Cog>, Error> {
        {
            let mut headers = self.headers.lock().unwrap_or_else(PoisonError::into_inner);
            let same = |(_, cell): &(u64, Cell)| cell.get().is_some_and(|known| Arc::ptr_eq(known, cog));
            if headers.cells.get(&cog.href).is_some_and(same) {
                headers.cells.remove(&cog.href);
            }
        }
        self.open(&cog.href).await
    }

    fn forget(&self, cog: &Cog) {
        let mut headers = self.headers.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |(_, cell): &(u64, Cell)| cell.get().is_some_and(|known| known.version == cog.version);
        if headers.cells.get(&cog.href).is_some_and(same) {
            headers.cells.remove(&cog.href);
        }
    }

    /// Reads the first bytes of a file, and more of it only where the header says that it needs them.
    async fn read_header(&self, href: &Href) -> Result<Arc<Cog>, Error> {
        let Settings { first_bytes, more_bytes, max_header_bytes, .. } = self.settings;
        let head = self.objects.get_head(href, first_bytes.min(max_header_bytes)).await?;
        let mut total = head.bytes.len() as u64;
        let mut parts = Parts::default();
        parts.object_len = head.object_len.or((total < first_bytes).then_some(total));
        parts.add(0, head.bytes.clone());
        loop {
            let stop = match open::read(href, head.version.as_ref(), &parts, &self.settings) {
                Ok(mut cog) => {
                    cog.keep_head(head.bytes);
                    return Ok(Arc::new(cog));
                }
                Err(stop) => stop,
            };
            let href_text = href.to_string();
            let lacks = match stop {
                Stop::Lacks(range) => range,
                Stop::Malformed(what) => return Err(Error::Malformed { href: href_text, what }),
                Stop::Unsupported(what) => return Err(Error::Unsupported { href: href_text, what }),
                Stop::TooLarge(what) => return Err(Error::TooLarge { href: href_text, what }),
            };
            // A little more than asked, as the tags' values lie together; never beyond a known end.
            let end = lacks.end.max(lacks.start.saturating_add(more_bytes));
            let end = parts.object_len.map_or(lacks.end, |n| end.min(n).max(lacks.end));
            total = total.saturating_add(end - lacks.start);
            if total > max_header_bytes {
                let what = format!("its header takes more than {max_header_bytes} bytes");
                return Err(Error::TooLarge { href: href_text, what });
            }
            let range = lacks.start..end;
            let wanted = std::slice::from_ref(&range);
            let read = self.objects.get_ranges_of(href, head.version.as_ref(), wanted).await?;
            parts.add(lacks.start, read.into_iter().next().unwrap_or_default());
        }
    }
}

/// The bytes of a block that have to be asked for; none if it was never written or came with the header.
fn lacking(cog: &Cog, index: BlockIndex) -> Range<u64> {
    let range = match cog.place(index).flatten() {
        Some((at, count)) => at..at.saturating_add(count),
        None => return 0..0,
    };
    if cog.in_head(&range).is_some() { 0..0 } else { range }
}
