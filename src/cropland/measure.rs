//! From pixels and the plot's own answer to the cropped share.

use crate::crop::{Assessment, CropRules, Cropped};
use crate::phenology::{Season, SeasonRules};
use crate::series::{SeriesRules, Smoothing};

use super::features::{self, Features, Times, correlation, quantile};
use super::groups::{self, Curves};
use super::interval::{self, Doubt};
use super::kinds;
use super::mixture;
use super::neighbours::Places;
use super::pixels::PixelSeries;
use super::rules::CroplandRules;
use super::{Cover, CropGroup, Cropland, Mark, NotTold};

/// Coverage from which a pixel's own signal counts: its centre lies about inside. Less follows its neighbours.
const OWN_SIGNAL: f32 = 0.5;
/// Coverage from which a pixel shows the plot and little else: kinds of land are told apart on these.
pub(super) const FULL: f32 = 0.95;
/// Full pixels from which kinds of land are told apart. JRC: fewest that say anything of a field.
const FEWEST_FULL: usize = 8;
/// Part of the lower kind, its lowest pixels, that shows what the land without the crop is: the rest is mixed.
const LOWEST: f64 = 0.2;

/// What the cropped share is asked of.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// NDVI of the pixels on the clear dates of the season.
    pub pixels: &'a PixelSeries,
    /// Length of the outline, metres.
    pub perimeter_m: f64,
    /// Whether pixels resolve the plot at all (grade C or better).
    pub resolved: bool,
    /// What is known of the plot as a whole.
    pub assessment: &'a Assessment,
    /// Rules of a series, for the curve of a part of the plot.
    pub series: &'a SeriesRules,
    /// The smoother.
    pub smoothing: &'a Smoothing,
    /// What counts as a season.
    pub season: &'a SeasonRules,
    /// What an annual crop looks like.
    pub crop: &'a CropRules,
    /// Rules of this room.
    pub rules: &'a CroplandRules,
}

/// Measures which part of the outline carries the crop.
///
/// # Method
/// Of every pixel the rise from its soil to its greenest at the crop's green time. Where a mixture of two kinds of rise
/// is very much likelier than one, and the lower kind is no weak stand of the same crop (little rise, or green all
/// year, or out of step), the land below the middle of the two is uncropped; else all pixels follow the plot. Pixels
/// half outside follow their neighbours. Two crops: pixels that part into two curves with other dates. See
/// `docs/methods.md`, "Cropped area".
///
/// # Units
/// Shares of the outline's area, 0 to 1, with an 80 % interval.
pub fn measure(question: &Question<'_>) -> Cropland {
    let (pixels, rules) = (question.pixels, question.rules);
    let none = |why| Cropland { dates: pixels.dates.len(), ..Cropland::not_told(why) };
    if pixels.is_empty() || pixels.dates.is_empty() {
        return none(NotTold::NotRead);
    }
    if !question.resolved {
        return none(NotTold::Unresolved);
    }
    if pixels.dates.len() < rules.min_clear_dates {
        return none(NotTold::TooFewDates { have: pixels.dates.len(), need: rules.min_clear_dates });
    }
    let a = question.assessment;
    let whole = a.current.and_then(|k| a.seasons.get(k)).filter(|_| a.cropped == Cropped::Yes);
    let season = match whole {
        Some(season) => Some(season.clone()),
        None => part_with_a_crop(question),
    };
    let Some(season) = season else {
        return match a.cropped {
            Cropped::No => bare(question),
            Cropped::Yes | Cropped::CannotTell => none(NotTold::CropUnclear),
        };
    };
    let Some(times) = Times::new(pixels, &season, a.as_of, rules) else { return none(NotTold::TooEarly) };
    let green = times.green.len();
    if green < rules.min_green_dates {
        return none(match season.pos {
            None => NotTold::TooEarly,
            Some(_) => NotTold::TooFewDates { have: green, need: rules.min_green_dates },
        });
    }
    let found = features_of(pixels, &times, rules);
    let crop = cropped_pixels(question, &times, &found);
    if whole.is_none() && !is_idle_elsewhere(&found, &crop, rules) {
        return none(NotTold::CropUnclear);
    }
    let curves = Curves { question, season: &season, times: &times };
    let crops = groups::two_crops(&curves, &crop);
    answer(question, &times, &found, &crop, crops)
}

