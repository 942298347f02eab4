//! The plots of a run against each other and against the register: who shares land with whom.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::intake::Entry;
use crate::lending::{Common, Overlap, OverlapCheck};
use crate::overlap::{self, Claim};
use crate::plot::{Plot, References};
use crate::store::{Entered, Pledge};

use super::judge::sowing_used;
use super::run::RunRequest;

/// What each plot of a run has in common with others, by position in the input.
#[derive(Debug, Default)]
pub(super) struct Overlaps {
    by_position: BTreeMap<usize, Vec<Overlap>>,
    against: usize,
    register: Option<String>,
}

impl Overlaps {
    /// Of one plot, with what it was compared with.
    pub(super) fn of(&self, position: usize) -> (Vec<Overlap>, Option<OverlapCheck>) {
        let check = OverlapCheck { against: self.against, register: self.register.clone() };
        (self.by_position.get(&position).cloned().unwrap_or_default(), Some(check))
    }

    /// Hash of the register's plots that count; `None` without a register.
    pub(super) fn register(&self) -> Option<&str> {
        self.register.as_deref()
    }
}

/// Compares all plots of the run. A plot that an earlier run of the same application entered is not its own rival.
pub(super) fn overlaps(request: &RunRequest) -> Overlaps {
    let plots: Vec<&Plot> = (request.intake.entries.iter())
        .filter_map(|entry| match entry {
            Entry::Plot(plot) => Some(plot),
            Entry::Rejected(_) => None,
        })
        .collect();
    let own: BTreeSet<Own<'_>> = plots
        .iter()
        .map(|p| {
            own(p.id.as_str(), &p.references.lender, &p.references.application, Some(&p.geometry_sha256))
        })
        .collect();
    let pledges: Vec<&Pledge> = others(request.register.iter().flatten(), &own, request.as_of).collect();
    let register = request.register.is_some().then(|| version(&pledges));
    let claims: Vec<Claim<'_>> = (plots.iter())
        .map(|p| Claim { outline: &p.geometry, area_m2: p.area_m2(), fresh: true })
        .chain(pledges.iter().map(|p| Claim { outline: &p.geometry.0, area_m2: p.area_m2, fresh: false }))
        .collect();
    let mut out = Overlaps { against: claims.len().saturating_sub(1), register, ..Overlaps::default() };
    // Once for each plot, however many it shares land with.
    let mut sown: BTreeMap<usize, Option<Date>> = BTreeMap::new();
    let used = |plot| sowing_used(&request.spec, &request.policy, request.as_of, plot);
    let mut sowing_of = |at, plot| *sown.entry(at).or_insert_with(|| used(plot));
    let mut other = |at: usize, common: Common| match plots.get(at) {
        Some(plot) => Some(Overlap {
            id: plot.id.as_str().to_owned(),
            references: plot.references.clone(),
            record_id: None,
            as_of: request.as_of,
            sowing_date: sowing_of(at, plot),
            common,
        }),
        None => pledges.get(at.checked_sub(plots.len())?).map(|p| of_register(p, common)),
    };
    let mut add = |this: usize, at: usize, common: Common| {
        if let (Some(plot), Some(overlap)) = (plots.get(this), other(at, common)) {
            out.by_position.entry(plot.position).or_default().push(overlap);
        }
    };
    let shared = overlap::shared(&claims);
    for s in &shared {
        let smaller = s.frac_of_a.max(s.frac_of_b);
        let land = |frac_of_this| Common::Land {
            area_m2: s.shared_m2,
            frac_of_this,
            frac_of_smaller: smaller,
            iou: s.iou,
            width_m: s.width_m,
        };
        add(s.a, s.b, land(s.frac_of_a));
        add(s.b, s.a, land(s.frac_of_b));
    }
    // A copy in the same place is shared land already.
    let together: BTreeSet<(usize, usize)> = shared.iter().map(|s| (s.a, s.b)).collect();
    for c in overlap::copies(&claims).iter().filter(|c| !together.contains(&(c.a, c.b))) {
        let shape = Common::Shape { distance_m: c.distance_m };
        add(c.a, c.b, shape);
        add(c.b, c.a, shape);
    }
    for list in out.by_position.values_mut() {
        list.sort_by(|a, b| {
            (&a.id, &a.references.application, &a.record_id).cmp(&(
                &b.id,
                &b.references.application,
                &b.record_id,
            ))
        });
    }
    out
}

/// By what an application is known again: plot, lender, application; without an application's reference the land counts
/// too, because any file may number its plots from one.
type Own<'a> = (&'a str, Option<&'a str>, Option<&'a str>, Option<&'a str>);

fn own<'a>(
    id: &'a str,
    lender: &'a Option<String>,
    application: &'a Option<String>,
    outline: Option<&'a String>,
) -> Own<'a> {
    let outline = outline.filter(|_| application.is_none()).map(String::as_str);
    (id, lender.as_deref(), application.as_deref(), outline)
}

/// The entries of a register that are rivals of a run's plots: not their own, and of no later day.
fn others<'a>(
    register: impl Iterator<Item = &'a Pledge>,
    own_plots: &BTreeSet<Own<'_>>,
    as_of: Date,
) -> impl Iterator<Item = &'a Pledge> {
    let is_own = |p: &Pledge| {
        own_plots.contains(&own(&p.plot_id, &p.lender_ref, &p.application_ref, Some(&p.geometry_sha256)))
    };
    register.filter(move |p| p.as_of <= as_of && !is_own(p))
}

/// Hash of the entries that count.
fn version(pledges: &[&Pledge]) -> String {
    let all: BTreeSet<String> =
        pledges.iter().map(|p| serde_json::to_string(p).unwrap_or_default()).collect();
    crate::record::sha256_hex(all.into_iter().collect::<Vec<_>>().join("\n").as_bytes())
}

/// Whether the register holds other entries now than those which a run was compared with: another run entered its plots,
/// or some were erased, while it was made.
pub fn register_moved(run: &Entered, register: &[Pledge]) -> bool {
    let Some(compared_with) = &run.compared_with else { return false };
    let own_plots: BTreeSet<Own<'_>> =
        run.plots.iter().map(|p| own(&p.id, &p.lender, &p.application, p.outline.as_ref())).collect();
    let pledges: Vec<&Pledge> = others(register.iter(), &own_plots, run.as_of).collect();
    *compared_with != version(&pledges)
}

fn of_register(p: &Pledge, common: Common) -> Overlap {
    Overlap {
        id: p.plot_id.clone(),
        references: References {
            lender: p.lender_ref.clone(),
            application: p.application_ref.clone(),
            borrower: p.borrower_ref.clone(),
            ..References::default()
        },
        record_id: Some(p.record_id.clone()),
        as_of: p.as_of,
        sowing_date: p.sowing_date,
        common,
    }
}
