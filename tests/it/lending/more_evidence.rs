//! More clear dates never lower the grade of the evidence, from the observations to the appraisal: nothing in between is
//! held fixed, so each further date moves the seasons, their dates and what is said of the crop.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use croplens::crop::ensemble::{Ensemble, Unit, View};
use croplens::crop::{self, CropRules, Models, Profiles, Reading};
use croplens::lending::appraise;
use croplens::phenology::{SeasonRules, seasons};
use croplens::record::Confidence;
use croplens::series::{self, SeriesRules, Smoothing, days_between, smooth};
use jiff::civil::Date;
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;

use super::case::{Case, START, day, first_policy};

const LAST: i64 = 300;

static TABLES: LazyLock<(Profiles, Ensemble)> =
    LazyLock::new(|| (Profiles::builtin().unwrap(), Ensemble::builtin().unwrap()));

/// What a field shows on every day, seen or not.
#[derive(Clone, Debug)]
struct Field {
    /// Middle and width of each green time, days, and its height.
    cycles: Vec<(f64, f64, f64)>,
    noise: Vec<f64>,
    declared: Option<&'static str>,
    place: (f64, f64),
}

impl Field {
    fn ndvi(&self, n: i64) -> f64 {
        let green = |(middle, width, height): &(f64, f64, f64)| {
            height * (-((n as f64 - middle) / width).powi(2)).exp()
        };
        let grown = self.cycles.iter().map(green).fold(0.0, f64::max);
        0.18 + grown + self.noise[n as usize % self.noise.len()]
    }
}

fn any_field() -> impl Strategy<Value = Field> {
    let cycle = (20.0..290.0_f64, 20.0..70.0_f64, 0.1..0.7_f64);
    let word = prop::sample::select(vec![None, Some("wheat"), Some("maize"), Some("rice"), Some("quinoa")]);
    let place = prop::sample::select(vec![(47.4, 8.5), (34.8, 114.0), (-12.5, -55.7), (0.4, 35.0)]);
    (vec(cycle, 1..4), vec(-0.04..0.04_f64, 97), word, place)
        .prop_map(|(cycles, noise, declared, place)| Field { cycles, noise, declared, place })
}

struct Graded {
    used: BTreeSet<Date>,
    confidence: Confidence,
    basis: Vec<String>,
}

/// The field as a run would appraise it, had it been seen on these days.
fn graded(field: &Field, days: &BTreeSet<i64>, as_of: Date) -> Graded {
    let mut case = Case::good();
    (case.clear_days, case.as_of) = (days.clone(), as_of);
    case.declared_crop = field.declared.map(str::to_owned);
    let mut built = case.build();
    for o in &mut built.observations {
        let n = i64::from(days_between(START, o.date));
        if let Some(ndvi) = &mut o.ndvi {
            (ndvi.mean, ndvi.median) = (field.ndvi(n), field.ndvi(n));
        }
    }
    let (clear, set_aside) = series::assemble(&built.observations, as_of, &SeriesRules::default());
    for (at, why) in set_aside {
        built.observations[at].rejected = Some(why);
    }
    let curve = smooth(&clear, &Smoothing::default());
    let found = seasons(&clear, &curve, Some(field.place.0), &SeasonRules::default());
    let reading = Reading {
        place: Some(field.place),
        declared_crop: field.declared,
        window: Some((START, as_of)),
        ..Reading::of(&clear, &curve, &found)
    };
    let views: Vec<View> = clear.samples().iter().map(|s| View::of(s.date, s.ndvi, |_| None)).collect();
    let (profiles, ensemble) = &*TABLES;
    let models = Models { profiles, ensemble, shares: None, unit: Unit::Field, crops: &[] };
    built.assessment = crop::read(&reading, &views, &models, &CropRules::default()).0;
    // Where no crop of the calendar is declared, no day is left out of any count.
    if field.declared.is_none_or(|crop| crop == "quinoa") {
        assert_eq!(built.assessment.looked_at, (START, as_of), "{:?}", field.declared);
    }
    let mut evidence = built.evidence();
    evidence.window.end = as_of;
    let appraisal = appraise(&evidence, &first_policy());
    Graded {
        used: clear.samples().iter().map(|s| s.date).collect(),
        confidence: appraisal.confidence,
        basis: appraisal.confidence_basis,
    }
}

/// Level of each part of the evidence, by the words that say it.
fn parts(basis: &[String]) -> Vec<(String, u8)> {
    let words = |s: &str| s.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
    (basis.iter())
        .map(|part| {
            let (level, what) = part.split_once(": ").unwrap();
            (
                words(what),
                match level {
                    "low" => 0,
                    "medium" => 1,
                    _ => 2,
                },
            )
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn more_clear_dates_never_lower_the_grade(
        field in any_field(),
        few in btree_set(0..LAST, 4..45),
        more in btree_set(0..LAST, 1..12),
        as_of in 60..LAST,
    ) {
        let all: BTreeSet<i64> = few.union(&more).copied().collect();
        let (before, after) = (graded(&field, &few, day(as_of)), graded(&field, &all, day(as_of)));
        // A further date may unmask another as a cloud's: then it is not more that is seen.
        prop_assume!(after.used.is_superset(&before.used));
        prop_assert!(after.confidence >= before.confidence, "{:?} -> {:?}", before.basis, after.basis);
        let (was, is) = (parts(&before.basis), parts(&after.basis));
        prop_assert_eq!(was.len(), is.len(), "{:?} -> {:?}", before.basis, after.basis);
        for ((_, was), (_, is)) in was.iter().zip(&is) {
            prop_assert!(is >= was, "{:?} -> {:?}", before.basis, after.basis);
        }
    }
}

/// The law would hold of a grade that never moves; this one does, in every part that dates make.
#[test]
fn a_field_seen_well_has_a_better_grade_than_one_seen_badly() {
    let field = Field {
        cycles: vec![(220.0, 50.0, 0.6)],
        noise: vec![0.0],
        declared: Some("wheat"),
        place: (47.4, 8.5),
    };
    let every = |step: usize| -> BTreeSet<i64> { (0..LAST).step_by(step).collect() };
    let (well, badly) = (graded(&field, &every(5), day(299)), graded(&field, &every(60), day(299)));
    assert_eq!((well.confidence, badly.confidence), (Confidence::High, Confidence::Low));
    let better = |(a, b): &(&(String, u8), &(String, u8))| a.1 > b.1;
    let (a, b) = (parts(&well.basis), parts(&badly.basis));
    assert!(a.iter().zip(&b).filter(better).count() >= 3, "{:?} {:?}", well.basis, badly.basis);
}
