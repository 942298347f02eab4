//! The fields of a row: text, numbers, dates, and values on which the rows of a sample must agree.

use std::collections::BTreeSet;

use jiff::civil::Date;

/// Years a date may lie in.
const YEARS: std::ops::RangeInclusive<i16> = 1970..=2100;

/// Takes a value over; of two that are one within the tolerance the lesser, of two that differ none.
pub(super) fn agree<T: PartialOrd>(
    held: &mut Option<T>,
    value: Option<T>,
    column: &'static str,
    same: impl Fn(&T, &T) -> bool,
    disputed: &mut BTreeSet<&'static str>,
) {
    let Some(value) = value.filter(|_| !disputed.contains(column)) else { return };
    match held {
        Some(old) if !same(old, &value) => {
            *held = None;
            disputed.insert(column);
        }
        Some(old) if *old <= value => {}
        _ => *held = Some(value),
    }
}

/// A field as text.
pub(super) fn text(record: &csv::ByteRecord, place: usize) -> Result<&str, String> {
    let field = record.get(place).unwrap_or_default().trim_ascii();
    std::str::from_utf8(field).map_err(|_| format!("column {} is not UTF-8", place + 1))
}

/// A finite number; `None` for an empty field and for the usual words for missing.
pub(super) fn number(
    record: &csv::ByteRecord,
    place: Option<usize>,
    name: &str,
) -> Result<Option<f64>, String> {
    let Some(place) = place else { return Ok(None) };
    let field = text(record, place)?;
    if field.is_empty() || ["na", "nan", "null", "none"].iter().any(|w| field.eq_ignore_ascii_case(w)) {
        return Ok(None);
    }
    let value: f64 = field.parse().map_err(|_| format!("{name} `{}` is not a number", shorten(field)))?;
    if value.is_finite() { Ok(Some(value)) } else { Err(format!("{name} is not finite")) }
}

/// Yes or no, as tables spell it; other programs write `True` and `TRUE`.
pub(super) fn yes(record: &csv::ByteRecord, place: usize, name: &str) -> Result<bool, String> {
    let field = text(record, place)?;
    let is = |words: [&str; 2]| words.iter().any(|w| field.eq_ignore_ascii_case(w));
    match (is(["true", "1"]), is(["false", "0"])) {
        (true, _) => Ok(true),
        (_, true) => Ok(false),
        _ => Err(format!("{name} `{}` is neither true nor false", shorten(field))),
    }
}

/// `2022-03-05`, also with a time after it.
pub(super) fn date(field: &str) -> Result<Date, String> {
    let day = field.get(..10).filter(|_| matches!(field.as_bytes().get(10), None | Some(b'T' | b' ')));
    let date: Date = day
        .and_then(|d| d.parse().ok())
        .ok_or_else(|| format!("date `{}` is not of the form YYYY-MM-DD", shorten(field)))?;
    // A typing error of centuries would make a daily curve of millions of days.
    if YEARS.contains(&date.year()) {
        Ok(date)
    } else {
        Err(format!("date {date} is not in the years 1970 to 2100"))
    }
}

fn shorten(field: &str) -> String {
    field.chars().take(40).collect()
}
