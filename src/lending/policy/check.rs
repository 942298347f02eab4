//! What a policy file may not say, and where it says so.

use super::{Policy, Rule};
use crate::record::{Code, Effect};
use crate::settings::{Mistake, Mistakes};

/// Fewest clear dates on which a policy may call a plot uncropped. Source: reject limit of the crop
/// method. Consequence: no policy file can turn clouds into a judgement.
const FEWEST_CLEAR_DATES_AGAINST: u32 = 8;

/// What the types cannot say: ranges, codes, effects.
pub(super) fn check(policy: &Policy, text: &str) -> Result<(), Mistakes> {
    let mut found = Checks { text, errors: Vec::new() };
    found.words("id", &policy.id);
    found.words("version", &policy.version);
    found.words("validity.source", &policy.validity.source);
    found.words("confidence.source", &policy.confidence.source);
    levels(policy, &mut found);

    let r = &policy.rules;
    found.measure("min_area_ha", &r.min_area_ha, Code::AreaBelowPolicy, 0.0..=10_000.0);
    found.rule("min_full_pixels", &r.min_full_pixels, Code::PlotTooSmall);
    found.measure("max_edge_pixels_frac", &r.max_edge_pixels_frac, Code::PlotTooNarrow, 0.0..=1.0);
    found.measure("max_gps_distance_m", &r.max_gps_distance_m, Code::GpsFar, 0.0..=100_000.0);
    found.measure("max_area_shortfall_frac", &r.max_area_shortfall_frac, Code::AreaUnderDeclared, 0.0..=1.0);
    let short = &r.max_cropped_shortfall_frac;
    found.measure("max_cropped_shortfall_frac", short, Code::CroppedUnderDeclared, 0.0..=1.0);
    found.measure("max_uncropped_frac", &r.max_uncropped_frac, Code::PlotPartlyCropped, 0.0..=1.0);
    found.rule("min_clear_dates", &r.min_clear_dates, Code::ImgTooFewClear);
    found.rule("max_stale_days", &r.max_stale_days, Code::ImgStale);
    found.measure("min_catalogue_frac", &r.min_catalogue_frac, Code::SrcCatalogueGap, 0.0..=1.0);
    found.rule("min_clear_dates_uncropped", &r.min_clear_dates_uncropped, Code::LandNotCropped);
    if r.min_clear_dates_uncropped.value < FEWEST_CLEAR_DATES_AGAINST {
        let problem = format!(
            "is below {FEWEST_CLEAR_DATES_AGAINST}, the fewest on which anything may speak against a plot"
        );
        found.add("rules.min_clear_dates_uncropped.value", problem);
    }
    if r.min_clear_dates_uncropped.effect < Effect::Refer {
        let problem = "land without a crop never supports by itself: refer or against".to_owned();
        found.add("rules.min_clear_dates_uncropped.effect", problem);
    }
    found.rule("max_gap_days_uncropped", &r.max_gap_days_uncropped, Code::ImgGapLong);
    found.measure("max_log_odds_contradicted", &r.max_log_odds_contradicted, Code::CropDiffers, -100.0..=0.0);
    for (name, switch, code) in [
        ("crop_fits_badly", &r.crop_fits_badly, Code::CropFitsBadly),
        ("crop_undetermined", &r.crop_undetermined, Code::CropUndetermined),
        ("plot_mixed", &r.plot_mixed, Code::PlotMixed),
        ("cropped_area_not_told", &r.cropped_area_not_told, Code::CroppedAreaNotTold),
    ] {
        found.codes(name, switch.code, code, switch.effect);
        found.words(&format!("rules.{name}.source"), &switch.source);
    }
    let flood = &r.flood_water_frac;
    found.codes("flood_water_frac", flood.code, Code::EventFlood, flood.effect);
    found.words("rules.flood_water_frac.source", &flood.source);
    found.range("flood_water_frac", flood.value, 0.0..=1.0);

    if found.errors.is_empty() { Ok(()) } else { Err(Mistakes(found.errors)) }
}

/// Longest time that a policy may speak of, days: ten years.
const MOST_DAYS: u32 = 3660;

fn levels(policy: &Policy, found: &mut Checks<'_>) {
    let v = &policy.validity;
    for (path, days) in [
        ("validity.record_valid_days", v.record_valid_days),
        ("validity.review_after_days", v.review_after_days),
        ("validity.review_referred_after_days", v.review_referred_after_days),
    ] {
        if days > MOST_DAYS {
            found.add(path, format!("is {days}; at most {MOST_DAYS} days are allowed"));
        }
    }
    let c = &policy.confidence;
    if c.high_min_clear_dates < c.medium_min_clear_dates {
        found.add("confidence.high_min_clear_dates", "is below the number for medium".into());
    }
    if c.high_max_gap_days > c.medium_max_gap_days {
        found.add("confidence.high_max_gap_days", "is above the number for medium".into());
    }
    if c.high_max_stale_days > c.medium_max_stale_days {
        found.add("confidence.high_max_stale_days", "is above the number for medium".into());
    }
}

struct Checks<'a> {
    text: &'a str,
    errors: Vec<Mistake>,
}

impl Checks<'_> {
    fn add(&mut self, path: &str, problem: String) {
        self.errors.push(Mistake::at_path(self.text, path, problem));
    }

    fn words(&mut self, path: &str, value: &str) {
        if value.trim().is_empty() {
            self.add(path, "is empty".into());
        }
    }

    fn range(&mut self, name: &str, value: f64, allowed: std::ops::RangeInclusive<f64>) {
        if !allowed.contains(&value) {
            let (low, high) = (allowed.start(), allowed.end());
            self.add(&format!("rules.{name}.value"), format!("is {value}; it must lie from {low} to {high}"));
        }
    }

    fn measure(&mut self, name: &str, rule: &Rule<f64>, code: Code, allowed: std::ops::RangeInclusive<f64>) {
        self.range(name, rule.value, allowed);
        self.rule(name, rule, code);
    }

    fn rule<T>(&mut self, name: &str, rule: &Rule<T>, code: Code) {
        self.codes(name, rule.code, code, rule.effect);
        self.words(&format!("rules.{name}.source"), &rule.source);
    }

    fn codes(&mut self, name: &str, written: Code, expected: Code, effect: Effect) {
        let facts = expected.facts();
        if written != expected {
            let problem = format!("is {}; this rule raises {}", written.facts().code, facts.code);
            self.add(&format!("rules.{name}.code"), problem);
        }
        let possible = matches!(effect, Effect::Info | Effect::Refer | Effect::Against);
        if !possible || effect > facts.effect {
            let problem = format!(
                "is {effect}; {} is about {} and can be info{}{}",
                facts.code,
                facts.party,
                if facts.effect >= Effect::Refer { ", refer" } else { "" },
                if facts.effect >= Effect::Against { ", against" } else { "" },
            );
            self.add(&format!("rules.{name}.effect"), problem);
        }
    }
}
