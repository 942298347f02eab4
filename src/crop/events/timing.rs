//! What is known of a crop's dates on a day, before anything later was seen.

use jiff::civil::Date;

use super::super::ensemble::Development;
use super::super::normal::{Normal, Z90, date, day};
use super::super::profile::Profile;
use super::super::profiles::Profiles;
use super::super::{CropRules, DateInterval, Verdict, calendar};

/// Half-senescence to ripeness where only the calendar is known, days, and its spread (cereals: 8).
const RIPE_LAG: (f64, f64) = (8.0, 4.0);
/// What a forecast of ripeness is wrong by beside the spread of its hypotheses, days: odd cultivars, drought. Harvests told
/// thirty days ahead were wrong by 12 days (root mean square) on simulated fields with a fitting calendar.
const FORECAST_SD_DAYS: f64 = 12.0;
/// Green-up to heading of transplanted rice, days (science 7.1).
const RICE_HEADING: f64 = 32.0;
/// Width of the fall where nothing else is said, days (science 5.1: 5 to 16).
const FALL_DAYS: f64 = 8.0;
/// Width of the rise, likewise (science 5.1: 8 for most crops).
const RISE_DAYS: f64 = 8.0;
/// Days around flowering in which a yellow crop shows less green than it has.
const FLOWER_DAYS: f64 = 16.0;

/// Dates of a crop as laws, known on some day.
#[derive(Clone, Debug, PartialEq)]
pub struct Timing {
    /// Crops that the dates are of.
    pub crops: Vec<String>,
    /// How the declared crop fitted what was seen until then, when one was declared.
    pub declared: Option<Verdict>,
    /// Emergence.
    pub emergence: DateInterval,
    /// 50 % green-up.
    pub greenup: DateInterval,
    /// 50 % senescence.
    pub senescence: DateInterval,
    /// Ripeness (BBCH 89).
    pub ripe: DateInterval,
    /// Harvest.
    pub harvest: DateInterval,
    /// Flowering that hides green leaves (rapeseed), where the crop does that.
    pub flower: Option<DateInterval>,
    /// Whether the crop stands in water until it heads (rice).
    pub flooded: bool,
}

impl Timing {
    /// What the ensemble knows, its hypotheses pooled.
    pub fn of_development(d: &Development, profiles: &Profiles) -> Timing {
        let rows = |test: &dyn Fn(&Profile) -> bool| {
            profiles.profiles().iter().filter(|p| d.crops.contains(&p.crop)).any(test)
        };
        let flower = profiles
            .profiles()
            .iter()
            .filter(|p| d.crops.contains(&p.crop))
            .find_map(|p| p.flower_after_greenup_days);
        let (ripe, sd) = d.maturity_law;
        Timing {
            crops: d.crops.clone(),
            declared: None,
            emergence: d.emergence,
            greenup: d.greenup,
            senescence: d.senescence,
            ripe: Normal::new(ripe, sd).interval(),
            harvest: d.harvest,
            flower: flower.map(|lag| law(d.greenup).plus(lag, FLOWER_DAYS).interval()),
            flooded: rows(&|p| p.flooded),
        }
    }

    /// What a calendar row alone expects of the cycle that is sown by a day; `None` for crops without a natural end.
    pub fn of_calendar(row: &Profile, on: Date, latitude: Option<f64>, rules: &CropRules) -> Option<Timing> {
        let d = calendar::cycle_sown(row, on, latitude, rules)?;
        let senescence = d.senescence?;
        let flower = row.flower_after_greenup_days;
        Some(Timing {
            crops: vec![row.crop.clone()],
            declared: None,
            emergence: d.emergence.interval(),
            greenup: d.greenup.interval(),
            senescence: senescence.interval(),
            ripe: senescence.plus(RIPE_LAG.0, RIPE_LAG.1).interval(),
            harvest: d.harvest?.interval(),
            flower: flower.map(|lag| d.greenup.plus(lag, FLOWER_DAYS).interval()),
            flooded: row.flooded,
        })
    }

    /// Probability that the crop is ripe by a day.
    pub fn ripe_by(&self, on: Date) -> f64 {
        let own = law(self.ripe);
        Normal::new(own.mean, own.sd.hypot(FORECAST_SD_DAYS)).before(day(on))
    }

    /// Whether a crop of the calendar was declared: without one these are the dates of a guess.
    pub(super) fn is_declared(&self) -> bool {
        !matches!(self.declared, None | Some(Verdict::UnknownCrop))
    }

    /// Whether a crop was declared that did not fit what was seen: then these are the dates of another one.
    pub(super) fn is_misfit(&self) -> bool {
        matches!(self.declared, Some(Verdict::Inconsistent | Verdict::Contradicted))
    }

    /// Whether green leaves may be hidden by flowers on a day.
    pub(super) fn in_flower(&self, on: Date) -> bool {
        self.flower.is_some_and(|f| (f.p10..=f.p90).contains(&on))
    }

    /// First day on which heading may be past.
    pub(super) fn headed_from(&self) -> Date {
        date(law(self.greenup).mean + RICE_HEADING)
    }

    /// Share of the rise that is expected to be done on a day, for each ninth of the green-up's law.
    pub(super) fn risen(&self, on: f64) -> [f64; 9] {
        let g = law(self.greenup);
        NINTHS.map(|z| 1.0 / (1.0 + (-(on - g.mean - z * g.sd) / RISE_DAYS).exp()))
    }

    /// Share of the green that is expected to be gone on a day, for each ninth of the senescence's law.
    pub(super) fn fallen(&self, on: f64) -> [f64; 9] {
        let s = law(self.senescence);
        NINTHS.map(|z| 1.0 / (1.0 + (-(on - s.mean - z * s.sd) / FALL_DAYS).exp()))
    }
}

/// Middles of nine equal parts of the standard normal law.
const NINTHS: [f64; 9] = [-1.593, -0.967, -0.589, -0.282, 0.0, 0.282, 0.589, 0.967, 1.593];

/// The normal law with this interval.
pub(super) fn law(i: DateInterval) -> Normal {
    Normal::new(day(i.p50), (day(i.p90) - day(i.p10)) / (2.0 * Z90))
}
