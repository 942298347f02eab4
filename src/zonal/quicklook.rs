//! The picture of one plot on one date: NDVI in colours, outline, legend, scale bar, date.
//!
//! Comes in: an NDVI map (see [`super::ndvi_map`]), its grid and the outline in metres. Goes out: an
//! RGB image and its PNG bytes, the same bytes for the same input. Not here: which date to show.

mod canvas;
mod ramp;

use std::collections::BTreeSet;

use geo::MultiPolygon;
use image::{ImageEncoder, RgbImage};
use jiff::civil::Date;

use crate::grid::{Grid, Raster};

use canvas::Canvas;
pub use ramp::{BELOW_ZERO, NOT_READABLE, colour, stops};

/// Side of the map that is aimed for, picture pixels: readable on a phone and on paper.
const MAP_SIDE: usize = 640;
/// Longest side of a map; larger windows are thinned out.
const MAX_SIDE: usize = 1600;
const MARGIN: i64 = 16;
/// The longest second line.
const LONGEST_LINE: &str = "NDVI 2022-07-06  no reading  x: no crop";
/// Narrowest picture: it holds every line of text that does not depend on the plot.
const MIN_WIDTH: i64 = 2 * MARGIN + LONGEST_LINE.len() as i64 * canvas::ADVANCE;
const LINE: i64 = 24;
const HEADER: i64 = MARGIN + 2 * LINE + 4;
const LEGEND: i64 = 114 + LINE;
const INK: [u8; 3] = [30, 30, 30];
const FAINT: [u8; 3] = [90, 90, 90];
/// Vermillion of the Okabe-Ito palette, darkened: told from every NDVI colour.
const CROSS: [u8; 3] = [150, 40, 0];
const PAPER: [u8; 3] = [255, 255, 255];

/// What a quicklook shows.
#[derive(Clone, Copy, Debug)]
pub struct Chip<'a> {
    /// NDVI, NaN where it could not be read.
    pub ndvi: &'a Raster<f32>,
    /// Grid of `ndvi`.
    pub grid: &'a Grid,
    /// The plot's outline, metres of the grid's CRS.
    pub outline: &'a MultiPolygon<f64>,
    /// Pixels (row, column of `ndvi`) that carry no crop: crossed, with an edge around them.
    pub uncropped: &'a BTreeSet<(usize, usize)>,
    /// First line, such as the plot's id. Letters outside ASCII are shown as `?`.
    pub title: &'a str,
    /// Solar day of the scene.
    pub date: Date,
    /// The plot's mean, shown in the second line when there is one.
    pub mean: Option<f64>,
}

/// Draws a chip.
pub fn draw(chip: &Chip<'_>) -> RgbImage {
    let view = View::new(chip);
    let width = (view.width + 2 * MARGIN).max(MIN_WIDTH);
    let mut canvas = Canvas::new(width, HEADER + view.height + LEGEND, PAPER);
    let left = (width - view.width) / 2;

    canvas.text(MARGIN, MARGIN, &fitted(chip.title, width), INK);
    let mean = chip.mean.map_or("no reading".to_owned(), |m| format!("mean {m:.2}"));
    let crossed = if chip.uncropped.is_empty() { "" } else { "  x: no crop" };
    canvas.text(MARGIN, MARGIN + LINE, &format!("NDVI {}  {mean}{crossed}", chip.date), FAINT);

    view.pixels(&mut canvas, chip, left, HEADER);
    view.uncropped(&mut canvas, chip, left, HEADER);
    view.outline(&mut canvas, chip, left, HEADER);
    view.scale_bar(&mut canvas, left, HEADER);
    legend(&mut canvas, width, HEADER + view.height);
    canvas.into_image()
}

/// The image as PNG.
///
/// # Errors
/// What the encoder says; it writes to memory only.
pub fn png(image: &RgbImage) -> Result<Vec<u8>, image::ImageError> {
    let mut bytes = Vec::new();
    let (width, height) = image.dimensions();
    image::codecs::png::PngEncoder::new(&mut bytes).write_image(
        image.as_raw(),
        width,
        height,
        image::ExtendedColorType::Rgb8,
    )?;
    Ok(bytes)
}

