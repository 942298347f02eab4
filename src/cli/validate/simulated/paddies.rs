//! Rice fields under cloud: whether the product sees their water, and that not seeing it never counts against them.
//!
//! The rule is the product's own. Its answer is read off the evidence of rice: the same question is asked of a calendar
//! that differs in nothing but that no crop of it is flooded, and the difference is what the water said.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rayon::prelude::*;

use crate::crop::ensemble::{Answer, Question, Unit};
use crate::crop::scores::mean;
use crate::crop::{Profiles, Verdict};
use crate::series::{SeriesRules, Sight, from_sights};
use crate::simulate::trial::{TrialField, TrialSpec};

use super::super::super::table::Error;
use super::super::reads::Reads;
use super::super::{Goal, Instruments, Line, figure};
use super::{Ask, grown, told, views};

/// Fields, cloud share, and regions with rice.
const FIELDS: usize = 480;
const CLOUD: f64 = 0.55;
const REGIONS: [&str; 4] = ["yangtze", "northeast china", "punjab", "arkansas"];
/// The calendar, to make one without flooded crops of.
const CALENDAR: &str = include_str!("../../../../pipelines/crops.toml");

pub(super) fn measure(tools: &Instruments) -> Result<Vec<Line>, Error> {
    let trial = grown(&TrialSpec {
        fields: FIELDS,
        cloud: Some(CLOUD),
        regions: REGIONS.map(str::to_owned).to_vec(),
        events: 0.0,
        ..TrialSpec::default()
    })?;
    let dry = Profiles::parse(&dry_calendar())?;
    let by_rule = |of: &dyn Fn(&TrialField) -> bool| -> Vec<(&TrialField, bool)> {
        let fields: Vec<&TrialField> = trial.fields.iter().filter(|f| !f.failed && of(f)).collect();
        fields.into_par_iter().filter_map(|f| Some((f, water_seen(f, &dry, tools)?))).collect()
    };
    let (rice, upland) = (by_rule(&|f| grows_rice(f)), by_rule(&|f| !grows_rice(f) && !in_turns(f)));
    let turns = by_rule(&|f| !grows_rice(f) && in_turns(f));
    let rate = |among: &[&(&TrialField, bool)]| mean(among.iter().map(|(_, w)| f64::from(u8::from(*w))));
    let seen_of = |among: &[&(&TrialField, bool)]| figure(rate(among), 2);
    let in_water = |f: &TrialField| {
        f.asked().is_some_and(|c| c.flooded.first().is_some_and(|(from, _)| *from <= c.sown))
    };
    let (wet_planted, drilled): (Vec<_>, Vec<_>) = rice.iter().partition(|(f, _)| in_water(f));
    let looked: Vec<_> = rice.iter().filter(|(f, _)| looked_at_water(f)).collect();
    let (seen, unseen): (Vec<_>, Vec<_>) = rice.iter().partition(|(_, w)| *w);
    let judged = |fields: &[&(&TrialField, bool)], of: &(dyn Fn(Verdict) -> bool + Sync)| -> usize {
        fields.par_iter().filter(|(f, _)| verdict(f, tools).is_some_and(of)).count()
    };
    let contradicted = |v: Verdict| v == Verdict::Contradicted;
    let against_it = |v: Verdict| matches!(v, Verdict::Contradicted | Verdict::Inconsistent);
    let against = judged(&unseen, &contradicted);
    let (all, others) = (rice.iter().collect::<Vec<_>>(), upland.iter().collect::<Vec<_>>());
    let (signal, alarm) = (rate(&all), rate(&others));
    let caught = (!others.is_empty()).then(|| judged(&others, &against_it) as f64 / others.len() as f64);
    Ok(vec![
        Line::new(
            "55 % cloud: paddies with a flood signal, the product's rule, sowing date not declared",
            rice.len(),
            figure(signal, 2),
            "prototype .82, true sowing date given",
        )
        .toward(Goal::PaddySignal, signal),
        Line::new("55 % cloud: the same, planted into water", wet_planted.len(), seen_of(&wet_planted), ""),
        Line::new(
            "55 % cloud: the same, drilled dry and flooded a month later",
            drilled.len(),
            seen_of(&drilled),
            "",
        ),
        Line::new(
            "55 % cloud: the same, of those with a clear look at standing water",
            looked.len(),
            seen_of(&looked),
            "",
        ),
        Line::new(
            "55 % cloud: crops of land that is no paddy with a flood signal, the product's rule asked for rice",
            upland.len(),
            figure(alarm, 3),
            "",
        )
        .toward(Goal::PaddyFalse, alarm),
        Line::new(
            "55 % cloud: winter crops of paddies, the same year's rice not asked for, with a flood signal",
            turns.len(),
            figure(rate(&turns.iter().collect::<Vec<_>>()), 3),
            "the water is real; counted as false alarms until 28 November 2026",
        ),
        Line::new(
            "55 % cloud: rice whose water the product did not see, declaration contradicted",
            unseen.len(),
            against.to_string(),
            "",
        )
        .toward(Goal::PaddyUnseen, (!unseen.is_empty()).then_some(against as f64)),
        Line::new(
            "55 % cloud: the same, inconsistent or contradicted",
            unseen.len(),
            judged(&unseen, &against_it).to_string(),
            "",
        ),
        Line::new(
            "55 % cloud: rice whose water the product saw, inconsistent or contradicted",
            seen.len(),
            judged(&seen, &against_it).to_string(),
            "",
        ),
        Line::new(
            "55 % cloud: crops of land that is no paddy, declared as rice: inconsistent or contradicted",
            upland.len(),
            figure(caught, 2),
            "their own sowing date given",
        ),
    ])
}

