//! A view as a row of the archive, and back.

use crate::band::Band;
use crate::observation::Observation;
use crate::pipeline::pixel_days::PixelDay;
use crate::pipeline::scan::{PartPixels, PartView, ScanRules};
use crate::scene::Scene;
use crate::store::{KeptRow, PartHash};
use crate::zonal::{GuardCounts, Sky};

/// A row of what was read; `None` if something that was asked for is missing.
pub(super) fn kept(part: PartHash, view: &PartView, bands: &[Band]) -> Option<KeptRow> {
    let o = &view.observation;
    let means: Vec<Option<f64>> = bands.iter().map(|band| o.bands.get(band).copied()).collect();
    // A band without a value may have failed to be read: nobody can tell, so it is read again.
    if o.ndvi.is_some() && means.contains(&None) {
        return None;
    }
    Some(KeptRow {
        part,
        date: o.date,
        ndvi: o.ndvi,
        bands: means,
        sky: o.sky,
        valid_fraction: o.valid_fraction,
        pixel_count: o.pixel_count,
        rejected: o.rejected,
        guard: view.guard.as_ref().map(|g| g.to_bytes()),
        pixels: view.pixel_day.as_ref().map(|day| day.kept()),
        piece: view.pixels.as_ref().map(|p| piece_bytes(p)),
    })
}

/// The view that a row stands for; `None` if the row lacks something that these rules ask for.
pub(super) fn view(
    part: usize,
    whole: bool,
    row: &KeptRow,
    scene: &Scene,
    rules: &ScanRules,
) -> Option<PartView> {
    let means = rules.bands.iter().zip(&row.bands).filter_map(|(band, mean)| Some((*band, (*mean)?)));
    let observation = Observation {
        scene: scene.id.clone(),
        joined: Vec::new(),
        datetime: scene.datetime,
        date: row.date,
        ndvi: row.ndvi,
        bands: means.collect(),
        sky: row.sky,
        valid_fraction: row.valid_fraction,
        pixel_count: row.pixel_count,
        rejected: row.rejected,
    };
    let guard = match &row.guard {
        Some(bytes) => Some(Box::new(GuardCounts::from_bytes(bytes)?)),
        None if rules.guard && row.ndvi.is_some() => return None,
        None => None,
    };
    let pixel_day = match &row.pixels {
        _ if !rules.pixels.is_some_and(|keep| keep.wants(&observation)) => None,
        Some((step, values)) => {
            Some(Box::new(PixelDay::recalled(scene.id.clone(), row.date, *step, values.clone())))
        }
        None => return None,
    };
    let pixels = match &row.piece {
        _ if whole => None,
        Some(bytes) => Some(Box::new(piece(bytes)?)),
        None => return None,
    };
    let guard = guard.filter(|_| rules.guard);
    Some(PartView { part, observation, pixels, chip: None, pixel_day, recalled: true, guard })
}

/// Bytes of one pixel of a piece: coverage, red, near infrared, sky.
const PIXEL: usize = 9;

/// Area and share inside, then the pixels, all little-endian.
fn piece_bytes(p: &PartPixels) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(16 + PIXEL * p.coverage.len());
    bytes.extend(p.pixel_count.to_le_bytes());
    bytes.extend(p.inside_fraction.to_le_bytes());
    for (((coverage, red), nir), sky) in p.coverage.iter().zip(&p.red).zip(&p.nir).zip(&p.sky) {
        bytes.extend(coverage.to_le_bytes());
        bytes.extend(red.to_le_bytes());
        bytes.extend(nir.to_le_bytes());
        bytes.push(u8::try_from(sky.index()).unwrap_or(0));
    }
    bytes
}

fn piece(bytes: &[u8]) -> Option<PartPixels> {
    let (area, rest) = bytes.split_first_chunk::<8>()?;
    let (inside, rest) = rest.split_first_chunk::<8>()?;
    let (pixels, odd) = rest.as_chunks::<PIXEL>();
    if !odd.is_empty() {
        return None;
    }
    let mut out = PartPixels {
        coverage: Vec::with_capacity(pixels.len()),
        red: Vec::with_capacity(pixels.len()),
        nir: Vec::with_capacity(pixels.len()),
        sky: Vec::with_capacity(pixels.len()),
        pixel_count: f64::from_le_bytes(*area),
        inside_fraction: f64::from_le_bytes(*inside),
    };
    for [a, b, c, d, r0, r1, n0, n1, sky] in pixels {
        out.coverage.push(f32::from_le_bytes([*a, *b, *c, *d]));
        out.red.push(u16::from_le_bytes([*r0, *r1]));
        out.nir.push(u16::from_le_bytes([*n0, *n1]));
        out.sky.push(Sky::from_index(usize::from(*sky)));
    }
    Some(out)
}
