//! A picture to draw on: filled boxes, lines of some width, text in an 8 x 8 font shown twice as large.

use font8x8::legacy::BASIC_LEGACY;
use image::{Rgb, RgbImage};

/// How often each dot of the font is repeated.
const TEXT_ZOOM: i64 = 2;
/// Width of a letter, picture pixels.
pub(super) const ADVANCE: i64 = 8 * TEXT_ZOOM;

pub(super) struct Canvas(RgbImage);

impl Canvas {
    pub(super) fn new(width: i64, height: i64, paper: [u8; 3]) -> Canvas {
        let side = |n: i64| u32::try_from(n.max(1)).unwrap_or(1);
        Canvas(RgbImage::from_pixel(side(width), side(height), Rgb(paper)))
    }

    pub(super) fn into_image(self) -> RgbImage {
        self.0
    }

    /// One pixel; nothing outside the picture.
    pub(super) fn dot(&mut self, x: i64, y: i64, ink: [u8; 3]) {
        if let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y))
            && let Some(pixel) = self.0.get_pixel_mut_checked(x, y)
        {
            *pixel = Rgb(ink);
        }
    }

    pub(super) fn fill(&mut self, x: i64, y: i64, width: i64, height: i64, ink: [u8; 3]) {
        for j in y..y + height {
            for i in x..x + width {
                self.dot(i, j, ink);
            }
        }
    }

    pub(super) fn frame(&mut self, x: i64, y: i64, width: i64, height: i64, ink: [u8; 3]) {
        self.fill(x, y, width, 1, ink);
        self.fill(x, y + height - 1, width, 1, ink);
        self.fill(x, y, 1, height, ink);
        self.fill(x + width - 1, y, 1, height, ink);
    }

    /// A line between two points, `2 radius + 1` wide, cut to `area` (left, top, right, bottom).
    pub(super) fn line(
        &mut self,
        a: (f64, f64),
        b: (f64, f64),
        radius: i64,
        ink: [u8; 3],
        area: (i64, i64, i64, i64),
    ) {
        let Some((a, b)) = cut_to(a, b, area) else { return };
        let steps = (b.0 - a.0).abs().max((b.1 - a.1).abs()).ceil().max(1.0);
        for i in 0..=steps as i64 {
            let t = i as f64 / steps;
            let x = (a.0 + (b.0 - a.0) * t).floor() as i64;
            let y = (a.1 + (b.1 - a.1) * t).floor() as i64;
            for (dx, dy) in disc(radius) {
                let (x, y) = (x + dx, y + dy);
                if x >= area.0 && y >= area.1 && x < area.2 && y < area.3 {
                    self.dot(x, y, ink);
                }
            }
        }
    }

    /// A line of text whose first letter's upper left corner is at `(x, y)`.
    pub(super) fn text(&mut self, x: i64, y: i64, text: &str, ink: [u8; 3]) {
        for (i, letter) in text.chars().enumerate() {
            let code =
                if letter.is_ascii() && !letter.is_ascii_control() { letter as usize } else { '?' as usize };
            let Some(glyph) = BASIC_LEGACY.get(code) else { continue };
            for (row, bits) in glyph.iter().enumerate() {
                for col in (0..8).filter(|col| bits & (1 << col) != 0) {
                    let x = x + i as i64 * ADVANCE + col * TEXT_ZOOM;
                    self.fill(x, y + row as i64 * TEXT_ZOOM, TEXT_ZOOM, TEXT_ZOOM, ink);
                }
            }
        }
    }
}

fn disc(radius: i64) -> impl Iterator<Item = (i64, i64)> {
    let side = -radius..=radius;
    side.clone()
        .flat_map(move |dy| side.clone().map(move |dx| (dx, dy)))
        .filter(move |(dx, dy)| dx * dx + dy * dy <= radius * radius)
}

/// The part of a segment within the area and a little around it; `None` if there is none. An outline
/// may reach far beyond the picture, and a line must not take as long as it is.
fn cut_to(a: (f64, f64), b: (f64, f64), area: (i64, i64, i64, i64)) -> Option<((f64, f64), (f64, f64))> {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let around = 4.0;
    let (mut from, mut to) = (0.0f64, 1.0f64);
    for (start, step, low, high) in [
        (a.0, dx, area.0 as f64 - around, area.2 as f64 + around),
        (a.1, dy, area.1 as f64 - around, area.3 as f64 + around),
    ] {
        if step == 0.0 {
            if start < low || start > high {
                return None;
            }
            continue;
        }
        let (enter, leave) = ((low - start) / step, (high - start) / step);
        from = from.max(enter.min(leave));
        to = to.min(enter.max(leave));
    }
    let at = |t: f64| (a.0 + dx * t, a.1 + dy * t);
    (from <= to && from.is_finite() && to.is_finite()).then(|| (at(from), at(to)))
}
