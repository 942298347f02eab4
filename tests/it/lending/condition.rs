//! What befell a crop, as reasons: when it counts, when it only asks for a person, and that a disaster never counts.

use croplens::crop::events::{Alike, Event, EventKind, Planting};
use croplens::crop::vigour::{AmongPeers, Vigour};
use croplens::crop::{Assessment, CannotTell, Condition, Cropped, Stage, Verdict};
use croplens::lending::{appraise, seal};
use croplens::record::{Effect, EligibilityRecord, Status};
use jiff::civil::date;
use proptest::prelude::*;

use super::case::{Case, first_policy, provenance};

fn record(case: &Case) -> EligibilityRecord {
    let built = case.build();
    let evidence = built.evidence();
    seal(&appraise(&evidence, &first_policy()), &evidence, &provenance())
}

fn effect_of(r: &EligibilityRecord, code: &str) -> Option<Effect> {
    r.reasons_all.iter().find(|x| x.code() == code).map(croplens::record::Reason::effect)
}

fn event(kind: EventKind) -> Event {
    Event {
        kind,
        from: date(2024, 4, 18),
        to: date(2024, 4, 28),
        last: date(2024, 5, 18),
        drop: 0.4,
        severity: Some(0.7),
        area_fraction: Some(0.9),
        ripe_probability: 0.0,
        harvest_from: Some(date(2024, 7, 6)),
        declared_before: None,
        evidence: vec![date(2024, 4, 28), date(2024, 5, 8), date(2024, 5, 18)],
    }
}

fn with(events: Vec<(Event, Option<f64>)>) -> Case {
    let (events, shares): (Vec<Event>, Vec<Option<f64>>) = events.into_iter().unzip();
    let alike = shares.into_iter().map(|s| s.map(|share| Alike { n: 20, share })).collect();
    let vigour = Vigour { alike, ..Vigour::default() };
    Case { condition: Condition { looked: true, events, vigour, ..Condition::default() }, ..Case::good() }
}

#[test]
fn a_loss_speaks_against_only_when_the_neighbours_stand() {
    let own = record(&with(vec![(event(EventKind::Loss), Some(0.1))]));
    assert_eq!(own.status, Status::DoesNotSupport);
    assert_eq!(effect_of(&own, "CROP_FAILED"), Some(Effect::Against));
    let alert = &own.alerts[0];
    assert_eq!(
        (alert.code.as_str(), alert.from, alert.to),
        ("sudden_loss", date(2024, 4, 18), date(2024, 4, 28))
    );
    assert_eq!(alert.neighbours_n, Some(20));
    assert_eq!(alert.evidence_item_ids.len(), 3, "{:?}", alert.evidence_item_ids);
    assert!(alert.evidence_item_ids[0].contains("20240428"));

    let unknown = record(&with(vec![(event(EventKind::Loss), None)]));
    assert_eq!((unknown.status, effect_of(&unknown, "CROP_FAILED")), (Status::Refer, Some(Effect::Refer)));

    let shared = record(&with(vec![(event(EventKind::Loss), Some(0.6))]));
    assert_eq!((shared.status, effect_of(&shared, "CROP_FAILED")), (Status::Refer, Some(Effect::Refer)));
    assert_eq!(effect_of(&shared, "EVENT_REGIONAL"), Some(Effect::Info));
}

#[test]
fn a_loss_that_is_slight_seen_once_late_or_of_an_unknown_crop_only_asks() {
    let softer: [fn(&mut Event); 4] = [
        |e| e.severity = Some(0.4),
        |e| e.severity = None,
        |e| e.evidence.truncate(1),
        |e| e.ripe_probability = 0.2,
    ];
    for change in softer {
        let mut e = event(EventKind::Loss);
        change(&mut e);
        let r = record(&with(vec![(e, Some(0.0))]));
        assert_eq!((r.status, effect_of(&r, "CROP_FAILED")), (Status::Refer, Some(Effect::Refer)));
    }
    let mut case = with(vec![(event(EventKind::Loss), Some(0.0))]);
    case.verdict = Some((Verdict::Undetermined, Some(0.0)));
    assert_eq!(effect_of(&record(&case), "CROP_FAILED"), Some(Effect::Refer));
}

