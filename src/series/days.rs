//! Calendar days as whole numbers.

use jiff::ToSpan;
use jiff::civil::Date;

/// Days of the whole calendar and more, within what a span can hold.
const SPAN_DAYS: i32 = 7_304_000;

/// Days from `a` to `b`; negative when `b` is earlier.
pub fn days_between(a: Date, b: Date) -> i32 {
    // Dates span 20,000 years: the number of days always fits.
    (b.duration_since(a).as_hours() / 24) as i32
}

/// `date` moved by `days`, held at the ends of the calendar (years -9999 and 9999).
pub fn plus_days(date: Date, days: i32) -> Date {
    // A span of days has bounds of its own; the calendar is shorter than they are.
    date.saturating_add(days.clamp(-SPAN_DAYS, SPAN_DAYS).days())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn days_cross_leap_years_and_back() {
        assert_eq!(days_between(date(2023, 12, 31), date(2024, 3, 1)), 61);
        assert_eq!(days_between(date(2024, 3, 1), date(2023, 12, 31)), -61);
        assert_eq!(plus_days(date(2023, 12, 31), 61), date(2024, 3, 1));
        assert_eq!(plus_days(Date::MAX, 5), Date::MAX);
        assert_eq!(plus_days(date(2023, 1, 1), i32::MAX), Date::MAX);
        assert_eq!(plus_days(date(2023, 1, 1), i32::MIN), Date::MIN);
    }
}
