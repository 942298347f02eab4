//! Cases and policies drawn at random, for what must hold whatever the evidence.

use std::collections::BTreeMap;

use croplens::crop::{CannotTell, Cropped, OutOfDomain, SowingNotUsed, Verdict};
use croplens::cropland::NotTold;
use croplens::lending::Policy;
use croplens::observation::Reject;
use croplens::record::Grade;
use jiff::civil::date;
use proptest::collection::{btree_map, btree_set, vec};
use proptest::prelude::*;

use super::case::{Case, END, START, day};

fn reject() -> impl Strategy<Value = Reject> {
    prop::sample::select(Reject::ALL.to_vec())
}

fn verdict() -> impl Strategy<Value = (Verdict, Option<f64>)> {
    let verdicts = vec![
        Verdict::Consistent,
        Verdict::Undetermined,
        Verdict::Inconsistent,
        Verdict::Contradicted,
        Verdict::UnknownCrop,
    ];
    (prop::sample::select(verdicts), prop::option::of(-8.0..4.0))
}

fn cannot_tell() -> impl Strategy<Value = CannotTell> {
    prop_oneof![
        (0usize..8).prop_map(|have| CannotTell::TooFewClear {
            phase: "peak".into(),
            have,
            need: 8,
            of: (START, END),
        }),
        (46u32..200).prop_map(|days| CannotTell::GapTooLong {
            days,
            limit: 45,
            from: START,
            to: END,
            of: (START, END),
        }),
        (31u32..200).prop_map(|days| CannotTell::Stale { days, limit: 30 }),
        prop::option::of(Just(END)).prop_map(|expected_from| CannotTell::TooEarly { expected_from }),
        out_of_domain().prop_map(CannotTell::OutOfDomain),
        Just(CannotTell::Vanished { from: START, to: END }),
        (0.0..0.6).prop_map(|p| CannotTell::Ambiguous { crop: "rice".into(), probability: p, need: 0.6 }),
    ]
}

fn sowing_not_used() -> impl Strategy<Value = SowingNotUsed> {
    (21u32..300).prop_map(|days| SowingNotUsed {
        crop: "rabi_wheat".into(),
        sown: day(-i64::from(days)),
        from: START,
        to: END,
        days,
        most: 20,
    })
}

fn out_of_domain() -> impl Strategy<Value = OutOfDomain> {
    prop_oneof![
        Just(OutOfDomain::UnknownWord { word: "quinoa".into() }),
        Just(OutOfDomain::NoCalendar { crops: vec!["teff".into(), "rabi_wheat".into()] }),
        Just(OutOfDomain::RipeOrCut),
        (0.0..0.2).prop_map(|rise| OutOfDomain::WeakRise { rise, least: 0.2 }),
        (0.3..0.9).prop_map(|ndvi| OutOfDomain::AnotherCanopy {
            on: date(2024, 4, 20),
            ndvi,
            emergence: date(2024, 5, 20),
        }),
        (0.1..0.3, 0.3..0.6).prop_map(|(low, high)| OutOfDomain::Shapeless { low, high }),
    ]
}

fn cropped_share() -> impl Strategy<Value = Result<(f64, f64, f64, usize), NotTold>> {
    let share = (0.0..1.0f64, 0.0..0.3f64, 0usize..3);
    prop_oneof![
        share.prop_map(|(mid, half, crops)| Ok(((mid - half).max(0.0), mid, (mid + half).min(1.0), crops))),
        Just(Err(NotTold::TooFewDates { have: 2, need: 3 })),
        Just(Err(NotTold::CropUnclear)),
    ]
}

prop_compose! {
    fn ground()(
        as_of in 1i64..400,
        area_m2 in prop_oneof![100.0..2_000.0, 2_000.0..100_000.0],
        shape in 4.0f64..12.0,
        declared in prop::option::of(0.3f64..3.0),
        gps in prop::option::of((0.0..2_000.0, prop::option::of(1.0..400.0))),
        pixels in prop::option::of((0usize..200, 0.0..1.0, prop::sample::select(vec![Grade::A, Grade::B, Grade::C, Grade::D]))),
        expected in prop::option::of(0usize..120),
    ) -> Case {
        Case {
            as_of: day(as_of),
            area_m2,
            perimeter_m: shape * area_m2.sqrt(),
            declared_area_ha: declared.map(|f| f * area_m2 / 10_000.0),
            gps,
            pixels_full: pixels,
            expected,
            ..Case::good()
        }
    }
}

