//! The picture: same bytes, readable size, every part of the legend.

use croplens::grid::{Epsg, Grid, Raster, Window};
use croplens::zonal::quicklook::{BELOW_ZERO, Chip, NOT_READABLE, colour, draw, png};
use geo::{LineString, MultiPolygon, Polygon};
use ndarray::Array2;

const GRID: Grid =
    Grid { epsg: Epsg(32736), x0: 699_960.0, y0: 9_990_240.0, dx: 10.0, dy: 10.0, width: 300, height: 300 };

fn plot(cols: f64, rows: f64) -> MultiPolygon<f64> {
    let ring = [(0.2, 0.3), (0.8, 0.2), (0.9, 0.75), (0.5, 0.65), (0.15, 0.85)];
    let at = |(x, y): (f64, f64)| (GRID.x0 + 200.0 + x * cols * 10.0, GRID.y0 - 300.0 - y * rows * 10.0);
    let hole = [(0.4, 0.4), (0.6, 0.4), (0.6, 0.5), (0.4, 0.5)];
    let ring_of =
        |points: &[(f64, f64)]| LineString::from(points.iter().copied().map(at).collect::<Vec<_>>());
    Polygon::new(ring_of(&ring), vec![ring_of(&hole)]).into()
}

fn chip(cols: usize, rows: usize) -> Raster<f32> {
    let data = Array2::from_shape_fn((rows, cols), |(r, c)| match (r, c) {
        (r, c) if r + c < rows / 3 => f32::NAN,
        (r, c) if r > rows * 5 / 6 && c < cols / 4 => -0.1,
        (r, c) => (0.1 + 0.8 * c as f32 / cols as f32 + 0.05 * ((r * 7 + c * 3) % 5) as f32 / 5.0).min(0.95),
    });
    Raster { window: Window { col: 20, row: 30, width: cols, height: rows }, data }
}

#[test]
fn a_chip_is_drawn_readably_and_always_the_same() {
    let (ndvi, outline) = (chip(24, 18), plot(24.0, 18.0));
    let chip = Chip {
        ndvi: &ndvi,
        grid: &GRID,
        outline: &outline,
        uncropped: &std::collections::BTreeSet::new(),
        title: "Plot KIT-0417",
        date: "2024-05-17".parse().unwrap(),
        mean: Some(0.634),
    };
    let image = draw(&chip);
    let bytes = png(&image).unwrap();
    assert_eq!(bytes, png(&draw(&chip)).unwrap());
    let back = image::load_from_memory(&bytes).unwrap().to_rgb8();
    assert_eq!(back, image);
    assert!(image.width() >= 600 && image.height() >= 600, "{:?}", image.dimensions());
    let count = |c: [u8; 3]| image.pixels().filter(|p| p.0 == c).count();
    assert!(count(NOT_READABLE) > 1000 && count(BELOW_ZERO) > 1000);
    // a pixel away from outline and labels shows its value's colour
    let zoom = 27; // 640 / 24, rounded up
    let (left, top) = ((image.width() - 24 * zoom) / 2, 68);
    let at = |r: u32, c: u32| image.get_pixel(left + c * zoom + 13, top + r * zoom + 13).0;
    assert_eq!(at(2, 20), colour(ndvi.data[[2, 20]]));
}

#[test]
fn any_size_of_window_can_be_drawn() {
    for (cols, rows) in [(1, 1), (1, 60), (60, 1), (3, 2), (1000, 700), (4000, 10), (0, 0)] {
        let (ndvi, outline) = (chip(cols, rows), plot(1e6, 1e6));
        let title = "x".repeat(500);
        let image = draw(&Chip {
            ndvi: &ndvi,
            grid: &GRID,
            uncropped: &std::collections::BTreeSet::new(),
            outline: &outline,
            title: &title,
            date: "2024-05-17".parse().unwrap(),
            mean: None,
        });
        let longest = image.width().max(image.height());
        assert!((600..=2200).contains(&longest), "{cols} x {rows}: {:?}", image.dimensions());
    }
}

/// Plots from 2 to 2000 m wide, long ones too: nothing that is written reaches the edge of the picture.
#[test]
fn every_word_lies_inside_the_picture() {
    const EDGE: u32 = 12;
    for (cols, rows) in
        [(1, 1), (2, 40), (5, 40), (20, 40), (40, 40), (66, 60), (67, 60), (200, 30), (200, 200)]
    {
        let (ndvi, outline) = (chip(cols, rows), plot(cols as f64, rows as f64));
        let crossed = std::collections::BTreeSet::from([(0, 0)]);
        for (uncropped, mean) in [(std::collections::BTreeSet::new(), Some(0.634)), (crossed, None)] {
            let image = draw(&Chip {
                ndvi: &ndvi,
                grid: &GRID,
                uncropped: &uncropped,
                outline: &outline,
                title: "Plot KIT-0417",
                date: "2024-05-17".parse().unwrap(),
                mean,
            });
            let (w, h) = image.dimensions();
            let inked = image.enumerate_pixels().filter(|(.., p)| p.0 != [255, 255, 255]);
            let at_edge =
                inked.filter(|(x, y, _)| *x < EDGE || *y < EDGE || *x >= w - EDGE || *y >= h - EDGE);
            assert_eq!(at_edge.count(), 0, "{cols} x {rows} pixels, picture {w} x {h}");
            // The last line of the legend is written whole: its closing bracket ends where 31 letters end.
            let letters =
                image.enumerate_pixels().filter(|(x, y, p)| p.0 == [30, 30, 30] && *x > 60 && *y > h - 45);
            let last = letters.map(|(x, ..)| x).max().unwrap();
            assert!((64 + 30 * 16..64 + 31 * 16).contains(&last), "{last}");
        }
    }
}
