//! Weighing all classes of a plot: both stages of the crops, and what standing water says.

use super::classes::Class;
use super::flood;
use super::judge;
use super::question::Question;
use super::weigh::{Scale, prior, refine};

/// Classes that get the second stage (science 5.2).
const REFINED: usize = 4;
/// Nats below the open set from which no second stage is worth its time: such a class is as likely as an atypical field
/// of it, whatever its exact evidence (exp(-0.35 * 40) = 1e-6).
const HOPELESS: f64 = 40.0;
/// The cover that is water itself.
const WATER: &str = "water";

/// Standing water that was seen at transplanting speaks for flooded crops and against the rest; the open set stays as it
/// is. Water that was not seen changes nothing.
///
/// Comes back: the evidence of all classes had the declared crop's water been seen; nothing where it was, or where the
/// crop does not stand in water.
pub(super) fn weigh_water(
    classes: &mut [Class<'_>],
    question: &Question<'_>,
    declared: &judge::Declared<'_>,
    to: f64,
) -> Option<Vec<f64>> {
    let flooded: Vec<bool> = classes.iter().map(|c| c.row.is_some_and(|r| r.flooded)).collect();
    let seen: Vec<bool> = (classes.iter().zip(&flooded))
        .map(|(c, flooded)| {
            *flooded && c.cycle.as_ref().is_some_and(|cycle| flood::seen(cycle, question.views, to))
        })
        .collect();
    let stays = |c: &Class<'_>| c.open_set || c.name == WATER;
    let with = |classes: &[Class<'_>], seen: &[bool]| -> Vec<f64> {
        let any = seen.contains(&true);
        (classes.iter().zip(&flooded).zip(seen))
            .map(|((class, flooded), seen)| {
                class.evidence
                    + match seen {
                        true => flood::FOR_RICE,
                        false if any && !flooded && !stays(class) => flood::FOR_THE_REST,
                        false => 0.0,
                    }
            })
            .collect()
    };
    let ours: Vec<bool> = classes.iter().zip(&flooded).map(|(c, f)| *f && declared.is(c)).collect();
    let hidden = ours.contains(&true) && !ours.iter().zip(&seen).any(|(ours, seen)| *ours && *seen);
    let had_it = hidden.then(|| {
        let seen: Vec<bool> = seen.iter().zip(&ours).map(|(seen, ours)| *seen || *ours).collect();
        with(classes, &seen)
    });
    let evidence = with(classes, &seen);
    classes.iter_mut().zip(evidence).for_each(|(class, e)| class.evidence = e);
    had_it
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
