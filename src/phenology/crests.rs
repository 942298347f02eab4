//! The maxima that carry a season, and the minima on both sides of each.

use crate::series::{Series, Smooth};

use super::SeasonRules;

/// NDVI the curve is taken to fall to outside the record, for the prominence of a maximum at its edge.
const UNSEEN_LEVEL: f64 = 0.2;

/// One season's place on the daily grid: `left <= first <= dip <= top <= right`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Crest {
    /// Left minimum.
    pub left: usize,
    /// First maximum; equals `top` unless a winter dip lies between.
    pub first: usize,
    /// Deepest day between `first` and `top`; `left` when they are one.
    pub dip: usize,
    /// The highest maximum.
    pub top: usize,
    /// Right minimum, or the last day for a season that still falls.
    pub right: usize,
}

/// Maxima of one season before its minima are known.
#[derive(Clone, Copy, Debug)]
struct Group {
    first: usize,
    last: usize,
    top: usize,
}

pub(super) fn find(
    series: &Series,
    smooth: &Smooth,
    latitude: Option<f64>,
    rules: &SeasonRules,
) -> Vec<Crest> {
    let z = &smooth.values;
    let needed = rules.min_prominence_ndvi.max(rules.min_prominence_share * range(z));
    let mut tops: Vec<usize> =
        maxima(z).into_iter().filter(|p| z[*p] >= rules.min_peak_ndvi && stands_out(z, *p, needed)).collect();
    thin(z, &mut tops, rules.min_distance_days as usize);
    let mut groups: Vec<Group> = Vec::with_capacity(tops.len());
    for top in tops {
        match groups.last_mut() {
            Some(g) if one_season(series, smooth, g.last, top, latitude, rules) => {
                g.last = top;
                if z[top] >= z[g.top] {
                    g.top = top;
                }
            }
            _ => groups.push(Group { first: top, last: top, top }),
        }
    }
    (0..groups.len())
        .map(|k| {
            let from = k.checked_sub(1).map_or(0, |j| lowest(z, groups[j].last, groups[k].first, false));
            let to = groups.get(k + 1).map_or(z.len() - 1, |g| lowest(z, groups[k].last, g.first, false));
            enclose(z, groups[k], from, to, rules.max_side_days as usize)
        })
        .filter(|c| long_enough(c, z.len(), rules))
        .collect()
}

fn enclose(z: &[f64], g: Group, from: usize, to: usize, side: usize) -> Crest {
    let left = lowest(z, from.max(g.first.saturating_sub(side)), g.first, true);
    let right = lowest(z, g.last, to.min(g.last + side), false);
    let dip = if g.first == g.top { left } else { lowest(z, g.first, g.top, true) };
    Crest { left, first: g.first, dip, top: g.top, right }
}

/// A rise or fall that was seen whole must not be shorter than a crop's.
fn long_enough(c: &Crest, n: usize, rules: &SeasonRules) -> bool {
    let rise_seen = c.left > 0;
    let fall_seen = c.right + 1 < n;
    (!rise_seen || c.top - c.left >= rules.min_rise_days as usize)
        && (!fall_seen || c.right - c.top >= rules.min_fall_days as usize)
}

/// Range of the curve, 5th to 95th percentile.
fn range(z: &[f64]) -> f64 {
    if z.is_empty() {
        return 0.0;
    }
    let mut sorted = z.to_vec();
    let at = |share: f64| ((z.len() - 1) as f64 * share).round() as usize;
    let (low, high) = (at(0.05), at(0.95));
    let p95 = *sorted.select_nth_unstable_by(high, f64::total_cmp).1;
    let p5 = *sorted[..=high].select_nth_unstable_by(low, f64::total_cmp).1;
    p95 - p5
}

/// Local maxima, the edges included; the middle of a plateau.
fn maxima(z: &[f64]) -> Vec<usize> {
    let mut found = Vec::new();
    let mut i = 0;
    while i < z.len() {
        let mut j = i;
        while j + 1 < z.len() && z[j + 1] == z[i] {
            j += 1;
        }
        let above_left = i == 0 || z[i - 1] < z[i];
        let above_right = j + 1 == z.len() || z[j + 1] < z[i];
        if above_left && above_right {
            found.push(usize::midpoint(i, j));
        }
        i = j + 1;
    }
    found
}

/// Whether a maximum rises by `needed` above both sides (outside the record the curve counts as low), and above at
/// least one side that was really seen: a level curve is not a season.
fn stands_out(z: &[f64], p: usize, needed: f64) -> bool {
    let side = |values: &mut dyn Iterator<Item = &f64>| {
        let mut low = z[p];
        for v in values {
            if *v > z[p] {
                return (low, true);
            }
            low = low.min(*v);
        }
        (low, false)
    };
    let (left, left_bounded) = side(&mut z[..p].iter().rev());
    let (right, right_bounded) = side(&mut z[p + 1..].iter());
    let padded = |low: f64, bounded: bool| if bounded { low } else { low.min(UNSEEN_LEVEL) };
    let prominence = z[p] - padded(left, left_bounded).max(padded(right, right_bounded));
    let seen = z[p] - left.min(right);
    prominence >= needed && seen >= needed
}

/// Of maxima closer than `distance` only the higher stays.
fn thin(z: &[f64], tops: &mut Vec<usize>, distance: usize) {
    loop {
        let close = (1..tops.len())
            .filter(|k| tops[*k] - tops[k - 1] < distance)
            .map(|k| if z[tops[k]] > z[tops[k - 1]] { k - 1 } else { k })
            .reduce(|a, b| if z[tops[b]] < z[tops[a]] { b } else { a });
        let Some(k) = close else { break };
        tops.remove(k);
    }
}

/// Position of the lowest value from `a` to `b`, both included; the last of equal ones when `late`.
fn lowest(z: &[f64], a: usize, b: usize, late: bool) -> usize {
    let mut best = a;
    for i in a..=b {
        if z[i] < z[best] || (late && z[i] == z[best]) {
            best = i;
        }
    }
    best
}

/// Whether the valley between two maxima is a winter dip of one crop rather than the end of one.
fn one_season(
    series: &Series,
    smooth: &Smooth,
    a: usize,
    b: usize,
    latitude: Option<f64>,
    rules: &SeasonRules,
) -> bool {
    let z = &smooth.values;
    let Some(latitude) = latitude.filter(|l| l.abs() > rules.frost_latitude_deg) else {
        return false;
    };
    let valley = lowest(z, a, b, false);
    // Months counted as on the northern hemisphere.
    let month = |day: usize| {
        let month = smooth.date(day).month();
        if latitude > 0.0 { month } else { (month + 5) % 12 + 1 }
    };
    let cold = matches!(month(valley), 11 | 12 | 1..=3);
    let frost = matches!(month(valley), 12 | 1 | 2);
    let sown_in_autumn = matches!(month(a), 9..=12 | 1 | 2);
    let shallow = z[valley] > rules.winter_dip_share * z[a].min(z[b]);
    if !(cold && sown_in_autumn && (shallow || frost)) {
        return false;
    }
    let (from, to) = (smooth.date(a), smooth.date(b));
    let soil_seen =
        (series.samples().iter()).any(|s| s.date > from && s.date < to && s.ndvi < rules.bare_soil_ndvi);
    !soil_seen
}
