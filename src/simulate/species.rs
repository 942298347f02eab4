//! The annual crops that grow here: development by thermal time, leaf growth, management.
//!
//! Degree-day sums and base temperatures are of the order of the WOFOST crop files and of field
//! guides, rounded; they are not those of the crop profiles that the estimator uses, on purpose.

/// An annual crop.
#[derive(Debug)]
pub(super) struct Species {
    /// Name in plain words, as an applicant would declare it.
    pub(super) name: &'static str,
    /// Temperature below which nothing develops, degC.
    pub(super) base_c: f64,
    /// Degree-days from sowing to emergence, to flowering, and from flowering to ripeness.
    pub(super) sums: [f64; 3],
    /// Day length (hours) with no and with full development before flowering.
    pub(super) photoperiod_h: Option<(f64, f64)>,
    /// Days between 0 and 10 degC needed before full development.
    pub(super) cold_days: f64,
    /// Usual sowing: month, day, standard deviation in days; the year before harvest if `autumn`.
    pub(super) sowing: (i8, i8, f64),
    /// Sown in the year before harvest.
    pub(super) autumn: bool,
    /// Relative leaf growth per degree-day.
    pub(super) growth: f64,
    /// Leaf area index of a good closed stand.
    pub(super) lai_max: f64,
    /// Leaf area index that the stand does not pass before it stretches in spring.
    pub(super) lai_rosette: f64,
    /// Part of the way from emergence to flowering at which it starts to stretch.
    pub(super) stretches: f64,
    /// Days from ripeness to harvest: mean and standard deviation.
    pub(super) standing_days: (f64, f64),
    /// Near-infrared reflectance of an endlessly deep canopy.
    pub(super) nir: f64,
    /// How yellow the flowers make the field, 0 to 1.
    pub(super) yellow: f64,
}

/// Winter wheat.
pub(super) static WHEAT: Species = Species {
    name: "winter wheat",
    base_c: 0.0,
    sums: [125.0, 730.0, 770.0],
    photoperiod_h: Some((8.0, 15.5)),
    cold_days: 45.0,
    sowing: (10, 26, 6.0),
    autumn: true,
    growth: 0.0062,
    lai_max: 4.9,
    lai_rosette: 0.26,
    stretches: 0.07,
    standing_days: (9.0, 4.0),
    nir: 0.46,
    yellow: 0.0,
};

/// Winter rapeseed.
pub(super) static RAPESEED: Species = Species {
    name: "rapeseed",
    base_c: 0.0,
    sums: [130.0, 430.0, 1120.0],
    photoperiod_h: Some((9.0, 15.0)),
    cold_days: 40.0,
    sowing: (8, 29, 5.0),
    autumn: true,
    growth: 0.0074,
    lai_max: 4.6,
    lai_rosette: 2.0,
    stretches: 0.25,
    standing_days: (8.0, 3.0),
    nir: 0.47,
    yellow: 1.0,
};

/// Grain maize.
pub(super) static MAIZE: Species = Species {
    name: "maize",
    base_c: 6.0,
    sums: [95.0, 820.0, 800.0],
    photoperiod_h: None,
    cold_days: 0.0,
    sowing: (4, 27, 6.0),
    autumn: false,
    growth: 0.0125,
    lai_max: 4.5,
    lai_rosette: 4.5,
    stretches: 0.0,
    standing_days: (11.0, 4.0),
    nir: 0.44,
    yellow: 0.0,
};

/// Sunflower.
pub(super) static SUNFLOWER: Species = Species {
    name: "sunflower",
    base_c: 5.0,
    sums: [105.0, 800.0, 690.0],
    photoperiod_h: None,
    cold_days: 0.0,
    sowing: (4, 22, 6.0),
    autumn: false,
    growth: 0.0115,
    lai_max: 2.9,
    lai_rosette: 2.9,
    stretches: 0.0,
    standing_days: (12.0, 4.0),
    nir: 0.43,
    yellow: 0.25,
};

/// Spring barley.
pub(super) static BARLEY: Species = Species {
    name: "spring barley",
    base_c: 0.0,
    sums: [115.0, 720.0, 740.0],
    photoperiod_h: Some((7.0, 15.5)),
    cold_days: 0.0,
    sowing: (3, 4, 6.0),
    autumn: false,
    growth: 0.0082,
    lai_max: 4.2,
    lai_rosette: 4.2,
    stretches: 0.0,
    standing_days: (8.0, 3.0),
    nir: 0.45,
    yellow: 0.0,
};
