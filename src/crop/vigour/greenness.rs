//! Greenness by stage: one number per five days since green-up.

use jiff::civil::Date;

use crate::series::{Smooth, plus_days};

/// Days between two values.
pub(super) const STEP_DAYS: u32 = 5;
/// Longest time since green-up that is kept, days: beyond, no annual crop is green.
const MOST_DAYS: u32 = 200;
/// NDVI of bare soil (science 5.1).
const SOIL_NDVI: f64 = 0.20;

/// Mean of NDVI above bare soil from 50 % green-up to every fifth day after it, up to `end` and the curve's end.
///
/// Empty when the curve does not reach the green-up.
pub fn greenness(curve: &Smooth, greenup: Date, end: Date) -> Vec<f32> {
    let mut out = Vec::new();
    let mut sum = 0.0;
    for k in 0..=MOST_DAYS {
        let on = plus_days(greenup, i32::try_from(k).unwrap_or(0));
        let Some(ndvi) = curve.at(on).filter(|_| on <= end) else { break };
        sum += (ndvi - SOIL_NDVI).max(0.0);
        if k % STEP_DAYS == 0 {
            out.push((sum / f64::from(k + 1)) as f32);
        }
    }
    out
}

/// Days since green-up of a position.
pub(super) fn days_at(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(0) * STEP_DAYS
}

/// The first position that reaches a number of days.
pub(super) fn position_of(days: u32) -> usize {
    days.div_ceil(STEP_DAYS) as usize
}
