//! A trained classifier beside the profiles: loaded with the pipeline, asked about one plot at a time.
//!
//! A plot that it cannot be asked about is read by the profiles alone, and that is said: what a model does not know
//! speaks against nobody.

use std::path::Path;

use jiff::civil::Date;

use crate::band::Band;
use crate::classifier::{Calibration, Classifier, ClassifierError};
use crate::crop::Profiles;
use crate::crop::dekads::dekads;
use crate::crop::ensemble::{Ensemble, Learned};

/// Ten-day periods that a classifier must have seen of a plot: as many as the ensemble asks of clear dates.
const LEAST_DEKADS: usize = 8;

/// Why a classifier does not belong to the tables it is to be pooled with.
#[derive(Debug, thiserror::Error)]
pub enum ClassifierRefused {
    /// It cannot be loaded.
    #[error(transparent)]
    Unusable(#[from] ClassifierError),
    /// A label means nothing here.
    #[error("classifier: {path}: its label `{label}` is no crop, group or cover of the tables")]
    Label {
        /// The model.
        path: std::path::PathBuf,
        /// The label.
        label: String,
    },
}

/// Why a classifier says nothing of a plot.
#[derive(Debug, thiserror::Error)]
pub enum Silent {
    /// Too little was seen in all its bands.
    #[error("{seen} ten-day periods of at least {LEAST_DEKADS} seen in all its bands")]
    TooLittle {
        /// Periods seen.
        seen: usize,
    },
    /// It was asked and failed.
    #[error("it gave no answer")]
    Failed(#[source] ClassifierError),
}

/// Loads a classifier whose labels the tables know.
///
/// # Errors
/// Whatever [`Classifier::load`] refuses, or a label that is no crop, group or cover.
pub fn load_classifier(
    path: &Path,
    ensemble: &Ensemble,
    profiles: &Profiles,
) -> Result<Classifier, ClassifierRefused> {
    let classifier = Classifier::load(path)?;
    match Learned::unknown_label(&classifier.card().labels, profiles, ensemble.table()) {
        None => Ok(classifier),
        Some(label) => Err(ClassifierRefused::Label { path: path.to_owned(), label: label.clone() }),
    }
}

/// What a classifier says of the clear dates of a plot, each with its mean reflectances, 0 to 1.
///
/// # Errors
/// Too few ten-day periods were seen in all ten bands, or the model does not run.
pub fn classified<B: Fn(Band) -> Option<f64>>(
    classifier: &Classifier,
    dates: &[(Date, B)],
    as_of: Date,
) -> Result<Learned, Silent> {
    let year = dekads(dates, as_of);
    if year.seen < LEAST_DEKADS {
        return Err(Silent::TooLittle { seen: year.seen });
    }
    let logits = classifier.logits(&year.periods, &year.day_of_year).map_err(Silent::Failed)?;
    let card = classifier.card();
    let Calibration { temperature, weight, .. } = card.calibration;
    Ok(Learned::of(&card.labels, &logits, temperature, weight))
}
