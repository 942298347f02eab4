//! Weighing all classes of a plot: both stages of the crops, and what standing water says.

use super::answer::{Class, Question};
use super::flood::Flood;
use super::judge;
use super::weigh::{Scale, prior, refine};

/// Classes that get the second stage (science 5.2).
const REFINED: usize = 4;
/// Nats below the open set from which no second stage is worth its time: such a class is as likely as an atypical field
/// of it, whatever its exact evidence (exp(-0.35 * 40) = 1e-6).
const HOPELESS: f64 = 40.0;
/// The cover that is water itself.
const WATER: &str = "water";

/// Standing water at transplanting speaks for flooded crops and against the rest; the open set stays as it is.
pub(super) fn weigh_water(classes: &mut [Class<'_>], question: &Question<'_>, to: f64) {
    let flooded = |c: &Class<'_>| c.row.is_some_and(|r| r.flooded);
    let floods: Vec<Option<Flood>> = (classes.iter())
        .map(|c| c.cycle.as_ref().filter(|_| flooded(c)).map(|cycle| Flood::of(cycle, question.views, to)))
        .collect();
    let seen = floods.iter().flatten().find(|f| **f == Flood::Seen).copied();
    for (class, flood) in classes.iter_mut().zip(floods) {
        class.evidence += match (flood, seen) {
            (Some(own), _) => own.for_rice(),
            (None, Some(seen)) if !class.open_set && class.name != WATER => seen.for_the_rest(),
            _ => 0.0,
        };
    }
}

/// Both stages of all crops; rows that expect the same curves are weighed once.
///
/// `open` is the evidence of the open set: of the crops far below it only the best and the declared one are weighed twice.
pub(super) fn weigh_crops(
    classes: &mut [Class<'_>],
    scale: &Scale<'_>,
    declared: &judge::Declared<'_>,
    open: Option<f64>,
) {
    for k in 0..classes.len() {
        let (done, rest) = classes.split_at_mut(k);
        let Some(class) = rest.first_mut() else { continue };
        class.weighed = match done.iter().find(|d| d.cycle == class.cycle) {
            Some(twin) => twin.weighed.clone(),
            None => class.cycle.as_ref().map(|c| prior(c, scale)),
        };
        class.evidence = class.weighed.as_ref().map_or(f64::NEG_INFINITY, |w| w.evidence);
    }
    let hopeful = |evidence: f64| open.is_none_or(|o| evidence >= o - HOPELESS);
    let mut order: Vec<usize> = (0..classes.len()).collect();
    order.sort_by(|a, b| classes[*b].evidence.total_cmp(&classes[*a].evidence).then(a.cmp(b)));
    let mut refined: Vec<usize> = Vec::new();
    let mut spent = 0;
    for k in order {
        let is_declared = classes[k].row.is_some_and(|r| declared.holds(r));
        let twin = refined.iter().copied().find(|r| classes[*r].cycle == classes[k].cycle);
        if let Some(twin) = twin {
            classes[k].weighed = classes[twin].weighed.clone();
        } else if is_declared || spent == 0 || spent < REFINED && hopeful(classes[k].evidence) {
            let class = &mut classes[k];
            class.weighed = match (&class.cycle, &class.weighed) {
                (Some(c), Some(first)) => Some(refine(c, first, scale)),
                _ => None,
            };
            refined.push(k);
            spent += usize::from(spent < REFINED);
        } else {
            continue;
        }
        classes[k].evidence = classes[k].weighed.as_ref().map_or(f64::NEG_INFINITY, |w| w.evidence);
    }
}
