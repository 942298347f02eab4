//! The land: parcels without gaps, field edges, and which parcel lies under every 5 m.
//!
//! A lattice of uneven four-sided blocks, each one field or up to four strips of fields, with grass
//! verges between the blocks; over it the hand-placed fields of the village. Nothing is stored: a
//! parcel follows from its number, so a whole tile needs no more memory than a small one.

use std::collections::BTreeMap;

use geo::{BoundingRect, Contains, Coord, LineString, Point, Polygon, Rect};

use super::dice::{node, unit};
use super::place::CENTRE;
use super::village::Field;

/// Side of the squares in which the ground is told apart, metres.
pub(super) const CELL_M: f64 = 5.0;
/// Width and height of a lattice block, metres.
const BLOCK_M: (f64, f64) = (260.0, 215.0);
/// How far a corner strays, as part of the block.
const STRAY: f64 = 0.17;
/// Half width of the verge between blocks, metres.
const VERGE_M: f64 = 3.5;
/// The fields stand a little askew to the pixels, degrees.
const ASKEW_DEG: f64 = 8.0;
/// Cells a side that are tried at once.
const PATCH: usize = 32;

/// A parcel's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum ParcelId {
    /// A hand-placed field.
    Village(usize),
    /// The verge between lattice blocks.
    Verge,
    /// Strip `strip` of `strips` of lattice block `i`, `j`.
    Lattice { i: i64, j: i64, strip: u8, strips: u8 },
}

impl ParcelId {
    /// Words for a random stream of this parcel.
    pub(super) fn words(self) -> [u64; 3] {
        match self {
            ParcelId::Village(n) => [1, n as u64, 0],
            ParcelId::Verge => [2, 0, 0],
            ParcelId::Lattice { i, j, strip, .. } => [3 + u64::from(strip), i as u64, j as u64],
        }
    }
}

/// Parcels of a rectangle of cells: `ids[label[row * cols + col]]`.
pub(super) struct Labels {
    pub(super) ids: Vec<ParcelId>,
    pub(super) label: Vec<u32>,
    pub(super) cols: usize,
}

/// Labels on their way.
struct Sheet {
    origin: (f64, f64),
    known: BTreeMap<ParcelId, u32>,
    labels: Labels,
}

impl Sheet {
    fn number(&mut self, id: ParcelId) -> u32 {
        let ids = &mut self.labels.ids;
        *self.known.entry(id).or_insert_with(|| {
            ids.push(id);
            (ids.len() - 1) as u32
        })
    }
}

/// The land of one seed.
pub(super) struct Landscape {
    seed: u64,
    fields: Vec<(Field, Rect<f64>)>,
}

/// Village metres (x east along the fields, y north) to UTM metres.
pub(super) fn to_utm(u: f64, v: f64) -> Coord<f64> {
    let (sin, cos) = ASKEW_DEG.to_radians().sin_cos();
    Coord { x: CENTRE.0 + u * cos - v * sin, y: CENTRE.1 + u * sin + v * cos }
}

fn from_utm(x: f64, y: f64) -> (f64, f64) {
    let (sin, cos) = ASKEW_DEG.to_radians().sin_cos();
    let (dx, dy) = (x - CENTRE.0, y - CENTRE.1);
    (dx * cos + dy * sin, -dx * sin + dy * cos)
}

type Corner = (f64, f64);

/// Metres that `p` lies left of the line from `a` to `b`.
fn left_of(a: Corner, b: Corner, p: Corner) -> f64 {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    (dx * (p.1 - a.1) - dy * (p.0 - a.0)) / dx.hypot(dy)
}

fn between(a: Corner, b: Corner, t: f64) -> Corner {
    (a.0 + (b.0 - a.0) * t, a.1 + (b.1 - a.1) * t)
}

impl Landscape {
    /// The lattice of this seed under these hand-placed fields (the first that holds a point wins).
    pub(super) fn new(seed: u64, fields: Vec<Field>) -> Landscape {
        let fields = fields.into_iter().filter_map(|f| f.ground.bounding_rect().map(|r| (f, r))).collect();
        Landscape { seed, fields }
    }

    /// A hand-placed field.
    pub(super) fn field(&self, n: usize) -> Option<&Field> {
        self.fields.get(n).map(|(f, _)| f)
    }

