//! Central Asia with every rival allowed: other crops, covers and the open set beside the three sequences.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::crop::ensemble::{Chain, Slot, Unit};
use crate::crop::scores::{Case, Forecast, accuracy, calibration_error, log_loss, mean};

use super::central_asia::{Field, LISTED, probabilities, sequences};
use super::{Aim, Goal, Instruments, Line, figure};

/// Probabilities from which something is named; the open set is never named. The second is the product's own.
const NAMED: [f64; 2] = [0.5, 0.7];
/// What stands for none of the list.
const OTHER: &str = "other";
/// Factors on the trust in the evidence that are tried on the other regions.
const FACTORS: [f64; 9] = [0.1, 0.15, 0.2, 0.3, 0.4, 0.55, 0.7, 0.85, 1.0];

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

/// The lines, and the case of every field.
pub(super) fn lines(fields: &[&Field], tools: &Instruments) -> (Vec<Line>, Vec<Case>) {
    let rivals = rivals();
    let known: BTreeSet<&str> = rivals.iter().map(|r| r.name.as_str()).collect();
    let forecasts: Vec<Forecast> = (fields.par_iter())
        .map(|f| {
            let found = probabilities(f, &rivals, tools);
            let truth = if known.contains(f.label) { f.label } else { OTHER };
            let probability = found.into_iter().map(|c| (c.crop, c.probability)).collect();
            Forecast { truth: truth.to_owned(), probability }
        })
        .collect();
    let all: Vec<(&Field, &Forecast)> = fields.iter().copied().zip(&forecasts).collect();
    let part = |of: &dyn Fn(&Field) -> bool| -> Vec<&Forecast> {
        all.iter().filter(|(f, _)| of(f)).map(|(_, forecast)| *forecast).collect()
    };
    let rest = part(&|f| !LISTED.contains(&f.label));
    let wrong = wrongly_named(&rest, NAMED[0]);
    let mut lines = vec![
        Line::new(
            "every rival allowed, land outside the three sequences: named wrongly (probability >= .5)",
            rest.len(),
            figure(wrong, 3),
            "",
        )
        .toward(Goal::AsiaRivalsWrong, wrong),
    ];
    let listed = part(&|f| LISTED.contains(&f.label));
    let right = mean(listed.iter().map(|f| f64::from(u8::from(f.case().right))));
    lines.push(
        Line::new(
            "every rival allowed, the three sequences: accuracy, nothing referred",
            listed.len(),
            figure(right, 3),
            "",
        )
        .toward(Goal::AsiaOpenAccuracy, right),
    );
    let mut line = |what: String, of: &dyn Fn(&Field) -> bool| {
        let part = part(of);
        lines.push(Line::new(what, part.len(), NAMED.map(|from| told(&part, from)).join("; from .7 "), ""));
    };
    let what = "named from .5: right of all, right of those named, referred, named wrongly of all";
    line(format!("every rival allowed, the three sequences: {what}"), &|f| LISTED.contains(&f.label));
    line("every rival allowed, land outside them: the same".to_owned(), &|f| !LISTED.contains(&f.label));
    line("every rival allowed, all fields: the same".to_owned(), &|_| true);
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
    let cases: Vec<Case> = forecasts.iter().map(Forecast::case).collect();
    let ece = calibration_error(&cases, 15);
    let what = "Central Asia, every rival allowed, all fields: ECE, 15 bins of equal count";
    lines.push(Line::new(what, cases.len(), figure(ece, 3), "").aimed(Aim::AtMost(0.05), 3, ece));
    lines.extend(trusted_less(&all, tools));
    (lines, cases)
}

/// Right of all, right of those named, referred, named wrongly of all.
fn told(part: &[&Forecast], from: f64) -> String {
    let right = |f: &Forecast| f.case().right && f.truth != OTHER;
    let all = mean(part.iter().map(|f| f64::from(u8::from(right(f)))));
    let kept: Vec<Case> = part.iter().filter(|f| named(f, from)).map(|f| f.case()).collect();
    let referred = 1.0 - kept.len() as f64 / part.len().max(1) as f64;
    let wrong = figure(wrongly_named(part, from), 3);
    format!("{}, {}, {referred:.2}, {wrong}", figure(all, 3), figure(accuracy(&kept), 3))
}

