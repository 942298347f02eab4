//! Central Asia with every rival allowed: other crops, covers and the open set beside the three sequences.

use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::crop::ensemble::{Chain, Slot};
use crate::crop::scores::{Case, accuracy, calibration_error, mean};

use super::central_asia::{Field, LISTED, said, sequences};
use super::{Goal, Instruments, Line, figure};

/// Probability from which something is named; the open set is never named.
const NAMED: f64 = 0.5;
/// What stands for none of the list.
const OTHER: &str = "other";

/// The three sequences and everything else that the calendar and the covers know there.
fn rivals() -> Vec<Chain> {
    let one = |name: &str, first: Slot| Chain { name: name.to_owned(), first, then: None };
    let cover = |name: &str| Slot::Cover(name.to_owned());
    let mut all = sequences().to_vec();
    all.extend([
        one("rice", Slot::crop("rice")),
        one("orchard or vine", cover("orchard_vine")),
        one("alfalfa", cover("grass")),
        one("fallow", Slot::Idle),
        one(OTHER, cover(OTHER)),
    ]);
    all
}

pub(super) fn lines(fields: &[&Field], tools: &Instruments) -> Vec<Line> {
    let rivals = rivals();
    let answered: Vec<(String, f64)> = fields.par_iter().map(|f| said(f, &rivals, tools)).collect();
    let part = |of: &dyn Fn(&Field) -> bool| -> Vec<(Case, bool)> {
        (fields.iter().zip(&answered))
            .filter(|(f, _)| of(f))
            .map(|(f, (name, p))| {
                (Case { right: name == f.label, probability: *p }, name != OTHER && *p >= NAMED)
            })
            .collect()
    };
    let told = |cases: &[(Case, bool)]| {
        let all: Vec<Case> = cases.iter().map(|c| c.0).collect();
        let kept: Vec<Case> = cases.iter().filter(|c| c.1).map(|c| c.0).collect();
        let referred = 1.0 - kept.len() as f64 / all.len().max(1) as f64;
        let wrong = figure(wrongly_named(cases), 3);
        format!("{}, {}, {referred:.2}, {wrong}", figure(accuracy(&all), 3), figure(accuracy(&kept), 3))
    };
    let rest = part(&|f| !LISTED.contains(&f.label));
    let wrong = wrongly_named(&rest);
    let mut lines = vec![
        Line::new(
            "every rival allowed, land outside the three sequences: named wrongly",
            rest.len(),
            figure(wrong, 3),
            "refer instead",
        )
        .toward(Goal::AsiaRivalsWrong, wrong),
    ];
    let mut line = |what: String, of: &dyn Fn(&Field) -> bool| {
        let cases = part(of);
        lines.push(Line::new(what, cases.len(), told(&cases), ""));
    };
    let what = "right of all, right of those named (probability >= .5), referred, named wrongly of all";
    line(format!("every rival allowed, the three sequences: {what}"), &|f| LISTED.contains(&f.label));
    line(format!("every rival allowed, all fields: {what}"), &|_| true);
    type Word = fn(&Field) -> String;
    let by: [(&str, Word); 3] = [
        ("truth", |f| f.label.to_owned()),
        ("region", |f| f.region.clone()),
        ("dates of", |f| f.dating().to_owned()),
    ];
    for (by, of) in by {
        let words: BTreeSet<String> = fields.iter().map(|f| of(f)).collect();
        for word in words {
            line(format!("every rival allowed, {by} {word}: the same"), &|f| of(f) == word);
        }
    }
    let cases: Vec<Case> = part(&|_| true).into_iter().map(|c| c.0).collect();
    let ece = figure(calibration_error(&cases, 15), 3);
    lines.push(Line::new(
        "every rival allowed, all fields: ECE, 15 bins of equal count",
        cases.len(),
        ece,
        "",
    ));
    lines
}

/// Share of the cases that were named something else than they were.
fn wrongly_named(cases: &[(Case, bool)]) -> Option<f64> {
    mean(cases.iter().map(|(case, named)| f64::from(u8::from(*named && !case.right))))
}
