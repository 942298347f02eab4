//! From the scene classification to a verdict per pixel: erode, then dilate, on its own grid.
//!
//! # Method
//! 1. Unreadable pixels are those whose class has weight 0. Speckle among them (places where a disc
//!    of `erode_m` does not fit) is set free: a morphological opening, where everything outside the
//!    raster counts as unreadable.
//! 2. Each cloud and shadow class then reaches `dilate_m` past its pixels, no data
//!    `no_data_border_m`: discs, distances between pixel centres. Where several reach, cloud is
//!    named before shadow and shadow before no data.

use ndarray::Array2;

use crate::grid::{Grid, Raster, Window};
use crate::scl::{SCL, Scl, SclGroup};

use super::rule::MaskRule;

/// A pixel's verdict: its scene class, or what reaches over it from nearby.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sky(u8);

impl Sky {
    /// No data: outside the raster, or nothing was measured.
    pub const NO_DATA: Sky = Sky(0);
    /// Readable by class, but within reach of a cloud.
    pub const NEAR_CLOUD: Sky = Sky(12);
    /// Readable by class, but within reach of a cloud shadow.
    pub const NEAR_SHADOW: Sky = Sky(13);
    /// Readable by class, but at the rim of missing data.
    pub const NEAR_NO_DATA: Sky = Sky(14);
    /// Number of different verdicts.
    pub(super) const COUNT: usize = 15;

    /// The verdict of a class by itself.
    pub const fn of(class: Scl) -> Sky {
        Sky(class as u8)
    }

    /// What the pixel counts as.
    pub fn group(self) -> SclGroup {
        match self {
            Sky::NEAR_CLOUD => SclGroup::Cloud,
            Sky::NEAR_SHADOW => SclGroup::Shadow,
            Sky::NEAR_NO_DATA => SclGroup::NoData,
            Sky(class) => Scl::from_value(class).facts().group,
        }
    }

    /// Weight of the pixel, 0 to 1; 0 within reach of cloud, shadow or missing data.
    pub fn weight(self, rule: &MaskRule) -> f64 {
        match self.class() {
            Some(class) => rule.weight.of(class),
            None => 0.0,
        }
    }

    /// The scene class, where the pixel speaks for itself.
    pub fn class(self) -> Option<Scl> {
        (self.0 < 12).then(|| Scl::from_value(self.0))
    }

    /// The number 0 to 14, for tables and for keeping.
    pub fn index(self) -> usize {
        usize::from(self.0)
    }

    /// The verdict with this number.
    pub fn from_index(index: usize) -> Sky {
        Sky(index.min(Sky::COUNT - 1) as u8)
    }
}

/// The window of the scene classification that [`sky`] needs to judge every pixel of `plot`, a
/// window of the `bands` grid; `None` if the classification does not reach there.
pub fn sky_window(bands: &Grid, plot: Window, classes: &Grid, rule: &MaskRule) -> Option<Window> {
    let bounds = (
        bands.x0 + plot.col as f64 * bands.dx,
        bands.y0 - plot.row_end() as f64 * bands.dy,
        bands.x0 + plot.col_end() as f64 * bands.dx,
        bands.y0 - plot.row as f64 * bands.dy,
    );
    // a metre more than the reach, so that rounding cannot cut a row
    classes.window_of(bounds, rule.margin_m() + 1.0)
}

