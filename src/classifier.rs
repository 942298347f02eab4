//! A crop classifier that somebody else trained: an ONNX file and the card beside it.
//!
//! Comes in: `model.onnx` and `model.toml`. Goes out: logits of one plot, and what the card says of them. Not here:
//! what a label means, how logits become a probability or are pooled with the profiles (see `crop::ensemble`).
//!
//! A model without labels, without the hash of its file or without a calibration is refused: a number that nobody
//! measured is no probability.

use std::path::{Path, PathBuf};

use rten::{Model, NodeId, RunError};
use rten_tensor::NdTensor;
use rten_tensor::prelude::*;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::settings::{self, Mistake, Mistakes};

/// Ten-day periods that a model is given.
pub const DEKADS: usize = 36;
/// Values of a period: reflectance of the ten bands B02 to B12, and 1 where the period was seen, else 0.
pub const VALUES: usize = 11;
/// Largest model file read, bytes: 256 MiB. Crop models have some million weights.
const MAX_BYTES: u64 = 256 << 20;

/// What stands beside the model file.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// Name of the model.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Who made it, of what.
    pub source: String,
    /// SHA-256 of the ONNX file, hex: another file needs another calibration.
    pub onnx_sha256: String,
    /// Crops, groups or covers of the tables, in the order of the logits.
    pub labels: Vec<String>,
    /// How far its probabilities are trusted.
    pub calibration: Calibration,
}

/// How far a model's probabilities are trusted (science 5.6; fitted on labels that it was not trained on).
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// Logits are divided by it; above 0.
    pub temperature: f64,
    /// Weight against the profiles in the log-linear pool, 0 to 1.
    pub weight: f64,
    /// The labels that both were fitted on.
    pub fitted_on: String,
}

/// Why a classifier cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ClassifierError {
    /// A file cannot be read.
    #[error("classifier: cannot read {path}: {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The card is missing: the model is refused.
    #[error(
        "classifier: {model} has no card {card}: it must give id, version, source, onnx_sha256, labels and \
         [calibration] temperature, weight, fitted_on (docs/methods.md)"
    )]
    NoCard {
        /// The model.
        model: PathBuf,
        /// The card looked for.
        card: PathBuf,
    },
    /// The card says something it may not.
    #[error("classifier: {path}: {source}")]
    Card {
        /// The card.
        path: PathBuf,
        /// Every mistake with its line.
        source: Mistakes,
    },
    /// The file is not the one that the card was written for.
    #[error("classifier: {path} has SHA-256 {found}, its card says {expected}: calibrate it again")]
    OtherFile {
        /// The model.
        path: PathBuf,
        /// Hash of the file.
        found: String,
        /// Hash on the card.
        expected: String,
    },
    /// It is not ONNX that can be run, or not of the contract's shape.
    #[error("classifier: {path}: {problem}")]
    Shape {
        /// The model.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// It did not run.
    #[error("classifier {id}: {source}")]
    Run {
        /// The model.
        id: String,
        /// Why.
        source: RunError,
    },
}

/// A loaded classifier.
pub struct Classifier {
    card: Card,
    card_sha256: String,
    model: Model,
    bands: NodeId,
    days: NodeId,
    logits: NodeId,
}

impl std::fmt::Debug for Classifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Classifier").field("card", &self.card).finish_non_exhaustive()
    }
}

