//! From the scene classification to a verdict per pixel: erode, then dilate, on its own grid.
//!
//! # Method
//! 1. Unreadable pixels are those whose class has weight 0. Speckle among them (places where a disc
//!    of `erode_m` does not fit) is set free: a morphological opening, where everything outside the
//!    raster counts as unreadable.
//! 2. Each cloud and shadow class then reaches `dilate_m` past its pixels, no data
//!    `no_data_border_m`: discs, distances between pixel centres. Where several reach, cloud is
//!    named before shadow and shadow before no data.

mod bits;

use ndarray::Array2;

use crate::grid::{Grid, Raster, Window};
use crate::scl::{SCL, Scl, SclGroup};

use super::rule::MaskRule;

use self::bits::Bits;

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
    #[inline]
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
    sky_of(classes.clone(), grid, rule)
}

/// As [`sky`], in the memory of the classes.
pub fn sky_of(classes: Raster<u8>, grid: &Grid, rule: &MaskRule) -> Raster<Sky> {
    let mut out = Raster { window: classes.window, data: by_class(classes.data) };
    let among = |is: &dyn Fn(Sky) -> bool| std::array::from_fn(|i| is(Sky::from_index(i)));
    if rule.erode_m > 0.0 {
        let good = Bits::of(&out, &among(&|s| s.weight(rule) != 0.0));
        let core = good.grown(grid, rule.erode_m).inverted();
        let speckle = core.grown(grid, rule.erode_m).inverted();
        let hidden = among(&|s| matches!(s.group(), SclGroup::Cloud | SclGroup::Shadow));
        speckle.and(&Bits::of(&out, &hidden)).paint(&mut out, Sky::of(Scl::Unclassified));
    }
    let of_class = |wanted: &[(Scl, f64)]| among(&|s| wanted.iter().any(|(class, _)| s == Sky::of(*class)));
    // weakest first: a later, stronger reach overwrites an earlier one
    let steps = [
        (SclGroup::NoData, Sky::NEAR_NO_DATA),
        (SclGroup::Shadow, Sky::NEAR_SHADOW),
        (SclGroup::Cloud, Sky::NEAR_CLOUD),
    ];
    let mut reached: Vec<(Bits, Sky)> = Vec::new();
    for (group, verdict) in steps {
        let mut reaches: Vec<(Scl, f64)> = SCL
            .iter()
            .filter(|f| f.group == group)
            .map(|f| (f.class, reach_m(f.class, rule)))
            .filter(|(_, reach)| *reach > 0.0)
            .collect();
        reaches.sort_by(|a, b| a.1.total_cmp(&b.1));
        for same in reaches.chunk_by(|a, b| a.1 == b.1) {
            let Some((_, reach)) = same.first() else { continue };
            let seed = Bits::of(&out, &of_class(same));
            if !seed.is_empty() {
                reached.push((seed.grown(grid, *reach), verdict));
            }
        }
    }
    if !reached.is_empty() {
        let open = among(&|s| matches!(s.group(), SclGroup::Land | SclGroup::Water | SclGroup::Snow));
        let open = Bits::of(&out, &open);
        for (near, verdict) in reached {
            near.and(&open).paint(&mut out, verdict);
        }
    }
    out
}

/// The verdicts of the classes by themselves, in their memory: one byte each, both of them.
fn by_class(classes: Array2<u8>) -> Array2<Sky> {
    let verdict = |v: u8| if v < 12 { Sky(v) } else { Sky::NO_DATA };
    if !classes.is_standard_layout() {
        return classes.mapv(verdict);
    }
    let size = classes.dim();
    let (mut values, start) = classes.into_raw_vec_and_offset();
    values.drain(..start.unwrap_or(0));
    values.truncate(size.0 * size.1);
    let verdicts = values.into_iter().map(verdict).collect();
    // It cannot fail: there are as many as the shape has.
    Array2::from_shape_vec(size, verdicts).unwrap_or_else(|_| Array2::from_elem(size, Sky::NO_DATA))
}

/// How far a class reaches, metres.
fn reach_m(class: Scl, rule: &MaskRule) -> f64 {
    match class {
        Scl::NoData => rule.no_data_border_m,
        class => rule.dilate_m.of(class),
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
