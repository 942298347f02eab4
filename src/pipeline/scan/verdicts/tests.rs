//! Runs and plots hold the verdicts of their pixels, however they are looked up.

use super::*;
use crate::grid::Epsg;
use crate::scl::Scl;
use proptest::prelude::*;

/// A grid of square pixels whose corner lies so many metres from the common one.
fn grid(size: f64, shift: f64, n: usize) -> Grid {
    let (x0, y0) = (500_000.0 + shift, 5_000_000.0 - shift);
    Grid { epsg: Epsg(32633), x0, y0, dx: size, dy: -size, width: n, height: n }
}

proptest! {
    /// Speckled and even classes, twice as large pixels or as large ones, shifted or not: a run filled at once holds
    /// what each of its pixels says.
    #[test]
    fn runs_hold_the_verdicts_of_their_pixels(
        seeds in prop::collection::vec(0u8..40, 400), size in prop_oneof![Just(10.0), Just(20.0)],
        shift in prop_oneof![Just(0.0), -45.0..45.0], (left, top, right) in (0usize..9, 0usize..9, 0usize..9),
        row in 0u32..22, (col, len) in (0u32..22, 0u32..30),
    ) {
        let classes = grid(size, shift, 20);
        // Most pixels alike.
        let sky = |seed: &u8| if *seed < 3 { Sky::of(Scl::CloudHigh) } else { Sky::of(Scl::Vegetation) };
        let window = Window { col: left, row: top, width: 20 - left - right, height: 20 - top };
        let part = Array2::from_shape_fn((window.height, window.width), |(r, c)| {
            sky(&seeds[(top + r) * 20 + left + c])
        });
        let bands = grid(10.0, 0.0, 22);
        let over = SkyOver::new(&Arc::new(Verdicts::of(Raster { window, data: part.clone() })), &classes, &bands, None).unwrap();
        let span = Span { row, col, len: len.min(22 - col) };
        let near = Nearest::new(&bands, &classes).unwrap();
        let one = |col: u32| {
            let r = near.row(row as usize)?.checked_sub(top)?;
            let c = near.col(col as usize)?.checked_sub(left)?;
            part.get((r, c)).copied()
        };
        let expected: Vec<Sky> =
            (span.col..span.col + span.len).map(|col| one(col).unwrap_or(Sky::NO_DATA)).collect();
        let mut found = Vec::new();
        let around = |spans: &[Span]| Window {
            col: col as usize,
            row: spans[0].row as usize,
            width: span.len as usize,
            height: spans.len(),
        };
        over.append(&around(&[span]), &[span], &mut found);
        prop_assert_eq!(&found, &expected);
        // The rows above and below it too, one behind the other.
        let rows: Vec<Span> = (0..22).map(|row| Span { row, ..span }).collect();
        let one_by_one = rows.iter().flat_map(|row| over.along(row)).collect::<Vec<Sky>>();
        found.clear();
        over.append(&around(&rows), &rows, &mut found);
        prop_assert_eq!(found, one_by_one);
        let is_cloud = |sky: Sky| sky == Sky::of(Scl::CloudHigh);
        prop_assert_eq!(over.any(&span, is_cloud), expected.into_iter().any(is_cloud));
    }

    /// A plot of a few ragged rows, over land that is even, even but for one pixel, or speckled.
    #[test]
    fn plots_hold_the_verdicts_of_their_pixels(
        odd in prop_oneof![Just(None), (0usize..400).prop_map(Some)], speckled in prop::bool::weighted(0.2),
        seeds in prop::collection::vec(0u8..12, 400), size in prop_oneof![Just(10.0), Just(20.0)],
        shift in prop_oneof![Just(0.0), -45.0..45.0], (left, top) in (0usize..4, 0usize..4),
        first in 0u32..20, rows in prop::collection::vec((0u32..16, 1u32..7), 1..6), merges in any::<bool>(),
    ) {
        // Under this rule bare soil and vegetation are alike, and nothing else is.
        let like = merges.then(|| MaskTable::new(&MaskRule::peers(&[Scl::Vegetation, Scl::Bare])));
        let alike = |sky: Sky| like.map_or(sky, |like| like.stand_in(sky));
        let classes = grid(size, shift, 20);
        let sky = |at: usize| match odd {
            Some(odd) if odd == at => Sky::of(Scl::CloudHigh),
            _ if speckled && seeds[at] == 0 => Sky::of(Scl::Bare),
            _ => Sky::of(Scl::Vegetation),
        };
        let window = Window { col: left, row: top, width: 20 - left, height: 20 - top };
        let part = Array2::from_shape_fn((window.height, window.width), |(r, c)| sky((top + r) * 20 + left + c));
        let bands = grid(10.0, 0.0, 26);
        let over = SkyOver::new(&Arc::new(Verdicts::of(Raster { window, data: part })), &classes, &bands, like).unwrap();
        let spans: Vec<Span> =
            rows.iter().zip(first..).map(|((col, len), row)| Span { row, col: *col, len: *len }).collect();
        let col = spans.iter().map(|s| s.col).min().unwrap() as usize;
        let end = spans.iter().map(|s| s.col + s.len).max().unwrap() as usize;
        let around = Window { col, row: first as usize, width: end - col, height: spans.len() };
        let mut found = Vec::new();
        over.append(&around, &spans, &mut found);
        let expected: Vec<Sky> = spans.iter().flat_map(|span| over.along(span)).map(alike).collect();
        prop_assert_eq!(found.into_iter().map(alike).collect::<Vec<Sky>>(), expected);
        let whole = over.even_over(&around);
        let all: Vec<Sky> = (around.row..around.row_end())
            .flat_map(|row| over.along(&Span { row: row as u32, col: col as u32, len: (end - col) as u32 }).collect::<Vec<_>>())
            .map(alike)
            .collect();
        let reaches = all.iter().all(|sky| *sky != Sky::NO_DATA);
        let one = all.iter().all(|sky| *sky == all[0]).then_some(all[0]);
        prop_assert_eq!(whole, one.filter(|_| reaches), "one verdict over the window, where the classes reach");
    }
}
