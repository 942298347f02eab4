//! The classes that are weighed: each crop row of the place, in the year that the question asks about.

use super::super::SowingNotUsed;
use super::super::normal::day;
use super::super::profile::Profile;
use super::super::profiles::Profiles;
use super::super::sowing;
use super::super::thermal::Warp;
use super::answer::Ensemble;
use super::cycle::Cycle;
use super::judge;
use super::question::{Beside, Question};
use super::weigh::Weighed;

/// A class while it is weighed.
pub(super) struct Class<'a> {
    pub row: Option<&'a Profile>,
    pub cycle: Option<Cycle>,
    pub warp: Option<Warp>,
    pub weighed: Option<Weighed>,
    pub name: String,
    pub group: String,
    pub open_set: bool,
    pub evidence: f64,
}

impl Ensemble {
    /// One class per calendar row, in the year that the window asks about.
    pub(super) fn classes<'p>(
        &self,
        question: &Question<'_>,
        beside: &Beside<'_>,
        profiles: &'p Profiles,
    ) -> Vec<Class<'p>> {
        let (from, to) = question.window();
        let asked = |row: &Profile, group: &str| {
            question.crops.is_empty() || question.crops.iter().any(|c| *c == row.crop || c == group)
        };
        let group_of = |row: &Profile| {
            profiles.crops().iter().find(|c| c.name == row.crop).map_or(row.crop.clone(), |c| c.group.clone())
        };
        (profiles.rows_in(question.zones).into_iter())
            .filter_map(|row| {
                let group = group_of(row);
                if !asked(row, &group) {
                    return None;
                }
                let zone = profiles.zone(&row.zone);
                let sown = question.declared_sowing;
                let of_year =
                    |y| Cycle::new(row, zone, self.table(), y, question.latitude, sown, question.unit);
                let inside = |c: &Cycle| (day(from)..=day(to)).contains(&c.middle());
                let centre = 0.5 * (day(from) + day(to));
                let cycles: Vec<Cycle> = (from.year() - 2..=to.year() + 1).filter_map(of_year).collect();
                let cycle = cycles.iter().rfind(|c| inside(c)).or_else(|| {
                    cycles.iter().reduce(|a, b| {
                        if (b.middle() - centre).abs() < (a.middle() - centre).abs() { b } else { a }
                    })
                })?;
                let warp = beside.temperature.and_then(|(means, table)| {
                    let row = table.row(&row.crop)?;
                    Warp::new(means, row, question.latitude, cycle.sowing(), question.as_of)
                });
                let cycle = cycle.clone();
                Some(Class {
                    row: Some(row),
                    cycle: Some(match &warp {
                        Some(warp) => cycle.warmed(warp),
                        None => cycle,
                    }),
                    warp,
                    weighed: None,
                    name: row.crop.clone(),
                    group,
                    open_set: false,
                    evidence: f64::NEG_INFINITY,
                })
            })
            .collect()
    }

    /// [`Answer::sowing_not_used`](super::Answer::sowing_not_used) without weighing anything: it rests on the
    /// declaration and the calendar alone, whatever was seen.
    pub fn sowing_not_used(&self, question: &Question<'_>, profiles: &Profiles) -> Option<SowingNotUsed> {
        question.declared_sowing.and(question.declared_crop)?;
        let declared = judge::declared_rows(question, profiles, self.table());
        let judge::Declared::Rows(rows) = &declared else { return None };
        // The other crops of the place say nothing of it.
        let of_crop: Vec<String> = rows.iter().map(|row| row.crop.clone()).collect();
        let crops = if question.crops.is_empty() { &of_crop } else { question.crops };
        let classes = self.classes(&Question { crops, ..question.clone() }, &Beside::default(), profiles);
        sowing_not_used(question, &declared, &classes)
    }
}

/// What the declared sowing date misses, where no cycle of the declared crop that was weighed takes it.
pub(super) fn sowing_not_used(
    question: &Question<'_>,
    declared: &judge::Declared<'_>,
    classes: &[Class<'_>],
) -> Option<SowingNotUsed> {
    let windows = (classes.iter())
        .filter(|class| declared.is(class))
        .filter_map(|class| Some((class.name.as_str(), class.cycle.as_ref()?.window)));
    sowing::not_used(windows, question.declared_sowing?)
}
