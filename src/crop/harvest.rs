//! Harvested or not, and when: the calendar's harvest law, weighed with what the clear dates show.

use jiff::civil::Date;

use crate::phenology::Season;
use crate::series::{Sample, Series, days_between, plus_days};

use super::normal::{Normal, date, day};
use super::{CropRules, DateInterval};

/// Longest time between the two clear dates of an abrupt fall, days (design value).
const FALL_DAYS: i32 = 15;
/// Longest time that a crop stands after the end of its season (15 % of the fall), days: maize dries for weeks.
const LATEST_CUT_DAYS: i32 = 100;
/// Least fall, NDVI, and share of the level before (design value).
const FALL_NDVI: f64 = 0.20;
const FALL_SHARE: f64 = 0.40;
/// Log-odds of an abrupt fall, of a green last date, of a crop that cannot be mature, of later regrowth.
const ODDS_FALL: f64 = 2.5;
const ODDS_GREEN: f64 = -3.0;
const ODDS_IMMATURE: f64 = -1.5;
const ODDS_REGROWTH: f64 = 1.0;
/// NDVI above which the last date shows a green crop.
const GREEN_NDVI: f64 = 0.50;

/// What can be said about the harvest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Harvest {
    /// Still to come.
    Expected(DateInterval),
    /// Seen: the two clear dates around it, and the middle.
    Seen(DateInterval),
    /// By the calendar it lies behind, and nothing speaks against it; nobody saw it.
    ByCalendar(DateInterval),
    /// Neither can be said; the window if the crop still stands.
    Unclear(DateInterval),
}

/// Judges a season whose maximum is past. `harvest` and `maturity` are the laws of those dates.
pub(super) fn judge(
    series: &Series,
    season: &Season,
    harvest: Normal,
    maturity: Normal,
    next_crop: bool,
    rules: &CropRules,
) -> Harvest {
    let (Some(pos), Some(last)) = (season.pos, series.samples().last()) else {
        return Harvest::Expected(harvest.interval_after(series.as_of()));
    };
    let seen_to = day(last.date);
    // A fall long after the end of the season is the next crop's.
    let until = season.eos.map_or(Date::MAX, |eos| plus_days(eos, LATEST_CUT_DAYS));
    let own = |s: &&Sample| s.date >= pos && s.date <= until;
    let later: Vec<Sample> = series.samples().iter().filter(own).copied().collect();
    // Yellowing falls as fast as a cut: only a fall that ends on a ripe crop speaks for harvest.
    let fall = abrupt_fall(&later).filter(|(_, b)| maturity.before(day(*b)) >= 0.5);
    let prior = harvest.before(seen_to).clamp(0.01, 0.99);
    let mut odds = (prior / (1.0 - prior)).ln();
    if fall.is_some() {
        odds += ODDS_FALL;
    }
    if next_crop {
        odds += ODDS_REGROWTH;
    } else if last.ndvi > GREEN_NDVI {
        odds += ODDS_GREEN;
    }
    if maturity.before(seen_to) < 0.1 {
        odds += ODDS_IMMATURE;
    }
    let probability = 1.0 / (1.0 + (-odds).exp());
    // As long as the curve still falls the field is ripening, whatever the calendar says.
    let over = season.eos.is_some() || next_crop;
    if over && probability >= rules.harvested_probability {
        // The cut lies between the two dates if the crop may have been ripe on the first already.
        let bracket = fall.filter(|(a, _)| maturity.before(day(*a)) >= 0.2);
        match bracket {
            Some((a, b)) => Harvest::Seen(DateInterval { p10: a, p50: middle(a, b), p90: b }),
            None => Harvest::ByCalendar(harvest.interval_before(last.date)),
        }
    } else if probability <= 1.0 - rules.harvested_probability {
        Harvest::Expected(harvest.after(seen_to).interval_after(last.date))
    } else {
        Harvest::Unclear(harvest.after(seen_to).interval_after(last.date))
    }
}

/// The last pair of clear dates between which the crop vanished and stayed away.
///
/// The fall must be confirmed by the next clear date: one low date may be cloud.
fn abrupt_fall(samples: &[Sample]) -> Option<(Date, Date)> {
    let mut found = None;
    for (j, low) in samples.iter().enumerate().skip(1) {
        let Some(next) = samples.get(j + 1) else { break };
        let high = samples[..j]
            .iter()
            .rev()
            .take_while(|s| days_between(s.date, low.date) <= FALL_DAYS)
            .find(|s| s.ndvi - low.ndvi >= FALL_NDVI && s.ndvi - low.ndvi >= FALL_SHARE * s.ndvi);
        if let Some(high) = high
            && next.ndvi <= high.ndvi - 0.7 * (high.ndvi - low.ndvi)
        {
            found = Some((high.date, low.date));
        }
    }
    found
}

/// Middle of two dates.
fn middle(a: Date, b: Date) -> Date {
    date(0.5 * (day(a) + day(b)))
}
