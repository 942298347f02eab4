//! Clouds over a region, day by day: they hang together in space and last in time.
//!
//! Three fields of normal numbers (the whole region, 8 km, 2 km) each remember yesterday (first-order Markov); their
//! sum is normal everywhere, so that cutting it at a quantile hides exactly the share of looks that is asked for.

use super::super::dice::Dice;

/// Node spacing in metres, share of the variance, and memory from one day to the next.
const LAYERS: [(f64, f64, f64); 3] = [(1e9, 0.50, 0.80), (8_000.0, 0.32, 0.70), (2_000.0, 0.18, 0.30)];
/// Share of the quantile range beside a cloud in which a field is partly hidden.
const RIM: f64 = 0.08;

/// What hides a field on a day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Hidden {
    /// Place in the order of all skies, 0 cloudiest to 1 clearest: uniform.
    pub rank: f64,
    /// Share of looks that clouds hide at this time of the year.
    pub cover: f64,
}

impl Hidden {
    /// Whether the field lies under cloud.
    pub(super) fn whole(self) -> bool {
        self.rank < self.cover
    }

    /// Whether a cloud's rim is near.
    pub(super) fn rim(self) -> bool {
        !self.whole() && self.rank < self.cover + RIM
    }

    /// Part of the field that is seen, where it is not wholly hidden.
    pub(super) fn seen(self) -> f64 {
        (0.5 + 0.5 * (self.rank - self.cover) / RIM).clamp(0.5, 1.0)
    }
}

/// Ranks of `count` days over a place of a region, metres from its corner.
pub(super) fn ranks(seed: u64, region: u64, x: f64, y: f64, count: usize) -> Vec<f64> {
    let mut total = vec![0.0; count];
    for (layer, (size, share, memory)) in LAYERS.iter().enumerate() {
        let (u, v) = (x / size, y / size);
        let (i, j) = (u.floor(), v.floor());
        let (s, t) = (u - i, v - j);
        let corners = [
            (i, j, (1.0 - s) * (1.0 - t)),
            (i + 1.0, j, s * (1.0 - t)),
            (i, j + 1.0, (1.0 - s) * t),
            (i + 1.0, j + 1.0, s * t),
        ];
        let scale = (share / corners.iter().map(|c| c.2 * c.2).sum::<f64>()).sqrt();
        for (a, b, weight) in corners.iter().filter(|c| c.2 > 0.0) {
            let words = [0xC10D, region, layer as u64, *a as i64 as u64, *b as i64 as u64];
            let mut dice = Dice::new(seed, &words);
            let mut now = dice.normal(0.0, 1.0);
            let push = (1.0 - memory * memory).sqrt();
            for sum in &mut total {
                *sum += scale * weight * now;
                now = memory * now + push * dice.normal(0.0, 1.0);
            }
        }
    }
    total.into_iter().map(rank).collect()
}

/// Share of a normal law below `z` (Abramowitz and Stegun 26.2.17, error below 1e-7).
fn rank(z: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * z.abs());
    let sum = t
        * (0.319_381_530
            + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
    let tail = sum * (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt();
    if z < 0.0 { tail } else { 1.0 - tail }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_is_reached_and_neighbours_share_their_clouds() {
        let mut hidden = 0_usize;
        let (mut near, mut far, mut next) = (0_usize, 0_usize, 0_usize);
        let (regions, days) = (60, 300);
        for region in 0..regions {
            let at = |x: f64| ranks(3, region, x, 500.0, days);
            let (here, there, away) = (at(1000.0), at(1600.0), at(19_000.0));
            for k in 0..days {
                let is = |r: &[f64]| r[k] < 0.55;
                hidden += usize::from(is(&here));
                near += usize::from(is(&here) == is(&there));
                far += usize::from(is(&here) == is(&away));
                next += usize::from(k + 1 < days && (here[k] < 0.55) == (here[k + 1] < 0.55));
            }
        }
        let share = |n: usize| n as f64 / (regions as usize * days) as f64;
        assert!((share(hidden) - 0.55).abs() < 0.015, "{}", share(hidden));
        assert!(share(near) > share(far) + 0.08, "{} {}", share(near), share(far));
        assert!(share(next) > 0.6, "clouds last: {}", share(next));
    }

    #[test]
    fn ranks_are_the_normal_laws() {
        for (z, truth) in [(0.0, 0.5), (1.0, 0.841_344_75), (-1.959_964, 0.025)] {
            assert!((rank(z) - truth).abs() < 1e-6, "{z}");
        }
    }
}
