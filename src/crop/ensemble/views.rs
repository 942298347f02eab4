//! What was seen of a plot, index by index, made ready for the likelihood.

use jiff::civil::Date;

use crate::band::Band;
use crate::series::{Series, whittaker};

use super::super::normal::day;
use super::INDICES;

/// Most dates that enter the likelihood; more are joined within a few days, since their model error is shared.
const MOST_DATES: usize = 48;
/// Smoothing of the curve that outliers are measured against, days^4 (proto clproto.despike).
const SMOOTHING: f64 = 3000.0;
/// Robust standard deviations beyond which a value is noise; a low one counts more readily than a high one.
const LOW_REACH: f64 = 3.0;
const HIGH_REACH: f64 = 4.8;
/// Blue reflectance from which air is hazy, and the step by which noise grows by itself.
const HAZE: f64 = 0.05;
const HAZE_STEP: f64 = 0.04;
/// Error of Sentinel-2 surface reflectance: absolute part and share of the value (Doxani et al. 2018, ACIX, the
/// requirement of the mission: 0.005 + 0.05 rho). It decides how well (green - blue) / (green + blue) is known.
const REFLECTANCE_ERROR: (f64, f64) = (0.005, 0.05);
/// Least blue reflectance in that error.
const LEAST_BLUE: f64 = 0.005;
/// A bare date: NDVI below, LSWI below (science 5.3).
const BARE_NDVI: f64 = 0.30;
const BARE_LSWI: f64 = 0.02;

/// One clear date of a plot in all the indices that were read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// Solar day.
    pub date: Date,
    /// (NIR - red) / (NIR + red).
    pub ndvi: f64,
    /// (NIR - SWIR1) / (NIR + SWIR1).
    pub lswi: Option<f64>,
    /// (green - blue) / (green + blue).
    pub ndyi: Option<f64>,
    /// Near-infrared reflectance, 0 to 1.
    pub nir: Option<f64>,
    /// (red edge 783 nm - red edge 740 nm) / their sum: rises with the chlorophyll of a dense canopy, where NDVI is
    /// saturated.
    pub red_edge: Option<f64>,
    /// Blue reflectance, 0 to 1: haze makes a date count less.
    pub blue: Option<f64>,
}

impl View {
    /// A clear date with the indices that its mean reflectances allow; `band` gives one, 0 to 1, if it was read.
    pub fn of(date: Date, ndvi: f64, band: impl Fn(Band) -> Option<f64>) -> View {
        let share = |a: Option<f64>, b: Option<f64>| {
            let (a, b) = a.zip(b)?;
            Some((a - b) / (a + b)).filter(|x| x.is_finite())
        };
        View {
            date,
            ndvi,
            lswi: share(band(Band::B8A).or(band(Band::B08)), band(Band::B11)),
            ndyi: share(band(Band::B03), band(Band::B02)),
            nir: band(Band::B08).or(band(Band::B8A)),
            red_edge: share(band(Band::B07), band(Band::B06)),
            blue: band(Band::B02),
        }
    }
}

/// (SWIR1 - SWIR2) / (SWIR1 + SWIR2) from mean reflectances, where both were read: straw and tillage.
pub fn nbr2(band: impl Fn(Band) -> Option<f64>) -> Option<f64> {
    let (a, b) = band(Band::B11).zip(band(Band::B12))?;
    Some((a - b) / (a + b)).filter(|x| x.is_finite())
}

/// The views of a series of which only NDVI is known.
pub fn views_of(series: &Series) -> Vec<View> {
    (series.samples().iter())
        .map(|s| View {
            date: s.date,
            ndvi: s.ndvi,
            lswi: None,
            ndyi: None,
            nir: None,
            red_edge: None,
            blue: None,
        })
        .collect()
}

/// Views of one window as numbers: days since 1970, one column per index, noise factor per date.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub day: Vec<f64>,
    /// Per index; empty when the index was not read at all. `None`: not read on that date.
    pub value: [Vec<Option<f64>>; INDICES.len()],
    /// Factor on the noise of each date, 1 or more.
    pub inflation: Vec<f64>,
    /// Standard deviation of NDYI on each date that its bands' errors make; 0 where blue was not read.
    pub ndyi_error: Vec<f64>,
    /// Dates on which bare soil was seen.
    pub bare: usize,
}

impl Seen {
    pub(super) fn len(&self) -> usize {
        self.day.len()
    }

