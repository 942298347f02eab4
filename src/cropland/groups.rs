//! Two crops in one outline: pixels that part into two curves whose dates differ.

use crate::phenology::{self, Season};
use crate::series::{Sight, days_between, from_sights, smooth};

use super::CropGroup;
use super::features::{Times, nearest_season};
use super::measure::{FULL, Question};
use super::pixels::PixelSeries;

/// Passes of the two-means clustering; it has settled long before.
const PASSES: usize = 12;

/// What the search for a second crop looks at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Curves<'a> {
    pub(super) question: &'a Question<'a>,
    pub(super) season: &'a Season,
    pub(super) times: &'a Times,
}

/// The seasons of a curve given by date.
pub(super) fn seasons_of(question: &Question<'_>, curve: &[Option<f64>]) -> Vec<Season> {
    let dates = question.pixels.dates.iter();
    let sights: Vec<Sight> = dates
        .zip(curve)
        .filter_map(|(date, ndvi)| Some(Sight { date: *date, ndvi: (*ndvi)?, weight: 1.0, blue: None }))
        .collect();
    let (series, _) = from_sights(&sights, question.assessment.as_of, question.series);
    phenology::seasons(&series, &smooth(&series, question.smoothing), None, question.season)
}

/// The crops of the outline when there are two, largest first; empty when there is one (or none).
///
/// # Method
/// Two-means on the pixels' curves, begun from early against late green; two crops when both have `min_crop_pixels`,
/// their mean curves lie `min_curve_distance_ndvi` apart and half green-up or half senescence differ by
/// `min_date_shift_days`.
pub(super) fn two_crops(curves: &Curves<'_>, crop: &[Option<bool>]) -> Vec<CropGroup> {
    let (pixels, rules) = (curves.question.pixels, curves.question.rules);
    let look = curves.question.crop;
    let cropped: Vec<usize> = (0..pixels.len()).filter(|i| crop[*i] == Some(true)).collect();
    let inner: Vec<usize> = cropped.iter().copied().filter(|i| pixels.cells[*i].coverage >= FULL).collect();
    if inner.len() < 2 * rules.min_crop_pixels {
        return Vec::new();
    }
    let Some(middles) = two_means(pixels, &inner, &curves.times.wide) else { return Vec::new() };
    let side = |i: usize| usize::from(nearer(pixels, i, &curves.times.wide, &middles));
    let parted = |k: usize| -> Vec<usize> { inner.iter().copied().filter(|i| side(*i) == k).collect() };
    let (a, b) = (parted(0), parted(1));
    let apart: Vec<f64> = curves
        .times
        .wide
        .iter()
        .enumerate()
        .filter_map(|(at, _)| Some((middles[0].get(at).copied()?? - middles[1].get(at).copied()??).powi(2)))
        .collect();
    let distance = (apart.iter().sum::<f64>() / apart.len().max(1) as f64).sqrt();
    if a.len().min(b.len()) < rules.min_crop_pixels || distance < rules.min_curve_distance_ndvi {
        return Vec::new();
    }
    let Some(middle) = curves.season.pos.or(curves.season.greenup50) else { return Vec::new() };
    let dated = [&a, &b].map(|members| {
        let seasons = seasons_of(curves.question, &pixels.mean_curve(members));
        let crops = seasons.into_iter().filter(|s| s.amplitude >= look.min_amplitude_low_vigour_ndvi);
        nearest_season(crops.collect(), middle)
    });
    let [Some(first), Some(second)] = dated else { return Vec::new() };
    let shift = |x: Option<jiff::civil::Date>, y: Option<jiff::civil::Date>| {
        x.zip(y).map_or(0, |(x, y)| days_between(x, y).unsigned_abs())
    };
    let least = rules.min_date_shift_days;
    if shift(first.greenup50, second.greenup50) < least
        && shift(first.senescence50, second.senescence50) < least
    {
        return Vec::new();
    }
    let covered = pixels.covered();
    let mut shares = [0.0; 2];
    for i in &cropped {
        shares[side(*i)] += f64::from(pixels.cells[*i].coverage) / covered;
    }
    let group =
        |s: &Season, share: f64| CropGroup { share, greenup: s.greenup50, senescence: s.senescence50 };
    let mut groups = vec![group(&first, shares[0]), group(&second, shares[1])];
    groups.sort_by(|x, y| y.share.total_cmp(&x.share));
    groups
}

type Middles = [Vec<Option<f64>>; 2];

/// Two mean curves on the given dates; `None` if one side stays empty.
fn two_means(pixels: &PixelSeries, members: &[usize], dates: &[usize]) -> Option<Middles> {
    let half = dates.len() / 2;
    // Early less late green, against what the plot shows on the same dates: the axis on which two crops differ.
    let whole = mean(pixels, members, dates);
    let score = |i: usize| -> f64 {
        let part = |range: std::ops::Range<usize>| -> f64 {
            let each: Vec<f64> =
                range.filter_map(|at| Some(pixels.ndvi(i, dates[at])? - whole.get(at).copied()??)).collect();
            each.iter().sum::<f64>() / each.len().max(1) as f64
        };
        part(0..half) - part(half..dates.len())
    };
    let scores: Vec<f64> = members.iter().map(|i| score(*i)).collect();
    let middle = scores.iter().sum::<f64>() / scores.len().max(1) as f64;
    let mut side: Vec<bool> = scores.iter().map(|s| *s > middle).collect();
    let mut middles: Option<Middles> = None;
    for _ in 0..PASSES {
        let of = |wanted: bool| -> Vec<usize> {
            members.iter().zip(&side).filter(|(_, s)| **s == wanted).map(|(i, _)| *i).collect()
        };
        let (a, b) = (of(false), of(true));
        if a.is_empty() || b.is_empty() {
            return None;
        }
        let now = [mean(pixels, &a, dates), mean(pixels, &b, dates)];
        let next: Vec<bool> = members.iter().map(|i| nearer(pixels, *i, dates, &now)).collect();
        middles = Some(now);
        if next == side {
            break;
        }
        side = next;
    }
    middles
}

fn mean(pixels: &PixelSeries, members: &[usize], dates: &[usize]) -> Vec<Option<f64>> {
    let all = pixels.mean_curve(members);
    dates.iter().map(|d| all.get(*d).copied().flatten()).collect()
}

/// Whether a pixel lies nearer to the second curve.
fn nearer(pixels: &PixelSeries, cell: usize, dates: &[usize], middles: &Middles) -> bool {
    let (mut to_first, mut to_second) = (0.0, 0.0);
    for (at, date) in dates.iter().enumerate() {
        let both = middles[0].get(at).copied().flatten().zip(middles[1].get(at).copied().flatten());
        if let (Some(v), Some((first, second))) = (pixels.ndvi(cell, *date), both) {
            to_first += (v - first) * (v - first);
            to_second += (v - second) * (v - second);
        }
    }
    to_second < to_first
}
