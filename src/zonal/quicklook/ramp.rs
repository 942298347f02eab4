//! Colours of NDVI. Lightness falls steadily from bare to green, so the order is seen with any kind
//! of colour vision and in grey print; tests hold it to that.

/// Colour of NDVI below 0: water, snow.
pub const BELOW_ZERO: [u8; 3] = [112, 146, 214];
/// Colour of pixels without a reading; drawn hatched.
pub const NOT_READABLE: [u8; 3] = [205, 205, 205];

/// Colours at NDVI 0, 0.2, ... 1.
const STOPS: [[u8; 3]; 6] =
    [[250, 240, 214], [228, 217, 142], [164, 196, 104], [78, 159, 96], [20, 111, 84], [6, 58, 66]];

/// Colour of an NDVI value; of [`NOT_READABLE`] for NaN.
pub fn colour(ndvi: f32) -> [u8; 3] {
    if ndvi.is_nan() {
        return NOT_READABLE;
    }
    if ndvi < 0.0 {
        return BELOW_ZERO;
    }
    let at = ndvi.min(1.0) * (STOPS.len() - 1) as f32;
    let low = (at.floor() as usize).min(STOPS.len() - 2);
    let share = at - low as f32;
    std::array::from_fn(|i| {
        let stop = |k: usize| STOPS.get(k).and_then(|s| s.get(i)).copied().map_or(0.0, f32::from);
        (stop(low) + share * (stop(low + 1) - stop(low))).round() as u8
    })
}

/// The colours with the NDVI at which each stands.
pub fn stops() -> Vec<(f64, [u8; 3])> {
    STOPS.iter().enumerate().map(|(at, colour)| (at as f64 / (STOPS.len() - 1) as f64, *colour)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// CIE lightness, 0 to 100.
    fn lightness(c: [u8; 3]) -> f64 {
        let linear = |v: u8| {
            let v = f64::from(v) / 255.0;
            if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
        };
        let y = 0.2126 * linear(c[0]) + 0.7152 * linear(c[1]) + 0.0722 * linear(c[2]);
        116.0 * y.cbrt() - 16.0
    }

    #[test]
    fn greener_is_darker_by_even_steps() {
        let steps: Vec<f64> = (0..=10).map(|i| lightness(colour(i as f32 / 10.0))).collect();
        for pair in steps.windows(2) {
            assert!(pair[0] - pair[1] > 4.0, "{steps:?}");
        }
        assert_eq!(colour(f32::NAN), NOT_READABLE);
        assert_eq!(colour(-0.2), BELOW_ZERO);
        assert_eq!(colour(7.0), colour(1.0));
    }
}
