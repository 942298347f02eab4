//! Outlines that hold more than one field: drawn too large, or put beside the field; and what lies inside them.

use std::collections::BTreeMap;
use std::path::Path;

use geo::{Area, BoundingRect, Buffer, Centroid, Contains, MultiPolygon, Point, Translate};
use serde_json::json;

use crate::grid::Grid;

use super::dice::Dice;
use super::error::Error;
use super::plots::{ground_area_ha, scattered};
use super::truth::land_word;
use super::village::{Application, Cover};
use super::world::World;

/// Distance of the points at which the land inside an outline is told, metres.
const POINT_M: f64 = 2.0;
/// How far an outline is put beside its field, metres.
const ASIDE_M: (f64, f64) = (10.0, 70.0);
/// How much too large an outline is drawn on every side, metres.
const LARGER_M: (f64, f64) = (3.0, 25.0);

/// `count` outlines on lattice parcels: of three, one put aside, one drawn too large, one right.
pub(super) fn partly_cropped(world: &World, grid: &Grid, count: usize) -> Vec<Application> {
    let inside = |outline: &MultiPolygon<f64>| {
        outline.bounding_rect().is_some_and(|b| {
            b.min().x > grid.x0 && b.max().x < grid.x1() && b.min().y > grid.y1() && b.max().y < grid.y0
        })
    };
    let mut out = Vec::new();
    for (n, mut a) in scattered(world, grid, count).into_iter().enumerate() {
        let mut dice = Dice::new(world.seed ^ 0x9A27, &[n as u64]);
        let (angle, far, larger) = (
            dice.between(0.0, std::f64::consts::TAU),
            dice.between(ASIDE_M.0, ASIDE_M.1),
            dice.between(LARGER_M.0, LARGER_M.1),
        );
        let moved = match n % 3 {
            0 => a.outline.translate(far * angle.cos(), far * angle.sin()),
            1 => a.outline.buffer(larger),
            _ => a.outline.clone(),
        };
        a.role = match n % 3 {
            0 => "outline beside its field",
            1 => "outline larger than its field",
            _ => "outline of one field",
        };
        if !inside(&moved) {
            continue;
        }
        a.id = format!("PART-{:04}", n + 1);
        a.outline = moved;
        if let Some(middle) = a.outline.centroid() {
            a.inside = middle.into();
        }
        out.push(a);
    }
    out
}

/// Shares of an outline by what grows there in the last year (crops by name, other land by kind).
fn land(world: &World, outline: &MultiPolygon<f64>) -> BTreeMap<&'static str, f64> {
    let mut counts: BTreeMap<&'static str, f64> = BTreeMap::new();
    let Some(b) = outline.bounding_rect() else { return counts };
    let steps = |from: f64, to: f64| ((to - from) / POINT_M).ceil() as usize;
    let mut total: f64 = 0.0;
    for r in 0..steps(b.min().y, b.max().y) {
        for c in 0..steps(b.min().x, b.max().x) {
            let point =
                Point::new(b.min().x + (c as f64 + 0.5) * POINT_M, b.min().y + (r as f64 + 0.5) * POINT_M);
            if !outline.contains(&point) {
                continue;
            }
            let word = match world.cover(world.land.parcel_at(point.x(), point.y())) {
                Cover::Rotation(crops) => crops.last().map_or("nothing", |s| s.name),
                Cover::Lasting(land) => land_word(land),
            };
            *counts.entry(word).or_default() += 1.0;
            total += 1.0;
        }
    }
    for share in counts.values_mut() {
        *share = (*share / total.max(1.0) * 1e4).round() / 1e4;
    }
    counts
}

/// Writes `land.json`: of every plot its area and the shares of what lies inside its outline.
pub(super) fn write(path: &Path, world: &World, applications: &[Application]) -> Result<(), Error> {
    let rows: Vec<_> = applications
        .iter()
        .map(|a| {
            let area_ha = (ground_area_ha(&a.outline) * 1e4).round() / 1e4;
            let pieces = a.outline.unsigned_area() > 0.0;
            let shares = if pieces { land(world, &a.outline) } else { BTreeMap::new() };
            json!({ "id": a.id, "role": a.role, "area_ha": area_ha, "land": shares })
        })
        .collect();
    super::write_lines(path, "{\"plots\":", &rows)
}