/// The verdict of every pixel of a window of the scene classification.
///
/// A pixel's verdict does not depend on the window, provided that the window holds everything within
/// [`MaskRule::margin_m`] of it that the grid has (see [`sky_window`]). Values above 11 are no data.
pub fn sky(classes: &Raster<u8>, grid: &Grid, rule: &MaskRule) -> Raster<Sky> {
    let mut out = classes.data.mapv(|v| if v < 12 { Sky(v) } else { Sky::NO_DATA });
    if rule.erode_m > 0.0 {
        let unreadable: [bool; Sky::COUNT] = std::array::from_fn(|i| Sky::from_index(i).weight(rule) == 0.0);
        let good = out.mapv(|s| !unreadable.get(s.index()).copied().unwrap_or(true));
        let core = grown(&good, grid, rule.erode_m).mapv(|near_good| !near_good);
        let kept = grown(&core, grid, rule.erode_m);
        for (s, kept) in out.iter_mut().zip(&kept) {
            if !kept && matches!(s.group(), SclGroup::Cloud | SclGroup::Shadow) {
                *s = Sky::of(Scl::Unclassified);
            }
        }
    }
    let seeds = out.clone();
    // weakest first: a later, stronger reach overwrites an earlier one
    for (group, verdict) in [
        (SclGroup::NoData, Sky::NEAR_NO_DATA),
        (SclGroup::Shadow, Sky::NEAR_SHADOW),
        (SclGroup::Cloud, Sky::NEAR_CLOUD),
    ] {
        let mut reaches: Vec<(Scl, f64)> = SCL
            .iter()
            .filter(|f| f.group == group)
            .map(|f| (f.class, reach_m(f.class, rule)))
            .filter(|(_, reach)| *reach > 0.0)
            .collect();
        reaches.sort_by(|a, b| a.1.total_cmp(&b.1));
        for same in reaches.chunk_by(|a, b| a.1 == b.1) {
            let Some((_, reach)) = same.first() else { continue };
            let seed = seeds.mapv(|s| same.iter().any(|(class, _)| s == Sky::of(*class)));
            if !seed.iter().any(|s| *s) {
                continue;
            }
            let near = grown(&seed, grid, *reach);
            for ((s, near), seed) in out.iter_mut().zip(&near).zip(&seeds) {
                if *near && matches!(seed.group(), SclGroup::Land | SclGroup::Water | SclGroup::Snow) {
                    *s = verdict;
                }
            }
        }
    }
    Raster { window: classes.window, data: out }
}

/// How far a class reaches, metres.
fn reach_m(class: Scl, rule: &MaskRule) -> f64 {
    match class {
        Scl::NoData => rule.no_data_border_m,
        class => rule.dilate_m.of(class),
    }
}

/// Every pixel within `reach_m` (between centres) of a set pixel. Outside the array nothing is set.
///
/// Row by row: `gap[c]` is the distance along the row to the nearest set pixel; a pixel is reached
/// from `d` rows away if that row's gap is at most the half-width of the disc at height `d`.
fn grown(set: &Array2<bool>, grid: &Grid, reach_m: f64) -> Array2<bool> {
    let (rows, cols) = set.dim();
    // a hair more, so that 60 m is three pixels of 20 m whatever the rounding
    let reach = reach_m * (1.0 + 1e-9);
    let reach_rows = ((reach / grid.dy).floor() as usize).min(rows);
    let half_width: Vec<u16> = (0..=reach_rows)
        .map(|d| {
            let height = d as f64 * grid.dy;
            let width = (reach * reach - height * height).max(0.0).sqrt() / grid.dx;
            (width.floor() as usize).min(cols).min(usize::from(u16::MAX) - 1) as u16
        })
        .collect();
    let mut out = Array2::from_elem((rows, cols), false);
    let mut gap = vec![u16::MAX; cols];
    for (row, line) in set.rows().into_iter().enumerate() {
        if !line.iter().any(|b| *b) {
            continue;
        }
        gap_along(line.iter().copied(), &mut gap);
        let last = (row + reach_rows + 1).min(rows);
        for target in row.saturating_sub(reach_rows)..last {
            let Some(half) = half_width.get(row.abs_diff(target)) else { continue };
            for (out, gap) in out.row_mut(target).iter_mut().zip(&gap) {
                *out |= gap <= half;
            }
        }
    }
    out
}

