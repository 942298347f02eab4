//! The season-based reading: one season, the calendar of the declared crop where there is one, and the as-of date.
//!
//! The plain one of the two methods of this room, and the ground of the other: [`super::read()`] puts what the
//! hypothesis ensemble knows better on top of it.

use jiff::civil::Date;

use crate::phenology::Season;
use crate::series::{Series, Smooth, days_between};

use super::asked;
use super::calendar::{self, Dates};
use super::cropped::{self, Look};
use super::declared::{self, Fit, Place};
use super::harvest::{self, Harvest};
use super::normal::{self, Normal, day};
use super::phases;
use super::profile::{Profile, Zone};
use super::profiles::{Meaning, Profiles};
use super::stage;
use super::{Assessment, CannotTell, CropRules, Cropped, OutOfDomain, Stage, Verdict};

/// Name and version of this method.
pub const METHOD: &str = "season-reading/1";

/// Half-senescence to harvest where the crop is not known: middle of the table's 2 to 32 days, and its spread.
const HARVEST_LAG: (f64, f64) = (16.0, 9.0);
/// Maximum to half-senescence where the crop is not known, days.
const PEAK_TO_SENESCENCE: (f64, f64) = (38.0, 15.0);
/// Half-senescence to ripeness (BBCH 89) where the crop's clock does not say, days (cereals: 8).
const RIPE_LAG: (f64, f64) = (8.0, 4.0);
/// Start of season (25 % of the rise) to emergence, backwards, where the crop is not known, days.
const EMERGENCE_BEFORE_START: (f64, f64) = (12.0, 8.0);

/// Everything a method may look at. The as-of date is that of `series`.
#[derive(Clone, Debug)]
pub struct Reading<'a> {
    /// Clear samples up to the as-of date.
    pub series: &'a Series,
    /// The curve of `series`.
    pub smooth: &'a Smooth,
    /// The seasons of `smooth`, oldest first.
    pub seasons: &'a [Season],
    /// Latitude and longitude, degrees; without them no zone is chosen, unless `zone` names one.
    pub place: Option<(f64, f64)>,
    /// Zone whose rows go before those of the place.
    pub zone: Option<&'a str>,
    /// Crop as declared, in anybody's words.
    pub declared_crop: Option<&'a str>,
    /// Sowing date as declared.
    pub declared_sowing: Option<Date>,
    /// First and last day of the season asked about; the year before the as-of date when absent.
    pub window: Option<(Date, Date)>,
    /// Whether the window is one season by itself, rather than the time up to the as-of date. A window that ends on
    /// another day always is.
    pub whole_season: bool,
}

impl<'a> Reading<'a> {
    /// A reading of these without place, declaration or window.
    pub fn of(series: &'a Series, smooth: &'a Smooth, seasons: &'a [Season]) -> Reading<'a> {
        Reading {
            series,
            smooth,
            seasons,
            place: None,
            zone: None,
            declared_crop: None,
            declared_sowing: None,
            window: None,
            whole_season: false,
        }
    }

    /// First and last day of the one season that the window is, where it is one.
    pub(super) fn season_asked(&self) -> Option<(Date, Date)> {
        self.window.filter(|(_, to)| self.whole_season || *to != self.series.as_of())
    }

    /// Zones whose calendars apply, best first.
    pub fn zones<'p>(&self, profiles: &'p Profiles) -> Vec<&'p Zone> {
        match (self.zone, self.place) {
            (Some(name), place) => profiles.zones_from(name, place),
            (None, Some((lat, lon))) => profiles.zones_at(lat, lon),
            (None, None) => Vec::new(),
        }
    }
}

