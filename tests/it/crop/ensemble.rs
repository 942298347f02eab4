//! Laws of the hypothesis ensemble, and its word on fields whose truth is drawn.

use croplens::crop::ensemble::{
    Answer, AreaShares, Chain, Decision, Ensemble, EnsembleTable, Question, Slot, Unit, View,
};
use croplens::crop::{CropRules, Profiles, Verdict};
use jiff::ToSpan;
use jiff::civil::{Date, date};

const FROM: Date = date(2022, 9, 18);
const TO: Date = date(2023, 11, 22);

fn view(date: Date, ndvi: f64) -> View {
    View { date, ndvi, lswi: None, ndyi: None, nir: None, red_edge: None, blue: None }
}

/// A field that rises and falls on these days of 2023 over bare soil.
fn field(rise: Date, fall: Date, peak: f64) -> Vec<View> {
    let step = |t: Date, at: Date, width: f64| {
        let days = t.since(at).unwrap().get_days();
        1.0 / (1.0 + (-f64::from(days) / width).exp())
    };
    (0..40)
        .map(|k| FROM.checked_add((k * 10).days()).unwrap())
        .map(|t| view(t, 0.22 + (peak - 0.22) * (step(t, rise, 8.0) - step(t, fall, 8.0))))
        .collect()
}

fn maize() -> Vec<View> {
    field(date(2023, 6, 11), date(2023, 9, 19), 0.87)
}

fn ask_with(views: &[View], as_of: Date, declared: Option<&str>, shares: Option<&AreaShares>) -> Answer {
    let profiles = Profiles::builtin().unwrap();
    let zones = profiles.zones_at(47.0, -0.5);
    let question = Question {
        views,
        as_of,
        latitude: Some(47.0),
        zones: &zones,
        window: Some((FROM, TO)),
        declared_crop: declared,
        declared_sowing: None,
        unit: Unit::Field,
        shares,
        crops: &[],
    };
    Ensemble::builtin().unwrap().answer(&question, &profiles, &CropRules::default())
}

fn ask(views: &[View], as_of: Date, declared: Option<&str>) -> Answer {
    ask_with(views, as_of, declared, None)
}

/// Everything that is said, in full precision.
fn fingerprint(a: &Answer) -> String {
    format!("{:?}", (&a.classes, &a.decision, &a.declared, &a.development))
}

#[test]
fn a_summer_crop_is_no_wheat_and_its_dates_are_found() {
    let a = ask(&maize(), TO, Some("maize"));
    let check = a.declared.clone().unwrap();
    assert_eq!(check.verdict, Verdict::Consistent, "{check:?}");
    let d = a.development.unwrap();
    let off = |got: Date, truth: Date| got.since(truth).unwrap().get_days().abs();
    assert!(off(d.greenup.p50, date(2023, 6, 11)) <= 5, "{:?}", d.greenup);
    assert!(off(d.senescence.p50, date(2023, 9, 19)) <= 7, "{:?}", d.senescence);
    assert!(d.harvest.p10 <= d.harvest.p50 && d.harvest.p50 <= d.harvest.p90);
    assert!(d.harvest.p50 > d.senescence.p50);
    let wheat = ask(&maize(), TO, Some("winter wheat")).declared.unwrap();
    assert!(matches!(wheat.verdict, Verdict::Contradicted | Verdict::Inconsistent), "{wheat:?}");
    assert!(wheat.better.is_some() && wheat.log_odds.unwrap() < -1.0);
    let wheat = field(date(2023, 3, 11), date(2023, 6, 21), 0.88);
    let a = ask(&wheat, TO, Some("blé tendre"));
    assert_eq!(a.declared.unwrap().verdict, Verdict::Consistent);
    assert_eq!(ask(&wheat, TO, Some("dragon fruit")).declared.unwrap().verdict, Verdict::UnknownCrop);
}

