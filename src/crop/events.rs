//! What happened to a crop that was growing: a sudden loss, an early cut, a slow decline, a flood, or no planting at all.
//!
//! Comes in: [`Glance`]s (clear dates of one plot), what is known of the crop's dates *before* each day ([`Timing`]),
//! the crop calendar. Goes out: [`Event`]s, each with the two clear dates it lies between, and every fall of the
//! curve, so that neighbours can be compared. Not here: pixels, neighbours (`vigour`), and what an event means for a
//! loan (`lending`).
//!
//! # Method
//! A date is compared with what the crop was expected to show: the level of the last clear dates, less the ripening
//! that the dates known *before* the fall let expect. The full curve would explain every loss as early ripeness, so it is
//! never asked. No event rests on one date, and what recovers is no event. See `docs/methods.md`.

mod decline;
mod expect;
mod loss;
mod noise;
mod planting;
mod rules;
mod timing;
mod water;

pub use planting::{Planting, planting};
pub use rules::EventRules;
pub use timing::Timing;

use std::cell::RefCell;
use std::collections::BTreeMap;

use jiff::civil::Date;

use super::Verdict;
use crate::series::Series;

/// One clear date of a plot, as the event rules need it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Glance {
    /// Solar day.
    pub date: Date,
    /// NDVI, mean of the plot.
    pub ndvi: f64,
    /// 10th, 25th, 50th, 75th and 90th percentile of the plot's pixels, NDVI.
    pub spread: Option<[f64; 5]>,
    /// Share of the plot that the scene classification calls water, 0 to 1.
    pub water: f64,
    /// (green - NIR) / (green + NIR) of the plot's mean.
    pub ndwi: Option<f64>,
    /// (green - SWIR1) / (green + SWIR1) of the plot's mean.
    pub mndwi: Option<f64>,
    /// (NIR - SWIR1) / (NIR + SWIR1) of the plot's mean.
    pub lswi: Option<f64>,
    /// SWIR1 reflectance, 0 to 1.
    pub swir: Option<f64>,
    /// Near-infrared reflectance, 0 to 1.
    pub nir: Option<f64>,
    /// Whether the date belongs to the plot's series; a date that was set aside as an outlier may still show water.
    pub in_series: bool,
}

impl Glance {
    /// A clear date of which only NDVI is known.
    pub fn of(date: Date, ndvi: f64) -> Glance {
        Glance {
            date,
            ndvi,
            spread: None,
            water: 0.0,
            ndwi: None,
            mndwi: None,
            lswi: None,
            swir: None,
            nir: None,
            in_series: true,
        }
    }
}

/// The clear dates of a series of which only NDVI is known.
pub fn glances_of(series: &Series) -> Vec<Glance> {
    series.samples().iter().map(|s| Glance::of(s.date, s.ndvi)).collect()
}

/// What kind of event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventKind {
    /// Greenness fell at once, before the crop could be ripe, and stayed low.
    Loss,
    /// Greenness fell at once to bare ground when the crop was perhaps ripe, or is a crop that is also cut green.
    EarlyHarvest,
    /// The same with no crop declared: whether it was a crop at all, and when it would be ripe, is not known.
    CoverGone,
    /// Greenness lay below what the season lets expect for weeks, without a step.
    Decline,
    /// Water stood on a growing crop.
    Flood,
}

impl EventKind {
    /// Word used in records.
    pub fn word(self) -> &'static str {
        match self {
            EventKind::Loss => "sudden_loss",
            EventKind::EarlyHarvest => "early_harvest",
            EventKind::CoverGone => "cover_gone",
            EventKind::Decline => "decline",
            EventKind::Flood => "flood",
        }
    }
}

/// How many neighbours saw the same at the same time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Alike {
    /// Neighbours that were seen well enough to tell.
    pub n: usize,
    /// Share of them whose greenness fell at the same time, 0 to 1.
    pub share: f64,
}