    fn corner(&self, i: i64, j: i64) -> Corner {
        let h = node(self.seed ^ 0x11, i, j);
        let stray = |h: u64| STRAY * (2.0 * unit(h) - 1.0);
        (
            (i as f64 + stray(h)) * BLOCK_M.0,
            (j as f64 + stray(h.wrapping_mul(0x9E37_79B9_7F4A_7C15))) * BLOCK_M.1,
        )
    }

    /// Corners of a block, counter-clockwise from the south-west.
    fn block(&self, i: i64, j: i64) -> [Corner; 4] {
        [(0, 0), (1, 0), (1, 1), (0, 1)].map(|(a, b)| self.corner(i + a, j + b))
    }

    fn strips(&self, i: i64, j: i64) -> u8 {
        match unit(node(self.seed ^ 0x12, i, j)) {
            r if r < 0.45 => 1,
            r if r < 0.75 => 2,
            r if r < 0.9 => 3,
            _ => 4,
        }
    }

    /// Distance of `p` to the nearest edge of the block, negative outside.
    fn depth(block: &[Corner; 4], p: Corner) -> f64 {
        let [a, b, c, d] = *block;
        left_of(a, b, p).min(left_of(b, c, p)).min(left_of(c, d, p)).min(left_of(d, a, p))
    }