#[test]
fn nothing_is_held_against_a_farmer_on_few_clear_dates() {
    for keep in [0, 1, 3, 7] {
        let few: Vec<View> = maize().into_iter().step_by(5).take(keep).collect();
        let a = ask(&few, TO, Some("winter wheat"));
        assert!(matches!(a.decision, Decision::Refer(_)), "{keep}: {:?}", a.decision);
        assert_eq!(a.declared.unwrap().verdict, Verdict::Undetermined, "{keep}");
    }
}

#[test]
fn order_of_rows_and_repetition_change_nothing() {
    let mut views = maize();
    let first = fingerprint(&ask(&views, TO, Some("maize")));
    assert_eq!(first, fingerprint(&ask(&views, TO, Some("maize"))));
    views.reverse();
    assert_eq!(first, fingerprint(&ask(&views, TO, Some("maize"))));
    views.rotate_left(13);
    assert_eq!(first, fingerprint(&ask(&views, TO, Some("maize"))));
}

#[test]
fn nothing_after_the_as_of_date_is_used() {
    let cut = date(2023, 7, 20);
    let known: Vec<View> = maize().into_iter().filter(|v| v.date <= cut).collect();
    let a = ask(&maize(), cut, Some("maize"));
    assert_eq!(fingerprint(&a), fingerprint(&ask(&known, cut, Some("maize"))));
    // The harvest lies ahead, and is less sure than at the end.
    let ahead = a.development.unwrap().harvest;
    let after = ask(&maize(), TO, Some("maize")).development.unwrap().harvest;
    let width = |i: &croplens::crop::DateInterval| i.p90.since(i.p10).unwrap().get_days();
    assert!(ahead.p10 > cut && width(&ahead) >= width(&after), "{ahead:?} {after:?}");
}

#[test]
fn a_later_field_has_later_dates() {
    let greenup = |shift: i64| {
        let rise = date(2023, 6, 8).checked_add(shift.days()).unwrap();
        let fall = date(2023, 9, 14).checked_add(shift.days()).unwrap();
        let d = ask(&field(rise, fall, 0.87), TO, Some("maize")).development.unwrap();
        (d.greenup.p50, d.senescence.p50)
    };
    let (early, late) = (greenup(0), greenup(10));
    let moved = |a: Date, b: Date| b.since(a).unwrap().get_days();
    assert!((6..=14).contains(&moved(early.0, late.0)), "{early:?} {late:?}");
    assert!((6..=14).contains(&moved(early.1, late.1)), "{early:?} {late:?}");
}

#[test]
fn probabilities_sum_to_one_and_shares_are_a_visible_input() {
    let shares = AreaShares::parse(include_str!("../../../pipelines/shares/france.toml")).unwrap();
    let flat = ask(&maize(), TO, None);
    let by_area = ask_with(&maize(), TO, None, Some(&shares));
    for a in [&flat, &by_area] {
        let sum: f64 = a.classes.iter().map(|c| c.probability).sum();
        let prior: f64 = a.classes.iter().map(|c| c.prior).sum();
        assert!((sum - 1.0).abs() < 1e-9 && (prior - 1.0).abs() < 1e-9);
    }
    assert!(by_area.prior_source.contains("France 2023") && flat.prior_source.contains("alike"));
    let p = |a: &Answer, name: &str| a.crops.iter().find(|c| c.crop == name).unwrap().probability;
    assert!(p(&by_area, "soybean") < p(&flat, "soybean"));
    // The declared check never sees the shares.
    let with = ask_with(&maize(), TO, Some("soybean"), Some(&shares)).declared;
    assert_eq!(with, ask(&maize(), TO, Some("soybean")).declared);
}