/// Something that happened to the crop.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// What kind.
    pub kind: EventKind,
    /// Last clear date before it.
    pub from: Date,
    /// First clear date that shows it.
    pub to: Date,
    /// Last clear date that shows it.
    pub last: Date,
    /// How far NDVI lay below what was expected at its worst; of a flood that of the fall or decline that is put down to
    /// it, 0 where none is.
    pub drop: f64,
    /// Share of the greenness expected over the 30 days after it that is missing, 0 to 1, where it can be told.
    pub severity: Option<f64>,
    /// Share of the plot that it took, 0 to 1, where the plot's pixels tell.
    pub area_fraction: Option<f64>,
    /// Probability that the crop was ripe by then, as known before it.
    pub ripe_probability: f64,
    /// When harvest was expected, as known before it: 10th percentile.
    pub harvest_from: Option<Date>,
    /// How the declared crop fitted what was seen before it, when one was declared.
    pub declared_before: Option<Verdict>,
    /// Clear dates that show it.
    pub evidence: Vec<Date>,
}

impl Event {
    /// Whether a fall between two clear dates is this flood's doing: it ends when water stood or later, and begins before
    /// the water was gone.
    pub fn drowned(&self, from: Date, to: Date) -> bool {
        self.kind == EventKind::Flood && from <= self.last && to >= self.to
    }
}

/// Everything found on one plot.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// Events, by date.
    pub events: Vec<Event>,
    /// Every sudden fall of the curve as the clear dates around it, harvests too: what neighbours are compared by.
    pub falls: Vec<(Date, Date)>,
}

/// Looks for losses, early cuts, declines and floods.
///
/// `timings` says what is known of the crop's dates with nothing seen after a day: first the crop that is assumed, then
/// others that it may be; none where no crop can be assumed, and then no event is found. It is asked only where a fall
/// or water needs explaining. `noise` is the standard deviation of a clear date around the curve, NDVI. The order of
/// the glances does not matter; of several on one day the first by value counts.
pub fn detect(
    glances: &[Glance],
    noise: f64,
    timings: &dyn Fn(Date) -> Vec<Timing>,
    rules: &EventRules,
) -> Found {
    let mut all: Vec<Glance> = glances.iter().filter(|g| g.ndvi.is_finite()).copied().collect();
    all.sort_by(|a, b| {
        a.date.cmp(&b.date).then(b.in_series.cmp(&a.in_series)).then(a.ndvi.total_cmp(&b.ndvi))
    });
    all.dedup_by(|b, a| a.date == b.date);
    let clear: Vec<Glance> = all.iter().filter(|g| g.in_series).copied().collect();
    // A fall makes its curve noisy; the neighbours of each date in time tell the noise without it.
    let noise = noise.min(noise::of(&clear)).clamp(0.02, 0.10);
    // Falls and declines ask about the same days.
    let known: RefCell<BTreeMap<Date, Vec<Timing>>> = RefCell::default();
    let timings = &|on: Date| known.borrow_mut().entry(on).or_insert_with(|| timings(on)).clone();
    let scene = loss::Scene { clear: &clear, base: base(&clear), noise, timings, rules };
    let mut floods = water::find(&all, timings, rules);
    let mut found = loss::find(&scene);
    let decline = match decline::find(&scene, &found) {
        // What a crop lacks once water stood on it is the flood's; what it lacked before is its own.
        Some(late) if floods.iter().any(|f| late.last >= f.to) => {
            let flood = floods.iter().rposition(|f| late.last >= f.to);
            put_down(&mut floods, flood, late.drop);
            let first = floods.first().map_or(Date::MAX, |f| f.to);
            let before = clear.get(..clear.partition_point(|g| g.date < first)).unwrap_or_default();
            decline::find(&loss::Scene { clear: before, ..scene }, &found)
        }
        told => told,
    };
    found.events.retain(|e| {
        let flood = floods.iter().position(|f| f.drowned(e.from, e.to));
        put_down(&mut floods, flood, e.drop);
        flood.is_none()
    });
    found.events.extend(decline);
    found.events.extend(floods);
    found.events.sort_by(|a, b| a.from.cmp(&b.from).then(a.kind.cmp(&b.kind)));
    found
}

/// Remembers the worst fall that is put down to a flood, so that the flood is told whatever its share of the plot.
fn put_down(floods: &mut [Event], at: Option<usize>, drop: f64) {
    if let Some(flood) = at.and_then(|at| floods.get_mut(at)) {
        flood.drop = flood.drop.max(drop);
    }
}

/// Greenness of the plot without a crop: its 5th percentile, within what soil and weeds can show.
fn base(clear: &[Glance]) -> f64 {
    let mut values: Vec<f64> = clear.iter().map(|g| g.ndvi).collect();
    values.sort_by(f64::total_cmp);
    let at = values.len() / 20;
    values.get(at).copied().unwrap_or(0.2).clamp(0.05, 0.35)
}
