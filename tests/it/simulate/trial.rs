//! The trial: laws of what is grown and seen, and that its table is the one that `croplens crop` reads.

use std::collections::BTreeMap;

use croplens::simulate::trial::{Trial, TrialSpec, grow, write};
use jiff::civil::Date;

fn trial(spec: TrialSpec) -> Trial {
    grow(&spec).unwrap()
}

fn small() -> TrialSpec {
    TrialSpec { fields: 162, years: (2022, 2022), ..TrialSpec::default() }
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_one_does_not() {
    let dir = tempfile::tempdir().unwrap();
    let bytes = |name: &str, seed: u64, threads: usize| {
        let out = dir.path().join(name);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let spec = TrialSpec { seed, fields: 54, years: (2022, 2022), ..TrialSpec::default() };
        pool.install(|| write(&trial(spec), &out)).unwrap();
        ["series.csv", "truth.csv"].map(|f| std::fs::read(out.join(f)).unwrap())
    };
    let one = bytes("a", 5, 1);
    assert_eq!(one, bytes("b", 5, 3));
    assert_ne!(one, bytes("c", 6, 1));
}

#[test]
fn a_field_does_not_depend_on_how_many_others_there_are() {
    let of = |fields| trial(TrialSpec { fields, years: (2022, 2022), ..TrialSpec::default() });
    let (few, many) = (of(36), of(60));
    for (a, b) in few.fields.iter().zip(&many.fields).take(24) {
        assert_eq!((&a.cycles, &a.label, a.event), (&b.cycles, &b.label, b.event), "{}", a.id);
    }
}

#[test]
fn dates_come_in_the_order_of_life_and_crops_do_not_overlap() {
    let trial = trial(small());
    let mut told = 0;
    for field in &trial.fields {
        for c in &field.cycles {
            let order: Vec<Date> =
                [Some(c.sown), c.emerged, c.flowered, c.ripe, c.harvested].into_iter().flatten().collect();
            // a crop cut green is cut before it is ripe, and a lifted one never ripens
            assert!(order.windows(2).all(|d| d[0] < d[1]) || c.ripe > c.harvested, "{} {order:?}", field.id);
            if let (Some(up), Some(green)) = (c.emerged, c.greenup) {
                assert!(up <= green, "{}", field.id);
                told += 1;
            }
            for (a, b) in &c.flooded {
                assert!(a <= b && c.crop == "rice", "{} {} {a} {b}", field.id, c.crop);
            }
        }
        for pair in field.cycles.windows(2) {
            assert!(pair[0].harvested.is_some_and(|h| h < pair[1].sown), "{}", field.id);
        }
        assert!(field.cycles.is_empty() == field.cover.is_some(), "{}", field.id);
        assert!(field.cover.is_some() || field.cycles.iter().filter(|c| c.asked).count() <= 1);
    }
    assert!(told > 100, "{told}");
}

#[test]
fn every_look_is_a_reflectance_inside_the_season() {
    let trial = trial(small());
    let mut looks = 0;
    for field in &trial.fields {
        assert!(field.looks.windows(2).all(|l| l[0].date < l[1].date));
        for l in &field.looks {
            assert!(l.bands.iter().all(|b| (0.0..=1.2).contains(b)), "{} {}", field.id, l.date);
            assert!((0.5..=1.0).contains(&l.weight) && l.ndvi().abs() <= 1.0);
            assert!(l.date >= field.window.0 && l.date <= field.window.1);
            looks += 1;
        }
    }
    assert!(looks > 3000, "{looks}");
}

#[test]
fn the_share_of_cloud_is_reached() {
    for cloud in [0.2, 0.55, 0.8] {
        let trial = trial(TrialSpec { cloud: Some(cloud), regions: vec!["yangtze".into()], ..small() });
        let all: usize = trial.fields.iter().map(|f| f.overpasses).sum();
        let seen: usize = trial.fields.iter().map(|f| f.looks.len()).sum();
        let hidden = 1.0 - seen as f64 / all as f64;
        // on top of clouds the mask takes a few clear looks, and snow
        let lost = (hidden - cloud) / (1.0 - cloud);
        // one region and year is one draw of the weather: clouds of neighbours go together
        assert!((-0.18..0.30).contains(&lost), "{cloud}: {hidden}");
    }
}

#[test]
fn paddies_stand_under_water_and_losses_are_real() {
    let trial = trial(TrialSpec { fields: 324, events: 0.6, ..TrialSpec::default() });
    let rice: Vec<_> = trial
        .fields
        .iter()
        .flat_map(|f| &f.cycles)
        .filter(|c| c.crop == "rice" && c.harvested.is_some())
        .collect();
    assert!(rice.len() > 20 && rice.iter().all(|c| !c.flooded.is_empty()));
    let mut by: BTreeMap<&str, usize> = BTreeMap::new();
    for event in trial.fields.iter().filter_map(|f| f.event) {
        assert!(event.from <= event.to && (0.0..=1.0).contains(&event.loss));
        *by.entry(event.kind.word()).or_default() += 1;
    }
    assert!(by.len() == 5 && by.values().sum::<usize>() > 80, "{by:?}");
}

#[test]
fn what_goes_wrong_does_so_as_often_as_it_should() {
    let trial = trial(TrialSpec { fields: 1500, cloud: Some(0.9), ..TrialSpec::default() });
    let share = |of: &dyn Fn(&croplens::simulate::trial::TrialField) -> bool| {
        trial.fields.iter().filter(|f| of(f)).count() as f64 / 1500.0
    };
    assert!((0.25..0.35).contains(&share(&|f| f.unusual)));
    assert!((0.045..0.10).contains(&share(&|f| f.failed)));
    assert!((0.025..0.055).contains(&share(&|f| f.mislabelled)));
    assert!(share(&|f| f.cycles.iter().any(|c| c.open_set)) > 0.01);
    let wrong = |f: &croplens::simulate::trial::TrialField| {
        let own = f.cover.or(f.asked().map(|c| c.crop.as_str()));
        own.is_some_and(|own| (own != f.label) != f.mislabelled)
    };
    assert_eq!(trial.fields.iter().filter(|f| wrong(f)).count(), 0);
}

#[test]
fn a_spec_that_makes_no_sense_is_refused_in_words() {
    let says = |spec: TrialSpec| grow(&spec).unwrap_err().to_string();
    assert!(says(TrialSpec { fields: 0, ..TrialSpec::default() }).contains("1 to 200000"));
    assert!(says(TrialSpec { cloud: Some(1.5), ..TrialSpec::default() }).contains("0 to 0.95"));
    let unknown = says(TrialSpec { regions: vec!["moon".into()], ..TrialSpec::default() });
    assert!(unknown.contains("moon") && unknown.contains("yangtze"), "{unknown}");
}

#[test]
fn the_series_table_is_read_back_whole() {
    let dir = tempfile::tempdir().unwrap();
    let grown = trial(TrialSpec { fields: 18, years: (2022, 2022), ..TrialSpec::default() });
    write(&grown, dir.path()).unwrap();
    let file = std::fs::File::open(dir.path().join("series.csv")).unwrap();
    let table =
        croplens::intake::series_table::read(file, &croplens::intake::series_table::Options::default())
            .unwrap();
    assert_eq!(table.bad_count, 0);
    for field in &grown.fields {
        let rows = table.samples.get(&field.id).map_or(0, |s| s.rows.len());
        assert_eq!(rows, field.looks.len(), "{}", field.id);
    }
}