#[test]
fn what_a_loss_makes_of_the_curve_is_no_misfit_of_the_declaration() {
    let with_verdicts = |before: Option<Verdict>, now: Verdict| {
        let mut e = event(EventKind::Loss);
        e.declared_before = before;
        let mut case = with(vec![(e, Some(0.0))]);
        case.verdict = Some((now, Some(-2.0)));
        record(&case)
    };
    // It fitted until the fall: the loss is told, and since the crop is doubtful now, a person looks.
    for now in [Verdict::Inconsistent, Verdict::Contradicted] {
        let r = with_verdicts(Some(Verdict::Consistent), now);
        assert_ne!(r.status, Status::Supports);
        assert_eq!(effect_of(&r, "CROP_FAILED"), Some(Effect::Refer), "{now:?}");
    }
    // It never fitted: the fall may be the ripeness of what really grows there.
    let never = with_verdicts(Some(Verdict::Contradicted), Verdict::Contradicted);
    assert_eq!(effect_of(&never, "CROP_FAILED"), None);
    assert_eq!(effect_of(&with_verdicts(None, Verdict::Inconsistent), "CROP_FAILED"), None);
}

#[test]
fn a_decline_of_the_region_is_a_drought_and_of_the_plot_a_question() {
    let drought = record(&with(vec![(event(EventKind::Decline), Some(0.7))]));
    assert_eq!((drought.status, effect_of(&drought, "EVENT_DROUGHT")), (Status::Refer, Some(Effect::Refer)));
    let own = record(&with(vec![(event(EventKind::Decline), Some(0.1))]));
    assert_eq!((own.status, effect_of(&own, "CROP_DECLINING")), (Status::Refer, Some(Effect::Refer)));
    let early = record(&with(vec![(event(EventKind::EarlyHarvest), Some(0.1))]));
    assert_eq!((early.status, effect_of(&early, "HARVEST_EARLY")), (Status::Refer, Some(Effect::Refer)));
}

/// What a flood did to the curve is told once, as the flood.
#[test]
fn a_crop_that_went_under_water_has_not_vanished_too() {
    let vanished = |from, to| CannotTell::Vanished { from, to };
    let told = |mut case: Case, from, to, limit: Option<f64>| {
        case.cannot_tell = vec![vanished(from, to)];
        let (built, mut policy) = (case.build(), first_policy());
        policy.rules.flood_water_frac.value = limit.unwrap_or(policy.rules.flood_water_frac.value);
        let of = appraise(&built.evidence(), &policy);
        assert_eq!(of.status, Status::Refer, "{:?}", of.reasons_all);
        let has = |code: &str| of.reasons_all.iter().any(|x| x.code() == code);
        (has("EVENT_FLOOD"), has("CROP_VANISHED"))
    };
    let (from, to, last) = (date(2024, 4, 18), date(2024, 4, 28), date(2024, 5, 18));
    let flood = |drop| Event { drop, area_fraction: Some(0.5), ..event(EventKind::Flood) };
    let flooded = |drop| with(vec![(flood(drop), None)]);
    let (spring, summer) = ((date(2024, 4, 1), from), (date(2024, 5, 28), date(2024, 6, 2)));
    for (a, b) in [(from, to), (to, last), (from, summer.0), (last, summer.0)] {
        assert_eq!(told(flooded(0.4), a, b, None), (true, false), "{a} to {b}");
    }
    for (a, b) in [spring, summer] {
        assert_eq!(told(flooded(0.4), a, b, None), (true, true), "{a} to {b} is none of the flood's");
    }
    assert_eq!(told(Case::good(), from, to, None), (false, true));
    // A policy that lets more water pass tells a flood all the same where a fall is put down to it, and the fall where
    // it tells no flood.
    assert_eq!(told(flooded(0.4), from, to, Some(0.8)), (true, false));
    assert_eq!(told(flooded(0.0), from, to, Some(0.8)), (false, true));
    // Where no crop can be assumed no event is looked for: the water itself is asked.
    let wet = |share| Case { water: [(210, share)].into(), ..Case::good() };
    assert_eq!(told(wet(0.9), from, to, None), (true, false));
    assert_eq!(told(wet(0.2), from, to, None), (false, true));
    assert_eq!(told(wet(0.9), spring.0, spring.1, None), (true, true));
}

