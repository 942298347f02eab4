//! One plain sentence per alert, and how the crop stands among others.

use crate::record::{Alert, EligibilityRecord};
use crate::store::plain_words as words;

/// Alerts that are shown on the page; the record has them all.
const SHOWN: usize = 3;

/// What happened, one sentence each; "nothing was seen" where events were looked for and none was found.
pub(super) fn events(r: &EligibilityRecord) -> Option<String> {
    let mut sentences: Vec<String> = r.alerts.iter().take(SHOWN).map(sentence).collect();
    let further = r.alerts.len().saturating_sub(SHOWN);
    if further > 0 {
        sentences.push(format!("{further} more in the record."));
    }
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

fn sentence(a: &Alert) -> String {
    let between = format!("between {} and {}", words::day(a.from), words::day(a.to));
    let gone =
        a.severity.map_or(String::new(), |s| format!("; {} of the green is gone", words::percent(s.get())));
    let part = a.area_frac.map_or(String::new(), |f| format!(" on {} of the plot", words::percent(f.get())));
    let around = match (a.neighbours_n, a.neighbours_alike_frac) {
        (Some(n), Some(share)) => {
            format!("; so did {} of {n} plots of the same crop around", words::percent(share.get()))
        }
        _ => String::new(),
    };
    match a.code.as_str() {
        "flood" => {
            format!("Water stood{part}, first seen on {}, last on {}.", words::day(a.to), words::day(a.last))
        }
        "sudden_loss" => {
            format!("The crop collapsed{part} {between}, before it could be ripe{gone}{around}.")
        }
        "early_harvest" => {
            format!("The plot turned bare {between}, earlier than a harvest was expected{around}.")
        }
        "cover_gone" => {
            format!("A green cover went{part} {between}; whether it was a crop is not known{around}.")
        }
        "decline" => format!(
            "The crop lost its green slowly from {} to {}{gone}{around}.",
            words::day(a.from),
            words::day(a.last)
        ),
        "not_planted" => {
            format!("Nothing had come up by {}; it was due by {}.", words::day(a.last), words::day(a.to))
        }
        other => format!("{} {between}.", words::name(other)),
    }
}

/// How green the plot is among its peers and against its other years.
pub(super) fn vigour(r: &EligibilityRecord) -> Option<String> {
    let mut parts = Vec::new();
    if let (Some(p), Some(n), Some(radius)) = (r.peer_percentile, r.peer_n, r.peer_radius_m) {
        let km = f64::from(radius) / 1000.0;
        parts.push(format!(
            "greener than {} of {n} plots of the same crop within {km:.1} km",
            words::percent(p.get())
        ));
    }
    if let (Some(z), Some(n)) = (r.anomaly_own_z, r.anomaly_own_n) {
        let word = match z.get() {
            z if z > 1.0 => "stronger than",
            z if z < -1.0 => "weaker than",
            _ => "about as in",
        };
        parts.push(format!("{word} {n} other years of this plot"));
    }
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// What the lender's statistics let expect.
pub(super) fn expected_yield(r: &EligibilityRecord) -> Option<String> {
    let kg = |v: Option<crate::record::Rounded<0>>| v.map(|v| format!("{:.0}", v.get()));
    let (mid, low, high) = (kg(r.yield_kg_ha)?, kg(r.yield_lower_kg_ha)?, kg(r.yield_upper_kg_ha)?);
    let whose =
        if r.rests_on_examples() { "example figures, not the lender's" } else { "regional statistics" };
    Some(format!("about {mid} kg/ha ({low} to {high}), from {whose}; not measured here"))
}
