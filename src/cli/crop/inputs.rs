//! What the flags of `croplens crop` name: read, and refused with the reason where it cannot be used.

use std::path::Path;

use jiff::civil::Date;

use crate::cli::table::Error;
use crate::crop::Profiles;
use crate::crop::ensemble::AreaShares;
use crate::intake::temperature_table::{self, TemperatureTable};
use crate::pipeline::Spec;
use crate::record::sha256_hex;

/// Daily temperatures, and the SHA-256 of the file.
pub(in crate::cli) fn temperature(path: &Path) -> Result<(TemperatureTable, String), Error> {
    let bytes = std::fs::read(path).map_err(|source| Error::Open { path: path.to_owned(), source })?;
    let table = temperature_table::read(bytes.as_slice())
        .map_err(|source| Error::Temperature { path: path.to_owned(), source })?;
    match table.bad_rows.first() {
        None => Ok((table, sha256_hex(&bytes))),
        Some(first) => Err(Error::Flag {
            flag: "--temperature",
            value: path.display().to_string(),
            problem: format!(
                "{} rows cannot be used, the first in line {}: {}",
                table.bad_count, first.line, first.problem
            ),
        }),
    }
}

/// The area shares asked for; those of the pipeline when none are named, none for `flat`.
pub(super) fn shares(named: Option<&Path>, spec: &Spec) -> Result<Option<AreaShares>, Error> {
    let Some(path) = named else { return Ok(spec.shares.clone()) };
    if path.as_os_str() == "flat" {
        return Ok(None);
    }
    let text =
        std::fs::read_to_string(path).map_err(|source| Error::Open { path: path.to_owned(), source })?;
    let shares =
        AreaShares::parse(&text).map_err(|source| Error::Ensemble { path: path.to_owned(), source })?;
    let known: Vec<&str> = (spec.profiles.crops().iter().map(|c| c.name.as_str()))
        .chain(spec.ensemble.table().covers().map(|(name, _)| name))
        .collect();
    match shares.area.keys().find(|name| !known.contains(&name.as_str())) {
        None => Ok(Some(shares)),
        Some(name) => Err(Error::Flag {
            flag: "--shares",
            value: path.display().to_string(),
            problem: format!("`{name}` is no crop or cover of the tables; known are {}", known.join(", ")),
        }),
    }
}

/// Names that the calendar does not know are refused.
pub(super) fn known_crops(asked: &[String], profiles: &Profiles) -> Result<(), Error> {
    let known = |name: &String| profiles.crops().iter().any(|c| c.name == *name || c.group == *name);
    match asked.iter().find(|name| !known(name)) {
        None => Ok(()),
        Some(name) => {
            let names: Vec<&str> = profiles.crops().iter().map(|c| c.name.as_str()).collect();
            let problem = format!("no such crop or group; known are {}", names.join(", "));
            Err(Error::Flag { flag: "--crops", value: name.clone(), problem })
        }
    }
}

/// A year as first and last day.
pub(super) fn year(year: i16) -> Result<(Date, Date), Error> {
    let ends = Date::new(year, 1, 1).and_then(|a| Date::new(year, 12, 31).map(|b| (a, b)));
    ends.map_err(|_| Error::Flag {
        flag: "--season-year",
        value: year.to_string(),
        problem: "not a year between -9999 and 9999".to_owned(),
    })
}
