//! The tables of evidence: what was declared beside what was seen, and what else was seen.

use std::collections::BTreeMap;

use jiff::civil::Date;
use maud::{Markup, html};

use super::alerts;
use super::amounts;
use crate::record::{Agreement, EligibilityRecord};
use crate::store::plain_words as words;
use crate::store::tongue::Tongue;

/// The tables, with the picture beside them.
pub(super) fn section(record: &EligibilityRecord, picture: Option<Markup>) -> Markup {
    let class = if picture.is_some() { "evidence" } else { "evidence alone" };
    html! {
        div class=(class) {
            div {
                table class="compared" {
                    thead { tr { th {} th { "Declared" } th { "Seen" } } }
                    tbody {
                        @for row in compared(record) {
                            tr {
                                th scope="row" { (row.what) }
                                @match row.declared {
                                    Some(text) => { td { (text) } }
                                    None => { td class="none" { "not given" } }
                                }
                                td { (row.seen) }
                            }
                        }
                    }
                }
                table {
                    tbody {
                        @for (what, seen) in seen(record) { tr { th scope="row" { (what) } td { (seen) } } }
                    }
                }
            }
            @if let Some(picture) = picture { (picture) }
        }
    }
}

/// Scenes that were not used, counted by reason: `23 cloud or shadow, 1 could not be read`.
pub(super) fn rejected(record: &EligibilityRecord) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for scene in &record.scenes_rejected {
        *counts.entry(scene.reason.as_str()).or_default() += 1;
    }
    counts.iter().map(|(word, n)| format!("{n} {}", words::reject(word))).collect::<Vec<_>>().join(", ")
}

/// What was declared beside what was seen.
struct Compared {
    what: &'static str,
    declared: Option<String>,
    seen: String,
}

fn compared(r: &EligibilityRecord) -> Vec<Compared> {
    let mut rows = vec![
        Compared { what: "Crop", declared: r.declared_crop.as_deref().map(words::brief), seen: crop(r) },
        Compared {
            what: "Area",
            declared: r.declared_area_ha.map(|ha| words::hectares(ha.get() * 10_000.0)),
            seen: area(r),
        },
        Compared {
            what: "Sowing",
            declared: r.declared_sowing_date.map(|d| match sowing_doubt(r) {
                None => words::day(d),
                Some(Doubt::Impossible) => format!("{}, not used: cannot be this season's", words::day(d)),
                Some(Doubt::FarOff) => format!("{}, not used: far from the sowing time here", words::day(d)),
            }),
            seen: dated(r.emergence_date, r.emergence_date_lower, r.emergence_date_upper).map_or(
                "emergence cannot be told".to_owned(),
                |text| match has_emerged(r) {
                    true => format!("emerged {text}"),
                    false => format!("emergence expected {text}"),
                },
            ),
        },
    ];
    if let Some(amount) = &r.requested_amount {
        let currency = r.currency.as_deref().unwrap_or("");
        let declared = Some(words::brief(&format!("{amount} {currency}")));
        rows.push(Compared { what: "Amount", declared, seen: by_policy(r) });
    }
    rows
}

/// Whether the crop that dates are told of had come up by the day of the answer.
pub(super) fn has_emerged(r: &EligibilityRecord) -> bool {
    r.emergence_date.is_some_and(|date| date <= r.as_of)
}

/// Why a declared sowing date dated nothing.
pub(super) enum Doubt {
    /// It cannot be of the season that was asked about.
    Impossible,
    /// The crop is not sown then.
    FarOff,
}

/// Why the declared sowing date dated nothing; `None` where it was used.
pub(super) fn sowing_doubt(r: &EligibilityRecord) -> Option<Doubt> {
    let told = |code: &str| r.reasons_all.iter().any(|reason| reason.code() == code);
    match (told("SOWING_DATE_IMPLAUSIBLE"), told("SOWING_DATE_NOT_USED")) {
        (true, _) => Some(Doubt::Impossible),
        (false, true) => Some(Doubt::FarOff),
        (false, false) => None,
    }
}

