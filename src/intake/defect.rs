//! What can be wrong with one feature: the kinds, their reason codes, and where the fault lies.

use std::fmt;

use geo::Coord;

/// What is wrong, as a stable word. All are the applicant's side and block the appraisal of that plot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Not a GeoJSON feature: wrong type, broken JSON, a member twice, nested too deeply.
    FeatureInvalid,
    /// The id is not text or a whole number, is too long, or holds characters that do not print.
    IdInvalid,
    /// Another feature has the same id; neither is used.
    IdDuplicate,
    /// A property that would be used has an impossible value.
    PropertyInvalid,
    /// A property that looks like data of a person.
    PersonalData,
    /// Coordinates are missing, wrongly nested or not numbers.
    GeometryMalformed,
    /// A geometry type that is not a plot.
    GeometryType,
    /// Coordinates in another reference system than WGS 84 longitude, latitude.
    CrsUnsupported,
    /// No land inside: no positions, fewer than three different ones, or all on one line.
    Empty,
    /// The outline crosses, touches or overlaps itself; holes or parts do not fit.
    Invalid,
    /// A walked track whose ends do not meet.
    TrackOpen,
    /// Longitude outside -180..180 or latitude outside -90..90.
    OutOfRange,
    /// Latitude was written before longitude.
    AxisSwapped,
    /// The outline crosses the 180° meridian in one piece.
    Antimeridian,
    /// At 0, 0: open sea, and what a phone writes without a fix.
    NotOnLand,
    /// Where the UTM grids of Sentinel-2 end.
    OutOfCoverage,
    /// Less land than can be observed.
    TooSmall,
    /// So thin that it is a line.
    Sliver,
    /// More land, or further apart, than one plot.
    TooLarge,
    /// More vertices, rings or parts than one plot.
    TooComplex,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 20] = [
        Kind::FeatureInvalid,
        Kind::IdInvalid,
        Kind::IdDuplicate,
        Kind::PropertyInvalid,
        Kind::PersonalData,
        Kind::GeometryMalformed,
        Kind::GeometryType,
        Kind::CrsUnsupported,
        Kind::Empty,
        Kind::Invalid,
        Kind::TrackOpen,
        Kind::OutOfRange,
        Kind::AxisSwapped,
        Kind::Antimeridian,
        Kind::NotOnLand,
        Kind::OutOfCoverage,
        Kind::TooSmall,
        Kind::Sliver,
        Kind::TooLarge,
        Kind::TooComplex,
    ];

    /// Reason code in records.
    pub fn code(self) -> &'static str {
        match self {
            Kind::FeatureInvalid => "FEATURE_INVALID",
            Kind::IdInvalid => "ID_INVALID",
            Kind::IdDuplicate => "ID_DUPLICATE",
            Kind::PropertyInvalid => "PROPERTY_INVALID",
            Kind::PersonalData => "PERSONAL_DATA",
            Kind::GeometryMalformed => "GEOM_MALFORMED",
            Kind::GeometryType => "GEOM_TYPE_UNSUPPORTED",
            Kind::CrsUnsupported => "GEOM_CRS_UNSUPPORTED",
            Kind::Empty => "GEOM_EMPTY",
            Kind::Invalid => "GEOM_INVALID",
            Kind::TrackOpen => "GEOM_TRACK_OPEN",
            Kind::OutOfRange => "GEOM_OUT_OF_RANGE",
            Kind::AxisSwapped => "GEOM_AXIS_SWAPPED_SUSPECT",
            Kind::Antimeridian => "GEOM_ANTIMERIDIAN",
            Kind::NotOnLand => "GEOM_NOT_ON_LAND",
            Kind::OutOfCoverage => "GEOM_OUT_OF_COVERAGE",
            Kind::TooSmall => "GEOM_TOO_SMALL",
            Kind::Sliver => "GEOM_SLIVER",
            Kind::TooLarge => "GEOM_TOO_LARGE",
            Kind::TooComplex => "GEOM_TOO_COMPLEX",
        }
    }
}

/// A place in an outline. Indexes count from 0 in the input as it was given, repairs not applied.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// First coordinate, as given (longitude, degrees, where the axes are right).
    pub lon: f64,
    /// Second coordinate, as given (latitude).
    pub lat: f64,
    /// Part of a MultiPolygon; 0 for a Polygon.
    pub part: usize,
    /// Ring of the part: 0 is the outer ring, then the holes.
    pub ring: usize,
    /// Vertex of the ring: the one at the fault, or the start of the edge at the fault.
    pub vertex: usize,
}

/// One thing wrong with one feature.
#[derive(Clone, Debug, PartialEq)]
pub struct Defect {
    /// What kind of fault.
    pub kind: Kind,
    /// Where, when it has a place.
    pub place: Option<Place>,
    /// A sentence: what is wrong, and what to do where that is not plain. Never repeats a property's value.
    pub text: String,
    /// The sentence in Chinese.
    pub text_zh: String,
}

/// What is wrong, in the two languages of a record: nobody can write the one and forget the other.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Said {
    pub en: String,
    pub zh: String,
}

/// A sentence in English and in Chinese, with the same things named in both.
macro_rules! said {
    ($en:literal, $zh:literal) => {
        $crate::intake::defect::Said { en: format!($en), zh: format!($zh) }
    };
}
pub(super) use said;

impl Defect {
    /// A fault without a place.
    pub(super) fn new(kind: Kind, said: Said) -> Defect {
        Defect { kind, place: None, text: said.en, text_zh: said.zh }
    }

    /// A fault at a place; the sentence ends with it.
    pub(super) fn at(kind: Kind, place: Place, said: Said) -> Defect {
        let (text, text_zh) = (format!("{} {place}", said.en), format!("{}{}", said.zh, place.in_chinese()));
        Defect { kind, place: Some(place), text, text_zh }
    }
}

impl Place {
    /// A place from its coordinate and its indexes.
    pub(super) fn new(at: Coord<f64>, (part, ring, vertex): (usize, usize, usize)) -> Place {
        Place { lon: at.x, lat: at.y, part, ring, vertex }
    }

    /// The position, short however large a number it is.
    fn position(&self) -> String {
        if self.lon.abs() < 1e9 && self.lat.abs() < 1e9 {
            format!("{:.6},{:.6}", self.lon, self.lat)
        } else {
            format!("{:e},{:e}", self.lon, self.lat)
        }
    }

    /// As [`Display`](fmt::Display) in Chinese.
    fn in_chinese(&self) -> String {
        let (part, ring, vertex) = (self.part + 1, self.ring + 1, self.vertex + 1);
        format!("（位于{}附近，第{part}部分第{ring}环第{vertex}个顶点）", self.position())
    }
}

impl fmt::Display for Place {
    /// `near 35.200000,0.500000 (part 1, ring 1, vertex 4)`, counted from 1 for people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (part, ring, vertex) = (self.part + 1, self.ring + 1, self.vertex + 1);
        write!(f, "near {} (part {part}, ring {ring}, vertex {vertex})", self.position())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_distinct_words() {
        let codes: std::collections::BTreeSet<_> = Kind::ALL.iter().map(|kind| kind.code()).collect();
        assert_eq!(codes.len(), Kind::ALL.len());
        assert!(codes.iter().all(|code| code.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')));
    }
}