    fn lattice_at(&self, p: Corner) -> ParcelId {
        let (ci, cj) = ((p.0 / BLOCK_M.0).floor() as i64, (p.1 / BLOCK_M.1).floor() as i64);
        for (di, dj) in [(0, 0), (-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (1, -1), (-1, 1), (1, 1)] {
            let (i, j) = (ci + di, cj + dj);
            let block = self.block(i, j);
            let depth = Self::depth(&block, p);
            if depth < 0.0 {
                continue;
            }
            if depth < VERGE_M {
                return ParcelId::Verge;
            }
            let strips = self.strips(i, j);
            let [a, b, c, d] = block;
            let strip = (1..strips)
                .filter(|k| {
                    let t = f64::from(*k) / f64::from(strips);
                    left_of(between(a, b, t), between(d, c, t), p) < 0.0
                })
                .count() as u8;
            return ParcelId::Lattice { i, j, strip, strips };
        }
        ParcelId::Verge
    }

    /// The parcel under a point, UTM metres.
    pub(super) fn parcel_at(&self, x: f64, y: f64) -> ParcelId {
        let point = Point::new(x, y);
        let inside = |(f, r): &&(Field, Rect<f64>)| {
            x >= r.min().x && x <= r.max().x && y >= r.min().y && y <= r.max().y && f.ground.contains(&point)
        };
        match self.fields.iter().position(|f| inside(&f)) {
            Some(n) => ParcelId::Village(n),
            None => self.lattice_at(from_utm(x, y)),
        }
    }

    /// Outline of a lattice parcel without its verge, drawn `inset` metres inside, UTM metres.
    pub(super) fn outline(&self, id: ParcelId, inset: f64) -> Option<Polygon<f64>> {
        let ParcelId::Lattice { i, j, strip, strips } = id else { return None };
        let [a, b, c, d] = self.block(i, j);
        let (from, to) = (f64::from(strip) / f64::from(strips), f64::from(strip + 1) / f64::from(strips));
        let length = |a: Corner, b: Corner| (b.0 - a.0).hypot(b.1 - a.1);
        // edges that are not parallel come nearer at one end: a quarter to spare
        let margin = 1.25 * (VERGE_M + inset);
        let across = (margin / length(a, b).min(length(d, c))).min(0.3 * (to - from));
        let along = (margin / length(a, d).min(length(b, c))).min(0.3);
        let (west, east, south, north) = (from + across, to - across, along, 1.0 - along);
        let ring: Vec<Coord<f64>> = [(west, south), (east, south), (east, north), (west, north)]
            .iter()
            .map(|(s, t)| {
                let p = between(between(a, b, *s), between(d, c, *s), *t);
                to_utm(p.0, p.1)
            })
            .collect();
        Some(Polygon::new(LineString::new(ring), vec![]))
    }

    /// Parcels of `cols` x `rows` cells of 5 m from the upper left corner `x0`, `y0` (UTM metres).
    pub(super) fn labels(&self, x0: f64, y0: f64, cols: usize, rows: usize) -> Labels {
        let mut sheet = Sheet {
            origin: (x0, y0),
            known: BTreeMap::new(),
            labels: Labels { ids: Vec::new(), label: vec![0; cols * rows], cols },
        };
        for r0 in (0..rows).step_by(PATCH) {
            for c0 in (0..cols).step_by(PATCH) {
                self.fill(&mut sheet, (c0, (c0 + PATCH).min(cols)), (r0, (r0 + PATCH).min(rows)));
            }
        }
        sheet.labels
    }

    /// Fills a patch at once when it is one parcel, else its quarters.
    fn fill(&self, sheet: &mut Sheet, cols: (usize, usize), rows: (usize, usize)) {
        let (x0, y0) = sheet.origin;
        let at = |col: usize, row: usize| {
            self.parcel_at(x0 + (col as f64 + 0.5) * CELL_M, y0 - (row as f64 + 0.5) * CELL_M)
        };
        if cols.0 >= cols.1 || rows.0 >= rows.1 {
            return;
        }
        // lattice parcels are convex: one parcel at four corners is one parcel in between
        let first = at(cols.0, rows.0);
        let alone = cols.1 - cols.0 == 1 && rows.1 - rows.0 == 1;
        let plain = alone
            || (matches!(first, ParcelId::Lattice { .. })
                && [(cols.1 - 1, rows.0), (cols.0, rows.1 - 1), (cols.1 - 1, rows.1 - 1)]
                    .iter()
                    .all(|(c, r)| at(*c, *r) == first)
                && !self.village_near(x0, y0, cols, rows));
        if plain {
            let number = sheet.number(first);
            let width = sheet.labels.cols;
            for r in rows.0..rows.1 {
                sheet.labels.label[r * width + cols.0..r * width + cols.1].fill(number);
            }
        } else {
            let (c, r) = (usize::midpoint(cols.0, cols.1), usize::midpoint(rows.0, rows.1));
            for (cols, rows) in [
                ((cols.0, c), (rows.0, r)),
                ((c, cols.1), (rows.0, r)),
                ((cols.0, c), (r, rows.1)),
                ((c, cols.1), (r, rows.1)),
            ] {
                self.fill(sheet, cols, rows);
            }
        }
    }

    fn village_near(&self, x0: f64, y0: f64, cols: (usize, usize), rows: (usize, usize)) -> bool {
        let (left, right) = (x0 + cols.0 as f64 * CELL_M, x0 + cols.1 as f64 * CELL_M);
        let (top, bottom) = (y0 - rows.0 as f64 * CELL_M, y0 - rows.1 as f64 * CELL_M);
        self.fields
            .iter()
            .any(|(_, r)| r.min().x <= right && r.max().x >= left && r.min().y <= top && r.max().y >= bottom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_point_has_one_parcel_and_patches_agree_with_points() {
        let land = Landscape::new(5, vec![]);
        let labels = land.labels(CENTRE.0, CENTRE.1, 200, 120);
        for (n, l) in labels.label.iter().enumerate() {
            let (c, r) = (n % 200, n / 200);
            let x = CENTRE.0 + (c as f64 + 0.5) * CELL_M;
            let y = CENTRE.1 - (r as f64 + 0.5) * CELL_M;
            assert_eq!(labels.ids[*l as usize], land.parcel_at(x, y));
        }
        let verge = labels.label.iter().filter(|l| labels.ids[**l as usize] == ParcelId::Verge).count();
        let share = verge as f64 / labels.label.len() as f64;
        assert!((0.03..0.10).contains(&share), "verge {share}");
    }

    #[test]
    fn an_outline_lies_in_its_own_parcel() {
        let land = Landscape::new(5, vec![]);
        for k in 0..40 {
            let id = land.parcel_at(CENTRE.0 + f64::from(k) * 137.0, CENTRE.1 - f64::from(k) * 91.0);
            let Some(outline) = land.outline(id, 2.0) else { continue };
            for c in outline.exterior().coords() {
                assert_eq!(land.parcel_at(c.x, c.y), id);
            }
        }
    }
}
