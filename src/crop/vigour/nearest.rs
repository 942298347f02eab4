//! The plots around a plot, nearest first, and what they say of it.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::series::{days_between, plus_days};

use super::super::events::{Alike, Event, EventKind, EventRules};
use super::greenness::{days_at, position_of};
use super::rank::{deviation, median, percentile, sorted};
use super::rules::VigourRules;
use super::{AmongPeers, OwnHistory, PeerFacts, Vigour};

/// Side of a cell, degrees.
const CELL_DEG: f64 = 0.02;
/// Metres in a degree of latitude (mean of WGS 84).
const M_PER_DEG: f64 = 111_195.0;
/// A neighbour was seen after an event if a clear date lies within this time of it, days.
const SEEN_DAYS: i32 = 20;
/// Days by which two slow declines may begin apart and be the same.
const DECLINE_APART_DAYS: i32 = 20;

/// All plots of a run, ready to be asked for neighbours. The order they came in changes nothing.
#[derive(Clone, Debug, Default)]
pub struct Peers {
    facts: Vec<PeerFacts>,
    cells: BTreeMap<(i32, i32), Vec<usize>>,
}

impl Peers {
    /// From the facts of every plot.
    pub fn new(mut facts: Vec<PeerFacts>) -> Peers {
        facts.retain(|f| {
            f.place.0.is_finite() && f.place.1.is_finite() && f.group.is_some() && f.well_resolved
        });
        facts.sort_by(|a, b| a.id.cmp(&b.id));
        let mut cells: BTreeMap<(i32, i32), Vec<usize>> = BTreeMap::new();
        for (k, f) in facts.iter().enumerate() {
            cells.entry(cell(f.place)).or_default().push(k);
        }
        Peers { facts, cells }
    }

    /// How a plot stands among the others. `own` is its own history.
    pub fn vigour(
        &self,
        of: &PeerFacts,
        own: Option<OwnHistory>,
        events: &[Event],
        rules: &VigourRules,
        event_rules: &EventRules,
    ) -> Vigour {
        let kin = self.around(of, rules, &|_| true);
        let stage = of.greenness.len().checked_sub(1).map(days_at);
        Vigour {
            stage_days: stage.filter(|d| *d >= rules.min_stage_days),
            own,
            peers: self.among(of, rules),
            days_behind: behind(of, &kin, rules),
            alike: events.iter().map(|e| alike(e, &kin, rules, event_rules)).collect(),
        }
    }

    fn among(&self, of: &PeerFacts, rules: &VigourRules) -> Option<AmongPeers> {
        let greenup = of.greenup?;
        let least = position_of(rules.min_stage_days);
        let most = i32::try_from(rules.max_greenup_days).unwrap_or(0);
        let comparable = |p: &PeerFacts| {
            p.greenup.is_some_and(|g| days_between(g, greenup).abs() <= most)
                && p.greenness.len().min(of.greenness.len()) > least
        };
        let near = self.around(of, rules, &comparable);
        if near.len() < rules.min_peers {
            return None;
        }
        // What each peer is short of the plot at the latest stage that both have reached.
        let common = |p: &PeerFacts| -> Option<(f64, f64)> {
            let at = p.greenness.len().min(of.greenness.len()).checked_sub(1)?;
            Some((f64::from(*of.greenness.get(at)?), f64::from(*p.greenness.get(at)?)))
        };
        let pairs: Vec<(f64, f64)> = near.iter().filter_map(|(_, p)| common(p)).collect();
        let apart = sorted(pairs.iter().map(|(x, y)| y - x).collect());
        let z = deviation(0.0, &apart, rules.least_spread_ndvi)?;
        let (share, lower, upper) = percentile(0.0, &apart);
        let ratios = sorted(pairs.iter().map(|(x, y)| (x.max(0.01) / y.max(0.01)).ln()).collect());
        let conditions = sorted(near.iter().filter_map(|(_, p)| p.vci).collect());
        Some(AmongPeers {
            n: near.len(),
            radius_m: near.last().map_or(0.0, |(d, _)| *d),
            z,
            percentile: share,
            percentile_lower: lower,
            percentile_upper: upper,
            log_ratio: median(&ratios)?,
            vci: median(&conditions).filter(|_| conditions.len() >= rules.min_peers),
            ids: near.iter().map(|(_, p)| p.id.clone()).collect(),
        })
    }

