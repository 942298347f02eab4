//! `croplens crop --sequences FILE`: which of some named sequences of crops it was; `validate` asks in the same way.

use std::path::Path;

use jiff::civil::Date;

use crate::cli::table::{self, Error, number};
use crate::crop::ensemble::{
    CANNOT_TELL, Ensemble, NONE_OF_THESE, Question, SequenceAnswer, SequenceDecision, Sequences, Unit,
};
use crate::crop::{Candidate, CropRules, Profiles};
use crate::intake::series_table::SampleRows;
use crate::pipeline::Spec;
use crate::series::{SeriesRules, from_sights, plus_days};

/// Columns that are added to the table.
pub const SEQUENCE_COLUMNS: [&str; 10] = [
    "sequence",
    "sequence_reason",
    "sequence1",
    "sequence1_p",
    "sequence2",
    "sequence2_p",
    "sequence_rest",
    "sequence_rest_p",
    "sequence_rest_p_all",
    "sequence_clear_dates",
];

/// Days of the time that is looked at where no season is asked for, the as-of day among them.
const YEAR_DAYS: i32 = 365;

/// What the flags ask about sequences.
pub(in crate::cli) struct SequencesAsked<'a> {
    pub(in crate::cli) named: &'a Sequences,
    pub(in crate::cli) ensemble: &'a Ensemble,
    pub(in crate::cli) profiles: &'a Profiles,
    pub(in crate::cli) rules: &'a CropRules,
    pub(in crate::cli) series: &'a SeriesRules,
    pub(in crate::cli) unit: Unit,
    /// Calendar zone by name, before those of the place.
    pub(in crate::cli) zone: Option<&'a str>,
    /// The season asked for; a year up to the as-of day without.
    pub(in crate::cli) season: Option<(Date, Date)>,
}

impl SequencesAsked<'_> {
    /// What is said of one sample.
    pub(in crate::cli) fn tell(&self, sample: &SampleRows, as_of: Date) -> SequenceAnswer {
        let (series, _) = from_sights(&table::sights(sample), as_of, self.series);
        let views = super::views(sample, &series);
        let place = sample.lat.zip(sample.lon);
        let zones = match self.zone {
            Some(name) => self.profiles.zones_from(name, place),
            None => place.map(|(lat, lon)| self.profiles.zones_at(lat, lon)).unwrap_or_default(),
        };
        let question = Question {
            views: &views,
            as_of,
            latitude: sample.lat,
            zones: &zones,
            window: Some(self.season.unwrap_or((plus_days(as_of, 1 - YEAR_DAYS), as_of))),
            declared_crop: None,
            declared_sowing: None,
            unit: self.unit,
            shares: None,
            crops: &[],
        };
        self.ensemble.tell_sequences(&question, self.named, self.profiles, self.rules)
    }
}

/// The sequences of a file.
pub(super) fn read(path: &Path, spec: &Spec) -> Result<Sequences, Error> {
    let text =
        std::fs::read_to_string(path).map_err(|source| Error::Open { path: path.to_owned(), source })?;
    Sequences::parse(&text, &spec.profiles, spec.ensemble.table())
        .map_err(|source| Error::Sequences { path: path.to_owned(), source })
}

/// The cells of one sample.
pub(super) fn cells(answer: &SequenceAnswer) -> Vec<String> {
    let (said, reason) = match &answer.decision {
        SequenceDecision::Sequence(name) => (name.as_str(), ""),
        SequenceDecision::NoneOfThese(why) => (NONE_OF_THESE, why.as_str()),
        SequenceDecision::CannotTell(why) => (CANNOT_TELL, why.as_str()),
    };
    let mut cells = vec![said.to_owned(), reason.to_owned()];
    let candidate = |c: Option<&Candidate>| {
        [c.map(|c| c.crop.clone()).unwrap_or_default(), number(c.map(|c| c.probability))]
    };
    cells.extend(candidate(answer.named.first()));
    cells.extend(candidate(answer.named.get(1)));
    cells.extend(candidate(answer.rest.first()));
    cells.push(number((!answer.rest.is_empty()).then(|| answer.of_the_rest())));
    cells.push(answer.clear_dates.to_string());
    cells
}

/// A sample without any value: still the cells.
pub(super) fn nothing() -> Vec<String> {
    let mut cells = vec![CANNOT_TELL.to_owned(), "no observation has a value".to_owned()];
    cells.resize(SEQUENCE_COLUMNS.len() - 1, String::new());
    cells.push("0".to_owned());
    cells
}
