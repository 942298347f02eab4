//! Checks of what grows: is there a crop, is it the declared one, how ripe, and was there a flood.

use jiff::civil::Date;

use super::{Findings, condition, out_of_domain};
use crate::crop::{CannotTell, Cropped, OutOfDomain, Stage, Verdict};
use crate::lending::{Evidence, Policy};
use crate::observation::Observation;
use crate::record::{Code, Effect};

pub(super) fn check(evidence: &Evidence<'_>, policy: &Policy, found: &mut Findings) {
    let uncropped = cropped(evidence, policy, found);
    declared(evidence, policy, uncropped, found);
    sowing(evidence, found);
    flood(evidence, policy, found);
    ripeness(evidence, found);
    cannot_tell(evidence, policy, uncropped, found);
}

/// Whether it is sure that no crop stands: then which crop it is asks for nobody.
fn cropped(evidence: &Evidence<'_>, policy: &Policy, found: &mut Findings) -> bool {
    match evidence.assessment.cropped {
        Cropped::Yes => match evidence.season() {
            Some(season) => {
                let (from, to) = evidence.looked_at();
                let clear = evidence.clear_looked_at().into();
                let values = [clear, from.into(), to.into(), season.amplitude.into(), season.peak.into()];
                found.add(Code::LandCropped, values);
            }
            None => found.add(Code::InternalInconsistent, ["crop_seen".into(), "no_season_found".into()]),
        },
        Cropped::CannotTell => {
            found.add(Code::CannotTellCropped, []);
            if evidence.season().is_none() {
                no_cycle_seen(evidence, found);
            }
        }
        Cropped::No => return not_cropped(evidence, policy, found),
    }
    false
}

/// What was seen, plainly, where it is not enough to say that nothing grew.
fn no_cycle_seen(evidence: &Evidence<'_>, found: &mut Findings) {
    if let (Some((low, high)), clear @ 1..) = (evidence.ndvi_range(), evidence.clear_looked_at()) {
        let (from, to) = evidence.looked_at();
        found.add(Code::LandNoCycleSeen, [clear.into(), from.into(), to.into(), low.into(), high.into()]);
    }
}

/// "No crop" counts only where a crop could not have been missed: enough clear dates, no long blind
/// time, and a number to show.
fn not_cropped(evidence: &Evidence<'_>, policy: &Policy, found: &mut Findings) -> bool {
    let few = &policy.rules.min_clear_dates_uncropped;
    let gap = &policy.rules.max_gap_days_uncropped;
    let clear = evidence.clear_looked_at();
    let (from, to) = evidence.looked_at();
    let blind = evidence.longest_blind().filter(|b| b.days > gap.value);
    let mut sure = true;
    if clear < few.value {
        sure = false;
        let values = [clear.into(), "season".into(), from.into(), to.into(), few.value.into()];
        found.add(Code::ImgTooFewClear, values);
    }
    if let Some(b) = blind {
        sure = false;
        // Always a referral here: what was not seen can never be held against the plot.
        let (first, last) = (evidence.window.start, evidence.horizon());
        let values = [b.days.into(), b.from.into(), b.to.into(), first.into(), last.into(), gap.value.into()];
        found.add(Code::ImgGapLong, values);
    }
    let Some((ndvi_min, ndvi_max)) = evidence.ndvi_range() else {
        found.add(Code::InternalInconsistent, ["crop_not_seen".into(), "no_clear_value".into()]);
        return false;
    };
    if sure {
        // A policy may be mild, but land without a crop never supports a crop loan by itself.
        let effect = few.effect.max(Effect::Refer);
        let values =
            [from.into(), to.into(), clear.into(), few.value.into(), ndvi_min.into(), ndvi_max.into()];
        found.add_with(few.code, effect, values);
    } else {
        no_cycle_seen(evidence, found);
    }
    sure
}

