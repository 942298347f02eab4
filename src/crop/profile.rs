//! The rows of the crop calendar: zones, crop names, one profile per crop and zone, stage clocks.

use serde::Deserialize;

/// A month and a day, written `MM-DD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct MonthDay {
    /// 1 to 12.
    pub month: i8,
    /// 1 to 31.
    pub day: i8,
}

impl TryFrom<String> for MonthDay {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        // 2001: no leap day, so that every year has the day.
        let date: jiff::civil::Date =
            format!("2001-{text}").parse().map_err(|_| format!("`{text}` is not a month-day MM-DD"))?;
        Ok(MonthDay { month: date.month(), day: date.day() })
    }
}

/// A region with one calendar per crop.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Zone {
    /// Name used in files and flags.
    pub name: String,
    /// Name for people.
    pub title: String,
    /// Boxes `[west, south, east, north]`, degrees.
    pub boxes_deg: Vec<[f64; 4]>,
    /// Dry or mixed smallholder farming, where crops reach lower NDVI.
    #[serde(default)]
    pub low_vigour: bool,
    /// Where the zone's outline comes from.
    pub source: String,
}

/// A crop and its names.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Crop {
    /// Name used in records.
    pub name: String,
    /// Group of crops that look alike.
    pub group: String,
    /// Other names, in any language.
    #[serde(default)]
    pub synonyms: Vec<String>,
    /// Where the names come from.
    pub source: String,
}

/// Shift of a profile's dates with latitude, days per degree towards the pole.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LatShift {
    /// Latitude without shift, degrees from the equator.
    pub reference_lat_deg: f64,
    /// Sowing.
    pub sow: f64,
    /// 50 % green-up.
    pub greenup: f64,
    /// 50 % senescence.
    pub senescence: f64,
}

/// One crop in one zone.
///
/// # Units
/// Days; NDVI dimensionless. Standard deviations default to design values: SG 9, GS 10, SH 6 days.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Crop name.
    pub crop: String,
    /// Zone name.
    pub zone: String,
    /// Which of several seasons or types, for people.
    pub variant: Option<String>,
    /// Names that mean this row and no other of the crop.
    #[serde(default)]
    pub synonyms: Vec<String>,
    /// 5 % of sowing (or transplanting).
    pub sow_from: MonthDay,
    /// 95 % of sowing; in the next year when before `sow_from`.
    pub sow_to: MonthDay,
    /// Whether `sow_*` and `sg_days` count from transplanting.
    #[serde(default)]
    pub transplanted: bool,
    /// Sowing to 50 % green-up.
    pub sg_days: f64,
    /// Its standard deviation.
    #[serde(default = "sg_sd")]
    pub sg_sd_days: f64,
    /// 50 % green-up to 50 % senescence; absent for crops without a natural end.
    pub gs_days: Option<f64>,
    /// Its standard deviation.
    #[serde(default = "gs_sd")]
    pub gs_sd_days: f64,
    /// 50 % senescence to harvest.
    pub sh_days: Option<f64>,
    /// Its standard deviation.
    #[serde(default = "sh_sd")]
    pub sh_sd_days: f64,
    /// Sowing to harvest.
    pub cycle_days: f64,
    /// Peak of the field mean.
    pub peak_ndvi: f64,
    /// Its standard deviation.
    #[serde(default = "peak_sd")]
    pub peak_sd_ndvi: f64,
    /// Level of the autumn stand of a winter crop.
    pub plateau_ndvi: Option<f64>,
    /// 50 % green-up to flowering seen from above.
    pub flower_after_greenup_days: Option<f64>,
    /// Grown in standing water.
    #[serde(default)]
    pub flooded: bool,
    /// Shift with latitude.
    pub lat_shift: Option<LatShift>,
    /// What else is known, for people.
    pub traits: Option<String>,
    /// Where the row comes from.
    pub source: String,
}

fn sg_sd() -> f64 {
    9.0
}
fn gs_sd() -> f64 {
    10.0
}
fn sh_sd() -> f64 {
    6.0
}
fn peak_sd() -> f64 {
    0.08
}

impl Profile {
    /// `soybean (mato-grosso)`, with the variant where there is one.
    pub fn title(&self) -> String {
        match &self.variant {
            Some(v) => format!("{} ({v}, {})", self.crop, self.zone),
            None => format!("{} ({})", self.crop, self.zone),
        }
    }
}

/// From which date of the season an anchor counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AnchorFrom {
    /// Emergence.
    Emergence,
    /// 50 % green-up.
    Greenup,
    /// 50 % senescence.
    Senescence,
}

/// One growth stage on the clock.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Anchor {
    /// BBCH code, 0 to 99.
    pub bbch: f64,
    /// Date it counts from.
    pub from: AnchorFrom,
    /// Days after that date; negative before.
    pub days: f64,
}

/// When the stages of some crops are reached.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    /// Crops it is for.
    pub crops: Vec<String>,
    /// Zones it is for; every zone when empty. The first clock that fits crop and zone is used.
    #[serde(default)]
    pub zones: Vec<String>,
    /// Stages in order of development.
    pub anchors: Vec<Anchor>,
    /// Where the lags come from.
    pub source: String,
}