/// The calendar without flooded crops.
fn dry_calendar() -> String {
    CALENDAR.replace("flooded = true", "flooded = false")
}

fn grows_rice(field: &TrialField) -> bool {
    field.asked().is_some_and(|c| c.crop == "rice")
}

/// Whether a crop that was not asked for stood in water: the winter crop of a paddy.
fn in_turns(field: &TrialField) -> bool {
    field.cycles.iter().any(|c| !c.asked && !c.flooded.is_empty())
}

/// Whether the product's rule saw water; `None` where the calendar of the place has no rice.
fn water_seen(field: &TrialField, dry: &Profiles, tools: &Instruments) -> Option<bool> {
    let as_of = field.window.1;
    let sights: Vec<Sight> = (field.looks.iter())
        .map(|l| Sight { date: l.date, ndvi: l.ndvi(), weight: l.weight, blue: l.bands.first().copied() })
        .collect();
    let (series, _) = from_sights(&sights, as_of, &SeriesRules::default());
    let seen = views(&field.looks, &series, Reads::Everything);
    let only = ["rice".to_owned()];
    let ask = |profiles: &Profiles| {
        let zones = profiles.zones_at(field.lat, field.lon);
        let question = Question {
            views: &seen,
            as_of,
            latitude: Some(field.lat),
            zones: &zones,
            window: Some(field.window),
            declared_crop: None,
            declared_sowing: None,
            unit: Unit::Field,
            shares: None,
            crops: &only,
        };
        tools.ensemble.answer(&question, profiles, &tools.rules)
    };
    let rice = |a: &Answer| -> BTreeMap<String, f64> {
        a.classes.iter().filter(|c| c.name == "rice").map(|c| (c.title.clone(), c.evidence)).collect()
    };
    let (flooded, dry) = (rice(&ask(&tools.profiles)), rice(&ask(dry)));
    let said: Vec<f64> = flooded.iter().filter_map(|(row, e)| Some(e - dry.get(row)?)).collect();
    (!said.is_empty()).then(|| said.iter().any(|d| *d > 1e-6))
}

/// The verdict on a declaration of rice, the sowing date of whatever grew given.
fn verdict(field: &TrialField, tools: &Instruments) -> Option<Verdict> {
    let sowing = field.asked().map(|c| c.sown);
    let ask =
        Ask { as_of: field.window.1, declared: Some("rice"), sowing, window: None, reads: Reads::Everything };
    let (a, _) = told(field, &field.looks, &ask, tools);
    a.declared.map(|d| d.verdict)
}

/// Whether any look fell on a day of standing water.
fn looked_at_water(field: &TrialField) -> bool {
    let under = |d: Date| field.asked().is_some_and(|c| c.flooded.iter().any(|(a, b)| d >= *a && d <= *b));
    field.looks.iter().any(|l| under(l.date))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dry_calendar_differs_in_its_floods_alone() {
        let (wet, dry) = (Profiles::builtin().unwrap(), Profiles::parse(&dry_calendar()).unwrap());
        assert!(wet.profiles().iter().filter(|p| p.flooded).count() >= 3);
        assert!(dry.profiles().iter().all(|p| !p.flooded));
        for (a, b) in wet.profiles().iter().zip(dry.profiles()) {
            let mut same = b.clone();
            same.flooded = a.flooded;
            assert_eq!(format!("{a:?}"), format!("{same:?}"));
        }
    }
}
