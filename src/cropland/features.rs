//! What one pixel shows over the season: how green it gets, from where it rises, whether it goes with the crop.

use jiff::civil::Date;

use crate::phenology::Season;
use crate::series::{days_between, plus_days};

use super::pixels::PixelSeries;
use super::rules::CroplandRules;

/// Days around the maximum in which another crop of the same season may have its own. Winter wheat and maize in one
/// place lie 75 to 90 days apart.
pub(super) const OTHER_CROP_DAYS: i32 = 110;
/// Days around the maximum that count as green while the season's half-rise or half-fall is not known.
const AROUND_PEAK_DAYS: i32 = 25;
/// Days before green-up and after senescence that still belong to the crop's curve.
const CURVE_MARGIN_DAYS: i32 = 60;
/// Dates outside the green time needed to know the soil.
const SOIL_DATES: usize = 2;
/// Part of the plot that must be read on a date for it to be preferred.
const WHOLE: f64 = 0.8;

/// The dates (positions) that features are made of.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Times {
    /// While the crop is green.
    pub(super) green: Vec<usize>,
    /// While any crop of the season may be green.
    pub(super) wide: Vec<usize>,
    /// Outside the green time.
    soil: Vec<usize>,
    /// From the soil before to the soil after.
    curve: Vec<usize>,
}

impl Times {
    /// The dates of a season; `None` while its maximum or start is not known well enough.
    pub(super) fn new(
        pixels: &PixelSeries,
        season: &Season,
        as_of: Date,
        rules: &CroplandRules,
    ) -> Option<Times> {
        let margin = i32::try_from(rules.green_margin_days).unwrap_or(10);
        let middle = season.pos.or(season.greenup50.map(|d| plus_days(d, AROUND_PEAK_DAYS)))?;
        let rise = season.greenup50.unwrap_or(plus_days(middle, -AROUND_PEAK_DAYS));
        let fall = season.senescence50.unwrap_or(match season.pos {
            Some(pos) => plus_days(pos, AROUND_PEAK_DAYS),
            None => as_of,
        });
        let whole = pixels.well_seen(WHOLE);
        let within = |from: Date, to: Date| -> Vec<usize> {
            (0..pixels.dates.len()).filter(|d| pixels.dates[*d] >= from && pixels.dates[*d] <= to).collect()
        };
        let preferred = |dates: Vec<usize>| -> Vec<usize> {
            let good: Vec<usize> = dates.iter().copied().filter(|d| whole.contains(d)).collect();
            if good.len() >= rules.min_green_dates { good } else { dates }
        };
        let narrow = preferred(within(plus_days(rise, margin), plus_days(fall, -margin)));
        let green =
            if narrow.len() >= rules.min_green_dates { narrow } else { preferred(within(rise, fall)) };
        let soil: Vec<usize> =
            (0..pixels.dates.len()).filter(|d| pixels.dates[*d] < rise || pixels.dates[*d] > fall).collect();
        let soil = if soil.len() >= SOIL_DATES { soil } else { (0..pixels.dates.len()).collect() };
        Some(Times {
            green,
            wide: within(plus_days(middle, -OTHER_CROP_DAYS), plus_days(middle, OTHER_CROP_DAYS)),
            soil,
            curve: within(plus_days(rise, -CURVE_MARGIN_DAYS), plus_days(fall, CURVE_MARGIN_DAYS)),
        })
    }

    /// All dates, for land whose season is not known.
    pub(super) fn all(pixels: &PixelSeries) -> Times {
        let all: Vec<usize> = (0..pixels.dates.len()).collect();
        Times { green: all.clone(), wide: all.clone(), soil: all.clone(), curve: all }
    }
}

impl Features {
    /// Whether the pixel by itself shows an annual crop of the season, whichever.
    pub(super) fn any_crop(&self, least_rise: f64, rules: &CroplandRules) -> bool {
        self.wide_rise >= least_rise && self.range.0 <= rules.max_soil_ndvi
    }
}