fn by_policy(r: &EligibilityRecord) -> String {
    match (&r.limit_by_policy, &r.limit_currency) {
        (Some(limit), Some(currency)) => format!("limit by the policy {limit} {currency}"),
        _ if amounts::not_computed(r) => "no limit: a figure is missing, see why".to_owned(),
        _ => "no limit: the policy sets no amounts".to_owned(),
    }
}

fn seen(r: &EligibilityRecord) -> Vec<(&'static str, String)> {
    let mut rows = vec![
        ("Crop seen", words::crop_seen(r.cropped).to_owned()),
        ("Cropped area", cropped_area(r)),
        ("Stage", stage(r)),
        ("Harvest", harvest(r)),
        ("Greenness", ndvi(r)),
    ];
    rows.extend(alerts::events(r, Tongue::English).map(|text| ("Events", text)));
    rows.extend(alerts::vigour(r, Tongue::English).map(|text| ("Vigour", text)));
    rows.extend(alerts::expected_yield(r, Tongue::English).map(|text| ("Yield", text)));
    rows.push(("Images", images(r)));
    rows.push(("Pixels", pixels(r)));
    rows
}

fn crop(r: &EligibilityRecord) -> String {
    let mut parts = Vec::new();
    if r.declared_crop.is_some() {
        parts.push(match r.crop_agrees_with_declared {
            Some(Agreement::Yes) => "agrees with the declared crop".to_owned(),
            Some(Agreement::No) => "does not agree with the declared crop".to_owned(),
            Some(Agreement::CannotTell) | None => "cannot tell whether it is the declared crop".to_owned(),
        });
    }
    // Without a clear view the candidates are no more than what was assumed before.
    if r.clear_obs.is_some_and(|n| n > 0) && !r.crop_candidates.is_empty() {
        let candidates = r.crop_candidates.iter();
        let names: Vec<String> = candidates
            .map(|c| format!("{} {}", words::crop(&c.crop), words::percent(c.probability.get())))
            .collect();
        parts.push(format!("by the curve alone: {}", names.join(", ")));
    }
    if parts.is_empty() { "not named by this method".to_owned() } else { parts.join("; ") }
}

fn area(r: &EligibilityRecord) -> String {
    let Some(area) = r.metrics_area else { return "no outline".to_owned() };
    let mut text = words::hectares(area.get());
    if let (Some(low), Some(high)) = (r.area_lower_m2, r.area_upper_m2) {
        text.push_str(&format!(" ({} to {})", words::hectares(low.get()), words::hectares(high.get())));
    }
    if let Some(deviation) = r.outline_deviation_frac {
        let percent = format!("{:.1}", deviation.get().abs() * 100.0);
        let side = if deviation.get() < 0.0 { "less" } else { "more" };
        match percent.as_str() {
            "0.0" => text.push_str(", as declared"),
            _ => text.push_str(&format!(", {percent} % {side} than declared")),
        }
    }
    text
}

/// `of 2.31 ha inside the outline, 2.05 ha (1.94 to 2.16) carry the crop; the rest: 3 % water`.
fn cropped_area(r: &EligibilityRecord) -> String {
    let (Some(outline), Some(area), Some(low), Some(high)) =
        (r.metrics_area, r.cropped_area_ha, r.cropped_area_lower_ha, r.cropped_area_upper_ha)
    else {
        let why = r.cropped_area_not_told.as_deref().map(words::not_told);
        return why.map_or("not looked at".to_owned(), |why| format!("cannot be told: {why}"));
    };
    let m2 = 10_000.0;
    let mut text = format!(
        "of {} inside the outline, {} ({} to {}) carry the crop",
        words::hectares(outline.get()),
        words::hectares(area.get() * m2),
        words::hectares(low.get() * m2),
        words::hectares(high.get() * m2),
    );
    let rest = [
        ("water", r.uncropped_water_frac),
        ("green all year", r.uncropped_evergreen_frac),
        ("built or bare", r.uncropped_bare_frac),
        ("other", r.uncropped_other_frac),
    ];
    let named: Vec<String> = rest
        .into_iter()
        .filter_map(|(name, share)| Some((name, share?.get())).filter(|(_, share)| *share >= 0.01))
        .map(|(name, share)| format!("{} {name}", words::percent(share)))
        .collect();
    if !named.is_empty() {
        text.push_str(&format!("; the rest: {}", named.join(", ")));
    }
    text
}