    /// Plots of the same crop group and zone and of other borrowers, nearest first, at most `max_peers`; within the
    /// wide radius when the first holds too few.
    fn around<'a>(
        &'a self,
        of: &PeerFacts,
        rules: &VigourRules,
        fits: &dyn Fn(&PeerFacts) -> bool,
    ) -> Vec<(f64, &'a PeerFacts)> {
        if of.group.is_none() {
            return Vec::new();
        }
        let kin = |p: &PeerFacts| {
            p.id != of.id
                && p.group == of.group
                && p.zone == of.zone
                && !(p.borrower.is_some() && p.borrower == of.borrower)
                && fits(p)
        };
        let near = self.within(of.place, rules.radius_m, rules.max_peers, &kin);
        if near.len() >= rules.min_peers {
            return near;
        }
        self.within(of.place, rules.wide_radius_m, rules.max_peers, &kin)
    }

    /// The nearest that fit, by rings of cells, so that a dense run costs no more than a sparse one.
    fn within<'a>(
        &'a self,
        place: (f64, f64),
        radius_m: f64,
        most: usize,
        fits: &dyn Fn(&PeerFacts) -> bool,
    ) -> Vec<(f64, &'a PeerFacts)> {
        let (row, col) = cell(place);
        // A cell is narrowest towards the pole.
        let narrow = CELL_DEG * M_PER_DEG * (place.0.abs() + 0.5).min(89.0).to_radians().cos();
        let rings = (radius_m / narrow).ceil().clamp(1.0, 2_000.0) as i32;
        let mut found: Vec<(f64, &PeerFacts)> = Vec::new();
        for ring in 0..=rings + 1 {
            for (r, c) in ring_cells(row, col, ring) {
                let Some(members) = self.cells.get(&(r, c)) else { continue };
                for p in members.iter().filter_map(|k| self.facts.get(*k)).filter(|p| fits(p)) {
                    let d = distance_m(place, p.place);
                    if d <= radius_m {
                        found.push((d, p));
                    }
                }
            }
            // Whatever lies in farther rings is at least this far.
            let reached = f64::from(ring) * narrow;
            if found.iter().filter(|(d, _)| *d <= reached).count() >= most {
                break;
            }
        }
        found.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.id.cmp(&b.1.id)));
        found.truncate(most);
        found
    }
}

fn cell((lat, lon): (f64, f64)) -> (i32, i32) {
    ((lat / CELL_DEG).floor() as i32, (lon / CELL_DEG).floor() as i32)
}

/// Cells at a distance of exactly `ring` cells.
fn ring_cells(row: i32, col: i32, ring: i32) -> impl Iterator<Item = (i32, i32)> {
    (-ring..=ring).flat_map(move |dr| {
        let whole = dr.abs() == ring;
        (-ring..=ring).filter(move |dc| whole || dc.abs() == ring).map(move |dc| (row + dr, col + dc))
    })
}

/// Distance on a sphere flattened around the two places, metres, to the millimetre: good to a part in a thousand over
/// the 20 km that are asked for.
fn distance_m(a: (f64, f64), b: (f64, f64)) -> f64 {
    let cos = (0.5 * (a.0 + b.0)).to_radians().cos();
    let (dy, dx) = ((a.0 - b.0) * M_PER_DEG, (a.1 - b.1) * M_PER_DEG * cos);
    (dx.hypot(dy) * 1000.0).round() / 1000.0
}

/// Days behind the median green-up of the same crop.
fn behind(of: &PeerFacts, kin: &[(f64, &PeerFacts)], rules: &VigourRules) -> Option<(i32, usize)> {
    let greenup = of.greenup?;
    let apart =
        sorted(kin.iter().filter_map(|(_, p)| Some(f64::from(days_between(p.greenup?, greenup)))).collect());
    let middle = median(&apart).filter(|_| apart.len() >= rules.min_peers)?;
    Some((middle.round() as i32, apart.len()))
}

/// How many of the neighbours fell at the same time.
fn alike(
    event: &Event,
    kin: &[(f64, &PeerFacts)],
    rules: &VigourRules,
    event_rules: &EventRules,
) -> Option<Alike> {
    let slow = event.kind == EventKind::Decline;
    let slack =
        if slow { DECLINE_APART_DAYS } else { i32::try_from(event_rules.same_time_days).unwrap_or(0) };
    let (from, to) = (plus_days(event.from, -slack), plus_days(event.to, slack));
    let meets = |(a, b): &(Date, Date)| *a <= to && *b >= from;
    let seen = |p: &PeerFacts| {
        let after = plus_days(event.to, SEEN_DAYS);
        p.clear.iter().any(|d| *d >= event.to && *d <= after)
            && p.clear.iter().any(|d| *d <= event.from && *d >= plus_days(event.from, -SEEN_DAYS))
    };
    let seen: Vec<&PeerFacts> = kin.iter().map(|(_, p)| *p).filter(|p| seen(p)).collect();
    if seen.len() < rules.min_peers {
        return None;
    }
    let same = |p: &&&PeerFacts| p.falls.iter().any(meets) || slow && p.declines.iter().any(meets);
    let fell = seen.iter().filter(same).count();
    Some(Alike { n: seen.len(), share: fell as f64 / seen.len() as f64 })
}