/// What a pixel shows. NDVI, or differences of NDVI.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Features {
    /// 90th percentile while the crop is green.
    pub(super) green: f64,
    /// 10th percentile of the soil's dates.
    pub(super) soil: f64,
    /// `green - soil`.
    pub(super) rise: f64,
    /// Greenest of any time at which a crop of the season may be green, less the 10th percentile of all dates.
    pub(super) wide_rise: f64,
    /// 10th and 90th percentile of all dates.
    pub(super) range: (f64, f64),
    /// Part of all dates with an NDVI below 0.
    pub(super) below_zero: f64,
}

/// The features of a pixel; `None` where too few of its dates could be read.
pub(super) fn of(
    pixels: &PixelSeries,
    cell: usize,
    times: &Times,
    rules: &CroplandRules,
) -> Option<Features> {
    let values = |dates: &[usize]| -> Vec<f64> {
        let mut v: Vec<f64> = dates.iter().filter_map(|d| pixels.ndvi(cell, *d)).collect();
        v.sort_unstable_by(f64::total_cmp);
        v
    };
    let green = values(&times.green);
    let wide = values(&times.wide);
    let all: Vec<usize> = (0..pixels.dates.len()).collect();
    let all = values(&all);
    if green.len() < rules.min_green_dates || all.len() < rules.min_green_dates + SOIL_DATES {
        return None;
    }
    let range = (quantile(&all, 0.1), quantile(&all, 0.9));
    let soil = values(&times.soil);
    let soil = if soil.len() >= SOIL_DATES { quantile(&soil, 0.1) } else { range.0 };
    let top = quantile(&green, 0.9);
    Some(Features {
        green: top,
        soil,
        rise: top - soil,
        wide_rise: quantile(&wide, 0.9).max(top) - range.0,
        range,
        below_zero: all.iter().filter(|v| **v < 0.0).count() as f64 / all.len() as f64,
    })
}

/// Correlation of a pixel with a curve given by date; 0 where fewer than four dates are common or either is level.
pub(super) fn correlation(pixels: &PixelSeries, cell: usize, curve: &[Option<f64>], times: &Times) -> f64 {
    let pairs: Vec<(f64, f64)> =
        times.curve.iter().filter_map(|d| Some((pixels.ndvi(cell, *d)?, (*curve.get(*d)?)?))).collect();
    if pairs.len() < 4 {
        return 0.0;
    }
    let n = pairs.len() as f64;
    let (mx, my) = (pairs.iter().map(|p| p.0).sum::<f64>() / n, pairs.iter().map(|p| p.1).sum::<f64>() / n);
    let (mut xy, mut xx, mut yy) = (0.0, 0.0, 0.0);
    for (x, y) in &pairs {
        xy += (x - mx) * (y - my);
        xx += (x - mx) * (x - mx);
        yy += (y - my) * (y - my);
    }
    if xx > 1e-9 && yy > 1e-9 { xy / (xx * yy).sqrt() } else { 0.0 }
}

/// Quantile of sorted values, interpolated; 0 for none.
pub(super) fn quantile(sorted: &[f64], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return 0.0 };
    let at = share * last as f64;
    let (low, part) = (at.floor() as usize, at.fract());
    let a = sorted.get(low).copied().unwrap_or(0.0);
    let b = sorted.get((low + 1).min(last)).copied().unwrap_or(a);
    a + part * (b - a)
}

/// The season nearest to a day, among those whose maximum lies within [`OTHER_CROP_DAYS`] of it.
pub(super) fn nearest_season(seasons: Vec<Season>, to: Date) -> Option<Season> {
    let middle = |s: &Season| s.pos.or(s.greenup50.map(|d| plus_days(d, AROUND_PEAK_DAYS)));
    let off = |s: &Season| middle(s).map_or(i32::MAX, |d| days_between(d, to).abs());
    seasons.into_iter().filter(|s| off(s) <= OTHER_CROP_DAYS).min_by_key(|s| off(s))
}
