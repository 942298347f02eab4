//! The table of evidence: what was declared beside what was seen.

use std::collections::BTreeMap;

use jiff::civil::Date;
use maud::{Markup, html};

use crate::record::{Agreement, EligibilityRecord};
use crate::store::plain_words as words;

/// The table, with the picture beside it.
pub(super) fn section(record: &EligibilityRecord, picture: Option<Markup>) -> Markup {
    let class = if picture.is_some() { "evidence" } else { "evidence alone" };
    html! {
        div class=(class) {
            table {
                caption { "What was declared and what was seen" }
                thead { tr { th {} th { "Declared" } th { "Seen" } } }
                tbody {
                    @for row in rows(record) {
                        tr {
                            th scope="row" { (row.what) }
                            (cell(row.declared))
                            (cell(row.seen))
                        }
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

/// A cell: text, a dash where nothing was declared, or nothing where the row declares nothing.
enum Cell {
    Text(String),
    Missing,
    Blank,
}

struct Row {
    what: &'static str,
    declared: Cell,
    seen: Cell,
}

fn cell(cell: Cell) -> Markup {
    match cell {
        Cell::Text(text) => html! { td { (text) } },
        Cell::Missing => html! { td class="none" { "not given" } },
        Cell::Blank => html! { td {} },
    }
}

fn given(text: Option<String>) -> Cell {
    text.map_or(Cell::Missing, Cell::Text)
}

fn rows(r: &EligibilityRecord) -> Vec<Row> {
    let seen = |what, text: String| Row { what, declared: Cell::Blank, seen: Cell::Text(text) };
    let mut rows = vec![
        Row {
            what: "Crop",
            declared: given(r.declared_crop.as_deref().map(words::name)),
            seen: Cell::Text(crop(r)),
        },
        Row {
            what: "Area",
            declared: given(r.declared_area_ha.map(|ha| words::hectares(ha.get() * 10_000.0))),
            seen: Cell::Text(area(r)),
        },
        Row {
            what: "Sown / emerged",
            declared: given(r.declared_sowing_date.map(|date| format!("sown {}", words::day(date)))),
            seen: Cell::Text(
                dated(r.emergence_date, r.emergence_date_lower, r.emergence_date_upper)
                    .map_or("cannot be told".to_owned(), |text| format!("emerged {text}")),
            ),
        },
        seen("Crop cycle this season", words::crop_seen(r.cropped).to_owned()),
        seen("Stage", stage(r)),
        seen("Harvest", harvest(r)),
        seen("Greenness (NDVI)", ndvi(r)),
        seen("Images", images(r)),
        seen("Plot in pixels", pixels(r)),
    ];
    if let Some(amount) = &r.requested_amount {
        let currency = r.currency.as_deref().unwrap_or("");
        let text = words::name(&format!("{amount} {currency}"));
        rows.push(Row { what: "Amount asked for", declared: Cell::Text(text), seen: Cell::Blank });
    }
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
    if !r.crop_candidates.is_empty() {
        let candidates = r.crop_candidates.iter();
        let names: Vec<String> = candidates
            .map(|c| format!("{} {}", words::name(&c.crop), words::percent(c.probability.get())))
            .collect();
        parts.push(format!("candidates: {}", names.join(", ")));
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
        text.push_str(&format!(", {:+.1} % of declared", deviation.get() * 100.0));
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
    if let Some(maturity) = r.maturity_frac {
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
    dated(r.expected_harvest_date, r.expected_harvest_from, r.expected_harvest_to)
        .map_or("cannot be told".to_owned(), |text| format!("expected {text}"))
}

fn ndvi(r: &EligibilityRecord) -> String {
    let mut parts = Vec::new();
    if let Some(latest) = r.ndvi_latest {
        let on = r.last_clear_date.map_or(String::new(), |date| format!(" on {}", words::day(date)));
        parts.push(format!("{:.2}{on}", latest.get()));
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
        parts.push(format!("season {} to {}", words::day(from), words::day(to)));
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
