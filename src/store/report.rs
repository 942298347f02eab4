//! `report.html`: one plot on one A4 page, for a loan officer.
//!
//! Comes in: the record, its season chart and its NDVI picture. Goes out: one HTML file that opens
//! offline, needs no script and prints to one page. All text from outside is escaped by `maud`.

mod alerts;
mod amounts;
mod chinese;
mod evidence;
mod style;

use base64::Engine;
use jiff::civil::Date;
use maud::{Markup, PreEscaped, html};

use crate::record::{EligibilityRecord, Status};
use crate::store::finished::deferring_reason;
use crate::store::page::{Shell, page};
use crate::store::plain_words as words;
use crate::store::tongue::Tongue;

/// Parts of the confidence that are shown, the weakest first; the record has them all.
const BASIS_SHOWN: usize = 3;
/// Text of reasons, confidence and next steps, bytes, up to which the chart has its full height.
const ROOMY_TEXT: usize = 750;
/// Longest id, characters, that is set in the large type.
const LONG_ID: usize = 24;
/// Conditions for another outcome that are shown; the record has them all.
const CHANGES_SHOWN: usize = 2;

pub use chinese::report_html_zh;

/// What a report shows.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// The record.
    pub record: &'a EligibilityRecord,
    /// The chart as `season_chart` drew it; `None` when there is nothing to draw.
    pub chart_svg: Option<&'a str>,
    /// The NDVI picture; `None` when there is none.
    pub picture: Option<ReportPicture<'a>>,
}

/// The NDVI picture of a plot.
#[derive(Clone, Copy, Debug)]
pub struct ReportPicture<'a> {
    /// PNG file, embedded in the page so that the page can be sent alone.
    pub png: &'a [u8],
    /// Day of the scene.
    pub date: Date,
}

/// Writes the page.
pub fn report_html(report: &Report<'_>) -> String {
    let record = report.record;
    let body = html! {
        main class=[is_crowded(record).then_some("crowded")] {
            (head(record))
            (why_and_next(record))
            (amounts::section(record, Tongue::English))
            @if let Some(svg) = report.chart_svg {
                figure class="chart" {
                    // Drawn by `season_chart`, which escapes every text it is given.
                    (PreEscaped(svg))
                }
            }
            @if record.status != Status::NotAppraised {
                (evidence::section(record, report.picture.map(|p| picture(p, Tongue::English))))
            }
            (small_print(record))
        }
    };
    let title = format!("Plot {}: {}", words::name(&record.id), words::status(record.status).0);
    page(
        &Shell {
            lang: "en",
            title: &title,
            may: "; img-src data:",
            styles: &[style::STYLE, words::SIGN_STYLE],
        },
        &body,
    )
}

/// Whether the text leaves less room for the chart on one sheet.
fn is_crowded(record: &EligibilityRecord) -> bool {
    let reasons = record.reasons.iter().map(|reason| reason.text_en().len());
    let basis = weakest(record).map(String::len);
    let steps = next_steps(record).into_iter().map(|step| step.len());
    amounts::any(record) || reasons.chain(basis).chain(steps).sum::<usize>() > ROOMY_TEXT
}

/// The parts of the confidence that a reader is shown: it has the level of its weakest, so that stands first.
fn weakest(record: &EligibilityRecord) -> impl Iterator<Item = &String> {
    let level = |part: &&String| match part.split_once(": ") {
        Some(("low", _)) => 0,
        Some(("medium", _)) => 1,
        _ => 2,
    };
    let mut parts: Vec<&String> = record.confidence_basis.iter().collect();
    parts.sort_by_key(level);
    parts.into_iter().take(BASIS_SHOWN)
}

/// `high: 31 clear dates` as `31 clear dates: high`, which reads on from "How sure".
fn level_last(basis: &str) -> String {
    match basis.split_once(": ") {
        Some((level @ ("high" | "medium" | "low"), what)) => format!("{what}: {level}"),
        _ => basis.to_owned(),
    }
}

fn head(record: &EligibilityRecord) -> Markup {
    let (title, sentence) = words::status(record.status);
    let refs = [
        ("Lender", &record.lender_ref),
        ("Application", &record.application_ref),
        ("Borrower", &record.borrower_ref),
    ];
    html! {
        header {
            div class="who" {
                p class="kind" { "Plot appraisal from satellite images" }
                h1 class=[(record.id.chars().count() > LONG_ID).then_some("long")] { "Plot " (words::name(&record.id)) }
                p class="refs" {
                    "As of " (words::day(record.as_of))
                    @if let Some(until) = record.valid_until { " · fresh until " (words::day(until)) }
                    @for (label, value) in refs {
                        @if let Some(value) = value { " · " (label) " " (words::brief(value)) }
                    }
                }
            }
            div class={ "status " (words::status_class(record.status)) } {
                p class="verdict" { (words::status_sign(record.status)) " " (title) }
                p class="meaning" { (sentence) }
            }
        }
    }
}

