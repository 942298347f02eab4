//! Settings of the event rules, with units in the keys and a source for every default.

use serde::{Deserialize, Serialize};

/// When a fall, a decline or water counts as an event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EventRules {
    /// Least distance below what was expected, NDVI. Default 0.15 (design value).
    pub min_drop_ndvi: f64,
    /// The same in standard deviations, on the first clear date. Default 3 (design value).
    pub first_date_sd: f64,
    /// The same on the next clear date. Default 2 (design value).
    pub next_date_sd: f64,
    /// Longest time between the two clear dates of a fall, and from the first to the confirming one, days. Default 60:
    /// what ripening takes within it is expected, but over a longer blind time another crop may have come and gone.
    pub max_bracket_days: u32,
    /// A fall that regains more than half of its loss within this time is no loss, days. Default 25 (design value).
    pub recovery_days: u32,
    /// Share of the whole fall over `recovery_days` that its first date must show, 0 to 1: ripening goes on, a loss is
    /// over. Default 0.6 (chosen of 0.5 to 0.7 on simulated fields and on western France).
    pub sudden_share: f64,
    /// Share of the near infrared of the date before that must be gone on the next clear date when the crop may be
    /// ripening, 0 to 1: dry leaves still scatter near infrared, cut and shredded ones do not. Default 0.12 (chosen of
    /// 0.07 to 0.17 on the simulated seed 101).
    pub least_nir_fall: f64,
    /// Probability of ripeness below which a fall is a loss. Default 0.1 (design value).
    pub loss_max_ripe: f64,
    /// Probability of ripeness above which a fall is the harvest; in between a person has to look. Default 0.5
    /// (design value).
    pub harvest_min_ripe: f64,
    /// What the expectation itself may be wrong by, NDVI. Default 0.04, the error of one level held over weeks.
    pub model_sd_ndvi: f64,
    /// Distance below what was expected that a slow decline keeps, in standard deviations. Default 2.25 (chosen of
    /// 1.5 to 3 on the simulated seed 101 and on the real series that carry a declaration).
    pub decline_sd: f64,
    /// How long it must keep it, days. Default 20 (chosen of 12 to 25 likewise).
    pub decline_days: u32,
    /// Clear dates that must show it. Default 3.
    pub decline_dates: usize,
    /// Share of the plot under water that makes a flood, 0 to 1. Default 0.30 (design value).
    pub flood_area_fraction: f64,
    /// SWIR1 reflectance below which a wet surface is water. Default 0.12 (design value).
    pub flood_max_swir: f64,
    /// NDVI above bare soil up to which nothing has come up. Default 0.15 (design value).
    pub bare_margin_ndvi: f64,
    /// Clear dates since the expected green-up that are needed to say that nothing came up. Default 4.
    pub not_planted_dates: usize,
    /// Share of same-crop neighbours that fell at the same time above which an event is regional. Default 0.4
    /// (design value).
    pub regional_share: f64,
    /// Days by which a neighbour's fall may lie apart from the plot's and still be the same. Default 6: one revisit of
    /// two satellites and a day.
    pub same_time_days: u32,
}

impl Default for EventRules {
    fn default() -> Self {
        EventRules {
            min_drop_ndvi: 0.15,
            first_date_sd: 3.0,
            next_date_sd: 2.0,
            max_bracket_days: 60,
            recovery_days: 25,
            sudden_share: 0.6,
            least_nir_fall: 0.12,
            loss_max_ripe: 0.1,
            harvest_min_ripe: 0.5,
            model_sd_ndvi: 0.04,
            decline_sd: 2.25,
            decline_days: 20,
            decline_dates: 3,
            flood_area_fraction: 0.30,
            flood_max_swir: 0.12,
            bare_margin_ndvi: 0.15,
            not_planted_dates: 4,
            regional_share: 0.4,
            same_time_days: 6,
        }
    }
}
