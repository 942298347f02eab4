//! Cropped or not on land whose use is known: the product's own answer, *cannot tell* included.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::crop::{Cropped, Reading, assess};
use crate::phenology::{SeasonRules, seasons};
use crate::series::{SeriesRules, Sight, Smoothing, from_sights, smooth};

use super::brazil::Sample;
use super::{Goal, Instruments, Line, figure};

pub(super) fn lines(samples: &[&Sample], tools: &Instruments) -> Vec<Line> {
    let answers: Vec<(&str, Cropped)> =
        samples.par_iter().map(|s| (s.label.as_str(), answer(s, tools))).collect();
    let is_crop = |label: &str| label.contains("Soy") || label.contains("Cotton");
    let count =
        |crop: bool, said: Cropped| answers.iter().filter(|(l, a)| is_crop(l) == crop && *a == said).count();
    let share = |n: usize, of: usize| (of > 0).then(|| n as f64 / of as f64);
    let of = |crop: bool| answers.iter().filter(|(l, _)| is_crop(l) == crop).count();
    let all = answers.len();
    let right = count(true, Cropped::Yes) + count(false, Cropped::No);
    let open = count(true, Cropped::CannotTell) + count(false, Cropped::CannotTell);
    let (own, told) = (share(right, all), share(right, all - open));
    let mut lines = vec![
        Line::new("cropped or not, the product's own answer: right, of all samples", all, figure(own, 3), "")
            .toward(Goal::AnnualCropPresent, own),
        Line::new("the same: right, of the samples it answers", all - open, figure(told, 3), ""),
        Line::new("the same: cannot tell", all, figure(share(open, all), 3), ""),
        Line::new(
            "land with an annual crop: crop seen",
            of(true),
            figure(share(count(true, Cropped::Yes), of(true)), 3),
            "",
        ),
    ];
    for (crop, what, said) in [
        (true, "land with an annual crop: called uncropped", Cropped::No),
        (false, "land without an annual crop: called cropped", Cropped::Yes),
        (false, "land without an annual crop: called uncropped", Cropped::No),
        (false, "land without an annual crop: cannot tell", Cropped::CannotTell),
    ] {
        lines.push(Line::new(what, of(crop), figure(share(count(crop, said), of(crop)), 3), ""));
    }
    let mut by: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    for (label, said) in answers.iter().filter(|(l, _)| !is_crop(l)) {
        let row = by.entry(label).or_default();
        match said {
            Cropped::Yes => row[0] += 1,
            Cropped::No => row[1] += 1,
            Cropped::CannotTell => row[2] += 1,
        }
    }
    for (label, [yes, no, open]) in by {
        let what = format!("{label}: called cropped, uncropped, cannot tell");
        lines.push(Line::new(what, yes + no + open, format!("{yes}, {no}, {open}"), ""));
    }
    lines
}

fn answer(s: &Sample, tools: &Instruments) -> Cropped {
    let Some(as_of) = s.views.iter().map(|v| v.date).max() else { return Cropped::CannotTell };
    let sights: Vec<Sight> =
        (s.views.iter()).map(|v| Sight { date: v.date, ndvi: v.ndvi, weight: 1.0, blue: None }).collect();
    let (series, _) = from_sights(&sights, as_of, &SeriesRules::default());
    let curve = smooth(&series, &Smoothing::default());
    let found = seasons(&series, &curve, Some(s.lat), &SeasonRules::default());
    let reading = Reading { place: Some((s.lat, s.lon)), ..Reading::of(&series, &curve, &found) };
    assess(&reading, &tools.profiles, &tools.rules).cropped
}