fn declared(evidence: &Evidence<'_>, policy: &Policy, uncropped: bool, found: &mut Findings) {
    let rules = &policy.rules;
    // On land that surely carries no crop, there is none to compare.
    let at_most = |effect: Effect| if uncropped { effect.min(Effect::Info) } else { effect };
    let Some(check) = &evidence.assessment.declared else {
        if evidence.plot.declared.crop.is_none() {
            let rule = &rules.crop_not_declared;
            found.add_with(rule.code, at_most(rule.effect), []);
        } else {
            let undetermined = &rules.crop_undetermined;
            let crop = evidence.plot.declared.crop.clone().unwrap_or_default();
            found.add_with(undetermined.code, at_most(undetermined.effect), [crop.into()]);
        }
        return;
    };
    let crop = check.crop.as_str();
    let limit = &rules.max_log_odds_contradicted;
    let contradicted =
        check.log_odds.filter(|lo| check.verdict == Verdict::Contradicted && *lo <= limit.value);
    match (check.verdict, contradicted) {
        (Verdict::Contradicted, Some(log_odds)) => {
            // The crop's name stands before its reason.
            let better = check.better.as_deref().and_then(|b| b.split(':').next()).unwrap_or("other");
            found.add_with(
                limit.code,
                limit.effect,
                [crop.into(), better.into(), log_odds.into(), limit.value.into()],
            );
        }
        (Verdict::Contradicted | Verdict::Inconsistent, _) => {
            let badly = &rules.crop_fits_badly;
            found.add_with(badly.code, at_most(badly.effect), [crop.into()]);
        }
        (Verdict::Consistent, _) => found.add(Code::CropMatches, [crop.into()]),
        (Verdict::Undetermined, _) => {
            let undetermined = &rules.crop_undetermined;
            found.add_with(undetermined.code, at_most(undetermined.effect), [crop.into()]);
        }
        (Verdict::UnknownCrop, _) => {
            let word = OutOfDomain::UnknownWord { word: crop.to_owned() };
            found.add_with(Code::CropOutOfDomain, at_most(Effect::Refer), out_of_domain::said(&word));
        }
    }
}

/// A declared sowing date that nothing was reckoned with. The date, the crop or the calendar is wrong, so it asks for a
/// person unless the declared crop is seen all the same; land on which none is seen may have been looked at in the wrong
/// season because of it.
fn sowing(evidence: &Evidence<'_>, found: &mut Findings) {
    let Some(unused) = &evidence.assessment.sowing_not_used else { return };
    // A date that cannot be true at all is told by its own rule, unless that is a note under this policy.
    if found.has(Code::SowingDateImplausible, None, Effect::Refer) {
        return;
    }
    let seen = evidence.assessment.cropped == Cropped::Yes && as_declared(evidence);
    let effect = if seen { Effect::Info } else { Effect::Refer };
    let (sown, crop) = (unused.sown.into(), unused.crop.as_str().into());
    let values = [sown, unused.days.into(), crop, unused.from.into(), unused.to.into(), unused.most.into()];
    found.add_with(Code::SowingDateNotUsed, effect, values);
}

fn as_declared(evidence: &Evidence<'_>) -> bool {
    match (&evidence.assessment.declared, &evidence.plot.declared.crop) {
        (Some(check), _) => check.verdict == Verdict::Consistent,
        (None, declared) => declared.is_none(),
    }
}

/// Water on any day of the window, where the crop's dates are not known; else `condition` tells it from water on bare
/// land.
fn flood(evidence: &Evidence<'_>, policy: &Policy, found: &mut Findings) {
    if evidence.condition.looked {
        return;
    }
    let rule = &policy.rules.flood_water_frac;
    let declared = evidence.assessment.declared.as_ref().map(|d| d.crop.as_str());
    let best = evidence.assessment.candidates.first().map(|c| c.crop.as_str());
    let paddy = [declared, best, evidence.plot.declared.crop.as_deref()]
        .into_iter()
        .flatten()
        .any(|crop| rule.paddy_crops.iter().any(|p| crop.to_lowercase().contains(&p.to_lowercase())));
    // Until its peak a paddy stands in water by design; while it has not peaked, all of it counts so.
    let by_design_until =
        paddy.then(|| evidence.season().and_then(|s| s.pos).unwrap_or(jiff::civil::Date::MAX));
    if let Some((water, date)) = evidence.wettest(by_design_until)
        && water > rule.value
    {
        found.add_with(rule.code, rule.effect, [water.into(), date.into(), rule.value.into()]);
    }
}

/// Whether a fall between two clear dates is put down to a flood that is told.
fn drowned(evidence: &Evidence<'_>, policy: &Policy, (from, to): (Date, Date), found: &Findings) -> bool {
    if evidence.condition.looked {
        return condition::floods_told(evidence, policy).any(|flood| flood.event.drowned(from, to));
    }
    let wet = |o: &Observation| o.sky.water > policy.rules.flood_water_frac.value;
    found.has(Code::EventFlood, None, Effect::Refer)
        && evidence.used().any(|o| o.date > from && o.date <= to && wet(o))
}

