//! Tests of `portfolio`: counts, rates and sums over made records.

use croplens::lending::{appraise, seal};
use croplens::portfolio::{Cell, Table, tables, wilson};
use croplens::record::{EligibilityRecord, Status};
use jiff::civil::date;
use proptest::prelude::*;

/// A blank record of a plot.
fn record(id: &str, status: Status) -> EligibilityRecord {
    EligibilityRecord { id: id.to_owned(), status, ..EligibilityRecord::default() }
}

fn lent(id: &str, status: Status, amount: &str, currency: &str, limit: Option<&str>) -> EligibilityRecord {
    EligibilityRecord {
        requested_amount: Some(amount.to_owned()),
        currency: Some(currency.to_owned()),
        limit_by_policy: limit.map(str::to_owned),
        limit_recommended: limit.filter(|_| status == Status::Supports).map(str::to_owned),
        limit_currency: limit.map(|_| currency.to_owned()),
        ..record(id, status)
    }
}

fn table<'a>(all: &'a [Table], name: &str) -> &'a Table {
    all.iter().find(|t| t.name == name).unwrap()
}

fn shown(row: &[Cell]) -> Vec<String> {
    row.iter().map(Cell::to_string).collect()
}

#[test]
fn currencies_are_never_added_and_decimals_are_exact() {
    let records = [
        lent("a", Status::Supports, "0.10", "KES", Some("0.20")),
        lent("b", Status::Supports, "0.20", "KES", Some("0.10")),
        lent("c", Status::Refer, "100", "KES", Some("70")),
        lent("d", Status::Supports, "5.00", "USD", None),
    ];
    let all = tables(&records, None);
    let exposure = table(&all, "exposure");
    let rows: Vec<Vec<String>> = exposure.rows.iter().map(|r| shown(r)).collect();
    assert_eq!(
        rows,
        [
            ["KES", "supports", "2", "0.30", "2", "0.30", "2", "0.30"],
            ["KES", "refer", "1", "100.00", "1", "70.00", "0", ""],
            ["USD", "supports", "1", "5.00", "0", "", "0", ""],
        ]
    );
    let json = serde_json::to_value(exposure).unwrap();
    assert_eq!(json[0]["recommended"], "0.30");
    assert!(json[2]["by_policy"].is_null());
}

#[test]
fn weeks_begin_on_monday_and_what_has_no_date_comes_last() {
    let due = |id: &str, day: Option<jiff::civil::Date>| EligibilityRecord {
        repay_by: day,
        ..lent(id, Status::Supports, "10", "CHF", Some("8"))
    };
    // 14 October 2024 is a Monday, 20 October a Sunday.
    let records = [
        due("a", Some(date(2024, 10, 20))),
        due("b", Some(date(2024, 10, 14))),
        due("c", Some(date(2024, 10, 21))),
        due("d", None),
        EligibilityRecord {
            repay_by: Some(date(2024, 10, 14)),
            ..lent("e", Status::Refer, "10", "CHF", Some("8"))
        },
    ];
    let all = tables(&records, None);
    let rows: Vec<Vec<String>> = table(&all, "repayment_calendar").rows.iter().map(|r| shown(r)).collect();
    assert_eq!(
        rows,
        [
            ["2024-10-14", "CHF", "2", "16.00", "2", "20.00"],
            ["2024-10-21", "CHF", "1", "8.00", "1", "10.00"],
            ["no date", "CHF", "1", "8.00", "1", "10.00"],
        ]
    );
}

#[test]
fn small_plots_that_are_referred_more_often_stand_out() {
    let sized = |k: usize, m2: f64, status: Status| EligibilityRecord {
        metrics_area: croplens::record::Rounded::new(m2),
        ..record(&format!("{m2}-{k}"), status)
    };
    let mut records: Vec<EligibilityRecord> = Vec::new();
    for k in 0..40 {
        records.push(sized(k, 2_000.0, if k < 36 { Status::Refer } else { Status::Supports }));
        records.push(sized(k, 30_000.0, if k < 4 { Status::Refer } else { Status::Supports }));
    }
    records.push(sized(0, 12_000.0, Status::NotAppraised));
    let all = tables(&records, None);
    let fairness = table(&all, "fairness_size");
    let rows: Vec<Vec<String>> = fairness.rows.iter().map(|r| shown(r)).collect();
    assert_eq!(rows.len(), 3, "{rows:?}");
    assert_eq!(&rows[0][..3], ["below 0.25 ha", "40", "0.9000"]);
    assert_eq!(&rows[1][..3], ["2 to 5 ha", "40", "0.1000"]);
    assert_eq!(&rows[2][..3], ["all", "80", "0.5000"]);
    assert_eq!(
        (rows[0][11].as_str(), rows[1][11].as_str(), rows[2][11].as_str()),
        ("referred", "referred", "")
    );
    assert!(all.iter().all(|t| t.rows.iter().all(|row| row.len() == t.columns.len())), "{all:?}");
}

#[test]
fn a_made_record_is_counted_with_its_reasons_and_tile() {
    let built = crate::lending::case::Case::good().build();
    let evidence = built.evidence();
    let policy = crate::lending::case::first_policy();
    let record = seal(&appraise(&evidence, &policy), &evidence, &crate::lending::case::provenance());
    let all = tables(&[record], None);
    let reasons = table(&all, "reasons");
    let cropped = reasons.rows.iter().find(|r| r[0] == Cell::Text("LAND_CROPPED".into())).unwrap();
    assert_eq!(shown(cropped), ["LAND_CROPPED", "plot", "for", "1", "1", "1.0000"]);
    assert_eq!(shown(&table(&all, "concentration_tiles").rows[0])[..4], ["32TMT", "1", "2.00", "1.0000"]);
    assert_eq!(shown(&table(&all, "concentration_crops").rows[0])[..2], ["wheat", "1"]);
    assert_eq!(shown(&table(&all, "fairness_zone").rows[0])[..2], ["32T", "1"]);
    assert_eq!(shown(&table(&all, "harvest_calendar").rows[0]), ["2024-07-15", "0", "1", "2.00"]);
}

proptest! {
    /// The interval holds the rate, lies in 0 to 1, and narrows with the number of plots.
    #[test]
    fn wilson_holds_the_rate(n in 1usize..500, share in 0.0f64..=1.0) {
        let hits = ((n as f64 * share) as usize).min(n);
        let (low, high) = wilson(hits, n).unwrap();
        let p = hits as f64 / n as f64;
        prop_assert!(0.0 <= low && low <= p && p <= high && high <= 1.0, "{low} {p} {high}");
        let (low10, high10) = wilson(hits * 10, n * 10).unwrap();
        prop_assert!(high10 - low10 < high - low);
    }
}

/// Brown, Cai and DasGupta 2001 (doi:10.1214/ss/1009213286) and R's `prop.test(correct = FALSE)`: 15 of 20.
#[test]
fn wilson_is_that_of_the_textbook() {
    let (low, high) = wilson(15, 20).unwrap();
    assert!((low - 0.5313).abs() < 5e-5 && (high - 0.8881).abs() < 5e-5, "{low} {high}");
    assert_eq!(wilson(0, 0), None);
}
