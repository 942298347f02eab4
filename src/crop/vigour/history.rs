//! A plot against its own other years.

use jiff::civil::Date;

use crate::phenology::Season;
use crate::series::Smooth;

use super::greenness::{greenness, position_of};
use super::rank::{deviation, sorted};
use super::rules::VigourRules;

/// Deviation of one plot's greenness between years that counts as spread at least, NDVI (design value).
const LEAST_SPREAD: f64 = 0.03;
/// Stages by which another year may fall short and still be compared: 10 days.
const SHORT_STEPS: usize = 2;

/// Greenness against the plot's other years at the same stage. What grew in those years is not known, so it is the
/// plot that is compared, not the crop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OwnHistory {
    /// Other seasons compared with.
    pub n: usize,
    /// Deviation from their median in robust standard deviations, shrunk by n / (n + 5).
    pub z: f64,
    /// Vegetation condition: 100 (x - lowest) / (highest - lowest), below 0 or above 100 beyond them; with enough years.
    pub vci: Option<f64>,
}

/// The season at `current` against the others of the plot at the same stage and time of the year.
pub fn own_history(
    curve: &Smooth,
    seasons: &[Season],
    current: usize,
    own: &[f32],
    rules: &VigourRules,
) -> Option<OwnHistory> {
    let greenup = seasons.get(current)?.greenup50?;
    let last = own.len().checked_sub(1).filter(|k| *k >= position_of(rules.min_stage_days))?;
    let x = f64::from(*own.last()?);
    let mut others = Vec::new();
    for (k, season) in seasons.iter().enumerate() {
        let Some(then) = season.greenup50.filter(|_| k != current) else { continue };
        if !same_time_of_year(then, greenup, rules.own_greenup_days) {
            continue;
        }
        let end = season.senescence50.or(season.eos).unwrap_or(Date::MAX);
        let path = greenness(curve, then, end);
        if path.len() + SHORT_STEPS > last
            && let Some(value) = path.get(last).or(path.last())
        {
            others.push(f64::from(*value));
        }
    }
    let others = sorted(others);
    let n = others.len();
    if n < rules.min_own_seasons {
        return None;
    }
    let z = deviation(x, &others, LEAST_SPREAD)?;
    let vci = match (others.first(), others.last()) {
        (Some(low), Some(high)) if n >= rules.min_vci_seasons && high - low > 1e-6 => {
            Some(100.0 * (x - low) / (high - low))
        }
        _ => None,
    };
    Some(OwnHistory { n, z, vci })
}

fn same_time_of_year(a: Date, b: Date, most: u32) -> bool {
    let apart = (i32::from(a.day_of_year()) - i32::from(b.day_of_year())).unsigned_abs();
    apart.min(365_u32.saturating_sub(apart)) <= most
}
