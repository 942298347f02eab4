//! Plots in: GeoJSON text to checked plots, one entry per feature.
//!
//! Comes in: the bytes of a plots file (FeatureCollection, Feature, bare geometry, a feature per line,
//! RFC 8142 sequence), and [`Limits`]. Goes out: [`Intake`], an [`Entry`] per feature in input order: a
//! [`Plot`] or a [`Rejection`] with every reason and its place. Only a file that is unusable as a whole is
//! an [`Error`]. Not here: reading files, judging the land, records.
//!
//! Ids are kept to the byte: they are not trimmed and letter case counts, so that no two ids merge. The
//! number 7 and the text "7" are one id. Features that share an id are all refused.
//!
//! Repairs change no land and are listed in [`Plot::repairs`]: closing a ring, merging equal neighbours,
//! turning a ring, dropping heights, reading a closed track or a collection of polygons. The start of a
//! ring stays as given. Nothing else is mended: an outline that crosses itself has no known land.

pub mod series_table;
pub mod temperature_table;

mod coordinates;
mod defect;
mod document;
mod error;
mod feature;
mod limits;
mod measure;
mod nesting;
mod object;
mod personal;
mod properties;
mod range;
mod reference_system;
mod ring;
mod split;
mod validity;

use std::collections::BTreeMap;

use crate::plot::{Declaration, Plot, PlotId, References};

pub use defect::{Defect, Kind, Place};
pub use error::Error;
pub use limits::Limits;
pub use personal::Personal;

/// What a file came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Intake {
    /// One per feature, in input order.
    pub entries: Vec<Entry>,
    /// Sentences about the file as a whole that stop nothing.
    pub warnings: Vec<String>,
    /// Properties that look like data of a person, over all features. None of them is in a plot.
    pub personal: usize,
}

/// What one feature came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// A plot that has passed every check.
    Plot(Plot),
    /// A feature that cannot be used, and why.
    Rejected(Rejection),
}

/// A feature that cannot be used. It still gets a record: `not_appraised`.
#[derive(Clone, Debug, PartialEq)]
pub struct Rejection {
    /// Position of the feature in the input, from 0.
    pub position: usize,
    /// The id as given, or `feature-<position>` where none could be used. With [`Kind::IdDuplicate`]
    /// several rejections share it: tell them apart by position.
    pub id: PlotId,
    /// Everything found wrong, at least one; of the outline the first fault only.
    pub reasons: Vec<Defect>,
    /// References, as far as they could be read.
    pub references: References,
    /// Declaration, as far as it could be read.
    pub declared: Declaration,
}

impl Intake {
    /// The plots, in input order.
    pub fn plots(&self) -> impl Iterator<Item = &Plot> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Plot(plot) => Some(plot),
            Entry::Rejected(_) => None,
        })
    }

    /// The rejections, in input order.
    pub fn rejections(&self) -> impl Iterator<Item = &Rejection> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Plot(_) => None,
            Entry::Rejected(rejection) => Some(rejection),
        })
    }
}

/// Reads a plots file. A bad feature becomes a [`Rejection`]; the others go on.
///
/// # Errors
/// Only when the file as a whole is unusable: empty, too large, not UTF-8, another format, not JSON at its
/// outer level, cut short, or not GeoJSON.
///
/// # Examples
/// ```
/// use croplens::intake::{self, Entry, Limits};
///
/// let text = br#"{"type":"Feature","properties":{"id":"p1"},"geometry":{"type":"Polygon","coordinates":
///     [[[35.000,0.500],[35.002,0.500],[35.002,0.502],[35.000,0.502],[35.000,0.500]]]}}"#;
/// let found = intake::read(text, &Limits::default()).unwrap();
/// let [Entry::Plot(plot)] = found.entries.as_slice() else { panic!() };
/// assert_eq!(plot.id.as_str(), "p1");
/// assert!((plot.area_m2() / 10_000.0 - 4.92).abs() < 0.01);
/// ```
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Intake, Error> {
    read_with(bytes, limits, Personal::Refuse)
}

/// As [`read`], saying what becomes of plots that carry data of a person.
///
/// # Errors
/// As [`read`].
pub fn read_with(bytes: &[u8], limits: &Limits, personal: Personal) -> Result<Intake, Error> {
    let file = Opened::new(bytes, limits, personal)?;
    Ok(Intake::of(vec![file.features(0..file.len())]))
}

/// A plots file whose features are not read yet, so that several threads can read some each.
#[derive(Debug)]
pub struct Opened<'a> {
    document: document::Document<'a>,
    limits: &'a Limits,
    personal: Personal,
}

