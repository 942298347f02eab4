//! A farm plot: an outline in lon/lat with an identity and what the applicant declared.
//!
//! Comes in: what `intake` has validated. Goes out: [`Plot`]. Not here: JSON, and any person.

mod id;
mod outline_hash;
mod size;

use geo::MultiPolygon;
use jiff::civil::Date;

pub use id::PlotId;
pub use outline_hash::outline_sha256;
pub use size::Size;

/// EPSG code of plot outlines: WGS 84 longitude, latitude (RFC 7946).
pub const LONLAT_EPSG: u32 = 4326;

/// A change made to the outline that does not change the land.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Repair {
    /// The ring's last position was made equal to its first.
    ClosedRing,
    /// A walked track (LineString) was read as the ring it encloses.
    TrackToPolygon,
    /// Ring direction was turned to RFC 7946 order.
    Reoriented,
    /// Consecutive equal positions were merged.
    RemovedDuplicateVertices,
    /// Heights (and whatever followed them in a position) were dropped.
    DroppedHeights,
    /// A GeometryCollection of polygons was read as one MultiPolygon.
    CollectionToMultiPolygon,
}

impl Repair {
    /// Word used in records (`geometry_repairs`).
    pub fn word(self) -> &'static str {
        match self {
            Repair::ClosedRing => "closed_ring",
            Repair::TrackToPolygon => "track_to_polygon",
            Repair::Reoriented => "reoriented",
            Repair::RemovedDuplicateVertices => "removed_duplicate_vertices",
            Repair::DroppedHeights => "dropped_heights",
            Repair::CollectionToMultiPolygon => "collection_to_multipolygon",
        }
    }
}

/// A phone's position fix that came with the plot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GpsTag {
    /// Longitude, degrees.
    pub lon: f64,
    /// Latitude, degrees.
    pub lat: f64,
    /// Accuracy radius, metres, when given.
    pub accuracy_m: Option<f64>,
    /// Geodesic distance to the outline, metres; 0 inside.
    pub distance_m: f64,
}

/// What the applicant declared. Nothing here is verified.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Declaration {
    /// Crop, in the applicant's or lender's words.
    pub crop: Option<String>,
    /// Area, hectares.
    pub area_ha: Option<f64>,
    /// Sowing date.
    pub sowing_date: Option<Date>,
    /// Amount asked for, a decimal in `currency`.
    pub requested_amount: Option<String>,
    /// ISO 4217 code.
    pub currency: Option<String>,
}

/// Opaque references on the lender's side; no names, no numbers of persons.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct References {
    /// Lender.
    pub lender: Option<String>,
    /// Application.
    pub application: Option<String>,
    /// Borrower (a pseudonym).
    pub borrower: Option<String>,
    /// Consent.
    pub consent: Option<String>,
    /// Purpose the consent was given for.
    pub consent_purpose: Option<String>,
    /// When the consent ends, ISO 8601.
    pub consent_expires_at: Option<String>,
}

/// A farm plot whose outline has passed every check of `intake`.
#[derive(Clone, Debug, PartialEq)]
pub struct Plot {
    /// Identity, unique in its input.
    pub id: PlotId,
    /// Position of the feature in the input, from 0.
    pub position: usize,
    /// Outline in lon/lat degrees: valid, oriented as RFC 7946, parts disjoint.
    pub geometry: MultiPolygon<f64>,
    /// Its size, as far as somebody has asked for it.
    pub size: Size,
    /// Changes made to the outline.
    pub repairs: Vec<Repair>,
    /// [`outline_sha256`] of `geometry`: the same for the same land, wherever the rings start.
    pub geometry_sha256: String,
    /// fiboa `collection`.
    pub collection: Option<String>,
    /// fiboa `determination:method`.
    pub determination_method: Option<String>,
    /// fiboa `determination:datetime`, ISO 8601.
    pub determination_datetime: Option<String>,
    /// GPS fix, when the phone sent one.
    pub gps: Option<GpsTag>,
    /// What was declared.
    pub declared: Declaration,
    /// References.
    pub references: References,
}

impl Plot {
    /// Geodesic area on WGS 84, square metres.
    pub fn area_m2(&self) -> f64 {
        self.size.area_m2(&self.geometry)
    }

    /// Geodesic length of the outer rings and holes, metres.
    pub fn perimeter_m(&self) -> f64 {
        self.size.perimeter_m(&self.geometry)
    }
}

/// Lower-case hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