#[test]
fn bare_soil_is_bare_and_a_meadow_is_no_crop() {
    let days: Vec<Date> = (0..40).map(|k| FROM.checked_add((k * 10).days()).unwrap()).collect();
    let bare: Vec<View> = days.iter().map(|d| view(*d, 0.17)).collect();
    assert_eq!(ask(&bare, TO, None).crops[0].crop, "bare_built");
    // Cut every two months, grown back in three weeks.
    let cut = |k: usize| [0.74, 0.48, 0.60, 0.68, 0.72, 0.75][k % 6];
    let meadow: Vec<View> = days.iter().enumerate().map(|(k, d)| view(*d, cut(k))).collect();
    // NDVI alone does not tell a meadow from trees; that neither is an annual crop it does.
    let a = ask(&meadow, TO, None);
    let crop: f64 = a.classes.iter().filter(|c| c.is_crop).map(|c| c.probability).sum();
    assert!(["grass", "tree"].contains(&a.groups[0].crop.as_str()) && crop < 0.3, "{:?} {crop}", a.groups);
}

#[test]
fn a_table_without_sources_or_with_impossible_numbers_is_refused() {
    let text = include_str!("../../../pipelines/ensemble.toml");
    assert!(EnsembleTable::parse(text).is_ok());
    let source = "source = \"[K] science 5.3\"";
    for (good, bad) in [
        (source, "source = \" \""),
        ("noise_sd = 0.05", "noise_sd = 0.0"),
        ("fitted_on = \"478", "fitted_on = \"\" # \"478"),
        ("crops = [\"*\"]", "crops = [\"maize\"]"),
        ("open_set = true", "open_set = false"),
        ("unit = \"pixel\"", "unit = \"village\""),
        ("name = \"lswi\"", "name = \"evi\""),
    ] {
        assert!(text.contains(good), "{good}");
        let error = EnsembleTable::parse(&text.replacen(good, bad, 1)).unwrap_err().to_string();
        assert!(error.len() > 20, "{error}");
    }
    let shares = include_str!("../../../pipelines/shares/france.toml");
    assert!(AreaShares::parse(&shares.replacen("maize = 2.7", "maize = 0", 1)).is_err());
}

/// Views of a year in Central Asia: green around each of some days, bare otherwise.
fn asian_year(peaks: &[Date]) -> Vec<View> {
    (0..23)
        .map(|k| date(2015, 1, 1).checked_add((k * 16).days()).unwrap())
        .map(|t| {
            let bump = |p: &Date| {
                let days = f64::from(t.since(*p).unwrap().get_days());
                0.5 * (-(days / 38.0).powi(2)).exp()
            };
            view(t, 0.14 + peaks.iter().map(bump).sum::<f64>())
        })
        .collect()
}

#[test]
fn what_followed_wheat_is_told_by_the_second_slot() {
    let profiles = Profiles::builtin().unwrap();
    let zones = profiles.zones_at(40.5, 71.5);
    let chain =
        |name: &str, first: &str, then| Chain { name: name.to_owned(), first: Slot::crop(first), then };
    let chains = [
        chain("cotton", "cotton", None),
        chain("wheat", "winter_wheat", Some(Slot::Idle)),
        chain("both", "winter_wheat", Some(Slot::crop("maize"))),
    ];
    let said = |views: &[View]| {
        let question = Question {
            views,
            as_of: date(2015, 12, 31),
            latitude: Some(40.5),
            zones: &zones,
            window: Some((date(2015, 1, 1), date(2015, 12, 31))),
            declared_crop: None,
            declared_sowing: None,
            unit: Unit::Coarse,
            shares: None,
            crops: &[],
        };
        Ensemble::builtin().unwrap().chains(&question, &chains, &profiles, &CropRules::default())
    };
    let (spring, summer, late) = (date(2015, 4, 25), date(2015, 8, 1), date(2015, 8, 28));
    for (peaks, truth) in [(vec![summer], "cotton"), (vec![spring], "wheat"), (vec![spring, late], "both")] {
        let mut views = asian_year(&peaks);
        let found = said(&views);
        assert_eq!(found[0].crop, truth, "{found:?}");
        assert!((found.iter().map(|c| c.probability).sum::<f64>() - 1.0).abs() < 1e-9);
        views.rotate_left(7);
        assert_eq!(found, said(&views), "the order of the views");
    }
    // Nothing seen: every sequence alike, so nothing is named.
    assert!(said(&[]).iter().all(|c| c.probability < 0.5), "{:?}", said(&[]));
}

