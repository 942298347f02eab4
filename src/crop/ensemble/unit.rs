//! What a series stands for.

/// What one series stands for: it decides how far its evidence is trusted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unit {
    /// One pixel.
    Pixel,
    /// The mean of a field.
    #[default]
    Field,
    /// Pixels of some hundred metres that hold the field and its neighbours.
    Coarse,
}

impl Unit {
    /// Word used in tables.
    pub fn word(self) -> &'static str {
        match self {
            Unit::Pixel => "pixel",
            Unit::Field => "field",
            Unit::Coarse => "coarse",
        }
    }
}
