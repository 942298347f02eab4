//! Which crop, with flat priors and nothing declared; crops that no calendar knows; one date less.

use rayon::prelude::*;

use crate::crop::ensemble::{Answer, Decision};
use crate::crop::scores::{auc, mean};
use crate::simulate::trial::{Trial, TrialField};

use super::super::reads::Reads;
use super::super::{Aim, Instruments, Line, figure};
use super::{Ask, told};

/// Least clear dates of a season.
const LEAST_DATES: usize = 8;

/// The calendar's word for a crop or cover of the trial.
fn word(name: &str) -> String {
    match name {
        "wheat" => "rabi_wheat".to_owned(),
        "pea" => "pulses".to_owned(),
        "alfalfa" => "grass".to_owned(),
        other => other.replace(' ', "_"),
    }
}

/// Season of the year in which a crop or cover of the calendar is green.
fn season(name: &str) -> &'static str {
    match name {
        "winter_wheat" | "rabi_wheat" | "winter_barley" | "rapeseed" | "mustard" | "chickpea" => "winter",
        "spring_barley" | "oat" | "pulses" | "teff" | "meher_wheat" => "spring",
        "grass" | "tree" | "orchard_vine" | "sugarcane" => "lasting",
        "bare" | "water" | "fallow" => "none",
        "other" => "other",
        _ => "summer",
    }
}

/// A field at the end of its season.
struct Ended<'a> {
    field: &'a TrialField,
    truth: String,
    open: bool,
    answer: Answer,
    thinned: Answer,
}

