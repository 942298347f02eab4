//! What holds whatever the evidence: the promises to the farmer, as properties.

use std::collections::{BTreeMap, BTreeSet};

use croplens::crop::events::{Alike, Event, EventKind};
use croplens::crop::vigour::Vigour;
use croplens::crop::{Condition, Cropped};
use croplens::lending::{Appraisal, Common, Overlap, Policy, appraise, seal};
use croplens::observation::Reject;
use croplens::plot::Size;
use croplens::record::{Effect, Party, Status};
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;

use super::case::{Built, Case, END, START, day, first_policy, provenance};
use super::draws::{any_case, any_policy, policies};

#[test]
fn policies_are_drawn_over_all_their_effects() {
    for (whole, switches) in policies() {
        assert!(switches.len() >= 20, "{}: {}", whole["id"], switches.len());
        assert!(switches.iter().all(|(_, allowed)| !allowed.is_empty()));
        let may_refuse = switches.iter().filter(|(_, allowed)| allowed.contains(&"against")).count();
        assert!(may_refuse > 0 && may_refuse < switches.len(), "{}: {may_refuse}", whole["id"]);
    }
}

fn look(case: &Case, policy: &Policy) -> Appraisal {
    appraise(&case.build().evidence(), policy)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn clouds_archive_and_method_never_speak_against(case in any_case(), policy in any_policy()) {
        let a = look(&case, &policy);
        for r in &a.reasons_all {
            let blameless = matches!(r.party(), Party::Imagery | Party::Source | Party::Model);
            prop_assert!(!(blameless && r.effect() == Effect::Against), "{r:?}");
        }
        if a.status == Status::DoesNotSupport {
            let against: Vec<_> = a.reasons_all.iter().filter(|r| r.effect() == Effect::Against).collect();
            prop_assert!(!against.is_empty());
            prop_assert!(against.iter().all(|r| matches!(r.party(), Party::Plot | Party::Applicant | Party::Policy)));
            prop_assert!(a.reasons_all.iter().all(|r| r.effect() != Effect::Refer));
        }
        if a.status == Status::Supports {
            prop_assert_eq!(case.cropped, Cropped::Yes);
        }
    }

    #[test]
    fn cannot_tell_is_always_referred(case in any_case(), policy in any_policy()) {
        let a = look(&Case { cropped: Cropped::CannotTell, season: false, ..case }, &policy);
        prop_assert_eq!(a.status, Status::Refer);
    }

    #[test]
    fn unseen_land_is_never_called_uncropped(case in any_case(), policy in any_policy()) {
        let case = Case { cropped: Cropped::No, season: false, ..case };
        let a = look(&case, &policy);
        if a.reasons_all.iter().any(|r| r.code() == "LAND_NOT_CROPPED" && r.effect() == Effect::Against) {
            let clear: Vec<i64> = case.clear_days.iter().copied().filter(|n| day(*n) <= case.as_of.min(END)).collect();
            prop_assert!(clear.len() >= 12, "{} clear dates", clear.len());
            // No blind stretch over 45 days, window edges included.
            let edge = (START.until(case.as_of.min(END)).unwrap()).get_days() as i64 + 1;
            let marks: Vec<i64> = std::iter::once(-1).chain(clear).chain([edge]).collect();
            let widest = marks.windows(2).map(|w| w[1] - w[0] - 1).max().unwrap();
            prop_assert!(widest <= 45, "blind for {widest} days");
        }
    }

    #[test]
    fn operational_failures_never_decide(
        case in any_case(), policy in any_policy(), failures in btree_set(0i64..300, 1..6), lose in any::<bool>(),
    ) {
        let before = look(&case, &policy);
        let mut worse = case.clone();
        for n in &failures {
            worse.skipped_days.insert(*n, Reject::ReadFailed);
            if lose {
                // The scene that failed was one of those that showed the plot.
                worse.clear_days.remove(n);
                worse.dim_days.remove(n);
            }
        }
        let after = look(&worse, &policy);
        let matters = failures.iter().any(|n| {
            day(*n) <= case.as_of.min(END) && !worse.clear_days.contains(n)
        });
        if matters {
            prop_assert_eq!(after.status, Status::Refer);
        }
        if before.status != Status::DoesNotSupport {
            prop_assert_ne!(after.status, Status::DoesNotSupport);
        }
    }

    #[test]
    fn more_clear_observations_never_lower_confidence(case in any_case(), more in btree_set(0i64..300, 1..20)) {
        let policy = first_policy();
        let before = look(&case, &policy);
        let clear_days: BTreeSet<i64> = case.clear_days.union(&more).copied().collect();
        let after = look(&Case { clear_days, ..case }, &policy);
        prop_assert!(after.confidence >= before.confidence, "{:?} -> {:?}", before.confidence_basis, after.confidence_basis);
    }

    #[test]
    fn whoever_is_not_supported_is_told_what_would_change(case in any_case()) {
        let a = look(&case, &first_policy());
        if matches!(a.status, Status::Refer | Status::DoesNotSupport) {
            prop_assert!(!a.what_would_change.is_empty(), "{:?}", a.reasons_all);
        }
        for r in &a.reasons_all {
            for text in [r.text_en(), r.text_zh()] {
                prop_assert!(!text.contains(['{', '}', '?']), "{text}");
            }
        }
    }

    #[test]
    fn sealing_does_not_depend_on_the_order_of_arrival(case in any_case(), seed in any::<u64>()) {
        let built = case.build();
        let mut shuffled = case.build();
        let turn = |n: usize| if n == 0 { 0 } else { (seed % n as u64) as usize };
        let n = turn(shuffled.observations.len());
        shuffled.observations.rotate_left(n);
        let n = turn(shuffled.scenes.len());
        shuffled.scenes.rotate_left(n);
        shuffled.skipped.reverse();
        let (one, two) = (built.evidence(), shuffled.evidence());
        let (a, b) = (appraise(&one, &first_policy()), appraise(&two, &first_policy()));
        let (a, b) = (seal(&a, &one, &provenance()), seal(&b, &two, &provenance()));
        prop_assert_eq!(serde_json::to_string(&a).unwrap(), serde_json::to_string(&b).unwrap());
        prop_assert!(a.reasons.len() <= 4 && a.reasons.iter().all(|r| a.reasons_all.contains(r)));
        croplens::record::verify(&serde_json::to_string(&a).unwrap()).unwrap();
    }

    #[test]
    fn no_number_breaks_it(case in any_case(), bad in prop::sample::select(vec![f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 0.0, 1e300]), which in 0usize..7) {
        let mut built = case.build();
        match which {
            0 => built.plot.size = Size::known(bad, case.perimeter_m),
            1 => built.plot.size = Size::known(case.area_m2, bad),
            2 => built.plot.declared.area_ha = Some(bad),
            3 => built.observations.iter_mut().for_each(|o| o.sky.water = bad),
            4 => built.observations.iter_mut().filter_map(|o| o.ndvi.as_mut()).for_each(|s| s.mean = bad),
            5 => built.assessment.seasons.iter_mut().for_each(|s| { s.peak = bad; s.sos_sd_days = Some(bad); }),
            _ => { built.assessment.current = Some(99); built.assessment.seasons.clear(); }
        }
        let evidence = built.evidence();
        let record = seal(&appraise(&evidence, &first_policy()), &evidence, &provenance());
        croplens::record::verify(&serde_json::to_string(&record).unwrap()).unwrap();
    }
}