fn ripeness(evidence: &Evidence<'_>, found: &mut Findings) {
    let a = evidence.assessment;
    if a.cropped != Cropped::Yes {
        return;
    }
    if a.harvested.is_some_and(|h| evidence.condition.fell_about(h.p50)) {
        // What looks like a harvest is the event that `condition` names.
    } else if let Some(h) = a.harvested {
        found.add(Code::HarvestDone, [h.p50.into(), h.p10.into(), h.p90.into()]);
    } else if let (Stage::Harvested, Some(h)) = (a.stage, a.harvest) {
        found.add(Code::HarvestByDates, [h.p10.into(), h.p90.into()]);
    } else if let (Some(m), Some(h)) = (a.maturity, a.harvest) {
        // What has not come up yet is on no track: its dates are a plan, and nobody's merit.
        let is_up = a.emergence.is_none_or(|e| e.p50 <= evidence.as_of());
        let effect = if is_up { Effect::For } else { Effect::Info };
        found.add_with(Code::MaturityOnTrack, effect, [m.mid.into(), h.p10.into(), h.p90.into()]);
    } else {
        found.add(Code::HarvestNotTold, []);
    }
    if a.candidates.is_empty() {
        found.add(Code::CropNotClassified, [a.method.into()]);
    }
}

/// What could not be told asks for a person only while it leaves a question of the application open:
/// is there a crop, and is it the declared one.
fn cannot_tell(evidence: &Evidence<'_>, policy: &Policy, uncropped: bool, found: &mut Findings) {
    let a = evidence.assessment;
    let answered = uncropped || (a.cropped == Cropped::Yes && as_declared(evidence));
    let effect = if answered { Effect::Info } else { Effect::Refer };
    for cause in &a.cannot_tell {
        match cause {
            CannotTell::TooFewClear { phase, have, need, of: (from, to) } => {
                if !found.has(Code::ImgTooFewClear, Some(phase), effect) {
                    let (have, phase) = ((*have).into(), phase.as_str().into());
                    let values = [have, phase, (*from).into(), (*to).into(), (*need).into()];
                    found.add_with(Code::ImgTooFewClear, effect, values);
                }
            }
            CannotTell::GapTooLong { days, limit, from, to, of: (first, last) } => {
                if !found.has(Code::ImgGapLong, None, effect) {
                    let (blind, of) = ([(*from).into(), (*to).into()], [(*first).into(), (*last).into()]);
                    let values = [(*days).into()].into_iter().chain(blind).chain(of).chain([(*limit).into()]);
                    found.add_with(Code::ImgGapLong, effect, values);
                }
            }
            CannotTell::Stale { days, limit } => {
                if !found.has(Code::ImgStale, None, effect) {
                    found.add_with(Code::ImgStale, effect, [(*days).into(), (*limit).into()]);
                }
            }
            CannotTell::TooEarly { expected_from: Some(from) } => {
                let values = [evidence.as_of().into(), (*from).into()];
                found.add_with(Code::StageNotReachedUntil, effect, values);
            }
            CannotTell::TooEarly { expected_from: None } => {
                found.add_with(Code::StageNotReached, effect, [evidence.as_of().into()]);
            }
            // Which of the two it was, a person finds out, however well the crop is known; where `condition` names the
            // same fall, or a flood it is put down to, once is enough.
            CannotTell::Vanished { from, to } => {
                let drowned = drowned(evidence, policy, (*from, *to), found);
                if !drowned && !evidence.condition.fell_about(*to) {
                    found.add_with(Code::CropVanished, Effect::Refer, [(*from).into(), (*to).into()]);
                }
            }
            CannotTell::OutOfDomain(what) => {
                found.add_with(Code::CropOutOfDomain, effect, out_of_domain::said(what));
            }
            // Without a clear view the probabilities are what was assumed before: no reading of anything.
            CannotTell::Ambiguous { .. } if evidence.clear_looked_at() == 0 => {}
            CannotTell::Ambiguous { crop, probability, need } => {
                let values = [crop.as_str().into(), (*probability).into(), (*need).into()];
                found.add_with(Code::CropUncertain, effect, values);
            }
        }
    }
}