pub(super) fn measure(trial: &Trial, tools: &Instruments) -> Vec<Line> {
    let clear = |f: &&TrialField| !f.failed && f.event.is_none() && f.looks.len() >= LEAST_DATES;
    let ended: Vec<Ended<'_>> = (trial.fields.par_iter())
        .filter(clear)
        .filter(|f| f.cycles.len() <= 1)
        .filter_map(|f| {
            let name = f.cover.or(f.asked().map(|c| c.crop.as_str()))?;
            let ask = Ask {
                as_of: f.window.1,
                declared: None,
                sowing: None,
                window: Some(f.window),
                reads: Reads::Everything,
            };
            let mut fewer = f.looks.clone();
            // any one date: which, is spread over the season by the field's place
            let out = (f.lat.to_bits() % fewer.len().max(1) as u64) as usize;
            fewer.remove(out);
            let (_, answer) = told(f, &f.looks, &ask, tools);
            let (_, thinned) = told(f, &fewer, &ask, tools);
            let open = f.asked().is_some_and(|c| c.open_set);
            Some(Ended { field: f, truth: word(name), open, answer, thinned })
        })
        .collect();
    let known: Vec<&Ended<'_>> = ended.iter().filter(|e| !e.open).collect();
    let rate = |of: &dyn Fn(&Ended<'_>) -> bool, among: &[&Ended<'_>]| {
        mean(among.iter().map(|e| f64::from(u8::from(of(e)))))
    };
    let group_of = |name: &str| {
        let row = tools.profiles.crops().iter().find(|c| c.name == name);
        row.map_or_else(|| name.to_owned(), |c| c.group.clone())
    };
    let n = known.len();
    let mut lines = vec![
        Line::new(
            "season group right, flat prior",
            n,
            figure(rate(&|e| season(&best(&e.answer)) == season(&e.truth), &known), 2),
            "prototype .95",
        ),
        Line::new(
            "crop group right, flat prior",
            n,
            figure(rate(&|e| group_of(&best(&e.answer)) == group_of(&e.truth), &known), 2),
            "",
        ),
        Line::new(
            "crop right, flat prior",
            n,
            figure(rate(&|e| best(&e.answer) == e.truth, &known), 2),
            "prototype .54 (report only)",
        ),
    ];
    let accepted: Vec<&Ended<'_>> =
        known.iter().copied().filter(|e| !matches!(e.answer.decision, Decision::Refer(_))).collect();
    let right = |e: &Ended<'_>| match &e.answer.decision {
        Decision::Crop(name) => *name == e.truth || group_of(name) == group_of(&e.truth),
        Decision::Group(group) => *group == group_of(&e.truth),
        Decision::Refer(_) => false,
    };
    lines.push(Line::new(
        "named crop or group right, of those not referred",
        accepted.len(),
        figure(rate(&right, &accepted), 2),
        "",
    ));
    lines.push(Line::new("referred", n, figure(Some(1.0 - accepted.len() as f64 / n.max(1) as f64), 2), ""));
    let spoken = |e: &Ended<'_>| !matches!(e.answer.decision, Decision::Refer(_));
    let mut part = |what: &str, of: &dyn Fn(&TrialField) -> bool| {
        let all: Vec<&Ended<'_>> = known.iter().copied().filter(|e| of(e.field)).collect();
        let kept: Vec<&Ended<'_>> = all.iter().copied().filter(|e| spoken(e)).collect();
        let reached = format!(
            "{}, {}, {}",
            figure(rate(&|e| group_of(&best(&e.answer)) == group_of(&e.truth), &all), 2),
            figure(rate(&right, &kept), 2),
            figure(rate(&|e| !spoken(e), &all), 2)
        );
        let what = format!("{what}: crop group right, right of those named, referred");
        lines.push(Line::new(what, all.len(), reached, ""));
    };
    part("below 0.5 ha (grades B and C)", &|f| f.area_ha < 0.5);
    part("0.5 to 1.5 ha (grade A)", &|f| (0.5..1.5).contains(&f.area_ha));
    part("1.5 ha and more (grade A)", &|f| f.area_ha >= 1.5);
    part("8 to 17 clear dates", &|f| f.looks.len() < 18);
    part("18 to 30 clear dates", &|f| (18..=30).contains(&f.looks.len()));
    part("more than 30 clear dates", &|f| f.looks.len() > 30);
    let score = |e: &Ended<'_>| {
        let other = e.answer.classes.iter().find(|c| c.name == "other");
        other.map_or(0.0, |c| c.flat_probability)
    };
    let unknown: Vec<&Ended<'_>> = ended.iter().filter(|e| e.open).collect();
    let (open, closed): (Vec<f64>, Vec<f64>) =
        (unknown.iter().map(|e| score(e)).collect(), known.iter().map(|e| score(e)).collect());
    lines.push(Line::new(
        "hemp, quinoa, beet seed against known crops by the open class: AUROC",
        open.len(),
        figure(auc(&open, &closed), 2),
        "report only",
    ));
    let referred = rate(&|e| matches!(e.answer.decision, Decision::Refer(_)), &unknown);
    lines.push(Line::new("hemp, quinoa, beet seed referred", unknown.len(), figure(referred, 2), ""));
    let flips = rate(&|e| group_of(&best(&e.answer)) != group_of(&best(&e.thinned)), &known);
    lines.push(Line::new("simulated, one date less: best group changes", n, figure(flips, 3), "").aimed(
        Aim::AtMost(0.02),
        3,
        flips,
    ));
    let said = |a: &Answer| match &a.decision {
        Decision::Crop(name) => Some(group_of(name)),
        Decision::Group(group) => Some(group.clone()),
        Decision::Refer(_) => None,
    };
    let turned = rate(&|e| said(&e.answer).zip(said(&e.thinned)).is_some_and(|(a, b)| a != b), &known);
    lines.push(
        Line::new("simulated, one date less: a named group becomes another", n, figure(turned, 3), "").aimed(
            Aim::AtMost(0.02),
            3,
            turned,
        ),
    );
    let dates = mean(ended.iter().map(|e| e.field.looks.len() as f64));
    lines.push(Line::new("clear dates a season, mean", ended.len(), figure(dates, 0), ""));
    lines
}

/// The crop or cover with the highest probability when every group counts alike.
fn best(a: &Answer) -> String {
    let mut sums = std::collections::BTreeMap::<&str, f64>::new();
    a.classes.iter().for_each(|c| *sums.entry(c.name.as_str()).or_default() += c.flat_probability);
    let top = sums.into_iter().reduce(|a, b| if b.1 > a.1 { b } else { a });
    top.map(|t| t.0.to_owned()).unwrap_or_default()
}
