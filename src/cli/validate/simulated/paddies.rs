//! Rice fields under cloud: whether their water is seen, and that not seeing it never counts against them.

use jiff::civil::Date;
use rayon::prelude::*;

use crate::crop::Verdict;
use crate::crop::scores::mean;
use crate::series::plus_days;
use crate::simulate::trial::{Look, Trial, TrialField, TrialSpec};

use super::super::super::table::Error;
use super::super::{Goal, Instruments, Line, figure};
use super::{Ask, grown, told};

/// Fields, cloud share, and regions with rice.
const FIELDS: usize = 480;
const CLOUD: f64 = 0.55;
const REGIONS: [&str; 4] = ["yangtze", "northeast china", "punjab", "arkansas"];
/// Days around planting in which water is looked for (science 5.3; fields flooded late need the second month).
const WINDOW: (i32, i32) = (-12, 60);

pub(super) fn measure(tools: &Instruments) -> Result<Vec<Line>, Error> {
    let trial = grown(&TrialSpec {
        fields: FIELDS,
        cloud: Some(CLOUD),
        regions: REGIONS.map(str::to_owned).to_vec(),
        events: 0.0,
        ..TrialSpec::default()
    })?;
    let rice = asked(&trial, true);
    let upland = asked(&trial, false);
    let rate = |of: &dyn Fn(&TrialField) -> bool, among: &[&TrialField]| {
        mean(among.iter().map(|f| f64::from(u8::from(of(f)))))
    };
    let seen: Vec<&TrialField> = rice.iter().copied().filter(|f| looked_at_water(f)).collect();
    let unseen: Vec<&TrialField> = rice.iter().copied().filter(|f| !looked_at_water(f)).collect();
    let in_water = |f: &&TrialField| {
        f.asked().is_some_and(|c| c.flooded.first().is_some_and(|(from, _)| *from <= c.sown))
    };
    let (wet_planted, drilled): (Vec<&TrialField>, Vec<&TrialField>) =
        rice.iter().copied().partition(|f| in_water(f));
    let against: Vec<bool> = (unseen.par_iter())
        .map(|f| {
            let ask = Ask {
                as_of: f.window.1,
                declared: Some("rice"),
                sowing: f.asked().map(|c| c.sown),
                window: None,
            };
            let (a, _) = told(f, &f.looks, &ask, tools);
            a.declared.is_some_and(|d| d.verdict == Verdict::Contradicted)
        })
        .collect();
    let contradicted = against.iter().filter(|a| **a).count();
    Ok(vec![
        Line::new(
            "55 % cloud: paddies with a flood signal (rule of science 5.3)",
            rice.len(),
            figure(rate(&flooded, &rice), 2),
            "prototype .82",
        )
        .toward(Goal::PaddySignal, rate(&flooded, &rice)),
        Line::new(
            "55 % cloud: the same, planted into water",
            wet_planted.len(),
            figure(rate(&flooded, &wet_planted), 2),
            "",
        ),
        Line::new(
            "55 % cloud: the same, drilled dry and flooded a month later",
            drilled.len(),
            figure(rate(&flooded, &drilled), 2),
            "",
        ),
        Line::new(
            "55 % cloud: the same, of those with a clear look at their water",
            seen.len(),
            figure(rate(&flooded, &seen), 2),
            "",
        ),
        Line::new(
            "55 % cloud: other crops with a flood signal",
            upland.len(),
            figure(rate(&flooded, &upland), 3),
            "",
        )
        .toward(Goal::PaddyFalse, rate(&flooded, &upland)),
        Line::new(
            "55 % cloud: rice whose water nobody could see, declaration contradicted",
            unseen.len(),
            contradicted.to_string(),
            "",
        )
        .toward(Goal::PaddyUnseen, Some(contradicted as f64)),
    ])
}

fn asked(trial: &Trial, rice: bool) -> Vec<&TrialField> {
    let is = |f: &&TrialField| !f.failed && f.asked().is_some_and(|c| (c.crop == "rice") == rice);
    trial.fields.iter().filter(is).collect()
}

fn window(field: &TrialField) -> Option<(Date, Date)> {
    let sown = field.asked()?.sown;
    Some((plus_days(sown, WINDOW.0), plus_days(sown, WINDOW.1)))
}

/// Whether any look shows water under or between young plants.
fn flooded(field: &TrialField) -> bool {
    let Some((from, to)) = window(field) else { return false };
    field.looks.iter().any(|l| l.date >= from && l.date <= to && wet(l))
}

/// Whether any look fell on a day of standing water.
fn looked_at_water(field: &TrialField) -> bool {
    let Some((from, to)) = window(field) else { return false };
    let under = |d: Date| field.asked().is_some_and(|c| c.flooded.iter().any(|(a, b)| d >= *a && d <= *b));
    field.looks.iter().any(|l| l.date >= from && l.date <= to && under(l.date))
}

/// LSWI at least EVI less a margin, little green, not open water, dark in the short-wave infrared (Xiao et al. 2005).
fn wet(l: &Look) -> bool {
    let [blue, green, red, _, _, _, nir, narrow, swir, _] = l.bands;
    let share = |a: f64, b: f64| (a - b) / (a + b);
    let evi = 2.5 * (nir - red) / (nir + 6.0 * red - 7.5 * blue + 1.0);
    share(narrow, swir) + 0.05 >= evi && l.ndvi() < 0.45 && share(green, swir) > -0.15 && swir < 0.16
}
