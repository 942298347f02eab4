//! Fields that the simulator grew, as the ensemble looks at them, and how far a verdict goes.

use croplens::band::Band;
use croplens::crop::Verdict;
use croplens::crop::ensemble::View;
use croplens::simulate::trial::Look;

/// Bands of a look, in its order.
const BANDS: [Band; 10] = [
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

/// What was seen, in all bands.
pub(super) fn views<'a>(looks: impl IntoIterator<Item = &'a Look>) -> Vec<View> {
    let band = |l: &Look, band| BANDS.iter().position(|b| *b == band).map(|k| l.bands[k]);
    looks.into_iter().map(|l| View::of(l.date, l.ndvi(), |b| band(l, b))).collect()
}

/// The worst for the farmer first.
pub(super) fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Contradicted => 0,
        Verdict::Inconsistent => 1,
        Verdict::Undetermined | Verdict::UnknownCrop => 2,
        Verdict::Consistent => 3,
    }
}
