//! The product's own answer to which sequence it was (`croplens crop --sequences`), with its refusals.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use rayon::prelude::*;

use crate::band::Band;
use crate::cli::crop::sequences::SequencesAsked;
use crate::crop::ensemble::{Chain, SequenceDecision, Sequences, Unit, View};
use crate::crop::scores::mean;
use crate::intake::series_table::{Row, SampleRows};
use crate::series::SeriesRules;

use super::{Aim, Instruments, Line, figure};

/// A series with its true label.
pub(super) struct Labelled<'a> {
    pub label: &'a str,
    pub lat: f64,
    pub lon: f64,
    pub views: &'a [View],
    pub as_of: Date,
    pub season: Option<(Date, Date)>,
}

/// What was said of one series.
enum Said {
    Right,
    Wrong,
    None,
    Unsure,
}

/// The lines of one set: its fields of a listed sequence, all other land, and each label by itself.
pub(super) fn lines(
    place: &str,
    chains: &[Chain],
    unit: Unit,
    series: &[Labelled<'_>],
    tools: &Instruments,
) -> Vec<Line> {
    let named = Sequences::of(chains.to_vec());
    let listed: BTreeSet<&str> = chains.iter().map(|c| c.name.as_str()).collect();
    let said: Vec<Said> = series.par_iter().map(|s| said(s, &named, unit, tools)).collect();
    let all: Vec<(&Labelled<'_>, &Said)> = series.iter().zip(&said).collect();
    let part = |of: &dyn Fn(&str) -> bool| -> Vec<&Said> {
        all.iter().filter(|(s, _)| of(s.label)).map(|(_, said)| *said).collect()
    };
    let ours = part(&|label| listed.contains(label));
    let rest = part(&|label| !listed.contains(label));
    let what = |words: &str| format!("{place}, sequences, the product's own answer: {words}");
    let wrong = share(&accepted(&ours), |s| matches!(s, Said::Wrong));
    let outside = share(&rest, is_accepted);
    let mut lines = vec![
        Line::new(what("listed, wrong of those accepted"), accepted(&ours).len(), figure(wrong, 3), "")
            .aimed(Aim::AtMost(0.15), 3, wrong),
        Line::new(what("not listed, accepted, each wrongly"), rest.len(), figure(outside, 3), "").aimed(
            Aim::AtMost(0.10),
            3,
            outside,
        ),
        Line::new(what("listed: accepted"), ours.len(), figure(share(&ours, is_accepted), 3), ""),
        Line::new(what("listed: refused (cannot tell)"), ours.len(), figure(share(&ours, is_unsure), 3), ""),
        Line::new(what("listed: none of these, wrongly"), ours.len(), figure(share(&ours, is_none), 3), ""),
        Line::new(
            what("not listed: refused (cannot tell)"),
            rest.len(),
            figure(share(&rest, is_unsure), 3),
            "",
        ),
        Line::new(
            what("not listed: none of these, rightly"),
            rest.len(),
            figure(share(&rest, is_none), 3),
            "",
        ),
    ];
    let mut by_label: BTreeMap<&str, Vec<&Said>> = BTreeMap::new();
    for (s, said) in &all {
        by_label.entry(s.label).or_default().push(said);
    }
    for (label, part) in by_label {
        let shares = [
            share(&part, is_accepted),
            share(&accepted(&part), |s| matches!(s, Said::Wrong)),
            share(&part, is_unsure),
            share(&part, is_none),
        ];
        let words = what(&format!("truth {label}: accepted, wrong of those, cannot tell, none of these"));
        lines.push(Line::new(words, part.len(), shares.map(|x| figure(x, 2)).join(", "), ""));
    }
    lines
}

/// Asks as the verb asks, of the same table.
fn said(s: &Labelled<'_>, named: &Sequences, unit: Unit, tools: &Instruments) -> Said {
    let rules = SeriesRules::default();
    let asked = SequencesAsked {
        named,
        ensemble: &tools.ensemble,
        profiles: &tools.profiles,
        rules: &tools.rules,
        series: &rules,
        unit,
        zone: None,
        season: s.season,
    };
    match asked.tell(&rows(s), s.as_of).decision {
        SequenceDecision::Sequence(name) if name == s.label => Said::Right,
        SequenceDecision::Sequence(_) => Said::Wrong,
        SequenceDecision::NoneOfThese(_) => Said::None,
        SequenceDecision::CannotTell(_) => Said::Unsure,
    }
}

/// The rows that a user's table of the set would have.
fn rows(s: &Labelled<'_>) -> SampleRows {
    let row = |v: &View| {
        let bands = [(Band::B02, v.blue), (Band::B08, v.nir)];
        Row {
            line: 0,
            date: v.date,
            ndvi: v.ndvi,
            weight: 1.0,
            bands: bands.into_iter().filter_map(|(band, x)| Some((band, x?))).collect(),
        }
    };
    let mut rows: Vec<Row> = s.views.iter().map(row).collect();
    rows.sort_by(|a, b| a.date.cmp(&b.date).then(a.ndvi.total_cmp(&b.ndvi)));
    SampleRows { lat: Some(s.lat), lon: Some(s.lon), rows, ..SampleRows::default() }
}

fn is_accepted(s: &Said) -> bool {
    matches!(s, Said::Right | Said::Wrong)
}

fn is_unsure(s: &Said) -> bool {
    matches!(s, Said::Unsure)
}

fn is_none(s: &Said) -> bool {
    matches!(s, Said::None)
}

fn accepted<'a>(part: &[&'a Said]) -> Vec<&'a Said> {
    part.iter().copied().filter(|s| is_accepted(s)).collect()
}

fn share(part: &[&Said], of: impl Fn(&Said) -> bool) -> Option<f64> {
    mean(part.iter().map(|s| f64::from(u8::from(of(s)))))
}