/// Reads what is known of one plot on the as-of day.
///
/// # Method
/// The season of the window that fits the declared crop's calendar best (the last one without a declaration);
/// cropped or not by amplitude, base and peak; stage by the crop's stage clock when its calendar fits, else by the
/// share of the amplitude that is lost; harvest by the calendar's law updated with the dates seen, else by typical
/// lags; harvested by log-odds of the law, an abrupt and lasting fall, a green last date. See `docs/methods.md`.
///
/// # Sources
/// `docs/methods.md`; crop calendar of [`Profiles`] with a source on every row.
pub fn assess(reading: &Reading<'_>, profiles: &Profiles, rules: &CropRules) -> Assessment {
    let (series, smooth, seasons) = (reading.series, reading.smooth, reading.seasons);
    let as_of = series.as_of();
    let latitude = reading.place.map(|p| p.0);
    let zones = reading.zones(profiles);
    let low_vigour = zones.first().is_some_and(|z| z.low_vigour);
    let window = asked::window(reading, rules);
    let meaning = reading.declared_crop.map(|word| (word, profiles.meaning(word, &zones)));
    let rows: &[&Profile] = match &meaning {
        Some((_, Meaning::Rows(rows))) => rows,
        _ => &[],
    };

    let seen_to = series.last().unwrap_or(as_of);
    let place = Place { seen_to, latitude, sown: reading.declared_sowing };
    let window = asked::asked(window, rows, as_of, latitude, reading.declared_sowing, rules);
    let fit_of = |s: &Season| declared::best_fit(rows, s, place, rules);
    let in_window: Vec<usize> =
        (0..seasons.len()).filter(|k| asked::belongs(&seasons[*k], window, as_of)).collect();
    let look = Look::new(smooth, window, low_vigour, rules);
    let current = asked::choose(seasons, &in_window, &look, &fit_of);
    let season = current.and_then(|k| seasons.get(k));
    let fit = season.and_then(fit_of);

    // A word that may mean several cycles a year gives no single growing time: then the whole window counts.
    let sown = reading.declared_sowing;
    let planned = match (&fit, rows) {
        (Some(f), [_]) => Some(f.planned),
        (None, [row]) => calendar::cycle_in(row, window.from, window.to, latitude, sown, rules),
        _ => None,
    };
    let of_window: Vec<&Season> = in_window.iter().filter_map(|k| seasons.get(*k)).collect();
    let (mut cropped, mut cannot_tell) =
        cropped::answer(series, smooth, &of_window, window, planned.as_ref(), &look, rules);

    // A crop may be in the ground and not show yet: then nothing is missing.
    let pending = rows.iter().filter_map(|r| calendar::pending(r, as_of, latitude, sown, rules)).max();
    if let (Cropped::No, Some(visible)) = (cropped, pending.filter(|_| as_of <= window.to)) {
        cropped = Cropped::CannotTell;
        cannot_tell.push(CannotTell::TooEarly { expected_from: Some(visible) });
    }

    let crop_season = season.filter(|s| look.is_crop(s));
    let declared = meaning.as_ref().map(|(word, meaning)| {
        let others = profiles.rows_in(&zones);
        declared::verdict(word, meaning, fit.as_ref(), crop_season, &others, place, rules)
    });
    let out_of_domain = meaning.as_ref().and_then(|(word, meaning)| match meaning {
        Meaning::UnknownWord => Some(OutOfDomain::UnknownWord { word: (*word).to_owned() }),
        Meaning::NoCalendar { crops } => {
            Some(OutOfDomain::NoCalendar { crops: crops.iter().map(|crop| (*crop).to_owned()).collect() })
        }
        Meaning::Rows(_) => None,
    });
    cannot_tell.extend(out_of_domain.map(CannotTell::OutOfDomain));

    let seen_from = window.from.min(as_of);
    let seen_to = window.to.min(as_of);
    let mut assessment = Assessment {
        as_of,
        cropped,
        seasons: seasons.to_vec(),
        current,
        stage: stage::without_season(smooth, rules),
        bbch: None,
        maturity: None,
        harvest: None,
        harvested: None,
        emergence: None,
        candidates: Vec::new(),
        declared,
        sowing_not_used: asked::not_used(rows, sown, latitude),
        cannot_tell,
        looked_at: (seen_from, seen_to),
        clear_obs: series.clear_between(seen_from, seen_to),
        max_gap_days: series.longest_gap(seen_from, seen_to).map_or(0, |g| g.2),
        last_clear: series.last(),
        phases: phases::phases(rows, window, window.to.min(as_of), latitude, sown, rules),
        method: METHOD,
    };
    let trusted = assessment
        .declared
        .as_ref()
        .is_some_and(|c| matches!(c.verdict, Verdict::Consistent | Verdict::Undetermined));
    // Land without a seen crop has no crop stage: what it shows is bare, emerging or not to be told.
    if let Some(season) = season.filter(|_| cropped == Cropped::Yes) {
        let crop = fit.as_ref().filter(|f| trusted && f.row.gs_days.is_some());
        develop(&mut assessment, reading, season, crop, profiles, rules);
    }
    grow_stale(&mut assessment, rules);
    assessment
}

