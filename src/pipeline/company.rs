//! Who is compared with whom: the plots of a run in companies, cut by place where they are too many for one.
//!
//! A company is judged by itself: vigour peers, neighbours that shared an event, and the offset guard of a scene know its
//! plots only. So it can be read and judged on any machine, before or after the others, with the same answer; and it
//! bounds the memory, because one company is held at a time.

use std::collections::BTreeMap;

use geo::{BoundingRect, Coord};

use crate::crs;
use crate::plot::Plot;

/// Side of an MGRS square, metres.
const SQUARE_M: f64 = 100_000.0;
/// A Sentinel-2 raster begins this far west and north of its square, metres (ESA tiling grid).
const OVERHANG_M: f64 = 40.0;
/// Side of a block of the public archive's rasters, metres: cuts between blocks cost no block twice.
const BLOCK_M: f64 = 10_240.0;

/// Where a plot's middle lies: projection and square, block inside it, metres.
struct Place {
    at: usize,
    square: (u32, i64, i64),
    block: (i64, i64),
    metres: (f64, f64),
}

/// Companies of at most `most` plots, as positions in `plots`, each in order. A run that is small enough is one company.
///
/// # Method
/// Plots are sorted into the 100 km squares of the UTM zones by the middle of their bounds. A square with too many is
/// cut in two along its longer side, at the raster block line that divides best, and so on; inside one block in halves.
/// Nothing but the plots and `most` decides.
pub(super) fn companies(plots: &[(usize, &Plot)], most: usize) -> Vec<Vec<usize>> {
    let most = most.max(1);
    if plots.len() <= most {
        return if plots.is_empty() { Vec::new() } else { vec![(0..plots.len()).collect()] };
    }
    let mut squares: BTreeMap<(u32, i64, i64), Vec<Place>> = BTreeMap::new();
    for (at, (_, plot)) in plots.iter().enumerate() {
        let place = place(at, plot);
        squares.entry(place.square).or_default().push(place);
    }
    let mut out = Vec::new();
    for places in squares.into_values() {
        cut(places, most, &mut out);
    }
    out
}

fn place(at: usize, plot: &Plot) -> Place {
    let middle = plot.geometry.bounding_rect().map_or(Coord { x: 0.0, y: 0.0 }, |b| b.center());
    let epsg = crs::utm_zone(middle.x, middle.y);
    let point = crs::project_points(&[middle], epsg).ok().and_then(|p| p.first().copied());
    let p = point.unwrap_or(Coord { x: 0.0, y: 0.0 });
    let square = ((p.x / SQUARE_M).floor(), (p.y / SQUARE_M).floor());
    let west = square.0 * SQUARE_M - OVERHANG_M;
    let north = (square.1 + 1.0) * SQUARE_M + OVERHANG_M;
    let block = (((p.x - west) / BLOCK_M).floor() as i64, ((north - p.y) / BLOCK_M).floor() as i64);
    Place { at, square: (epsg.0, -(square.1 as i64), square.0 as i64), block, metres: (p.x, p.y) }
}

fn cut(mut places: Vec<Place>, most: usize, out: &mut Vec<Vec<usize>>) {
    if places.len() <= most {
        let mut company: Vec<usize> = places.into_iter().map(|p| p.at).collect();
        company.sort_unstable();
        out.push(company);
        return;
    }
    let column = |p: &Place| p.block.0;
    let row = |p: &Place| p.block.1;
    let extent = |of: &dyn Fn(&Place) -> i64| {
        let (low, high) = (places.iter().map(of).min(), places.iter().map(of).max());
        high.zip(low).map_or(0, |(h, l)| h - l)
    };
    let (across, down) = (extent(&column), extent(&row));
    if across == 0 && down == 0 {
        // One block: halves, from north to south.
        places.sort_by(|a, b| {
            b.metres.1.total_cmp(&a.metres.1).then(a.metres.0.total_cmp(&b.metres.0)).then(a.at.cmp(&b.at))
        });
        let second = places.split_off(places.len() / 2);
        cut(places, most, out);
        cut(second, most, out);
        return;
    }
    let of = if across >= down { column } else { row };
    let mut counts: BTreeMap<i64, usize> = BTreeMap::new();
    for p in &places {
        *counts.entry(of(p)).or_default() += 1;
    }
    let half = places.len() as f64 / 2.0;
    let mut before = 0;
    let mut best: Option<(f64, i64)> = None;
    for (line, count) in &counts {
        // A line with nothing before it divides nothing.
        if before > 0 {
            let apart = (before as f64 - half).abs();
            if best.is_none_or(|(least, _)| apart < least) {
                best = Some((apart, *line));
            }
        }
        before += count;
    }
    let line = best.map_or(i64::MAX, |(_, line)| line);
    let (first, second): (Vec<Place>, Vec<Place>) = places.into_iter().partition(|p| of(p) < line);
    cut(first, most, out);
    cut(second, most, out);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::{self, Limits};

    /// Squares of 30 m on a grid of `side` by `side`, `step` degrees apart.
    fn plots(side: usize, step: f64) -> Vec<Plot> {
        let mut text = String::new();
        for k in 0..side * side {
            let (x, y) = (11.0 + step * (k % side) as f64, 48.0 + step * (k / side) as f64);
            let (r, t) = (x + 0.0004, y + 0.0003);
            text.push_str(&format!(
                "{{\"type\":\"Feature\",\"id\":\"p{k}\",\"properties\":{{}},\"geometry\":{{\"type\":\"Polygon\",\
                 \"coordinates\":[[[{x},{y}],[{r},{y}],[{r},{t}],[{x},{t}],[{x},{y}]]]}}}}\n"
            ));
        }
        let found = intake::read(text.as_bytes(), &Limits::default()).unwrap();
        found.plots().cloned().collect()
    }

    #[test]
    fn every_plot_is_in_one_company_of_its_neighbourhood_whatever_the_order() {
        for (side, step) in [(20, 0.05), (20, 0.0005)] {
            let plots = plots(side, step);
            let listed: Vec<(usize, &Plot)> = plots.iter().enumerate().collect();
            let ids = |found: Vec<Vec<usize>>, listed: &[(usize, &Plot)]| -> Vec<Vec<String>> {
                let mut named: Vec<Vec<String>> = found
                    .iter()
                    .map(|c| {
                        let mut ids: Vec<String> =
                            c.iter().map(|at| listed[*at].1.id.as_str().to_owned()).collect();
                        ids.sort();
                        ids
                    })
                    .collect();
                named.sort();
                named
            };
            for most in [1, 7, 60, 399, 400, 1000] {
                let found = companies(&listed, most);
                assert!(found.iter().all(|c| !c.is_empty() && c.len() <= most && c.is_sorted()));
                let mut all: Vec<usize> = found.iter().flatten().copied().collect();
                all.sort_unstable();
                assert_eq!(all, (0..plots.len()).collect::<Vec<_>>());
                assert_eq!(found.len() == 1, plots.len() <= most);
                let turned: Vec<(usize, &Plot)> = listed.iter().rev().copied().collect();
                assert_eq!(ids(found, &listed), ids(companies(&turned, most), &turned));
            }
        }
        assert!(companies(&[], 5).is_empty());
    }
}
