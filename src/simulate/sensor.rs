//! From the ground to numbers: blurring over field edges, sky, noise, digits.
//!
//! Comes in: parcels under every 5 m, what each reflects today, the sky. Goes out: rows of digital
//! numbers and scene classes. Works in strips, so a whole tile is never in memory.

use std::rc::Rc;

use crate::grid::Grid;

use super::acquisitions::{Overpass, SceneFile};
use super::canopy::{BANDS, NIR, RED};
use super::dice::{bell, node, ripple};
use super::landscape::{CELL_M, Labels};
use super::sky::{Above, CLOUD_FOUND, SHADOW_FOUND};

/// Cells around a strip that are needed to blur its edge and to shift it.
const MARGIN: usize = 5;
/// Standard deviation of the point spread, as part of the pixel: about 1.3 pixels full width at half
/// maximum.
const BLUR: f64 = 0.55;
/// One step of the numbers: eleven bits over the range of land, and files that stay small.
const QUANTUM: f32 = 8.0;
/// Noise of a dark pixel, and what each unit of reflectance adds.
const NOISE: (f32, f32) = (0.0005, 0.0024);
/// Spread of leaf area inside a field, as part of it.
const TEXTURE: f64 = 0.35;

const CLOUD: [f32; BANDS] = [0.62, 0.60, 0.59, 0.59, 0.60, 0.60, 0.60, 0.60, 0.42, 0.33];
const VEIL: [f32; BANDS] = [0.42, 0.41, 0.40, 0.40, 0.40, 0.40, 0.40, 0.40, 0.26, 0.20];
/// Part of the light that full shadow takes.
const SHADE: [f32; BANDS] = [0.55, 0.60, 0.64, 0.66, 0.68, 0.69, 0.70, 0.70, 0.74, 0.76];
/// How much of the aerosol error at 490 nm each band shows.
const AEROSOL: [f32; BANDS] = [1.6, 1.1, 0.9, 0.8, 0.6, 0.5, 0.4, 0.4, 0.1, 0.05];

/// What one parcel reflects on one day.
#[derive(Clone, Copy, Debug)]
pub(super) struct Surface {
    pub(super) rho: [f32; BANDS],
    /// Change of `rho` per unit of relative leaf area.
    pub(super) slope: [f32; BANDS],
    pub(super) ndvi: f32,
    pub(super) water: f32,
    pub(super) snow: f32,
}

/// Point spread over a pixel of `step` cells and one pixel on either side, summing to 1.
fn blur(step: usize) -> Vec<f64> {
    let sigma = BLUR * step as f64;
    let middle = 1.5 * step as f64;
    let raw: Vec<f64> =
        (0..3 * step).map(|k| (-0.5 * ((k as f64 + 0.5 - middle) / sigma).powi(2)).exp()).collect();
    let sum: f64 = raw.iter().sum();
    raw.iter().map(|w| w / sum).collect()
}

/// One strip of one scene: rows `top .. top + rows` of the 10 m grid.
pub(super) struct Strip<'a> {
    pub(super) overpass: &'a Overpass,
    pub(super) labels: Rc<Labels>,
    pub(super) surfaces: Vec<Surface>,
    /// Upper left corner of the strip, UTM metres.
    origin: (f64, f64),
    cols_10m: usize,
    rows_10m: usize,
    above: Vec<Above>,
    texture: Vec<f32>,
    nodes: usize,
}

