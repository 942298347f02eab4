//! Whether a crop stands where the land was green all year before: cleared forest, an orchard or old grass.

use jiff::civil::Date;

use super::Findings;
use crate::crop::Cropped;
use crate::lending::Evidence;
use crate::lending::seen::day_after;
use crate::record::Code;

/// Green all year: fifth percentile of a year's NDVI at least this, and range at most this. Measured on forest: fifth
/// percentile 0.53 to 0.75.
const EVERGREEN_P5: f64 = 0.50;
const EVERGREEN_RANGE: f64 = 0.30;
/// Clear dates a year must have to be judged: as many as a season needs.
const LEAST_DATES: usize = 8;
/// Years in a row that must have been green.
const LEAST_YEARS: usize = 2;
const YEAR_DAYS: i64 = 365;
/// Years looked back at most: further than any archive of Sentinel-2 reaches.
const MAX_YEARS: i64 = 30;

/// One year before the season asked about.
#[derive(Clone, Copy, Debug)]
struct Year {
    from: Date,
    to: Date,
    p5: f64,
    range: f64,
    dates: usize,
}

impl Year {
    fn is_evergreen(&self) -> bool {
        self.p5 >= EVERGREEN_P5 && self.range <= EVERGREEN_RANGE
    }
}

/// At most refers: images cannot tell a plantation that was felled from a forest that was cleared, nor a permit.
pub(super) fn check(evidence: &Evidence<'_>, found: &mut Findings) {
    if evidence.assessment.cropped != Cropped::Yes {
        return;
    }
    let years: Vec<Option<Year>> = (1..=MAX_YEARS).map(|back| year(evidence, back)).collect();
    let green = years.windows(LEAST_YEARS).find_map(|run| {
        let run: Vec<Year> = run.iter().flatten().copied().filter(Year::is_evergreen).collect();
        (run.len() == LEAST_YEARS).then_some(run)
    });
    let Some(run) = green else { return };
    let (Some(last), Some(first)) = (run.first(), run.last()) else { return };
    let p5 = run.iter().map(|y| y.p5).fold(f64::INFINITY, f64::min);
    let range = run.iter().map(|y| y.range).fold(0.0, f64::max);
    let dates: usize = run.iter().map(|y| y.dates).sum();
    let values =
        [first.from.into(), last.to.into(), p5.into(), EVERGREEN_P5.into(), range.into(), dates.into()];
    found.add(Code::LandFormerForest, values);
}

/// The year that ends this many years before the season begins; `None` where it was not seen well enough.
fn year(evidence: &Evidence<'_>, back: i64) -> Option<Year> {
    let start = evidence.window.start;
    let (from, to) = (day_after(start, -YEAR_DAYS * back)?, day_after(start, -YEAR_DAYS * (back - 1) - 1)?);
    let seen = evidence.used().filter(|o| (from..=to).contains(&o.date));
    let mut values: Vec<f64> =
        seen.filter_map(|o| o.ndvi.as_ref()).map(|n| n.mean).filter(|v| v.is_finite()).collect();
    values.sort_by(f64::total_cmp);
    let (p5, p95) = (percentile(&values, 0.05)?, percentile(&values, 0.95)?);
    (values.len() >= LEAST_DATES).then_some(Year { from, to, p5, range: p95 - p5, dates: values.len() })
}

/// Of sorted values, linear between them.
fn percentile(sorted: &[f64], p: f64) -> Option<f64> {
    let at = p * sorted.len().checked_sub(1)? as f64;
    let (low, high) = (sorted.get(at.floor() as usize)?, sorted.get(at.ceil() as usize)?);
    Some(low + (high - low) * at.fract())
}
