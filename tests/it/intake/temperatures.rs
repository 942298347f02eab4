//! Tables of daily temperatures.

use croplens::intake::temperature_table::{Error, read};
use jiff::civil::date;

#[test]
fn means_come_from_either_pair_of_columns_and_serve_every_plot() {
    let table = read("Date,TMIN,TMAX,extra\n2022-05-01,4,16,x\n2022-05-02,,18,x\n".as_bytes()).unwrap();
    let days = table.of("any", None).unwrap();
    assert_eq!(days.mean.get(&date(2022, 5, 1)), Some(&10.0));
    // Half a pair is no mean, and no mistake either.
    assert_eq!((days.mean.len(), table.bad_count), (1, 0));
    let table = read("date,tmean,normal\n2022-05-01,12.5,11\n".as_bytes()).unwrap();
    let days = table.of("any", Some((10.0, 10.0))).unwrap();
    assert_eq!((days.mean[&date(2022, 5, 1)], days.normal[&date(2022, 5, 1)]), (12.5, 11.0));
}

#[test]
fn a_plot_gets_its_own_days_or_those_of_a_near_place_or_none() {
    let table = read("id,date,tmean\nA,2022-05-01,1\nB,2022-05-01,2\n".as_bytes()).unwrap();
    assert_eq!(table.of("B", None).unwrap().mean[&date(2022, 5, 1)], 2.0);
    assert!(table.of("C", Some((1.0, 1.0))).is_none());
    let table = read("lat,lon,date,tmean\n47,8,2022-05-01,1\n47.5,8.5,2022-05-01,2\n".as_bytes()).unwrap();
    assert_eq!(table.of("x", Some((47.4, 8.4))).unwrap().mean[&date(2022, 5, 1)], 2.0);
    assert!(table.of("x", Some((49.0, 8.4))).is_none() && table.of("x", None).is_none());
}

#[test]
fn what_cannot_be_used_is_named_with_its_line() {
    let text = "date,tmin,tmax\n2022-13-01,1,2\n2022-05-01,9,3\n2022-05-02,1,200\n2022-05-03,1,3\n";
    let table = read(text.as_bytes()).unwrap();
    let lines: Vec<u64> = table.bad_rows.iter().map(|b| b.line).collect();
    assert_eq!((lines, table.bad_count), (vec![2, 3, 4], 3));
    assert_eq!(table.of("", None).unwrap().mean.len(), 1);
    assert!(matches!(read("date,tmin\n".as_bytes()), Err(Error::Columns(found)) if found == "date, tmin"));
    assert!(matches!(read("tmean\n1\n".as_bytes()), Err(Error::Columns(_))));
}