#[test]
fn a_cover_that_went_without_a_declaration_only_asks() {
    let r = record(&with(vec![(event(EventKind::CoverGone), Some(0.0))]));
    assert_eq!((r.status, effect_of(&r, "COVER_GONE")), (Status::Refer, Some(Effect::Refer)));
    assert_eq!(r.alerts[0].code, "cover_gone");
    assert_eq!(effect_of(&r, "CROP_FAILED"), None);
}

#[test]
fn what_was_not_planted_counts_unless_something_grows_or_stood_under_water() {
    let planting = Some(Planting::NotPlanted {
        sowing_until: date(2023, 11, 10),
        greenup_until: date(2024, 4, 20),
        highest_ndvi: 0.22,
        limit_ndvi: 0.35,
        evidence: vec![date(2024, 4, 28), date(2024, 5, 8)],
    });
    let condition = Condition { planting: planting.clone(), ..Condition::default() };
    let r = record(&Case { condition, ..Case::fallow() });
    assert_eq!(
        (r.status, effect_of(&r, "NOT_PLANTED_BY_DEADLINE")),
        (Status::DoesNotSupport, Some(Effect::Against))
    );
    assert_eq!(r.alerts[0].code, "not_planted");
    let condition = Condition { planting: planting.clone(), ..Condition::default() };
    assert_eq!(effect_of(&record(&Case { condition, ..Case::good() }), "NOT_PLANTED_BY_DEADLINE"), None);
    let flooded = Condition {
        looked: true,
        planting,
        events: vec![event(EventKind::Flood)],
        vigour: Vigour { alike: vec![None], ..Vigour::default() },
        ..Condition::default()
    };
    let r = record(&Case { condition: flooded, ..Case::fallow() });
    assert_eq!((r.status, effect_of(&r, "NOT_PLANTED_BY_DEADLINE")), (Status::Refer, Some(Effect::Refer)));
}

#[test]
fn the_last_among_neighbours_is_referred_and_never_refused() {
    let among = |z: f64| AmongPeers {
        n: 24,
        radius_m: 6_410.0,
        z,
        percentile: 0.02,
        percentile_lower: 0.01,
        percentile_upper: 0.1,
        log_ratio: -0.5,
        vci: None,
        ids: (0..24).map(|k| format!("P{k}")).collect(),
    };
    let at = |z: f64, days: i32| {
        let vigour = Vigour { peers: Some(among(z)), days_behind: Some((days, 24)), ..Vigour::default() };
        record(&Case {
            condition: Condition { looked: true, vigour, ..Condition::default() },
            ..Case::good()
        })
    };
    let weak = at(-2.5, 0);
    assert_eq!((weak.status, effect_of(&weak, "VIGOUR_BELOW_PEERS")), (Status::Refer, Some(Effect::Refer)));
    assert_eq!(
        (weak.peer_n, weak.peer_radius_m, weak.vigour_class.as_deref()),
        (Some(24), Some(6_500), Some("very_weak"))
    );
    assert!(weak.peers_sha256.is_some());
    assert_eq!(at(-1.5, 0).status, Status::Supports);
    let strong = at(1.5, 20);
    assert_eq!(effect_of(&strong, "VIGOUR_ABOVE_PEERS"), Some(Effect::For));
    assert_eq!(effect_of(&strong, "MATURITY_LATE"), Some(Effect::Info));
}