/// As much of a text as fits the width, with two dots where it was cut.
fn fitted(text: &str, width: i64) -> String {
    let room = usize::try_from((width - 2 * MARGIN) / canvas::ADVANCE).unwrap_or(0);
    if text.chars().count() <= room {
        return text.to_owned();
    }
    text.chars().take(room.saturating_sub(2)).chain("..".chars()).collect()
}

/// How raster pixels become picture pixels: each is shown `zoom` wide, or only every `step`th.
struct View {
    zoom: usize,
    step: usize,
    width: i64,
    height: i64,
    metres_per_px: f64,
}

impl View {
    fn new(chip: &Chip<'_>) -> View {
        let w = chip.ndvi.window;
        let longest = w.width.max(w.height).max(1);
        let zoom = MAP_SIDE.div_ceil(longest);
        let zoom = if zoom * longest > MAX_SIDE { 1 } else { zoom };
        let step = longest.div_ceil(MAX_SIDE);
        let shown = |n: usize| (n.div_ceil(step) * zoom) as i64;
        let metres_per_px = chip.grid.dx * step as f64 / zoom as f64;
        View { zoom, step, width: shown(w.width), height: shown(w.height), metres_per_px }
    }

    fn pixels(&self, canvas: &mut Canvas, chip: &Chip<'_>, left: i64, top: i64) {
        for y in 0..self.height {
            for x in 0..self.width {
                let (r, c) = (y as usize / self.zoom * self.step, x as usize / self.zoom * self.step);
                let value = chip.ndvi.data.get((r, c)).copied().unwrap_or(f32::NAN);
                // hatched, so that it is told from pale colours on any screen
                let hatch = value.is_nan() && (x + y).rem_euclid(8) < 2;
                canvas.dot(left + x, top + y, if hatch { FAINT } else { colour(value) });
            }
        }
        canvas.frame(left - 1, top - 1, self.width + 2, self.height + 2, FAINT);
    }

    /// A cross in every uncropped pixel, and a line where they meet the others.
    fn uncropped(&self, canvas: &mut Canvas, chip: &Chip<'_>, left: i64, top: i64) {
        let side = self.zoom as f64;
        let area = (left, top, left + self.width, top + self.height);
        let shown = |n: usize| (n / self.step) as f64 * side;
        for (row, col) in chip.uncropped {
            let (x, y) = (left as f64 + shown(*col), top as f64 + shown(*row));
            let at = |u: f64, v: f64| (x + u * side, y + v * side);
            for (radius, ink) in [(2, PAPER), (0, CROSS)] {
                canvas.line(at(0.3, 0.3), at(0.7, 0.7), radius, ink, area);
                canvas.line(at(0.3, 0.7), at(0.7, 0.3), radius, ink, area);
            }
            let sides = [
                ((row.wrapping_sub(1), *col), (0.0, 0.0), (1.0, 0.0)),
                ((row + 1, *col), (0.0, 1.0), (1.0, 1.0)),
                ((*row, col.wrapping_sub(1)), (0.0, 0.0), (0.0, 1.0)),
                ((*row, col + 1), (1.0, 0.0), (1.0, 1.0)),
            ];
            for (beside, from, to) in sides {
                if !chip.uncropped.contains(&beside) {
                    canvas.line(at(from.0, from.1), at(to.0, to.1), 1, CROSS, area);
                }
            }
        }
    }