fn named(f: &Forecast, from: f64) -> bool {
    let (word, p) = f.best();
    word != OTHER && p >= from
}

/// Share that was named something else than it was.
fn wrongly_named(part: &[&Forecast], from: f64) -> Option<f64> {
    mean(part.iter().map(|f| f64::from(u8::from(named(f, from) && !f.case().right))))
}

/// What less trust in the evidence gives in each region and dating when it is chosen on all others, by log loss.
fn trusted_less(all: &[(&Field, &Forecast)], tools: &Instruments) -> Vec<Line> {
    let atypical = tools.ensemble.table().atypical(Unit::Coarse);
    let mut groups: BTreeMap<String, Vec<&Forecast>> = BTreeMap::new();
    for (f, forecast) in all {
        groups.entry(format!("{}, {}", f.region, f.dating())).or_default().push(forecast);
    }
    let with = |part: &[&Forecast], factor: f64| -> Vec<Forecast> {
        part.iter().map(|f| retempered(f, factor, atypical)).collect()
    };
    (groups.iter())
        .map(|(held_out, part)| {
            let others: Vec<&Forecast> =
                groups.iter().filter(|(g, _)| *g != held_out).flat_map(|(_, f)| f.iter().copied()).collect();
            let loss = |factor: f64| log_loss(&with(&others, factor)).unwrap_or(f64::INFINITY);
            let best = FACTORS.into_iter().min_by(|a, b| loss(*a).total_cmp(&loss(*b))).unwrap_or(1.0);
            let (before, after) = (with(part, 1.0), with(part, best));
            let (old, new): (Vec<&Forecast>, Vec<&Forecast>) =
                (before.iter().collect(), after.iter().collect());
            let reached = format!(
                "factor {best}: {}, log loss {}; without {}, {}",
                told(&new, NAMED[0]),
                figure(log_loss(&after), 2),
                told(&old, NAMED[0]),
                figure(log_loss(&before), 2)
            );
            let what = format!("every rival allowed, {held_out}: with the trust that fits the other regions");
            Line::new(what, part.len(), reached, "tried, not taken")
        })
        .collect()
}

/// The forecast had the power of the evidence been `factor` times what it was.
///
/// # Method
/// A share `a` of every class looks like the open set, so `p / p_open = (1 - a) e + a` with the class's evidence `e` over
/// the open set's, and `e` to the power of the factor takes its place.
fn retempered(f: &Forecast, factor: f64, atypical: f64) -> Forecast {
    let open = f.of(OTHER);
    if open <= 0.0 || atypical >= 1.0 {
        return f.clone();
    }
    let over = |p: f64| {
        let evidence = ((p / open - atypical) / (1.0 - atypical)).max(0.0);
        (1.0 - atypical) * evidence.powf(factor) + atypical
    };
    let sum: f64 = f.probability.values().map(|p| over(*p)).sum();
    let probability = f.probability.iter().map(|(word, p)| (word.clone(), over(*p) / sum)).collect();
    Forecast { truth: f.truth.clone(), probability }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_factor_of_one_changes_nothing_and_of_none_leaves_no_opinion() {
        let probability = [("a".to_owned(), 0.7), ("b".to_owned(), 0.1), (OTHER.to_owned(), 0.2)].into();
        let f = Forecast { truth: "a".to_owned(), probability };
        let same = retempered(&f, 1.0, 0.1);
        assert!(f.probability.iter().all(|(w, p)| (same.of(w) - p).abs() < 1e-12), "{same:?}");
        let none = retempered(&f, 0.0, 0.1);
        assert!(none.probability.values().all(|p| (p - 1.0 / 3.0).abs() < 1e-12), "{none:?}");
        let half = retempered(&f, 0.5, 0.1);
        assert!(half.of("a") < 0.7 && half.of("a") > half.of(OTHER));
    }
}
