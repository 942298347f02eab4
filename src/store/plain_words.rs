//! The words of the pages for people: what a loan officer reads instead of a code.

use jiff::civil::Date;
use maud::{Markup, html};

use crate::record::{Confidence, CropSeen, Effect, Status, in_english};

/// Longest id or name that is shown whole on a page that must fit one sheet.
const NAME_CHARS: usize = 60;
/// Longest text of an applicant or a lender that is shown whole in a table cell.
const BRIEF_CHARS: usize = 34;

/// What a status is called, and the one sentence that says what it means.
pub(super) fn status(status: Status) -> (&'static str, &'static str) {
    match status {
        Status::Supports => ("Supports", "What the satellite saw supports this application."),
        Status::Refer => {
            ("Refer to a person", "A person should look before anything is decided. This is not a refusal.")
        }
        Status::DoesNotSupport => (
            "Does not support",
            "What was seen, declared or asked for does not fit the lender's policy, for the reasons below.",
        ),
        Status::NotAppraised => (
            "Not appraised",
            "The entry could not be used, so nothing was looked at. This says nothing about the farm.",
        ),
    }
}

/// Class of a status in the style sheet.
pub(super) fn status_class(status: Status) -> &'static str {
    match status {
        Status::Supports => "s-for",
        Status::Refer => "s-refer",
        Status::DoesNotSupport => "s-against",
        Status::NotAppraised => "s-none",
    }
}

/// A sign of its own shape for each status, drawn, so that it needs neither colour nor a font.
pub(super) fn status_sign(status: Status) -> Markup {
    let (shape, inner) = match status {
        Status::Supports => ("M12 1.5a10.5 10.5 0 1 0 .01 0Z", "M6.5 12.5l4 4 7-8.5"),
        // A question that is put to somebody; in a diamond it would be the sign of a broken letter.
        Status::Refer => {
            ("M2 2h20v15h-9l-6 5.5V17H2Z", "M9.2 7.1a2.9 2.9 0 1 1 4 2.7c-.9.4-1.2.8-1.2 1.5M12 14.1v.2")
        }
        Status::DoesNotSupport => ("M2.5 2.5h19v19h-19Z", "M7.5 7.5l9 9M16.5 7.5l-9 9"),
        Status::NotAppraised => ("M7 1.5h10l5.5 10.5L17 22.5H7L1.5 12Z", "M7 12h10"),
    };
    html! {
        svg class="sign" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" {
            path class="sign-shape" d=(shape) {}
            path class="sign-mark" d=(inner) {}
        }
    }
}

/// Colours of the signs (Okabe-Ito hues, dark enough for white marks), shared by both pages.
pub(super) const SIGN_STYLE: &str = "\
.sign{vertical-align:-.22em;width:1.25em;height:1.25em;flex:none}\
.sign-shape{fill:currentColor}\
.sign-mark{fill:none;stroke:#fff;stroke-width:2.4;stroke-linecap:round;stroke-linejoin:round}\
.s-for{color:#00578a}.s-refer{color:#8a5a00}.s-against{color:#9c3300}.s-none{color:#555}";

/// How sure, in words.
pub(super) fn confidence(confidence: Option<Confidence>) -> &'static str {
    match confidence {
        Some(Confidence::High) => "high",
        Some(Confidence::Medium) => "medium",
        Some(Confidence::Low) => "low",
        None => "not stated",
    }
}

/// What a reason does, with a sign that prints.
pub(super) fn effect(effect: Effect) -> (&'static str, &'static str) {
    match effect {
        Effect::For => ("+", "speaks for"),
        Effect::Against => ("\u{2212}", "speaks against"),
        Effect::Refer => ("?", "needs a look"),
        Effect::Block => ("!", "stops the appraisal"),
        Effect::Info => ("i", "note"),
    }
}

/// Whether a crop cycle is seen.
pub(super) fn crop_seen(seen: Option<CropSeen>) -> &'static str {
    match seen {
        Some(CropSeen::Yes) => "yes",
        Some(CropSeen::No) => "no",
        Some(CropSeen::CannotTell) => "cannot be told",
        None => "not looked at",
    }
}

/// A stage word of the record in plain words.
pub(super) fn stage(word: &str) -> String {
    match word {
        "bare" => "bare soil".to_owned(),
        "emergence" => "emerging".to_owned(),
        "vegetative" => "growing leaves and stems".to_owned(),
        "peak" => "full green (heading, flowering)".to_owned(),
        "senescence" => "ripening".to_owned(),
        "mature" => "ripe, standing".to_owned(),
        "unknown" => "cannot be told".to_owned(),
        other => name(other),
    }
}

/// Why the cropped area is not told, in plain words.
pub(super) fn not_told(word: &str) -> String {
    match word {
        "too_few_pixels" => "the plot has too few whole pixels".to_owned(),
        "too_few_clear_dates" => "too few clear dates while the crop was green".to_owned(),
        "too_early" => "too early in the season".to_owned(),
        "crop_cannot_be_told" => "it is not clear whether there is a crop".to_owned(),
        "pixels_not_read" => "no pixels were read".to_owned(),
        other => name(other),
    }
}

/// Why a scene was not used, in plain words.
pub(super) fn reject(word: &str) -> String {
    match word {
        "no_data" => "plot not in the image".to_owned(),
        "cloudy" => "cloud or shadow".to_owned(),
        "too_few_pixels" => "too few readable pixels".to_owned(),
        "implausible" => "impossible values".to_owned(),
        "offset_unsettled" => "brightness offset unclear".to_owned(),
        "asset_missing" => "file missing in the archive".to_owned(),
        "read_failed" => "could not be read".to_owned(),
        "duplicate" => "same overpass, better image used".to_owned(),
        "spike" => "outlier of the series".to_owned(),
        other => name(other),
    }
}

/// A name of a table, `winter_wheat`, as words; long texts are cut with `…`.
pub(super) fn name(text: &str) -> String {
    cut(text, NAME_CHARS).replace('_', " ")
}

/// As [`name`], for a cell of a table.
pub(super) fn brief(text: &str) -> String {
    cut(text, BRIEF_CHARS).replace('_', " ")
}

/// A crop or cover as people say it: `orchard or vineyard`.
pub(super) fn crop(name: &str) -> String {
    in_english(name).map_or_else(|| brief(name), str::to_owned)
}

fn cut(text: &str, chars: usize) -> String {
    let mut shown: String = text.chars().take(chars).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

/// `5 Jul 2024`.
pub(super) fn day(date: Date) -> String {
    date.strftime("%-d %b %Y").to_string()
}

/// A fraction in whole percent.
pub(super) fn percent(fraction: f64) -> String {
    format!("{:.0} %", fraction * 100.0)
}

/// Square metres as hectares: four decimals below one hectare, else two.
pub(super) fn hectares(m2: f64) -> String {
    let ha = m2 / 10_000.0;
    if ha < 1.0 { format!("{ha:.4} ha") } else { format!("{ha:.2} ha") }
}