    fn outline(&self, canvas: &mut Canvas, chip: &Chip<'_>, left: i64, top: i64) {
        let (w, g) = (chip.ndvi.window, chip.grid);
        let (x0, y0) = (g.x0 + w.col as f64 * g.dx, g.y0 - w.row as f64 * g.dy);
        let (sx, sy) =
            (self.zoom as f64 / self.step as f64 / g.dx, self.zoom as f64 / self.step as f64 / g.dy);
        let area = (left, top, left + self.width, top + self.height);
        for (radius, ink) in [(3, PAPER), (1, INK)] {
            for polygon in chip.outline {
                for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
                    for line in ring.lines() {
                        let at = |c: geo::Coord<f64>| {
                            ((c.x - x0) * sx + left as f64, (y0 - c.y) * sy + top as f64)
                        };
                        canvas.line(at(line.start), at(line.end), radius, ink, area);
                    }
                }
            }
        }
    }

    /// A round number of metres, at most a third of the map.
    fn scale_bar(&self, canvas: &mut Canvas, left: i64, top: i64) {
        let longest = self.metres_per_px * self.width as f64 / 3.0;
        let metres = round_length(longest);
        let length = (metres / self.metres_per_px).round() as i64;
        let label = if metres >= 1000.0 { format!("{} km", metres / 1000.0) } else { format!("{metres} m") };
        let text = label.chars().count() as i64 * canvas::ADVANCE;
        let (x, y) = (left + 10, top + self.height - 48);
        let wide = length.max(text) + 16;
        if wide + 20 > self.width || self.height < 70 {
            return;
        }
        canvas.fill(x, y, wide, 38, PAPER);
        canvas.frame(x, y, wide, 38, FAINT);
        canvas.text(x + 8, y + 5, &label, INK);
        canvas.fill(x + 8, y + 27, length, 4, INK);
    }
}

/// The longest of 1, 2, 5, 10, 20, ... metres that is not above the limit.
fn round_length(limit: f64) -> f64 {
    let decade = 10f64.powf(limit.max(1.0).log10().floor());
    let step = [5.0, 2.0, 1.0].into_iter().find(|s| s * decade <= limit).unwrap_or(1.0);
    step * decade
}

fn legend(canvas: &mut Canvas, width: i64, top: i64) {
    let (x0, x1, y) = (MARGIN + 24, width - MARGIN - 24, top + MARGIN);
    for x in x0..x1 {
        let ndvi = (x - x0) as f32 / (x1 - x0 - 1) as f32;
        canvas.fill(x, y, 1, 18, colour(ndvi));
    }
    canvas.frame(x0, y, x1 - x0, 18, FAINT);
    for tick in 0..=5 {
        let x = x0 + (x1 - x0 - 1) * tick / 5;
        canvas.fill(x, y + 18, 1, 5, INK);
        let label = format!("{:.1}", tick as f64 / 5.0);
        canvas.text(x - canvas::ADVANCE * 3 / 2, y + 26, &label, INK);
    }
    let y = y + 32 + LINE;
    canvas.fill(x0, y, 16, 16, BELOW_ZERO);
    canvas.frame(x0, y, 16, 16, FAINT);
    canvas.text(x0 + 24, y, "below 0", INK);
    let y = y + LINE;
    for i in 0..16 {
        for j in 0..16 {
            let hatch = (i + j) % 8 < 2;
            canvas.dot(x0 + i, y + j, if hatch { FAINT } else { NOT_READABLE });
        }
    }
    canvas.frame(x0, y, 16, 16, FAINT);
    canvas.text(x0 + 24, y, "not read (outside, cloud, snow)", INK);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scale_bars_are_round() {
        for (limit, expected) in
            [(7.0, 5.0), (10.0, 10.0), (19.9, 10.0), (49.0, 20.0), (640.0, 500.0), (0.2, 1.0)]
        {
            assert_eq!(round_length(limit), expected);
        }
    }

    #[test]
    fn long_titles_are_cut_and_say_so() {
        assert_eq!(fitted("KIT-0417", 640), "KIT-0417");
        let cut = fitted(&"地".repeat(300), 640);
        assert_eq!(cut.chars().count() as i64, (640 - 2 * MARGIN) / canvas::ADVANCE);
        assert!(cut.ends_with(".."));
    }
}