/// A field in the Po plain whose canopy closes in summer; `wet`: under water in May and June, `seen` or hidden then.
fn plain(wet: bool, seen: bool) -> Vec<View> {
    (0..36)
        .map(|k| date(2023, 1, 5).checked_add((k * 10).days()).unwrap())
        .filter(|t| seen || !(date(2023, 4, 1)..=date(2023, 7, 10)).contains(t))
        .map(|t| {
            let step =
                |at: Date, w: f64| 1.0 / (1.0 + (-f64::from(t.since(at).unwrap().get_days()) / w).exp());
            let green = step(date(2023, 6, 26), 8.0) - step(date(2023, 9, 10), 9.0);
            let flooded = wet && (date(2023, 4, 20)..=date(2023, 6, 20)).contains(&t);
            let (red, nir, swir, blue, ground) =
                if flooded { (0.07, 0.12, 0.06, 0.07, 0.09) } else { (0.18, 0.25, 0.31, 0.10, 0.14) };
            let mix = |soil: f64, leaf: f64| soil + (leaf - soil) * green;
            let (red, nir, swir, blue, grass) =
                (mix(red, 0.03), mix(nir, 0.42), mix(swir, 0.18), mix(blue, 0.03), mix(ground, 0.06));
            let share = |a: f64, b: f64| (a - b) / (a + b);
            View {
                date: t,
                ndvi: share(nir, red),
                lswi: Some(share(nir, swir)),
                ndyi: Some(share(grass, blue)),
                nir: Some(nir),
                red_edge: None,
                blue: Some(blue),
            }
        })
        .collect()
}

#[test]
fn water_speaks_for_rice_and_what_was_not_seen_says_nothing() {
    let profiles = Profiles::builtin().unwrap();
    let rice = profiles.profiles().iter().find(|p| p.crop == "rice" && p.zone == "europe-rice").unwrap();
    let zone = profiles.zone(&rice.zone).unwrap();
    let [west, south, east, north] = zone.boxes_deg[0];
    let (lat, lon) = ((south + north) / 2.0, (west + east) / 2.0);
    // The same calendar, but that no crop of it stands in water: there the water says nothing.
    let text = include_str!("../../../pipelines/crops.toml").replace("flooded = true", "flooded = false");
    let waterless = Profiles::parse(&text).unwrap();
    let odds = |views: &[View], profiles: &Profiles| {
        let zones = profiles.zones_at(lat, lon);
        let question = Question {
            views,
            as_of: date(2023, 12, 31),
            latitude: Some(lat),
            zones: &zones,
            window: Some((date(2023, 1, 1), date(2023, 12, 31))),
            declared_crop: Some("rice"),
            declared_sowing: None,
            unit: Unit::Field,
            shares: None,
            crops: &[],
        };
        let a = Ensemble::builtin().unwrap().answer(&question, profiles, &CropRules::default());
        let of = |name: &str| a.classes.iter().find(|c| c.name == name).unwrap().evidence;
        (of("rice") - of("maize"), a.declared.unwrap().log_odds.unwrap())
    };
    let said = |views: &[View]| {
        let (with, without) = (odds(views, &profiles), odds(views, &waterless));
        (with.0 - without.0, with.1 - without.1)
    };
    let wet = said(&plain(true, true));
    assert!((wet.0 - 6.0).abs() < 1e-9 && wet.1 > 0.0, "{wet:?}");
    // Seen dry on every date of the time, and hidden by cloud then: neither says anything.
    assert_eq!(said(&plain(false, true)), (0.0, 0.0));
    assert_eq!(said(&plain(false, false)), (0.0, 0.0));
    // Under cloud in the time of the flood the two fields are the same field.
    assert_eq!(odds(&plain(true, false), &profiles), odds(&plain(false, false), &profiles));
}