    /// The views from `from` to `to`.
    pub(super) fn new(views: &[View], from: Date, to: Date) -> Seen {
        let mut inside: Vec<View> =
            views.iter().filter(|v| v.date >= from && v.date <= to && v.ndvi.is_finite()).copied().collect();
        // Rows may come in any order; equal dates are ordered by value, so the result cannot depend on it.
        inside.sort_by(|a, b| a.date.cmp(&b.date).then(a.ndvi.total_cmp(&b.ndvi)));
        let dates: Vec<f64> = inside.iter().map(|v| day(v.date)).collect();
        let ndvi: Vec<f64> = inside.iter().map(|v| v.ndvi).collect();
        let spikes = spike_factors(&dates, &ndvi);
        let hazed = |v: &View| 1.0 + v.blue.map_or(0.0, |b| ((b - HAZE) / HAZE_STEP).clamp(0.0, 3.0));
        let inflation: Vec<f64> = inside.iter().zip(&spikes).map(|(v, s)| s * hazed(v)).collect();
        let is_bare = |v: &View| v.ndvi < BARE_NDVI && v.lswi.is_none_or(|l| l < BARE_LSWI);
        let column = |of: fn(&View) -> Option<f64>| -> Vec<Option<f64>> {
            let read: Vec<Option<f64>> = inside.iter().map(|v| of(v).filter(|x| x.is_finite())).collect();
            if read.iter().all(Option::is_none) { Vec::new() } else { read }
        };
        let bare = inside.iter().filter(|v| is_bare(v)).count();
        let value = [
            column(|v| Some(v.ndvi)),
            column(|v| v.lswi),
            column(|v| v.ndyi),
            column(|v| v.nir),
            column(|v| v.red_edge),
        ];
        let ndyi_error = inside.iter().map(ndyi_error).collect();
        let mut seen = Seen { day: dates, value, inflation, ndyi_error, bare };
        let mut bin = 3.0;
        while seen.len() > MOST_DATES {
            seen = seen.joined(bin);
            bin += 2.0;
        }
        seen
    }

    /// Dates that fall into the same `bin` days joined into one, weighted by their precision.
    fn joined(&self, bin: f64) -> Seen {
        let mut out = Seen {
            day: vec![],
            value: Default::default(),
            inflation: vec![],
            ndyi_error: vec![],
            bare: self.bare,
        };
        let first = self.day.first().copied().unwrap_or(0.0);
        let place = |k: usize| self.day.get(k).map_or(f64::NAN, |d| ((d - first) / bin).floor());
        let mut start = 0;
        while start < self.len() {
            let end = (start..self.len()).find(|k| place(*k) != place(start)).unwrap_or(self.len());
            let weights: Vec<f64> = self.inflation[start..end].iter().map(|f| 1.0 / (f * f)).collect();
            let total: f64 = weights.iter().sum();
            let mean = |values: &[f64]| values.iter().zip(&weights).map(|(v, w)| v * w).sum::<f64>() / total;
            out.day.push(mean(&self.day[start..end]));
            out.inflation.push((1.0 / total).sqrt());
            out.ndyi_error.push(mean(&self.ndyi_error[start..end]));
            for (to, from) in out.value.iter_mut().zip(&self.value) {
                let Some(part) = from.get(start..end) else { continue };
                let pairs = part.iter().zip(&weights).filter_map(|(v, w)| Some(((*v)?, *w)));
                let (sum, weight) = pairs.fold((0.0, 0.0), |(s, n), (v, w)| (s + v * w, n + w));
                to.push((weight > 0.0).then(|| sum / weight));
            }
            start = end;
        }
        out
    }
}

/// Error of NDYI by the error of blue: over dark, dense canopies blue is 0.01 to 0.03 and its error decides.
fn ndyi_error(v: &View) -> f64 {
    let (Some(y), Some(blue)) = (v.ndyi, v.blue) else { return 0.0 };
    let blue = blue.max(LEAST_BLUE);
    let error = REFLECTANCE_ERROR.0 + REFLECTANCE_ERROR.1 * blue;
    // d/dblue of (green - blue) / (green + blue), green written by the index itself.
    ((1.0 - y * y).max(0.0) / (2.0 * blue) * error).min(1.0)
}

/// Factor on the noise of each value by its distance from a smooth curve that leans to the upper side.
fn spike_factors(dates: &[f64], values: &[f64]) -> Vec<f64> {
    let none = vec![1.0; dates.len()];
    let (Some(first), Some(last)) = (dates.first(), dates.last()) else { return none };
    let days = (last - first) as usize + 1;
    if days < 40 || dates.len() < 5 {
        return none;
    }
    let place: Vec<usize> = dates.iter().map(|d| (d - first) as usize).collect();
    let mut factor = vec![1.0; dates.len()];
    let mut reach = vec![0.0; dates.len()];
    for _ in 0..3 {
        let (mut w, mut y) = (vec![0.0; days], vec![0.0; days]);
        for ((k, v), f) in place.iter().zip(values).zip(&factor) {
            if let (Some(w), Some(y)) = (w.get_mut(*k), y.get_mut(*k)) {
                // Two values of one day share it.
                *y = (*y * *w + v * f) / (*w + f);
                *w += f;
            }
        }
        let Some(curve) = whittaker(&y, &w, SMOOTHING) else { return none };
        let residual: Vec<f64> =
            place.iter().zip(values).map(|(k, v)| v - curve.get(*k).copied().unwrap_or(*v)).collect();
        let scale = (1.4826 * median(residual.iter().map(|r| r.abs()).collect())).max(0.03);
        for ((r, u), f) in residual.iter().zip(&mut reach).zip(&mut factor) {
            *u = if *r < 0.0 { -r / (LOW_REACH * scale) } else { r / (HIGH_REACH * scale) };
            *f = if *u < 1.0 { (1.0 - *u * *u).powi(2) } else { 0.02 } + 1e-3;
        }
    }
    reach.iter().map(|u| (1.0 + 3.0 * (u - 0.5).max(0.0)).clamp(1.0, 6.0)).collect()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let n = values.len();
    match (values.get(n.saturating_sub(1) / 2), values.get(n / 2)) {
        (Some(a), Some(b)) => 0.5 * (a + b),
        _ => 0.0,
    }
}
