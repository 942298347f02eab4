//! How much is taken in, and why not more.

use serde::{Deserialize, Serialize};

/// Bounds on the input. Every message about one of them names its value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Bytes of the whole input. 256 MiB: a portfolio of 100,000 plots of 60 vertices has about 200 MiB,
    /// and memory in use is this plus the plots.
    pub max_bytes: usize,
    /// Features in one input. 100,000: one record each is still one file that a spreadsheet opens.
    pub max_features: usize,
    /// Nesting of brackets in a feature. 64: a MultiPolygon needs 7, `serde_json` gives up at 128.
    pub max_depth: usize,
    /// Positions in one plot. 10,000: fields in public registers rarely pass 1,000; a walked track of an
    /// hour at one fix a second has 3,600.
    pub max_vertices: usize,
    /// Parts of one plot. 100: more is a farm or a district, not a plot.
    pub max_parts: usize,
    /// Rings of one plot, outer rings and holes together.
    pub max_rings: usize,
    /// Least area, square metres. 100: one Sentinel-2 pixel of 10 m; nothing inside less can be observed.
    pub min_area_m2: f64,
    /// Least mean width (twice the area over the perimeter), metres. 1: a thinner outline is a drawing
    /// slip or a line.
    pub min_width_m: f64,
    /// Largest area, hectares. 10,000: a million 10 m pixels; the largest single fields have some 1,000 ha.
    pub max_area_ha: f64,
    /// Largest diagonal of the bounding box, kilometres. 50: half a Sentinel-2 tile.
    pub max_extent_km: f64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            max_bytes: 256 * 1024 * 1024,
            max_features: 100_000,
            max_depth: 64,
            max_vertices: 10_000,
            max_parts: 100,
            max_rings: 200,
            min_area_m2: 100.0,
            min_width_m: 1.0,
            max_area_ha: 10_000.0,
            max_extent_km: 50.0,
        }
    }
}