impl<'a> Strip<'a> {
    /// The strip's labels, as `labels(x0, y0, cols, rows)` gives them, and its sky.
    pub(super) fn new(
        grid: &Grid,
        top: usize,
        rows: usize,
        overpass: &'a Overpass,
        seed: u64,
        labels: impl FnOnce(f64, f64, usize, usize) -> Rc<Labels>,
    ) -> Strip<'a> {
        let origin = (grid.x0, grid.y0 - top as f64 * grid.dy);
        let margin_m = MARGIN as f64 * CELL_M;
        let shift = (overpass.misplaced.0 as f64 * CELL_M, overpass.misplaced.1 as f64 * CELL_M);
        let labels = labels(
            origin.0 - margin_m + shift.0,
            origin.1 + margin_m + shift.1,
            grid.width * 2 + 2 * MARGIN,
            rows * 2 + 2 * MARGIN,
        );
        // sky and texture vary slowly: nodes every 20 m, one beyond each edge
        let (nodes, lines) = (grid.width / 2 + 2, rows / 2 + 2);
        let mut above = Vec::with_capacity(nodes * lines);
        let mut texture = Vec::with_capacity(nodes * lines);
        for line in 0..lines {
            for n in 0..nodes {
                let x = origin.0 + (n as f64 - 0.5) * 20.0;
                let y = origin.1 - (line as f64 - 0.5) * 20.0;
                above.push(overpass.sky.above(x, y));
                let wave =
                    0.7 * ripple(seed ^ 0x7E, x, y, 140.0) + 0.3 * ripple(seed ^ 0x7F, x, y, 55.0) - 0.5;
                texture.push((TEXTURE * wave) as f32);
            }
        }
        Strip {
            overpass,
            labels,
            surfaces: Vec::new(),
            origin,
            cols_10m: grid.width,
            rows_10m: rows,
            above,
            texture,
            nodes,
        }
    }

    /// Bilinear weights of the four nodes around a point, metres from the strip's corner.
    fn around(&self, x: f64, y: f64) -> [(usize, f32); 4] {
        let (u, v) = (x / 20.0 + 0.5, y / 20.0 + 0.5);
        let (i, j) = (u.floor(), v.floor());
        let (s, t) = ((u - i) as f32, (v - j) as f32);
        let base = j as usize * self.nodes + i as usize;
        [
            (base, (1.0 - s) * (1.0 - t)),
            (base + 1, s * (1.0 - t)),
            (base + self.nodes, (1.0 - s) * t),
            (base + self.nodes + 1, s * t),
        ]
    }

    fn sky_at(&self, x: f64, y: f64) -> (Above, f32) {
        let mut sky = Above::default();
        let mut texture = 0.0;
        for (n, w) in self.around(x, y) {
            let a = &self.above[n];
            sky.cloud += w * a.cloud;
            sky.shadow += w * a.shadow;
            sky.veil += w * a.veil;
            texture += w * self.texture[n];
        }
        (sky, texture)
    }

    fn in_swath(&self, x: f64, y: f64) -> bool {
        self.overpass.swath_limit.is_none() || self.overpass.sees(self.origin.0 + x, self.origin.1 - y)
    }

    /// Digital numbers of band `b` (index into the spectrum) at `res` metres (10 or 20).
    pub(super) fn band(&self, b: usize, res: f64, scene: &SceneFile, seed: u64) -> Vec<u16> {
        let step = (res / CELL_M) as usize;
        let (cols, rows) = (self.cols_10m * 2 / step, self.rows_10m * 2 / step);
        let kernel = blur(step);
        let first = MARGIN - step;
        let date_key = seed ^ ((self.overpass.date.year() as u64) << 40) ^ ((self.overpass.day as u64) << 8);
        let gain =
            1.0 + 0.012 * bell(node(date_key, 0xB0, b as i64)) * if scene.sequence > 0 { 0.5 } else { 1.0 };
        let noise_key = node(date_key, 0xB1 + i64::from(scene.sequence), b as i64);
        let aerosol = self.overpass.sky.aerosol as f32 * AEROSOL[b];
        let mut out = Vec::with_capacity(cols * rows);
        for r in 0..rows {
            let y = (r as f64 + 0.5) * res;
            for c in 0..cols {
                let x = (c as f64 + 0.5) * res;
                if !self.in_swath(x, y) {
                    out.push(0);
                    continue;
                }
                let (rho, slope) = self.mixed(b, c * step + first, r * step + first, &kernel);
                let (sky, texture) = self.sky_at(x, y);
                let mut v = (rho + slope * texture) * (1.0 - SHADE[b] * sky.shadow) + aerosol;
                v = v * (1.0 - sky.veil) + VEIL[b] * sky.veil;
                v = v * (1.0 - sky.cloud) + CLOUD[b] * sky.cloud;
                let (px, py) = (self.origin.0 + x, self.origin.1 - y);
                let noise =
                    bell(node(noise_key, px as i64, py as i64)) * (NOISE.0 + NOISE.1 * v) * (1.0 - sky.cloud);
                let dn = ((v * gain + noise) * 10_000.0 / QUANTUM).round() * QUANTUM;
                out.push((dn as i32 + scene.dn_offset()).clamp(1, 20_000) as u16);
            }
        }
        out
    }

    /// Reflectance and its slope, blurred over the parcels under one pixel.
    fn mixed(&self, b: usize, c0: usize, r0: usize, kernel: &[f64]) -> (f32, f32) {
        let n = kernel.len();
        let (cols, label) = (self.labels.cols, &self.labels.label);
        let one = label[r0 * cols + c0];
        let top = &label[r0 * cols + c0..r0 * cols + c0 + n];
        let plain = top.iter().all(|l| *l == one)
            && (r0 + 1..r0 + n).all(|r| &label[r * cols + c0..r * cols + c0 + n] == top);
        if plain {
            let s = &self.surfaces[one as usize];
            return (s.rho[b], s.slope[b]);
        }
        let (mut rho, mut slope) = (0.0, 0.0);
        for (r, wr) in (r0..).zip(kernel) {
            for (c, wc) in (c0..).zip(kernel) {
                let s = &self.surfaces[label[r * cols + c] as usize];
                rho += wr * wc * f64::from(s.rho[b]);
                slope += wr * wc * f64::from(s.slope[b]);
            }
        }
        (rho as f32, slope as f32)
    }

    /// Scene classes at 20 m, right about the land, blind to thin rims of cloud and shadow.
    pub(super) fn classes(&self, seed: u64) -> Vec<u8> {
        let (cols, rows) = (self.cols_10m / 2, self.rows_10m / 2);
        let key = node(seed ^ 0x5CA, self.overpass.day as i64, i64::from(self.overpass.orbit));
        let mut out = Vec::with_capacity(cols * rows);
        for r in 0..rows {
            for c in 0..cols {
                let (x, y) = ((c as f64 + 0.5) * 20.0, (r as f64 + 0.5) * 20.0);
                if !self.in_swath(x, y) {
                    out.push(0);
                    continue;
                }
                let (sky, _) = self.sky_at(x, y);
                let mut mean = [0.0_f32; 5];
                for dr in 0..4 {
                    for dc in 0..4 {
                        let at = (r * 4 + MARGIN + dr) * self.labels.cols + c * 4 + MARGIN + dc;
                        let s = &self.surfaces[self.labels.label[at] as usize];
                        for (m, v) in mean.iter_mut().zip([s.rho[RED], s.rho[NIR], s.ndvi, s.water, s.snow]) {
                            *m += v / 16.0;
                        }
                    }
                }
                let [red, nir, ndvi, water, snow] = mean;
                let (cloud, shadow) = (f64::from(sky.cloud), f64::from(sky.shadow));
                let slip =
                    super::dice::unit(node(key, (self.origin.0 + x) as i64, (self.origin.1 - y) as i64));
                out.push(match () {
                    () if cloud >= 0.60 => 9,
                    () if cloud >= CLOUD_FOUND => 8,
                    () if sky.veil >= 0.10 => 10,
                    () if shadow >= SHADOW_FOUND => 3,
                    () if snow >= 0.45 => 11,
                    () if shadow >= 0.20 && slip < 0.4 => 2,
                    () if water >= 0.5 => 6,
                    () if slip > 0.996 => 7,
                    () if ndvi >= 0.34 => 4,
                    () if red + nir < 0.12 => 2,
                    () => 5,
                });
            }
        }
        out
    }
}
