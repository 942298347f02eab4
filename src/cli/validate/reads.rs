//! Which bands a measurement lets the method see: all that the set has, or those that a pipeline reads.
//!
//! The sets have more bands than the default pipeline keeps. What that pipeline reaches is a figure of its own.

use crate::band::Band;
use crate::crop::ensemble::View;

/// Bands that are let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reads {
    /// All that the set has.
    Everything,
    /// Those of the default pipeline: red and near infrared.
    Default,
    /// No reflectance, NDVI alone.
    Ndvi,
}

impl Reads {
    /// What a pipeline may leave out.
    pub(super) const LESS: [Reads; 2] = [Reads::Default, Reads::Ndvi];

    pub(super) fn words(self) -> &'static str {
        match self {
            Reads::Everything => "all bands of the set",
            Reads::Default => "bands of the default pipeline (NDVI, near infrared)",
            Reads::Ndvi => "NDVI alone",
        }
    }

    pub(super) fn has(self, band: Band) -> bool {
        match self {
            Reads::Everything => true,
            Reads::Default => matches!(band, Band::B04 | Band::B08),
            Reads::Ndvi => false,
        }
    }

    /// A view without the indices whose bands are not read.
    pub(super) fn of(self, view: &View) -> View {
        let has = |bands: &[Band]| bands.iter().all(|band| self.has(*band));
        View {
            lswi: view.lswi.filter(|_| has(&[Band::B08, Band::B11])),
            ndyi: view.ndyi.filter(|_| has(&[Band::B02, Band::B03])),
            nir: view.nir.filter(|_| has(&[Band::B08])),
            red_edge: view.red_edge.filter(|_| has(&[Band::B06, Band::B07])),
            blue: view.blue.filter(|_| has(&[Band::B02])),
            ..*view
        }
    }
}
