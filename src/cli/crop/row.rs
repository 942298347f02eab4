//! One row of the result of `croplens crop`.

use crate::cli::table::{number, word};
use crate::crop::ensemble::{Answer, Decision};
use crate::crop::{Assessment, Candidate};

/// Columns of the output, in order.
pub const COLUMNS: [&str; 32] = [
    "sample_id",
    "as_of",
    "zone",
    "crop1",
    "p1",
    "crop2",
    "p2",
    "crop3",
    "p3",
    "group",
    "group_p",
    "decision",
    "refer_reason",
    "declared",
    "declared_log_odds",
    "declared_verdict",
    "seasons",
    "stage",
    "bbch_low",
    "bbch_mid",
    "bbch_high",
    "maturity",
    "harvest_p10",
    "harvest_p50",
    "harvest_p90",
    "harvested_date",
    "harvested_after",
    "harvested_before",
    "emergence_p10",
    "emergence_p50",
    "emergence_p90",
    "time",
];

/// The cells of one sample.
pub(super) fn of(
    id: &str,
    zone: String,
    declared: Option<&str>,
    a: &Assessment,
    answer: &Answer,
) -> Vec<String> {
    let mut cells = vec![id.to_owned(), a.as_of.to_string(), zone];
    for k in 0..3 {
        cells.extend(candidate(answer.crops.get(k)));
    }
    cells.extend(candidate(answer.groups.first()));
    let (decision, reason) = match &answer.decision {
        Decision::Crop(name) | Decision::Group(name) => (name.clone(), String::new()),
        Decision::Refer(why) => ("refer".to_owned(), why.clone()),
    };
    cells.extend([decision, reason]);
    let check = a.declared.as_ref();
    cells.extend([
        check.map(|c| c.crop.as_str()).or(declared).unwrap_or_default().to_owned(),
        number(check.and_then(|c| c.log_odds)),
        word(check.map(|c| c.verdict.word())),
        a.seasons.len().to_string(),
        a.stage.word().to_owned(),
        number(a.bbch.map(|b| b.lower)),
        number(a.bbch.map(|b| b.mid)),
        number(a.bbch.map(|b| b.upper)),
        number(a.maturity.map(|m| m.mid)),
        word(a.harvest.map(|h| h.p10)),
        word(a.harvest.map(|h| h.p50)),
        word(a.harvest.map(|h| h.p90)),
        word(a.harvested.map(|h| h.p50)),
        word(a.harvested.map(|h| h.p10)),
        word(a.harvested.map(|h| h.p90)),
        word(a.emergence.map(|e| e.p10)),
        word(a.emergence.map(|e| e.p50)),
        word(a.emergence.map(|e| e.p90)),
        word(answer.development.as_ref().map(|d| d.time.as_str())),
    ]);
    cells
}

/// Name and probability, or nothing.
fn candidate(c: Option<&Candidate>) -> [String; 2] {
    [c.map(|c| c.crop.clone()).unwrap_or_default(), number(c.map(|c| c.probability))]
}

/// A sample without any value: still a row.
pub(super) fn nothing(id: &str, declared: Option<&str>) -> Vec<String> {
    let mut cells = vec![String::new(); COLUMNS.len()];
    let mut put = |column: &str, value: &str| {
        if let Some(cell) = COLUMNS.iter().position(|c| *c == column).and_then(|place| cells.get_mut(place)) {
            value.clone_into(cell);
        }
    };
    put("sample_id", id);
    put("decision", "refer");
    put("refer_reason", "no observation has a value");
    put("declared", declared.unwrap_or_default());
    put("seasons", "0");
    put("stage", "unknown");
    cells
}
