//! From observations to one clear sample per solar day, with a reason for each one left out.

use std::cmp::Ordering;

use jiff::civil::Date;

use crate::observation::{Observation, Reject};

use super::despike::despike;
use super::{Sample, Series, SeriesRules, Sight};

/// A usable observation on its way into the series.
struct Candidate<'a> {
    /// Position in the input.
    index: usize,
    sample: Sample,
    /// Clear area in pixels (or weight, for tables): the greater wins a day.
    extent: f64,
    /// Scene id, for ties; empty for tables.
    scene: &'a str,
}

/// One clear sample per solar day of a plot.
///
/// # Method
/// Observations after `as_of` are not looked at. Of the others, those already rejected stay rejected (how
/// much of a plot must be seen is the mask rule's, in `zonal`); of the rest those without a possible value
/// are rejected; of several on one day the one with the largest clear area stays (tie: lower scene id);
/// spikes are removed (see [`SeriesRules`]). The order of `observations` does not matter.
///
/// # Returns
/// The series, and position and reason of every observation that this call rejected, by position.
///
/// # Sources
/// HLS-MSLSP despiking; `docs/methods.md`, "One value a day, and spikes".
pub fn assemble(
    observations: &[Observation],
    as_of: Date,
    rules: &SeriesRules,
) -> (Series, Vec<(usize, Reject)>) {
    let mut candidates = Vec::with_capacity(observations.len());
    let mut rejected = Vec::new();
    for (index, o) in observations.iter().enumerate() {
        if o.date > as_of || o.rejected.is_some() {
            continue;
        }
        match usable(o, rules) {
            Ok(sample) => candidates.push(Candidate {
                index,
                sample,
                extent: o.valid_fraction * o.pixel_count,
                scene: o.scene.as_str(),
            }),
            Err(why) => rejected.push((index, why)),
        }
    }
    settle(candidates, rejected, as_of, rules)
}

/// The same for a table of values: impossible values, several a day (greatest weight, tie: greater NDVI,
/// because cloud lowers it) and spikes are rejected.
///
/// A sight without weight (0, negative or not a number) is a missing observation and is rejected as
/// [`Reject::NoData`].
pub fn from_sights(sights: &[Sight], as_of: Date, rules: &SeriesRules) -> (Series, Vec<(usize, Reject)>) {
    let mut candidates = Vec::with_capacity(sights.len());
    let mut rejected = Vec::new();
    for (index, s) in sights.iter().enumerate() {
        if s.date > as_of {
            continue;
        }
        if !(s.weight > 0.0 && s.weight.is_finite()) {
            rejected.push((index, Reject::NoData));
        } else if !(-1.0..=1.0).contains(&s.ndvi) {
            rejected.push((index, Reject::Implausible));
        } else {
            let haze = s.blue.filter(|b| b.is_finite()).map(|b| rules.haze_weight(b));
            let weight = s.weight * haze.unwrap_or(1.0);
            let sample = Sample { date: s.date, ndvi: s.ndvi, weight, haze };
            candidates.push(Candidate { index, sample, extent: weight, scene: "" });
        }
    }
    settle(candidates, rejected, as_of, rules)
}

/// How much of the plot must be seen is judged where the pixels are ([`Observation::rejected`]); an
/// observation that arrives without a value or without any area is a missing one.
fn usable(o: &Observation, rules: &SeriesRules) -> Result<Sample, Reject> {
    let Some(ndvi) = o.ndvi.filter(|_| o.valid_fraction > 0.0 && o.pixel_count > 0.0) else {
        return Err(Reject::NoData);
    };
    if !(-1.0..=1.0).contains(&ndvi.mean) {
        return Err(Reject::Implausible);
    }
    let blue = o.bands.get(&crate::band::Band::B02).copied().filter(|b| b.is_finite());
    let haze = blue.map(|b| rules.haze_weight(b));
    let weight = o.valid_fraction.min(1.0) * haze.unwrap_or(1.0);
    Ok(Sample { date: o.date, ndvi: ndvi.mean, weight, haze })
}

fn settle(
    mut candidates: Vec<Candidate<'_>>,
    mut rejected: Vec<(usize, Reject)>,
    as_of: Date,
    rules: &SeriesRules,
) -> (Series, Vec<(usize, Reject)>) {
    candidates.sort_by(|a, b| {
        (a.sample.date.cmp(&b.sample.date))
            .then_with(|| more(a.extent, b.extent))
            .then_with(|| a.scene.cmp(b.scene))
            .then_with(|| more(a.sample.ndvi, b.sample.ndvi))
            .then_with(|| a.index.cmp(&b.index))
    });
    let mut kept: Vec<Candidate<'_>> = Vec::with_capacity(candidates.len());
    for c in candidates {
        if kept.last().is_some_and(|k| k.sample.date == c.sample.date) {
            rejected.push((c.index, Reject::Duplicate));
        } else {
            kept.push(c);
        }
    }
    let samples: Vec<Sample> = kept.iter().map(|c| c.sample).collect();
    let keep = despike(&samples, rules);
    let mut clean = Vec::with_capacity(samples.len());
    for (c, keep) in kept.iter().zip(keep) {
        if keep {
            clean.push(c.sample);
        } else {
            rejected.push((c.index, Reject::Spike));
        }
    }
    rejected.sort_unstable();
    (Series { as_of, samples: clean }, rejected)
}

/// Larger first; differences under a millionth are rounding, not evidence.
fn more(a: f64, b: f64) -> Ordering {
    let (a, b) = ((a * 1e6).round(), (b * 1e6).round());
    b.total_cmp(&a)
}
