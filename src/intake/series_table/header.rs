//! The header: which column stands where.

use super::{Error, Options};
use crate::band::{BANDS, Band};

/// Positions of the columns.
pub(super) struct Columns {
    pub(super) id: usize,
    pub(super) date: usize,
    pub(super) ndvi: usize,
    pub(super) lat: Option<usize>,
    pub(super) lon: Option<usize>,
    pub(super) label: Option<usize>,
    pub(super) weight: Option<usize>,
    pub(super) declared: Option<usize>,
    pub(super) bands: Vec<(Band, usize)>,
}

pub(super) fn columns(header: &csv::ByteRecord, options: &Options) -> Result<Columns, Error> {
    let names: Vec<String> = header
        .iter()
        .map(|n| String::from_utf8_lossy(n.trim_ascii()).trim_start_matches('\u{feff}').trim().to_lowercase())
        .collect();
    let optional = |name: &str| -> Result<Option<usize>, Error> {
        let mut places = names.iter().enumerate().filter(|(_, n)| n.as_str() == name).map(|(i, _)| i);
        match (places.next(), places.next()) {
            (Some(_), Some(_)) => Err(Error::ColumnTwice { column: name.to_owned() }),
            (place, _) => Ok(place),
        }
    };
    let needed = |name: &str| {
        optional(name)?
            .ok_or_else(|| Error::ColumnMissing { column: name.to_owned(), found: names.join(", ") })
    };
    let mut bands = Vec::new();
    for facts in BANDS.iter().filter(|f| f.band != Band::Scl) {
        if let Some(place) = optional(&facts.name.to_lowercase())? {
            bands.push((facts.band, place));
        }
    }
    Ok(Columns {
        id: needed("sample_id")?,
        date: needed("date")?,
        ndvi: needed("ndvi")?,
        lat: optional("lat")?,
        lon: optional("lon")?,
        label: optional("label")?,
        weight: optional("weight")?,
        declared: options.declared_column.as_deref().map(|n| needed(&n.trim().to_lowercase())).transpose()?,
        bands,
    })
}
