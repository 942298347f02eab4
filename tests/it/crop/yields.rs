//! Yields by a user's regional statistics: closed forms, the cap, and files that are refused.

use croplens::crop::yields::{YieldEstimate, YieldMethod, YieldQuestion, YieldTable, estimate};
use proptest::prelude::*;

const HEAD: &str = "crop,zone,region,year,kg_ha,source\n";

fn table(rows: &str) -> YieldTable {
    YieldTable::parse_csv(&format!("{HEAD}{rows}")).unwrap()
}

fn question(log_ratio: Option<f64>) -> YieldQuestion<'static> {
    YieldQuestion {
        crop: "maize",
        zone: "z",
        year: 2022,
        dry_zone: false,
        probability: 1.0,
        maturity: 1.0,
        log_ratio,
    }
}

fn of(log_ratio: Option<f64>) -> YieldEstimate {
    estimate(&table("maize,z,r,2022,9000,made up\nmaize,z,r,2021,11000,made up\n"), &question(log_ratio))
        .unwrap()
}

#[test]
fn the_estimate_is_the_log_normal_of_its_formula() {
    let y = of(Some(0.0));
    assert_eq!(
        (y.reference, y.years.as_slice(), y.method),
        (10_000.0, &[2022, 2021][..], YieldMethod::ScaledReference)
    );
    let s = 0.12_f64.hypot(0.25);
    assert!((y.p50 - 10_000.0).abs() < 1e-6);
    assert!((y.p10 - 10_000.0 * (-1.281_552 * s).exp()).abs() < 1e-6);
    assert!((y.p20 - 10_000.0 * (-0.841_621 * s).exp()).abs() < 1e-6);
    assert_eq!(y.p90, 12_000.0, "the cap");
    // Elasticity 0.7; the clamp.
    assert!((of(Some(-0.3)).p50 - 10_000.0 * (-0.21_f64).exp()).abs() < 1e-6);
    assert!((of(Some(-9.0)).p50 - 3_000.0).abs() < 1e-6);
    // Without peers the middle stays and the interval widens.
    let plain = of(None);
    assert_eq!(plain.method, YieldMethod::Reference);
    assert!((plain.p50 - 10_000.0).abs() < 1e-6 && plain.p10 < y.p10);
}

#[test]
fn later_years_other_crops_and_other_zones_do_not_count() {
    let t = table("maize,z,r,2023,9000,s\nmaize,y,r,2020,9000,s\nrice,z,r,2020,5000,s\n");
    assert_eq!(estimate(&t, &question(None)), None);
    let rice = YieldQuestion { crop: "rice", ..question(Some(0.2)) };
    let y = estimate(&t, &rice).unwrap();
    assert!((y.p50 - 5_000.0 * 0.1_f64.exp()).abs() < 1e-6, "its index saturates: 0.5");
    let dry = YieldQuestion { dry_zone: true, ..rice };
    assert!((estimate(&t, &dry).unwrap().p50 - (5_000.0 * 0.18_f64.exp())).abs() < 1e-6);
}

#[test]
fn files_without_a_source_or_with_impossible_rows_are_refused_by_row() {
    let wrong = |rows: &str| YieldTable::parse_csv(&format!("{HEAD}{rows}")).unwrap_err().to_string();
    assert!(
        wrong("maize,z,r,2022,9000, \n").contains("row 1")
            && wrong("maize,z,r,2022,9000, \n").contains("no source")
    );
    assert!(wrong("maize,z,r,2022,0,s\n").contains("kg_ha"));
    assert!(wrong("maize,z,r,22,9000,s\n").contains("year"));
    assert!(wrong("maize,z,r,2022,9000,s\nmaize,z,r,2022,9100,t\n").contains("row 2"));
    assert!(wrong("").contains("no row"));
    assert!(wrong("maize,z,r,2022,many,s\n").contains("cannot be read"));
    let toml = "[[yield]]\ncrop = \"maize\"\nzone = \"z\"\nregion = \"r\"\nyear = 2022\nkg_ha = 9000.0\nsource = \"s\"\n";
    assert_eq!(YieldTable::parse_toml(toml).unwrap().rows().len(), 1);
    assert!(YieldTable::parse_toml(&toml.replace("source", "sauce")).is_err());
}

#[test]
fn the_example_that_ships_is_usable_and_names_crops_and_zones_of_the_calendar() {
    let text = include_str!("../../../pipelines/yields/us_corn_belt.toml");
    let table = YieldTable::parse_toml(text).unwrap();
    let profiles = croplens::crop::Profiles::builtin().unwrap();
    for row in table.rows() {
        assert!(profiles.crops().iter().any(|c| c.name == row.crop), "{}", row.crop);
        assert!(profiles.zone(&row.zone).is_some(), "{}", row.zone);
        assert!(row.source.contains(croplens::record::EXAMPLE_MARK), "an example says that it is one");
    }
}

proptest! {
    /// Percentiles are in order, never above the cap, and less certainty never narrows the interval.
    #[test]
    fn percentiles_are_ordered_and_capped(
        kg in 100.0_f64..20_000.0, ratio in proptest::option::of(-2.0_f64..2.0), p in 0.0_f64..1.0,
        maturity in 0.0_f64..1.0, dry in any::<bool>(),
    ) {
        let t = table(&format!("maize,z,r,2022,{kg},s\n"));
        let q = YieldQuestion { probability: p, maturity, dry_zone: dry, ..question(ratio) };
        let y = estimate(&t, &q).unwrap();
        prop_assert!(0.0 < y.p10 && y.p10 <= y.p20 && y.p20 <= y.p50 && y.p50 <= y.p90);
        prop_assert!(y.p90 <= 1.2 * y.reference + 1e-9);
        let surer = estimate(&t, &YieldQuestion { probability: 1.0, maturity: 1.0, ..q }).unwrap();
        prop_assert!(surer.p10 >= y.p10 - 1e-9);
    }
}