/// Whether the land beside the part with a crop is plainly without one. Of a plot that cannot be told as a whole, a part
/// is told only then: else the rest may carry a crop that is too poor or too late to be sure of.
fn is_idle_elsewhere(found: &[Option<Features>], crop: &[Option<bool>], rules: &CroplandRules) -> bool {
    let rest = found.iter().zip(crop).filter(|(_, c)| **c == Some(false)).filter_map(|(f, _)| *f);
    let rises: Vec<f64> = rest.map(|f| f.wide_rise).collect();
    !rises.is_empty() && rises.iter().sum::<f64>() / (rises.len() as f64) < rules.min_rise_ndvi
}

/// The features of every pixel.
fn features_of(pixels: &PixelSeries, times: &Times, rules: &CroplandRules) -> Vec<Option<Features>> {
    let own = |i: &usize| pixels.cells[*i].coverage >= OWN_SIGNAL;
    (0..pixels.len())
        .map(|i| Some(i).filter(own).and_then(|i| features::of(pixels, i, times, rules)))
        .collect()
}

/// Pixels (positions) that show the plot and nothing else, and were seen.
fn full(pixels: &PixelSeries, found: &[Option<Features>]) -> Vec<usize> {
    (0..pixels.len()).filter(|i| found[*i].is_some() && pixels.cells[*i].coverage >= FULL).collect()
}

/// The season of the greener part of a plot, where that part looks like an annual crop and the plot as a whole does not.
fn part_with_a_crop(question: &Question<'_>) -> Option<Season> {
    let (pixels, rules) = (question.pixels, question.rules);
    let times = Times::all(pixels);
    let found = features_of(pixels, &times, rules);
    let members = full(pixels, &found);
    let rise = |i: usize| found[i].map_or(0.0, |f| f.rise);
    let rises: Vec<f64> = members.iter().map(|i| rise(*i)).collect();
    if rises.len() < FEWEST_FULL {
        return None;
    }
    let split = mixture::split(&rises, rules)?;
    let middle = f64::midpoint(split.lower, split.upper);
    let upper: Vec<usize> = members.into_iter().filter(|i| rise(*i) >= middle).collect();
    if upper.len() < rules.min_crop_pixels {
        return None;
    }
    let c = question.crop;
    let is_crop = |s: &Season| {
        s.pos.is_some()
            && s.amplitude >= c.min_amplitude_ndvi
            && s.peak >= c.min_peak_ndvi
            && s.base <= c.max_base_unseen_ndvi
    };
    groups::seasons_of(question, &pixels.mean_curve(&upper)).into_iter().rfind(is_crop)
}

/// Which pixels carry the crop; `None` for those that do not speak for themselves.
fn cropped_pixels(question: &Question<'_>, times: &Times, found: &[Option<Features>]) -> Vec<Option<bool>> {
    let (pixels, rules) = (question.pixels, question.rules);
    let all = || found.iter().map(|f| f.map(|_| true)).collect();
    let members = full(pixels, found);
    if members.len() < FEWEST_FULL {
        return all();
    }
    let rise = |i: usize| found[i].map_or(0.0, |f| f.rise);
    let rises: Vec<f64> = members.iter().map(|i| rise(*i)).collect();
    let Some(split) = mixture::split(&rises, rules) else { return all() };
    let middle = f64::midpoint(split.lower, split.upper);
    let (mut low, high): (Vec<usize>, Vec<usize>) = members.into_iter().partition(|i| rise(*i) < middle);
    low.sort_by(|a, b| rise(*a).total_cmp(&rise(*b)).then(a.cmp(b)));
    low.truncate(((low.len() as f64 * LOWEST).ceil() as usize).max(1));
    let crop_curve = pixels.mean_curve(&high);
    let soil =
        |of: &[usize]| of.iter().filter_map(|i| Some(found[*i]?.soil)).sum::<f64>() / of.len().max(1) as f64;
    let same_soil = soil(&low) - soil(&high) <= rules.max_soil_difference_ndvi;
    let least = rules.min_rise_ndvi.max(rules.min_rise_frac * split.upper);
    if same_soil && is_weak_crop(pixels, times, found, &low, &crop_curve, (least, rules)) {
        return all();
    }
    let lowest = low.iter().map(|i| rise(*i)).sum::<f64>() / low.len() as f64;
    let edge = f64::midpoint(lowest.min(split.lower), split.upper);
    (0..pixels.len())
        .map(|i| {
            let f = found[i]?;
            let in_step = || correlation(pixels, i, &crop_curve, times) >= rules.min_correlation;
            let this_crop = f.rise >= edge.max(rules.min_rise_ndvi) && in_step();
            Some(this_crop || f.any_crop(question.crop.min_amplitude_ndvi, rules))
        })
        .collect()
}