#[test]
fn a_harvest_that_was_a_loss_is_not_called_a_harvest() {
    let mut case = with(vec![(event(EventKind::Loss), None)]);
    let mut built = case.build();
    built.assessment.harvested = Some(croplens::crop::DateInterval {
        p10: date(2024, 4, 20),
        p50: date(2024, 4, 24),
        p90: date(2024, 4, 28),
    });
    let evidence = built.evidence();
    let r = seal(&appraise(&evidence, &first_policy()), &evidence, &provenance());
    assert_eq!(effect_of(&r, "HARVEST_DONE"), None);
    case.condition = Condition::default();
    built.condition = case.condition;
    let evidence = built.evidence();
    let r = seal(&appraise(&evidence, &first_policy()), &evidence, &provenance());
    assert_eq!(effect_of(&r, "HARVEST_DONE"), Some(Effect::Info));
}

#[test]
fn a_harvest_told_about_a_flood_is_the_blow_and_no_harvest() {
    let about = croplens::crop::DateInterval {
        p10: date(2024, 4, 20),
        p50: date(2024, 5, 4),
        p90: date(2024, 5, 28),
    };
    let later = croplens::crop::DateInterval {
        p10: date(2024, 7, 20),
        p50: date(2024, 8, 4),
        p90: date(2024, 8, 28),
    };
    let base = Case::good().build().assessment;
    for (kind, told, stands) in [
        (EventKind::Flood, about, false),
        (EventKind::Loss, about, false),
        (EventKind::CoverGone, about, false),
        (EventKind::Flood, later, true),
        (EventKind::Decline, about, true),
        (EventKind::EarlyHarvest, about, true),
    ] {
        let condition = with(vec![(event(kind), None)]).condition;
        let by_dates =
            Assessment { harvest: Some(told), harvested: None, stage: Stage::Harvested, ..base.clone() };
        let seen =
            Assessment { harvest: None, harvested: Some(told), stage: Stage::Harvested, ..base.clone() };
        for (harvested, a) in [(false, by_dates), (true, seen)] {
            let struck = a.clone().struck(&condition);
            assert_eq!(struck == a, stands, "{kind:?}, cut seen {harvested}");
            if !stands {
                assert_eq!((struck.harvest, struck.harvested, struck.maturity), (None, None, None));
                assert_eq!(struck.stage, Stage::Unknown);
            }
        }
    }
}

fn kind() -> impl Strategy<Value = EventKind> {
    prop::sample::select(vec![EventKind::Loss, EventKind::EarlyHarvest, EventKind::Decline, EventKind::Flood])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// A flood over the policy's limit, or a decline or loss that the neighbours share, never ends in a refusal.
    #[test]
    fn a_disaster_never_refuses(
        events in prop::collection::vec((kind(), prop::option::of(0.0_f64..1.0), 0.0_f64..1.0), 0..4),
        flood in any::<bool>(), grown in any::<bool>(), planted in any::<bool>(),
    ) {
        let mut list: Vec<(Event, Option<f64>)> = events.into_iter().map(|(kind, share, severity)| {
            (Event { severity: Some(severity), area_fraction: Some(severity), ..event(kind) }, share)
        }).collect();
        list.push(if flood { (event(EventKind::Flood), None) } else { (event(EventKind::Decline), Some(0.9)) });
        let mut case = with(list);
        if !grown {
            case = Case { condition: case.condition.clone(), ..Case::fallow() };
        }
        if !planted {
            case.condition.planting = Some(Planting::NotPlanted {
                sowing_until: date(2023, 11, 10), greenup_until: date(2024, 4, 20), highest_ndvi: 0.2, limit_ndvi: 0.35,
                evidence: vec![date(2024, 4, 28)],
            });
        }
        let mut policy = first_policy();
        policy.rules.flood_water_frac.effect = Effect::Info;
        let built = case.build();
        let a = appraise(&built.evidence(), &policy);
        prop_assert_ne!(a.status, Status::DoesNotSupport);
    }

    /// Nothing that befell a crop makes a plot supported that was not, or hides a loss.
    #[test]
    fn events_never_help(kind in kind(), share in prop::option::of(0.0_f64..1.0)) {
        let mut case = with(vec![(event(kind), share)]);
        case.cropped = Cropped::CannotTell;
        let built = case.build();
        prop_assert_eq!(appraise(&built.evidence(), &first_policy()).status, Status::Refer);
    }
}
