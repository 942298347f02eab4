//! The cells of a fixed grid that an outline covers: what two lenders can compare without showing an outline.

use geo::{BoundingRect, Contains, InteriorPoint, MultiPolygon, Point};

/// Width of a cell, degrees of longitude and latitude: 55 m from south to north, less from west to east.
pub const CELL_DEG: f64 = 0.0005;

/// Most cells of one outline: 30 km2 at the equator. A larger one is not one plot.
const MOST_CELLS: usize = 10_000;

/// Row and column of every cell whose middle lies in the outline, in order; of an outline that holds no middle, the
/// cell of a point inside it. Empty for an outline without land or with too many cells.
pub fn cells(outline: &MultiPolygon<f64>) -> Vec<(i64, i64)> {
    let Some(extent) = outline.bounding_rect() else { return Vec::new() };
    let number = |degrees: f64| (degrees / CELL_DEG).floor() as i64;
    let middle = |n: i64| (n as f64 + 0.5) * CELL_DEG;
    let (rows, columns) =
        (number(extent.min().y)..=number(extent.max().y), number(extent.min().x)..=number(extent.max().x));
    let boxed = rows.clone().count().saturating_mul(columns.clone().count());
    if boxed > 4 * MOST_CELLS {
        return Vec::new();
    }
    let mut found: Vec<(i64, i64)> = rows
        .flat_map(|row| columns.clone().map(move |column| (row, column)))
        .filter(|(row, column)| outline.contains(&Point::new(middle(*column), middle(*row))))
        .collect();
    if found.is_empty() {
        found.extend(outline.interior_point().map(|p| (number(p.y()), number(p.x()))));
    }
    if found.len() > MOST_CELLS { Vec::new() } else { found }
}