impl Classifier {
    /// Loads `model.onnx` and the card `model.toml` beside it.
    ///
    /// # Contract
    /// Inputs `bands` \[N, 36, 11\] and `day_of_year` \[N, 36\], both f32; one output \[N, number of labels\], logits.
    ///
    /// # Errors
    /// No card, a card with mistakes, another file than the card's, or another shape than the contract's.
    pub fn load(path: &Path) -> Result<Classifier, ClassifierError> {
        let card_path = path.with_extension("toml");
        if !card_path.is_file() {
            return Err(ClassifierError::NoCard { model: path.to_owned(), card: card_path });
        }
        let text = std::fs::read_to_string(&card_path)
            .map_err(|source| ClassifierError::Unreadable { path: card_path.clone(), source })?;
        let hash =
            |bytes: &[u8]| -> String { Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect() };
        let card = settings::read(&text)
            .and_then(|card| checked(card, &text))
            .map_err(|source| ClassifierError::Card { path: card_path, source })?;
        let unreadable = |source| ClassifierError::Unreadable { path: path.to_owned(), source };
        let shape = |problem: String| ClassifierError::Shape { path: path.to_owned(), problem };
        let size = std::fs::metadata(path).map_err(unreadable)?.len();
        if size > MAX_BYTES {
            return Err(shape(format!("{size} bytes; at most {MAX_BYTES} are read")));
        }
        let bytes = std::fs::read(path).map_err(unreadable)?;
        let found = hash(&bytes);
        if found != card.onnx_sha256.to_lowercase() {
            let expected = card.onnx_sha256.clone();
            return Err(ClassifierError::OtherFile { path: path.to_owned(), found, expected });
        }
        let model =
            Model::load(bytes).map_err(|e| shape(format!("not an ONNX model that can be run: {e}")))?;
        let input = |name: &str| {
            let is = |id: &&NodeId| model.node_info(**id).is_some_and(|i| i.name() == Some(name));
            model.input_ids().iter().find(is).copied()
        };
        let (Some(bands), Some(days)) = (input("bands"), input("day_of_year")) else {
            return Err(shape(
                "it must have the inputs bands [N, 36, 11] and day_of_year [N, 36]".to_owned(),
            ));
        };
        let [logits] = *model.output_ids() else {
            return Err(shape("it must have one output, the logits".to_owned()));
        };
        let classifier = Classifier { card, card_sha256: hash(text.as_bytes()), model, bands, days, logits };
        // A dry run shows the shape of the output, which a file may leave open.
        classifier.logits(&[[0.0; VALUES]; DEKADS], &[1.0; DEKADS]).map_err(|e| match e {
            ClassifierError::Run { source, .. } => shape(format!("it cannot run on [1, 36, 11]: {source}")),
            ClassifierError::Shape { problem, .. } => shape(problem),
            other => other,
        })?;
        Ok(classifier)
    }

    /// What stands beside the model file.
    pub fn card(&self) -> &Card {
        &self.card
    }

    /// SHA-256 of the card's text, hex. The card holds the model's, so it stands for both.
    pub fn card_sha256(&self) -> &str {
        &self.card_sha256
    }

    /// Logits of one plot, one a label.
    ///
    /// # Errors
    /// The model does not run on these values, or gives another number of logits than it has labels.
    pub fn logits(
        &self,
        periods: &[[f32; VALUES]; DEKADS],
        day_of_year: &[f32; DEKADS],
    ) -> Result<Vec<f32>, ClassifierError> {
        let bands = NdTensor::<f32, 3>::from_data([1, DEKADS, VALUES], periods.as_flattened().to_vec());
        let days = NdTensor::<f32, 2>::from_data([1, DEKADS], day_of_year.to_vec());
        let inputs = vec![(self.bands, bands.view().into()), (self.days, days.view().into())];
        let failed = |source| ClassifierError::Run { id: self.card.id.clone(), source };
        let [found] = self.model.run_n(inputs, [self.logits], None).map_err(failed)?;
        let logits: Option<Vec<f32>> = NdTensor::<f32, 2>::try_from(found).ok().map(|t| t.to_vec());
        let expected = self.card.labels.len();
        logits.filter(|l| l.len() == expected && l.iter().all(|x| x.is_finite())).ok_or_else(|| {
            let problem = format!("its output is not [1, {expected}] finite logits, one a label of its card");
            ClassifierError::Shape { path: self.card.id.clone().into(), problem }
        })
    }
}

/// What the types cannot say of a card.
fn checked(card: Card, text: &str) -> Result<Card, Mistakes> {
    let mut found = Vec::new();
    let mut add = |path: &str, problem: &str| found.push(Mistake::at_path(text, path, problem.to_owned()));
    for (path, value) in [
        ("id", &card.id),
        ("version", &card.version),
        ("source", &card.source),
        ("calibration.fitted_on", &card.calibration.fitted_on),
    ] {
        if value.trim().is_empty() {
            add(path, "is empty");
        }
    }
    if card.onnx_sha256.len() != 64 || !card.onnx_sha256.chars().all(|c| c.is_ascii_hexdigit()) {
        add("onnx_sha256", "is not 64 hexadecimal digits");
    }
    if card.labels.len() < 2 {
        add("labels", "names fewer than two labels");
    }
    if (1..card.labels.len()).any(|k| card.labels[..k].contains(&card.labels[k])) {
        add("labels", "names a label twice");
    }
    let Calibration { temperature, weight, .. } = card.calibration;
    if !(temperature > 0.0 && temperature <= 100.0) {
        add("calibration.temperature", "must lie above 0 and at most at 100");
    }
    if !(0.0..=1.0).contains(&weight) {
        add("calibration.weight", "must lie from 0 to 1");
    }
    if found.is_empty() { Ok(card) } else { Err(Mistakes(found)) }
}