/// Features that were read, before ids are held against each other.
#[derive(Debug)]
pub struct Features(Vec<feature::Draft>);

impl<'a> Opened<'a> {
    /// Finds the features of a file.
    ///
    /// # Errors
    /// As [`read`].
    pub fn new(bytes: &'a [u8], limits: &'a Limits, personal: Personal) -> Result<Opened<'a>, Error> {
        Ok(Opened { document: document::open(bytes, limits)?, limits, personal })
    }

    /// How many features there are.
    pub fn len(&self) -> usize {
        self.document.features.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.document.features.is_empty()
    }

    /// Reads the features at these positions, as far as there are such.
    pub fn features(&self, positions: std::ops::Range<usize>) -> Features {
        let mut names = personal::Names::default();
        let end = positions.end.min(self.len());
        let positions = positions.start.min(end)..end;
        let texts = self.document.features.get(positions.clone()).unwrap_or_default();
        let read = |(position, text): (usize, &&str)| {
            feature::read(text, position, self.document.crs, self.limits, self.personal, &mut names)
        };
        Features(positions.zip(texts).map(read).collect())
    }
}

impl Intake {
    /// All features of a file, in their order.
    pub fn of(features: Vec<Features>) -> Intake {
        let mut positions: BTreeMap<PlotId, Vec<usize>> = BTreeMap::new();
        let drafts = || features.iter().flat_map(|some| &some.0);
        for (position, draft) in drafts().enumerate() {
            positions.entry(draft.id.clone()).or_default().push(position);
        }
        let warnings = warnings(drafts, &positions);
        let personal = drafts().map(|draft| draft.properties.personal).sum();
        // Drafts are large: each is moved once.
        let mut entries = Vec::with_capacity(drafts().count());
        for (position, draft) in features.into_iter().flat_map(|some| some.0).enumerate() {
            let shared = positions.get(&draft.id).filter(|all| all.len() > 1);
            entries.push(entry(draft, position, shared.map(Vec::as_slice)));
        }
        Intake { entries, warnings, personal }
    }
}

/// The entry of one feature; `shared`: the positions of all features with its id, when there are several.
fn entry(draft: feature::Draft, position: usize, shared: Option<&[usize]>) -> Entry {
    let feature::Draft { id, properties, outcome } = draft;
    let duplicate = shared.map(|all| {
        let first: Vec<_> = all.iter().take(5).map(|position| (position + 1).to_string()).collect();
        let (more, more_zh) = if all.len() > first.len() { (", …", "……") } else { ("", "") };
        let (n, first, first_zh) = (all.len(), first.join(", "), first.join("、"));
        let said = defect::said!(
            "{n} features have this id (features {first}{more} of the file); none of them is used: give each plot its \
             own id",
            "{n}个条目使用同一编号（文件中第{first_zh}{more_zh}个条目），均未使用：请为每个地块提供各自的编号"
        );
        Defect::new(Kind::IdDuplicate, said)
    });
    match (outcome, duplicate) {
        (Ok(outline), None) => Entry::Plot(outline.into_plot(id, position, properties)),
        (outcome, duplicate) => {
            let mut reasons: Vec<Defect> = duplicate.into_iter().collect();
            reasons.extend(outcome.err().unwrap_or_default());
            let (references, declared) = (properties.references, properties.declared);
            Entry::Rejected(Rejection { position, id, reasons, references, declared })
        }
    }
}

/// What is worth saying about the file as a whole.
fn warnings<'a, D>(drafts: impl Fn() -> D, positions: &BTreeMap<PlotId, Vec<usize>>) -> Vec<String>
where
    D: Iterator<Item = &'a feature::Draft>,
{
    let mut said = Vec::new();
    if positions.is_empty() {
        said.push("The plots file has no features".to_owned());
    }
    let personal = drafts().filter(|draft| draft.properties.personal > 0).count();
    if personal > 0 {
        said.push(format!(
            "{personal} features carry properties that look like data of a person (name, phone, …): they are in no \
             output; leave them out"
        ));
    }
    let unknown = drafts().filter(|draft| draft.properties.method_unknown).count();
    if unknown > 0 {
        said.push(format!(
            "{unknown} features have a determination:method that is none of fiboa's terms ({}): it is left out",
            properties::METHODS.join(", ")
        ));
    }
    let mut alike: BTreeMap<String, usize> = BTreeMap::new();
    for id in positions.keys() {
        *alike.entry(id.as_str().trim().to_lowercase()).or_default() += 1;
    }
    let alike: usize = alike.values().filter(|count| **count > 1).sum();
    if alike > 0 {
        said.push(format!(
            "{alike} plot ids differ only in letter case or outer spaces; they are kept apart"
        ));
    }
    said
}