/// Whether even the lowest pixels are the same crop, only worse: they rise, from soil, in step with the rest.
fn is_weak_crop(
    pixels: &PixelSeries,
    times: &Times,
    found: &[Option<Features>],
    lowest: &[usize],
    crop_curve: &[Option<f64>],
    (least, rules): (f64, &CroplandRules),
) -> bool {
    let n = lowest.len().max(1) as f64;
    let mean = |part: fn(&Features) -> f64| {
        lowest.iter().filter_map(|i| found[*i].as_ref()).map(part).sum::<f64>() / n
    };
    let in_step = lowest.iter().map(|i| correlation(pixels, *i, crop_curve, times)).sum::<f64>() / n;
    mean(|f| f.rise) >= least && mean(|f| f.soil) <= rules.max_soil_ndvi && in_step >= rules.min_correlation
}

/// A plot that was seen well enough to say that no crop grew on it.
fn bare(question: &Question<'_>) -> Cropland {
    let times = Times::all(question.pixels);
    let found = features_of(question.pixels, &times, question.rules);
    let crop: Vec<Option<bool>> = found.iter().map(|f| f.map(|_| false)).collect();
    answer(question, &times, &found, &crop, Vec::new())
}

fn answer(
    question: &Question<'_>,
    times: &Times,
    found: &[Option<Features>],
    crop: &[Option<bool>],
    crops: Vec<CropGroup>,
) -> Cropland {
    let (pixels, rules) = (question.pixels, question.rules);
    let say: Vec<Option<f64>> = crop.iter().map(|c| c.map(|c| if c { 1.0 } else { 0.0 })).collect();
    if say.iter().all(Option::is_none) {
        let why = NotTold::TooFewDates { have: times.green.len(), need: rules.min_green_dates };
        return Cropland { dates: pixels.dates.len(), ..Cropland::not_told(why) };
    }
    let places = Places::new(pixels);
    let spoken = |i: &usize| say[*i].is_some();
    let area = |i: usize| f64::from(pixels.cells[i].coverage);
    let seen: f64 = (0..pixels.len()).filter(spoken).map(area).sum();
    let among: f64 = (0..pixels.len()).map(|i| say[i].unwrap_or(0.0) * area(i)).sum::<f64>() / seen;
    let judged: Vec<f64> =
        (0..pixels.len()).map(|i| say[i].or_else(|| places.nearest(i, &say)).unwrap_or(among)).collect();
    let covered = pixels.covered();
    let share = (0..pixels.len()).map(|i| judged[i] * area(i)).sum::<f64>() / covered;

    let covers: Vec<Option<Cover>> = (0..pixels.len())
        .map(|i| Some(if crop[i]? { Cover::Crop } else { kinds::kind(&found[i]?) }))
        .collect();
    let marks = pixels.cells.iter().zip(&covers);
    let mut greens: Vec<f64> = (0..pixels.len()).filter_map(|i| Some(found[i]?.green)).collect();
    greens.sort_unstable_by(f64::total_cmp);
    let median = quantile(&greens, 0.5);
    let spread = quantile(&greens, 0.75) - quantile(&greens, 0.25);
    let heterogeneity = (median > 0.0).then(|| (spread / median).max(0.0));
    let doubt = Doubt {
        share,
        interface_m: places.edge_m(&judged),
        perimeter_m: question.perimeter_m,
        unseen: 1.0 - (seen / covered).min(1.0),
        green_dates: times.green.len(),
    };
    let uncropped = kinds::shares(pixels, &covers, 1.0 - share);
    let fields = crops.len().max(usize::from(share > 0.0));
    Cropland {
        cropped: Some(interval::interval(pixels, &doubt, rules)),
        not_told: None,
        uncropped,
        land_uses: (fields + usize::from(covers.iter().flatten().any(|c| *c != Cover::Crop))).max(1),
        crops,
        heterogeneity,
        uneven: heterogeneity.is_some_and(|h| h > rules.max_heterogeneity),
        dates: pixels.dates.len(),
        green_dates: times.green.len(),
        step: usize::try_from(pixels.step).unwrap_or(1),
        marks: marks
            .filter_map(|(c, cover)| Some(Mark { row: c.row, col: c.col, cover: (*cover)? }))
            .collect(),
    }
}