/// Stage, maturity, emergence and harvest of a crop's season.
fn develop(
    a: &mut Assessment,
    reading: &Reading<'_>,
    season: &Season,
    crop: Option<&Fit<'_>>,
    profiles: &Profiles,
    rules: &CropRules,
) {
    let (series, smooth) = (reading.series, reading.smooth);
    let Some(last) = series.last() else { return };
    let dates = match crop {
        Some(f) => Some(calendar::updated(f.row, f.planned, season, last)),
        None => by_curve(season, last),
    };
    a.stage = stage::of_curve(season, smooth);
    let clock = crop.and_then(|f| profiles.clock(&f.row.crop, &f.row.zone));
    if let (Some(clock), Some(dates)) = (clock, &dates) {
        a.bbch = stage::bbch(clock, dates, a.as_of, rules);
        if let Some(b) = a.bbch {
            a.stage = stage::of_bbch(b.mid);
        }
    }
    let Some(Dates { emergence, senescence: Some(senescence), harvest: Some(harvest), .. }) = dates else {
        a.cannot_tell.push(CannotTell::TooEarly { expected_from: None });
        // Whether it still stands is what could not be worked out.
        if a.stage == Stage::Mature {
            a.stage = Stage::Unknown;
        }
        return;
    };
    a.emergence = Some(emergence.interval_before(last));
    let ripe = clock.and_then(|c| c.anchors.iter().find(|x| x.bbch >= 89.0)).map_or(RIPE_LAG.0, |x| x.days);
    let maturity = senescence.plus(ripe, RIPE_LAG.1);
    a.maturity = Some(normal::share(emergence, maturity, day(a.as_of)));
    let next_crop = a.current.is_some_and(|k| k + 1 < a.seasons.len());
    match harvest::judge(series, season, harvest, maturity, next_crop, rules) {
        Harvest::Expected(window) => a.harvest = Some(window),
        Harvest::Seen(window) => {
            a.harvested = Some(window);
            a.stage = Stage::Harvested;
            a.bbch = None;
            a.maturity = Some(super::Interval { lower: 1.0, mid: 1.0, upper: 1.0 });
        }
        Harvest::ByCalendar(window) => {
            a.harvest = Some(window);
            a.stage = Stage::Harvested;
            a.bbch = None;
            a.maturity = Some(super::Interval { lower: 1.0, mid: 1.0, upper: 1.0 });
        }
        Harvest::Unclear(window) => {
            a.harvest = Some(window);
            a.cannot_tell.push(CannotTell::OutOfDomain(OutOfDomain::RipeOrCut));
        }
    }
}

/// The dates of a season whose crop is not known; `None` before its maximum is past or without a start.
fn by_curve(season: &Season, last_clear: Date) -> Option<Dates> {
    let pos = season.pos?;
    let senescence = match season.senescence50 {
        Some(seen) => Normal::new(day(seen), season.eos_sd_days.unwrap_or(6.0).min(15.0)),
        None => Normal::new(day(pos) + PEAK_TO_SENESCENCE.0, PEAK_TO_SENESCENCE.1).after(day(last_clear)),
    };
    let start = season.sos.or(season.greenup50).map(day)?;
    let emergence = Normal::new(start - EMERGENCE_BEFORE_START.0, EMERGENCE_BEFORE_START.1);
    Some(Dates {
        sowing: emergence.plus(-10.0, 4.0),
        emergence,
        greenup: Normal::new(season.greenup50.map_or(start + 10.0, day), 6.0),
        peak: Some(Normal::new(day(pos), 6.0)),
        senescence: Some(senescence),
        harvest: Some(senescence.plus(HARVEST_LAG.0, HARVEST_LAG.1)),
    })
}

/// Nothing is said about the stage of today when the last clear date is too old. A harvest that was seen stays.
fn grow_stale(a: &mut Assessment, rules: &CropRules) {
    let days = match a.last_clear {
        Some(last) => days_between(last, a.as_of).max(0) as u32,
        None => {
            a.stage = Stage::Unknown;
            return;
        }
    };
    if days > rules.max_stale_days && a.stage != Stage::Harvested {
        a.stage = Stage::Unknown;
        a.bbch = None;
        a.maturity = None;
        a.cannot_tell.push(CannotTell::Stale { days, limit: rules.max_stale_days });
    }
}