#[test]
fn no_curve_speaks_against_a_crop_without_bound() {
    // A share of every crop's fields is atypical, so the log Bayes factor against it is bounded by the best class's
    // lead over the open set, which grows slower than the distance from the declared crop.
    let check = |rise: Date, fall: Date| {
        ask(&field(rise, fall, 0.87), TO, Some("winter wheat")).declared.unwrap().log_odds.unwrap()
    };
    let near = check(date(2023, 4, 25), date(2023, 7, 25));
    let far = check(date(2023, 6, 11), date(2023, 9, 19));
    let farther = check(date(2023, 7, 1), date(2023, 9, 25));
    assert!(near > far, "{near} {far}");
    assert!((-12.0..-1.0).contains(&far) && (-12.0..-1.0).contains(&farther), "{far} {farther}");
}

/// A maize field whose index of the red edge stays at `level` while the crop stands.
fn with_red_edge(level: f64) -> Vec<View> {
    let greenness = |v: &View| ((v.ndvi - 0.22) / 0.62).clamp(0.0, 1.0);
    maize().iter().map(|v| View { red_edge: Some(0.045 + (level - 0.045) * greenness(v)), ..*v }).collect()
}

#[test]
fn the_red_edge_tells_a_canopy_full_of_chlorophyll_from_a_pale_one() {
    let as_of = date(2023, 10, 20);
    let of = |a: &Answer, name: &str| {
        a.classes.iter().filter(|c| c.name == name).map(|c| c.evidence).fold(f64::NEG_INFINITY, f64::max)
    };
    let gap = |level: f64| {
        let a = ask(&with_red_edge(level), as_of, None);
        of(&a, "maize") - of(&a, "sunflower")
    };
    let without = ask(&maize(), as_of, None);
    let without = of(&without, "maize") - of(&without, "sunflower");
    assert!(gap(0.17) > without && without > gap(0.07), "{} {without} {}", gap(0.17), gap(0.07));
}

#[test]
fn a_cover_may_have_a_row_of_its_own_in_a_zone_and_never_two() {
    let text = include_str!("../../../pipelines/ensemble.toml");
    let table = EnsembleTable::parse(text).unwrap();
    let fallow = table.covers().filter(|(name, _)| *name == "fallow").count();
    assert_eq!(fallow, 1, "a label map needs every name once");
    let twice = text.replacen("zones = [\"central-asia\"]\ngp_sd", "gp_sd", 1);
    assert!(EnsembleTable::parse(&twice).unwrap_err().to_string().contains("twice"));
    let only_there =
        text.replacen("name = \"bare_built\"", "zones = [\"xinjiang\"]\nname = \"bare_built\"", 1);
    assert!(EnsembleTable::parse(&only_there).unwrap_err().to_string().contains("without zones"));
    // Land that is not watered: fallow in the desert, where a European meadow would be barer than it can be.
    let profiles = Profiles::builtin().unwrap();
    let ensemble = Ensemble::new(table);
    let views: Vec<View> =
        (0..23).map(|k| view(date(2016, 1, 1).checked_add((16 * k).days()).unwrap(), 0.17)).collect();
    let zones = profiles.zones_at(40.4, 71.2);
    let question = Question {
        views: &views,
        as_of: date(2016, 12, 31),
        latitude: Some(40.4),
        zones: &zones,
        window: Some((date(2016, 1, 1), date(2016, 12, 31))),
        declared_crop: None,
        declared_sowing: None,
        unit: Unit::Coarse,
        shares: None,
        crops: &[],
    };
    let there = ensemble.answer(&question, &profiles, &CropRules::default());
    let elsewhere = ensemble.answer(&Question { zones: &[], ..question }, &profiles, &CropRules::default());
    let of = |a: &Answer| a.classes.iter().find(|c| c.name == "fallow").unwrap().evidence;
    assert!(of(&there) > of(&elsewhere) + 3.0, "{} {}", of(&there), of(&elsewhere));
}