prop_compose! {
    fn wild()(
        base in ground(),
        clear_days in prop_oneof![btree_set(0i64..300, 0..10), btree_set(0i64..300, 10..60)],
        dim_days in btree_map(0i64..300, reject(), 0..15),
        skipped_days in prop_oneof![Just(BTreeMap::new()), btree_map(0i64..300, reject(), 0..8)],
        water in btree_map(0i64..300, 0.0..1.0, 0..3),
        cropped in prop::sample::select(vec![Cropped::Yes, Cropped::No, Cropped::CannotTell]),
        season in any::<bool>(),
        verdict in prop::option::of(verdict()),
        cannot_tell in prop_oneof![Just(Vec::new()), vec(cannot_tell(), 0..4)],
        sowing_not_used in prop::option::of(sowing_not_used()),
        harvest in any::<bool>(),
        declared_crop in prop::option::of(prop::sample::select(vec!["wheat", "paddy rice"])),
        cropped_share in cropped_share(),
    ) -> Case {
        Case {
            clear_days,
            dim_days,
            skipped_days,
            water,
            cropped,
            // A crop that is seen has a season, most of the time.
            season: season || cropped == Cropped::Yes,
            verdict,
            sowing_not_used,
            cannot_tell,
            harvest,
            cropped_share,
            declared_crop: declared_crop.map(str::to_owned),
            ..base
        }
    }
}

/// A plain case with some of its facts taken from a wild one: few enough that not everything refers.
pub(super) fn any_case() -> impl Strategy<Value = Case> {
    let contradicted = Case { verdict: Some((Verdict::Contradicted, Some(-5.0))), ..Case::good() };
    let half = Case { declared_area_ha: Some(5.0), ..Case::good() };
    let plain = prop::sample::select(vec![Case::good(), Case::fallow(), contradicted, half]);
    (plain, wild(), vec(prop::bool::weighted(0.12), 13), 253i64..330).prop_map(
        |(plain, wild, take, as_of)| {
            let mut case = Case { as_of: day(as_of), ..plain };
            let mut take = take.into_iter();
            macro_rules! some_of {
            ($($field:ident),*) => { $(if take.next() == Some(true) { case.$field = wild.$field; })* };
        }
            some_of!(
                as_of,
                declared_area_ha,
                gps,
                pixels_full,
                clear_days,
                dim_days,
                skipped_days,
                water,
                verdict,
                sowing_not_used,
                cannot_tell,
                cropped_share
            );
            if take.next() == Some(true) {
                (case.cropped, case.season, case.declared_crop) =
                    (wild.cropped, wild.season, wild.declared_crop);
            }
            case
        },
    )
}

/// Where a policy has an effect, and the effects that its code allows there.
pub(super) type Switches = Vec<(Vec<String>, Vec<&'static str>)>;

fn effects_of(value: &toml::Value, path: &[String], found: &mut Vec<Vec<String>>) {
    for (key, inner) in value.as_table().into_iter().flatten() {
        let path = [path, std::slice::from_ref(key)].concat();
        if key == "effect" {
            found.push(path);
        } else {
            effects_of(inner, &path, found);
        }
    }
}

fn set(value: &mut toml::Value, path: &[String], word: &str) {
    let place = path.iter().fold(value, |v, key| v.get_mut(key).unwrap());
    *place = toml::Value::from(word);
}

/// Every built-in policy as a table without its demand for consent, with all its effects.
pub(super) fn policies() -> &'static [(toml::Value, Switches)] {
    static POLICIES: std::sync::OnceLock<Vec<(toml::Value, Switches)>> = std::sync::OnceLock::new();
    POLICIES.get_or_init(|| {
        let each = Policy::built_in_names().map(|name| {
            let policy = Policy::built_in(name).unwrap().unwrap();
            let mut whole: toml::Value = toml::from_str(&toml::to_string(&policy).unwrap()).unwrap();
            // Without consent nothing is looked at, so it would hide everything that is drawn here.
            whole.as_table_mut().unwrap().remove("consent");
            let mut paths = Vec::new();
            effects_of(&whole, &[], &mut paths);
            let allowed = |path: &Vec<String>| {
                let takes = |word: &&str| {
                    let mut changed = whole.clone();
                    set(&mut changed, path, word);
                    Policy::parse(&toml::to_string(&changed).unwrap()).is_ok()
                };
                ["info", "refer", "against"].into_iter().filter(takes).collect()
            };
            let switches: Switches = paths.iter().map(|path| (path.clone(), allowed(path))).collect();
            (whole, switches)
        });
        each.collect()
    })
}

/// A built-in policy whose every effect is drawn among those that its code allows, graver ones too.
pub(super) fn any_policy() -> impl Strategy<Value = Policy> {
    (any::<prop::sample::Index>(), vec(0usize..3, 64)).prop_map(|(which, draws)| {
        let (whole, switches) = which.get(policies());
        let mut changed = whole.clone();
        for ((path, allowed), draw) in switches.iter().zip(draws) {
            set(&mut changed, path, allowed[draw % allowed.len()]);
        }
        Policy::parse(&toml::to_string(&changed).unwrap()).unwrap()
    })
}
