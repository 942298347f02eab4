//! Simulated fields: what no real set at hand can tell, dates of harvest, paddies, open set, stability.
//!
//! The simulator shares no curve, level or calendar with the estimator (`simulate::trial`). Its figures stand beside
//! the real ones, never instead of them.

mod crops;
mod harvest;
mod losses;
mod paddies;

use std::path::Path;

use jiff::civil::Date;

use crate::band::Band;
use crate::crop::ensemble::{Answer, Beside, Unit, View};
use crate::crop::{Assessment, Models, Reading, read_beside};
use crate::phenology::{SeasonRules, seasons};
use crate::series::{Series, SeriesRules, Sight, Smoothing, from_sights, smooth};
use crate::simulate::trial::{Look, Trial, TrialField, TrialSpec, grow};

use super::super::table::Error;
use super::reads::Reads;
use super::{Instruments, Line, Measured};

/// Fields of the main trial: nine regions, three years.
const FIELDS: usize = 540;
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

pub(super) fn measure(_: &Path, tools: &Instruments) -> Result<Option<Measured>, Error> {
    let trial = grown(&TrialSpec { fields: FIELDS, ..TrialSpec::default() })?;
    let count = |of: &dyn Fn(&TrialField) -> bool| trial.fields.iter().filter(|f| of(f)).count();
    let share = |n: usize| format!("{:.3}", n as f64 / trial.fields.len().max(1) as f64);
    let mut lines = vec![Line::new(
        "fields; unusual, failed, declared as another crop, struck by an event",
        trial.fields.len(),
        format!(
            "{}, {}, {}, {}",
            share(count(&|f| f.unusual)),
            share(count(&|f| f.failed)),
            share(count(&|f| f.mislabelled)),
            share(count(&|f| f.event.is_some()))
        ),
        "",
    )];
    lines.extend(harvest::measure(&trial, tools));
    lines.extend(losses::measure(tools)?);
    lines.extend(crops::measure(&trial, tools));
    lines.extend(paddies::measure(tools)?);
    Ok(Some(Measured::from(lines)))
}

/// Grows a trial.
fn grown(spec: &TrialSpec) -> Result<Trial, Error> {
    grow(spec).map_err(|e| Error::Open { path: "the simulator".into(), source: std::io::Error::other(e) })
}

/// What is asked of a field.
#[derive(Clone, Copy, Debug)]
struct Ask<'a> {
    as_of: Date,
    declared: Option<&'a str>,
    sowing: Option<Date>,
    /// Season asked about; the product's own choice without.
    window: Option<(Date, Date)>,
    /// Bands that are read.
    reads: Reads,
}

/// Reads a field as `croplens crop` would, from the looks that are given.
fn told(field: &TrialField, looks: &[Look], ask: &Ask<'_>, tools: &Instruments) -> (Assessment, Answer) {
    let sights: Vec<Sight> = (looks.iter())
        .map(|l| Sight { date: l.date, ndvi: l.ndvi(), weight: l.weight, blue: blue(l, ask.reads) })
        .collect();
    let (series, _) = from_sights(&sights, ask.as_of, &SeriesRules::default());
    let curve = smooth(&series, &Smoothing::default());
    let found = seasons(&series, &curve, Some(field.lat), &SeasonRules::default());
    let reading = Reading {
        place: Some((field.lat, field.lon)),
        declared_crop: ask.declared,
        declared_sowing: ask.sowing,
        window: ask.window,
        ..Reading::of(&series, &curve, &found)
    };
    let models = Models {
        profiles: &tools.profiles,
        ensemble: &tools.ensemble,
        shares: None,
        unit: Unit::Field,
        crops: &[],
    };
    let share =
        |l: &Look| Some((l.bands[8] - l.bands[9]) / (l.bands[8] + l.bands[9])).filter(|x| x.is_finite());
    let nbr2: Vec<(Date, f64)> = (series.samples().iter())
        .filter(|_| ask.reads.has(Band::B11) && ask.reads.has(Band::B12))
        .filter_map(|s| looks.iter().find(|l| l.date == s.date).and_then(|l| Some((l.date, share(l)?))))
        .collect();
    let beside = Beside { nbr2: &nbr2, ..Beside::default() };
    read_beside(&reading, &views(looks, &series, ask.reads), &beside, &models, &tools.rules)
}

/// Blue reflectance of a look, where it is read.
fn blue(look: &Look, reads: Reads) -> Option<f64> {
    look.bands.first().copied().filter(|_| reads.has(Band::B02))
}

fn views(looks: &[Look], series: &Series, reads: Reads) -> Vec<View> {
    (series.samples().iter())
        .map(|s| {
            let look = looks.iter().find(|l| l.date == s.date);
            View::of(s.date, s.ndvi, |band| {
                let place = BANDS.iter().position(|b| *b == band && reads.has(band))?;
                look.and_then(|l| l.bands.get(place)).copied()
            })
        })
        .collect()
}
