//! Green-up, peak and ripening of the cycle asked about, by the calendar alone.
//!
//! Whether a phase was seen must not hang on the curve: one more clear date moves its dates, and would then make what
//! was seen well look seen badly. The calendar, the declaration and the days asked about stay where they are.

use jiff::civil::Date;

use super::CropRules;
use super::calendar::{self, Dates};
use super::cropped::Window;
use super::normal::{date, day};
use super::profile::Profile;

/// Green-up, peak and ripening.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Phases {
    /// First and last day of each, one after the other.
    pub days: [(Date, Date); 3],
    /// Whether a crop's calendar dates them; else they are thirds of the days asked about.
    pub by_calendar: bool,
}

/// The three phases.
///
/// By the calendar of the declared crop where the word means one row that ends by itself; else the thirds of the days
/// from the beginning of the window to `until`.
pub(super) fn phases(
    rows: &[&Profile],
    window: Window,
    until: Date,
    latitude: Option<f64>,
    sown: Option<Date>,
    rules: &CropRules,
) -> Phases {
    let planned = match rows {
        [row] => calendar::cycle_in(row, window.from, window.to, latitude, sown, rules),
        _ => None,
    };
    let marks = planned.as_ref().and_then(by_calendar);
    let [a, b, c, d] = marks.unwrap_or_else(|| {
        let (from, to) = (day(window.from), day(until).max(day(window.from)));
        let third = (to - from) / 3.0;
        [from, from + third, from + 2.0 * third, to]
    });
    let days = [(date(a), date(b)), (date(b + 1.0), date(c)), (date(c + 1.0), date(d))];
    Phases { days, by_calendar: marks.is_some() }
}

/// Emergence, the middle of green-up and peak, the middle of peak and senescence, harvest; `None` when they are not in
/// order or are not all known.
fn by_calendar(planned: &Dates) -> Option<[f64; 4]> {
    let (peak, senescence) = (planned.peak?.mean, planned.senescence?.mean);
    let marks = [
        planned.emergence.mean,
        f64::midpoint(planned.greenup.mean, peak),
        f64::midpoint(peak, senescence),
        planned.harvest?.mean,
    ];
    marks.windows(2).all(|pair| pair[1] - pair[0] > 1.0).then_some(marks)
}