fn why_and_next(record: &EligibilityRecord) -> Markup {
    html! {
        div class="columns" {
            section class="why" {
                h2 { "Why" }
                @if record.reasons.is_empty() { p { "No reason was recorded." } }
                ol {
                    @for reason in &record.reasons {
                        @let (sign, effect) = words::effect(reason.effect());
                        li {
                            span class="effect" aria-hidden="true" { (sign) }
                            div { (reason.text_en()) " " span class="code" { (effect) ", " (reason.code()) } }
                        }
                    }
                }
                @let further = record.reasons_all.len().saturating_sub(record.reasons.len());
                @if further > 0 {
                    p class="more" { (further) (if further == 1 { " further finding is" } else { " further findings are" }) " in the record." }
                }
                @if record.status != Status::NotAppraised {
                    p class="sure" {
                        b { "How sure: " (words::confidence(record.confidence)) ". " }
                        (weakest(record).map(|b| level_last(b)).collect::<Vec<_>>().join("; ")) "."
                    }
                }
            }
            section {
                h2 { "What to do next" }
                ul {
                    @for step in next_steps(record) { li { (step) } }
                }
            }
        }
    }
}

/// What the officer does, most urgent first.
fn next_steps(record: &EligibilityRecord) -> Vec<String> {
    let mut steps: Vec<String> = Vec::new();
    if deferring_reason(record).is_some() {
        steps.push("Run croplens again with the same command: it finishes only what is missing.".to_owned());
    }
    steps.extend(record.what_would_change.iter().take(CHANGES_SHOWN).map(|change| change.text_en.clone()));
    match record.status {
        Status::Supports => steps.push(
            "Use this as one part of the file. Images cannot show who owns the land or owes money on it.".to_owned(),
        ),
        Status::Refer if steps.is_empty() => {
            steps.push("Have a person look at the plot or its images; do not decline on this page alone.".to_owned());
        }
        Status::Refer => steps.push("Until then, do not decline on this page alone.".to_owned()),
        Status::DoesNotSupport => steps.push(
            "Tell the applicant these reasons with their numbers. If they disagree, visit the plot, or correct the outline or the declaration and run again."
                .to_owned(),
        ),
        Status::NotAppraised if steps.is_empty() => {
            steps.push("Correct the entry as said on the left and send it again.".to_owned());
        }
        Status::NotAppraised => {}
    }
    if let Some(date) = record.next_review_date {
        steps.push(format!("Look again on {}.", words::day(date)));
    }
    steps
}

fn picture(picture: ReportPicture<'_>, tongue: Tongue) -> Markup {
    let data = base64::engine::general_purpose::STANDARD.encode(picture.png);
    let day = tongue.day(picture.date);
    let caption = tongue.of_owned(
        || format!("Greenness (NDVI) of the plot on {day}, 10 m pixels, north up"),
        // The picture itself has no Chinese letters: its legend is told here.
        || {
            format!(
                "{day}地块绿度（NDVI），10米像元，上为北。图例：“below 0”为低于0；“not read (outside, cloud, snow)”为未读取\
                 （边界外、云、雪）"
            )
        },
    );
    html! {
        figure class="picture" {
            img src={ "data:image/png;base64," (data) } alt=(caption);
            figcaption { (caption) }
        }
    }
}

fn small_print(record: &EligibilityRecord) -> Markup {
    let used: Vec<_> = record.sources.iter().filter(|source| source.used).collect();
    let software = &record.software;
    html! {
        footer {
            p {
                b { "What this is. " }
                "A recommendation from public Sentinel-2 images, for a person to weigh; not a credit decision, and it does not predict repayment. \
                 NDVI runs from about 0.1 (bare soil) to 0.9 (dense green crop). Ranges are 10th to 90th percentile."
            }
            p {
                @if !used.is_empty() {
                    b { "Images. " } (used.len()) " used"
                    @if let (Some(first), Some(last)) = (used.first(), used.last()) {
                        ", " (first.item_id) " to " (last.item_id)
                    }
                    ". "
                }
                @let rejected = evidence::rejected(record);
                @if !rejected.is_empty() { "Not used: " (rejected) ". " }
                @if record.status != Status::NotAppraised { "Every image is named in the record. " }
                "Contains modified Copernicus Sentinel data."
            }
            p {
                b { "Made by. " }
                (software.name) " " (software.version)
                @if let Some(commit) = &software.git_commit { " (" (commit) ")" }
                ", pipeline " (words::name(&record.pipeline)) ", settings " code { (record.config_sha256) }
                @if let Some(policy) = &record.policy_id { ", policy " (words::name(policy)) }
                @if let Some(hash) = &record.policy_sha256 { " " code { (hash) } }
                ". Record " code { (record.record_id) } ", SHA-256 " code { (record.record_sha256) } "."
            }
        }
    }
}
