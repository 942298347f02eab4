//! Settings of the comparison with peers, with units in the keys and a source for every default.

use serde::{Deserialize, Serialize};

/// Who is a peer, and when a comparison says something.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct VigourRules {
    /// First radius, metres. Default 10 000 (design value).
    pub radius_m: f64,
    /// Radius when too few lie within the first, metres. Default 20 000 (design value).
    pub wide_radius_m: f64,
    /// Least number of peers. Default 8 (design value).
    pub min_peers: usize,
    /// Most peers: the nearest ones. Default 100: a larger number narrows no interval that matters.
    pub max_peers: usize,
    /// Most days between green-ups. Default 15 (design value).
    pub max_greenup_days: u32,
    /// Least stage of a comparison, days since green-up. Default 20.
    pub min_stage_days: u32,
    /// Least deviation in one plot's greenness that counts as spread, NDVI. Default 0.02, the noise of a field mean.
    pub least_spread_ndvi: f64,
    /// Probability of a crop group from which a plot counts as of that group. Default 0.6 (design value).
    pub min_group_probability: f64,
    /// Other seasons of the plot needed for a deviation from its own history. Default 2.
    pub min_own_seasons: usize,
    /// The same for the vegetation condition index. Default 4 (design value).
    pub min_vci_seasons: usize,
    /// Most days of the year between the green-ups of two seasons that are compared. Default 45: beyond, it is
    /// another crop's time.
    pub own_greenup_days: u32,
    /// Days behind the neighbours from which a plot is called late. Default 14: twice the error of a green-up date.
    pub late_days: i32,
    /// Deviation below the peers from which weak vigour is a reason. Default -2, "very weak" (design value).
    pub weak_z: f64,
    /// Deviation above the peers from which strong vigour is one. Default 1 (design value).
    pub strong_z: f64,
    /// Vegetation condition below which a season is dry or otherwise poor, 0 to 100. Default 35 (Kogan 1995).
    pub poor_vci: f64,
}

impl Default for VigourRules {
    fn default() -> Self {
        VigourRules {
            radius_m: 10_000.0,
            wide_radius_m: 20_000.0,
            min_peers: 8,
            max_peers: 100,
            max_greenup_days: 15,
            min_stage_days: 20,
            least_spread_ndvi: 0.02,
            min_group_probability: 0.6,
            min_own_seasons: 2,
            min_vci_seasons: 4,
            own_greenup_days: 45,
            late_days: 14,
            weak_z: -2.0,
            strong_z: 1.0,
            poor_vci: 35.0,
        }
    }
}
