//! Whether daily temperatures can be those of the place at all.
//!
//! Days of another station, or in another unit, lie far from what is usual there, day after day; weather seldom does.
//! Such days are not used, so that a mistaken file speaks against nobody.

use std::fmt;

use jiff::civil::Date;

use crate::series::plus_days;

use super::{CYCLE_DAYS, DailyMeans};

/// Mean departure from what is usual beyond which the days are not believed, °C, and least days that it is taken over
/// (design values, not measured). A file of nothing but an extreme summer may be held back: its crop is then read by
/// calendar days, as without the file.
const FARTHEST_C: f64 = 4.0;
const LEAST_DAYS: u32 = 60;

/// How far the days lie from what is usual.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Departure {
    /// Mean of the day's temperature less the usual one, °C.
    pub mean_c: f64,
    /// Days it is the mean of.
    pub days: u32,
}

impl fmt::Display for Departure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the days lie {:+.1} °C from what is usual there over {} days; another station or unit?",
            self.mean_c, self.days
        )
    }
}

impl DailyMeans {
    /// These days, or none where those of the crop cycle up to `as_of` lie too far from what is usual; [`Self::strange`]
    /// then says how far.
    pub fn believed(self, as_of: Date) -> DailyMeans {
        match self.departure(as_of) {
            Some(d) if d.days >= LEAST_DAYS && d.mean_c.abs() > FARTHEST_C => {
                DailyMeans { strange: Some(d), ..DailyMeans::default() }
            }
            _ => self,
        }
    }

    /// Why the days are not used, where they are not believed.
    pub fn strange(&self) -> Option<Departure> {
        self.strange
    }

    /// Over the days of one cycle up to a day whose temperature and usual temperature are known.
    fn departure(&self, as_of: Date) -> Option<Departure> {
        let first = plus_days(as_of, 1 - CYCLE_DAYS);
        let (sum, days) = (self.mean.range(first..=as_of))
            .filter_map(|(on, t)| Some(t - self.usual(*on, first)?))
            .fold((0.0, 0_u32), |(sum, days), apart| (sum + apart, days + 1));
        (days > 0).then(|| Departure { mean_c: sum / f64::from(days), days })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::civil::date;

    use super::*;

    /// Usual days of 10 °C all year, and days that lie `apart` from them in the last `days` days up to the as-of day.
    fn means(days: i32, apart: impl Fn(i32) -> f64) -> DailyMeans {
        let on = |back: i32| plus_days(date(2022, 8, 1), -back);
        let normal: BTreeMap<Date, f64> = (0..366).map(|k| (on(k), 10.0)).collect();
        DailyMeans::new((0..days).map(|k| (on(k), 10.0 + apart(k))).collect(), normal)
    }

    #[test]
    fn days_far_from_what_is_usual_are_not_believed_and_weather_is() {
        let as_of = date(2022, 8, 1);
        for far in [6.0, -6.0, 4.1] {
            let held = means(300, |_| far).believed(as_of);
            let told = held.strange().unwrap();
            assert_eq!(told.days, 300);
            assert!((told.mean_c - far).abs() < 1e-9 && held.is_empty(), "{far}");
            assert_eq!(held.usual(as_of, as_of), None, "nothing is left to count by");
        }
        let told = means(300, |_| 6.0).believed(as_of).strange().unwrap().to_string();
        assert!(told.starts_with("the days lie +6.0 °C from what is usual there over 300 days"), "{told}");
        // A hot year, a hot month in a usual year, a few days of which nobody can tell.
        let hot_month = |k| if k < 30 { 9.0 } else { 0.0 };
        for kept in [means(300, |_| 3.9), means(300, hot_month), means(59, |_| 6.0)] {
            assert_eq!(kept.clone().believed(as_of), kept);
        }
        assert!(means(60, |_| 6.0).believed(as_of).strange().is_some());
    }

    #[test]
    fn only_days_up_to_the_as_of_day_count() {
        let later = means(100, |_| 6.0);
        let before = date(2022, 6, 1);
        assert_eq!(later.clone().believed(before), later, "39 days were known by then");
    }
}