/// The laws above would hold of an appraisal that always refers; this one does not.
#[test]
fn the_random_cases_reach_every_status() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let strategy = any_case();
    let mut seen: BTreeMap<Status, usize> = BTreeMap::new();
    for _ in 0..1_000 {
        let case = strategy.new_tree(&mut runner).unwrap().current();
        *seen.entry(look(&case, &first_policy()).status).or_default() += 1;
    }
    for status in [Status::Supports, Status::DoesNotSupport, Status::Refer] {
        assert!(seen.get(&status).copied().unwrap_or(0) >= 50, "{status}: {seen:?}");
    }
}

/// A case, a policy, an amount asked for, and claims that overlap (share, same season).
pub(super) type Application = (Case, Policy, Option<(u32, &'static str)>, Vec<(f64, bool)>);

/// A built-in policy, with figures, a request and neighbours drawn at random.
pub(super) fn any_application() -> impl Strategy<Value = Application> {
    let names: Vec<&'static str> = Policy::built_in_names().collect();
    let request = prop::option::of((0u32..60_000, prop::sample::select(vec!["CNY", "INR", "CHF"])));
    (any_case(), prop::sample::select(names), request, vec((0.0..1.0f64, any::<bool>()), 0..3)).prop_map(
        |(case, name, request, overlaps)| (case, Policy::built_in(name).unwrap().unwrap(), request, overlaps),
    )
}

const FIGURES: [(croplens::lending::FigureKind, &str); 3] = [
    (
        croplens::lending::FigureKind::Finance,
        "crop,amount,currency,per,valid_from,valid_to,source\nwheat,20000,INR,ha,2024-01-01,,x\n",
    ),
    (
        croplens::lending::FigureKind::Price,
        "crop,price,currency,per,date,source\nwheat,2,CNY,kg,2024-06-01,x\n",
    ),
    (croplens::lending::FigureKind::Yield, "crop,p20_kg_ha,date,source\nwheat,5000,2024-01-01,x\n"),
];

/// The evidence of an application, with the lender's figures.
pub(super) fn filled((case, _, request, overlaps): &Application) -> Built {
    let mut built = case.build();
    for (kind, text) in FIGURES {
        built.figures.add(kind, text).unwrap();
    }
    built.plot.declared.requested_amount = request.map(|r| r.0.to_string());
    built.plot.declared.currency = request.map(|r| r.1.to_owned());
    built.plot.references.consent_purpose = Some("credit_appraisal".into());
    let other = |(k, (frac, near)): (usize, &(f64, bool))| Overlap {
        id: format!("N{k}"),
        references: Default::default(),
        record_id: None,
        as_of: if *near { case.as_of } else { day(-700) },
        sowing_date: (!near).then(|| day(-700)),
        common: Common::Land {
            area_m2: 100.0,
            frac_of_this: *frac,
            frac_of_smaller: *frac,
            iou: frac / 2.0,
            width_m: frac * 100.0,
        },
    };
    built.overlaps = overlaps.iter().enumerate().map(other).collect();
    built
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    /// The promises hold for every policy that ships, with money and neighbours in play.
    #[test]
    fn amounts_and_neighbours_keep_the_promises(application in any_application()) {
        let built = filled(&application);
        let (_, policy, _, overlaps) = application;
        let evidence = built.evidence();
        let appraisal = appraise(&evidence, &policy);
        let r = seal(&appraisal, &evidence, &provenance());
        let against: Vec<_> = r.reasons_all.iter().filter(|x| x.effect() == Effect::Against).collect();
        for reason in &against {
            prop_assert!(!matches!(reason.party(), Party::Imagery | Party::Source | Party::Model), "{reason:?}");
        }
        if r.status == Status::DoesNotSupport {
            prop_assert!(!against.is_empty() && r.reasons.iter().any(|x| x.effect() == Effect::Against));
        }
        // Money is recommended only where the status supports, and never above what the policy gives.
        prop_assert_eq!(r.limit_recommended.is_some(), r.status == Status::Supports && r.limit_by_policy.is_some());
        let amount = |t: &Option<String>| t.as_deref().and_then(croplens::lending::Money::parse);
        for part in [amount(&r.limit_cost_based), amount(&r.limit_value_based)].into_iter().flatten() {
            prop_assert!(amount(&r.limit_by_policy).is_none_or(|limit| limit <= part));
        }
        // Water on the field leads to relief, whatever else is found.
        if r.reasons_all.iter().any(|x| x.code() == "EVENT_FLOOD" && x.effect() == Effect::Refer) {
            prop_assert_eq!(r.status, Status::Refer);
            prop_assert!(r.what_would_change.iter().any(|c| c.condition == "relief_route"));
        }
        // Shared land of this season is never passed over, and never refuses by itself.
        let shared = overlaps.iter().any(|(frac, near)| *frac > 0.1 && *near && built.plot.declared.sowing_date.is_some());
        if shared {
            prop_assert!(r.reasons_all.iter().any(|x| x.code().starts_with("OVERLAP_")));
            prop_assert_ne!(r.status, Status::Supports);
            prop_assert_ne!(r.status, Status::DoesNotSupport);
        }
        prop_assert!(r.reasons.len() <= 4);
        for c in &r.what_would_change {
            prop_assert!(!c.text_en.contains(['{', '}', '?']) && !c.text_zh.contains(['{', '}', '?']), "{c:?}");
        }
        croplens::record::verify(&serde_json::to_string(&r).unwrap()).unwrap();
    }
}

/// An event of the season with the part of the plot it hit, and how many of twenty neighbours fell alike.
fn disaster(kind: EventKind, area: f64, share: f64) -> Condition {
    let event = Event {
        kind,
        from: day(190),
        to: day(200),
        last: day(220),
        drop: 0.5,
        severity: Some(0.9),
        area_fraction: Some(area),
        ripe_probability: 0.0,
        harvest_from: None,
        declared_before: None,
        evidence: vec![day(200), day(210), day(220)],
    };
    let vigour = Vigour { alike: vec![Some(Alike { n: 20, share })], ..Vigour::default() };
    Condition { looked: true, events: vec![event], vigour, ..Condition::default() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    /// A flood or a drought leads to relief and never to a refusal, whatever else speaks against the plot.
    #[test]
    fn a_disaster_leads_to_relief_whatever_else_is_found(
        case in any_case(), policy in any_policy(), flood in any::<bool>(), share in 0.61f64..1.0,
    ) {
        let (kind, route, code) = if flood {
            (EventKind::Flood, "relief_route", "EVENT_FLOOD")
        } else {
            (EventKind::Decline, "relief_region", "EVENT_DROUGHT")
        };
        let case = Case { condition: disaster(kind, share, share), ..case };
        let a = look(&case, &policy);
        let told = a.reasons_all.iter().find(|r| r.code() == code);
        prop_assert!(told.is_some_and(|r| r.effect() == Effect::Refer), "{:?}", a.reasons_all);
        prop_assert_eq!(a.status, Status::Refer);
        prop_assert!(a.what_would_change.iter().any(|c| c.condition == route), "{:?}", a.what_would_change);
    }
}
