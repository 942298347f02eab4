//! A year in ten-day periods, as crop classifiers are trained on.

use jiff::civil::Date;

use crate::band::Band;

/// Periods of a year: three a month.
pub const DEKADS: usize = 36;
/// The ten bands of a period, in the order of their wavelength; a flag follows them.
pub const BANDS: [Band; 10] = [
    Band::B02,
    Band::B03,
    Band::B04,
    Band::B05,
    Band::B06,
    Band::B07,
    Band::B08,
    Band::B8A,
    Band::B11,
    Band::B12,
];

/// The year that ends with the dekad of a day.
#[derive(Clone, Debug, PartialEq)]
pub struct YearOfDekads {
    /// Per dekad, oldest first: mean reflectance of [`BANDS`], 0 to 1, then 1 where the dekad was seen. A dekad that
    /// was not seen, or not in all bands, is 0 throughout.
    pub periods: [[f32; BANDS.len() + 1]; DEKADS],
    /// Day of year of the first day of each dekad.
    pub day_of_year: [f32; DEKADS],
    /// Dekads seen.
    pub seen: usize,
}

/// Number of a dekad, counted over all years: three a month.
fn number(date: Date) -> i64 {
    let third = (i64::from(date.day()) - 1) / 10;
    (i64::from(date.year()) * 12 + i64::from(date.month()) - 1) * 3 + third.min(2)
}

/// First day of a dekad.
fn first_day(number: i64) -> Option<Date> {
    let month = number.div_euclid(3);
    let day = i8::try_from(number.rem_euclid(3) * 10 + 1).ok()?;
    Date::new(i16::try_from(month.div_euclid(12)).ok()?, i8::try_from(month.rem_euclid(12) + 1).ok()?, day)
        .ok()
}

/// Means of clear dates by dekad, over the 36 dekads that end with that of `last`; later dates are left out. The
/// order of `dates` matters only to the last bit of a mean, so they are taken in the order of time.
pub fn dekads<B: Fn(Band) -> Option<f64>>(dates: &[(Date, B)], last: Date) -> YearOfDekads {
    let end = number(last);
    let start = end - (DEKADS as i64 - 1);
    let mut sum = [[0.0_f64; BANDS.len()]; DEKADS];
    let mut count = [0_u32; DEKADS];
    let mut order: Vec<usize> = (0..dates.len()).collect();
    order.sort_by_key(|k| dates.get(*k).map(|d| d.0));
    for (date, band) in order.into_iter().filter_map(|k| dates.get(k)) {
        let place = usize::try_from(number(*date) - start).ok();
        let values: Option<Vec<f64>> = BANDS.iter().map(|b| band(*b).filter(|v| v.is_finite())).collect();
        let (Some(place), Some(values)) = (place.filter(|_| *date <= last), values) else { continue };
        if let (Some(sum), Some(count)) = (sum.get_mut(place), count.get_mut(place)) {
            for (to, value) in sum.iter_mut().zip(values) {
                *to += value;
            }
            *count += 1;
        }
    }
    let mut year = YearOfDekads {
        periods: [[0.0; BANDS.len() + 1]; DEKADS],
        day_of_year: [0.0; DEKADS],
        seen: count.iter().filter(|n| **n > 0).count(),
    };
    for (k, ((period, day), (sum, n))) in
        (year.periods.iter_mut()).zip(&mut year.day_of_year).zip(sum.iter().zip(count)).enumerate()
    {
        *day = first_day(start + k as i64).map_or(0.0, |d| f32::from(d.day_of_year()));
        if n > 0 {
            for (to, value) in period.iter_mut().zip(sum) {
                *to = (value / f64::from(n)) as f32;
            }
            period[BANDS.len()] = 1.0;
        }
    }
    year
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn dekads_are_thirds_of_months_and_end_with_the_last_day() {
        let seen = [
            (date(2023, 7, 31), 0.4),
            (date(2023, 7, 21), 0.2),
            (date(2023, 8, 1), 0.9),
            (date(2022, 8, 1), 0.1),
            (date(2022, 7, 31), 0.7),
        ];
        let dates: Vec<_> = seen.iter().map(|(d, v)| (*d, move |_: Band| Some(*v))).collect();
        let year = dekads(&dates, date(2023, 7, 31));
        assert_eq!(year.seen, 2, "1 to 10 August 2022, 21 to 31 July 2023");
        assert!((year.periods[35][0] - 0.3).abs() < 1e-6);
        assert_eq!(year.periods[35][10], 1.0);
        assert!((year.periods[0][9] - 0.1).abs() < 1e-6);
        assert_eq!(year.day_of_year[0], 213.0, "1 August");
        assert_eq!(year.day_of_year[35], 202.0, "21 July");
        assert_eq!(year.periods[1], [0.0; 11]);
    }

    #[test]
    fn a_date_without_one_of_the_bands_is_not_seen() {
        let dates = [(date(2023, 7, 1), |b: Band| (b != Band::B12).then_some(0.2))];
        assert_eq!(dekads(&dates, date(2023, 7, 31)).seen, 0);
    }
}