/// Distance along a row to the nearest set pixel, pixels.
fn gap_along(set: impl DoubleEndedIterator<Item = bool> + ExactSizeIterator + Clone, gap: &mut [u16]) {
    let mut away = u16::MAX;
    for (gap, set) in gap.iter_mut().zip(set.clone()) {
        away = if set { 0 } else { away.saturating_add(1) };
        *gap = away;
    }
    away = u16::MAX;
    for (gap, set) in gap.iter_mut().zip(set).rev() {
        away = if set { 0 } else { away.saturating_add(1) };
        *gap = (*gap).min(away);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::Epsg;

    fn grid(n: usize) -> Grid {
        Grid { epsg: Epsg(32636), x0: 0.0, y0: 0.0, dx: 20.0, dy: 20.0, width: n, height: n }
    }

    fn raster(n: usize, class: impl Fn(usize, usize) -> Scl) -> Raster<u8> {
        Raster { window: grid(n).window(), data: Array2::from_shape_fn((n, n), |(r, c)| class(r, c) as u8) }
    }

    #[test]
    fn a_cloud_reaches_as_a_disc_between_centres() {
        let n = 31;
        let blob = |r: usize, c: usize| r.abs_diff(15) <= 1 && c.abs_diff(15) <= 1;
        let classes = raster(n, |r, c| if blob(r, c) { Scl::CloudHigh } else { Scl::Bare });
        let mut rule = MaskRule { erode_m: 0.0, ..MaskRule::default() };
        rule.dilate_m.0[Scl::CloudHigh as usize] = 60.0;
        let seen = sky(&classes, &grid(n), &rule);
        for ((r, c), s) in seen.data.indexed_iter() {
            let dr = r.abs_diff(15).saturating_sub(1) as f64 * 20.0;
            let dc = c.abs_diff(15).saturating_sub(1) as f64 * 20.0;
            let expected = if blob(r, c) {
                Sky::of(Scl::CloudHigh)
            } else if dr * dr + dc * dc <= 3600.0 {
                Sky::NEAR_CLOUD
            } else {
                Sky::of(Scl::Bare)
            };
            assert_eq!(*s, expected, "{r} {c}");
        }
    }

    #[test]
    fn speckle_is_set_free_and_does_not_reach_but_clouds_do() {
        let n = 40;
        let classes = raster(n, |r, c| match (r, c) {
            (5, 5) | (5, 6) | (6, 5) | (6, 6) => Scl::CloudHigh, // 2 x 2: a roof
            (20..=24, 20..=24) => Scl::CloudHigh,
            (35, 5) => Scl::CloudShadow,
            _ => Scl::Vegetation,
        });
        let seen = sky(&classes, &grid(n), &MaskRule::default());
        assert_eq!(seen.data[[5, 5]], Sky::of(Scl::Unclassified));
        assert_eq!(seen.data[[35, 5]], Sky::of(Scl::Unclassified));
        assert_eq!(seen.data[[4, 5]], Sky::of(Scl::Vegetation));
        assert_eq!(seen.data[[22, 22]], Sky::of(Scl::CloudHigh));
        assert_eq!(seen.data[[22, 29]], Sky::NEAR_CLOUD);
        assert_eq!(seen.data[[22, 30]], Sky::of(Scl::Vegetation));
    }

    #[test]
    fn a_cloud_at_the_edge_of_the_scene_is_not_speckle() {
        let n = 12;
        let classes = raster(n, |r, _| if r == 0 { Scl::CloudMedium } else { Scl::Bare });
        let seen = sky(&classes, &grid(n), &MaskRule::default());
        assert_eq!(
            seen.data[[0, 6]],
            Sky::of(Scl::Unclassified),
            "a line one pixel wide does not hold a disc"
        );
        let classes = raster(n, |r, _| if r <= 1 { Scl::CloudMedium } else { Scl::Bare });
        let seen = sky(&classes, &grid(n), &MaskRule::default());
        assert_eq!(seen.data[[0, 6]], Sky::of(Scl::CloudMedium));
        assert_eq!(seen.data[[6, 6]], Sky::NEAR_CLOUD);
    }

    #[test]
    fn missing_data_keeps_its_name_and_reaches_one_pixel() {
        let n = 12;
        let classes = raster(n, |_, c| if c < 4 { Scl::NoData } else { Scl::Bare });
        let seen = sky(&classes, &grid(n), &MaskRule::default());
        assert_eq!(seen.data[[6, 3]], Sky::NO_DATA);
        assert_eq!(seen.data[[6, 4]], Sky::NEAR_NO_DATA);
        assert_eq!(seen.data[[6, 5]], Sky::of(Scl::Bare));
        assert_eq!(seen.data[[6, 4]].group(), SclGroup::NoData);
    }
}
