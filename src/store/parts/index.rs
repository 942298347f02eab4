//! Where each record lies among the parts, so that they can be read in input order.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::FileExt;
use std::path::PathBuf;

use crate::store::error::Error;

use super::{Parts, UnitReport};

/// Files held open at once.
const OPEN_FILES: usize = 64;

/// Unit, first byte and length of each record, by position in the input.
pub(super) struct Index {
    paths: Vec<PathBuf>,
    places: Vec<Option<(u32, u64, u32)>>,
    open: BTreeMap<u32, File>,
}

impl Index {
    /// Of these units; a position that is there twice or not at all is an error that names it.
    pub(super) fn of(parts: &Parts, reports: &[UnitReport], features: usize) -> Result<Index, Error> {
        let mut index = Index { paths: Vec::new(), places: vec![None; features], open: BTreeMap::new() };
        for (unit, report) in (0u32..).zip(reports) {
            let path = parts.path(&report.records.path);
            let mut lines = BufReader::new(File::open(&path).map_err(Error::io("read", &path))?);
            let mut from = 0u64;
            let mut line = Vec::new();
            for position in &report.positions {
                line.clear();
                let length = lines.read_until(b'\n', &mut line).map_err(Error::io("read", &path))?;
                let wrong = |what: &str| Err(Error::foreign(&path, format!("record {position}: {what}")));
                match index.places.get_mut(*position) {
                    Some(place @ None) if length > 0 => {
                        *place = Some((unit, from, u32::try_from(length - 1).unwrap_or(u32::MAX)));
                    }
                    Some(None) => return wrong("has no line"),
                    Some(Some(_)) => return wrong("is there twice"),
                    None => return wrong("is not of this input"),
                }
                from += length as u64;
            }
            index.paths.push(path);
        }
        if let Some(missing) = index.places.iter().position(Option::is_none) {
            return Err(Error::foreign(&parts.folder, format!("record {missing} is in no unit")));
        }
        Ok(index)
    }

    /// The line of a record, without its end.
    pub(super) fn line(&mut self, position: usize) -> Result<String, Error> {
        let place = self.places.get(position).copied().flatten();
        let (unit, from, length) =
            place.ok_or_else(|| Error::foreign(&PathBuf::new(), format!("no record {position}")))?;
        let path = self.paths.get(unit as usize).cloned().unwrap_or_default();
        if !self.open.contains_key(&unit) {
            if self.open.len() >= OPEN_FILES {
                self.open.clear();
            }
            self.open.insert(unit, File::open(&path).map_err(Error::io("read", &path))?);
        }
        let mut bytes = vec![0; length as usize];
        if let Some(file) = self.open.get(&unit) {
            file.read_exact_at(&mut bytes, from).map_err(Error::io("read", &path))?;
        }
        String::from_utf8(bytes).map_err(|e| Error::foreign(&path, e.to_string()))
    }
}