fn dated(date: Option<Date>, lower: Option<Date>, upper: Option<Date>) -> Option<String> {
    let date = date?;
    Some(match (lower, upper) {
        (Some(lower), Some(upper)) => {
            format!("{} ({} to {})", words::day(date), words::day(lower), words::day(upper))
        }
        _ => words::day(date),
    })
}

fn stage(r: &EligibilityRecord) -> String {
    let mut text = r.stage.as_deref().map_or("cannot be told".to_owned(), words::stage);
    if let (Some(low), Some(high)) = (r.stage_bbch_lower, r.stage_bbch_upper) {
        text.push_str(&format!(", BBCH {:.0} to {:.0}", low.get(), high.get()));
    }
    if let Some(maturity) = r.maturity_frac.filter(|m| m.get() < 1.0) {
        text.push_str(&format!(", {} of the way to ripe", words::percent(maturity.get())));
        if let (Some(low), Some(high)) = (r.maturity_frac_lower, r.maturity_frac_upper) {
            text.push_str(&format!(" ({} to {})", words::percent(low.get()), words::percent(high.get())));
        }
    }
    text
}

fn harvest(r: &EligibilityRecord) -> String {
    if let Some(seen) = dated(r.harvest_detected_date, r.harvest_detected_lower, r.harvest_detected_upper) {
        return format!("seen about {seen}");
    }
    let past = r.expected_harvest_to.is_some_and(|to| to < r.as_of);
    let due = dated(r.expected_harvest_date, r.expected_harvest_from, r.expected_harvest_to);
    match due {
        Some(text) if past => format!("by the dates of its growth {text}; the cut itself was not seen"),
        Some(text) => format!("expected {text}"),
        None => "cannot be told".to_owned(),
    }
}

fn ndvi(r: &EligibilityRecord) -> String {
    let mut parts = Vec::new();
    if let Some(latest) = r.ndvi_latest {
        let on = r.last_clear_date.map_or(String::new(), |date| format!(" on {}", words::day(date)));
        parts.push(format!("NDVI {:.2}{on}", latest.get()));
    }
    if let Some(peak) = r.ndvi_peak {
        let on = r.peak_date.map_or(String::new(), |date| format!(" on {}", words::day(date)));
        parts.push(format!("highest {:.2}{on}", peak.get()));
    }
    if parts.is_empty() { "no clear view".to_owned() } else { parts.join("; ") }
}

fn images(r: &EligibilityRecord) -> String {
    let mut parts = Vec::new();
    if let (Some(from), Some(to)) = (r.season_start, r.season_end) {
        let so_far = if r.as_of < to { format!(", until {}", words::day(r.as_of)) } else { String::new() };
        parts.push(format!("season {} to {}{so_far}", words::day(from), words::day(to)));
    }
    if let Some(clear) = r.clear_obs {
        let found = r.scenes_found.map_or(String::new(), |found| format!(" from {found} images listed"));
        parts.push(format!("{clear} clear dates{found}"));
    }
    if let Some(failed) = r.scenes_failed.filter(|n| *n > 0) {
        parts.push(format!("{failed} could not be read"));
    }
    if let Some(gap) = r.max_gap_days {
        parts.push(format!("longest time without one {gap} days"));
    }
    if let (Some(last), Some(age)) = (r.last_clear_date, r.days_since_last_clear) {
        parts.push(format!("last {} ({age} days before)", words::day(last)));
    }
    if parts.is_empty() { "none looked at".to_owned() } else { parts.join("; ") }
}

fn pixels(r: &EligibilityRecord) -> String {
    match (r.pixels_full, r.observability_grade) {
        (Some(full), Some(grade)) => {
            format!("{full} whole 10 m pixels inside, grade {} of A to D", grade.word())
        }
        (Some(full), None) => format!("{full} whole 10 m pixels inside"),
        _ => "not known".to_owned(),
    }
}
