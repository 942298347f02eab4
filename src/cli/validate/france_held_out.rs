//! Western France, what only comparison shows: crops that are taken out of the calendar, sets of answers for who has
//! labels, and one date less.

use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::crop::ensemble::{Answer, ClassScore, Decision};
use crate::crop::scores::{ConformalSets, Forecast, auc, mean};

use super::france::{answer, best, forecast, named, site_names, word};
use super::france_pixels::Pixel;
use super::{Aim, Instruments, Line, figure};

/// Labels that are taken out of the calendar, one at a time.
const TAKEN_OUT: [&str; 5] = ["wcereal", "maize", "rapeseed", "sunflower", "soybean"];
/// Rate at which a set of answers may miss the truth.
const ALPHA: f64 = 0.1;
/// Which date is left out moves by so many from pixel to pixel: any of the season, the same every time.
const STRIDE: usize = 7;

pub(super) fn lines(answered: &[(&Pixel, Answer)], tools: &Instruments) -> Vec<Line> {
    let mut lines: Vec<Line> = TAKEN_OUT.iter().map(|out| open_set(out, answered, tools)).collect();
    lines.extend(conformal(answered));
    lines.extend(one_date_less(answered, tools));
    lines
}

/// A crop without its calendar: is it told from the crops that have one?
fn open_set(out: &str, answered: &[(&Pixel, Answer)], tools: &Instruments) -> Line {
    let crops: Vec<String> =
        (tools.profiles.crops().iter()).filter(|c| word(&c.name) != out).map(|c| c.name.clone()).collect();
    let asked: Vec<(bool, f64, bool)> = (answered.par_iter())
        .map(|(p, _)| {
            let a = answer(p, &p.views, p.window().1, &crops, tools);
            let open = |c: &&ClassScore| c.name == "other";
            let score = a.classes.iter().find(open).map_or(0.0, |c| c.flat_probability);
            (p.label == out, score, matches!(a.decision, Decision::Refer(_)))
        })
        .collect();
    let scores = |unknown: bool| -> Vec<f64> {
        asked.iter().filter(|(is, ..)| *is == unknown).map(|(_, score, _)| *score).collect()
    };
    let referred = mean(asked.iter().filter(|(is, ..)| *is).map(|(.., r)| f64::from(u8::from(*r))));
    let n = asked.iter().filter(|(is, ..)| *is).count();
    let ranked = auc(&scores(true), &scores(false));
    Line::new(
        format!("open set, {out} taken out of the calendar: AUROC of \"other\"; referred"),
        n,
        format!("{}; {}", figure(ranked, 2), figure(referred, 2)),
        "report only",
    )
}

/// Sets of labels that hold the truth nine times in ten, from labels of one half of the pixels, or of the other site.
fn conformal(answered: &[(&Pixel, Answer)]) -> Vec<Line> {
    let forecasts: Vec<(&str, Forecast)> =
        answered.iter().map(|(p, a)| (p.site.as_str(), forecast(p, a))).collect();
    let half = |odd: bool| -> Vec<Forecast> {
        forecasts.iter().enumerate().filter(|(k, _)| (k % 2 == 1) == odd).map(|(_, f)| f.1.clone()).collect()
    };
    let site = |name: &str, inside: bool| -> Vec<Forecast> {
        forecasts.iter().filter(|f| (f.0 == name) == inside).map(|f| f.1.clone()).collect()
    };
    let told = |what: &str, folds: &[(Vec<Forecast>, Vec<Forecast>)]| {
        let mut sizes: Vec<(bool, usize, bool)> = Vec::new();
        for (labelled, asked) in folds {
            let sets = ConformalSets::fit(labelled, ALPHA);
            let labels: BTreeSet<&str> = labelled.iter().map(|f| f.truth.as_str()).collect();
            // A class without a label in the other part cannot be in any set.
            sizes.extend(asked.iter().filter(|f| labels.contains(f.truth.as_str())).map(|f| {
                let set = sets.set(f);
                (set.contains(&f.truth.as_str()), set.len(), set.len() == 1)
            }));
        }
        let held = mean(sizes.iter().map(|s| f64::from(u8::from(s.0))));
        let size = mean(sizes.iter().map(|s| s.1 as f64));
        let single = mean(sizes.iter().map(|s| f64::from(u8::from(s.2))));
        Line::new(
            format!(
                "conformal sets (each label by itself, alpha 0.1), {what}: hold the truth; mean size; of one label"
            ),
            sizes.len(),
            format!("{}; {}; {}", figure(held, 3), figure(size, 1), figure(single, 2)),
            "",
        )
        .aimed(Aim::AtLeast(1.0 - ALPHA), 3, held)
    };
    let names = site_names(answered);
    let by_site: Vec<(Vec<Forecast>, Vec<Forecast>)> =
        names.iter().map(|name| (site(name, false), site(name, true))).collect();
    let halves = [(half(false), half(true)), (half(true), half(false))];
    let mut lines = vec![told("labels of every second pixel", &halves)];
    if names.len() > 1 {
        lines.push(told("labels of the other sites", &by_site));
    }
    lines
}

/// Every pixel without one of its dates: does the answer hold?
fn one_date_less(answered: &[(&Pixel, Answer)], tools: &Instruments) -> Vec<Line> {
    let changes: Vec<(bool, bool, bool)> = (answered.par_iter().enumerate())
        .map(|(k, (p, a))| {
            let mut fewer = p.views.clone();
            let out = k * STRIDE % fewer.len().max(1);
            fewer.remove(out);
            let b = answer(p, &fewer, p.window().1, &[], tools);
            let (before, after) = (named(a), named(&b));
            let turned = before.as_ref().zip(after.as_ref()).is_some_and(|(x, y)| x != y);
            (best(a).0 != best(&b).0, turned, before.is_some() != after.is_some())
        })
        .collect();
    let line = |what: &str, of: &dyn Fn(&(bool, bool, bool)) -> bool, aimed: bool| {
        let share = mean(changes.iter().map(|c| f64::from(u8::from(of(c)))));
        let line = Line::new(format!("one date less: {what}"), changes.len(), figure(share, 3), "");
        if aimed { line.aimed(Aim::AtMost(0.02), 3, share) } else { line }
    };
    vec![
        line("the best label changes", &|c| c.0, true),
        line("a named label becomes another", &|c| c.1, true),
        line("named becomes referred or the reverse", &|c| c.2, false),
    ]
}
